// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <lode/dataset.hpp>
#include <lode/equilibrium.hpp>

/// The numbers of an equilibrium that a reader quotes, and how far they move with the elasticities. Private.
namespace lode::inline LODE_ABI::detail {

/// Mean price of a commodity over those who take it, weighted by what they take.
struct MeanPrice {
  CommodityId commodity;
  double base = 0.0, now = 0.0;  ///< USD/t
  double taken = 0.0;            ///< t/yr
};

/// By commodity, those that flow; at base-year flows for `base`.
[[nodiscard]] std::vector<MeanPrice> mean_prices(const EquilibriumResult& result, const Network& network);

struct Headline {
  std::string quantity;  ///< shortfall, price, welfare, ...
  std::string id;        ///< of a material or commodity; else empty
  std::string unit;
  double value = 0.0, low = 0.0, high = 0.0;
};

/// Shortfalls by material, mean prices by commodity, tariff revenue, quota rents, floor budget and welfare.
[[nodiscard]] std::vector<Headline> headlines(const std::array<EquilibriumResult, 3>& range, const Network& network);

/// How many of the three are solved.
[[nodiscard]] int solved_count(const std::array<EquilibriumResult, 3>& range);

/// Throws `InvalidArgument` if the result in the middle has no numbers or is not of this network.
void require_numbers(const std::array<EquilibriumResult, 3>& range, const Network& network);

}  // namespace lode::inline LODE_ABI::detail
