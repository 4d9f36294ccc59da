// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// `lode equilibrium` as users and other programs see it.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <lode/datasets.hpp>
#include <lode/equilibrium.hpp>

#include "run_program.hpp"

namespace {

using Json = nlohmann::ordered_json;
using lode_test::Outcome;
using lode_test::run;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void expect_finite(const Json& json) {
  if (json.is_structured()) {
    for (const Json& part : json) expect_finite(part);
  }
  EXPECT_FALSE(json.is_null());
  if (json.is_number()) {
    EXPECT_TRUE(std::isfinite(json.get<double>()));
  }
}

TEST(ProgramEquilibrium, JsonSaysWhatTheLibrarySays) {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  for (const lode::Scenario& scenario : magnets.scenarios) {
    const lode::EquilibriumResult result = lode::equilibrium(magnets, scenario);
    ASSERT_EQ(result.status, lode::SolveStatus::solved) << scenario.name;
    EXPECT_LE(result.certificate.mass_balance, 1e-9) << scenario.name;
    EXPECT_LE(result.certificate.optimality, 1e-9) << scenario.name;
    EXPECT_LE(result.certificate.gap, 1e-9) << scenario.name;
    EXPECT_LE(result.certificate.tariffs, 1e-9) << scenario.name;
    EXPECT_LE(result.certificate.price_floors, 1e-9) << scenario.name;
    const Outcome outcome = run({"equilibrium", "--scenario", scenario.name, "--format", "json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json json = Json::parse(outcome.out);
    expect_finite(json);
    EXPECT_EQ(json["model"], "equilibrium");
    EXPECT_EQ(json["scenario"], scenario.name);
    EXPECT_EQ(json["status"], "solved");
    EXPECT_EQ(json["elasticity_range"]["status"], (Json{"solved", "solved", "solved"})) << scenario.name;
    ASSERT_EQ(json["materials"].size(), 3U);
    for (std::size_t m = 0; m < 3; ++m) {
      EXPECT_EQ(json["materials"][m]["shortfall"].get<double>(),
                result.materials[m].shortfall.in(lode::tonnes_per_year));
    }
    ASSERT_EQ(json["prices"].size(), result.prices.size());
    for (std::size_t p = 0; p < result.prices.size(); ++p) {
      EXPECT_EQ(json["prices"][p]["price"].get<double>(), result.prices[p].price.in(lode::usd_per_tonne));
    }
    for (const Json& row : json["elasticity_range"]["headlines"]) {
      EXPECT_LE(row["low"].get<double>(), row["value"].get<double>());
      EXPECT_GE(row["high"].get<double>(), row["value"].get<double>());
    }
  }
}

TEST(ProgramEquilibrium, TheBaseYearOfTheMagnetsIsReproduced) {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const lode::EquilibriumResult result = lode::equilibrium(magnets, lode::Scenario{"none"});
  ASSERT_EQ(result.status, lode::SolveStatus::solved);
  for (const auto& row : result.routes) EXPECT_EQ(row.flow, row.base_flow);
  for (const auto& row : result.prices) {
    const double base = row.base_price.in(lode::usd_per_tonne);
    EXPECT_NEAR(row.price.in(lode::usd_per_tonne), base, 1e-9 * base);
  }
  for (const auto& row : result.facilities) EXPECT_GE(row.base_margin.in(lode::usd_per_tonne), 0.0);
  EXPECT_TRUE(result.notes.empty());
}

TEST(ProgramEquilibrium, WhatTheDataLackIsListedAndOptionsServe) {
  const Outcome bare = run({"equilibrium", "--data", "gallium-germanium-2022"});
  EXPECT_EQ(bare.exit_code, 3);
  EXPECT_TRUE(bare.out.empty());
  EXPECT_TRUE(contains(bare.err, "no elasticity of demand; fill the column elasticity of end_uses.csv")) << bare.err;
  EXPECT_TRUE(contains(bare.err, "no elasticity of supply; fill the column elasticity of facilities.csv"));
  const Outcome helped = run(
      {"equilibrium", "--data", "gallium-germanium-2022", "--demand-elasticity", "0.3", "--supply-elasticity", "0.2"});
  EXPECT_FALSE(contains(helped.err, "elasticity of")) << helped.err;
}

TEST(ProgramEquilibrium, OptionsOutOfPlaceOrRangeAreWrongUsage) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"equilibrium", "--demand-elasticity", "0"},
        {"equilibrium", "--supply-elasticity", "x"},
        {"equilibrium", "--trade-inertia", "1e3"},
        {"propagate", "--demand-elasticity", "0.3"},
        {"equilibrium", "--supply-elasticity", "0.3", "--supply-elasticity", "0.3"}}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_TRUE(outcome.out.empty());
  }
}

TEST(ProgramEquilibrium, AnOfftakeThatCanNotBeMetEndsWithOneAndItsConflict) {
  const Outcome outcome = run({"equilibrium", "--scenario", "mountain-pass-outage", "--scenario", "mp-offtake"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "offtake of shock")) << outcome.err;
}

TEST(ProgramEquilibrium, TablesFitTheScreenAndCsvHasARowANumber) {
  for (const char* scenario : {"april-2025-licensing", "mp-offtake", "tariff-100", "myanmar-closure-2024"}) {
    const Outcome table = run({"equilibrium", "--scenario", scenario, "--quiet"});
    EXPECT_EQ(table.exit_code, 0) << table.err;
    std::size_t begin = 0;
    for (std::size_t end = table.out.find('\n'); end != std::string::npos; end = table.out.find('\n', begin)) {
      EXPECT_LE(end - begin, 100U) << table.out.substr(begin, end - begin);
      begin = end + 1;
    }
    const Outcome csv = run({"equilibrium", "--scenario", scenario, "--quiet", "--format", "csv"});
    EXPECT_EQ(csv.out.rfind("section,id,to,commodity,country,sector,material,quantity,unit,value\n", 0), 0U);
    EXPECT_TRUE(contains(csv.out, "\nheadline,dy,,,,,,shortfall_high,t/yr,"));
  }
}

}  // namespace
