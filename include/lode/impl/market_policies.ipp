// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include <lode/detail/market_policies.hpp>
#include <lode/detail/mixed_complementarity.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE MarketPolicies::MarketPolicies(const MarketProgram& market, const Disruption& disruption)
    : market_(market), disruption_(disruption) {
  const Network& network = market.network();
  const MarketCalibration& base = market.base;
  for (const PriceFloor& floor : disruption.price_floors) {
    FloorRow row{floor, 0, {}};
    for (std::size_t r = 0; r < network.routes().size(); ++r) {
      const Route& route = network.routes()[r];
      if (route.from != PlaceId(floor.facility) || route.commodity != floor.commodity) continue;
      row.row = base.seller_row[r];
      row.routes.push_back(RouteId{r});
    }
    if (!row.routes.empty()) floors_.push_back(std::move(row));
  }
  for (const RouteTariff& tariff : disruption.tariffs) {
    position_.emplace(base.seller_row[tariff.route.index()], static_cast<Eigen::Index>(position_.size()));
  }
  const auto priced = static_cast<Eigen::Index>(position_.size());
  const Eigen::Index n = priced + static_cast<Eigen::Index>(floors_.size());
  start_.setZero(n);
  scale_.setOnes(n);
  Eigen::VectorXd rate = Eigen::VectorXd::Zero(n);
  for (const RouteTariff& tariff : disruption.tariffs) {
    const std::size_t row = base.seller_row[tariff.route.index()];
    const Eigen::Index k = position_.at(row);
    start_[k] = base.dual[row] / market.money();
    rate[k] = std::max(rate[k], tariff.rate);
    // A tariff is wrong by its rate times what the price is wrong by.
    scale_[k] = market.price_scale(tariff.route) / market.money() / std::max(1.0, rate[k]);
  }
  damping_ = (1.0 + rate.array()).inverse();
  highest_ = 1e6 * scale_;
  for (std::size_t k = 0; k < floors_.size(); ++k) {
    const Eigen::Index at = priced + static_cast<Eigen::Index>(k);
    start_[at] = std::max(0.0, floors_[k].floor.price - base.dual[floors_[k].row]) / market.money();
    scale_[at] = market.price_scale(floors_[k].routes.front()) / market.money();
    highest_[at] = floors_[k].floor.price / market.money();
  }
}

LODE_INLINE std::vector<double> MarketPolicies::charge(const Eigen::VectorXd& unknowns, MarketPoint& point) const {
  std::vector<double> charge(market_.network().routes().size(), 0.0);
  point.tariff.clear();
  point.subsidy.clear();
  for (const RouteTariff& tariff : disruption_.tariffs) {
    const std::size_t row = market_.base.seller_row[tariff.route.index()];
    point.tariff.push_back(tariff.rate * market_.money() * unknowns[position_.at(row)]);
    charge[tariff.route.index()] += point.tariff.back();
  }
  for (std::size_t k = 0; k < floors_.size(); ++k) {
    point.subsidy.push_back(market_.money() * unknowns[static_cast<Eigen::Index>(position_.size() + k)]);
    for (const RouteId route : floors_[k].routes) charge[route.index()] -= point.subsidy.back();
  }
  return charge;
}

LODE_INLINE Eigen::VectorXd MarketPolicies::answer(const Eigen::VectorXd& unknowns, const MarketPoint& point) const {
  const MarketPrices prices(market_, floors_, point);
  Eigen::VectorXd out(this->unknowns());
  for (const auto& [row, k] : position_) out[k] = prices.row[row] / market_.money();
  for (std::size_t k = 0; k < floors_.size(); ++k) {
    const double market_price = std::max(0.0, prices.row[floors_[k].row] - point.subsidy[k]);
    out[static_cast<Eigen::Index>(position_.size() + k)] =
        std::max(0.0, floors_[k].floor.price - market_price) / market_.money();
    const auto found = position_.find(floors_[k].row);
    if (found != position_.end()) out[found->second] = market_price / market_.money();
  }
  // Who sells nothing at a tariff or a subsidy sells nothing at a higher tariff or a lower subsidy, so the price there,
  // which is not determined, need not be the one assumed.
  const std::vector<bool> sells = market_.sells(point.x);
  for (const auto& [row, k] : position_) {
    if (!sells[row]) out[k] = std::min(out[k], unknowns[k]);
  }
  for (std::size_t k = 0; k < floors_.size(); ++k) {
    const auto at = static_cast<Eigen::Index>(position_.size() + k);
    if (!sells[floors_[k].row]) out[at] = std::max(out[at], unknowns[at]);
  }
  return out;
}

LODE_INLINE double MarketPolicies::size(const Eigen::VectorXd& residual) const {
  return residual.size() > 0 ? residual.cwiseQuotient(scale_).lpNorm<Eigen::Infinity>() : 0.0;
}

