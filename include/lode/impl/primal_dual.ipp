// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>

#include <lode/detail/primal_dual.hpp>
#include <lode/detail/products.hpp>

namespace lode::inline LODE_ABI::optimize::detail {

inline constexpr double most_regularisation = 1e-5;
inline constexpr int refinement_steps = 5;
inline constexpr double most_of_the_way = 0.995;
inline constexpr double least_progress = 0.9;  ///< of t z: a step that leaves more of it is tried another way
inline constexpr double near = 1e-2;           ///< residuals below which t z has no reason to grow

LODE_INLINE bool PrimalDual::start(const ScaledProgram& program, KktSystem& kkt, const Damping& damping) {
  program_ = &program;
  kkt_ = &kkt;
  const Eigen::Index n = program.n;
  const Eigen::Index m = program.m;
  damping_ = damping;

  component.clear();
  std::vector<double> signs, bounds;
  for (Eigen::Index c = 0; c < n + m; ++c) {
    if (c < n ? !program.variable_moves[static_cast<std::size_t>(c)]
              : program.row_kind[static_cast<std::size_t>(c - n)] != RowKind::inequality) {
      continue;
    }
    for (const double side : {1.0, -1.0}) {
      const double at = side > 0.0 ? program.lower[c] : program.upper[c];
      if (std::isinf(at)) continue;
      component.push_back(static_cast<int>(c));
      signs.push_back(side);
      bounds.push_back(at);
    }
  }
  const auto count = static_cast<Eigen::Index>(component.size());
  sign = Eigen::Map<const Eigen::VectorXd>(signs.data(), count);
  bound = Eigen::Map<const Eigen::VectorXd>(bounds.data(), count);

  std::vector<char> row_moves(static_cast<std::size_t>(m));
  v.setZero(n + m);
  y.setZero(m);
  weight_.setOnes(n + m);
  weight_y_.setZero(m);
  for (Eigen::Index j = 0; j < n; ++j) {
    v[j] = program.variable_moves[static_cast<std::size_t>(j)] ? std::clamp(0.0, program.lower[j], program.upper[j])
                                                               : program.settled_value[j];
  }
  for (Eigen::Index i = 0; i < m; ++i) {
    const RowKind kind = program.row_kind[static_cast<std::size_t>(i)];
    row_moves[static_cast<std::size_t>(i)] = kind != RowKind::idle;
    if (kind == RowKind::idle) continue;
    v[n + i] = std::clamp(0.0, program.lower[n + i], program.upper[n + i]);
    if (kind == RowKind::inequality) weight_y_[i] = 1.0;
  }
  kkt.load(program, program.variable_moves, row_moves);
  if (!kkt.factorise(weight_, weight_y_, damping_.regularisation, damping_.proximal)) return false;

  // Nearest to the point of the bounds that is nearest to 0, on A x = s.
  rhs_.setZero(n + m);
  const Eigen::VectorXd aimed = program.rows * v.head(n);
  const Eigen::VectorXd curved = program.hessian.selfadjointView<Eigen::Upper>() * v.head(n);
  for (Eigen::Index j = 0; j < n; ++j) rhs_[j] = program.variable_moves[static_cast<std::size_t>(j)] ? -curved[j] : 0.0;
  for (Eigen::Index i = 0; i < m; ++i) {
    rhs_[n + i] = row_moves[static_cast<std::size_t>(i)] ? v[n + i] - aimed[i] : 0.0;
  }
  kkt.solve(rhs_, refinement_steps, damping.accuracy);
  v.head(n) += rhs_.head(n);
  for (Eigen::Index i = 0; i < m; ++i) {
    if (program.row_kind[static_cast<std::size_t>(i)] == RowKind::inequality) v[n + i] += rhs_[n + i];
  }
  // y of least squares: the smallest z = H x + g - A'y.
  Eigen::VectorXd pull = program.gradient + program.hessian.selfadjointView<Eigen::Upper>() * v.head(n);
  rhs_.setZero(n + m);
  for (Eigen::Index j = 0; j < n; ++j) rhs_[j] = program.variable_moves[static_cast<std::size_t>(j)] ? pull[j] : 0.0;
  kkt.solve(rhs_, refinement_steps, damping.accuracy);
  for (Eigen::Index i = 0; i < m; ++i) y[i] = row_moves[static_cast<std::size_t>(i)] ? rhs_[n + i] : 0.0;
  pull -= program.rows.transpose() * y;

  t.resize(count);
  z.resize(count);
  for (Eigen::Index k = 0; k < count; ++k) {
    const Eigen::Index c = component[static_cast<std::size_t>(k)];
    t[k] = sign[k] * (v[c] - bound[k]);
    z[k] = sign[k] * (c < n ? pull[c] : y[c - n]);
    const bool two_sided = std::isfinite(program.lower[c]) && std::isfinite(program.upper[c]);
    if (two_sided) z[k] *= 0.5;
  }
  if (count > 0) {
    t.array() += std::max(-1.5 * t.minCoeff(), 0.0);
    z.array() += std::max(-1.5 * z.minCoeff(), 0.0);
    const double product = t.dot(z);
    const double t_sum = t.sum();
    const double z_sum = z.sum();
    const double t_shift = z_sum > 0.0 ? 0.5 * product / z_sum : 0.0;
    const double z_shift = t_sum > 0.0 ? 0.5 * product / t_sum : 0.0;
    t.array() += std::max(t_shift, 1e-2);
    z.array() += std::max(z_shift, 1e-2);
  }
  return v.allFinite() && y.allFinite() && t.allFinite() && z.allFinite();
}

LODE_INLINE void PrimalDual::measure() {
  const ScaledProgram& p = *program_;
  const Eigen::Index n = p.n;
  const Eigen::Index m = p.m;
  // Sums of magnitudes say what rounding leaves of a residual.
  rows_x.setZero(m);
  row_size_.setZero(m);
  transposed_y.resize(n);
  column_size_.resize(n);
  const int* const outer = p.rows.outerIndexPtr();
  const int* const inner = p.rows.innerIndexPtr();
  const double* const values = p.rows.valuePtr();
  for (Eigen::Index j = 0; j < n; ++j) {
    const double at = v[j];
    double sum = 0.0;
    double size = 0.0;
    for (int k = outer[j]; k < outer[j + 1]; ++k) {
      rows_x[inner[k]] += values[k] * at;
      row_size_[inner[k]] += std::abs(values[k] * at);
      sum += values[k] * y[inner[k]];
      size += std::abs(values[k] * y[inner[k]]);
    }
    transposed_y[j] = sum;
    column_size_[j] = size;
  }
  if (p.quadratic) {
    hessian_x = p.hessian.selfadjointView<Eigen::Upper>() * v.head(n);
  } else {
    hessian_x.setZero(n);
  }
  primal = dual = scaled_residual = 0.0;
  // NaN must not look small.
  const auto raise = [](double& worst, double value) {
    if (!(value <= worst)) worst = value;
  };
  row_residual_.setZero(m);
  double dual_objective = 0.0;
  for (Eigen::Index i = 0; i < m; ++i) {
    const RowKind kind = p.row_kind[static_cast<std::size_t>(i)];
    if (kind == RowKind::idle) continue;
    const double residual = rows_x[i] - v[n + i];
    row_residual_[i] = residual;
    raise(primal, std::abs(residual) / (p.row_scale[i] + row_size_[i]));
    raise(scaled_residual, std::abs(residual) / (1.0 + row_size_[i]));
    if (kind == RowKind::equality) dual_objective += y[i] * v[n + i];
  }
  dual_residual_.resize(n + m);
  dual_residual_.head(n) = hessian_x + p.gradient - transposed_y;
  dual_residual_.tail(m) = y;
  bound_residual_.resize(t.size());
  double product = 0.0;
  for (Eigen::Index k = 0; k < t.size(); ++k) {
    const Eigen::Index c = component[static_cast<std::size_t>(k)];
    dual_residual_[c] -= sign[k] * z[k];
    bound_residual_[k] = sign[k] * (v[c] - bound[k]) - t[k];
    const double unit = c < n ? p.column_scale[c] : 1.0 / p.row_scale[c - n];
    raise(primal, std::abs(bound_residual_[k]) * unit / (1.0 + std::abs(bound[k]) * unit));
    raise(scaled_residual, std::abs(bound_residual_[k]) / (1.0 + std::abs(bound[k])));
    product += t[k] * z[k];
    dual_objective += sign[k] * z[k] * bound[k];
  }
  for (Eigen::Index j = 0; j < n; ++j) {
    if (!p.variable_moves[static_cast<std::size_t>(j)]) {
      dual_objective += dual_residual_[j] * v[j];
      dual_residual_[j] = 0.0;
      continue;
    }
    const double size = std::abs(p.gradient[j]) + std::abs(hessian_x[j]) + column_size_[j];
    raise(dual, std::abs(dual_residual_[j]) / (p.column_scale[j] * p.cost_scale + size));
    raise(scaled_residual, std::abs(dual_residual_[j]) / (1.0 + size));
  }
  for (Eigen::Index i = 0; i < m; ++i) {
    if (p.row_kind[static_cast<std::size_t>(i)] != RowKind::inequality) {
      dual_residual_[n + i] = 0.0;
      continue;
    }
    raise(dual, std::abs(dual_residual_[n + i]) / (p.cost_scale / p.row_scale[i] + std::abs(y[i])));
    raise(scaled_residual, std::abs(dual_residual_[n + i]) / (1.0 + std::abs(y[i])));
  }
  const double curvature = 0.5 * v.head(n).dot(hessian_x);
  const double primal_objective = curvature + p.gradient.dot(v.head(n));
  dual_objective -= curvature;
  objective = primal_objective / p.cost_scale;
  gap = std::abs(primal_objective - dual_objective) / (p.cost_scale + std::abs(primal_objective));
  raise(scaled_residual, std::abs(primal_objective - dual_objective) / (1.0 + std::abs(primal_objective)));
  mu = t.size() == 0 ? 0.0 : product / static_cast<double>(t.size());
}

LODE_INLINE void PrimalDual::direction(int refinements) {
  const ScaledProgram& p = *program_;
  const Eigen::Index n = p.n;
  const Eigen::Index m = p.m;
  force_ = -dual_residual_;
  for (Eigen::Index k = 0; k < t.size(); ++k) {
    force_[component[static_cast<std::size_t>(k)]] += sign[k] * (kappa_[k] - z[k] * bound_residual_[k]) / t[k];
  }
  rhs_.head(n) = force_.head(n);
  for (Eigen::Index j = 0; j < n; ++j) {
    if (!p.variable_moves[static_cast<std::size_t>(j)]) rhs_[j] = 0.0;
  }
  rhs_.tail(m) = weight_y_.cwiseProduct(force_.tail(m)) - row_residual_;
  kkt_->solve(rhs_, refinements, damping_.accuracy);
  dv_.head(n) = rhs_.head(n);
  dy_ = -rhs_.tail(m);
  dv_.tail(m) = weight_y_.cwiseProduct(force_.tail(m) - dy_);
  for (Eigen::Index k = 0; k < t.size(); ++k) {
    dt_[k] = sign[k] * dv_[component[static_cast<std::size_t>(k)]] + bound_residual_[k];
    dz_[k] = (kappa_[k] - z[k] * dt_[k]) / t[k];
  }
}

LODE_INLINE void PrimalDual::longest(double& primal_length, double& dual_length) const {
  primal_length = dual_length = infinity;
  for (Eigen::Index k = 0; k < t.size(); ++k) {
    if (dt_[k] < 0.0) primal_length = std::min(primal_length, -t[k] / dt_[k]);
    if (dz_[k] < 0.0) dual_length = std::min(dual_length, -z[k] / dz_[k]);
  }
  if (program_->quadratic) primal_length = dual_length = std::min(primal_length, dual_length);
}

LODE_INLINE double shortened(double length) {
  return std::min(1.0, most_of_the_way * length);
}

LODE_INLINE void PrimalDual::lower_potential(double& primal_length, double& dual_length) {
  const auto bounds = static_cast<double>(t.size());
  const double power = bounds + std::sqrt(bounds);
  const auto potential = [&](double primal_part, double dual_part) {
    const Eigen::ArrayXd product = (t + primal_part * dt_).array() * (z + dual_part * dz_).array();
    return power * std::log(product.sum()) - product.log().sum();
  };
  kappa_ = (bounds / power * mu - t.array() * z.array()).matrix();
  direction(refinement_steps);
  double primal_longest = infinity;
  double dual_longest = infinity;
  longest(primal_longest, dual_longest);
  double least = infinity;
  for (double part = 1.0; part > 1e-3; part *= 0.5) {
    const double value = potential(part * shortened(primal_longest), part * shortened(dual_longest));
    if (!(value < least)) continue;
    least = value;
    primal_length = part * primal_longest;
    dual_length = part * dual_longest;
  }
}

LODE_INLINE bool PrimalDual::step() {
  const Eigen::Index n = program_->n;
  const Eigen::Index m = program_->m;
  const Eigen::Index count = t.size();
  weight_.setZero(n + m);
  for (Eigen::Index k = 0; k < count; ++k) weight_[component[static_cast<std::size_t>(k)]] += z[k] / t[k];
  for (Eigen::Index i = 0; i < m; ++i) {
    if (program_->row_kind[static_cast<std::size_t>(i)] != RowKind::inequality) continue;
    weight_[n + i] = std::max(weight_[n + i], 1e-30);
    weight_y_[i] = 1.0 / weight_[n + i];
  }
  while (!kkt_->factorise(weight_, weight_y_, damping_.regularisation, damping_.proximal)) {
    damping_.regularisation *= 10.0;
    if (!(damping_.regularisation <= most_regularisation)) return false;
  }
  dv_.resize(n + m);
  dt_.resize(count);
  dz_.resize(count);
  rhs_.resize(n + m);
  double primal_length = infinity;
  double dual_length = infinity;
  // t z of the mean bound after a step along the direction.
  const auto after = [&](double primal_part, double dual_part) {
    return (t + primal_part * dt_).dot(z + dual_part * dz_) / static_cast<double>(count);
  };
  kappa_ = -t.cwiseProduct(z);
  // The first only says how far to aim.
  direction(1);
  if (count > 0) {
    longest(primal_length, dual_length);
    const double ratio = after(std::min(1.0, primal_length), std::min(1.0, dual_length)) / mu;
    const double centring = ratio * ratio * ratio;
    kappa_ = (centring * mu - t.array() * z.array() - dt_.array() * dz_.array()).matrix();
    direction(refinement_steps);
    longest(primal_length, dual_length);
    const bool is_near = primal <= near && dual <= near;
    if (damping_.even && is_near && !(after(shortened(primal_length), shortened(dual_length)) <= least_progress * mu)) {
      lower_potential(primal_length, dual_length);
    }
  }
  primal_step = shortened(primal_length);
  dual_step = shortened(dual_length);
  if (!dv_.allFinite() || !dy_.allFinite() || !dz_.allFinite()) return false;
  v += primal_step * dv_;
  t += primal_step * dt_;
  y += dual_step * dy_;
  z += dual_step * dz_;
  // Rounding must not end at the boundary itself.
  t = t.cwiseMax(1e-200);
  z = z.cwiseMax(1e-200);
  return true;
}

}  // namespace lode::inline LODE_ABI::optimize::detail
