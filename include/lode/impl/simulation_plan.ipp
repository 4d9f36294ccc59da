// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include <lode/detail/simulation_plan.hpp>
#include <lode/detail/snap_sum.hpp>

namespace lode::inline LODE_ABI::detail {

struct SimulationPlan::Builder {
  SimulationPlan& plan;
  const Network& network;
  const SimulateOptions& options;
  double step_days = options.step_days;
  double step = options.step_days / 365.0;  ///< years

  std::vector<bool> used = {};            ///< by slot: something flows there in the base year

  void build() {
    const std::vector<std::uint32_t> slot_of = add_places();
    add_routes(slot_of);
    snap_weights();
    add_outputs();
    add_stocks();
  }

  [[nodiscard]] bool runs(std::size_t facility) const { return plan.facility_runs[facility] != 0; }

  void add_slot(double criticality, CommodityId commodity, std::uint32_t facility) {
    plan.slot_amount.push_back(0.0);
    plan.slot_reach.push_back(1.0);
    plan.slot_criticality.push_back(criticality);
    plan.slot_share.push_back(0.0);
    plan.slot_usual.push_back(1.0);
    plan.slot_commodity.push_back(static_cast<std::uint32_t>(commodity.index()));
    plan.slot_facility.push_back(facility);
  }

  /// Facilities, end uses and their slots; returns the slot of each route of the network.
  std::vector<std::uint32_t> add_places() {
    plan.facility_slots.push_back(0);
    for (std::uint32_t f = 0; f < network.facilities().size(); ++f) {
      const Facility& facility = network.facilities()[f];
      const double baseline = facility.baseline.in(tonnes_per_year);
      const double capacity = facility.capacity_or_baseline().in(tonnes_per_year);
      const double unit = baseline > 0.0 ? baseline : capacity > 0.0 ? capacity : 1.0;
      plan.facility_unit.push_back(unit);
      plan.facility_amount.push_back(unit * step);
      plan.facility_runs.push_back(baseline > 0.0 ? 1 : 0);
      plan.facility_capacity.push_back(capacity / unit);
      plan.separates.push_back(facility.is_separator() ? 1 : 0);
      for (const Input& input : facility.inputs) add_slot(input.criticality, input.commodity, f);
      for (const Feed& feed : facility.feeds) add_slot(1.0, feed.commodity, f);
      plan.facility_slots.push_back(plan.slots());
    }
    std::vector<std::uint32_t> slot_of(network.routes().size(), none);
    const std::uint32_t first_use = plan.slots();
    for (const EndUse& use : network.end_uses()) {
      add_slot(1.0, use.commodity, none);
      plan.use_inflow.push_back(0.0);
      plan.use_demand.push_back(tonnes_in_step(use.demand));
      const bool waits = options.unmet == Unmet::as_data ? use.waits : options.unmet == Unmet::waits;
      plan.use_waits.push_back(waits ? 1 : 0);
    }
    for (std::uint32_t r = 0; r < network.routes().size(); ++r) {
      const Route& route = network.routes()[r];
      std::uint32_t slot = none;
      if (route.to.is_end_use()) {
        slot = first_use + static_cast<std::uint32_t>(route.to.end_use().index());
      } else {
        const std::size_t to = route.to.facility().index();
        for (std::uint32_t s = plan.facility_slots[to]; s < plan.facility_slots[to + 1]; ++s) {
          if (plan.slot_commodity[s] == route.commodity.index()) slot = s;
        }
      }
      slot_of[r] = slot;
      if (is_used(r)) plan.slot_amount[slot] += tonnes_in_step(route.flow);
    }
    return slot_of;
  }

  [[nodiscard]] double tonnes_in_step(TonnesPerYear flow) const { return flow.in(tonnes_per_year) * step; }
  [[nodiscard]] bool is_used(std::uint32_t r) const {
    const Route& route = network.routes()[r];
    return route.flow > TonnesPerYear{} && runs(route.from.facility().index()) &&
           (route.to.is_end_use() || runs(route.to.facility().index()));
  }

