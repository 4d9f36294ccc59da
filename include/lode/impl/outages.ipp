// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <map>
#include <optional>

#include <lode/detail/outages.hpp>
#include <lode/impl/propagate.ipp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE Disruption without(const Network& network, const Disruption& start, std::span<const Removal* const> removed,
                               bool by_quota) {
  Disruption out = start;
  std::map<CommodityId, Quota> quotas;
  for (const Removal* const removal : removed) {
    for (const FacilityId facility : removal->facilities) out.activity.push_back({facility, 0.0, 0.0});
    for (const RouteId route : removal->routes) {
      if (by_quota) {
        Quota& quota = quotas[network[route].commodity];
        quota.commodity = network[route].commodity;
        quota.routes.push_back(route);
      } else {
        out.routes.push_back({route, 0.0});
      }
    }
  }
  // Items stand in ascending order and once; what was removed comes last of its equals and replaces them.
  const auto settle = [](auto& items, auto key) {
    std::stable_sort(items.begin(), items.end(), [&](const auto& a, const auto& b) { return a.*key < b.*key; });
    const auto kept =
        std::unique(items.rbegin(), items.rend(), [&](const auto& a, const auto& b) { return a.*key == b.*key; });
    items.erase(items.begin(), kept.base());
  };
  settle(out.activity, &ActivityLimit::facility);
  settle(out.routes, &RouteOpenness::route);
  for (auto& [commodity, quota] : quotas) {
    std::sort(quota.routes.begin(), quota.routes.end());
    quota.factor = 0.0;
    out.quotas.push_back(std::move(quota));
  }
  return out;
}

/// The start's deliveries and sums, and what a run changes of them.
struct Outages::State {
  State(const PropagatorState& set_up, const Disruption& disruption) : propagator(set_up) {
    propagator.start_from(disruption);
    const Network& network = propagator.network();
    const FlowSystem& system = propagator.system();
    const EndUseLanes& lanes = propagator.end_uses();
    const std::size_t uses = network.end_uses().size();
    demanded = lanes.demanded;
    weight = lanes.weight;
    for (std::size_t e = 0; e < uses; ++e) {
      short_of.push_back(std::max(0.0, demanded[e] - lanes.delivered[e]));
      const double* const release = propagator.data().end_use_release(static_cast<std::uint32_t>(e));
      released.push_back(release == nullptr ? 0.0 : *release);
      room.push_back(std::max(0.0, lanes.delivered[e] - std::min(demanded[e], released[e])));
    }
    changed_short = short_of;
    marked.assign(uses, 0);

    // End uses by the line that supplies them.
    use_offsets.assign(system.lines() + 1, 0);
    for (const std::uint32_t source : system.sink_source) ++use_offsets[source + 1];
    for (std::uint32_t line = 0; line < system.lines(); ++line) use_offsets[line + 1] += use_offsets[line];
    line_uses.resize(system.sink_source.size());
    std::vector<std::uint32_t> fill(use_offsets.begin(), use_offsets.end() - 1);
    for (std::uint32_t e = 0; e < uses; ++e) {
      for (std::uint32_t k = system.sink_arcs[e]; k < system.sink_arcs[e + 1]; ++k) {
        line_uses[fill[system.sink_source[k]]++] = e;
      }
    }

    start.status = propagator.converged(0) ? SolveStatus::solved : SolveStatus::not_converged;
    for (std::uint32_t e = 0; e < uses; ++e) {
      for (const Content& part : network[network.end_uses()[e].commodity].composition) {
        contents.push_back({static_cast<std::uint32_t>(part.material.index()), part.content});
      }
      content_offsets.push_back(contents.size());
    }
    start.shortfall.assign(network.materials().size(), 0.0);
    sums_before.assign((uses + 1) * sums(), 0.0);
    for (std::uint32_t e = 0; e < uses; ++e) {
      std::copy_n(start.shortfall.begin(), start.shortfall.size(), sums_before.begin() + offset(e) + 1);
      sums_before[offset(e)] = start.weighted;
      add(e, short_of[e], start);
    }
    lost.assign(system.lines(), 0.0);
    pending.assign(system.lines() / 64 + 1, 0);
    closed.assign(network.routes().size(), 0);
  }

