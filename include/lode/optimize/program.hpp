// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <limits>
#include <vector>

#include <Eigen/SparseCore>

#include <lode/config.hpp>
#include <lode/error.hpp>

/// A convex program with linear constraints, and the proof that an answer solves it.
///
///     minimise 1/2 x'Hx + g'x    subject to    row_lower <= A x <= row_upper,   lower <= x <= upper
///
/// With multipliers y of the rows and z of the bounds, x is a solution exactly if it is feasible,
///
///     H x + g = A'y + z
///
/// and y_i, z_j are >= 0 where only the lower side binds, <= 0 where only the upper side binds and 0 where none does.
/// docs/optimize.md has the dual program and the method.
namespace lode::inline LODE_ABI::optimize {

/// No bound on this side.
inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// The data of a program. A fixed variable or an equality row has both bounds equal.
struct Program {
  Eigen::SparseMatrix<double> hessian;   ///< n x n, upper triangle, positive semidefinite; 0 x 0: a linear program
  Eigen::VectorXd gradient;              ///< n
  Eigen::SparseMatrix<double> rows;      ///< m x n; 0 x 0: no rows
  Eigen::VectorXd row_lower, row_upper;  ///< m
  Eigen::VectorXd lower, upper;          ///< n
};

/// Every problem of the data: sizes that differ, numbers that are not finite, entries below the diagonal of H or
/// negative ones on it. Bounds that cross are no problem of the data: they make the program infeasible. O(nonzeros).
std::vector<Issue> problems(const Program& program);

/// 1/2 x'Hx + g'x.
double objective(const Program& program, const Eigen::VectorXd& x);

/// How far an answer is from a solution, measured on the data as given. All are relative; 0 is exact.
struct Certificate {
  double primal = std::numeric_limits<double>::quiet_NaN();  ///< worst violation of a row, of its 1 + sum |a_ij x_j|,
                                                             ///< or of a bound, of 1 + |bound|
  double dual = std::numeric_limits<double>::quiet_NaN();    ///< worst |H x + g - A'y - z|_j, of 1 + the sum of its
                                                             ///< terms, and multipliers of sides that are not there
  double complementarity = std::numeric_limits<double>::quiet_NaN();  ///< worst multiplier * slack, of 1 + |objective|
  double gap = std::numeric_limits<double>::quiet_NaN();              ///< |primal - dual objective|, of 1 + |objective|

  /// The largest of the four; NaN if one is.
  [[nodiscard]] double worst() const;
};

/// The certificate of any x, y, z of the right sizes. O(nonzeros).
Certificate certify(const Program& program, const Eigen::VectorXd& x, const Eigen::VectorXd& row_dual,
                    const Eigen::VectorXd& bound_dual);

/// What a Farkas ray proves: rows y and bounds z with A'y + z = 0 put y'Ax + z'x = 0 at or above this sum of bounds, so
/// a positive value means that no x is feasible. -infinity if a multiplier leans on a bound that is not there.
double support(const Program& program, const Eigen::VectorXd& row_dual, const Eigen::VectorXd& bound_dual);

}  // namespace lode::inline LODE_ABI::optimize

#ifndef LODE_COMPILED
#include <lode/impl/program.ipp>  // IWYU pragma: export
#endif
