// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lode/dataset.hpp>
#include <lode/error.hpp>
#include <lode/reconcile.hpp>

/// How reports and files name the figures of a reconciliation, and in which order they list them. Private.
namespace lode::inline LODE_ABI::detail {

/// The word for a figure's kind, as in the column `quantity` of totals.csv.
[[nodiscard]] inline std::string_view quantity_of(const FigureId& id) {
  constexpr std::array<std::string_view, 4> names{"baseline", "demand", "flow", "total"};
  return names[id.index()];
}

/// The id of a facility, end use or total; a route has its two ends and commodity instead.
struct FigureName {
  std::string_view id, from, to, commodity;
};
[[nodiscard]] inline FigureName name_of(const FigureId& id, const Dataset& dataset) {
  const Network& network = dataset.network;
  if (const auto* facility = std::get_if<FacilityId>(&id)) return {network[*facility].id, {}, {}, {}};
  if (const auto* use = std::get_if<EndUseId>(&id)) {
    return {network[*use].id, {}, {}, network[network[*use].commodity].id};
  }
  if (const auto* total = std::get_if<TotalId>(&id)) return {dataset.totals[total->index].id, {}, {}, {}};
  const Route& route = network[std::get<RouteId>(id)];
  return {{}, network.id(route.from), network.id(route.to), network[route.commodity].id};
}

/// How far a figure was moved, in its own standard uncertainties.
[[nodiscard]] inline double moved(const ReconciledFigure& figure) {
  if (!figure.found || figure.determination != Determination::measured) return 0.0;
  return std::abs((figure.value - *figure.found) / *figure.found_sd);
}

/// Gross errors first, by |z|; then what was moved furthest, in its own uncertainties; what was not measured comes
/// last.
[[nodiscard]] inline std::vector<std::size_t> worst_first(const Reconciliation& reconciliation) {
  std::vector<std::size_t> order(reconciliation.figures.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto rank = [&](std::size_t i) {
    const ReconciledFigure& figure = reconciliation.figures[i];
    return std::pair(figure.gross_error ? std::abs(*figure.z) : 0.0, moved(figure));
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) > rank(b); });
  return order;
}

/// Throws `InvalidArgument` unless the reconciliation is solved and of this data set.
inline void require_solved(const Reconciliation& reconciliation, const Dataset& dataset) {
  const auto refuse = [](std::string what, std::string mend) {
    throw InvalidArgument({{{"reconciliation", 0, 0}, std::move(what), std::move(mend)}});
  };
  if (reconciliation.status != SolveStatus::solved) {
    refuse(std::string("the status is \"") + to_string(reconciliation.status) + '"', advice(reconciliation.status));
  }
  const Network& network = dataset.network;
  if (reconciliation.figures.size() !=
      network.facilities().size() + network.end_uses().size() + network.routes().size() + dataset.totals.size()) {
    refuse("it is not of this data set", "pass the data set it was computed from");
  }
}

}  // namespace lode::inline LODE_ABI::detail
