// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>
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
///     const lode::Disruption shock = lode::resolve(network, scenario);   // throws InvalidScenario, every problem
///     listed propagator.run(shock, result);
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

/// A ceiling on some flows together: `factor` times the sum of their baseline flows. One for each export, import, route
/// or licence shock below 1 and each commodity it selects; routes that the base year did not use count with what they
/// carry now. Propagation sees the same shock as `RouteOpenness`.
struct Quota {
  std::size_t shock = 0;  ///< position in the scenario's list
  CommodityId commodity;
  double factor = 1.0;
  double limit = 0.0;  ///< t/yr
  std::vector<RouteId> routes = {};
  friend bool operator==(const Quota&, const Quota&) = default;
};

/// At least `minimum` t/yr over some routes together.
struct Offtake {
  std::size_t shock = 0;
  CommodityId commodity;
  double minimum = 0.0;
  std::vector<RouteId> routes = {};
  friend bool operator==(const Offtake&, const Offtake&) = default;
};

/// An ad valorem tariff: `rate` times the price at the seller, the sum of the shocks' rates (1.0 = 100 %).
struct RouteTariff {
  RouteId route;
  double rate = 0.0;
  friend bool operator==(const RouteTariff&, const RouteTariff&) = default;
};

/// `price` USD/t guaranteed to a producer; the highest of several.
struct PriceFloor {
  FacilityId facility;
  CommodityId commodity;
  double price = 0.0;
  friend bool operator==(const PriceFloor&, const PriceFloor&) = default;
};

/// A set of models, those a remark is for.
enum class ModelSet : std::uint8_t {
  none = 0,
  propagate = 1,
  reallocate = 2,
  equilibrium = 4,
  statics = 7,
  simulate = 8,
  all = 15
};
[[nodiscard]] constexpr ModelSet operator|(ModelSet a, ModelSet b) {
  return static_cast<ModelSet>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
[[nodiscard]] constexpr bool contains(ModelSet set, ModelSet model) {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(model)) != 0;
}

/// What a reader of a result should know: a shock that the model has no use for, a median taken.
struct Remark {
  std::string text;
  ModelSet concerns = ModelSet::all;
  friend bool operator==(const Remark&, const Remark&) = default;
};

struct Disruption {
  std::string scenario = {};
  std::vector<ActivityLimit> activity = {};
  std::vector<RouteOpenness> routes = {};
  std::vector<EndUseFactor> demand = {};
  std::vector<EndUseFactor> weights = {};
  std::vector<ReserveRelease> releases = {};
  std::vector<Quota> quotas = {};
  std::vector<Offtake> offtakes = {};
  std::vector<RouteTariff> tariffs = {};
  std::vector<PriceFloor> price_floors = {};
  std::vector<Remark> remarks = {};
  /// The remarks for one model.
  [[nodiscard]] std::vector<std::string> notes(ModelSet model) const {
    std::vector<std::string> out;
    for (const Remark& remark : remarks) {
      if (contains(remark.concerns, model)) out.push_back(remark.text);
    }
    return out;
  }
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
