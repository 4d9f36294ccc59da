// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <lode/detail/simulation_block.hpp>
#include <lode/impl/simulate_kernel.ipp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE void SimulationRecord::clear() {
  constexpr std::size_t large = std::size_t{1} << 23U;  // 64 MiB of numbers
  std::size_t kept = turned.capacity();
  for (std::vector<double>* table : tables()) kept += table->capacity();
  if (kept > large) *this = SimulationRecord{};
  for (std::vector<double>* table : tables()) table->clear();
}

/// In tiles of eight steps, so that a cache line that is fetched is used whole.
LODE_INLINE void SimulationRecord::by_item() {
  constexpr std::size_t tile = 8;
  for (std::vector<double>* table : tables()) {
    const std::size_t row = steps == 0 ? 0 : table->size() / steps;
    turned.resize(table->size());
    for (std::size_t first = 0; first < steps; first += tile) {
      const std::size_t last = std::min(steps, first + tile);
      for (std::size_t item = 0; item < row / width; ++item) {
        for (std::size_t lane = 0; lane < width; ++lane) {
          double* const to = turned.data() + (lane * (row / width) + item) * steps;
          const double* const from = table->data() + item * width + lane;
          for (std::size_t step = first; step < last; ++step) to[step] = from[step * row];
        }
      }
    }
    std::swap(*table, turned);
  }
}

LODE_INLINE SimulationBlock::SimulationBlock(const Network& network, const SimulationPlan& plan,
                                             const SimulateOptions& options)
    : network_(network), plan_(plan), options_(options) {
  const std::size_t materials = network.materials().size();
  flow_scale_.assign(materials + network.commodities().size(), 0.0);
  for (std::uint32_t k = 0; k < plan.outputs(); ++k) {
    const Commodity& commodity = network.commodities()[plan.output_commodity[k]];
    const double made = plan.output_amount[k] * plan.output_yield[k];
    for (const Content& part : commodity.composition) flow_scale_[part.material.index()] += part.content * made;
    if (commodity.composition.empty()) flow_scale_[materials + plan.output_commodity[k]] += made;
  }
  for (std::uint32_t k = 0; k < plan.outputs(); ++k) {
    const std::uint32_t f = plan.output_facility[k];
    if (plan.facility_slots[f] == plan.facility_slots[f + 1]) source_outputs_.push_back(k);
  }
  places_of_.assign(network.routes().size(), SimulationPlan::none);
  for (std::uint32_t r = 0; r < plan.routes(); ++r) places_of_[plan.route_id[r].index()] = r;
  spare_of_.assign(network.routes().size(), SimulationPlan::none);
  for (std::uint32_t i = 0; i < plan.spare_routes.size(); ++i) spare_of_[plan.spare_routes[i].id.index()] = i;
}

LODE_INLINE StepSystem SimulationBlock::system_view() const {
  const double step = options_.step_days;
  // The part of a gap that is closed in a step: small steps give step / time, long ones do not overshoot.
  const auto pace = [step](Days time) { return -std::expm1(-step / time.in(days)); };
  const bool frozen = options_.orders == Orders::frozen;
  return {.facilities = plan_.facilities(),
          .end_uses = plan_.end_uses(),
          .slots = plan_.slots(),
          .outputs = plan_.outputs(),
          .commodities = static_cast<std::uint32_t>(network_.commodities().size()),
          .facility_slots = plan_.facility_slots.data(),
          .facility_outputs = plan_.facility_outputs.data(),
          .facility_amount = plan_.facility_amount.data(),
          .facility_runs = plan_.facility_runs.data(),
          .separates = plan_.separates.data(),
          .slot_amount = plan_.slot_amount.data(),
          .slot_reach = plan_.slot_reach.data(),
          .slot_criticality = plan_.slot_criticality.data(),
          .slot_share = plan_.slot_share.data(),
          .slot_usual = plan_.slot_usual.data(),
          .slot_target = plan_.slot_target.data(),
          .slot_later = plan_.slot_later.data(),
          .slot_commodity = plan_.slot_commodity.data(),
          .output_amount = plan_.output_amount.data(),
          .output_yield = plan_.output_yield.data(),
          .output_surplus = plan_.output_surplus.data(),
          .output_target = plan_.output_target.data(),
          .output_room = plan_.output_room.data(),
          .output_drives = plan_.output_drives.data(),
          .output_commodity = plan_.output_commodity.data(),
          .output_mix = plan_.output_mix.data(),
          .mix_slot = plan_.mix_slot.data(),
          .mix_weight = plan_.mix_weight.data(),
          .output_routes = plan_.output_routes.data(),
          .route_share = plan_.route_share.data(),
          .route_slot = plan_.route_slot.data(),
          .slot_routes = plan_.slot_routes.data(),
          .slot_at_once = plan_.slot_at_once.data(),
          .in_route = plan_.in_route.data(),
          .in_output = plan_.in_output.data(),
          .in_lead = plan_.in_lead.data(),
          .in_weight = plan_.in_weight.data(),
          .use_waits = plan_.use_waits.data(),
          .zero = 0.0,
          .refill = frozen ? 0.0 : pace(options_.adjustment),
          .learn = frozen ? 0.0 : pace(options_.forecast),
          .overtime = frozen ? 0.0 : options_.overtime,
          .overtime_pace = pace(options_.overtime_time),
          .frozen = frozen,
          .keep_goals = !frozen && !plan_.spare_routes.empty(),
          .keep_plans = !plan_.reserves.empty(),
          .count_at_once = plan_.reserves.empty() && (frozen || plan_.spare_routes.empty())};
}

