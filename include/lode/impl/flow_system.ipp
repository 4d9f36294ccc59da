// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <lode/detail/snap_sum.hpp>
#include <lode/flow_system.hpp>

namespace lode::inline LODE_ABI {

/// Lines and slots in the network's own order, before they are numbered for solving.
struct FlowSystem::Draft {
  struct Slot {
    double criticality = 1.0;
    std::uint32_t input = 0;
    double need = 0.0;
    std::vector<std::uint32_t> routes;
    std::vector<double> weights;
  };
  struct Line {
    std::uint32_t facility = 0;
    bool separates = false;
    std::vector<Slot> slots;
  };
  std::vector<Line> lines;
  std::vector<std::uint32_t> first_line;  ///< by facility
  std::vector<std::uint32_t> route_line;  ///< by route, in draft numbers
};

namespace detail {

/// Routes with flow, by the place they end at (facilities first, then end uses), in the network's order.
struct IncomingRoutes {
  explicit IncomingRoutes(const Network& network) : facilities_(network.facilities().size()) {
    const std::span<const Route> routes = network.routes();
    offsets_.assign(facilities_ + network.end_uses().size() + 1, 0);
    for (const Route& route : routes) {
      if (flows(route)) ++offsets_[place(route.to) + 1];
    }
    for (std::size_t i = 1; i < offsets_.size(); ++i) offsets_[i] += offsets_[i - 1];
    routes_.resize(offsets_.back());
    std::vector<std::uint32_t> fill(offsets_.begin(), offsets_.end() - 1);
    for (std::uint32_t r = 0; r < routes.size(); ++r) {
      if (flows(routes[r])) routes_[fill[place(routes[r].to)]++] = r;
    }
  }
  [[nodiscard]] std::span<const std::uint32_t> to(PlaceId id) const {
    const std::size_t p = place(id);
    return std::span(routes_).subspan(offsets_[p], offsets_[p + 1] - offsets_[p]);
  }

