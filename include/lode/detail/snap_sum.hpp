// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include <lode/config.hpp>

/// Shares that add up to exactly what they should. Private.
namespace lode::inline LODE_ABI::detail {

/// Moves the largest term by the rounding error of the sum, so that summing in order gives exactly `target`, which is a
/// part of `whole`.
inline void snap_sum(std::span<double> terms, double target, double whole) {
  constexpr double ulp = std::numeric_limits<double>::epsilon();
  const auto sum = [&terms] {
    double total = 0.0;
    for (const double term : terms) total += term;
    return total;
  };
  if (terms.empty()) return;
  // Only what rounding can explain: each term and each addition is off by at most an ulp.
  if (std::abs(sum() - target) > ulp * whole * (2.0 + static_cast<double>(terms.size()))) return;
  double& largest = *std::max_element(terms.begin(), terms.end());
  for (int attempt = 0; attempt < 8 && sum() != target; ++attempt) largest += target - sum();
  // Rounding to even may step over the target; a fraction of an ulp on some other term gets there.
  for (std::size_t i = 0; i < terms.size() && sum() != target; ++i) {
    const double before = terms[i];
    for (const double step : {1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 4.0, -4.0}) {
      terms[i] = std::max(0.0, before + step * 0.25 * ulp * target);
      if (sum() == target) return;
    }
    terms[i] = before;
  }
}
inline void snap_sum(std::span<double> terms, double target) {
  snap_sum(terms, target, target);
}

}  // namespace lode::inline LODE_ABI::detail
