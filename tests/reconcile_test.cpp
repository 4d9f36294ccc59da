// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/reconcile.hpp>

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

#include <lode/detail/balance_rows.hpp>
#include <lode/detail/chi_square.hpp>
#include <lode/network_builder.hpp>
#include <lode/propagate.hpp>

#include "support/issues.hpp"
#include "support/random.hpp"
#include "support/random_network.hpp"

namespace {

using namespace lode::literals;
using lode::Determination;
using lode::Reconciliation;
using lode::SolveStatus;
using lode_test::lines;
using Lines = std::vector<std::string>;

double number(lode::TonnesPerYear figure) {
  return figure.in(lode::tonnes_per_year);
}

/// A mine, a plant that takes its ore, and no material: figures as given.
struct OreAndPlant {
  std::optional<lode::TonnesPerYear> mined, mined_sd, flow, flow_sd, demand, demand_sd;
  std::optional<lode::TonnesPerYear> mine_capacity = std::nullopt, route_capacity = std::nullopt;

  [[nodiscard]] lode::Observations observe() const {
    lode::NetworkBuilder world;
    world.add_country("CHN");
    world.add_commodity("ore", lode::Stage::mining);
    world.add_mine("mine", "CHN",
                   {.makes = "ore", .baseline = mined, .capacity = mine_capacity, .baseline_sd = mined_sd});
    world.add_end_use("plant", "CHN", {.takes = "ore", .demand = demand, .demand_sd = demand_sd});
    world.add_route("mine", "plant", "ore", flow, {.capacity = route_capacity, .flow_sd = flow_sd});
    return world.observe();
  }
};

TEST(Reconcile, TwoFiguresOfOneTonnageMeetAtTheirWeightedMean) {
  const Reconciliation result = reconcile(OreAndPlant{.mined = 80_t_per_yr,
                                                      .mined_sd = 10_t_per_yr,
                                                      .flow = 100_t_per_yr,
                                                      .flow_sd = 5_t_per_yr,
                                                      .demand = 200_t_per_yr,
                                                      .demand_sd = 0_t_per_yr}
                                              .observe());
  ASSERT_EQ(result.status, SolveStatus::solved);
  ASSERT_EQ(result.figures.size(), 3U);
  const lode::ReconciledFigure& mine = result.figures[0];
  const lode::ReconciledFigure& flow = result.figures[2];
  EXPECT_NEAR(number(mine.value), 96.0, 1e-11);
  EXPECT_NEAR(number(flow.value), 96.0, 1e-11);
  EXPECT_NEAR(number(*mine.sd), std::sqrt(20.0), 1e-9);
  EXPECT_NEAR(number(*flow.sd), std::sqrt(20.0), 1e-9);
  EXPECT_NEAR(*mine.z, 16.0 / std::sqrt(80.0), 1e-9);
  EXPECT_NEAR(*flow.z, -4.0 / std::sqrt(5.0), 1e-8);
  EXPECT_FALSE(mine.gross_error);
  EXPECT_NEAR(result.chi_square, 1.6 * 1.6 + 0.8 * 0.8, 1e-10);
  EXPECT_NEAR(result.degrees_of_freedom, 1.0, 1e-8);
  EXPECT_EQ(result.figures[1].determination, Determination::exact);
  EXPECT_EQ(number(result.figures[1].value), 200.0);
  // The balance was short of 20 t/yr; a tonne less would have saved the slope of 400 / (100 + 25).
  ASSERT_EQ(result.balances.size(), 2U);
  EXPECT_NEAR(number(result.balances[0].found), -20.0, 1e-12);
  EXPECT_NEAR(result.balances[0].pull, 2.0 * 20.0 / 125.0, 1e-10);
  EXPECT_TRUE(result.balances[0].binds);
  EXPECT_FALSE(result.balances[1].binds);
  EXPECT_EQ(result.balances[1].pull, 0.0);
  // The network is balanced, holds the posterior uncertainty, and remembers.
  EXPECT_EQ(number(result.network.routes()[0].flow), 96.0);
  EXPECT_NEAR(number(*result.network.routes()[0].flow_sd), std::sqrt(20.0), 1e-8);
  EXPECT_EQ(result.network.routes()[0].provenance.note, "found 100 +- 5");
  EXPECT_EQ(result.network.end_uses()[0].provenance.note, "");
}

TEST(Reconcile, SlackThatExistsIsLeftAlone) {
  const lode::Observations found = OreAndPlant{
      .mined = 120_t_per_yr,
      .mined_sd = 10_t_per_yr,
      .flow = 100_t_per_yr,
      .flow_sd = 5_t_per_yr,
      .demand = 110_t_per_yr,
      .demand_sd = {}}.observe();
  const Reconciliation result = reconcile(found);
  ASSERT_EQ(result.status, SolveStatus::solved);
  EXPECT_EQ(result.chi_square, 0.0);
  for (const lode::ReconciledFigure& figure : result.figures) {
    EXPECT_EQ(figure.value, *figure.found);
    EXPECT_FALSE(figure.z.has_value()) << "nothing checks it";
  }
  EXPECT_NEAR(number(*result.figures[0].sd), 10.0, 1e-9);
  EXPECT_NEAR(number(*result.figures[1].sd), 11.0, 1e-9) << "a tenth where none is stated";
  EXPECT_EQ(result.network.routes()[0].flow, found.network.routes()[0].flow);
}

TEST(Reconcile, AFigureOfZeroWithoutUncertaintyStaysZero) {
  const Reconciliation result = reconcile(OreAndPlant{
      .mined = 100_t_per_yr, .mined_sd = {}, .flow = 0_t_per_yr, .flow_sd = {}, .demand = 50_t_per_yr, .demand_sd = {}}
                                              .observe());
  ASSERT_EQ(result.status, SolveStatus::solved);
  EXPECT_EQ(result.figures[2].determination, Determination::exact);
  EXPECT_EQ(number(result.network.routes()[0].flow), 0.0);
}

TEST(Reconcile, CapacitiesBindAndNothingGetsNegative) {
  const Reconciliation result = reconcile(OreAndPlant{.mined = 100_t_per_yr,
                                                      .mined_sd = 10_t_per_yr,
                                                      .flow = 130_t_per_yr,
                                                      .flow_sd = 10_t_per_yr,
                                                      .demand = 150_t_per_yr,
                                                      .demand_sd = {},
                                                      .mine_capacity = 105_t_per_yr}
                                              .observe());
  ASSERT_EQ(result.status, SolveStatus::solved);
  EXPECT_EQ(number(result.figures[0].value), 105.0);
  EXPECT_TRUE(result.figures[0].at_bound);
  EXPECT_NEAR(number(result.figures[2].value), 105.0, 1e-10);
  EXPECT_LE(number(result.network.routes()[0].flow), 105.0);
}

TEST(Reconcile, APublishedFigureMayExceedItsCapacityAndComesDown) {
  const Reconciliation result = reconcile(OreAndPlant{.mined = 100_t_per_yr,
                                                      .mined_sd = {},
                                                      .flow = 90_t_per_yr,
                                                      .flow_sd = {},
                                                      .demand = 100_t_per_yr,
                                                      .demand_sd = {},
                                                      .mine_capacity = {},
                                                      .route_capacity = 70_t_per_yr}
                                              .observe());
  ASSERT_EQ(result.status, SolveStatus::solved);
  EXPECT_EQ(number(result.network.routes()[0].flow), 70.0);
}

TEST(Reconcile, AGapIsSolvedForWhereTheBalancesDetermineIt) {
  lode::NetworkBuilder world;
  world.add_country("CHN");
  const auto dy = world.add_material("dy");
  world.add_commodity("clay", lode::Stage::mining, {{dy, 0.02}});
  world.add_commodity("oxide", lode::Stage::separation, {{dy, 0.8}});
  world.add_mine("a", "CHN", {.makes = "clay", .baseline = 500_t_per_yr});
  world.add_mine("b", "CHN", {.makes = "clay", .baseline = 900_t_per_yr});
  world.add_facility("plant", "", lode::FacilityKind::refiner, "CHN", 1000_t_per_yr);
  world.add_feed("plant", "clay");
  world.add_recovery("plant", "oxide", 0.9);
  world.set_baseline_sd(lode::FacilityId{2}, 10_t_per_yr);
  world.add_route("a", "plant", "clay", 400_t_per_yr, {.flow_sd = 20_t_per_yr});
  world.add_route("b", "plant", "clay", std::nullopt);
  const Reconciliation result = reconcile(world.observe());
  ASSERT_EQ(result.status, SolveStatus::solved);
  const lode::ReconciledFigure& gap = result.figures.back();
  EXPECT_EQ(gap.determination, Determination::solved);
  EXPECT_NEAR(number(gap.value), 600.0, 1e-9);
  EXPECT_NEAR(number(*gap.sd), std::sqrt(500.0), 1e-6);
  EXPECT_FALSE(gap.low.has_value());
  EXPECT_EQ(result.network.routes()[1].provenance.note, "solved from the balances");
  EXPECT_NEAR(result.degrees_of_freedom, 0.0, 1e-6) << "the gap takes up the only check";
}

TEST(Reconcile, AGapThatTheBalancesLeaveOpenHasItsInterval) {
  const Reconciliation result = reconcile(OreAndPlant{.mined = 120_t_per_yr,
                                                      .mined_sd = 1_t_per_yr,
                                                      .flow = {},
                                                      .flow_sd = {},
                                                      .demand = 100_t_per_yr,
                                                      .demand_sd = 1_t_per_yr}
                                              .observe());
  ASSERT_EQ(result.status, SolveStatus::solved);
  const lode::ReconciledFigure& gap = result.figures[2];
  EXPECT_EQ(gap.determination, Determination::undetermined);
  EXPECT_EQ(number(*gap.low), 0.0);
  EXPECT_NEAR(number(*gap.high), 100.0, 1e-6);
  EXPECT_NEAR(number(gap.value), 50.0, 1e-6);
  EXPECT_FALSE(gap.sd.has_value());
  EXPECT_EQ(result.network.routes()[0].provenance.note, "not determinable: anything from 0 to 100");
}

TEST(Reconcile, AGapWithoutAnUpperEndSaysSo) {
  const Reconciliation result = reconcile(OreAndPlant{
      .mined = {}, .mined_sd = {}, .flow = 70_t_per_yr, .flow_sd = 0_t_per_yr, .demand = {}, .demand_sd = {}}
                                              .observe());
  ASSERT_EQ(result.status, SolveStatus::solved);
  const lode::ReconciledFigure& gap = result.figures[0];
  EXPECT_EQ(gap.determination, Determination::undetermined);
  EXPECT_NEAR(number(*gap.low), 70.0, 1e-6);
  EXPECT_FALSE(gap.high.has_value());
  EXPECT_NEAR(number(gap.value), 70.0, 1e-5);
}

TEST(Reconcile, ADemandThatWasNotMeasuredIsWhatArrives) {
  const Reconciliation result = reconcile(OreAndPlant{
      .mined = 90_t_per_yr, .mined_sd = {}, .flow = 70_t_per_yr, .flow_sd = 7_t_per_yr, .demand = {}, .demand_sd = {}}
                                              .observe());
  ASSERT_EQ(result.status, SolveStatus::solved);
  const lode::ReconciledFigure& use = result.figures[1];
  EXPECT_EQ(use.determination, Determination::solved);
  EXPECT_NEAR(number(use.value), 70.0, 1e-9);
  EXPECT_NEAR(number(*use.sd), 7.0, 1e-6);
  EXPECT_EQ(result.network.end_uses()[0].demand, result.network.routes()[0].flow);
}

TEST(Reconcile, InequalitiesFromBothSidesDetermineAGap) {
  const Reconciliation result = reconcile(OreAndPlant{.mined = 100_t_per_yr,
                                                      .mined_sd = 0_t_per_yr,
                                                      .flow = {},
                                                      .flow_sd = {},
                                                      .demand = 100_t_per_yr,
                                                      .demand_sd = 0_t_per_yr}
                                              .observe());
  ASSERT_EQ(result.status, SolveStatus::solved);
  // Nothing says that the demand was met: the flow lies between nothing and all.
  EXPECT_EQ(result.figures[2].determination, Determination::undetermined);

  lode::NetworkBuilder world;
  world.add_country("CHN");
  world.add_commodity("ore", lode::Stage::mining);
  world.add_commodity("metal", lode::Stage::metal);
  world.add_mine("mine", "CHN", {.makes = "ore", .baseline = 100_t_per_yr, .baseline_sd = 0_t_per_yr});
  world.add_metal_maker(
      "smelter", "CHN",
      {.uses = {{"ore", 2.0}}, .makes = {{"metal"}}, .baseline = 50_t_per_yr, .baseline_sd = 0_t_per_yr});
  world.add_route("mine", "smelter", "ore", std::nullopt);
  const Reconciliation pinched = reconcile(world.observe());
  ASSERT_EQ(pinched.status, SolveStatus::solved);
  EXPECT_EQ(pinched.figures[2].determination, Determination::solved);
  EXPECT_NEAR(number(pinched.figures[2].value), 100.0, 1e-6);
}

TEST(Reconcile, ContradictionsNameTheSmallestSet) {
  const Reconciliation result = reconcile(OreAndPlant{.mined = 80_t_per_yr,
                                                      .mined_sd = 0_t_per_yr,
                                                      .flow = 100_t_per_yr,
                                                      .flow_sd = 0_t_per_yr,
                                                      .demand = 200_t_per_yr,
                                                      .demand_sd = 0_t_per_yr}
                                              .observe());
  EXPECT_EQ(result.status, SolveStatus::infeasible);
  EXPECT_TRUE(result.figures.empty());
  EXPECT_TRUE(result.network.routes().empty());
  EXPECT_EQ(lines(result.conflict),
            (Lines{"facility \"mine\": baseline 80 is exact, which contradicts the others listed here; "
                   "give it a standard uncertainty above 0, or correct it",
                   "route \"mine\" -> \"plant\" of \"ore\": flow 100 is exact, which contradicts the others listed "
                   "here; give it a standard uncertainty above 0, or correct it",
                   "facility \"mine\": the balance: \"mine\" sends at most what it makes of \"ore\", takes part in the "
                   "contradiction; change a figure or a recipe in it"}));
}

TEST(Reconcile, AnExactFigureAboveItsCapacityContradictsItself) {
  const Reconciliation result = reconcile(OreAndPlant{.mined = 80_t_per_yr,
                                                      .mined_sd = 0_t_per_yr,
                                                      .flow = 50_t_per_yr,
                                                      .flow_sd = {},
                                                      .demand = 50_t_per_yr,
                                                      .demand_sd = {},
                                                      .mine_capacity = 70_t_per_yr}
                                              .observe());
  EXPECT_EQ(result.status, SolveStatus::infeasible);
  ASSERT_EQ(result.conflict.size(), 1U);
  EXPECT_EQ(result.conflict[0].what, "baseline 80 is exact but its capacity is 70");
}

TEST(Reconcile, ATotalIsOneMoreMeasurement) {
  lode::NetworkBuilder world;
  world.add_country("CHN");
  world.add_country("USA");
  world.add_commodity("ore", lode::Stage::mining);
  world.add_mine("mine", "CHN", {.makes = "ore", .baseline = 1000_t_per_yr});
  for (const char* use : {"a", "b"}) {
    world.add_end_use(use, "USA", {.takes = "ore", .demand = 1000_t_per_yr});
    world.add_route("mine", use, "ore", 100_t_per_yr, {.flow_sd = 10_t_per_yr});
  }
  lode::Observations found = world.observe();
  found.totals.push_back(
      {.id = "exports", .over = lode::ExportShock{.country = "CHN"}, .value = 230_t_per_yr, .sd = 5_t_per_yr});
  const Reconciliation result = reconcile(found);
  ASSERT_EQ(result.status, SolveStatus::solved);
  // Three measurements, one equation: a + b = t; corrections in proportion to the variances 100, 100, 25.
  EXPECT_NEAR(number(result.figures[3].value), 100.0 + 30.0 * 100.0 / 225.0, 1e-10);
  EXPECT_NEAR(number(result.figures[5].value), 230.0 - 30.0 * 25.0 / 225.0, 1e-10);
  EXPECT_EQ(std::get<lode::TotalId>(result.figures[5].id).index, 0U);
  EXPECT_NEAR(number(*result.figures[5].sd), std::sqrt(25.0 - 625.0 / 225.0), 1e-8);

  found.totals[0].over = lode::ExportShock{.country = "CHM"};
  EXPECT_THROW(reconcile(found), lode::InvalidScenario);
  found.totals[0].over = lode::OfftakeShock{};
  EXPECT_THROW(reconcile(found), lode::InvalidScenario);
}

TEST(Reconcile, GrossErrorsAreFlagged) {
  lode::NetworkBuilder world;
  world.add_country("CHN");
  world.add_commodity("ore", lode::Stage::mining);
  world.add_mine("mine", "CHN", {.makes = "ore", .baseline = 100_t_per_yr, .baseline_sd = 2_t_per_yr});
  for (int i = 0; i < 4; ++i) {
    const std::string id = "use" + std::to_string(i);
    world.add_end_use(id, "CHN", {.takes = "ore", .demand = 100_t_per_yr, .demand_sd = 0_t_per_yr});
    // Somebody wrote kilograms, or oxide for metal: 40 where 25 was meant.
    world.add_route("mine", id, "ore", (i == 2 ? 40.0 : 25.0) * lode::tonnes_per_year,
                    {.flow_sd = (i == 2 ? 3.0 : 1.0) * lode::tonnes_per_year});
  }
  const Reconciliation result = reconcile(world.observe());
  ASSERT_EQ(result.status, SolveStatus::solved);
  int flagged = 0;
  for (const lode::ReconciledFigure& figure : result.figures) flagged += figure.gross_error ? 1 : 0;
  EXPECT_TRUE(result.figures[5 + 2].gross_error);
  EXPECT_EQ(flagged, static_cast<int>(result.figures.size() == 9 ? 5 : -1))
      << "one equation: all its members share |z|";
  EXPECT_LT(result.probability, 0.01);
}

// A total in kilotonnes where tonnes were meant, as sure of itself as before: the balances hardly narrow it, and yet it
// is the one to look at.
TEST(Reconcile, AFigureThatIsFarTooSureOfItselfIsFlaggedToo) {
  lode::NetworkBuilder world;
  world.add_country("CHN");
  world.add_country("USA");
  world.add_commodity("ore", lode::Stage::mining);
  world.add_mine("mine", "CHN", {.makes = "ore", .baseline = 58000_t_per_yr});
  world.add_end_use("use", "USA", {.takes = "ore", .demand = 60000_t_per_yr});
  world.add_route("mine", "use", "ore", 58000_t_per_yr, {.flow_sd = 6000_t_per_yr});
  lode::Observations found = world.observe();
  found.totals.push_back({.id = "exports", .over = lode::ExportShock{.country = "CHN"}, .value = 58_t_per_yr,
                          .sd = 1_t_per_yr});
  const Reconciliation result = reconcile(found);
  ASSERT_EQ(result.status, SolveStatus::solved);
  const lode::ReconciledFigure& total = result.figures.back();
  ASSERT_TRUE(total.z.has_value());
  EXPECT_TRUE(total.gross_error);
  EXPECT_NEAR(*total.z, -*result.figures[2].z, 1e-6) << "one equation: one |z|";
}

TEST(Reconcile, AnUncertaintyByDefaultIsNotWrittenAsIfItWereStated) {
  const Reconciliation result = reconcile(OreAndPlant{
      .mined = 80_t_per_yr, .mined_sd = {}, .flow = 100_t_per_yr, .flow_sd = {}, .demand = 300_t_per_yr, .demand_sd = {}}
                                              .observe());
  ASSERT_EQ(result.status, SolveStatus::solved);
  EXPECT_FALSE(result.network.end_uses()[0].demand_sd.has_value()) << "it did not move";
  EXPECT_TRUE(result.network.routes()[0].flow_sd.has_value());
  EXPECT_EQ(result.network.routes()[0].provenance.note, "found 100 +- 10 (by default)");
}

TEST(Reconcile, StopsOnRequestAndOnOptionsOutOfRange) {
  const lode::Observations found = OreAndPlant{
      .mined = 80_t_per_yr,
      .mined_sd = {},
      .flow = 100_t_per_yr,
      .flow_sd = {},
      .demand = 200_t_per_yr,
      .demand_sd = {}}.observe();
  const Reconciliation stopped = reconcile(found, {.progress = [](const std::string&) { return false; }});
  EXPECT_EQ(stopped.status, SolveStatus::interrupted);
  EXPECT_TRUE(stopped.figures.empty());
  try {
    (void)reconcile(found,
                    {.default_relative_sd = 0.0, .gross_error = -1.0, .significant_digits = 3, .max_iterations = 0});
    FAIL();
  } catch (const lode::InvalidArgument& error) {
    EXPECT_EQ(error.issues().size(), 4U);
  }
}

lode::Network balanced_network(std::uint64_t seed) {
  return lode_test::build(lode_test::random_world(seed));
}

/// A random balanced network whose figures are shaken: each times 1 + spread * noise, with a stated uncertainty.
lode::Observations shaken(const lode::Network& network, lode_test::Random& random, double spread) {
  lode::NetworkBuilder world;
  for (const lode::Material& row : network.materials()) world.add_material(row.id);
  for (const lode::Country& row : network.countries()) world.add_country(row.id);
  for (const lode::Commodity& row : network.commodities()) {
    const auto id = world.add_commodity(row.id, row.stage);
    for (const lode::Content& part : row.composition) world.add_content(id, part.material, part.content);
  }
  const auto noise = [&](double value) { return value * (1.0 + spread * (2.0 * random.uniform() - 1.0)); };
  const auto sd = [&](double value) { return value * (0.02 + 0.2 * random.uniform()) * lode::tonnes_per_year; };
  for (const lode::Facility& row : network.facilities()) {
    const double value = noise(number(row.baseline));
    const auto id =
        world.add_facility(row.id, row.name, row.kind, row.country, value * lode::tonnes_per_year, row.capacity);
    world.set_baseline_sd(id, sd(value));
    for (const auto& entry : row.inputs) world.add_input(id, entry.commodity, entry.amount, entry.criticality);
    for (const auto& entry : row.outputs) world.add_output(id, entry.commodity, entry.amount);
    for (const auto& entry : row.feeds) world.add_feed(id, entry.commodity);
    for (const auto& entry : row.recoveries) world.add_recovery(id, entry.commodity, entry.recovery);
  }
  for (const lode::EndUse& row : network.end_uses()) {
    const double value = noise(number(row.demand));
    world.add_end_use(row.id, row.country,
                      {.takes = row.commodity, .demand = value * lode::tonnes_per_year, .demand_sd = sd(value)});
  }
  for (const lode::Route& row : network.routes()) {
    const double value = noise(number(row.flow));
    world.add_route(row.from, row.to, row.commodity, value * lode::tonnes_per_year,
                    {.capacity = row.capacity, .flow_sd = sd(value)});
  }
  return world.observe();
}

/// The problem in dense form, for independent checks.
struct Dense {
  Eigen::MatrixXd rows;
  std::vector<bool> is_equation;
  Eigen::VectorXd found, variance;

