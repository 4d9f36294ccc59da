// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// Two bounds and what lies between: order, sums, levers, marks, offtakes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stop_token>
#include <string>
#include <vector>

#include <lode/bracket.hpp>
#include <lode/complete_routes.hpp>
#include <lode/network_builder.hpp>

#include "support/random_network.hpp"
#include "support/random_scenario.hpp"

namespace {

using namespace lode::literals;
using lode_test::build;
using lode_test::random_scenario;
using lode_test::random_world;

double tonnes(lode::TonnesPerYear quantity) {
  return quantity.in(lode::tonnes_per_year);
}

double weighted_demand(const lode::Result& result) {
  double sum = 0.0;
  for (const lode::EndUseResult& use : result.end_uses) sum += use.weight * tonnes(use.demanded);
  return sum;
}

void expect_ordered(const std::vector<lode::BracketRow>& rows, const std::vector<lode::MaterialResult>& nobody,
                    const std::vector<lode::MaterialResult>& everybody) {
  ASSERT_EQ(rows.size(), nobody.size());
  for (std::size_t m = 0; m < rows.size(); ++m) {
    EXPECT_LE(rows[m].low, rows[m].high);
    EXPECT_EQ(rows[m].demanded, nobody[m].demanded);
    EXPECT_EQ(rows[m].saved, nobody[m].shortfall - everybody[m].shortfall);
    EXPECT_TRUE(rows[m].low == nobody[m].shortfall || rows[m].high == nobody[m].shortfall);
    EXPECT_TRUE(rows[m].low == everybody[m].shortfall || rows[m].high == everybody[m].shortfall);
    if (rows[m].reversed) {
      EXPECT_EQ(rows[m].low, nobody[m].shortfall);
    }
    if (tonnes(rows[m].saved) >= 0.0) {
      EXPECT_FALSE(rows[m].reversed);
    }
  }
}

TEST(Bracket, PropertiesOnRandomNetworks) {
  int marks = 0, helped = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    const lode::Network network = build(random_world(seed, {.idle = 0.2, .unbalance = seed % 2 == 0 ? 0.0 : 1e-6}));
    const lode::Scenario scenario = random_scenario(network, seed);
    const lode::BracketResult result = lode::bracket(network, scenario, {.lever_details = true});
    ASSERT_EQ(result.status, lode::SolveStatus::solved);
    EXPECT_EQ(result.scenario, scenario.name);
    EXPECT_EQ(result.propagate.total_weighted_shortfall, lode::propagate(network, scenario).total_weighted_shortfall);

    const double scale = weighted_demand(result.propagate);
    const double slack = 1e-9 * scale;
    EXPECT_LE(result.reallocate.total_weighted_shortfall, result.propagate.total_weighted_shortfall + slack);
    EXPECT_LE(result.total_low, result.total_high);
    EXPECT_FALSE(result.total_reversed);
    EXPECT_LE(result.propagate.certificate.mass_balance, 1e-9);
    EXPECT_LE(result.reallocate.certificate.mass_balance, 1e-9);
    EXPECT_LE(result.reallocate.certificate.gap, 1e-7);

    expect_ordered(result.materials, result.propagate.materials, result.reallocate.materials);
    ASSERT_EQ(result.countries.size(), result.propagate.countries.size());
    std::vector<double> saved(result.materials.size(), 0.0);
    for (std::size_t c = 0; c < result.countries.size(); ++c) {
      const lode::BracketCountry& country = result.countries[c];
      EXPECT_EQ(country.id, result.propagate.countries[c].id);
      expect_ordered(country.materials, result.propagate.countries[c].materials,
                     result.reallocate.countries[c].materials);
      for (std::size_t m = 0; m < saved.size(); ++m) {
        saved[m] += tonnes(country.materials[m].saved);
        marks += country.materials[m].reversed ? 1 : 0;
      }
    }
    for (std::size_t m = 0; m < saved.size(); ++m) {
      EXPECT_NEAR(saved[m], tonnes(result.materials[m].saved), 1e-9 * tonnes(result.materials[m].demanded));
    }

    ASSERT_EQ(result.levers.size(), 3U);
    ASSERT_TRUE(result.total_without_levers.has_value());
    EXPECT_LE(*result.total_without_levers, result.propagate.total_weighted_shortfall + slack)
        << "what propagation answers needs no lever";
    for (const lode::LeverResult& lever : result.levers) {
      ASSERT_EQ(lever.status, lode::SolveStatus::solved);
      EXPECT_GE(lever.worth, 0.0);
      EXPECT_LE(lever.total_weighted_shortfall, *result.total_without_levers + slack);
      EXPECT_NEAR(lever.worth, lever.total_weighted_shortfall - result.reallocate.total_weighted_shortfall, slack);
      ASSERT_EQ(lever.materials.size(), result.materials.size());
      ASSERT_EQ(lever.countries.size(), result.countries.size());
      for (std::size_t m = 0; m < lever.materials.size(); ++m) {
        double sum = 0.0;
        for (const lode::LeverCountry& country : lever.countries) sum += tonnes(country.materials[m].saved);
        EXPECT_NEAR(sum, tonnes(lever.materials[m].saved), 1e-9 * tonnes(result.materials[m].demanded));
      }
      helped += lever.worth > slack ? 1 : 0;
    }
  }
  EXPECT_GT(marks, 0) << "some country is given up for others";
  EXPECT_GT(helped, 0) << "some lever is worth something";
}

