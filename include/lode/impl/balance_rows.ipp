// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <utility>

#include <lode/detail/balance_rows.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE std::vector<BalanceRow> balance_rows(const Network& network) {
  const FigureColumns columns(network);
  std::vector<std::vector<RouteId>> arriving(columns.facilities + columns.end_uses), leaving(columns.facilities);
  for (std::size_t r = 0; r < columns.routes; ++r) {
    const Route& route = network.routes()[r];
    leaving[route.from.facility().index()].push_back(RouteId{r});
    arriving[route.to.is_facility() ? columns.of(route.to.facility()) : columns.of(route.to.end_use())].push_back(
        RouteId{r});
  }

  std::vector<BalanceRow> rows;
  const auto start = [&rows](BalanceKind kind, PlaceId place, CommodityId commodity) -> BalanceRow& {
    rows.push_back({kind, place, commodity, {}});
    return rows.back();
  };
  /// Adds `factor` times the flows of `commodity` among `routes`.
  const auto add = [&](BalanceRow& row, const std::vector<RouteId>& routes, CommodityId commodity, double factor) {
    for (const RouteId id : routes) {
      const Route& route = network[id];
      if (route.commodity != commodity || factor == 0.0) continue;
      const std::size_t column = columns.of(id);
      // A recycler that feeds itself what it wins: the flow arrives and leaves, and its two entries are one.
      const auto known = route.from != route.to
                             ? row.entries.end()
                             : std::find_if(row.entries.begin(), row.entries.end(),
                                            [&](const auto& entry) { return entry.column == column; });
      if (known != row.entries.end()) {
        known->coefficient += factor;
      } else {
        row.entries.push_back({column, factor});
      }
    }
  };
  for (std::size_t f = 0; f < columns.facilities; ++f) {
    const Facility& facility = network.facilities()[f];
    const FacilityId id{f};
    const std::size_t activity = columns.of(id);
    for (const Input& input : facility.inputs) {
      BalanceRow& row = start(BalanceKind::input, id, input.commodity);
      row.entries.push_back({activity, -input.amount});
      add(row, arriving[f], input.commodity, 1.0);
    }
    for (const Output& output : facility.outputs) {
      BalanceRow& row = start(BalanceKind::output, id, output.commodity);
      row.entries.push_back({activity, output.amount});
      add(row, leaving[f], output.commodity, -1.0);
    }
    if (!facility.is_separator()) continue;
    BalanceRow& feed = start(BalanceKind::feed, id, {});
    feed.entries.push_back({activity, -1.0});
    for (const Feed& entry : facility.feeds) add(feed, arriving[f], entry.commodity, 1.0);
    for (const Recovery& recovery : facility.recoveries) {
      BalanceRow& row = start(BalanceKind::recovery, id, recovery.commodity);
      const double held = network[recovery.commodity].content(recovery.material);
      for (const Feed& entry : facility.feeds) {
        add(row, arriving[f], entry.commodity,
            recovery.recovery * network[entry.commodity].content(recovery.material) / held);
      }
      add(row, leaving[f], recovery.commodity, -1.0);
    }
  }
  for (std::size_t e = 0; e < columns.end_uses; ++e) {
    const EndUseId id{e};
    BalanceRow& row = start(BalanceKind::demand, id, network[id].commodity);
    row.entries.push_back({columns.of(id), 1.0});
    add(row, arriving[columns.of(id)], network[id].commodity, -1.0);
  }
  return rows;
}

}  // namespace lode::inline LODE_ABI::detail
