// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/config.hpp>
#include <lode/detail/simplex_core.hpp>

/// Private. The bounded primal simplex method.
namespace lode::inline LODE_ABI::optimize::detail {

/// Keeps the values within their bounds and brings in one variable at a time whose reduced cost improves the objective.
///
/// The column is chosen by Devex (Harris 1973), the row by a ratio test that takes the largest pivot among those within
/// a tolerance, and lets the entering variable pass to its other bound.
class PrimalSimplex {
 public:
  explicit PrimalSimplex(SimplexCore& core) : core_(core) {}

  /// With `perturb`, bounds are moved out by small amounts, so that ties do not stall; they are the program's again
  /// afterwards, and values may then be violated.
  Outcome run(bool perturb);

 private:
  Outcome iterate(int most_idle);
  void recompute();
  void mark(int j);
  int choose_column();
  int choose_row(double direction, double& step, bool& to_upper);
  void update_prices(int p, int q, double pivot);

  SimplexCore& core_;
  Array<double> weight_;  ///< of each variable
  Array<int> suspects_;
  Array<char> suspected_;
};

}  // namespace lode::inline LODE_ABI::optimize::detail

#ifndef LODE_COMPILED
#include <lode/impl/primal_simplex.ipp>  // IWYU pragma: export
#endif
