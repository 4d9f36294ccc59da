// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>

#include <lode/detail/market_program.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE void MarketProgram::calibrate() {
  base.point = allocation.baseline;
  for (std::size_t f = 0; f < columns_.facilities; ++f) {
    if (network().facilities()[f].is_separator()) base.point[index(f)] = 0.0;
  }
  for (std::size_t r = 0; r < columns_.routes; ++r) {
    const Route& route = network().routes()[r];
    const double flow = route.flow.in(tonnes_per_year);
    if (route.to.is_end_use()) base.point[index(columns_.of(route.to.end_use()))] += flow;
    if (route.to.is_facility() && network()[route.to.facility()].is_separator()) {
      base.point[index(columns_.of(route.to.facility()))] += flow;  // its activity is what it is fed
    }
  }
  calibrate_rows();
  calibrate_margins();
  calibrate_routes();
}

/// Makes every balance of something that flowed hold without slack, and gives it the base price as its multiplier.
LODE_INLINE void MarketProgram::calibrate_rows() {
  const std::size_t flows_begin = columns_.facilities + columns_.end_uses;
  base.balances = allocation.balances();
  base.floor.assign(base.balances.size(), 0.0);
  base.slack = base.dual = base.floor;
  base.seller_row.assign(columns_.routes, 0);
  for (std::size_t i = 0; i < base.balances.size(); ++i) {
    BalanceRow& row = base.balances[i];
    const bool gives = row.kind == BalanceKind::output || row.kind == BalanceKind::recovery;
    double price = 0.0;
    double moved = 0.0;  // what arrives or leaves of the row's commodity
    double won = 0.0;    // of a recovery, from the feeds
    for (const BalanceEntry& entry : row.entries) {
      if (entry.column < flows_begin) continue;
      const std::size_t r = entry.column - flows_begin;
      const Route& route = network().routes()[r];
      const double flow = base.point[index(entry.column)];
      if (!gives) {
        moved += flow;
        price = figures_.buyer_price[r];
        continue;
      }
      const bool sells = route.from == row.place && route.commodity == row.commodity;
      if (sells) {
        moved += flow;
        price = figures_.seller_price[r];
        base.seller_row[r] = i;
      }
      won += flow * (sells ? entry.coefficient + 1.0 : entry.coefficient);
    }
    const double activity = row.place.is_facility() ? base.point[index(columns_.of(row.place.facility()))] : 0.0;
    if (row.entries.empty()) continue;  // a recovery that nobody buys, of feeds that nobody brings
    BalanceEntry& first = row.entries.front();
    switch (row.kind) {
      case BalanceKind::input: {
        const Facility& facility = network()[row.place.facility()];
        const auto input = std::find_if(facility.inputs.begin(), facility.inputs.end(),
                                        [&row](const Input& entry) { return entry.commodity == row.commodity; });
        if (activity > 0.0 && moved > 0.0) first.coefficient = -moved / activity;
        base.floor[i] = (1.0 - input->criticality) * first.coefficient * activity;
        base.dual[i] = input->criticality > 0.0 ? price / input->criticality : 0.0;
        break;
      }
      case BalanceKind::output:
        if (activity > 0.0 && moved > 0.0) {
          first.coefficient = moved / activity;
        } else {
          base.slack[i] = first.coefficient * activity;
        }
        base.dual[i] = base.slack[i] > 0.0 ? 0.0 : price;
        break;
      case BalanceKind::feed:
        break;
      case BalanceKind::recovery:
        if (won > 0.0 && moved > 0.0) {
          const double ratio = moved / won;
          for (BalanceEntry& entry : row.entries) {
            const Route& route = network().routes()[entry.column - flows_begin];
            const double own = route.from == row.place && route.commodity == row.commodity ? 1.0 : 0.0;
            entry.coefficient = (entry.coefficient + own) * ratio - own;
          }
        } else {
          base.slack[i] = won;
        }
        base.dual[i] = base.slack[i] > 0.0 ? 0.0 : price;
        break;
      case BalanceKind::demand:
        first.coefficient = -1.0;
        base.dual[i] = moved > 0.0 ? price : 0.0;
        break;
    }
  }
}

