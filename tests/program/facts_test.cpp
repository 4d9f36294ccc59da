// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// What info and validate say of a base year, checked by hand: totals, the rows behind them, and uncertainties.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "run_program.hpp"
#include "small_data.hpp"

namespace {

using Json = nlohmann::ordered_json;
using lode_test::Outcome;
using lode_test::read_file;
using lode_test::run;
using lode_test::small_tables;
using lode_test::Tables;
using lode_test::TemporaryFolder;
using lode_test::write_data;
using lode_test::write_file;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

const Json& total_of(const Json& document, const std::string& stage, const std::string& material) {
  for (const Json& total : document["totals"]) {
    if (total["stage"] == stage && total["material"] == material) return total;
  }
  throw std::runtime_error("no total of " + stage + ", " + material);
}

/// A mine feeds a separator and a plant that takes ore as it is; every figure has its own quality or uncertainty.
Tables separating_tables() {
  return {
      {"sources.csv",
       "id,title,publisher,date,url,quality\nS,Survey,,,,sourced\nD,Sum,,,,derived\nA,Guess,,,,assumption\n"
       "R,Memory,,,,recalled\n"},
      {"materials.csv", "id,name\nnd,Neodymium\ndy,Dysprosium\n"},
      {"countries.csv", "id,name\nCHN,China\nJPN,Japan\n"},
      {"commodities.csv",
       "id,name,stage\nore,Ore,mining\nclay,Clay,mining\nnd_ox,Nd oxide,separation\n"
       "dy_ox,Dy oxide,separation\nacid,Acid,separation\n"},
      {"composition.csv",
       "commodity,material,content,source\nore,nd,0.2,S\nclay,nd,0.1,S\nclay,dy,0.05,A\n"
       "nd_ox,nd,0.8,D\ndy_ox,dy,0.8,D\n"},
      {"facilities.csv",
       "id,name,kind,country,baseline,baseline_sd,source\npit,Pit,mine,CHN,1000,30,S;A\nbed,Bed,mine,JPN,1000,,S\n"
       "works,Works,refiner,JPN,2000,200,R\nacids,Acids,other,CHN,10,5,S\n"},
      {"recipes.csv",
       "facility,role,commodity,amount,source\npit,output,ore,1,D\nbed,output,clay,1,D\n"
       "works,feed,ore,,S\nworks,feed,clay,,S\nworks,recovery,nd_ox,0.5,A\nworks,recovery,dy_ox,0.5,\n"
       "acids,output,acid,1,S\n"},
      {"end_uses.csv",
       "id,name,country,sector,commodity,demand,demand_sd,source\nlasers,Lasers,JPN,other,nd_ox,100,30,R\n"
       "chips,Chips,CHN,other,nd_ox,50,40,S;D\n"},
      {"routes.csv",
       "from,to,commodity,flow,flow_sd,source\npit,works,ore,1000,100,A\nbed,works,clay,1000,,\n"
       "works,lasers,nd_ox,100,0,S\nworks,chips,nd_ox,50,,S\n"},
  };
}

Json facts_of(const Tables& tables, const std::string& command = "info") {
  const TemporaryFolder temporary;
  write_data(temporary.path(), tables);
  const Outcome outcome = run({command, "--data", temporary.path(), "--format", "json", "--quiet"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return Json::parse(outcome.out);
}

TEST(ProgramFacts, RowsBehindATotalByTheSourceThatCarriesThem) {
  const Json info = facts_of(separating_tables());
  const auto quality = [&](const char* stage, const char* material) {
    return total_of(info, stage, material)["quality"].dump();
  };
  // ore and clay: 2 contents (S), pit (S, which rests on A) and bed (S), their outputs (D, D), two routes (A, none)
  EXPECT_EQ(quality("mining", "nd"), R"({"sourced":4,"derived":2,"assumption":1,"recalled":0,"none":1})");
  // clay alone: content (A), bed (S), its output (D), its route (none)
  EXPECT_EQ(quality("mining", "dy"), R"({"sourced":1,"derived":1,"assumption":1,"recalled":0,"none":1})");
  // content (D), works (R), two feeds (S) and the recovery of neodymium (A), two routes (S)
  EXPECT_EQ(quality("separation", "nd"), R"({"sourced":4,"derived":1,"assumption":1,"recalled":1,"none":0})");
  // content (D), works (R), the feed clay (S) and the recovery of dysprosium (none)
  EXPECT_EQ(quality("separation", "dy"), R"({"sourced":1,"derived":1,"assumption":0,"recalled":1,"none":1})");
  EXPECT_EQ(quality("metal", "nd"), R"({"sourced":0,"derived":0,"assumption":0,"recalled":0,"none":0})");
  EXPECT_EQ(quality("demand", "nd"), R"({"sourced":1,"derived":0,"assumption":0,"recalled":1,"none":0})");
}

TEST(ProgramFacts, UncertaintyOfATotal) {
  const Json info = facts_of(separating_tables());
  const auto expect = [&](const char* stage, const char* material, double tonnes, double sd, double share) {
    const Json& total = total_of(info, stage, material);
    EXPECT_NEAR(total["tonnes"].get<double>(), tonnes, 1e-9) << stage;
    EXPECT_NEAR(total["sd"].get<double>(), sd, 1e-9) << stage;
    EXPECT_NEAR(total["relative_sd"].get<double>(), sd / tonnes, 1e-9) << stage;
    EXPECT_NEAR(total["stated_share"].get<double>(), share, 1e-9) << stage;
  };
  expect("mining", "nd", 300.0, 6.0, 200.0 / 300.0);       // 0.2 * 30 of pit; bed states nothing
  expect("separation", "nd", 150.0, 10.0, 100.0 / 150.0);  // 0.5 * 0.2 * 100 of the ore; not the baseline of works
  expect("demand", "nd", 120.0, 40.0, 1.0);                // 0.8 * (30, 40)
  EXPECT_EQ(total_of(info, "mining", "dy")["sd"], nullptr);
  EXPECT_EQ(total_of(info, "mining", "dy")["relative_sd"], nullptr);

  Tables tables = separating_tables();
  std::string& routes = tables.at("routes.csv");
  routes.replace(routes.find("1000,100,A"), 10, "1000,,A");
  const Json without = facts_of(tables);
  EXPECT_NEAR(total_of(without, "separation", "nd")["sd"].get<double>(), 15.0, 1e-9) << "10 % of works' baseline";
  EXPECT_EQ(total_of(without, "separation", "nd")["stated_share"], 1.0);
}

TEST(ProgramFacts, WidestUncertaintiesFirstMaterialByMaterial) {
  std::vector<std::string> rows;
  const Json info = facts_of(separating_tables());
  for (const Json& row : info["uncertainties"]) rows.push_back(row.dump());
  ASSERT_EQ(rows.size(), 7U);
  EXPECT_EQ(rows[0],
            R"({"stage":"demand","material":"nd","figure":"demand","id":"chips","to":null,"commodity":"nd_ox",)"
            R"("country":"CHN","tonnes":40.0,"sd":32.0,"relative_sd":0.8,"quality":"sourced"})");
  EXPECT_TRUE(contains(rows[1], R"("id":"lasers")")) << rows[1];
  EXPECT_EQ(rows[2], R"({"stage":"mining","material":"nd","figure":"flow","id":"pit","to":"works","commodity":"ore",)"
                     R"("country":"CHN","tonnes":200.0,"sd":20.0,"relative_sd":0.1,"quality":"assumption"})");
  EXPECT_EQ(rows[3],
            R"({"stage":"separation","material":"nd","figure":"baseline","id":"works","to":null,"commodity":null,)"
            R"("country":"JPN","tonnes":150.0,"sd":15.0,"relative_sd":0.1,"quality":"recalled"})");
  EXPECT_TRUE(contains(rows[4], R"("id":"pit")")) << rows[4];
  EXPECT_TRUE(contains(rows[5], R"("sd":0.0)")) << rows[5];
  EXPECT_TRUE(contains(rows[6], R"("material":"dy")")) << "a rare material comes after the common one: " << rows[6];
}

TEST(ProgramFacts, TableShowsTheWidestOfEachMaterial) {
  const TemporaryFolder temporary;
  write_data(temporary.path(), separating_tables());
  const std::string text = run({"info", "--data", temporary.path()}).out;
  EXPECT_TRUE(contains(text, "nd        demand      demand chips           ")) << text;
  EXPECT_TRUE(contains(text, "dy        separation  baseline works ")) << text;
  EXPECT_TRUE(contains(text, "flow pit > works (ore)")) << text;
  EXPECT_TRUE(contains(text, "root of the sum of squares")) << text;
  EXPECT_FALSE(contains(text, "no uncertainties stated")) << text;
  EXPECT_FALSE(contains(text, "more; --format")) << text;

  Tables many = separating_tables();
  std::string& uses = many.at("end_uses.csv");
  for (int i = 0; i < 20; ++i) uses += "use" + std::to_string(i) + ",Use,JPN,other,nd_ox,1,0.5,\n";
  write_data(temporary.path(), many);
  const std::string shortened = run({"info", "--data", temporary.path(), "--quiet"}).out;
  EXPECT_TRUE(contains(shortened, "and 20 more; --format json or csv has all of them\n")) << shortened;
}

TEST(ProgramFacts, LinesAreAtMost100Wide) {
  const TemporaryFolder temporary;
  Tables tables = separating_tables();
  for (auto& [file, text] : tables) {
    for (std::size_t at = 0; (at = text.find("works", at)) != std::string::npos; at += 60) {
      text.replace(at, 5, "works" + std::string(55, 'x'));
    }
  }
  tables.at("materials.csv") = "id,name\nnd," + std::string(80, 'N') + "\ndy,Dysprosium\n";
  write_data(temporary.path(), tables);
  for (const char* command : {"info", "validate"}) {
    const std::string text = run({command, "--data", temporary.path(), "--quiet"}).out;
    EXPECT_TRUE(contains(text, "Widest")) << text;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find('\n', begin);
      EXPECT_LE(end - begin, 100U) << text.substr(begin, end - begin);
      begin = end + 1;
    }
  }
}

TEST(ProgramFacts, NoUncertaintiesAreSaidOnce) {
  const TemporaryFolder temporary;
  lode_test::write_small_data(temporary.path());
  for (const char* command : {"info", "validate"}) {
    const std::string text = run({command, "--data", temporary.path()}).out;
    EXPECT_EQ(times(text, "no uncertainties stated"), 1U) << text;
    EXPECT_FALSE(contains(text, "Sd")) << text;
    EXPECT_FALSE(contains(run({command, "--data", temporary.path(), "--format", "csv"}).out, "uncertainties"));
  }
}

TEST(ProgramFacts, ValidateOfAValidFolderSaysWhatInfoSays) {
  const TemporaryFolder temporary;
  write_data(temporary.path(), separating_tables());
  const std::string info = run({"info", "--data", temporary.path(), "--quiet"}).out;
  const std::string valid = run({"validate", "--data", temporary.path(), "--quiet"}).out;
  const std::string facts = info.substr(info.find("\nMade and demanded"));
  EXPECT_EQ(valid.rfind("valid: small ", 0), 0U) << valid;
  EXPECT_EQ(valid.substr(valid.find("\nMade and demanded")), facts);
}

/// A folder whose base year does not balance: one flow too much.
Tables unbalanced_tables() {
  Tables tables = separating_tables();
  std::string& routes = tables.at("routes.csv");
  routes.replace(routes.find("ore,1000"), 8, "ore,1001");
  return tables;
}

TEST(ProgramInvalid, FactsFollowTheErrors) {
  const TemporaryFolder temporary;
  write_data(temporary.path() / "data", unbalanced_tables());
  const Outcome outcome = run({"validate", "--data", "data"}, {.folder = temporary.path()});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(times(outcome.err, "\n"), 2U) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "data/facilities.csv:4:5: ")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "data/recipes.csv:2:4: ")) << outcome.err;
  EXPECT_EQ(outcome.out.rfind("NOT VALID: small has 2 problems", 0), 0U) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "\nMade and demanded")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "\nWidest")) << outcome.out;
  EXPECT_FALSE(contains(outcome.out, "\nvalid")) << outcome.out;
  for (const char* command : {"info", "propagate", "scenarios"}) {
    EXPECT_EQ(run({command, "--data", "data"}, {.folder = temporary.path()}).out, "") << command;
  }
}

