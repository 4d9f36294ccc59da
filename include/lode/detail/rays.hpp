// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <optional>

#include <Eigen/SparseCore>

#include <lode/detail/scaled_program.hpp>
#include <lode/optimize/program.hpp>

/// Private. Proofs that a program has no answer: Farkas rays (no feasible point) and directions of descent that can be
/// followed forever (no bound). Nothing is called infeasible without one that holds for the program as given.
namespace lode::inline LODE_ABI::optimize::detail {

struct FarkasRay {
  Eigen::VectorXd row_dual, bound_dual;
  double residual = 0.0;  ///< of A'y + z = 0, as a share of the support, at a point of size 1 in scaled units
};

/// A row or variable whose lower bound is above its upper bound.
std::optional<FarkasRay> crossing_bounds(const Program& program);

/// The ray of row multipliers y, given in scaled units, if it is one for the program as given: signs that lean on
/// bounds that are there, A'y + z = 0 but for rounding, and a support that rounding can not explain.
std::optional<FarkasRay> farkas_ray(const Program& program, const ScaledProgram& scaled, Eigen::VectorXd scaled_y);

/// The same for a direction d: g'd < 0, H d = 0, and no row or bound ends the way.
std::optional<Eigen::VectorXd> descent_direction(const Program& program, const ScaledProgram& scaled,
                                                 Eigen::VectorXd scaled_d);

/// Cheap questions, asked every iteration, whether y or x are worth the two functions above.
bool looks_like_farkas(const ScaledProgram& program, const Eigen::VectorXd& y, const Eigen::VectorXd& transposed_y);
bool looks_like_descent(const ScaledProgram& program, const Eigen::VectorXd& x, const Eigen::VectorXd& rows_x,
                        const Eigen::VectorXd& hessian_x);

/// minimise the sum of the violations of the rows, within the bounds: always feasible, bounded by 0. Where the minimum
/// is positive, the multipliers of its first m rows are a Farkas ray.
Program least_violation(const ScaledProgram& program);

/// minimise g'd over the directions that no row, bound or curvature ends, every |d_j| <= 1. Where the minimum is
/// negative it is a direction of descent.
Program steepest_recession(const ScaledProgram& program);

}  // namespace lode::inline LODE_ABI::optimize::detail

#ifndef LODE_COMPILED
#include <lode/impl/rays.ipp>  // IWYU pragma: export
#endif