  /// Adds an end use to the sums, as account_demand does.
  void add(std::uint32_t e, double shortfall, Loss& loss) const {
    loss.weighted += weight[e] * shortfall;
    for (std::size_t k = e == 0 ? 0 : content_offsets[e - 1]; k < content_offsets[e]; ++k) {
      loss.shortfall[contents[k].material] += contents[k].content * shortfall;
    }
  }
  [[nodiscard]] std::size_t sums() const { return start.shortfall.size() + 1; }
  [[nodiscard]] std::ptrdiff_t offset(std::size_t e) const { return static_cast<std::ptrdiff_t>(e * sums()); }

  void lay(std::span<const Removal* const> removed) {
    for (const Removal* const removal : removed) {
      for (const FacilityId facility : removal->facilities) propagator.data().stop(facility, propagator.system());
      for (const RouteId route : removal->routes) {
        propagator.data().close(route, propagator.network(), propagator.system());
      }
    }
  }
  void mark(std::uint32_t e) {
    if (marked[e] != 0) return;
    marked[e] = 1;
    changed.push_back(e);
  }
  void mark_uses(std::uint32_t line) {
    for (std::uint32_t k = use_offsets[line]; k < use_offsets[line + 1]; ++k) mark(line_uses[k]);
  }
  /// The end uses whose deliveries the last solve may have changed, in ascending order.
  void find_changed(std::span<const Removal* const> removed) {
    for (const Removal* const removal : removed) {
      for (const RouteId route : removal->routes) {
        const PlaceId to = propagator.network()[route].to;
        if (to.is_end_use()) mark(static_cast<std::uint32_t>(to.end_use().index()));
      }
    }
    const std::span<const double> before = propagator.u_of_start();
    const std::span<const double> now = propagator.u_of_one();
    if (const auto moved = propagator.moved_lines()) {
      for (const std::uint32_t line : *moved) {
        if (now[line] != before[line]) mark_uses(line);
      }
      std::sort(changed.begin(), changed.end());
    } else {
      changed.clear();
      for (std::uint32_t e = 0; e < demanded.size(); ++e) changed.push_back(e);
    }
    for (const std::uint32_t e : changed) marked[e] = 0;
  }

  /// Leaves the end uses that changed in `changed`, their shortfalls in `changed_short`, until `reset`.
  void solve(std::span<const Removal* const> removed) {
    lay(removed);
    propagator.solve_laid();
    find_changed(removed);
    for (const std::uint32_t e : changed) {
      const double arriving = propagator.arriving(e) + released[e];
      changed_short[e] = std::max(0.0, demanded[e] - std::min(demanded[e], arriving));
    }
    propagator.data().lift(propagator.system());
  }
  void reset() {
    for (const std::uint32_t e : changed) changed_short[e] = short_of[e];
    changed.clear();
  }

  void run(std::span<const Removal* const> removed, Loss& loss) {
    solve(removed);
    loss.status = propagator.converged(0) ? SolveStatus::solved : SolveStatus::not_converged;
    if (changed.empty()) {
      loss.weighted = start.weighted;
      loss.shortfall = start.shortfall;
      return;
    }
    // From the first that changed, so that the sums are those of all end uses in order, to the bit.
    const std::uint32_t first = changed.front();
    const auto sum = sums_before.begin() + offset(first);
    loss.weighted = *sum;
    loss.shortfall.assign(sum + 1, sum + static_cast<std::ptrdiff_t>(sums()));
    for (std::uint32_t e = first; e < demanded.size(); ++e) add(e, changed_short[e], loss);
    reset();
  }

  [[nodiscard]] SolveStatus certify(std::span<const Removal* const> removed, Certificate& certificate) {
    lay(removed);
    propagator.solve_laid();
    Result result;
    propagator.fill_laid(result);
    propagator.data().lift(propagator.system());
    certificate = result.certificate;
    return result.status;
  }

  [[nodiscard]] bool bound(const Removal& removed, std::vector<LostDelivery>& out);
  void lose_downstream(const Removal& removed);
  [[nodiscard]] double most_lost(std::uint32_t line);
  void mark_consumers(std::uint32_t line, std::uint32_t from);