  Dense(const lode::Network& network, const Reconciliation& result) {
    const auto balances = lode::detail::balance_rows(network);
    const auto n = static_cast<Eigen::Index>(result.figures.size());
    rows.setZero(static_cast<Eigen::Index>(balances.size()), n);
    for (std::size_t i = 0; i < balances.size(); ++i) {
      is_equation.push_back(balances[i].kind == lode::detail::BalanceKind::feed);
      for (const auto& entry : balances[i].entries) {
        rows(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(entry.column)) += entry.coefficient;
      }
    }
    found.setZero(n);
    variance.setZero(n);
    for (Eigen::Index j = 0; j < n; ++j) {
      const lode::ReconciledFigure& figure = result.figures[static_cast<std::size_t>(j)];
      found[j] = number(*figure.found);
      variance[j] = number(*figure.found_sd) * number(*figure.found_sd);
    }
  }
};

/// The figures of a base year, in the order of `Reconciliation::figures`.
Eigen::VectorXd figures_of(const lode::Network& network) {
  std::vector<double> figures;
  for (const auto& row : network.facilities()) figures.push_back(number(row.baseline));
  for (const auto& row : network.end_uses()) figures.push_back(number(row.demand));
  for (const auto& row : network.routes()) figures.push_back(number(row.flow));
  return Eigen::Map<const Eigen::VectorXd>(figures.data(), static_cast<Eigen::Index>(figures.size()));
}

TEST(Reconcile, BalancesHoldAndModelsRunOnTheResult) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    lode_test::Random random(seed);
    const lode::Observations found = shaken(balanced_network(seed), random, 0.3);
    const Reconciliation result = reconcile(found, {.significant_digits = 17});
    ASSERT_EQ(result.status, SolveStatus::solved) << "seed " << seed;
    EXPECT_LE(result.certificate.mass_balance, 1e-9) << "seed " << seed;
    EXPECT_LE(result.certificate.optimality, 1e-8) << "seed " << seed;
    const Dense dense(found.network, result);
    const Eigen::VectorXd x = figures_of(result.network);
    EXPECT_GE(x.minCoeff(), 0.0);
    for (std::size_t i = 0; i < result.balances.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      const double at = dense.rows.row(row).dot(x);
      const double size = dense.rows.row(row).cwiseAbs().dot(x);
      EXPECT_GE(at, -1e-9 * size) << "seed " << seed << " row " << i;
      if (dense.is_equation[i] || result.balances[i].pull > 1e-9) {
        EXPECT_LE(at, 1e-7 * size) << "a row pulls only where it binds; seed " << seed << " row " << i;
      }
    }
    EXPECT_EQ(lode::propagate(result.network, lode::Scenario{"none"}).status, SolveStatus::solved);
  }
}

