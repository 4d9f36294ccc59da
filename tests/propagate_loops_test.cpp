// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <lode/propagate.hpp>

#include "support/random_network.hpp"
#include "support/random_scenario.hpp"
#include "support/reference_propagate.hpp"
#include "support/rings.hpp"

/// Loops: rings against closed forms, from gentle gains to gains of 1 but for rounding, on every path of the solver.
namespace {

using lode::Disruption;
using lode::FacilityId;
using lode::Network;
using lode::PropagateOptions;
using lode::Propagator;
using lode::Result;
using lode::RouteId;
using lode::SolveStatus;
using namespace lode_test;

/// The default, policy iteration with dense factors at once, and policy iteration with sparse solvers at once.
const PropagateOptions paths[] = {{}, {.max_sweeps = 1, .small_loop = 100000}, {.max_sweeps = 1, .small_loop = 0}};
const PropagateOptions big_paths[] = {{}, {.max_sweeps = 1, .small_loop = 0}};

Disruption mine_at(double share) {
  return {.activity = {{FacilityId{0}, share, 0.0}}};
}

RouteId last_route(const Network& network) {
  return RouteId{network.routes().size() - 1};
}

/// Every plant at `expected`, or no numbers at all where rounding in every plant on every turn could add up to more
/// than 1e-6.
void expect_level(const Result& result, std::size_t plants, double expected, double gain) {
  if (result.status == SolveStatus::not_converged && 1.0 - gain < 1e-8 * static_cast<double>(plants)) {
    EXPECT_TRUE(result.facilities.empty());
    return;
  }
  ASSERT_EQ(result.status, SolveStatus::solved);
  EXPECT_LE(result.certificate.gap, 1e-6);
  for (std::size_t f = 1; f < result.facilities.size(); ++f) {
    ASSERT_NEAR(result.facilities[f].utilisation, expected, result.certificate.gap + 1e-15) << "plant " << f;
  }
  if (1.0 - gain >= 1e-6 && plants <= 100) {
    EXPECT_NEAR(result.facilities[1].utilisation, expected, 1e-9);
  }
  EXPECT_LE(result.certificate.mass_balance, 1e-12);
}

const double gains[] = {0.5, 0.9, 0.99, 0.999999, 1.0 - 0x1p-20, 1.0 - 0x1p-30, 1.0 - 0x1p-40};

class Rings : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Rings, FallToTheLevelOfTheirOutsideSupply) {
  // u = gain u + (1 - gain) v.
  for (const bool separators : {false, true}) {
    for (const double gain : gains) {
      const Network network = build_ring({.plants = GetParam(), .gain = gain, .separators = separators});
      for (const PropagateOptions& options : GetParam() <= 100 ? std::span<const PropagateOptions>(paths) : big_paths) {
        Propagator propagator(network, options);
        for (const double v : {1.0, 0.9999, 0.5, 0.125, 1e-6}) {
          SCOPED_TRACE(testing::Message()
                       << "gain 1 - " << 1 - gain << ", v " << v << ", separators " << separators << ", max_sweeps "
                       << options.max_sweeps << ", small_loop " << options.small_loop);
          expect_level(propagator.run(mine_at(v)), GetParam(), v, gain);
        }
        SCOPED_TRACE(testing::Message() << "gain 1 - " << 1 - gain << ", starved");
        const Result starved = propagator.run(mine_at(0.0));
        ASSERT_EQ(starved.status, SolveStatus::solved);
        for (std::size_t f = 1; f < starved.facilities.size(); ++f) {
          ASSERT_LE(starved.facilities[f].utilisation, 1e-12);
          ASSERT_GE(starved.facilities[f].utilisation, 0.0);
        }
      }
    }
  }
}