LODE_INLINE StepState SimulationBlock::state_view() {
  Held& h = held_;
  return {.stock = h.stock.data(),
          .incoming = h.incoming.data(),
          .on_order = h.on_order.data(),
          .longer = h.longer.data(),
          .order = h.order.data(),
          .goal = h.goal.data(),
          .taken = h.taken.data(),
          .goods = h.goods.data(),
          .kept = h.kept.data(),
          .run = h.run.data(),
          .spilled = h.spilled.data(),
          .pull = h.pull.data(),
          .activity = h.activity.data(),
          .capacity = h.capacity.data(),
          .expected = h.expected.data(),
          .effort = h.effort.data(),
          .planned = h.planned.data(),
          .wanted = h.wanted.data(),
          .waiting = h.waiting.data(),
          .delivered = h.delivered.data(),
          .shipped = h.shipped.data(),
          .made = h.made.data(),
          .used = h.used.data(),
          .given = h.given.data(),
          .lost = h.lost.data(),
          .held = h.held.data(),
          .most = h.most.data(),
          .spread = h.spread.data(),
          .stored = stored_.data(),
          .limited = limited_.data(),
          .redirected = static_cast<std::uint32_t>(redirected_.size()),
          .redirected_slots = redirected_.data(),
          .elsewhere = elsewhere_.data(),
          .nominal = nominal_.data(),
          .restricted = restricted_.data(),
          .limit = limit_now_.data(),
          .open = open_.data(),
          .applies = applies_.data(),
          .arrivals = nullptr,
          .pipeline = pipeline_.data(),
          .keep_shipped = options_.record_routes,
          .delays = !licences_.empty()};
}

