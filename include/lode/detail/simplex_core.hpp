// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>
#include <stop_token>

#include <lode/config.hpp>
#include <lode/detail/basis_factor.hpp>
#include <lode/detail/simplex_program.hpp>
#include <lode/detail/sparse_vector.hpp>

/// Private. What the primal and the dual simplex method share: a basis, its factors, values and reduced costs.
namespace lode::inline LODE_ABI::optimize::detail {

/// Where a variable is. `zero`: free, and not basic. `fixed`: both bounds are equal. `between`: not basic, and where the
/// start put it, between its bounds; its reduced cost is 0, as for a free one.
enum class Place : std::uint8_t { basic, lower, upper, fixed, zero, between };

/// How a run of either method ended.
enum class Outcome : std::uint8_t {
  done,      ///< the primal method: no reduced cost improves; the dual method: no row is violated
  no_limit,  ///< nothing limits the step; `ray` holds the direction
  stalled,   ///< too many steps of length 0
  lost,      ///< what the method keeps, feasibility in its sense, was lost to rounding
  iteration_limit,
  interrupted,
  trouble
};

struct SimplexCore {
  SimplexProgram program;
  BasisFactor factor;
  Array<int> basic;    ///< the variable of each row
  Array<int> row_of;   ///< of each variable; -1: not basic
  Array<Place> place;  ///< of each variable
  Array<double> side;  ///< of each variable: 1 at its lower bound, -1 at its upper, 0 otherwise
  Array<double> x, d;  ///< of each variable; d is 0 for basic ones
  Array<double> cost;  ///< as the method sees it: perturbed, or shifted to stay feasible
  bool costs_changed = false;
  Array<double> weight;  ///< of each row: the squared norm of that row of the inverse, for the dual method

  double tolerance = 1e-9;
  int iterations = 0;
  int max_iterations = 0;
  std::stop_token stop;
  SparseVector ray;  ///< with `no_limit`: multipliers of rows (dual), or a change of all variables (primal)

  SparseVector row_work;    ///< n + m: a row of the tableau
  SparseVector leaving;     ///< m: that row's row of the inverse
  SparseVector entering;    ///< m: a column of the tableau
  SparseVector other_work;  ///< m
  double leaving_density = 0.0, entering_density = 0.0, other_density = 0.0, weight_density = 0.0;

  /// Everything at a bound, logicals basic.
  void start_from_logicals();
  /// The places are given; basic variables are those whose place says so, in any number.
  void start_from_places();
  /// One logical more is basic for each row that `program` has more.
  void append_rows(int rows_before);

  /// Factorises anew and recomputes values and reduced costs.
  void refactor();
  void compute_values();
  void compute_reduced_costs();
  void restore_costs();
  /// Where a variable that is not basic sits, if it can not stay where it is.
  void settle(int j);
  void put(int j, Place where) {
    place[j] = where;
    side[j] = where == Place::lower ? 1.0 : where == Place::upper ? -1.0 : 0.0;
  }
  void move_to_bound(int j);
  /// Not basic and at no bound: its reduced cost is 0, and it moves either way.
  [[nodiscard]] bool may_stay(int j) const { return place[j] == Place::zero || place[j] == Place::between; }

  /// x = column j of [A | -I], times `scale`, added.
  void add_column(SparseVector& x, int j, double scale) const;
  /// alpha = rho' [A | -I] for the variables that are not basic.
  void price(const SparseVector& rho, SparseVector& alpha) const;
  /// Variable `enters` at row p in place of what is there, which goes to `to`. Values are up to date.
  void exchange(int p, int enters, Place to, double pivot);

  [[nodiscard]] double violation(int j) const {
    if (x[j] < program.lower[j] - tolerance) return program.lower[j] - x[j];
    if (x[j] > program.upper[j] + tolerance) return x[j] - program.upper[j];
    return 0.0;
  }
  /// How far a reduced cost is from the sign that its place wants.
  [[nodiscard]] double dual_violation(int j) const {
    switch (place[j]) {
      case Place::lower:
        return d[j] < 0.0 ? -d[j] : 0.0;
      case Place::upper:
        return d[j] > 0.0 ? d[j] : 0.0;
      case Place::zero:
      case Place::between:
        return d[j] < 0.0 ? -d[j] : d[j];
      default:
        return 0.0;
    }
  }
  [[nodiscard]] bool primal_feasible() const;
  [[nodiscard]] bool dual_feasible() const;
  /// Moves boxed variables to the side that their reduced cost wants; true if any moved (values are then recomputed).
  bool flip_boxed();
};

}  // namespace lode::inline LODE_ABI::optimize::detail

#ifndef LODE_COMPILED
#include <lode/impl/simplex_core.ipp>  // IWYU pragma: export
#endif
