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
  /// What an iteration needs of a basic variable, in one place of memory.
  struct Row {
    double x, lower, upper, weight;
  };
  struct Candidate {
    double ratio, size;
    int j;
  };

  Outcome iterate(bool perturb);
  void perturb_costs();
  void make_dual_feasible();
  /// Reads rows from the core after a change of basis or values there, or writes them back.
  void read_rows();
  void write_rows();
  void start_over();
  void rank(int row);
  int choose_row();
  /// The entering variable, or -1. Fills `flips_`.
  int choose_column(double slope);
  /// Of what may stay anywhere and so enters without a step of the duals: with room for the whole move if there is one,
  /// so that it is not violated next.
  int choose_free(double violation);
  void collect_candidates();
  void apply_flips();
  void update_reduced_costs(int q, int leaves, double alpha_q);
  void update_rows(int p, double move, double pivot);

  SimplexCore& core_;
  Array<Row> rows_;
  /// Squared violation by weight, and the most of every 16 rows.
  Array<double> merit_, most_;
  Array<int> flips_, found_;
  Array<Candidate> candidates_;
  double direction_ = 1.0;  ///< 1: the leaving variable rises to its lower bound
  double step_ = 0.0;       ///< of the duals
  double harris_ = 1e-9;
  int free_ = 0;  ///< variables that `may_stay`
};

}  // namespace lode::inline LODE_ABI::optimize::detail

#ifndef LODE_COMPILED
#include <lode/impl/dual_simplex.ipp>  // IWYU pragma: export
#endif
