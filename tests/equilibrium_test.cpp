// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/equilibrium.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <lode/network_builder.hpp>

#include "support/random_network.hpp"
#include "support/random_scenario.hpp"

/// Textbook markets in closed form, and properties of random ones.
namespace {

using namespace lode_test;
using namespace lode::literals;
using lode::tonnes_per_year;
using lode::usd_per_tonne;

constexpr int year = 2024;

lode::Price world_price(std::size_t commodity, double usd) {
  return {lode::CommodityId{commodity}, {}, year, usd * usd_per_tonne, {}};
}

double t(lode::TonnesPerYear rate) {
  return rate.in(tonnes_per_year);
}
double usd(lode::UsdPerTonne price) {
  return price.in(usd_per_tonne);
}

/// A mine in AAA, elasticity 1, 100 t/yr; users in AAA (40 t) and BBB (60 t), elasticity 0.5; 1000 USD/t everywhere.
lode::Network two_regions(double scale = 1.0) {
  lode::NetworkBuilder world;
  world.add_country("AAA");
  world.add_country("BBB");
  const auto metal = world.add_material("m", "Metal");
  world.add_commodity("ore", lode::Stage::mining, {{metal, 0.5}});
  const auto rate = [scale](double tonnes) { return tonnes * scale * tonnes_per_year; };
  world.add_mine("mine", "AAA", {.makes = "ore", .baseline = rate(100.0), .elasticity = 1.0});
  world.add_end_use("home", "AAA", {.takes = "ore", .demand = rate(40.0), .elasticity = -0.5});
  world.add_end_use("away", "BBB", {.takes = "ore", .demand = rate(60.0), .elasticity = -0.5});
  world.add_route("mine", "home", "ore", rate(40.0));
  world.add_route("mine", "away", "ore", rate(60.0));
  return world.build();
}

lode::EquilibriumResult solve(const lode::Network& network, const lode::Scenario& scenario,
                              const lode::EquilibriumOptions& options = {}, double price = 1000.0) {
  const std::vector<lode::Price> prices{world_price(0, price)};
  return lode::Market(network, prices, year, options).run(scenario);
}

/// Inertia far below what the closed forms are compared to.
constexpr double near = 1e-5;

TEST(EquilibriumClosedForms, TheBaseYearIsTheEquilibriumWithoutShocks) {
  const auto market = solve(two_regions(), {"none"});
  ASSERT_EQ(market.status, lode::SolveStatus::solved);
  EXPECT_EQ(t(market.end_uses[1].delivered), 60.0);
  EXPECT_EQ(usd(market.end_uses[1].price), 1000.0);
  EXPECT_EQ(market.surplus->welfare, 0.0);
}

TEST(EquilibriumClosedForms, AnAdValoremTariffIsSharedByBothSides) {
  lode::Scenario scenario{"tariff"};
  scenario.add_tariff({.country = "BBB", .partners = "AAA", .rate = 0.5});
  const auto market = solve(two_regions(), scenario);
  ASSERT_EQ(market.status, lode::SolveStatus::solved);
  // supply 100 r = 40 (1.5 - 0.5 r) + 60 (1.5 - 0.5 r (1 + rate)), r the price at the mine over 1000
  const double r = 150.0 / (150.0 + 30.0 * 0.5);
  EXPECT_NEAR(usd(market.end_uses[0].price), 1000.0 * r, 1000.0 * near);
  EXPECT_NEAR(usd(market.end_uses[1].price), 1500.0 * r, 1000.0 * near);
  EXPECT_NEAR(t(market.facilities[0].activity), 100.0 * r, 100.0 * near);
  const double abroad = 60.0 * (1.5 - 0.75 * r);
  ASSERT_EQ(market.tariffs.size(), 1U);
  EXPECT_NEAR(market.tariffs[0].revenue, 500.0 * r * abroad, 60000.0 * near);
  EXPECT_LE(market.certificate.tariffs, 1e-9);
  // The deadweight loss: half of the lost trade times the wedge, at home and abroad.
  const double loss = 0.5 * ((1.0 - r) * 1000.0 * (100.0 - 100.0 * r) + (1.0 - r) * 1000.0 * (40.0 * 0.5 * (1.0 - r)) +
                             (1.5 * r - 1.0) * 1000.0 * (60.0 - abroad));
  const double producers = -(1.0 - r) * 1000.0 * (100.0 + 100.0 * r) / 2.0;
  EXPECT_NEAR(market.surplus->producers, producers, std::abs(producers) * 1e-4);
  EXPECT_LT(market.surplus->welfare, 0.0);
  EXPECT_GT(loss, 0.0);
  const double consumers =
      (1.0 - r) * 1000.0 * (40.0 + 40.0 * (1.5 - 0.5 * r)) / 2.0 - (1.5 * r - 1.0) * 1000.0 * (60.0 + abroad) / 2.0;
  EXPECT_NEAR(market.surplus->consumers, consumers, std::abs(consumers) * 1e-4);
  EXPECT_NEAR(market.surplus->welfare, producers + consumers + 500.0 * r * abroad, std::abs(producers) * 1e-4);
}

TEST(EquilibriumClosedForms, AQuotaDrivesAWedgeThatIsItsRent) {
  lode::Scenario scenario{"quota"};
  scenario.restrict_exports({.country = "AAA", .factor = 0.5});
  const auto market = solve(two_regions(), scenario);
  ASSERT_EQ(market.status, lode::SolveStatus::solved);
  EXPECT_NEAR(t(market.end_uses[1].delivered), 30.0, 1e-9);
  EXPECT_NEAR(usd(market.end_uses[1].price), 2000.0, 1e-6);
  EXPECT_NEAR(usd(market.end_uses[0].price), 750.0, 1000.0 * near);
  EXPECT_NEAR(t(market.facilities[0].activity), 75.0, 100.0 * near);
  ASSERT_EQ(market.quota_rents.size(), 1U);
  EXPECT_NEAR(market.quota_rents[0].rent, 1250.0, 1000.0 * near);
  EXPECT_NEAR(market.surplus->quotas, 1250.0 * 30.0, 30000.0 * near);
  EXPECT_NEAR(t(market.materials[0].shortfall), 15.0, 1e-9);
}

TEST(EquilibriumClosedForms, APriceFloorCostsItsBudget) {
  lode::Scenario scenario{"floor"};
  scenario.guarantee_price({.facility = "mine", .commodity = "ore", .price = 1200.0});
  const auto market = solve(two_regions(), scenario);
  ASSERT_EQ(market.status, lode::SolveStatus::solved);
  // 120 t at the floor, sold where 100 (1.5 - 0.5 r) = 120
  ASSERT_EQ(market.price_floors.size(), 1U);
  EXPECT_NEAR(t(market.facilities[0].activity), 120.0, 120.0 * near);
  EXPECT_NEAR(usd(market.price_floors[0].market_price), 600.0, 1000.0 * near);
  EXPECT_NEAR(usd(market.price_floors[0].subsidy), 600.0, 1000.0 * near);
  EXPECT_NEAR(market.price_floors[0].budget, 72000.0, 72000.0 * near);
  EXPECT_LE(market.certificate.price_floors, 1e-9);

  lode::Scenario idle{"idle"};
  idle.guarantee_price({.facility = "mine", .commodity = "ore", .price = 900.0});
  const auto same = solve(two_regions(), idle);
  EXPECT_EQ(same.price_floors[0].budget, 0.0);
  EXPECT_EQ(usd(same.end_uses[0].price), 1000.0);
}

TEST(EquilibriumClosedForms, JointProductsShareOneCost) {
  lode::NetworkBuilder world;
  world.add_country("AAA");
  world.add_commodity("a", lode::Stage::metal);
  world.add_commodity("b", lode::Stage::metal);
  world.add_plant("plant", "AAA", {.makes = {{"a", 1.0}, {"b", 0.1}}, .baseline = 100_t_per_yr, .elasticity = 1.0});
  world.add_end_use("of_a", "AAA", {.takes = "a", .demand = 100_t_per_yr, .elasticity = -0.5});
  world.add_end_use("of_b", "AAA", {.takes = "b", .demand = 10_t_per_yr, .elasticity = -0.5});
  world.add_route("plant", "of_a", "a", 100_t_per_yr);
  world.add_route("plant", "of_b", "b", 10_t_per_yr);
  const std::vector<lode::Price> prices{world_price(0, 800.0), world_price(1, 2000.0)};
  lode::Scenario scenario{"more-b"};
  scenario.change_demand({.end_use = "of_b", .factor = 2.0});
  const auto market = lode::Market(world.build(), prices, year).run(scenario);
  ASSERT_EQ(market.status, lode::SolveStatus::solved);
  // 2400 - 16 x + 0.1 (6000 - 20 x) = 10 x
  const double x = 3000.0 / 28.0;
  EXPECT_NEAR(t(market.facilities[0].activity), x, x * near);
  EXPECT_NEAR(usd(market.end_uses[0].price), 2400.0 - 16.0 * x, 1000.0 * near);
  EXPECT_NEAR(usd(market.end_uses[1].price), 6000.0 - 20.0 * x, 5000.0 * near);
  EXPECT_FALSE(market.surplus.has_value());
}

TEST(EquilibriumClosedForms, AProhibitiveTariffIsABan) {
  lode::Scenario tariff{"tariff"}, ban{"ban"};
  tariff.add_tariff({.country = "BBB", .rate = 10.0});
  ban.restrict_exports({.country = "AAA", .factor = 0.0});
  const auto taxed = solve(two_regions(), tariff), banned = solve(two_regions(), ban);
  ASSERT_EQ(taxed.status, lode::SolveStatus::solved);
  ASSERT_EQ(banned.status, lode::SolveStatus::solved);
  EXPECT_NEAR(t(taxed.end_uses[1].delivered), 0.0, 1e-9);
  EXPECT_NEAR(usd(taxed.end_uses[0].price), usd(banned.end_uses[0].price), 1e-3);
  EXPECT_NEAR(t(taxed.facilities[0].activity), t(banned.facilities[0].activity), 1e-6);
}

TEST(EquilibriumClosedForms, FallingPricesStopAtZero) {
  // At elasticity 0.2 cost reaches 0 at 80 t; half of demand at elasticity 0.5 takes 75 t at a price of 0.
  lode::NetworkBuilder world;
  world.add_country("AAA");
  world.add_commodity("ore", lode::Stage::mining);
  world.add_mine("mine", "AAA", {.makes = "ore", .baseline = 100_t_per_yr, .elasticity = 0.2});
  world.add_end_use("use", "AAA", {.takes = "ore", .demand = 100_t_per_yr, .elasticity = -0.5});
  world.add_route("mine", "use", "ore", 100_t_per_yr);
  lode::Scenario scenario{"half"};
  scenario.change_demand({.end_use = "use", .factor = 0.5});
  const auto market = solve(world.build(), scenario);
  ASSERT_EQ(market.status, lode::SolveStatus::solved);
  EXPECT_NEAR(t(market.end_uses[0].delivered), 75.0, 1e-3);
  EXPECT_NEAR(usd(market.end_uses[0].price), 0.0, 1e-2);
}

TEST(EquilibriumClosedForms, SmallElasticitiesFixQuantities) {
  lode::Scenario scenario{"tariff"};
  scenario.add_tariff({.country = "BBB", .rate = 0.5});
  const auto market = solve(two_regions(), scenario, {.elasticity_factor = 1e-3});
  ASSERT_EQ(market.status, lode::SolveStatus::solved);
  EXPECT_NEAR(t(market.facilities[0].activity), 100.0, 0.1);
  EXPECT_NEAR(t(market.end_uses[1].delivered), 60.0, 0.1);
}

TEST(EquilibriumClosedForms, UnitsDoNotMatter) {
  lode::Scenario scenario{"tariff"};
  scenario.add_tariff({.country = "BBB", .rate = 0.3});
  const auto one = solve(two_regions(), scenario);
  for (const double scale : {1e-6, 1e-3, 1e5}) {
    for (const double price : {1e-2, 1e3, 1e7}) {
      const auto other = solve(two_regions(scale), scenario, {}, price);
      ASSERT_EQ(other.status, lode::SolveStatus::solved);
      EXPECT_NEAR(usd(other.end_uses[1].price) / price, usd(one.end_uses[1].price) / 1000.0, 1e-8);
      EXPECT_NEAR(t(other.end_uses[1].delivered) / scale, t(one.end_uses[1].delivered), 1e-8);
    }
  }
}

TEST(EquilibriumClosedForms, AnOfftakeThatCanNotBeMetIsNamed) {
  lode::Scenario scenario{"offtake"};
  scenario.require_offtake({.from = "mine", .to = "away", .commodity = "ore", .minimum = 80.0});
  scenario.limit_capacity({.facility = "mine", .factor = 0.5});
  const auto market = solve(two_regions(), scenario);
  ASSERT_EQ(market.status, lode::SolveStatus::infeasible);
  EXPECT_EQ(market.conflict, (std::vector<std::string>{"offtake of shock 1: at least 80 t/yr of \"ore\"",
                                                       "limit: \"mine\" does at most 50 t/yr",
                                                       "balance: \"mine\" sends no more \"ore\" than it makes"}));
  EXPECT_TRUE(market.routes.empty());
}

TEST(EquilibriumClosedForms, AnOfftakeThatBindsCostsTheSeller) {
  lode::Scenario scenario{"offtake"};
  scenario.require_offtake({.from = "mine", .to = "away", .commodity = "ore", .minimum = 75.0});
  const auto market = solve(two_regions(), scenario);
  ASSERT_EQ(market.status, lode::SolveStatus::solved);
  // Abroad 75 t sell at 1000 (1 + (1 - 75/60) / 0.5) = 500; at home 100 r = 75 + 40 (1.5 - 0.5 r).
  EXPECT_NEAR(usd(market.end_uses[1].price), 500.0, 1e-6);
  EXPECT_NEAR(usd(market.end_uses[0].price), 1125.0, 1000.0 * near);
  EXPECT_NEAR(market.offtakes[0].cost, 625.0, 1000.0 * near);
}

TEST(EquilibriumClosedForms, ACapacityThatAShockAddsCostsWhatTheBaseYearCost) {
  lode::Scenario scenario{"more"}, expansion{"more"};
  for (lode::Scenario* one : {&scenario, &expansion}) one->change_demand({.factor = 1.5});
  expansion.limit_capacity({.facility = "mine", .add = 60.0});
  // 100 r = 150 (1.5 - 0.5 r)
  const auto tight = solve(two_regions(), scenario), wide = solve(two_regions(), expansion);
  EXPECT_NEAR(usd(tight.end_uses[0].price), 1000.0 * 225.0 / 175.0, 1000.0 * near);
  EXPECT_NEAR(usd(wide.end_uses[0].price), 1000.0, 1000.0 * near);
  EXPECT_NEAR(t(wide.facilities[0].activity), 150.0, 150.0 * near);
  // And it is a limit.
  lode::Scenario little{"little"};
  little.change_demand({.factor = 1.5}).limit_capacity({.facility = "mine", .add = 5.0});
  EXPECT_NEAR(t(solve(two_regions(), little).facilities[0].activity), 105.0, 1e-9);
}

TEST(EquilibriumClosedForms, AProjectRunsWherePricesRise) {
  lode::NetworkBuilder world;
  world.add_country("AAA");
  world.add_commodity("ore", lode::Stage::mining);
  world.add_mine("mine", "AAA", {.makes = "ore", .baseline = 100_t_per_yr, .elasticity = 1.0});
  world.add_mine("project", "AAA", {.makes = "ore"});
  world.add_end_use("use", "AAA", {.takes = "ore", .demand = 100_t_per_yr, .elasticity = -0.5});
  world.add_route("mine", "use", "ore", 100_t_per_yr);
  world.add_route("project", "use", "ore", 0_t_per_yr);
  const lode::Network network = world.build();
  lode::Scenario opens{"opens"};
  opens.limit_capacity({.facility = "project", .add = 10.0});
  EXPECT_NEAR(t(solve(network, opens).facilities[1].activity), 0.0, 1e-9);
  opens.limit_capacity({.facility = "mine", .factor = 0.5});
  const auto market = solve(network, opens);
  EXPECT_NEAR(t(market.facilities[1].activity), 10.0, 1e-9);
  EXPECT_NEAR(usd(market.end_uses[0].price), 1000.0 * (1.0 + 0.4 / 0.5), 1.0);
  EXPECT_EQ(market.notes.size(), 1U);
}

TEST(EquilibriumData, EverythingThatIsMissingIsListed) {
  lode::NetworkBuilder world;
  world.add_country("AAA");
  world.add_country("BBB");
  world.add_commodity("ore", lode::Stage::mining);
  world.add_commodity("metal", lode::Stage::metal);
  world.add_mine("mine", "AAA", {.makes = "ore", .baseline = 100_t_per_yr});
  world.add_plant("plant", "BBB", {.uses = {{"ore", 1.0}}, .makes = {{"metal"}}, .baseline = 100_t_per_yr});
  world.add_end_use("use", "BBB", {.takes = "metal", .demand = 100_t_per_yr});
  world.add_route("mine", "plant", "ore", 100_t_per_yr);
  world.add_route("plant", "use", "metal", 100_t_per_yr);
  const lode::Network network = world.build();
  const std::vector<lode::Price> prices{{lode::CommodityId{0}, lode::CountryId{0}, year, 5_usd_per_t, {}},
                                        world_price(1, 0.0)};
  try {
    (void)lode::Market(network, prices, year);
    FAIL();
  } catch (const lode::InvalidArgument& error) {
    EXPECT_STREQ(
        error.what(),
        "commodity \"ore\": no price in 2024 for the world or for BBB; give prices.csv a row ore,world,2024,PRICE "
        "(USD/t)\n"
        "commodity \"metal\": the price of 2024 in world is 0; a base price must be above 0\n"
        "facility \"mine\": no elasticity of supply; fill the column elasticity of facilities.csv, or give one for "
        "all: "
        "EquilibriumOptions::supply_elasticity, --supply-elasticity\n"
        "facility \"plant\": no elasticity of supply; fill the column elasticity of facilities.csv, or give one for "
        "all: EquilibriumOptions::supply_elasticity, --supply-elasticity\n"
        "end use \"use\": no elasticity of demand; fill the column elasticity of end_uses.csv, or give one for all: "
        "EquilibriumOptions::demand_elasticity, --demand-elasticity");
  }
}

TEST(EquilibriumData, OptionsOutOfRangeAreRefused) {
  EXPECT_THROW((void)solve(two_regions(), {"none"}, {.demand_elasticity = 0.0}), lode::InvalidArgument);
  EXPECT_THROW((void)solve(two_regions(), {"none"}, {.tolerance = 0.1}), lode::InvalidArgument);
  EXPECT_THROW((void)solve(two_regions(), {"none"}, {.trade_inertia = 0.0}), lode::InvalidArgument);
  EXPECT_THROW((void)solve(two_regions(), {"none"}, {.max_iterations = 0}), lode::InvalidArgument);
}

std::vector<lode::Price> random_prices(const lode::Network& network, std::uint64_t seed) {
  Random random(seed + 1000);
  std::vector<lode::Price> prices;
  for (std::size_t c = 0; c < network.commodities().size(); ++c) {
    prices.push_back(world_price(c, std::exp(random.uniform(2.0, 12.0))));
    for (std::size_t k = 0; k < network.countries().size(); ++k) {
      if (!random.chance(0.3)) continue;
      prices.push_back({lode::CommodityId{c},
                        lode::CountryId{k},
                        year,
                        prices.back().price.in(usd_per_tonne)*random.uniform(0.7, 1.4) * usd_per_tonne,
                        {}});
    }
  }
  return prices;
}

const lode::EquilibriumOptions some_elasticities{.demand_elasticity = 0.3, .supply_elasticity = 0.4};

TEST(EquilibriumProperties, TheBaseYearIsReproduced) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const lode::Network network = build(random_world(seed, {.unbalance = seed % 2 == 0 ? 0.0 : 1e-6}));
    lode::Market market(network, random_prices(network, seed), year, some_elasticities);
    const auto result = market.run(lode::Scenario{"none"});
    ASSERT_EQ(result.status, lode::SolveStatus::solved) << "seed " << seed;
    for (const auto& route : result.routes) {
      EXPECT_NEAR(t(route.flow), t(route.base_flow), 1e-9 * (1.0 + t(route.base_flow))) << "seed " << seed;
    }
    for (const auto& price : result.prices) {
      EXPECT_NEAR(usd(price.price), usd(price.base_price), 1e-9 * (1.0 + usd(price.base_price))) << "seed " << seed;
    }
    EXPECT_LE(result.certificate.mass_balance, 1e-12);
  }
}

