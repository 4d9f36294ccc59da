// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <vector>

#include <Eigen/SparseCore>

#include <lode/config.hpp>
#include <lode/detail/allocation_program.hpp>
#include <lode/detail/least_squares.hpp>

namespace lode::inline LODE_ABI::detail {

/// Private. Of all optima of an allocation program the one that changes trade least:
///
///     minimise  sum (f - f0)^2 / (2 inertia)    over the optimal flows
///
/// By complementarity the optima are the points at which every row and bound with a multiplier holds without slack,
/// whichever optimal multipliers are taken. Activities and what is missing follow from the flows, so they are
/// eliminated (an activity lies between what its outputs need and what its inputs allow), which leaves a strictly
/// convex problem in the flows alone.
class LeastChange {
 public:
  /// Inertia of a route: its baseline flow, at least a thousandth of the largest of its commodity (1 t/yr if it does
  /// not flow).
  explicit LeastChange(const Network& network);

  /// The flows by route, or an empty vector and the status that says why. `best` is an optimum with its multipliers;
  /// those of at most `least` times the largest weight count as rounding. `give` lets inequalities give way by that
  /// share of their terms, which tells apart what ties. A sparse factorisation a step, 5 to 20 steps.
  struct Answer {
    optimize::Status status = optimize::Status::not_run;
    Eigen::VectorXd flows;
  };
  [[nodiscard]] Answer find(const AllocationProgram& allocation, const optimize::Solution& best, double least,
                            double give = 0.0) const;

 private:
  std::vector<double> inertia_;
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/least_change.ipp>  // IWYU pragma: export
#endif