 private:
  [[nodiscard]] static bool flows(const Route& route) { return route.flow > TonnesPerYear{}; }
  [[nodiscard]] std::size_t place(PlaceId id) const {
    return id.is_facility() ? id.facility().index() : facilities_ + id.end_use().index();
  }
  std::size_t facilities_;
  std::vector<std::uint32_t> offsets_;
  std::vector<std::uint32_t> routes_;
};

}  // namespace detail

LODE_INLINE FlowSystem::FlowSystem(const Network& network) {
  const std::span<const Facility> facilities = network.facilities();
  const std::span<const Route> routes = network.routes();
  const detail::IncomingRoutes incoming(network);
  const auto flow = [&routes](std::uint32_t route) { return routes[route].flow.in(tonnes_per_year); };

  Draft draft;
  draft.first_line.resize(facilities.size() + 1);
  for (std::uint32_t f = 0; f < facilities.size(); ++f) {
    const Facility& facility = facilities[f];
    draft.first_line[f] = static_cast<std::uint32_t>(draft.lines.size());
    const double baseline = facility.baseline.in(tonnes_per_year);
    if (baseline <= 0.0) continue;
    const std::span<const std::uint32_t> arriving = incoming.to(FacilityId{f});
    if (!facility.is_separator()) {
      Draft::Line line{f, false, {}};
      for (std::uint32_t i = 0; i < facility.inputs.size(); ++i) {
        const Input& input = facility.inputs[i];
        Draft::Slot slot{input.criticality, i, input.amount * baseline, {}, {}};
        for (const std::uint32_t route : arriving) {
          if (routes[route].commodity != input.commodity) continue;
          slot.routes.push_back(route);
          slot.weights.push_back(flow(route) / slot.need);
        }
        detail::snap_sum(slot.weights, 1.0);
        line.slots.push_back(std::move(slot));
      }
      draft.lines.push_back(std::move(line));
      continue;
    }
    for (std::uint32_t k = 0; k < facility.recoveries.size(); ++k) {
      Draft::Slot slot{1.0, k, 0.0, {}, {}};
      for (const std::uint32_t route : arriving) {
        const double content = network[routes[route].commodity].content(facility.recoveries[k].material);
        if (content <= 0.0) continue;
        slot.routes.push_back(route);
        slot.weights.push_back(content * flow(route));
        slot.need += content * flow(route);
      }
      for (double& weight : slot.weights) weight /= slot.need;
      detail::snap_sum(slot.weights, 1.0);
      Draft::Line line{f, true, {}};
      // Without the material in any feed the line needs nothing and covers itself: u = 1.
      if (!slot.routes.empty()) line.slots.push_back(std::move(slot));
      draft.lines.push_back(std::move(line));
    }
  }
  draft.first_line[facilities.size()] = static_cast<std::uint32_t>(draft.lines.size());

  draft.route_line.assign(routes.size(), none);
  for (std::uint32_t r = 0; r < routes.size(); ++r) {
    const std::size_t f = routes[r].from.facility().index();
    const std::uint32_t first = draft.first_line[f];
    if (first == draft.first_line[f + 1]) continue;
    draft.route_line[r] = first;
    const Facility& seller = facilities[f];
    for (std::uint32_t k = 0; seller.is_separator() && k < seller.recoveries.size(); ++k) {
      if (seller.recoveries[k].commodity == routes[r].commodity) draft.route_line[r] = first + k;
    }
  }

  // Arcs from sellers that make nothing carry nothing and are left out of the graph and of the sums.
  std::vector<std::uint32_t> offsets{0};
  std::vector<std::uint32_t> sources;
  for (const Draft::Line& line : draft.lines) {
    for (const Draft::Slot& slot : line.slots) {
      for (const std::uint32_t route : slot.routes) {
        if (draft.route_line[route] != none) sources.push_back(draft.route_line[route]);
      }
    }
    offsets.push_back(static_cast<std::uint32_t>(sources.size()));
  }
  graph::SolveOrder order = graph::solve_order({offsets, sources});
  runs = std::move(order.runs);

  line_slots.push_back(0);
  slot_arcs.push_back(0);
  for (const std::uint32_t at : order.node_at) {
    const Draft::Line& line = draft.lines[at];
    line_facility.push_back(line.facility);
    line_separates.push_back(line.separates ? 1 : 0);
    for (const Draft::Slot& slot : line.slots) {
      slot_criticality.push_back(slot.criticality);
      slot_input.push_back(slot.input);
      slot_need.push_back(slot.need);
      for (std::size_t a = 0; a < slot.routes.size(); ++a) {
        const std::uint32_t source = draft.route_line[slot.routes[a]];
        if (source == none) continue;
        arc_source.push_back(order.position[source]);
        arc_weight.push_back(slot.weights[a]);
        arc_route.push_back(slot.routes[a]);
      }
      slot_arcs.push_back(arcs());
    }
    line_slots.push_back(slots());
    const bool is_single = line.slots.size() == 1 && line.slots[0].criticality == 1.0;
    line_shape.push_back(line.slots.empty() ? Shape::free : is_single ? Shape::single : Shape::several);
  }
  for (const std::uint32_t slot : line_slots) line_arcs.push_back(slot_arcs[slot]);

  facility_line_offsets = std::move(draft.first_line);
  facility_lines = order.position;  // draft lines are already grouped by facility
  route_line = std::move(draft.route_line);
  for (std::uint32_t& line : route_line) {
    if (line != none) line = order.position[line];
  }

  sink_arcs.push_back(0);
  for (std::uint32_t e = 0; e < network.end_uses().size(); ++e) {
    for (const std::uint32_t route : incoming.to(EndUseId{e})) {
      if (route_line[route] == none) continue;
      sink_source.push_back(route_line[route]);
      sink_flow.push_back(flow(route));
      sink_route.push_back(route);
    }
    detail::snap_sum(std::span(sink_flow).subspan(sink_arcs.back()),
                     network.end_uses()[e].demand.in(tonnes_per_year));
    sink_arcs.push_back(static_cast<std::uint32_t>(sink_source.size()));
  }
}

LODE_INLINE FlowSystem::Consumers FlowSystem::consumers() const {
  // Several arcs of a line may come from one source; the line counts once.
  std::vector<std::uint32_t> seen_by(lines(), none);
  const auto for_each = [&](auto visit) {
    std::fill(seen_by.begin(), seen_by.end(), none);
    for (std::uint32_t line = 0; line < lines(); ++line) {
      for (std::uint32_t arc = line_arcs[line]; arc < line_arcs[line + 1]; ++arc) {
        if (seen_by[arc_source[arc]] == line) continue;
        seen_by[arc_source[arc]] = line;
        visit(arc_source[arc], line);
      }
    }
  };
  Consumers out;
  out.offsets.assign(lines() + 1, 0);
  for_each([&out](std::uint32_t source, std::uint32_t) { ++out.offsets[source + 1]; });
  for (std::uint32_t line = 0; line < lines(); ++line) out.offsets[line + 1] += out.offsets[line];
  out.lines.resize(out.offsets.back());
  std::vector<std::uint32_t> fill(out.offsets.begin(), out.offsets.end() - 1);
  for_each([&](std::uint32_t source, std::uint32_t line) { out.lines[fill[source]++] = line; });
  return out;
}

LODE_INLINE FlowSystem::RowPlan FlowSystem::plan_rows() const {
  // The run after which a line's row is free; sinks are read at the very end.
  constexpr std::uint32_t until_end = none;
  std::vector<std::uint32_t> last_use(lines());
  for (std::uint32_t line = 0; line < lines(); ++line) last_use[line] = line;
  for (const graph::Run& run : runs) {
    for (std::uint32_t line = run.begin; line < run.end; ++line) {
      // All lines of a loop are read until the loop is done.
      const std::uint32_t reader = run.cyclic ? run.end - 1 : line;
      last_use[line] = std::max(last_use[line], reader);
      for (std::uint32_t arc = line_arcs[line]; arc < line_arcs[line + 1]; ++arc) {
        last_use[arc_source[arc]] = std::max(last_use[arc_source[arc]], reader);
      }
    }
  }
  for (const std::uint32_t source : sink_source) last_use[source] = until_end;

  std::vector<std::uint32_t> ending_offsets(lines() + 1, 0);
  for (const std::uint32_t last : last_use) {
    if (last != until_end) ++ending_offsets[last + 1];
  }
  for (std::uint32_t line = 0; line < lines(); ++line) ending_offsets[line + 1] += ending_offsets[line];
  std::vector<std::uint32_t> ending(ending_offsets.back());
  std::vector<std::uint32_t> fill(ending_offsets.begin(), ending_offsets.end() - 1);
  for (std::uint32_t line = 0; line < lines(); ++line) {
    if (last_use[line] != until_end) ending[fill[last_use[line]]++] = line;
  }

  RowPlan plan;
  plan.line_row.resize(lines());
  std::vector<std::uint32_t> free_rows;  // last freed, first used: it is still in the cache
  for (std::uint32_t line = 0; line < lines(); ++line) {
    if (free_rows.empty()) free_rows.push_back(plan.rows++);
    plan.line_row[line] = free_rows.back();
    free_rows.pop_back();
    for (std::uint32_t k = ending_offsets[line]; k < ending_offsets[line + 1]; ++k) {
      free_rows.push_back(plan.line_row[ending[k]]);
    }
  }
  plan.arc_row.reserve(arcs());
  for (const std::uint32_t source : arc_source) plan.arc_row.push_back(plan.line_row[source]);
  plan.sink_row.reserve(sink_source.size());
  for (const std::uint32_t source : sink_source) plan.sink_row.push_back(plan.line_row[source]);
  return plan;
}

}  // namespace lode::inline LODE_ABI
