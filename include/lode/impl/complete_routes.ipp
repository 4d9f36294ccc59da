// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <vector>

#include <lode/complete_routes.hpp>
#include <lode/detail/rewrite_network.hpp>

namespace lode::inline LODE_ABI {

LODE_INLINE Network complete_routes(const Network& network) {
  const std::size_t commodities = network.commodities().size();
  std::vector<std::vector<FacilityId>> makers(commodities);
  std::vector<std::vector<PlaceId>> takers(commodities);
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    const FacilityId id{f};
    const Facility& facility = network[id];
    for (const Output& output : facility.outputs) makers[output.commodity.index()].push_back(id);
    for (const Recovery& recovery : facility.recoveries) makers[recovery.commodity.index()].push_back(id);
    if (facility.kind == FacilityKind::mine) continue;  // nothing is sent to a mine
    for (const Input& input : facility.inputs) takers[input.commodity.index()].emplace_back(id);
    for (const Feed& feed : facility.feeds) takers[feed.commodity.index()].emplace_back(id);
  }
  for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
    takers[network.end_uses()[e].commodity.index()].emplace_back(EndUseId{e});
  }
  std::vector<detail::NewRoute> missing;
  for (std::size_t c = 0; c < commodities; ++c) {
    for (const FacilityId from : makers[c]) {
      for (const PlaceId to : takers[c]) {
        if (to == PlaceId(from) || network.find_route(from, to, CommodityId{c})) continue;
        missing.push_back({from, to, CommodityId{c}});
      }
    }
  }
  return detail::rewrite_network(network, detail::figures_of(network), missing);
}

}  // namespace lode::inline LODE_ABI
