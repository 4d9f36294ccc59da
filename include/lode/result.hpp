// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <lode/config.hpp>
#include <lode/ids.hpp>
#include <lode/status.hpp>
#include <lode/units.hpp>

/// What a static model answers. Materials are in tonnes of the element, everything else in tonnes of the commodity.
///
///     const lode::Result result = lode::propagate(network, scenario);
///     for (const auto& m : result.materials)
///       std::cout << m.name << ' ' << m.shortfall.in(lode::tonnes_per_year) << " t/yr\n";
namespace lode::inline LODE_ABI {

/// demanded = delivered + shortfall. `baseline_shortfall` is what the base year itself leaves unmet.
struct MaterialResult {
  MaterialId id;
  std::string name;
  TonnesPerYear demanded, delivered, shortfall, baseline_shortfall;
};

/// As `MaterialResult`, for the end uses of one country.
struct CountryResult {
  CountryId id;
  std::string name;
  std::vector<MaterialResult> materials;
};

struct EndUseResult {
  EndUseId id;
  std::string name;
  TonnesPerYear demanded, delivered, shortfall, baseline_shortfall;
  double weight = 1.0;  ///< after priority shocks
};

/// What keeps a facility from its baseline: nothing, its own limit, an input (`commodity`) or the feed of a separator.
enum class Limit { none, capacity, input, feed };

struct FacilityResult {
  FacilityId id;
  TonnesPerYear activity;
  double utilisation = 0.0;  ///< activity / baseline; 0 where the baseline is 0
  Limit limited_by = Limit::none;
  CommodityId limiting_input;  ///< valid if limited_by is Limit::input
};

struct RouteResult {
  RouteId id;
  TonnesPerYear flow;
};

/// What one more tonne of a commodity at a place would save: units of the objective per tonne (reallocate: weight times
/// tonnes of what end uses take). Where the optimum has several prices, `low` is what one more tonne saves and `high`
/// what one tonne less costs; `price` is between them.
struct PriceResult {
  PlaceId place;
  CommodityId commodity;
  double price = 0.0;
  std::optional<double> low, high;  ///< absent where they were not asked for
  bool makes = false;               ///< the place makes the commodity; else it takes it
};

/// What one more t/yr of an activity limit would save, in units of the objective.
struct CapacityRent {
  FacilityId id;
  TonnesPerYear limit;
  double rent = 0.0;
};

/// What a licence for one more t/yr would save. `shock` is the position in the scenario.
struct QuotaRent {
  std::size_t shock = 0;
  CommodityId commodity;
  TonnesPerYear limit, used;
  double rent = 0.0;
};

/// What an obligation to ship one more t/yr costs.
struct OfftakeCost {
  std::size_t shock = 0;
  CommodityId commodity;
  TonnesPerYear minimum, shipped;
  double cost = 0.0;
};

/// What one tonne of a mine's commodity is worth for a material in it (or, for goods that no separator takes, as a
/// whole: no material), at those who take it, weighted by what they take.
struct BasketEntry {
  FacilityId mine;
  CommodityId commodity;
  std::optional<MaterialId> material;
  double value = 0.0;
};

/// How far the numbers can be trusted, computed from the finished result, not by the solver.
struct Certificate {
  /// Worst violation of a balance, relative to the base year's figure of the same row: a facility that ships more than it
  /// makes or runs higher than its inputs allow, a separator whose products are not in its feeds, an end use that gets
  /// more than arrives. Imbalances of the base year itself (its tolerance is 1e-6) do not count. Target 1e-12.
  double mass_balance = 0.0;
  /// propagate: max |u - F(u)| over all lines, u the shares of baseline.
  double fixpoint_residual = 0.0;
  /// propagate: width of a verified interval around the greatest fixpoint, in shares of baseline: u - gap <= u* <= u +
  /// gap. The base year's own sums count as exact: a loop that feeds itself wholly stands at its baseline.
  /// reallocate: total_weighted_shortfall less the dual bound, which no allocation can go below, as a share of the sum
  /// of weight * demand.
  double gap = 0.0;
  /// reallocate: worst multiplier of the wrong sign, stationarity and complementarity of the prices, relative.
  double optimality = 0.0;
};

struct Result {
  SolveStatus status = SolveStatus::not_run;
  std::string scenario;
  std::vector<MaterialResult> materials;
  std::vector<CountryResult> countries;  ///< those with demand, in the network's order
  std::vector<EndUseResult> end_uses;
  std::vector<FacilityResult> facilities;
  std::vector<RouteResult> routes;
  double total_weighted_shortfall = 0.0;  ///< sum of weight * shortfall over end uses, t of commodity per year
  Certificate certificate;
  std::vector<std::string> notes;
  // reallocate only.
  std::vector<PriceResult> prices;  ///< by facility (what it takes, what it makes), then by end use
  std::vector<CapacityRent> capacity_rents;  ///< those above 0
  std::vector<QuotaRent> quota_rents;        ///< all quotas, in the order of the shocks
  std::vector<OfftakeCost> offtake_costs;    ///< all offtakes
  std::vector<BasketEntry> baskets;          ///< by mine
  /// Where the status is `infeasible`: demands that contradict each other, none of which can be spared.
  std::vector<std::string> conflict;
};

}  // namespace lode::inline LODE_ABI
