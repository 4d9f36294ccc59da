// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <lode/config.hpp>
#include <lode/error.hpp>
#include <lode/network.hpp>
#include <lode/observations.hpp>
#include <lode/status.hpp>

/// Makes one balanced base year of published figures that contradict each other, and says how far it moved each.
///
///     lode::NetworkBuilder world;                       // a mine that reports 100 +- 10, a plant that reports 80 +- 5
///     world.add_country("CHN");
///     world.add_commodity("ore", lode::Stage::mining);
///     world.add_mine("mine", "CHN", {.makes = "ore", .baseline = 80_t_per_yr, .baseline_sd = 10_t_per_yr});
///     world.add_end_use("plant", "CHN", {.takes = "ore", .demand = 100_t_per_yr, .demand_sd = 0_t_per_yr});
///     world.add_route("mine", "plant", "ore", 100_t_per_yr, {.flow_sd = 5_t_per_yr});
///     const lode::Reconciliation balanced = lode::reconcile(world.observe());
///     balanced.network;      // 96 t/yr of mining and of flow: the surer figure moved less
///     balanced.figures[0];   // baseline of the mine: found 80 +- 10, now 96 +- 4.47, z = 1.79
///
/// Let m be the figures (baselines, demands, flows, published totals), s their standard uncertainties and A the
/// balances of a base year (NetworkBuilder::build), with contents, recipes and recoveries as given. Then
///
///     minimise  sum over measured figures of ((x - m) / s)^2    subject to the balances, x >= 0, x <= capacity
///
/// (Stone, Champernowne and Meade 1942). Posterior variances are the diagonal of the constrained covariance
/// V - V B'(B V B')^-1 B V, where B are the balances that hold without slack, by selected inversion of the sparse
/// factor; bounds are not counted as knowledge. z = (x - m) / sqrt(V - Cov) is standard normal for an honest figure. A
/// figure that was not measured is `solved` where the balances leave it one value, and `undetermined`, with the whole
/// interval they leave, where not. A demand that was not measured is what arrives: apparent use. docs/reconcile.md
/// states the method and its limits.
namespace lode::inline LODE_ABI {

/// A figure of the base year. A total is named by its position in `Observations::totals`.
struct TotalId {
  std::size_t index = 0;
  friend bool operator==(const TotalId&, const TotalId&) = default;
};
using FigureId = std::variant<FacilityId, EndUseId, RouteId, TotalId>;  ///< baseline, demand, flow, total

struct ReconcileOptions {
  /// Standard uncertainty of a figure that states none, as a share of it, above 0. A figure of 0 without one is taken
  /// as exact: what did not happen did not happen.
  double default_relative_sd = 0.10;
  /// |z| beyond which a figure is flagged as a gross error.
  double gross_error = 3.0;
  /// Figures in the balanced network are rounded to this many significant digits (9 .. 17), far below any uncertainty,
  /// so that files are readable and the same on every machine. `ReconciledFigure`s are not rounded.
  int significant_digits = 10;
  /// Steps of the interior point method before `SolveStatus::not_converged`.
  int max_iterations = 200;
  /// Posterior standard uncertainties, residuals and what the balances ask for. Without them the figures have values alone,
  /// and `balances` stay empty: the faster half of the work.
  bool uncertainties = true;
  /// By figure, in the order of `Reconciliation::figures`, or empty: measured figures are moved by so many of their
  /// standard uncertainties before they are balanced. With independent standard normal numbers the balanced figures are a
  /// draw from their posterior distribution (randomise, then optimise: Bardsley et al. 2014), cut off at 0 and at
  /// capacities.
  std::vector<double> perturbation = {};
  /// Called between steps with a word on what is done; return false to stop with `SolveStatus::interrupted`.
  std::function<bool(const std::string& step)> progress = {};
  /// Places for messages about figures; absent: their names.
  std::function<Place(const FigureId& figure)> locator = {};
};

/// How a figure came by its value.
enum class Determination {
  measured,     ///< published, and moved as far as the balances ask
  exact,        ///< published with standard uncertainty 0, or 0 without one: not moved
  solved,       ///< not published; the balances leave one value
  undetermined  ///< not published; the balances leave an interval
};
[[nodiscard]] std::string_view to_string(Determination determination);

/// What became of one figure, t/yr.
struct ReconciledFigure {
  FigureId id;
  Determination determination = Determination::measured;
  std::optional<TonnesPerYear> found, found_sd;  ///< as published, the default in place of an absent sd
  TonnesPerYear value;              ///< of an undetermined figure: one choice out of its interval, see `reconcile`
  std::optional<TonnesPerYear> sd;  ///< posterior; absent where undetermined, or solved by bounds alone
  /// Normalised residual; absent where no balance checks the figure.
  std::optional<double> z;
  bool gross_error = false;
  bool at_bound = false;  ///< at 0 or at the capacity: the distribution is cut off there, z and sd are rough
  /// What the balances leave an undetermined figure; no `high`: no upper end.
  std::optional<TonnesPerYear> low, high;
};

enum class Balance { input, output, feed, recovery, demand, total };
[[nodiscard]] std::string_view to_string(Balance balance);

/// A balance, and what it asked for: `input`: inflow - amount * baseline >= 0; `output`: amount * baseline - outflow >=
/// 0; `feed`: inflow of all feeds - baseline = 0; `recovery`: won - outflow >= 0, t of the commodity; `demand`: demand
/// - inflow >= 0; `total`: published total - sum = 0.
struct ReconciledBalance {
  Balance balance = Balance::input;
  PlaceId place;          ///< invalid for a total
  std::size_t total = 0;  ///< its position
  CommodityId commodity;  ///< invalid for a feed and a total
  TonnesPerYear found;    ///< the left-hand side with the figures as published (unpublished ones as solved)
  TonnesPerYear left;     ///< the same afterwards: the slack
  bool binds = false;     ///< no slack is left
  double pull = 0.0;      ///< by how much chi-square would fall for each t/yr that this balance were slackened
};

struct ReconcileCertificate {
  double mass_balance = 0.0;  ///< worst relative violation of a balance by the network as returned (rounded)
  double optimality = 0.0;    ///< worst relative violation of the conditions for a least-squares minimum
};

struct Reconciliation {
  SolveStatus status = SolveStatus::not_run;
  Network network;  ///< balanced, with posterior sds; rows that moved say in their note what was found
  std::vector<ReconciledFigure> figures;    ///< baselines, demands, flows, totals; each in the order of its table
  std::vector<ReconciledBalance> balances;  ///< by facility, by end use, then totals
  double chi_square = 0.0;
  double degrees_of_freedom = 0.0;  ///< independent checks that the balances make on the figures
  double probability = 1.0;         ///< of a chi-square at least as large, if all uncertainties are honest
  ReconcileCertificate certificate;
  int iterations = 0;
  /// Where the status is `infeasible`: figures and balances that contradict each other, none of which can be spared.
  std::vector<Issue> conflict;
};

/// Throws `InvalidArgument` for options out of range and `InvalidScenario` for totals that select nothing. A value is
/// chosen for undetermined figures such that all balances hold: as near the middles of the intervals (the lower end
/// where there is no upper) as can be. Cost: 15 to 40 sparse factorisations, one selected inversion, and two small
/// linear programs for every undetermined figure.
[[nodiscard]] Reconciliation reconcile(const Observations& found, const ReconcileOptions& options = {});

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/reconcile.ipp>  // IWYU pragma: export
#endif
