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

LODE_INLINE std::optional<std::vector<FeasibleInterval>> feasible_intervals(
    const LeastSquares& problem, const Eigen::VectorXd& x, const std::vector<std::size_t>& open,
    const std::function<bool(std::size_t done, std::size_t all)>& go_on) {
  using Entries = Eigen::SparseMatrix<double>::InnerIterator;
  std::vector<FeasibleInterval> intervals(open.size());
  Eigen::VectorXd others = x;  // the columns that stay
  for (const std::size_t j : open) others[static_cast<Index>(j)] = 0.0;
  const Eigen::VectorXd held = problem.rows * others;
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
    Eigen::VectorXd size = Eigen::VectorXd::Zero(m);
    for (Index k = 0; k < n; ++k) {
      const auto column = static_cast<Index>(open[part.members[static_cast<std::size_t>(k)]]);
      const double scale = problem.scale[column];
      program.lower[k] = problem.lower[column] / scale;
      program.upper[k] = problem.upper[column] / scale;
      for (Entries it(problem.rows, column); it; ++it) {
        const Index row = row_in_part[static_cast<std::size_t>(it.row())];
        entries.emplace_back(row, k, it.value() * scale);
        size[row] = std::max(size[row], std::abs(it.value()) * scale);
      }
    }
    program.rows.resize(m, n);
    program.rows.setFromTriplets(entries.begin(), entries.end());
    program.row_lower.resize(m);
    program.row_upper.resize(m);
    for (Index i = 0; i < m; ++i) {
      const Index row = part.rows[static_cast<std::size_t>(i)];
      const double give = 1e-10 * (size[i] + std::abs(held[row]));
      program.row_lower[i] = problem.row_lower[row] - held[row] - give;
      program.row_upper[i] = problem.row_upper[row] - held[row] + give;
    }

    optimize::InteriorPoint solver;
    Eigen::VectorXd ends = Eigen::VectorXd::Zero(n);  // sum of the points at which the ends were found
    int end_count = 0;
    const auto extreme = [&](Index k, double direction) -> std::optional<double> {
      program.gradient = Eigen::VectorXd::Zero(n);
      program.gradient[k] = direction;
      const optimize::Solution solution = solver.solve(program);
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
    // In widths from the middles. The rows leave next to no interior where they are equations, which can be too little
    // for the method; the mean of the points at the ends satisfies them too.
    Eigen::VectorXd chosen = ends / std::max(1, end_count);
    const Eigen::VectorXd at_middles = program.rows * middle;
    optimize::Program nearest;
    nearest.rows = program.rows * width.asDiagonal();
    nearest.row_lower = program.row_lower - at_middles;
    nearest.row_upper = program.row_upper - at_middles;
    nearest.lower = (program.lower - middle).cwiseQuotient(width);
    nearest.upper = (program.upper - middle).cwiseQuotient(width);
    nearest.gradient = Eigen::VectorXd::Zero(n);
    nearest.hessian.resize(n, n);
    nearest.hessian.setIdentity();
    const optimize::Solution solution = optimize::minimise(nearest);
    if (solution.status == optimize::Status::optimal) chosen = middle + width.cwiseProduct(solution.x);
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
