// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>
#include <vector>

#include <lode/config.hpp>
#include <lode/error.hpp>
#include <lode/ids.hpp>
#include <lode/network.hpp>
#include <lode/scenario.hpp>

/// A scenario as the static models see it: names replaced by handles, schedules by the value of one day, uncertain
/// numbers by their median. Sparse: only what differs from the base year is listed, each item once, in ascending order.
///
///     const lode::Disruption shock = lode::resolve(network, scenario);   // throws InvalidScenario, every problem listed
///     propagator.run(shock, result);
///
/// Programs that vary numbers in a loop write the `Disruption` themselves and skip the names.
namespace lode::inline LODE_ABI {

/// Activity limit: (factor * x + add) t/yr, where x is the baseline or the capacity, as the model says; at least 0.
struct ActivityLimit {
  FacilityId facility;
  double factor = 1.0;  ///< product of the shocks' factors
  double add = 0.0;     ///< t/yr, sum of the shocks' adds
  friend bool operator==(const ActivityLimit&, const ActivityLimit&) = default;
};

/// phi, the open share of a route: the product of min(1, factor) over its shocks, 0 .. 1.
struct RouteOpenness {
  RouteId route;
  double open = 1.0;
  friend bool operator==(const RouteOpenness&, const RouteOpenness&) = default;
};

/// A factor on an end use's demand or weight.
struct EndUseFactor {
  EndUseId end_use;
  double factor = 1.0;
  friend bool operator==(const EndUseFactor&, const EndUseFactor&) = default;
};

/// `rate` t/yr of a commodity that a reserve adds to what its holder receives.
struct ReserveRelease {
  PlaceId holder;
  CommodityId commodity;
  double rate = 0.0;
  friend bool operator==(const ReserveRelease&, const ReserveRelease&) = default;
};

struct Disruption {
  std::string scenario = {};
  std::vector<ActivityLimit> activity = {};
  std::vector<RouteOpenness> routes = {};
  std::vector<EndUseFactor> demand = {};
  std::vector<EndUseFactor> weights = {};
  std::vector<ReserveRelease> releases = {};
  /// What a reader of the result should know: shocks that static propagation does not use, medians taken.
  std::vector<std::string> notes = {};
  friend bool operator==(const Disruption&, const Disruption&) = default;
};

/// Resolves a scenario against a network. Throws `InvalidScenario` for a name that does not exist, an empty list, a
/// shock that selects nothing and a value out of its range. Cost O(shocks * (routes + facilities + end uses)).
[[nodiscard]] Disruption resolve(const Network& network, const Scenario& scenario);

/// Every problem `resolve` would throw; empty for a good scenario.
[[nodiscard]] std::vector<Issue> check(const Network& network, const Scenario& scenario);

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/disruption.ipp>  // IWYU pragma: export
#endif
