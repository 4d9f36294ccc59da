// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// `lode exposure` as users and other programs see it.
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

#include <lode/datasets.hpp>
#include <lode/exposure.hpp>
#include <lode/propagate.hpp>

#include "run_program.hpp"

namespace {

using Json = nlohmann::ordered_json;
using lode_test::Outcome;
using lode_test::run;

TEST(ProgramExposure, JsonSaysWhatTheLibrarySaysAndItsSharesAddUp) {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const lode::Network& network = magnets.network;
  const lode::Exposure base = lode::exposure(network);
  const lode::Disruption shock = lode::resolve(network, *magnets.find_scenario("lynas-outage"));
  const lode::Exposure after = lode::exposure(network, lode::Propagator(network).run(shock), shock);
  for (const lode::Exposure* what : {&base, &after}) {
    std::vector<std::string> arguments{"exposure", "--format", "json"};
    if (what == &after) arguments.insert(arguments.end(), {"--scenario", "lynas-outage"});
    const Outcome outcome = run(arguments);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json json = Json::parse(outcome.out);
    EXPECT_EQ(json["model"], "exposure");
    EXPECT_EQ(json["scenario"], what == &after ? "lynas-outage" : "base-year");
    EXPECT_LE(json["certificate"]["mass_balance"].get<double>(), 1e-12);
    ASSERT_EQ(json["materials"].size(), what->materials.size());
    for (std::size_t m = 0; m < what->materials.size(); ++m) {
      const Json& users = json["materials"][m]["countries"];
      ASSERT_EQ(users.size(), what->materials[m].countries.size());
      for (std::size_t u = 0; u < users.size(); ++u) {
        EXPECT_EQ(users[u]["received"].get<double>(), what->materials[m].countries[u].received);
        for (const Json& stage : users[u]["stages"]) {
          for (const char* const owners : {"countries", "operators"}) {
            double sum = stage["reserves"].get<double>() + stage["unexplained"].get<double>();
            for (const Json& owner : stage[owners]) sum += owner["share"].get<double>();
            EXPECT_NEAR(sum, 1.0, 1e-12);
          }
        }
      }
    }
  }
}

TEST(ProgramExposure, TableFitsAndNamesTheCountry) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"exposure"}, {"exposure", "--country", "JPN", "--material", "dy"}}) {
    const Outcome table = run(arguments);
    ASSERT_EQ(table.exit_code, 0) << table.err;
    std::istringstream lines(table.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
    EXPECT_NE(table.out.find("Japan"), std::string::npos);
  }
  const Outcome csv = run({"exposure", "--country", "JPN", "--material", "dy", "--format", "csv"});
  EXPECT_EQ(csv.out.find(",ndpr,"), std::string::npos);
  EXPECT_NE(csv.out.find("country_by_country,JPN,CHN,,JPN,,dy,separation,1,"), std::string::npos);
}

TEST(ProgramExposure, RefusesWhatItDoesNotUse) {
  EXPECT_EQ(run({"exposure", "--material", "gold"}).exit_code, 2);
  EXPECT_EQ(run({"exposure", "--country", "XXX"}).exit_code, 2);
  EXPECT_EQ(run({"exposure", "--top", "3"}).exit_code, 2);
}

}  // namespace
