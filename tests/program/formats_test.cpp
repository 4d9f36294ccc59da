// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// JSON and CSV as other programs read them: the keys that docs/cli.md promises, and numbers that are the library's own.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <lode/datasets.hpp>
#include <lode/propagate.hpp>
#include <lode/version.hpp>

#include "run_program.hpp"
#include "small_data.hpp"

namespace {

using Json = nlohmann::ordered_json;
using lode_test::Outcome;
using lode_test::run;
using lode_test::TemporaryFolder;

Json parsed(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--format", "json"});
  const Outcome outcome = run(arguments);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return Json::parse(outcome.out);
}

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [key, value] : object.items()) names.push_back(key);
  return names;
}

using Keys = std::vector<std::string>;

double tonnes(lode::TonnesPerYear quantity) {
  return quantity.in(lode::tonnes_per_year);
}

TEST(ProgramJson, PropagateSaysWhatTheLibrarySays) {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  for (const lode::Scenario& scenario : magnets.scenarios) {
    const lode::Result result = lode::propagate(magnets.network, scenario);
    const Json json = parsed({"propagate", "--scenario", scenario.name});
    for (const char* key : {"lode", "model", "data", "scenario", "status", "materials", "end_uses", "facilities",
                            "routes", "total_weighted_shortfall", "certificate"}) {
      EXPECT_TRUE(json.contains(key)) << key;
    }
    EXPECT_FALSE(json.contains("prices")) << "only a model that chooses has prices";
    EXPECT_EQ(json["lode"], lode::version);
    EXPECT_EQ(json["model"], "propagate");
    EXPECT_EQ(json["data"], magnets.about.name);
    EXPECT_EQ(json["scenario"], scenario.name);
    EXPECT_EQ(json["status"], "solved");
    ASSERT_EQ(json["materials"].size(), result.materials.size());
    for (std::size_t m = 0; m < result.materials.size(); ++m) {
      const Json& row = json["materials"][m];
      EXPECT_EQ(row["id"], magnets.network[result.materials[m].id].id);
      EXPECT_EQ(row["demanded"].get<double>(), tonnes(result.materials[m].demanded));
      EXPECT_EQ(row["delivered"].get<double>(), tonnes(result.materials[m].delivered));
      EXPECT_EQ(row["shortfall"].get<double>(), tonnes(result.materials[m].shortfall));
      EXPECT_EQ(row["baseline_shortfall"].get<double>(), tonnes(result.materials[m].baseline_shortfall));
    }
    ASSERT_EQ(json["end_uses"].size(), result.end_uses.size());
    for (std::size_t e = 0; e < result.end_uses.size(); ++e) {
      EXPECT_EQ(json["end_uses"][e]["id"], magnets.network[result.end_uses[e].id].id);
      EXPECT_EQ(json["end_uses"][e]["delivered"].get<double>(), tonnes(result.end_uses[e].delivered));
    }
    ASSERT_EQ(json["facilities"].size(), result.facilities.size());
    for (std::size_t f = 0; f < result.facilities.size(); ++f) {
      EXPECT_EQ(json["facilities"][f]["utilisation"].get<double>(), result.facilities[f].utilisation);
    }
    EXPECT_EQ(json["routes"].size(), result.routes.size());
    EXPECT_EQ(json["total_weighted_shortfall"].get<double>(), result.total_weighted_shortfall);
  }
}

TEST(ProgramJson, ReallocateHasTheKeysOfPropagateAndPrices) {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const Json nobody = parsed({"propagate"});
  const Json json = parsed({"reallocate"});
  for (const std::string& key : keys(nobody)) EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_EQ(json["model"], "reallocate");
  EXPECT_EQ(json["status"], "solved");
  EXPECT_EQ(keys(json["certificate"]), (Keys{"mass_balance", "gap", "optimality"}));
  EXPECT_LE(json["certificate"]["mass_balance"].get<double>(), 1e-9);
  EXPECT_LE(json["certificate"]["gap"].get<double>(), 1e-9);
  EXPECT_LE(json["total_weighted_shortfall"].get<double>(), nobody["total_weighted_shortfall"].get<double>());
  EXPECT_EQ(json["routes"].size(), magnets.network.routes().size());
  ASSERT_FALSE(json["prices"].empty());
  for (const Json& price : json["prices"]) {
    EXPECT_TRUE(magnets.network.find_place(price["place"].get<std::string>()).has_value());
    EXPECT_TRUE(magnets.network.find_commodity(price["commodity"].get<std::string>()).has_value());
    EXPECT_GE(price["price"].get<double>(), 0.0);
    EXPECT_FALSE(price.contains("low"));
  }
  for (const char* key : {"quota_rents", "capacity_rents", "offtake_costs", "baskets"}) {
    EXPECT_TRUE(json[key].is_array()) << key;
  }
  EXPECT_FALSE(json["quota_rents"].empty());
}

TEST(ProgramJson, PriceRangesEncloseThePrice) {
  const Json json = parsed({"reallocate", "--price-ranges"});
  std::size_t ranges = 0;
  for (const Json& price : json["prices"]) {
    const double at = price["price"].get<double>();
    if (price.contains("low")) {
      EXPECT_LE(price["low"].get<double>(), at + 1e-9 * (1.0 + at));
      ++ranges;
    }
    if (price.contains("high")) {
      EXPECT_GE(price["high"].get<double>(), at - 1e-9 * (1.0 + at));
    }
  }
  EXPECT_GT(ranges, 0U);
  EXPECT_TRUE(json["materials"] == parsed({"reallocate"})["materials"]) << "ranges change nothing else";
}

