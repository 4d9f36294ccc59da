// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// How many uncertain scenarios a second does an ensemble run, on one thread and on two, with all it keeps:
// distributions of every end use, country and material? Beside it a triad (memory) and a loop of multiplications and
// additions (arithmetic) of the same minute. Every figure is the median of several repetitions.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <lode/detail/alike_end_uses.hpp>
#include <lode/lode.hpp>

#include "machine_limits.hpp"
#include "ratios.hpp"

namespace {

const lode::Dataset& magnets() {
  static const lode::Dataset data = lode::datasets::rare_earth_magnets_2024();
  return data;
}

/// Three numbers: two shares approved, and how much of Myanmar's mines work.
lode::Scenario uncertain() {
  lode::Scenario scenario{"uncertain"};
  scenario
      .license_exports(
          {.country = "CHN", .commodity = {"dy_oxide", "tb_oxide"}, .approved = lode::Triangular{0.1, 0.25, 0.5}})
      .license_exports({.country = "CHN", .commodity = "magnet_ht", .approved = lode::Triangular{0.2, 0.4, 0.9}})
      .limit_capacity({.country = "MMR", .factor = lode::Uniform{0.2, 1.0}});
  return scenario;
}

constexpr std::uint64_t samples = 262'144;

void run_once(lode::Sampling sampling, unsigned threads, std::uint64_t count) {
  lode::EnsembleOptions options;
  options.sampling = {.sampling = sampling, .samples = count};
  options.threads = threads;
  benchmark::DoNotOptimize(lode::ensemble(magnets().network, uncertain(), options));
}

void ensemble(benchmark::State& state, lode::Sampling sampling, unsigned threads, std::uint64_t count) {
  for (auto _ : state) run_once(sampling, threads, count);
}

void indices(benchmark::State& state) {
  lode::SobolIndicesOptions options;
  options.threads = 2;
  for (auto _ : state) benchmark::DoNotOptimize(lode::sobol_indices(magnets().network, uncertain(), options));
}

void over_time(benchmark::State& state, lode::EnsembleModel model) {
  lode::EnsembleOptions options;
  options.of = model;
  options.sampling.samples = 256;
  options.threads = 2;
  for (auto _ : state) benchmark::DoNotOptimize(lode::ensemble(magnets().network, uncertain(), options));
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const auto add = [](const std::string& name, auto... arguments) {
    bench::common(benchmark::RegisterBenchmark(name.c_str(), arguments...))->UseRealTime();
  };
  using lode::Sampling;
  add("propagate/1", ensemble, Sampling::monte_carlo, 1U, samples);
  add("propagate/2", ensemble, Sampling::monte_carlo, 2U, samples);
  add("propagate/sobol/2", ensemble, Sampling::sobol, 2U, samples);
  add("propagate/10000/2", ensemble, Sampling::monte_carlo, 2U, std::uint64_t{10'000});
  add("indices/2", indices);
  add("reallocate/2", over_time, lode::EnsembleModel::reallocate);
  add("simulate/2", over_time, lode::EnsembleModel::simulate);
  bench::register_limits();
  bench::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);

  const auto time = [&reporter](const std::string& name) {
    return reporter.median(name + "/min_time:0.020/repeats:3/real_time");
  };
  const auto per_second = [&time](const std::string& name, std::uint64_t count) {
    return time(name) > 0.0 ? 1e6 * static_cast<double>(count) / time(name) : 0.0;
  };
  std::printf("\nIn this run\n");
  bench::print_ratio("built-in data, two threads: samples a second", per_second("propagate/2", samples), 1e6, true);
  if (time("propagate/2") > 0.0) {
    const double ratio = bench::paired_ratio([] { run_once(Sampling::monte_carlo, 1, samples); },
                                             [] { run_once(Sampling::monte_carlo, 2, samples); });
    bench::print_ratio("one thread / two, in pairs", ratio, 1.8, true);
  }
  std::printf("%-72s %8.0f\n", "one thread: samples a second", per_second("propagate/1", samples));
  std::printf("%-72s %8.0f\n", "Sobol' points, two threads: samples a second",
              per_second("propagate/sobol/2", samples));
  std::printf("%-72s %8.0f\n", "reallocate, two threads: samples a second", per_second("reallocate/2", 256));
  std::printf("%-72s %8.0f\n", "simulate, two threads: samples a second", per_second("simulate/2", 256));
  // A sample writes the shortfall of each row once and reads it twice (sums, histogram). End uses that are always
  // equally short share a row.
  const lode::Network& network = magnets().network;
  const lode::detail::AlikeEndUses alike =
      lode::detail::alike_end_uses(network, lode::detail::ScenarioFamily(network, uncertain()));
  std::size_t rows = network.materials().size() + 1;
  for (std::size_t e = 0; e < alike.leader.size(); ++e) rows += alike.leader[e] == e ? 1 : 0;
  std::vector<bool> has_demand(network.countries().size(), false);
  for (const lode::EndUse& use : network.end_uses()) has_demand[use.country.index()] = true;
  for (const bool demands : has_demand) rows += demands ? network.materials().size() : 0;
  // An arc of the sweep is a multiplication and an addition; so are the two sums of a row.
  const auto numbers = static_cast<double>(samples * rows);
  const auto arcs = static_cast<double>(samples * network.routes().size());
  bench::print_shares(reporter, "one thread", 24.0 * numbers, 2.0 * arcs + 8.0 * numbers, time("propagate/1"));
  return 0;
}
