// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>

#include <lode/detail/alike_end_uses.hpp>

namespace lode::inline LODE_ABI::detail {

/// One route to an end use, by all that says what it delivers.
struct Supply {
  PlaceId from;
  double share = 0.0;  ///< flow of the base year, of demand
  double open = 1.0;
  std::vector<std::uint32_t> terms = {};  ///< of the scenario's numbers that move it
  friend auto operator<=>(const Supply&, const Supply&) = default;
};

LODE_INLINE AlikeEndUses alike_end_uses(const Network& network, const ScenarioFamily& family) {
  const std::size_t uses = network.end_uses().size();
  const Disruption& disruption = family.items();
  std::vector<bool> is_alone(uses, false);
  for (std::size_t e = 0; e < uses; ++e) is_alone[e] = !(network.end_uses()[e].demand.in(tonnes_per_year) > 0.0);
  for (const EndUseFactor& factor : disruption.demand) is_alone[factor.end_use.index()] = true;
  for (const EndUseFactor& factor : disruption.weights) is_alone[factor.end_use.index()] = true;
  for (const ReserveRelease& release : disruption.releases) {
    if (release.holder.is_end_use()) is_alone[release.holder.end_use().index()] = true;
  }
  std::vector<double> open(network.routes().size(), 1.0);
  for (const RouteOpenness& route : disruption.routes) open[route.route.index()] = route.open;
  std::vector<const std::vector<std::uint32_t>*> terms(network.routes().size(), nullptr);
  for (const auto& item : family.routes()) terms[item.id.index()] = &item.terms;

  std::vector<std::vector<Supply>> supplies(uses);
  for (std::size_t r = 0; r < network.routes().size(); ++r) {
    const Route& route = network.routes()[r];
    if (!route.to.is_end_use()) continue;
    const double demand = network[route.to.end_use()].demand.in(tonnes_per_year);
    supplies[route.to.end_use().index()].push_back({route.from, route.flow.in(tonnes_per_year) / demand, open[r],
                                                    terms[r] != nullptr ? *terms[r] : std::vector<std::uint32_t>{}});
  }
  AlikeEndUses out{std::vector<std::size_t>(uses), std::vector<double>(uses, 1.0)};
  std::map<std::pair<CommodityId, std::vector<Supply>>, std::size_t> leaders;
  for (std::size_t e = 0; e < uses; ++e) {
    out.leader[e] = e;
    if (is_alone[e]) continue;
    std::sort(supplies[e].begin(), supplies[e].end());
    const EndUse& use = network.end_uses()[e];
    out.leader[e] = leaders.try_emplace({use.commodity, std::move(supplies[e])}, e).first->second;
    out.scale[e] = use.demand / network.end_uses()[out.leader[e]].demand;
  }
  return out;
}

}  // namespace lode::inline LODE_ABI::detail
