// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// Two translation units that include everything make one program, with either target.
#include <iomanip>  // std::quoted must not be taken for the function of that name that Lode has

#include <iostream>

#include <lode/lode.hpp>

#include "two_units.hpp"

int main() {
  using namespace lode::literals;
  lode::NetworkBuilder world;
  world.add_country("AAA");
  world.add_country("BBB");
  const auto dy = world.add_material("dy");
  const auto ore = world.add_commodity("ore", lode::Stage::mining, {{dy, 0.1}});
  const auto oxide = world.add_commodity("oxide", lode::Stage::separation, {{dy, 0.8}});
  const auto mine = world.add_mine("mine", "AAA", {.makes = ore, .baseline = 100_t_per_yr});
  const auto plant = world.add_refiner("plant", "BBB", {.feeds = {ore}, .recovers = {{oxide, 0.8}}});
  const auto cars = world.add_end_use("cars", "BBB", {.takes = oxide, .demand = 10_t_per_yr});
  world.add_route(mine, plant, ore, 100_t_per_yr);
  world.add_route(plant, cars, oxide, 10_t_per_yr);
  const lode::Network network = world.build();
  const double shortfall = shortfall_at_half(network);
  if (shortfall == 5.0 && lode::propagate(network, lode::Scenario{"none"}).total_weighted_shortfall == 0.0) return 0;
  std::cerr << "a shortfall of " << shortfall << " instead of 5\n";
  return 1;
}
