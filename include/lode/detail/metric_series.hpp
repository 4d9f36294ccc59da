// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include <lode/backtest.hpp>
#include <lode/network.hpp>
#include <lode/result.hpp>
#include <lode/simulation.hpp>

namespace lode::inline LODE_ABI::detail {

/// What a metric counts: routes (what ships), facilities (t of the commodities in 1 t of activity) and end uses.
struct MetricParts {
  struct Output {
    FacilityId facility;
    double amount = 0.0;
  };
  std::vector<RouteId> routes;
  std::vector<Output> outputs;
  std::vector<EndUseId> end_uses;

  [[nodiscard]] double base(const Network& network) const {
    double sum = 0.0;
    for (const RouteId id : routes) sum += network[id].flow.in(tonnes_per_year);
    for (const Output& part : outputs) sum += part.amount * network[part.facility].baseline.in(tonnes_per_year);
    for (const EndUseId id : end_uses) {
      double inflow = 0.0;
      for (const Route& route : network.routes()) {
        if (route.to == PlaceId{id} && route.commodity == network[id].commodity)
          inflow += route.flow.in(tonnes_per_year);
      }
      sum += std::min(inflow, network[id].demand.in(tonnes_per_year));
    }
    return sum;
  }

  [[nodiscard]] double rate(const Result& result) const {
    double sum = 0.0;
    for (const RouteId id : routes) sum += result.routes[id.index()].flow.in(tonnes_per_year);
    for (const Output& part : outputs) {
      sum += part.amount * result.facilities[part.facility.index()].activity.in(tonnes_per_year);
    }
    for (const EndUseId id : end_uses) sum += result.end_uses[id.index()].delivered.in(tonnes_per_year);
    return sum;
  }

  /// t in each step.
  [[nodiscard]] std::vector<double> series(const Simulation& run) const {
    std::vector<double> sum(run.dates.size(), 0.0);
    const auto add = [&sum](const std::vector<double>& part, double factor) {
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += factor * part[i];
    };
    for (const RouteId id : routes) add(run.routes[id.index()].shipped, 1.0);
    for (const Output& part : outputs) add(run.facilities[part.facility.index()].activity, part.amount);
    for (const EndUseId id : end_uses) add(run.end_uses[id.index()].delivered, 1.0);
    return sum;
  }
};

[[nodiscard]] inline bool selects(const Selection& selection, std::string_view id) {
  const auto hit = [id](const std::string& wanted) { return wanted == "*" || wanted == id; };
  return !selection.given() || std::any_of(selection.ids().begin(), selection.ids().end(), hit);
}

/// t of a commodity that a facility makes in the base year, in 1 t of its activity.
[[nodiscard]] inline double output_amount(const Network& network, FacilityId id, CommodityId commodity) {
  const Facility& facility = network[id];
  double amount = 0.0;
  for (const Output& output : facility.outputs) amount += output.commodity == commodity ? output.amount : 0.0;
  for (const Recovery& recovery : facility.recoveries) {
    if (recovery.commodity != commodity) continue;
    double contained = 0.0, taken = 0.0;
    for (const Route& route : network.routes()) {
      if (route.to != PlaceId{id}) continue;
      contained += route.flow.in(tonnes_per_year)*network[route.commodity].content(recovery.material);
      taken += route.flow.in(tonnes_per_year);
    }
    const double content = network[commodity].content(recovery.material);
    if (taken > 0.0 && content > 0.0) amount += recovery.recovery * contained / taken / content;
  }
  return amount;
}

[[nodiscard]] inline MetricParts parts_of(const ExportsMetric& metric, const Network& network) {
  MetricParts parts;
  for (std::size_t r = 0; r < network.routes().size(); ++r) {
    const Route& route = network.routes()[r];
    const Country& seller = network[network.country(route.from)];
    const Country& buyer = network[network.country(route.to)];
    const bool is_meant = seller.id != buyer.id && selects(metric.country, seller.id) &&
                          selects(metric.commodity, network[route.commodity].id) &&
                          selects(metric.partners, buyer.id) &&
                          !(metric.except.given() && selects(metric.except, buyer.id));
    if (is_meant) parts.routes.push_back(RouteId{r});
  }
  return parts;
}

[[nodiscard]] inline MetricParts parts_of(const OutputMetric& metric, const Network& network) {
  MetricParts parts;
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    if (!selects(metric.facility, network.facilities()[f].id)) continue;
    for (std::size_t c = 0; c < network.commodities().size(); ++c) {
      if (!selects(metric.commodity, network.commodities()[c].id)) continue;
      const double amount = output_amount(network, FacilityId{f}, CommodityId{c});
      if (amount > 0.0) parts.outputs.push_back({FacilityId{f}, amount});
    }
  }
  return parts;
}

[[nodiscard]] inline MetricParts parts_of(const DeliveriesMetric& metric, const Network& network) {
  MetricParts parts;
  for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
    const EndUse& use = network.end_uses()[e];
    if (selects(metric.end_use, use.id) && selects(metric.country, network[use.country].id) &&
        selects(metric.sector, use.sector) && selects(metric.commodity, network[use.commodity].id)) {
      parts.end_uses.push_back(EndUseId{e});
    }
  }
  return parts;
}

/// Daily pace times days: `series` (t in steps of `step_days` from `start` on) within [first, end).
[[nodiscard]] inline double during(const std::vector<double>& series, Date start, int step_days, Date first, Date end) {
  double sum = 0.0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const Date begin = start + std::chrono::days{static_cast<int>(i) * step_days};
    const auto days = (std::min(end, begin + std::chrono::days{step_days}) - std::max(first, begin)).count();
    if (days > 0) sum += series[i] * static_cast<double>(days) / step_days;
  }
  return sum;
}

}  // namespace lode::inline LODE_ABI::detail
