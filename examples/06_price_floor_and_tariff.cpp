// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// Who pays for a price floor, and who for a tariff? Two mines, one abroad, sell oxide to a metal maker at home. The
// floor is paid by the treasury and makes oxide cheaper; the tariff is paid by the metal maker and by the mine abroad.
//
// Output:
//   base year  price 55000 USD/t, home 100 t, imports 300 t
//   floor      price 50000 USD/t, home 120 t, imports 295 t, budget 7.2 million USD
//   tariff     price 60000 USD/t, home 102 t, imports 284 t, revenue 5.7 million USD
#include <cstdio>

#include <lode/lode.hpp>

using namespace lode::literals;
using lode::tonnes_per_year;

int main() {
  lode::NetworkBuilder world;
  for (const char* country : {"USA", "CHN"}) world.add_country(country);
  const lode::CommodityId oxide = world.add_commodity("oxide", lode::Stage::separation);
  world.add_mine("home", "USA", {.makes = oxide, .baseline = 100_t_per_yr, .elasticity = 0.2});
  world.add_mine("abroad", "CHN", {.makes = oxide, .baseline = 300_t_per_yr, .elasticity = 0.2});
  world.add_end_use("metal", "USA", {.takes = oxide, .demand = 400_t_per_yr, .elasticity = -0.4});
  world.add_route("home", "metal", oxide, 100_t_per_yr);
  world.add_route("abroad", "metal", oxide, 300_t_per_yr);
  const lode::Price price{oxide, {}, 2024, 55000_usd_per_t, {}};  // of the world: no country is named

  lode::Scenario floor{"floor"}, tariff{"tariff"};
  floor.guarantee_price({.facility = "home", .commodity = "oxide", .price = 110000.0});
  tariff.add_tariff({.country = "USA", .partners = "CHN", .rate = 0.5});

  lode::Market market(world.build(), {&price, 1}, 2024);
  for (const lode::Scenario& scenario : {lode::Scenario{"base year"}, floor, tariff}) {
    const lode::EquilibriumResult result = market.run(scenario);
    if (result.status != lode::SolveStatus::solved) return 1;
    std::printf("%-9s  price %5.0f USD/t, home %3.0f t, imports %3.0f t", scenario.name.c_str(),
                result.end_uses[0].price.in(lode::usd_per_tonne), result.routes[0].flow.in(tonnes_per_year),
                result.routes[1].flow.in(tonnes_per_year));
    for (const auto& row : result.price_floors) std::printf(", budget %.1f million USD", row.budget / 1e6);
    for (const auto& row : result.tariffs) std::printf(", revenue %.1f million USD", row.revenue / 1e6);
    std::printf("\n");
  }
}
