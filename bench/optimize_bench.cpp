// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// How long does the interior point take on linear programs of the shape that reallocation has, beside CLP's simplex
// methods on the same programs in the same minute? Chains are what supply networks look like; random links fill in.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <coin/ClpSimplex.hpp>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <lode/optimize/interior_point.hpp>

#include "network_program.hpp"
#include "ratios.hpp"

namespace {

using bench::Links;
using lode::optimize::Program;

const Program& program(std::size_t arcs, Links links) {
  static std::map<std::pair<std::size_t, Links>, Program> cache;
  auto found = cache.find({arcs, links});
  if (found == cache.end()) found = cache.emplace(std::pair(arcs, links), bench::network_program(arcs, links)).first;
  return found->second;
}

void interior_point(benchmark::State& state, std::size_t arcs, Links links, bool fresh) {
  const Program& p = program(arcs, links);
  lode::optimize::InteriorPoint solver;
  lode::optimize::Solution solution = solver.solve(p);
  for (auto _ : state) {
    solution = fresh ? lode::optimize::minimise(p) : solver.solve(p);
    benchmark::DoNotOptimize(solution);
  }
  if (solution.status != lode::optimize::Status::optimal) state.SkipWithError(to_string(solution.status));
  state.counters["iterations"] = solution.iterations;
  state.counters["us_per_step"] =
      benchmark::Counter(static_cast<double>(solution.iterations) * 1e-6,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["certificate"] = solution.certificate.worst();
}

void clp(benchmark::State& state, std::size_t arcs, Links links, ClpSolve::SolveType method) {
  const Program& p = program(arcs, links);
  const auto n = static_cast<int>(p.gradient.size());
  const auto m = static_cast<int>(p.row_lower.size());
  const auto plain = [](const Eigen::VectorXd& bounds) {
    return bounds.cwiseMax(-COIN_DBL_MAX).cwiseMin(COIN_DBL_MAX).eval();
  };
  const Eigen::VectorXd lower = plain(p.lower);
  const Eigen::VectorXd upper = plain(p.upper);
  const Eigen::VectorXd row_lower = plain(p.row_lower);
  const Eigen::VectorXd row_upper = plain(p.row_upper);
  double objective = 0.0;
  for (auto _ : state) {
    ClpSimplex model;
    model.setLogLevel(0);
    model.loadProblem(n, m, p.rows.outerIndexPtr(), p.rows.innerIndexPtr(), p.rows.valuePtr(), lower.data(),
                      upper.data(), p.gradient.data(), row_lower.data(), row_upper.data());
    ClpSolve options;
    options.setSolveType(method);
    model.initialSolve(options);
    objective = model.objectiveValue();
  }
  const double ours = lode::optimize::minimise(p).objective;
  if (!(std::abs(ours - objective) <= 1e-6 * (1.0 + std::abs(objective)))) state.SkipWithError("answers differ");
}

std::string name(const char* what, Links links, std::size_t arcs) {
  return std::string(what) + (links == Links::chain ? "/chain/" : "/random/") + std::to_string(arcs);
}

benchmark::internal::Benchmark* common(benchmark::internal::Benchmark* b) {
  return b->Unit(benchmark::kMicrosecond)->Repetitions(3)->ReportAggregatesOnly(true)->MinTime(0.02);
}

constexpr std::size_t sizes[] = {500, 5000, 20000};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const Links links : {Links::chain, Links::random}) {
    for (const std::size_t arcs : sizes) {
      common(benchmark::RegisterBenchmark(name("minimise", links, arcs).c_str(), interior_point, arcs, links, true));
      // The largest takes a quarter of a minute a time.
      if (links == Links::chain || arcs < 20000) {
        common(
            benchmark::RegisterBenchmark(name("solve_again", links, arcs).c_str(), interior_point, arcs, links, false));
      }
      common(benchmark::RegisterBenchmark(name("clp_dual", links, arcs).c_str(), clp, arcs, links, ClpSolve::useDual));
      common(
          benchmark::RegisterBenchmark(name("clp_primal", links, arcs).c_str(), clp, arcs, links, ClpSolve::usePrimal));
    }
  }
  bench::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);

  const auto time = [&reporter](const std::string& what) {
    return reporter.median(what + "/min_time:0.020/repeats:3");
  };
  std::printf("\nRatios of medians in this run\n");
  for (const Links links : {Links::chain, Links::random}) {
    for (const std::size_t arcs : sizes) {
      const double best = std::min(time(name("clp_dual", links, arcs)), time(name("clp_primal", links, arcs)));
      const double ours = time(name("minimise", links, arcs));
      const std::string shape = links == Links::chain ? "chain" : "random";
      if (best <= 0.0 || ours <= 0.0) continue;
      bench::print_ratio(shape + ", " + std::to_string(arcs) + " arcs: interior point / CLP's best", ours / best, 1.0,
                         false);
    }
  }
  return 0;
}
