// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <lode/network_builder.hpp>
#include <lode/propagate.hpp>
#include <lode/reallocate.hpp>
#include <lode/risk.hpp>

#include "support/random_network.hpp"
#include "support/random_scenario.hpp"

namespace {

using lode::CountryRisk;
using lode::RiskReport;
using lode::Stage;
using lode::StageRisk;
using lode::tonnes_per_year;
using namespace lode_test;

TEST(Risk, HerfindahlIsThatOfTheMergerGuidelines) {
  // US DOJ and FTC, Horizontal Merger Guidelines (2010), 5.3, note 9: shares of 30, 30, 20 and 20 per cent are 2,600.
  EXPECT_NEAR(10000.0 * *lode::herfindahl(std::vector<double>{30, 30, 20, 20}), 2600.0, 1e-9);
  // The same note: it is 10,000 for a pure monopoly. Equal firms: 10,000 / n.
  EXPECT_EQ(*lode::herfindahl(std::vector<double>{7.0, 0.0}), 1.0);
  EXPECT_NEAR(*lode::herfindahl(std::vector<double>(8, 3.0)), 1.0 / 8.0, 1e-15);
  EXPECT_FALSE(lode::herfindahl(std::vector<double>{0.0, 0.0}));
  EXPECT_FALSE(lode::herfindahl({}));
}

TEST(Risk, HerfindahlIsBoundedBlindToOrderAndRisesWithMergers) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    std::vector<double> amounts(1 + random.below(12));
    for (double& amount : amounts) amount = random.chance(0.2) ? 0.0 : random.uniform(0.0, 100.0);
    amounts[0] += 1.0;
    const double hhi = *lode::herfindahl(amounts);
    const auto active =
        static_cast<double>(std::count_if(amounts.begin(), amounts.end(), [](double x) { return x > 0.0; }));
    EXPECT_GE(hhi, 1.0 / active * (1 - 1e-12));
    EXPECT_LE(hhi, 1.0 + 1e-12);
    std::vector<double> shuffled = amounts;
    random.shuffle(shuffled);
    EXPECT_NEAR(*lode::herfindahl(shuffled), hhi, 1e-14);
    std::vector<double> scaled = amounts;
    for (double& amount : scaled) amount *= 1e6;
    EXPECT_NEAR(*lode::herfindahl(scaled), hhi, 1e-14);
    if (amounts.size() < 2) continue;
    // A merger adds twice the product of the shares: the guidelines' "change in HHI".
    std::vector<double> merged(amounts.begin() + 1, amounts.end());
    merged[0] += amounts[0];
    double sum = 0.0;
    for (const double amount : amounts) sum += amount;
    EXPECT_NEAR(*lode::herfindahl(merged), hhi + 2.0 * amounts[0] * amounts[1] / (sum * sum), 1e-12);
  }
}

TEST(Risk, GovernanceIsScaledFromBestToWorst) {
  EXPECT_EQ(lode::governance_risk(2.5), 0.0);
  EXPECT_EQ(lode::governance_risk(0.0), 5.0);
  EXPECT_EQ(lode::governance_risk(-2.5), 10.0);
  EXPECT_THROW((void)lode::governance_risk(2.6), lode::InvalidArgument);
  EXPECT_THROW((void)lode::governance_risk(std::nan("")), lode::InvalidArgument);
}

TEST(Risk, MissingGovernanceIsNotGuessed) {
  const std::vector<std::optional<double>> wgi{0.5, std::nullopt, -1.0};
  EXPECT_FALSE(lode::governance_weighted_herfindahl(std::vector<double>{1, 1, 1}, wgi));
  // Where it supplies nothing it is not needed: 0.25 * 4 + 0.25 * 7.
  EXPECT_DOUBLE_EQ(*lode::governance_weighted_herfindahl(std::vector<double>{1, 0, 1}, wgi), 2.75);
  EXPECT_DOUBLE_EQ(
      *lode::governance_weighted_herfindahl(std::vector<double>{1, 0, 1}, wgi, std::vector<double>{0.8, 1, 1.5}),
      0.25 * 4 * 0.8 + 0.25 * 7 * 1.5);
}

