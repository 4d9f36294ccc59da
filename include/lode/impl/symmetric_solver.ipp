// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <Eigen/OrderingMethods>
#include <Eigen/SparseCholesky>

#include <lode/optimize/symmetric_solver.hpp>

namespace lode::inline LODE_ABI::optimize {

struct SymmetricSolver::Factor {
  Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>, Eigen::Lower, Eigen::AMDOrdering<int>> ldlt;
  Eigen::VectorXi order;
  Eigen::VectorXd pivots;
};

LODE_INLINE SymmetricSolver::SymmetricSolver() : factor_(std::make_unique<Factor>()) {}
LODE_INLINE SymmetricSolver::~SymmetricSolver() = default;
LODE_INLINE SymmetricSolver::SymmetricSolver(SymmetricSolver&&) noexcept = default;
LODE_INLINE SymmetricSolver& SymmetricSolver::operator=(SymmetricSolver&&) noexcept = default;

LODE_INLINE void SymmetricSolver::analyse(const Eigen::SparseMatrix<double>& lower) {
  factor_->ldlt.analyzePattern(lower);
  const auto& position = factor_->ldlt.permutationP().indices();
  factor_->order.resize(lower.rows());
  // Eigen leaves the permutation empty where it changes nothing.
  for (int i = 0; i < factor_->order.size(); ++i) factor_->order[position.size() == 0 ? i : position[i]] = i;
}

LODE_INLINE bool SymmetricSolver::factorise(const Eigen::SparseMatrix<double>& lower) {
  factor_->ldlt.factorize(lower);
  if (factor_->ldlt.info() != Eigen::Success) return false;
  factor_->pivots = factor_->ldlt.vectorD();
  return factor_->pivots.allFinite();
}

LODE_INLINE void SymmetricSolver::solve(Eigen::VectorXd& b) const {
  if (b.size() > 0) b = factor_->ldlt.solve(b).eval();
}

LODE_INLINE double SymmetricSolver::solve_refined(const Eigen::SparseMatrix<double>& lower, Eigen::VectorXd& b,
                                                  int steps) const {
  const Eigen::VectorXd rhs = b;
  const auto matrix = lower.selfadjointView<Eigen::Lower>();
  solve(b);
  Eigen::VectorXd residual = rhs - matrix * b;
  double size = residual.size() == 0 ? 0.0 : residual.lpNorm<Eigen::Infinity>();
  for (int step = 0; step < steps && size > 0.0; ++step) {
    solve(residual);
    Eigen::VectorXd better = b + residual;
    residual = rhs - matrix * better;
    const double better_size = residual.lpNorm<Eigen::Infinity>();
    if (!(better_size < size)) break;
    b = std::move(better);
    size = better_size;
  }
  return size;
}

LODE_INLINE Eigen::Index SymmetricSolver::size() const {
  return factor_->order.size();
}

LODE_INLINE Eigen::Index SymmetricSolver::positive_pivots() const {
  return (factor_->pivots.array() > 0.0).count();
}

LODE_INLINE const Eigen::SparseMatrix<double>& SymmetricSolver::lower_factor() const {
  return factor_->ldlt.matrixL().nestedExpression();
}

LODE_INLINE const Eigen::VectorXd& SymmetricSolver::pivots() const {
  return factor_->pivots;
}
LODE_INLINE const Eigen::VectorXi& SymmetricSolver::order() const {
  return factor_->order;
}

}  // namespace lode::inline LODE_ABI::optimize