// x is the closest point of a convex set to m exactly if (x - m)' V^-1 (p - x) >= 0 for every p of the set. Points of
// the set that owe nothing to the solver's answer: the base year before it was shaken, no trade at all, and the answers
// for other measurements.
TEST(Reconcile, NoFeasibleBaseYearIsCloser) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    lode_test::Random random(seed);
    const lode::Network truth = balanced_network(seed);
    std::vector<Eigen::VectorXd> answers, gradients;
    for (int shake = 0; shake < 3; ++shake) {
      const lode::Observations found = shaken(truth, random, 0.3);
      const Reconciliation result = reconcile(found, {.significant_digits = 17});
      ASSERT_EQ(result.status, SolveStatus::solved) << "seed " << seed;
      const Dense dense(found.network, result);
      answers.push_back(figures_of(result.network));
      gradients.push_back((answers.back() - dense.found).cwiseQuotient(dense.variance.cwiseMax(1e-300)));
      for (Eigen::Index j = 0; j < dense.variance.size(); ++j) {
        if (dense.variance[j] == 0.0) gradients.back()[j] = 0.0;
      }
    }
    std::vector<Eigen::VectorXd> feasible = answers;
    feasible.push_back(figures_of(truth));
    feasible.push_back(Eigen::VectorXd::Zero(answers[0].size()));
    for (std::size_t k = 0; k < answers.size(); ++k) {
      for (const Eigen::VectorXd& point : feasible) {
        const Eigen::VectorXd step = point - answers[k];
        EXPECT_GE(gradients[k].dot(step), -1e-7 * (1.0 + gradients[k].cwiseAbs().dot(step.cwiseAbs())))
            << "seed " << seed;
      }
    }
  }
}

