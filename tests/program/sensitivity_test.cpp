// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// `lode sensitivity` as users and other programs see it.
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

#include <lode/datasets.hpp>
#include <lode/sensitivity.hpp>

#include "run_program.hpp"

namespace {

using Json = nlohmann::ordered_json;
using lode_test::Outcome;
using lode_test::run;

TEST(ProgramSensitivity, JsonSaysWhatTheLibrarySays) {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const lode::Scenario& scenario = *magnets.find_scenario("april-2025-licensing");
  for (const lode::StaticModel model : {lode::StaticModel::propagate, lode::StaticModel::reallocate}) {
    const lode::Sensitivity what = lode::sensitivity(
        magnets.network, scenario, {.material = magnets.network.find_material("dy")}, {.model = model});
    ASSERT_EQ(what.status, lode::SolveStatus::solved);
    const std::string of(to_string(model));
    const Outcome outcome = run(
        {"sensitivity", "--scenario", "april-2025-licensing", "--material", "dy", "--model", of, "--format", "json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json json = Json::parse(outcome.out);
    EXPECT_EQ(json["model"], "sensitivity");
    EXPECT_EQ(json["of"], of);
    EXPECT_EQ(json["target"], (Json{{"material", "dy"}}));
    EXPECT_EQ(json["shortfall"].get<double>(), what.shortfall);
    ASSERT_EQ(json["rows"].size(), what.parameters->size());
    const std::size_t best = lode::most_helpful(what, 1).at(0);
    EXPECT_EQ(json["rows"][0]["up"].get<double>(), *what.up(best));
    EXPECT_EQ(json["rows"][0]["parameter"], to_string((*what.parameters)[best].kind));
  }
}

TEST(ProgramSensitivity, TopLimitsTheRowsOfEveryFormat) {
  const Outcome json = run({"sensitivity", "--top", "3", "--format", "json"});
  EXPECT_EQ(Json::parse(json.out)["rows"].size(), 3U);
  const Outcome table = run({"sensitivity", "--top", "3"});
  ASSERT_EQ(table.exit_code, 0) << table.err;
  std::istringstream lines(table.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  EXPECT_NE(table.out.find("What helps most"), std::string::npos);
}

TEST(ProgramSensitivity, RefusesWhatTheDataSetDoesNotHave) {
  const Outcome material = run({"sensitivity", "--material", "dyy"});
  EXPECT_EQ(material.exit_code, 2);
  EXPECT_NE(material.err.find("did you mean dy?"), std::string::npos) << material.err;
  EXPECT_EQ(run({"sensitivity", "--country", "XXX"}).exit_code, 2);
  EXPECT_EQ(run({"sensitivity", "--end-use", "nobody"}).exit_code, 2);
  EXPECT_EQ(run({"sensitivity", "--top", "0"}).exit_code, 2);
  EXPECT_EQ(run({"sensitivity", "--model", "simulate"}).exit_code, 2);
  EXPECT_EQ(run({"propagate", "--material", "dy"}).exit_code, 2);
}

}  // namespace