/// A random scenario, with tariffs up to 100 %, floors from half to twice the base price, and offtakes.
lode::Disruption with_policies(const lode::Network& network, const std::vector<lode::Price>& prices,
                               std::uint64_t seed) {
  Random random(seed + 5000);
  lode::Disruption out = lode::resolve(network, random_scenario(network, seed));
  for (std::size_t r = 0; r < network.routes().size(); ++r) {
    if (random.chance(0.1)) out.tariffs.push_back({lode::RouteId{r}, random.uniform(0.0, 1.0)});
    if (random.chance(0.03)) {
      const lode::Route& route = network.routes()[r];
      out.offtakes.push_back(
          {out.offtakes.size(), route.commodity, t(route.flow) * random.uniform(0.5, 1.2), {lode::RouteId{r}}});
    }
  }
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    const lode::FacilityId id{f};
    const auto guarantee = [&](lode::CommodityId commodity) {
      if (!random.chance(0.1)) return;
      const auto world = std::find_if(prices.begin(), prices.end(),
                                      [&](const lode::Price& price) { return price.commodity == commodity; });
      out.price_floors.push_back({id, commodity, usd(world->price) * random.uniform(0.5, 2.0)});
    };
    for (const lode::Output& output : network[id].outputs) guarantee(output.commodity);
    for (const lode::Recovery& recovery : network[id].recoveries) guarantee(recovery.commodity);
  }
  return out;
}

