// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// The built-in data set and its lead scenario: how short the world and the worst-hit countries are of dysprosium.
//
// Output:
//   Rare-earth magnets, base year 2024: 69 facilities, 1060 routes, 180 end uses
//   China licenses dysprosium, terbium and the magnets that contain them (April 2025)
//   Neodymium and praseodymium     9219 of  57722 t/yr short
//   Dysprosium                      445 of   1571 t/yr short
//   Terbium                          83 of    292 t/yr short
//   Dysprosium, worst first:
//     Japan                  88 t/yr,  75 % of demand
//     Germany                85 t/yr,  75 % of demand
//     United States          53 t/yr,  75 % of demand
#include <algorithm>
#include <cstdio>
#include <vector>

#include <lode/lode.hpp>

int main() {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const lode::Network& network = magnets.network;
  std::printf("%s: %zu facilities, %zu routes, %zu end uses\n", magnets.about.title.c_str(),
              network.facilities().size(), network.routes().size(), network.end_uses().size());

  const lode::Scenario* licences = magnets.find_scenario("april-2025-licensing");
  const lode::Result result = lode::propagate(network, *licences);
  std::printf("%s\n", licences->title.c_str());
  for (const lode::MaterialResult& material : result.materials) {
    std::printf("%-28s %6.0f of %6.0f t/yr short\n", material.name.c_str(),
                material.shortfall.in(lode::tonnes_per_year), material.demanded.in(lode::tonnes_per_year));
  }

  // Materials are in the network's order, in the result of every country too.
  const std::size_t dy = network.find_material("dy")->index();
  std::vector<lode::CountryResult> countries = result.countries;
  std::stable_sort(countries.begin(), countries.end(), [dy](const auto& a, const auto& b) {
    return a.materials[dy].shortfall > b.materials[dy].shortfall;
  });
  countries.resize(3);
  std::printf("Dysprosium, worst first:\n");
  for (const lode::CountryResult& country : countries) {
    const lode::MaterialResult& balance = country.materials[dy];
    std::printf("  %-20s %4.0f t/yr, %3.0f %% of demand\n", country.name.c_str(),
                balance.shortfall.in(lode::tonnes_per_year), 100.0 * (balance.shortfall / balance.demanded));
  }
}
