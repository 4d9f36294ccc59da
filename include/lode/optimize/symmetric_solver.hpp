// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <memory>

#include <Eigen/SparseCore>

#include <lode/config.hpp>

/// Factorises symmetric quasi-definite matrices of one pattern, many times.
///
/// A quasi-definite matrix (positive definite block, negative definite block, anything between them) has P K P' = L D
/// L' with D diagonal for every order P (Vanderbei 1995), so the order is chosen once, for little fill:
///
///     lode::optimize::SymmetricSolver solver;
///     solver.analyse(lower);                       // the pattern: order and structure of L
///     if (solver.factorise(lower)) solver.solve(b);  // the numbers; b becomes the solution
///
/// Matrices are lower triangles with every diagonal entry stored; what lies above the diagonal is not read.
namespace lode::inline LODE_ABI::optimize {

class SymmetricSolver {
 public:
  SymmetricSolver();
  ~SymmetricSolver();
  SymmetricSolver(SymmetricSolver&&) noexcept;
  SymmetricSolver& operator=(SymmetricSolver&&) noexcept;

  /// Chooses the order and finds the pattern of L.
  void analyse(const Eigen::SparseMatrix<double>& lower);
  /// Factorises a matrix of the analysed pattern; false where a pivot is zero or not finite. O(sum of squared column
  /// counts of L).
  [[nodiscard]] bool factorise(const Eigen::SparseMatrix<double>& lower);

  /// Replaces b by K^-1 b. O(nonzeros of L).
  void solve(Eigen::VectorXd& b) const;
  /// The same, then at most `steps` steps of iterative refinement against `lower`, which may differ a little from what
  /// was factorised (say, by a regularisation). Stops where the residual stops falling; returns its largest entry.
  double solve_refined(const Eigen::SparseMatrix<double>& lower, Eigen::VectorXd& b, int steps = 3) const;

  [[nodiscard]] Eigen::Index size() const;
  [[nodiscard]] Eigen::Index positive_pivots() const;  ///< the size of the positive definite block

  /// L below its unit diagonal (which is not stored), columns in ascending order of rows; of the last `factorise`.
  [[nodiscard]] const Eigen::SparseMatrix<double>& lower_factor() const;
  [[nodiscard]] const Eigen::VectorXd& pivots() const;  ///< D
  /// Row and column k of L D L' are row and column `order()[k]` of the matrix.
  [[nodiscard]] const Eigen::VectorXi& order() const;

 private:
  struct Factor;
  std::unique_ptr<Factor> factor_;
};

}  // namespace lode::inline LODE_ABI::optimize

#ifndef LODE_COMPILED
#include <lode/impl/symmetric_solver.ipp>  // IWYU pragma: export
#endif
