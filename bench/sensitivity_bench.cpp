// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

/// What all derivatives of one shortfall cost, beside one propagation: by the adjoint alone, and with every kink.
#include <lode/sensitivity.hpp>

#include "chain_network.hpp"
#include "machine_limits.hpp"
#include "ratios.hpp"

namespace {

constexpr std::size_t lines = 10000;
constexpr std::size_t scenarios = 16;

/// Ten random cuts each; with `everywhere` every plant is cut a little, so that hardly anything ties.
std::vector<lode::Disruption> shocks(const lode::Network& network, bool everywhere) {
  std::vector<lode::Disruption> out = bench::cuts(network, scenarios);
  if (!everywhere) return out;
  std::mt19937_64 random(7);
  for (lode::Disruption& disruption : out) {
    disruption.activity.clear();
    for (std::size_t f = 0; f < network.facilities().size(); ++f) {
      const double share = static_cast<double>(random() >> 11) * 0x1p-53;
      disruption.activity.push_back({lode::FacilityId{f}, 0.5 + 0.5 * share, 0.0});
    }
  }
  return out;
}

void propagate(benchmark::State& state, double back, bool everywhere) {
  const lode::Network network = bench::chain_network(lines, bench::Suppliers::nearby, back);
  const std::vector<lode::Disruption> cuts = shocks(network, everywhere);
  lode::Propagator propagator(network);
  lode::Outcomes outcomes;
  std::size_t next = 0;
  for (auto _ : state) {
    propagator.run(std::span(cuts).subspan(next, 1), outcomes);
    next = (next + 1) % cuts.size();
  }
}

void propagate_result(benchmark::State& state, double back, bool everywhere) {
  const lode::Network network = bench::chain_network(lines, bench::Suppliers::nearby, back);
  const std::vector<lode::Disruption> cuts = shocks(network, everywhere);
  lode::Propagator propagator(network);
  lode::Result result;
  std::size_t next = 0;
  for (auto _ : state) {
    propagator.run(cuts[next], result);
    next = (next + 1) % cuts.size();
  }
}

void derivatives(benchmark::State& state, double back, bool everywhere, bool kinks) {
  const lode::Network network = bench::chain_network(lines, bench::Suppliers::nearby, back);
  const std::vector<lode::Disruption> cuts = shocks(network, everywhere);
  lode::Differentiator differentiator(network, {.kinks = kinks});
  std::vector<lode::Sensitivity> answers;
  const lode::SensitivityTarget target;
  std::size_t next = 0;
  for (auto _ : state) {
    differentiator.run(cuts[next], {&target, 1}, answers);
    next = (next + 1) % cuts.size();
  }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const bool everywhere : {false, true}) {
    const std::string shape = everywhere ? "all_cut" : "ten_cut";
    for (const double back : {0.0, 0.05}) {
      const std::string name = shape + (back > 0.0 ? "/loops" : "/acyclic");
      bench::common(benchmark::RegisterBenchmark(("propagate/" + name).c_str(), propagate, back, everywhere));
      bench::common(benchmark::RegisterBenchmark(("result/" + name).c_str(), propagate_result, back, everywhere));
      bench::common(benchmark::RegisterBenchmark(("adjoint/" + name).c_str(), derivatives, back, everywhere, false));
      if (back == 0.0) {
        bench::common(benchmark::RegisterBenchmark(("kinks/" + name).c_str(), derivatives, back, everywhere, true));
      }
    }
  }
  bench::register_limits();
  bench::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  const auto ratio = [&reporter](const std::string& a, const std::string& b) {
    const double below = bench::common_median(reporter, b);
    return below > 0.0 ? bench::common_median(reporter, a) / below : 0.0;
  };
  std::printf("\nRatios of medians in this run\n");
  for (const std::string shape : {"ten_cut", "all_cut"}) {
    bench::print_ratio("1e4 lines, acyclic, " + shape + ": all derivatives / propagate with its result",
                       ratio("adjoint/" + shape + "/acyclic", "result/" + shape + "/acyclic"), 4, false);
    // Ten cuts move a part of the network, and totals alone are propagated through no more than that.
    if (shape == "all_cut") {
      bench::print_ratio("1e4 lines, acyclic, " + shape + ": all derivatives / propagate, totals alone",
                         ratio("adjoint/" + shape + "/acyclic", "propagate/" + shape + "/acyclic"), 4, false);
    }
    bench::print_ratio("1e4 lines, 5 % back, " + shape + ": all derivatives / propagate, totals alone",
                       ratio("adjoint/" + shape + "/loops", "propagate/" + shape + "/loops"), 4, false);
    // Forward and back, an arc is a share, where it comes from and what is left there; back, a derivative is written too.
    constexpr double arcs = 36000.0;
    bench::print_shares(reporter, shape + ", all derivatives", (20.0 + 36.0) * arcs, (2.0 + 4.0) * arcs,
                        bench::common_median(reporter, "adjoint/" + shape + "/acyclic"));
  }
  return 0;
}