LODE_INLINE void SimulationBlock::start(std::span<const std::vector<Snapshot>> timelines) {
  lanes_ = static_cast<std::uint32_t>(timelines.size());
  width_ = kernel(lanes_ > 1).width;
  const auto fill = [this](AlignedVector& to, std::size_t count, double value) {
    to.assign(count * width_, value);
  };
  const auto spread = [this](AlignedVector& to, const std::vector<double>& from) {
    to.resize(from.size() * width_);
    for (std::size_t i = 0; i < from.size(); ++i)
      std::fill_n(to.begin() + static_cast<std::ptrdiff_t>(i * width_), width_, from[i]);
  };
  Held& h = held_;
  spread(h.stock, plan_.slot_start);
  spread(h.on_order, plan_.slot_transit);
  spread(h.goods, plan_.output_start);
  for (AlignedVector* by_slot : {&h.incoming, &h.longer, &h.order, &h.goal, &h.taken})
    fill(*by_slot, plan_.slots(), 0.0);
  for (AlignedVector* by_output : {&h.kept, &h.run, &h.spilled, &h.most, &h.spread}) fill(*by_output, plan_.outputs(), 0.0);
  for (AlignedVector* by_facility : {&h.activity, &h.effort, &h.planned})
    fill(*by_facility, plan_.facilities(), 0.0);
  spread(h.expected, std::vector<double>(plan_.facility_runs.begin(), plan_.facility_runs.end()));
  for (AlignedVector* by_use : {&h.waiting, &h.delivered}) fill(*by_use, plan_.end_uses(), 0.0);
  // One row more than the longest lead time: what was shipped longest ago arrives as the first step begins.
  fill(h.calendar, (plan_.longest_lead + 1) * plan_.slots(), 0.0);
  pipeline_.assign(plan_.longest_lead + 1, nullptr);
  for (std::uint32_t s = 0; s < plan_.slots(); ++s) {
    for (std::uint32_t i = plan_.slot_routes[s]; i < plan_.slot_at_once[s]; ++i) {
      for (std::uint32_t step = 0; step < plan_.in_lead[i]; ++step) {
        double* const due = arrivals(step) + at(s, 0);
        for (std::uint32_t lane = 0; lane < width_; ++lane) due[lane] += plan_.in_weight[i];
      }
    }
  }
  fill(h.shipped, plan_.routes(), 0.0);
  for (AlignedVector* by_commodity : {&h.made, &h.used, &h.given, &h.lost, &h.held}) {
    fill(*by_commodity, network_.commodities().size(), 0.0);
  }
  // Whoever sells nothing runs all the same.
  std::vector<double> pull(plan_.outputs(), 0.0);
  for (std::uint32_t f = 0; f < plan_.facilities(); ++f) {
    bool any = false;
    for (std::uint32_t k = plan_.facility_outputs[f]; k < plan_.facility_outputs[f + 1]; ++k) {
      if (plan_.output_drives[k] != 0) pull[k] = 1.0;
      any = any || plan_.output_drives[k] != 0;
    }
    if (!any && plan_.facility_runs[f] != 0 && plan_.facility_outputs[f] < plan_.facility_outputs[f + 1]) pull[plan_.facility_outputs[f]] = 1.0;
  }
  spread(h.pull, pull);
  spread(limit_now_, plan_.route_limit);
  fill(open_, plan_.routes(), 1.0);
  fill(applies_, plan_.routes(), 1.0);
  fill(restricted_, plan_.routes(), 0.0);
  fill(nominal_, plan_.slots(), 0.0);
  fill(h.capacity, plan_.facilities(), 0.0);
  fill(h.wanted, plan_.end_uses(), 0.0);
  fill(weight_, plan_.end_uses(), 1.0);
  fill(rates_, plan_.reserves.size(), 0.0);
  fill(spare_open_, plan_.spare_routes.size(), 1.0);
  fill(spare_shipped_, plan_.spare_routes.size(), 0.0);
  fill(asked_spare_, plan_.outputs(), 0.0);
  fill(sold_spare_, plan_.outputs(), 0.0);
  reserves_.clear();
  for (const SimulationPlan::Reserve& reserve : plan_.reserves)
    reserves_.insert(reserves_.end(), width_, reserve.amount);
  system_ = system_view();
  mark_limited(timelines);
  set_up_licences(timelines);
  // Neutral for everything, lanes beyond the last scenario included.
  Snapshot everything;
  for (std::uint32_t f = 0; f < plan_.facilities(); ++f) everything.activity.push_back({FacilityId{f}});
  for (std::uint32_t e = 0; e < plan_.end_uses(); ++e) {
    everything.demand.push_back({EndUseId{e}});
    everything.weights.push_back({EndUseId{e}});
  }
  for (std::uint32_t lane = 0; lane < width_; ++lane) {
    set_neutral(everything, lane);
    find_alternatives(lane);
  }
  count();
  before_ = h.held;
}

LODE_INLINE double SimulationBlock::route_class(std::uint32_t route, std::uint32_t lane) const {
  const std::uint32_t slot = plan_.route_slot[route];
  return plan_.slot_facility[slot] == SimulationPlan::none ? weight_[at(slot - plan_.use_slot(0), lane)] : 1.0;
}

