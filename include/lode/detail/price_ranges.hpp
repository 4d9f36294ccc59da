// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <utility>
#include <vector>

#include <Eigen/SparseCore>

#include <lode/config.hpp>
#include <lode/detail/allocation_program.hpp>
#include <lode/optimize/simplex.hpp>
#include <lode/result.hpp>

namespace lode::inline LODE_ABI::detail {

/// Private. One-sided derivatives of the least weighted shortfall V with respect to the right-hand sides of a solved
/// allocation program. At a degenerate optimum several prices are right; V is convex, and
///
///     V'(b; r) = max of r'y over the optimal multipliers y = min g'd  over directions d that keep what binds:
///                A d >= r in rows without slack,  d >= 0 at lower bounds,  d <= 0 at upper bounds
///
/// (linear programming duality), a small program that a simplex method answers in a few steps from the optimal basis.
class PriceRanges {
 public:
  /// `optimum` and `basis` solve allocation.program. What is within rounding of its bound counts as binding.
  PriceRanges(const AllocationProgram& allocation, const optimize::Solution& optimum, const optimize::Basis& basis);

  /// Sets `low` and `high` of every price, and moves `price` between them where it is outside by rounding. `high` stays
  /// absent where one tonne less can not be had at any price.
  void fill(std::vector<PriceResult>& prices);

  using Direction = std::vector<std::pair<std::size_t, double>>;  ///< row, change of its right-hand side

  /// V' in the direction `sign` times r; infinity where there is no way to go.
  [[nodiscard]] double derivative(const Direction& r, double sign);
  /// V' for a larger (`sign` 1) or smaller (-1) upper bound of a column.
  [[nodiscard]] double derivative_of_bound(std::size_t column, double sign);

 private:
  [[nodiscard]] double steepest();
  /// What one more tonne at the place changes.
  [[nodiscard]] Direction one_more(const PriceResult& price) const;

  const AllocationProgram& allocation_;
  optimize::Program tangent_;
  std::vector<bool> binds_;  ///< by row
  optimize::Basis basis_;
  optimize::Simplex simplex_;
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/price_ranges.ipp>  // IWYU pragma: export
#endif
