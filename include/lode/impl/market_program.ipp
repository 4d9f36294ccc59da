// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>

#include <lode/detail/market_program.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE MarketProgram::MarketProgram(const Network& network, std::span<const Price> prices, int year,
                                         const EquilibriumOptions& options)
    : allocation(network),
      figures_(market_figures(network, prices, year, options)),
      options_(options),
      columns_(network) {
  calibrate();
  double most = 0.0;
  double price = 0.0;
  std::vector<double> largest(network.commodities().size(), 0.0);
  for (std::size_t r = 0; r < columns_.routes; ++r) {
    const double flow = network.routes()[r].flow.in(tonnes_per_year);
    double& of_commodity = largest[network.routes()[r].commodity.index()];
    of_commodity = std::max(of_commodity, flow);
    most = std::max(most, flow);
    price = std::max(price, std::max(figures_.buyer_price[r], figures_.seller_price[r]));
  }
  // Powers of two change no digit.
  if (most > 0.0) unit_ = std::exp2(std::round(std::log2(most / 1024.0)));
  if (price > 0.0) money_ = std::exp2(std::round(std::log2(price)));
  for (std::size_t r = 0; r < columns_.routes; ++r) {
    const Route& route = network.routes()[r];
    const double typical = largest[route.commodity.index()] > 0.0 ? largest[route.commodity.index()]
                           : most > 0.0                           ? most
                                                                  : 1.0;
    flow_size_.push_back(std::max(route.flow.in(tonnes_per_year), 1e-3 * typical));
    inertia_.push_back(options_.trade_inertia * price_scale(RouteId{r}) / flow_size_.back());
  }
  for (std::size_t i = 0; i < base.balances.size(); ++i) {
    if (base.balances[i].kind != BalanceKind::feed && base.dual[i] > 0.0) priced_.push_back(i);
  }
}

LODE_INLINE void MarketProgram::load(const Disruption& disruption) {
  allocation.load(disruption, options_.allow);
  const Eigen::Index n = flow(columns_.routes) + index(priced_.size());
  program.gradient.setZero(n);
  program.lower.setZero(n);
  program.upper.setConstant(n, optimize::infinity);
  program.hessian.resize(n, n);
  program.hessian.reserve(Eigen::VectorXi::Ones(n));
  load_activities(disruption);
  load_end_uses(disruption);
  load_flows();
  load_rows(disruption);
  program.hessian.makeCompressed();
}

LODE_INLINE void MarketProgram::load_activities(const Disruption& disruption) {
  std::vector<ActivityLimit> change(columns_.facilities);
  for (const ActivityLimit& limit : disruption.activity) change[limit.facility.index()] = limit;
  for (std::size_t f = 0; f < columns_.facilities; ++f) {
    const Facility& facility = network().facilities()[f];
    const double activity = base.point[index(f)];
    double known = activity;  // the limit that shocks multiply
    if (options_.allow.spare_capacity && facility.capacity) {
      known = std::max(known, facility.capacity->in(tonnes_per_year));
    }
    // Without a capacity, stated or set by a shock, the supply curve is the only limit.
    const bool is_changed = change[f].factor != 1.0 || change[f].add != 0.0;
    const bool has_limit = activity <= 0.0 || facility.capacity || is_changed || !options_.allow.spare_capacity;
    const double now = std::max(0.0, change[f].factor * known + change[f].add);
    const double added = std::max(0.0, now - known);
    const double limit = now < known ? now : has_limit ? known : optimize::infinity;
    allocation.program.upper[index(f)] = limit + added;

    // Cost at the margin is 0 up to x0 - drop, rises to M0 at x0 and beyond; capacity that a shock adds costs M0.
    const double margin = base.margin[f];
    const double earned = std::max(0.0, margin);
    double slope = 0.0;
    double drop = 0.0;
    if (activity > 0.0) {
      // Something that sells nothing still has a curve, so that its activity has one value.
      const double scale = base.revenue[f] > 0.0 ? base.revenue[f] : std::max(std::abs(margin), 1e-3 * money_);
      slope = scale / (figures_.supply_elasticity[f] * activity);
      drop = std::min(activity, earned / slope);
    }
    const double below = drop - activity;  // the point where cost reaches 0, as a difference; at most 0
    const auto set = [&](std::size_t k, double low, double high, double gradient, double curvature) {
      const Eigen::Index column = piece(f, k);
      program.lower[column] = low / unit_;
      program.upper[column] = high / unit_;
      program.gradient[column] = gradient / money_;
      program.hessian.insert(column, column) = curvature * unit_ / money_;
    };
    if (activity > 0.0) {
      const double rise = std::max(limit - activity, -drop);
      set(0, below, std::min(0.0, limit - (activity - drop)), -earned, 0.0);
      set(1, -drop, rise, 0.0, slope);
      set(2, 0.0, added, earned - margin, 0.0);
    } else {
      set(0, 0.0, 0.0, 0.0, 0.0);
      set(1, 0.0, 0.0, 0.0, 0.0);
      set(2, 0.0, limit + added, network()[FacilityId{f}].is_separator() ? 0.0 : earned - margin, 0.0);
    }
  }
}

