// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/IterativeLinearSolvers>
#include <Eigen/LU>
#include <Eigen/SparseLU>

#include <lode/detail/loop_solver.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE void LoopSolver::load(const FlowSystem& system, const graph::Run& run, const LaneData& data,
                                  std::uint32_t lane, const double* u, const std::uint32_t* line_row,
                                  const LoopOptions& options) {
  options_ = options;
  lines_.clear();
  branches_.clear();
  arcs_.clear();
  const std::uint32_t lanes = data.lanes();
  for (std::uint32_t i = run.begin; i < run.end; ++i) {
    Line line;
    const bool separates = system.line_separates[i] != 0;
    const double limit = data.limit(i, lane);
    line.capacity = limit;
    line.branches_begin = static_cast<std::uint32_t>(branches_.size());
    for (std::uint32_t slot = system.line_slots[i]; slot < system.line_slots[i + 1]; ++slot) {
      Branch branch;
      branch.criticality = system.slot_criticality[slot];
      branch.constant = data.release(slot, lane);
      branch.arcs_begin = static_cast<std::uint32_t>(arcs_.size());
      for (std::uint32_t a = system.slot_arcs[slot]; a < system.slot_arcs[slot + 1]; ++a) {
        const std::uint32_t source = system.arc_source[a];
        const double open = data.open(system.arc_route[a], lane);
        const double weight = system.arc_weight[a];
        if (source < run.begin || source >= run.end) {
          const std::size_t row = line_row == nullptr ? source : line_row[source];
          double arrives = open * u[row * lanes + lane];
          if (separates) arrives = std::min(arrives, limit);
          branch.constant += weight * arrives;
        } else if (open > 0.0 && weight > 0.0) {
          arcs_.push_back({source - run.begin, weight, open,
                           separates ? limit : std::numeric_limits<double>::infinity(), separates});
        }
      }
      branch.arcs_end = static_cast<std::uint32_t>(arcs_.size());
      if (branch.arcs_begin == branch.arcs_end || branch.criticality == 0.0) {
        line.capacity = std::min(line.capacity, 1.0 - branch.criticality * (1.0 - branch.constant));
        arcs_.resize(branch.arcs_begin);
      } else {
        branches_.push_back(branch);
      }
    }
    line.branches_end = static_cast<std::uint32_t>(branches_.size());
    lines_.push_back(line);
  }
}

LODE_INLINE double LoopSolver::value(const Branch& branch) const {
  double sum = branch.constant;
  for (std::uint32_t a = branch.arcs_begin; a < branch.arcs_end; ++a) {
    const Arc& arc = arcs_[a];
    sum += arc.weight * std::min(arc.open * u_[arc.source], arc.cap);
  }
  return branch.criticality == 1.0 ? sum : 1.0 - branch.criticality * (1.0 - sum);
}

LODE_INLINE bool LoopSolver::sweep() {
  const double keep = 1.0 - options_.tie_tolerance;
  bool lowered = false;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    Line& line = lines_[i];
    for (std::uint32_t b = line.branches_begin; b < line.branches_end; ++b) {
      const double branch_value = value(branches_[b]);
      if (!(branch_value < u_[i] * keep)) continue;
      u_[i] = std::max(0.0, branch_value);
      line.policy = b - line.branches_begin + 1;
      lowered = true;
      for (std::uint32_t a = branches_[b].arcs_begin; a < branches_[b].arcs_end; ++a) {
        Arc& arc = arcs_[a];
        if (arc.open * u_[arc.source] < arc.cap * keep) arc.capped = false;
      }
    }
  }
  return lowered;
}