TEST(ProgramJson, BracketHoldsBothModels) {
  const Json json = parsed({});
  EXPECT_EQ(keys(json), (Keys{"propagate", "reallocate", "total_weighted_shortfall", "materials", "countries",
                              "levers", "total_without_levers", "notes"}));
  EXPECT_TRUE(json["propagate"] == parsed({"propagate"}));
  EXPECT_TRUE(json["reallocate"] == parsed({"reallocate"}));
  for (std::size_t m = 0; m < json["materials"].size(); ++m) {
    const Json& row = json["materials"][m];
    EXPECT_LE(row["low"].get<double>(), row["high"].get<double>());
    EXPECT_EQ(row["high"], json["propagate"]["materials"][m]["shortfall"]);
    EXPECT_EQ(row["low"], json["reallocate"]["materials"][m]["shortfall"]);
  }
  ASSERT_EQ(json["levers"].size(), 3U);
  for (const Json& lever : json["levers"]) EXPECT_GE(lever["worth"].get<double>(), 0.0);
}

TEST(ProgramJson, CombinedScenariosAreNamedTogether) {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  ASSERT_GE(magnets.scenarios.size(), 2U);
  const lode::Scenario both = magnets.scenarios[0] + magnets.scenarios[1];
  const Json json = parsed({"propagate", "--scenario", magnets.scenarios[0].name, "--scenario",
                            magnets.scenarios[1].name});
  EXPECT_EQ(json["scenario"], magnets.scenarios[0].name + '+' + magnets.scenarios[1].name);
  EXPECT_EQ(json["total_weighted_shortfall"].get<double>(),
            lode::propagate(magnets.network, both).total_weighted_shortfall);
}

TEST(ProgramJson, Info) {
  const TemporaryFolder temporary;
  lode_test::write_small_data(temporary.path(), {"less"});
  const Json json = parsed({"info", "--data", temporary.path()});
  EXPECT_EQ(keys(json), (Keys{"lode", "data", "title", "version", "description", "base_year", "licenses", "rows",
                              "totals", "quality", "uncertainties", "warnings"}));
  EXPECT_EQ(json["licenses"][0]["name"], "CC0-1.0");
  EXPECT_EQ(json["rows"].dump(),
            R"({"materials":2,"countries":2,"commodities":2,"composition":4,"facilities":2,)"
            R"("recipes":3,"end_uses":2,"routes":3,"stocks":0,"cover":0,"prices":0,"sources":0,"scenarios":1})");
  EXPECT_EQ(json["quality"].dump(), R"({"sourced":0,"derived":0,"assumption":0,"recalled":0,"none":20})");
  EXPECT_EQ(json["totals"].size(), 12U);  // five stages and demand, two materials
  EXPECT_EQ(json["totals"][0].dump(),
            R"({"stage":"mining","material":"ndpr","tonnes":300.0,"largest_country":"CHN","largest_share":1.0,)"
            R"("sd":null,"relative_sd":null,"stated_share":0.0,)"
            R"("quality":{"sourced":0,"derived":0,"assumption":0,"recalled":0,"none":4}})");
  EXPECT_EQ(json["uncertainties"].dump(), "[]");
  EXPECT_EQ(json["totals"][2]["largest_country"], nullptr);
  EXPECT_EQ(json["totals"][10]["stage"], "demand");
  EXPECT_EQ(json["totals"][10]["largest_share"].get<double>(), 0.6);
  EXPECT_EQ(json["warnings"], 0);
}

TEST(ProgramJson, Scenarios) {
  const TemporaryFolder temporary;
  lode_test::write_small_data(temporary.path(), {"less"});
  const Json json = parsed({"scenarios", "--data", temporary.path()});
  EXPECT_EQ(json["scenarios"].dump(),
            R"([{"name":"less","title":"China sells less","description":"","source":[],"at":null,"shocks":1,)"
            R"("kinds":["export"],"first_date":"2025-04-04","last_date":"2025-04-04"}])");
}

TEST(ProgramJson, Validate) {
  const Json json = parsed({"validate"});
  EXPECT_EQ(keys(json), (Keys{"lode", "data", "valid", "rows", "warnings", "totals", "quality", "uncertainties"}));
  EXPECT_EQ(json["valid"], true);
  const Json info = parsed({"info"});
  for (const char* key : {"rows", "totals", "quality", "uncertainties"}) EXPECT_TRUE(json[key] == info[key]) << key;
}

TEST(ProgramCsv, EveryRowHasTheFieldsOfTheHead) {
  const TemporaryFolder temporary;
  lode_test::write_small_data(temporary.path(), {"less"});
  for (const auto& [command, head] : std::vector<std::pair<std::string, std::string>>{
           {"propagate", "section,id,to,commodity,country,sector,material,quantity,unit,value"},
           {"reallocate", "section,id,to,commodity,country,sector,material,quantity,unit,value"},
           {"bracket", "model,section,id,to,commodity,country,sector,material,quantity,unit,value"},
           {"info", "section,name,material,country,quantity,unit,value,figure,id,to,commodity,quality"},
           {"scenarios", "name,title,shocks,kinds,first_date,last_date,at"},
           {"validate",
            "table,rows,section,name,material,country,quantity,unit,value,figure,id,to,commodity,quality"}}) {
    const Outcome outcome = run({command, "--format", "csv", "--data", temporary.path()});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    std::istringstream lines(outcome.out);
    std::string line;
    std::getline(lines, line);
    EXPECT_EQ(line.substr(0, line.find('\r')), head);
    std::size_t rows = 0;
    while (std::getline(lines, line)) {
      EXPECT_EQ(std::count(line.begin(), line.end(), ','), std::count(head.begin(), head.end(), ',')) << line;
      ++rows;
    }
    EXPECT_GT(rows, 0U) << command;
  }
}

}  // namespace
