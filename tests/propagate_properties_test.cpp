// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include <lode/propagate.hpp>

#include "support/random_network.hpp"
#include "support/random_scenario.hpp"
#include "support/reference_propagate.hpp"

/// What must hold on every network, whatever the numbers.
namespace {

using lode::Disruption;
using lode::Network;
using lode::Result;
using lode::SolveStatus;
using lode::tonnes_per_year;
using namespace lode_test;

constexpr std::uint64_t seeds = 400;

/// From chains to thick loops.
WorldOptions options_for(std::uint64_t seed) {
  WorldOptions options;
  options.loops = 0.25 * static_cast<double>(seed % 5);
  options.whole_numbers = seed % 3 == 0;
  options.separators = 2 + seed % 4;
  return options;
}

template <class Check>
void for_each_world(Check check) {
  for (std::uint64_t seed = 0; seed < seeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    check(seed, random_world(seed, options_for(seed)));
  }
}

double flow(const Result& result, std::size_t route) {
  return result.routes[route].flow.in(tonnes_per_year);
}
double flow(const Network& network, std::size_t route) {
  return network.routes()[route].flow.in(tonnes_per_year);
}

TEST(PropagateProperties, NoShockIsExactlyTheBaseYear) {
  for_each_world([](std::uint64_t, const World& world) {
    const Network network = build(world);
    const Result result = lode::propagate(network, lode::Scenario{"none"});
    ASSERT_EQ(result.status, SolveStatus::solved);
    for (std::size_t f = 0; f < network.facilities().size(); ++f) {
      const bool runs = network.facilities()[f].baseline > lode::TonnesPerYear{};
      EXPECT_EQ(result.facilities[f].utilisation, runs ? 1.0 : 0.0) << facility_id(f);
      EXPECT_EQ(result.facilities[f].activity, network.facilities()[f].baseline) << facility_id(f);
      EXPECT_EQ(result.facilities[f].limited_by, runs ? lode::Limit::none : lode::Limit::capacity) << facility_id(f);
    }
    for (std::size_t r = 0; r < network.routes().size(); ++r) EXPECT_EQ(flow(result, r), flow(network, r));
    for (const lode::EndUseResult& use : result.end_uses) EXPECT_EQ(use.shortfall, use.baseline_shortfall);
  });
}

TEST(PropagateProperties, CertificatesHoldAndNothingRisesAboveItsBaseline) {
  for_each_world([](std::uint64_t seed, const World& world) {
    const Network network = build(world);
    const Result result = lode::Propagator(network).run(random_disruption(network, seed));
    ASSERT_EQ(result.status, SolveStatus::solved);
    EXPECT_LE(result.certificate.mass_balance, 1e-12);
    EXPECT_LE(result.certificate.fixpoint_residual, 1e-12);
    EXPECT_LE(result.certificate.gap, 1e-9);
    for (const lode::FacilityResult& facility : result.facilities) {
      EXPECT_GE(facility.utilisation, 0.0);
      EXPECT_LE(facility.utilisation, 1.0);
      EXPECT_LE(facility.activity, network[facility.id].baseline);
    }
    for (std::size_t r = 0; r < network.routes().size(); ++r) {
      EXPECT_GE(flow(result, r), 0.0);
      EXPECT_LE(flow(result, r), flow(network, r));
    }
    for (const lode::EndUseResult& use : result.end_uses) {
      EXPECT_GE(use.shortfall, lode::TonnesPerYear{});
      EXPECT_LE(use.delivered, use.demanded);
    }
  });
}

TEST(PropagateProperties, TheTruthLiesWithinTheGap) {
  int compared = 0;
  for_each_world([&](std::uint64_t seed, const World& world) {
    const Network network = build(world);
    const lode::Scenario scenario = random_scenario(network, seed);
    const ReferenceResult truth = reference_propagate(network, reference_shock(network, scenario), 1e-19L);
    if (!truth.settled) return;
    ++compared;
    const Result result = lode::propagate(network, scenario);
    ASSERT_EQ(result.status, SolveStatus::solved);
    for (std::size_t f = 0; f < network.facilities().size(); ++f) {
      EXPECT_LE(std::abs(result.facilities[f].utilisation - truth.utilisation[f]), result.certificate.gap + 3e-16L)
          << facility_id(f);
    }
  });
  EXPECT_GE(compared, static_cast<int>(seeds * 9 / 10));
}

TEST(PropagateProperties, MoreCapacityAndOpennessNeverHurt) {
  for_each_world([](std::uint64_t seed, const World& world) {
    const Network network = build(world);
    lode::Propagator propagator{network};
    Disruption worse = random_disruption(network, seed, 0.3);
    worse.demand.clear();
    Disruption better = worse;
    Random random(seed);
    for (lode::ActivityLimit& limit : better.activity) {
      if (random.chance(0.5)) limit.factor += random.uniform(0.0, 0.5);
    }
    for (lode::RouteOpenness& route : better.routes) {
      if (random.chance(0.5)) route.open = std::min(1.0, route.open + random.uniform(0.0, 0.5));
    }
    const Result low = propagator.run(worse);
    const Result high = propagator.run(better);
    ASSERT_EQ(low.status, SolveStatus::solved);
    ASSERT_EQ(high.status, SolveStatus::solved);
    for (std::size_t f = 0; f < network.facilities().size(); ++f) {
      EXPECT_GE(high.facilities[f].utilisation, low.facilities[f].utilisation - 1e-12) << facility_id(f);
    }
    for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
      EXPECT_GE(high.end_uses[e].delivered.in(tonnes_per_year), low.end_uses[e].delivered.in(tonnes_per_year)-1e-9);
    }
    EXPECT_LE(high.total_weighted_shortfall, low.total_weighted_shortfall + 1e-8);
  });
}

