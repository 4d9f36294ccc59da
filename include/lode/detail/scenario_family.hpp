// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/uncertain_fields.hpp>
#include <lode/disruption.hpp>
#include <lode/network.hpp>
#include <lode/scenario.hpp>

/// All draws of one uncertain scenario, names resolved once. Private.
///
/// What a shock selects does not depend on its numbers. So the disruption of a draw is that of the median, with new
/// products where an uncertain number takes part: cheap enough to draw millions. `resolve(network, draw(scenario, u))`
/// gives the same bits.
namespace lode::inline LODE_ABI::detail {

class ScenarioFamily {
 public:
  /// Throws `InvalidScenario`. O(shocks * resolve).
  ScenarioFamily(const Network& network, const Scenario& scenario);

  [[nodiscard]] std::size_t variables() const { return variables_; }

  /// False where a draw changes more than factors and rates (a ramp on a given day): such draws are resolved one by
  /// one.
  [[nodiscard]] bool is_simple() const { return is_simple_; }

  /// A number of the scenario as propagation uses it: certain, or drawn from its variable.
  struct Term {
    static constexpr std::uint32_t certain = 0xffffffffU;
    UncertainNumber number;
    FieldRange range;
    std::uint32_t variable = certain;
    double value = 0.0;  ///< if certain
  };
  [[nodiscard]] std::span<const Term> terms() const { return terms_; }

  /// An item that an uncertain number concerns. Its terms are combined in the order of the shocks: products for
  /// factors, sums for `add` and rates.
  template <class Id>
  struct Item {
    Id id;
    std::vector<std::uint32_t> terms;
  };
  struct Activity : Item<FacilityId> {
    std::vector<std::uint32_t> adds;
  };
  struct Release : Item<PlaceId> {
    CommodityId commodity;
    double amount = 0.0;  ///< the reserve gives no more
  };
  [[nodiscard]] std::span<const Activity> activity() const { return activity_; }
  [[nodiscard]] std::span<const Item<RouteId>> routes() const { return routes_; }
  [[nodiscard]] std::span<const Item<EndUseId>> demand() const { return demand_; }
  [[nodiscard]] std::span<const Item<EndUseId>> weights() const { return weights_; }
  [[nodiscard]] std::span<const Release> releases() const { return releases_; }

  /// What propagation sees of the median, with an entry for every item above even where it is neutral there.
  [[nodiscard]] const Disruption& items() const { return items_; }

 private:
  void add_shock(const Network& network, const Scenario& scenario, std::size_t shock);
  void collect(const Network& network);

  static constexpr std::uint32_t no_item = 0xffffffffU;

  std::size_t variables_ = 0;
  bool is_simple_ = true;
  std::vector<Term> terms_;
  std::vector<Activity> activity_;
  std::vector<Item<RouteId>> routes_;
  std::vector<Item<EndUseId>> demand_, weights_;
  std::vector<Release> releases_;
  std::vector<std::uint32_t> activity_at_, route_at_, demand_at_, weight_at_;  ///< positions by handle, while building
  Disruption items_;
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/scenario_family.ipp>  // IWYU pragma: export
#endif
