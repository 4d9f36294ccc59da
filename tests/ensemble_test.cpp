// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <lode/detail/propagate_samples.hpp>
#include <lode/detail/scenario_family.hpp>
#include <lode/draw.hpp>
#include <lode/ensemble.hpp>
#include <lode/error.hpp>
#include <lode/propagate.hpp>
#include <lode/random.hpp>
#include <lode/reallocate.hpp>
#include <lode/simulate.hpp>

#include "support/random_network.hpp"
#include "support/random_scenario.hpp"
#include "support/reallocate_cases.hpp"
#include "support/text_network.hpp"
#include "support/uncertain_scenario.hpp"

/// What an ensemble reports is what its samples say, whoever ran them.
namespace {

using lode::Ensemble;
using lode::EnsembleModel;
using lode::EnsembleOptions;
using lode::EnsembleRun;
using lode::Network;
using lode::Sampling;
using lode::Scenario;
using lode::SolveStatus;
using lode::tonnes_per_year;
using lode::Uniform;
using namespace lode_test;

// 100 t of parts a year with 1 t of Dy each, from one plant.
const char* const one_route = R"(
@commodities
part  product  dy=0.1
@facilities
plant  mine  CHN  100  -  part
@end_uses
cars  USA  part  100
@routes
plant  cars  part  100
)";

Scenario half_open(lode::UncertainNumber factor = Uniform{0.2, 0.8}) {
  Scenario scenario{"half-open"};
  scenario.restrict_exports({.country = "CHN", .factor = std::move(factor)});
  return scenario;
}

Ensemble run(const Network& network, const Scenario& scenario, EnsembleOptions options, std::uint64_t samples,
             std::vector<Scenario> policies = {}) {
  options.sampling.samples = samples;
  return lode::ensemble(network, scenario, options, policies);
}

TEST(Ensemble, DrawsInLanesHaveTheBitsOfRunsAlone) {
  int simple = 0, terms = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    World world = random_world(seed);
    const Network network = build(world);
    const Scenario scenario = uncertain(random_scenario(network, seed), seed);
    const lode::detail::ScenarioFamily family(network, scenario);
    ASSERT_EQ(family.variables(), lode::count_draws(scenario));
    ASSERT_TRUE(family.is_simple());
    ++simple;
    terms += static_cast<int>(family.terms().size());
    lode::detail::PropagateSamples samples(network, family);
    lode::Propagator propagator(network);
    for (const std::size_t count : {32U, 5U}) {
      std::vector<double> uniforms(family.variables() * count);
      for (std::size_t v = 0; v < family.variables(); ++v) {
        for (std::size_t k = 0; k < count; ++k) {
          uniforms[v * count + k] = lode::uniform(seed, k, static_cast<std::uint32_t>(v));
        }
      }
      ASSERT_EQ(samples.run(uniforms, count), SolveStatus::solved);
      for (std::size_t k = 0; k < count; ++k) {
        const lode::Result alone = propagator.run(lode::draw(scenario, seed, k));
        for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
          const std::size_t at = e * lode::detail::PropagateSamples::lanes + k;
          ASSERT_EQ(samples.end_uses().demanded[at], alone.end_uses[e].demanded.in(tonnes_per_year));
          ASSERT_EQ(samples.end_uses().delivered[at], alone.end_uses[e].delivered.in(tonnes_per_year))
              << "seed " << seed << ", draw " << k << ", end use " << e;
          ASSERT_EQ(samples.end_uses().weight[at], alone.end_uses[e].weight);
        }
      }
    }
  }
  EXPECT_GT(terms, 2 * simple) << "scenarios with several numbers";
}