  void add_routes(const std::vector<std::uint32_t>& slot_of) {
    // By facility and output; a commodity that a facility makes is one output.
    std::vector<std::vector<std::uint32_t>> routes_of;
    plan.facility_outputs.push_back(0);
    for (std::uint32_t f = 0; f < network.facilities().size(); ++f) {
      const Facility& facility = network.facilities()[f];
      const auto add = [&](CommodityId commodity) {
        plan.output_commodity.push_back(static_cast<std::uint32_t>(commodity.index()));
        plan.output_facility.push_back(f);
      };
      for (const Output& output : facility.outputs) add(output.commodity);
      for (const Recovery& recovery : facility.recoveries) add(recovery.commodity);
      plan.facility_outputs.push_back(static_cast<std::uint32_t>(plan.output_commodity.size()));
    }
    routes_of.resize(plan.output_commodity.size());
    for (std::uint32_t r = 0; r < network.routes().size(); ++r) {
      const Route& route = network.routes()[r];
      const std::size_t f = route.from.facility().index();
      for (std::uint32_t k = plan.facility_outputs[f]; k < plan.facility_outputs[f + 1]; ++k) {
        if (plan.output_commodity[k] != route.commodity.index()) continue;
        if (is_used(r)) {
          routes_of[k].push_back(r);
        } else {
          add_spare_route(r, k, slot_of[r]);
        }
      }
    }
    std::stable_sort(plan.spare_routes.begin(), plan.spare_routes.end(),
                     [](const SpareRoute& a, const SpareRoute& b) { return a.slot < b.slot; });
    plan.output_routes.push_back(0);
    for (std::uint32_t k = 0; k < routes_of.size(); ++k) {
      double sales = 0.0;
      for (const std::uint32_t r : routes_of[k]) sales += tonnes_in_step(network.routes()[r].flow);
      plan.output_amount.push_back(sales);
      const std::size_t first = plan.route_share.size();
      // Branches on the lead time are then easy to predict.
      std::stable_sort(routes_of[k].begin(), routes_of[k].end(), [this](std::uint32_t a, std::uint32_t b) {
        return lead_steps(network.routes()[a]) > lead_steps(network.routes()[b]);
      });
      for (const std::uint32_t r : routes_of[k]) add_route(r, k, slot_of[r], sales);
      snap_sum(std::span(plan.route_share).subspan(first), 1.0);
      plan.output_routes.push_back(plan.routes());
    }
  }

  [[nodiscard]] std::uint32_t lead_steps(const Route& route) const {
    const double lead = route.lead_time.value_or(0 * days).in(days) / step_days;
    return static_cast<std::uint32_t>(std::lround(std::min(lead, 1e6)));
  }

  void add_spare_route(std::uint32_t r, std::uint32_t output, std::uint32_t slot) {
    const Route& route = network.routes()[r];
    const double limit = route.capacity ? tonnes_in_step(*route.capacity) : std::numeric_limits<double>::infinity();
    plan.spare_routes.push_back({RouteId{r}, output, slot, lead_steps(route), limit});
    plan.longest_lead = std::max(plan.longest_lead, plan.spare_routes.back().lead);
  }

  void add_route(std::uint32_t r, std::uint32_t output, std::uint32_t slot, double sales) {
    const Route& route = network.routes()[r];
    const double flow = tonnes_in_step(route.flow);
    plan.route_id.push_back(RouteId{r});
    plan.route_output.push_back(output);
    plan.route_slot.push_back(slot);
    plan.route_share.push_back(flow / sales);
    plan.route_weight.push_back(flow / plan.slot_amount[slot]);
    plan.route_lead.push_back(lead_steps(route));
    plan.longest_lead = std::max(plan.longest_lead, plan.route_lead.back());
    plan.route_limit.push_back(route.capacity ? *route.capacity / route.flow : std::numeric_limits<double>::infinity());
  }

