// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <lode/network.hpp>
#include <lode/scenario.hpp>

/// Propagation written down a second time, straight from the published rules: plain iteration from u = 1 over the
/// facilities in long double. Slow and simple on purpose; it shares nothing with the library but the network's tables.
namespace lode_test {

/// What a scenario does, by position in the network's tables.
struct ReferenceShock {
  std::vector<long double> factor, add, open, demand, weight;
  std::map<std::pair<std::string, std::size_t>, long double> reserve;  ///< by holder's id and commodity, t/yr
};

namespace reference {

inline long double tpy(lode::TonnesPerYear flow) {
  return flow.in(lode::tonnes_per_year);
}

inline bool is_selected(const lode::Selection& selection, std::string_view name) {
  if (!selection.given()) return true;
  for (const std::string& id : selection.ids()) {
    if (id == "*" || id == name) return true;
  }
  return false;
}

/// The value of the day; certain numbers only.
inline long double value_of(const lode::Schedule& schedule, std::optional<lode::Date> at, long double neutral) {
  if (!schedule.has_steps()) return std::get<double>(schedule.constant().form());
  long double value = neutral;
  for (const lode::Step& step : schedule.steps()) {
    if (!at || step.date <= *at) value = std::get<double>(step.value.form());
  }
  return value;
}

}  // namespace reference

inline ReferenceShock reference_shock(const lode::Network& network, const lode::Scenario& scenario) {
  using namespace reference;
  ReferenceShock out;
  out.factor.assign(network.facilities().size(), 1.0L);
  out.add.assign(network.facilities().size(), 0.0L);
  out.open.assign(network.routes().size(), 1.0L);
  out.demand.assign(network.end_uses().size(), 1.0L);
  out.weight.assign(network.end_uses().size(), 1.0L);
  const auto country_of = [&](lode::PlaceId place) { return network[network.country(place)].id; };
  for (const lode::Shock& shock : scenario.shocks) {
    const std::optional<lode::Date> at = scenario.at;
    if (at && shock.period.start && *at < *shock.period.start) continue;
    if (at && shock.period.end && *at > *shock.period.end) continue;
    if (const auto* capacity = std::get_if<lode::CapacityShock>(&shock.effect)) {
      for (std::size_t f = 0; f < network.facilities().size(); ++f) {
        const lode::Facility& facility = network.facilities()[f];
        if (!is_selected(capacity->facility, facility.id) ||
            !is_selected(capacity->country, network[facility.country].id) ||
            !is_selected(capacity->facility_kind, to_string(facility.kind)) ||
            !is_selected(capacity->operator_name, facility.operator_name)) {
          continue;
        }
        if (capacity->factor) out.factor[f] *= value_of(*capacity->factor, at, 1.0L);
        if (capacity->add) out.add[f] += std::get<double>(capacity->add->form());
      }
    }
    for (std::size_t r = 0; r < network.routes().size(); ++r) {
      const lode::Route& route = network.routes()[r];
      const std::string commodity = network[route.commodity].id;
      const std::string from = country_of(route.from);
      const std::string to = country_of(route.to);
      const auto cut = [&](long double factor) { out.open[r] *= std::min(1.0L, factor); };
      if (const auto* closed = std::get_if<lode::RouteShock>(&shock.effect)) {
        if (is_selected(closed->from, network.id(route.from)) && is_selected(closed->to, network.id(route.to)) &&
            is_selected(closed->commodity, commodity)) {
          cut(value_of(closed->factor, at, 1.0L));
        }
      }
      if (from == to) continue;
      const auto trade = [&](const auto& rule, const std::string& home, const std::string& partner) {
        return is_selected(rule.country, home) && is_selected(rule.partners, partner) &&
               !(rule.except.given() && is_selected(rule.except, partner)) && is_selected(rule.commodity, commodity);
      };
      if (const auto* sold = std::get_if<lode::ExportShock>(&shock.effect); sold && trade(*sold, from, to)) {
        cut(value_of(sold->factor, at, 1.0L));
      }
      if (const auto* bought = std::get_if<lode::ImportShock>(&shock.effect); bought && trade(*bought, to, from)) {
        cut(value_of(bought->factor, at, 1.0L));
      }
      if (const auto* licence = std::get_if<lode::LicenceShock>(&shock.effect); licence && trade(*licence, from, to)) {
        if (licence->approved) cut(value_of(*licence->approved, at, 1.0L));
      }
    }
    for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
      const lode::EndUse& use = network.end_uses()[e];
      const auto chosen = [&](const auto& rule) {
        return is_selected(rule.end_use, use.id) && is_selected(rule.country, network[use.country].id) &&
               is_selected(rule.sector, use.sector) && is_selected(rule.commodity, network[use.commodity].id);
      };
      if (const auto* demand = std::get_if<lode::DemandShock>(&shock.effect); demand && chosen(*demand)) {
        out.demand[e] *= value_of(demand->factor, at, 1.0L);
      }
      if (const auto* weight = std::get_if<lode::PriorityShock>(&shock.effect); weight && chosen(*weight)) {
        out.weight[e] *= value_of(weight->factor, at, 1.0L);
      }
    }
    if (const auto* release = std::get_if<lode::ReserveShock>(&shock.effect)) {
      for (const lode::Stock& stock : network.stocks()) {
        if (stock.kind != lode::StockKind::reserve || !is_selected(release->holder, network.id(stock.holder)) ||
            !is_selected(release->commodity, network[stock.commodity].id)) {
          continue;
        }
        const long double amount = stock.amount.in(lode::tonnes);
        long double& rate = out.reserve[{network.id(stock.holder), stock.commodity.index()}];
        rate = std::min(amount, release->rate ? rate + value_of(*release->rate, at, 0.0L) : amount);
      }
    }
  }
  return out;
}