TEST(PropagateProperties, ADoubledWorldGivesTheSameSharesToTheLastBit) {
  for_each_world([](std::uint64_t seed, const World& world) {
    const Network network = build(world);
    const Disruption shock = random_disruption(network, seed);
    const Result before = lode::Propagator(network).run(shock);
    for (const double scale : {0x1p-20, 0x1p10}) {
      World scaled = world;
      for (World::Facility& facility : scaled.facilities) facility.baseline *= scale;
      for (World::EndUse& use : scaled.end_uses) use.demand *= scale;
      for (World::Route& route : scaled.routes) route.flow *= scale;
      for (World::Reserve& reserve : scaled.reserves) reserve.amount *= scale;
      Disruption same = shock;
      for (lode::ActivityLimit& limit : same.activity) limit.add *= scale;
      for (lode::ReserveRelease& release : same.releases) release.rate *= scale;
      const Result after = lode::Propagator(build(scaled)).run(same);
      ASSERT_EQ(after.status, before.status);
      for (std::size_t f = 0; f < before.facilities.size(); ++f) {
        EXPECT_EQ(after.facilities[f].utilisation, before.facilities[f].utilisation) << facility_id(f);
        EXPECT_EQ(after.facilities[f].limited_by, before.facilities[f].limited_by) << facility_id(f);
      }
      for (std::size_t r = 0; r < before.routes.size(); ++r) EXPECT_EQ(flow(after, r), scale * flow(before, r));
      EXPECT_EQ(after.total_weighted_shortfall, scale * before.total_weighted_shortfall);
    }
  });
}

TEST(PropagateProperties, TheOrderOfTheTablesDoesNotMatter) {
  for_each_world([](std::uint64_t seed, const World& world) {
    Random random(seed);
    const std::size_t facilities = world.facilities.size();
    std::vector<std::size_t> position(facilities);
    std::iota(position.begin(), position.end(), std::size_t{0});
    random.shuffle(position);
    std::vector<std::size_t> route_order(world.routes.size());
    std::iota(route_order.begin(), route_order.end(), std::size_t{0});
    random.shuffle(route_order);
    const auto moved = [&](std::size_t place) { return place < facilities ? position[place] : place; };
    World relabelled = world;
    for (std::size_t f = 0; f < facilities; ++f) relabelled.facilities[position[f]] = world.facilities[f];
    for (std::size_t r = 0; r < world.routes.size(); ++r) {
      World::Route route = world.routes[route_order[r]];
      route.from = moved(route.from);
      route.to = moved(route.to);
      relabelled.routes[r] = route;
    }
    relabelled.reserves.clear();
    const Network network = build(world);
    Disruption shock = random_disruption(network, seed);
    shock.releases.clear();
    Disruption same = shock;
    for (lode::ActivityLimit& limit : same.activity)
      limit.facility = lode::FacilityId{position[limit.facility.index()]};
    std::vector<std::size_t> place_of(route_order.size());
    for (std::size_t r = 0; r < route_order.size(); ++r) place_of[route_order[r]] = r;
    for (lode::RouteOpenness& route : same.routes) route.route = lode::RouteId{place_of[route.route.index()]};
    const Result before = lode::Propagator(network).run(shock);
    const Result after = lode::Propagator(build(relabelled)).run(same);
    ASSERT_EQ(before.status, SolveStatus::solved);
    ASSERT_EQ(after.status, SolveStatus::solved);
    const double tolerance = 1e-13 + before.certificate.gap + after.certificate.gap;
    for (std::size_t f = 0; f < facilities; ++f) {
      EXPECT_NEAR(after.facilities[position[f]].utilisation, before.facilities[f].utilisation, tolerance)
          << facility_id(f);
    }
  });
}

