// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <span>
#include <thread>
#include <vector>

#include <lode/propagate.hpp>

#include "support/random_network.hpp"
#include "support/random_scenario.hpp"
#include "support/rings.hpp"

/// Scenarios side by side give the same bits as one by one, however many there are.
namespace {

using lode::Disruption;
using lode::EndUseId;
using lode::MaterialId;
using lode::Network;
using lode::Outcomes;
using lode::PropagateOptions;
using lode::Propagator;
using lode::Result;
using lode::SolveStatus;
using namespace lode_test;

std::vector<Disruption> draw(const Network& network, std::uint64_t seed, std::size_t count) {
  std::vector<Disruption> shocks;
  for (std::size_t i = 0; i < count; ++i) {
    // Undisturbed, light and heavy ones side by side.
    if (i % 11 == 5) {
      shocks.emplace_back();
    } else {
      shocks.push_back(random_disruption(network, seed * 1000 + i, i % 3 == 0 ? 0.02 : 0.3));
    }
  }
  return shocks;
}

void expect_same_column(const Network& network, const Outcomes& many, std::size_t at, const Outcomes& one) {
  ASSERT_EQ(many.status(at), one.status(0)) << "scenario " << at;
  for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
    ASSERT_EQ(many.delivered(EndUseId{e}, at), one.delivered(EndUseId{e}, 0)) << "scenario " << at << ", end use " << e;
  }
  for (std::size_t m = 0; m < network.materials().size(); ++m) {
    ASSERT_EQ(many.shortfall(MaterialId{m}, at), one.shortfall(MaterialId{m}, 0))
        << "scenario " << at << ", material " << m;
  }
  ASSERT_EQ(many.total_weighted_shortfall(at), one.total_weighted_shortfall(0)) << "scenario " << at;
  ASSERT_EQ(many.fixpoint_residual(at), one.fixpoint_residual(0)) << "scenario " << at;
}

/// Blocks of `count` against runs of one, by the same propagator and by a fresh one.
void expect_same_bits(const Network& network, std::uint64_t seed, std::span<const std::size_t> counts,
                      const PropagateOptions& options = {}) {
  std::size_t most = 0;
  for (const std::size_t count : counts) most = std::max(most, count);
  const std::vector<Disruption> shocks = draw(network, seed, most);
  std::vector<Outcomes> alone(most);
  Propagator single(network, options);
  for (std::size_t i = 0; i < most; ++i) single.run(std::span(shocks).subspan(i, 1), alone[i]);
  Propagator propagator(network, options);
  Outcomes outcomes;
  for (const std::size_t count : counts) {
    SCOPED_TRACE("block of " + std::to_string(count));
    propagator.run(std::span(shocks).first(count), outcomes);
    ASSERT_EQ(outcomes.scenarios(), count);
    for (std::size_t i = 0; i < count; ++i) expect_same_column(network, outcomes, i, alone[i]);
    if (::testing::Test::HasFailure()) return;
  }
}

std::vector<std::size_t> every_count() {
  std::vector<std::size_t> counts;
  for (std::size_t count = 1; count <= 66; ++count) counts.push_back(count);
  counts.insert(counts.end(), {130, 7, 129, 1});
  return counts;
}

TEST(Lanes, EveryBlockSizeGivesTheSameBits) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    expect_same_bits(
        build(random_world(seed, {.separators = 4, .plants = 10, .loops = 0.25 * static_cast<double>(seed % 4)})), seed,
        every_count());
  }
}

TEST(Lanes, RandomNetworksGiveTheSameBits) {
  const std::size_t counts[] = {2, 9, 64, 65, 130};
  for (std::uint64_t seed = 100; seed < 220; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network network =
        build(random_world(seed, {.separators = 5, .plants = 14, .loops = 0.3 * static_cast<double>(seed % 4)}));
    expect_same_bits(network, seed, counts);
    expect_same_bits(network, seed, counts, {.max_sweeps = 1});
    expect_same_bits(network, seed, counts, {.max_sweeps = 3, .small_loop = 0});
  }
}

TEST(Lanes, ABaseYearThatIsSlightlyOffGivesTheSameBits) {
  // The undisturbed lanes are then no fixpoints at 1, and closed loops drain even without a shock.
  const std::size_t counts[] = {1, 8, 9, 33, 65};
  for (std::uint64_t seed = 300; seed < 360; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network network = build(random_world(
        seed, {.separators = 5, .plants = 14, .loops = 0.8, .surplus = 0.0, .softness = 0.1, .unbalance = 1e-6}));
    expect_same_bits(network, seed, counts);
    expect_same_bits(network, seed, counts, {.max_sweeps = 2});
  }
}