TEST(Ensemble, NumbersAreThoseOfTheSamples) {
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    const Network network = build(random_world(seed));
    const Scenario scenario = uncertain(random_scenario(network, seed), seed);
    EnsembleOptions options;
    options.sampling.seed = seed;
    constexpr std::uint64_t samples = 700;  // not a whole number of blocks
    const Ensemble all = run(network, scenario, options, samples);
    ASSERT_EQ(all.status, SolveStatus::solved);
    ASSERT_EQ(all.samples, samples);
    for (std::size_t m = 0; m < network.materials().size(); ++m) {
      std::vector<double> direct;
      std::size_t shorts = 0;
      double sum = 0.0, demanded = 0.0;
      lode::Propagator propagator(network);
      for (std::uint64_t k = 0; k < samples; ++k) {
        const lode::Result alone = propagator.run(lode::draw(scenario, seed, k));
        direct.push_back(alone.materials[m].shortfall.in(tonnes_per_year));
        demanded = std::max(demanded, alone.materials[m].demanded.in(tonnes_per_year));
        sum += direct.back();
        if (direct.back() > 1e-9 * all.materials[m].demanded) ++shorts;
      }
      const lode::Spread& spread = all.materials[m].shortfall;
      const double mean = sum / static_cast<double>(samples);
      EXPECT_NEAR(spread.mean, mean, 1e-12 * demanded);
      double squares = 0.0;
      for (const double x : direct) squares += (x - mean) * (x - mean);
      EXPECT_NEAR(spread.standard_deviation, std::sqrt(squares / (samples - 1.0)), 1e-9 * demanded);
      EXPECT_NEAR(spread.standard_error, spread.standard_deviation / std::sqrt(static_cast<double>(samples)),
                  1e-12 * demanded);
      EXPECT_NEAR(spread.probability_of_shortfall, static_cast<double>(shorts) / samples, 1e-12);
      std::sort(direct.begin(), direct.end());
      EXPECT_NEAR(spread.least, direct.front(), 1e-12 * demanded);
      EXPECT_NEAR(spread.largest, direct.back(), 1e-12 * demanded);
      for (const lode::QuantileEstimate& q : spread.quantiles) {
        const auto rank = static_cast<std::size_t>(std::ceil(q.p * samples)) - 1;
        EXPECT_NEAR(q.value, direct[rank], direct[rank] / 64.0 + 1e-9 * demanded);
        EXPECT_LE(q.low, q.value);
        EXPECT_GE(q.high, q.value);
      }
      double tail = 0.0;
      for (std::size_t k = samples - 35; k < samples; ++k) tail += direct[k];
      EXPECT_NEAR(spread.expected_shortfall, tail / 35.0, tail / 35.0 / 64.0 + 1e-9 * demanded);
      EXPECT_LE(spread.quantiles.back().value, spread.expected_shortfall * (1.0 + 1.0 / 32.0) + 1e-9 * demanded);
    }
  }
}

/// Shortfall = 100 (1 - x), x uniform on 0.2 .. 0.8: mean 50, standard deviation 60 / sqrt 12, quantiles linear.
TEST(Ensemble, AUniformShareGivesAUniformShortfall) {
  const Network network = parse_network(one_route);
  for (const Sampling kind : {Sampling::monte_carlo, Sampling::latin_hypercube, Sampling::sobol}) {
    EnsembleOptions options;
    options.sampling.sampling = kind;
    const Ensemble all = run(network, half_open(), options, 65536);
    const lode::Spread& spread = all.weighted;
    const double tolerance = kind == Sampling::monte_carlo ? 4.0 * 60.0 / std::sqrt(12.0 * 65536) : 1e-2;
    EXPECT_NEAR(spread.mean, 50.0, tolerance);
    EXPECT_NEAR(all.materials[0].shortfall.mean, 5.0, 0.1 * tolerance);
    EXPECT_NEAR(spread.standard_deviation, 60.0 / std::sqrt(12.0), 0.1);
    EXPECT_EQ(spread.probability_of_shortfall, 1.0);
    for (const lode::QuantileEstimate& q : spread.quantiles) EXPECT_NEAR(q.value, 20.0 + 60.0 * q.p, 0.5);
    EXPECT_NEAR(spread.expected_shortfall, 20.0 + 60.0 * 0.975, 0.3) << "the mean of the worst 5 %";
    for (const lode::ExceedancePoint& point : spread.exceedance) {
      EXPECT_NEAR(point.probability, (80.0 - point.value) / 60.0, 0.01);
    }
    EXPECT_LT(std::abs(spread.mean - 50.0), 6.0 * spread.standard_error + 1e-12);
    if (kind != Sampling::monte_carlo) {
      EXPECT_LT(spread.standard_error, 1e-3) << "strata take the noise away";
    }
  }
}