TEST(PropagateProperties, TwoHalvesOfAFacilityAreTheFacility) {
  for_each_world([](std::uint64_t seed, const World& world) {
    Random random(seed);
    const std::size_t whole = random.below(world.facilities.size());
    const std::size_t facilities = world.facilities.size();
    // The second half comes last; end uses move up by one.
    const auto moved = [&](std::size_t place) { return place < facilities ? place : place + 1; };
    World halves = world;
    halves.facilities[whole].baseline /= 2;
    halves.facilities.push_back(halves.facilities[whole]);
    halves.routes.clear();
    halves.reserves.clear();
    const Network network = build(world);
    Disruption shock = random_disruption(network, seed);
    shock.releases.clear();
    Disruption same = shock;
    same.routes.clear();
    std::vector<double> open(world.routes.size(), 1.0);
    for (const lode::RouteOpenness& route : shock.routes) open[route.route.index()] = route.open;
    for (std::size_t r = 0; r < world.routes.size(); ++r) {
      const World::Route& route = world.routes[r];
      std::vector<std::size_t> from{route.from};
      std::vector<std::size_t> to{moved(route.to)};
      if (route.from == whole) from.push_back(facilities);
      if (route.to == whole) to.push_back(facilities);
      for (const std::size_t seller : from) {
        for (const std::size_t buyer : to) {
          same.routes.push_back({lode::RouteId{halves.routes.size()}, open[r]});
          halves.routes.push_back(
              {seller, buyer, route.commodity, route.flow / static_cast<double>(from.size() * to.size())});
        }
      }
    }
    for (lode::ActivityLimit& limit : same.activity) {
      if (limit.facility.index() == whole) limit.add /= 2;
    }
    for (const lode::ActivityLimit& limit : std::vector(same.activity)) {
      if (limit.facility.index() == whole)
        same.activity.push_back({lode::FacilityId{facilities}, limit.factor, limit.add});
    }
    const Result before = lode::Propagator(network).run(shock);
    const Result after = lode::Propagator(build(halves)).run(same);
    ASSERT_EQ(before.status, SolveStatus::solved);
    ASSERT_EQ(after.status, SolveStatus::solved);
    const double tolerance = 1e-13 + before.certificate.gap + after.certificate.gap;
    for (std::size_t f = 0; f < facilities; ++f) {
      EXPECT_NEAR(after.facilities[f].utilisation, before.facilities[f].utilisation, tolerance) << facility_id(f);
    }
    EXPECT_NEAR(after.facilities[facilities].utilisation, before.facilities[whole].utilisation, tolerance);
  });
}

TEST(PropagateProperties, ARouteWithoutFlowChangesNothing) {
  for_each_world([](std::uint64_t seed, const World& world) {
    Random random(seed);
    World more = world;
    const Network network = build(world);
    lode_test::add_possible_routes(more, random, 40);
    const Disruption shock = random_disruption(network, seed);
    const Result before = lode::Propagator(network).run(shock);
    const Result after = lode::Propagator(build(more)).run(shock);
    for (std::size_t f = 0; f < before.facilities.size(); ++f) {
      EXPECT_EQ(after.facilities[f].utilisation, before.facilities[f].utilisation) << facility_id(f);
    }
    EXPECT_EQ(after.total_weighted_shortfall, before.total_weighted_shortfall);
  });
}

TEST(PropagateProperties, RunningOneScenarioLeavesNoTraceInTheNext) {
  for (std::uint64_t seed = 0; seed < seeds / 4; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network network = build(random_world(seed, options_for(seed)));
    lode::Propagator used{network};
    for (std::uint64_t draw = 0; draw < 10; ++draw) {
      const Disruption shock = random_disruption(network, 1000 * seed + draw, draw % 3 == 0 ? 0.6 : 0.05);
      if (draw % 4 == 3) {
        lode::Outcomes outcomes;
        used.run(std::vector<Disruption>(9, shock), outcomes);
      }
      const Result again = used.run(shock);
      const Result fresh = lode::Propagator(network).run(shock);
      ASSERT_EQ(again.status, fresh.status);
      for (std::size_t f = 0; f < fresh.facilities.size(); ++f) {
        ASSERT_EQ(again.facilities[f].utilisation, fresh.facilities[f].utilisation) << facility_id(f);
      }
      ASSERT_EQ(again.total_weighted_shortfall, fresh.total_weighted_shortfall);
      ASSERT_EQ(again.certificate.gap, fresh.certificate.gap);
      ASSERT_EQ(again.certificate.mass_balance, fresh.certificate.mass_balance);
    }
  }
}

}  // namespace