  PropagatorState propagator;
  Loss start;
  std::vector<double> demanded, weight, released, short_of, room;
  std::vector<std::uint32_t> use_offsets, line_uses;
  struct Part {
    std::uint32_t material;
    double content;
  };
  std::vector<Part> contents;
  std::vector<std::size_t> content_offsets;  ///< ends, by end use
  std::vector<double> sums_before;           ///< by end use: weighted and shortfalls of all end uses before it
  std::vector<double> changed_short;
  std::vector<std::uint32_t> changed;
  std::vector<std::uint8_t> marked;  ///< by end use: in `changed`
  // Of `bound`:
  std::vector<double> lost;  ///< by line; zeros between calls
  std::vector<std::uint32_t> losing;
  std::vector<std::uint64_t> pending;
  std::vector<std::uint8_t> closed;  ///< by route
};

/// What a line loses at most: as the sweep has it, with losses in place of shares and no surplus that absorbs any.
LODE_INLINE double Outages::State::most_lost(std::uint32_t line) {
  const FlowSystem& system = propagator.system();
  const std::span<const double> before = propagator.u_of_start();
  const bool separates = system.line_separates[line] != 0;
  double most = 0.0;
  for (std::uint32_t slot = system.line_slots[line]; slot < system.line_slots[line + 1]; ++slot) {
    double sum = 0.0;
    for (std::uint32_t arc = system.slot_arcs[slot]; arc < system.slot_arcs[slot + 1]; ++arc) {
      const std::uint32_t source = system.arc_source[arc];
      const std::uint32_t route = system.arc_route[arc];
      const double loses = closed[route] != 0 ? before[source] : lost[source];
      if (loses <= 0.0) continue;
      const double open = propagator.data().open(route, 0);
      // What a separator does not take for its own limit it can not lose.
      const double least = separates ? std::min(open * loses, propagator.data().limit(line, 0)) : open * loses;
      sum += system.arc_weight[arc] * least;
    }
    most = std::max(most, system.slot_criticality[slot] * sum);
  }
  return std::min(before[line], most);
}

/// The consumers from line `from` on.
LODE_INLINE void Outages::State::mark_consumers(std::uint32_t line, std::uint32_t from) {
  const FlowSystem::Consumers& consumers = propagator.consumers();
  for (std::uint32_t k = consumers.offsets[line]; k < consumers.offsets[line + 1]; ++k) {
    const std::uint32_t consumer = consumers.lines[k];
    if (consumer >= from) pending[consumer / 64] |= std::uint64_t{1} << (consumer % 64);
  }
}

/// Fills `lost` and `losing`.
LODE_INLINE void Outages::State::lose_downstream(const Removal& removed) {
  const FlowSystem& system = propagator.system();
  const std::span<const double> before = propagator.u_of_start();
  std::uint32_t first = system.lines();
  const auto touch = [&](FacilityId facility) {
    const std::size_t f = facility.index();
    for (std::uint32_t k = system.facility_line_offsets[f]; k < system.facility_line_offsets[f + 1]; ++k) {
      const std::uint32_t line = system.facility_lines[k];
      pending[line / 64] |= std::uint64_t{1} << (line % 64);
      first = std::min(first, line);
    }
  };
  for (const FacilityId facility : removed.facilities) touch(facility);
  for (const RouteId route : removed.routes) {
    const PlaceId to = propagator.network()[route].to;
    if (to.is_facility()) touch(to.facility());
  }
  const auto stops = [&](std::uint32_t line) {
    const FacilityId facility{system.line_facility[line]};
    return std::binary_search(removed.facilities.begin(), removed.facilities.end(), facility);
  };
  const auto lose = [&](std::uint32_t line, double share) {
    if (share <= 0.0) return;
    losing.push_back(line);
    lost[line] = share;
  };
  for (const graph::Run& run : system.runs) {
    if (run.end <= first) continue;
    bool any = false;
    for (std::uint32_t line = std::max(run.begin, first); line < run.end; ++line) {
      const std::uint64_t word = pending[line / 64] >> (line % 64);
      if (word == 0) {
        line |= 63U;
        continue;
      }
      if ((word & 1U) == 0) continue;
      pending[line / 64] &= ~(std::uint64_t{1} << (line % 64));
      any = true;
      if (run.cyclic) continue;
      lose(line, stops(line) ? before[line] : most_lost(line));
      if (lost[line] > 0.0) mark_consumers(line, run.begin);
    }
    if (!run.cyclic || !any) continue;
    // From "all is lost" down: each pass leaves an upper bound, so that any is a good one to stop after.
    constexpr int passes = 64;
    constexpr double little = 1e-4;
    for (std::uint32_t line = run.begin; line < run.end; ++line) lose(line, before[line]);
    bool moving = true;
    for (int pass = 0; pass < passes && moving; ++pass) {
      moving = false;
      for (std::uint32_t line = run.begin; line < run.end; ++line) {
        if (lost[line] == 0.0 || stops(line)) continue;
        const double share = std::min(lost[line], most_lost(line));
        moving = moving || share < lost[line] * (1.0 - little);
        lost[line] = share;
      }
    }
    for (std::uint32_t line = run.begin; line < run.end; ++line) {
      if (lost[line] > 0.0) mark_consumers(line, run.end);
    }
  }
}

