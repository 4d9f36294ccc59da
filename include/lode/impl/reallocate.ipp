// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <lode/detail/accounting.hpp>
#include <lode/detail/allocation_conflict.hpp>
#include <lode/detail/allocation_program.hpp>
#include <lode/detail/allocation_result.hpp>
#include <lode/detail/text.hpp>
#include <lode/optimize/interior_point.hpp>
#include <lode/reallocate.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

class ReallocatorState {
 public:
  ReallocatorState(const Network& network, ReallocateOptions options)
      : options_(std::move(options)),
        allocation_(network),
        baseline_shortfall_(baseline_shortfalls(network)),
        linear_({.tolerance = options_.tolerance, .stop = options_.stop}),
        quadratic_({.tolerance = std::min(options_.tolerance, 1e-10), .stop = options_.stop}) {
    // The inertia of a flow: its baseline, or a thousandth of the largest of its commodity.
    std::vector<double> largest(network.commodities().size(), 0.0);
    for (const Route& route : network.routes()) {
      double& most = largest[route.commodity.index()];
      most = std::max(most, route.flow.in(tonnes_per_year));
    }
    for (const Route& route : network.routes()) {
      const double most = largest[route.commodity.index()] > 0.0 ? largest[route.commodity.index()] : 1.0;
      inertia_.push_back(std::max(route.flow.in(tonnes_per_year), 1e-3 * most));
    }
  }

  [[nodiscard]] const Network& network() const { return allocation_.network(); }
  [[nodiscard]] const Adaptation& allow() const { return options_.allow; }

  [[nodiscard]] Result run(const Disruption& disruption, const Adaptation& allow) {
    Result result;
    result.scenario = disruption.scenario;
    allocation_.load(disruption, allow);
    optimize::Program& program = allocation_.program;
    const FigureColumns& columns = allocation_.columns();
    program.gradient.setZero(static_cast<Eigen::Index>(columns.size()));
    for (std::size_t e = 0; e < columns.end_uses; ++e) {
      program.gradient[static_cast<Eigen::Index>(columns.of(EndUseId{e}))] = allocation_.weight[e];
    }
    const optimize::Solution best = linear_.solve(program);
    if (best.status == optimize::Status::primal_infeasible) {
      result.status = SolveStatus::infeasible;
      result.conflict = conflict(allocation_, disruption, best);
      return result;
    }
    if (best.status != optimize::Status::optimal) return failed(result, best.status);

    Eigen::VectorXd point = best.x;
    if (options_.tie_break) {
      const optimize::Status status = change_least(best, point);
      if (status != optimize::Status::optimal) return failed(result, status);
    }
    result.status = SolveStatus::solved;
    result.notes = disruption.notes(StaticModels::reallocate);
    account(allocation_, baseline_shortfall_, point, result);
    certify(best, point, result);
    if (!(result.certificate.gap <= worst_residual) || !(result.certificate.mass_balance <= worst_residual)) {
      return failed(result, optimize::Status::numerical_trouble);
    }
    if (options_.prices) account_prices(allocation_, disruption, point, best.row_dual, best.bound_dual, result);
    if (!options_.tie_break) {
      result.routes.clear();
      result.facilities.clear();
    }
    return result;
  }

 private:
  /// Larger residuals are no answer.
  static constexpr double worst_residual = 1e-7;

  [[nodiscard]] static Result failed(Result& result, optimize::Status status) {
    Result out;
    out.scenario = std::move(result.scenario);
    out.status = status == optimize::Status::interrupted ? SolveStatus::interrupted : SolveStatus::not_converged;
    out.notes = {advice(out.status)};
    return out;
  }

  [[nodiscard]] double weighted(const Eigen::VectorXd& point) const { return allocation_.program.gradient.dot(point); }

  /// total_weighted_shortfall less what duality proves of any allocation, relative.
  [[nodiscard]] double gap(const optimize::Solution& best, const Eigen::VectorXd& point) const {
    const double total = weighted(point);
    const double bound = optimize::support(allocation_.program, best.row_dual, best.bound_dual);
    return std::abs(total - bound) / (1.0 + std::abs(total));
  }

  void certify(const optimize::Solution& best, const Eigen::VectorXd& point, Result& result) const {
    const optimize::Certificate proof =
        optimize::certify(allocation_.program, point, best.row_dual, best.bound_dual);
    result.certificate.mass_balance = mass_balance(allocation_, result);
    result.certificate.gap = gap(best, point);
    result.certificate.optimality = std::max(proof.dual, proof.complementarity);
  }

