// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// A chain of three nodes in code: a mine, a refiner and an end use. The refiner loses 30 % of its capacity.
//
// Output:
//   base year: 0 t/yr of Dysprosium short
//   fire: 5.4 of 18 t/yr of Dysprosium short
//   longnan runs at 100 % of its base year
//   ganzhou runs at 70 % of its base year
//   balances hold, interval around the answer below 1e-12
#include <iostream>

#include <lode/lode.hpp>

using namespace lode::literals;

int main() {
  lode::NetworkBuilder world;
  world.add_country("CHN", "China");
  world.add_country("JPN", "Japan");
  const auto dy = world.add_material("dy", "Dysprosium");
  const auto clay = world.add_commodity("clay", lode::Stage::mining, {{dy, 0.02}});  // t of Dy in 1 t
  const auto oxide = world.add_commodity("dy_oxide", lode::Stage::separation, {{dy, 0.87}});

  const auto longnan = world.add_mine("longnan", "CHN", {.makes = clay, .baseline = 1000.0_t_per_yr});
  const auto ganzhou = world.add_refiner("ganzhou", "CHN", {.feeds = {clay}, .recovers = {{oxide, 0.9}}});
  const double made = 1000.0 * 0.02 * 0.9 / 0.87;  // t/yr of oxide
  const auto motors = world.add_end_use("motors", "JPN", {.takes = oxide, .demand = made * lode::tonnes_per_year});

  world.add_route(longnan, ganzhou, clay, 1000.0_t_per_yr);
  world.add_route(ganzhou, motors, oxide, made * lode::tonnes_per_year);
  const lode::Network network = world.build();  // throws InvalidNetwork with every problem

  const lode::Result before = lode::propagate(network, lode::Scenario{"base-year"});
  std::cout << "base year: " << before.materials[0].shortfall.in(lode::tonnes_per_year)
            << " t/yr of Dysprosium short\n";

  lode::Scenario fire{"fire"};
  fire.limit_capacity({.facility = "ganzhou", .factor = 0.7});
  const lode::Result after = lode::propagate(network, fire);
  const lode::MaterialResult& short_of = after.materials[0];
  std::cout << after.scenario << ": " << short_of.shortfall.in(lode::tonnes_per_year) << " of "
            << short_of.demanded.in(lode::tonnes_per_year) << " t/yr of " << short_of.name << " short\n";
  for (const lode::FacilityResult& facility : after.facilities) {
    std::cout << network[facility.id].id << " runs at " << 100.0 * facility.utilisation << " % of its base year\n";
  }
  const bool exact = after.certificate.mass_balance < 1e-12 && after.certificate.gap < 1e-12;
  std::cout << (exact ? "balances hold, interval around the answer below 1e-12\n" : "look at the certificate\n");
}
