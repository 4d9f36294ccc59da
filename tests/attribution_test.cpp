// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <lode/attribution.hpp>
#include <lode/datasets.hpp>
#include <lode/propagate.hpp>
#include <lode/reallocate.hpp>

#include "support/random_network.hpp"
#include "support/random_scenario.hpp"

/// The axioms that make a Shapley value one, and its definition by orders written down a second time.
namespace {

using lode::Attribution;
using lode::Network;
using lode::Scenario;
using lode::SolveStatus;
using namespace lode_test;

double weighted(const Network& network, const Scenario& scenario) {
  return lode::propagate(network, scenario).total_weighted_shortfall;
}

/// Every plant and route is a shock of its own somewhere.
Scenario many_shocks(const Network& network, std::uint64_t seed, std::size_t shocks) {
  Random random(seed);
  Scenario scenario{"many"};
  while (scenario.shocks.size() < shocks) {
    const lode::Facility& facility = network.facilities()[random.below(network.facilities().size())];
    scenario.limit_capacity({.facility = facility.id, .factor = random.uniform(0.0, 0.9)});
  }
  return scenario;
}

TEST(Attribution, IsTheMeanOfWhatAShockAddsOverAllOrders) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Network network = build(random_world(seed));
    const Scenario scenario = many_shocks(network, seed, 4);
    const Attribution blame = lode::attribution(network, scenario);
    ASSERT_EQ(blame.status, SolveStatus::solved);
    EXPECT_TRUE(blame.exact);
    EXPECT_EQ(blame.runs, 16U);
    std::vector<std::size_t> order{0, 1, 2, 3};
    std::vector<double> mean(4, 0.0);
    do {
      Scenario part{"part"};
      double before = weighted(network, part);
      for (const std::size_t p : order) {
        part.shocks.push_back(scenario.shocks[p]);
        const double after = weighted(network, part);
        mean[p] += (after - before) / 24.0;
        before = after;
      }
    } while (std::next_permutation(order.begin(), order.end()));
    for (std::size_t p = 0; p < 4; ++p) EXPECT_NEAR(blame.shocks[p].weighted.value, mean[p], 1e-9 * (1.0 + mean[p]));
  }
}

TEST(Attribution, AddsUpToTheJointLossForEveryTarget) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Network network = build(random_world(seed));
    const Scenario scenario = random_scenario(network, seed);
    const Attribution blame = lode::attribution(network, scenario);
    ASSERT_EQ(blame.status, SolveStatus::solved);
    EXPECT_LE(blame.efficiency_residual, 1e-12);
    const lode::Result all = lode::propagate(network, scenario);
    EXPECT_DOUBLE_EQ(blame.all.weighted, all.total_weighted_shortfall);
    for (std::size_t m = 0; m < all.materials.size(); ++m) {
      double sum = blame.none.materials[m];
      for (const lode::ShockShare& share : blame.shocks) sum += share.materials[m].value;
      const double shortfall = all.materials[m].shortfall.in(lode::tonnes_per_year);
      EXPECT_NEAR(sum, shortfall, 1e-9 * (1.0 + shortfall));
    }
  }
}

TEST(Attribution, GivesNothingToAShockWithoutEffectAndTheSameToTwins) {
  int moved = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Network network = build(random_world(seed));
    Scenario scenario = many_shocks(network, seed, 3);
    const lode::Shock twin = scenario.shocks[0];
    scenario.shocks.push_back(twin);
    scenario.limit_capacity({.facility = network.facilities()[0].id, .factor = 1.0});
    const Attribution blame = lode::attribution(network, scenario);
    EXPECT_EQ(blame.shocks[4].weighted.value, 0.0);
    const double one = blame.shocks[0].weighted.value;
    EXPECT_NEAR(one, blame.shocks[3].weighted.value, 1e-9 * (1.0 + std::abs(one)));
    moved += one > 1e-6 ? 1 : 0;
  }
  EXPECT_GT(moved, 5);
}

TEST(Attribution, OfSamplesAddsUpExactlyAndCoversTheExactShares) {
  int shares = 0;
  int covered = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Network network = build(random_world(seed));
    const Scenario scenario = many_shocks(network, seed, 7);
    const Attribution exact = lode::attribution(network, scenario);
    const Attribution sampled =
        lode::attribution(network, scenario, {.exact_shocks = 0, .samples = 400, .confidence = 0.95, .seed = seed});
    ASSERT_EQ(sampled.status, SolveStatus::solved);
    EXPECT_FALSE(sampled.exact);
    EXPECT_LE(sampled.efficiency_residual, 1e-12);
    for (std::size_t p = 0; p < exact.shocks.size(); ++p) {
      const lode::Share& share = sampled.shocks[p].weighted;
      const double value = exact.shocks[p].weighted.value;
      EXPECT_LE(share.low, share.value);
      if (!(share.high > share.low)) {
        EXPECT_NEAR(share.value, value, 1e-9 * (1.0 + value));  // every order gives the same
        continue;
      }
      const double rounding = 1e-9 * (1.0 + value);
      ++shares;
      covered += share.low - rounding <= value && value <= share.high + rounding ? 1 : 0;
    }
  }
  EXPECT_GT(shares, 60);
  // 95 % of them: within three standard deviations of a binomial, and a little for the tails of 200 pairs.
  const double expected = 0.95 * shares;
  EXPECT_GT(covered, expected - 3.5 * std::sqrt(0.05 * 0.95 * shares));
}