TEST(Reconcile, VariancesAreThoseOfTheDenseFormula) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    lode_test::Random random(seed);
    const lode::Observations found = shaken(balanced_network(seed), random, 0.2);
    const Reconciliation result = reconcile(found, {.significant_digits = 17});
    ASSERT_EQ(result.status, SolveStatus::solved);
    const Dense dense(found.network, result);
    std::vector<Eigen::Index> binding;
    for (std::size_t i = 0; i < result.balances.size(); ++i) {
      if (result.balances[i].binds) binding.push_back(static_cast<Eigen::Index>(i));
    }
    Eigen::MatrixXd active(static_cast<Eigen::Index>(binding.size()), dense.rows.cols());
    for (std::size_t k = 0; k < binding.size(); ++k)
      active.row(static_cast<Eigen::Index>(k)) = dense.rows.row(binding[k]);
    // Cov = V - V A' (A V A')^+ A V, the pseudo-inverse because balances may be dependent.
    const Eigen::MatrixXd weighted = active * dense.variance.cwiseSqrt().asDiagonal();
    const Eigen::MatrixXd projector = weighted.completeOrthogonalDecomposition().pseudoInverse() * weighted;
    double degrees = 0.0;
    for (Eigen::Index j = 0; j < dense.variance.size(); ++j) {
      const lode::ReconciledFigure& figure = result.figures[static_cast<std::size_t>(j)];
      const double variance = dense.variance[j] * (1.0 - projector(j, j));
      EXPECT_NEAR(number(*figure.sd) * number(*figure.sd), variance, 1e-7 * dense.variance[j] + 1e-300)
          << "seed " << seed << " figure " << j;
      EXPECT_LE(number(*figure.sd), number(*figure.found_sd) * (1.0 + 1e-9))
          << "balances never make a figure less sure";
      if (dense.variance[j] > 0.0) degrees += projector(j, j);
    }
    EXPECT_NEAR(result.degrees_of_freedom, degrees, 1e-6 * (1.0 + degrees)) << "seed " << seed;
  }
}

