// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>

#include <lode/detail/simulation_block.hpp>

/// What does not come from usual suppliers: trade over routes that the base year did not use, and reserves.
namespace lode::inline LODE_ABI::detail {

/// What buyers still lack when everybody has shipped is bought over routes that the base year did not use, from what
/// sellers have beyond their usual stock; surplus first. Slot by slot in the order of the routes.
LODE_INLINE void SimulationBlock::trade_spare() {
  if (options_.orders == Orders::frozen || plan_.spare_routes.empty()) return;
  constexpr double rounding = 1e-9;
  std::fill(asked_spare_.begin(), asked_spare_.end(), 0.0);
  std::fill(sold_spare_.begin(), sold_spare_.end(), 0.0);
  std::fill(spare_shipped_.begin(), spare_shipped_.end(), 0.0);
  const std::vector<SimulationPlan::SpareRoute>& routes = plan_.spare_routes;
  for (std::size_t first = 0, last = 0; first < routes.size(); first = last) {
    const std::uint32_t slot = routes[first].slot;
    for (last = first; last < routes.size() && routes[last].slot == slot;) ++last;
    const double unit = plan_.slot_amount[slot];
    for (std::uint32_t lane = 0; lane < width_; ++lane) {
      const std::size_t s = at(slot, lane);
      const double there = held_.stock[s] + held_.incoming[s] + held_.on_order[s];
      if (!(held_.goal[s] - there > rounding)) continue;
      double lacks = (held_.goal[s] - there) * unit;
      double sellers = 0.0;
      for (std::size_t i = first; i < last; ++i) sellers += spare_open_[at(static_cast<std::uint32_t>(i), lane)];
      for (std::size_t i = first; i < last && lacks > 0.0; ++i) {
        const SimulationPlan::SpareRoute& route = routes[i];
        const std::size_t k = at(route.output, lane);
        if (!(spare_open_[at(static_cast<std::uint32_t>(i), lane)] > 0.0)) continue;
        const double size = plan_.output_amount[route.output];
        asked_spare_[k] += std::min(lacks / sellers, route.limit) / size;
        const double above = std::max(0.0, held_.goods[k] - plan_.output_target[route.output]);
        const double sold = std::min({lacks, route.limit, (held_.spilled[k] + above) * size});
        if (!(sold > 0.0)) continue;
        const double surplus = std::min(held_.spilled[k], sold / size);
        held_.spilled[k] -= surplus;
        held_.lost[at(plan_.output_commodity[route.output], lane)] -= surplus * size;
        held_.goods[k] = std::max(0.0, held_.goods[k] - (sold / size - surplus));
        sold_spare_[k] += sold / size;
        spare_shipped_[at(static_cast<std::uint32_t>(i), lane)] = sold;
        if (route.lead == 0) {
          held_.incoming[s] += sold / unit;
        } else {
          pipeline_[route.lead][s] += sold / unit;
          held_.on_order[s] += sold / unit;
        }
        lacks -= sold;
      }
    }
  }
  ask_for_more();
}

/// Who is asked over such routes makes more: plants that run beyond their orders, those that stood still as far as the
/// yard holds it.
LODE_INLINE void SimulationBlock::ask_for_more() {
  for (std::uint32_t k = 0; k < plan_.outputs(); ++k) {
    const bool runs = plan_.facility_runs[plan_.output_facility[k]] != 0;
    if (runs && plan_.output_drives[k] == 0) continue;
    for (std::uint32_t lane = 0; lane < width_; ++lane) {
      const std::size_t i = at(k, lane);
      if (runs) {
        // What has just been sold was no excess stock, though the plant's own orders left it over.
        if (asked_spare_[i] > 0.0) held_.pull[i] += asked_spare_[i] + system_.refill * sold_spare_[i];
      } else {
        const double room = std::max(0.0, plan_.output_room[k] - held_.goods[i]) + sold_spare_[i];
        held_.pull[i] = std::min(asked_spare_[i], room);
      }
    }
  }
}

LODE_INLINE void SimulationBlock::release_reserves(std::size_t step) {
  const double* const due = arrivals(step + 1);
  for (std::uint32_t i = 0; i < plan_.reserves.size(); ++i) {
    const SimulationPlan::Reserve& reserve = plan_.reserves[i];
    const std::uint32_t f = plan_.slot_facility[reserve.slot];
    const double unit = plan_.slot_amount[reserve.slot];
    for (std::uint32_t lane = 0; lane < width_; ++lane) {
      const double rate = rates_[at(i, lane)];
      double& left = reserves_[at(i, lane)];
      if (!(rate > 0.0) || !(left > 0.0)) continue;
      double release = rate * options_.step_days / 365.0 / unit;
      if (std::isinf(rate)) {
        const std::size_t slot = at(reserve.slot, lane);
        const std::uint32_t use = reserve.slot - plan_.use_slot(0);
        const double needs = f == SimulationPlan::none ? held_.wanted[at(use, lane)] + held_.waiting[at(use, lane)]
                                                       : held_.planned[at(f, lane)] / plan_.slot_reach[reserve.slot];
        release = std::max(0.0, needs - (held_.stock[slot] + held_.incoming[slot] + due[slot]));
      }
      const double amount = std::min(left, release * unit);
      left -= amount;
      held_.incoming[at(reserve.slot, lane)] += amount / unit;
    }
  }
}

}  // namespace lode::inline LODE_ABI::detail