TEST(Attribution, HasTheSameBitsOnAnyNumberOfThreads) {
  const Network network = build(random_world(3));
  const Scenario scenario = many_shocks(network, 3, 9);
  for (const std::size_t exact : {std::size_t{0}, std::size_t{12}}) {
    const Attribution one = lode::attribution(network, scenario, {.exact_shocks = exact, .samples = 300});
    const Attribution many =
        lode::attribution(network, scenario, {.exact_shocks = exact, .samples = 300, .threads = 5});
    for (std::size_t p = 0; p < one.shocks.size(); ++p) {
      EXPECT_EQ(one.shocks[p].weighted, many.shocks[p].weighted);
      EXPECT_EQ(one.shocks[p].materials, many.shocks[p].materials);
    }
  }
}

TEST(Attribution, DividesTheLeastShortfallOfReallocateToo) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    World world = random_world(seed);
    add_room(world, seed);
    const Network network = build(world);
    const Scenario scenario = many_shocks(network, seed, 3);
    const Attribution blame =
        lode::attribution(network, scenario, {.model = lode::StaticModel::reallocate, .threads = 2});
    ASSERT_EQ(blame.status, SolveStatus::solved);
    double sum = blame.none.weighted;
    for (const lode::ShockShare& share : blame.shocks) sum += share.weighted.value;
    const double joint = lode::reallocate(network, scenario).total_weighted_shortfall;
    EXPECT_NEAR(sum, joint, 1e-6 * (1.0 + joint));
  }
}

/// Two mines and a plant that needs both ores; its product holds two materials.
TEST(Attribution, SharesAJointBottleneckEquallyAndAddsOverTargets) {
  using lode::tonnes_per_year;
  lode::NetworkBuilder world;
  world.add_country("AAA");
  const auto a = world.add_material("a");
  const auto b = world.add_material("b");
  const auto left = world.add_commodity("left", lode::Stage::mining, {{a, 0.5}});
  const auto right = world.add_commodity("right", lode::Stage::mining, {{b, 0.5}});
  const auto alloy = world.add_commodity("alloy", lode::Stage::metal, {{a, 0.5}, {b, 0.25}});
  world.add_mine("l", "AAA", {.makes = left, .baseline = 100.0 * tonnes_per_year});
  world.add_mine("r", "AAA", {.makes = right, .baseline = 100.0 * tonnes_per_year});
  world.add_plant("p", "AAA", {.uses = {{left}, {right}}, .makes = {{alloy}}, .baseline = 100.0 * tonnes_per_year});
  world.add_end_use("u", "AAA", {.takes = alloy, .demand = 100.0 * tonnes_per_year});
  world.add_route("l", "p", left, 100.0 * tonnes_per_year);
  world.add_route("r", "p", right, 100.0 * tonnes_per_year);
  world.add_route("p", "u", alloy, 100.0 * tonnes_per_year);
  const Network network = world.build();
  Scenario scenario{"both"};
  scenario.limit_capacity({.facility = "l", .factor = 0.5});
  scenario.limit_capacity({.facility = "r", .factor = 0.2});
  const Attribution blame = lode::attribution(network, scenario);
  // Either order: l first 50 then r 30 more; r first 80, then l nothing.
  EXPECT_DOUBLE_EQ(blame.shocks[0].weighted.value, 25.0);
  EXPECT_DOUBLE_EQ(blame.shocks[1].weighted.value, 55.0);
  for (const lode::ShockShare& share : blame.shocks) {
    EXPECT_DOUBLE_EQ(share.materials[0].value + share.materials[1].value, 0.75 * share.weighted.value);
  }
}

TEST(Attribution, NamesTheShocksOfTheBuiltInLicences) {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const Scenario& scenario = *magnets.find_scenario("april-2025-licensing");
  const Attribution blame = lode::attribution(magnets.network, scenario);
  ASSERT_EQ(blame.shocks.size(), scenario.shocks.size());
  for (std::size_t p = 0; p < blame.shocks.size(); ++p) {
    EXPECT_EQ(blame.shocks[p].shock, p);
    EXPECT_EQ(blame.shocks[p].kind, kind_of(scenario.shocks[p].effect));
  }
}

TEST(Attribution, RefusesOptionsOutOfRange) {
  const Network network = build(random_world(1));
  const Scenario none{"none"};
  EXPECT_THROW((void)lode::attribution(network, none, {.exact_shocks = 21}), lode::InvalidArgument);
  EXPECT_THROW((void)lode::attribution(network, none, {.samples = 1}), lode::InvalidArgument);
  EXPECT_THROW((void)lode::attribution(network, none, {.confidence = 1.0}), lode::InvalidArgument);
  EXPECT_TRUE(lode::attribution(network, none).shocks.empty());
}

}  // namespace
