// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <lode/detail/lane_data.hpp>
#include <lode/flow_system.hpp>

/// Policy iteration on one loop of lines for one scenario. Private; docs/model.md has the statement and the proof.
///
/// Inside the loop u_i = min over branches k of (c_ik + sum_j b_ikj u_j), all c, b >= 0, branch 0 the constant "capacity".
/// A *policy* picks one branch per line. Sweeps from above remember, for each line, the branch that last lowered it by
/// more than the tie tolerance; the policy so found has a nonsingular M-matrix I - B, its value is an upper bound on the
/// greatest fixpoint, and sweeping on from that value either lowers something (a new policy) or proves it is the answer.
namespace lode::inline LODE_ABI::detail {

/// A branch binds where it is at most this much above u, relative.
inline constexpr double binding = 1e-9;

struct LoopOptions {
  double tie_tolerance = 1e-13;
  int max_policy_steps = 1000;
  std::size_t small_loop = 64;
};

class LoopSolver {
 public:
  /// Gathers the loop `run` of one lane. `u` holds the lines before it, by row (`line_row`; nullptr: the line itself) and
  /// lane.
  void load(const FlowSystem& system, const graph::Run& run, const LaneData& data, std::uint32_t lane, const double* u,
            const std::uint32_t* line_row, const LoopOptions& options);

  /// Solves for the greatest fixpoint; false if the steps ran out or a linear solve failed.
  [[nodiscard]] bool solve();
  /// u of the loop's lines, in order.
  [[nodiscard]] std::span<const double> u() const { return u_; }

  /// True if the policy of the last `solve` keeps a line of the loop at its capacity.
  [[nodiscard]] bool at_capacity(std::size_t line) const { return lines_[line].policy == 0; }

  /// x = (I - B)^-1 rhs for the policy of the last `solve`; false if the solve fails.
  [[nodiscard]] bool amplify(std::span<const double> rhs, std::vector<double>& x);
  /// As `amplify`, where every line follows the branch that raises x most among those that bind at u, ties with its
  /// capacity included: x >= rhs + B x for all of them. False if some x exceeds `most` times u, as in loops of gain 1.
  /// Ends the use of the policy.
  [[nodiscard]] bool amplify_ties(std::span<const double> rhs, double most, std::vector<double>& x);

 private:
  /// constant + sum of weight * u over [arcs_begin, arcs_end), softened by criticality.
  struct Branch {
    double constant = 0.0;
    double criticality = 1.0;
    std::uint32_t arcs_begin = 0;
    std::uint32_t arcs_end = 0;
  };
  struct Arc {
    std::uint32_t source = 0;  ///< within the loop
    double weight = 0.0;
    double open = 1.0;
    double cap = 0.0;       ///< separators: at most this share arrives; otherwise unbounded
    bool capped = false;    ///< the policy of this arc: it stands at its cap
  };
  struct Line {
    double capacity = 1.0;  ///< limit, and every branch without arcs from the loop
    std::uint32_t branches_begin = 0;
    std::uint32_t branches_end = 0;
    std::uint32_t policy = 0;  ///< 0: capacity; k: branch branches_begin + k - 1
  };

  [[nodiscard]] double value(const Branch& branch) const;
  /// Lowers u in order once; true if anything fell by more than the tie tolerance.
  bool sweep();
  /// u = value of the current policy.
  [[nodiscard]] bool evaluate();
  /// x = (I - B)^-1 rhs where B has a row for each line on a non-capacity policy.
  [[nodiscard]] bool solve_linear(std::span<const double> rhs, std::vector<double>& x);

  LoopOptions options_;
  std::vector<Line> lines_;
  std::vector<Branch> branches_;
  std::vector<Arc> arcs_;
  std::vector<double> u_, rhs_, solution_;
  bool policy_changed_ = false;  ///< since the policy was last solved
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/loop_solver.ipp>  // IWYU pragma: export
#endif
