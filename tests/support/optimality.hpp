// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cmath>
#include <string>

#include <Eigen/Dense>

#include <lode/optimize/interior_point.hpp>

/// The conditions of optimality and of infeasibility, written once more in dense algebra and in their own words.
namespace lode_test {

/// Empty if (x, y, z) solves the program to the tolerance, otherwise what is wrong.
inline std::string optimality_problem(const lode::optimize::Program& p, const lode::optimize::Solution& s,
                                      double tolerance) {
  using Eigen::MatrixXd;
  using Eigen::VectorXd;
  const Eigen::Index n = p.gradient.size();
  const Eigen::Index m = p.row_lower.size();
  if (s.x.size() != n || s.row_dual.size() != m || s.bound_dual.size() != n) return "wrong sizes";
  if (!s.x.allFinite() || !s.row_dual.allFinite() || !s.bound_dual.allFinite()) return "not finite";
  MatrixXd h = MatrixXd::Zero(n, n);
  if (p.hessian.rows() > 0) {
    h = MatrixXd(p.hessian);
    h = MatrixXd(h.selfadjointView<Eigen::Upper>());
  }
  const MatrixXd a = m == 0 ? MatrixXd::Zero(0, n) : MatrixXd(p.rows);
  const VectorXd ax = a * s.x;
  const VectorXd ax_size = a.cwiseAbs() * s.x.cwiseAbs();
  const double objective = 0.5 * s.x.dot(h * s.x) + p.gradient.dot(s.x);
  double dual_objective = -0.5 * s.x.dot(h * s.x);
  const auto side = [&](const std::string& what, double value, double size, double low, double high,
                        double multiplier) -> std::string {
    if (value < low - tolerance * (1.0 + size) || value > high + tolerance * (1.0 + size)) return what + " is violated";
    if (multiplier > 0.0 && std::isinf(low)) return what + " leans on no lower bound";
    if (multiplier < 0.0 && std::isinf(high)) return what + " leans on no upper bound";
    if (multiplier == 0.0) return {};
    const double bound = multiplier > 0.0 ? low : high;
    dual_objective += multiplier * bound;
    if (std::abs(multiplier * (value - bound)) > tolerance * (1.0 + std::abs(objective))) {
      return what + " is not complementary";
    }
    return {};
  };
  for (Eigen::Index i = 0; i < m; ++i) {
    const std::string wrong =
        side("row " + std::to_string(i), ax[i], ax_size[i], p.row_lower[i], p.row_upper[i], s.row_dual[i]);
    if (!wrong.empty()) return wrong;
  }
  for (Eigen::Index j = 0; j < n; ++j) {
    const std::string wrong =
        side("variable " + std::to_string(j), s.x[j], std::abs(s.x[j]), p.lower[j], p.upper[j], s.bound_dual[j]);
    if (!wrong.empty()) return wrong;
  }
  const VectorXd stationary = h * s.x + p.gradient - a.transpose() * s.row_dual - s.bound_dual;
  const VectorXd size = h.cwiseAbs() * s.x.cwiseAbs() + p.gradient.cwiseAbs() +
                        a.transpose().cwiseAbs() * s.row_dual.cwiseAbs() + s.bound_dual.cwiseAbs();
  for (Eigen::Index j = 0; j < n; ++j) {
    if (std::abs(stationary[j]) > tolerance * (1.0 + size[j])) return "not stationary in " + std::to_string(j);
  }
  if (std::abs(objective - s.objective) > tolerance * (1.0 + std::abs(objective))) return "wrong objective";
  if (std::abs(objective - dual_objective) > tolerance * (1.0 + std::abs(objective))) return "duality gap";
  return {};
}

/// Empty if the multipliers prove that no point is feasible.
inline std::string farkas_problem(const lode::optimize::Program& p, const lode::optimize::Solution& s) {
  if (s.status != lode::optimize::Status::primal_infeasible) return to_string(s.status);
  if (s.x.size() != 0) return "x is not empty";
  double value = 0.0;
  double size = 0.0;
  const auto add = [&](double multiplier, double low, double high) {
    if (multiplier == 0.0) return;
    value += multiplier * (multiplier > 0.0 ? low : high);
    size += std::abs(multiplier * (multiplier > 0.0 ? low : high));
  };
  for (Eigen::Index i = 0; i < s.row_dual.size(); ++i) add(s.row_dual[i], p.row_lower[i], p.row_upper[i]);
  for (Eigen::Index j = 0; j < s.bound_dual.size(); ++j) add(s.bound_dual[j], p.lower[j], p.upper[j]);
  if (!(value > 1e-9 * size) || !std::isfinite(value)) return "the support is " + std::to_string(value);
  Eigen::VectorXd sum = s.bound_dual;
  Eigen::VectorXd sum_size = s.bound_dual.cwiseAbs();
  Eigen::VectorXd column_size = Eigen::VectorXd::Zero(sum.size());
  if (s.row_dual.size() > 0) {
    sum += Eigen::MatrixXd(p.rows).transpose() * s.row_dual;
    sum_size += Eigen::MatrixXd(p.rows).transpose().cwiseAbs() * s.row_dual.cwiseAbs();
    // Of a multiplier that is 0 but for rounding, nothing is left of the digits.
    if (sum.size() > 0) column_size = Eigen::MatrixXd(p.rows).cwiseAbs().colwise().maxCoeff().transpose();
  }
  for (Eigen::Index j = 0; j < sum.size(); ++j) {
    if (std::abs(sum[j]) > 1e-8 * sum_size[j] + 1e-12 * column_size[j])
      return "A'y + z is not 0 in " + std::to_string(j);
  }
  return {};
}

/// Empty if x is a direction of descent that nothing ends.
inline std::string descent_problem(const lode::optimize::Program& p, const lode::optimize::Solution& s) {
  if (s.status != lode::optimize::Status::dual_infeasible) return to_string(s.status);
  if (s.row_dual.size() != 0 || s.bound_dual.size() != 0) return "there are multipliers";
  if (!(p.gradient.dot(s.x) < 0.0)) return "no descent";
  const double allowed = 1e-8 * s.x.lpNorm<Eigen::Infinity>();
  const auto ends = [&](double along, double low, double high, double scale) {
    return (std::isfinite(low) && along < -allowed * scale) || (std::isfinite(high) && along > allowed * scale);
  };
  for (Eigen::Index j = 0; j < s.x.size(); ++j) {
    if (ends(s.x[j], p.lower[j], p.upper[j], 0.0)) return "bound " + std::to_string(j) + " ends it";
  }
  if (p.row_lower.size() > 0) {
    const Eigen::MatrixXd a(p.rows);
    const Eigen::VectorXd along = a * s.x;
    for (Eigen::Index i = 0; i < along.size(); ++i) {
      if (ends(along[i], p.row_lower[i], p.row_upper[i], a.row(i).cwiseAbs().sum())) {
        return "row " + std::to_string(i) + " ends it";
      }
    }
  }
  if (p.hessian.rows() > 0) {
    const Eigen::MatrixXd upper(p.hessian);
    const Eigen::MatrixXd h(upper.selfadjointView<Eigen::Upper>());
    if ((h * s.x).lpNorm<Eigen::Infinity>() > allowed * (1.0 + h.cwiseAbs().maxCoeff())) return "curvature ends it";
  }
  return {};
}

}  // namespace lode_test
