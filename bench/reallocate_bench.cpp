// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// How long does a reallocation take, cold and for a hundred shocks on one network, beside CLP on the same linear
// programs in the same minute? CLP finds the optimum and its multipliers; `reallocate` also the allocation that changes
// trade least, prices and the proof.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <coin/ClpSimplex.hpp>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <lode/detail/allocation_program.hpp>
#include <lode/lode.hpp>

#include "ratios.hpp"
#include "trade_network.hpp"

namespace {

using bench::Trade;
using lode::optimize::Program;

constexpr std::size_t shocks = 100;

struct Case {
  explicit Case(std::size_t routes, Trade trade) : network(bench::trade_network(routes, trade)), allocation(network) {
    for (std::size_t s = 0; s < shocks; ++s) disruptions.push_back(bench::trade_shock(network, s));
  }
  lode::Network network;
  lode::detail::AllocationProgram allocation;
  std::vector<lode::Disruption> disruptions;

  const Program& load(const lode::Disruption& disruption) {
    allocation.load(disruption);
    Program& program = allocation.program;
    program.gradient.setZero(program.lower.size());
    const lode::detail::FigureColumns& columns = allocation.columns();
    for (std::size_t e = 0; e < columns.end_uses; ++e) {
      program.gradient[static_cast<Eigen::Index>(columns.of(lode::EndUseId{e}))] = allocation.weight[e];
    }
    return program;
  }
};

Case& the_case(std::size_t routes, Trade trade) {
  static std::map<std::pair<std::size_t, Trade>, Case> cache;
  return cache.try_emplace({routes, trade}, routes, trade).first->second;
}

const lode::ReallocateOptions value_only{.tie_break = false, .prices = false};

/// Set up and one shock.
void cold(benchmark::State& state, std::size_t routes, Trade trade, bool whole) {
  const Case& c = the_case(routes, trade);
  lode::Result result;
  for (auto _ : state) {
    lode::Reallocator reallocator(c.network, whole ? lode::ReallocateOptions{} : value_only);
    result = reallocator.run(c.disruptions[0]);
  }
  if (result.status != lode::SolveStatus::solved) state.SkipWithError(to_string(result.status));
  state.counters["gap"] = result.certificate.gap;
  state.counters["mass_balance"] = result.certificate.mass_balance;
}

/// A hundred shocks on a network that is set up.
void hundred(benchmark::State& state, std::size_t routes, Trade trade, bool whole) {
  const Case& c = the_case(routes, trade);
  lode::Reallocator reallocator(c.network, whole ? lode::ReallocateOptions{} : value_only);
  benchmark::DoNotOptimize(reallocator.run(lode::Disruption{}));
  for (auto _ : state) {
    for (const lode::Disruption& disruption : c.disruptions) {
      const lode::Result result = reallocator.run(disruption);
      if (result.status != lode::SolveStatus::solved) state.SkipWithError(to_string(result.status));
    }
  }
}

/// CLP with the program of the case.
class Clp {
 public:
  explicit Clp(const Program& program) {
    model_.setLogLevel(0);
    const Sides sides(program);
    model_.loadProblem(static_cast<int>(program.gradient.size()), static_cast<int>(program.row_lower.size()),
                       program.rows.outerIndexPtr(), program.rows.innerIndexPtr(), program.rows.valuePtr(),
                       sides.lower.data(), sides.upper.data(), program.gradient.data(), sides.row_lower.data(),
                       sides.row_upper.data());
  }
  double solve_cold(ClpSolve::SolveType method) {
    ClpSolve options;
    options.setSolveType(method);
    model_.initialSolve(options);
    return model_.objectiveValue();
  }
  /// Other bounds and quota rows, from the basis of before.
  double solve_warm(const Program& program, int balances) {
    const Sides sides(program);
    std::vector<int> old_rows;
    for (int i = balances; i < model_.numberRows(); ++i) old_rows.push_back(i);
    if (!old_rows.empty()) model_.deleteRows(static_cast<int>(old_rows.size()), old_rows.data());
    const Eigen::SparseMatrix<double, Eigen::RowMajor> by_row = program.rows;
    for (int i = balances; i < by_row.rows(); ++i) {
      const int begin = by_row.outerIndexPtr()[i];
      model_.addRow(by_row.outerIndexPtr()[i + 1] - begin, by_row.innerIndexPtr() + begin, by_row.valuePtr() + begin,
                    sides.row_lower[i], sides.row_upper[i]);
    }
    model_.chgColumnLower(sides.lower.data());
    model_.chgColumnUpper(sides.upper.data());
    model_.chgRowLower(sides.row_lower.data());
    model_.chgRowUpper(sides.row_upper.data());
    model_.dual();
    return model_.objectiveValue();
  }

