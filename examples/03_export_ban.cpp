// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// An export ban of your own, in steps: China lets less and less of its dysprosium and terbium out, with and without an
// exemption for Japan. One Propagator is set up once and runs all steps side by side.
//
// Output:
//   China lets out    short of dysprosium, t/yr
//                     all alike    Japan spared
//         100 %              0.0             0.0
//          75 %             35.7             8.4
//          50 %             71.4            16.8
//          25 %            107.2            25.2
//           0 %            142.9            33.6
#include <cstdio>
#include <string>
#include <vector>

#include <lode/lode.hpp>

namespace {

lode::Scenario ban(double share, bool spare_japan) {
  lode::Scenario scenario{"share-" + std::to_string(share)};
  lode::ExportShock shock{.country = "CHN", .commodity = {"dy_oxide", "tb_oxide", "dy_metal", "tb_metal"}};
  shock.factor = share;
  if (spare_japan) shock.except = "JPN";
  scenario.restrict_exports(shock);
  return scenario;
}

}  // namespace

int main() {
  const lode::Network& network = lode::datasets::rare_earth_magnets_2024().network;
  const std::vector<double> shares = {1.0, 0.75, 0.5, 0.25, 0.0};

  std::vector<lode::Disruption> disruptions;  // scenarios with names looked up; misspelt ids would throw here
  for (const bool spare_japan : {false, true}) {
    for (const double share : shares) disruptions.push_back(lode::resolve(network, ban(share, spare_japan)));
  }

  lode::Propagator propagator{network};
  lode::Outcomes outcomes;
  propagator.run(disruptions, outcomes);

  const lode::MaterialId dy = *network.find_material("dy");
  std::printf("China lets out    short of dysprosium, t/yr\n");
  std::printf("                  all alike    Japan spared\n");
  for (std::size_t i = 0; i < shares.size(); ++i) {
    std::printf("%9.0f %%       %10.1f      %10.1f\n", 100.0 * shares[i],
                outcomes.shortfall(dy, i).in(lode::tonnes_per_year),
                outcomes.shortfall(dy, i + shares.size()).in(lode::tonnes_per_year));
  }
}
