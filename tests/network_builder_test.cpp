// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <limits>

#include <lode/network_builder.hpp>

#include "support/issues.hpp"
#include "support/random_network.hpp"

/// Building: what goes in comes out, by handle or by name, in any order. The rules are in network_rules_test.cpp.
namespace {

using namespace lode::literals;
using lode::FacilityKind;
using lode::Network;
using lode::NetworkBuilder;
using lode::Place;
using lode::Stage;
using lode::StockKind;
using lode::Table;
using lode_test::lines;
using Lines = std::vector<std::string>;

TEST(NetworkBuilder, KeepsWhatItIsGiven) {
  NetworkBuilder world;
  const auto china = world.add_country("CHN", "China", -0.3);
  const auto dy = world.add_material("dy", "Dysprosium");
  world.set_provenance(Table::materials, {{"S1", "S2"}, "a note"});
  const auto clay = world.add_commodity("clay", Stage::mining, {{dy, 0.026}}, "Ion clay");
  const auto oxide = world.add_commodity("dy_oxide", Stage::separation, {{dy, 0.8713}});
  const auto longnan =
      world.add_mine("longnan", china, {.makes = clay, .baseline = 1000.0_t_per_yr, .operator_name = "CREG"});
  const auto ganzhou =
      world.add_refiner("ganzhou", "CHN", {.feeds = {clay}, .recovers = {{oxide, 0.92}}, .capacity = 2000.0_t_per_yr});
  world.set_position(ganzhou, 25.8, 114.9);
  const auto use = world.add_end_use(
      "magnets", china, {.takes = oxide, .demand = 20_t_per_yr, .sector = "ev", .weight = 2.0, .waits = true});
  const auto feed =
      world.add_route(longnan, ganzhou, clay, 1000.0_t_per_yr, {.cost = 5.0_usd_per_t, .lead_time = 14.0_days});
  const auto sale = world.add_route(ganzhou, use, oxide, 20.0_t_per_yr);
  world.add_stock(use, oxide, 3_t, StockKind::reserve);
  world.add_cover(Stage::separation, china, 45.0_days, {.low = 14.0_days, .high = 90.0_days});
  world.set_provenance(Table::cover, {{"S3"}, "some weeks"});
  world.add_cover(Stage::separation, "*", 30.0_days, {.kind = StockKind::output});
  const Network network = world.build();

  EXPECT_EQ(network[dy].name, "Dysprosium");
  EXPECT_EQ(network[dy].provenance.sources, (std::vector<std::string>{"S1", "S2"}));
  EXPECT_EQ(network[dy].provenance.note, "a note");
  EXPECT_EQ(network[china].governance, -0.3);
  EXPECT_EQ(network[clay].content(dy), 0.026);
  EXPECT_EQ(network[oxide].stage, Stage::separation);
  EXPECT_EQ(network[longnan].kind, FacilityKind::mine);
  EXPECT_EQ(network[longnan].operator_name, "CREG");
  EXPECT_EQ(network[longnan].name, "longnan") << "the id stands in for an absent name";
  EXPECT_EQ(network[longnan].outputs.size(), 1U);
  EXPECT_EQ(network[longnan].capacity_or_baseline(), 1000.0_t_per_yr);
  EXPECT_TRUE(network[ganzhou].is_separator());
  EXPECT_EQ(network[ganzhou].baseline, 1000.0_t_per_yr) << "the feed that the routes bring";
  EXPECT_EQ(network[ganzhou].capacity, 2000.0_t_per_yr);
  EXPECT_EQ(network[ganzhou].latitude, 25.8);
  EXPECT_EQ(network[ganzhou].recoveries[0].material, dy);
  EXPECT_EQ(network[use].weight, 2.0);
  EXPECT_EQ(network[use].sector, "ev");
  EXPECT_EQ(network[feed].lead_time, 14.0_days);
  EXPECT_EQ(network[feed].cost, 5.0_usd_per_t);
  EXPECT_EQ(network[sale].to, lode::PlaceId{use});
  EXPECT_EQ(network.stocks()[0].amount, 3_t);
  EXPECT_EQ(network.stocks()[0].kind, StockKind::reserve);
  EXPECT_TRUE(network[use].waits);
  ASSERT_EQ(network.covers().size(), 2U);
  EXPECT_EQ(network.covers()[0],
            (lode::Cover{
                Stage::separation, china, StockKind::input, 45.0_days, 14.0_days, 90.0_days, {{"S3"}, "some weeks"}}));
  EXPECT_FALSE(network.covers()[1].country.valid()) << "\"*\" is everybody else";
  EXPECT_EQ(network.covers()[1].kind, StockKind::output);

  EXPECT_EQ(network.find_material("dy"), dy);
  EXPECT_EQ(network.find_country("CHN"), china);
  EXPECT_EQ(network.find_commodity("clay"), clay);
  EXPECT_EQ(network.find_facility("ganzhou"), ganzhou);
  EXPECT_EQ(network.find_end_use("magnets"), use);
  EXPECT_EQ(network.find_place("magnets"), lode::PlaceId{use});
  EXPECT_EQ(network.find_route(longnan, ganzhou, clay), feed);
  EXPECT_FALSE(network.find_facility("magnets"));
  EXPECT_FALSE(network.find_end_use("ganzhou"));
  EXPECT_FALSE(network.find_material("tb"));
  EXPECT_FALSE(network.find_route(longnan, use, clay));
  EXPECT_EQ(network.id(use), "magnets");
  EXPECT_EQ(network.country(ganzhou), china);
}

TEST(NetworkBuilder, NamesMayComeBeforeTheirItems) {
  NetworkBuilder world;
  world.add_route("plant", "market", "metal", 10_t_per_yr);
  world.add_route("pit", "plant", "ore", 20_t_per_yr);
  world.add_stock("plant", "ore", 5_t);
  world.add_end_use("market", "AAA", {.takes = "metal", .demand = 10_t_per_yr});
  world.add_input("plant", "ore", 2.0);
  world.add_output("plant", "metal", 1.0);
  world.add_facility("plant", "", FacilityKind::metal_maker, "AAA", 10_t_per_yr);
  world.add_mine("pit", "AAA", {.makes = "ore", .baseline = 20_t_per_yr});
  world.add_content("ore", "m", 0.1);
  world.add_commodity("metal", Stage::metal, {{"m", 0.2}});
  world.add_commodity("ore", Stage::mining);
  world.add_material("m");
  world.add_country("AAA");
  const NetworkBuilder::Outcome outcome = world.try_build();
  EXPECT_EQ(lines(outcome.problems), Lines{});
  EXPECT_EQ(lines(outcome.warnings), Lines{});
  ASSERT_TRUE(outcome.network);
  EXPECT_EQ(outcome.network->routes()[0].from.facility().index(), 0U);
  EXPECT_EQ(outcome.network->facilities()[0].inputs[0].amount, 2.0);
}

TEST(NetworkBuilder, NamesAndHandlesGiveEqualNetworks) {
  const lode_test::World world = lode_test::random_world(5);
  EXPECT_EQ(lode_test::build(world), lode_test::build(world));
  lode_test::World other = world;
  other.routes[0].flow = 0.0;
  other.facilities[other.routes[0].from].makes[0].amount *= 0.999;
  EXPECT_NE(lode_test::build(world), lode_test::build(lode_test::random_world(6)));
  EXPECT_EQ(Network{}, NetworkBuilder{}.build());
}

TEST(NetworkBuilder, BuildsTwiceAndMoves) {
  NetworkBuilder world;
  world.add_country("AAA");
  const Network first = world.build();
  world.add_material("m");
  EXPECT_EQ(world.build().materials().size(), 1U);
  EXPECT_TRUE(first.materials().empty()) << "a network never changes";
  NetworkBuilder moved = std::move(world);
  moved.add_country("BBB");
  EXPECT_EQ(moved.build().countries().size(), 2U);
}

TEST(NetworkBuilder, LocatorsPlaceProblemsInFiles) {
  NetworkBuilder world;
  world.add_country("AAA");
  world.add_country("AAA");
  world.add_material("Bad Id");
  world.set_locator([](Table table, std::size_t row, std::string_view column) {
    return Place{table == Table::countries ? "countries.csv" : "materials.csv", row + 2, column == "id" ? 1U : 9U};
  });
  const NetworkBuilder::Outcome outcome = world.try_build();
  EXPECT_FALSE(outcome.network);
  EXPECT_EQ(
      lines(outcome.problems),
      (Lines{"materials.csv:2:1: id \"Bad Id\" is not well formed; use lower-case letters, digits, '_', '.' and '-', "
             "beginning with a letter or digit",
             "countries.csv:3:1: country \"AAA\" is there twice; keep one row for each id"}));
}

TEST(NetworkBuilder, WhatTheCallerReportedIsNotReportedAgain) {
  NetworkBuilder world;
  world.add_country("AAA");
  world.add_commodity("ore", Stage::mining);
  world.add_facility("pit", "", FacilityKind::mine, "AAA", std::nullopt);
  world.mark_reported(Table::facilities);  // a baseline that could not be read
  world.add_output("pit", "ore", 1.0);
  world.add_end_use("market", "AAA", {.takes = "ore", .demand = 10_t_per_yr});
  world.add_route("pit", "market", "ore", 10_t_per_yr);
  const NetworkBuilder::Outcome outcome = world.try_build();
  EXPECT_FALSE(outcome.network) << "a row with a problem makes no network";
  EXPECT_EQ(lines(outcome.problems), Lines{}) << "that the mine makes 0 and sends 10 would only repeat it";

  NetworkBuilder incomplete;
  incomplete.add_commodity("ore", Stage::mining, {{"m", 0.1}});
  incomplete.mark_incomplete(Table::materials);
  EXPECT_EQ(lines(incomplete.try_build().problems), Lines{});
  EXPECT_FALSE(incomplete.try_build().network);
}

TEST(NetworkBuilder, AHundredThousandRoutesBuildQuickly) {
  NetworkBuilder world;
  world.add_country("AAA");
  const auto ore = world.add_commodity("ore", Stage::mining);
  std::vector<lode::FacilityId> mines;
  std::vector<lode::EndUseId> uses;
  for (std::size_t i = 0; i < 320; ++i) {
    mines.push_back(world.add_mine(lode_test::numbered("m", i), "AAA", {.makes = ore, .baseline = 320_t_per_yr}));
    uses.push_back(world.add_end_use(lode_test::numbered("u", i), "AAA", {.takes = ore, .demand = 320_t_per_yr}));
  }
  for (const auto mine : mines) {
    for (const auto use : uses) world.add_route(mine, use, ore, 1_t_per_yr);
  }
  EXPECT_EQ(world.build().routes().size(), 320U * 320U);
}

}  // namespace
