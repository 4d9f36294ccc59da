// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <lode/detail/allocation_conflict.hpp>
#include <lode/detail/anderson.hpp>
#include <lode/detail/market_policies.hpp>
#include <lode/detail/market_program.hpp>
#include <lode/detail/market_result.hpp>
#include <lode/equilibrium.hpp>
#include <lode/optimize/interior_point.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

class MarketState {
 public:
  MarketState(const Network& network, std::span<const Price> prices, int year, const EquilibriumOptions& options)
      : options_(options),
        market_(network, prices, year, options),
        solver_({.tolerance = std::min(options.tolerance, 1e-11), .stop = options.stop}),
        second_solver_({.tolerance = options.tolerance, .stop = options.stop}) {}

  [[nodiscard]] const Network& network() const { return market_.network(); }

  [[nodiscard]] EquilibriumResult run(const Disruption& disruption) {
    EquilibriumResult result;
    result.scenario = disruption.scenario;
    market_.load(disruption);
    const MarketPolicies policies(market_, disruption);
    MarketPoint point;
    const optimize::Status status = settle(policies, point, result.iterations);
    if (status == optimize::Status::primal_infeasible) {
      explain(disruption, result);
      return result;
    }
    if (status == optimize::Status::optimal) {
      account(market_, disruption, policies.floors(), point, result);
      const EquilibriumCertificate& proof = result.certificate;
      if (std::max({proof.mass_balance, proof.optimality, proof.gap}) <= worst_residual &&
          std::max(proof.tariffs, proof.price_floors) <= worst_disagreement) {
        result.status = SolveStatus::solved;
        result.notes = disruption.notes(ModelSet::equilibrium);
        note_assumptions(result);
        return result;
      }
    }
    EquilibriumResult failed;
    failed.scenario = result.scenario;
    failed.iterations = result.iterations;
    failed.status = status == optimize::Status::interrupted ? SolveStatus::interrupted : SolveStatus::not_converged;
    if (failed.status == SolveStatus::not_converged) {
      failed.notes = {
          "equilibrium: no prices were found at which tariffs and price floors agree with the market; raise "
          "EquilibriumOptions::max_iterations, or look for quantities and prices of very different sizes"};
    }
    return failed;
  }

 private:
  /// Larger residuals are no answer.
  static constexpr double worst_residual = 1e-7;
  static constexpr double worst_disagreement = 1e-6;  // of a tariff or subsidy with the price it rests on

  /// The program at the unknowns of `policies`; fills the numbers of `point`.
  [[nodiscard]] optimize::Status solve(const MarketPolicies& policies, const Eigen::VectorXd& unknowns,
                                       MarketPoint& point) {
    market_.charge(policies.charge(unknowns, point));
    // Often nothing changes.
    point.x = Eigen::VectorXd::Zero(market_.program.gradient.size());
    point.row_dual = Eigen::VectorXd::Zero(market_.program.row_lower.size());
    point.bound_dual = market_.program.gradient;
    if (optimize::certify(market_.program, point.x, point.row_dual, point.bound_dual).worst() <= 1e-14) {
      return optimize::Status::optimal;
    }
    optimize::Solution best = solver_.solve(market_.program);
    if (best.status == optimize::Status::numerical_trouble || best.status == optimize::Status::iteration_limit) {
      best = second_solver_.solve(market_.program);
    }
    point.x = std::move(best.x);
    point.row_dual = std::move(best.row_dual);
    point.bound_dual = std::move(best.bound_dual);
    return best.status;
  }

