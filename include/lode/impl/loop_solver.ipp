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
        line.capacity = std::min(line.capacity, bound_of(branch.criticality, branch.constant));
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
  return bound_of(branch.criticality, sum);
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
      policy_changed_ = policy_changed_ || line.policy != b - line.branches_begin + 1;
      line.policy = b - line.branches_begin + 1;
      lowered = true;
      for (std::uint32_t a = branches_[b].arcs_begin; a < branches_[b].arcs_end; ++a) {
        Arc& arc = arcs_[a];
        if (!arc.capped || !(arc.open * u_[arc.source] < arc.cap * keep)) continue;
        arc.capped = false;
        policy_changed_ = true;
      }
    }
  }
  return lowered;
}

/// Elimination without pivoting: of an M-matrix with x >= 0 it only adds numbers of one sign off the diagonal, so every
/// entry of the solution has a small relative error, however small it is. False for a singular matrix.
LODE_INLINE bool solve_m_matrix(Eigen::MatrixXd a, Eigen::VectorXd& x) {
  const Eigen::Index n = a.rows();
  for (Eigen::Index k = 0; k < n; ++k) {
    if (!(a(k, k) > 0.0)) return false;
    for (Eigen::Index i = k + 1; i < n; ++i) {
      if (a(i, k) == 0.0) continue;
      const double factor = a(i, k) / a(k, k);
      for (Eigen::Index j = k + 1; j < n; ++j) a(i, j) -= factor * a(k, j);
      x[i] -= factor * x[k];
    }
  }
  for (Eigen::Index i = n - 1; i >= 0; --i) {
    for (Eigen::Index j = i + 1; j < n; ++j) x[i] -= a(i, j) * x[j];
    x[i] /= a(i, i);
  }
  return x.allFinite();
}

/// x holds the right-hand side. False if no method reaches a residual of 1e-13.
LODE_INLINE bool solve_sparse(const std::vector<Eigen::Triplet<double>>& entries, Eigen::VectorXd& x) {
  Eigen::SparseMatrix<double> matrix(x.size(), x.size());
  matrix.setFromTriplets(entries.begin(), entries.end());
  const Eigen::VectorXd b = x;
  const auto good = [&] {
    if (!x.allFinite()) return false;
    const double scale = std::max(b.lpNorm<Eigen::Infinity>(), x.lpNorm<Eigen::Infinity>());
    return (b - matrix * x).lpNorm<Eigen::Infinity>() <= 1e-13 * scale;
  };
  // Factors of large random loops fill in; a Krylov method with an incomplete factor keeps I - B sparse.
  Eigen::BiCGSTAB<Eigen::SparseMatrix<double>, Eigen::IncompleteLUT<double>> krylov;
  krylov.preconditioner().setDroptol(1e-4);
  krylov.preconditioner().setFillfactor(4);
  krylov.setTolerance(1e-15);
  krylov.setMaxIterations(400);
  krylov.compute(matrix);
  x = krylov.solve(b);
  for (int refinement = 0; refinement < 3 && !good() && x.allFinite(); ++refinement) x += krylov.solve(b - matrix * x);
  if (good()) return true;
  Eigen::SparseLU<Eigen::SparseMatrix<double>, Eigen::COLAMDOrdering<int>> factors;
  factors.compute(matrix);
  if (factors.info() != Eigen::Success) return false;
  x = factors.solve(b);
  x += factors.solve(b - matrix * x);
  return good();
}

