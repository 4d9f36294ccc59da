// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>

#include <lode/detail/accounting.hpp>
#include <lode/detail/market_result.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE MarketPrices::MarketPrices(const MarketProgram& market, const std::vector<FloorRow>& floors,
                                       const MarketPoint& point) {
  const Network& network = market.network();
  const MarketCalibration& base = market.base;
  const std::size_t flows_begin = network.facilities().size() + network.end_uses().size();
  const std::size_t routes = network.routes().size();
  row.resize(static_cast<std::size_t>(point.row_dual.size()));
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double change = market.money() * point.row_dual[static_cast<Eigen::Index>(i)];
    if (i >= base.balances.size()) {
      row[i] = std::max(0.0, change);
    } else {
      row[i] = base.dual[i] + change;
      if (base.balances[i].kind != BalanceKind::feed) row[i] = std::max(0.0, row[i]);
    }
  }
  seller.resize(routes);
  buyer.assign(routes, 0.0);
  for (std::size_t r = 0; r < routes; ++r) seller[r] = row[base.seller_row[r]];
  for (std::size_t i = 0; i < base.balances.size(); ++i) {
    for (const BalanceEntry& entry : base.balances[i].entries) {
      if (entry.column < flows_begin) continue;
      const std::size_t r = entry.column - flows_begin;
      const double own = base.seller_row[r] == i ? 1.0 : 0.0;
      buyer[r] += (entry.coefficient + own) * row[i];
    }
  }
  for (std::size_t r = 0; r < routes; ++r) buyer[r] = std::max(0.0, buyer[r] - base.feed_premium[r]);
  for (std::size_t k = 0; k < floors.size(); ++k) {
    for (const RouteId route : floors[k].routes) {
      seller[route.index()] = std::max(0.0, seller[route.index()] - point.subsidy[k]);
    }
  }
}

[[nodiscard]] inline double figure_at(const Eigen::VectorXd& figures, std::size_t column) {
  return figures[static_cast<Eigen::Index>(column)];
}

[[nodiscard]] inline double figure_sum(const Eigen::VectorXd& figures, const FigureColumns& columns,
                                       const std::vector<RouteId>& routes) {
  double sum = 0.0;
  for (const RouteId route : routes) sum += figure_at(figures, columns.of(route));
  return sum;
}

/// End uses, and materials from them.
LODE_INLINE void account_use(const MarketProgram& market, const MarketPrices& prices, const Eigen::VectorXd& figures,
                             EquilibriumResult& result) {
  const Network& network = market.network();
  const FigureColumns& columns = market.allocation.columns();
  const std::vector<double> unmet = baseline_shortfalls(network);
  result.materials.clear();
  for (std::size_t m = 0; m < network.materials().size(); ++m) {
    result.materials.push_back({MaterialId{m}, network.materials()[m].name, {}, {}, {}, {}});
  }
  result.end_uses.clear();
  for (std::size_t e = 0; e < columns.end_uses; ++e) {
    const EndUseId id{e};
    const std::size_t row = market.allocation.demand_row(id);
    const TonnesPerYear demanded = market.allocation.demanded[e] * tonnes_per_year;
    const TonnesPerYear delivered = figure_at(figures, columns.of(id)) * tonnes_per_year;
    const TonnesPerYear shortfall = std::max(TonnesPerYear{}, demanded - delivered);
    result.end_uses.push_back({id, demanded, delivered, shortfall, unmet[e] * tonnes_per_year,
                               prices.row[row] * usd_per_tonne, market.base.dual[row] * usd_per_tonne});
    for (const Content& part : network[network[id].commodity].composition) {
      MaterialResult& material = result.materials[part.material.index()];
      material.demanded += part.content * demanded;
      material.delivered += part.content * delivered;
      material.shortfall += part.content * shortfall;
      material.baseline_shortfall += part.content * unmet[e] * tonnes_per_year;
    }
  }
}