TEST(Ensemble, NoShortfallIsToldApart) {
  const Network network = parse_network(one_route);
  const Ensemble all = run(network, half_open(lode::Discrete{{1.0, 0.4}, {3.0, 1.0}}), {}, 20000);
  const lode::Spread& spread = all.weighted;
  EXPECT_NEAR(spread.probability_of_shortfall, 0.25, 0.012);
  EXPECT_LE(spread.probability_low, spread.probability_of_shortfall);
  EXPECT_GE(spread.probability_high, spread.probability_of_shortfall);
  EXPECT_EQ(spread.quantiles[2].value, 0.0) << "the median is no shortfall, to the bit";
  EXPECT_EQ(spread.quantiles[4].value, 60.0) << "an atom is exact";
  EXPECT_EQ(spread.quantiles[4].low, 60.0);
  EXPECT_NEAR(spread.expected_shortfall, 60.0, 1e-12);
}

/// 90 % intervals hold the truth in at least 90 % of the cases, but for chance.
TEST(Ensemble, IntervalsCoverAsPromised) {
  const Network network = parse_network(one_route);
  int median = 0, high = 0, mean = 0;
  constexpr int seeds = 300;
  for (int seed = 1; seed <= seeds; ++seed) {
    EnsembleOptions options;
    options.confidence = 0.9;
    options.sampling.seed = static_cast<std::uint64_t>(seed);
    options.threads = 1;
    const lode::Spread spread = run(network, half_open(), options, 200).weighted;
    const auto covers = [](const lode::QuantileEstimate& q) {
      const double truth = 20.0 + 60.0 * q.p;
      return q.low <= truth && truth <= q.high;
    };
    median += covers(spread.quantiles[2]) ? 1 : 0;
    high += covers(spread.quantiles[4]) ? 1 : 0;
    mean += std::abs(spread.mean - 50.0) <= 1.6449 * spread.standard_error ? 1 : 0;
  }
  // Three standard deviations of a binomial with p = 0.9 are 15.6.
  EXPECT_GE(median, 254);
  EXPECT_GE(high, 254);
  EXPECT_NEAR(mean, 270, 16);
}

TEST(Ensemble, ThreadsDoNotChangeABit) {
  for (const Sampling kind : {Sampling::monte_carlo, Sampling::latin_hypercube, Sampling::sobol}) {
    for (const EnsembleModel model : {EnsembleModel::propagate, EnsembleModel::reallocate, EnsembleModel::simulate}) {
      const Network network = build(random_world(5));
      const Scenario scenario = without_offtakes(uncertain(random_scenario(network, 5), 5));
      const Scenario policy{"more-demand"};
      std::string expected;
      for (const unsigned threads : {1U, 2U, 5U}) {
        EnsembleOptions options;
        options.of = model;
        options.threads = threads;
        options.sampling = {
            .sampling = kind, .samples = model == EnsembleModel::propagate ? 9000U : 300U, .replicates = 2};
        options.simulate.end = lode::parse_date("2025-06-01");
        options.simulate.start = lode::parse_date("2025-01-06");
        EnsembleRun run(network, scenario, options, std::vector{policy});
        while (run.advance()) {
        }
        ASSERT_EQ(run.result().status, SolveStatus::solved);
        const std::string bytes = run.checkpoint();
        if (expected.empty()) expected = bytes;
        EXPECT_EQ(bytes, expected) << threads << " threads, model " << to_string(model);
      }
    }
  }
}

TEST(Ensemble, AResumedRunHasTheSameBits) {
  const Network network = build(random_world(8));
  const Scenario scenario = uncertain(random_scenario(network, 8), 8);
  for (const Sampling kind : {Sampling::monte_carlo, Sampling::sobol}) {
    EnsembleOptions options;
    options.sampling = {.sampling = kind, .samples = 30000};
    EnsembleRun whole(network, scenario, options);
    while (whole.advance()) {
    }
    EnsembleRun first(network, scenario, options);
    ASSERT_TRUE(first.advance());
    ASSERT_TRUE(first.advance());
    const std::string saved = first.checkpoint();
    EXPECT_LT(first.done(), first.samples());
    options.threads = 3;
    EnsembleRun second(network, scenario, options);
    second.resume(saved);
    EXPECT_EQ(second.done(), first.done());
    while (second.advance()) {
    }
    EXPECT_EQ(second.checkpoint(), whole.checkpoint());
    EXPECT_EQ(second.result().materials[0].shortfall.mean, whole.result().materials[0].shortfall.mean);
  }
}