/// Outputs with limits in some lane at some time, those whose customers are not all alike, and where orders may turn.
LODE_INLINE void SimulationBlock::mark_limited(std::span<const std::vector<Snapshot>> timelines) {
  limited_.assign(plan_.outputs(), 0);
  by_class_.assign(plan_.outputs(), 0);
  redirect_of_.assign(plan_.slots(), SimulationPlan::none);
  redirected_.clear();
  const auto may_turn = [this](std::uint32_t slot) {
    if (redirect_of_[slot] != SimulationPlan::none) return;
    redirect_of_[slot] = static_cast<std::uint32_t>(redirected_.size());
    redirected_.push_back(slot);
  };
  const auto withheld = [&](RouteId id) {
    const std::uint32_t r = places_of_[id.index()];
    if (r == SimulationPlan::none) return;
    limited_[plan_.route_output[r]] = 1;
    may_turn(plan_.route_slot[r]);
  };
  const auto cut = [&](const ActivityLimit& row) {
    const std::size_t f = row.facility.index();
    if (options_.orders == Orders::frozen) return;
    for (std::uint32_t k = plan_.facility_outputs[f]; k < plan_.facility_outputs[f + 1]; ++k) {
      limited_[k] = 1;
      for (std::uint32_t r = plan_.output_routes[k]; r < plan_.output_routes[k + 1]; ++r) may_turn(plan_.route_slot[r]);
    }
  };
  std::vector<bool> weighs(plan_.end_uses(), false);
  for (const std::vector<Snapshot>& timeline : timelines) {
    for (const Snapshot& snapshot : timeline) {
      for (const RouteOpenness& row : snapshot.routes) withheld(row.route);
      for (const RouteLicence& row : snapshot.licences) withheld(row.route);
      for (const ActivityLimit& row : snapshot.activity) cut(row);
      for (const EndUseFactor& row : snapshot.weights) weighs[row.end_use.index()] = true;
    }
  }
  for (std::uint32_t e = 0; e < plan_.end_uses(); ++e) {
    if (options_.rationing == Rationing::priority && network_.end_uses()[e].weight != 1.0) weighs[e] = true;
  }
  for (std::uint32_t r = 0; r < plan_.routes(); ++r) {
    const std::uint32_t slot = plan_.route_slot[r];
    const bool to_use = plan_.slot_facility[slot] == SimulationPlan::none;
    if (std::isfinite(plan_.route_limit[r])) limited_[plan_.route_output[r]] = 1;
    if (to_use && weighs[slot - plan_.use_slot(0)]) by_class_[plan_.route_output[r]] = 1;
  }
  std::size_t most = 0;
  for (std::uint32_t k = 0; k < plan_.outputs(); ++k) {
    most = std::max<std::size_t>(most, plan_.output_routes[k + 1] - plan_.output_routes[k]);
  }
  for (std::vector<double>* by_route : {&possible_, &amount_, &class_}) by_route->assign(most, 0.0);
  suppliers_.assign(redirected_.size(), {});
  for (std::uint32_t r = 0; r < plan_.routes(); ++r) {
    const std::uint32_t redirect = redirect_of_[plan_.route_slot[r]];
    if (redirect != SimulationPlan::none) suppliers_[redirect].push_back(r);
  }
  elsewhere_.assign(redirected_.size() * width_, 1.0);
}

LODE_INLINE void SimulationBlock::set_up_licences(std::span<const std::vector<Snapshot>> timelines) {
  licence_of_.assign(plan_.routes(), SimulationPlan::none);
  licences_.clear();
  licensed_.clear();
  // By route, so that the order of sums is the same whoever runs beside a scenario.
  std::set<std::uint32_t> routes;
  for (const std::vector<Snapshot>& timeline : timelines) {
    for (const Snapshot& snapshot : timeline) {
      for (const RouteLicence& row : snapshot.licences) {
        const std::uint32_t r = places_of_[row.route.index()];
        if (r != SimulationPlan::none) routes.insert(r);
      }
    }
  }
  for (const std::uint32_t r : routes) {
    licence_of_[r] = static_cast<std::uint32_t>(licences_.size());
    licensed_.push_back(r);
    licences_.push_back({std::vector<RouteLicence>(width_, RouteLicence{{}, 0.0}), std::vector<LicenceQueue>(width_)});
  }
  for (std::uint32_t lane = 0; lane < width_; ++lane) {
    std::vector<std::vector<double>> levels(licences_.size());
    for (std::size_t i = 0; lane < lanes_ && i < timelines[lane].size(); ++i) {
      for (const RouteLicence& row : timelines[lane][i].licences) {
        const std::uint32_t r = places_of_[row.route.index()];
        if (r != SimulationPlan::none) levels[licence_of_[r]].push_back(row.approved);
      }
    }
    for (std::size_t i = 0; i < levels.size(); ++i) licences_[i].queue[lane].reset(levels[i]);
  }
  licensed_route_.assign(plan_.routes(), 0);
  std::vector<bool> needs_host(by_class_.begin(), by_class_.end());
  for (const std::uint32_t r : licensed_) {
    licensed_route_[r] = 1;
    needs_host[plan_.route_output[r]] = true;
  }
  host_outputs_.clear();
  stored_.assign(plan_.outputs(), 0);
  for (std::uint32_t k = 0; k < plan_.outputs(); ++k) {
    if (needs_host[k]) host_outputs_.push_back(k);
    stored_[k] = system_.frozen || limited_[k] != 0 || by_class_[k] != 0 ? 1 : 0;
  }
}

