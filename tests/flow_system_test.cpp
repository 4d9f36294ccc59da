// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include <lode/flow_system.hpp>

#include "support/random_network.hpp"
#include "support/text_network.hpp"

namespace {

using lode::FlowSystem;
using lode::Network;
using lode::tonnes_per_year;
using namespace lode_test;

TEST(FlowSystem, LinesSlotsAndWeightsOfASmallChain) {
  const Network network = parse_network(R"(
@commodities
ore  mining      a=0.1,b=0.3
rock mining      b=0.2
ax   separation  a=1
bx   separation  b=1
part product     -
@facilities
mine1 mine    AAA 60 -            ore
mine2 mine    AAA 40 -            rock
idle  mine    AAA  0 -            ore
plant refiner AAA 100 ore,rock    ax*0.5,bx*1      # 3 t ax, 26 t bx
maker other   AAA 10 ax*0.2,bx*2~0.5 part
@end_uses
use AAA part 10
@routes
mine1 plant ore  60
mine2 plant rock 40
idle  plant ore   0
plant maker ax    3
plant maker bx   20
maker use  part  10
)");
  const FlowSystem system{network};
  EXPECT_EQ(system.lines(), 5U) << "two mines, two separation lines, one maker; the idle mine has none";
  EXPECT_EQ(system.slots(), 4U);
  EXPECT_EQ(system.arcs(), 5U);
  ASSERT_EQ(system.runs.size(), 1U);
  EXPECT_EQ(system.runs[0], (lode::graph::Run{0, 5, false}));
  const auto line_of = [&](std::size_t facility, std::size_t k) {
    return system.facility_lines[system.facility_line_offsets[facility] + k];
  };
  EXPECT_EQ(system.facility_line_offsets, (std::vector<std::uint32_t>{0, 1, 2, 2, 4, 5}));
  // The b line of the plant: 0.3 * 60 = 18 t from ore and 0.2 * 40 = 8 t from rock.
  const std::uint32_t b = line_of(3, 1);
  EXPECT_EQ(system.line_separates[b], 1);
  ASSERT_EQ(system.line_slots[b + 1] - system.line_slots[b], 1U);
  const std::uint32_t slot = system.line_slots[b];
  EXPECT_EQ(system.slot_need[slot], 0.3 * 60 + 0.2 * 40);
  ASSERT_EQ(system.slot_arcs[slot + 1] - system.slot_arcs[slot], 2U);
  EXPECT_NEAR(system.arc_weight[system.slot_arcs[slot]], 18.0 / 26, 1e-15);
  EXPECT_EQ(system.arc_source[system.slot_arcs[slot] + 1], line_of(1, 0));
  // The maker needs 2 of the 3 t of ax that arrive, and all of bx.
  const std::uint32_t maker = line_of(4, 0);
  EXPECT_EQ(system.line_separates[maker], 0);
  const std::uint32_t ax = system.line_slots[maker];
  EXPECT_EQ(system.arc_weight[system.slot_arcs[ax]], 1.5);
  EXPECT_EQ(system.arc_source[system.slot_arcs[ax]], line_of(3, 0));
  EXPECT_EQ(system.arc_weight[system.slot_arcs[ax + 1]], 1.0);
  EXPECT_EQ(system.slot_criticality[ax + 1], 0.5);
  EXPECT_EQ(system.arc_source[system.slot_arcs[ax + 1]], b);
  EXPECT_EQ(system.route_line[2], FlowSystem::none) << "the idle mine ships nothing";
  EXPECT_EQ(system.sink_arcs, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(system.sink_source[0], maker);
  EXPECT_EQ(system.sink_flow[0], 10.0);
  EXPECT_EQ(system.sink_route[0], 5U);
}

TEST(FlowSystem, SourcesComeFirstAndSumsAreExactlyOne) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const World world = random_world(seed, {.separators = 5,
                                            .plants = 12,
                                            .most_suppliers = 1 + seed % 9,
                                            .loops = 0.2 * static_cast<double>(seed % 6),
                                            .surplus = 0.0});
    const FlowSystem system{build(world)};
    std::uint32_t end = 0;
    for (const lode::graph::Run& run : system.runs) {
      ASSERT_EQ(run.begin, end);
      end = run.end;
      for (std::uint32_t line = run.begin; line < run.end; ++line) {
        for (std::uint32_t slot = system.line_slots[line]; slot < system.line_slots[line + 1]; ++slot) {
          double sum = 0.0;
          for (std::uint32_t arc = system.slot_arcs[slot]; arc < system.slot_arcs[slot + 1]; ++arc) {
            ASSERT_LT(system.arc_source[arc], run.cyclic ? run.end : line);
            ASSERT_GT(system.arc_weight[arc], 0.0);
            sum += system.arc_weight[arc];
          }
          ASSERT_EQ(sum, 1.0) << "line " << line;
        }
      }
    }
    ASSERT_EQ(end, system.lines());
    for (std::size_t e = 0; e < world.end_uses.size(); ++e) {
      double sum = 0.0;
      for (std::uint32_t arc = system.sink_arcs[e]; arc < system.sink_arcs[e + 1]; ++arc) sum += system.sink_flow[arc];
      ASSERT_LE(sum, world.end_uses[e].demand) << "rounding makes no surplus";
    }
    // Every line belongs to its facility once.
    std::set<std::uint32_t> lines(system.facility_lines.begin(), system.facility_lines.end());
    ASSERT_EQ(lines.size(), system.lines());
    for (std::size_t f = 0; f < world.facilities.size(); ++f) {
      const std::size_t own = system.facility_line_offsets[f + 1] - system.facility_line_offsets[f];
      const std::size_t wanted = world.facilities[f].separates ? world.facilities[f].makes.size() : 1;
      ASSERT_EQ(own, world.facilities[f].baseline > 0.0 ? wanted : 0U) << facility_id(f);
      for (std::size_t k = 0; k < own; ++k) {
        ASSERT_EQ(system.line_facility[system.facility_lines[system.facility_line_offsets[f] + k]], f);
      }
    }
  }
}

TEST(FlowSystem, ABaseYearThatIsReallyOffIsNotSmoothedOver) {
  const Network network = parse_network(R"(
@commodities
a mining -
b product -
@facilities
mine1 mine  AAA 1.0        - a
maker other AAA 1.0000005  a b
@routes
mine1 maker a 1.0
)");
  const FlowSystem system{network};
  EXPECT_NEAR(system.arc_weight[0], 1.0 - 5e-7, 1e-12);
}

}  // namespace