 private:
  struct Sides {
    explicit Sides(const Program& p)
        : lower(plain(p.lower)), upper(plain(p.upper)), row_lower(plain(p.row_lower)), row_upper(plain(p.row_upper)) {}
    static Eigen::VectorXd plain(const Eigen::VectorXd& bounds) {
      return bounds.cwiseMax(-COIN_DBL_MAX).cwiseMin(COIN_DBL_MAX);
    }
    Eigen::VectorXd lower, upper, row_lower, row_upper;
  };
  ClpSimplex model_;
};

void expect_same(benchmark::State& state, double ours, double theirs) {
  if (!(std::abs(ours - theirs) <= 1e-6 * (1.0 + std::abs(theirs)))) state.SkipWithError("answers differ");
}

void clp_cold(benchmark::State& state, std::size_t routes, Trade trade, ClpSolve::SolveType method) {
  Case& c = the_case(routes, trade);
  double total = 0.0;
  for (auto _ : state) total = Clp(c.load(c.disruptions[0])).solve_cold(method);
  expect_same(state, lode::Reallocator(c.network, value_only).run(c.disruptions[0]).total_weighted_shortfall, total);
}

void clp_hundred(benchmark::State& state, std::size_t routes, Trade trade) {
  Case& c = the_case(routes, trade);
  Clp model(c.load(lode::Disruption{}));
  model.solve_cold(ClpSolve::useDual);
  double total = 0.0;
  const int balances = static_cast<int>(c.allocation.balances().size());
  for (auto _ : state) {
    for (const lode::Disruption& disruption : c.disruptions) total = model.solve_warm(c.load(disruption), balances);
  }
  expect_same(state, lode::Reallocator(c.network, value_only).run(c.disruptions.back()).total_weighted_shortfall,
              total);
}

void built_in(benchmark::State& state) {
  const lode::Dataset magnets = lode::datasets::rare_earth_magnets_2024();
  const lode::Scenario& scenario = *magnets.find_scenario("april-2025-licensing");
  for (auto _ : state) benchmark::DoNotOptimize(lode::reallocate(magnets.network, scenario));
}

std::string name(const char* what, Trade trade, std::size_t routes) {
  return std::string(what) + (trade == Trade::chain ? "/chain/" : "/random/") + std::to_string(routes);
}

constexpr std::size_t sizes[] = {500, 5000, 20000};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  bench::common(benchmark::RegisterBenchmark("built_in", built_in));
  for (const Trade trade : {Trade::chain, Trade::random}) {
    for (const std::size_t routes : sizes) {
      bench::common(benchmark::RegisterBenchmark(name("cold", trade, routes).c_str(), cold, routes, trade, false));
      bench::common(benchmark::RegisterBenchmark(name("cold_whole", trade, routes).c_str(), cold, routes, trade, true));
      bench::common(benchmark::RegisterBenchmark(name("clp_dual", trade, routes).c_str(), clp_cold, routes, trade,
                                                 ClpSolve::useDual));
      bench::common(benchmark::RegisterBenchmark(name("clp_primal", trade, routes).c_str(), clp_cold, routes, trade,
                                                 ClpSolve::usePrimal));
      bench::common(
          benchmark::RegisterBenchmark(name("hundred", trade, routes).c_str(), hundred, routes, trade, false));
      // The largest random network takes four seconds a time.
      if (trade == Trade::chain || routes < 20000) {
        bench::common(
            benchmark::RegisterBenchmark(name("hundred_whole", trade, routes).c_str(), hundred, routes, trade, true));
      }
      bench::common(
          benchmark::RegisterBenchmark(name("clp_hundred", trade, routes).c_str(), clp_hundred, routes, trade));
    }
  }
  bench::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);

  const auto time = [&reporter](const std::string& what) { return bench::common_median(reporter, what); };
  std::printf("\nRatios of medians in this run\n");
  bench::print_ratio("built-in data, lead scenario, ms", time("built_in") / 1000.0, 50.0, false);
  for (const Trade trade : {Trade::chain, Trade::random}) {
    for (const std::size_t routes : sizes) {
      const std::string what =
          std::string(trade == Trade::chain ? "chain" : "random") + ", " + std::to_string(routes) + " routes: ";
      const double best = std::min(time(name("clp_dual", trade, routes)), time(name("clp_primal", trade, routes)));
      bench::print_ratio(what + "cold / CLP's best", time(name("cold", trade, routes)) / best, 1.0, false);
      bench::print_ratio(what + "cold with tie-break and prices / CLP's best",
                         time(name("cold_whole", trade, routes)) / best, 1.0, false);
      const double warm = time(name("clp_hundred", trade, routes));
      if (routes >= 5000) {
        bench::print_ratio(what + "100 shocks, CLP warm / ours", warm / time(name("hundred", trade, routes)), 2.0,
                           true);
        bench::print_ratio(what + "100 shocks, CLP warm / ours with tie-break and prices",
                           warm / time(name("hundred_whole", trade, routes)), 1.0, true);
      }
    }
  }
  return 0;
}