/// About this share of the figures was not published.
lode::Observations with_gaps(lode::Observations found, lode_test::Random& random, double share) {
  const lode::Network& network = found.network;
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    if (random.uniform() < share) found.unmeasured.baselines.push_back(lode::FacilityId{f});
  }
  for (std::size_t r = 0; r < network.routes().size(); ++r) {
    if (random.uniform() < share) found.unmeasured.flows.push_back(lode::RouteId{r});
  }
  for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
    if (random.uniform() < share) found.unmeasured.demands.push_back(lode::EndUseId{e});
  }
  return found;
}

// Unknowns have a huge variance at the start; multipliers once lost half of their digits to it, and rows were dropped
// that figures with small uncertainties stood in.
TEST(Reconcile, BesideGapsVariancesAreThoseOfTheDenseFormulaToo) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    lode_test::Random random(seed);
    const lode::Observations found = with_gaps(shaken(balanced_network(seed), random, 0.3), random, 0.3);
    const Reconciliation result = reconcile(found, {.significant_digits = 17});
    ASSERT_EQ(result.status, SolveStatus::solved) << "seed " << seed;
    EXPECT_LE(result.certificate.mass_balance, 1e-7) << "seed " << seed;
    EXPECT_LE(result.certificate.optimality, 1e-8) << "seed " << seed;

    // Free figures are combinations N t of a basis of what the binding balances leave; t is measured by the measured
    // ones: Cov = N (N'W N)^+ N'.
    std::vector<Eigen::Index> free;
    for (std::size_t j = 0; j < result.figures.size(); ++j) {
      if (result.figures[j].determination != Determination::exact) free.push_back(static_cast<Eigen::Index>(j));
    }
    const auto n = static_cast<Eigen::Index>(free.size());
    Eigen::VectorXd unit(n), is_measured(n);
    for (Eigen::Index k = 0; k < n; ++k) {
      const lode::ReconciledFigure& figure =
          result.figures[static_cast<std::size_t>(free[static_cast<std::size_t>(k)])];
      is_measured[k] = figure.determination == Determination::measured ? 1.0 : 0.0;
      unit[k] = is_measured[k] > 0.0 ? number(*figure.found_sd) : std::max(1.0, number(figure.value));
    }
    const auto rows = lode::detail::balance_rows(found.network);
    Eigen::MatrixXd binding = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(rows.size()), n);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!result.balances[i].binds) continue;
      for (const auto& entry : rows[i].entries) {
        const auto at = std::find(free.begin(), free.end(), static_cast<Eigen::Index>(entry.column));
        if (at == free.end()) continue;
        const Eigen::Index k = at - free.begin();
        binding(static_cast<Eigen::Index>(i), k) += entry.coefficient * unit[k];
      }
      const double length = binding.row(static_cast<Eigen::Index>(i)).norm();
      if (length > 0.0) binding.row(static_cast<Eigen::Index>(i)) /= length;
    }
    Eigen::JacobiSVD<Eigen::MatrixXd> svd(binding, Eigen::ComputeFullV);
    svd.setThreshold(1e-10);
    const Eigen::MatrixXd basis = svd.matrixV().rightCols(n - svd.rank());
    const Eigen::MatrixXd seen = is_measured.asDiagonal() * basis;
    Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> information(seen.transpose() * seen);
    information.setThreshold(1e-10);
    const Eigen::MatrixXd covariance = basis * information.pseudoInverse() * basis.transpose();
    for (Eigen::Index k = 0; k < n; ++k) {
      const lode::ReconciledFigure& figure =
          result.figures[static_cast<std::size_t>(free[static_cast<std::size_t>(k)])];
      if (!figure.sd) continue;
      const double sd = std::sqrt(std::max(0.0, covariance(k, k))) * unit[k];
      EXPECT_NEAR(number(*figure.sd), sd, 1e-4 * sd + 1e-6 * unit[k]) << "seed " << seed << " figure " << k;
    }
  }
}