LODE_INLINE void MarketProgram::load_end_uses(const Disruption& disruption) {
  demand_factor_.assign(columns_.end_uses, 1.0);
  demand_slope_.assign(columns_.end_uses, 0.0);
  for (const EndUseFactor& change : disruption.demand) demand_factor_[change.end_use.index()] = change.factor;
  for (std::size_t e = 0; e < columns_.end_uses; ++e) {
    const Eigen::Index column = use(e);
    const double before = base.point[index(columns_.facilities + e)];
    const double wanted = before * demand_factor_[e];
    const double elasticity = figures_.demand_elasticity[e];
    double most = 0.0;
    double gradient = 0.0;
    if (wanted > 0.0) {
      const double price = base.dual[allocation.demand_row(EndUseId{e})];
      most = wanted * (1.0 + elasticity);
      demand_slope_[e] = price / (elasticity * wanted);
      gradient = -price * (1.0 - before / wanted) / elasticity;
    }
    program.lower[column] = -before / unit_;
    program.upper[column] = (most - before) / unit_;
    program.gradient[column] = gradient / money_;
    program.hessian.insert(column, column) = demand_slope_[e] * unit_ / money_;
    allocation.program.lower[index(columns_.facilities + e)] = 0.0;
    allocation.program.upper[index(columns_.facilities + e)] = most;
  }
}

LODE_INLINE Eigen::VectorXd MarketProgram::typical_figures() const {
  Eigen::VectorXd out = base.point.cwiseMax(1e-3 * unit_);
  for (std::size_t r = 0; r < columns_.routes; ++r) out[index(columns_.of(RouteId{r}))] = flow_size_[r];
  return out;
}

LODE_INLINE void MarketProgram::load_flows() {
  for (std::size_t r = 0; r < columns_.routes; ++r) {
    const Eigen::Index column = flow(r);
    const auto own = index(columns_.of(RouteId{r}));
    const double before = base.point[own];
    program.lower[column] = -before / unit_;
    program.upper[column] = (allocation.program.upper[own] - before) / unit_;
    program.gradient[column] = route_gradient_[r] / money_;
    program.hessian.insert(column, column) = inertia_[r] * unit_ / money_;
  }
}

LODE_INLINE void MarketProgram::charge(const std::vector<double>& charge) {
  for (std::size_t r = 0; r < columns_.routes; ++r) {
    program.gradient[flow(r)] = (route_gradient_[r] + charge[r]) / money_;
  }
}

