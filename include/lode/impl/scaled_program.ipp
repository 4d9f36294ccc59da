// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <lode/detail/products.hpp>
#include <lode/detail/scaled_program.hpp>

namespace lode::inline LODE_ABI::optimize::detail {

/// The power of two nearest to a positive number, in its logarithm.
LODE_INLINE double power_of_two(double value) {
  return std::exp2(std::round(std::log2(value)));
}

LODE_INLINE void ScaledProgram::load(const Program& program) {
  n = program.gradient.size();
  m = program.row_lower.size();
  rows = program.rows;
  hessian = program.hessian;
  if (rows.rows() != m || rows.cols() != n) rows.resize(m, n);
  if (hessian.rows() != n) hessian.resize(n, n);
  rows.makeCompressed();
  hessian.makeCompressed();
  quadratic = hessian.nonZeros() > 0;
  gradient = program.gradient;
  lower.resize(n + m);
  upper.resize(n + m);
  lower << program.lower, program.row_lower;
  upper << program.upper, program.row_upper;
  equilibrate();
  classify();
}

LODE_INLINE void ScaledProgram::equilibrate() {
  row_scale.setOnes(m);
  column_scale.setOnes(n);
  Eigen::VectorXd row_size(m), column_size(n);
  constexpr int most_passes = 12;
  for (int pass = 0; pass < most_passes; ++pass) {
    row_size.setZero();
    column_size.setZero();
    for (Eigen::Index j = 0; j < n; ++j) {
      for (Sparse::InnerIterator it(rows, j); it; ++it) {
        const double size = std::abs(it.value()) * row_scale[it.row()] * column_scale[j];
        row_size[it.row()] = std::max(row_size[it.row()], size);
        column_size[j] = std::max(column_size[j], size);
      }
      for (Sparse::InnerIterator it(hessian, j); it; ++it) {
        const double size = std::abs(it.value()) * column_scale[it.row()] * column_scale[j];
        column_size[it.row()] = std::max(column_size[it.row()], size);
        column_size[j] = std::max(column_size[j], size);
      }
    }
    double worst = 0.0;
    const auto apply = [&worst](Eigen::VectorXd& scale, const Eigen::VectorXd& size) {
      for (Eigen::Index i = 0; i < scale.size(); ++i) {
        if (size[i] <= 0.0) continue;
        worst = std::max(worst, std::abs(std::log2(size[i])));
        scale[i] /= std::sqrt(size[i]);
      }
    };
    apply(row_scale, row_size);
    apply(column_scale, column_size);
    if (worst < 0.25) break;
  }
  // The size of x is free once A is balanced: bounds of about 1 keep the weights of the bounds near those of A.
  double sum = 0.0;
  int count = 0;
  const auto look = [&](double value, double unit) {
    if (value == 0.0 || std::isinf(value)) return;
    sum += std::log2(std::abs(value) * unit);
    ++count;
  };
  for (Eigen::Index j = 0; j < n; ++j) {
    look(lower[j], 1.0 / column_scale[j]);
    look(upper[j], 1.0 / column_scale[j]);
  }
  for (Eigen::Index i = 0; i < m; ++i) {
    look(lower[n + i], row_scale[i]);
    look(upper[n + i], row_scale[i]);
  }
  const double size = count == 0 ? 1.0 : std::exp2(sum / count);
  for (double& scale : row_scale) scale = power_of_two(scale / size);
  for (double& scale : column_scale) scale = power_of_two(scale * size);

  double cost_size = 0.0;
  int costs = 0;
  for (Eigen::Index j = 0; j < n; ++j) {
    for (Sparse::InnerIterator it(rows, j); it; ++it) it.valueRef() *= row_scale[it.row()] * column_scale[j];
    for (Sparse::InnerIterator it(hessian, j); it; ++it) {
      it.valueRef() *= column_scale[it.row()] * column_scale[j];
    }
    gradient[j] *= column_scale[j];
    lower[j] /= column_scale[j];
    upper[j] /= column_scale[j];
    if (gradient[j] != 0.0) {
      cost_size += std::log2(std::abs(gradient[j]));
      ++costs;
    }
  }
  for (Eigen::Index i = 0; i < m; ++i) {
    lower[n + i] *= row_scale[i];
    upper[n + i] *= row_scale[i];
  }
  cost_scale = costs > 0 ? std::exp2(-std::round(cost_size / costs)) : 1.0;
  gradient *= cost_scale;
  hessian *= cost_scale;
}

LODE_INLINE void ScaledProgram::classify() {
  std::vector<char> used(static_cast<std::size_t>(n), 0);
  for (Eigen::Index j = 0; j < n; ++j) {
    for (Sparse::InnerIterator it(rows, j); it; ++it) {
      if (it.value() != 0.0) used[static_cast<std::size_t>(j)] = 1;
    }
    for (Sparse::InnerIterator it(hessian, j); it; ++it) {
      if (it.value() != 0.0) used[static_cast<std::size_t>(j)] = used[static_cast<std::size_t>(it.row())] = 1;
    }
  }
  variable_moves.assign(static_cast<std::size_t>(n), 1);
  settled_value.setZero(n);
  row_kind.assign(static_cast<std::size_t>(m), RowKind::idle);
  for (Eigen::Index j = 0; j < n; ++j) {
    const double low = lower[j];
    const double high = upper[j];
    if (low == high || !used[static_cast<std::size_t>(j)]) {
      variable_moves[static_cast<std::size_t>(j)] = 0;
      // Without rows and curvature the objective alone decides.
      settled_value[j] = gradient[j] > 0.0 ? low : gradient[j] < 0.0 ? high : std::clamp(0.0, low, high);
      continue;
    }
    for (Sparse::InnerIterator it(rows, j); it; ++it) {
      const Eigen::Index i = n + it.row();
      if (it.value() == 0.0 || (std::isinf(lower[i]) && std::isinf(upper[i]))) continue;
      row_kind[static_cast<std::size_t>(it.row())] = lower[i] == upper[i] ? RowKind::equality : RowKind::inequality;
    }
  }
}

}  // namespace lode::inline LODE_ABI::optimize::detail