TEST(EquilibriumProperties, RandomScenariosAreSolvedAndProven) {
  int solved = 0, infeasible = 0, other = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const lode::Network network = build(random_world(seed));
    const std::vector<lode::Price> prices = random_prices(network, seed);
    lode::Market market(network, prices, year, some_elasticities);
    const auto result = market.run(with_policies(network, prices, seed));
    if (result.status == lode::SolveStatus::infeasible) {
      ++infeasible;
      EXPECT_FALSE(result.conflict.empty()) << "seed " << seed;
      continue;
    }
    if (result.status != lode::SolveStatus::solved) {
      // Tariffs and floors need not have an equilibrium that the search finds; then there are no numbers.
      ++other;
      EXPECT_EQ(result.status, lode::SolveStatus::not_converged);
      EXPECT_TRUE(result.routes.empty());
      continue;
    }
    ++solved;
    EXPECT_LE(result.certificate.mass_balance, 1e-8) << "seed " << seed;
    EXPECT_LE(result.certificate.optimality, 1e-9) << "seed " << seed;
    EXPECT_LE(result.certificate.gap, 1e-9) << "seed " << seed;
    EXPECT_LE(result.certificate.tariffs, 1e-6) << "seed " << seed;
    EXPECT_LE(result.certificate.price_floors, 1e-6) << "seed " << seed;
  }
  EXPECT_GT(solved, 400);
  EXPECT_LE(other, 3);
  RecordProperty("infeasible", infeasible);
}

