// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// How long does it take to balance 1,000, 10,000 and 100,000 published flows of a chain-like network, on one core?
// Every figure of the base year (flows, baselines, demands) is measured and off by up to 20 %. `reconcile` is the
// whole: active sets, their last digits, posterior uncertainties, the new network. `interior_point` is the
// least-squares program alone by the method that stands behind it, and what one of its steps costs.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <lode/detail/balance_rows.hpp>
#include <lode/lode.hpp>
#include <lode/optimize/interior_point.hpp>

namespace {

using lode::tonnes_per_year;

/// Ten tiers of plants, four suppliers each within 32 places of the same place in the tier before; the last tier sells
/// to an end use each. Flows are drawn first and balance; then every figure is shaken.
lode::Observations published_chain(std::size_t flows, std::uint64_t seed = 1) {
  constexpr std::size_t tiers = 10, suppliers = 4;
  const std::size_t per_tier = flows / ((tiers - 1) * suppliers + 1);
  std::mt19937_64 random(seed);
  const auto uniform = [&random] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  const auto below = [&random](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  struct Link {
    std::size_t from, to;
    double flow;
  };
  std::vector<Link> links;
  std::vector<double> inflow(tiers * per_tier, 0.0), outflow(tiers * per_tier, 0.0);
  for (std::size_t i = per_tier; i < tiers * per_tier; ++i) {
    std::vector<std::size_t> chosen;
    const std::size_t centre = i - per_tier, first = i / per_tier * per_tier - per_tier;
    while (chosen.size() < std::min(suppliers, per_tier)) {
      const std::size_t low = std::max(first, centre < 32 ? 0 : centre - 32);
      const std::size_t source = std::min(low + below(64), first + per_tier - 1);
      if (std::find(chosen.begin(), chosen.end(), source) == chosen.end()) chosen.push_back(source);
    }
    for (const std::size_t source : chosen) {
      links.push_back({source, i, 10.0 + 90.0 * uniform()});
      outflow[source] += links.back().flow;
      inflow[i] += links.back().flow;
    }
  }
  const auto shaken = [&](double value) { return value * (0.8 + 0.4 * uniform()) * tonnes_per_year; };
  const auto sd = [&](double value) { return value * (0.02 + 0.2 * uniform()) * tonnes_per_year; };
  lode::NetworkBuilder world;
  world.add_country("AAA");
  const auto material = world.add_material("m");
  const auto goods = world.add_commodity("goods", lode::Stage::metal, {{material, 1.0}});
  for (std::size_t i = 0; i < tiers * per_tier; ++i) {
    const std::string id = "p" + std::to_string(i);
    const bool is_last = i >= (tiers - 1) * per_tier;
    const double made = is_last ? 50.0 : std::max(outflow[i], 1.0);
    lode::MakerSpec spec{.makes = {{goods}}, .baseline = shaken(made), .baseline_sd = sd(made)};
    if (i >= per_tier) spec.uses = {{goods, inflow[i] / made}};
    world.add_plant(id, "AAA", spec);
    if (!is_last) continue;
    world.add_end_use("u" + std::to_string(i), "AAA", {.takes = goods, .demand = shaken(50.0), .demand_sd = sd(50.0)});
    world.add_route(id, "u" + std::to_string(i), goods, shaken(50.0), {.flow_sd = sd(50.0)});
  }
  for (const Link& link : links) {
    world.add_route(lode::FacilityId{link.from}, lode::FacilityId{link.to}, goods, shaken(link.flow),
                    {.flow_sd = sd(link.flow)});
  }
  return world.observe();
}

void reconcile(benchmark::State& state, std::size_t flows) {
  static std::map<std::size_t, lode::Observations> cache;
  if (!cache.contains(flows)) cache.emplace(flows, published_chain(flows));
  const lode::Observations& found = cache.at(flows);
  lode::Reconciliation result;
  for (auto _ : state) result = lode::reconcile(found);
  if (result.status != lode::SolveStatus::solved) state.SkipWithError(lode::to_string(result.status));
  state.counters["steps"] = result.iterations;
  state.counters["flows"] = static_cast<double>(found.network.routes().size());
  state.counters["mass_balance"] = result.certificate.mass_balance;
  state.counters["optimality"] = result.certificate.optimality;
}

/// The same problem for the interior point: figures in units of their uncertainties, rows as balances.
lode::optimize::Program least_squares(const lode::Network& network) {
  std::vector<double> figures, sds;
  const auto add = [&](lode::TonnesPerYear figure, std::optional<lode::TonnesPerYear> sd) {
    figures.push_back(figure.in(tonnes_per_year));
    sds.push_back(sd->in(tonnes_per_year));
  };
  for (const auto& row : network.facilities()) add(row.baseline, row.baseline_sd);
  for (const auto& row : network.end_uses()) add(row.demand, row.demand_sd);
  for (const auto& row : network.routes()) add(row.flow, row.flow_sd);
  const auto n = static_cast<Eigen::Index>(figures.size());
  const std::vector<lode::detail::BalanceRow> balances = lode::detail::balance_rows(network);
  std::vector<Eigen::Triplet<double>> entries;
  for (std::size_t i = 0; i < balances.size(); ++i) {
    for (const auto& entry : balances[i].entries) {
      entries.emplace_back(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(entry.column),
                           entry.coefficient * sds[entry.column]);
    }
  }
  lode::optimize::Program program;
  const auto m = static_cast<Eigen::Index>(balances.size());
  program.rows.resize(m, n);
  program.rows.setFromTriplets(entries.begin(), entries.end());
  program.hessian.resize(n, n);
  program.hessian.setIdentity();
  const Eigen::VectorXd centre = Eigen::Map<const Eigen::VectorXd>(figures.data(), n)
                                     .cwiseQuotient(Eigen::Map<const Eigen::VectorXd>(sds.data(), n));
  program.gradient = -centre;
  program.row_lower = Eigen::VectorXd::Zero(m);
  program.row_upper = Eigen::VectorXd::Constant(m, lode::optimize::infinity);
  program.lower = Eigen::VectorXd::Zero(n);
  program.upper = Eigen::VectorXd::Constant(n, lode::optimize::infinity);
  return program;
}

void interior_point(benchmark::State& state, std::size_t flows) {
  const lode::optimize::Program program = least_squares(published_chain(flows).network);
  lode::optimize::Solution solution;
  for (auto _ : state) solution = lode::optimize::minimise(program);
  if (solution.status != lode::optimize::Status::optimal)
    state.SkipWithError(lode::optimize::to_string(solution.status));
  state.counters["steps"] = solution.iterations;
  state.counters["s_per_step"] = benchmark::Counter(
      solution.iterations, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

}  // namespace

int main(int argc, char** argv) {
  for (const std::size_t flows : {1'000, 10'000, 100'000}) {
    benchmark::RegisterBenchmark(("reconcile/" + std::to_string(flows)).c_str(), reconcile, flows)
        ->Unit(benchmark::kMillisecond)
        ->Iterations(flows > 50'000 ? 1 : 5);
    benchmark::RegisterBenchmark(("interior_point/" + std::to_string(flows)).c_str(), interior_point, flows)
        ->Unit(benchmark::kMillisecond)
        ->Iterations(flows > 50'000 ? 1 : 5);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
