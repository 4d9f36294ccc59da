// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <stop_token>
#include <utility>

#include <lode/detail/least_squares.hpp>

namespace lode::inline LODE_ABI::detail {

/// Where active sets from the figures do not prove themselves: an interior point first, then the sets it ends at.
LODE_INLINE void solve_by_interior_point(ActiveSetSolver& solver, const LeastSquares& problem,
                                         const LeastSquaresOptions& options, double tolerance,
                                         LeastSquaresAnswer& answer) {
  optimize::Options settings;
  settings.tolerance = tolerance;
  settings.max_iterations = options.max_iterations;
  settings.polish = false;
  std::stop_source stop;
  settings.stop = stop.get_token();
  if (options.go_on) {
    settings.progress = [&](const optimize::Progress& progress) {
      if (!options.go_on(progress.iteration)) stop.request_stop();
    };
  }
  optimize::Solution interior = optimize::minimise(solver.program(), settings);
  // Where the rows leave no interior the method may find neither an answer nor a proof. Active sets can start from the
  // figures as found instead; what they end at proves itself or not.
  const bool is_rough = interior.status == optimize::Status::numerical_trouble;
  if (is_rough) {
    interior.status = optimize::Status::optimal;
    interior.x = Eigen::VectorXd::Zero(problem.centre.size());
    interior.row_dual = Eigen::VectorXd::Zero(problem.rows.rows());
    interior.bound_dual = interior.x;
  }
  answer.status = interior.status;
  answer.iterations += interior.iterations;
  if (interior.status == optimize::Status::primal_infeasible) {
    answer.ray_rows = interior.row_dual;
    answer.ray_bounds = interior.bound_dual;
  }
  if (interior.status != optimize::Status::optimal) return;
  solver.polish(interior);
  answer.optimality = solver.polished_optimality();
  if (!(answer.optimality <= options.proven)) answer.status = optimize::Status::numerical_trouble;
}

LODE_INLINE LeastSquaresAnswer solve(const LeastSquares& problem, const LeastSquaresOptions& options) {
  ActiveSetSolver first(problem);
  std::optional<ActiveSetSolver> second;
  LeastSquaresAnswer answer;
  if (!first.is_finite()) {
    answer.status = optimize::Status::numerical_trouble;
    return answer;
  }
  first.set_tolerance(options.tolerance);
  first.settle_from_figures(std::min(40, options.max_iterations), options.go_on);
  answer.optimality = first.polished_optimality();
  answer.iterations = first.steps();
  if (answer.optimality <= options.accuracy) {
    answer.status = optimize::Status::optimal;
  } else {
    solve_by_interior_point(first, problem, options, optimize::Options{}.tolerance, answer);
    // Where the point is too rough for the sets to be told, a nearer one tells them, if it can be had.
    if (answer.status == optimize::Status::optimal && answer.optimality > options.accuracy &&
        options.accuracy < optimize::Options{}.tolerance) {
      second.emplace(problem);
      second->set_tolerance(options.tolerance);
      LeastSquaresAnswer other;
      other.iterations = answer.iterations;
      solve_by_interior_point(*second, problem, options, 0.1 * options.accuracy, other);
      answer.iterations = other.iterations;
      if (other.status == optimize::Status::optimal && other.optimality < answer.optimality) {
        answer.optimality = other.optimality;
      } else {
        second.reset();
      }
    }
    if (answer.status != optimize::Status::optimal) return answer;
  }
  ActiveSetSolver& solver = second ? *second : first;
  const Eigen::VectorXd d = solver.d();
  answer.x = problem.centre + problem.scale.cwiseProduct(d);
  answer.row_dual = solver.y().cwiseProduct(solver.row_scale());
  answer.determined.assign(problem.state.size(), true);
  bool has_unknowns = false;
  for (Index j = 0; j < d.size(); ++j) {
    const FigureState state = problem.state[static_cast<std::size_t>(j)];
    if (state == FigureState::fixed) {
      answer.x[j] = problem.centre[j];
    } else if (solver.held_at(j) != 0) {
      answer.x[j] = solver.held_at(j) < 0 ? problem.lower[j] : problem.upper[j];
    }
    answer.x[j] = std::min(std::max(answer.x[j], problem.lower[j]), problem.upper[j]);
    if (state == FigureState::measured) answer.chi_square += d[j] * d[j];
    has_unknowns = has_unknowns || state == FigureState::unknown;
  }
  if (!has_unknowns || !options.determine) return answer;
  // The multiplier of a row that nothing leans on is rounding.
  const Eigen::VectorXd pull = solver.y().cwiseAbs();
  const double least = active_tolerance * (1.0 + (pull.size() > 0 ? pull.maxCoeff() : 0.0));
  std::vector<bool> pulls(static_cast<std::size_t>(pull.size()));
  for (Index i = 0; i < pull.size(); ++i) {
    pulls[static_cast<std::size_t>(i)] = pull[i] > least || problem.row_lower[i] == problem.row_upper[i];
  }
  const Eigen::VectorXd variance = solver.variances(pulls);
  for (Index j = 0; j < d.size(); ++j) {
    const bool is_unknown = problem.state[static_cast<std::size_t>(j)] == FigureState::unknown;
    answer.determined[static_cast<std::size_t>(j)] = !is_unknown || std::isfinite(variance[j]);
  }
  return answer;
}

LODE_INLINE Covariance covariance_at(const LeastSquares& problem, const Eigen::VectorXd& x) {
  // Slack is measured against the largest term of its row, in tonnes.
  const Index m = problem.rows.rows();
  Eigen::VectorXd largest = Eigen::VectorXd::Zero(m);
  Eigen::VectorXd at = Eigen::VectorXd::Zero(m);
  for (Index j = 0; j < x.size(); ++j) {
    for (Eigen::SparseMatrix<double>::InnerIterator it(problem.rows, j); it; ++it) {
      const double term = it.value() * x[j];
      at[it.row()] += term;
      largest[it.row()] = std::max(largest[it.row()], std::abs(term));
    }
  }
  Covariance result;
  result.row_is_tight.resize(static_cast<std::size_t>(m));
  for (Index i = 0; i < m; ++i) {
    const double slack = std::min(at[i] - problem.row_lower[i], problem.row_upper[i] - at[i]);
    result.row_is_tight[static_cast<std::size_t>(i)] = slack <= tight_tolerance * largest[i];
  }
  ActiveSetSolver solver(problem);
  const Eigen::VectorXd variance = solver.variances(result.row_is_tight);
  result.checked = solver.checked().cwiseProduct(problem.scale).cwiseProduct(problem.scale);
  result.least_checked = solver.accuracy_of_checked();
  result.variance = variance.cwiseProduct(problem.scale).cwiseProduct(problem.scale);
  for (Index j = 0; j < x.size(); ++j) {
    if (problem.state[static_cast<std::size_t>(j)] == FigureState::measured) {
      result.degrees_of_freedom += std::max(0.0, 1.0 - variance[j]);
    }
  }
  return result;
}

/// Whether rows and bounds that are marked can be met together; anything else is left out.
[[nodiscard]] LODE_INLINE bool can_be_met(const optimize::Program& whole, const std::vector<std::size_t>& rows,
                                          const std::vector<std::size_t>& bounds, LowerBounds lower_bounds) {
  std::vector<Index> column_of(static_cast<std::size_t>(whole.gradient.size()), -1);
  std::vector<Index> columns, row_of(static_cast<std::size_t>(whole.rows.rows()), -1);
  for (std::size_t k = 0; k < rows.size(); ++k) row_of[rows[k]] = static_cast<Index>(k);
  std::vector<Eigen::Triplet<double>> entries;
  for (Index j = 0; j < whole.gradient.size(); ++j) {
    for (Eigen::SparseMatrix<double>::InnerIterator it(whole.rows, j); it; ++it) {
      const Index row = row_of[static_cast<std::size_t>(it.row())];
      if (row < 0) continue;
      Index& column = column_of[static_cast<std::size_t>(j)];
      if (column < 0) {
        column = static_cast<Index>(columns.size());
        columns.push_back(j);
      }
      entries.emplace_back(row, column, it.value());
    }
  }
  const auto n = static_cast<Index>(columns.size());
  const auto m = static_cast<Index>(rows.size());
  optimize::Program part;
  part.rows.resize(m, n);
  part.rows.setFromTriplets(entries.begin(), entries.end());
  part.gradient = Eigen::VectorXd::Zero(n);
  part.hessian.resize(n, n);
  part.hessian.setIdentity();  // one point among the feasible ones, so that the method has an aim
  part.lower = Eigen::VectorXd::Constant(n, -infinity);
  part.upper = Eigen::VectorXd::Constant(n, infinity);
  if (lower_bounds == LowerBounds::always_hold) {
    for (Index j = 0; j < n; ++j) part.lower[j] = whole.lower[columns[static_cast<std::size_t>(j)]];
  }
  for (const std::size_t j : bounds) {
    const Index column = column_of[j];
    if (column < 0) continue;
    part.lower[column] = whole.lower[static_cast<Index>(j)];
    part.upper[column] = whole.upper[static_cast<Index>(j)];
  }
  part.row_lower.resize(m);
  part.row_upper.resize(m);
  for (Index i = 0; i < m; ++i) {
    part.row_lower[i] = whole.row_lower[static_cast<Index>(rows[static_cast<std::size_t>(i)])];
    part.row_upper[i] = whole.row_upper[static_cast<Index>(rows[static_cast<std::size_t>(i)])];
  }
  return optimize::minimise(part).status != optimize::Status::primal_infeasible;
}

LODE_INLINE Conflict smallest_conflict(const LeastSquares& problem, const LeastSquaresAnswer& infeasible,
                                       LowerBounds lower_bounds) {
  const ActiveSetSolver solver(problem);
  Conflict conflict;
  const auto largest = [](const Eigen::VectorXd& ray) { return ray.size() > 0 ? ray.cwiseAbs().maxCoeff() : 0.0; };
  const double least = 1e-9 * std::max(largest(infeasible.ray_rows), largest(infeasible.ray_bounds));
  for (Index i = 0; i < infeasible.ray_rows.size(); ++i) {
    if (std::abs(infeasible.ray_rows[i]) > least) conflict.rows.push_back(static_cast<std::size_t>(i));
  }
  for (Index j = 0; j < infeasible.ray_bounds.size(); ++j) {
    if (lower_bounds == LowerBounds::always_hold && infeasible.ray_bounds[j] > 0.0) continue;
    if (std::abs(infeasible.ray_bounds[j]) > least) conflict.columns.push_back(static_cast<std::size_t>(j));
  }
  // Deletion filter (Chinneck and Dravnieks 1991): what the contradiction can spare goes for good.
  const auto filter = [&](std::vector<std::size_t>& members) {
    for (std::size_t k = members.size(); k-- > 0;) {
      const std::size_t spared = members[k];
      members.erase(members.begin() + static_cast<std::ptrdiff_t>(k));
      if (can_be_met(solver.program(), conflict.rows, conflict.columns, lower_bounds)) {
        members.insert(members.begin() + static_cast<std::ptrdiff_t>(k), spared);
      }
    }
  };
  filter(conflict.rows);
  filter(conflict.columns);
  return conflict;
}

}  // namespace lode::inline LODE_ABI::detail