TEST(Ensemble, AFinishedRunCanGoOnToMoreSamples) {
  const Network network = build(random_world(8));
  const Scenario scenario = uncertain(random_scenario(network, 8), 8);
  EnsembleOptions options;
  options.sampling.samples = 5120;
  EnsembleRun small(network, scenario, options);
  while (small.advance()) {
  }
  options.sampling.samples = 20000;
  EnsembleRun large(network, scenario, options), grown(network, scenario, options);
  grown.resume(small.checkpoint());
  while (grown.advance()) {
  }
  while (large.advance()) {
  }
  EXPECT_EQ(grown.checkpoint(), large.checkpoint());
}

/// 10,000 samples end within a block of 256, and 33 of a slow model within 32: those of the last one are run again.
TEST(Ensemble, ARunThatEndsWithinABlockCanGoOn) {
  const Network network = build(random_world(8));
  const Scenario scenario = uncertain(random_scenario(network, 8), 8);
  struct Growth {
    EnsembleModel of;
    std::uint64_t from, to;
  };
  for (const Growth& growth : {Growth{EnsembleModel::propagate, 10'000, 12'345}, {EnsembleModel::propagate, 100, 300},
                               {EnsembleModel::simulate, 33, 70}, {EnsembleModel::propagate, 10'000, 10'000}}) {
    for (const Sampling kind : {Sampling::monte_carlo, Sampling::sobol}) {
      EnsembleOptions options;
      options.of = growth.of;
      options.simulate.start = lode::parse_date("2025-01-06");
      options.simulate.end = lode::parse_date("2025-06-01");
      const auto finished = [&](std::uint64_t samples, const std::string& from) {
        options.sampling = {.sampling = kind, .samples = samples};
        auto run = std::make_unique<EnsembleRun>(network, scenario, options);
        if (!from.empty()) run->resume(from);
        EXPECT_EQ(run->done() % 32, 0U);
        while (run->advance()) {
        }
        EXPECT_EQ(run->done(), run->samples());
        return run;
      };
      const auto small = finished(growth.from, {});
      const auto large = finished(growth.to, {}), grown = finished(growth.to, small->checkpoint());
      const Ensemble a = large->result(), b = grown->result();
      EXPECT_EQ(b.samples, a.samples);
      EXPECT_GE(b.samples, growth.to);
      EXPECT_EQ(grown->checkpoint(), large->checkpoint());
      EXPECT_EQ(a.weighted.mean, b.weighted.mean);
      EXPECT_EQ(a.weighted.standard_deviation, b.weighted.standard_deviation);
      EXPECT_EQ(a.weighted.quantiles[1].value, b.weighted.quantiles[1].value);
    }
  }
}

TEST(Ensemble, ForeignAndDamagedCheckpointsAreRefused) {
  const Network network = parse_network(one_route);
  EnsembleOptions options;
  options.sampling.samples = 8192;
  EnsembleRun run(network, half_open(), options);
  (void)run.advance();
  const std::string good = run.checkpoint();
  const auto refused = [&](const Scenario& scenario, const EnsembleOptions& own, const std::string& bytes) {
    EnsembleRun other(network, scenario, own);
    try {
      other.resume(bytes);
    } catch (const lode::InvalidArgument&) {
      return other.done() == 0;
    }
    return false;
  };
  EXPECT_FALSE(refused(half_open(), options, good));
  EXPECT_TRUE(refused(half_open(Uniform{0.2, 0.81}), options, good)) << "another scenario";
  EXPECT_TRUE(refused(half_open(), options, "lode-ensemble-2\n")) << "a stump";
  EXPECT_TRUE(refused(half_open(), options, "")) << "nothing";
  EXPECT_TRUE(refused(half_open(), options, good.substr(0, good.size() - 9)));
  for (std::size_t at = 0; at < good.size(); at += 97) {
    std::string damaged = good;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    EXPECT_TRUE(refused(half_open(), options, damaged)) << "byte " << at;
  }
  EnsembleOptions other = options;
  other.sampling.seed = 2;
  EXPECT_TRUE(refused(half_open(), other, good)) << "another seed";
  other = options;
  other.of = EnsembleModel::reallocate;
  EXPECT_TRUE(refused(half_open(), other, good)) << "another model";
  other = options;
  other.sampling.samples = 100;
  EXPECT_TRUE(refused(half_open(), other, good)) << "fewer samples than are done";
  // A plant that could do more has no effect here, but is another data set.
  std::string wider = one_route;
  wider.replace(wider.find("CHN  100"), 8, "CHN  100<150");
  EnsembleRun elsewhere(parse_network(wider), half_open(), options, {});
  try {
    elsewhere.resume(good);
    ADD_FAILURE() << "a checkpoint of other data";
  } catch (const lode::InvalidArgument& error) {
    EXPECT_EQ(error.issues()[0].what, "the checkpoint is of another run, with another data set");
  }
  other = options;
  other.of = EnsembleModel::reallocate;
  other.sampling.seed = 7;
  EnsembleRun others(network, half_open(0.4), other, {});
  try {
    others.resume(good);
    ADD_FAILURE() << "a checkpoint of another run";
  } catch (const lode::InvalidArgument& error) {
    EXPECT_EQ(error.issues()[0].what,
              "the checkpoint is of another run, with another scenario and the model propagate instead of reallocate "
              "and the seed 1 instead of 7");
  }
}