TEST(Risk, TheEuFormulaByHand) {
  // Blengini et al. (2017), doi 10.2760/73303: SR = (HHI_GS IR / 2 + HHI_EU (1 - IR / 2)) (1 - EoL_RIR) SI_SR. By hand:
  // the world is supplied 80 % by A (governance -0.5: 6 of 10) and 20 % by B (1.5: 2): 0.64 * 6 + 0.04 * 2 = 3.92. The
  // importer buys half from each: 0.25 * 6 + 0.25 * 2 = 2, and makes nothing: IR = 1.
  const std::vector<std::optional<double>> wgi{-0.5, 1.5};
  const double global = *lode::governance_weighted_herfindahl(std::vector<double>{80, 20}, wgi);
  const double sourcing = *lode::governance_weighted_herfindahl(std::vector<double>{50, 50}, wgi);
  EXPECT_NEAR(global, 3.92, 1e-12);
  EXPECT_NEAR(sourcing, 2.0, 1e-12);
  EXPECT_NEAR(lode::supply_risk({.global = global, .sourcing = sourcing, .import_reliance = 1.0}), 2.96, 1e-12);
  EXPECT_NEAR(
      lode::supply_risk(
          {.global = global, .sourcing = sourcing, .import_reliance = 1.0, .recycling = 0.25, .substitution = 0.9}),
      2.96 * 0.75 * 0.9, 1e-12);
  // Who imports nothing bears the risk of its own sources alone; a net exporter too.
  EXPECT_EQ(lode::supply_risk({.global = 9.0, .sourcing = 2.0}), 2.0);
  EXPECT_EQ(lode::supply_risk({.global = 9.0, .sourcing = 2.0, .import_reliance = -3.0}), 2.0);
}

TEST(Risk, ImportRelianceByHand) {
  EXPECT_EQ(*lode::import_reliance(0.0, 5.0, 0.0), 1.0);
  EXPECT_EQ(*lode::import_reliance(6.0, 3.0, 1.0), 0.25);
  EXPECT_EQ(*lode::import_reliance(8.0, 0.0, 4.0), -1.0);
  EXPECT_FALSE(lode::import_reliance(2.0, 0.0, 2.0));
}

/// Two mines in A (operators x and unknown) and one in B (operator y), refined in A only, used in A and C.
lode::Network small_chain(bool governance_of_a = true) {
  lode::NetworkBuilder world;
  const auto m = world.add_material("m");
  world.add_country("AAA", "A", governance_of_a ? std::optional(-0.5) : std::nullopt);
  world.add_country("BBB", "B", 1.5);
  world.add_country("CCC", "C", 1.0);
  const auto ore = world.add_commodity("ore", Stage::mining, {{m, 0.5}});
  const auto oxide = world.add_commodity("oxide", Stage::separation, {{m, 0.8}});
  const auto t = [](double tonnes) { return tonnes * tonnes_per_year; };
  const auto x = world.add_facility("x", {}, lode::FacilityKind::mine, "AAA", t(100.0), std::nullopt, "x");
  const auto y = world.add_facility("y", {}, lode::FacilityKind::mine, "BBB", t(50.0), std::nullopt, "y");
  const auto z = world.add_facility("z", {}, lode::FacilityKind::mine, "AAA", t(50.0), std::nullopt, "");
  for (const auto mine : {x, y, z}) world.add_output(mine, ore, 1.0);
  const auto refiner = world.add_refiner("refiner", "AAA", {.feeds = {ore}, .recovers = {{oxide, 0.8}}});
  for (const auto& [mine, flow] : {std::pair(x, 100.0), std::pair(y, 50.0), std::pair(z, 50.0)}) {
    world.add_route(mine, refiner, ore, t(flow));
  }
  const auto a = world.add_end_use("a", "AAA", {.takes = oxide, .demand = t(60.0)});
  const auto c = world.add_end_use("c", "CCC", {.takes = oxide, .demand = t(30.0)});
  world.add_route(refiner, a, oxide, t(60.0));
  world.add_route(refiner, c, oxide, t(30.0));
  return world.build();
}

