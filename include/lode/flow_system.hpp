// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <lode/config.hpp>
#include <lode/graph/strong_components.hpp>
#include <lode/ids.hpp>
#include <lode/network.hpp>

/// The network as a monotone, piecewise-linear map u = F(u), ready to be swept.
///
/// A *line* is one unknown u in [0, 1], the share of its baseline: a recipe facility is one line, a separator one line
/// for each commodity it recovers. A *slot* is one thing a line needs: an input of a recipe, or the material a
/// separation line wins. An *arc* is what one route with baseline flow contributes to one slot:
///
///     coverage of slot s:  v_s = sum over its arcs of weight * (open share) * u[source]
///     weight = flow / (amount * baseline)                  for a recipe's input
///            = content * flow / sum(content * flow)        for a separation line
///
/// Lines are numbered in solve order (`runs`): every source comes first, except inside cyclic runs. Facilities with
/// baseline 0 and routes with flow 0 have no lines and arcs. Weights of a slot that add up to 1 but for rounding are
/// nudged by an ulp so that their sum, in the order of the arcs, is exactly 1: a run without shocks returns exactly the
/// baseline.
///
///     const lode::FlowSystem system{network};
///     system.lines();   // number of unknowns
namespace lode::inline LODE_ABI {

class FlowSystem {
 public:
  static constexpr std::uint32_t none = 0xffffffffU;

  /// O(routes + facilities), apart from sorting the lines.
  explicit FlowSystem(const Network& network);

  [[nodiscard]] std::uint32_t lines() const { return static_cast<std::uint32_t>(line_facility.size()); }
  [[nodiscard]] std::uint32_t slots() const { return static_cast<std::uint32_t>(slot_criticality.size()); }
  [[nodiscard]] std::uint32_t arcs() const { return static_cast<std::uint32_t>(arc_source.size()); }

  /// Compressed rows: line -> slots -> arcs. Offsets have one entry more than rows.
  std::vector<std::uint32_t> line_slots;
  std::vector<std::uint32_t> slot_arcs;
  std::vector<std::uint32_t> arc_source;  ///< line
  std::vector<double> arc_weight;
  std::vector<std::uint32_t> arc_route;

  std::vector<std::uint8_t> line_separates;  ///< 1: the line belongs to a separator; its arcs are clipped at its limit
  std::vector<std::uint32_t> line_facility;
  std::vector<double> slot_criticality;      ///< 1 for separation lines
  std::vector<std::uint32_t> slot_input;     ///< position in the facility's inputs (recipes) or recoveries
  std::vector<double> slot_need;             ///< t/yr of the commodity (recipes) or of the material (separators)

  /// What a line looks like to the sweep: the common shapes have loops of their own.
  enum Shape : std::uint8_t { free = 0, single = 1, several = 2 };
  std::vector<std::uint8_t> line_shape;   ///< no slot; one slot of criticality 1; anything else
  std::vector<std::uint32_t> line_arcs;   ///< offsets of all arcs of a line

  std::vector<graph::Run> runs;

  /// Lines of a facility: `facility_lines[facility_line_offsets[f] .. [f + 1])`, in the order of its recoveries.
  std::vector<std::uint32_t> facility_line_offsets;
  std::vector<std::uint32_t> facility_lines;

  /// The line whose u a route carries; `none` where the seller makes nothing.
  std::vector<std::uint32_t> route_line;

  /// Routes with flow that end at an end use: `sink_arcs` offsets by end use, then source line, flow (t/yr) and route.
  std::vector<std::uint32_t> sink_arcs;
  std::vector<std::uint32_t> sink_source;
  std::vector<double> sink_flow;
  std::vector<std::uint32_t> sink_route;

  /// Lines by the line that supplies them, in order and each once: `lines[offsets[i] .. offsets[i + 1])`. O(lines + arcs).
  struct Consumers {
    std::vector<std::uint32_t> offsets, lines;
  };
  [[nodiscard]] Consumers consumers() const;

  /// A row of storage for each line such that no line overwrites a value that is still needed: rows of lines whose last
  /// consumer is done are used again. A sweep that wants only deliveries touches `rows` rows instead of `lines()`.
  struct RowPlan {
    std::vector<std::uint32_t> line_row, arc_row, sink_row;
    std::uint32_t rows = 0;
  };
  /// O(lines + arcs).
  [[nodiscard]] RowPlan plan_rows() const;

 private:
  struct Draft;
};

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/flow_system.ipp>  // IWYU pragma: export
#endif
