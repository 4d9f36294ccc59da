// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include <lode/detail/simulation_block.hpp>

#include "kernels.hpp"
#include "support/random_network.hpp"
#include "support/random_scenario.hpp"

/// The kernels for different instruction sets on the same scenarios: the same bits.
namespace {

using namespace lode_test;
using lode::detail::SimulationBlock;
using lode::detail::SimulationPlan;
using lode::detail::SimulationRecord;
using lode::detail::Snapshot;

constexpr lode::Date start = lode::Date{std::chrono::year{2025} / 1 / 6};
constexpr std::size_t steps = 60;

/// Whether every number of both is the same, signs of zero included.
bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

TEST(SimulationBlock, EveryInstructionSetGivesTheSameBits) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    World world = random_world(seed, {.loops = 0.4});
    if (seed % 2 == 0) add_room(world, seed);
    add_time(world, seed);
    const lode::Network network = build(world);
    lode::SimulateOptions options;
    options.orders = seed % 5 == 4 ? lode::Orders::frozen : lode::Orders::adaptive;
    options.overtime = seed % 3 == 0 ? 0.2 : 0.0;
    const SimulationPlan plan(network, options);
    std::vector<std::vector<Snapshot>> timelines;
    std::vector<std::string> notes;
    for (std::uint64_t i = 0; i < 7; ++i) {
      timelines.push_back(
          lode::detail::timeline(network, random_scenario(network, 100 * seed + i), {start, 7, steps}, notes));
    }
    const auto run = [&](const char* name, std::size_t lanes) {
      SimulationBlock block(network, plan, options);
      block.use(lode::detail::find_step_kernels(name));
      SimulationRecord record;
      EXPECT_TRUE(block.run(std::span(timelines).first(lanes), steps, [](std::size_t) { return true; }, record));
      return record;
    };
    for (const std::size_t lanes : {std::size_t{1}, std::size_t{7}}) {
      const SimulationRecord expected = run("portable", lanes);
      for (const char* name : {"avx2", "avx512"}) {
        if (lode::detail::find_step_kernels(name) == nullptr) continue;
        SCOPED_TRACE(testing::Message() << name << ", " << lanes << " lanes, seed " << seed);
        const SimulationRecord found = run(name, lanes);
        EXPECT_TRUE(same_bits(found.delivered, expected.delivered));
        EXPECT_TRUE(same_bits(found.activity, expected.activity));
        EXPECT_TRUE(same_bits(found.stock, expected.stock));
        EXPECT_TRUE(same_bits(found.finished, expected.finished));
        EXPECT_TRUE(same_bits(found.shipped, expected.shipped));
        EXPECT_TRUE(same_bits(found.held, expected.held));
        EXPECT_TRUE(same_bits(found.residual, expected.residual));
      }
    }
  }
}

TEST(SimulationBlock, ARunThatIsStoppedSaysSo) {
  const lode::Network network = build(random_world(1));
  const lode::SimulateOptions options;
  const SimulationPlan plan(network, options);
  SimulationBlock block(network, plan, options);
  const std::vector<std::vector<Snapshot>> timelines(1);
  SimulationRecord record;
  EXPECT_FALSE(block.run(timelines, steps, [](std::size_t step) { return step < 3; }, record));
}

}  // namespace