TEST(ProgramInvalid, ErrorsComeFirstInOneStream) {
  const TemporaryFolder temporary;
  write_data(temporary.path() / "data", unbalanced_tables());
  const std::string command = std::string(LODE_PROGRAM) + " validate --data " + (temporary.path() / "data").string() +
                              " >" + (temporary.path() / "all").string() + " 2>&1";
  EXPECT_NE(std::system(command.c_str()), 0);
  const std::string all = read_file(temporary.path() / "all");
  EXPECT_LT(all.find("recipes.csv:2:4: "), all.find("NOT VALID")) << all;
  EXPECT_NE(all.find("NOT VALID"), std::string::npos);
}

TEST(ProgramInvalid, Json) {
  const TemporaryFolder temporary;
  Tables tables = separating_tables();
  std::string& uses = tables.at("end_uses.csv");
  uses.replace(uses.find("50,40"), 5, ",");
  write_data(temporary.path() / "data", tables);
  const Outcome outcome = run({"validate", "--data", "data", "--format", "json"}, {.folder = temporary.path()});
  EXPECT_EQ(outcome.exit_code, 3);
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["valid"], false);
  EXPECT_EQ(json["problems"].dump(), R"([{"file":"data/end_uses.csv","line":3,"column":6,"what":"demand is empty",)"
                                     R"("mend":"give a value, or solve for it: run lode reconcile"}])");
  EXPECT_EQ(json["absent"], 1);
  EXPECT_EQ(json["rows"]["end_uses"], 2);
  EXPECT_FALSE(json["rows"].contains("scenarios"));
  EXPECT_EQ(total_of(json, "demand", "nd")["tonnes"], 80.0);
  EXPECT_TRUE(json.contains("quality"));
  EXPECT_TRUE(json.contains("uncertainties"));
  const std::string csv = run({"validate", "--data", "data", "--format", "csv"}, {.folder = temporary.path()}).out;
  EXPECT_EQ(csv.find("problems,1,"), csv.find('\n') + 1) << csv;
  const std::string text = run({"validate", "--data", "data"}, {.folder = temporary.path()}).out;
  EXPECT_TRUE(contains(text, "no value for 1 of the baselines")) << text;
}

