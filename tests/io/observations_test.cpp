// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// Folders of published figures: what read_observations lets pass, totals.csv, and what comes of a reconciliation.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include <lode/io/data_package.hpp>
#include <lode/io/reconciliation_writer.hpp>

#include "test_package.hpp"

namespace {

using lode_test::read_text;
using lode_test::replaced;
using lode_test::ScratchFolder;
using lode_test::TestPackage;

double number(lode::TonnesPerYear figure) {
  return figure.in(lode::tonnes_per_year);
}

lode::LoadedObservations observations(const TestPackage& package) {
  const ScratchFolder folder;
  package.write(folder.path());
  return lode::read_observations(folder.path().string());
}

std::string refused(const TestPackage& package) {
  const ScratchFolder folder;
  package.write(folder.path());
  try {
    (void)lode::read_observations(folder.path().string());
  } catch (const lode::Error& error) {
    return replaced(error.what(), folder.path().string(), "D");
  }
  return {};
}

constexpr const char* totals_header = "id,quantity,value,sd,country,commodity,partners,facility,source,note\n";

TestPackage with_totals(const std::string& rows) {
  TestPackage package;
  package.files["totals.csv"] = totals_header + rows;
  return package;
}

TestPackage with_uncertainties() {
  TestPackage package;
  package.files["facilities.csv"] =
      "id,name,kind,country,baseline,baseline_sd,capacity\npit,Pit,mine,CHN,110,5,\nplant,Plant,refiner,CHN,100,4,120\n"
      "works,Works,magnet_maker,DEU,40,2,50\n";
  package.files["end_uses.csv"] = "id,name,country,sector,commodity,demand,demand_sd\ncars,Cars,DEU,ev,magnet,40,1.5\n";
  return package;
}

TEST(Observations, EmptyFiguresAreNotMeasured) {
  TestPackage package;
  package.spoil("facilities.csv", "CHN,100,\nplant", "CHN,,\nplant")
      .spoil("routes.csv", "dy_oxide,2,", "dy_oxide,,")
      .spoil("end_uses.csv", "magnet,40", "magnet,");
  const lode::LoadedObservations loaded = observations(package);
  EXPECT_EQ(loaded.found.unmeasured.baselines, (std::vector<lode::FacilityId>{lode::FacilityId{0}}));
  EXPECT_EQ(loaded.found.unmeasured.flows, (std::vector<lode::RouteId>{lode::RouteId{1}}));
  EXPECT_EQ(loaded.found.unmeasured.demands, (std::vector<lode::EndUseId>{lode::EndUseId{0}}));
  EXPECT_EQ(number(loaded.found.network.routes()[1].flow), 0.0);
  EXPECT_EQ(package.messages(),
            "D/facilities.csv:2:5: baseline is empty; give a value, or solve for it: run lode reconcile\n"
            "D/end_uses.csv:2:6: demand is empty; give a value, or solve for it: run lode reconcile\n"
            "D/routes.csv:3:4: flow is empty; give a value, or solve for it: run lode reconcile");
}

TEST(Observations, AnUncertaintyWithoutAFigureIsNotPassedOverInSilence) {
  TestPackage package = with_uncertainties();
  EXPECT_TRUE(observations(package).warnings.empty());
  package.spoil("facilities.csv", "110,5", ",5").spoil("end_uses.csv", "40,1.5", ",1.5");
  std::vector<std::string> warnings;
  for (const lode::Issue& warning : observations(package).warnings) warnings.push_back(warning.what);
  EXPECT_EQ(warnings,
            (std::vector<std::string>{"baseline_sd 5 belongs to no figure", "demand_sd 1.5 belongs to no figure"}));
}

TEST(Observations, FiguresNeedNotBalanceNorKeepToCapacities) {
  TestPackage package;
  package.spoil("routes.csv", "clay,100", "clay,130")
      .spoil("facilities.csv", "DEU,40,50", "DEU,60,50")
      .spoil("end_uses.csv", "magnet,40", "magnet,10");
  const lode::LoadedObservations loaded = observations(package);
  EXPECT_EQ(number(loaded.found.network.routes()[0].flow), 130.0);
  EXPECT_EQ(number(loaded.found.network.facilities()[2].baseline), 60.0);
  EXPECT_EQ(loaded.dataset.network, loaded.found.network);
  const std::string problems = package.messages();
  for (const char* place : {"D/facilities.csv:3:", "D/facilities.csv:4:", "D/end_uses.csv:2:"}) {
    EXPECT_NE(problems.find(place), std::string::npos) << problems;
  }
}

TEST(Observations, EverythingElseIsCheckedAsEver) {
  TestPackage package;
  package.spoil("routes.csv", "works,cars,magnet,40", "works,car,magnet,-40");
  EXPECT_EQ(refused(package),
            "D/routes.csv:4:2: unknown facility or end use \"car\"; did you mean \"cars\"?\n"
            "D/routes.csv:4:4: flow -40 is out of range; give a number at least 0");
  package = TestPackage();
  package.spoil("routes.csv", "clay,100", "clay,-1");
  EXPECT_EQ(refused(package), "D/routes.csv:2:4: flow -1 is out of range; give a number at least 0");
  package = with_uncertainties();
  package.spoil("facilities.csv", "110,5", "110,-5");
  EXPECT_EQ(refused(package), "D/facilities.csv:2:6: baseline_sd -5 is out of range; give a number at least 0");
}

TEST(Observations, UncertaintiesComeBackAsWritten) {
  const ScratchFolder scratch;
  const lode::LoadedObservations loaded = observations(with_uncertainties());
  EXPECT_EQ(number(*loaded.found.network.facilities()[0].baseline_sd), 5.0);
  EXPECT_EQ(number(*loaded.found.network.end_uses()[0].demand_sd), 1.5);
  lode::write_dataset(loaded.dataset, scratch / "copy");
  EXPECT_EQ(lode::read_observations(scratch / "copy").dataset, loaded.dataset);
  EXPECT_EQ(read_text(scratch.path() / "copy" / "end_uses.csv"), with_uncertainties().files["end_uses.csv"]);
}

TEST(Observations, TheLocatorKnowsTheCellOfEachFigure) {
  const ScratchFolder folder;
  with_totals("all,flow,1,,,clay,,,,\n").write(folder.path());
  const lode::LoadedObservations loaded = lode::read_observations(folder.path().string());
  const auto at = [&](lode::FigureId id) {
    const lode::Place place = loaded.locator(id);
    return replaced(place.file, folder.path().string(), "D") + ':' + std::to_string(place.line) + ':' +
           std::to_string(place.column);
  };
  EXPECT_EQ(at(lode::FacilityId{2}), "D/facilities.csv:4:5");
  EXPECT_EQ(at(lode::EndUseId{0}), "D/end_uses.csv:2:6");
  EXPECT_EQ(at(lode::RouteId{1}), "D/routes.csv:3:4");
  EXPECT_EQ(at(lode::TotalId{0}), "D/totals.csv:2:3");
}

TEST(Totals, SelectAsShocksDoAndComeBackAsWritten) {
  TestPackage package;
  package.files["totals.csv"] =
      "id,quantity,value,sd,facility,country,facility_kind,operator,from,to,commodity,partners,except,end_use,sector,"
      "source,note\n"
      "mined,baseline,100,5,,,mine,,,,,,,,,S1,\"first, second\"\n"
      "sold,export,2,,,CHN,,,,,dy_oxide;clay,DEU,,,,,\n"
      "bought,import,2,0,,DEU,,,,,,,,,,,\n"
      "sent,flow,40,,,,,,works,cars,,,,,,,\n"
      "used,demand,40,1,,,,,,,,,,cars,ev,,\n";
  const lode::LoadedObservations loaded = observations(package);
  ASSERT_EQ(loaded.found.totals.size(), 5U);
  EXPECT_EQ(loaded.dataset.totals, loaded.found.totals);
  EXPECT_EQ(loaded.found.totals[0].provenance.note, "first, second");
  const lode::Network& network = loaded.found.network;
  EXPECT_EQ(members(network, loaded.found.totals[0]).facilities, (std::vector<lode::FacilityId>{lode::FacilityId{0}}));
  for (const std::size_t t : {1U, 2U}) {
    EXPECT_EQ(members(network, loaded.found.totals[t]).routes, (std::vector<lode::RouteId>{lode::RouteId{1}})) << t;
  }
  EXPECT_EQ(members(network, loaded.found.totals[3]).routes, (std::vector<lode::RouteId>{lode::RouteId{2}}));
  EXPECT_EQ(members(network, loaded.found.totals[4]).end_uses, (std::vector<lode::EndUseId>{lode::EndUseId{0}}));
  EXPECT_FALSE(loaded.found.totals[1].sd.has_value());
  EXPECT_EQ(number(*loaded.found.totals[2].sd), 0.0);

  const ScratchFolder scratch;
  lode::write_dataset(loaded.dataset, scratch / "copy");
  EXPECT_EQ(lode::read_dataset(scratch / "copy").dataset, loaded.dataset) << "a valid base year may have totals too";
}

TEST(Totals, EveryProblemHasItsPlace) {
  const auto expect = [](const std::string& row, const std::string& message) {
    EXPECT_EQ(refused(with_totals(row)), message) << row;
  };
  expect("a,exports,1,,CHN,,,,,\n",
         "D/totals.csv:2:2: unknown quantity \"exports\"; did you mean \"export\"? It can be \"baseline\", "
         "\"demand\", \"flow\", \"export\" or \"import\"");
  expect("a,,1,,CHN,,,,,\n", "D/totals.csv:2:2: quantity is empty; give a value; this column may not be empty");
  expect("a,flow,1,,CHN,,,,,\n",
         "D/totals.csv:2:5: a total of quantity \"flow\" does not use country; leave it empty; its selectors are from, "
         "to, commodity");
  expect("a,export,1,,CHM,,,,,\n", "D/totals.csv:2:5: unknown country \"CHM\"; did you mean \"CHN\"?");
  expect("a,export,1,,CHN,clay;dy_oxid,,,,\n",
         "D/totals.csv:2:6: unknown commodity \"dy_oxid\"; did you mean \"dy_oxide\"?");
  expect("a,export,1,,DEU,,,,,\n",
         "D/totals.csv:2:2: total \"a\" selects no route; check which of its selectors exclude "
         "each other");
  expect("a,flow,-1,,,clay,,,,\n", "D/totals.csv:2:3: value -1 is out of range; give a number at least 0");
  expect("a,flow,1,-2,,clay,,,,\n", "D/totals.csv:2:4: sd -2 is out of range; give a number at least 0");
  expect("a,flow,,,,clay,,,,\n", "D/totals.csv:2:3: value is empty; give a value; this column may not be empty");
  expect("a,flow,1 t,,,clay,,,,\n",
         "D/totals.csv:2:3: value \"1 t\" is not a number; write it like -1.5 or 2e3: a point for decimals, no spaces, "
         "no thousands separators");
  expect("a,flow,1,,,clay,,,,\na,flow,2,,,clay,,,,\n",
         "D/totals.csv:3:1: total \"a\" is there twice; keep one row for each id");
  expect(",flow,1,,,clay,,,,\n", "D/totals.csv:2:1: id is empty; give a value; this column may not be empty");
  expect("a,flow,1,,,clay,,,S2,\n", "D/totals.csv:2:9: unknown source \"S2\"; did you mean \"S1\"?");
  expect(
      "a,flow,1\n",
      "D/totals.csv:2:1: the row has 3 fields but the header has 10; add what is missing; an empty field still needs "
      "its comma");
  TestPackage package;
  package.files["totals.csv"] = "id,quantity,sd,commodity\na,flow,1,clay\n";
  EXPECT_EQ(refused(package), "D/totals.csv:1:1: required column \"value\" is missing; add the column and its values");
  package.files["totals.csv"] = "id,quantity,value,commodty\na,flow,1,clay\n";
  const std::string problems = refused(package);
  EXPECT_NE(problems.find("D/totals.csv:1:4: unknown column \"commodty\" in totals.csv; did you mean \"commodity\"?"),
            std::string::npos)
      << problems;
}

TEST(Totals, AHeaderWithoutRowsIsLegalAndProblemsOfAllTablesComeTogether) {
  EXPECT_EQ(refused(with_totals("")), "");
  TestPackage package = with_totals("a,flow,-1,,,clay,,,,\nb,export,1,,CHM,,,,,\n");
  package.spoil("routes.csv", "works,cars", "works,car");
  const std::string problems = refused(package);
  for (const char* place : {"D/totals.csv:2:3: ", "D/routes.csv:4:2: "}) {
    EXPECT_NE(problems.find(place), std::string::npos) << problems;
  }
}

struct Balanced {
  lode::LoadedObservations loaded;
  lode::Reconciliation result;
};

/// Two figures of one flow that differ, one gap that is solved for and one that is open, one exact figure, a total.
Balanced balanced() {
  TestPackage package = with_uncertainties();
  package.spoil("routes.csv", "dy_oxide,2,", "dy_oxide,,").spoil("end_uses.csv", "40,1.5", "40,0");
  package.files["totals.csv"] = std::string(totals_header) + "mined,flow,90,3,,clay,,,,\n";
  Balanced out{observations(package), {}};
  out.result = lode::reconcile(out.loaded.found);
  return out;
}

TEST(ReconciliationWriter, JsonHasEveryFigureUnrounded) {
  const Balanced balance = balanced();
  ASSERT_EQ(balance.result.status, lode::SolveStatus::solved);
  const auto json = nlohmann::json::parse(to_json(balance.result, balance.loaded.dataset));
  EXPECT_EQ(json.at("model"), "reconcile");
  EXPECT_EQ(json.at("data"), "small");
  EXPECT_EQ(json.at("status"), "solved");
  EXPECT_EQ(json.at("chi_square").get<double>(), balance.result.chi_square);
  EXPECT_EQ(json.at("degrees_of_freedom").get<double>(), balance.result.degrees_of_freedom);
  EXPECT_EQ(json.at("probability").get<double>(), balance.result.probability);
  EXPECT_TRUE(json.at("certificate").contains("mass_balance"));
  EXPECT_TRUE(json.at("certificate").contains("optimality"));
  const auto& figures = json.at("figures");
  ASSERT_EQ(figures.size(), balance.result.figures.size());
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const lode::ReconciledFigure& figure = balance.result.figures[i];
    EXPECT_EQ(figures[i].at("determination"), to_string(figure.determination));
    EXPECT_EQ(figures[i].at("value").get<double>(), number(figure.value));
    EXPECT_EQ(figures[i].contains("found"), figure.found.has_value());
    EXPECT_EQ(figures[i].contains("sd"), figure.sd.has_value());
    EXPECT_EQ(figures[i].contains("z"), figure.z.has_value());
    EXPECT_EQ(figures[i].contains("low"), figure.low.has_value());
    EXPECT_EQ(figures[i].contains("high"), figure.high.has_value());
  }
  EXPECT_EQ(figures[0].at("quantity"), "baseline");
  EXPECT_EQ(figures[0].at("id"), "pit");
  EXPECT_EQ(figures[3].at("quantity"), "demand");
  EXPECT_EQ(figures[3].at("determination"), "exact");
  EXPECT_EQ(figures[5].at("from"), "plant");
  EXPECT_EQ(figures[5].at("determination"), "undetermined");
  EXPECT_EQ(figures.back().at("quantity"), "total");
  EXPECT_EQ(figures.back().at("id"), "mined");
  ASSERT_EQ(json.at("balances").size(), balance.result.balances.size());
  for (const auto& row : json.at("balances")) {
    for (const char* key : {"balance", "id", "found", "left", "binds", "pull"}) EXPECT_TRUE(row.contains(key)) << row;
  }
}