TEST(Risk, AChainByHand) {
  const lode::Network network = small_chain();
  const RiskReport report = lode::risk(network);
  ASSERT_EQ(report.stages.size(), 2U);
  const StageRisk& mining = report.stages[0];
  EXPECT_EQ(mining.stage, Stage::mining);
  EXPECT_FALSE(mining.bottleneck);
  EXPECT_EQ(mining.supply, 100.0 * tonnes_per_year);
  EXPECT_EQ(mining.use, 100.0 * tonnes_per_year);
  ASSERT_EQ(mining.suppliers.size(), 2U);
  EXPECT_EQ(mining.suppliers[0].share, 0.75);
  EXPECT_DOUBLE_EQ(mining.hhi_country, 0.75 * 0.75 + 0.25 * 0.25);
  EXPECT_DOUBLE_EQ(*mining.hhi_governance, 0.5625 * 6.0 + 0.0625 * 2.0);
  // x has a half, y a quarter; nobody knows whose the last quarter is.
  EXPECT_DOUBLE_EQ(mining.operator_known, 0.75);
  EXPECT_DOUBLE_EQ(mining.hhi_operator_low, 0.25 + 0.0625);
  EXPECT_DOUBLE_EQ(mining.hhi_operator_high, 0.5625 + 0.0625);
  EXPECT_DOUBLE_EQ(*mining.coverage_without_largest, 0.25);
  EXPECT_FALSE(mining.coverage_of_others) << "nobody else takes ore";
  const StageRisk& separation = report.stages[1];
  EXPECT_TRUE(separation.bottleneck);
  EXPECT_EQ(separation.hhi_country, 1.0);
  EXPECT_DOUBLE_EQ(separation.supply.in(tonnes_per_year), 80.0);  // 0.8 of what the ore holds
  EXPECT_DOUBLE_EQ(separation.use.in(tonnes_per_year), 72.0);
  EXPECT_EQ(*separation.coverage_without_largest, 0.0);
  EXPECT_EQ(*separation.coverage_of_others, 0.0);
  ASSERT_EQ(report.countries.size(), 3U);
  const CountryRisk& ore_of_a = report.countries[0];
  EXPECT_DOUBLE_EQ(*ore_of_a.import_reliance, 0.25);
  EXPECT_DOUBLE_EQ(*ore_of_a.supply_risk, 3.5) << "its sources are the world's";
  const CountryRisk& oxide_of_a = report.countries[1];
  EXPECT_DOUBLE_EQ(*oxide_of_a.import_reliance, -24.0 / 56.0);
  const CountryRisk& oxide_of_c = report.countries[2];
  EXPECT_EQ(network[oxide_of_c.country].id, "CCC");
  EXPECT_EQ(*oxide_of_c.import_reliance, 1.0);
  EXPECT_DOUBLE_EQ(*oxide_of_c.hhi_sourcing, 6.0);
  EXPECT_DOUBLE_EQ(*oxide_of_c.supply_risk, 6.0);
  const RiskReport less = lode::risk(network, {.recycling = {{"m", 0.5}}, .trade_factor = {{"AAA", 1.5}}});
  EXPECT_DOUBLE_EQ(*less.countries[2].supply_risk, 6.0 * 1.5 * 0.5);
}

TEST(Risk, WithoutGovernanceOfASupplierThereIsNoFigure) {
  const RiskReport report = lode::risk(small_chain(false));
  for (const StageRisk& row : report.stages) EXPECT_FALSE(row.hhi_governance);
  for (const CountryRisk& row : report.countries) {
    EXPECT_FALSE(row.supply_risk);
    EXPECT_TRUE(row.import_reliance);
  }
}

