// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include <lode/backtest.hpp>
#include <lode/network_builder.hpp>

namespace {

using lode::BacktestCase;
using lode::BacktestResult;
using lode::Dataset;
using lode::parse_date;
using lode::parse_period;
using lode::ReportedFigure;
using lode::Uniform;
using namespace lode::literals;

/// A mine in China digs 365 t/yr: 73 go to Germany, 292 stay. A works beside it makes 0.5 t of oxide from 1 t of ore.
Dataset small_world() {
  lode::NetworkBuilder world;
  for (const char* country : {"CHN", "DEU"}) world.add_country(country);
  const auto dy = world.add_material("dy", "Dysprosium");
  world.add_commodity("ore", lode::Stage::mining, {{dy, 0.4}});
  world.add_commodity("oxide", lode::Stage::separation, {{dy, 0.8}});
  world.add_mine("mine", "CHN", {.makes = "ore", .baseline = 465_t_per_yr});
  world.add_refiner("works", "CHN", {.feeds = {"ore"}, .recovers = {{"oxide", 1.0}}});
  world.add_end_use("abroad", "DEU", {.takes = "ore", .demand = 73_t_per_yr});
  world.add_end_use("home", "CHN", {.takes = "ore", .demand = 292_t_per_yr});
  world.add_end_use("buyers", "CHN", {.takes = "oxide", .demand = 50_t_per_yr});
  world.add_route("mine", "abroad", "ore", 73_t_per_yr);
  world.add_route("mine", "home", "ore", 292_t_per_yr);
  world.add_route("mine", "works", "ore", 100_t_per_yr);
  world.add_route("works", "buyers", "oxide", 50_t_per_yr);
  Dataset dataset;
  dataset.network = world.build();
  dataset.about.name = "small";
  dataset.about.base_year = 2024;
  return dataset;
}

ReportedFigure figure(const char* period, double value) {
  return {.period = *parse_period(period), .value = value};
}

/// Exports of ore stop for good on 1 April.
BacktestCase ban() {
  BacktestCase test;
  test.name = "ban";
  test.scenario.name = "ban";
  test.scenario.restrict_exports({.country = "CHN", .commodity = "ore", .factor = 0.0}, {parse_date("2025-04-01"), {}});
  test.known_before = *parse_date("2025-04-01");
  test.metric = lode::ExportsMetric{.country = "CHN"};
  test.from = *parse_period("2025-03");
  test.to = *parse_period("2025-05");
  test.options.step_days = 1;
  return test;
}

TEST(Backtest, PredictsMonthByMonthAndCountsErrors) {
  BacktestCase test = ban();
  test.observed = {figure("2025-04", 2.0), figure("2025-05", 0.0)};
  const BacktestResult result = lode::backtest(small_world(), test);
  ASSERT_EQ(result.status, lode::SolveStatus::solved);
  ASSERT_EQ(result.rows.size(), 3U);
  EXPECT_NEAR(result.rows[0].predicted, 6.2, 1e-12) << "73 t/yr for 31 days";
  EXPECT_NEAR(result.rows[1].predicted, 0.0, 1e-12);
  EXPECT_NEAR(result.rows[1].no_change, 6.0, 1e-12);
  EXPECT_NEAR(result.rows[0].permanent, 6.2, 1e-12) << "before the shock";
  EXPECT_NEAR(result.rows[2].permanent, 0.0, 1e-12);
  EXPECT_EQ(result.permanent_share, 0.0);
  EXPECT_EQ(result.compared, 2U) << "March was not observed";
  EXPECT_EQ(result.covered, 1U) << "nothing is uncertain: 0 is 0, 2 is not";
  EXPECT_EQ(result.samples, 0U);
  EXPECT_NEAR(result.model.mean_absolute, 1.0, 1e-12);
  EXPECT_NEAR(*result.model.mean_absolute_share, 1.0, 1e-12) << "of April alone; May was 0";
  EXPECT_NEAR(result.model.total, -2.0, 1e-12);
  EXPECT_NEAR(result.no_change.mean_absolute, (4.0 + 6.2) / 2, 1e-12);
  EXPECT_NEAR(result.total_observed, 2.0, 1e-12);
}

TEST(Backtest, ScalesToTheSeasonsOfTheBaseYear) {
  BacktestCase test = ban();
  test.scenario.shocks.clear();
  test.scenario.restrict_exports({.country = "CHN", .factor = 1.0});
  test.base = {figure("2024", 1205.0), figure("2024-05", 200.0), figure("2024-Q2", 322.0)};
  const BacktestResult result = lode::backtest(small_world(), test);
  // Outside the second quarter 883 t are left for 275 days; in it 122 t for April and June.
  EXPECT_NEAR(result.rows[0].no_change, 883.0 * 31 / 275, 1e-9);
  EXPECT_NEAR(result.rows[1].no_change, 122.0 * 30 / 60, 1e-9);
  EXPECT_NEAR(result.rows[2].no_change, 200.0, 1e-9);
  for (const lode::BacktestRow& row : result.rows) EXPECT_NEAR(row.predicted, row.no_change, 1e-9) << "without a shock";
}

TEST(Backtest, WhatWasKnownStandsForItselfInASum) {
  BacktestCase test = ban();
  test.from = *parse_period("2025-04");
  test.to = *parse_period("2025-12");
  test.base = {figure("2024", 366.0), figure("2025-01", 100.0)};
  test.observed = {figure("2025", 200.0)};
  const BacktestResult result = lode::backtest(small_world(), test);
  const lode::BacktestRow& sum = result.rows.back();
  ASSERT_TRUE(sum.is_sum);
  EXPECT_NEAR(sum.predicted, 100.0 + 29 + 31, 1e-9) << "February and March at the pace of 2024, then nothing";
  EXPECT_NEAR(sum.no_change, 100.0 + 366 - 31, 1e-9);
  EXPECT_NEAR(sum.permanent, 160.0, 1e-9);
  EXPECT_NEAR(result.model.total, -40.0, 1e-9);
  EXPECT_EQ(result.compared, 0U) << "a sum is no period";
}

TEST(Backtest, TheIntervalHoldsTheMiddleOfTheSamples) {
  BacktestCase test = ban();
  test.scenario.shocks.clear();
  test.scenario.restrict_exports(
      {.country = "CHN", .commodity = "ore", .factor = lode::UncertainNumber(Uniform{0.0, 1.0})},
      {parse_date("2025-04-01"), {}});
  test.samples = 2000;
  const Dataset world = small_world();
  const BacktestResult result = lode::backtest(world, test);
  EXPECT_EQ(result.uncertain_numbers, 1U);
  EXPECT_EQ(result.samples, 2000U);
  EXPECT_NEAR(result.rows[1].predicted, 3.0, 1e-9);
  EXPECT_NEAR(result.rows[1].low, 0.05 * 6.0, 0.1);
  EXPECT_NEAR(result.rows[1].high, 0.95 * 6.0, 0.1);
  EXPECT_NEAR(result.rows[0].high, 6.2, 1e-9) << "nothing is uncertain before the shock";
  test.seed = 2;
  EXPECT_NE(lode::backtest(world, test).rows[1].low, result.rows[1].low);
  test.seed = 1;
  EXPECT_EQ(lode::backtest(world, test).rows[1].low, result.rows[1].low);
}

TEST(Backtest, UncertainOptionsAreDrawnToo) {
  BacktestCase test = ban();
  test.metric = lode::OutputMetric{.facility = "mine"};
  test.to = *parse_period("2025-08");
  test.samples = 100;
  test.uncertain.yard_days = Uniform{0.0, 10.0};
  const BacktestResult result = lode::backtest(small_world(), test);
  const lode::BacktestRow& april = result.rows[1];
  EXPECT_EQ(result.uncertain_numbers, 1U);
  EXPECT_LT(april.low, april.high - 0.1) << "a small yard is full soon, and the mine slows down";
  EXPECT_LE(april.low, april.predicted);
  EXPECT_GE(april.high, april.predicted);
  EXPECT_LT(result.rows.back().high, 0.9 * 465.0 * 31 / 365) << "in August every yard is full";
}

TEST(Backtest, OutputAndDeliveries) {
  const Dataset world = small_world();
  BacktestCase test = ban();
  test.metric = lode::OutputMetric{.facility = "works", .commodity = "oxide"};
  EXPECT_NEAR(lode::backtest(world, test).rows[1].predicted, 50.0 * 30 / 365, 1e-9);
  test.metric = lode::DeliveriesMetric{.country = {"DEU"}};
  test.uncertain.default_cover_days = 10.0;
  const BacktestResult deliveries = lode::backtest(world, test);
  EXPECT_NEAR(deliveries.rows[1].predicted, 2.0, 0.21) << "ten days of stock, give or take the step of one day";
  EXPECT_NEAR(deliveries.rows[2].predicted, 0.0, 1e-9);
  EXPECT_NEAR(deliveries.permanent_share, 0.0, 1e-12);
}

TEST(Backtest, AStatedShareGoesBeforeThatOfPropagate) {
  BacktestCase test = ban();
  test.permanent_share = 3.0;
  EXPECT_NEAR(lode::backtest(small_world(), test).rows[1].permanent, 18.0, 1e-12);
}

TEST(Backtest, LicencesApproveNothingInThePermanentLoss) {
  BacktestCase test = ban();
  test.scenario.shocks.clear();
  test.scenario.license_exports(
      {.country = "CHN", .commodity = "ore", .delay_days = 20.0, .approved = lode::Schedule(0.7)},
      {parse_date("2025-04-01"), {}});
  EXPECT_EQ(lode::backtest(small_world(), test).permanent_share, 0.0);
}

TEST(Backtest, EveryProblemIsListed) {
  BacktestCase test = ban();
  test.scenario.limit_capacity({.facility = "min", .factor = 0.5});
  test.metric = lode::ExportsMetric{.country = "CHM", .commodity = {"ore", "oxid"}};
  test.base = {figure("2024-05", 10.0)};
  const std::string text = to_string(check(test, small_world()));
  for (const char* part :
       {"unknown facility \"min\"; did you mean \"mine\"?", "unknown country \"CHM\"; did you mean \"CHN\"?",
        "unknown commodity \"oxid\"; did you mean \"oxide\"?", "no figure covers 2024-01"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_THROW((void)lode::backtest(small_world(), test), lode::InvalidScenario);
  BacktestCase nothing = ban();
  nothing.metric = lode::ExportsMetric{.country = "DEU"};
  EXPECT_NE(to_string(check(nothing, small_world())).find("counts nothing that the base year has"), std::string::npos);
  BacktestCase too_much = ban();
  too_much.base = {figure("2024", 10.0), figure("2024-05", 11.0)};
  EXPECT_NE(to_string(check(too_much, small_world())).find("add up to more than its figure"), std::string::npos);
}

TEST(Backtest, CanBeStopped) {
  BacktestCase test = ban();
  test.uncertain.yard_days = Uniform{0.0, 60.0};
  const BacktestResult result =
      lode::backtest(small_world(), test, [](std::size_t done, std::size_t) { return done < 3; });
  EXPECT_EQ(result.status, lode::SolveStatus::interrupted);
}

}  // namespace
