// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <vector>

#include <lode/config.hpp>
#include <lode/ids.hpp>
#include <lode/network.hpp>

/// The balances of a base year as linear rows over its figures. Private; docs/formats.md 1.2 in numbers.
namespace lode::inline LODE_ABI::detail {

/// What a balance says. `equal`: the sum is 0; else the sum is at least 0.
enum class BalanceKind {
  input,     ///< inflow of an input - amount * baseline >= 0
  output,    ///< amount * baseline - outflow of an output >= 0
  feed,      ///< inflow of all feeds - baseline = 0
  recovery,  ///< what is won of a material - outflow of its commodity >= 0, in t of the commodity
  demand     ///< demand - inflow >= 0
};

/// Columns of the figures: baselines by facility, then demands by end use, then flows by route.
struct FigureColumns {
  std::size_t facilities = 0, end_uses = 0, routes = 0;

  explicit FigureColumns(const Network& network)
      : facilities(network.facilities().size()), end_uses(network.end_uses().size()), routes(network.routes().size()) {}
  [[nodiscard]] std::size_t size() const { return facilities + end_uses + routes; }
  [[nodiscard]] std::size_t of(FacilityId id) const { return id.index(); }
  [[nodiscard]] std::size_t of(EndUseId id) const { return facilities + id.index(); }
  [[nodiscard]] std::size_t of(RouteId id) const { return facilities + end_uses + id.index(); }
};

struct BalanceEntry {
  std::size_t column = 0;
  double coefficient = 0.0;
};

/// One balance: where, of what, and its entries (no column twice). `commodity` is invalid for `feed`.
struct BalanceRow {
  BalanceKind kind = BalanceKind::input;
  PlaceId place;
  CommodityId commodity;
  std::vector<BalanceEntry> entries;
};

/// All balances, by facility (inputs, outputs; or feed, recoveries) and then by end use. O(routes + facilities).
[[nodiscard]] std::vector<BalanceRow> balance_rows(const Network& network);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/balance_rows.ipp>  // IWYU pragma: export
#endif