/// What may leave over a route now, and whether its orders can go elsewhere.
LODE_INLINE void SimulationBlock::set_limit(std::uint32_t r, std::uint32_t lane) {
  const std::size_t i = at(r, lane);
  double limit = plan_.route_limit[r];
  double applies = 1.0;
  bool restricted = open_[i] < 1.0;
  if (restricted) limit = std::min(limit, open_[i]);
  // Who goes elsewhere for what a plant can not make does not ask it for more meanwhile.
  const std::uint32_t seller = plan_.output_facility[plan_.route_output[r]];
  restricted = restricted || (held_.capacity[at(seller, lane)] < 1.0 && redirect_of_[plan_.route_slot[r]] != SimulationPlan::none);
  if (licence_of_[r] != SimulationPlan::none) {
    const Licensed& licence = licences_[licence_of_[r]];
    const RouteLicence& rule = licence.rule[lane];
    if (rule.active > 0.0) {
      restricted = true;
      // The queue is a part of the yard; time that the authority takes anyway does not fill it.
      const double room = options_.yard.in(days) / options_.step_days + delay_in_steps(rule) + 1.0;
      limit = std::min(limit, std::max(0.0, room - licence.queue[lane].held()));
      const double approved = 1.0 - rule.active * (1.0 - rule.approved);
      if (approved < 1.0) applies = approved > 0.0 ? 1.0 / approved : 1e300;
    }
  }
  limit_now_[i] = limit;
  restricted_[i] = restricted ? 1.0 : 0.0;
  applies_[i] = applies;
}

LODE_INLINE void SimulationBlock::set_limits_of(std::uint32_t f, std::uint32_t lane) {
  for (std::uint32_t k = plan_.facility_outputs[f]; k < plan_.facility_outputs[f + 1]; ++k) {
    if (limited_[k] == 0) continue;
    for (std::uint32_t r = plan_.output_routes[k]; r < plan_.output_routes[k + 1]; ++r) set_limit(r, lane);
  }
}

LODE_INLINE void SimulationBlock::set_neutral(const Snapshot& snapshot, std::uint32_t lane) {
  const bool frozen = options_.orders == Orders::frozen;
  for (const ActivityLimit& row : snapshot.activity) {
    const auto f = static_cast<std::uint32_t>(row.facility.index());
    held_.capacity[at(f, lane)] = frozen ? plan_.facility_runs[f] : plan_.facility_capacity[f];
    set_limits_of(f, lane);
  }
  for (const RouteOpenness& row : snapshot.routes) {
    const std::uint32_t r = places_of_[row.route.index()];
    (r != SimulationPlan::none ? open_[at(r, lane)] : spare_open_[at(spare_of_[row.route.index()], lane)]) = 1.0;
    if (r != SimulationPlan::none) set_limit(r, lane);
  }
  for (const EndUseFactor& row : snapshot.demand) {
    const auto e = static_cast<std::uint32_t>(row.end_use.index());
    held_.wanted[at(e, lane)] = wanted_of(plan_.use_inflow[e], 1.0);
  }
  for (const EndUseFactor& row : snapshot.weights) {
    const auto e = static_cast<std::uint32_t>(row.end_use.index());
    weight_[at(e, lane)] = options_.rationing == Rationing::priority ? network_.end_uses()[e].weight : 1.0;
  }
  if (!snapshot.releases.empty()) {
    for (std::uint32_t i = 0; i < plan_.reserves.size(); ++i) rates_[at(i, lane)] = 0.0;
    for (const ReserveRelease& row : snapshot.releases) {
      if (!row.holder.is_end_use()) continue;
      const auto e = static_cast<std::uint32_t>(row.holder.end_use().index());
      held_.wanted[at(e, lane)] = wanted_of(plan_.use_inflow[e], 1.0);
    }
  }
  for (const RouteLicence& row : snapshot.licences) {
    const std::uint32_t r = places_of_[row.route.index()];
    if (r != SimulationPlan::none) {
      licences_[licence_of_[r]].rule[lane].active = 0.0;
      set_limit(r, lane);
    } else {
      spare_open_[at(spare_of_[row.route.index()], lane)] = 1.0;
    }
  }
}