/// The policy opens half of what is closed. Both worlds see the same draws, so each sample gets better by half of its
/// shortfall and the difference is known much better than two independent means.
TEST(Ensemble, PoliciesSeeTheSameDraws) {
  const char* const with_reserve = R"(
@commodities
part  product  dy=0.1
@facilities
plant  mine  CHN  100  -  part
@end_uses
cars  USA  part  100
@routes
plant  cars  part  100
@reserves
cars  part  10
)";
  const Network network = parse_network(with_reserve);
  Scenario reserve{"reserve"};
  reserve.release_reserve({.holder = "cars"});
  Scenario luck{"luck"};
  luck.change_demand({.factor = Uniform{0.5, 1.5}});
  const Ensemble all = run(network, half_open(), {}, 4000, {reserve, luck});
  ASSERT_EQ(all.policies.size(), 2U);
  const lode::PolicySpread& first = all.policies[0];
  EXPECT_EQ(first.name, "half-open+reserve");
  EXPECT_NEAR(first.weighted_difference.mean, -10.0, 1e-12) << "10 t in every sample";
  EXPECT_NEAR(first.weighted_difference.standard_error, 0.0, 1e-12);
  EXPECT_NEAR(first.weighted.mean, all.weighted.mean - 10.0, 1e-10);
  EXPECT_NEAR(first.difference[0].shortfall.mean, -1.0, 1e-13);
  EXPECT_EQ(first.probability_of_gain, 1.0);
  const lode::PolicySpread& second = all.policies[1];
  EXPECT_NEAR(second.probability_of_gain, 0.5, 0.03);
  // The world without a policy does not depend on which policies are tried.
  EXPECT_EQ(run(network, half_open(), {}, 4000).weighted.mean, all.weighted.mean);
}