/// M0: what a tonne of activity brings less what its inputs cost.
LODE_INLINE void MarketProgram::calibrate_margins() {
  const std::size_t flows_begin = columns_.facilities + columns_.end_uses;
  base.margin.assign(columns_.facilities, 0.0);
  base.subsidy = base.revenue = base.margin;
  std::vector<double> spent = base.margin;  // by separator, on feeds
  for (std::size_t r = 0; r < columns_.routes; ++r) {
    const Route& route = network().routes()[r];
    if (!route.to.is_facility()) continue;
    spent[route.to.facility().index()] += figures_.buyer_price[r] * route.flow.in(tonnes_per_year);
  }
  for (std::size_t f = 0; f < columns_.facilities; ++f) {
    const FacilityId id{f};
    const Facility& facility = network()[id];
    const double activity = base.point[index(f)];
    double& margin = base.margin[f];
    double& revenue = base.revenue[f];
    if (!facility.is_separator()) {
      for (std::size_t k = 0; k < facility.outputs.size(); ++k) {
        const std::size_t row = allocation.output_row(id, k);
        revenue += base.balances[row].entries.front().coefficient * base.dual[row];
      }
      margin = revenue;
      for (std::size_t k = 0; k < facility.inputs.size(); ++k) {
        const std::size_t row = allocation.input_row(id, k);
        margin += base.balances[row].entries.front().coefficient * base.dual[row];
      }
    } else if (activity > 0.0) {
      for (std::size_t k = 0; k < facility.recoveries.size(); ++k) {
        const std::size_t row = allocation.recovery_row(id, k);
        for (const BalanceEntry& entry : base.balances[row].entries) {
          const std::size_t r = entry.column - flows_begin;
          if (base.seller_row[r] == row) revenue += base.dual[row] * base.point[index(entry.column)] / activity;
        }
      }
      margin = revenue - spent[f] / activity;
    }
    base.subsidy[f] = activity > 0.0 ? std::max(0.0, -margin) : 0.0;
  }
}

/// Wedges, and what a feed is worth to a separator.
LODE_INLINE void MarketProgram::calibrate_routes() {
  const std::size_t flows_begin = columns_.facilities + columns_.end_uses;
  // What the rows of its buyer make of a tonne: a separator's products, or the price at a recipe or an end use.
  std::vector<double> worth(columns_.routes, 0.0);
  for (std::size_t i = 0; i < base.balances.size(); ++i) {
    for (const BalanceEntry& entry : base.balances[i].entries) {
      if (entry.column < flows_begin) continue;
      const std::size_t r = entry.column - flows_begin;
      const double own = base.seller_row[r] == i ? 1.0 : 0.0;
      worth[r] += (entry.coefficient + own) * base.dual[i];
    }
  }
  const auto buyer_of = [this](std::size_t r) { return network().routes()[r].to.facility().index(); };
  const auto feeds = [this](std::size_t r) {
    const PlaceId to = network().routes()[r].to;
    return to.is_facility() && network()[to.facility()].is_separator();
  };
  // A separator that stood still breaks even with the best of its feeds.
  std::vector<double> taken(columns_.facilities * network().commodities().size(), 0.0);
  const auto feed_of = [this, buyer_of](std::size_t r) {
    return buyer_of(r) * network().commodities().size() + network().routes()[r].commodity.index();
  };
  for (std::size_t r = 0; r < columns_.routes; ++r) {
    if (!feeds(r)) continue;
    taken[feed_of(r)] += network().routes()[r].flow.in(tonnes_per_year);
    double& margin = base.margin[buyer_of(r)];
    if (!(base.point[index(buyer_of(r))] > 0.0)) margin = std::max(margin, worth[r] - figures_.buyer_price[r]);
  }
  for (std::size_t f = 0; f < columns_.facilities; ++f) {
    if (network().facilities()[f].is_separator()) base.dual[allocation.feed_row(FacilityId{f})] = -base.margin[f];
  }
  base.wedge.assign(columns_.routes, 0.0);
  base.feed_premium = base.wedge;
  base.buyer_price = worth;
  route_gradient_.assign(columns_.routes, 0.0);
  for (std::size_t r = 0; r < columns_.routes; ++r) {
    const Route& route = network().routes()[r];
    if (feeds(r)) {
      base.buyer_price[r] = worth[r] - base.margin[buyer_of(r)];
      if (taken[feed_of(r)] > 0.0) {
        base.feed_premium[r] = base.buyer_price[r] - figures_.buyer_price[r];
        base.buyer_price[r] = figures_.buyer_price[r];
      }
    }
    const double cost = route.cost.value_or(UsdPerTonne{}).in(usd_per_tonne);
    const double unexplained = base.buyer_price[r] - base.dual[base.seller_row[r]] - cost;
    const bool used = route.flow > TonnesPerYear{};
    base.wedge[r] = used ? unexplained : std::max(0.0, unexplained);
    route_gradient_[r] = used ? 0.0 : std::max(0.0, -unexplained);
  }
}

}  // namespace lode::inline LODE_ABI::detail