TEST(Risk, AResultWithoutAShockIsTheBaseYear) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    const lode::Network network = build(random_world(seed));
    const RiskReport base = lode::risk(network);
    const RiskReport same = lode::risk(network, lode::propagate(network, lode::Scenario{"none"}));
    EXPECT_EQ(same.scenario, "none");
    ASSERT_EQ(base.stages.size(), same.stages.size());
    for (std::size_t i = 0; i < base.stages.size(); ++i) {
      EXPECT_NEAR(base.stages[i].hhi_country, same.stages[i].hhi_country, 1e-12);
      EXPECT_EQ(base.stages[i].bottleneck, same.stages[i].bottleneck);
    }
    ASSERT_EQ(base.countries.size(), same.countries.size());
  }
}

TEST(Risk, FiguresStayInTheirRangesWhateverHappens) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    const lode::Network network = build(random_world(seed, {.loops = 0.25 * static_cast<double>(seed % 5)}));
    const lode::Scenario scenario = random_scenario(network, seed);
    for (const bool adapts : {false, true}) {
      if (adapts && seed % 10 != 0) continue;
      const RiskReport report =
          lode::risk(network, adapts ? lode::reallocate(network, scenario) : lode::propagate(network, scenario));
      std::vector<int> bottlenecks(network.materials().size(), 0), stages(bottlenecks);
      for (const StageRisk& row : report.stages) {
        ++stages[row.material.index()];
        bottlenecks[row.material.index()] += row.bottleneck ? 1 : 0;
        double shares = 0.0;
        for (const lode::Supplier& supplier : row.suppliers) shares += supplier.share;
        EXPECT_NEAR(shares, 1.0, 1e-12);
        EXPECT_GE(row.effective_countries, 1.0 - 1e-12);
        EXPECT_LE(row.effective_countries, static_cast<double>(row.suppliers.size()) + 1e-9);
        EXPECT_LE(row.hhi_operator_low, row.hhi_operator_high + 1e-15);
        EXPECT_LE(row.hhi_operator_high, 1.0 + 1e-12);
        if (row.coverage_without_largest) {
          EXPECT_GE(*row.coverage_without_largest, 0.0);
        }
        EXPECT_FALSE(row.hhi_governance) << "the countries of this network have none";
      }
      for (std::size_t m = 0; m < stages.size(); ++m) EXPECT_EQ(bottlenecks[m], stages[m] > 0 ? 1 : 0);
      for (const CountryRisk& row : report.countries) {
        if (row.import_reliance) {
          EXPECT_LE(*row.import_reliance, 1.0 + 1e-12);
        }
      }
    }
  }
}

TEST(Risk, MisuseSaysWhatIsWrong) {
  const lode::Network network = small_chain();
  EXPECT_THROW((void)lode::herfindahl(std::vector<double>{1.0, -1.0}), lode::InvalidArgument);
  EXPECT_THROW((void)lode::import_reliance(1.0, std::nan(""), 0.0), lode::InvalidArgument);
  EXPECT_THROW((void)lode::supply_risk({.recycling = 1.5}), lode::InvalidArgument);
  EXPECT_THROW((void)lode::governance_weighted_herfindahl(std::vector<double>{1.0}, {}), lode::InvalidArgument);
  EXPECT_THROW((void)lode::risk(network, lode::Result{}), lode::InvalidArgument);
  EXPECT_THROW((void)lode::risk(lode::Network{}, lode::propagate(network, lode::Scenario{"none"})),
               lode::InvalidArgument);
  try {
    (void)lode::risk(network, {.recycling = {{"m", -1.0}, {"q", 0.5}}, .trade_factor = {{"AAA", 0.0}}});
    FAIL();
  } catch (const lode::InvalidArgument& error) {
    EXPECT_EQ(error.issues().size(), 3U) << error.what();
  }
}

}  // namespace