LODE_INLINE void account_prices(const MarketProgram& market, const MarketPrices& prices, EquilibriumResult& result) {
  const Network& network = market.network();
  const std::size_t flows_begin = network.facilities().size() + network.end_uses().size();
  result.prices.clear();
  for (std::size_t i = 0; i < market.base.balances.size(); ++i) {
    const BalanceRow& row = market.base.balances[i];
    const bool gives = row.kind == BalanceKind::output || row.kind == BalanceKind::recovery;
    // One route speaks for all of its commodity; the balance of feeds has several commodities.
    std::vector<CommodityId> seen;
    for (const BalanceEntry& entry : row.entries) {
      if (entry.column < flows_begin) continue;
      const std::size_t r = entry.column - flows_begin;
      const Route& route = network.routes()[r];
      if (gives && market.base.seller_row[r] != i) continue;
      if (std::find(seen.begin(), seen.end(), route.commodity) != seen.end()) continue;
      seen.push_back(route.commodity);
      const double now = gives ? prices.seller[r] : prices.buyer[r];
      const double before = gives ? market.base.dual[i] : std::max(0.0, market.base.buyer_price[r]);
      result.prices.push_back({row.place, route.commodity, now * usd_per_tonne, before * usd_per_tonne});
    }
  }
}

/// Quotas, offtakes, tariffs, floors, and who gains what.
LODE_INLINE void account_money(const MarketProgram& market, const Disruption& disruption,
                               const std::vector<FloorRow>& floors, const MarketPoint& point,
                               const MarketPrices& prices, const Eigen::VectorXd& figures, EquilibriumResult& result) {
  const FigureColumns& columns = market.allocation.columns();
  const auto row_price = [&prices](Eigen::Index row) { return prices.row[static_cast<std::size_t>(row)]; };
  SurplusChange change;
  result.quota_rents.clear();
  for (std::size_t k = 0; k < disruption.quotas.size(); ++k) {
    const Quota& quota = disruption.quotas[k];
    const double used = figure_sum(figures, columns, quota.routes);
    const double rent = row_price(market.allocation.quota_row(k));
    result.quota_rents.push_back(
        {quota.shock, quota.commodity, quota.limit * tonnes_per_year, used * tonnes_per_year, rent});
    change.quotas += rent * used;
  }
  result.offtakes.clear();
  for (std::size_t k = 0; k < disruption.offtakes.size(); ++k) {
    const Offtake& offtake = disruption.offtakes[k];
    result.offtakes.push_back({offtake.shock, offtake.commodity, offtake.minimum * tonnes_per_year,
                               figure_sum(figures, columns, offtake.routes) * tonnes_per_year,
                               row_price(market.allocation.offtake_row(k))});
  }
  result.tariffs.clear();
  const std::vector<bool> sells = market.sells(point.x);
  for (std::size_t k = 0; k < disruption.tariffs.size(); ++k) {
    const RouteTariff& tariff = disruption.tariffs[k];
    const double flow = figure_at(figures, columns.of(tariff.route));
    result.tariffs.push_back(
        {tariff.route, tariff.rate, point.tariff[k] * usd_per_tonne, flow * tonnes_per_year, point.tariff[k] * flow});
    change.tariffs += point.tariff[k] * flow;
    if (!sells[market.base.seller_row[tariff.route.index()]]) continue;  // a price that nobody pays
    const double wrong = std::abs(point.tariff[k] - tariff.rate * prices.seller[tariff.route.index()]);
    result.certificate.tariffs = std::max(result.certificate.tariffs, wrong / market.price_scale(tariff.route));
  }
  result.price_floors.clear();
  for (std::size_t k = 0; k < floors.size(); ++k) {
    const FloorRow& row = floors[k];
    const double sold = figure_sum(figures, columns, row.routes);
    const double price = std::max(0.0, prices.row[row.row] - point.subsidy[k]);
    // Who sells nothing is paid nothing.
    const double subsidy = sells[row.row] ? point.subsidy[k] : 0.0;
    result.price_floors.push_back({row.floor.facility, row.floor.commodity, row.floor.price * usd_per_tonne,
                                   price * usd_per_tonne, subsidy * usd_per_tonne, sold * tonnes_per_year,
                                   subsidy * sold});
    change.floors += subsidy * sold;
    if (!sells[row.row]) continue;
    const double wrong = std::abs(subsidy - std::max(0.0, row.floor.price - price));
    result.certificate.price_floors =
        std::max(result.certificate.price_floors, wrong / market.price_scale(row.routes.front()));
  }
  result.surplus.reset();
  if (!disruption.demand.empty()) return;
  for (std::size_t e = 0; e < columns.end_uses; ++e) {
    const double more = market.unit() * point.x[market.use(e)];
    const double before = figure_at(market.base.point, columns.of(EndUseId{e}));
    change.consumers += 0.5 * market.demand_slope(e) * more * (2.0 * before + more);
  }
  change.welfare = market.gain(point.x);
  change.producers = change.welfare - change.consumers - change.tariffs - change.quotas + change.floors;
  result.surplus = change;
}

