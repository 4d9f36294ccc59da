// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include <lode/detail/kkt_system.hpp>
#include <lode/detail/primal_dual.hpp>
#include <lode/detail/products.hpp>
#include <lode/detail/rays.hpp>
#include <lode/detail/scaled_program.hpp>
#include <lode/optimize/interior_point.hpp>

namespace lode::inline LODE_ABI::optimize {

struct InteriorPoint::State {
  explicit State(Options given) : options(std::move(given)) {}

  Options options;
  detail::ScaledProgram scaled;
  detail::KktSystem kkt;
  detail::PrimalDual method;
  int analyses = 0;
  /// The deciding problems of `decide` are feasible and bounded, so that they need no deciding themselves.
  bool decides = true;

  /// The best point so far.
  Eigen::VectorXd best_v, best_y, best_t, best_z;
  double best_merit = infinity;

  Solution solve(const Program& program);
  /// What is known without iterating: bounds that cross, rows and variables that stand alone.
  [[nodiscard]] std::optional<Solution> settle(const Program& program) const;
  Solution iterate(const Program& program);
  /// One run of the method; nothing where it stalls.
  std::optional<Solution> attempt(const Program& program, const detail::Damping& damping, int& iteration);
  /// The point in the units of the program, with its certificate.
  [[nodiscard]] Solution unscale(const Program& program, const Eigen::VectorXd& x, const Eigen::VectorXd& y) const;
  /// The better of the point and its polish.
  Solution finish(const Program& program);
  [[nodiscard]] std::optional<Solution> polish(const Program& program);
  /// A proof that there is no answer, where the iterates point at one.
  [[nodiscard]] std::optional<Solution> ray(const Program& program) const;
  /// The same by two problems that always have an answer, where the iterates do not.
  [[nodiscard]] std::optional<Solution> decide(const Program& program) const;
};

namespace detail {

/// Residuals count in the units of the program, and at a discount in scaled units, where small rows are not lost.
inline constexpr double scaled_weight = 1e-3;

inline constexpr double clean_ray = 1e-14;

LODE_INLINE Solution ended(Status status, int iterations = 0) {
  Solution out;
  out.status = status;
  out.iterations = iterations;
  return out;
}

LODE_INLINE Solution infeasible(FarkasRay ray) {
  Solution out = ended(Status::primal_infeasible);
  out.row_dual = std::move(ray.row_dual);
  out.bound_dual = std::move(ray.bound_dual);
  return out;
}

LODE_INLINE Solution unbounded(Eigen::VectorXd direction) {
  Solution out = ended(Status::dual_infeasible);
  out.x = std::move(direction);
  return out;
}

}  // namespace detail

LODE_INLINE InteriorPoint::InteriorPoint(Options options) {
  std::vector<Issue> issues;
  if (!(options.tolerance >= 1e-14 && options.tolerance <= 1e-2)) {
    issues.push_back({{"Options::tolerance", 0, 0},
                      std::to_string(options.tolerance) + " is out of range",
                      "choose a number from 1e-14 to 1e-2"});
  }
  if (options.max_iterations < 1) {
    issues.push_back({{"Options::max_iterations", 0, 0},
                      std::to_string(options.max_iterations) + " leaves nothing to do",
                      "choose a number of at least 1"});
  }
  if (!issues.empty()) throw InvalidArgument(std::move(issues));
  state_ = std::make_unique<State>(std::move(options));
}

LODE_INLINE InteriorPoint::~InteriorPoint() = default;
LODE_INLINE InteriorPoint::InteriorPoint(InteriorPoint&&) noexcept = default;
LODE_INLINE InteriorPoint& InteriorPoint::operator=(InteriorPoint&&) noexcept = default;

LODE_INLINE Solution InteriorPoint::solve(const Program& program) {
  std::vector<Issue> issues = problems(program);
  if (!issues.empty()) throw InvalidArgument(std::move(issues));
  return state_->solve(program);
}

LODE_INLINE int InteriorPoint::analyses() const {
  return state_->analyses;
}

LODE_INLINE Solution minimise(const Program& program, const Options& options) {
  return InteriorPoint(options).solve(program);
}

LODE_INLINE Solution InteriorPoint::State::solve(const Program& program) {
  if (std::optional<detail::FarkasRay> ray = detail::crossing_bounds(program)) {
    return detail::infeasible(std::move(*ray));
  }
  scaled.load(program);
  if (std::optional<Solution> known = settle(program)) return std::move(*known);
  if (kkt.adopt(scaled)) ++analyses;
  return iterate(program);
}

LODE_INLINE std::optional<Solution> InteriorPoint::State::settle(const Program& program) const {
  for (Eigen::Index j = 0; j < scaled.n; ++j) {
    if (std::isfinite(scaled.settled_value[j])) continue;
    Eigen::VectorXd direction = Eigen::VectorXd::Zero(scaled.n);
    direction[j] = scaled.gradient[j] > 0.0 ? -1.0 : 1.0;
    return detail::unbounded(std::move(direction));
  }
  const Eigen::VectorXd activity = scaled.rows * scaled.settled_value;
  Eigen::VectorXd size = Eigen::VectorXd::Zero(scaled.m);
  for (Eigen::Index j = 0; j < scaled.n; ++j) {
    for (detail::Sparse::InnerIterator it(scaled.rows, j); it; ++it) {
      size[it.row()] += std::abs(it.value() * scaled.settled_value[j]);
    }
  }
  for (Eigen::Index i = 0; i < scaled.m; ++i) {
    if (scaled.row_kind[static_cast<std::size_t>(i)] != detail::RowKind::idle) continue;
    const double low = scaled.lower[scaled.n + i];
    const double high = scaled.upper[scaled.n + i];
    const double allowed = options.tolerance * (scaled.row_scale[i] + size[i]);
    if (!(activity[i] < low - allowed) && !(activity[i] > high + allowed)) continue;
    Eigen::VectorXd y = Eigen::VectorXd::Zero(scaled.m);
    y[i] = activity[i] < low ? 1.0 : -1.0;
    if (std::optional<detail::FarkasRay> ray = detail::farkas_ray(program, scaled, y)) {
      return detail::infeasible(std::move(*ray));
    }
  }
  return std::nullopt;
}

LODE_INLINE Solution InteriorPoint::State::iterate(const Program& program) {
  // Most programs need the first only. A proof that there is no answer is looked for before trying again.
  constexpr detail::Damping attempts[] = {
      {1e-10, false, 1e-10}, {1e-10, false, 1e-10, true}, {1e-8, true, 1e-14}, {1e-12, false, 1e-14}};
  int iteration = 0;
  for (const detail::Damping& damping : attempts) {
    std::optional<Solution> solution = attempt(program, damping, iteration);
    if (!solution && decides && &damping == &attempts[0]) {
      solution = decide(program);
      if (!solution && options.stop.stop_requested()) solution = detail::ended(Status::interrupted);
    }
    if (!solution) continue;
    solution->iterations += iteration;
    return std::move(*solution);
  }
  return detail::ended(Status::numerical_trouble, iteration);
}

LODE_INLINE std::optional<Solution> InteriorPoint::State::attempt(const Program& program,
                                                                  const detail::Damping& damping, int& iteration) {
  constexpr int patience = 20;
  constexpr double progress_made = 0.9;
  constexpr double worth_keeping = 1e-3;
  const auto good = [this](const Solution& solution) { return solution.certificate.worst() <= options.tolerance; };
  double target = options.tolerance;
  int since_best = 0;
  best_merit = infinity;
  bool running = method.start(scaled, kkt, damping);
  for (; running; ++iteration) {
    method.measure();
    if (options.progress) {
      options.progress({iteration, method.objective, method.primal, method.dual, method.gap});
    }
    if (options.stop.stop_requested()) return detail::ended(Status::interrupted);
    const double merit =
        std::max({method.primal, method.dual, method.gap, detail::scaled_weight * method.scaled_residual});
    if (!std::isfinite(merit)) break;
    ++since_best;
    if (merit < best_merit) {
      if (merit < progress_made * best_merit) since_best = 0;
      best_merit = merit;
      if (merit < worth_keeping) {
        best_v = method.v;
        best_y = method.y;
        best_t = method.t;
        best_z = method.z;
      }
    }
    if (merit <= target) {
      Solution solution = finish(program);
      if (good(solution)) return solution;
      target *= 0.1;
      if (target < 1e-3 * options.tolerance) break;
    }
    if (std::optional<Solution> proof = ray(program)) return proof;
    if (iteration >= options.max_iterations || since_best > patience) break;
    running = method.step();
  }
  if (best_merit < worth_keeping) {
    method.v = best_v;
    method.y = best_y;
    method.t = best_t;
    method.z = best_z;
    Solution solution = finish(program);
    if (good(solution)) return solution;
  }
  if (iteration >= options.max_iterations) return detail::ended(Status::iteration_limit);
  return std::nullopt;
}

LODE_INLINE Solution InteriorPoint::State::unscale(const Program& program, const Eigen::VectorXd& x,
                                                   const Eigen::VectorXd& y) const {
  Solution out;
  out.status = Status::optimal;
  out.x = x.cwiseProduct(scaled.column_scale).cwiseMax(program.lower).cwiseMin(program.upper);
  out.row_dual = y.cwiseProduct(scaled.row_scale) / scaled.cost_scale;
  for (Eigen::Index i = 0; i < scaled.m; ++i) {
    if (std::isinf(program.row_lower[i])) out.row_dual[i] = std::min(out.row_dual[i], 0.0);
    if (std::isinf(program.row_upper[i])) out.row_dual[i] = std::max(out.row_dual[i], 0.0);
  }
  out.bound_dual =
      detail::hessian_times(program, out.x) + program.gradient - detail::transposed_rows_times(program, out.row_dual);
  for (Eigen::Index j = 0; j < scaled.n; ++j) {
    if (std::isinf(program.lower[j])) out.bound_dual[j] = std::min(out.bound_dual[j], 0.0);
    if (std::isinf(program.upper[j])) out.bound_dual[j] = std::max(out.bound_dual[j], 0.0);
  }
  out.objective = objective(program, out.x);
  out.certificate = certify(program, out.x, out.row_dual, out.bound_dual);
  return out;
}

LODE_INLINE Solution InteriorPoint::State::finish(const Program& program) {
  Solution plain = unscale(program, method.v.head(scaled.n), method.y);
  if (!options.polish) return plain;
  std::optional<Solution> polished = polish(program);
  return polished && polished->certificate.worst() < plain.certificate.worst() ? std::move(*polished) : plain;
}

LODE_INLINE std::optional<Solution> InteriorPoint::State::polish(const Program& program) {
  const Eigen::Index n = scaled.n;
  const Eigen::Index m = scaled.m;
  std::vector<char> variable_moves = scaled.variable_moves;
  std::vector<char> row_moves(static_cast<std::size_t>(m));
  Eigen::VectorXd x = method.v.head(n);
  Eigen::VectorXd y = method.y;
  Eigen::VectorXd target = method.v.tail(m);
  for (Eigen::Index i = 0; i < m; ++i) {
    row_moves[static_cast<std::size_t>(i)] = scaled.row_kind[static_cast<std::size_t>(i)] == detail::RowKind::equality;
  }
  for (Eigen::Index k = 0; k < method.t.size(); ++k) {
    if (method.t[k] >= method.z[k]) continue;
    const Eigen::Index c = method.component[static_cast<std::size_t>(k)];
    if (c < n) {
      variable_moves[static_cast<std::size_t>(c)] = 0;
      x[c] = method.bound[k];
    } else {
      row_moves[static_cast<std::size_t>(c - n)] = 1;
      target[c - n] = method.bound[k];
    }
  }
  for (Eigen::Index i = 0; i < m; ++i) {
    if (!row_moves[static_cast<std::size_t>(i)]) y[i] = 0.0;
  }
  // Newton's method on the active set: one step for exact arithmetic, more to wear off the regularisation.
  constexpr double regularisation = 1e-8;
  constexpr int steps = 6;
  kkt.load(scaled, variable_moves, row_moves);
  if (!kkt.factorise(Eigen::VectorXd::Zero(n), Eigen::VectorXd::Zero(m), regularisation, false)) return std::nullopt;
  Eigen::VectorXd rhs(n + m), kept_x = x, kept_y = y;
  double best = infinity;
  for (int step = 0; step <= steps; ++step) {
    rhs.head(n) = scaled.rows.transpose() * y - scaled.gradient;
    if (scaled.quadratic) rhs.head(n) -= scaled.hessian.selfadjointView<Eigen::Upper>() * x;
    rhs.tail(m) = target - scaled.rows * x;
    for (Eigen::Index j = 0; j < n; ++j) {
      if (!variable_moves[static_cast<std::size_t>(j)]) rhs[j] = 0.0;
    }
    for (Eigen::Index i = 0; i < m; ++i) {
      if (!row_moves[static_cast<std::size_t>(i)]) rhs[n + i] = 0.0;
    }
    const double size = rhs.size() == 0 ? 0.0 : rhs.lpNorm<Eigen::Infinity>();
    if (!(size < best)) break;
    const bool slow = size > 0.5 * best;
    best = size;
    kept_x = x;
    kept_y = y;
    if (size == 0.0 || slow || step == steps) break;
    kkt.solve(rhs, 1, 0.0);
    x += rhs.head(n);
    y -= rhs.tail(m);
  }
  // The next step, if there is one, works on all variables and rows again.
  for (Eigen::Index i = 0; i < m; ++i) {
    row_moves[static_cast<std::size_t>(i)] = scaled.row_kind[static_cast<std::size_t>(i)] != detail::RowKind::idle;
  }
  kkt.load(scaled, scaled.variable_moves, row_moves);
  if (!kept_x.allFinite() || !kept_y.allFinite()) return std::nullopt;
  return unscale(program, kept_x, kept_y);
}

LODE_INLINE std::optional<Solution> InteriorPoint::State::ray(const Program& program) const {
  const detail::ScaledProgram& p = scaled;
  const Eigen::VectorXd x = method.v.head(p.n);
  if (detail::looks_like_farkas(p, method.y, method.transposed_y)) {
    if (auto proof = detail::farkas_ray(program, p, method.y)) {
      // An iterate is a ray but for a little; a vertex of the deciding problem is one.
      if (proof->residual > detail::clean_ray && decides) {
        std::optional<Solution> clean = decide(program);
        if (clean && clean->status == Status::primal_infeasible) return clean;
      }
      return detail::infeasible(std::move(*proof));
    }
  }
  if (detail::looks_like_descent(p, x, method.rows_x, method.hessian_x)) {
    if (auto proof = detail::descent_direction(program, p, x)) {
      return detail::unbounded(std::move(*proof));
    }
  }
  return std::nullopt;
}

LODE_INLINE std::optional<Solution> InteriorPoint::State::decide(const Program& program) const {
  Options plain;
  plain.stop = options.stop;
  int iterations = 0;
  const auto answer = [&](const Program& question) {
    Solution solution;
    for (const double tolerance : {1e-12, 1e-9}) {
      plain.tolerance = tolerance;
      InteriorPoint solver(plain);
      solver.state_->decides = false;
      solution = solver.state_->solve(question);
      iterations += solution.iterations;
      if (solution.status == Status::optimal || solution.status == Status::interrupted) break;
    }
    return solution;
  };
  const Solution violation = answer(detail::least_violation(scaled));
  if (violation.status == Status::optimal && violation.objective > 0.0) {
    if (auto proof = detail::farkas_ray(program, scaled, violation.row_dual)) {
      Solution out = detail::infeasible(std::move(*proof));
      out.iterations = iterations;
      return out;
    }
  }
  const Solution descent = answer(detail::steepest_recession(scaled));
  if (descent.status == Status::optimal && descent.objective < 0.0) {
    if (auto proof = detail::descent_direction(program, scaled, descent.x)) {
      Solution out = detail::unbounded(std::move(*proof));
      out.iterations = iterations;
      return out;
    }
  }
  return std::nullopt;
}

}  // namespace lode::inline LODE_ABI::optimize
