// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <limits>
#include <stop_token>

#include <lode/datasets.hpp>
#include <lode/detail/allocation_program.hpp>
#include <lode/detail/least_change.hpp>
#include <lode/detail/start_basis.hpp>
#include <lode/optimize/simplex.hpp>
#include <lode/propagate.hpp>
#include <lode/reallocate.hpp>

#include "support/answers.hpp"
#include "support/text_network.hpp"

/// Reallocation worked out by hand.
namespace {

using lode::Network;
using lode::Result;
using lode::Scenario;
using lode::SolveStatus;
using lode::tonnes_per_year;
using namespace lode_test;

Answers answers(const Network& network, const Scenario& scenario, const lode::ReallocateOptions& options = {}) {
  return {network, lode::reallocate(network, scenario, options)};
}

/// The price at a place; of what it takes, or of what it makes.
double price(const Network& network, const Result& result, std::string_view place, std::string_view commodity,
             bool makes = false) {
  for (const lode::PriceResult& entry : result.prices) {
    if (entry.place == network.find_place(place).value() && entry.makes == makes &&
        entry.commodity == network.find_commodity(commodity).value()) {
      return entry.price;
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double rent(const Network& network, const Result& result, std::string_view facility) {
  for (const lode::CapacityRent& entry : result.capacity_rents) {
    if (entry.id == network.find_facility(facility).value()) return entry.rent;
  }
  return 0.0;
}

constexpr double exact = 1e-9;

// 100 t of ore hold 10 t of Dy, which is 20 t of oxide, which is 10 t of parts.
const char* const chain = R"(
@commodities
ore    mining      dy=0.1
oxide  separation  dy=0.5
part   product     dy=0.5
@facilities
mine   mine     CHN  100  -        ore
plant  refiner  CHN  100  ore      oxide*1
maker  other    JPN  10   oxide*2  part
@end_uses
cars     USA  part  6
defence  USA  part  4  3
@routes
mine   plant    ore    100
plant  maker    oxide  20
maker  cars     part   6
maker  defence  part   4
)";

TEST(Reallocate, AChainServesFirstWhatCountsForMore) {
  // 50 t of ore make 5 t of parts: 4 for defence (weight 3), 1 for cars; 5 are missing at weight 1.
  const Network network = parse_network(chain);
  Scenario scenario{"half"};
  scenario.limit_capacity({.facility = "mine", .factor = 0.5});
  const Answers got = answers(network, scenario);
  ASSERT_TRUE(got.solved());
  EXPECT_NEAR(got.result().total_weighted_shortfall, 5.0, exact);
  EXPECT_NEAR(got.delivered("defence"), 4.0, exact);
  EXPECT_NEAR(got.delivered("cars"), 1.0, exact);
  EXPECT_NEAR(got.flow("mine", "plant", "ore"), 50.0, exact);
  EXPECT_NEAR(got.flow("plant", "maker", "oxide"), 10.0, exact);
  EXPECT_NEAR(got.u("plant"), 0.5, exact);
  EXPECT_EQ(got.limit("mine"), "capacity");
  EXPECT_EQ(got.limit("plant"), "feed");
  EXPECT_EQ(got.limit("maker"), "oxide");
  // Every further part goes to a car: 1. Two t of oxide make it: 1/2. Five t of ore make one of oxide: 1/10.
  EXPECT_NEAR(price(network, got.result(), "cars", "part"), 1.0, exact);
  EXPECT_NEAR(price(network, got.result(), "defence", "part"), 1.0, exact);
  EXPECT_NEAR(price(network, got.result(), "maker", "part", true), 1.0, exact);
  EXPECT_NEAR(price(network, got.result(), "maker", "oxide"), 0.5, exact);
  EXPECT_NEAR(price(network, got.result(), "plant", "oxide", true), 0.5, exact);
  EXPECT_NEAR(price(network, got.result(), "plant", "ore"), 0.1, exact);
  EXPECT_NEAR(price(network, got.result(), "mine", "ore", true), 0.1, exact);
  EXPECT_NEAR(rent(network, got.result(), "mine"), 0.1, exact);
  EXPECT_EQ(got.result().capacity_rents.size(), 1U);
  ASSERT_EQ(got.result().baskets.size(), 1U);
  EXPECT_EQ(got.result().baskets[0].material, network.find_material("dy"));
  EXPECT_NEAR(got.result().baskets[0].value, 0.1, exact);
}

TEST(Reallocate, PriorityChangesWhoIsServedFirst) {
  // Cars at weight 5: they get all 5 t; 1 t is missing at 5 and 4 t at 3.
  const Network network = parse_network(chain);
  Scenario scenario{"cars first"};
  scenario.limit_capacity({.facility = "mine", .factor = 0.5}).set_priority({.end_use = "cars", .factor = 5.0});
  const Answers got = answers(network, scenario);
  ASSERT_TRUE(got.solved());
  EXPECT_NEAR(got.delivered("cars"), 5.0, exact);
  EXPECT_NEAR(got.delivered("defence"), 0.0, exact);
  EXPECT_NEAR(got.result().total_weighted_shortfall, 17.0, exact);
  EXPECT_NEAR(price(network, got.result(), "cars", "part"), 5.0, exact);
  EXPECT_NEAR(price(network, got.result(), "defence", "part"), 3.0, exact);
}

TEST(Reallocate, OfEqualClaimsEachGivesUpTheSameShare) {
  // (a - 60)^2 / 120 + (b - 40)^2 / 80 with a + b = 50 is least where (a - 60) / 60 = (b - 40) / 40: a = 30, b = 20.
  const Network network = parse_network(R"(
@commodities
ore  mining  dy=0.1
@facilities
mine  mine  CHN  100  -  ore
@end_uses
one  USA  ore  60
two  JPN  ore  40
@routes
mine  one  ore  60
mine  two  ore  40
)");
  Scenario scenario{"half"};
  scenario.limit_capacity({.facility = "mine", .factor = 0.5});
  const Answers got = answers(network, scenario);
  ASSERT_TRUE(got.solved());
  EXPECT_NEAR(got.delivered("one"), 30.0, exact);
  EXPECT_NEAR(got.delivered("two"), 20.0, exact);
}

const char* const two_mines = R"(
@commodities
ore  mining  dy=0.1
@facilities
old    mine  CHN  60     -  ore
young  mine  AUS  40<70  -  ore
@end_uses
user  USA  ore  100
@routes
old    user  ore  60
young  user  ore  40
)";

TEST(Reallocate, SpareCapacityStepsIn) {
  const Network network = parse_network(two_mines);
  Scenario scenario{"half"};
  scenario.limit_capacity({.facility = "old", .factor = 0.5});
  const Answers got = answers(network, scenario);
  ASSERT_TRUE(got.solved());
  EXPECT_NEAR(got.flow("old", "user", "ore"), 30.0, exact);
  EXPECT_NEAR(got.flow("young", "user", "ore"), 70.0, exact);
  EXPECT_NEAR(got.result().total_weighted_shortfall, 0.0, exact);
  EXPECT_NEAR(got.u("young"), 1.75, exact);
  EXPECT_EQ(got.limit("young"), "none");
  // Without spare capacity, or without more on a known route, young stays at 40: 30 t are missing.
  for (const lode::Adaptation allow :
       {lode::Adaptation{.spare_capacity = false}, lode::Adaptation{.rerouting = false}}) {
    EXPECT_NEAR(lode::reallocate(network, scenario, {.allow = allow}).total_weighted_shortfall, 30.0, exact);
  }
  EXPECT_NEAR(lode::reallocate(network, scenario, {.allow = {.new_links = false}}).total_weighted_shortfall, 0.0,
              exact);
  // Propagation: nobody steps in.
  EXPECT_NEAR(lode::propagate(network, scenario).total_weighted_shortfall, 30.0, exact);
}

TEST(Reallocate, FactorsOnAFacilityComeBeforeItsAddsAndApplyToCapacity) {
  // young: 0.5 * 70 - 5 = 30, whatever the order of the shocks; old 60; 10 t are missing. Below 0 is 0.
  const Network network = parse_network(two_mines);
  Scenario scenario{"both"};
  scenario.limit_capacity({.facility = "young", .add = -5.0}).limit_capacity({.facility = "young", .factor = 0.5});
  const Answers got = answers(network, scenario);
  ASSERT_TRUE(got.solved());
  EXPECT_NEAR(got.result().total_weighted_shortfall, 10.0, exact);
  EXPECT_NEAR(got.flow("young", "user", "ore"), 30.0, exact);
  EXPECT_NEAR(rent(network, got.result(), "young"), 1.0, exact);
  EXPECT_NEAR(rent(network, got.result(), "old"), 1.0, exact);
  scenario.limit_capacity({.facility = "young", .add = -500.0});
  EXPECT_NEAR(lode::reallocate(network, scenario).total_weighted_shortfall, 40.0, exact);
}

TEST(Reallocate, AQuotaIsSharedByItsRoutesAndANewLinkRelievesThem) {
  // China may sell 50 of 100 t. With the other mine's 35 there are 85 t for demand of 120. One counts double, so it
  // gets its 60: 50 from China and 10 over the new link, which costs most to change (inertia 0.06) and so carries what
  // it must: d/db [b^2/120 + (b-50)^2/80 + b^2/0.12 + (15-b)^2/40] > 0 at b = 10. Two gets 25, and 35 are missing at 1.
  const Network network = parse_network(R"(
@commodities
ore  mining  dy=0.1
@facilities
chinese  mine  CHN  100    -  ore
other    mine  AUS  20<35  -  ore
@end_uses
one  USA  ore  60  2
two  JPN  ore  60  1
@routes
chinese  one  ore  60
chinese  two  ore  40
other    two  ore  20
other    one  ore  0
)");
  Scenario scenario{"quota"};
  scenario.restrict_exports({.country = "CHN", .factor = 0.5});
  const Answers got = answers(network, scenario);
  ASSERT_TRUE(got.solved());
  EXPECT_NEAR(got.result().total_weighted_shortfall, 35.0, exact);
  EXPECT_NEAR(got.flow("chinese", "one", "ore"), 50.0, exact);
  EXPECT_NEAR(got.flow("chinese", "two", "ore"), 0.0, exact);
  EXPECT_NEAR(got.flow("other", "one", "ore"), 10.0, exact);
  EXPECT_NEAR(got.flow("other", "two", "ore"), 25.0, exact);
  ASSERT_EQ(got.result().quota_rents.size(), 1U);
  EXPECT_NEAR(got.result().quota_rents[0].limit.in(tonnes_per_year), 50.0, exact);
  EXPECT_NEAR(got.result().quota_rents[0].used.in(tonnes_per_year), 50.0, exact);
  EXPECT_NEAR(got.result().quota_rents[0].rent, 1.0, exact);
  EXPECT_NEAR(price(network, got.result(), "chinese", "ore", true), 0.0, exact);  // there is more than may leave
  EXPECT_NEAR(price(network, got.result(), "other", "ore", true), 1.0, exact);
  EXPECT_NEAR(rent(network, got.result(), "other"), 1.0, exact);
  EXPECT_NEAR(rent(network, got.result(), "chinese"), 0.0, exact);
  // Without the link one gets 50 and two 35: 10 t at 2 and 25 t at 1 are missing.
  EXPECT_NEAR(lode::reallocate(network, scenario, {.allow = {.new_links = false}}).total_weighted_shortfall, 45.0,
              exact);
  // Two quotas of a half each hold alone; they do not multiply.
  scenario.license_exports({.country = "CHN", .approved = 0.5});
  EXPECT_NEAR(lode::reallocate(network, scenario).total_weighted_shortfall, 35.0, exact);
}

const char* const half_critical = R"(
@commodities
alloy  metal    dy=0.5
part   product  dy=0.5
@facilities
smelter  other  CHN  10<20  -            alloy
maker    other  JPN  10<20  alloy~0.5    part
@end_uses
cars  USA  part  10
@routes
smelter  maker  alloy  10
maker    cars   part   10
)";

TEST(Reallocate, AnInputOfCriticalityOneHalfTakesHalfOfTheActivityWithIt) {
  // 2 of 10 t arrive: x <= (1 - 1/2) 10 + 1/2 * 2 = 6.
  const Network network = parse_network(half_critical);
  Scenario scenario{"a fifth"};
  scenario.limit_capacity({.facility = "smelter", .factor = 0.1});
  const Answers got = answers(network, scenario);
  ASSERT_TRUE(got.solved());
  EXPECT_NEAR(got.shortfall("cars"), 4.0, exact);
  EXPECT_NEAR(got.u("maker"), 0.6, exact);
  EXPECT_EQ(got.limit("maker"), "alloy");
  EXPECT_NEAR(price(network, got.result(), "maker", "alloy"), 0.5, exact);
  EXPECT_NEAR(rent(network, got.result(), "smelter"), 0.5, exact);
}

TEST(Reallocate, AnInputOfCriticalityZeroCapsTheActivityAtItsBaseline) {
  // Demand of 15 and capacity of 20, but x <= 10: 5 t are missing, and more of the input does not help.
  std::string text = half_critical;
  text.replace(text.find("~0.5"), 4, "~0");
  const Network network = parse_network(text);
  Scenario scenario{"more"};
  scenario.change_demand({.factor = 1.5});
  const Answers got = answers(network, scenario);
  ASSERT_TRUE(got.solved());
  EXPECT_NEAR(got.shortfall("cars"), 5.0, exact);
  EXPECT_NEAR(price(network, got.result(), "maker", "alloy"), 0.0, exact);
  // Nothing of it at all: x stays at 10.
  scenario.limit_capacity({.facility = "smelter", .factor = 0.0});
  EXPECT_NEAR(lode::reallocate(network, scenario).total_weighted_shortfall, 5.0, exact);
}

TEST(Reallocate, TheJointProductThatIsMissedCarriesTheWholePrice) {
  // 80 t of ore: 0.8 t of Dy for 1 t of demand, 16 t of NdPr for 10. A t of ore is worth 0.01 * 2; the rest of NdPr is
  // thrown away.
  const Network network = parse_network(R"(
@commodities
ore   mining      dy=0.01,nd=0.2
dyox  separation  dy=1
ndox  separation  nd=1
@facilities
mine   mine     CHN  100  -    ore
plant  refiner  CHN  100  ore  dyox,ndox
@end_uses
hot   USA  dyox  1   2
cold  USA  ndox  20  1
@routes
mine   plant  ore   100
plant  hot    dyox  1
plant  cold   ndox  20
)");
  Scenario scenario{"dy binds"};
  scenario.limit_capacity({.facility = "mine", .factor = 0.8}).change_demand({.end_use = "cold", .factor = 0.5});
  const Answers got = answers(network, scenario);
  ASSERT_TRUE(got.solved());
  EXPECT_NEAR(got.result().total_weighted_shortfall, 0.4, exact);
  EXPECT_NEAR(got.delivered("hot"), 0.8, exact);
  EXPECT_NEAR(got.delivered("cold"), 10.0, exact);
  EXPECT_NEAR(price(network, got.result(), "plant", "dyox", true), 2.0, exact);
  EXPECT_NEAR(price(network, got.result(), "plant", "ndox", true), 0.0, exact);
  EXPECT_NEAR(price(network, got.result(), "plant", "ore"), 0.02, exact);
  ASSERT_EQ(got.result().baskets.size(), 2U);
  for (const lode::BasketEntry& entry : got.result().baskets) {
    EXPECT_NEAR(entry.value, entry.material == network.find_material("dy") ? 0.02 : 0.0, exact);
  }
}

TEST(Reallocate, ASeparatorTakesAnyMixOfFeeds) {
  // Half of the lean ore (Dy 0.1) is gone: 5 of 10 t of oxide. 25 t of the rich one (0.2), which nobody bought before,
  // make up for it: all 50 t of the lean ore stay, because a new link of a new commodity (inertia 0.001) costs most.
  const Network network = parse_network(R"(
@commodities
lean   mining      dy=0.1
rich   mining      dy=0.2
oxide  separation  dy=1
@facilities
old    mine     CHN  100   -          lean
new    mine     AUS  0<60  -          rich
plant  refiner  CHN  100   lean,rich  oxide
@end_uses
user  USA  oxide  10
@routes
old    plant  lean   100
new    plant  rich   0
plant  user   oxide  10
)");
  Scenario scenario{"half"};
  scenario.limit_capacity({.facility = "old", .factor = 0.5});
  const Answers got = answers(network, scenario);
  ASSERT_TRUE(got.solved());
  EXPECT_NEAR(got.result().total_weighted_shortfall, 0.0, exact);
  EXPECT_NEAR(got.flow("old", "plant", "lean"), 50.0, 1e-7);
  EXPECT_NEAR(got.flow("new", "plant", "rich"), 25.0, 1e-7);
  EXPECT_NEAR(got.u("plant"), 0.75, exact);
  EXPECT_EQ(got.limit("plant"), "feed");
}

TEST(Reallocate, ATonneThatARecyclerReturnsIsWorthMoreThanItself) {
  // x = 40 + 0.2 x: 50 of 100 t. A t of oxide makes 1 + 0.2 + 0.04 ... = 1.25 t of parts.
  const Network network = parse_network(R"(
@commodities
oxide  separation  nd=1
part   product     nd=0.8
scrap  mining      nd=1
@facilities
mine      mine      CHN  80   -      oxide
maker     other     JPN  100  oxide  part,scrap*0.2
recycler  recycler  JPN  20   scrap  oxide
@end_uses
user  USA  part  100
@routes
mine      maker     oxide  80
recycler  maker     oxide  20
maker     recycler  scrap  20
maker     user      part   100
)");
  Scenario scenario{"half"};
  scenario.limit_capacity({.facility = "mine", .factor = 0.5});
  const Answers got = answers(network, scenario);
  ASSERT_TRUE(got.solved());
  EXPECT_NEAR(got.shortfall("user"), 50.0, exact);
  EXPECT_NEAR(price(network, got.result(), "maker", "oxide"), 1.25, exact);
  EXPECT_NEAR(price(network, got.result(), "recycler", "scrap"), 1.25, exact);
  EXPECT_NEAR(rent(network, got.result(), "mine"), 1.25, exact);
}

TEST(Reallocate, AReserveAddsToWhatItsHolderReceives) {
  // 10 t are missing. As needed the reserve's 5 t come, at a rate of 3 t/yr three, at a rate of 8 no more than five.
  const Network network = parse_network(R"(
@commodities
ore  mining  dy=0.1
@facilities
mine  mine  CHN  100  -  ore
@end_uses
user  USA  ore  100
@routes
mine  user  ore  100
@reserves
user  ore  5
)");
  Scenario scenario{"release"};
  scenario.limit_capacity({.facility = "mine", .factor = 0.9});
  EXPECT_NEAR(lode::reallocate(network, scenario).total_weighted_shortfall, 10.0, exact);
  const auto with = [&](lode::ReserveShock shock) {
    Scenario released = scenario;
    released.release_reserve(std::move(shock));
    return lode::reallocate(network, released).total_weighted_shortfall;
  };
  EXPECT_NEAR(with({}), 5.0, exact);
  EXPECT_NEAR(with({.rate = 3.0}), 7.0, exact);
  EXPECT_NEAR(with({.rate = 8.0}), 5.0, exact);
}

const char* const two_users = R"(
@commodities
ore  mining  dy=0.1
@facilities
mine  mine  CHN  100  -  ore
@end_uses
one  USA  ore  60  2
two  JPN  ore  40  1
@routes
mine  one  ore  60
mine  two  ore  40<45
)";