TEST(Ensemble, StopsWhenTheMeanIsKnownWellEnough) {
  const Network network = parse_network(one_route);
  EnsembleOptions options;
  options.until = 0.005;
  const Ensemble all = run(network, half_open(), options, 10'000'000);
  EXPECT_TRUE(all.convergence.reached);
  EXPECT_LE(all.convergence.half_width, 0.005);
  EXPECT_NEAR(all.convergence.half_width, 1.96 * all.weighted.standard_error / all.weighted.mean, 1e-5);
  // (1.96 * 17.3 / 50 / 0.005)^2 = 18,440 samples, and what the next stop adds.
  EXPECT_GE(all.samples, 18'000U);
  EXPECT_LE(all.samples, 25'000U);
  EXPECT_NEAR(static_cast<double>(all.convergence.samples_for_one_percent), 4610.0, 200.0);
}

TEST(Ensemble, AnInterruptedRunKeepsWhatIsDone) {
  const Network network = parse_network(one_route);
  for (const unsigned threads : {1U, 3U}) {
    EnsembleOptions options;
    options.threads = threads;
    std::uint64_t seen = 0;
    options.progress = [&seen](const lode::EnsembleProgress& progress) {
      seen = progress.done;
      return progress.done < 6000;
    };
    const Ensemble part = run(network, half_open(), options, 1'000'000);
    EXPECT_EQ(part.status, SolveStatus::interrupted);
    EXPECT_GE(part.samples, 6000U);
    EXPECT_LT(part.samples, 200'000U);
    EXPECT_EQ(part.samples % 256, 0U);
    options.progress = {};
    const Ensemble same = run(network, half_open(), options, part.samples);
    EXPECT_EQ(part.weighted.mean, same.weighted.mean) << "the first samples, all of them";
    EXPECT_EQ(part.weighted.quantiles[3].value, same.weighted.quantiles[3].value);
  }
}

TEST(Ensemble, WorksOverReallocation) {
  for (const std::uint64_t seed : {3U, 4U, 9U}) {
    World world = random_world(seed);
    add_room(world, seed);
    const Network network = build(world);
    const Scenario scenario = without_offtakes(uncertain(random_scenario(network, seed), seed));
    EnsembleOptions options;
    options.of = EnsembleModel::reallocate;
    const Ensemble best = run(network, scenario, options, 60);
    ASSERT_EQ(best.status, SolveStatus::solved);
    double sum = 0.0, weighted = 0.0;
    lode::Reallocator reallocator(network);
    for (std::uint64_t k = 0; k < 60; ++k) {
      const lode::Result alone = reallocator.run(lode::draw(scenario, 1, k));
      sum += alone.materials[0].shortfall.in(tonnes_per_year);
      weighted += alone.total_weighted_shortfall;
    }
    EXPECT_NEAR(best.materials[0].shortfall.mean, sum / 60.0, 1e-6 * best.materials[0].demanded);
    EXPECT_NEAR(best.weighted.mean, weighted / 60.0, 1e-6 * (weighted + 1.0));
    const Ensemble worst = run(network, scenario, {}, 60);
    EXPECT_LE(best.weighted.mean, worst.weighted.mean * (1.0 + 1e-7) + 1e-9);
  }
}

TEST(Ensemble, WorksOverTimeAndByMonth) {
  World world = random_world(6);
  add_time(world, 6);
  const Network network = build(world);
  Scenario scenario{"stop"};
  const lode::Date april = *lode::parse_date("2025-04-01");
  scenario.limit_capacity({.country = "C1", .factor = Uniform{0.0, 0.6}},
                          {.start = april, .end = *lode::parse_date("2025-08-31")});
  for (lode::Shock& shock : scenario.shocks) {
    std::get<lode::CapacityShock>(shock.effect).country =
        network.countries()[network.facilities()[0].country.index()].id;
  }
  EnsembleOptions options;
  options.of = EnsembleModel::simulate;
  const Ensemble all = run(network, scenario, options, 40);
  ASSERT_EQ(all.status, SolveStatus::solved);
  ASSERT_GE(all.months.size(), 24U);
  std::vector<double> sums(all.months.size(), 0.0);
  double total = 0.0;
  for (std::uint64_t k = 0; k < 40; ++k) {
    const lode::Simulation run = lode::simulate(network, lode::draw(scenario, 1, k));
    const lode::Simulation months = lode::by_month(run);
    ASSERT_EQ(months.dates.size(), sums.size());
    for (std::size_t t = 0; t < sums.size(); ++t) {
      sums[t] += months.materials[0].demanded[t] - months.materials[0].delivered[t];
    }
    for (std::size_t t = 0; t < run.dates.size(); ++t) {
      total += run.materials[0].demanded[t] - run.materials[0].delivered[t];
    }
  }
  double of_months = 0.0;
  for (std::size_t t = 0; t < sums.size(); ++t) {
    EXPECT_NEAR(all.months[t].materials[0].shortfall.mean, sums[t] / 40.0, 1e-10 * all.materials[0].demanded) << t;
    of_months += all.months[t].materials[0].shortfall.mean;
  }
  EXPECT_NEAR(of_months, total / 40.0, 1e-9 * all.materials[0].demanded);
  EXPECT_GT(all.materials[0].shortfall.mean, 0.0);
}

TEST(Ensemble, ASampleWithoutAnAnswerLeavesNoNumbers) {
  const Network network = parse_network(one_route);
  Scenario scenario = half_open();
  scenario.require_offtake({.from = "plant", .to = "cars", .minimum = 79.0});
  EnsembleOptions options;
  options.of = EnsembleModel::reallocate;
  for (const unsigned threads : {1U, 4U}) {
    options.threads = threads;
    const Ensemble all = run(network, scenario, options, 200);
    EXPECT_EQ(all.status, SolveStatus::infeasible);
    EXPECT_TRUE(all.materials.empty());
    EXPECT_EQ(all.samples, 0U);
    ASSERT_FALSE(all.notes.empty());
    EXPECT_TRUE(all.notes[0].starts_with("scenario \"half-open\" at its medians has no answer")) << all.notes[0];
    Scenario policy{"promise"};
    policy.require_offtake({.from = "plant", .to = "cars", .minimum = 79.0});
    const Ensemble with = run(network, half_open(), options, 200, {policy});
    EXPECT_EQ(with.status, SolveStatus::infeasible);
    EXPECT_TRUE(with.notes[0].starts_with("scenario \"half-open+promise\" at its medians")) << with.notes[0];
  }
}

TEST(Ensemble, TheFirstSampleWithoutAnAnswerIsNamedWithItsNumbers) {
  const Network network = parse_network(one_route);
  Scenario scenario = half_open();
  scenario.require_offtake({.from = "plant", .to = "cars", .minimum = 45.0});
  EnsembleOptions options;
  options.of = EnsembleModel::reallocate;
  const Ensemble all = run(network, scenario, options, 200);
  EXPECT_EQ(all.status, SolveStatus::infeasible);
  ASSERT_FALSE(all.notes.empty());
  EXPECT_TRUE(all.notes[0].starts_with("sample ")) << all.notes[0];
  const std::size_t at = all.notes[0].find("(export): factor ");
  ASSERT_NE(at, std::string::npos) << all.notes[0];
  const double factor = std::stod(all.notes[0].substr(at + 17));
  EXPECT_LT(factor, 0.45);
  // The number is the one that the sample draws.
  const auto sample = static_cast<std::uint64_t>(std::stoi(all.notes[0].substr(7)));
  const Scenario drawn = lode::draw(scenario, options.sampling.seed, sample);
  EXPECT_EQ(lode::reallocate(network, drawn).status, SolveStatus::infeasible);
  EXPECT_NE(all.notes[0].find(lode::detail::number_text(std::get<lode::ExportShock>(drawn.shocks[0].effect).factor.constant().median())), std::string::npos);
  for (std::uint64_t before = 0; before < sample; ++before) {
    EXPECT_EQ(lode::reallocate(network, lode::draw(scenario, options.sampling.seed, before)).status, SolveStatus::solved);
  }
}

TEST(Ensemble, ScenariosWithoutUncertaintySaySo) {
  const Network network = parse_network(one_route);
  const Ensemble all = run(network, half_open(0.3), {}, 500);
  EXPECT_EQ(all.variables, 0U);
  EXPECT_NEAR(all.weighted.mean, 70.0, 1e-12);
  EXPECT_EQ(all.weighted.standard_deviation, 0.0);
  EXPECT_EQ(all.weighted.least, all.weighted.largest);
  ASSERT_EQ(all.notes.size(), 1U);
  EXPECT_NE(all.notes[0].find("no uncertain numbers"), std::string::npos);
}

TEST(Ensemble, WhatTooFewSamplesAndIdleCorrelationsLeaveOutIsNoted) {
  const Network network = parse_network(one_route);
  const auto says = [](const Ensemble& all, const char* words) {
    return std::any_of(all.notes.begin(), all.notes.end(),
                       [words](const std::string& note) { return note.find(words) != std::string::npos; });
  };
  // 0.95^72 is 2.5 %.
  EXPECT_TRUE(says(run(network, half_open(), {}, 71), "need 72 samples"));
  EXPECT_FALSE(says(run(network, half_open(), {}, 72), "need 72 samples"));
  EnsembleOptions options;
  options.correlations = {lode::by_country(0.5)};
  EXPECT_TRUE(says(run(network, half_open(), options, 100), "ties nothing")) << "one number alone";
  Scenario two = half_open();
  two.restrict_exports({.country = "CHN", .factor = Uniform{0.5, 1.0}});
  EXPECT_FALSE(says(run(network, two, options, 100), "ties nothing"));
}

TEST(Ensemble, BadOptionsAreAllNamed) {
  const Network network = parse_network(one_route);
  EnsembleOptions options;
  options.until = 2.0;
  options.confidence = 1.0;
  options.tail = 0.0;
  options.quantiles = {0.5, 1.0};
  try {
    (void)lode::ensemble(network, half_open(), options);
    FAIL();
  } catch (const lode::InvalidArgument& error) {
    ASSERT_EQ(error.issues().size(), 4U);
    EXPECT_EQ(error.issues()[0].what, "until 2 is out of range");
    EXPECT_EQ(error.issues()[3].what, "quantile 1 is out of range");
  }
}

}  // namespace
