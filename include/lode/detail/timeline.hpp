// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lode/config.hpp>
#include <lode/date.hpp>
#include <lode/detail/licence.hpp>
#include <lode/disruption.hpp>
#include <lode/network.hpp>
#include <lode/scenario.hpp>

/// A scenario over time: what differs from the base year, step by step. Private.
namespace lode::inline LODE_ABI::detail {

/// Equal steps of whole days.
struct Calendar {
  Date start;
  int step_days = 7;
  std::size_t steps = 0;
  [[nodiscard]] Date first_day(std::size_t step) const {
    return start + std::chrono::days{step_days} * static_cast<long>(step);
  }
};

/// What holds from `step` on until the next snapshot. Values that change within a step are means over its days; the
/// delay of a licence is the one in force when the step ends. A reserve's rate may be infinite: as needed.
struct Snapshot {
  std::uint32_t step = 0;
  std::vector<ActivityLimit> activity;
  std::vector<RouteOpenness> routes;
  std::vector<EndUseFactor> demand, weights;
  std::vector<ReserveRelease> releases;
  std::vector<RouteLicence> licences;
  /// All but the step.
  [[nodiscard]] bool same_effects(const Snapshot& other) const {
    return activity == other.activity && routes == other.routes && demand == other.demand && weights == other.weights &&
           releases == other.releases && licences == other.licences;
  }
};

/// The first and the last day that the scenario names anywhere, fades included; nothing if it names none.
[[nodiscard]] std::optional<std::pair<Date, Date>> dated_period(const Scenario& scenario);

/// The snapshots of a scenario, only those that differ from the one before; nothing holds before the first. `notes`
/// gets what a reader should know, each remark once. Throws `InvalidScenario`. O(days on which something changes *
/// shocks * (routes + facilities)).
[[nodiscard]] std::vector<Snapshot> timeline(const Network& network, const Scenario& scenario, const Calendar& calendar,
                                             std::vector<std::string>& notes);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/timeline.ipp>  // IWYU pragma: export
#endif