TEST(Reallocate, AnOfftakeCostsWhatItTakesFromThoseWhoNeedItMore) {
  // 50 t, 30 of them promised to two: one gets 20. 40 t at 2 and 10 t at 1 are missing: 90. A t promised costs 2 - 1.
  const Network network = parse_network(two_users);
  Scenario scenario{"promised"};
  scenario.limit_capacity({.facility = "mine", .factor = 0.5}).require_offtake({.to = "two", .minimum = 30.0});
  const Answers got = answers(network, scenario);
  ASSERT_TRUE(got.solved());
  EXPECT_NEAR(got.result().total_weighted_shortfall, 90.0, exact);
  EXPECT_NEAR(got.delivered("one"), 20.0, exact);
  ASSERT_EQ(got.result().offtake_costs.size(), 1U);
  EXPECT_EQ(got.result().offtake_costs[0].shock, 1U);
  EXPECT_NEAR(got.result().offtake_costs[0].minimum.in(tonnes_per_year), 30.0, exact);
  EXPECT_NEAR(got.result().offtake_costs[0].shipped.in(tonnes_per_year), 30.0, exact);
  EXPECT_NEAR(got.result().offtake_costs[0].cost, 1.0, exact);
}

TEST(Reallocate, AnOfftakeBeyondWhatIsMadeNamesTheOfftakeTheLimitAndTheBalance) {
  const Network network = parse_network(two_users);
  Scenario scenario{"too much"};
  scenario.limit_capacity({.facility = "mine", .factor = 0.5}).require_offtake({.minimum = 60.0});
  const Result result = lode::reallocate(network, scenario);
  EXPECT_EQ(result.status, SolveStatus::infeasible);
  EXPECT_EQ(result.conflict, (std::vector<std::string>{R"(offtake of shock 2: at least 60 t/yr of "ore")",
                                                       R"(limit: "mine" does at most 50 t/yr)",
                                                       R"(balance: "mine" sends no more "ore" than it makes)"}));
  EXPECT_TRUE(result.end_uses.empty());
  EXPECT_TRUE(result.routes.empty());
  EXPECT_TRUE(result.prices.empty());
}

