// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>

#include <lode/network_builder.hpp>

/// Loops whose answer is known in closed form.
namespace lode_test {

/// n plants in a ring, each the only supplier of the next but for the first: it takes `gain` of its need from the last
/// and the rest from a mine. With `separators` the plants are separators of one material, which they pass on whole.
struct Ring {
  std::size_t plants = 2;
  double gain = 0.5;
  double criticality = 1.0;  ///< of the first plant's input
  bool separators = false;
  double baseline = 1.0;  ///< of the plants; powers of two keep the weights exact
};

inline std::string ring_plant(std::size_t i) {
  return std::string("p").append(std::to_string(i));
}

/// Facility 0 is the mine, 1 .. n the plants; route 0 leads from the mine to the first plant (if gain < 1), the last
/// route from the last plant to the first.
inline lode::Network build_ring(const Ring& ring) {
  using lode::tonnes_per_year;
  lode::NetworkBuilder world;
  world.add_country("AAA");
  const lode::MaterialId m = world.add_material("m");
  const lode::CommodityId mix = world.add_commodity("mix", lode::Stage::separation, {{m, 1.0}});
  const double fresh = (1.0 - ring.gain) * ring.baseline;
  const lode::FacilityId mine = world.add_mine("mine", "AAA", {.makes = mix, .baseline = 1.0 * tonnes_per_year});
  for (std::size_t i = 0; i < ring.plants; ++i) {
    if (ring.separators) {
      world.add_refiner(ring_plant(i), "AAA", {.feeds = {mix}, .recovers = {{mix, 1.0}}});
    } else {
      const double criticality = i == 0 ? ring.criticality : 1.0;
      world.add_plant(
          ring_plant(i), "AAA",
          {.uses = {{mix, 1.0, criticality}}, .makes = {{mix}}, .baseline = ring.baseline * tonnes_per_year});
    }
  }
  if (fresh > 0.0) world.add_route(mine, ring_plant(0), mix, fresh * tonnes_per_year);
  // What the last plant does not send back is what the mine adds.
  for (std::size_t i = 0; i + 1 < ring.plants; ++i) {
    world.add_route(ring_plant(i), ring_plant(i + 1), mix, ring.baseline * tonnes_per_year);
  }
  world.add_route(ring_plant(ring.plants - 1), ring_plant(0), mix, ring.gain * ring.baseline * tonnes_per_year);
  return world.build();
}

}  // namespace lode_test