/// Two regions that both mine, trade and use, with routes at a cost: a seeded textbook case.
lode::Network random_two_regions(Random& random) {
  lode::NetworkBuilder world;
  world.add_country("AAA");
  world.add_country("BBB");
  world.add_commodity("ore", lode::Stage::mining);
  const auto rate = [&random] { return random.uniform(1.0, 100.0); };
  const double aa = rate(), ab = rate(), bb = rate();
  const auto cost = [&random] { return random.uniform(0.0, 200.0) * usd_per_tonne; };
  world.add_mine("a", "AAA", {.makes = "ore", .baseline = (aa + ab) * tonnes_per_year, .elasticity = rate() / 50.0});
  world.add_mine("b", "BBB", {.makes = "ore", .baseline = bb * tonnes_per_year, .elasticity = rate() / 50.0});
  world.add_end_use("ua", "AAA", {.takes = "ore", .demand = aa * tonnes_per_year, .elasticity = -rate() / 50.0});
  world.add_end_use("ub", "BBB", {.takes = "ore", .demand = (ab + bb) * tonnes_per_year, .elasticity = -rate() / 50.0});
  world.add_route("a", "ua", "ore", aa * tonnes_per_year, {.cost = cost()});
  world.add_route("a", "ub", "ore", ab * tonnes_per_year, {.cost = cost()});
  world.add_route("b", "ub", "ore", bb * tonnes_per_year, {.cost = cost()});
  world.add_route("b", "ua", "ore", 0_t_per_yr, {.cost = cost()});
  return world.build();
}