TEST_P(Rings, APartlyClosedReturnAndACriticalityBelowOne) {
  // u = 1 - c (1 - (gain phi u + (1 - gain) v)).
  for (const double gain : {0.5, 0.99, 1.0 - 0x1p-20, 1.0}) {
    for (const double c : {1.0, 0.75, 0.1}) {
      const Network network = build_ring({.plants = GetParam(), .gain = gain, .criticality = c});
      for (const PropagateOptions& options : GetParam() <= 100 ? std::span<const PropagateOptions>(paths) : big_paths) {
        Propagator propagator(network, options);
        for (const double phi : {1.0, 1.0 - 0x1p-20, 0.9, 0.25, 0.0}) {
          if (c == 1.0 && gain * phi == 1.0) continue;
          for (const double v : {1.0, 0.5, 0.0}) {
            SCOPED_TRACE(testing::Message()
                         << "gain 1 - " << 1 - gain << ", c " << c << ", phi " << phi << ", v " << v);
            Disruption shock = mine_at(v);
            shock.routes = {{last_route(network), phi}};
            const double u = (1.0 - c + c * (1.0 - gain) * v) / (1.0 - c * gain * phi);
            expect_level(propagator.run(shock), GetParam(), std::min(1.0, u), c * gain * phi);
          }
        }
      }
    }
  }
}

TEST_P(Rings, ClosedOnesStandAtTheirBaselineUntilSomeoneIsCapped) {
  for (const bool separators : {false, true}) {
    const Network network = build_ring({.plants = GetParam(), .gain = 1.0, .separators = separators});
    for (const PropagateOptions& options : GetParam() <= 100 ? std::span<const PropagateOptions>(paths) : big_paths) {
      Propagator propagator(network, options);
      SCOPED_TRACE(testing::Message() << "separators " << separators << ", max_sweeps " << options.max_sweeps
                                      << ", small_loop " << options.small_loop);
      const Result base = propagator.run(Disruption{});
      ASSERT_EQ(base.status, SolveStatus::solved);
      for (const lode::FacilityResult& facility : base.facilities) ASSERT_EQ(facility.utilisation, 1.0);
      EXPECT_LE(base.certificate.gap, 1e-9);
      for (const std::size_t capped : {std::size_t{1}, (GetParam() + 1) / 2, GetParam()}) {
        for (const double level : {0.75, 0.3, 1e-9, 0.0}) {
          const Result result = propagator.run({.activity = {{FacilityId{capped}, level, 0.0}}});
          ASSERT_EQ(result.status, SolveStatus::solved);
          for (std::size_t f = 1; f < result.facilities.size(); ++f) {
            ASSERT_NEAR(result.facilities[f].utilisation, level, 1e-15) << "plant " << f << ", capped " << capped;
          }
        }
      }
      // Anything that leaks empties a ring that nobody fills.
      for (const double phi : {0.999, 1.0 - 0x1p-30, 0.5, 0.0}) {
        const Result result = propagator.run({.routes = {{RouteId{GetParam() / 2}, phi}}});
        ASSERT_EQ(result.status, SolveStatus::solved) << "phi " << phi;
        for (std::size_t f = 1; f < result.facilities.size(); ++f) {
          ASSERT_LE(result.facilities[f].utilisation, 1e-12) << "plant " << f << ", phi " << phi;
        }
      }
    }
  }
}

