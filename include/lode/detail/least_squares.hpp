// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include <Eigen/SparseCore>

#include <lode/config.hpp>
#include <lode/detail/active_set_solver.hpp>
#include <lode/optimize/interior_point.hpp>

/// Least squares under linear balances and bounds, with the covariance of the answer. Private.
namespace lode::inline LODE_ABI::detail {

struct LeastSquaresAnswer {
  optimize::Status status = optimize::Status::not_run;
  Eigen::VectorXd x;
  Eigen::VectorXd row_dual;  ///< what half of chi-square falls by per unit of slack of a row; 0 where it does not bind
  /// False for an unknown that the equations and the rows that pull leave open; inequalities may still leave it only
  /// one value.
  std::vector<bool> determined;
  double chi_square = 0.0;
  double optimality = std::numeric_limits<double>::infinity();  ///< worst relative violation of its conditions
  int iterations = 0;
  /// Where the status is primal_infeasible: multipliers of the rows and of the bounds that prove it.
  Eigen::VectorXd ray_rows, ray_bounds;
};

struct LeastSquaresOptions {
  int max_iterations = 200;
  std::function<bool(int iteration)> go_on;  ///< false: stop; empty: never asked
  double tolerance = active_tolerance;  ///< that active sets settle to
  double accuracy = 1e-9;            ///< worst optimality at which active sets alone are enough
  double proven = 1e-7;              ///< worst optimality of an answer
  bool determine = true;                     ///< find out which unknowns are `determined`: a factorisation and an inversion
};

/// Cost: a sparse factorisation a step (10 to 40 steps), then a few more and one selected inversion.
[[nodiscard]] LeastSquaresAnswer solve(const LeastSquares& problem, const LeastSquaresOptions& options);

struct Covariance {
  Eigen::VectorXd variance;         ///< the diagonal; infinity for an unknown that the equations do not hold
  Eigen::VectorXd checked;          ///< what the equations took from the variances of the measured
  double least_checked = 0.0;       ///< below this share of its variance `checked` is rounding
  std::vector<bool> row_is_tight;   ///< counted as an equation
  double degrees_of_freedom = 0.0;  ///< trace of I - Cov / V over the measured: the number of independent checks
};

/// The constrained covariance at the answer `x`: rows without slack count as equations, bounds not at all. Cost: one
/// factorisation and one selected inversion.
[[nodiscard]] Covariance covariance_at(const LeastSquares& problem, const Eigen::VectorXd& x);

/// A row or a bound that takes part in a contradiction.
struct Conflict {
  std::vector<std::size_t> rows;
  std::vector<std::size_t> columns;  ///< their bounds or fixed values
};

/// Whether lower bounds are members of a conflict or go without saying.
enum class LowerBounds : std::uint8_t { are_members, always_hold };

/// An irreducible part of what a Farkas ray names: leave out any one of it and the rest can be met. One feasibility
/// problem for each member of the ray.
[[nodiscard]] Conflict smallest_conflict(const LeastSquares& problem, const LeastSquaresAnswer& infeasible,
                                         LowerBounds lower_bounds = LowerBounds::are_members);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/least_squares.ipp>  // IWYU pragma: export
#endif
