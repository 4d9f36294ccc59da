// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include <lode/detail/alike_end_uses.hpp>
#include <lode/draw.hpp>
#include <lode/ensemble.hpp>
#include <lode/propagate.hpp>

#include "support/random_network.hpp"
#include "support/random_scenario.hpp"
#include "support/text_network.hpp"
#include "support/uncertain_scenario.hpp"

/// One end use stands for others only where they are equally short in every draw.
namespace {

using lode::Network;
using lode::Scenario;
using lode::tonnes_per_year;
using lode::Uniform;
using lode::detail::alike_end_uses;
using lode::detail::AlikeEndUses;
using lode::detail::ScenarioFamily;
using namespace lode_test;

/// The world with some end uses cut into sectors of a half and two quarters, one of them perhaps in another country.
World in_sectors(World world, std::uint64_t seed) {
  Random random(seed);
  const std::size_t facilities = world.facilities.size(), uses = world.end_uses.size();
  for (std::size_t e = 0; e < uses; ++e) {
    if (random.chance(0.3)) continue;
    const bool moves = random.chance(0.3);
    for (int part = 0; part < 2; ++part) {
      World::EndUse sector = world.end_uses[e];
      sector.demand *= 0.25;
      if (moves && part == 1) sector.country = random.below(world.countries);
      const std::size_t routes = world.routes.size();
      for (std::size_t r = 0; r < routes; ++r) {
        if (world.routes[r].to != facilities + e) continue;
        World::Route route = world.routes[r];
        route.to = facilities + world.end_uses.size();
        route.flow *= 0.25;
        world.routes.push_back(route);
      }
      world.end_uses.push_back(sector);
    }
    world.end_uses[e].demand *= 0.5;
    for (World::Route& route : world.routes) {
      if (route.to == facilities + e) route.flow *= 0.5;
    }
  }
  return world;
}

TEST(AlikeEndUses, AreEquallyShortInEveryDraw) {
  std::size_t followers = 0, movers = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Network network = build(in_sectors(random_world(seed), seed));
    const Scenario scenario = uncertain(random_scenario(network, seed), seed);
    const AlikeEndUses alike = alike_end_uses(network, ScenarioFamily(network, scenario));
    lode::Propagator propagator(network);
    for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
      if (alike.leader[e] == e) continue;
      ++followers;
      if (network.end_uses()[e].country != network.end_uses()[alike.leader[e]].country) ++movers;
    }
    for (std::uint64_t k = 0; k < 20; ++k) {
      const lode::Result result = propagator.run(lode::draw(scenario, seed, k));
      for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
        const auto& own = result.end_uses[e];
        const auto& leader = result.end_uses[alike.leader[e]];
        EXPECT_NEAR(own.shortfall.in(tonnes_per_year), alike.scale[e] * leader.shortfall.in(tonnes_per_year),
                    1e-13 * own.demanded.in(tonnes_per_year))
            << "seed " << seed << ", draw " << k << ", end use " << e;
      }
    }
  }
  EXPECT_GT(followers, 100U);
  EXPECT_GT(movers, 10U);
}

TEST(AlikeEndUses, GetTheirOwnNumbersInAnEnsemble) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Network network = build(in_sectors(random_world(seed), seed));
    const Scenario scenario = uncertain(random_scenario(network, seed), seed);
    constexpr std::uint64_t samples = 300;
    lode::EnsembleOptions options;
    options.sampling = {.samples = samples, .seed = seed};
    const lode::Ensemble all = lode::ensemble(network, scenario, options);
    std::vector<std::vector<double>> uses(network.end_uses().size()), countries(network.countries().size());
    std::vector<double> weighted;
    lode::Propagator propagator(network);
    for (std::uint64_t k = 0; k < samples; ++k) {
      const lode::Result result = propagator.run(lode::draw(scenario, seed, k));
      double total = 0.0;
      for (std::size_t e = 0; e < uses.size(); ++e) {
        uses[e].push_back(result.end_uses[e].shortfall.in(tonnes_per_year));
        total += result.end_uses[e].weight * uses[e].back();
      }
      weighted.push_back(total);
      for (const auto& country : result.countries) {
        countries[country.id.index()].push_back(country.materials[0].shortfall.in(tonnes_per_year));
      }
    }
    const auto expect_spread = [&](const lode::Spread& spread, std::vector<double> numbers, double size) {
      double sum = 0.0;
      for (const double x : numbers) sum += x;
      std::sort(numbers.begin(), numbers.end());
      EXPECT_NEAR(spread.mean, sum / samples, 1e-12 * size);
      EXPECT_NEAR(spread.least, numbers.front(), 1e-12 * size);
      EXPECT_NEAR(spread.largest, numbers.back(), 1e-12 * size);
      const double middle = numbers[samples / 2 - 1];
      EXPECT_NEAR(spread.quantiles[2].value, middle, middle / 64.0 + 1e-9 * size);
      std::size_t above = 0;
      for (const double x : numbers) above += x > 1e-9 * size ? 1 : 0;
      EXPECT_NEAR(spread.probability_of_shortfall, static_cast<double>(above) / samples, 1e-12);
    };
    for (std::size_t e = 0; e < uses.size(); ++e) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", end use " + std::to_string(e));
      expect_spread(all.end_uses[e].shortfall, uses[e], all.end_uses[e].demanded);
    }
    for (const lode::CountrySpread& country : all.countries) {
      for (const lode::MaterialSpread& material : country.materials) {
        if (material.id.index() != 0) continue;
        SCOPED_TRACE("seed " + std::to_string(seed) + ", country " + country.name);
        expect_spread(material.shortfall, countries[country.id.index()], material.demanded);
      }
    }
    double size = 0.0;
    for (const lode::EndUse& use : network.end_uses()) size += use.weight * use.demand.in(tonnes_per_year);
    EXPECT_NEAR(all.weighted.least, *std::min_element(weighted.begin(), weighted.end()), 1e-11 * size);
  }
}

/// Three sectors alike in the base year, until a scenario tells them apart.
TEST(AlikeEndUses, ScenariosTellThemApart) {
  const Network network = parse_network(R"(
@commodities
part  product  dy=0.1
@facilities
plant  mine  CHN  100  -  part
@end_uses
cars   USA  part  50
lifts  USA  part  25
tools  JPN  part  25
@routes
plant  cars   part  50
plant  lifts  part  25
plant  tools  part  25
)");
  using Leaders = std::vector<std::size_t>;
  const auto leaders = [&network](const Scenario& scenario) {
    return alike_end_uses(network, ScenarioFamily(network, scenario)).leader;
  };
  const Uniform open{0.2, 0.8};
  const auto ban = [&open] {
    Scenario scenario{"ban"};
    scenario.restrict_exports({.country = "CHN", .factor = open});
    return scenario;
  };
  EXPECT_EQ(leaders(ban()), (Leaders{0, 0, 0}));
  EXPECT_EQ(leaders(ban().restrict_exports({.country = "CHN", .partners = "JPN", .factor = 0.5})), (Leaders{0, 0, 2}));
  EXPECT_EQ(leaders(ban().restrict_imports({.country = "JPN", .factor = open})), (Leaders{0, 0, 2}));
  EXPECT_EQ(leaders(ban().change_demand({.end_use = "lifts", .factor = 1.5})), (Leaders{0, 1, 0}));
  EXPECT_EQ(leaders(ban().set_priority({.end_use = "cars", .factor = open})), (Leaders{0, 1, 1}));
  EXPECT_EQ(leaders(ban().limit_routes({.from = "plant", .to = "tools", .factor = open})), (Leaders{0, 0, 2}));
}

}  // namespace
