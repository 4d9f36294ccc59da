// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>

#include <lode/config.hpp>

/// The inner loop of propagation, for 1 or a multiple of 8 scenarios ("lanes") side by side. Private.
///
/// Lane l of row i stands at `u[i * lanes + l]`, so one pass over the arcs serves all lanes with unit stride. A line's
/// row is the line itself, or that of a FlowSystem::RowPlan. What a scenario changes is stored as rows of `lanes` numbers,
/// found through an index that is `no_row` for everything else.
namespace lode::inline LODE_ABI::detail {

inline constexpr std::int32_t no_row = -1;
inline constexpr std::uint32_t most_lanes = 64;

/// How a line is computed: FlowSystem::Shape, or with what the scenarios change.
inline constexpr std::uint8_t touched_line = 3;

/// The fixed part: see FlowSystem.
struct SweepSystem {
  const std::uint32_t* line_row;    ///< nullptr: the line itself
  const std::uint32_t* arc_row;     ///< row of the arc's source
  const std::uint32_t* line_arcs;
  const std::uint32_t* line_slots;
  const std::uint32_t* slot_arcs;
  const std::uint32_t* arc_source;
  const std::uint32_t* arc_route;
  const double* arc_weight;
  const double* slot_criticality;
  const std::uint8_t* line_separates;
};

/// The scenarios' part.
struct SweepLanes {
  std::uint32_t lanes;                ///< 1 or a multiple of 8, at most `most_lanes`
  double* u;                          ///< by row
  std::uint32_t* changed_in;          ///< by line: the last pass over a loop in which u changed in any lane
  const std::uint8_t* line_mode;      ///< by line: its shape, or `touched_line` if any of the rows below concerns it
  const std::int32_t* line_limit;     ///< row of min(1, gamma) by line
  const std::int32_t* route_open;     ///< row of the open share by route
  const std::int32_t* slot_release;   ///< row of the reserve's coverage by slot
  const double* limit_rows;
  const double* open_rows;
  const double* release_rows;
};

/// Lines that a single scenario may move away from the base year, found while sweeping.
struct SweepFront {
  const std::uint32_t* consumer_offsets;  ///< by line
  const std::uint32_t* consumers;         ///< lines that a line supplies
  const double* baseline;                 ///< u of the base year by line
  std::uint64_t* pending;                 ///< one bit a line: a source has moved, or a shock touches it
  std::uint32_t* computed;                ///< the lines computed so far
  std::uint32_t count;                    ///< of them
  std::uint32_t first;                    ///< the first pending line of all
};

struct SweepKernel {
  const char* name;
  /// Computes lines [begin, end) in order.
  void (*forward)(const SweepSystem&, const SweepLanes&, std::uint32_t begin, std::uint32_t end);
  /// One lane, acyclic lines [begin, end): computes the pending ones in order and marks the consumers of those that moved.
  /// Stops early where so many are pending that a plain sweep is faster; returns the first line not yet looked at.
  std::uint32_t (*front)(const SweepSystem&, const SweepLanes&, SweepFront&, std::uint32_t begin, std::uint32_t end);
  /// One pass, the `pass`-th from 1, over a loop; true if any u changed. A line none of whose sources has changed since
  /// it was last computed is skipped, which changes no bit.
  bool (*loop)(const SweepSystem&, const SweepLanes&, std::uint32_t begin, std::uint32_t end, std::uint32_t pass);
  /// out[l] = sum over arcs [begin, end) of flow * open * u[row].
  void (*collect)(const std::uint32_t* source_row, const double* flow, const std::uint32_t* route, std::uint32_t begin,
                  std::uint32_t end, const SweepLanes&, double* out);
};

/// The kernel for this processor. All give the same bits: the same operations in the same order, none of them fused.
[[nodiscard]] const SweepKernel& sweep_kernel();

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/sweep.ipp>  // IWYU pragma: export
#endif