// Balances hold to a relative tolerance: 1e-13 t/yr sent by somebody who makes nothing is refused.
TEST(Reconcile, WhatHasToBeNothingIsExactlyNothing) {
  lode::NetworkBuilder world;
  world.add_country("CHN");
  const auto dy = world.add_material("dy");
  world.add_commodity("clay", lode::Stage::mining, {{dy, 0.02}});
  world.add_commodity("oxide", lode::Stage::separation, {{dy, 0.8}});
  world.add_commodity("magnet", lode::Stage::magnet, {{dy, 0.01}});
  world.add_mine("pit", "CHN", {.makes = "clay", .baseline = 0_t_per_yr});  // exact: it stood idle
  world.add_refiner("plant", "CHN", {.feeds = {"clay"}, .recovers = {{"oxide", 0.9}}});
  world.add_magnet_maker("works", "CHN", {.uses = {{"oxide", 0.0123}}, .makes = {{"magnet"}}, .baseline = 30_t_per_yr});
  world.add_end_use("cars", "CHN", {.takes = "magnet", .demand = 33_t_per_yr});
  world.add_route("pit", "plant", "clay", 17.3_t_per_yr);
  world.add_route("plant", "works", "oxide", 0.37_t_per_yr, {.flow_sd = 3_t_per_yr});
  world.add_route("works", "cars", "magnet", 28.9_t_per_yr, {.flow_sd = 0.3_t_per_yr});
  const Reconciliation result = reconcile(world.observe());
  ASSERT_EQ(result.status, SolveStatus::solved);
  for (const lode::Route& route : result.network.routes()) EXPECT_EQ(number(route.flow), 0.0);
  EXPECT_EQ(number(result.network.facilities()[2].baseline), 0.0);
  EXPECT_EQ(result.certificate.mass_balance, 0.0);
}