LODE_INLINE bool LoopSolver::solve_linear(std::span<const double> rhs, std::vector<double>& x) {
  const std::size_t n = lines_.size();
  x.assign(rhs.begin(), rhs.end());
  // Only lines on a branch with an uncapped arc are unknown; the others are their right-hand side.
  std::vector<std::int32_t> unknown(n, -1);
  std::vector<std::uint32_t> line_of;
  const auto for_each_arc = [this](const Line& line, auto visit) {
    if (line.policy == 0) return;
    const Branch& branch = branches_[line.branches_begin + line.policy - 1];
    for (std::uint32_t a = branch.arcs_begin; a < branch.arcs_end; ++a) {
      if (!arcs_[a].capped) visit(arcs_[a].source, branch.criticality * arcs_[a].weight * arcs_[a].open);
    }
  };
  for (std::uint32_t i = 0; i < n; ++i) {
    for_each_arc(lines_[i], [&](std::uint32_t, double) {
      if (unknown[i] >= 0) return;
      unknown[i] = static_cast<std::int32_t>(line_of.size());
      line_of.push_back(i);
    });
  }
  const auto m = static_cast<Eigen::Index>(line_of.size());
  if (m == 0) return true;
  Eigen::VectorXd b(m);
  std::vector<Eigen::Triplet<double>> entries;
  for (Eigen::Index k = 0; k < m; ++k) {
    const std::uint32_t i = line_of[static_cast<std::size_t>(k)];
    b[k] = rhs[i];
    entries.emplace_back(k, k, 1.0);
    for_each_arc(lines_[i], [&](std::uint32_t source, double weight) {
      if (unknown[source] >= 0) {
        entries.emplace_back(k, unknown[source], -weight);
      } else {
        b[k] += weight * rhs[source];
      }
    });
  }
  Eigen::SparseMatrix<double> matrix(m, m);
  matrix.setFromTriplets(entries.begin(), entries.end());

  Eigen::VectorXd solution;
  const auto good = [&] {
    if (!solution.allFinite()) return false;
    const double scale = std::max(b.lpNorm<Eigen::Infinity>(), solution.lpNorm<Eigen::Infinity>());
    return (b - matrix * solution).lpNorm<Eigen::Infinity>() <= 1e-13 * scale;
  };
  if (static_cast<std::size_t>(m) <= options_.small_loop) {
    const Eigen::MatrixXd dense(matrix);
    const Eigen::PartialPivLU<Eigen::MatrixXd> factors(dense);
    solution = factors.solve(b);
    solution += factors.solve(b - dense * solution);
  } else {
    // Factors of large random loops fill in; a Krylov method with an incomplete factor keeps I - B sparse.
    Eigen::BiCGSTAB<Eigen::SparseMatrix<double>, Eigen::IncompleteLUT<double>> krylov;
    krylov.preconditioner().setDroptol(1e-4);
    krylov.preconditioner().setFillfactor(4);
    krylov.setTolerance(1e-15);
    krylov.setMaxIterations(400);
    krylov.compute(matrix);
    solution = krylov.solve(b);
    for (int refinement = 0; refinement < 3 && !good() && solution.allFinite(); ++refinement) {
      solution += krylov.solve(b - matrix * solution);
    }
    if (!good()) {
      Eigen::SparseLU<Eigen::SparseMatrix<double>, Eigen::COLAMDOrdering<int>> factors;
      factors.compute(matrix);
      if (factors.info() != Eigen::Success) return false;
      solution = factors.solve(b);
      solution += factors.solve(b - matrix * solution);
    }
  }
  if (!good()) return false;
  for (Eigen::Index k = 0; k < m; ++k) x[line_of[static_cast<std::size_t>(k)]] = solution[k];
  return true;
}

LODE_INLINE bool LoopSolver::evaluate() {
  rhs_.resize(lines_.size());
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const Line& line = lines_[i];
    rhs_[i] = line.capacity;
    if (line.policy == 0) continue;
    const Branch& branch = branches_[line.branches_begin + line.policy - 1];
    double constant = branch.constant;
    for (std::uint32_t a = branch.arcs_begin; a < branch.arcs_end; ++a) {
      if (arcs_[a].capped) constant += arcs_[a].weight * arcs_[a].cap;
    }
    rhs_[i] = branch.criticality == 1.0 ? constant : 1.0 - branch.criticality * (1.0 - constant);
  }
  if (!solve_linear(rhs_, solution_)) return false;
  for (double& value : solution_) value = std::max(0.0, value);
  u_.swap(solution_);
  return true;
}

LODE_INLINE bool LoopSolver::solve() {
  constexpr int sweeps_between_solves = 32;
  u_.resize(lines_.size());
  for (std::size_t i = 0; i < lines_.size(); ++i) u_[i] = lines_[i].capacity;
  bool lowered = false;
  for (int i = 0; i < sweeps_between_solves && sweep(); ++i) lowered = true;
  for (int step = 0; step < options_.max_policy_steps; ++step) {
    if (!lowered) return true;
    if (!evaluate()) return false;
    lowered = false;
    for (int i = 0; i < sweeps_between_solves && sweep(); ++i) lowered = true;
  }
  return !lowered;
}

LODE_INLINE bool LoopSolver::amplify(std::span<const double> rhs, std::vector<double>& x) {
  if (!solve_linear(rhs, x)) return false;
  return std::all_of(x.begin(), x.end(), [](double value) { return value >= 0.0; });
}

}  // namespace lode::inline LODE_ABI::detail