LODE_INLINE void SimulationBlock::apply(const Snapshot& snapshot, std::uint32_t lane) {
  const bool frozen = options_.orders == Orders::frozen;
  for (const ActivityLimit& row : snapshot.activity) {
    const auto f = static_cast<std::uint32_t>(row.facility.index());
    if (frozen && plan_.facility_runs[f] == 0) continue;
    const double before = frozen ? 1.0 : plan_.facility_capacity[f];
    const double limit = std::max(0.0, row.factor * before + row.add / plan_.facility_unit[f]);
    held_.capacity[at(f, lane)] = frozen ? std::min(1.0, limit) : limit;
    set_limits_of(f, lane);
  }
  for (const RouteOpenness& row : snapshot.routes) {
    const std::uint32_t r = places_of_[row.route.index()];
    if (r != SimulationPlan::none) {
      open_[at(r, lane)] = row.open;
      set_limit(r, lane);
    } else if (row.open < 1.0) {
      // A part of what the base year shipped, which is nothing.
      spare_open_[at(spare_of_[row.route.index()], lane)] = 0.0;
    }
  }
  for (const EndUseFactor& row : snapshot.demand) {
    const auto e = static_cast<std::uint32_t>(row.end_use.index());
    const double inflow = plan_.use_inflow[e];
    held_.wanted[at(e, lane)] = wanted_of(inflow, row.factor);
  }
  for (const EndUseFactor& row : snapshot.weights)
    weight_[at(static_cast<std::uint32_t>(row.end_use.index()), lane)] *= row.factor;
  for (const ReserveRelease& row : snapshot.releases) {
    for (std::uint32_t i = 0; i < plan_.reserves.size(); ++i) {
      const SimulationPlan::Reserve& reserve = plan_.reserves[i];
      if (reserve.holder != row.holder || reserve.commodity != row.commodity) continue;
      rates_[at(i, lane)] = row.rate;
      if (!row.holder.is_end_use()) continue;
      // A reserve also serves what the base year leaves unmet.
      const auto e = static_cast<std::uint32_t>(row.holder.end_use().index());
      double factor = 1.0;
      for (const EndUseFactor& change : snapshot.demand) {
        if (change.end_use == row.holder.end_use()) factor = change.factor;
      }
      const double inflow = plan_.use_inflow[e];
      held_.wanted[at(e, lane)] = plan_.use_demand[e] > 0.0 ? factor / (inflow > 0.0 ? inflow : 1.0) : 0.0;
    }
  }
  for (const RouteLicence& row : snapshot.licences) {
    const std::uint32_t r = places_of_[row.route.index()];
    if (r != SimulationPlan::none) {
      licences_[licence_of_[r]].rule[lane] = row;
      set_limit(r, lane);
    } else {
      // Trade that is new meanwhile does not pass an office that delays or refuses.
      const bool free = row.approved == 1.0 && row.delay_days == 0.0;
      double& open = spare_open_[at(spare_of_[row.route.index()], lane)];
      open = free ? open : 0.0;
    }
  }
}

/// What a ban, an unapproved licence or an outage withholds from a buyer is ordered from the suppliers that are left.
LODE_INLINE void SimulationBlock::find_alternatives(std::uint32_t lane) {
  if (options_.orders == Orders::frozen) return;
  for (std::uint32_t i = 0; i < redirected_.size(); ++i) {
    double open = 0.0, longer = 0.0;
    for (const std::uint32_t r : suppliers_[i]) {
      // A supplier's own outage is known to its customers; one further up the chain is not.
      const double runs = held_.capacity[at(plan_.output_facility[plan_.route_output[r]], lane)];
      double share = open_[at(r, lane)] * std::min(1.0, runs);
      if (licence_of_[r] != SimulationPlan::none) {
        const RouteLicence& rule = licences_[licence_of_[r]].rule[lane];
        share *= 1.0 - rule.active * (1.0 - rule.approved);
        longer += plan_.route_weight[r] * rule.active * delay_in_steps(rule);
      }
      open += plan_.route_weight[r] * share;
    }
    held_.longer[at(redirected_[i], lane)] = longer;
    // Weights add up to 1 in another order of the sum.
    elsewhere_[at(i, lane)] = open > 0.0 && open < 1.0 - 1e-12 ? 1.0 / open : 1.0;
  }
}

