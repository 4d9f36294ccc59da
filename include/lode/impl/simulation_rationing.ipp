// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>

#include <lode/detail/simulation_block.hpp>
#include <lode/impl/simulate_kernel.ipp>

/// Outputs that the kernel does not ship alone: classes of service and licences.
namespace lode::inline LODE_ABI::detail {

LODE_INLINE double SimulationBlock::route_class(std::uint32_t route, std::uint32_t lane) const {
  const std::uint32_t slot = plan_.route_slot[route];
  return plan_.slot_facility[slot] == SimulationPlan::none ? weight_[at(slot - plan_.use_slot(0), lane)] : 1.0;
}

/// Shares out `goods` of an output among its routes: `amount_` of what is `possible_`. Higher classes first; within a
/// class by baseline entitlement, and what some leave over by open orders. Returns what is sent.
LODE_INLINE double SimulationBlock::ration(std::uint32_t output, std::uint32_t lane, double goods) {
  const std::uint32_t first = plan_.output_routes[output];
  const std::uint32_t count = plan_.output_routes[output + 1] - first;
  for (std::uint32_t i = 0; i < count; ++i) class_[i] = route_class(first + i, lane);
  levels_.assign(class_.begin(), class_.begin() + count);
  std::sort(levels_.begin(), levels_.end(), std::greater<>());
  levels_.erase(std::unique(levels_.begin(), levels_.end()), levels_.end());
  double sent = 0.0;
  double left = goods;
  for (const double level : levels_) {
    double share = 0.0, asked = 0.0, entitled = 0.0;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (class_[i] == level) share += plan_.route_share[first + i];
    }
    const double each = left / share;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (class_[i] != level) continue;
      asked += plan_.route_share[first + i] * possible_[i];
      entitled += plan_.route_share[first + i] * std::min(possible_[i], each);
    }
    const bool is_short = left < asked;
    const double open = asked - entitled;
    const double spread = is_short ? (left - entitled) / (open > 0.0 ? open : 1.0) : 0.0;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (class_[i] != level) continue;
      amount_[i] = is_short ? std::min(possible_[i], each) : possible_[i];
      amount_[i] += spread * (possible_[i] - amount_[i]);
    }
    sent += is_short ? left : asked;
    left = is_short ? 0.0 : left - asked;
  }
  return sent;
}

/// An output whose customers are not all alike.
LODE_INLINE void SimulationBlock::ship_by_class(std::uint32_t output, std::uint32_t step) {
  const std::uint32_t first = plan_.output_routes[output];
  const std::uint32_t count = plan_.output_routes[output + 1] - first;
  for (std::uint32_t lane = 0; lane < width_; ++lane) {
    const std::size_t k = at(output, lane);
    const double goods = held_.goods[k];
    double asked = 0.0, can_leave = 0.0;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::size_t r = at(first + i, lane), slot = at(plan_.route_slot[first + i], lane);
      const double order = restricted_[r] > 0.0 ? nominal_[slot] : held_.order[slot];
      possible_[i] = std::min(order, limit_now_[r]);
      asked += plan_.route_share[first + i] * order;
      can_leave += plan_.route_share[first + i] * possible_[i];
    }
    const double sent = ration(output, lane, goods);
    double left = 0.0, lost = 0.0, pull = 0.0;
    portable::Steps<portable::Single>::settle_values(system_, output, goods, sent, asked, can_leave, held_.run[k], left,
                                                     lost, pull);
    held_.spilled[k] = lost;
    held_.lost[at(plan_.output_commodity[output], lane)] += plan_.output_amount[output] * lost;
    if (plan_.output_drives[output] != 0) held_.pull[k] = pull;
    held_.goods[k] = left;
    for (std::uint32_t i = 0; i < count; ++i) send(first + i, lane, step, amount_[i]);
  }
}

/// What the kernel has shared out, over the routes of an output that need a licence in some lane.
LODE_INLINE void SimulationBlock::send_licensed(std::uint32_t output, std::uint32_t step) {
  for (std::uint32_t r = plan_.output_routes[output]; r < plan_.output_routes[output + 1]; ++r) {
    if (licensed_route_[r] == 0) continue;
    for (std::uint32_t lane = 0; lane < width_; ++lane) send(r, lane, step, held_.shipped[at(r, lane)]);
  }
}

/// Through the licence, if one is needed.
LODE_INLINE void SimulationBlock::send(std::uint32_t r, std::uint32_t lane, std::uint32_t step, double amount) {
  double leaves = amount;
  double pending = 0.0;  // change of what waits and is not decided
  if (licence_of_[r] != SimulationPlan::none) {
    Licensed& licence = licences_[licence_of_[r]];
    const RouteLicence& rule = licence.rule[lane];
    LicenceQueue& queue = licence.queue[lane];
    const double before = queue.pending();
    if (rule.active > 0.0) {
      const double waits = amount * rule.active;
      const LicenceQueue::Outcome outcome = queue.decide(step, waits, delay_in_steps(rule), rule);
      leaves = amount - waits + outcome.released;
      // What is refused can be sold to others.
      held_.goods[at(plan_.route_output[r], lane)] += plan_.route_share[r] * outcome.refused;
    } else if (queue.held() > 0.0) {
      leaves += queue.release_all();
    }
    pending = queue.pending() - before;
    if (rule.active > 0.0) set_limit(r, lane);  // less or more room in the queue
  }
  held_.shipped[at(r, lane)] = leaves;
  if (pending != 0.0) held_.on_order[at(plan_.route_slot[r], lane)] += plan_.route_weight[r] * pending;
}

}  // namespace lode::inline LODE_ABI::detail
