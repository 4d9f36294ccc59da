// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <vector>

#include <lode/base_years.hpp>
#include <lode/datasets.hpp>
#include <lode/ensemble.hpp>
#include <lode/error.hpp>
#include <lode/io/data_package.hpp>
#include <lode/network_builder.hpp>
#include <lode/propagate.hpp>
#include <lode/random.hpp>
#include <lode/reconcile.hpp>

#include "support/text_network.hpp"

namespace {

using lode::BaseYears;
using lode::DrawnYear;
using lode::SolveStatus;
using lode::tonnes_per_year;
using namespace lode::literals;

/// 80 +- 10 mined, 100 +- 5 shipped, 100 wanted: the balanced flow is 96 +- 4.47 (reconcile.hpp).
lode::Observations mine_and_plant() {
  lode::NetworkBuilder world;
  world.add_country("CHN");
  world.add_commodity("ore", lode::Stage::mining);
  world.add_mine("mine", "CHN", {.makes = "ore", .baseline = 80_t_per_yr, .baseline_sd = 10_t_per_yr});
  world.add_end_use("plant", "CHN", {.takes = "ore", .demand = 200_t_per_yr, .demand_sd = 0_t_per_yr});
  world.add_route("mine", "plant", "ore", 100_t_per_yr, {.flow_sd = 5_t_per_yr});
  return world.observe();
}

/// A lineal Gaussian problem with one balance that binds, so draws have the posterior's mean and spread. What is mined
/// may exceed what is shipped: draws in which it does keep both figures.
TEST(BaseYears, DrawsHaveThePosteriorsMeanAndSpread) {
  const BaseYears years(mine_and_plant());
  ASSERT_EQ(years.variables(), 3U);
  double sum = 0.0, squares = 0.0;
  int bound = 0;
  constexpr int draws = 2000;
  for (int k = 0; k < draws; ++k) {
    const DrawnYear year = years.draw(1, static_cast<std::uint64_t>(k));
    ASSERT_EQ(year.status, SolveStatus::solved);
    const double mined = year.network.facilities()[0].baseline.in(tonnes_per_year);
    const double shipped = year.network.routes()[0].flow.in(tonnes_per_year);
    ASSERT_GE(mined, shipped * (1.0 - 1e-6));
    if (mined > shipped * (1.0 + 1e-6)) continue;
    ++bound;
    sum += shipped;
    squares += shipped * shipped;
  }
  ASSERT_GT(bound, draws * 9 / 10) << "80 +- 10 exceeds 100 +- 5 in one of 27 draws";
  const double mean = sum / bound, sd = std::sqrt(squares / bound - mean * mean);
  // The projection of independent draws: 0.2 of the mine's and 0.8 of the route's figure; 4.47 but for the rare slack
  // draws.
  EXPECT_NEAR(mean, 96.0, 0.5);
  EXPECT_NEAR(sd, std::sqrt(20.0), 0.4);
}

TEST(BaseYears, TheMiddleIsTheBalancedYear) {
  const lode::LoadedObservations* published = lode::datasets::find_published("rare-earth-magnets-2024-published");
  ASSERT_NE(published, nullptr);
  const BaseYears years(published->found);
  const DrawnYear middle = years.at(std::vector<double>(years.variables(), 0.5));
  ASSERT_EQ(middle.status, SolveStatus::solved);
  const lode::Network& expected = lode::datasets::rare_earth_magnets_2024().network;
  for (std::size_t r = 0; r < expected.routes().size(); ++r) {
    const double flow = expected.routes()[r].flow.in(tonnes_per_year);
    EXPECT_NEAR(middle.network.routes()[r].flow.in(tonnes_per_year), flow, 1e-4 * flow + 1e-3);
  }
}

TEST(BaseYears, EveryDrawOfTheBuiltInDataBalances) {
  const lode::LoadedObservations* published = lode::datasets::find_published("rare-earth-magnets-2024-published");
  ASSERT_NE(published, nullptr);
  const BaseYears years(published->found);
  const lode::Network& network = lode::datasets::rare_earth_magnets_2024().network;
  bool cover_moved = false;
  for (std::uint64_t k = 0; k < 12; ++k) {
    const DrawnYear year = years.draw(3, k);  // building checks the balances
    ASSERT_EQ(year.status, SolveStatus::solved) << "draw " << k;
    ASSERT_EQ(year.network.routes().size(), network.routes().size());
    for (std::size_t c = 0; c < network.covers().size(); ++c) {
      const lode::Cover &given = network.covers()[c], &drawn = year.network.covers()[c];
      EXPECT_GE(drawn.days.in(lode::days), given.low.value_or(given.days).in(lode::days)-1e-9);
      EXPECT_LE(drawn.days.in(lode::days), given.high.value_or(given.days).in(lode::days) + 1e-9);
      cover_moved = cover_moved || drawn.days != given.days;
    }
  }
  EXPECT_TRUE(cover_moved);
}

TEST(BaseYears, AnEnsembleGivesEverySampleItsOwn) {
  const auto years = std::make_shared<const BaseYears>(mine_and_plant());
  const lode::Network network = lode::reconcile(years->found()).network;
  lode::Scenario scenario{"half"};
  scenario.limit_capacity({.facility = "mine", .factor = lode::Uniform{0.4, 0.6}});
  lode::EnsembleOptions options;
  options.data = years;
  options.sampling.samples = 200;
  const lode::Ensemble one = [&] {
    options.threads = 1;
    return lode::ensemble(network, scenario, options);
  }();
  ASSERT_EQ(one.status, SolveStatus::solved);
  EXPECT_EQ(one.variables, 1U);
  options.threads = 3;
  const lode::Ensemble three = lode::ensemble(network, scenario, options);
  EXPECT_EQ(one.weighted.mean, three.weighted.mean);
  // Number 0 is the scenario's, the next three are the figures'.
  double sum = 0.0;
  for (std::uint64_t k = 0; k < 200; ++k) {
    std::vector<double> figures;
    for (std::uint32_t v = 1; v <= 3; ++v) figures.push_back(lode::uniform(1, k, v));
    const DrawnYear year = years->at(figures);
    const double mined = year.network.facilities()[0].baseline.in(tonnes_per_year);
    const double factor = lode::Uniform{0.4, 0.6}.min + 0.2 * lode::uniform(1, k, 0);
    const double shipped = std::min(year.network.routes()[0].flow.in(tonnes_per_year), mined);
    sum += 200.0 - factor * shipped;
  }
  EXPECT_NEAR(one.weighted.mean, sum / 200.0, 1e-6 * sum / 200.0);
  options.data = nullptr;
  EXPECT_LT(lode::ensemble(network, scenario, options).weighted.standard_deviation, one.weighted.standard_deviation)
      << "uncertain data make the answer less certain";
}

TEST(BaseYears, OtherNetworksAndNumbersAreRefused) {
  const auto years = std::make_shared<const BaseYears>(mine_and_plant());
  EXPECT_THROW((void)years->at(std::vector<double>(2, 0.5)), lode::InvalidArgument);
  lode::EnsembleOptions options;
  options.data = years;
  EXPECT_THROW((void)lode::ensemble(lode::datasets::rare_earth_magnets_2024().network, lode::Scenario{"none"}, options),
               lode::InvalidArgument);
}

}  // namespace
