// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <Eigen/SparseCore>

#include <lode/config.hpp>

/// A mixed complementarity problem with linear data that need not come from a program. Private.
namespace lode::inline LODE_ABI::detail {

///     A x = b,   lower <= x <= upper,   Q x + g - B y = z
///
/// with z >= 0 where x is at its lower bound, z <= 0 at its upper bound and z = 0 between. A convex program where B =
/// A' and Q is symmetric and positive semidefinite.
struct MixedComplementarity {
  Eigen::SparseMatrix<double> q, b_columns, rows;  ///< Q, B and A
  Eigen::VectorXd g, right, lower, upper;
};

struct MixedPoint {
  bool converged = false;
  Eigen::VectorXd x, y;
};

/// Newton's method on the complementarity conditions, relaxed and led back (an infeasible interior point method), with
/// a sparse LU factorisation a step. There is no promise of an answer unless the problem is monotone; the caller
/// checks.
[[nodiscard]] MixedPoint solve(const MixedComplementarity& problem, int max_iterations = 150);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/mixed_complementarity.ipp>  // IWYU pragma: export
#endif