  /// Looks for tariffs and subsidies that agree with the prices they lead to: from base prices, then from where the
  /// conditions of the whole market point to, each time by extrapolation. The program is left as `point` has it.
  [[nodiscard]] optimize::Status settle(const MarketPolicies& policies, MarketPoint& point, int& iterations) {
    double nearest = optimize::infinity;
    Eigen::VectorXd best;
    const auto look = [&](const Eigen::VectorXd& start, int steps) {
      Anderson search(start, policies.damping(), policies.highest());
      for (int step = 0; step < steps && iterations < options_.max_iterations; ++step) {
        ++iterations;
        const optimize::Status status = solve(policies, search.point(), point);
        if (status != optimize::Status::optimal) {
          if (status == optimize::Status::interrupted || status == optimize::Status::primal_infeasible) return status;
          if (!search.retreat()) return status;
          continue;
        }
        const Eigen::VectorXd residual = policies.answer(search.point(), point) - search.point();
        const double wrong = policies.size(residual);
        if (wrong < nearest) {
          nearest = wrong;
          best = search.point();
        }
        if (wrong <= options_.tolerance) break;
        search.step(residual);
      }
      return optimize::Status::optimal;
    };
    optimize::Status status = look(policies.start(), 8);
    if (status != optimize::Status::optimal || nearest <= options_.tolerance) return status;
    market_.charge(std::vector<double>(network().routes().size(), 0.0));
    const Eigen::VectorXd start = policies.from_conditions();
    if (start.size() > 0) status = look(start, 20);
    if (status == optimize::Status::optimal && nearest > options_.tolerance) {
      status = look(best, options_.max_iterations);
    }
    if (status != optimize::Status::optimal) return status;
    return solve(policies, best, point);  // the certificate decides
  }

  void explain(const Disruption& disruption, EquilibriumResult& result) {
    optimize::Program& program = market_.allocation.program;
    program.gradient.setZero(program.lower.size());
    program.hessian.resize(0, 0);
    const optimize::Solution ray = optimize::minimise(program);
    result.status = SolveStatus::infeasible;
    if (ray.status == optimize::Status::primal_infeasible) {
      result.conflict = conflict(market_.allocation, disruption, ray);
    }
  }

  void note_assumptions(EquilibriumResult& result) const {
    std::string losers, starters, unserved;
    const auto list = [](std::string& names, const std::string& id) { names += (names.empty() ? "" : ", ") + id; };
    for (const EquilibriumFacility& row : result.facilities) {
      const Facility& facility = network()[row.id];
      if (market_.base.subsidy[row.id.index()] > 0.0) list(losers, facility.id);
      if (!(row.base_activity > TonnesPerYear{}) && row.activity > 1e-9 * market_.unit() * tonnes_per_year) {
        list(starters, facility.id);
      }
    }
    for (const EquilibriumEndUse& row : result.end_uses) {
      const bool is_served = row.base_price > UsdPerTonne{};
      if (!is_served && row.demanded > TonnesPerYear{}) list(unserved, network()[row.id].id);
    }
    if (!losers.empty()) {
      result.notes.push_back("at base prices products are worth less than inputs at " + losers +
                             "; the loss is kept as a constant, like a subsidy");
    }
    if (!starters.empty()) {
      result.notes.push_back(
          "stood still in the base year and run here, on the assumption that they break even at base "
          "prices: " +
          starters);
    }
    if (!unserved.empty()) {
      result.notes.push_back(
          "nothing reached these end uses in the base year, so they have no demand curve and buy "
          "nothing: " +
          unserved);
    }
  }

  EquilibriumOptions options_;
  MarketProgram market_;
  optimize::InteriorPoint solver_, second_solver_;
};

}  // namespace detail

LODE_INLINE Market::Market(const Network& network, std::span<const Price> prices, int year,
                           const EquilibriumOptions& options)
    : state_(std::make_unique<detail::MarketState>(network, prices, year, options)) {}
LODE_INLINE Market::~Market() = default;
LODE_INLINE Market::Market(Market&&) noexcept = default;
LODE_INLINE Market& Market::operator=(Market&&) noexcept = default;

LODE_INLINE EquilibriumResult Market::run(const Disruption& disruption) {
  return state_->run(disruption);
}
LODE_INLINE EquilibriumResult Market::run(const Scenario& scenario) {
  return run(resolve(state_->network(), scenario));
}

LODE_INLINE EquilibriumResult equilibrium(const Dataset& dataset, const Scenario& scenario,
                                          const EquilibriumOptions& options) {
  return Market(dataset.network, dataset.prices, dataset.about.base_year, options).run(scenario);
}

LODE_INLINE std::array<EquilibriumResult, 3> equilibrium_range(const Dataset& dataset, const Scenario& scenario,
                                                               const EquilibriumOptions& options) {
  const auto at = [&](double factor) {
    EquilibriumOptions own = options;
    own.elasticity_factor *= factor;
    return equilibrium(dataset, scenario, own);
  };
  return {at(0.5), at(1.0), at(2.0)};
}

}  // namespace lode::inline LODE_ABI