TEST(EquilibriumProperties, ATariffLowersTradeAndWelfareMoreTheHigherItIs) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    const lode::Network network = random_two_regions(random);
    double trade = t(network.routes()[1].flow), welfare = 0.0;
    for (const double rate : {0.05, 0.2, 0.5, 1.0, 3.0}) {
      lode::Scenario scenario{"tariff"};
      scenario.add_tariff({.country = "BBB", .partners = "AAA", .rate = rate});
      const auto market = solve(network, scenario);
      ASSERT_EQ(market.status, lode::SolveStatus::solved) << "seed " << seed << " rate " << rate;
      EXPECT_LE(t(market.routes[1].flow), trade + 1e-7) << "seed " << seed;
      EXPECT_LE(market.surplus->welfare, welfare + 1e-6 * std::abs(welfare) + 1e-3) << "seed " << seed;
      trade = t(market.routes[1].flow);
      welfare = market.surplus->welfare;
    }
  }
}

TEST(EquilibriumProperties, AQuotasRentIsTheGapOfPrices) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    const lode::Network network = random_two_regions(random);
    lode::Scenario scenario{"quota"};
    scenario.restrict_exports({.country = "AAA", .factor = random.uniform(0.1, 0.95)});
    const auto market = solve(network, scenario);
    ASSERT_EQ(market.status, lode::SolveStatus::solved) << "seed " << seed;
    const auto price = [&](std::string_view place) {
      for (const auto& row : market.prices) {
        if (network.id(row.place) == place) return usd(row.price);
      }
      return 0.0;
    };
    const double gap = price("ub") - price("a") - usd(*network.routes()[1].cost) - usd(market.routes[1].wedge);
    EXPECT_NEAR(market.quota_rents[0].rent, gap, 0.01) << "seed " << seed;
    EXPECT_LE(market.surplus->welfare, 1e-3) << "seed " << seed;
  }
}

