// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// How long do the interior point and the simplex method take on linear programs of the shape that reallocation has,
// beside CLP's simplex methods on the same programs in the same minute? And how long do they take for many shocks on
// one network, each solved from a basis at hand? Chains are what supply networks look like; random links fill in.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <coin/ClpSimplex.hpp>
#include <cstdio>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <lode/optimize/interior_point.hpp>
#include <lode/optimize/simplex.hpp>

#include "network_program.hpp"
#include "ratios.hpp"

namespace {

using bench::Links;
using lode::optimize::Program;

enum class Kind {
  transport,    ///< flows cost: network_program
  reallocation  ///< unmet demand alone costs: reallocation_program
};

const Program& program(std::size_t arcs, Links links, Kind kind = Kind::transport) {
  static std::map<std::tuple<std::size_t, Links, Kind>, Program> cache;
  const std::tuple key(arcs, links, kind);
  auto found = cache.find(key);
  if (found == cache.end()) {
    found = cache
                .emplace(key, kind == Kind::transport ? bench::network_program(arcs, links)
                                                      : bench::reallocation_program(arcs, links))
                .first;
  }
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

void simplex(benchmark::State& state, std::size_t arcs, Links links, Kind kind) {
  const Program& p = program(arcs, links, kind);
  lode::optimize::Solution solution;
  for (auto _ : state) {
    lode::optimize::Simplex solver;
    solution = solver.solve(p);
    benchmark::DoNotOptimize(solution);
  }
  if (solution.status != lode::optimize::Status::optimal) state.SkipWithError(to_string(solution.status));
  state.counters["iterations"] = solution.iterations;
  state.counters["certificate"] = solution.certificate.worst();
}

void load(ClpSimplex& model, const Program& p) {
  const auto plain = [](const Eigen::VectorXd& bounds) {
    return bounds.cwiseMax(-COIN_DBL_MAX).cwiseMin(COIN_DBL_MAX).eval();
  };
  const Eigen::VectorXd lower = plain(p.lower);
  const Eigen::VectorXd upper = plain(p.upper);
  const Eigen::VectorXd row_lower = plain(p.row_lower);
  const Eigen::VectorXd row_upper = plain(p.row_upper);
  model.setLogLevel(0);
  model.loadProblem(static_cast<int>(p.gradient.size()), static_cast<int>(p.row_lower.size()), p.rows.outerIndexPtr(),
                    p.rows.innerIndexPtr(), p.rows.valuePtr(), lower.data(), upper.data(), p.gradient.data(),
                    row_lower.data(), row_upper.data());
}

void clp(benchmark::State& state, std::size_t arcs, Links links, Kind kind, ClpSolve::SolveType method) {
  const Program& p = program(arcs, links, kind);
  double objective = 0.0;
  int iterations = 0;
  for (auto _ : state) {
    ClpSimplex model;
    load(model, p);
    ClpSolve options;
    options.setSolveType(method);
    model.initialSolve(options);
    objective = model.objectiveValue();
    iterations = model.numberIterations();
  }
  state.counters["iterations"] = iterations;
  lode::optimize::Simplex solver;
  const double ours = solver.solve(p).objective;
  if (!(std::abs(ours - objective) <= 1e-6 * (1.0 + std::abs(objective)))) state.SkipWithError("answers differ");
}

/// 100 shocks; fewer where a minute would not do.
std::size_t shocks(std::size_t arcs) {
  return arcs > 5000 ? 10 : 100;
}

const std::vector<Program>& shocked(std::size_t arcs, Links links) {
  static std::map<std::pair<std::size_t, Links>, std::vector<Program>> cache;
  std::vector<Program>& programs = cache[{arcs, links}];
  while (programs.size() < shocks(arcs)) {
    programs.push_back(bench::shocked_program(program(arcs, links, Kind::reallocation), programs.size() + 1));
  }
  return programs;
}

/// Every shock from the basis of the base year, or each from the last.
void warm_simplex(benchmark::State& state, std::size_t arcs, Links links, bool from_base) {
  const std::vector<Program>& programs = shocked(arcs, links);
  lode::optimize::Simplex solver;
  solver.solve(program(arcs, links, Kind::reallocation));
  const lode::optimize::Basis start = solver.basis();
  int iterations = 0;
  for (auto _ : state) {
    iterations = 0;
    for (const Program& p : programs) {
      const lode::optimize::Solution solution = from_base ? solver.solve(p, start) : solver.solve(p);
      if (solution.status != lode::optimize::Status::optimal) state.SkipWithError(to_string(solution.status));
      iterations += solution.iterations;
    }
  }
  state.counters["iterations"] = iterations / static_cast<double>(programs.size());
}

/// One model throughout: sides that differ are set, the quota is replaced, and the dual method runs.
void warm_clp(benchmark::State& state, std::size_t arcs, Links links, bool from_base) {
  const std::vector<Program>& programs = shocked(arcs, links);
  const Program& base = program(arcs, links, Kind::reallocation);
  const auto n = static_cast<int>(base.gradient.size());
  const auto m = static_cast<int>(base.row_lower.size());
  ClpSimplex model;
  load(model, base);
  model.dual();
  const std::vector<unsigned char> start(model.statusArray(), model.statusArray() + n + m);
  std::vector<std::pair<std::vector<int>, std::vector<double>>> quotas(programs.size());
  for (std::size_t k = 0; k < programs.size(); ++k) {
    for (int j = 0; j < n; ++j) {
      for (Eigen::SparseMatrix<double>::InnerIterator it(programs[k].rows, j); it; ++it) {
        if (it.row() != m) continue;
        quotas[k].first.push_back(j);
        quotas[k].second.push_back(it.value());
      }
    }
  }
  int iterations = 0;
  std::vector<double> objectives(programs.size());
  for (auto _ : state) {
    iterations = 0;
    for (std::size_t k = 0; k < programs.size(); ++k) {
      const Program& p = programs[k];
      if (model.numberRows() > m) model.deleteRows(1, &m);
      if (from_base) std::copy(start.begin(), start.end(), model.statusArray());
      model.addRow(static_cast<int>(quotas[k].first.size()), quotas[k].first.data(), quotas[k].second.data(),
                   -COIN_DBL_MAX, p.row_upper[m]);
      for (int j = 0; j < n; ++j) {
        const double upper = std::min(p.upper[j], COIN_DBL_MAX);
        if (model.columnUpper()[j] != upper) model.setColumnUpper(j, upper);
      }
      for (int i = 0; i < m; ++i) {
        const double upper = std::min(p.row_upper[i], COIN_DBL_MAX);
        if (model.rowUpper()[i] != upper) model.setRowUpper(i, upper);
      }
      model.dual();
      iterations += model.numberIterations();
      objectives[k] = model.objectiveValue();
    }
  }
  state.counters["iterations"] = iterations / static_cast<double>(programs.size());
  lode::optimize::Simplex solver;
  for (std::size_t k = 0; k < programs.size(); ++k) {
    const double ours = solver.solve(programs[k]).objective;
    if (!(std::abs(ours - objectives[k]) <= 1e-6 * (1.0 + std::abs(ours)))) state.SkipWithError("answers differ");
  }
}

std::string name(const char* what, Links links, std::size_t arcs, Kind kind = Kind::transport) {
  return std::string(what) + (kind == Kind::transport ? "" : "_reallocation") +
         (links == Links::chain ? "/chain/" : "/random/") + std::to_string(arcs);
}

constexpr std::size_t sizes[] = {500, 5000, 20000};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const Links links : {Links::chain, Links::random}) {
    for (const std::size_t arcs : sizes) {
      bench::common(
          benchmark::RegisterBenchmark(name("minimise", links, arcs).c_str(), interior_point, arcs, links, true));
      // The largest takes a quarter of a minute a time.
      if (links == Links::chain || arcs < 20000) {
        bench::common(
            benchmark::RegisterBenchmark(name("solve_again", links, arcs).c_str(), interior_point, arcs, links, false));
      }
      for (const Kind kind : {Kind::transport, Kind::reallocation}) {
        bench::common(
            benchmark::RegisterBenchmark(name("simplex", links, arcs, kind).c_str(), simplex, arcs, links, kind));
        bench::common(benchmark::RegisterBenchmark(name("clp_dual", links, arcs, kind).c_str(), clp, arcs, links, kind,
                                                   ClpSolve::useDual));
        bench::common(benchmark::RegisterBenchmark(name("clp_primal", links, arcs, kind).c_str(), clp, arcs, links,
                                                   kind, ClpSolve::usePrimal));
      }
      for (const bool from_base : {true, false}) {
        const char* ours = from_base ? "shocks_from_base" : "shocks_in_turn";
        const char* theirs = from_base ? "clp_shocks_from_base" : "clp_shocks_in_turn";
        bench::common(
            benchmark::RegisterBenchmark(name(ours, links, arcs).c_str(), warm_simplex, arcs, links, from_base));
        bench::common(
            benchmark::RegisterBenchmark(name(theirs, links, arcs).c_str(), warm_clp, arcs, links, from_base));
      }
    }
  }
  bench::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);

  const auto time = [&reporter](const std::string& what) { return bench::common_median(reporter, what); };
  std::printf("\nRatios of medians in this run\n");
  for (const Links links : {Links::chain, Links::random}) {
    for (const std::size_t arcs : sizes) {
      const std::string shape =
          std::string(links == Links::chain ? "chain" : "random") + ", " + std::to_string(arcs) + " arcs";
      for (const Kind kind : {Kind::transport, Kind::reallocation}) {
        const double best =
            std::min(time(name("clp_dual", links, arcs, kind)), time(name("clp_primal", links, arcs, kind)));
        if (best <= 0.0) continue;
        const std::string costs = kind == Kind::transport ? "" : ", flows without cost";
        if (kind == Kind::transport) {
          bench::print_ratio(shape + ": interior point / CLP's best", time(name("minimise", links, arcs)) / best, 1.0,
                             false);
        }
        bench::print_ratio(shape + costs + ": simplex / CLP's best", time(name("simplex", links, arcs, kind)) / best,
                           1.0, false);
      }
      for (const bool from_base : {true, false}) {
        const double ours = time(name(from_base ? "shocks_from_base" : "shocks_in_turn", links, arcs));
        const double clps = time(name(from_base ? "clp_shocks_from_base" : "clp_shocks_in_turn", links, arcs));
        if (ours <= 0.0 || clps <= 0.0) continue;
        bench::print_ratio(shape + ", shocks " + (from_base ? "from the base year" : "in turn") + ": CLP / simplex",
                           clps / ours, 2.0, true);
      }
    }
  }
  return 0;
}
