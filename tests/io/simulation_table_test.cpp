// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <lode/report/table.hpp>

#include "small_simulation.hpp"

namespace {

using lode_test::cars_run;
using lode_test::small_dataset;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void expect_narrow_ascii(const std::string& text) {
  std::size_t width = 0;
  for (const char c : text) {
    EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
    width = c == '\n' ? 0 : width + 1;
    ASSERT_LE(width, 100U) << text;
  }
}

/// 52 weeks: all is well, then nothing for eight weeks from 2025-04-07, half for eight, then all and more for two.
std::vector<double> a_hard_year() {
  std::vector<double> arrives(52, 1.0);
  std::fill(arrives.begin() + 13, arrives.begin() + 21, 0.0);
  std::fill(arrives.begin() + 21, arrives.begin() + 29, 0.5);
  std::fill(arrives.begin() + 29, arrives.begin() + 31, 1.5);
  return arrives;
}

TEST(SimulationTable, DrawsDeliveriesOverTheRun) {
  const std::string text = lode::to_table(cars_run(a_hard_year()), small_dataset());
  EXPECT_TRUE(contains(text, R"(
Dysprosium: short from 2025-04-07, most in 2025-05 (100 %), 95 % back: 2025-07-28, all: 2025-07-28
 over |                            ++
100 % |############.              ######################
 80 % |#############              ######################
 60 % |#############        ::::::######################
 40 % |#############       #############################
 20 % |#############       #############################
  0 % +----------------------------------------------------
       Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec Jan
       2025                                            2026
)")) << text;
  expect_narrow_ascii(text);
}

TEST(SimulationTable, BlocksHaveEighths) {
  const std::string text =
      lode::to_table(cars_run(std::vector<double>(52, 0.95)), small_dataset(), lode::Glyphs::blocks);
  EXPECT_TRUE(contains(text, "\n 98 % |\n")) << text;
  EXPECT_TRUE(contains(text, "\n 96 % |\u2584\u2584")) << "half of a row of two percent, over a foot of 90\n" << text;
  EXPECT_TRUE(contains(text, "\n 94 % |\u2588\u2588")) << text;
}

TEST(SimulationTable, TheFootOfTheChartShowsWhatIsMissing) {
  for (const auto& [least, foot] : std::vector<std::pair<double, std::string>>{
           {0.95, " 90 % +"}, {0.8, " 75 % +"}, {0.6, " 50 % +"}, {0.3, "  0 % +"}}) {
    std::vector<double> arrives(52, 1.0);
    std::fill(arrives.begin() + 20, arrives.begin() + 30, least);
    const std::string text = lode::to_table(cars_run(arrives), small_dataset());
    EXPECT_TRUE(contains(text, foot)) << text;
  }
}

TEST(SimulationTable, LongRunsFitToo) {
  for (const std::size_t steps : {1U, 2U, 5U, 90U, 130U, 300U, 420U, 1200U, 5000U}) {
    std::vector<double> arrives(steps, 0.5);
    for (const int step_days : {1, 7, 31}) {
      const lode::Simulation run = cars_run(arrives, step_days);
      const std::string text = lode::to_table(run, small_dataset());
      expect_narrow_ascii(text);
      EXPECT_TRUE(contains(text, " 2025")) << text;
      expect_narrow_ascii(lode::to_table(by_month(run), small_dataset()));
    }
  }
}

TEST(SimulationTable, SaysWhoIsShortWhen) {
  const std::string text = lode::to_table(cars_run(a_hard_year()), small_dataset());
  EXPECT_TRUE(contains(text, "2025-01-06 to 2026-01-04 in steps of 7 days")) << text;
  // 0.5 t a day: 28 t for eight weeks of nothing, 14 t for eight of half; 3.5 t above the demand later.
  EXPECT_TRUE(contains(text, "Germany  2025-04-07  2025-05      100  2025-07-28  2025-07-28   42.0   23.1        3.5"))
      << text;
  EXPECT_TRUE(contains(text, "DEU      Cars")) << text;
  EXPECT_TRUE(contains(text, "2025 (360 days)       7.2        5.7    1.7   23.3")) << text;
  EXPECT_TRUE(contains(text, "2026 (4 days)         0.1        0.1      0")) << text;
  EXPECT_FALSE(contains(text, "Plants")) << text;
  EXPECT_FALSE(contains(text, "licences")) << text;
  EXPECT_TRUE(contains(text, "Dysprosium      8.0    20.0    15.5     2.5       10.0")) << text;
  EXPECT_TRUE(contains(text, "Certificate: mass balance 2.5e-16")) << text;
}

TEST(SimulationTable, NothingIsCaughtUpWithoutWaiting) {
  const std::string text = lode::to_table(cars_run({1.0, 0.5, 0.8, 1.0}), small_dataset());
  EXPECT_FALSE(contains(text, "Caught up")) << text;
  EXPECT_TRUE(contains(text, "Germany  2025-01-13  2025-01")) << text;
}

TEST(SimulationTable, WhatDoesNotRecoverSaysSo) {
  const std::string text = lode::to_table(cars_run({1.0, 0.5, 0.97, 0.97}), small_dataset());
  EXPECT_TRUE(contains(text, "most in 2025-01 (14.8 %), 95 % back: 2025-01-20, all: not yet")) << text;
  EXPECT_TRUE(contains(text, "2025-01-20   not yet")) << text;
}

TEST(SimulationTable, WithoutAShortageThereIsNoChart) {
  const std::string text = lode::to_table(cars_run(std::vector<double>(10, 1.0)), small_dataset());
  EXPECT_TRUE(contains(text, "No shortfall: at any time every end use gets what it gets in the base year.")) << text;
  EXPECT_FALSE(contains(text, "100 % |")) << text;
}

TEST(SimulationTable, PlantsSurviveAndRecover) {
  lode::Simulation run = cars_run(std::vector<double>(20, 1.0));
  run.disturbed = 2;                                // 2025-01-20
  lode::FacilitySeries& works = run.facilities[2];  // 40 t/yr
  const double usual = 40.0 * 7.0 / 365.0;
  works.activity.assign(20, usual);
  for (std::size_t t = 4; t < 10; ++t) works.activity[t] = t < 8 ? 0.0 : 0.96 * usual;
  works.first_short = works.deepest = 4;  // 2025-02-03
  works.recovered = 10;
  works.survived = 28.0 * lode::days;
  works.lost = 4.08 * usual * lode::tonnes;
  lode::FacilitySeries& plant = run.facilities[1];
  plant.activity.assign(20, 100.0 * 7.0 / 365.0);
  plant.activity[19] = 0.0;
  plant.first_short = plant.deepest = 19;
  plant.survived = 133.0 * lode::days;
  plant.lost = 100.0 * 7.0 / 365.0 * lode::tonnes;
  const std::string text = lode::to_table(run, small_dataset());
  EXPECT_TRUE(contains(text, "days from 2025-01-20, when the scenario begins,")) << text;
  EXPECT_TRUE(contains(text,
                       "Works  DEU         14  2025-02-03         28        42       3.1      20.4\n"
                       "Plant  CHN        119  2025-05-19        > 7       > 7       1.9       5.0\n"))
      << text;
}

TEST(SimulationTable, StocksShowTheirLowest) {
  lode::Simulation run = cars_run(std::vector<double>(4, 1.0));
  run.end_uses[0].stock = {4.0, 1.0, 1.0, 2.0};  // of 40 t/yr
  EXPECT_TRUE(
      contains(lode::to_table(run, small_dataset()), "Germany  Magnet         36.5     9.1  2025-01-13        18.2"))
      << lode::to_table(run, small_dataset());
  run.end_uses[0].stock.assign(4, 4.0);
  EXPECT_FALSE(contains(lode::to_table(run, small_dataset()), "Stocks of end uses"));
}

TEST(SimulationTable, QueuesShowTheirPeak) {
  lode::Simulation run = cars_run(std::vector<double>(4, 1.0));
  run.routes[1].held = {0.0, 1.0, 0.5, 0.25};  // of 2 t/yr
  const std::string text = lode::to_table(run, small_dataset());
  EXPECT_TRUE(contains(text, "China  Germany  Dy oxide         1.0          182  2025-01-13         0.2")) << text;
}

TEST(SimulationTable, MonthsAreNamedAsMonths) {
  const std::string text = lode::to_table(by_month(cars_run(a_hard_year())), small_dataset());
  EXPECT_TRUE(contains(text, "Germany  2025-04  2025-05      100    2025-08   2025-08   42.0   23.1        3.5"))
      << text;
  EXPECT_TRUE(contains(text, "2025-01 (26 days) to 2026-01 (4 days) by month, in steps of 7 days")) << text;
}

TEST(SimulationTable, ARunThatWasStoppedHasNoNumbers) {
  lode::Simulation stopped;
  stopped.status = lode::SolveStatus::interrupted;
  stopped.scenario = "cut";
  EXPECT_TRUE(contains(lode::to_table(stopped, small_dataset()), "No numbers: stopped on request"));
  lode::Simulation other = cars_run({1.0});
  other.end_uses.clear();
  EXPECT_THROW((void)lode::to_table(other, small_dataset()), lode::InvalidArgument);
}

}  // namespace
