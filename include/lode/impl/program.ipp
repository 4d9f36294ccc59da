// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include <lode/detail/products.hpp>
#include <lode/optimize/program.hpp>

namespace lode::inline LODE_ABI::optimize {

LODE_INLINE std::vector<Issue> problems(const Program& program) {
  std::vector<Issue> issues;
  const Eigen::Index n = program.gradient.size();
  const Eigen::Index m = program.row_lower.size();
  const auto number = [](auto value) { return std::to_string(value); };
  const auto size = [&](const char* what, Eigen::Index is, Eigen::Index wanted, const char* like) {
    if (is == wanted) return;
    issues.push_back({{what, 0, 0},
                      "size " + number(is) + " instead of " + number(wanted),
                      std::string("give it the size of ") + like});
  };
  const auto matrix_size = [&](const char* what, const detail::Sparse& matrix, Eigen::Index rows, const char* like) {
    // An empty matrix says that there are no rows, or no quadratic term.
    if (matrix.rows() == 0 && matrix.cols() == 0 && (rows == 0 || &matrix == &program.hessian)) return true;
    if (matrix.rows() == rows && matrix.cols() == n) return true;
    issues.push_back(
        {{what, 0, 0},
         number(matrix.rows()) + " x " + number(matrix.cols()) + " instead of " + number(rows) + " x " + number(n),
         std::string("give it ") + like});
    return false;
  };
  const bool hessian_fits =
      matrix_size("hessian", program.hessian, n, "a row and a column for each entry of gradient, or leave it empty");
  const bool rows_fit =
      matrix_size("rows", program.rows, m, "a row for each entry of row_lower and a column for each entry of gradient");
  size("row_upper", program.row_upper.size(), m, "row_lower");
  size("lower", program.lower.size(), n, "gradient");
  size("upper", program.upper.size(), n, "gradient");

  const auto place = [&](const char* what, Eigen::Index i) { return Place{what + ('[' + number(i) + ']'), 0, 0}; };
  const auto entry = [&](const char* what, Eigen::Index i, Eigen::Index j) {
    return Place{what + ('(' + number(i) + ", " + number(j)) + ')', 0, 0};
  };
  for (Eigen::Index j = 0; j < n; ++j) {
    const double g = program.gradient[j];
    if (!std::isfinite(g)) {
      issues.push_back({place("gradient", j), number(g) + " is not a finite number", "give it a number"});
    }
  }
  const auto bounds = [&](const char* what, const Eigen::VectorXd& values, double forbidden) {
    for (Eigen::Index i = 0; i < values.size(); ++i) {
      if (!std::isnan(values[i]) && values[i] != forbidden) continue;
      issues.push_back({place(what, i), number(values[i]) + " bounds nothing",
                        std::string("give it a number, or ") + (forbidden > 0.0 ? "-" : "") +
                            "lode::optimize::infinity where there is no bound"});
    }
  };
  bounds("row_lower", program.row_lower, infinity);
  bounds("row_upper", program.row_upper, -infinity);
  bounds("lower", program.lower, infinity);
  bounds("upper", program.upper, -infinity);
  const auto entries = [&](const char* what, const detail::Sparse& matrix, bool upper) {
    for (Eigen::Index j = 0; j < matrix.outerSize(); ++j) {
      for (detail::Sparse::InnerIterator it(matrix, j); it; ++it) {
        if (!std::isfinite(it.value())) {
          issues.push_back(
              {entry(what, it.row(), j), number(it.value()) + " is not a finite number", "give it a number"});
        } else if (upper && it.row() > j && it.value() != 0.0) {
          issues.push_back({entry(what, it.row(), j), number(it.value()) + " lies below the diagonal",
                            "give the upper triangle only; the rest follows by symmetry"});
        } else if (upper && it.row() == j && it.value() < 0.0) {
          issues.push_back({entry(what, j, j), number(it.value()) + " on the diagonal makes the program not convex",
                            "make the hessian positive semidefinite"});
        }
      }
    }
  };
  if (hessian_fits) entries("hessian", program.hessian, true);
  if (rows_fit) entries("rows", program.rows, false);
  return issues;
}

LODE_INLINE double objective(const Program& program, const Eigen::VectorXd& x) {
  return 0.5 * x.dot(detail::hessian_times(program, x)) + program.gradient.dot(x);
}

LODE_INLINE double Certificate::worst() const {
  double worst = 0.0;
  for (const double part : {primal, dual, complementarity, gap}) {
    if (!(part <= worst)) worst = part;
    if (std::isnan(worst)) return worst;
  }
  return worst;
}

LODE_INLINE double support(const Program& program, const Eigen::VectorXd& row_dual, const Eigen::VectorXd& bound_dual) {
  double sum = 0.0;
  for (Eigen::Index i = 0; i < row_dual.size(); ++i) {
    sum += detail::leans(row_dual[i], program.row_lower[i], program.row_upper[i]);
  }
  for (Eigen::Index j = 0; j < bound_dual.size(); ++j) {
    sum += detail::leans(bound_dual[j], program.lower[j], program.upper[j]);
  }
  return sum;
}

LODE_INLINE Certificate certify(const Program& program, const Eigen::VectorXd& x, const Eigen::VectorXd& row_dual,
                                const Eigen::VectorXd& bound_dual) {
  const Eigen::Index n = program.gradient.size();
  const Eigen::Index m = program.row_lower.size();
  const Eigen::VectorXd hx = detail::hessian_times(program, x);
  const Eigen::VectorXd ax = detail::rows_times(program, x);
  // Sums of magnitudes: what rounding alone may do to a row and to a component of the gradient.
  Eigen::VectorXd row_size = Eigen::VectorXd::Zero(m);
  Eigen::VectorXd column_size = program.gradient.cwiseAbs() + bound_dual.cwiseAbs() + hx.cwiseAbs();
  Eigen::VectorXd residual = hx + program.gradient - bound_dual;
  for (Eigen::Index j = 0; j < program.rows.outerSize(); ++j) {
    for (detail::Sparse::InnerIterator it(program.rows, j); it; ++it) {
      row_size[it.row()] += std::abs(it.value() * x[j]);
      column_size[j] += std::abs(it.value() * row_dual[it.row()]);
      residual[j] -= it.value() * row_dual[it.row()];
    }
  }
  const double curvature = 0.5 * x.dot(hx);
  const double primal_objective = curvature + program.gradient.dot(x);
  double dual_objective = -curvature;
  Certificate out{0.0, 0.0, 0.0, 0.0};
  const auto raise = [](double& worst, double value) {
    if (!(value <= worst)) worst = value;
  };
  const auto side = [&](double value, double multiplier, double lower, double upper, double size, double dual_size) {
    if (value < lower) raise(out.primal, (lower - value) / size);
    if (value > upper) raise(out.primal, (value - upper) / size);
    const double bound = multiplier > 0.0 ? lower : upper;
    if (multiplier == 0.0) return;
    if (std::isinf(bound)) {
      raise(out.dual, std::abs(multiplier) / dual_size);
      return;
    }
    dual_objective += multiplier * bound;
    raise(out.complementarity, std::abs(multiplier * (value - bound)) / (1.0 + std::abs(primal_objective)));
  };
  for (Eigen::Index i = 0; i < m; ++i) {
    side(ax[i], row_dual[i], program.row_lower[i], program.row_upper[i], 1.0 + row_size[i], 1.0);
  }
  for (Eigen::Index j = 0; j < n; ++j) {
    const double nearest_bound = x[j] < program.lower[j] ? program.lower[j] : program.upper[j];
    side(x[j], bound_dual[j], program.lower[j], program.upper[j], 1.0 + std::abs(nearest_bound), 1.0 + column_size[j]);
    raise(out.dual, std::abs(residual[j]) / (1.0 + column_size[j]));
  }
  out.gap = std::abs(primal_objective - dual_objective) / (1.0 + std::abs(primal_objective));
  return out;
}

}  // namespace lode::inline LODE_ABI::optimize
