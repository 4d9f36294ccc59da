// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// The licences of 2025 month by month: what leaves China, what waits for a licence, and what users outside still hold.
//
// Output:
//   high-temperature magnets, t       leave China    wait there  held by users outside
//     2025-01                                2729             0          8573
//     2025-02                                2465             0          8573
//     2025-03                                2729             0          8573
//     2025-04                                 264          5548          8442
//     2025-05                                   0          9561          6755
//     2025-06                                3137         10200          4671
//     2025-07                                6202          6427          5174
//     2025-08                                3858          5177          7803
//     2025-09                                2407          5373          8579
//     2025-10                                2599          5489          8813
//     2025-11                                2599          5527          8655
//     2025-12                                2715          5540          8600
//     2025                                  31704
#include <cstdio>

#include <lode/lode.hpp>

int main() {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const lode::Network& network = magnets.network;
  const lode::CountryId china = *network.find_country("CHN");
  const lode::CommodityId licensed = *network.find_commodity("magnet_ht");

  lode::SimulateOptions options;
  options.start = lode::parse_date("2025-01-01");
  options.end = lode::parse_date("2026-01-01");
  options.step_days = 1;
  const lode::Scenario& licences = *magnets.find_scenario("april-2025-licensing");
  const lode::Simulation run = lode::by_month(lode::simulate(network, licences, options));
  if (run.status != lode::SolveStatus::solved) return 1;

  std::printf("high-temperature magnets, t       leave China    wait there  held by users outside\n");
  double all = 0.0;
  for (std::size_t month = 0; month < run.dates.size(); ++month) {
    double leaves = 0.0, waits = 0.0, held = 0.0;
    for (const lode::RouteSeries& series : run.routes) {
      const lode::Route& route = network[series.id];
      if (route.commodity != licensed || network.country(route.from) != china || network.country(route.to) == china) {
        continue;
      }
      leaves += series.shipped[month];
      waits += series.held[month];
    }
    for (const lode::EndUseSeries& use : run.end_uses) {
      if (network[use.id].commodity == licensed && network[use.id].country != china) held += use.stock[month];
    }
    all += leaves;
    std::printf("  %-30s %12.0f  %12.0f  %12.0f\n", lode::to_string(run.dates[month]).substr(0, 7).c_str(), leaves, waits, held);
  }
  std::printf("  %-30s %12.0f\n", "2025", all);
}
