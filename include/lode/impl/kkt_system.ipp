// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>

#include <lode/detail/kkt_system.hpp>
#include <lode/detail/products.hpp>

namespace lode::inline LODE_ABI::optimize::detail {

LODE_INLINE bool KktSystem::adopt(const ScaledProgram& program) {
  const Sparse& hessian = program.hessian;
  const Sparse& rows = program.rows;
  std::vector<int> pattern{static_cast<int>(program.n), static_cast<int>(program.m)};
  for (const Sparse* matrix : {&hessian, &rows}) {
    pattern.insert(pattern.end(), matrix->outerIndexPtr(), matrix->outerIndexPtr() + matrix->outerSize() + 1);
    pattern.insert(pattern.end(), matrix->innerIndexPtr(), matrix->innerIndexPtr() + matrix->nonZeros());
  }
  if (analysed_ && pattern == pattern_) return false;
  pattern_ = std::move(pattern);
  n_ = program.n;
  m_ = program.m;

  // Columns of the lower triangle: diagonal, the hessian below it (row j of its upper triangle), the column of A.
  const Eigen::Index size = n_ + m_;
  std::vector<Eigen::Index> start(static_cast<std::size_t>(size) + 1, 0);
  for (Eigen::Index j = 0; j < size; ++j) start[static_cast<std::size_t>(j) + 1] = 1;
  for (Eigen::Index j = 0; j < n_; ++j) {
    for (Sparse::InnerIterator it(hessian, j); it; ++it) {
      if (it.row() < j) ++start[static_cast<std::size_t>(it.row()) + 1];
    }
    for (Sparse::InnerIterator it(rows, j); it; ++it) ++start[static_cast<std::size_t>(j) + 1];
  }
  for (Eigen::Index j = 0; j < size; ++j) start[static_cast<std::size_t>(j) + 1] += start[static_cast<std::size_t>(j)];
  lower_.resize(size, size);
  lower_.resizeNonZeros(start.back());
  for (Eigen::Index j = 0; j <= size; ++j) {
    lower_.outerIndexPtr()[j] = static_cast<int>(start[static_cast<std::size_t>(j)]);
  }
  std::vector<Eigen::Index> fill = start;
  const auto place = [&](Eigen::Index column, Eigen::Index row) {
    const Eigen::Index at = fill[static_cast<std::size_t>(column)]++;
    lower_.innerIndexPtr()[at] = static_cast<int>(row);
    lower_.valuePtr()[at] = 0.0;
    return at;
  };
  for (Eigen::Index j = 0; j < size; ++j) place(j, j);
  hessian_position_.clear();
  for (Eigen::Index j = 0; j < n_; ++j) {
    for (Sparse::InnerIterator it(hessian, j); it; ++it) {
      hessian_position_.push_back(it.row() < j ? place(it.row(), j) : -1);
    }
  }
  rows_position_.clear();
  for (Eigen::Index j = 0; j < n_; ++j) {
    for (Sparse::InnerIterator it(rows, j); it; ++it) rows_position_.push_back(place(j, n_ + it.row()));
  }
  diagonal_.resize(size);
  solver_.analyse(lower_);
  analysed_ = true;
  return true;
}

LODE_INLINE void KktSystem::load(const ScaledProgram& program, const std::vector<char>& variable_moves,
                                 const std::vector<char>& row_moves) {
  variable_moves_ = variable_moves;
  row_moves_ = row_moves;
  hessian_diagonal_.setZero(n_);
  double* const values = lower_.valuePtr();
  std::size_t k = 0;
  for (Eigen::Index j = 0; j < n_; ++j) {
    for (Sparse::InnerIterator it(program.hessian, j); it; ++it, ++k) {
      const bool moves =
          variable_moves_[static_cast<std::size_t>(j)] && variable_moves_[static_cast<std::size_t>(it.row())];
      const double value = moves ? it.value() : 0.0;
      if (it.row() == j) hessian_diagonal_[j] += value;
      if (hessian_position_[k] >= 0) values[hessian_position_[k]] = value;
    }
  }
  k = 0;
  for (Eigen::Index j = 0; j < n_; ++j) {
    for (Sparse::InnerIterator it(program.rows, j); it; ++it, ++k) {
      const bool moves = variable_moves_[static_cast<std::size_t>(j)] && row_moves_[static_cast<std::size_t>(it.row())];
      values[rows_position_[k]] = moves ? it.value() : 0.0;
    }
  }
}

LODE_INLINE bool KktSystem::factorise(const Eigen::VectorXd& diagonal_x, const Eigen::VectorXd& diagonal_y,
                                      double regularisation, bool proximal) {
  for (Eigen::Index j = 0; j < n_; ++j) {
    const bool moves = variable_moves_[static_cast<std::size_t>(j)] != 0;
    diagonal_[j] = moves ? hessian_diagonal_[j] + diagonal_x[j] : 1.0;
    lower_.valuePtr()[lower_.outerIndexPtr()[j]] = diagonal_[j] + (moves ? regularisation : 0.0);
  }
  for (Eigen::Index i = 0; i < m_; ++i) {
    const bool moves = row_moves_[static_cast<std::size_t>(i)] != 0;
    diagonal_[n_ + i] = moves ? -diagonal_y[i] : -1.0;
    lower_.valuePtr()[lower_.outerIndexPtr()[n_ + i]] = diagonal_[n_ + i] - (moves ? regularisation : 0.0);
  }
  if (proximal) {
    for (Eigen::Index j = 0; j < n_ + m_; ++j) diagonal_[j] = lower_.valuePtr()[lower_.outerIndexPtr()[j]];
  }
  return solver_.factorise(lower_) && solver_.positive_pivots() == n_;
}

LODE_INLINE void KktSystem::residual_of(const Eigen::VectorXd& rhs, const Eigen::VectorXd& solution,
                                        Eigen::VectorXd& residual) const {
  residual = rhs - diagonal_.cwiseProduct(solution);
  const int* const outer = lower_.outerIndexPtr();
  const int* const inner = lower_.innerIndexPtr();
  const double* const values = lower_.valuePtr();
  for (Eigen::Index j = 0; j < n_; ++j) {
    double sum = 0.0;
    const double at = solution[j];
    for (int k = outer[j] + 1; k < outer[j + 1]; ++k) {
      residual[inner[k]] -= values[k] * at;
      sum += values[k] * solution[inner[k]];
    }
    residual[j] -= sum;
  }
}

LODE_INLINE double KktSystem::solve(Eigen::VectorXd& rhs, int steps) {
  if (rhs.size() == 0) return 0.0;
  solution_ = rhs;
  solver_.solve(solution_);
  residual_of(rhs, solution_, residual_);
  double size = residual_.lpNorm<Eigen::Infinity>();
  const double enough = 1e-14 * rhs.lpNorm<Eigen::Infinity>();
  for (int step = 0; step < steps && size > enough; ++step) {
    trial_ = residual_;
    solver_.solve(trial_);
    trial_ += solution_;
    residual_of(rhs, trial_, residual_);
    const double next = residual_.lpNorm<Eigen::Infinity>();
    if (!(next < size)) break;
    solution_.swap(trial_);
    const bool slow = next > 0.5 * size;
    size = next;
    if (slow) break;
  }
  rhs.swap(solution_);
  return size;
}

}  // namespace lode::inline LODE_ABI::optimize::detail