LODE_INLINE bool LoopSolver::solve_linear(std::span<const double> rhs, std::vector<double>& x) {
  const auto n = static_cast<std::uint32_t>(lines_.size());
  x.assign(rhs.begin(), rhs.end());
  const auto for_each_arc = [this](std::uint32_t i, auto visit) {
    const Line& line = lines_[i];
    if (line.policy == 0) return;
    const Branch& branch = branches_[line.branches_begin + line.policy - 1];
    for (std::uint32_t a = branch.arcs_begin; a < branch.arcs_end; ++a) {
      if (!arcs_[a].capped) visit(arcs_[a].source, branch.criticality * arcs_[a].weight * arcs_[a].open);
    }
  };
  // A policy cuts the loop into smaller ones. Solved one after the other, each keeps its own scale: what a starved one
  // stands at is not drowned in the rounding errors of the others.
  std::vector<std::uint32_t> offsets{0};
  std::vector<std::uint32_t> sources;
  for (std::uint32_t i = 0; i < n; ++i) {
    for_each_arc(i, [&](std::uint32_t source, double) { sources.push_back(source); });
    offsets.push_back(static_cast<std::uint32_t>(sources.size()));
  }
  const graph::StrongComponents components = graph::strong_components({offsets, sources});
  std::vector<std::uint32_t> start(components.count + 1, 0);
  for (const std::uint32_t c : components.of_node) ++start[c + 1];
  for (std::uint32_t c = 0; c < components.count; ++c) start[c + 1] += start[c];
  std::vector<std::uint32_t> members(n), place(n);
  std::vector<std::uint32_t> fill(start.begin(), start.end() - 1);
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::uint32_t c = components.of_node[i];
    place[i] = fill[c] - start[c];
    members[fill[c]++] = i;
  }
  for (std::uint32_t c = 0; c < components.count; ++c) {
    const std::span<const std::uint32_t> own = std::span(members).subspan(start[c], start[c + 1] - start[c]);
    const auto m = static_cast<Eigen::Index>(own.size());
    if (m == 1) {
      double self = 0.0;
      for_each_arc(own[0], [&](std::uint32_t source, double weight) {
        (source == own[0] ? self : x[own[0]]) += source == own[0] ? weight : weight * x[source];
      });
      if (!(self < 1.0)) return false;
      x[own[0]] /= 1.0 - self;
      continue;
    }
    Eigen::VectorXd solution(m);
    std::vector<Eigen::Triplet<double>> entries;
    for (Eigen::Index k = 0; k < m; ++k) {
      const std::uint32_t i = own[static_cast<std::size_t>(k)];
      solution[k] = x[i];
      entries.emplace_back(k, k, 1.0);
      for_each_arc(i, [&](std::uint32_t source, double weight) {
        if (components.of_node[source] == c) {
          entries.emplace_back(k, place[source], -weight);
        } else {
          solution[k] += weight * x[source];
        }
      });
    }
    if (!(solution.lpNorm<Eigen::Infinity>() > 0.0)) continue;  // starved: exactly 0
    if (own.size() <= std::max<std::size_t>(options_.small_loop, 1)) {
      Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(m, m);
      for (const Eigen::Triplet<double>& entry : entries) dense(entry.row(), entry.col()) += entry.value();
      if (!solve_m_matrix(std::move(dense), solution)) return false;
    } else if (!solve_sparse(entries, solution)) {
      return false;
    }
    for (Eigen::Index k = 0; k < m; ++k) x[own[static_cast<std::size_t>(k)]] = solution[k];
  }
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
    rhs_[i] = bound_of(branch.criticality, constant);
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
  policy_changed_ = true;
  const auto lower = [this] {
    bool lowered = false;
    for (int i = 0; i < sweeps_between_solves && sweep(); ++i) lowered = true;
    return lowered;
  };
  bool lowered = lower();
  for (int step = 0; step < options_.max_policy_steps; ++step) {
    // A policy that has been solved already has nothing more to give: what falls still falls by rounding.
    if (!lowered || !policy_changed_) return true;
    policy_changed_ = false;
    if (!evaluate()) return false;
    lowered = lower();
  }
  return !lowered || !policy_changed_;
}

LODE_INLINE bool LoopSolver::amplify(std::span<const double> rhs, std::vector<double>& x) {
  if (!solve_linear(rhs, x)) return false;
  return std::all_of(x.begin(), x.end(), [](double value) { return value >= 0.0; });
}

LODE_INLINE bool LoopSolver::amplify_ties(std::span<const double> rhs, double most, std::vector<double>& x) {
  constexpr int most_rounds = 20;
  for (Arc& arc : arcs_) arc.capped = arc.open * u_[arc.source] > arc.cap * (1.0 + binding);
  for (int round = 0; round < most_rounds; ++round) {
    if (!amplify(rhs, x)) return false;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (x[i] > most * u_[i]) return false;
    }
    bool raised = false;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      Line& line = lines_[i];
      double highest = x[i] * (1.0 + binding);
      for (std::uint32_t b = line.branches_begin; b < line.branches_end; ++b) {
        const Branch& branch = branches_[b];
        if (value(branch) > u_[i] * (1.0 + binding)) continue;
        double sum = rhs[i];
        for (std::uint32_t a = branch.arcs_begin; a < branch.arcs_end; ++a) {
          const Arc& arc = arcs_[a];
          if (!arc.capped) sum += branch.criticality * arc.weight * arc.open * x[arc.source];
        }
        if (sum <= highest) continue;
        highest = sum;
        line.policy = b - line.branches_begin + 1;
        raised = true;
      }
    }
    if (!raised) return true;
  }
  return false;
}

}  // namespace lode::inline LODE_ABI::detail
