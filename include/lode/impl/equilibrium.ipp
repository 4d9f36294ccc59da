// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include <lode/detail/allocation_conflict.hpp>
#include <lode/detail/anderson.hpp>
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
    const std::vector<FloorRow> floors = floor_rows(disruption);
    MarketPoint point;
    const optimize::Status status = settle(disruption, floors, point, result.iterations);
    if (status == optimize::Status::primal_infeasible) {
      explain(disruption, result);
      return result;
    }
    if (status == optimize::Status::optimal) {
      account(market_, disruption, floors, point, result);
      const EquilibriumCertificate& proof = result.certificate;
      if (std::max({proof.mass_balance, proof.optimality, proof.gap, proof.tariffs, proof.price_floors}) <=
          worst_residual) {
        result.status = SolveStatus::solved;
        result.notes = disruption.notes(StaticModels::equilibrium);
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

  [[nodiscard]] std::vector<FloorRow> floor_rows(const Disruption& disruption) const {
    std::vector<FloorRow> floors;
    for (const PriceFloor& floor : disruption.price_floors) {
      FloorRow row{floor, 0, {}};
      for (std::size_t r = 0; r < network().routes().size(); ++r) {
        const Route& route = network().routes()[r];
        if (route.from != PlaceId(floor.facility) || route.commodity != floor.commodity) continue;
        row.row = market_.base.seller_row[r];
        row.routes.push_back(RouteId{r});
      }
      if (!row.routes.empty()) floors.push_back(std::move(row));
    }
    return floors;
  }

  /// The program at the tariffs and subsidies of `point`; fills its numbers.
  [[nodiscard]] optimize::Status solve(const Disruption& disruption, const std::vector<FloorRow>& floors,
                                       MarketPoint& point) {
    std::vector<double> charge(network().routes().size(), 0.0);
    for (std::size_t k = 0; k < disruption.tariffs.size(); ++k) {
      charge[disruption.tariffs[k].route.index()] += point.tariff[k];
    }
    for (std::size_t k = 0; k < floors.size(); ++k) {
      for (const RouteId route : floors[k].routes) charge[route.index()] -= point.subsidy[k];
    }
    market_.charge(charge);
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

  /// Tariffs and subsidies that agree with the prices they lead to. Unknowns are the market prices at sellers whose
  /// goods pay a tariff, and the subsidies, in the program's money.
  [[nodiscard]] optimize::Status settle(const Disruption& disruption, const std::vector<FloorRow>& floors,
                                        MarketPoint& point, int& iterations) {
    const double money = market_.money();
    std::map<std::size_t, std::size_t> position;  // of a seller's row among the unknowns
    std::vector<double> rate;
    for (const RouteTariff& tariff : disruption.tariffs) {
      const std::size_t row = market_.base.seller_row[tariff.route.index()];
      const auto [found, is_new] = position.emplace(row, rate.size());
      if (is_new) rate.push_back(0.0);
      rate[found->second] = std::max(rate[found->second], tariff.rate);
    }
    const auto priced = static_cast<Eigen::Index>(rate.size());
    const auto unknowns = priced + static_cast<Eigen::Index>(floors.size());
    Eigen::VectorXd start(unknowns), damping = Eigen::VectorXd::Ones(unknowns), scale(unknowns);
    for (const RouteTariff& tariff : disruption.tariffs) {
      const std::size_t row = market_.base.seller_row[tariff.route.index()];
      const auto k = static_cast<Eigen::Index>(position.at(row));
      start[k] = market_.base.dual[row] / money;
      scale[k] = market_.price_scale(tariff.route) / money;
      damping[k] = 1.0 / (1.0 + rate[position.at(row)]);
    }
    for (std::size_t k = 0; k < floors.size(); ++k) {
      const Eigen::Index at = priced + static_cast<Eigen::Index>(k);
      start[at] = std::max(0.0, floors[k].floor.price - market_.base.dual[floors[k].row]) / money;
      scale[at] = market_.price_scale(floors[k].routes.front()) / money;
    }
    Anderson search(start, damping);
    point.tariff.resize(disruption.tariffs.size());
    point.subsidy.resize(floors.size());
    MarketPoint best;
    double nearest = optimize::infinity;
    for (iterations = 1; iterations <= options_.max_iterations; ++iterations) {
      for (std::size_t k = 0; k < point.tariff.size(); ++k) {
        const RouteTariff& tariff = disruption.tariffs[k];
        const std::size_t row = market_.base.seller_row[tariff.route.index()];
        point.tariff[k] = tariff.rate * money * search.point()[static_cast<Eigen::Index>(position.at(row))];
      }
      for (std::size_t k = 0; k < floors.size(); ++k) {
        point.subsidy[k] = money * search.point()[priced + static_cast<Eigen::Index>(k)];
      }
      const optimize::Status status = solve(disruption, floors, point);
      if (status != optimize::Status::optimal) return status;
      if (unknowns == 0) return status;
      const Eigen::VectorXd residual = answer(floors, position, point) - search.point();
      const double wrong = residual.cwiseQuotient(scale).cwiseAbs().cwiseProduct(weight(rate, unknowns)).maxCoeff();
      if (wrong < nearest) {
        nearest = wrong;
        best = point;
      }
      if (wrong <= options_.tolerance) break;
      search.step(residual);
    }
    iterations = std::min(iterations, options_.max_iterations);
    point = std::move(best);
    return optimize::Status::optimal;  // the certificate decides
  }

  /// A tariff is wrong by its rate times what the price is wrong by.
  [[nodiscard]] static Eigen::VectorXd weight(const std::vector<double>& rate, Eigen::Index unknowns) {
    Eigen::VectorXd out = Eigen::VectorXd::Ones(unknowns);
    for (std::size_t k = 0; k < rate.size(); ++k) out[static_cast<Eigen::Index>(k)] = std::max(1.0, rate[k]);
    return out;
  }

  /// The unknowns that the point's prices ask for.
  [[nodiscard]] Eigen::VectorXd answer(const std::vector<FloorRow>& floors,
                                       const std::map<std::size_t, std::size_t>& position,
                                       const MarketPoint& point) const {
    const MarketPrices prices(market_, floors, point);
    Eigen::VectorXd out(static_cast<Eigen::Index>(position.size() + floors.size()));
    for (const auto& [row, k] : position) out[static_cast<Eigen::Index>(k)] = prices.row[row] / market_.money();
    for (std::size_t k = 0; k < floors.size(); ++k) {
      const double market_price = std::max(0.0, prices.row[floors[k].row] - point.subsidy[k]);
      out[static_cast<Eigen::Index>(position.size() + k)] =
          std::max(0.0, floors[k].floor.price - market_price) / market_.money();
      const auto found = position.find(floors[k].row);
      if (found != position.end()) out[static_cast<Eigen::Index>(found->second)] = market_price / market_.money();
    }
    return out;
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
      result.notes.push_back("stood still in the base year and run here, on the assumption that they break even at base "
                             "prices: " + starters);
    }
    if (!unserved.empty()) {
      result.notes.push_back("nothing reached these end uses in the base year, so they have no demand curve and buy "
                             "nothing: " + unserved);
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

LODE_INLINE EquilibriumResult Market::run(const Disruption& disruption) { return state_->run(disruption); }
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