TEST(Lanes, LanesThatNeedPolicyIterationAndLanesThatDoNot) {
  const std::size_t counts[] = {1, 5, 8, 40, 64, 70};
  const std::size_t sizes[] = {1, 3, 70};
  for (const bool separators : {false, true}) {
    for (const double gain : {0.9, 0.999999, 1.0}) {
      for (const std::size_t plants : sizes) {
        SCOPED_TRACE(testing::Message() << plants << " plants, gain " << gain << ", separators " << separators);
        const Network network = build_ring({.plants = plants, .gain = gain, .separators = separators});
        expect_same_bits(network, plants, counts);
        expect_same_bits(network, plants, counts, {.max_sweeps = 7});
      }
    }
  }
}

TEST(Lanes, AWideNetworkGivesTheSameBits) {
  const std::size_t counts[] = {1, 16, 64};
  expect_same_bits(
      build(random_world(7, {.mines = 200, .separators = 200, .plants = 1200, .end_uses = 100, .most_suppliers = 6})),
      7, counts);
}

TEST(Lanes, OneSmallShockInAWideNetworkGivesTheSameBits) {
  // A run of one computes only what lies downstream of its shocks; a block computes everything.
  const Network network =
      build(random_world(8, {.mines = 300, .separators = 300, .plants = 2000, .end_uses = 200, .loops = 0.01}));
  std::vector<Disruption> shocks;
  for (std::size_t f = 0; f < network.facilities().size(); f += 37) {
    shocks.push_back({.activity = {{lode::FacilityId{f}, 0.5, 0.0}}});
    shocks.push_back({.routes = {{lode::RouteId{f}, 0.25}}});
  }
  Propagator blocks{network};
  Outcomes outcomes;
  blocks.run(shocks, outcomes);
  Propagator single{network};
  Outcomes alone;
  for (std::size_t i = 0; i < shocks.size(); ++i) {
    single.run(std::span(shocks).subspan(i, 1), alone);
    expect_same_column(network, outcomes, i, alone);
    if (HasFailure()) return;
    const Result result = single.run(shocks[i]);
    ASSERT_EQ(result.status, SolveStatus::solved);
    ASSERT_EQ(result.total_weighted_shortfall, outcomes.total_weighted_shortfall(i));
  }
}

TEST(Lanes, ABlockAgreesWithTheFullResult) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network network = build(random_world(seed, {.separators = 5, .plants = 14, .loops = 0.6}));
    const std::vector<Disruption> shocks = draw(network, seed, 20);
    Propagator propagator{network};
    Outcomes outcomes;
    propagator.run(shocks, outcomes);
    for (std::size_t i = 0; i < shocks.size(); ++i) {
      const Result result = propagator.run(shocks[i]);
      ASSERT_EQ(result.status, SolveStatus::solved);
      ASSERT_EQ(outcomes.status(i), SolveStatus::solved);
      for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
        ASSERT_EQ(outcomes.delivered(EndUseId{e}, i), result.end_uses[e].delivered);
      }
      for (std::size_t m = 0; m < network.materials().size(); ++m) {
        ASSERT_EQ(outcomes.shortfall(MaterialId{m}, i), result.materials[m].shortfall);
      }
      ASSERT_EQ(outcomes.total_weighted_shortfall(i), result.total_weighted_shortfall);
      ASSERT_EQ(outcomes.fixpoint_residual(i), result.certificate.fixpoint_residual);
    }
  }
}

TEST(Lanes, ThreadsWithCopiesOfTheirOwnGiveTheSameBits) {
  const Network network = build(random_world(3, {.separators = 6, .plants = 30, .loops = 0.6}));
  const std::vector<Disruption> shocks = draw(network, 3, 256);
  const Propagator original{network};
  Outcomes expected;
  Propagator(original).run(shocks, expected);
  std::vector<Outcomes> parts(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < parts.size(); ++t) {
    threads.emplace_back([&, t] { Propagator(original).run(std::span(shocks).subspan(64 * t, 64), parts[t]); });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < shocks.size(); ++i) {
    ASSERT_EQ(parts[i / 64].total_weighted_shortfall(i % 64), expected.total_weighted_shortfall(i));
  }
}

}  // namespace
