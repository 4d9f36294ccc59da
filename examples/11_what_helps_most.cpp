// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// What helps most: after the licences of April 2025, where would one tonne more lower the shortfall of dysprosium,
// while nobody reroutes and while everybody adapts? All parameters at once, from one sweep back through the network.
//
// Output:
//   propagate: short of 444.6 t/yr
//     openness  cn_magnets_ht > deu_ev_ht   magnet_ht  -0.0140 t per t more,  0.0140 per t less
//     openness  cn_magnets_ht > deu_auto_ht magnet_ht  -0.0140 t per t more,  0.0140 per t less
//     openness  cn_magnets_ht > deu_wind_ht magnet_ht  -0.0140 t per t more,  0.0140 per t less
//     openness  cn_magnets_ht > deu_consumer_ht magnet_ht  -0.0140 t per t more,  0.0140 per t less
//     openness  cn_magnets_ht > deu_industry_ht magnet_ht  -0.0140 t per t more,  0.0140 per t less
//   reallocate: short of 429.1 t/yr
//     reserve   jp_magnets_ht               tb_metal   -3.9030 t per t more,  3.9030 per t less
//     reserve   kr_magnets                  tb_metal   -3.9030 t per t more,  3.9030 per t less
//     reserve   de_magnets                  tb_metal   -3.9030 t per t more,  3.9030 per t less
//     reserve   us_magnets                  tb_metal   -3.9030 t per t more,  3.9030 per t less
//     quota     licences                    tb_metal   -3.9030 t per t more,  3.9030 per t less
#include <cstdio>

#include <lode/lode.hpp>

namespace {

void print(const lode::Network& network, const lode::Sensitivity& what) {
  std::printf("%s: short of %.1f t/yr\n", std::string(lode::to_string(what.model)).c_str(), what.shortfall);
  for (const std::size_t p : lode::most_helpful(what, 5)) {
    const lode::Parameter& parameter = (*what.parameters)[p];
    std::string place = parameter.place.valid() ? network.id(parameter.place) : "licences";
    if (parameter.route.valid()) place += " > " + network.id(network[parameter.route].to);
    const std::string goods = parameter.commodity.valid() ? network[parameter.commodity].id : "";
    std::printf("  %-9s %-27s %-9s %8.4f t per t more, %7.4f per t less%s\n",
                std::string(lode::to_string(parameter.kind)).c_str(), place.c_str(), goods.c_str(), *what.up(p),
                *what.down(p), what.is_kink(p) ? " (kink)" : "");
  }
}

}  // namespace

int main() {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const lode::Network& network = magnets.network;
  const lode::Scenario& licences = *magnets.find_scenario("april-2025-licensing");
  const lode::SensitivityTarget dysprosium{.material = network.find_material("dy")};

  for (const lode::StaticModel model : {lode::StaticModel::propagate, lode::StaticModel::reallocate}) {
    const lode::Sensitivity what = lode::sensitivity(network, licences, dysprosium, {.model = model});
    if (what.status != lode::SolveStatus::solved) return 1;
    print(network, what);
  }
}
