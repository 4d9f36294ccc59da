// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <vector>

#include <lode/graph/strong_components.hpp>

#include "support/random.hpp"

namespace {

using lode::graph::IncomingArcs;
using lode::graph::solve_order;
using lode::graph::SolveOrder;
using lode::graph::strong_components;
using lode::graph::StrongComponents;

using Runs = std::vector<lode::graph::Run>;

struct Graph {
  std::vector<std::uint32_t> offsets{0};
  std::vector<std::uint32_t> sources;
  void add_node(const std::vector<std::uint32_t>& from) {
    sources.insert(sources.end(), from.begin(), from.end());
    offsets.push_back(static_cast<std::uint32_t>(sources.size()));
  }
  [[nodiscard]] IncomingArcs view() const { return {offsets, sources}; }
};

Graph random_graph(std::uint64_t seed) {
  lode_test::Random random(seed);
  Graph graph;
  const std::size_t nodes = 1 + random.below(30);
  const std::size_t most = random.below(4);
  for (std::size_t i = 0; i < nodes; ++i) {
    std::vector<std::uint32_t> from(random.below(most + 1));
    for (std::uint32_t& source : from) source = static_cast<std::uint32_t>(random.below(nodes));
    graph.add_node(from);
  }
  return graph;
}

/// reaches[i][j]: there is a path of at least one arc from i to j. Warshall.
std::vector<std::vector<bool>> reachability(const IncomingArcs& graph) {
  const std::uint32_t n = graph.nodes();
  std::vector<std::vector<bool>> reaches(n, std::vector<bool>(n, false));
  for (std::uint32_t i = 0; i < n; ++i) {
    for (const std::uint32_t source : graph.sources_of(i)) reaches[source][i] = true;
  }
  for (std::uint32_t k = 0; k < n; ++k) {
    for (std::uint32_t i = 0; i < n; ++i) {
      for (std::uint32_t j = 0; j < n; ++j) {
        if (reaches[i][k] && reaches[k][j]) reaches[i][j] = true;
      }
    }
  }
  return reaches;
}

TEST(StrongComponents, MutualReachabilityOnRandomGraphs) {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Graph graph = random_graph(seed);
    const auto reaches = reachability(graph.view());
    const StrongComponents components = strong_components(graph.view());
    std::vector<bool> used(components.count, false);
    for (std::uint32_t i = 0; i < graph.view().nodes(); ++i) {
      used.at(components.of_node[i]) = true;
      for (std::uint32_t j = 0; j < graph.view().nodes(); ++j) {
        const bool together = i == j || (reaches[i][j] && reaches[j][i]);
        ASSERT_EQ(components.of_node[i] == components.of_node[j], together) << i << ' ' << j;
        if (reaches[i][j]) {
          ASSERT_LE(components.of_node[i], components.of_node[j]) << i << ' ' << j;
        }
      }
    }
    ASSERT_EQ(std::count(used.begin(), used.end(), false), 0);
  }
}

void check_order(const IncomingArcs& graph, const SolveOrder& order) {
  const std::uint32_t n = graph.nodes();
  ASSERT_EQ(order.node_at.size(), n);
  for (std::uint32_t position = 0; position < n; ++position)
    ASSERT_EQ(order.position[order.node_at[position]], position);
  std::vector<std::uint32_t> run_of(n);
  std::uint32_t end = 0;
  for (std::uint32_t r = 0; r < order.runs.size(); ++r) {
    const lode::graph::Run& run = order.runs[r];
    ASSERT_EQ(run.begin, end);
    ASSERT_LT(run.begin, run.end);
    ASSERT_TRUE(run.cyclic || r == 0 || order.runs[r - 1].cyclic) << "acyclic runs are as long as they can be";
    for (std::uint32_t position = run.begin; position < run.end; ++position) run_of[position] = r;
    end = run.end;
  }
  ASSERT_EQ(end, n);
  for (std::uint32_t node = 0; node < n; ++node) {
    const std::uint32_t at = order.position[node];
    for (const std::uint32_t source : graph.sources_of(node)) {
      if (order.runs[run_of[at]].cyclic && run_of[order.position[source]] == run_of[at]) continue;
      ASSERT_LT(order.position[source], at);
    }
  }
}

TEST(SolveOrder, SourcesFirstAndOneComponentInACyclicRun) {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Graph graph = random_graph(seed);
    const SolveOrder order = solve_order(graph.view());
    check_order(graph.view(), order);
    if (HasFatalFailure()) return;
    const auto reaches = reachability(graph.view());
    for (const lode::graph::Run& run : order.runs) {
      for (std::uint32_t a = run.begin; a < run.end; ++a) {
        const std::uint32_t i = order.node_at[a];
        ASSERT_EQ(reaches[i][i], run.cyclic);
        for (std::uint32_t b = run.begin; run.cyclic && b < run.end; ++b) ASSERT_TRUE(reaches[i][order.node_at[b]]);
      }
    }
  }
}

TEST(SolveOrder, SmallCases) {
  EXPECT_TRUE(solve_order(Graph{}.view()).runs.empty());
  Graph self;
  self.add_node({0, 0});
  EXPECT_EQ(solve_order(self.view()).runs, (Runs{{0, 1, true}}));
  Graph two_cycles;  // 0 <-> 1 -> 2 -> 3 <-> 4
  two_cycles.add_node({1});
  two_cycles.add_node({0});
  two_cycles.add_node({1});
  two_cycles.add_node({2, 4});
  two_cycles.add_node({3});
  EXPECT_EQ(solve_order(two_cycles.view()).runs, (Runs{{0, 2, true}, {2, 3, false}, {3, 5, true}}));
}

TEST(SolveOrder, AMillionDeepDoesNotOverflowTheStack) {
  constexpr std::uint32_t n = 1'000'000;
  Graph chain, backwards, ring;
  for (std::uint32_t i = 0; i < n; ++i) {
    chain.add_node(i > 0 ? std::vector<std::uint32_t>{i - 1} : std::vector<std::uint32_t>{});
    backwards.add_node(i + 1 < n ? std::vector<std::uint32_t>{i + 1} : std::vector<std::uint32_t>{});
    ring.add_node({(i + 1) % n});
  }
  SolveOrder order = solve_order(chain.view());
  check_order(chain.view(), order);
  EXPECT_EQ(order.runs, (Runs{{0, n, false}}));
  order = solve_order(backwards.view());
  check_order(backwards.view(), order);
  EXPECT_EQ(order.node_at.front(), n - 1);
  order = solve_order(ring.view());
  EXPECT_EQ(order.runs, (Runs{{0, n, true}}));
  // Inside the ring all but one arc point forwards.
  std::uint32_t backward = 0;
  for (std::uint32_t i = 0; i < n; ++i) backward += order.position[(i + 1) % n] > order.position[i] ? 1 : 0;
  EXPECT_EQ(backward, 1U);
}

}  // namespace
