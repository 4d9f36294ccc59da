// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>

#include <lode/detail/feasible_intervals.hpp>
#include <lode/optimize/interior_point.hpp>

namespace lode::inline LODE_ABI::detail {

/// Columns that are linked by rows, and those rows: a problem of its own.
struct OpenPart {
  std::vector<std::size_t> members;  ///< positions in `open`
  std::vector<Index> rows;
};

/// The connected parts of the open columns.
[[nodiscard]] LODE_INLINE std::vector<OpenPart> open_parts(const Eigen::SparseMatrix<double>& rows,
                                                           const std::vector<std::size_t>& open) {
  using Entries = Eigen::SparseMatrix<double>::InnerIterator;
  std::vector<std::size_t> parent(open.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&parent](std::size_t k) {
    while (parent[k] != k) k = parent[k] = parent[parent[k]];
    return k;
  };
  constexpr std::size_t nobody = static_cast<std::size_t>(-1);
  std::vector<std::size_t> owner(static_cast<std::size_t>(rows.rows()), nobody);
  for (std::size_t k = 0; k < open.size(); ++k) {
    for (Entries it(rows, static_cast<Index>(open[k])); it; ++it) {
      std::size_t& first = owner[static_cast<std::size_t>(it.row())];
      if (first == nobody) first = k;
      const std::size_t a = root(first);
      const std::size_t b = root(k);
      parent[std::max(a, b)] = std::min(a, b);
    }
  }
  std::vector<OpenPart> parts;
  std::vector<std::size_t> part_of(open.size(), nobody);
  for (std::size_t k = 0; k < open.size(); ++k) {
    std::size_t& part = part_of[root(k)];
    if (part == nobody) {
      part = parts.size();
      parts.emplace_back();
    }
    parts[part].members.push_back(k);
  }
  for (Index i = 0; i < rows.rows(); ++i) {
    const std::size_t first = owner[static_cast<std::size_t>(i)];
    if (first != nobody) parts[part_of[root(first)]].rows.push_back(i);
  }
  return parts;
}

/// Fixes columns that a row leaves no room beside their other bound (nothing comes in, so nothing goes out). Where many
/// are pinned so the rows have no interior, which interior points need. Rows of fixed columns alone are let go: what
/// rounding leaves of their sides would set the scale of the program.
LODE_INLINE void fix_pinned(optimize::Program& program) {
  constexpr double room = 1e-9;
  const Eigen::SparseMatrix<double, Eigen::RowMajor> rows = program.rows;
  using Terms = Eigen::SparseMatrix<double, Eigen::RowMajor>::InnerIterator;
  for (bool changed = true; changed;) {
    changed = false;
    for (Index i = 0; i < rows.rows(); ++i) {
      // sign * (row) >= sign * (its lower or upper side)
      for (const double sign : {1.0, -1.0}) {
        const double least = sign > 0.0 ? program.row_lower[i] : -program.row_upper[i];
        if (!std::isfinite(least)) continue;
        const auto most = [&](const Terms& it) {
          const double factor = sign * it.value();
          return factor * (factor > 0.0 ? program.upper[it.col()] : program.lower[it.col()]);
        };
        double all = 0.0;
        for (Terms it(rows, i); it; ++it) all += it.value() != 0.0 ? most(it) : 0.0;
        if (!std::isfinite(all)) continue;
        for (Terms it(rows, i); it; ++it) {
          const double factor = sign * it.value();
          double& low = program.lower[it.col()];
          double& high = program.upper[it.col()];
          if (factor == 0.0 || low == high) continue;
          const double left = (all - least) / std::abs(factor);  // how far it can go from where it gives most
          if (left > room) continue;
          (factor > 0.0 ? low : high) = factor > 0.0 ? high : low;
          changed = true;
        }
      }
    }
  }
  for (Index i = 0; i < rows.rows(); ++i) {
    bool is_open = false;
    for (Terms it(rows, i); it; ++it) is_open = is_open || program.lower[it.col()] < program.upper[it.col()];
    if (is_open) continue;
    program.row_lower[i] = -optimize::infinity;
    program.row_upper[i] = optimize::infinity;
  }
}

LODE_INLINE std::optional<std::vector<FeasibleInterval>> feasible_intervals(
    const LeastSquares& problem, const Eigen::VectorXd& x, const std::vector<std::size_t>& open,
    const std::function<bool(std::size_t done, std::size_t all)>& go_on) {
  using Entries = Eigen::SparseMatrix<double>::InnerIterator;
  std::vector<FeasibleInterval> intervals(open.size());
  Eigen::VectorXd others = x;  // the columns that stay
  for (const std::size_t j : open) others[static_cast<Index>(j)] = 0.0;
  const Eigen::VectorXd held = problem.rows * others;
  const Eigen::VectorXd held_size = problem.rows.cwiseAbs() * others.cwiseAbs();
  std::vector<Index> row_in_part(static_cast<std::size_t>(problem.rows.rows()), -1);
  std::size_t done = 0;
  for (const OpenPart& part : open_parts(problem.rows, open)) {
    const auto n = static_cast<Index>(part.members.size());
    const auto m = static_cast<Index>(part.rows.size());
    // In units of each column's scale, from where it stands; rows may miss by rounding, so they give way a little.
    for (Index i = 0; i < m; ++i) row_in_part[static_cast<std::size_t>(part.rows[static_cast<std::size_t>(i)])] = i;
    optimize::Program program;
    std::vector<Eigen::Triplet<double>> entries;
    program.lower.resize(n);
    program.upper.resize(n);
    for (Index k = 0; k < n; ++k) {
      const auto column = static_cast<Index>(open[part.members[static_cast<std::size_t>(k)]]);
      const double scale = problem.scale[column];
      program.lower[k] = problem.lower[column] / scale;
      program.upper[k] = problem.upper[column] / scale;
      for (Entries it(problem.rows, column); it; ++it) {
        const Index row = row_in_part[static_cast<std::size_t>(it.row())];
        entries.emplace_back(row, k, it.value() * scale);
      }
    }
    program.rows.resize(m, n);
    program.rows.setFromTriplets(entries.begin(), entries.end());
    program.row_lower.resize(m);
    program.row_upper.resize(m);
    for (Index i = 0; i < m; ++i) {
      const Index row = part.rows[static_cast<std::size_t>(i)];
      const double give = 1e-10 * held_size[row];
      program.row_lower[i] = problem.row_lower[row] - held[row] - give;
      program.row_upper[i] = problem.row_upper[row] - held[row] + give;
    }
    fix_pinned(program);

    optimize::InteriorPoint solver;
    optimize::InteriorPoint rough_solver({.tolerance = 1e-6});
    const auto ends_with_answer = [](const optimize::Solution& solution) {
      return solution.status == optimize::Status::optimal || solution.status == optimize::Status::dual_infeasible;
    };
    // Where even that does not help, rows give way by 1e-7 of the sizes of the columns in them.
    const auto relaxed = [&] {
      optimize::Program loose = program;
      const Eigen::VectorXd give = 1e-7 * (program.rows.cwiseAbs() * Eigen::VectorXd::Ones(n));
      loose.row_lower -= give;
      loose.row_upper += give;
      return rough_solver.solve(loose);
    };
    Eigen::VectorXd ends = Eigen::VectorXd::Zero(n);  // sum of the points at which the ends were found
    int end_count = 0;
    const auto extreme = [&](Index k, double direction) -> std::optional<double> {
      program.gradient = Eigen::VectorXd::Zero(n);
      program.gradient[k] = direction;
      optimize::Solution solution = solver.solve(program);
      // Rows that leave next to no interior can keep the method from its last digits; an end needs fewer.
      if (!ends_with_answer(solution)) solution = rough_solver.solve(program);
      if (!ends_with_answer(solution)) solution = relaxed();
      if (solution.status == optimize::Status::dual_infeasible) return -direction * optimize::infinity;
      if (solution.status != optimize::Status::optimal) return std::nullopt;
      ends += solution.x;
      ++end_count;
      return solution.x[k];
    };
    Eigen::VectorXd middle(n), width(n);
    for (Index k = 0; k < n; ++k) {
      if (!go_on(done++, open.size())) return std::nullopt;
      const std::size_t position = part.members[static_cast<std::size_t>(k)];
      const double scale = problem.scale[static_cast<Index>(open[position])];
      const std::optional<double> low = extreme(k, 1.0);
      const std::optional<double> high = extreme(k, -1.0);
      if (!low || !high) return std::nullopt;
      FeasibleInterval& interval = intervals[position];
      interval.low = std::max(*low * scale, problem.lower[static_cast<Index>(open[position])]);
      interval.high = std::max(interval.low, *high * scale);
      if (interval.low < 1e-9 * scale) interval.low = 0.0;  // rounding of the program, not a tonnage
      middle[k] = std::isfinite(*high) ? 0.5 * (*low + *high) : *low;
      width[k] = std::isfinite(*high) ? std::max(*high - *low, 1e-3) : 1.0;
    }
    // Nearest to the middles, counted in widths: least squares again, for its exact active set. Where it has no answer
    // the mean of the points at the ends satisfies the rows too.
    Eigen::VectorXd chosen = ends / std::max(1, end_count);
    LeastSquares nearest;
    nearest.rows = program.rows;
    nearest.centre = middle;
    nearest.scale = width;
    nearest.state.assign(static_cast<std::size_t>(n), FigureState::measured);
    nearest.lower = program.lower;
    nearest.upper = program.upper;
    nearest.row_lower.resize(m);
    nearest.row_upper.resize(m);
    for (Index i = 0; i < m; ++i) {
      const Index row = part.rows[static_cast<std::size_t>(i)];
      nearest.row_lower[i] = problem.row_lower[row] - held[row];
      nearest.row_upper[i] = problem.row_upper[row] - held[row];
    }
    const LeastSquaresAnswer answer = solve(nearest, {});
    if (answer.status == optimize::Status::optimal) chosen = answer.x;
    for (Index k = 0; k < n; ++k) {
      const std::size_t position = part.members[static_cast<std::size_t>(k)];
      const auto column = static_cast<Index>(open[position]);
      const double value = chosen[k] * problem.scale[column];
      intervals[position].choice = std::min(std::max(value, problem.lower[column]), problem.upper[column]);
    }
  }
  return intervals;
}

}  // namespace lode::inline LODE_ABI::detail
