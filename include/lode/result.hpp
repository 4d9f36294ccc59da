// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

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

/// How far the numbers can be trusted, computed from the finished result, not by the solver.
struct Certificate {
  /// Worst violation of a balance, relative to the base year's figure of the same row: a facility that ships more than it
  /// makes or runs higher than its inputs allow, a separator whose products are not in its feeds, an end use that gets
  /// more than arrives. Imbalances of the base year itself (its tolerance is 1e-6) do not count. Target 1e-12.
  double mass_balance = 0.0;
  /// max |u - F(u)| over all lines, u the shares of baseline.
  double fixpoint_residual = 0.0;
  /// Width of a verified interval around the greatest fixpoint, in shares of baseline: u - gap <= u* <= u + gap. The
  /// base year's own sums count as exact: a loop that feeds itself wholly stands at its baseline.
  double gap = 0.0;
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
};

}  // namespace lode::inline LODE_ABI
