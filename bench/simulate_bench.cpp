// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include <lode/lode.hpp>

#include "ratios.hpp"

/// How long a step takes: one scenario, lanes, and the built-in set over ten years. The goals are those of peers
/// measured at the same size: an agent-based model in C++ needs 56 ms a step for 550 agents and 5,564 edges.
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
    const std::string id = "p" + std::to_string(i),
                      country = std::string("AA") + static_cast<char>('A' + i % countries);
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
  lode::Simulator simulator(network, weekly(static_cast<int>(state.range(3))));
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
  state.counters["us_per_step_and_scenario"] =
      benchmark::Counter(each * 1e-6, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["routes"] = static_cast<double>(network.routes().size());
  state.counters["mass_balance"] = worst;
}
BENCHMARK(step)
    ->Name("step")
    ->ArgNames({"facilities", "lanes", "another", "years"})
    ->Args({550, 1, 0, 10})
    ->Args({550, 16, 0, 10})
    ->Args({550, 16, 1, 10})
    ->Args({550, 64, 0, 10})
    ->Args({137, 1, 0, 10})
    ->Args({275, 1, 0, 10})
    ->Args({1100, 1, 0, 10})
    ->Args({2200, 1, 0, 10})
    ->Args({2200, 16, 0, 10})
    ->Args({550, 8, 0, 10})
    ->Args({550, 32, 0, 10})
    ->Args({550, 1, 0, 1})
    ->Args({550, 1, 0, 2})
    ->Args({550, 1, 0, 4})
    ->Args({550, 1, 0, 8})
    ->Args({550, 1, 0, 16})
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

/// Time over the time of the smallest run, against size over the smallest size, both doubling from line to line.
struct Line {
  const char* what;
  const char* colour;
  std::vector<double> sizes, times;
};

void write_svg(const char* file, const std::vector<Line>& lines) {
  std::FILE* const out = std::fopen(file, "w");
  if (out == nullptr) {
    std::fprintf(stderr, "%s can not be written\n", file);
    return;
  }
  const auto x = [](double size) { return 60.0 + 80.0 * std::log2(size); };
  const auto y = [](double time) { return 380.0 - 80.0 * std::log2(time); };
  std::fprintf(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 620 440\" font-family=\"sans-serif\" "
               "font-size=\"14\">\n<rect width=\"620\" height=\"440\" fill=\"white\"/>\n");
  for (const double step : {1.0, 2.0, 4.0, 8.0, 16.0}) {
    std::fprintf(out, "<path d=\"M%.0f 380V60M60 %.0fH380\" stroke=\"#ddd\"/>\n", x(step), y(step));
    std::fprintf(out, "<text x=\"%.0f\" y=\"400\" text-anchor=\"middle\">%.0f</text>\n", x(step), step);
    std::fprintf(out, "<text x=\"50\" y=\"%.0f\" text-anchor=\"end\">%.0f</text>\n", y(step) + 5.0, step);
  }
  std::fprintf(out,
               "<text x=\"220\" y=\"425\" text-anchor=\"middle\">times the smallest size</text>\n"
               "<text x=\"10\" y=\"40\">times the shortest time</text>\n"
               "<path d=\"M60 380L380 60\" stroke=\"#999\" stroke-dasharray=\"4 4\"/>\n");
  double legend = 80.0;
  for (const Line& line : lines) {
    std::fprintf(out, "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"%s\" points=\"", line.colour);
    for (std::size_t i = 0; i < line.sizes.size(); ++i) {
      std::fprintf(out, "%.1f,%.1f ", x(line.sizes[i] / line.sizes[0]), y(line.times[i] / line.times[0]));
    }
    std::fprintf(out, "\"/>\n");
    for (std::size_t i = 0; i < line.sizes.size(); ++i) {
      std::fprintf(out, "<circle r=\"4\" fill=\"%s\" cx=\"%.1f\" cy=\"%.1f\"/>\n", line.colour,
                   x(line.sizes[i] / line.sizes[0]), y(line.times[i] / line.times[0]));
    }
    std::fprintf(out, "<text x=\"400\" y=\"%.0f\" fill=\"%s\">%s</text>\n", legend, line.colour, line.what);
    legend += 24.0;
  }
  std::fprintf(out, "<text x=\"400\" y=\"%.0f\" fill=\"#666\">dashed: in proportion</text>\n</svg>\n", legend);
  std::fclose(out);
}

}  // namespace

/// `--svg=FILE` draws the picture of docs/simulate.md.
int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  bench::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  const auto whole = [&](int facilities, int lanes, int another, int years) {
    return bench::common_median(reporter,
                                "step/facilities:" + std::to_string(facilities) + "/lanes:" + std::to_string(lanes) +
                                    "/another:" + std::to_string(another) + "/years:" + std::to_string(years));
  };
  constexpr double steps = 520.0;
  std::printf("\n");
  bench::print_ratio("us a step, 550 facilities, 5,500 routes, one scenario", whole(550, 1, 0, 10) / steps, 30.0,
                     false);
  bench::print_ratio("us a step and scenario, 16 lanes of one kind of shock", whole(550, 16, 0, 10) / steps / 16.0, 5.0,
                     false);
  bench::print_ratio("us a step and scenario, 16 lanes, ten different countries", whole(550, 16, 1, 10) / steps / 16.0,
                     5.0, false);
  bench::print_ratio("ms, built-in set, weekly, ten years",
                     bench::common_median(reporter, "built_in_weekly_ten_years") / 1000.0, 50.0, false);
  bench::print_ratio("time at 2,200 facilities over 4 times that at 550",
                     whole(2200, 1, 0, 10) / (4.0 * whole(550, 1, 0, 10)), 1.5, false);
  const std::string flag = "--svg=";
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]).rfind(flag, 0) != 0) continue;
    write_svg(
        argv[i] + flag.size(),
        {{"routes: 1,300 to 22,000",
          "#1f77b4",
          {137, 275, 550, 1100, 2200},
          {whole(137, 1, 0, 10), whole(275, 1, 0, 10), whole(550, 1, 0, 10), whole(1100, 1, 0, 10),
           whole(2200, 1, 0, 10)}},
         {"lanes: 8 to 64",
          "#d62728",
          {8, 16, 32, 64},
          {whole(550, 8, 0, 10), whole(550, 16, 0, 10), whole(550, 32, 0, 10), whole(550, 64, 0, 10)}},
         {"steps: 52 to 832",
          "#2ca02c",
          {1, 2, 4, 8, 16},
          {whole(550, 1, 0, 1), whole(550, 1, 0, 2), whole(550, 1, 0, 4), whole(550, 1, 0, 8), whole(550, 1, 0, 16)}}});
  }
  return 0;
}
