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
#include "machine_limits.hpp"
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

/// Routes downstream of each plant, over all plants: what a ranking has to look at, at most.
double routes_downstream(const lode::Network& network) {
  const std::size_t plants = network.facilities().size();
  std::vector<std::vector<std::size_t>> users(plants);
  for (const lode::Route& route : network.routes()) {
    const std::size_t user = route.to.is_facility() ? route.to.facility().index() : plants;
    users[route.from.facility().index()].push_back(user);
  }
  double routes = 0.0;
  std::vector<std::size_t> seen(plants, plants), open;
  for (std::size_t start = 0; start < plants; ++start) {
    seen[start] = start;
    open.push_back(start);
    while (!open.empty()) {
      const std::size_t plant = open.back();
      open.pop_back();
      routes += static_cast<double>(users[plant].size());
      for (const std::size_t user : users[plant]) {
        if (user == plants || seen[user] == start) continue;
        seen[user] = start;
        open.push_back(user);
      }
    }
  }
  return routes;
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
  bench::register_limits();
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
    // An arc is a share, where it comes from and what is left there, read; a multiplication and an addition.
    const double arcs = routes_downstream(network(suppliers));
    bench::print_shares(reporter, near ? "nearby suppliers, one thread" : "suppliers anywhere, one thread", 20.0 * arcs,
                        2.0 * arcs, time(near ? "rank/near/1" : "rank/wide/1"));
  }
  return 0;
}
