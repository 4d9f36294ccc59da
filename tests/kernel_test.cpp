// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include <lode/detail/lane_data.hpp>
#include <lode/flow_system.hpp>

#include "kernels.hpp"
#include "support/random_network.hpp"
#include "support/random_scenario.hpp"

/// The kernels for different instruction sets on the same data: the same bits.
namespace {

using lode::Disruption;
using lode::FlowSystem;
using lode::Network;
using lode::detail::find_kernel;
using lode::detail::LaneData;
using lode::detail::SweepKernel;
using lode::detail::SweepLanes;
using lode::detail::SweepSystem;
using namespace lode_test;

SweepSystem view(const FlowSystem& system) {
  return {.line_row = nullptr,
          .arc_row = system.arc_source.data(),
          .line_arcs = system.line_arcs.data(),
          .line_slots = system.line_slots.data(),
          .slot_arcs = system.slot_arcs.data(),
          .arc_source = system.arc_source.data(),
          .arc_route = system.arc_route.data(),
          .arc_weight = system.arc_weight.data(),
          .slot_criticality = system.slot_criticality.data(),
          .line_separates = system.line_separates.data()};
}

/// u by line and lane after forward sweeps and a few passes over every loop, then the deliveries.
std::vector<double> sweep(const SweepKernel& kernel, const Network& network, const FlowSystem& system,
                          const LaneData& data) {
  const std::size_t lanes = data.lanes();
  std::vector<double> u(system.lines() * lanes, 1.0);
  std::vector<std::uint32_t> changed_in(system.lines(), 0);
  const SweepLanes loaded = data.view(u.data(), changed_in.data());
  for (const lode::graph::Run& run : system.runs) {
    if (!run.cyclic) {
      kernel.forward(view(system), loaded, run.begin, run.end);
      continue;
    }
    for (std::uint32_t pass = 1; pass <= 20; ++pass) {
      if (!kernel.loop(view(system), loaded, run.begin, run.end, pass)) break;
    }
  }
  std::vector<double> delivered(network.end_uses().size() * lanes);
  for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
    kernel.collect(system.sink_source.data(), system.sink_flow.data(), system.sink_route.data(), system.sink_arcs[e],
                   system.sink_arcs[e + 1], loaded, delivered.data() + e * lanes);
  }
  u.insert(u.end(), delivered.begin(), delivered.end());
  return u;
}

TEST(Kernels, ThisProcessorHasAtLeastThePortableOne) {
  ASSERT_NE(find_kernel("portable"), nullptr);
  EXPECT_EQ(find_kernel("mmx"), nullptr);
  EXPECT_NE(find_kernel(lode::detail::sweep_kernel().name), nullptr);
}

class Kernels : public ::testing::TestWithParam<const char*> {};

TEST_P(Kernels, GiveTheBitsOfThePortableOne) {
  const SweepKernel* kernel = find_kernel(GetParam());
  constexpr std::size_t counts[] = {0, 1, 2, 9, 17, 25, 33, 41, 49, 64};
  if (kernel == nullptr) GTEST_SKIP() << "not on this processor";
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Network network =
        build(random_world(seed, {.separators = 5, .plants = 14, .loops = 0.25 * static_cast<double>(seed % 4)}));
    const FlowSystem system{network};
    LaneData data(network, system);
    for (const std::size_t count : counts) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << count << " scenarios");
      std::vector<Disruption> shocks;
      for (std::size_t i = 0; i < count; ++i) shocks.push_back(random_disruption(network, seed * 100 + i, 0.3));
      data.load(shocks, network, system);
      const std::vector<double> expected = sweep(*find_kernel("portable"), network, system, data);
      const std::vector<double> found = sweep(*kernel, network, system, data);
      ASSERT_EQ(found.size(), expected.size());
      ASSERT_EQ(std::memcmp(found.data(), expected.data(), found.size() * sizeof(double)), 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Kernels, ::testing::Values("portable", "avx2", "avx512"));

}  // namespace