  /// Weights into a slot add up to 1 in the order in which shipments are added up: those that take less than a step; the
  /// others by lead time, longest first, since they were shipped first.
  void snap_weights() {
    std::vector<std::vector<std::uint32_t>> into(plan.slots());
    for (std::uint32_t r = 0; r < plan.routes(); ++r) into[plan.route_slot[r]].push_back(r);
    plan.slot_later.assign(plan.slots(), 0.0);
    plan.slot_transit.assign(plan.slots(), 0.0);
    for (std::uint32_t s = 0; s < plan.slots(); ++s) {
      std::stable_sort(into[s].begin(), into[s].end(), [this](std::uint32_t a, std::uint32_t b) {
        return plan.route_lead[a] > plan.route_lead[b];
      });
      std::vector<double> at_once, later;
      for (const std::uint32_t r : into[s]) (plan.route_lead[r] == 0 ? at_once : later).push_back(plan.route_weight[r]);
      const auto sum = [](const std::vector<double>& terms) {
        double total = 0.0;
        for (const double term : terms) total += term;
        return total;
      };
      if (later.empty()) snap_sum(at_once, 1.0);
      // The sum of two shares whose complement is exact is exactly 1.
      snap_sum(later, 1.0 - sum(at_once), 1.0);
      plan.slot_routes.push_back(static_cast<std::uint32_t>(plan.in_route.size()));
      plan.slot_at_once.push_back(plan.slot_routes.back() + static_cast<std::uint32_t>(later.size()));
      auto next_at_once = at_once.begin();
      auto next_later = later.begin();
      for (const std::uint32_t r : into[s]) {
        plan.route_weight[r] = plan.route_lead[r] == 0 ? *next_at_once++ : *next_later++;
        plan.slot_transit[s] += plan.route_weight[r] * plan.route_lead[r];
        plan.in_route.push_back(r);
        plan.in_output.push_back(plan.route_output[r]);
        plan.in_lead.push_back(plan.route_lead[r]);
        plan.in_weight.push_back(plan.route_weight[r]);
      }
      plan.slot_later[s] = sum(later);
      set_reach(s);
    }
    plan.slot_routes.push_back(plan.routes());
  }

  /// How far the base year's inflow goes. Imbalances within the tolerance of the data count as rounding: the base year
  /// runs at u = 1.
  void set_reach(std::uint32_t slot) {
    const std::uint32_t f = plan.slot_facility[slot];
    used.push_back(plan.slot_amount[slot] > 0.0);
    if (f == none) {
      const std::uint32_t use = slot - plan.use_slot(0);
      if (!used[slot]) plan.slot_amount[slot] = plan.use_demand[use] > 0.0 ? plan.use_demand[use] : 1.0;
      if (used[slot] && plan.use_demand[use] > 0.0) {
        plan.use_inflow[use] = std::min(1.0, plan.slot_amount[slot] / plan.use_demand[use]);
        if (plan.use_inflow[use] > 1.0 - 1e-6) plan.use_inflow[use] = 1.0;
      }
      return;
    }
    if (plan.separates[f] != 0) {
      plan.slot_usual[slot] = used[slot] ? 1.0 : 0.0;
      if (!used[slot]) plan.slot_amount[slot] = plan.facility_amount[f];
      plan.slot_share[slot] = plan.slot_amount[slot] / plan.facility_amount[f];
      return;
    }
    const Input& input = network.facilities()[f].inputs[slot - plan.facility_slots[f]];
    const double need = input.amount * plan.facility_amount[f];
    if (!used[slot]) plan.slot_amount[slot] = need;
    plan.slot_reach[slot] = std::max(1.0, plan.slot_amount[slot] / need);
    if (plan.slot_reach[slot] < 1.0 + 1e-6) plan.slot_reach[slot] = 1.0;
  }

