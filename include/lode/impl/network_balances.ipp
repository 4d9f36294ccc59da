// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include <lode/detail/network_rules.hpp>
#include <lode/detail/text.hpp>

/// The rules about quantities: the balances of the base year, and what is legal but suspicious.
namespace lode::inline LODE_ABI::detail {

/// Sums of flows by place and commodity, in tonnes per year: `sum(place entry, k)` for the k-th commodity of its list.
LODE_INLINE void NetworkRules::check_balances() {
  if (is_incomplete(Table::routes)) return;
  const std::size_t facilities = tables_.facilities.size();
  std::vector<std::vector<double>> inflow(facilities);
  std::vector<std::vector<double>> outflow(facilities);
  for (std::size_t f = 0; f < facilities; ++f) {
    const Facility& facility = tables_.facilities[f];
    inflow[f].assign(facility.is_separator() ? facility.feeds.size() : facility.inputs.size(), 0.0);
    outflow[f].assign(facility.is_separator() ? facility.recoveries.size() : facility.outputs.size(), 0.0);
  }
  std::vector<double> received(tables_.end_uses.size(), 0.0);
  const auto add = [](std::vector<double>& sums, const auto& list, CommodityId commodity, double flow) {
    for (std::size_t k = 0; k < list.size() && k < sums.size(); ++k) {
      if (list[k].commodity == commodity) sums[k] += flow;
    }
  };
  for (std::size_t row = 0; row < tables_.routes.size(); ++row) {
    if (is_bad(Table::routes, row)) continue;
    const Route& route = tables_.routes[row];
    const double flow = route.flow.in(tonnes_per_year);
    const std::size_t from = route.from.facility().index();
    const Facility& seller = tables_.facilities[from];
    if (seller.is_separator()) {
      add(outflow[from], seller.recoveries, route.commodity, flow);
    } else {
      add(outflow[from], seller.outputs, route.commodity, flow);
    }
    if (route.to.is_end_use()) {
      received[route.to.end_use().index()] += flow;
      continue;
    }
    const std::size_t to = route.to.facility().index();
    const Facility& buyer = tables_.facilities[to];
    if (buyer.is_separator()) {
      add(inflow[to], buyer.feeds, route.commodity, flow);
    } else {
      add(inflow[to], buyer.inputs, route.commodity, flow);
    }
  }
  for (std::size_t f = 0; f < facilities; ++f) {
    if (unsettled_facility_[f]) continue;
    if (tables_.facilities[f].is_separator()) {
      check_separator(f, inflow[f], outflow[f]);
    } else {
      check_recipe(f, inflow[f], outflow[f]);
    }
  }
  for (std::size_t e = 0; e < received.size(); ++e) {
    if (unsettled_end_use_[e] || is_bad(Table::end_uses, e)) continue;
    const double demand = tables_.end_uses[e].demand.in(tonnes_per_year);
    if (received[e] > demand * (1.0 + balance_tolerance)) {
      report(Table::end_uses, e, "demand",
             "end use " + detail::quoted(tables_.end_uses[e].id) + " receives " + number_text(received[e]) +
                 " t/yr but its demand is " + number_text(demand) + " t/yr",
             "raise the demand or lower the flows that arrive, or run lode reconcile");
    }
  }
}

LODE_INLINE void NetworkRules::check_recipe(std::size_t f, const std::vector<double>& inflow,
                                            const std::vector<double>& outflow) {
  const Facility& facility = tables_.facilities[f];
  if (!records_.facilities[f].baseline && !records_.facilities[f].reported) {
    report(Table::facilities, f, "baseline", "baseline of facility " + detail::quoted(facility.id) + " is absent",
           "give it, or solve for it with reconcile; only a separator's follows from its feed");
    return;
  }
  const double baseline = facility.baseline.in(tonnes_per_year);
  std::size_t input = 0;
  std::size_t output = 0;
  for (const std::size_t row : rows_of_facility_[f]) {
    if (records_.recipes[row].role == Role::input) {
      const Input& entry = facility.inputs[input];
      const double need = entry.amount * baseline;
      if (inflow[input] < need * (1.0 - balance_tolerance)) {
        report(Table::recipes, row, "amount",
               "facility " + detail::quoted(facility.id) + " needs " + number_text(need) + " t/yr of " +
                   detail::quoted(tables_.commodities[entry.commodity.index()].id) + " for its baseline but receives " +
                   number_text(inflow[input]) + " t/yr",
               "lower the baseline or the amount, or raise the flows that arrive, or run lode reconcile");
      }
      ++input;
    } else {
      const Output& entry = facility.outputs[output];
      const double made = entry.amount * baseline;
      if (outflow[output] > made * (1.0 + balance_tolerance)) {
        report(Table::recipes, row, "amount",
               "facility " + detail::quoted(facility.id) + " makes " + number_text(made) + " t/yr of " +
                   detail::quoted(tables_.commodities[entry.commodity.index()].id) + " but sends " +
                   number_text(outflow[output]) + " t/yr",
               "raise the baseline or the amount, or lower the flows that leave, or run lode reconcile");
      }
      ++output;
    }
  }
}

LODE_INLINE void NetworkRules::check_separator(std::size_t f, const std::vector<double>& inflow,
                                               const std::vector<double>& outflow) {
  Facility& facility = tables_.facilities[f];
  const auto is_unsettled = [this](const auto& entry) { return unsettled_commodity_[entry.commodity.index()]; };
  if (std::any_of(facility.feeds.begin(), facility.feeds.end(), is_unsettled) ||
      std::any_of(facility.recoveries.begin(), facility.recoveries.end(), is_unsettled)) {
    return;
  }
  double feed = 0.0;
  for (const double flow : inflow) feed += flow;
  if (!records_.facilities[f].baseline) {
    facility.baseline = feed * tonnes_per_year;
    if (facility.capacity && *facility.capacity < facility.baseline) {
      report(Table::facilities, f, "capacity",
             "capacity " + number_text(facility.capacity->in(tonnes_per_year)) + " is below the feed that arrives, " +
                 number_text(feed) + " t/yr",
             "raise the capacity or lower the flows that arrive");
    }
  }
  const double baseline = facility.baseline.in(tonnes_per_year);
  if (std::abs(feed - baseline) > balance_tolerance * std::max(feed, baseline)) {
    report(Table::facilities, f, "baseline",
           "separator " + detail::quoted(facility.id) + " receives " + number_text(feed) +
               " t/yr of feed but its baseline is " + number_text(baseline) + " t/yr",
           "make the baseline equal to the flows that arrive, or run lode reconcile");
  }
  std::size_t k = 0;
  for (const std::size_t row : rows_of_facility_[f]) {
    if (records_.recipes[row].role != Role::recovery) continue;
    const Recovery& recovery = facility.recoveries[k];
    double contained = 0.0;
    for (std::size_t i = 0; i < facility.feeds.size(); ++i) {
      contained += inflow[i] * tables_.commodities[facility.feeds[i].commodity.index()].content(recovery.material);
    }
    const Commodity& product = tables_.commodities[recovery.commodity.index()];
    const double made = recovery.recovery * contained / product.content(recovery.material);
    if (outflow[k] > made * (1.0 + balance_tolerance)) {
      report(Table::recipes, row, "amount",
             "separator " + detail::quoted(facility.id) + " wins " + number_text(made) + " t/yr of " +
                 detail::quoted(product.id) + " from its feeds but sends " + number_text(outflow[k]) + " t/yr",
             "raise the recovery or the feed, or lower the flows that leave, or run lode reconcile");
    }
    ++k;
  }
}

LODE_INLINE void NetworkRules::warn() {
  const auto warn_at = [this](Table table, std::size_t row, std::string_view column, std::string what,
                              std::string mend) {
    warnings_.push_back({place(table, row, column), std::move(what), std::move(mend)});
  };
  const auto warn_of_stray_sd = [&](Table table, std::size_t row, const std::string& column, bool has_figure,
                                    std::optional<TonnesPerYear> sd) {
    if (has_figure || !sd || is_bad(table, row)) return;
    warn_at(table, row, column + "_sd", column + "_sd " + number_text(sd->in(tonnes_per_year)) + " belongs to no figure",
            "give the " + column + ", or leave both empty: it is not used");
  };
  for (std::size_t f = 0; f < records_.facilities.size(); ++f) {
    const FacilityRow& row = records_.facilities[f];
    if (!must_balance_) warn_of_stray_sd(Table::facilities, f, "baseline", row.baseline.has_value(), row.baseline_sd);
  }
  for (std::size_t e = 0; e < records_.end_uses.size(); ++e) {
    const EndUseRow& row = records_.end_uses[e];
    if (!must_balance_) warn_of_stray_sd(Table::end_uses, e, "demand", row.demand.has_value(), row.demand_sd);
  }
  for (std::size_t r = 0; r < records_.routes.size(); ++r) {
    const RouteRow& row = records_.routes[r];
    if (!must_balance_) warn_of_stray_sd(Table::routes, r, "flow", row.flow.has_value(), row.spec.flow_sd);
  }
  for (std::size_t c = 0; c < tables_.commodities.size(); ++c) {
    if (tables_.commodities[c].composition.empty() && !is_bad(Table::commodities, c)) {
      warn_at(Table::commodities, c, "id",
              "commodity " + detail::quoted(tables_.commodities[c].id) + " has no composition",
              "it counts in its own tonnes only; add composition rows if it holds a material");
    }
  }
  for (std::size_t f = 0; f < tables_.facilities.size(); ++f) {
    const Facility& facility = tables_.facilities[f];
    if (facility.is_separator() || unsettled_facility_[f]) continue;
    // Mines and collectors of old scrap bring material into the network; a maker without inputs has forgotten them.
    const bool collects = facility.kind == FacilityKind::other && facility.inputs.empty();
    if (facility.kind == FacilityKind::mine || collects) continue;
    for (std::size_t m = 0; m < tables_.materials.size(); ++m) {
      double in = 0.0;
      double out = 0.0;
      for (const Input& input : facility.inputs) {
        in += input.amount * tables_.commodities[input.commodity.index()].content(MaterialId{m});
      }
      for (const Output& output : facility.outputs) {
        out += output.amount * tables_.commodities[output.commodity.index()].content(MaterialId{m});
      }
      if (out > in * (1.0 + balance_tolerance)) {
        warn_at(Table::facilities, f, "id",
                "outputs of facility " + detail::quoted(facility.id) + " contain " + number_text(out) + " t of " +
                    detail::quoted(tables_.materials[m].id) + " per t of activity, inputs " + number_text(in),
                "check amounts and contents: a recipe can not make an element");
      }
    }
  }
  std::vector<bool> supplied(tables_.end_uses.size(), false);
  for (const Route& route : tables_.routes) {
    if (route.to.is_end_use()) supplied[route.to.end_use().index()] = true;
  }
  for (std::size_t e = 0; e < supplied.size(); ++e) {
    if (supplied[e] || is_bad(Table::end_uses, e)) continue;
    warn_at(Table::end_uses, e, "id", "nobody supplies end use " + detail::quoted(tables_.end_uses[e].id),
            "add a route to it; without one its whole demand is a shortage of the base year");
  }
}

}  // namespace lode::inline LODE_ABI::detail
