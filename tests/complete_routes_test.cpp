// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/complete_routes.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include <lode/network_builder.hpp>

#include "support/random_network.hpp"

namespace {

using lode::Network;
using lode::Route;

/// Makers and takers of every commodity, counted from the tables.
std::size_t pairs(const Network& network) {
  std::size_t count = 0;
  for (std::size_t c = 0; c < network.commodities().size(); ++c) {
    const auto has = [c](const auto& list) {
      return std::any_of(list.begin(), list.end(), [c](const auto& entry) { return entry.commodity.index() == c; });
    };
    for (std::size_t maker = 0; maker < network.facilities().size(); ++maker) {
      const lode::Facility& from = network.facilities()[maker];
      if (!has(from.outputs) && !has(from.recoveries)) continue;
      for (std::size_t taker = 0; taker < network.facilities().size(); ++taker) {
        const lode::Facility& to = network.facilities()[taker];
        if (to.kind == lode::FacilityKind::mine || (!has(to.inputs) && !has(to.feeds))) continue;
        const bool exists = network.find_route(lode::FacilityId{maker}, lode::FacilityId{taker}, lode::CommodityId{c})
                                .has_value();
        if (maker != taker || exists) ++count;
      }
      count += static_cast<std::size_t>(std::count_if(
          network.end_uses().begin(), network.end_uses().end(),
          [c](const lode::EndUse& use) { return use.commodity.index() == c; }));
    }
  }
  return count;
}

TEST(CompleteRoutes, EveryMakerMayServeEveryTakerAndNothingElseChanges) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Network network = build(lode_test::random_world(seed));
    const Network open = lode::complete_routes(network);
    ASSERT_EQ(open.routes().size(), pairs(network)) << "seed " << seed;
    ASSERT_TRUE(std::equal(network.routes().begin(), network.routes().end(), open.routes().begin()));
    ASSERT_TRUE(std::equal(network.facilities().begin(), network.facilities().end(), open.facilities().begin(),
                           open.facilities().end()));
    ASSERT_TRUE(std::equal(network.end_uses().begin(), network.end_uses().end(), open.end_uses().begin(),
                           open.end_uses().end()));
    ASSERT_TRUE(std::equal(network.stocks().begin(), network.stocks().end(), open.stocks().begin(),
                           open.stocks().end()));
    for (std::size_t r = network.routes().size(); r < open.routes().size(); ++r) {
      const Route& route = open.routes()[r];
      EXPECT_EQ(route.flow, lode::TonnesPerYear{});
      EXPECT_NE(route.from, route.to);
      EXPECT_FALSE(route.capacity.has_value());
    }
    EXPECT_EQ(lode::complete_routes(open), open) << "there is nothing left to add";
  }
}

TEST(CompleteRoutes, CarriesCoversAndWhoWaits) {
  using namespace lode::literals;
  lode::NetworkBuilder world;
  world.add_country("AAA");
  world.add_country("BBB");
  world.add_commodity("ore", lode::Stage::mining);
  world.add_mine("pit", "AAA", {.makes = "ore", .baseline = 10_t_per_yr});
  world.add_mine("hill", "BBB", {.makes = "ore"});
  world.add_end_use("market", "BBB", {.takes = "ore", .demand = 10_t_per_yr, .waits = true});
  world.add_route("pit", "market", "ore", 10_t_per_yr);
  world.add_cover(lode::Stage::mining, "*", 30.0_days, {.low = 14.0_days, .high = 60.0_days});
  world.set_provenance(lode::Table::cover, {{"S1"}, "a month"});
  world.add_cover(lode::Stage::mining, "BBB", 7.0_days, {.kind = lode::StockKind::output});
  const Network network = world.build();
  const Network open = lode::complete_routes(network);
  EXPECT_EQ(open.routes().size(), 2U);
  ASSERT_EQ(network.covers().size(), 2U);
  EXPECT_TRUE(std::equal(network.covers().begin(), network.covers().end(), open.covers().begin(), open.covers().end()));
  EXPECT_TRUE(open.end_uses()[0].waits);
}

}  // namespace