  void add_outputs() {
    plan.output_mix.push_back(0);
    for (std::uint32_t k = 0; k < plan.output_commodity.size(); ++k) {
      const std::uint32_t f = plan.output_facility[k];
      const Facility& facility = network.facilities()[f];
      double made = 0.0;
      if (facility.is_separator()) {
        made = add_mix(k, facility.recoveries[k - plan.facility_outputs[f]]);
      } else {
        made = facility.outputs[k - plan.facility_outputs[f]].amount * plan.facility_amount[f];
      }
      plan.output_mix.push_back(static_cast<std::uint32_t>(plan.mix_slot.size()));
      const double sold = plan.output_amount[k];
      double yield = sold > 0.0 ? std::max(1.0, made / sold) : 1.0;
      if (yield < 1.0 + 1e-6) yield = 1.0;
      plan.output_yield.push_back(yield);
      // Nobody buys it in the base year: all is surplus, unless nothing was made.
      plan.output_surplus.push_back(sold > 0.0 ? yield - 1.0 : runs(f) ? 1.0 : 0.0);
      if (sold == 0.0) plan.output_amount[k] = made > 0.0 ? made : 1.0;
    }
    // Separators: shares of the feed add up to 1.
    for (std::uint32_t f = 0; f < plan.facilities(); ++f) {
      if (plan.separates[f] == 0) continue;
      snap_sum(std::span(plan.slot_share)
                   .subspan(plan.facility_slots[f], plan.facility_slots[f + 1] - plan.facility_slots[f]),
               1.0);
    }
    mark_drivers();
  }

  /// t of a recovered commodity that the base year's feeds give in a step; of a separator that stood still, what its
  /// richest feed would give. Feeds of the base year come first: their weights add up to 1.
  double add_mix(std::uint32_t output, const Recovery& recovery) {
    const std::uint32_t f = plan.output_facility[output];
    const auto contained_in = [&](std::uint32_t s) {
      return network.commodities()[plan.slot_commodity[s]].content(recovery.material) * plan.slot_amount[s];
    };
    double whole = 0.0, richest = 0.0;
    const std::size_t first = plan.mix_slot.size();
    for (std::uint32_t s = plan.facility_slots[f]; s < plan.facility_slots[f + 1]; ++s) {
      richest = std::max(richest, contained_in(s));
      if (!used[s] || !(contained_in(s) > 0.0)) continue;
      plan.mix_slot.push_back(s);
      plan.mix_weight.push_back(contained_in(s));
      whole += contained_in(s);
    }
    const std::span<double> weights = std::span(plan.mix_weight).subspan(first);
    for (double& weight : weights) weight /= whole;
    snap_sum(weights, 1.0);
    if (!(whole > 0.0)) whole = richest;
    for (std::uint32_t s = plan.facility_slots[f]; s < plan.facility_slots[f + 1]; ++s) {
      if (used[s] || !(contained_in(s) > 0.0)) continue;
      plan.mix_slot.push_back(s);
      plan.mix_weight.push_back(contained_in(s) / whole);
    }
    return recovery.recovery * whole / network[recovery.commodity].content(recovery.material);
  }

  /// The products of a facility's highest stage that are sold decide how much it makes; the others come along.
  void mark_drivers() {
    plan.output_drives.assign(plan.outputs(), 0);
    for (std::uint32_t f = 0; f < plan.facilities(); ++f) {
      std::optional<Stage> highest;
      const auto sold = [this](std::uint32_t k) { return plan.output_routes[k] < plan.output_routes[k + 1]; };
      const auto stage = [this](std::uint32_t k) { return network.commodities()[plan.output_commodity[k]].stage; };
      for (std::uint32_t k = plan.facility_outputs[f]; k < plan.facility_outputs[f + 1]; ++k) {
        if (sold(k)) highest = std::max(highest.value_or(stage(k)), stage(k));
      }
      for (std::uint32_t k = plan.facility_outputs[f]; k < plan.facility_outputs[f + 1]; ++k) {
        plan.output_drives[k] = sold(k) && stage(k) == highest ? 1 : 0;
      }
    }
  }

  /// Days of cover from the data, if any.
  [[nodiscard]] std::optional<double> cover(std::uint32_t commodity, CountryId country, StockKind kind) const {
    std::optional<double> found;
    for (const Cover& row : network.covers()) {
      if (row.stage != network.commodities()[commodity].stage || row.kind != kind) continue;
      if (row.country == country) return row.days.in(days)*options.cover_factor;
      if (!row.country.valid()) found = row.days.in(days)*options.cover_factor;
    }
    return found;
  }

