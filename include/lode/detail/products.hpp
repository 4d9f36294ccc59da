// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <Eigen/SparseCore>

#include <lode/optimize/program.hpp>

/// Private. Products with the matrices of a program, which may be 0 x 0.
namespace lode::inline LODE_ABI::optimize::detail {

using Sparse = Eigen::SparseMatrix<double>;

/// H x for the upper triangle of H; zero for a linear program.
inline Eigen::VectorXd hessian_times(const Program& program, const Eigen::VectorXd& x) {
  if (program.hessian.rows() == 0) return Eigen::VectorXd::Zero(program.gradient.size());
  return program.hessian.selfadjointView<Eigen::Upper>() * x;
}

/// A x, with m entries even where `rows` is 0 x 0.
inline Eigen::VectorXd rows_times(const Program& program, const Eigen::VectorXd& x) {
  if (program.rows.rows() == 0) return Eigen::VectorXd::Zero(0);
  return program.rows * x;
}

inline Eigen::VectorXd transposed_rows_times(const Program& program, const Eigen::VectorXd& y) {
  if (program.rows.rows() == 0) return Eigen::VectorXd::Zero(program.gradient.size());
  return program.rows.transpose() * y;
}

/// A multiplier times the bound it leans on; 0 for multiplier 0.
inline double leans(double multiplier, double lower, double upper) {
  if (multiplier > 0.0) return multiplier * lower;
  if (multiplier < 0.0) return multiplier * upper;
  return 0.0;
}

}  // namespace lode::inline LODE_ABI::optimize::detail