TEST(Reallocate, AnOfftakeAboveAQuotaNamesBoth) {
  const Network network = parse_network(two_users);
  Scenario scenario{"too much"};
  scenario.restrict_exports({.country = "CHN", .factor = 0.3}).require_offtake({.minimum = 40.0});
  const Result result = lode::reallocate(network, scenario);
  EXPECT_EQ(result.status, SolveStatus::infeasible);
  EXPECT_EQ(result.conflict, (std::vector<std::string>{R"(quota of shock 1: at most 30 t/yr of "ore")",
                                                       R"(offtake of shock 2: at least 40 t/yr of "ore")"}));
}

TEST(Reallocate, AnOfftakeAboveTheCapacityOfItsRouteNamesTheRoute) {
  const Network network = parse_network(two_users);
  Scenario scenario{"too much"};
  scenario.require_offtake({.to = "two", .minimum = 50.0});
  const Result result = lode::reallocate(network, scenario);
  EXPECT_EQ(result.status, SolveStatus::infeasible);
  EXPECT_EQ(result.conflict,
            (std::vector<std::string>{R"(offtake of shock 1: at least 50 t/yr of "ore")",
                                      R"(capacity: the route of "ore" from "mine" to "two" carries at most 45 t/yr)"}));
}

TEST(Reallocate, ASeparatorThatMayNotRunCannotTakeWhatItIsObligedTo) {
  // What arrives at a separator is its activity.
  const Network network = parse_network(chain);
  Scenario scenario{"too much"};
  scenario.limit_capacity({.facility = "plant", .factor = 0.5}).require_offtake({.to = "plant", .minimum = 60.0});
  const Result result = lode::reallocate(network, scenario);
  EXPECT_EQ(result.status, SolveStatus::infeasible);
  EXPECT_EQ(result.conflict, (std::vector<std::string>{R"(offtake of shock 2: at least 60 t/yr of "ore")",
                                                       R"(limit: "plant" does at most 50 t/yr)",
                                                       R"(balance: "plant" does as much as it is fed)"}));
}