LODE_INLINE bool Outages::State::bound(const Removal& removed, std::vector<LostDelivery>& out) {
  const Removal* const one[] = {&removed};
  const FlowSystem& system = propagator.system();
  const std::span<const double> before = propagator.u_of_start();
  out.clear();
  solve(one);
  const bool solved = propagator.converged(0);
  for (const std::uint32_t e : changed) out.push_back({e, changed_short[e] - short_of[e], 0.0});
  reset();
  if (!solved) return false;

  for (const RouteId route : removed.routes) closed[route.index()] = 1;
  lose_downstream(removed);
  for (const std::uint32_t line : losing) mark_uses(line);
  for (const LostDelivery& row : out) mark(row.end_use);
  std::sort(changed.begin(), changed.end());
  std::vector<LostDelivery> rows;
  auto exact = out.begin();
  for (const std::uint32_t e : changed) {
    marked[e] = 0;
    double most = 0.0;
    for (std::uint32_t k = system.sink_arcs[e]; k < system.sink_arcs[e + 1]; ++k) {
      const std::uint32_t source = system.sink_source[k];
      const std::uint32_t route = system.sink_route[k];
      const double loses = closed[route] != 0 ? before[source] : lost[source];
      most += system.sink_flow[k] * propagator.data().open(route, 0) * loses;
    }
    const bool listed = exact != out.end() && exact->end_use == e;
    if (most > 0.0) rows.push_back({e, listed ? exact->exact : 0.0, most});
    if (listed) ++exact;
  }
  out = std::move(rows);
  changed.clear();
  for (const std::uint32_t line : losing) lost[line] = 0.0;
  losing.clear();
  for (const RouteId route : removed.routes) closed[route.index()] = 0;
  return true;
}

LODE_INLINE Outages::Outages(const Propagator& propagator, const Disruption& start)
    : state_(std::make_unique<State>(*propagator.state_, start)) {}
LODE_INLINE Outages::~Outages() = default;
LODE_INLINE Outages::Outages(const Outages& other) : state_(std::make_unique<State>(*other.state_)) {}
LODE_INLINE Outages::Outages(Outages&&) noexcept = default;

LODE_INLINE const Loss& Outages::start() const {
  return state_->start;
}
LODE_INLINE void Outages::run(std::span<const Removal* const> removed, Loss& loss) {
  state_->run(removed, loss);
}
LODE_INLINE SolveStatus Outages::certify(std::span<const Removal* const> removed, Certificate& certificate) {
  return state_->certify(removed, certificate);
}
LODE_INLINE double Outages::residual() const {
  return state_->propagator.residual(0);
}
LODE_INLINE bool Outages::bound(const Removal& removed, std::vector<LostDelivery>& lost) {
  return state_->bound(removed, lost);
}
LODE_INLINE std::span<const double> Outages::room() const {
  return state_->room;
}
LODE_INLINE std::span<const double> Outages::weight() const {
  return state_->weight;
}

}  // namespace lode::inline LODE_ABI::detail
