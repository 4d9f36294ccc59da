// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include <lode/graph/strong_components.hpp>

namespace lode::inline LODE_ABI::graph {

LODE_INLINE StrongComponents strong_components(const IncomingArcs& graph) {
  constexpr std::uint32_t unseen = std::numeric_limits<std::uint32_t>::max();
  const std::uint32_t n = graph.nodes();
  StrongComponents out;
  out.of_node.assign(n, unseen);
  std::vector<std::uint32_t> number(n, unseen);
  std::vector<std::uint32_t> low(n, 0);
  std::vector<std::uint32_t> stack;
  struct Frame {
    std::uint32_t node;
    std::uint32_t next_arc;
  };
  std::vector<Frame> path;
  std::uint32_t seen = 0;
  // Walking arcs backwards completes sources before the nodes they feed: components come out in topological order.
  for (std::uint32_t root = 0; root < n; ++root) {
    if (number[root] != unseen) continue;
    path.push_back({root, graph.offsets[root]});
    while (!path.empty()) {
      Frame& frame = path.back();
      const std::uint32_t node = frame.node;
      if (number[node] == unseen) {
        number[node] = low[node] = seen++;
        stack.push_back(node);
      }
      bool descended = false;
      while (frame.next_arc < graph.offsets[node + 1]) {
        const std::uint32_t source = graph.sources[frame.next_arc++];
        if (number[source] == unseen) {
          path.push_back({source, graph.offsets[source]});  // invalidates `frame`
          descended = true;
          break;
        }
        if (out.of_node[source] == unseen) low[node] = std::min(low[node], number[source]);
      }
      if (descended) continue;
      if (low[node] == number[node]) {
        std::uint32_t member = 0;
        do {
          member = stack.back();
          stack.pop_back();
          out.of_node[member] = out.count;
        } while (member != node);
        ++out.count;
      }
      path.pop_back();
      if (!path.empty()) low[path.back().node] = std::min(low[path.back().node], low[node]);
    }
  }
  return out;
}

namespace detail {

/// A sequence of a component's nodes in which few arcs point backwards (Eades, Lin and Smyth, Inf. Process. Lett. 47,
/// 1993): sinks are taken off the end, sources off the front, and when there is neither the node with the largest excess
/// of outgoing over incoming arcs goes to the front. `own` has the component's nodes by number; O(nodes + arcs).
LODE_INLINE std::vector<std::uint32_t> few_backward_arcs(const IncomingArcs& graph, std::span<const std::uint32_t> own,
                                                         const std::vector<std::uint32_t>& component,
                                                         std::vector<std::uint32_t>& local) {
  const auto n = static_cast<std::uint32_t>(own.size());
  for (std::uint32_t i = 0; i < n; ++i) local[own[i]] = i;
  const std::uint32_t c = component[own[0]];
  // Arcs inside the component, both ways, without self loops.
  std::vector<std::uint32_t> out_offsets(n + 1, 0);
  const auto for_each_source = [&](std::uint32_t i, auto visit) {
    for (const std::uint32_t source : graph.sources_of(own[i])) {
      if (component[source] == c && local[source] != i) visit(local[source]);
    }
  };
  std::vector<std::int32_t> in(n, 0);
  std::vector<std::int32_t> out(n, 0);
  for (std::uint32_t i = 0; i < n; ++i) {
    for_each_source(i, [&](std::uint32_t source) {
      ++in[i];
      ++out[source];
      ++out_offsets[source + 1];
    });
  }
  for (std::uint32_t i = 0; i < n; ++i) out_offsets[i + 1] += out_offsets[i];
  std::vector<std::uint32_t> targets(out_offsets[n]);
  std::vector<std::uint32_t> fill(out_offsets.begin(), out_offsets.end() - 1);
  for (std::uint32_t i = 0; i < n; ++i) {
    for_each_source(i, [&](std::uint32_t source) { targets[fill[source]++] = i; });
  }

  // Buckets by excess, as sets of numbers, so that ties go to the smallest number.
  std::set<std::pair<std::int32_t, std::uint32_t>> by_excess;  // (-excess, node)
  std::set<std::uint32_t> sources;
  std::set<std::uint32_t> sinks;
  std::vector<bool> placed(n, false);
  const auto enter = [&](std::uint32_t i) {
    by_excess.emplace(in[i] - out[i], i);
    if (in[i] == 0) sources.insert(i);
    if (out[i] == 0) sinks.insert(i);
  };
  const auto leave = [&](std::uint32_t i) {
    by_excess.erase({in[i] - out[i], i});
    sources.erase(i);
    sinks.erase(i);
  };
  for (std::uint32_t i = 0; i < n; ++i) enter(i);
  std::vector<std::uint32_t> front;
  std::vector<std::uint32_t> back;
  const auto place = [&](std::uint32_t i, std::vector<std::uint32_t>& end) {
    leave(i);
    placed[i] = true;
    end.push_back(own[i]);
    const auto drop = [&](std::uint32_t neighbour, std::vector<std::int32_t>& degree) {
      if (placed[neighbour]) return;
      leave(neighbour);
      --degree[neighbour];
      enter(neighbour);
    };
    for_each_source(i, [&](std::uint32_t source) { drop(source, out); });
    for (std::uint32_t a = out_offsets[i]; a < out_offsets[i + 1]; ++a) drop(targets[a], in);
  };
  while (!by_excess.empty()) {
    if (!sinks.empty()) {
      place(*sinks.rbegin(), back);
    } else if (!sources.empty()) {
      place(*sources.begin(), front);
    } else {
      place(by_excess.begin()->second, front);
    }
  }
  front.insert(front.end(), back.rbegin(), back.rend());
  return front;
}

/// Arcs inside the component whose source does not come before their target. `local` is overwritten.
LODE_INLINE std::size_t backward_arcs(const IncomingArcs& graph, std::span<const std::uint32_t> sequence,
                                      const std::vector<std::uint32_t>& component, std::vector<std::uint32_t>& local) {
  for (std::uint32_t i = 0; i < sequence.size(); ++i) local[sequence[i]] = i;
  std::size_t backward = 0;
  for (const std::uint32_t node : sequence) {
    for (const std::uint32_t source : graph.sources_of(node)) {
      if (component[source] == component[node] && local[source] >= local[node]) ++backward;
    }
  }
  return backward;
}

}  // namespace detail

LODE_INLINE SolveOrder solve_order(const IncomingArcs& graph) {
  const std::uint32_t n = graph.nodes();
  const StrongComponents components = strong_components(graph);

  std::vector<std::uint32_t> size(components.count, 0);
  std::vector<std::uint32_t> first_member(components.count, std::numeric_limits<std::uint32_t>::max());
  std::vector<bool> cyclic(components.count, false);
  for (std::uint32_t node = 0; node < n; ++node) {
    const std::uint32_t c = components.of_node[node];
    first_member[c] = std::min(first_member[c], node);
    if (++size[c] > 1) cyclic[c] = true;
    for (const std::uint32_t source : graph.sources_of(node)) {
      if (source == node) cyclic[c] = true;
    }
  }

  // Members by component, so that levels can be computed in topological order.
  std::vector<std::uint32_t> start(components.count + 1, 0);
  for (std::uint32_t c = 0; c < components.count; ++c) start[c + 1] = start[c] + size[c];
  std::vector<std::uint32_t> members(n);
  std::vector<std::uint32_t> fill(start.begin(), start.end() - 1);
  for (std::uint32_t node = 0; node < n; ++node) members[fill[components.of_node[node]]++] = node;

  std::vector<std::uint32_t> component_level(components.count, 0);
  std::vector<std::uint32_t> inner(n, 0);
  std::vector<std::uint32_t> local(n, 0);
  for (std::uint32_t c = 0; c < components.count; ++c) {
    const std::span<const std::uint32_t> own = std::span(members).subspan(start[c], size[c]);
    for (const std::uint32_t node : own) {
      for (const std::uint32_t source : graph.sources_of(node)) {
        const std::uint32_t below = components.of_node[source];
        if (below != c) component_level[c] = std::max(component_level[c], component_level[below] + 1);
      }
    }
    if (size[c] == 1) continue;
    // The given order is often the order of the chain already; keep it unless the heuristic finds a better one.
    const std::vector<std::uint32_t> sequence = detail::few_backward_arcs(graph, own, components.of_node, local);
    const std::size_t heuristic = detail::backward_arcs(graph, sequence, components.of_node, local);
    const std::size_t given = detail::backward_arcs(graph, own, components.of_node, local);
    const std::span<const std::uint32_t> best = heuristic < given ? std::span(sequence) : own;
    for (std::uint32_t i = 0; i < best.size(); ++i) inner[best[i]] = i;
  }

  SolveOrder order;
  order.node_at.resize(n);
  std::iota(order.node_at.begin(), order.node_at.end(), 0U);
  const auto key = [&](std::uint32_t node) {
    const std::uint32_t c = components.of_node[node];
    return std::tuple(component_level[c], first_member[c], inner[node], node);
  };
  std::sort(order.node_at.begin(), order.node_at.end(),
            [&key](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  order.position.resize(n);
  for (std::uint32_t position = 0; position < n; ++position) order.position[order.node_at[position]] = position;

  for (std::uint32_t position = 0; position < n;) {
    const std::uint32_t c = components.of_node[order.node_at[position]];
    const std::uint32_t end = position + size[c];
    if (!cyclic[c] && !order.runs.empty() && !order.runs.back().cyclic) {
      order.runs.back().end = end;
    } else {
      order.runs.push_back({position, end, cyclic[c]});
    }
    position = end;
  }
  return order;
}

}  // namespace lode::inline LODE_ABI::graph
