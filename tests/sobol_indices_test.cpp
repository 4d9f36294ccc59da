// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <cmath>

#include <lode/error.hpp>
#include <lode/sobol_indices.hpp>

#include "support/text_network.hpp"

namespace {

using lode::Network;
using lode::Sampling;
using lode::Scenario;
using lode::SobolIndices;
using lode::SolveStatus;
using lode::Uniform;
using lode_test::parse_network;

// A part needs one of each; the scarcer input decides.
const char* const two_inputs = R"(
@commodities
left   mining   dy=0.1
right  mining   tb=0.1
part   product  dy=0.1,tb=0.1
@facilities
a      mine   CHN  100  -           left
b      mine   AUS  100  -           right
plant  other  JPN  100  left,right  part
@end_uses
cars  USA  part  100
@routes
a      plant  left   100
b      plant  right  100
plant  cars   part   100
)";

// Two sources of one thing: what each brings adds up.
const char* const two_sources = R"(
@commodities
part  product  dy=0.1
@facilities
a  mine  CHN  60  -  part
b  mine  AUS  40  -  part
@end_uses
cars  USA  part  100
@routes
a  cars  part  60
b  cars  part  40
)";

Scenario both(lode::UncertainNumber first, lode::UncertainNumber second) {
  Scenario scenario{"both"};
  scenario.limit_capacity({.facility = "a", .factor = std::move(first)})
      .limit_capacity({.facility = "b", .factor = std::move(second)});
  return scenario;
}

/// min(X, Y) of two uniform numbers: S = 0.4, ST = 0.6 each.
TEST(SobolIndices, TheLesserOfTwo) {
  const Network network = parse_network(two_inputs);
  for (const Sampling kind : {Sampling::sobol, Sampling::latin_hypercube, Sampling::monte_carlo}) {
    const SobolIndices found = lode::sobol_indices(network, both(Uniform{0, 1}, Uniform{0, 1}),
                                                   {.sampling = {.sampling = kind, .samples = 32768}});
    ASSERT_EQ(found.status, SolveStatus::solved);
    ASSERT_EQ(found.materials.size(), 2U);
    EXPECT_EQ(found.runs, found.samples * 4);
    // Var min(X, Y) = 1/18.
    const double tolerance = kind == Sampling::sobol ? 0.003 : 0.02;
    EXPECT_NEAR(found.weighted.variance, 1e4 / 18.0, 1e4 / 18.0 * 2.0 * tolerance);
    for (const lode::ShortfallIndices& row : {found.materials[0], found.materials[1], found.weighted}) {
      ASSERT_EQ(row.factors.size(), 2U);
      for (const lode::SobolFactor& factor : row.factors) {
        EXPECT_NEAR(factor.first, 0.4, tolerance);
        EXPECT_NEAR(factor.total, 0.6, tolerance);
        EXPECT_LT(std::abs(factor.first - 0.4), 6.0 * factor.first_error + 1e-4);
        EXPECT_LT(std::abs(factor.total - 0.6), 6.0 * factor.total_error + 1e-4);
      }
    }
    EXPECT_EQ(found.weighted.factors[1].name, "shock 2 (capacity): factor");
  }
}

/// 60 X + 40 Y: shares 36 / 52 and 16 / 52, alone and in total.
TEST(SobolIndices, SumsHaveNoInteractions) {
  const SobolIndices found = lode::sobol_indices(parse_network(two_sources), both(Uniform{0, 1}, Uniform{0, 1}),
                                                 {.sampling = {.sampling = Sampling::sobol, .samples = 32768}});
  ASSERT_EQ(found.weighted.factors.size(), 2U);
  EXPECT_NEAR(found.weighted.factors[0].first, 36.0 / 52.0, 1e-3);
  EXPECT_NEAR(found.weighted.factors[0].total, 36.0 / 52.0, 1e-3);
  EXPECT_NEAR(found.weighted.factors[1].first, 16.0 / 52.0, 1e-3);
  EXPECT_NEAR(found.weighted.factors[1].total, 16.0 / 52.0, 1e-3);
}

TEST(SobolIndices, ANumberThatDoesNothingHasNone) {
  Scenario scenario = both(Uniform{0, 1}, 1.0);
  scenario.set_priority({.factor = Uniform{1, 2}});
  const SobolIndices found = lode::sobol_indices(parse_network(two_sources), scenario);
  ASSERT_EQ(found.materials[0].factors.size(), 2U);
  EXPECT_NEAR(found.materials[0].factors[0].total, 1.0, 1e-3);
  EXPECT_EQ(found.materials[0].factors[1].total, 0.0);
  EXPECT_GT(found.weighted.factors[1].total, 0.01) << "but weights count in the weighted total";
}

TEST(SobolIndices, NumbersThatHangTogetherAreOneFactor) {
  const SobolIndices found = lode::sobol_indices(parse_network(two_sources), both(Uniform{0, 1}, Uniform{0, 1}),
                                                 {.correlations = {{.shocks = {0, 1}, .rho = 0.5}}});
  ASSERT_EQ(found.weighted.factors.size(), 1U);
  EXPECT_EQ(found.weighted.factors[0].name, "shock 1 (capacity): factor & shock 2 (capacity): factor");
  EXPECT_NEAR(found.weighted.factors[0].first, 1.0, 1e-2);
  EXPECT_NEAR(found.weighted.factors[0].total, 1.0, 1e-2);
}

TEST(SobolIndices, ThreadsDoNotChangeABitAndProgressStops) {
  const Network network = parse_network(two_inputs);
  const Scenario scenario = both(Uniform{0, 1}, Uniform{0.5, 1});
  const SobolIndices one = lode::sobol_indices(network, scenario, {.threads = 1});
  const SobolIndices three = lode::sobol_indices(network, scenario, {.threads = 3});
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(one.weighted.factors[i].first, three.weighted.factors[i].first);
    EXPECT_EQ(one.weighted.factors[i].total_error, three.weighted.factors[i].total_error);
  }
  const SobolIndices stopped =
      lode::sobol_indices(network, scenario, {.progress = [](const lode::EnsembleProgress&) { return false; }});
  EXPECT_EQ(stopped.status, SolveStatus::interrupted);
  EXPECT_TRUE(stopped.materials.empty());
}

TEST(SobolIndices, AnErrorThatTooFewSamplesKnowIsNoZero) {
  const Network network = parse_network(two_sources);
  const Scenario scenario = both(Uniform{0, 1}, Uniform{0, 1});
  for (const std::uint64_t samples : {32U, 64U, 256U}) {
    const SobolIndices found = lode::sobol_indices(
        network, scenario, {.sampling = {.sampling = lode::Sampling::monte_carlo, .samples = samples}});
    for (const lode::SobolFactor& factor : found.weighted.factors) {
      EXPECT_EQ(std::isnan(factor.first_error), samples == 32) << samples;
      EXPECT_EQ(std::isnan(factor.total_error), samples == 32) << samples;
      if (samples > 32) {
        EXPECT_GT(factor.first_error, 0.0);
      }
    }
  }
}

TEST(SobolIndices, WithoutVarianceThereIsNothingToShare) {
  const SobolIndices found = lode::sobol_indices(parse_network(two_sources), both(0.5, 0.5));
  EXPECT_TRUE(found.weighted.factors.empty());
  EXPECT_EQ(found.weighted.variance, 0.0);
  ASSERT_EQ(found.notes.size(), 1U);
}

}  // namespace
