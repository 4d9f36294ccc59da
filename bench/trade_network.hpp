// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <lode/disruption.hpp>
#include <lode/network.hpp>
#include <lode/network_builder.hpp>

/// Networks with spare capacity, unused routes and countries, and shocks on them, with everything derived from a seed.
namespace bench {

enum class Trade {
  chain,  ///< suppliers in the tier before, within 8 places: what supply chains look like
  random  ///< suppliers anywhere in the tier before
};

/// Plants in 8 tiers, four suppliers each (one in five of these routes is not used in the base year), 0 to 30 % spare
/// capacity, ten countries; every plant of the last tier serves an end use.
inline lode::Network trade_network(std::size_t routes, Trade trade, std::uint64_t seed = 1) {
  using lode::tonnes_per_year;
  constexpr std::size_t tiers = 8;
  constexpr std::size_t suppliers = 4;
  constexpr std::size_t countries = 10;
  std::mt19937_64 random(seed);
  const auto below = [&random](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  const auto uniform = [&random] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  const std::size_t per_tier = std::max<std::size_t>(2 * suppliers, routes / suppliers / (tiers - 1));
  const std::size_t nodes = per_tier * tiers;

  struct Link {
    std::size_t from, to;
    double flow;
  };
  std::vector<Link> links;
  std::vector<double> inflow(nodes, 0.0), outflow(nodes, 0.0);
  for (std::size_t node = per_tier; node < nodes; ++node) {
    const std::size_t tier_begin = node / per_tier * per_tier;
    std::vector<std::size_t> chosen;
    while (chosen.size() < suppliers) {
      std::size_t seller = tier_begin - per_tier + below(per_tier);
      if (trade == Trade::chain) {
        const std::size_t centre = node - per_tier;
        const std::size_t low = centre < tier_begin - per_tier + 8 ? tier_begin - per_tier : centre - 8;
        seller = std::min(low + below(16), tier_begin - 1);
      }
      if (std::find(chosen.begin(), chosen.end(), seller) != chosen.end()) continue;
      const double flow = !chosen.empty() && uniform() < 0.2 ? 0.0 : 0.5 + uniform();
      chosen.push_back(seller);
      links.push_back({seller, node, flow});
      inflow[node] += flow;
      outflow[seller] += flow;
    }
  }

  lode::NetworkBuilder world;
  const auto material = world.add_material("m");
  std::vector<lode::CommodityId> goods;
  for (std::size_t tier = 0; tier < tiers; ++tier) {
    goods.push_back(world.add_commodity("goods" + std::to_string(tier), lode::Stage::metal, {{material, 0.1}}));
  }
  std::vector<lode::CountryId> where;
  for (std::size_t c = 0; c < countries; ++c) {
    where.push_back(world.add_country(std::string("AA") + static_cast<char>('A' + c)));
  }
  std::vector<lode::FacilityId> plants;
  for (std::size_t node = 0; node < nodes; ++node) {
    const std::size_t tier = node / per_tier;
    const double baseline = tier == 0 ? std::max(1.0, outflow[node]) : inflow[node];
    const double made = tier + 1 == tiers ? baseline : std::max(outflow[node], 0.5 * baseline);
    const auto kind = tier == 0 ? lode::FacilityKind::mine : lode::FacilityKind::other;
    const lode::FacilityId id =
        world.add_facility("p" + std::to_string(node), {}, kind, where[below(countries)], baseline * tonnes_per_year,
                           baseline * (1.0 + 0.3 * uniform()) * tonnes_per_year);
    if (tier > 0) world.add_input(id, goods[tier - 1], 1.0);
    world.add_output(id, goods[tier], made / baseline);
    plants.push_back(id);
  }
  for (std::size_t node = nodes - per_tier; node < nodes; ++node) {
    const std::string id = "e" + std::to_string(node);
    const lode::EndUseId use = world.add_end_use(
        id, where[below(countries)],
        {.takes = goods.back(), .demand = inflow[node] * tonnes_per_year, .weight = 1.0 + uniform()});
    world.add_route(plants[node], use, goods.back(), inflow[node] * tonnes_per_year);
  }
  for (const Link& link : links) {
    world.add_route(plants[link.from], plants[link.to], goods[link.from / per_tier], link.flow * tonnes_per_year);
  }
  return world.build();
}

/// Two per cent of the plants cut to at most a half, and what one country sells of one commodity, cut likewise.
inline lode::Disruption trade_shock(const lode::Network& network, std::uint64_t seed) {
  using lode::tonnes_per_year;
  std::mt19937_64 random(seed * 0x9e3779b97f4a7c15ULL + 1);
  const auto uniform = [&random] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  lode::Disruption out;
  out.scenario = "shock-" + std::to_string(seed);
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    if (uniform() < 0.02) out.activity.push_back({lode::FacilityId{f}, 0.5 * uniform(), 0.0});
  }
  const lode::CountryId country{static_cast<std::size_t>(random() % network.countries().size())};
  const lode::CommodityId commodity{static_cast<std::size_t>(random() % (network.commodities().size() - 1))};
  lode::Quota quota{0, commodity, 0.5 * uniform(), 0.0, {}};
  for (std::size_t r = 0; r < network.routes().size(); ++r) {
    const lode::Route& route = network.routes()[r];
    if (route.commodity != commodity || network.country(route.from) != country || network.country(route.to) == country) {
      continue;
    }
    quota.routes.push_back(lode::RouteId{r});
    quota.limit += quota.factor * route.flow.in(tonnes_per_year);
    out.routes.push_back({lode::RouteId{r}, quota.factor});
  }
  if (!quota.routes.empty()) out.quotas.push_back(std::move(quota));
  return out;
}

}  // namespace bench
