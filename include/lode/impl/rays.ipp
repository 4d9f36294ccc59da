// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <lode/detail/products.hpp>
#include <lode/detail/rays.hpp>

namespace lode::inline LODE_ABI::optimize::detail {

/// Entries below this share of the largest, in scaled units, are rounding.
inline constexpr double rounding = 1e-13;
/// A support or a descent has to be above this share of its terms to be more than rounding.
inline constexpr double significant = 1e-9;
/// Where a ray has residuals, a point would have to be this far away, in scaled units, to be feasible all the same.
inline constexpr double far_away = 1e7;
/// A residual of A'y + z, as a share of its terms, must be this many times smaller than the support as a share of its
/// own: a point whose terms are of the size of the sides could make up for it, whatever the scales say.
inline constexpr double leftover_margin = 100.0;
/// What a row or the curvature may end of a direction: a share of its terms, and of a scaled row of size 1.
inline constexpr double along_the_wall = 1e-9;
inline constexpr double thickness = 1e-11;

/// Drops rounding and scales to largest entry 1 in scaled units; false if nothing is left.
LODE_INLINE bool tidy(Eigen::VectorXd& scaled) {
  const double largest = scaled.size() == 0 ? 0.0 : scaled.lpNorm<Eigen::Infinity>();
  if (!(largest > 0.0) || std::isinf(largest)) return false;
  for (double& entry : scaled) entry = std::abs(entry) < rounding * largest ? 0.0 : entry / largest;
  return true;
}

LODE_INLINE std::optional<FarkasRay> crossing_bounds(const Program& program) {
  FarkasRay ray{Eigen::VectorXd::Zero(program.row_lower.size()), Eigen::VectorXd::Zero(program.lower.size()), 0.0};
  const auto crossing = [](const Eigen::VectorXd& low, const Eigen::VectorXd& high, Eigen::VectorXd& multiplier) {
    for (Eigen::Index i = 0; i < low.size(); ++i) {
      if (!(low[i] > high[i])) continue;
      multiplier[i] = 1.0;
      return true;
    }
    return false;
  };
  if (crossing(program.row_lower, program.row_upper, ray.row_dual)) return ray;
  if (crossing(program.lower, program.upper, ray.bound_dual)) return ray;
  return std::nullopt;
}

LODE_INLINE std::optional<FarkasRay> farkas_ray(const Program& program, const ScaledProgram& scaled,
                                                Eigen::VectorXd scaled_y) {
  const Eigen::Index n = program.gradient.size();
  const Eigen::Index m = program.row_lower.size();
  for (Eigen::Index i = 0; i < m; ++i) {
    if (std::isinf(program.row_lower[i])) scaled_y[i] = std::min(scaled_y[i], 0.0);
    if (std::isinf(program.row_upper[i])) scaled_y[i] = std::max(scaled_y[i], 0.0);
  }
  if (!tidy(scaled_y)) return std::nullopt;
  Eigen::VectorXd y = scaled_y.cwiseProduct(scaled.row_scale);
  Eigen::VectorXd z = -transposed_rows_times(program, y);
  double left_over = 0.0;
  double leftover_share = 0.0;
  for (Eigen::Index j = 0; j < n; ++j) {
    if (z[j] == 0.0 || std::isfinite(z[j] > 0.0 ? program.lower[j] : program.upper[j])) continue;
    double terms = 0.0;
    for (Eigen::SparseMatrix<double>::InnerIterator it(program.rows, j); it; ++it) {
      terms += std::abs(it.value() * y[it.row()]);
    }
    leftover_share = std::max(leftover_share, std::abs(z[j]) / terms);
    left_over += std::abs(z[j]) * scaled.column_scale[j];
    z[j] = 0.0;
  }
  double size = 0.0;
  for (Eigen::Index i = 0; i < m; ++i) size += std::abs(leans(y[i], program.row_lower[i], program.row_upper[i]));
  for (Eigen::Index j = 0; j < n; ++j) size += std::abs(leans(z[j], program.lower[j], program.upper[j]));
  const double value = support(program, y, z);
  if (!(value > significant * size) || !(value > far_away * left_over)) return std::nullopt;
  if (!(value > leftover_margin * leftover_share * size)) return std::nullopt;
  const double largest = y.lpNorm<Eigen::Infinity>();
  return FarkasRay{y / largest, z / largest, left_over / value};
}

LODE_INLINE std::optional<Eigen::VectorXd> descent_direction(const Program& program, const ScaledProgram& scaled,
                                                             Eigen::VectorXd scaled_d) {
  const Eigen::Index n = program.gradient.size();
  const Eigen::Index m = program.row_lower.size();
  for (Eigen::Index j = 0; j < n; ++j) {
    if (std::isfinite(program.lower[j])) scaled_d[j] = std::max(scaled_d[j], 0.0);
    if (std::isfinite(program.upper[j])) scaled_d[j] = std::min(scaled_d[j], 0.0);
  }
  if (!tidy(scaled_d)) return std::nullopt;
  Eigen::VectorXd d = scaled_d.cwiseProduct(scaled.column_scale);
  const double value = -program.gradient.dot(d);
  if (!(value > significant * program.gradient.cwiseAbs().dot(d.cwiseAbs()))) return std::nullopt;
  const Eigen::VectorXd along = rows_times(program, d);
  Eigen::VectorXd size = Eigen::VectorXd::Zero(m);
  for (Eigen::Index j = 0; j < program.rows.outerSize(); ++j) {
    for (Sparse::InnerIterator it(program.rows, j); it; ++it) size[it.row()] += std::abs(it.value() * d[j]);
  }
  for (Eigen::Index i = 0; i < m; ++i) {
    const double allowed = along_the_wall * size[i] + thickness / scaled.row_scale[i];
    if (std::isfinite(program.row_lower[i]) && along[i] < -allowed) return std::nullopt;
    if (std::isfinite(program.row_upper[i]) && along[i] > allowed) return std::nullopt;
  }
  if (program.hessian.rows() > 0) {
    const Eigen::VectorXd curved = hessian_times(program, d);
    Eigen::VectorXd curved_size = Eigen::VectorXd::Zero(n);
    for (Eigen::Index j = 0; j < n; ++j) {
      for (Sparse::InnerIterator it(program.hessian, j); it; ++it) {
        curved_size[it.row()] += std::abs(it.value() * d[j]);
        if (it.row() != j) curved_size[j] += std::abs(it.value() * d[it.row()]);
      }
    }
    for (Eigen::Index j = 0; j < n; ++j) {
      const double unit = scaled.column_scale[j] * scaled.cost_scale;
      if (std::abs(curved[j]) > along_the_wall * curved_size[j] + thickness / unit) return std::nullopt;
    }
  }
  return d / d.lpNorm<Eigen::Infinity>();
}

LODE_INLINE bool looks_like_farkas(const ScaledProgram& p, const Eigen::VectorXd& y,
                                   const Eigen::VectorXd& transposed_y) {
  double value = 0.0;
  double left_over = 0.0;
  for (Eigen::Index i = 0; i < p.m; ++i) {
    const double at = leans(y[i], p.lower[p.n + i], p.upper[p.n + i]);
    if (std::isinf(at)) {
      left_over = std::max(left_over, std::abs(y[i]));
    } else {
      value += at;
    }
  }
  for (Eigen::Index j = 0; j < p.n; ++j) {
    const double at = leans(-transposed_y[j], p.lower[j], p.upper[j]);
    if (std::isinf(at)) {
      left_over = std::max(left_over, std::abs(transposed_y[j]));
    } else {
      value += at;
    }
  }
  return value > 0.0 && left_over <= 1e-8 * value;
}

LODE_INLINE bool looks_like_descent(const ScaledProgram& p, const Eigen::VectorXd& x, const Eigen::VectorXd& rows_x,
                                    const Eigen::VectorXd& hessian_x) {
  const double value = -p.gradient.dot(x);
  if (!(value > 0.0)) return false;
  const double allowed = 1e-8 * value;
  const auto ends = [&](double along, double low, double high) {
    return (std::isfinite(low) && along < -allowed) || (std::isfinite(high) && along > allowed);
  };
  for (Eigen::Index j = 0; j < p.n; ++j) {
    if (std::abs(hessian_x[j]) > allowed || ends(x[j], p.lower[j], p.upper[j])) return false;
  }
  for (Eigen::Index i = 0; i < p.m; ++i) {
    if (ends(rows_x[i], p.lower[p.n + i], p.upper[p.n + i])) return false;
  }
  return true;
}

LODE_INLINE Program least_violation(const ScaledProgram& p) {
  std::vector<Eigen::Triplet<double>> entries;
  for (Eigen::Index j = 0; j < p.n; ++j) {
    for (Sparse::InnerIterator it(p.rows, j); it; ++it) {
      entries.emplace_back(static_cast<int>(it.row()), static_cast<int>(j), it.value());
    }
  }
  Eigen::Index size = p.n;
  for (Eigen::Index i = 0; i < p.m; ++i) {
    if (std::isfinite(p.lower[p.n + i])) entries.emplace_back(static_cast<int>(i), static_cast<int>(size++), 1.0);
    if (std::isfinite(p.upper[p.n + i])) entries.emplace_back(static_cast<int>(i), static_cast<int>(size++), -1.0);
  }
  Program out;
  out.gradient = Eigen::VectorXd::Ones(size);
  out.gradient.head(p.n).setZero();
  out.lower = Eigen::VectorXd::Zero(size);
  out.lower.head(p.n) = p.lower.head(p.n);
  out.upper = Eigen::VectorXd::Constant(size, infinity);
  out.upper.head(p.n) = p.upper.head(p.n);
  out.row_lower = p.lower.tail(p.m);
  out.row_upper = p.upper.tail(p.m);
  out.rows.resize(p.m, size);
  out.rows.setFromTriplets(entries.begin(), entries.end());
  return out;
}

LODE_INLINE Program steepest_recession(const ScaledProgram& p) {
  const auto cone = [](double bound, double none, double otherwise) { return std::isinf(bound) ? none : otherwise; };
  Program out;
  out.gradient = p.gradient;
  out.lower.resize(p.n);
  out.upper.resize(p.n);
  for (Eigen::Index j = 0; j < p.n; ++j) {
    out.lower[j] = cone(p.lower[j], -1.0, 0.0);
    out.upper[j] = cone(p.upper[j], 1.0, 0.0);
  }
  const Eigen::Index size = p.m + (p.quadratic ? p.n : 0);
  out.row_lower = Eigen::VectorXd::Zero(size);
  out.row_upper = Eigen::VectorXd::Zero(size);
  std::vector<Eigen::Triplet<double>> entries;
  for (Eigen::Index i = 0; i < p.m; ++i) {
    out.row_lower[i] = cone(p.lower[p.n + i], -infinity, 0.0);
    out.row_upper[i] = cone(p.upper[p.n + i], infinity, 0.0);
  }
  for (Eigen::Index j = 0; j < p.n; ++j) {
    for (Sparse::InnerIterator it(p.rows, j); it; ++it) {
      entries.emplace_back(static_cast<int>(it.row()), static_cast<int>(j), it.value());
    }
    for (Sparse::InnerIterator it(p.hessian, j); it; ++it) {
      entries.emplace_back(static_cast<int>(p.m + it.row()), static_cast<int>(j), it.value());
      if (it.row() != j) entries.emplace_back(static_cast<int>(p.m + j), static_cast<int>(it.row()), it.value());
    }
  }
  out.rows.resize(size, p.n);
  out.rows.setFromTriplets(entries.begin(), entries.end());
  return out;
}

}  // namespace lode::inline LODE_ABI::optimize::detail
