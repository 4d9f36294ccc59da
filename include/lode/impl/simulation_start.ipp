// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <vector>

#include <lode/detail/simulation_block.hpp>

/// Before the first step: the base year in every lane, and what the scenarios will touch.
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
  for (std::uint32_t k = 0; k < plan.outputs(); ++k) {
    const std::uint32_t f = plan.output_facility[k];
    if (plan.facility_slots[f] == plan.facility_slots[f + 1]) source_outputs_.push_back(k);
  }
  places_of_.assign(network.routes().size(), SimulationPlan::none);
  for (std::uint32_t r = 0; r < plan.routes(); ++r) places_of_[plan.route_id[r].index()] = r;
  spare_of_.assign(network.routes().size(), SimulationPlan::none);
  for (std::uint32_t i = 0; i < plan.spare_routes.size(); ++i) spare_of_[plan.spare_routes[i].id.index()] = i;
}

LODE_INLINE void SimulationBlock::start(std::span<const std::vector<Snapshot>> timelines) {
  lanes_ = static_cast<std::uint32_t>(timelines.size());
  width_ = kernel(lanes_ > 1).width;
  const auto fill = [this](AlignedVector& to, std::size_t count, double value) { to.assign(count * width_, value); };
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
  for (AlignedVector* by_output : {&h.kept, &h.run, &h.spilled, &h.most, &h.spread})
    fill(*by_output, plan_.outputs(), 0.0);
  for (AlignedVector* by_facility : {&h.activity, &h.effort, &h.planned}) fill(*by_facility, plan_.facilities(), 0.0);
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
    if (!any && plan_.facility_runs[f] != 0 && plan_.facility_outputs[f] < plan_.facility_outputs[f + 1])
      pull[plan_.facility_outputs[f]] = 1.0;
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

}  // namespace lode::inline LODE_ABI::detail
