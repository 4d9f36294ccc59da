// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/config.hpp>
#include <lode/detail/simplex_core.hpp>

/// Private. The bounded dual simplex method.
namespace lode::inline LODE_ABI::optimize::detail {

/// Keeps the reduced costs of the right sign and brings violated basic variables to their bounds, one at a time.
///
/// Rows are chosen by dual steepest edge (Forrest and Goldfarb 1992), the column by a ratio test that lets boxed
/// variables pass from bound to bound while that still pays (Maros 2003) and takes the largest pivot among those within
/// a tolerance (Harris 1973). Reduced costs that would end on the wrong side are put right by shifting costs.
class DualSimplex {
 public:
  explicit DualSimplex(SimplexCore& core) : core_(core) {}

  /// Reduced costs of the wrong sign are shifted away first. With `perturb`, costs are raised by small amounts, so that
  /// ties do not stall. `core.costs_changed` says whether costs must be restored afterwards.
  Outcome run(bool perturb);

 private:
  void perturb_costs();
  void make_dual_feasible();
  void recompute();
  void mark(int row);
  int choose_row();
  /// The entering variable, or -1. Fills `flips_`.
  int choose_column(double slope);
  void apply_flips();
  void update_weights(int p, double pivot);

  SimplexCore& core_;
  Array<double> violation_;  ///< squared, of each row
  Array<int> suspects_;      ///< rows that may be violated
  Array<char> suspected_;
  Array<int> flips_;
  struct Candidate {
    double ratio, size;
    int j;
  };
  Array<Candidate> candidates_;
  double direction_ = 1.0;  ///< 1: the leaving variable rises to its lower bound
  double harris_ = 1e-9;
};

}  // namespace lode::inline LODE_ABI::optimize::detail

#ifndef LODE_COMPILED
#include <lode/impl/dual_simplex.ipp>  // IWYU pragma: export
#endif
