// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// What does it take to trace a material from every country and operator through every stage to every user, beside one
// propagation with its result? All owners go through the network side by side.

#include <benchmark/benchmark.h>

#include <cstdio>
#include <string>

#include <lode/lode.hpp>

#include "machine_limits.hpp"
#include "ratios.hpp"
#include "trade_network.hpp"

namespace {

constexpr std::size_t routes = 20'000;

/// Ten countries, eight tiers, one material.
const lode::Network& trade(bench::Trade kind) {
  static const lode::Network chain = bench::trade_network(routes, bench::Trade::chain);
  static const lode::Network random = bench::trade_network(routes, bench::Trade::random);
  return kind == bench::Trade::chain ? chain : random;
}

void exposure(benchmark::State& state, bench::Trade kind) {
  for (auto _ : state) benchmark::DoNotOptimize(lode::exposure(trade(kind)));
}

void propagate(benchmark::State& state, bench::Trade kind) {
  lode::Propagator propagator(trade(kind));
  lode::Disruption cut;
  cut.activity.push_back({lode::FacilityId{0}, 0.5, 0.0});
  lode::Result result;
  for (auto _ : state) propagator.run(cut, result);
}

void built_in(benchmark::State& state) {
  const lode::Network& magnets = lode::datasets::rare_earth_magnets_2024().network;
  for (auto _ : state) benchmark::DoNotOptimize(lode::exposure(magnets));
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const bench::Trade kind : {bench::Trade::chain, bench::Trade::random}) {
    const std::string name = kind == bench::Trade::chain ? "chain" : "random";
    bench::common(benchmark::RegisterBenchmark(("exposure/" + name).c_str(), exposure, kind));
    bench::common(benchmark::RegisterBenchmark(("propagate/" + name).c_str(), propagate, kind));
  }
  bench::common(benchmark::RegisterBenchmark("exposure/built_in", built_in));
  bench::register_limits();
  bench::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  std::printf("\nIn this run\n");
  for (const std::string name : {"chain", "random"}) {
    const double time = bench::common_median(reporter, "exposure/" + name);
    const double one = bench::common_median(reporter, "propagate/" + name);
    if (!(time > 0.0) || !(one > 0.0)) continue;
    const std::string what = "20,000 routes, " + name;
    std::printf("%-72s %8.2f\n", (what + ": milliseconds for all countries and operators").c_str(), time * 1e-3);
    std::printf("%-72s %8.2f\n", (what + ": all countries and operators / one propagation").c_str(), time / one);
    // Every route passes on the shares of 10 countries (and of one nameless operator), reserves and what is unexplained,
    // for each of 5 stages, down the chain once (to the users) and up once (to the destinations): a multiplication and
    // an addition on numbers read, read and written.
    const double numbers = static_cast<double>(routes) * 5.0 * (12.0 + 3.0 + 12.0);
    bench::print_shares(reporter, what, 24.0 * numbers, 2.0 * numbers, time);
  }
  std::printf("%-72s %8.2f\n", "built-in data, three materials: milliseconds",
              bench::common_median(reporter, "exposure/built_in") * 1e-3);
  return 0;
}
