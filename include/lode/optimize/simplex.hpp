// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

#include <lode/config.hpp>
#include <lode/optimize/interior_point.hpp>
#include <lode/optimize/program.hpp>

/// Solves sparse linear programs (program.hpp without a hessian) by the simplex method, again and again where little
/// changes: each solve starts from the basis of one before.
///
///     lode::optimize::Simplex simplex;
///     lode::optimize::Solution base = simplex.solve(program);
///     const lode::optimize::Basis start = simplex.basis();
///     program.row_upper[7] = 0.0;                                      // a shock
///     const lode::optimize::Solution shocked = simplex.solve(program, start);
///
/// Solutions, signs, statuses and proofs are those of the interior point method (interior_point.hpp): an answer is
/// optimal only if its certificate, measured on the program as given, is within the tolerance, and a program is
/// infeasible or unbounded only with a ray that was checked. Where neither is had the status is `numerical_trouble`;
/// the interior point method may still solve it. An answer is a vertex. docs/optimize.md has the method and the limits.
namespace lode::inline LODE_ABI::optimize {

/// Where a variable, or the activity of a row, is at a vertex.
enum class BasisStatus : std::uint8_t {
  basic,     ///< between its bounds, and determined by the others
  at_lower,  ///< also where both bounds are equal
  at_upper,
  free_at_zero  ///< no bounds, and not basic
};

/// A vertex by what is basic, in any number; rows and variables that are too many or missing are put right. Empty: all
/// rows are basic.
struct Basis {
  std::vector<BasisStatus> variables, rows;

  bool operator==(const Basis&) const = default;
};

struct SimplexOptions {
  double tolerance = 1e-9;  ///< every part of the certificate of an optimal answer is at most this; in [1e-14, 1e-2]
  int max_iterations = 10'000'000;  ///< changes of basis, at least 1
  std::stop_token stop = {};        ///< asked once an iteration
};

/// Keeps the basis, its factors and the scales of the matrix. A copy is not needed for threads: give each its own.
class Simplex {
 public:
  /// Throws InvalidArgument for options out of range.
  explicit Simplex(SimplexOptions options = {});
  ~Simplex();
  Simplex(Simplex&&) noexcept;
  Simplex& operator=(Simplex&&) noexcept;

  /// Starts from the last basis if the program has as many variables as the last one and at least as many rows; the
  /// logicals of rows that came are basic. Factors are used again if the matrix, but for rows that came, is the same in
  /// every number. Throws InvalidArgument that lists `problems(program)`, or says that there is a hessian.
  Solution solve(const Program& program);

  /// Starts from `start`, so that the answer depends on nothing that was solved before. `start` may have fewer rows
  /// than the program: the first ones. Factors of a start are kept for the next solve from it. Throws also if `start`
  /// has another number of variables, or more rows.
  Solution solve(const Program& program, const Basis& start);

  /// Starts from a point: rows are basic, and variables without a cost stand where the point has them (within their
  /// bounds), until something needs them to move. Where the point is nearly an answer, as a base year is for what a
  /// shock leaves of it, few of them ever do. The answer is optimal but in general not a vertex, and depends on nothing
  /// that was solved before.
  Solution solve(const Program& program, const Basis& start, const Eigen::VectorXd& point);

  /// Of the last solve, whatever its status; empty before the first.
  [[nodiscard]] const Basis& basis() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lode::inline LODE_ABI::optimize

#ifndef LODE_COMPILED
#include <lode/impl/simplex.ipp>  // IWYU pragma: export
#endif