TEST(Bracket, ALeverIsWorthWhatReallocationLosesWithoutIt) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const lode::Network network = build(random_world(seed, {.idle = 0.2}));
    const lode::Scenario scenario = random_scenario(network, seed);
    const lode::BracketResult result = lode::bracket(network, scenario);
    ASSERT_EQ(result.status, lode::SolveStatus::solved);
    const lode::Adaptation ways[] = {{.spare_capacity = false}, {.rerouting = false}, {.new_links = false}};
    for (std::size_t k = 0; k < 3; ++k) {
      const lode::Result without = lode::reallocate(network, scenario, {.allow = ways[k]});
      ASSERT_EQ(without.status, lode::SolveStatus::solved);
      EXPECT_NEAR(result.levers[k].total_weighted_shortfall, without.total_weighted_shortfall,
                  1e-9 * weighted_demand(without));
      EXPECT_TRUE(result.levers[k].materials.empty()) << "only with lever_details";
    }
  }
}

TEST(Bracket, RunsDoNotDependOnEachOther) {
  const lode::Network network = build(random_world(3));
  lode::Bracketer bracketer(network);
  const lode::Scenario first = random_scenario(network, 1), second = random_scenario(network, 2);
  const lode::BracketResult alone = lode::bracket(network, second);
  (void)bracketer.run(first);
  for (int repeat = 0; repeat < 2; ++repeat) {
    const lode::BracketResult again = bracketer.run(second);
    EXPECT_EQ(again.total_low, alone.total_low);
    EXPECT_EQ(again.total_high, alone.total_high);
    for (std::size_t m = 0; m < alone.materials.size(); ++m) {
      EXPECT_EQ(again.materials[m].low, alone.materials[m].low);
      EXPECT_EQ(again.materials[m].high, alone.materials[m].high);
    }
    for (std::size_t k = 0; k < alone.levers.size(); ++k) EXPECT_EQ(again.levers[k].worth, alone.levers[k].worth);
    for (std::size_t r = 0; r < alone.reallocate.routes.size(); ++r) {
      EXPECT_EQ(again.reallocate.routes[r].flow, alone.reallocate.routes[r].flow);
    }
  }
}

/// Two makers of a good and two users: A has spare capacity, and a route to the second user that nobody used.
lode::Network two_makers() {
  lode::NetworkBuilder world;
  world.add_country("AAA");
  world.add_country("BBB");
  const auto dy = world.add_material("dy");
  world.add_commodity("good", lode::Stage::magnet, {{dy, 0.1}});
  world.add_plant("a", "AAA", {.makes = {{"good"}}, .baseline = 100_t_per_yr, .capacity = 130.0_t_per_yr});
  world.add_plant("b", "BBB", {.makes = {{"good"}}, .baseline = 60_t_per_yr});
  world.add_end_use("first", "AAA", {.takes = "good", .demand = 100_t_per_yr});
  world.add_end_use("second", "BBB", {.takes = "good", .demand = 60_t_per_yr, .weight = 2.0});
  world.add_route("a", "first", "good", 100_t_per_yr);
  world.add_route("b", "second", "good", 60_t_per_yr);
  world.add_route("a", "second", "good", 0_t_per_yr);
  return world.build();
}

