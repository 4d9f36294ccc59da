// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// The shortfall between two bounds: everybody adapts, nobody reroutes. What adapting saves, which way to adapt saves
// it, and what a licence for one more tonne would be worth.
//
// Output:
//   China licenses dysprosium, terbium and the magnets that contain them (April 2025)
//     Neodymium and praseodymium    8839 ..  9219 of 57722 t/yr short
//     Dysprosium                     429 ..   445 of  1571 t/yr short
//     Terbium                         80 ..    83 of   292 t/yr short
//   magnets: 30648 .. 31954 t/yr; closing one way to adapt costs
//     spare_capacity                   0 t/yr
//     rerouting                      618 t/yr
//     new_links                        0 t/yr
//   South Korea is worse off: 1044 .. 1060 t/yr of ndpr
//   Germany is worse off: 1751 .. 1759 t/yr of ndpr
//   one more tonne of licences saves, in t of magnets
//     tb_oxide                       225
//     tb_metal                       279
//     magnet_ht                        1
//   no plan does better
#include <cstdio>

#include <lode/lode.hpp>

int main() {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const lode::Network& network = magnets.network;
  const lode::Scenario& licences = *magnets.find_scenario("april-2025-licensing");

  const lode::BracketResult answer = lode::bracket(network, licences);
  if (answer.status != lode::SolveStatus::solved) return 1;
  std::printf("%s\n", licences.title.c_str());
  for (const lode::BracketRow& row : answer.materials) {
    std::printf("  %-28s %5.0f .. %5.0f of %5.0f t/yr short\n", row.name.c_str(), row.low.in(lode::tonnes_per_year),
                row.high.in(lode::tonnes_per_year), row.demanded.in(lode::tonnes_per_year));
  }
  std::printf("magnets: %.0f .. %.0f t/yr; closing one way to adapt costs\n", answer.total_low, answer.total_high);
  for (const lode::LeverResult& lever : answer.levers) {
    std::printf("  %-28s %5.0f t/yr\n", lode::to_string(lever.lever), lever.worth);
  }

  // The plan may take from one country to give to others. Then its interval is marked.
  for (const lode::BracketCountry& country : answer.countries) {
    const lode::BracketRow& ndpr = country.materials.front();
    if (!ndpr.reversed || ndpr.saved > -5.0 * lode::tonnes_per_year) continue;
    std::printf("%s is worse off: %.0f .. %.0f t/yr of %s\n", country.name.c_str(), ndpr.low.in(lode::tonnes_per_year),
                ndpr.high.in(lode::tonnes_per_year), network[ndpr.id].id.c_str());
  }

  std::printf("one more tonne of licences saves, in t of magnets\n");
  for (const lode::QuotaRent& licence : answer.reallocate.quota_rents) {
    if (licence.rent < 0.01) continue;
    std::printf("  %-28s %5.0f\n", network[licence.commodity].id.c_str(), licence.rent);
  }
  std::printf(answer.reallocate.certificate.gap < 1e-9 ? "no plan does better\n" : "look at the certificate\n");
}
