// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <Eigen/SparseCore>

#include <lode/optimize/program.hpp>

#include "random.hpp"

/// Random programs that are built around a known answer, so that the optimum is known without solving.
namespace lode_test {

struct KnownProgram {
  lode::optimize::Program program;
  Eigen::VectorXd x, row_dual, bound_dual;  ///< satisfy all conditions of optimality
};

struct RandomProgramOptions {
  std::size_t most_variables = 30;
  std::size_t most_rows = 25;
  bool duplicate_rows = false;  ///< some rows are multiples of others
  double decades = 0.0;         ///< rows and columns are scaled by 10^u, |u| <= decades
  bool quadratic = false;
};

/// Small whole numbers for half of the entries: ties and degenerate vertices are common.
inline KnownProgram random_program(std::uint64_t seed, const RandomProgramOptions& options = {}) {
  using lode::optimize::infinity;
  Random random(seed);
  const auto n = static_cast<Eigen::Index>(1 + random.below(options.most_variables));
  const auto m = static_cast<Eigen::Index>(random.below(options.most_rows));
  const auto number = [&random] {
    return random.chance(0.5) ? static_cast<double>(random.below(9)) - 4.0 : random.uniform(-2.0, 2.0);
  };
  Eigen::MatrixXd a = Eigen::MatrixXd::Zero(m, n);
  for (Eigen::Index i = 0; i < m; ++i) {
    for (Eigen::Index j = 0; j < n; ++j) {
      if (random.chance(0.3)) a(i, j) = number();
    }
  }
  if (options.duplicate_rows) {
    for (Eigen::Index i = 1; i < m; ++i) {
      if (random.chance(0.4)) a.row(i) = (random.chance(0.5) ? 1.0 : -2.0) * a.row(i - 1);
    }
  }
  KnownProgram out;
  lode::optimize::Program& p = out.program;
  out.x.resize(n);
  out.row_dual.setZero(m);
  out.bound_dual.setZero(n);
  p.lower.setConstant(n, -infinity);
  p.upper.setConstant(n, infinity);
  p.row_lower.setConstant(m, -infinity);
  p.row_upper.setConstant(m, infinity);
  for (Eigen::Index j = 0; j < n; ++j) {
    const double x = random.chance(0.3) ? 0.0 : static_cast<double>(random.below(7)) - 3.0;
    out.x[j] = x;
    switch (random.below(6)) {
      case 0:
        break;
      case 1:
        p.lower[j] = x;
        out.bound_dual[j] = random.chance(0.7) ? random.uniform(0.1, 2.0) : 0.0;
        break;
      case 2:
        p.upper[j] = x;
        out.bound_dual[j] = -random.uniform(0.1, 2.0);
        break;
      case 3:
        p.lower[j] = x - random.uniform(0.1, 3.0);
        p.upper[j] = x + random.uniform(0.1, 3.0);
        break;
      case 4:
        p.lower[j] = x;
        p.upper[j] = x + 1.0;
        out.bound_dual[j] = random.uniform(0.1, 2.0);
        break;
      default:
        p.lower[j] = p.upper[j] = x;
        out.bound_dual[j] = random.uniform(-1.0, 1.0);
    }
  }
  const Eigen::VectorXd activity = a * out.x;
  for (Eigen::Index i = 0; i < m; ++i) {
    const double at = activity[i];
    switch (random.below(5)) {
      case 0:
        p.row_lower[i] = p.row_upper[i] = at;
        out.row_dual[i] = random.uniform(-2.0, 2.0);
        break;
      case 1:
        p.row_lower[i] = at;
        out.row_dual[i] = random.uniform(0.1, 2.0);
        break;
      case 2:
        p.row_upper[i] = at;
        out.row_dual[i] = -random.uniform(0.1, 2.0);
        break;
      case 3:
        p.row_lower[i] = at - 1.0;
        p.row_upper[i] = at + (random.chance(0.5) ? 0.0 : 1.0);
        break;
      default:
        break;
    }
  }
  p.gradient = a.transpose() * out.row_dual + out.bound_dual;
  Eigen::MatrixXd h;
  if (options.quadratic) {
    // Of any rank from 0 to n.
    Eigen::MatrixXd root =
        Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(random.below(static_cast<std::size_t>(n) + 1)), n);
    for (double& value : root.reshaped()) value = random.chance(0.3) ? number() : 0.0;
    h = root.transpose() * root;
    p.gradient -= h * out.x;
  }
  if (options.decades > 0.0) {
    Eigen::VectorXd row(m), column(n);
    for (double& value : row) value = std::pow(10.0, random.uniform(-options.decades, options.decades));
    for (double& value : column) value = std::pow(10.0, random.uniform(-options.decades, options.decades));
    a = (row.asDiagonal() * a * column.asDiagonal()).eval();
    if (options.quadratic) h = (column.asDiagonal() * h * column.asDiagonal()).eval();
    p.gradient = p.gradient.cwiseProduct(column).eval();
    p.lower = p.lower.cwiseQuotient(column).eval();
    p.upper = p.upper.cwiseQuotient(column).eval();
    p.row_lower = p.row_lower.cwiseProduct(row).eval();
    p.row_upper = p.row_upper.cwiseProduct(row).eval();
    out.x = out.x.cwiseQuotient(column).eval();
    out.bound_dual = out.bound_dual.cwiseProduct(column).eval();
    out.row_dual = out.row_dual.cwiseQuotient(row).eval();
  }
  p.rows = a.sparseView();
  if (options.quadratic) p.hessian = Eigen::MatrixXd(h.triangularView<Eigen::Upper>()).sparseView();
  return out;
}

}  // namespace lode_test
