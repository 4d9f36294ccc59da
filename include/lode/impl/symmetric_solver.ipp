// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <utility>

#include <lode/detail/supernodal.hpp>
#include <lode/optimize/symmetric_solver.hpp>

namespace lode::inline LODE_ABI::optimize {

struct SymmetricSolver::Factor {
  detail::SupernodalFactor supernodal;
  Eigen::SparseMatrix<double> lower_factor;  ///< made when asked for
  bool has_lower_factor = false;
};

LODE_INLINE SymmetricSolver::SymmetricSolver() : factor_(std::make_unique<Factor>()) {}
LODE_INLINE SymmetricSolver::~SymmetricSolver() = default;
LODE_INLINE SymmetricSolver::SymmetricSolver(SymmetricSolver&&) noexcept = default;
LODE_INLINE SymmetricSolver& SymmetricSolver::operator=(SymmetricSolver&&) noexcept = default;

LODE_INLINE void SymmetricSolver::analyse(const Eigen::SparseMatrix<double>& lower) {
  factor_->supernodal.analyse(lower);
  factor_->has_lower_factor = false;
}

LODE_INLINE bool SymmetricSolver::factorise(const Eigen::SparseMatrix<double>& lower) {
  factor_->has_lower_factor = false;
  return factor_->supernodal.factorise(lower.valuePtr());
}

LODE_INLINE void SymmetricSolver::solve(Eigen::VectorXd& b) const {
  factor_->supernodal.solve(b);
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
  return factor_->supernodal.order().size();
}

LODE_INLINE Eigen::Index SymmetricSolver::positive_pivots() const {
  return (factor_->supernodal.pivots().array() > 0.0).count();
}

LODE_INLINE const Eigen::SparseMatrix<double>& SymmetricSolver::lower_factor() const {
  if (!factor_->has_lower_factor) {
    factor_->lower_factor = factor_->supernodal.lower_factor();
    factor_->has_lower_factor = true;
  }
  return factor_->lower_factor;
}

LODE_INLINE const Eigen::VectorXd& SymmetricSolver::pivots() const {
  return factor_->supernodal.pivots();
}
LODE_INLINE const Eigen::VectorXi& SymmetricSolver::order() const {
  return factor_->supernodal.order();
}

}  // namespace lode::inline LODE_ABI::optimize