  void add_stocks() {
    std::vector<double> listed_input(plan.slots(), -1.0);
    std::vector<double> listed_output(plan.outputs(), -1.0);
    for (const Stock& stock : network.stocks()) add_stock(stock, listed_input, listed_output);
    plan.slot_start.resize(plan.slots());
    plan.slot_target.resize(plan.slots());
    std::vector<double> spare_lead(plan.slots(), 0.0), spare_count(plan.slots(), 0.0);
    for (const SpareRoute& route : plan.spare_routes) {
      spare_lead[route.slot] += route.lead;
      spare_count[route.slot] += 1.0;
    }
    for (std::uint32_t s = 0; s < plan.slots(); ++s) {
      const std::uint32_t f = plan.slot_facility[s];
      const CountryId country =
          f == none ? network.end_uses()[s - plan.use_slot(0)].country : network.facilities()[f].country;
      const double amount = plan.slot_amount[s];
      const std::optional<double> days_of_cover = cover(plan.slot_commodity[s], country, StockKind::input);
      const double listed = amount > 0.0 && listed_input[s] >= 0.0 ? listed_input[s] / amount : -1.0;
      // A stock that is listed is the usual one: the base year stands still.
      const double usual = listed >= 0.0   ? listed
                           : days_of_cover ? *days_of_cover / step_days
                                           : options.default_cover.in(days) / step_days;
      if (!used[s]) {
        const double lead = spare_count[s] > 0.0 ? spare_lead[s] / spare_count[s] : 0.0;
        plan.slot_start[s] = std::max(0.0, listed);
        plan.slot_target[s] = std::max(usual, 1.0) + lead - 1.0;
        continue;
      }
      const double at_once = 1.0 - plan.slot_later[s];
      plan.slot_start[s] = std::max(listed >= 0.0 ? listed : usual, at_once);
      plan.slot_target[s] = std::max(0.0, std::max(usual, at_once) + plan.slot_transit[s] - 1.0);
    }
    for (std::uint32_t k = 0; k < plan.outputs(); ++k) {
      const CountryId country = network.facilities()[plan.output_facility[k]].country;
      const bool sold = plan.output_routes[k] < plan.output_routes[k + 1];
      const std::optional<double> days_of_cover = cover(plan.output_commodity[k], country, StockKind::output);
      const double listed =
          plan.output_amount[k] > 0.0 && listed_output[k] >= 0.0 ? listed_output[k] / plan.output_amount[k] : -1.0;
      const double usual = listed >= 0.0 ? listed : days_of_cover && sold ? *days_of_cover / step_days : 0.0;
      plan.output_start.push_back(listed >= 0.0 ? listed : usual);
      plan.output_target.push_back(usual);
      plan.output_room.push_back(usual + options.yard.in(days) / step_days);
    }
  }

  void add_stock(const Stock& stock, std::vector<double>& inputs, std::vector<double>& outputs) {
    const std::size_t f = stock.holder.is_facility() ? stock.holder.facility().index() : 0;
    if (stock.kind == StockKind::output) {
      for (std::uint32_t k = plan.facility_outputs[f]; k < plan.facility_outputs[f + 1]; ++k) {
        if (plan.output_commodity[k] == stock.commodity.index()) outputs[k] = stock.amount.in(tonnes);
      }
      return;
    }
    std::uint32_t slot = none;
    if (stock.holder.is_end_use()) {
      const std::uint32_t s = plan.use_slot(static_cast<std::uint32_t>(stock.holder.end_use().index()));
      if (plan.slot_commodity[s] == stock.commodity.index()) slot = s;
    } else {
      for (std::uint32_t s = plan.facility_slots[f]; s < plan.facility_slots[f + 1]; ++s) {
        if (plan.slot_commodity[s] == stock.commodity.index()) slot = s;
      }
    }
    if (slot == none) return;
    if (stock.kind == StockKind::input) {
      inputs[slot] = stock.amount.in(tonnes);
    } else {
      plan.reserves.push_back({slot, stock.holder, stock.commodity, stock.amount.in(tonnes)});
    }
  }
};

LODE_INLINE SimulationPlan::SimulationPlan(const Network& network, const SimulateOptions& options) {
  Builder{*this, network, options}.build();
}

}  // namespace lode::inline LODE_ABI::detail