TEST(ProgramInvalid, NothingIsWrittenToAFile) {
  const TemporaryFolder temporary;
  write_data(temporary.path() / "data", unbalanced_tables());
  write_file(temporary.path() / "old", "old");
  for (const char* name : {"old", "new"}) {
    const Outcome outcome =
        run({"validate", "--data", "data", "--output", name, "--format", "json"}, {.folder = temporary.path()});
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_EQ(Json::parse(outcome.out)["valid"], false);
  }
  EXPECT_EQ(read_file(temporary.path() / "old"), "old");
  EXPECT_FALSE(std::filesystem::exists(temporary.path() / "new"));
  EXPECT_EQ(run({"validate", "--data", temporary.path() / "data"}, {.stdout_to = "/dev/full"}).exit_code, 3);
}

TEST(ProgramInvalid, ScenariosAndStrayFilesDoNotHideTheTables) {
  const TemporaryFolder temporary;
  lode_test::write_small_data(temporary.path());
  write_file(temporary.path() / "scenarios" / "broken.json", "{");
  write_file(temporary.path() / "notes.txt", "mine");
  const Outcome outcome = run({"validate", "--data", temporary.path()});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(contains(outcome.err, "broken.json:")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "notes.txt:")) << outcome.err;
  EXPECT_EQ(outcome.out.rfind("NOT VALID: small has 2 problems", 0), 0U) << outcome.out;
}