TEST(EquilibriumProperties, PricesOfUsedRoutesDifferByWhatTheRouteCosts) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const lode::Network network = build(random_world(seed, {.softness = 0.0}));
    const auto prices = random_prices(network, seed);
    lode::Market market(network, prices, year, some_elasticities);
    const auto result = market.run(lode::Scenario{"none"});
    for (const auto& row : result.routes) {
      const lode::Route& route = network[row.id];
      const bool feeds = route.to.is_facility() && network[route.to.facility()].is_separator();
      if (feeds || !(t(row.flow) > 0.0)) continue;
      double from = -1.0, to = -1.0;
      for (const auto& price : result.prices) {
        if (price.commodity != route.commodity) continue;
        if (price.place == route.from) from = usd(price.price);
        if (price.place == route.to && to < 0.0) to = usd(price.price);
      }
      if (route.from == route.to) continue;
      EXPECT_NEAR(to - from, usd(row.wedge), 1e-6 * (1.0 + std::abs(from) + std::abs(to))) << "seed " << seed;
    }
  }
}

TEST(EquilibriumProperties, TheSameRunGivesTheSameBits) {
  const lode::Network network = build(random_world(7));
  const auto prices = random_prices(network, 7);
  lode::Market market(network, prices, year, some_elasticities);
  const auto shock = with_policies(network, prices, 7);
  const auto first = market.run(shock);
  (void)market.run(with_policies(network, prices, 8));
  const auto second = market.run(shock);
  ASSERT_EQ(first.routes.size(), second.routes.size());
  for (std::size_t r = 0; r < first.routes.size(); ++r) EXPECT_EQ(t(first.routes[r].flow), t(second.routes[r].flow));
  for (std::size_t p = 0; p < first.prices.size(); ++p)
    EXPECT_EQ(usd(first.prices[p].price), usd(second.prices[p].price));
}

}  // namespace
