// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <lode/config.hpp>

/// Strongly connected components and the order in which a network is solved.
namespace lode::inline LODE_ABI::graph {

/// A directed graph by incoming arcs: the sources of node i are `sources[offsets[i] .. offsets[i + 1])`.
/// offsets has one entry more than there are nodes; parallel arcs and self loops are legal.
struct IncomingArcs {
  std::span<const std::uint32_t> offsets;
  std::span<const std::uint32_t> sources;
  [[nodiscard]] std::uint32_t nodes() const { return static_cast<std::uint32_t>(offsets.size() - 1); }
  [[nodiscard]] std::span<const std::uint32_t> sources_of(std::uint32_t node) const {
    return sources.subspan(offsets[node], offsets[node + 1] - offsets[node]);
  }
};

/// Component of each node. Numbers are topological: an arc never leads from a component to one with a lower number.
/// Tarjan's algorithm (SIAM J. Comput. 1(2), 1972) without recursion; O(nodes + arcs).
struct StrongComponents {
  std::vector<std::uint32_t> of_node;
  std::uint32_t count = 0;
};
[[nodiscard]] StrongComponents strong_components(const IncomingArcs& graph);

/// A maximal run of consecutive positions in a solve order: either acyclic, or exactly one component with a cycle.
struct Run {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool cyclic = false;
  friend bool operator==(const Run&, const Run&) = default;
};

/// Positions and runs such that every node comes after its sources, except inside cyclic runs.
///
/// Nodes are ordered by level (the longest chain of components below them), then by component, then by number, which
/// keeps neighbours in memory together; inside a cycle by number or, where that has fewer arcs pointing backwards, in the
/// order of Eades, Lin and Smyth. O((nodes + arcs) log nodes).
struct SolveOrder {
  std::vector<std::uint32_t> node_at;   ///< by position
  std::vector<std::uint32_t> position;  ///< by node
  std::vector<Run> runs;
};
[[nodiscard]] SolveOrder solve_order(const IncomingArcs& graph);

}  // namespace lode::inline LODE_ABI::graph

#ifndef LODE_COMPILED
#include <lode/impl/strong_components.ipp>  // IWYU pragma: export
#endif
