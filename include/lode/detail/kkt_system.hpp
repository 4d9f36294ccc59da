// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <vector>

#include <Eigen/SparseCore>

#include <lode/detail/scaled_program.hpp>
#include <lode/optimize/symmetric_solver.hpp>

/// Private. The symmetric system of one Newton step, with a pattern that no choice of active rows and variables
/// changes:
///
///     K = [ H + D_x   A' ]      D_x >= 0 of the variables,  D_y >= 0 of the rows
///         [ A       -D_y ]
///
/// What is held fixed keeps its row and column, with zeros off the diagonal. What is factorised is K with a small
/// regularisation added to D_x and D_y, which makes it quasi-definite; solutions are refined against K itself.
namespace lode::inline LODE_ABI::optimize::detail {

class KktSystem {
 public:
  /// The pattern of the program; analyses it only if it is not the one from before. True if it analysed.
  bool adopt(const ScaledProgram& program);
  /// Takes the program's numbers for the variables and rows that move; the others get an identity row.
  void load(const ScaledProgram& program, const std::vector<char>& variable_moves, const std::vector<char>& row_moves);

  /// `proximal`: K itself gets the regularisation too, so that steps are those of the proximal method.
  /// False if the factorisation breaks down or finds that the upper block is not positive definite.
  [[nodiscard]] bool factorise(const Eigen::VectorXd& diagonal_x, const Eigen::VectorXd& diagonal_y,
                               double regularisation, bool proximal);
  /// Replaces rhs = (n, m) by K^-1 rhs, with at most `steps` refinements. Returns the largest entry of the residual.
  double solve(Eigen::VectorXd& rhs, int steps);

 private:
  void residual_of(const Eigen::VectorXd& rhs, const Eigen::VectorXd& solution, Eigen::VectorXd& residual) const;

  Eigen::Index n_ = 0, m_ = 0;
  Eigen::SparseMatrix<double> lower_;  ///< of K with the regularisation; the first entry of a column is the diagonal
  Eigen::VectorXd diagonal_;           ///< of K without it
  std::vector<Eigen::Index> hessian_position_;  ///< entry k of the hessian stands at lower_.valuePtr()[..k]
  std::vector<Eigen::Index> rows_position_;
  Eigen::VectorXd hessian_diagonal_;
  std::vector<char> variable_moves_, row_moves_;
  std::vector<int> pattern_;  ///< of the analysed program: outer and inner indices of both matrices
  SymmetricSolver solver_;
  Eigen::VectorXd solution_, residual_, trial_;
  bool analysed_ = false;
};

}  // namespace lode::inline LODE_ABI::optimize::detail

#ifndef LODE_COMPILED
#include <lode/impl/kkt_system.ipp>  // IWYU pragma: export
#endif