TEST(ProgramInvalid, TablesThatCanNotBeReadLeaveOnlyTheErrors) {
  const auto expect_only_errors = [](const Tables& tables, const std::string& message) {
    const TemporaryFolder temporary;
    write_data(temporary.path(), tables);
    for (const char* format : {"table", "json", "csv"}) {
      const Outcome outcome = run({"validate", "--data", temporary.path(), "--format", format});
      EXPECT_EQ(outcome.exit_code, 3);
      EXPECT_TRUE(contains(outcome.err, message)) << outcome.err;
      EXPECT_EQ(outcome.out, "");
    }
  };
  Tables tables = small_tables();
  tables.at("routes.csv") = "from,to,commodity\npit,works,ore\n";
  expect_only_errors(tables, "required column \"flow\" is missing");
  tables = small_tables();
  tables.erase("routes.csv");
  expect_only_errors(tables, "routes.csv:1:1: ");
  tables = small_tables();
  tables.at("routes.csv") = std::string("\xFF\x00\x01", 3);
  expect_only_errors(tables, "routes.csv:1:");
  const TemporaryFolder temporary;
  lode_test::write_small_data(temporary.path());
  std::filesystem::remove(temporary.path() / "datapackage.json");
  EXPECT_EQ(run({"validate", "--data", temporary.path()}).out, "");
}

}  // namespace
