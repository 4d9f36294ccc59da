// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>

#include <lode/detail/simulation_block.hpp>

/// The mass balance of every step.
namespace lode::inline LODE_ABI::detail {

LODE_INLINE void SimulationBlock::count() {
  kernel(lanes_ > 1).count(system_, state_view());
  count_the_rest();
}

/// What the kernel does not see.
LODE_INLINE void SimulationBlock::count_the_rest() {
  for (std::uint32_t i = 0; i < plan_.reserves.size(); ++i) {
    const auto commodity = static_cast<std::uint32_t>(plan_.reserves[i].commodity.index());
    for (std::uint32_t lane = 0; lane < width_; ++lane) held_.held[at(commodity, lane)] += reserves_[at(i, lane)];
  }
  for (std::size_t i = 0; i < licences_.size(); ++i) {
    const std::uint32_t slot = plan_.route_slot[licensed_[i]];
    const double unit = plan_.slot_amount[slot] * plan_.route_weight[licensed_[i]];
    for (std::uint32_t lane = 0; lane < width_; ++lane) {
      const LicenceQueue& queue = licences_[i].queue[lane];
      held_.held[at(plan_.slot_commodity[slot], lane)] += unit * (queue.held() - queue.pending());
    }
  }
}

/// Where far more lies than flows, rounding is that of what lies: a thousandth of it counts as flow.
inline constexpr double held_part = 1e-3;

/// Of every material, and of commodities that hold none: what is there now against what was there, made, used and lost.
LODE_INLINE void SimulationBlock::check(SimulationRecord& record) {
  if (system_.count_at_once) {
    count_the_rest();
  } else {
    count();
  }
  for (const std::uint32_t k : source_outputs_) {
    const std::size_t c = at(plan_.output_commodity[k], 0), f = at(plan_.output_facility[k], 0);
    const double made = plan_.output_amount[k] * plan_.output_yield[k];
    for (std::uint32_t lane = 0; lane < width_; ++lane) record.sourced[c + lane] += made * held_.activity[f + lane];
  }
  const std::size_t materials = network_.materials().size();
  std::vector<double> error(materials), there(materials);
  for (std::uint32_t lane = 0; lane < lanes_; ++lane) {
    std::fill(error.begin(), error.end(), 0.0);
    std::fill(there.begin(), there.end(), 0.0);
    for (std::uint32_t c = 0; c < network_.commodities().size(); ++c) {
      const std::size_t i = at(c, lane);
      const double change = held_.held[i] - before_[i];
      const double explained = held_.made[i] - held_.used[i] - held_.given[i] - held_.lost[i];
      const std::vector<Content>& composition = network_.commodities()[c].composition;
      for (const Content& part : composition) {
        error[part.material.index()] += part.content * (change - explained);
        there[part.material.index()] += part.content * held_.held[i];
      }
      const double scale = std::max(flow_scale_[materials + c], held_part * held_.held[i]);
      if (composition.empty() && scale > 0.0) {
        record.residual[lane] = std::max(record.residual[lane], std::abs(change - explained) / scale);
      }
      record.made[i] += held_.made[i];
      record.used[i] += held_.used[i];
      record.given[i] += held_.given[i];
      record.lost[i] += held_.lost[i];
    }
    for (std::size_t m = 0; m < materials; ++m) {
      const double scale = std::max(flow_scale_[m], held_part * there[m]);
      if (scale > 0.0) record.residual[lane] = std::max(record.residual[lane], std::abs(error[m]) / scale);
    }
  }
  std::swap(before_, held_.held);
}

/// What is on order, counted batch by batch, against the sums that the steps kept.
LODE_INLINE void SimulationBlock::check_pipelines(SimulationRecord& record, std::size_t steps) {
  for (std::uint32_t lane = 0; lane < lanes_; ++lane) {
    std::vector<double> counted(plan_.slots(), 0.0);
    for (std::size_t step = steps; step <= steps + plan_.longest_lead; ++step) {
      for (std::uint32_t s = 0; s < plan_.slots(); ++s) counted[s] += arrivals(step)[at(s, lane)];
    }
    for (std::size_t i = 0; i < licences_.size(); ++i) {
      counted[plan_.route_slot[licensed_[i]]] += plan_.route_weight[licensed_[i]] * licences_[i].queue[lane].pending();
    }
    std::vector<double> error(network_.materials().size(), 0.0);
    for (std::uint32_t s = 0; s < plan_.slots(); ++s) {
      const double difference = plan_.slot_amount[s] * std::abs(counted[s] - held_.on_order[at(s, lane)]);
      for (const Content& part : network_.commodities()[plan_.slot_commodity[s]].composition) {
        error[part.material.index()] += part.content * difference;
      }
    }
    for (std::size_t m = 0; m < error.size(); ++m) {
      if (flow_scale_[m] > 0.0) record.residual[lane] = std::max(record.residual[lane], error[m] / flow_scale_[m]);
    }
  }
}

}  // namespace lode::inline LODE_ABI::detail
