// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/simulation_block.hpp>
#include <lode/detail/simulation_plan.hpp>
#include <lode/detail/timeline.hpp>
#include <lode/network.hpp>
#include <lode/simulation.hpp>

/// From the ratios of a run to what a user reads. Private.
namespace lode::inline LODE_ABI::detail {

/// Fills `spell` from tonnes delivered against what the base year's supply would have met.
void find_spell(std::span<const double> met_before, std::span<const double> delivered, int step_days,
                ShortSpell& spell);

/// Fills the series, balances and certificate of `out` for one lane; `out.dates` and `out.step_days` are there.
void fill_series(const Network& network, const SimulationPlan& plan, const SimulateOptions& options,
                 const SimulationRecord& record, std::uint32_t lane, const std::vector<Snapshot>& snapshots,
                 Simulation& out);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/simulation_series.ipp>  // IWYU pragma: export
#endif
