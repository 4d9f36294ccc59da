// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include <lode/detail/simulation_block.hpp>

/// The steps.
namespace lode::inline LODE_ABI::detail {

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
  for (std::vector<double>* by_use : {&record.delivered, &record.waiting}) reserve(*by_use, plan_.end_uses());
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