/// Shares out `goods` of an output among its routes: `amount_` of what is `possible_`. Higher classes first; within a
/// class by baseline entitlement, and what some leave over by open orders. Returns what is sent.
LODE_INLINE double SimulationBlock::ration(std::uint32_t output, std::uint32_t lane, double goods) {
  const std::uint32_t first = plan_.output_routes[output];
  const std::uint32_t count = plan_.output_routes[output + 1] - first;
  std::set<double, std::greater<>> classes;
  for (std::uint32_t i = 0; i < count; ++i) {
    class_[i] = route_class(first + i, lane);
    classes.insert(class_[i]);
  }
  double sent = 0.0;
  double left = goods;
  for (const double level : classes) {
    double share = 0.0, asked = 0.0, entitled = 0.0;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (class_[i] == level) share += plan_.route_share[first + i];
    }
    const double each = left / share;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (class_[i] != level) continue;
      asked += plan_.route_share[first + i] * possible_[i];
      entitled += plan_.route_share[first + i] * std::min(possible_[i], each);
    }
    const bool is_short = left < asked;
    const double open = asked - entitled;
    const double spread = is_short ? (left - entitled) / (open > 0.0 ? open : 1.0) : 0.0;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (class_[i] != level) continue;
      amount_[i] = is_short ? std::min(possible_[i], each) : possible_[i];
      amount_[i] += spread * (possible_[i] - amount_[i]);
    }
    sent += is_short ? left : asked;
    left = is_short ? 0.0 : left - asked;
  }
  return sent;
}

/// An output whose customers are not all alike.
LODE_INLINE void SimulationBlock::ship_by_class(std::uint32_t output, std::uint32_t step) {
  const std::uint32_t first = plan_.output_routes[output];
  const std::uint32_t count = plan_.output_routes[output + 1] - first;
  for (std::uint32_t lane = 0; lane < width_; ++lane) {
    const std::size_t k = at(output, lane);
    const double goods = held_.goods[k];
    double asked = 0.0, can_leave = 0.0;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::size_t r = at(first + i, lane), slot = at(plan_.route_slot[first + i], lane);
      const double order = restricted_[r] > 0.0 ? nominal_[slot] : held_.order[slot];
      possible_[i] = std::min(order, limit_now_[r]);
      asked += plan_.route_share[first + i] * order;
      can_leave += plan_.route_share[first + i] * possible_[i];
    }
    const double sent = ration(output, lane, goods);
    double left = 0.0, lost = 0.0, pull = 0.0;
    portable::Steps<portable::Single>::settle_values(system_, output, goods, sent, asked, can_leave, held_.run[k], left,
                                                     lost, pull);
    held_.spilled[k] = lost;
    held_.lost[at(plan_.output_commodity[output], lane)] += plan_.output_amount[output] * lost;
    if (plan_.output_drives[output] != 0) held_.pull[k] = pull;
    held_.goods[k] = left;
    for (std::uint32_t i = 0; i < count; ++i) send(first + i, lane, step, amount_[i]);
  }
}

/// What the kernel has shared out, over the routes of an output that need a licence in some lane.
LODE_INLINE void SimulationBlock::send_licensed(std::uint32_t output, std::uint32_t step) {
  for (std::uint32_t r = plan_.output_routes[output]; r < plan_.output_routes[output + 1]; ++r) {
    if (licensed_route_[r] == 0) continue;
    for (std::uint32_t lane = 0; lane < width_; ++lane) send(r, lane, step, held_.shipped[at(r, lane)]);
  }
}

/// Through the licence, if one is needed.
LODE_INLINE void SimulationBlock::send(std::uint32_t r, std::uint32_t lane, std::uint32_t step, double amount) {
  double leaves = amount;
  double pending = 0.0;  // change of what waits and is not decided
  if (licence_of_[r] != SimulationPlan::none) {
    Licensed& licence = licences_[licence_of_[r]];
    const RouteLicence& rule = licence.rule[lane];
    LicenceQueue& queue = licence.queue[lane];
    const double before = queue.pending();
    if (rule.active > 0.0) {
      const double waits = amount * rule.active;
      const LicenceQueue::Outcome outcome = queue.decide(step, waits, delay_in_steps(rule), rule);
      leaves = amount - waits + outcome.released;
      // What is refused can be sold to others.
      held_.goods[at(plan_.route_output[r], lane)] += plan_.route_share[r] * outcome.refused;
    } else if (queue.held() > 0.0) {
      leaves += queue.release_all();
    }
    pending = queue.pending() - before;
    if (rule.active > 0.0) set_limit(r, lane);  // less or more room in the queue
  }
  held_.shipped[at(r, lane)] = leaves;
  if (pending != 0.0) held_.on_order[at(plan_.route_slot[r], lane)] += plan_.route_weight[r] * pending;
}