TEST(Bracket, SaysWhichWayToAdaptSaves) {
  const lode::Network network = two_makers();
  lode::Scenario outage{"outage"};
  outage.limit_capacity({.facility = "b", .factor = 0.0});
  const lode::BracketResult result = lode::bracket(network, outage, {.lever_details = true});
  ASSERT_EQ(result.status, lode::SolveStatus::solved);
  // The second user counts twice, so it gets the spare 30 t and 30 t of the first user's.
  EXPECT_NEAR(result.total_high, 120.0, 1e-9);
  EXPECT_NEAR(result.total_low, 30.0, 1e-9);
  EXPECT_FALSE(result.materials[0].reversed);
  EXPECT_TRUE(result.countries[0].materials[0].reversed) << "the first user gives to the second";
  EXPECT_NEAR(tonnes(result.countries[0].materials[0].low), 0.0, 1e-9);
  EXPECT_NEAR(tonnes(result.countries[0].materials[0].high), 3.0, 1e-9);
  EXPECT_FALSE(result.countries[1].materials[0].reversed);
  EXPECT_NEAR(tonnes(result.countries[1].materials[0].saved), 6.0, 1e-9);

  const auto worth = [&](lode::Lever lever) {
    const auto found = std::find_if(result.levers.begin(), result.levers.end(),
                                    [lever](const auto& row) { return row.lever == lever; });
    return found->worth;
  };
  EXPECT_NEAR(worth(lode::Lever::spare_capacity), 30.0, 1e-9);
  EXPECT_NEAR(worth(lode::Lever::rerouting), 0.0, 1e-9);
  EXPECT_NEAR(worth(lode::Lever::new_links), 90.0, 1e-9);
  EXPECT_NEAR(tonnes(result.levers[2].materials[0].saved), 3.0, 1e-9);
  EXPECT_NEAR(*result.total_without_levers, 120.0, 1e-9);
}

TEST(Bracket, LeversThatAreClosedAreNotListed) {
  const lode::Network network = two_makers();
  const lode::Scenario nothing{"nothing"};
  const lode::BracketResult result = lode::bracket(network, nothing, {.reallocate = {.allow = {.rerouting = false}}});
  ASSERT_EQ(result.levers.size(), 2U);
  EXPECT_EQ(result.levers[0].lever, lode::Lever::spare_capacity);
  EXPECT_EQ(result.levers[1].lever, lode::Lever::new_links);
  const lode::BracketResult none = lode::bracket(network, nothing, {.levers = false});
  EXPECT_TRUE(none.levers.empty());
  EXPECT_FALSE(none.total_without_levers.has_value());
}

TEST(Bracket, OfftakesMayTurnTheBoundsRound) {
  const lode::Network network = two_makers();
  lode::Scenario offtake{"offtake"};
  offtake.require_offtake({.from = "a", .to = "second", .minimum = 70.0});
  lode::BracketResult result = lode::bracket(network, offtake);
  ASSERT_EQ(result.status, lode::SolveStatus::solved);
  EXPECT_TRUE(result.total_reversed) << "40 t of the first user's go where nobody asked for them";
  EXPECT_LE(result.total_low, result.total_high);
  EXPECT_NEAR(result.total_high, 40.0, 1e-9);
  ASSERT_EQ(result.notes.size(), 1U);
  EXPECT_NE(result.notes[0].find("wrong way round"), std::string::npos);
  EXPECT_EQ(result.levers[2].status, lode::SolveStatus::infeasible) << "the offtake needs the new link";
  EXPECT_FALSE(result.total_without_levers.has_value());

  lode::Scenario impossible{"impossible"};
  impossible.require_offtake({.from = "a", .to = "second", .minimum = 131.0});
  result = lode::bracket(network, impossible);
  EXPECT_EQ(result.status, lode::SolveStatus::infeasible);
  EXPECT_FALSE(result.reallocate.conflict.empty());
  EXPECT_EQ(result.propagate.status, lode::SolveStatus::solved);
  EXPECT_TRUE(result.materials.empty());
  EXPECT_TRUE(result.levers.empty());
}

TEST(Bracket, StopsOnRequest) {
  std::stop_source stop;
  stop.request_stop();
  const lode::Network network = two_makers();
  lode::Scenario outage{"outage"};
  outage.limit_capacity({.facility = "b", .factor = 0.0});
  const lode::BracketResult result = lode::bracket(network, outage, {.reallocate = {.stop = stop.get_token()}});
  EXPECT_EQ(result.status, lode::SolveStatus::interrupted);
}

TEST(Bracket, AnyRouteOnlyLowersTheLowerBound) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const lode::Network network = build(random_world(seed));
    const lode::Network open = lode::complete_routes(network);
    lode::Scenario scenario{"cut"};
    scenario.limit_capacity({.facility = {"f0", "f4"}, .factor = 0.3});
    const lode::BracketResult before = lode::bracket(network, scenario, {.levers = false});
    const lode::BracketResult after = lode::bracket(open, scenario, {.levers = false});
    ASSERT_EQ(before.status, lode::SolveStatus::solved);
    ASSERT_EQ(after.status, lode::SolveStatus::solved);
    EXPECT_NEAR(after.total_high, before.total_high, 1e-12 * weighted_demand(before.propagate));
    EXPECT_LE(after.total_low, before.total_low + 1e-9 * weighted_demand(before.propagate));
  }
}

}  // namespace