TEST(ReconciliationWriter, CsvListsTheWorstAdjustmentFirst) {
  const Balanced balance = balanced();
  const std::string csv = to_csv(balance.result, balance.loaded.dataset);
  EXPECT_EQ(csv.substr(0, csv.find('\n')),
            "quantity,id,from,to,commodity,determination,found,found_sd,value,sd,z,gross_error,at_bound,low,high");
  EXPECT_EQ(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')), balance.result.figures.size() + 1);
  EXPECT_NE(csv.find("\nflow,,plant,works,dy_oxide,undetermined,,,"), std::string::npos) << csv;
  for (const char* never : {"nan", "inf"}) EXPECT_EQ(csv.find(never), std::string::npos) << csv;
  // By how far each was moved, in its own uncertainty; gross errors would stand before all.
  double last = 1e300;
  for (std::size_t begin = csv.find('\n') + 1; begin < csv.size(); begin = csv.find('\n', begin) + 1) {
    std::istringstream row(csv.substr(begin, csv.find('\n', begin) - begin));
    std::vector<std::string> cells;
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    if (cells.at(5) != "measured") continue;
    EXPECT_EQ(cells.at(11), "false");
    const double moved = std::abs(std::stod(cells.at(8)) - std::stod(cells.at(6))) / std::stod(cells.at(7));
    EXPECT_LE(moved, last);
    last = moved;
  }
  EXPECT_LT(last, 1e300);
}

TEST(ReconciliationWriter, TheBalancedDataSetIsValidAndSaysWhatItIs) {
  const ScratchFolder scratch;
  const Balanced balance = balanced();
  const lode::Dataset data = balanced_dataset(balance.result, balance.loaded.dataset);
  EXPECT_NE(data.about.description.find("Balanced from the figures as published"), std::string::npos);
  EXPECT_EQ(data.totals, balance.loaded.dataset.totals);
  EXPECT_EQ(data.scenarios, balance.loaded.dataset.scenarios);
  lode::write_dataset(data, scratch / "out");
  const lode::LoadedDataset back = lode::read_dataset(scratch / "out");
  EXPECT_EQ(back.dataset, data);
  EXPECT_TRUE(back.warnings.empty());
  const std::string routes = read_text(scratch.path() / "out" / "routes.csv");
  EXPECT_NE(routes.find("found 100 +- 10"), std::string::npos) << routes;
  EXPECT_NE(routes.find("not determinable: anything from "), std::string::npos) << routes;
}

TEST(ReconciliationWriter, RefusesWhatIsNotSolvedOrNotOfThisData) {
  const Balanced balance = balanced();
  const lode::Dataset& data = balance.loaded.dataset;
  EXPECT_THROW((void)to_json(lode::Reconciliation{}, data), lode::InvalidArgument);
  EXPECT_THROW((void)to_csv(lode::Reconciliation{}, data), lode::InvalidArgument);
  EXPECT_THROW((void)balanced_dataset(lode::Reconciliation{}, data), lode::InvalidArgument);
  lode::Dataset other = data;
  other.totals.clear();
  EXPECT_THROW((void)to_json(balance.result, other), lode::InvalidArgument);
}

}  // namespace
