// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <stop_token>

#include <Eigen/SparseCore>

#include <lode/config.hpp>
#include <lode/optimize/program.hpp>

/// Solves sparse convex linear and quadratic programs (program.hpp) by a primal-dual interior point method.
///
///     lode::optimize::Program program = ...;
///     const lode::optimize::Solution solution = lode::optimize::minimise(program);
///     if (solution.status != lode::optimize::Status::optimal) std::cerr << advice(solution.status) << '\n';
///
/// An answer is called optimal only if its certificate, measured on the program as given, is within the tolerance;
/// infeasible or unbounded only with a ray that was checked against the program as given. The same program gives the
/// same bits. docs/optimize.md has the method, the conventions and the limits.
namespace lode::inline LODE_ABI::optimize {

/// How a solve ended. `advice(status)` says what to do next.
enum class Status {
  not_run,
  optimal,
  primal_infeasible,  ///< no x satisfies the rows and bounds; row_dual and bound_dual prove it
  dual_infeasible,    ///< x is a direction along which the objective falls forever: unbounded, if feasible at all
  iteration_limit,
  numerical_trouble,  ///< neither an answer nor a proof to the tolerance
  interrupted,
};

/// The name of the enumerator.
[[nodiscard]] constexpr const char* to_string(Status status) {
  switch (status) {
    case Status::not_run:
      return "not_run";
    case Status::optimal:
      return "optimal";
    case Status::primal_infeasible:
      return "primal_infeasible";
    case Status::dual_infeasible:
      return "dual_infeasible";
    case Status::iteration_limit:
      return "iteration_limit";
    case Status::numerical_trouble:
      return "numerical_trouble";
    case Status::interrupted:
      return "interrupted";
  }
  return "not_run";
}

/// One sentence for a person: what the status means and what to do.
[[nodiscard]] constexpr const char* advice(Status status) {
  switch (status) {
    case Status::not_run:
      return "nothing was solved; call minimise first";
    case Status::optimal:
      return "solved; the certificate says how exactly";
    case Status::primal_infeasible:
      return "no point satisfies all rows and bounds; those with a multiplier in row_dual and bound_dual contradict "
             "each other, relax one of them";
    case Status::dual_infeasible:
      return "the objective falls without end along the direction x; bound a variable that moves in it";
    case Status::iteration_limit:
      return "not converged; raise Options::max_iterations or Options::tolerance";
    case Status::numerical_trouble:
      return "rounding stopped the method; raise Options::tolerance, bring coefficients nearer to each other in size, "
             "and make sure that the hessian is positive semidefinite";
    case Status::interrupted:
      return "stopped on request before it had an answer; solve again to get one";
  }
  return "";
}

/// What a progress callback sees, once an iteration.
struct Progress {
  int iteration = 0;
  double objective = 0.0;
  double primal = 0.0, dual = 0.0, gap = 0.0;  ///< relative, of the iterate
};

struct Options {
  double tolerance = 1e-9;   ///< every part of the certificate of an optimal answer is at most this; in [1e-14, 1e-2]
  int max_iterations = 200;  ///< at least 1
  /// After convergence, solve for the bounds and rows found active; the better certificate wins. One factorisation.
  bool polish = true;
  std::stop_token stop = {};  ///< asked once an iteration
  std::function<void(const Progress&)> progress = {};
};

/// The answer. Empty vectors and NaN where the status has no use for them.
struct Solution {
  Status status = Status::not_run;
  Eigen::VectorXd x;           ///< optimal: the minimiser; dual_infeasible: a direction, largest entry 1
  Eigen::VectorXd row_dual;    ///< y of `H x + g = A'y + z`: >= 0 where the lower side binds, <= 0 where the upper does
  Eigen::VectorXd bound_dual;  ///< z, the same rule
  double objective = std::numeric_limits<double>::quiet_NaN();
  Certificate certificate;
  int iterations = 0;
  // primal_infeasible: A'y + z = 0 and support(program, y, z) > 0, the largest multiplier being 1. Where bounds cross,
  // the one multiplier 1 stands at the row or variable whose two sides contradict each other.
};

/// Keeps the order and the symbolic factorisation while the patterns of `hessian` and `rows` stay the same. A copy is
/// not needed for threads: give each its own.
class InteriorPoint {
 public:
  /// Throws InvalidArgument for options out of range.
  explicit InteriorPoint(Options options = {});
  ~InteriorPoint();
  InteriorPoint(InteriorPoint&&) noexcept;
  InteriorPoint& operator=(InteriorPoint&&) noexcept;

  /// Throws InvalidArgument that lists `problems(program)`.
  Solution solve(const Program& program);

  /// How often an order was chosen and the structure of the factor found.
  [[nodiscard]] int analyses() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One program, once.
Solution minimise(const Program& program, const Options& options = {});

}  // namespace lode::inline LODE_ABI::optimize

#ifndef LODE_COMPILED
#include <lode/impl/interior_point.ipp>  // IWYU pragma: export
#endif
