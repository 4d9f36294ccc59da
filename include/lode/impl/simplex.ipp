// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include <lode/detail/dual_simplex.hpp>
#include <lode/detail/forcing_rows.hpp>
#include <lode/detail/primal_simplex.hpp>
#include <lode/detail/products.hpp>
#include <lode/detail/rays.hpp>
#include <lode/detail/simplex_core.hpp>
#include <lode/optimize/simplex.hpp>

namespace lode::inline LODE_ABI::optimize {

struct Simplex::State {
  explicit State(SimplexOptions given) : options(std::move(given)) {}

  SimplexOptions options;
  detail::SimplexCore core;
  detail::ForcingRows forcing;
  bool started = false;
  bool from_logicals = false;
  bool stands = false;  ///< variables stand between their bounds
  Basis basis;
  /// The state at the start that was last given, before bounds and costs.
  detail::SimplexCore anchor;
  Basis anchor_start;
  bool anchored = false;

  void check(const Program& program) const;
  /// Brings the program in and a basis to start from.
  void start_warm(const Program& program);
  void start_from(const Program& program, const Basis& start);
  /// From logicals, with the variables that cost nothing where they are in `point`.
  void stand_at(const Program& program, const Eigen::VectorXd& point);
  /// After the start: settles what changed and solves.
  Solution solve(const Program& program);
  Solution iterate(const Program& program);
  /// The vertex in the units of the program, with its certificate.
  [[nodiscard]] Solution answer(const Program& program) const;
  [[nodiscard]] std::optional<Solution> infeasibility(const Program& program) const;
  [[nodiscard]] std::optional<Solution> unboundedness(const Program& program) const;
  void export_basis();
  [[nodiscard]] static detail::Place place_of(BasisStatus status) {
    switch (status) {
      case BasisStatus::basic:
        return detail::Place::basic;
      case BasisStatus::at_upper:
        return detail::Place::upper;
      case BasisStatus::at_lower:
      case BasisStatus::free_at_zero:
        break;
    }
    return detail::Place::lower;
  }
};

LODE_INLINE Simplex::Simplex(SimplexOptions options) {
  std::vector<Issue> issues;
  if (!(options.tolerance >= 1e-14 && options.tolerance <= 1e-2)) {
    issues.push_back({{"SimplexOptions::tolerance", 0, 0},
                      std::to_string(options.tolerance) + " is out of range",
                      "choose a number from 1e-14 to 1e-2"});
  }
  if (options.max_iterations < 1) {
    issues.push_back({{"SimplexOptions::max_iterations", 0, 0},
                      std::to_string(options.max_iterations) + " leaves nothing to do",
                      "choose a number of at least 1"});
  }
  if (!issues.empty()) throw InvalidArgument(std::move(issues));
  state_ = std::make_unique<State>(std::move(options));
}

LODE_INLINE Simplex::~Simplex() = default;
LODE_INLINE Simplex::Simplex(Simplex&&) noexcept = default;
LODE_INLINE Simplex& Simplex::operator=(Simplex&&) noexcept = default;

LODE_INLINE const Basis& Simplex::basis() const {
  return state_->basis;
}

LODE_INLINE Solution Simplex::solve(const Program& program) {
  state_->check(program);
  state_->start_warm(program);
  return state_->solve(program);
}

LODE_INLINE Solution Simplex::solve(const Program& program, const Basis& start) {
  state_->check(program);
  std::vector<Issue> issues;
  const auto n = static_cast<std::size_t>(program.gradient.size());
  const auto m = static_cast<std::size_t>(program.row_lower.size());
  const bool empty = start.variables.empty() && start.rows.empty();
  if (!empty && start.variables.size() != n) {
    issues.push_back({{"start.variables", 0, 0},
                      "size " + std::to_string(start.variables.size()) + " instead of " + std::to_string(n),
                      "give it a basis of a program with the same variables"});
  }
  if (start.rows.size() > m) {
    issues.push_back(
        {{"start.rows", 0, 0},
         "size " + std::to_string(start.rows.size()) + ", but the program has " + std::to_string(m) + " rows",
         "give it a basis of a program with the same rows, or the first of them"});
  }
  if (!issues.empty()) throw InvalidArgument(std::move(issues));
  state_->start_from(program, start);
  return state_->solve(program);
}

LODE_INLINE Solution Simplex::solve(const Program& program, const Basis& start, const Eigen::VectorXd& point) {
  state_->check(program);
  if (point.size() != program.gradient.size()) {
    throw InvalidArgument(
        {{{"point", 0, 0},
          "size " + std::to_string(point.size()) + " instead of " + std::to_string(program.gradient.size()),
          "give it a value for each variable"}});
  }
  state_->start_from(program, start);
  state_->stand_at(program, point);
  state_->stands = true;
  return state_->solve(program);
}

LODE_INLINE void Simplex::State::stand_at(const Program& program, const Eigen::VectorXd& point) {
  const detail::SimplexProgram& p = core.program;
  from_logicals = false;
  for (int j = 0; j < p.n; ++j) {
    if (core.place[j] == detail::Place::basic) continue;
    if (program.gradient[j] != 0.0) {
      core.put(j, program.gradient[j] > 0.0 ? detail::Place::lower : detail::Place::upper);
      continue;
    }
    core.x[j] = point[j] / (p.column_scale[j] * p.unit);
    core.put(j, detail::Place::between);
  }
  // So do rows that are not basic.
  for (int i = 0; i < p.m; ++i) {
    const int j = p.n + i;
    if (core.place[j] == detail::Place::basic) continue;
    core.x[j] = 0.0;
    for (int e = p.row_start[i]; e < p.row_start[i + 1]; ++e) {
      const int k = p.column[e];
      core.x[j] += p.row_value[e] * point[k] / (p.column_scale[k] * p.unit);
    }
    core.put(j, detail::Place::between);
  }
}

LODE_INLINE void Simplex::State::check(const Program& program) const {
  std::vector<Issue> issues = problems(program);
  if (program.hessian.rows() != 0) {
    issues.push_back({{"hessian", 0, 0},
                      std::to_string(program.hessian.rows()) + " rows, but the simplex method solves linear programs",
                      "leave it 0 x 0, or call minimise"});
  }
  if (!issues.empty()) throw InvalidArgument(std::move(issues));
}

LODE_INLINE void Simplex::State::start_warm(const Program& program) {
  stands = false;
  using Change = detail::SimplexProgram::Change;
  const int n = core.program.n;
  const int m = core.program.m;
  const Change change = core.program.load(program, static_cast<int>(program.row_lower.size()));
  const bool fits = started && n == core.program.n && m <= core.program.m;
  started = true;
  from_logicals = !fits;
  if (!fits) {
    core.start_from_logicals();
  } else if (change == Change::rows_appended) {
    core.append_rows(m);
  } else if (change == Change::matrix) {
    core.place.lengthen(core.program.size(), detail::Place::basic);
    core.start_from_places();
  }
}

LODE_INLINE void Simplex::State::start_from(const Program& program, const Basis& start) {
  stands = false;
  // What was prepared for a start is a matter of that start and the rows it knows alone, so that no solve in between
  // leaves a trace in the answer.
  using Change = detail::SimplexProgram::Change;
  const bool empty = start.variables.empty() && start.rows.empty();
  const auto m = static_cast<int>(program.row_lower.size());
  const int known = empty ? m : static_cast<int>(start.rows.size());
  if (!anchored || anchor_start != start || anchor.program.load(program, known) != Change::none) {
    anchor = detail::SimplexCore();
    anchor.program.load(program, known);
    if (empty) {
      anchor.start_from_logicals();
    } else {
      anchor.place.refill(anchor.program.size(), detail::Place::lower);
      for (int j = 0; j < anchor.program.n; ++j) anchor.place[j] = place_of(start.variables.data()[j]);
      for (int i = 0; i < known; ++i) anchor.place[anchor.program.n + i] = place_of(start.rows.data()[i]);
      anchor.start_from_places();
      anchor.compute_weights();
    }
    anchor_start = start;
    anchored = true;
  }
  core = anchor;
  started = true;
  from_logicals = empty;
  if (core.program.load(program, m) == Change::rows_appended) core.append_rows(known);
}

LODE_INLINE Solution Simplex::State::solve(const Program& program) {
  if (from_logicals) {
    // The side that the cost wants: the start is then feasible for the dual method, if bounds allow it.
    for (int j = 0; j < core.program.n; ++j) {
      if (core.program.cost[j] < 0.0) core.place[j] = detail::Place::upper;
    }
  }
  forcing.fix(core.program);
  for (int j = 0; j < core.program.size(); ++j) core.settle(j);
  core.cost = core.program.cost;
  core.costs_changed = false;
  core.iterations = 0;
  core.max_iterations = options.max_iterations;
  core.stop = options.stop;
  Solution out;
  if (std::optional<detail::FarkasRay> ray = detail::crossing_bounds(program)) {
    out.status = Status::primal_infeasible;
    out.row_dual = std::move(ray->row_dual);
    out.bound_dual = std::move(ray->bound_dual);
  } else {
    out = iterate(program);
  }
  out.iterations = core.iterations;
  export_basis();
  return out;
}

LODE_INLINE Solution Simplex::State::iterate(const Program& program) {
  constexpr int most_rounds = 12;
  constexpr int perturbed_rounds = 3;
  constexpr int most_tightenings = 3;
  constexpr double tightening = 0.05;
  const auto ended = [](Status status) {
    Solution out;
    out.status = status;
    return out;
  };
  core.tolerance = std::min(options.tolerance, 1e-9);
  int tightenings = 0;
  int without_proof = 0;
  for (int round = 0; round < most_rounds; ++round) {
    core.cost = core.program.cost;
    core.costs_changed = false;
    if (round >= perturbed_rounds && core.factor.updates() > 0) {
      core.refactor();
    } else {
      core.compute_values();
      core.compute_reduced_costs();
    }
    const bool feasible = core.primal_feasible();
    detail::Outcome outcome = detail::Outcome::done;
    if (feasible && core.dual_feasible()) {
      Solution solution = answer(program);
      if (solution.certificate.worst() <= options.tolerance) return solution;
      if (core.factor.updates() > 0) {
        core.refactor();
        if (!core.primal_feasible() || !core.dual_feasible()) continue;
        solution = answer(program);
        if (solution.certificate.worst() <= options.tolerance) return solution;
      }
      if (++tightenings > most_tightenings) break;
      core.tolerance *= tightening;
      continue;
    }
    const bool perturb = round < perturbed_rounds && !(stands && round == 0);
    outcome = feasible ? detail::PrimalSimplex(core).run(round == 0) : detail::DualSimplex(core).run(perturb);
    switch (outcome) {
      case detail::Outcome::iteration_limit:
        return ended(Status::iteration_limit);
      case detail::Outcome::interrupted:
        return ended(Status::interrupted);
      case detail::Outcome::no_limit: {
        std::optional<Solution> proof = feasible ? unboundedness(program) : infeasibility(program);
        if (proof) return std::move(*proof);
        if (++without_proof > 2) return ended(Status::numerical_trouble);
        break;
      }
      case detail::Outcome::trouble:
      case detail::Outcome::lost:
        core.refactor();
        break;
      default:
        break;
    }
  }
  return ended(Status::numerical_trouble);
}

LODE_INLINE Solution Simplex::State::answer(const Program& program) const {
  const detail::SimplexProgram& p = core.program;
  Solution out;
  out.status = Status::optimal;
  out.x.resize(p.n);
  out.row_dual.resize(p.m);
  for (int j = 0; j < p.n; ++j) {
    out.x[j] = std::clamp(core.x[j] * p.column_scale[j] * p.unit, program.lower[j], program.upper[j]);
  }
  detail::Array<double> y(static_cast<std::size_t>(p.m), 0.0);
  for (int i = 0; i < p.m; ++i) {
    if (core.place[p.n + i] != detail::Place::basic) y[i] = core.d[p.n + i];
  }
  forcing.recover(p, &p.cost, y);
  // What rounding left of the sign that a side does not have is nothing.
  const auto sided = [](double side, double number) {
    return side > 0.0 ? std::max(number, 0.0) : side < 0.0 ? std::min(number, 0.0) : number;
  };
  for (int i = 0; i < p.m; ++i) out.row_dual[i] = sided(core.side[p.n + i], y[i]) * p.row_scale[i] / p.cost_scale;
  out.bound_dual = program.gradient - detail::transposed_rows_times(program, out.row_dual);
  for (int j = 0; j < p.n; ++j) {
    const detail::Place place = core.place[j];
    // What is held or fixed may be basic all the same, and the row that holds it then gives it a reduced cost.
    const double side = forcing.held(j) != 0.0 ? forcing.held(j) : core.side[j];
    const bool none = side == 0.0 && place != detail::Place::fixed && program.lower[j] < program.upper[j];
    out.bound_dual[j] = none ? 0.0 : sided(side, out.bound_dual[j]);
  }
  out.objective = objective(program, out.x);
  out.certificate = certify(program, out.x, out.row_dual, out.bound_dual);
  return out;
}

LODE_INLINE std::optional<Solution> Simplex::State::infeasibility(const Program& program) const {
  detail::Array<double> multipliers = core.ray.value;
  forcing.recover(core.program, nullptr, multipliers);
  const Eigen::Map<const Eigen::VectorXd> y(multipliers.data(), core.program.m);
  std::optional<detail::FarkasRay> ray = detail::farkas_ray(program, core.program.scales(), y);
  if (!ray) return std::nullopt;
  Solution out;
  out.status = Status::primal_infeasible;
  out.row_dual = std::move(ray->row_dual);
  out.bound_dual = std::move(ray->bound_dual);
  return out;
}

LODE_INLINE std::optional<Solution> Simplex::State::unboundedness(const Program& program) const {
  const Eigen::Map<const Eigen::VectorXd> d(core.ray.value.data(), core.program.n);
  std::optional<Eigen::VectorXd> direction = detail::descent_direction(program, core.program.scales(), d);
  if (!direction) return std::nullopt;
  Solution out;
  out.status = Status::dual_infeasible;
  out.x = std::move(*direction);
  return out;
}

LODE_INLINE void Simplex::State::export_basis() {
  const auto status = [this](int j) {
    switch (core.place[j]) {
      case detail::Place::basic:
        return BasisStatus::basic;
      case detail::Place::upper:
        return BasisStatus::at_upper;
      case detail::Place::zero:
        return BasisStatus::free_at_zero;
      case detail::Place::fixed:
        if (j < core.program.n && forcing.held(j) < 0.0) return BasisStatus::at_upper;
        return BasisStatus::at_lower;
      case detail::Place::lower:
      case detail::Place::between:
        break;
    }
    return BasisStatus::at_lower;
  };
  basis.variables.resize(static_cast<std::size_t>(core.program.n));
  basis.rows.resize(static_cast<std::size_t>(core.program.m));
  for (int j = 0; j < core.program.n; ++j) basis.variables.data()[j] = status(j);
  for (int i = 0; i < core.program.m; ++i) basis.rows.data()[i] = status(core.program.n + i);
}

}  // namespace lode::inline LODE_ABI::optimize