  /// Of all optima the one that changes flows least: by complementarity they are the points at which every row and
  /// bound with a multiplier holds without slack, whichever multipliers are taken. `point` is replaced.
  [[nodiscard]] optimize::Status change_least(const optimize::Solution& best, Eigen::VectorXd& point) {
    const FigureColumns& columns = allocation_.columns();
    // Often nothing needs to change.
    Eigen::VectorXd base_year = allocation_.baseline;
    settle(allocation_, base_year);
    if (optimize::certify(allocation_.program, base_year, best.row_dual, best.bound_dual).worst() <= 1e-13) {
      point = std::move(base_year);
      return optimize::Status::optimal;
    }
    optimize::Program inert = allocation_.program;
    const auto n = inert.gradient.size();
    inert.gradient.setZero();
    inert.hessian.resize(n, n);
    inert.hessian.reserve(Eigen::VectorXi::Ones(n));
    for (std::size_t r = 0; r < columns.routes; ++r) {
      const auto column = static_cast<Eigen::Index>(columns.of(RouteId{r}));
      inert.hessian.insert(column, column) = 1.0 / inertia_[r];
      inert.gradient[column] = -allocation_.baseline[column] / inertia_[r];
    }
    inert.hessian.makeCompressed();
    // A multiplier that is rounding must not bind, and one that is not must.
    optimize::Status status = optimize::Status::not_run;
    for (const double least : {1e-9, 1e-7, 1e-11}) {
      bind(best, least, inert);
      const optimize::Solution nearest = quadratic_.solve(inert);
      status = nearest.status;
      if (status == optimize::Status::interrupted) return status;
      if (status != optimize::Status::optimal) continue;
      point = nearest.x;
      settle(allocation_, point);
      if (gap(best, point) <= worst_residual) return status;
      status = optimize::Status::numerical_trouble;
    }
    return status;
  }

  /// Fixes what a multiplier above `least`, relative to the weights, holds.
  void bind(const optimize::Solution& best, double least, optimize::Program& inert) const {
    const optimize::Program& program = allocation_.program;
    inert.lower = program.lower;
    inert.upper = program.upper;
    inert.row_lower = program.row_lower;
    inert.row_upper = program.row_upper;
    double unit = 0.0;
    for (const double weight : allocation_.weight) unit = std::max(unit, weight);
    Eigen::VectorXd row_size = Eigen::VectorXd::Zero(program.rows.rows());
    for (Eigen::Index j = 0; j < program.rows.cols(); ++j) {
      double size = 0.0;
      for (Eigen::SparseMatrix<double>::InnerIterator it(program.rows, j); it; ++it) {
        row_size[it.row()] = std::max(row_size[it.row()], std::abs(it.value()));
        size += std::abs(it.value() * best.row_dual[it.row()]);
      }
      const double z = best.bound_dual[j];
      const double noise = least * (size + program.gradient[j]);
      if (z > noise) inert.upper[j] = inert.lower[j];
      if (z < -noise) inert.lower[j] = inert.upper[j];
    }
    for (Eigen::Index i = 0; i < program.rows.rows(); ++i) {
      if (best.row_dual[i] * row_size[i] > least * unit) inert.row_upper[i] = inert.row_lower[i];
    }
  }

  ReallocateOptions options_;
  AllocationProgram allocation_;
  std::vector<double> baseline_shortfall_;
  std::vector<double> inertia_;  ///< by route
  optimize::InteriorPoint linear_, quadratic_;
};

LODE_INLINE void check(const ReallocateOptions& options) {
  if (options.tolerance >= 1e-12 && options.tolerance <= 1e-4) return;
  throw InvalidArgument({{{"ReallocateOptions::tolerance", 0, 0},
                          number_text(options.tolerance) + " is out of range",
                          "choose a number from 1e-12 to 1e-4"}});
}

}  // namespace detail

LODE_INLINE Reallocator::Reallocator(const Network& network, const ReallocateOptions& options) {
  detail::check(options);
  state_ = std::make_unique<detail::ReallocatorState>(network, options);
}
LODE_INLINE Reallocator::~Reallocator() = default;
LODE_INLINE Reallocator::Reallocator(Reallocator&&) noexcept = default;
LODE_INLINE Reallocator& Reallocator::operator=(Reallocator&&) noexcept = default;

LODE_INLINE const Network& Reallocator::network() const { return state_->network(); }

LODE_INLINE Result Reallocator::run(const Disruption& disruption, const Adaptation& allow) {
  return state_->run(disruption, allow);
}
LODE_INLINE Result Reallocator::run(const Disruption& disruption) { return run(disruption, state_->allow()); }
LODE_INLINE Result Reallocator::run(const Scenario& scenario) { return run(resolve(network(), scenario)); }

LODE_INLINE Result reallocate(const Network& network, const Scenario& scenario, const ReallocateOptions& options) {
  return Reallocator(network, options).run(scenario);
}

}  // namespace lode::inline LODE_ABI
