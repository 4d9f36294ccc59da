// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <benchmark/benchmark.h>

#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include <lode/lode.hpp>

#include "ratios.hpp"

/// How long a step takes: one scenario, lanes, and the built-in set over ten years. The goals are those of peers measured
/// at the same size: an agent-based model in C++ needs 56 ms a step for 550 agents and 5,564 edges.
namespace {

using bench::common;

/// `facilities` in 10 tiers, 11 suppliers each, 30 days of cover, lead times of 0 to 6 weeks; every plant of the last
/// tier serves an end use.
lode::Network timed_network(std::size_t facilities, std::uint64_t seed = 1) {
  using lode::tonnes_per_year;
  constexpr std::size_t tiers = 10, suppliers = 11, countries = 10;
  std::mt19937_64 random(seed);
  const auto below = [&random](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  const std::size_t per_tier = std::max<std::size_t>(suppliers, facilities / tiers);
  lode::NetworkBuilder world;
  for (std::size_t c = 0; c < countries; ++c) world.add_country(std::string("AA") + static_cast<char>('A' + c));
  const auto material = world.add_material("m");
  std::vector<lode::CommodityId> goods;
  for (std::size_t tier = 0; tier < tiers; ++tier) {
    goods.push_back(world.add_commodity("g" + std::to_string(tier), lode::Stage::metal, {{material, 1.0}}));
  }
  struct Link {
    std::size_t from, to;
  };
  std::vector<Link> links;
  for (std::size_t i = per_tier; i < per_tier * tiers; ++i) {
    const std::size_t before = (i / per_tier - 1) * per_tier;
    const std::size_t first = below(per_tier);
    for (std::size_t s = 0; s < suppliers; ++s) links.push_back({before + (first + s) % per_tier, i});
  }
  // From the end uses upwards: everybody buys the same from each supplier and passes on what it gets.
  std::vector<double> sales(per_tier * tiers, 0.0);
  for (std::size_t i = per_tier * (tiers - 1); i < per_tier * tiers; ++i) sales[i] = 1000.0;
  for (std::size_t l = links.size(); l-- > 0;) sales[links[l].from] += sales[links[l].to] / suppliers;
  std::vector<lode::FacilityId> plants;
  for (std::size_t i = 0; i < per_tier * tiers; ++i) {
    const std::string id = "p" + std::to_string(i), country = std::string("AA") + static_cast<char>('A' + i % countries);
    const double baseline = std::max(sales[i], 1.0);
    if (i < per_tier) {
      plants.push_back(world.add_mine(id, country, {.makes = goods[0], .baseline = baseline * tonnes_per_year}));
    } else {
      const double need = sales[i] > 0.0 ? sales[i] / baseline : 1e-9;
      plants.push_back(world.add_metal_maker(id, country,
                                             {.uses = {{goods[i / per_tier - 1], need}},
                                              .makes = {{goods[i / per_tier]}},
                                              .baseline = baseline * tonnes_per_year,
                                              .capacity = 1.2 * baseline * tonnes_per_year}));
    }
  }
  for (const Link& link : links) {
    const lode::RouteSpec spec{.lead_time = static_cast<double>(below(7)) * lode::weeks};
    world.add_route(plants[link.from], plants[link.to], goods[link.from / per_tier],
                    sales[link.to] / suppliers * tonnes_per_year, spec);
  }
  for (std::size_t i = per_tier * (tiers - 1); i < per_tier * tiers; ++i) {
    const std::string id = "u" + std::to_string(i);
    world.add_end_use(id, "AAA", {.takes = goods.back(), .demand = 1000.0 * tonnes_per_year});
    world.add_route(plants[i], id, goods.back(), 1000.0 * tonnes_per_year);
  }
  return world.build();
}

enum class Shocks {
  alike,   ///< what an ensemble draws: one country's exports, each time to another extent and on other days
  another  ///< what a ranking asks: each time another country
};

lode::Scenario shock(std::size_t i, Shocks shocks) {
  lode::Scenario scenario{"shock-" + std::to_string(i)};
  const lode::Date from = lode::Date{std::chrono::year{2025} / 3 / 1} + std::chrono::days{i % 50};
  const std::string country = std::string("AA") + static_cast<char>('A' + (shocks == Shocks::alike ? 0 : i % 10));
  scenario.restrict_exports({.country = country, .factor = 0.2 + 0.01 * static_cast<double>(i % 50)},
                            {from, from + std::chrono::days{200}});
  return scenario;
}

lode::SimulateOptions weekly(int years) {
  lode::SimulateOptions options;
  options.start = lode::Date{std::chrono::year{2025} / 1 / 6};
  options.end = *options.start + std::chrono::days{364 * years};
  options.default_cover = 30 * lode::days;
  options.record_routes = false;
  options.record_facilities = false;
  return options;
}

/// Steps of `lanes` scenarios; reports microseconds for each step and scenario.
void step(benchmark::State& state) {
  const lode::Network network = timed_network(static_cast<std::size_t>(state.range(0)));
  const auto lanes = static_cast<std::size_t>(state.range(1));
  lode::Simulator simulator(network, weekly(10));
  std::vector<lode::Scenario> scenarios;
  const Shocks shocks = state.range(2) == 0 ? Shocks::alike : Shocks::another;
  for (std::size_t i = 0; i < lanes; ++i) scenarios.push_back(shock(i, shocks));
  std::size_t steps = 1;
  double worst = 0.0;
  for (auto _ : state) {
    const std::vector<lode::Simulation> runs = simulator.run(scenarios);
    steps = runs.front().dates.size();
    worst = std::max(worst, runs.front().certificate.mass_balance);
  }
  const double each = static_cast<double>(steps * lanes);
  state.counters["us_per_step_and_scenario"] = benchmark::Counter(
      each * 1e-6, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["routes"] = static_cast<double>(network.routes().size());
  state.counters["mass_balance"] = worst;
}
BENCHMARK(step)
    ->Name("step")
    ->ArgNames({"facilities", "lanes", "countries"})
    ->Args({550, 1, 0})
    ->Args({550, 8, 0})
    ->Args({550, 16, 0})
    ->Args({550, 16, 1})
    ->Args({550, 64, 0})
    ->Args({138, 1, 0})
    ->Args({275, 1, 0})
    ->Args({1100, 1, 0})
    ->Args({2200, 1, 0})
    ->Args({2200, 16, 0})
    ->Apply([](benchmark::internal::Benchmark* b) { common(b); });

void built_in(benchmark::State& state) {
  const lode::Dataset magnets = lode::datasets::rare_earth_magnets_2024();
  lode::SimulateOptions options = weekly(10);
  options.record_routes = options.record_facilities = true;
  options.default_cover = 0 * lode::days;
  lode::Simulator simulator(magnets.network, options);
  const lode::Scenario& lead = *magnets.find_scenario("april-2025-licensing");
  for (auto _ : state) benchmark::DoNotOptimize(simulator.run(lead));
}
BENCHMARK(built_in)->Name("built_in_weekly_ten_years")->Apply([](benchmark::internal::Benchmark* b) { common(b); });

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  bench::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  constexpr double steps = 520.0;
  const auto per_step = [&](const std::string& arguments, double lanes) {
    return bench::common_median(reporter, "step/facilities:" + arguments) / steps / lanes;
  };
  std::printf("\n");
  bench::print_ratio("us a step, 550 facilities, 5,500 routes, one scenario", per_step("550/lanes:1/countries:0", 1.0), 30.0, false);
  bench::print_ratio("us a step and scenario, 16 lanes", per_step("550/lanes:16/countries:0", 16.0), 5.0, false);
  bench::print_ratio("ms, built-in set, weekly, ten years",
                     bench::common_median(reporter, "built_in_weekly_ten_years") / 1000.0, 50.0, false);
  bench::print_ratio("us a step at 2,200 facilities over 4 x 550", per_step("2200/lanes:1/countries:0", 1.0) /
                                                                    (4.0 * per_step("550/lanes:1/countries:0", 1.0)),
                     1.5, false);
  return 0;
}
