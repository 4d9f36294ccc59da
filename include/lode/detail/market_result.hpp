// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <vector>

#include <lode/config.hpp>
#include <lode/detail/market_program.hpp>
#include <lode/equilibrium.hpp>

/// From a point of the market's program to what a user reads. Private.
namespace lode::inline LODE_ABI::detail {

/// A price floor in force: the row of the product, and the routes it is sold on.
struct FloorRow {
  PriceFloor floor;
  std::size_t row = 0;
  std::vector<RouteId> routes;
};

/// A point, its multipliers in the program's units, and what was charged on flows.
struct MarketPoint {
  Eigen::VectorXd x, row_dual, bound_dual;
  std::vector<double> tariff;   ///< USD/t, by tariff of the disruption
  std::vector<double> subsidy;  ///< USD/t, by floor
};

/// What a t is worth in the rows of a point, USD/t.
struct MarketPrices {
  std::vector<double> row;     ///< multiplier of each row of the program; quotas and offtakes too
  std::vector<double> seller;  ///< by route: market price at the seller, a floor's subsidy not counted
  std::vector<double> buyer;   ///< by route

  MarketPrices(const MarketProgram& market, const std::vector<FloorRow>& floors, const MarketPoint& point);
};

/// Fills everything but status, notes and iterations.
void account(const MarketProgram& market, const Disruption& disruption, const std::vector<FloorRow>& floors,
             const MarketPoint& point, EquilibriumResult& result);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/market_result.ipp>  // IWYU pragma: export
#endif
