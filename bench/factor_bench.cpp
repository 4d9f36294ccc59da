// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// Would CHOLMOD help? Reallocation factorises S = A V A', the coupling of balances by the flows they share, a few times
// a scenario. This times the library's own factorisation of S and CHOLMOD's, supernodal with the BLAS that is
// installed.

#include <benchmark/benchmark.h>
#include <suitesparse/cholmod.h>

#include <cstdio>
#include <map>
#include <string>
#include <utility>

#include <lode/detail/allocation_program.hpp>
#include <lode/optimize/symmetric_solver.hpp>

#include "ratios.hpp"
#include "trade_network.hpp"

namespace {

using bench::Trade;
using Sparse = Eigen::SparseMatrix<double>;

/// The lower triangle of A A' + 1e-3, A the balances of a network.
const Sparse& coupling(std::size_t routes, Trade trade) {
  static std::map<std::pair<std::size_t, Trade>, Sparse> cache;
  const auto found = cache.find({routes, trade});
  if (found != cache.end()) return found->second;
  lode::detail::AllocationProgram allocation(bench::trade_network(routes, trade));
  allocation.load({});
  const Sparse& rows = allocation.program.rows;
  Sparse identity(rows.rows(), rows.rows());
  identity.setIdentity();
  const Sparse whole = Sparse(rows * rows.transpose()) + 1e-3 * identity;
  return cache.emplace(std::pair(routes, trade), whole.triangularView<Eigen::Lower>()).first->second;
}

void own(benchmark::State& state, std::size_t routes, Trade trade, bool analyse) {
  const Sparse& lower = coupling(routes, trade);
  lode::optimize::SymmetricSolver solver;
  solver.analyse(lower);
  for (auto _ : state) {
    if (analyse) solver.analyse(lower);
    if (!solver.factorise(lower)) state.SkipWithError("not factorised");
  }
  state.counters["nonzeros"] = static_cast<double>(solver.lower_factor().nonZeros());
}

void cholmod(benchmark::State& state, std::size_t routes, Trade trade, bool analyse) {
  Sparse lower = coupling(routes, trade);
  cholmod_common common;
  cholmod_start(&common);
  common.supernodal = CHOLMOD_SUPERNODAL;
  cholmod_sparse view{};
  view.nrow = view.ncol = static_cast<std::size_t>(lower.rows());
  view.nzmax = static_cast<std::size_t>(lower.nonZeros());
  view.p = lower.outerIndexPtr();
  view.i = lower.innerIndexPtr();
  view.x = lower.valuePtr();
  view.stype = -1;
  view.itype = CHOLMOD_INT;
  view.xtype = CHOLMOD_REAL;
  view.dtype = CHOLMOD_DOUBLE;
  view.sorted = view.packed = 1;
  cholmod_factor* factor = cholmod_analyze(&view, &common);
  for (auto _ : state) {
    if (analyse) {
      cholmod_free_factor(&factor, &common);
      factor = cholmod_analyze(&view, &common);
    }
    if (cholmod_factorize(&view, factor, &common) == 0) state.SkipWithError("not factorised");
  }
  state.counters["nonzeros"] = common.lnz;
  cholmod_free_factor(&factor, &common);
  cholmod_finish(&common);
}

std::string name(const char* what, Trade trade, std::size_t routes) {
  return std::string(what) + (trade == Trade::chain ? "/chain/" : "/random/") + std::to_string(routes);
}

constexpr std::size_t sizes[] = {500, 5000, 20000};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const Trade trade : {Trade::chain, Trade::random}) {
    for (const std::size_t routes : sizes) {
      for (const bool analyse : {true, false}) {
        const std::string suffix = analyse ? "_fresh" : "_again";
        bench::common(benchmark::RegisterBenchmark(name(("own" + suffix).c_str(), trade, routes).c_str(), own, routes,
                                                   trade, analyse));
        bench::common(benchmark::RegisterBenchmark(name(("cholmod" + suffix).c_str(), trade, routes).c_str(), cholmod,
                                                   routes, trade, analyse));
      }
    }
  }
  bench::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  const auto time = [&reporter](const std::string& what) { return bench::common_median(reporter, what); };
  std::printf("\nRatios of medians in this run\n");
  for (const Trade trade : {Trade::chain, Trade::random}) {
    for (const std::size_t routes : sizes) {
      for (const char* suffix : {"_fresh", "_again"}) {
        const double theirs = time(name((std::string("cholmod") + suffix).c_str(), trade, routes));
        const double ours = time(name((std::string("own") + suffix).c_str(), trade, routes));
        if (theirs <= 0.0 || ours <= 0.0) continue;
        bench::print_ratio(name((std::string("own / CHOLMOD") + suffix).c_str(), trade, routes), ours / theirs, 1.0,
                           false);
      }
    }
  }
  return 0;
}
