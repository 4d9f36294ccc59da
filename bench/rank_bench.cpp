// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// How long does it take to take away every plant of a network, one by one? Beside it the same in lanes of full sweeps,
// and on how many threads. Every figure is the median of several repetitions.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <lode/lode.hpp>

#include "chain_network.hpp"
#include "ratios.hpp"

namespace {

using bench::Suppliers;

/// 10,000 plants, 36,000 routes: nearby suppliers (deep and narrow), or from anywhere before (wide).
const lode::Network& network(Suppliers suppliers) {
  static const lode::Network near = bench::chain_network(10000, Suppliers::nearby, 0.0);
  static const lode::Network wide = bench::chain_network(10000, Suppliers::anywhere, 0.0);
  return suppliers == Suppliers::nearby ? near : wide;
}

void rank(benchmark::State& state, Suppliers suppliers, unsigned threads) {
  const lode::Ranker ranker(network(suppliers), {.threads = threads});
  for (auto _ : state) benchmark::DoNotOptimize(ranker.run());
}

void set_up_and_rank(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(lode::rank(network(Suppliers::nearby)));
}

/// Every outage as a lane of a block of full sweeps, deliveries and all.
void lanes(benchmark::State& state, Suppliers suppliers) {
  lode::Propagator propagator(network(suppliers));
  std::vector<lode::Disruption> outages(propagator.network().facilities().size());
  for (std::size_t f = 0; f < outages.size(); ++f) outages[f].activity.push_back({lode::FacilityId{f}, 0.0, 0.0});
  lode::Outcomes outcomes;
  for (auto _ : state) {
    propagator.run(outages, outcomes);
    benchmark::DoNotOptimize(outcomes);
  }
}

void pairs(benchmark::State& state) {
  const lode::Ranker ranker(network(Suppliers::nearby), {.top = 10});
  for (auto _ : state) benchmark::DoNotOptimize(ranker.pairs());
}

void built_in(benchmark::State& state, lode::RankModel model) {
  const lode::Network& magnets = lode::datasets::rare_earth_magnets_2024().network;
  for (auto _ : state) benchmark::DoNotOptimize(lode::rank(magnets, {}, {.model = model}));
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const auto add = [](const std::string& name, auto... arguments) {
    bench::common(benchmark::RegisterBenchmark(name.c_str(), arguments...))->UseRealTime();
  };
  add("rank/near/1", rank, Suppliers::nearby, 1U);
  add("rank/near/2", rank, Suppliers::nearby, 2U);
  add("rank/wide/1", rank, Suppliers::anywhere, 1U);
  add("rank/wide/2", rank, Suppliers::anywhere, 2U);
  add("lanes/near", lanes, Suppliers::nearby);
  add("lanes/wide", lanes, Suppliers::anywhere);
  add("set_up_and_rank", set_up_and_rank);
  add("pairs/near", pairs);
  add("built_in/propagate", built_in, lode::RankModel::propagate);
  add("built_in/reallocate", built_in, lode::RankModel::reallocate);
  bench::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);

  const auto time = [&reporter](const std::string& name) {
    return reporter.median(name + "/min_time:0.020/repeats:3/real_time");
  };
  std::printf("\nIn this run\n");
  bench::print_ratio("10,000 plants, 36,000 routes, set-up included: seconds", time("set_up_and_rank") * 1e-6, 0.25,
                     false);
  for (const Suppliers suppliers : {Suppliers::nearby, Suppliers::anywhere}) {
    const bool near = suppliers == Suppliers::nearby;
    if (time(near ? "rank/near/2" : "rank/wide/2") <= 0.0) continue;
    const lode::Ranker one(network(suppliers), {.threads = 1}), two(network(suppliers), {.threads = 2});
    const double gain = bench::paired_ratio([&one] { benchmark::DoNotOptimize(one.run()); },
                                            [&two] { benchmark::DoNotOptimize(two.run()); });
    bench::print_ratio(std::string(near ? "nearby suppliers" : "suppliers anywhere") + ": one thread / two, in pairs",
                       gain, 1.8, true);
  }
  return 0;
}