TEST(Reconcile, AGapOnARouteWithoutRoomIsNothing) {
  const Reconciliation result = reconcile(OreAndPlant{.mined = 100_t_per_yr,
                                                      .mined_sd = {},
                                                      .flow = {},
                                                      .flow_sd = {},
                                                      .demand = 100_t_per_yr,
                                                      .demand_sd = {},
                                                      .mine_capacity = {},
                                                      .route_capacity = 0_t_per_yr}
                                              .observe());
  ASSERT_EQ(result.status, SolveStatus::solved);
  EXPECT_EQ(result.figures[2].determination, Determination::solved);
  EXPECT_EQ(number(result.figures[2].value), 0.0);
}

TEST(Reconcile, FiguresThatNoDoubleCanCompareAreNotConverged) {
  const Reconciliation result = reconcile(OreAndPlant{
      .mined = 1e100 * lode::tonnes_per_year,
      .mined_sd = 1e90 * lode::tonnes_per_year,
      .flow = 100_t_per_yr,
      .flow_sd = 1e-300 * lode::tonnes_per_year,
      .demand = 100_t_per_yr,
      .demand_sd = {}}.observe());
  EXPECT_NE(result.status, SolveStatus::infeasible);
}

TEST(Reconcile, ABalancedBaseYearStaysWhatItIs) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const lode::Network network = balanced_network(seed);
    const Reconciliation result = lode::reconcile({network, {}, {}}, {.significant_digits = 17});
    ASSERT_EQ(result.status, SolveStatus::solved) << "seed " << seed;
    EXPECT_LE(result.chi_square, 1e-8) << "seed " << seed;
    for (const lode::ReconciledFigure& figure : result.figures) {
      EXPECT_NEAR(number(figure.value), number(*figure.found), 1e-5 * number(*figure.found)) << "seed " << seed;
    }
  }
}

