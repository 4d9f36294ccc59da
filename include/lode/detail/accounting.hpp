// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <lode/detail/lane_data.hpp>
#include <lode/flow_system.hpp>
#include <lode/network.hpp>
#include <lode/result.hpp>

/// From the shares of baseline to what a user reads, and the balances that prove it. Private.
namespace lode::inline LODE_ABI::detail {

/// Demand, delivery and weight by end use and lane; t/yr of commodity.
struct EndUseLanes {
  std::vector<double> demanded, delivered, weight;
};

/// Unmet demand of the base year by end use, t/yr of commodity.
[[nodiscard]] std::vector<double> baseline_shortfalls(const Network& network);

/// Fills end uses, materials, countries and the weighted total; deliveries are those of a block of one lane.
void account_demand(const Network& network, const EndUseLanes& end_uses, std::span<const double> baseline_shortfall,
                    Result& result);

/// Fills `result`, all but status and certificate, for a block of one lane with shares `u` by line.
void account(const Network& network, const FlowSystem& system, const LaneData& data, std::span<const double> u,
             const EndUseLanes& end_uses, std::span<const double> baseline_shortfall, Result& result);

/// See Certificate::mass_balance. Computed from the result's activities and flows alone. O(routes + facilities).
[[nodiscard]] double mass_balance(const Network& network, const LaneData& data, const Result& result);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/accounting.ipp>  // IWYU pragma: export
#endif
