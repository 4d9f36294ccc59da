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
  places_of_.assign(network.routes().size(), SimulationPlan::none);
  for (std::uint32_t r = 0; r < plan.routes(); ++r) places_of_[plan.route_id[r].index()] = r;
  spare_of_.assign(network.routes().size(), SimulationPlan::none);
  for (std::uint32_t i = 0; i < plan.spare_routes.size(); ++i) spare_of_[plan.spare_routes[i].id.index()] = i;
  ring_now_.assign(plan.longest_lead + 1, 0);
  ring_next_.assign(plan.longest_lead + 1, 0);
}

LODE_INLINE StepSystem SimulationBlock::system_view() const {
  const double step = options_.step_days;
  const auto pace = [step](Days time) { return std::min(1.0, step / std::max(step, time.in(days))); };
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
          .route_weight = plan_.route_weight.data(),
          .route_slot = plan_.route_slot.data(),
          .route_lead = plan_.route_lead.data(),
          .route_ring = plan_.route_ring.data(),
          .use_waits = plan_.use_waits.data(),
          .refill = frozen ? 0.0 : pace(options_.adjustment),
          .learn = frozen ? 0.0 : pace(options_.forecast),
          .overtime = frozen ? 0.0 : options_.overtime,
          .overtime_pace = pace(options_.overtime_time),
          .frozen = frozen};
}

LODE_INLINE StepState SimulationBlock::state_view() {
  Held& h = held_;
  return {.stock = h.stock.data(),
          .incoming = h.incoming.data(),
          .due = h.due.data(),
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
          .ring = h.ring.data(),
          .shipped = h.shipped.data(),
          .made = h.made.data(),
          .used = h.used.data(),
          .given = h.given.data(),
          .lost = h.lost.data(),
          .held = h.held.data(),
          .ring_now = ring_now_.data(),
          .ring_next = ring_next_.data()};
}

