// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include <lode/adaptation.hpp>
#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/disruption.hpp>
#include <lode/network.hpp>
#include <lode/result.hpp>
#include <lode/scenario.hpp>

/// Spatial price equilibrium: what a shock does to prices and trade when everybody takes prices as given (Samuelson
/// 1952; Takayama and Judge 1964). Money is USD/t and USD/yr, tonnes are of the commodity.
///
/// Activities x, flows f and what end uses take q solve, under the rows of `reallocate` (balances, limits, quotas,
/// offtakes),
///
///     maximise   sum over end uses of the integral of P(q)  -  sum over facilities of the integral of M(x)
///                -  sum over routes of (cost + wedge + tariff - subsidy) f
///
///     P(q) = p0 (1 + (1 - q / (factor q0)) / e)         demand, e = |elasticity|; at least 0
///     M(x) = max(0, M0 + R0 / (s x0) (x - x0))          cost at the margin beyond what inputs cost, s the elasticity
///     of
///                                                       supply, R0 what the products of one t of activity bring
///
/// around base prices p0 and the base year's x0, f0, q0 (what arrives). Amounts and recoveries are those that really
/// flowed. M0 and the wedges (differences of base prices that costs do not explain) follow from the conditions for a
/// maximum at the base year, which therefore is the equilibrium without shocks, exactly. Multipliers of the rows are
/// prices. An ad valorem tariff (rate times the price at the seller) and a price floor (a contract for difference: the
/// producer gets p + s, 0 <= s, s = 0 where p is above the floor) make no maximum; they are found by iteration.
/// docs/equilibrium.md states all of it, with the limits: price takers, one year, lines instead of curves.
///
///     const lode::EquilibriumResult market = lode::equilibrium(dataset, scenario);
///     if (market.status == lode::SolveStatus::solved) std::cout <<
///     market.prices.front().price.in(lode::usd_per_tonne);
///
/// Limits: where neither a facility nor a shock states a capacity, the supply curve is the only limit. What a shock
/// adds to a capacity costs at the margin what the base year cost; a facility that stood still breaks even at base
/// prices.
namespace lode::inline LODE_ABI {

struct EquilibriumOptions {
  /// Taken where an end use or a facility states none; without them `InvalidArgument` lists all that are missing.
  std::optional<double> demand_elasticity = std::nullopt, supply_elasticity = std::nullopt;  ///< size; above 0
  double elasticity_factor = 1.0;  ///< on all elasticities, stated or not; above 0
  /// What the last tonne costs where a flow doubles, or falls to nothing, as a share of the price: leaving the base
  /// year's flows is work. The small default only settles which of several routes that cost the same is used: goods of
  /// all sellers are one. Larger numbers say how hard it is to change suppliers. In [1e-9, 100].
  double trade_inertia = 1e-6;
  Adaptation allow = {};
  double tolerance = 1e-9;   ///< of the certificate, relative; in [1e-12, 1e-4]
  int max_iterations = 200;  ///< programs solved for ad valorem tariffs and price floors; at least 1
  std::stop_token stop = {};
};

/// `demanded` is the base year's demand times the scenario's factor, `shortfall` what of it is not taken: not to be
/// had, or too dear.
struct EquilibriumEndUse {
  EndUseId id;
  TonnesPerYear demanded, delivered, shortfall, baseline_shortfall;
  UsdPerTonne price, base_price;
};

struct EquilibriumFacility {
  FacilityId id;
  TonnesPerYear activity, base_activity;
  UsdPerTonne base_margin;  ///< M0: what a t of activity earns beyond its inputs at base prices; below 0: unexplained
};

struct EquilibriumRoute {
  RouteId id;
  TonnesPerYear flow, base_flow;
  UsdPerTonne wedge;  ///< what of the base year's price difference its cost does not explain; may be below 0
};

/// Of a commodity where it is made or taken.
struct EquilibriumPrice {
  PlaceId place;
  CommodityId commodity;
  UsdPerTonne price, base_price;
};

struct FloorPayment {
  FacilityId facility;
  CommodityId commodity;
  UsdPerTonne floor, market_price, subsidy;  ///< subsidy: what is paid on top of the market price
  TonnesPerYear sold;
  double budget = 0.0;  ///< USD/yr
};

struct TariffPayment {
  RouteId id;
  double rate = 0.0;
  UsdPerTonne tariff;
  TonnesPerYear flow;
  double revenue = 0.0;  ///< USD/yr
};

/// Changes against the base year, USD/yr. welfare = consumers + producers + tariffs + quotas - floors.
struct SurplusChange {
  double consumers = 0.0;
  double producers = 0.0;  ///< of facilities, routes and reserves; bears what an offtake costs
  double tariffs = 0.0;    ///< revenue
  double quotas = 0.0;     ///< rents, whoever holds the licences
  double floors = 0.0;     ///< budget
  double welfare = 0.0;
};

/// How far the numbers can be trusted, from the finished numbers.
struct EquilibriumCertificate {
  double mass_balance = 0.0;  ///< worst violation of a row or limit, of the larger side of it and what is
                              ///< usual there
  double optimality = 0.0;    ///< worst violation of the conditions for a maximum: dual and complementarity, relative
  double gap = 0.0;           ///< surplus of the best point less surplus of this one, at most; relative
  double tariffs = 0.0;       ///< max |tariff - rate * price at the seller| / base price
  double price_floors = 0.0;  ///< max |subsidy - max(0, floor - price)| / base price
};

struct EquilibriumResult {
  SolveStatus status = SolveStatus::not_run;
  std::string scenario;
  std::vector<MaterialResult> materials;  ///< t of the element
  std::vector<EquilibriumEndUse> end_uses;
  std::vector<EquilibriumFacility> facilities;
  std::vector<EquilibriumRoute> routes;
  std::vector<EquilibriumPrice> prices;  ///< by facility (what it takes, what it makes), then by end use
  std::vector<QuotaRent> quota_rents;    ///< rent: USD/t
  std::vector<FloorPayment> price_floors;
  std::vector<TariffPayment> tariffs;    ///< by route, rates above 0
  std::vector<OfftakeCost> offtakes;     ///< cost: USD/t
  std::optional<SurplusChange> surplus;  ///< absent where a shock changes demand: curves that move do not compare
  EquilibriumCertificate certificate;
  int iterations = 0;  ///< programs solved
  std::vector<std::string> notes;
  std::vector<std::string> conflict;  ///< `infeasible`: demands of which none can be spared
};

namespace detail {
class MarketState;
}  // namespace detail

/// The market of one network, set up once. Not for use by two threads at once. A run does not depend on earlier ones.
class Market {
 public:
  /// Base prices are those of `year`: a country's, or the world's where it has none. Throws `InvalidArgument` that
  /// lists every commodity without a base price, every facility and end use without an elasticity, and options out of
  /// range.
  Market(const Network& network, std::span<const Price> prices, int year, const EquilibriumOptions& options = {});
  ~Market();
  Market(Market&&) noexcept;
  Market& operator=(Market&&) noexcept;

  /// Throws `InvalidScenario`.
  [[nodiscard]] EquilibriumResult run(const Scenario& scenario);
  [[nodiscard]] EquilibriumResult run(const Disruption& disruption);

 private:
  std::unique_ptr<detail::MarketState> state_;
};

/// One scenario on one data set, at the prices of its base year.
[[nodiscard]] EquilibriumResult equilibrium(const Dataset& dataset, const Scenario& scenario,
                                            const EquilibriumOptions& options = {});

/// The same with all elasticities times 0.5, 1 and 2: between them the numbers move, since elasticities are uncertain.
[[nodiscard]] std::array<EquilibriumResult, 3> equilibrium_range(const Dataset& dataset, const Scenario& scenario,
                                                                 const EquilibriumOptions& options = {});

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/equilibrium.ipp>  // IWYU pragma: export
#endif
