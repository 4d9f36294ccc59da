// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// Lode without its compiled library: networks, scenarios and models; Eigen is all it needs.
//
// Output:
//   Gallium: 20 t/yr short
#include <iostream>

#include <lode/lode.hpp>

int main() {
  using namespace lode::literals;
  lode::NetworkBuilder world;
  world.add_country("CHN");
  const auto ga = world.add_material("ga", "Gallium");
  const auto metal = world.add_commodity("metal", lode::Stage::metal, {{ga, 1.0}});
  const auto plant = world.add_mine("plant", "CHN", {.makes = metal, .baseline = 80_t_per_yr});
  const auto wafers = world.add_end_use("wafers", "CHN", {.takes = metal, .demand = 80_t_per_yr});
  world.add_route(plant, wafers, metal, 80_t_per_yr);

  lode::Scenario outage{"outage"};
  outage.limit_capacity({.facility = "plant", .factor = 0.75});
  const lode::Result result = lode::propagate(world.build(), outage);
  std::cout << result.materials[0].name << ": " << result.materials[0].shortfall.in(lode::tonnes_per_year)
            << " t/yr short\n";
}