LODE_INLINE void SimulationBlock::start(std::span<const std::vector<Snapshot>> timelines) {
  lanes_ = static_cast<std::uint32_t>(timelines.size());
  width_ = lanes_ == 1 ? 1 : packed_step_kernel().width;
  const auto fill = [this](std::vector<double>& to, std::size_t count, double value) {
    to.assign(count * width_, value);
  };
  const auto spread = [this](std::vector<double>& to, const std::vector<double>& from) {
    to.resize(from.size() * width_);
    for (std::size_t i = 0; i < from.size(); ++i)
      std::fill_n(to.begin() + static_cast<std::ptrdiff_t>(i * width_), width_, from[i]);
  };
  Held& h = held_;
  spread(h.stock, plan_.slot_start);
  spread(h.on_order, plan_.slot_transit);
  spread(h.goods, plan_.output_start);
  for (std::vector<double>* by_slot : {&h.incoming, &h.due, &h.longer, &h.order, &h.goal, &h.taken})
    fill(*by_slot, plan_.slots(), 0.0);
  for (std::vector<double>* by_output : {&h.kept, &h.run, &h.spilled}) fill(*by_output, plan_.outputs(), 0.0);
  for (std::vector<double>* by_facility : {&h.activity, &h.effort, &h.planned})
    fill(*by_facility, plan_.facilities(), 0.0);
  spread(h.expected, std::vector<double>(plan_.facility_runs.begin(), plan_.facility_runs.end()));
  for (std::vector<double>* by_use : {&h.waiting, &h.delivered}) fill(*by_use, plan_.end_uses(), 0.0);
  fill(h.ring, plan_.ring_size, 1.0);
  fill(h.shipped, plan_.routes(), 0.0);
  for (std::vector<double>* by_commodity : {&h.made, &h.used, &h.given, &h.lost, &h.held}) {
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
  spread(limit_, plan_.route_limit);
  fill(open_, plan_.routes(), 1.0);
  fill(h.capacity, plan_.facilities(), 0.0);
  fill(h.wanted, plan_.end_uses(), 0.0);
  fill(weight_, plan_.end_uses(), 1.0);
  fill(rates_, plan_.reserves.size(), 0.0);
  fill(spare_open_, plan_.spare_routes.size(), 1.0);
  fill(spare_shipped_, plan_.spare_routes.size(), 0.0);
  fill(spare_ring_, plan_.spare_ring_size, 0.0);
  fill(asked_spare_, plan_.outputs(), 0.0);
  fill(sold_spare_, plan_.outputs(), 0.0);
  spare_quiet_ = plan_.longest_lead + 1;
  reserves_.clear();
  for (const SimulationPlan::Reserve& reserve : plan_.reserves)
    reserves_.insert(reserves_.end(), width_, reserve.amount);
  mark_special(timelines);
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

/// Outputs that need more than the common loop in some lane at some time.
LODE_INLINE void SimulationBlock::mark_special(std::span<const std::vector<Snapshot>> timelines) {
  special_.assign(plan_.outputs(), 0);
  redirect_of_.assign(plan_.slots(), SimulationPlan::none);
  redirected_.clear();
  const auto withheld = [this](RouteId id) {
    const std::uint32_t r = places_of_[id.index()];
    if (r == SimulationPlan::none) return;
    special_[plan_.route_output[r]] = 1;
    std::uint32_t& redirect = redirect_of_[plan_.route_slot[r]];
    if (redirect != SimulationPlan::none) return;
    redirect = static_cast<std::uint32_t>(redirected_.size());
    redirected_.push_back(plan_.route_slot[r]);
  };
  std::vector<bool> weighs(plan_.end_uses(), false);
  for (const std::vector<Snapshot>& timeline : timelines) {
    for (const Snapshot& snapshot : timeline) {
      for (const RouteOpenness& row : snapshot.routes) withheld(row.route);
      for (const RouteLicence& row : snapshot.licences) withheld(row.route);
      for (const EndUseFactor& row : snapshot.weights) weighs[row.end_use.index()] = true;
    }
  }
  for (std::uint32_t e = 0; e < plan_.end_uses(); ++e) {
    if (options_.rationing == Rationing::priority && network_.end_uses()[e].weight != 1.0) weighs[e] = true;
  }
  for (std::uint32_t r = 0; r < plan_.routes(); ++r) {
    const std::uint32_t slot = plan_.route_slot[r];
    const bool to_use = plan_.slot_facility[slot] == SimulationPlan::none;
    if (std::isfinite(plan_.route_limit[r]) || (to_use && weighs[slot - plan_.use_slot(0)])) {
      special_[plan_.route_output[r]] = 1;
    }
  }
  special_outputs_.clear();
  std::size_t most = 0;
  for (std::uint32_t k = 0; k < plan_.outputs(); ++k) {
    if (special_[k] == 0) continue;
    special_outputs_.push_back(k);
    most = std::max<std::size_t>(most, plan_.output_routes[k + 1] - plan_.output_routes[k]);
  }
  for (std::vector<double>* by_route : {&asked_, &possible_, &amount_, &class_}) by_route->assign(most, 0.0);
  suppliers_.assign(redirected_.size(), {});
  for (std::uint32_t r = 0; r < plan_.routes(); ++r) {
    const std::uint32_t redirect = redirect_of_[plan_.route_slot[r]];
    if (redirect != SimulationPlan::none) suppliers_[redirect].push_back(r);
  }
  elsewhere_.assign(redirected_.size() * width_, 1.0);
  nominal_.assign(redirected_.size() * width_, 0.0);
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
}

LODE_INLINE void SimulationBlock::set_neutral(const Snapshot& snapshot, std::uint32_t lane) {
  const bool frozen = options_.orders == Orders::frozen;
  for (const ActivityLimit& row : snapshot.activity) {
    const auto f = static_cast<std::uint32_t>(row.facility.index());
    held_.capacity[at(f, lane)] = frozen ? plan_.facility_runs[f] : plan_.facility_capacity[f];
  }
  for (const RouteOpenness& row : snapshot.routes) {
    const std::uint32_t r = places_of_[row.route.index()];
    (r != SimulationPlan::none ? open_[at(r, lane)] : spare_open_[at(spare_of_[row.route.index()], lane)]) = 1.0;
  }
  for (const EndUseFactor& row : snapshot.demand) {
    const auto e = static_cast<std::uint32_t>(row.end_use.index());
    held_.wanted[at(e, lane)] = plan_.use_inflow[e] > 0.0 ? 1.0 : 0.0;
  }
  for (const EndUseFactor& row : snapshot.weights) {
    const auto e = static_cast<std::uint32_t>(row.end_use.index());
    weight_[at(e, lane)] = options_.rationing == Rationing::priority ? network_.end_uses()[e].weight : 1.0;
  }
  if (!snapshot.releases.empty()) {
    for (std::uint32_t i = 0; i < plan_.reserves.size(); ++i) rates_[at(i, lane)] = 0.0;
  }
  for (const RouteLicence& row : snapshot.licences) {
    const std::uint32_t r = places_of_[row.route.index()];
    if (r != SimulationPlan::none) {
      licences_[licence_of_[r]].rule[lane].active = 0.0;
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
  }
  for (const RouteOpenness& row : snapshot.routes) {
    const std::uint32_t r = places_of_[row.route.index()];
    if (r != SimulationPlan::none) {
      open_[at(r, lane)] = row.open;
    } else if (row.open < 1.0) {
      // A part of what the base year shipped, which is nothing.
      spare_open_[at(spare_of_[row.route.index()], lane)] = 0.0;
    }
  }
  for (const EndUseFactor& row : snapshot.demand) {
    const auto e = static_cast<std::uint32_t>(row.end_use.index());
    const double inflow = plan_.use_inflow[e];
    // Demand that the base year does not meet stays unmet; less demand takes from that part first.
    if (inflow > 0.0) held_.wanted[at(e, lane)] = std::min(row.factor / inflow, std::max(1.0, row.factor));
  }
  for (const EndUseFactor& row : snapshot.weights)
    weight_[at(static_cast<std::uint32_t>(row.end_use.index()), lane)] *= row.factor;
  for (const ReserveRelease& row : snapshot.releases) {
    for (std::uint32_t i = 0; i < plan_.reserves.size(); ++i) {
      const SimulationPlan::Reserve& reserve = plan_.reserves[i];
      if (reserve.holder == row.holder && reserve.commodity == row.commodity) rates_[at(i, lane)] = row.rate;
    }
  }
  for (const RouteLicence& row : snapshot.licences) {
    const std::uint32_t r = places_of_[row.route.index()];
    if (r != SimulationPlan::none) {
      licences_[licence_of_[r]].rule[lane] = row;
    } else {
      // Trade that is new meanwhile does not pass an office that delays or refuses.
      const bool free = row.approved == 1.0 && row.delay_days == 0.0;
      double& open = spare_open_[at(spare_of_[row.route.index()], lane)];
      open = free ? open : 0.0;
    }
  }
}

/// What a ban or an unapproved licence withholds from a buyer is ordered from the suppliers that are left.
LODE_INLINE void SimulationBlock::find_alternatives(std::uint32_t lane) {
  if (options_.orders == Orders::frozen) return;
  for (std::uint32_t i = 0; i < redirected_.size(); ++i) {
    double open = 0.0, longer = 0.0;
    for (const std::uint32_t r : suppliers_[i]) {
      double share = open_[at(r, lane)];
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

LODE_INLINE void SimulationBlock::redirect() {
  for (std::uint32_t i = 0; i < redirected_.size(); ++i) {
    for (std::uint32_t lane = 0; lane < width_; ++lane) {
      double& order = held_.order[at(redirected_[i], lane)];
      nominal_[at(i, lane)] = order;
      order *= elsewhere_[at(i, lane)];
    }
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
    double sent_here = 0.0;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (class_[i] != level) continue;
      amount_[i] = is_short ? std::min(possible_[i], each) : possible_[i];
      amount_[i] += spread * (possible_[i] - amount_[i]);
      sent_here += plan_.route_share[first + i] * amount_[i];
    }
    sent += sent_here;
    left = std::max(0.0, left - sent_here);
  }
  return sent;
}

LODE_INLINE void SimulationBlock::ship_special(std::uint32_t output, std::uint32_t step) {
  const StepSystem system = system_view();
  const std::uint32_t first = plan_.output_routes[output];
  const std::uint32_t count = plan_.output_routes[output + 1] - first;
  const double yard = options_.yard.in(days) / options_.step_days;
  for (std::uint32_t lane = 0; lane < width_; ++lane) {
    const double goods = held_.goods[at(output, lane)];
    double asked = 0.0, can_leave = 0.0;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t r = first + i;
      const std::uint32_t slot = plan_.route_slot[r];
      const double open = open_[at(r, lane)];
      const Licensed* const licence = licence_of_[r] == SimulationPlan::none ? nullptr : &licences_[licence_of_[r]];
      const bool licensed = licence != nullptr && licence->rule[lane].active > 0.0;
      const bool restricted = open < 1.0 || licensed;
      double order = held_.order[at(slot, lane)];
      if (restricted) order = nominal_[at(redirect_of_[slot], lane)];
      double possible = std::min(order, limit_[at(r, lane)]);
      if (open < 1.0) possible = std::min(possible, open);
      if (licensed) {
        // The queue is a part of the yard; time that the authority takes anyway does not fill it.
        const RouteLicence& rule = licence->rule[lane];
        const double room = yard + delay_in_steps(rule) + 1.0;
        possible = std::min(possible, std::max(0.0, room - licence->queue[lane].held()));
      }
      asked_[i] = order;
      possible_[i] = possible;
      asked += plan_.route_share[r] * order;
      can_leave += plan_.route_share[r] * possible;
    }
    double left = 0.0;
    if (system.frozen) {
      const double most = std::min(goods, 1.0);
      double sent = 0.0;
      for (std::uint32_t i = 0; i < count; ++i) {
        // Who needs less than his base year's share applies for what an approved part of it then gives.
        const std::uint32_t r = first + i;
        double applies = asked_[i];
        if (licence_of_[r] != SimulationPlan::none) {
          const RouteLicence& rule = licences_[licence_of_[r]].rule[lane];
          const double approved = 1.0 - rule.active * (1.0 - rule.approved);
          if (approved < 1.0 && asked_[i] > 0.0) applies = approved > 0.0 ? asked_[i] / approved : most;
        }
        amount_[i] = std::min(applies, open_[at(r, lane)] * most);
        sent += plan_.route_share[first + i] * amount_[i];
      }
      held_.kept[at(output, lane)] += most - sent;
      left = goods - most;
    } else {
      const double sent = ration(output, lane, goods);
      double lost = 0.0, pull = 0.0;
      portable::Steps<portable::Single>::settle_values(system, output, goods, sent, asked, can_leave,
                                                       held_.run[at(output, lane)], left, lost, pull);
      held_.spilled[at(output, lane)] = lost;
      held_.lost[at(plan_.output_commodity[output], lane)] += plan_.output_amount[output] * lost;
      if (plan_.output_drives[output] != 0) held_.pull[at(output, lane)] = pull;
    }
    held_.goods[at(output, lane)] = left;
    for (std::uint32_t i = 0; i < count; ++i) send(first + i, lane, step, amount_[i]);
  }
}

/// Through the licence, if one is needed, into the pipeline.
LODE_INLINE void SimulationBlock::send(std::uint32_t r, std::uint32_t lane, std::uint32_t step, double amount) {
  const std::uint32_t slot = plan_.route_slot[r];
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
  }
  held_.shipped[at(r, lane)] = leaves;
  const double weight = plan_.route_weight[r];
  const std::uint32_t lead = plan_.route_lead[r];
  if (lead == 0) {
    held_.incoming[at(slot, lane)] += weight * leaves;
    if (pending != 0.0) held_.on_order[at(slot, lane)] += weight * pending;
    return;
  }
  const std::uint32_t ring = plan_.route_ring[r];
  held_.ring[at(ring + ring_now_[lead], lane)] = leaves;
  const double arrives = held_.ring[at(ring + ring_next_[lead], lane)];
  held_.due[at(slot, lane)] += weight * arrives;
  held_.on_order[at(slot, lane)] += weight * (leaves - arrives);
  if (pending != 0.0) held_.on_order[at(slot, lane)] += weight * pending;
}

/// What buyers still lack when everybody has shipped is bought over routes that the base year did not use, from what
/// sellers have beyond their usual stock; surplus first. Slot by slot in the order of the routes.
LODE_INLINE void SimulationBlock::trade_spare() {
  if (options_.orders == Orders::frozen || plan_.spare_routes.empty()) return;
  constexpr double rounding = 1e-9;
  std::fill(asked_spare_.begin(), asked_spare_.end(), 0.0);
  std::fill(sold_spare_.begin(), sold_spare_.end(), 0.0);
  std::fill(spare_shipped_.begin(), spare_shipped_.end(), 0.0);
  bool any = false;
  const std::vector<SimulationPlan::SpareRoute>& routes = plan_.spare_routes;
  for (std::size_t first = 0, last = 0; first < routes.size(); first = last) {
    const std::uint32_t slot = routes[first].slot;
    for (last = first; last < routes.size() && routes[last].slot == slot;) ++last;
    const double unit = plan_.slot_amount[slot];
    for (std::uint32_t lane = 0; lane < width_; ++lane) {
      const std::size_t s = at(slot, lane);
      const double there = held_.stock[s] + held_.incoming[s] + held_.due[s] + held_.on_order[s];
      if (!(held_.goal[s] - there > rounding)) continue;
      double lacks = (held_.goal[s] - there) * unit;
      double sellers = 0.0;
      for (std::size_t i = first; i < last; ++i) sellers += spare_open_[at(static_cast<std::uint32_t>(i), lane)];
      for (std::size_t i = first; i < last && lacks > 0.0; ++i) {
        const SimulationPlan::SpareRoute& route = routes[i];
        const std::size_t k = at(route.output, lane);
        if (!(spare_open_[at(static_cast<std::uint32_t>(i), lane)] > 0.0)) continue;
        const double size = plan_.output_amount[route.output];
        asked_spare_[k] += std::min(lacks / sellers, route.limit) / size;
        const double above = std::max(0.0, held_.goods[k] - plan_.output_target[route.output]);
        const double sold = std::min({lacks, route.limit, (held_.spilled[k] + above) * size});
        if (!(sold > 0.0)) continue;
        const double surplus = std::min(held_.spilled[k], sold / size);
        held_.spilled[k] -= surplus;
        held_.lost[at(plan_.output_commodity[route.output], lane)] -= surplus * size;
        held_.goods[k] = std::max(0.0, held_.goods[k] - (sold / size - surplus));
        sold_spare_[k] += sold / size;
        spare_shipped_[at(static_cast<std::uint32_t>(i), lane)] = sold;
        (route.lead == 0 ? held_.incoming[s] : held_.on_order[s]) += sold / unit;
        lacks -= sold;
        any = true;
      }
    }
  }
  spare_quiet_ = any ? 0 : spare_quiet_ + 1;
  ask_for_more();
  move_spare();
}

/// Who is asked over such routes makes more: plants that run beyond their orders, those that stood still as far as the
/// yard holds it.
LODE_INLINE void SimulationBlock::ask_for_more() {
  for (std::uint32_t k = 0; k < plan_.outputs(); ++k) {
    const bool runs = plan_.facility_runs[plan_.output_facility[k]] != 0;
    if (runs && plan_.output_drives[k] == 0) continue;
    for (std::uint32_t lane = 0; lane < width_; ++lane) {
      const std::size_t i = at(k, lane);
      if (runs) {
        if (asked_spare_[i] > 0.0) held_.pull[i] += asked_spare_[i];
      } else {
        const double room = std::max(0.0, plan_.output_room[k] - held_.goods[i]) + sold_spare_[i];
        held_.pull[i] = std::min(asked_spare_[i], room);
      }
    }
  }
}

LODE_INLINE void SimulationBlock::move_spare() {
  if (spare_quiet_ > plan_.longest_lead) return;
  for (std::uint32_t i = 0; i < plan_.spare_routes.size(); ++i) {
    const SimulationPlan::SpareRoute& route = plan_.spare_routes[i];
    if (route.lead == 0) continue;
    const double unit = plan_.slot_amount[route.slot];
    for (std::uint32_t lane = 0; lane < width_; ++lane) {
      spare_ring_[at(route.ring + ring_now_[route.lead], lane)] = spare_shipped_[at(i, lane)];
      const double arrives = spare_ring_[at(route.ring + ring_next_[route.lead], lane)] / unit;
      if (arrives == 0.0) continue;
      held_.due[at(route.slot, lane)] += arrives;
      held_.on_order[at(route.slot, lane)] -= arrives;
    }
  }
}

LODE_INLINE void SimulationBlock::release_reserves() {
  for (std::uint32_t i = 0; i < plan_.reserves.size(); ++i) {
    const SimulationPlan::Reserve& reserve = plan_.reserves[i];
    const std::uint32_t f = plan_.slot_facility[reserve.slot];
    const double unit = plan_.slot_amount[reserve.slot];
    for (std::uint32_t lane = 0; lane < width_; ++lane) {
      const double rate = rates_[at(i, lane)];
      double& left = reserves_[at(i, lane)];
      if (!(rate > 0.0) || !(left > 0.0)) continue;
      double release = rate * options_.step_days / 365.0 / unit;
      if (std::isinf(rate)) {
        const std::size_t slot = at(reserve.slot, lane);
        const std::uint32_t use = reserve.slot - plan_.use_slot(0);
        const double needs = f == SimulationPlan::none ? held_.wanted[at(use, lane)] + held_.waiting[at(use, lane)]
                                                       : held_.planned[at(f, lane)] / plan_.slot_reach[reserve.slot];
        release = std::max(0.0, needs - (held_.stock[slot] + held_.incoming[slot] + held_.due[slot]));
      }
      const double amount = std::min(left, release * unit);
      left -= amount;
      held_.incoming[at(reserve.slot, lane)] += amount / unit;
    }
  }
}

LODE_INLINE void SimulationBlock::count() {
  const StepKernel& kernel = width_ == 1 ? single_step_kernel() : packed_step_kernel();
  kernel.count(system_view(), state_view());
  for (std::uint32_t i = 0; i < plan_.reserves.size(); ++i) {
    const auto commodity = static_cast<std::uint32_t>(plan_.reserves[i].commodity.index());
    for (std::uint32_t lane = 0; lane < width_; ++lane) held_.held[at(commodity, lane)] += reserves_[at(i, lane)];
  }
  for (std::size_t i = 0; i < licences_.size(); ++i) {
    const std::uint32_t slot = plan_.route_slot[licensed_[i]];
    const double unit = plan_.slot_amount[slot] * plan_.route_weight[licensed_[i]];
    for (std::uint32_t lane = 0; lane < width_; ++lane) {
      const LicenceQueue& queue = licences_[i].queue[lane];
      held_.held[at(plan_.slot_commodity[slot], lane)] += unit * (queue.held() - queue.pending());
    }
  }
}

/// Of every material, and of commodities that hold none: what is there now against what was there, made, used and lost.
LODE_INLINE void SimulationBlock::check(SimulationRecord& record) {
  count();
  const std::size_t materials = network_.materials().size();
  std::vector<double> error(materials);
  for (std::uint32_t lane = 0; lane < lanes_; ++lane) {
    std::fill(error.begin(), error.end(), 0.0);
    for (std::uint32_t c = 0; c < network_.commodities().size(); ++c) {
      const std::size_t i = at(c, lane);
      const double change = held_.held[i] - before_[i];
      const double explained = held_.made[i] - held_.used[i] - held_.given[i] - held_.lost[i];
      const std::vector<Content>& composition = network_.commodities()[c].composition;
      for (const Content& part : composition) error[part.material.index()] += part.content * (change - explained);
      const double scale = flow_scale_[materials + c];
      if (composition.empty() && scale > 0.0) {
        record.residual[lane] = std::max(record.residual[lane], std::abs(change - explained) / scale);
      }
      record.made[i] += held_.made[i];
      record.used[i] += held_.used[i];
      record.given[i] += held_.given[i];
      record.lost[i] += held_.lost[i];
    }
    for (std::size_t m = 0; m < materials; ++m) {
      if (flow_scale_[m] > 0.0)
        record.residual[lane] = std::max(record.residual[lane], std::abs(error[m]) / flow_scale_[m]);
    }
  }
  std::swap(before_, held_.held);
}

/// What is on order, counted batch by batch, against the sums that the steps kept.
LODE_INLINE void SimulationBlock::check_pipelines(SimulationRecord& record) {
  for (std::uint32_t lane = 0; lane < lanes_; ++lane) {
    std::vector<double> counted(plan_.slots(), 0.0);
    for (std::uint32_t r = 0; r < plan_.routes(); ++r) {
      const std::uint32_t lead = plan_.route_lead[r];
      double there = 0.0;
      for (std::uint32_t i = 0; i < lead; ++i) {
        if (i != ring_next_[lead]) there += held_.ring[at(plan_.route_ring[r] + i, lane)];
      }
      if (licence_of_[r] != SimulationPlan::none) there += licences_[licence_of_[r]].queue[lane].pending();
      counted[plan_.route_slot[r]] += plan_.route_weight[r] * there;
    }
    for (const SimulationPlan::SpareRoute& route : plan_.spare_routes) {
      for (std::uint32_t i = 0; i < route.lead; ++i) {
        if (i == ring_next_[route.lead]) continue;
        counted[route.slot] += spare_ring_[at(route.ring + i, lane)] / plan_.slot_amount[route.slot];
      }
    }
    std::vector<double> error(network_.materials().size(), 0.0);
    for (std::uint32_t s = 0; s < plan_.slots(); ++s) {
      const double difference = plan_.slot_amount[s] * std::abs(counted[s] - held_.on_order[at(s, lane)]);
      for (const Content& part : network_.commodities()[plan_.slot_commodity[s]].composition) {
        error[part.material.index()] += part.content * difference;
      }
    }
    for (std::size_t m = 0; m < error.size(); ++m) {
      if (flow_scale_[m] > 0.0) record.residual[lane] = std::max(record.residual[lane], error[m] / flow_scale_[m]);
    }
  }
}

LODE_INLINE void SimulationBlock::keep(SimulationRecord& record) const {
  const auto append = [](std::vector<double>& table, const std::vector<double>& row) {
    table.insert(table.end(), row.begin(), row.end());
  };
  append(record.delivered, held_.delivered);
  append(record.wanted, held_.wanted);
  append(record.waiting, held_.waiting);
  append(record.activity, held_.activity);
  const std::size_t row = record.stock.size();
  append(record.stock, held_.stock);
  for (std::size_t i = 0; i < held_.incoming.size(); ++i) record.stock[row + i] += held_.incoming[i];
  const std::size_t goods_row = record.finished.size();
  append(record.finished, held_.goods);
  if (options_.orders == Orders::frozen) {
    for (std::size_t i = 0; i < held_.kept.size(); ++i) record.finished[goods_row + i] += held_.kept[i];
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
  record = SimulationRecord{};
  record.width = width_;
  record.licensed = licensed_;
  record.residual.assign(width_, 0.0);
  record.opening = before_;
  for (std::vector<double>* sums : {&record.made, &record.used, &record.given, &record.lost}) {
    sums->assign(network_.commodities().size() * width_, 0.0);
  }
  const auto reserve = [&](std::vector<double>& table, std::size_t items) { table.reserve(items * width_ * steps); };
  for (std::vector<double>* by_use : {&record.delivered, &record.wanted, &record.waiting})
    reserve(*by_use, plan_.end_uses());
  reserve(record.activity, plan_.facilities());
  reserve(record.stock, plan_.slots());
  reserve(record.finished, plan_.outputs());
  if (options_.record_routes) reserve(record.shipped, plan_.routes());

  const StepKernel& kernel = width_ == 1 ? single_step_kernel() : packed_step_kernel();
  const StepSystem system = system_view();
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
    for (std::uint32_t lead = 1; lead <= plan_.longest_lead; ++lead) {
      ring_now_[lead] = ring_next_[lead];
      ring_next_[lead] = ring_next_[lead] + 1 == lead ? 0 : ring_next_[lead] + 1;
      if (step == 0) {
        ring_now_[lead] = 0;
        ring_next_[lead] = lead == 1 ? 0 : 1;
      }
    }
    const StepState state = state_view();
    kernel.make(system, state);
    redirect();
    // In the order of the outputs, so that sums do not depend on which of them are special.
    std::uint32_t begin = 0;
    for (const std::uint32_t output : special_outputs_) {
      kernel.ship(system, state, begin, output);
      ship_special(output, step);
      begin = output + 1;
    }
    kernel.ship(system, state, begin, plan_.outputs());
    trade_spare();
    release_reserves();
    check(record);
    keep(record);
  }
  check_pipelines(record);
  record.closing = before_;
  return true;
}

}  // namespace lode::inline LODE_ABI::detail