TEST(Reconcile, TheSameBitsEveryTime) {
  lode_test::Random random(7);
  const lode::Observations found = shaken(balanced_network(7), random, 0.3);
  const Reconciliation once = reconcile(found, {.significant_digits = 17});
  const Reconciliation again = reconcile(found, {.significant_digits = 17});
  ASSERT_EQ(once.status, SolveStatus::solved);
  for (std::size_t i = 0; i < once.figures.size(); ++i) {
    EXPECT_EQ(once.figures[i].value, again.figures[i].value);
    EXPECT_EQ(once.figures[i].sd, again.figures[i].sd);
  }
}

TEST(Reconcile, FiguresAreRoundedInTheNetworkOnly) {
  lode_test::Random random(3);
  const lode::Observations found = shaken(balanced_network(3), random, 0.3);
  const Reconciliation result = reconcile(found, {.significant_digits = 9});
  ASSERT_EQ(result.status, SolveStatus::solved);
  EXPECT_LE(result.certificate.mass_balance, 1e-8);
  EXPECT_GT(result.certificate.mass_balance, 1e-12) << "measured on the rounded network";
}

TEST(ChiSquare, TailAgreesWithTables) {
  // Abramowitz and Stegun, table 26.8: percentage points.
  EXPECT_NEAR(lode::detail::chi_square_tail(3.84146, 1.0), 0.05, 1e-6);
  EXPECT_NEAR(lode::detail::chi_square_tail(18.3070, 10.0), 0.05, 1e-6);
  EXPECT_NEAR(lode::detail::chi_square_tail(129.561, 100.0), 0.025, 1e-6);
  EXPECT_NEAR(lode::detail::chi_square_tail(2.0, 2.0), std::exp(-1.0), 1e-14);
  EXPECT_EQ(lode::detail::chi_square_tail(0.0, 5.0), 1.0);
  EXPECT_EQ(lode::detail::chi_square_tail(5.0, 0.0), 1.0);
}

}  // namespace
