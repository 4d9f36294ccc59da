// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <lode/detail/accounting.hpp>
#include <lode/detail/allocation_conflict.hpp>
#include <lode/detail/allocation_program.hpp>
#include <lode/detail/allocation_result.hpp>
#include <lode/detail/least_change.hpp>
#include <lode/detail/price_ranges.hpp>
#include <lode/detail/start_basis.hpp>
#include <lode/detail/text.hpp>
#include <lode/optimize/interior_point.hpp>
#include <lode/optimize/simplex.hpp>
#include <lode/reallocate.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

class ReallocatorState {
 public:
  ReallocatorState(const Network& network, ReallocateOptions options)
      : options_(std::move(options)),
        allocation_(network),
        baseline_shortfall_(baseline_shortfalls(network)),
        least_change_(network),
        simplex_({.tolerance = options_.tolerance, .stop = options_.stop}) {
    start_ = start_basis(allocation_);
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
    all_demand_ = 0.0;
    for (std::size_t e = 0; e < columns.end_uses; ++e) {
      program.gradient[static_cast<Eigen::Index>(columns.of(EndUseId{e}))] = allocation_.weight[e];
      all_demand_ += allocation_.weight[e] * allocation_.demanded[e];
    }
    if (!(all_demand_ > 0.0)) all_demand_ = 1.0;
    // A vertex near the base year first. Where rounding leaves its multipliers without a common allocation, another
    // vertex may have one.
    optimize::Solution best;
    Eigen::VectorXd point;
    optimize::Status status = optimize::Status::not_run;
    for (const Start start : {Start::base_year, Start::nothing, Start::interior}) {
      best = minimise_shortfall(start);
      status = best.status;
      if (status == optimize::Status::primal_infeasible) {
        result.status = SolveStatus::infeasible;
        result.conflict = conflict(allocation_, disruption, best);
        return result;
      }
      if (status == optimize::Status::interrupted) break;
      if (status != optimize::Status::optimal) continue;
      point = best.x;
      if (options_.tie_break) status = change_least(best, point);
      if (status != optimize::Status::optimal) continue;
      account(allocation_, baseline_shortfall_, point, result);
      certify(best, point, result);
      if (result.certificate.gap <= worst_residual && result.certificate.mass_balance <= worst_residual) break;
      status = optimize::Status::numerical_trouble;
    }
    if (status != optimize::Status::optimal) return failed(result, status);
    result.status = SolveStatus::solved;
    result.notes = disruption.notes(ModelSet::reallocate);
    if (options_.prices || options_.price_ranges) {
      account_prices(allocation_, disruption, point, best.row_dual, best.bound_dual, result);
    }
    if (options_.price_ranges) PriceRanges(allocation_, best, simplex_.basis()).fill(result.prices);
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
    if (out.status == SolveStatus::not_converged) {
      out.notes.front() += "; ReallocateOptions::tie_break = false gives the totals alone, if they are enough";
    }
    return out;
  }

  enum class Start { base_year, nothing, interior };

  /// The linear program. It is solved for the share of all demand that is missing: a shortfall near 0 has no scale of
  /// its own.
  [[nodiscard]] optimize::Solution minimise_shortfall(Start start) {
    optimize::Program& program = allocation_.program;
    program.gradient /= all_demand_;
    optimize::Solution best;
    switch (start) {
      case Start::base_year:
        best = simplex_.solve(program, start_, allocation_.baseline);
        break;
      case Start::nothing:
        best = simplex_.solve(program, {});
        break;
      case Start::interior:
        best = optimize::minimise(program, {.tolerance = options_.tolerance, .stop = options_.stop});
        break;
    }
    program.gradient *= all_demand_;
    if (best.status == optimize::Status::optimal) {
      best.row_dual *= all_demand_;
      best.bound_dual *= all_demand_;
    }
    return best;
  }

  [[nodiscard]] double weighted(const Eigen::VectorXd& point) const { return allocation_.program.gradient.dot(point); }

  /// total_weighted_shortfall less what duality proves of any allocation, as a share of all weighted demand.
  [[nodiscard]] double gap(const optimize::Solution& best, const Eigen::VectorXd& point) const {
    const double total = weighted(point);
    const double bound = optimize::support(allocation_.program, best.row_dual, best.bound_dual);
    return std::abs(total - bound) / all_demand_;
  }

  void certify(const optimize::Solution& best, const Eigen::VectorXd& point, Result& result) const {
    const optimize::Certificate proof = optimize::certify(allocation_.program, point, best.row_dual, best.bound_dual);
    result.certificate.mass_balance = mass_balance(allocation_, result);
    result.certificate.gap = gap(best, point);
    result.certificate.optimality = std::max(proof.dual, proof.complementarity);
  }

  /// Puts the optimum that changes trade least into `point`.
  [[nodiscard]] optimize::Status change_least(const optimize::Solution& best, Eigen::VectorXd& point) {
    // Often nothing needs to change.
    Eigen::VectorXd base_year = allocation_.baseline;
    settle(allocation_, base_year);
    if (optimize::certify(allocation_.program, base_year, best.row_dual, best.bound_dual).worst() <= 1e-13) {
      point = std::move(base_year);
      return optimize::Status::optimal;
    }
    // A multiplier that is rounding must not hold a flow, or who is served would be chance; one that is not must, or
    // the total would rise. So the largest that may be rounding is left out first, as long as the total agrees. Where
    // ties keep active sets from settling, the inequalities give way a little, far less than the certificate allows.
    struct Try {
      double least, give, most_gap;
    };
    constexpr double same = 1e-10;
    constexpr Try tries[] = {{1e-6, 0.0, same},
                             {1e-7, 0.0, same},
                             {1e-8, 0.0, same},
                             {1e-9, 0.0, same},
                             {1e-6, 1e-10, 1e-9},
                             {1e-9, 1e-10, worst_residual},
                             {1e-9, 1e-9, worst_residual},
                             {1e-7, 0.0, worst_residual},
                             {1e-11, 0.0, worst_residual}};
    optimize::Status status = optimize::Status::not_run;
    for (const Try& attempt : tries) {
      LeastChange::Answer nearest = least_change_.find(allocation_, best, attempt.least, attempt.give);
      status = nearest.status;
      if (status != optimize::Status::optimal) continue;
      point.tail(nearest.flows.size()) = nearest.flows;
      settle(allocation_, point);
      if (gap(best, point) <= attempt.most_gap) return status;
      status = optimize::Status::numerical_trouble;
    }
    return status;
  }

  ReallocateOptions options_;
  AllocationProgram allocation_;
  std::vector<double> baseline_shortfall_;
  LeastChange least_change_;
  double all_demand_ = 1.0;  ///< sum of weight * demand of the scenario
  optimize::Simplex simplex_;
  optimize::Basis start_;
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

LODE_INLINE const Network& Reallocator::network() const {
  return state_->network();
}

LODE_INLINE Result Reallocator::run(const Disruption& disruption, const Adaptation& allow) {
  return state_->run(disruption, allow);
}
LODE_INLINE Result Reallocator::run(const Disruption& disruption) {
  return run(disruption, state_->allow());
}
LODE_INLINE Result Reallocator::run(const Scenario& scenario) {
  return run(resolve(network(), scenario));
}

LODE_INLINE Result reallocate(const Network& network, const Scenario& scenario, const ReallocateOptions& options) {
  return Reallocator(network, options).run(scenario);
}

}  // namespace lode::inline LODE_ABI