/// Worst violation of a row or limit by the result's own numbers. Tonnes that are small beside the commodity's largest
/// flow are measured against a thousandth of that.
LODE_INLINE double mass_balance(const MarketProgram& market, const Eigen::VectorXd& figures) {
  const optimize::Program& program = market.allocation.program;
  Eigen::VectorXd gives = Eigen::VectorXd::Zero(program.rows.rows());
  Eigen::VectorXd takes = gives;
  Eigen::VectorXd size = gives;
  const Eigen::VectorXd typical = market.typical_figures();
  for (Eigen::Index j = 0; j < program.rows.cols(); ++j) {
    for (Eigen::SparseMatrix<double>::InnerIterator it(program.rows, j); it; ++it) {
      const double value = it.value() * figures[j];
      (value > 0.0 ? gives : takes)[it.row()] += std::abs(value);
      size[it.row()] += std::abs(it.value()) * typical[j];
    }
  }
  double worst = 0.0;
  for (Eigen::Index i = 0; i < gives.size(); ++i) {
    const double left = gives[i] - takes[i];
    const double excess = std::max(program.row_lower[i] - left, left - program.row_upper[i]);
    const double scale = std::max({gives[i], takes[i], size[i], std::abs(program.row_lower[i])});
    if (excess > 0.0 && scale > 0.0) worst = std::max(worst, excess / scale);
  }
  for (Eigen::Index j = 0; j < figures.size(); ++j) {
    const double excess = figures[j] - program.upper[j];
    const double scale = std::max(figures[j], typical[j]);
    if (excess > 0.0 && scale > 0.0) worst = std::max(worst, excess / scale);
  }
  return worst;
}

LODE_INLINE void account(const MarketProgram& market, const Disruption& disruption, const std::vector<FloorRow>& floors,
                         const MarketPoint& point, EquilibriumResult& result) {
  const Network& network = market.network();
  const FigureColumns& columns = market.allocation.columns();
  const MarketPrices prices(market, floors, point);
  const Eigen::VectorXd figures = market.figures(point.x);
  result.certificate = {};
  account_use(market, prices, figures, result);
  result.facilities.clear();
  for (std::size_t f = 0; f < columns.facilities; ++f) {
    result.facilities.push_back({FacilityId{f}, figure_at(figures, f) * tonnes_per_year,
                                 figure_at(market.base.point, f) * tonnes_per_year,
                                 market.base.margin[f] * usd_per_tonne});
  }
  result.routes.clear();
  for (std::size_t r = 0; r < columns.routes; ++r) {
    const RouteId id{r};
    result.routes.push_back({id, figure_at(figures, columns.of(id)) * tonnes_per_year, network[id].flow,
                             market.base.wedge[r] * usd_per_tonne});
  }
  account_prices(market, prices, result);
  account_money(market, disruption, floors, point, prices, figures, result);
  const optimize::Certificate proof = optimize::certify(market.program, point.x, point.row_dual, point.bound_dual);
  result.certificate.mass_balance = mass_balance(market, figures);
  result.certificate.optimality = std::max(proof.dual, proof.complementarity);
  result.certificate.gap = proof.gap;
}

}  // namespace lode::inline LODE_ABI::detail
