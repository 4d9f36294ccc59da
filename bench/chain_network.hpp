// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <lode/lode.hpp>

/// Networks of a stated shape for the benchmarks, with everything derived from a seed.
namespace bench {

/// What suppliers look like.
enum class Suppliers {
  nearby,   ///< in the tier before, within 32 places: regional clusters, as supply chains have
  anywhere  ///< uniformly in all tiers before: the worst case for caches
};

/// `lines` plants in 10 tiers, 4 suppliers each (fewer links in the first tier, which mines), an end use for every 100th
/// plant. A share `back` of the links leads from a random later plant instead: loops.
inline lode::Network chain_network(std::size_t lines, Suppliers suppliers, double back, std::uint64_t seed = 1) {
  using lode::tonnes_per_year;
  constexpr std::size_t tiers = 10;
  constexpr std::size_t arcs_per_line = 4;
  std::mt19937_64 random(seed);
  const auto below = [&random](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  const auto chance = [&random](double p) { return static_cast<double>(random() >> 11) * 0x1p-53 < p; };

  lode::NetworkBuilder world;
  world.add_country("AAA");
  const auto material = world.add_material("m");
  const auto goods = world.add_commodity("goods", lode::Stage::metal, {{material, 1.0}});
  const std::size_t per_tier = (lines + tiers - 1) / tiers;
  std::vector<lode::FacilityId> plants;
  for (std::size_t i = 0; i < lines; ++i) {
    const std::string id = "p" + std::to_string(i);
    // Plants make more than they ship, so that any pattern of links balances.
    const lode::MakerSpec::Product product{goods, 1e4};
    if (i < per_tier) {
      plants.push_back(world.add_plant(id, "AAA", {.uses = {}, .makes = {product}, .baseline = 4.0 * tonnes_per_year}));
    } else {
      plants.push_back(
          world.add_plant(id, "AAA", {.uses = {{goods}}, .makes = {product}, .baseline = 4.0 * tonnes_per_year}));
    }
  }
  for (std::size_t i = per_tier; i < lines; ++i) {
    std::vector<std::size_t> chosen;
    const std::size_t tier_begin = i / per_tier * per_tier;
    while (chosen.size() < arcs_per_line) {
      std::size_t source = 0;
      if (back > 0.0 && i + 1 < lines && chance(back)) {
        source = i + 1 + below(lines - i - 1);
      } else if (suppliers == Suppliers::nearby) {
        const std::size_t centre = i - per_tier;
        const std::size_t low = centre < 32 ? 0 : centre - 32;
        source = std::min(low + below(64), tier_begin - 1);
      } else {
        source = below(tier_begin);
      }
      if (std::find(chosen.begin(), chosen.end(), source) == chosen.end()) chosen.push_back(source);
    }
    for (const std::size_t source : chosen) world.add_route(plants[source], plants[i], goods, 1.0 * tonnes_per_year);
  }
  for (std::size_t i = 0; i < lines; i += 100) {
    const std::size_t plant = lines - 1 - i;
    const auto use = world.add_end_use("u" + std::to_string(i), "AAA", {.takes = goods, .demand = 1.0 * tonnes_per_year});
    world.add_route(plants[plant], use, goods, 1.0 * tonnes_per_year);
  }
  return world.build();
}

/// `count` scenarios, each of which cuts ten random plants to a random share.
inline std::vector<lode::Disruption> cuts(const lode::Network& network, std::size_t count, std::uint64_t seed = 2) {
  std::mt19937_64 random(seed);
  std::vector<lode::Disruption> out(count);
  for (lode::Disruption& disruption : out) {
    for (int k = 0; k < 10; ++k) {
      const lode::FacilityId plant{static_cast<std::size_t>(random() % network.facilities().size())};
      disruption.activity.push_back({plant, static_cast<double>(random() >> 11) * 0x1p-53, 0.0});
    }
  }
  return out;
}

}  // namespace bench