TEST(Reallocate, TariffsAndPriceFloorsHaveNoEffectAndTheResultSaysSo) {
  const Network network = parse_network(chain);
  Scenario scenario{"prices"};
  scenario.add_tariff({.country = "USA", .rate = 1.0}).guarantee_price({.facility = "mine", .price = 1e4});
  const Answers got = answers(network, scenario);
  ASSERT_TRUE(got.solved());
  EXPECT_NEAR(got.result().total_weighted_shortfall, 0.0, exact);
  EXPECT_EQ(got.flow("maker", "cars", "part"), 6.0);
  EXPECT_EQ(got.result().notes.size(), 2U);
}

TEST(Reallocate, WhereTheLastTonneIsExactlyEnoughThePriceHasARange) {
  // Demand is just met: one more t saves nothing, one less costs 1.
  const Network network = parse_network(two_mines);
  const Result result = lode::reallocate(network, Scenario{"none"}, {.price_ranges = true});
  ASSERT_EQ(result.status, SolveStatus::solved);
  for (const lode::PriceResult& entry : result.prices) {
    ASSERT_TRUE(entry.low.has_value());
    EXPECT_NEAR(*entry.low, 0.0, exact);
    // The younger mine has 30 t to spare, so nobody misses a t; without them every t counts.
    if (entry.high) {
      EXPECT_NEAR(*entry.high, 0.0, exact);
    }
  }
  const Result tight =
      lode::reallocate(network, Scenario{"none"}, {.allow = {.spare_capacity = false}, .price_ranges = true});
  ASSERT_EQ(tight.status, SolveStatus::solved);
  ASSERT_EQ(tight.prices.size(), 3U);
  for (const lode::PriceResult& entry : tight.prices) {
    ASSERT_TRUE(entry.low.has_value() && entry.high.has_value());
    EXPECT_NEAR(*entry.low, 0.0, exact);
    EXPECT_NEAR(*entry.high, 1.0, exact);
    EXPECT_GE(entry.price, 0.0);
    EXPECT_LE(entry.price, 1.0);
  }
}

