// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <lode/config.hpp>
#include <lode/ids.hpp>
#include <lode/network.hpp>
#include <lode/shock.hpp>
#include <lode/units.hpp>

/// A base year as it was published: figures with standard uncertainties that contradict each other, gaps, and totals
/// over many rows. `reconcile` (reconcile.hpp) makes a balanced network of it.
///
///     lode::Observations found = world.observe();                       // a NetworkBuilder whose rows need not balance
///     found.totals.push_back({.id = "exports",
///                             .over = lode::ExportShock{.country = "CHN", .commodity = {"magnet"}},
///                             .value = 58152_t_per_yr, .sd = 600_t_per_yr});
///     const lode::Reconciliation balanced = lode::reconcile(found);
namespace lode::inline LODE_ABI {

/// A published sum, such as all magnets a country exports: one more measurement. `over` says of what, with the selectors
/// of a shock, whose numbers are not used: the total adds up what that shock would act on.
///
/// | `over` | the sum |
/// |---|---|
/// | `CapacityShock` | baselines of the selected facilities |
/// | `DemandShock` | demands of the selected end uses |
/// | `RouteShock`, `ExportShock`, `ImportShock` | flows of the selected routes |
struct PublishedTotal {
  std::string id;
  Effect over;
  TonnesPerYear value;
  std::optional<TonnesPerYear> sd = std::nullopt;  ///< standard uncertainty; absent: `ReconcileOptions` has a default
  Provenance provenance = {};
  friend bool operator==(const PublishedTotal&, const PublishedTotal&) = default;
};

/// The rows a total adds up.
struct TotalMembers {
  std::vector<FacilityId> facilities;
  std::vector<RouteId> routes;
  std::vector<EndUseId> end_uses;
};

/// Throws `InvalidScenario` where a name does not exist or nothing is selected. Cost O(rows).
[[nodiscard]] TotalMembers members(const Network& network, const PublishedTotal& total);

/// What is wrong with a total: names that do not exist, nothing selected. `origin` knows the places of its selectors.
[[nodiscard]] std::vector<Issue> check(const Network& network, const PublishedTotal& total,
                                       std::shared_ptr<const Origin> origin = nullptr);

/// Figures of a base year that nobody published; the network has 0 in their place.
struct Unmeasured {
  std::vector<FacilityId> baselines;
  std::vector<RouteId> flows;
  std::vector<EndUseId> demands;
  friend bool operator==(const Unmeasured&, const Unmeasured&) = default;
};

struct Observations {
  /// Every rule of `NetworkBuilder::build` holds but the balances and the capacities. Models may not be run on it.
  Network network;
  Unmeasured unmeasured;
  std::vector<PublishedTotal> totals;
};

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/observations.ipp>  // IWYU pragma: export
#endif