LODE_INLINE void SimulationBlock::keep(SimulationRecord& record) const {
  const auto append = [](std::vector<double>& table, const AlignedVector& row) {
    table.insert(table.end(), row.begin(), row.end());
  };
  const auto append_sum = [](std::vector<double>& table, const AlignedVector& a, const AlignedVector& b,
                             std::size_t first) {
    const std::size_t row = table.size();
    table.resize(row + a.size() - first);
    for (std::size_t i = first; i < a.size(); ++i) table[row + i - first] = a[i] + b[i];
  };
  append(record.delivered, held_.delivered);
  append(record.waiting, held_.waiting);
  append_sum(record.stock, held_.stock, held_.incoming, options_.record_facilities ? 0 : at(plan_.use_slot(0), 0));
  if (options_.record_facilities) {
    append(record.activity, held_.activity);
    append_sum(record.finished, held_.goods, held_.kept, 0);
  }
  if (!options_.record_routes) return;
  append(record.shipped, held_.shipped);
  append(record.spare_shipped, spare_shipped_);
  for (const Licensed& licence : licences_) {
    for (std::uint32_t lane = 0; lane < width_; ++lane) record.held.push_back(licence.queue[lane].held());
  }
}

LODE_INLINE bool SimulationBlock::run(std::span<const std::vector<Snapshot>> timelines, std::size_t steps,
                                      const std::function<bool(std::size_t)>& proceed, SimulationRecord& record) {
  start(timelines);
  record.clear();
  record.width = width_;
  record.steps = steps;
  record.licensed = licensed_;
  record.residual.assign(width_, 0.0);
  record.opening.assign(before_.begin(), before_.end());
  for (std::vector<double>* sums : {&record.made, &record.used, &record.given, &record.lost, &record.sourced}) {
    sums->assign(network_.commodities().size() * width_, 0.0);
  }
  const auto reserve = [&](std::vector<double>& table, std::size_t items) { table.reserve(items * width_ * steps); };
  for (std::vector<double>* by_use : {&record.delivered, &record.waiting})
    reserve(*by_use, plan_.end_uses());
  reserve(record.stock, options_.record_facilities ? plan_.slots() : plan_.end_uses());
  if (options_.record_facilities) {
    reserve(record.activity, plan_.facilities());
    reserve(record.finished, plan_.outputs());
  }
  if (options_.record_routes) reserve(record.shipped, plan_.routes());

  const StepKernel& steps_of = kernel(lanes_ > 1);
  std::vector<const Snapshot*> current(lanes_, nullptr);
  std::vector<std::size_t> next(lanes_, 0);
  for (std::uint32_t step = 0; step < steps; ++step) {
    if (!proceed(step)) return false;
    for (std::uint32_t lane = 0; lane < lanes_; ++lane) {
      if (next[lane] == timelines[lane].size() || timelines[lane][next[lane]].step != step) continue;
      if (current[lane] != nullptr) set_neutral(*current[lane], lane);
      current[lane] = &timelines[lane][next[lane]++];
      apply(*current[lane], lane);
      find_alternatives(lane);
    }
    for (std::uint32_t lead = 0; lead <= plan_.longest_lead; ++lead) pipeline_[lead] = arrivals(step + lead);
    StepState state = state_view();
    state.arrivals = arrivals(step);
    steps_of.make(system_, state);
    steps_of.redirect(system_, state);
    // In the order of the outputs, so that sums do not depend on which of them the host ships.
    std::uint32_t begin = 0;
    for (const std::uint32_t output : host_outputs_) {
      const bool by_class = by_class_[output] != 0 && !system_.frozen;
      steps_of.ship(system_, state, begin, by_class ? output : output + 1);
      if (by_class) {
        ship_by_class(output, step);
      } else {
        send_licensed(output, step);
      }
      begin = output + 1;
    }
    steps_of.ship(system_, state, begin, plan_.outputs());
    steps_of.deliver(system_, state);
    trade_spare();
    release_reserves(step);
    check(record);
    keep(record);
  }
  check_pipelines(record, steps);
  record.closing.assign(before_.begin(), before_.end());
  record.by_item();
  return true;
}

}  // namespace lode::inline LODE_ABI::detail