LODE_INLINE Eigen::VectorXd MarketPolicies::from_conditions() const {
  const optimize::Program& program = market_.program;
  const double money = market_.money();
  const MarketCalibration& base = market_.base;
  // Columns: those of the program that are not fixed, a slack for each row that is no equality, the subsidies.
  std::vector<Eigen::Index> place(static_cast<std::size_t>(program.gradient.size()), -1);
  MixedComplementarity problem;
  Eigen::Index n = 0;
  for (std::size_t j = 0; j < place.size(); ++j) {
    const auto at = static_cast<Eigen::Index>(j);
    if (program.lower[at] < program.upper[at]) place[j] = n++;
  }
  const Eigen::Index first_slack = n;
  const Eigen::Index m = program.row_lower.size();
  for (Eigen::Index i = 0; i < m; ++i) n += program.row_lower[i] < program.row_upper[i] ? 1 : 0;
  const Eigen::Index first_subsidy = n;
  n += static_cast<Eigen::Index>(floors_.size());
  problem.g.setZero(n);
  problem.lower.setZero(n);
  problem.upper.setConstant(n, optimize::infinity);
  problem.right.setZero(m);
  std::vector<Eigen::Triplet<double>> q, b, rows;
  const auto put = [](std::vector<Eigen::Triplet<double>>& entries, Eigen::Index i, Eigen::Index j, double value) {
    entries.emplace_back(static_cast<int>(i), static_cast<int>(j), value);
  };
  for (Eigen::Index j = 0; j < program.gradient.size(); ++j) {
    const Eigen::Index own = place[static_cast<std::size_t>(j)];
    if (own >= 0) {
      problem.g[own] = program.gradient[j];
      problem.lower[own] = program.lower[j];
      problem.upper[own] = program.upper[j];
      put(q, own, own, program.hessian.coeff(j, j));
    }
    for (Eigen::SparseMatrix<double>::InnerIterator it(program.rows, j); it; ++it) {
      if (own < 0) {
        problem.right[it.row()] -= it.value() * program.lower[j];
        continue;
      }
      put(rows, it.row(), own, it.value());
      put(b, own, it.row(), it.value());
    }
  }
  Eigen::Index slack = first_slack;
  for (Eigen::Index i = 0; i < m; ++i) {
    if (!(program.row_lower[i] < program.row_upper[i])) {
      problem.right[i] += program.row_lower[i];
      continue;
    }
    problem.lower[slack] = program.row_lower[i];
    problem.upper[slack] = program.row_upper[i];
    put(rows, i, slack, -1.0);
    put(b, slack, i, -1.0);
    ++slack;
  }
  // On a tariff's route: rate * (base price + change of price - subsidy). Charges of the program are none here.
  const auto route_column = [&](RouteId route) { return place[static_cast<std::size_t>(market_.flow(route.index()))]; };
  for (std::size_t k = 0; k < floors_.size(); ++k) {
    const Eigen::Index own = first_subsidy + static_cast<Eigen::Index>(k);
    const FloorRow& floor = floors_[k];
    for (const RouteId route : floor.routes) {
      if (route_column(route) >= 0) put(q, route_column(route), own, -1.0);
    }
    // What the producer gets is at least the floor; a subsidy above it would make the market price negative.
    problem.upper[own] = std::max(floor.floor.price / money, 1e-9);
    problem.g[own] = (base.dual[floor.row] - floor.floor.price) / money;
    put(b, own, static_cast<Eigen::Index>(floor.row), -1.0);
  }
  for (const RouteTariff& tariff : disruption_.tariffs) {
    const Eigen::Index own = route_column(tariff.route);
    if (own < 0) continue;
    const std::size_t row = base.seller_row[tariff.route.index()];
    problem.g[own] += tariff.rate * base.dual[row] / money;
    put(b, own, static_cast<Eigen::Index>(row), -tariff.rate);
    for (std::size_t k = 0; k < floors_.size(); ++k) {
      if (floors_[k].row == row) put(q, own, first_subsidy + static_cast<Eigen::Index>(k), -tariff.rate);
    }
  }
  problem.q.resize(n, n);
  problem.q.setFromTriplets(q.begin(), q.end());
  problem.b_columns.resize(n, m);
  problem.b_columns.setFromTriplets(b.begin(), b.end());
  problem.rows.resize(m, n);
  problem.rows.setFromTriplets(rows.begin(), rows.end());
  const MixedPoint found = detail::solve(problem);
  if (!found.x.allFinite() || !found.y.allFinite()) return {};
  Eigen::VectorXd out(unknowns());
  for (const auto& [row, k] : position_) {
    out[k] = base.dual[row] / money + found.y[static_cast<Eigen::Index>(row)];
    for (std::size_t f = 0; f < floors_.size(); ++f) {
      if (floors_[f].row == row) out[k] -= found.x[first_subsidy + static_cast<Eigen::Index>(f)];
    }
  }
  for (std::size_t f = 0; f < floors_.size(); ++f) {
    out[static_cast<Eigen::Index>(position_.size() + f)] = found.x[first_subsidy + static_cast<Eigen::Index>(f)];
  }
  return out.cwiseMax(0.0).cwiseMin(highest_);
}

}  // namespace lode::inline LODE_ABI::detail
