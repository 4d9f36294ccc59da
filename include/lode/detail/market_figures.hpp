// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <span>
#include <vector>

#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/equilibrium.hpp>
#include <lode/network.hpp>

namespace lode::inline LODE_ABI::detail {

/// Private. What the market model knows beyond the network.
struct MarketFigures {
  std::vector<double> seller_price, buyer_price;  ///< USD/t in the base year, by route
  std::vector<double> supply_elasticity;          ///< by facility; 0 where it stood still
  std::vector<double> demand_elasticity;          ///< by end use, its size; 0 where nothing arrived
};

/// Throws `InvalidArgument` with everything that is missing or out of range, and what to do about each.
[[nodiscard]] MarketFigures market_figures(const Network& network, std::span<const Price> prices, int year,
                                           const EquilibriumOptions& options);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/market_figures.ipp>  // IWYU pragma: export
#endif
