// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// How long does propagation take, for one scenario and for lanes of them, beside Eigen's sparse triangular solve of the
// same linear system and a STREAM triad of the same minute? Every figure is the median of several repetitions.

#include <benchmark/benchmark.h>

#include <Eigen/SparseCore>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include <lode/lode.hpp>

#include "chain_network.hpp"
#include "ratios.hpp"

namespace {

using bench::Suppliers;

/// A network is generated once for all benchmarks that use it.
const lode::Network& network(std::size_t lines, Suppliers suppliers, double back) {
  static std::map<std::tuple<std::size_t, Suppliers, double>, lode::Network> cache;
  const auto key = std::tuple(lines, suppliers, back);
  auto found = cache.find(key);
  if (found == cache.end()) found = cache.emplace(key, bench::chain_network(lines, suppliers, back)).first;
  return found->second;
}

void propagate(benchmark::State& state, std::size_t lines, Suppliers suppliers, double back, std::size_t lanes) {
  lode::Propagator propagator{network(lines, suppliers, back)};
  const std::vector<lode::Disruption> scenarios = bench::cuts(propagator.network(), lanes);
  lode::Outcomes outcomes;
  propagator.run(scenarios, outcomes);  // memory is there before the clock starts
  for (auto _ : state) {
    propagator.run(scenarios, outcomes);
    benchmark::DoNotOptimize(outcomes);
  }
  state.counters["us_per_scenario"] = benchmark::Counter(
      static_cast<double>(lanes) * 1e-6, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// One plant out, as an N-1 ranking asks: only what lies downstream of it is computed.
void outage(benchmark::State& state, std::size_t lines) {
  lode::Propagator propagator{network(lines, Suppliers::nearby, 0.0)};
  std::vector<lode::Disruption> outages(64);
  for (std::size_t i = 0; i < outages.size(); ++i) {
    outages[i].activity.push_back({lode::FacilityId{(i * lines) / outages.size()}, 0.0, 0.0});
  }
  lode::Outcomes outcomes;
  for (const lode::Disruption& outage : outages) propagator.run({&outage, 1}, outcomes);
  std::size_t next = 0;
  for (auto _ : state) {
    propagator.run(std::span(outages).subspan(next, 1), outcomes);
    next = (next + 1) % outages.size();
  }
}

template <int Order>
void eigen_triangular(benchmark::State& state, std::size_t lines, Eigen::Index columns) {
  const lode::FlowSystem system{network(lines, Suppliers::nearby, 0.0)};
  std::vector<Eigen::Triplet<double>> entries;
  for (std::uint32_t line = 0; line < system.lines(); ++line) {
    entries.emplace_back(line, line, 1.0);
    for (std::uint32_t arc = system.line_arcs[line]; arc < system.line_arcs[line + 1]; ++arc) {
      entries.emplace_back(line, system.arc_source[arc], -system.arc_weight[arc]);
    }
  }
  const auto n = static_cast<Eigen::Index>(system.lines());
  Eigen::SparseMatrix<double, Order> matrix(n, n);
  matrix.setFromTriplets(entries.begin(), entries.end());
  const Eigen::MatrixXd rhs = Eigen::MatrixXd::Constant(n, columns, 0.5);
  Eigen::MatrixXd solution = rhs;
  for (auto _ : state) {
    solution = rhs;
    matrix.template triangularView<Eigen::UnitLower>().solveInPlace(solution);
    benchmark::DoNotOptimize(solution.data());
  }
}

/// a = b + s c over arrays far larger than the caches; 24 bytes an element, as STREAM counts.
void triad(benchmark::State& state) {
  constexpr std::size_t size = std::size_t{1} << 23;
  std::vector<double> a(size, 1.0);
  std::vector<double> b(size, 2.0);
  std::vector<double> c(size, 3.0);
  for (auto _ : state) {
    for (std::size_t i = 0; i < size; ++i) a[i] = b[i] + 0.5 * c[i];
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * 24 * size));
}

std::string name(const char* what, std::size_t lines, std::size_t lanes) {
  return std::string(what) + '/' + std::to_string(lines) + '/' + std::to_string(lanes);
}

benchmark::internal::Benchmark* common(benchmark::internal::Benchmark* b) {
  return b->Unit(benchmark::kMicrosecond)->Repetitions(9)->ReportAggregatesOnly(true)->MinTime(0.02);
}

void register_all() {
  for (const std::size_t lines : {100UL, 1000UL, 10000UL, 100000UL}) {
    common(benchmark::RegisterBenchmark(name("outage", lines, 1).c_str(), outage, lines));
    for (const std::size_t lanes : {1UL, 8UL, 16UL, 64UL}) {
      common(benchmark::RegisterBenchmark(name("acyclic", lines, lanes).c_str(), propagate, lines, Suppliers::nearby, 0.0,
                                          lanes));
    }
    for (const Eigen::Index columns : {1, 64}) {
      const auto lanes = static_cast<std::size_t>(columns);
      common(benchmark::RegisterBenchmark(name("eigen_row_major", lines, lanes).c_str(),
                                          eigen_triangular<Eigen::RowMajor>, lines, columns));
      common(benchmark::RegisterBenchmark(name("eigen_col_major", lines, lanes).c_str(),
                                          eigen_triangular<Eigen::ColMajor>, lines, columns));
    }
    for (const std::size_t lanes : {1UL, 8UL, 16UL, 64UL}) {
      common(benchmark::RegisterBenchmark(name("loops_5pct", lines, lanes).c_str(), propagate, lines, Suppliers::nearby,
                                          0.05, lanes));
    }
  }
  common(benchmark::RegisterBenchmark("acyclic_anywhere/100000/64", propagate, std::size_t{100000}, Suppliers::anywhere,
                                      0.0, std::size_t{64}));
  common(benchmark::RegisterBenchmark("triad", triad));
}

/// Bytes that one pass over 64 lanes can not avoid if every u is written once and read once: 8 bytes each, and the arcs.
double compulsory_bytes(std::size_t lines) {
  const lode::FlowSystem system{network(lines, Suppliers::nearby, 0.0)};
  return 2.0 * 8.0 * 64.0 * system.lines() + 12.0 * system.arcs() + 8.0 * system.lines();
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  register_all();
  bench::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);

  const auto time = [&reporter](const std::string& what) {
    return reporter.median(what + "/min_time:0.020/repeats:9");
  };
  const auto ratio = [&time](const std::string& a, const std::string& b) {
    return time(b) > 0.0 ? time(a) / time(b) : 0.0;
  };
  std::printf("\nRatios of medians in this run\n");
  bench::print_ratio("64 lanes, 1e4 lines: Eigen row-major triangular solve / propagate",
                     ratio("eigen_row_major/10000/64", "acyclic/10000/64"), 6, true);
  bench::print_ratio("64 lanes, 1e5 lines: Eigen row-major triangular solve / propagate",
                     ratio("eigen_row_major/100000/64", "acyclic/100000/64"), 3, true);
  bench::print_ratio("one scenario of ten cuts, 1e4 lines: Eigen column-major / propagate",
                     ratio("eigen_col_major/10000/1", "acyclic/10000/1"), 2, true);
  bench::print_ratio("one scenario of ten cuts, 1e4 lines: Eigen row-major / propagate",
                     ratio("eigen_row_major/10000/1", "acyclic/10000/1"), 2, true);
  bench::print_ratio("one plant out, 1e4 lines: Eigen row-major / propagate",
                     ratio("eigen_row_major/10000/1", "outage/10000/1"), 2, true);
  bench::print_ratio("64 lanes, 1e4 lines: 5 % back edges / acyclic", ratio("loops_5pct/10000/64", "acyclic/10000/64"),
                     30, false);
  if (time("triad") > 0.0 && time("acyclic/100000/64") > 0.0) {
    const double triad_bytes = 24.0 * static_cast<double>(std::size_t{1} << 23) / time("triad");
    const double ours = compulsory_bytes(100000) / time("acyclic/100000/64");
    bench::print_ratio("64 lanes, 1e5 lines: compulsory bytes a second / triad", ours / triad_bytes, 0.6, true);
  }
  return 0;
}
