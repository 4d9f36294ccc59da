// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// How long the stocks last: when nothing leaves China any more, and when a single plant stops. Time to survive is until
// the first end use runs short, time to recover from the plant's return until all are served again.
//
// Output:
//   China stops every export from 2024-12-30 on
//     United States      short of Dysprosium after 119 days, at worst in 2026-02
//     India              short of Dysprosium after 119 days, at worst in 2025-04
//     Thailand           short of Dysprosium after  91 days, at worst in 2026-01
//     Vietnam            short of Dysprosium after  91 days, at worst in 2025-03
//     Japan              short of Dysprosium after 226 days, at worst in 2025-12
//     South Korea        short of Dysprosium after  91 days, at worst in 2025-04
//     Germany            short of Dysprosium after 123 days, at worst in 2026-02
//     Italy              short of Dysprosium after 119 days, at worst in 2025-04
//     Poland             short of Dysprosium after 119 days, at worst in 2025-04
//     Other EU           short of Dysprosium after 119 days, at worst in 2026-02
//     Other Asia         short of Dysprosium after  91 days, at worst in 2025-03
//     Rest of the world  short of Dysprosium after 119 days, at worst in 2025-04
//   days without a plant until somebody is short, and from its return after 180 days until all are served
//     Standard magnets, China                              87    44
//     High-temperature magnets, China                      90    44
//     NdPr metal, China                                   158    16
//     Terbium metal, China                                158    16
//     Dysprosium metal and ferro-dysprosium, China        158    16
//     High-temperature magnets, Japan                     291     0
//     Separation of ionic clays in southern China (Jiang  400     0
//     NdPr metal and alloy, Japan                         448     0
//   mass balance better than 1e-12: yes
#include <algorithm>
#include <cstdio>
#include <vector>

#include <lode/lode.hpp>

int main() {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const lode::Network& network = magnets.network;

  const lode::Simulation stop = lode::simulate(network, *magnets.find_scenario("china-full-stop"));
  if (stop.status != lode::SolveStatus::solved) return 1;
  std::printf("China stops every export from %s on\n", lode::to_string(stop.dates.front()).c_str());
  for (const lode::CountrySeries& country : stop.countries) {
    const lode::MaterialSeries& dy = country.materials[1];
    if (!dy.first_short || dy.lost < 10.0 * lode::tonnes) continue;
    std::printf("  %-18s short of %s after %3.0f days, at worst in %s\n", country.name.c_str(), dy.name.c_str(),
                dy.survived->in(lode::days), lode::to_string(stop.dates[*dy.deepest]).substr(0, 7).c_str());
  }

  std::vector<lode::PlantSurvival> plants = lode::time_to_survive(network, 180 * lode::days);
  std::erase_if(plants, [](const lode::PlantSurvival& plant) { return !plant.survives; });
  std::stable_sort(plants.begin(), plants.end(), [](const auto& a, const auto& b) { return *a.survives < *b.survives; });
  std::printf("days without a plant until somebody is short, and from its return after 180 days until all are served\n");
  for (std::size_t i = 0; i < std::min<std::size_t>(8, plants.size()); ++i) {
    const lode::PlantSurvival& plant = plants[i];
    std::printf("  %-50.50s %4.0f  %4.0f\n", network[plant.id].name.c_str(), plant.survives->in(lode::days),
                plant.recovers ? plant.recovers->in(lode::days) : -1.0);
  }
  std::printf("mass balance better than 1e-12: %s\n", stop.certificate.mass_balance < 1e-12 ? "yes" : "no");
}
