// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <optional>

#include <lode/detail/start_basis.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE optimize::Basis start_basis(const AllocationProgram& allocation) {
  using enum optimize::BasisStatus;
  const Network& network = allocation.network();
  const std::size_t flows_begin = allocation.columns().facilities + allocation.columns().end_uses;
  optimize::Basis basis;
  basis.variables.assign(allocation.columns().size(), at_lower);
  basis.rows.assign(allocation.balances().size(), optimize::BasisStatus::basic);
  const auto enter = [&basis](std::size_t column, std::size_t row) {
    basis.variables[column] = optimize::BasisStatus::basic;
    basis.rows[row] = at_lower;
  };
  /// The flow of a balance whose seller has most room.
  const auto roomiest = [&](std::size_t row) {
    std::optional<std::size_t> best;
    double most = 0.0;
    for (const BalanceEntry& entry : allocation.balances()[row].entries) {
      if (entry.column < flows_begin || !(entry.coefficient > 0.0)) continue;
      const Route& route = network.routes()[entry.column - flows_begin];
      const Facility& seller = network[route.from.facility()];
      if (!(seller.baseline > TonnesPerYear{}) || route.from == route.to) continue;
      const double room = route.flow.in(tonnes_per_year) * (seller.capacity_or_baseline() / seller.baseline - 0.99);
      if (!(room > most)) continue;
      most = room;
      best = entry.column;
    }
    return best;
  };
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    const FacilityId id{f};
    const Facility& facility = network[id];
    std::optional<std::size_t> makes;
    if (facility.is_separator()) makes = allocation.feed_row(id);
    for (std::size_t k = 0; k < facility.outputs.size() && !makes; ++k) {
      if (allocation.is_tight(allocation.output_row(id, k))) makes = allocation.output_row(id, k);
    }
    if (makes) enter(f, *makes);
    for (std::size_t k = 0; k < facility.inputs.size(); ++k) {
      const std::size_t row = allocation.input_row(id, k);
      if (!allocation.is_tight(row)) continue;
      if (const std::optional<std::size_t> flow = roomiest(row)) enter(*flow, row);
    }
    for (std::size_t k = 0; k < facility.recoveries.size(); ++k) {
      const std::size_t row = allocation.recovery_row(id, k);
      if (!allocation.is_tight(row)) continue;
      if (const std::optional<std::size_t> flow = roomiest(row)) enter(*flow, row);
      break;
    }
  }
  for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
    const std::size_t row = allocation.demand_row(EndUseId{e});
    if (!allocation.is_tight(row)) continue;
    if (const std::optional<std::size_t> flow = roomiest(row)) enter(*flow, row);
  }
  return basis;
}

}  // namespace lode::inline LODE_ABI::detail