struct ReferenceResult {
  bool settled = false;
  std::vector<long double> activity, utilisation;  ///< by facility
  std::vector<std::vector<long double>> bounds;    ///< by recipe facility: gamma, then one per input
  std::vector<long double> gamma;                  ///< min(1, gamma) by facility
  std::vector<std::vector<long double>> share;     ///< by facility: u, or one for each recovery
  std::vector<long double> flow;                   ///< by route
  std::vector<long double> demanded, delivered, weight, baseline_shortfall;  ///< by end use
  std::vector<long double> material_demanded, material_delivered, material_baseline_shortfall;
  long double total_weighted_shortfall = 0.0L;
};

/// Iterates until a round changes less than `stop`. Loops that the base year closes to within rounding drift by a few
/// units in the last place of a double for ever; where that does not matter, `stop` is above it.
inline ReferenceResult reference_propagate(const lode::Network& network, const ReferenceShock& shock,
                                           long double stop = 3e-16L) {
  using namespace reference;
  const auto facilities = network.facilities();
  const auto routes = network.routes();
  ReferenceResult out;
  std::vector<std::vector<std::size_t>> incoming(facilities.size());
  for (std::size_t r = 0; r < routes.size(); ++r) {
    if (routes[r].to.is_facility()) incoming[routes[r].to.facility().index()].push_back(r);
  }
  for (std::size_t f = 0; f < facilities.size(); ++f) {
    const long double x0 = tpy(facilities[f].baseline);
    const long double gamma = x0 > 0 ? (shock.factor[f] * x0 + shock.add[f]) / x0 : 0.0L;
    out.gamma.push_back(std::clamp(gamma, 0.0L, 1.0L));
    out.share.emplace_back(facilities[f].is_separator() ? facilities[f].recoveries.size() : 1, x0 > 0 ? 1.0L : 0.0L);
  }
  const auto seller_share = [&](std::size_t r) {
    const lode::Facility& seller = facilities[routes[r].from.facility().index()];
    const std::vector<long double>& share = out.share[routes[r].from.facility().index()];
    if (!seller.is_separator()) return share[0];
    for (std::size_t k = 0; k < seller.recoveries.size(); ++k) {
      if (seller.recoveries[k].commodity == routes[r].commodity) return share[k];
    }
    return 0.0L;
  };
  const auto reserve_of = [&](const std::string& holder, lode::CommodityId commodity) {
    const auto found = shock.reserve.find({holder, commodity.index()});
    return found == shock.reserve.end() ? 0.0L : found->second;
  };
  /// gamma, then 1 - criticality (1 - coverage) of every input.
  const auto bounds_of = [&](std::size_t f) {
    const lode::Facility& facility = facilities[f];
    std::vector<long double> bounds{out.gamma[f]};
    for (const lode::Input& input : facility.inputs) {
      const long double need = input.amount * tpy(facility.baseline);
      long double arrives = reserve_of(facility.id, input.commodity);
      for (const std::size_t r : incoming[f]) {
        if (routes[r].commodity == input.commodity) arrives += tpy(routes[r].flow) * shock.open[r] * seller_share(r);
      }
      const long double coverage = need > 0 ? arrives / need : 1.0L;
      bounds.push_back(1.0L - input.criticality * (1.0L - coverage));
    }
    return bounds;
  };
  const auto taken = [&](std::size_t f, std::size_t r) {
    return tpy(routes[r].flow) * std::min({shock.open[r] * seller_share(r), 1.0L, out.gamma[f]});
  };
  for (int iteration = 0; iteration < 20000 && !out.settled; ++iteration) {
    long double change = 0.0L;
    for (std::size_t f = 0; f < facilities.size(); ++f) {
      const lode::Facility& facility = facilities[f];
      if (tpy(facility.baseline) <= 0) continue;
      for (std::size_t k = 0; k < out.share[f].size(); ++k) {
        long double next = 1.0L;
        if (facility.is_separator()) {
          long double need = 0.0L;
          long double won = 0.0L;
          for (const std::size_t r : incoming[f]) {
            const long double content = network[routes[r].commodity].content(facility.recoveries[k].material);
            need += content * tpy(routes[r].flow);
            won += content * taken(f, r);
          }
          next = need > 0 ? won / need : 1.0L;
        } else {
          for (const long double bound : bounds_of(f)) next = std::min(next, bound);
        }
        change = std::max(change, out.share[f][k] - next);
        out.share[f][k] = std::min(out.share[f][k], next);
      }
    }
    out.settled = change < stop;
  }
  for (std::size_t r = 0; r < routes.size(); ++r) {
    long double flow = tpy(routes[r].flow) * shock.open[r] * seller_share(r);
    const lode::PlaceId to = routes[r].to;
    if (to.is_facility() && network[to.facility()].is_separator()) flow = taken(to.facility().index(), r);
    out.flow.push_back(flow);
  }
  for (std::size_t f = 0; f < facilities.size(); ++f) {
    const long double x0 = tpy(facilities[f].baseline);
    out.bounds.push_back(facilities[f].is_separator() || x0 <= 0 ? std::vector<long double>{} : bounds_of(f));
    long double activity = out.share[f][0] * x0;
    if (facilities[f].is_separator()) {
      activity = 0.0L;
      for (const std::size_t r : incoming[f]) activity += out.flow[r];
    }
    out.activity.push_back(activity);
    out.utilisation.push_back(x0 > 0 ? activity / x0 : 0.0L);
  }
  out.material_demanded.assign(network.materials().size(), 0.0L);
  out.material_delivered = out.material_baseline_shortfall = out.material_demanded;
  for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
    const lode::EndUse& use = network.end_uses()[e];
    long double arrives = reserve_of(use.id, use.commodity);
    long double arrived_before = 0.0L;
    for (std::size_t r = 0; r < routes.size(); ++r) {
      if (routes[r].to != lode::PlaceId{lode::EndUseId{e}}) continue;
      arrives += out.flow[r];
      arrived_before += tpy(routes[r].flow);
    }
    const long double demanded = tpy(use.demand) * shock.demand[e];
    const long double coverage = demanded > 0 ? arrives / demanded : 1.0L;
    const long double delivered = demanded * std::min(1.0L, coverage);
    const long double unmet_before = std::max(0.0L, tpy(use.demand) - arrived_before);
    out.demanded.push_back(demanded);
    out.delivered.push_back(delivered);
    out.weight.push_back(use.weight * shock.weight[e]);
    out.baseline_shortfall.push_back(unmet_before);
    out.total_weighted_shortfall += out.weight[e] * (demanded - delivered);
    for (std::size_t m = 0; m < network.materials().size(); ++m) {
      const long double content = network[use.commodity].content(lode::MaterialId{m});
      out.material_demanded[m] += content * demanded;
      out.material_delivered[m] += content * delivered;
      out.material_baseline_shortfall[m] += content * unmet_before;
    }
  }
  return out;
}

}  // namespace lode_test