TEST(Reallocate, WhatIsNotAskedForStaysEmpty) {
  const Network network = parse_network(chain);
  Scenario scenario{"half"};
  scenario.limit_capacity({.facility = "mine", .factor = 0.5});
  const Result totals = lode::reallocate(network, scenario, {.tie_break = false, .prices = false});
  ASSERT_EQ(totals.status, SolveStatus::solved);
  EXPECT_NEAR(totals.total_weighted_shortfall, 5.0, exact);
  EXPECT_TRUE(totals.routes.empty() && totals.facilities.empty() && totals.prices.empty());
  EXPECT_TRUE(totals.capacity_rents.empty() && totals.baskets.empty());
  const Result priced = lode::reallocate(network, scenario);
  for (const lode::PriceResult& entry : priced.prices) EXPECT_FALSE(entry.low || entry.high);
}

TEST(Reallocate, TheEmptyNetworkIsSolved) {
  const Result result = lode::reallocate(Network{}, Scenario{"none"});
  EXPECT_EQ(result.status, SolveStatus::solved);
  EXPECT_EQ(result.total_weighted_shortfall, 0.0);
}

TEST(Reallocate, AStopThatWasAskedForInterrupts) {
  const Network network = parse_network(chain);
  Scenario scenario{"half"};
  scenario.limit_capacity({.facility = "mine", .factor = 0.5});
  std::stop_source stop;
  stop.request_stop();
  const Result result = lode::reallocate(network, scenario, {.stop = stop.get_token()});
  EXPECT_EQ(result.status, SolveStatus::interrupted);
  EXPECT_TRUE(result.end_uses.empty());
}

