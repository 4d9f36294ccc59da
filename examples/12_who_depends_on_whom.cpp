// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// Who depends on whom behind tier one: of the dysprosium and terbium that reach a country's end uses, the share that
// China made into magnets, into metal, separated and mined; and where Myanmar's ore ends up.
//
// Output:
//   Dysprosium: % that China handled last, by stage
//     China            mining  38.3  separation  99.9  metal  99.4  magnet  99.1
//     United States    mining  38.3  separation  99.1  metal  92.5  magnet  91.2
//     Japan            mining  38.3  separation  93.9  metal  48.9  magnet   9.4
//     South Korea      mining  38.3  separation 100.0  metal 100.0  magnet  89.9
//     Germany          mining  38.3  separation  99.8  metal  98.3  magnet  91.5
//     Myanmar mines 744 t/yr; of that end uses receive  CHN 354  JPN 46  DEU 41  USA 26 t/yr
//   Terbium: % that China handled last, by stage
//     China            mining  41.6  separation  99.9  metal  99.4  magnet  99.1
//     United States    mining  41.5  separation  99.1  metal  92.5  magnet  91.2
//     Japan            mining  41.0  separation  93.9  metal  48.9  magnet   9.4
//     South Korea      mining  41.6  separation 100.0  metal 100.0  magnet  89.9
//     Germany          mining  41.6  separation  99.8  metal  98.3  magnet  91.5
//     Myanmar mines 121 t/yr; of that end uses receive  CHN 59  JPN 8  DEU 7  USA 4 t/yr
//   shares add up to 1 within 1e-12: yes
#include <algorithm>
#include <cstdio>

#include <lode/lode.hpp>

int main() {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const lode::Network& network = magnets.network;
  const lode::Exposure base = lode::exposure(network);
  if (base.status != lode::SolveStatus::solved) return 1;
  const std::size_t china = network.find_country("CHN")->index();
  const lode::CountryId myanmar = *network.find_country("MMR");

  for (const char* const id : {"dy", "tb"}) {
    const lode::MaterialExposure& material = base.materials[network.find_material(id)->index()];
    std::printf("%s: %% that China handled last, by stage\n", network[material.id].name.c_str());
    for (const lode::UserExposure& user : material.countries) {
      if (user.received < (id[0] == 'd' ? 60.0 : 11.0)) continue;
      std::printf("  %-15s", network[user.country].name.c_str());
      for (const lode::StageExposure& stage : user.stages) {
        std::printf("  %s %5.1f", std::string(to_string(stage.stage)).c_str(), 100.0 * stage.countries[china]);
      }
      std::printf("\n");
    }
    for (const lode::Destination& row : material.destinations) {
      if (row.country != myanmar) continue;
      std::printf("  Myanmar mines %.0f t/yr; of that end uses receive", row.handled);
      for (const char* const country : {"CHN", "JPN", "DEU", "USA"}) {
        std::printf("  %s %.0f", country, row.users[network.find_country(country)->index()]);
      }
      std::printf(" t/yr\n");
    }
  }
  std::printf("shares add up to 1 within 1e-12: %s\n", base.mass_balance < 1e-12 ? "yes" : "no");
}