LODE_INLINE void MarketProgram::load_rows(const Disruption& disruption) {
  const std::size_t flows_begin = columns_.facilities + columns_.end_uses;
  optimize::Program& absolute = allocation.program;
  const Eigen::Index m = absolute.row_lower.size();
  program.row_lower.setZero(m);
  program.row_upper.setConstant(m, optimize::infinity);
  std::vector<Eigen::Triplet<double>> entries, absolute_entries;
  const auto add = [&](Eigen::Index row, std::size_t column, double coefficient) {
    absolute_entries.emplace_back(static_cast<int>(row), static_cast<int>(column), coefficient);
    if (column < columns_.facilities) {
      for (std::size_t k = 0; k < 3; ++k) {
        entries.emplace_back(static_cast<int>(row), static_cast<int>(piece(column, k)), coefficient);
      }
    } else {
      const Eigen::Index own = column < flows_begin ? use(column - columns_.facilities) : flow(column - flows_begin);
      entries.emplace_back(static_cast<int>(row), static_cast<int>(own), coefficient);
    }
  };
  for (std::size_t i = 0; i < base.balances.size(); ++i) {
    const BalanceRow& row = base.balances[i];
    const Eigen::Index at = index(i);
    for (const BalanceEntry& entry : row.entries) add(at, entry.column, entry.coefficient);
    if (row.kind == BalanceKind::feed) {
      program.row_upper[at] = 0.0;
      continue;
    }
    double released = allocation.released[i];
    if (row.kind == BalanceKind::input && released > 0.0) {
      for (const Input& input : network()[row.place.facility()].inputs) {
        if (input.commodity == row.commodity) released *= input.criticality;
      }
    }
    absolute.row_lower[at] = base.floor[i] - released;
    program.row_lower[at] = (-base.slack[i] - released) / unit_;
  }
  for (std::size_t k = 0; k < disruption.quotas.size(); ++k) {
    const Quota& quota = disruption.quotas[k];
    double before = 0.0;
    for (const RouteId route : quota.routes) {
      add(allocation.quota_row(k), columns_.of(route), -1.0);
      before += network()[route].flow.in(tonnes_per_year);
    }
    program.row_lower[allocation.quota_row(k)] = (before - quota.limit) / unit_;
  }
  for (std::size_t k = 0; k < disruption.offtakes.size(); ++k) {
    const Offtake& offtake = disruption.offtakes[k];
    double before = 0.0;
    for (const RouteId route : offtake.routes) {
      add(allocation.offtake_row(k), columns_.of(route), 1.0);
      before += network()[route].flow.in(tonnes_per_year);
    }
    program.row_lower[allocation.offtake_row(k)] = (offtake.minimum - before) / unit_;
  }
  // What flows beyond a row costs its base price, which takes that price out of the multiplier.
  for (std::size_t k = 0; k < priced_.size(); ++k) {
    const Eigen::Index at = index(priced_[k]);
    const Eigen::Index column = flow(columns_.routes) + index(k);
    entries.emplace_back(static_cast<int>(at), static_cast<int>(column), -1.0);
    program.gradient[column] = base.dual[priced_[k]] / money_;
    program.lower[column] = program.row_lower[at];
    program.row_lower[at] = program.row_upper[at] = 0.0;
  }
  program.rows.resize(m, program.gradient.size());
  program.rows.setFromTriplets(entries.begin(), entries.end());
  absolute.rows.setZero();
  absolute.rows.resize(m, base.point.size());
  absolute.rows.setFromTriplets(absolute_entries.begin(), absolute_entries.end());
}

LODE_INLINE std::vector<bool> MarketProgram::sells(const Eigen::VectorXd& x) const {
  std::vector<bool> out(base.balances.size(), false);
  for (std::size_t r = 0; r < columns_.routes; ++r) {
    const double now = base.point[index(columns_.of(RouteId{r}))] + unit_ * x[flow(r)];
    if (now > 1e-9 * flow_size_[r]) out[base.seller_row[r]] = true;
  }
  return out;
}

LODE_INLINE Eigen::VectorXd MarketProgram::figures(const Eigen::VectorXd& x) const {
  Eigen::VectorXd out = base.point;
  for (std::size_t f = 0; f < columns_.facilities; ++f) {
    out[index(f)] += unit_ * (x[piece(f, 0)] + x[piece(f, 1)] + x[piece(f, 2)]);
  }
  for (std::size_t e = 0; e < columns_.end_uses; ++e) out[index(columns_.facilities + e)] += unit_ * x[use(e)];
  for (std::size_t r = 0; r < columns_.routes; ++r) out[index(columns_.of(RouteId{r}))] += unit_ * x[flow(r)];
  return out.cwiseMax(0.0);
}

LODE_INLINE double MarketProgram::gain(const Eigen::VectorXd& x) const {
  double sum = 0.0;
  for (Eigen::Index j = 0; j < x.size(); ++j) {
    // Of a flow without what is charged on it, which only moves money.
    const bool is_flow = j >= flow(0) && j < flow(columns_.routes);
    const double gradient =
        is_flow ? route_gradient_[static_cast<std::size_t>(j - flow(0))] / money_ : program.gradient[j];
    sum += (gradient + 0.5 * program.hessian.coeff(j, j) * x[j]) * x[j];
  }
  return -sum * unit_ * money_;
}

}  // namespace lode::inline LODE_ABI::detail