TEST(Reallocate, AToleranceOutOfRangeThrows) {
  const Network network = parse_network(chain);
  for (const double tolerance : {0.0, -1e-9, 9e-13, 1.1e-4, 1.0, std::numeric_limits<double>::infinity(),
                                 std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(lode::Reallocator(network, {.tolerance = tolerance}), lode::InvalidArgument) << tolerance;
    EXPECT_THROW((void)lode::reallocate(network, Scenario{"none"}, {.tolerance = tolerance}), lode::InvalidArgument);
  }
  for (const double tolerance : {1e-12, 1e-4}) EXPECT_NO_THROW(lode::Reallocator(network, {.tolerance = tolerance}));
}

TEST(Reallocate, AWrongNameThrows) {
  lode::Reallocator model{parse_network(chain)};
  Scenario scenario{"wrong"};
  scenario.limit_capacity({.facility = "min", .factor = 0.5});
  EXPECT_THROW((void)model.run(scenario), lode::InvalidScenario);
}

/// The least-change optimum of a scenario of the magnets, from the multipliers of a vertex near the base year or of the
/// one that the simplex method finds from nothing.
Eigen::VectorXd least_change_of_magnets(const lode::Dataset& magnets, const lode::Scenario& scenario, bool near) {
  lode::detail::AllocationProgram allocation(magnets.network);
  allocation.load(lode::resolve(magnets.network, scenario));
  lode::optimize::Program& program = allocation.program;
  program.gradient.setZero(program.lower.size());
  const lode::detail::FigureColumns& columns = allocation.columns();
  for (std::size_t e = 0; e < columns.end_uses; ++e) {
    program.gradient[static_cast<Eigen::Index>(columns.of(lode::EndUseId{e}))] = 1e-5 * allocation.weight[e];
  }
  lode::optimize::Simplex simplex;
  lode::optimize::Solution best =
      near ? simplex.solve(program, lode::detail::start_basis(allocation), allocation.baseline)
           : simplex.solve(program, {});
  EXPECT_EQ(best.status, lode::optimize::Status::optimal) << scenario.name;
  best.row_dual *= 1e5;
  best.bound_dual *= 1e5;
  const lode::detail::LeastChange least_change(magnets.network);
  return least_change.find(allocation, best, 1e-6).flows;
}

TEST(Reallocate, WhoIsServedDoesNotDependOnTheVertexThatWasFound) {
  const lode::Dataset magnets = lode::datasets::rare_earth_magnets_2024();
  for (const char* name : {"april-2025-licensing", "china-full-stop", "lynas-outage", "mountain-pass-outage",
                           "myanmar-closure-2024", "october-2025-controls", "truce-lapse-2026"}) {
    const lode::Scenario& scenario = *magnets.find_scenario(name);
    const Eigen::VectorXd near = least_change_of_magnets(magnets, scenario, true);
    const Eigen::VectorXd cold = least_change_of_magnets(magnets, scenario, false);
    ASSERT_GT(near.size(), 0) << name;
    ASSERT_EQ(near.size(), cold.size()) << name;
    EXPECT_LE((near - cold).cwiseAbs().maxCoeff(), 1e-3) << name << ", t/yr";
  }
}

}  // namespace
