// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <vector>

#include <Eigen/SparseCore>

#include <lode/detail/kkt_system.hpp>
#include <lode/detail/scaled_program.hpp>

/// Private. One run of Mehrotra's predictor-corrector method on a scaled program.
///
/// Rows get slacks s = A x, and v = (x, s) has bounds on both. Bound k says sigma (v_c - b) - t = 0, t >= 0, sigma = 1
/// for a lower and -1 for an upper side, and has a multiplier z >= 0. With the multipliers y of A x - s = 0, a solution
/// has
///
///     H x + g - A'y - sum sigma z = 0,     y - sum sigma z = 0 on inequality rows,     t z = 0
///
/// Equality rows have s = b and no bounds. t is a variable of its own, so x need not be inside its bounds on the way.
namespace lode::inline LODE_ABI::optimize::detail {

/// What makes the Newton system quasi-definite; data are scaled to about 1. Refinement removes its effect from the
/// steps, unless they are to be those of the proximal method of multipliers, which shorter steps keep from wild
/// multipliers where the rows have no interior.
struct Damping {
  double regularisation = 1e-10;
  bool proximal = false;
  double accuracy = 1e-10;  ///< of the steps, where refinement stops
  bool even = false;        ///< keep products t z even: steps that would raise them are steps down the potential instead
};

class PrimalDual {
 public:
  /// Mehrotra's starting point (1992): least squares for x and y, then shifts that make t and z positive. False if the
  /// factorisation fails.
  [[nodiscard]] bool start(const ScaledProgram& program, KktSystem& kkt, const Damping& damping);

  /// Everything that depends on the point: residuals, objectives, complementarity.
  void measure();
  /// One predictor-corrector step; false if the factorisation fails or the step is not finite.
  [[nodiscard]] bool step();

  // The point.
  Eigen::VectorXd v, y;        ///< (x, s); multipliers of the rows
  std::vector<int> component;  ///< of bound k
  Eigen::VectorXd sign, bound, t, z;

  // Filled by measure(); the three are relative, in the units of the original program.
  double primal = 0.0, dual = 0.0, gap = 0.0;
  double scaled_residual = 0.0;  ///< the worst of the same in scaled units
  double objective = 0.0;        ///< original units
  double mu = 0.0;
  Eigen::VectorXd rows_x, hessian_x, transposed_y;  ///< A x, H x, A'y
  double primal_step = 1.0, dual_step = 1.0;        ///< of the last step

 private:
  /// Solves for the direction that sends t z to t z + kappa; fills dv_, dy_, dt_, dz_.
  void direction(int refinements);
  /// Second-order corrections can add to products t z that are far apart what the step takes, for ever (Cartis 2009).
  /// Newton's step towards the centre instead, as long as lowers the primal-dual potential most (Todd and Ye 1990),
  /// which counts how small the products are and how even.
  void lower_potential(double& primal_length, double& dual_length);
  /// The longest steps that keep t and z at least 0.
  void longest(double& primal_length, double& dual_length) const;

  const ScaledProgram* program_ = nullptr;
  KktSystem* kkt_ = nullptr;
  Eigen::VectorXd row_residual_, dual_residual_, bound_residual_, kappa_;
  Eigen::VectorXd row_size_, column_size_;  ///< |A||x|, |A|'|y|
  Eigen::VectorXd weight_;                  ///< n + m: sum of z / t over the bounds of a component
  Eigen::VectorXd weight_y_;                ///< m: 1 / weight of the slack
  Eigen::VectorXd force_, rhs_, dv_, dy_, dt_, dz_;
  Damping damping_;
};

}  // namespace lode::inline LODE_ABI::optimize::detail

#ifndef LODE_COMPILED
#include <lode/impl/primal_dual.ipp>  // IWYU pragma: export
#endif
