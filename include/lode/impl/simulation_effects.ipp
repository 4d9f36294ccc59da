// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>

#include <lode/detail/simulation_block.hpp>

/// From what a scenario says to limits, openness and orders that go elsewhere.
namespace lode::inline LODE_ABI::detail {

/// What may leave over a route now, and whether its orders can go elsewhere.
LODE_INLINE void SimulationBlock::set_limit(std::uint32_t r, std::uint32_t lane) {
  const std::size_t i = at(r, lane);
  double limit = plan_.route_limit[r];
  double applies = 1.0;
  bool restricted = open_[i] < 1.0;
  if (restricted) limit = std::min(limit, open_[i]);
  // Who goes elsewhere for what a plant can not make does not ask it for more meanwhile.
  const std::uint32_t seller = plan_.output_facility[plan_.route_output[r]];
  restricted = restricted ||
               (held_.capacity[at(seller, lane)] < 1.0 && redirect_of_[plan_.route_slot[r]] != SimulationPlan::none);
  if (licence_of_[r] != SimulationPlan::none) {
    const Licensed& licence = licences_[licence_of_[r]];
    const RouteLicence& rule = licence.rule[lane];
    if (rule.active > 0.0) {
      restricted = true;
      // The queue is a part of the yard; time that the authority takes anyway does not fill it.
      const double room = options_.yard.in(days) / options_.step_days + delay_in_steps(rule) + 1.0;
      limit = std::min(limit, std::max(0.0, room - licence.queue[lane].held()));
      const double approved = 1.0 - rule.active * (1.0 - rule.approved);
      if (approved < 1.0) applies = approved > 0.0 ? 1.0 / approved : 1e300;
    }
  }
  limit_now_[i] = limit;
  restricted_[i] = restricted ? 1.0 : 0.0;
  applies_[i] = applies;
}

LODE_INLINE void SimulationBlock::set_limits_of(std::uint32_t f, std::uint32_t lane) {
  for (std::uint32_t k = plan_.facility_outputs[f]; k < plan_.facility_outputs[f + 1]; ++k) {
    if (limited_[k] == 0) continue;
    for (std::uint32_t r = plan_.output_routes[k]; r < plan_.output_routes[k + 1]; ++r) set_limit(r, lane);
  }
}

LODE_INLINE void SimulationBlock::set_neutral(const Snapshot& snapshot, std::uint32_t lane) {
  const bool frozen = options_.orders == Orders::frozen;
  for (const ActivityLimit& row : snapshot.activity) {
    const auto f = static_cast<std::uint32_t>(row.facility.index());
    held_.capacity[at(f, lane)] = frozen ? plan_.facility_runs[f] : plan_.facility_capacity[f];
    set_limits_of(f, lane);
  }
  for (const RouteOpenness& row : snapshot.routes) {
    const std::uint32_t r = places_of_[row.route.index()];
    (r != SimulationPlan::none ? open_[at(r, lane)] : spare_open_[at(spare_of_[row.route.index()], lane)]) = 1.0;
    if (r != SimulationPlan::none) set_limit(r, lane);
  }
  for (const EndUseFactor& row : snapshot.demand) {
    const auto e = static_cast<std::uint32_t>(row.end_use.index());
    held_.wanted[at(e, lane)] = wanted_of(plan_.use_inflow[e], 1.0);
  }
  for (const EndUseFactor& row : snapshot.weights) {
    const auto e = static_cast<std::uint32_t>(row.end_use.index());
    weight_[at(e, lane)] = options_.rationing == Rationing::priority ? network_.end_uses()[e].weight : 1.0;
  }
  if (!snapshot.releases.empty()) {
    for (std::uint32_t i = 0; i < plan_.reserves.size(); ++i) rates_[at(i, lane)] = 0.0;
    for (const ReserveRelease& row : snapshot.releases) {
      if (!row.holder.is_end_use()) continue;
      const auto e = static_cast<std::uint32_t>(row.holder.end_use().index());
      held_.wanted[at(e, lane)] = wanted_of(plan_.use_inflow[e], 1.0);
    }
  }
  for (const RouteLicence& row : snapshot.licences) {
    const std::uint32_t r = places_of_[row.route.index()];
    if (r != SimulationPlan::none) {
      licences_[licence_of_[r]].rule[lane].active = 0.0;
      set_limit(r, lane);
    } else {
      spare_open_[at(spare_of_[row.route.index()], lane)] = 1.0;
    }
  }
}

LODE_INLINE void SimulationBlock::apply(const Snapshot& snapshot, std::uint32_t lane) {
  const bool frozen = options_.orders == Orders::frozen;
  for (const ActivityLimit& row : snapshot.activity) {
    const auto f = static_cast<std::uint32_t>(row.facility.index());
    if (frozen && plan_.facility_runs[f] == 0) continue;
    const double before = frozen ? 1.0 : plan_.facility_capacity[f];
    const double limit = std::max(0.0, row.factor * before + row.add / plan_.facility_unit[f]);
    held_.capacity[at(f, lane)] = frozen ? std::min(1.0, limit) : limit;
    set_limits_of(f, lane);
  }
  for (const RouteOpenness& row : snapshot.routes) {
    const std::uint32_t r = places_of_[row.route.index()];
    if (r != SimulationPlan::none) {
      open_[at(r, lane)] = row.open;
      set_limit(r, lane);
    } else if (row.open < 1.0) {
      // A part of what the base year shipped, which is nothing.
      spare_open_[at(spare_of_[row.route.index()], lane)] = 0.0;
    }
  }
  for (const EndUseFactor& row : snapshot.demand) {
    const auto e = static_cast<std::uint32_t>(row.end_use.index());
    const double inflow = plan_.use_inflow[e];
    held_.wanted[at(e, lane)] = wanted_of(inflow, row.factor);
  }
  for (const EndUseFactor& row : snapshot.weights)
    weight_[at(static_cast<std::uint32_t>(row.end_use.index()), lane)] *= row.factor;
  for (const ReserveRelease& row : snapshot.releases) {
    for (std::uint32_t i = 0; i < plan_.reserves.size(); ++i) {
      const SimulationPlan::Reserve& reserve = plan_.reserves[i];
      if (reserve.holder != row.holder || reserve.commodity != row.commodity) continue;
      rates_[at(i, lane)] = row.rate;
      if (!row.holder.is_end_use()) continue;
      // A reserve also serves what the base year leaves unmet.
      const auto e = static_cast<std::uint32_t>(row.holder.end_use().index());
      double factor = 1.0;
      for (const EndUseFactor& change : snapshot.demand) {
        if (change.end_use == row.holder.end_use()) factor = change.factor;
      }
      const double inflow = plan_.use_inflow[e];
      held_.wanted[at(e, lane)] = plan_.use_demand[e] > 0.0 ? factor / (inflow > 0.0 ? inflow : 1.0) : 0.0;
    }
  }
  for (const RouteLicence& row : snapshot.licences) {
    const std::uint32_t r = places_of_[row.route.index()];
    if (r != SimulationPlan::none) {
      licences_[licence_of_[r]].rule[lane] = row;
      set_limit(r, lane);
    } else {
      // Trade that is new meanwhile does not pass an office that delays or refuses.
      const bool free = row.approved == 1.0 && row.delay_days == 0.0;
      double& open = spare_open_[at(spare_of_[row.route.index()], lane)];
      open = free ? open : 0.0;
    }
  }
}

/// What a ban, an unapproved licence or an outage withholds from a buyer is ordered from the suppliers that are left.
LODE_INLINE void SimulationBlock::find_alternatives(std::uint32_t lane) {
  if (options_.orders == Orders::frozen) return;
  for (std::uint32_t i = 0; i < redirected_.size(); ++i) {
    double open = 0.0, longer = 0.0;
    for (const std::uint32_t r : suppliers_[i]) {
      // A supplier's own outage is known to its customers; one further up the chain is not.
      const double runs = held_.capacity[at(plan_.output_facility[plan_.route_output[r]], lane)];
      double share = open_[at(r, lane)] * std::min(1.0, runs);
      if (licence_of_[r] != SimulationPlan::none) {
        const RouteLicence& rule = licences_[licence_of_[r]].rule[lane];
        share *= 1.0 - rule.active * (1.0 - rule.approved);
        longer += plan_.route_weight[r] * rule.active * delay_in_steps(rule);
      }
      open += plan_.route_weight[r] * share;
    }
    held_.longer[at(redirected_[i], lane)] = longer;
    // Weights add up to 1 in another order of the sum.
    elsewhere_[at(i, lane)] = open > 0.0 && open < 1.0 - 1e-12 ? 1.0 / open : 1.0;
  }
}

}  // namespace lode::inline LODE_ABI::detail