TEST_P(Rings, ASeparatorsLimitCapsWhatItTakesFromTheRing) {
  // u = gain min(phi u, gamma) + (1 - gain) min(v, gamma) at the first separator; the others pass it on.
  for (const double gain : {0.5, 0.9, 1.0 - 0x1p-20}) {
    const Network network = build_ring({.plants = GetParam(), .gain = gain, .separators = true});
    for (const PropagateOptions& options : GetParam() <= 100 ? std::span<const PropagateOptions>(paths) : big_paths) {
      Propagator propagator(network, options);
      for (const double phi : {1.0, 0.8}) {
        for (const double gamma : {1.0, 0.5, 0.2, 0.0}) {
          for (const double v : {1.0, 0.4}) {
            SCOPED_TRACE(testing::Message()
                         << "gain 1 - " << 1 - gain << ", phi " << phi << ", gamma " << gamma << ", v " << v);
            Disruption shock = mine_at(v);
            shock.activity.push_back({FacilityId{1}, gamma, 0.0});
            shock.routes = {{last_route(network), phi}};
            // phi u never exceeds gamma at the fixpoint: u <= gamma there.
            const double u = (1.0 - gain) * std::min(v, gamma) / (1.0 - gain * phi);
            expect_level(propagator.run(shock), GetParam(), u, gain * phi);
          }
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Rings, ::testing::Values(1, 2, 10, 100, 3000));

TEST(Loops, PolicyIterationAgreesWithSweeps) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network network = build(random_world(seed, {.separators = 5, .plants = 15, .loops = 0.9}));
    const Disruption shock = random_disruption(network, seed);
    const Result plain = Propagator(network, {.max_sweeps = 100000}).run(shock);
    for (const PropagateOptions& options : paths) {
      const Result result = Propagator(network, options).run(shock);
      ASSERT_EQ(result.status, SolveStatus::solved);
      for (std::size_t f = 0; f < plain.facilities.size(); ++f) {
        ASSERT_NEAR(result.facilities[f].utilisation, plain.facilities[f].utilisation,
                    1e-13 + result.certificate.gap + plain.certificate.gap)
            << facility_id(f);
      }
    }
  }
}

TEST(Loops, AnyTieToleranceGivesTheRightAnswerOrNone) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Network network = build(random_world(seed, {.separators = 5, .plants = 15, .loops = 0.9, .surplus = 0.0}));
    const Disruption shock = random_disruption(network, seed);
    const Result plain = Propagator(network, {.max_sweeps = 100000}).run(shock);
    for (const double tie : {0.0, 1e-16, 1e-9, 1e-6}) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", tie tolerance " << tie);
      const Result result = Propagator(network, {.max_sweeps = 1, .tie_tolerance = tie}).run(shock);
      if (result.status != SolveStatus::solved) continue;
      for (std::size_t f = 0; f < plain.facilities.size(); ++f) {
        ASSERT_NEAR(result.facilities[f].utilisation, plain.facilities[f].utilisation, 1e-13 + result.certificate.gap)
            << facility_id(f);
      }
    }
  }
}

TEST(Loops, LargeRandomOnesMatchPlainIteration) {
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network network = build(random_world(seed, {.mines = 300,
                                                      .separators = 300,
                                                      .plants = 2400,
                                                      .end_uses = 50,
                                                      .loops = 1.0,
                                                      .surplus = 0.05,
                                                      .idle = 0.02}));
    for (std::uint64_t draw = 0; draw < 2; ++draw) {
      const lode::Scenario scenario = random_scenario(network, seed * 10 + draw);
      const ReferenceResult truth = reference_propagate(network, reference_shock(network, scenario));
      ASSERT_TRUE(truth.settled);
      for (const PropagateOptions& options : big_paths) {
        const Result result = Propagator(network, options).run(scenario);
        ASSERT_EQ(result.status, SolveStatus::solved);
        EXPECT_LE(result.certificate.gap, 1e-9);
        for (std::size_t f = 0; f < result.facilities.size(); ++f) {
          ASSERT_NEAR(result.facilities[f].utilisation, static_cast<double>(truth.utilisation[f]), 1e-10)
              << facility_id(f);
        }
      }
    }
  }
}

TEST(Loops, StepsThatRunOutGiveNoNumbers) {
  const Network network = build_ring({.plants = 10, .gain = 1.0 - 0x1p-20});
  Propagator propagator(network, {.max_sweeps = 1, .max_policy_steps = 1});
  Result result = propagator.run(mine_at(1.0));
  EXPECT_EQ(result.status, SolveStatus::solved);
  // Whatever happens, a result that is not solved is empty and says what to do.
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Network random = build(random_world(seed, {.separators = 5, .plants = 15, .loops = 1.0}));
    Propagator(random, {.max_sweeps = 1, .max_policy_steps = 1}).run(random_disruption(random, seed), result);
    if (result.status == SolveStatus::solved) continue;
    EXPECT_EQ(result.status, SolveStatus::not_converged);
    EXPECT_TRUE(result.facilities.empty());
    EXPECT_TRUE(result.materials.empty());
    EXPECT_EQ(result.total_weighted_shortfall, 0.0);
    ASSERT_FALSE(result.notes.empty());
  }
}

}  // namespace
