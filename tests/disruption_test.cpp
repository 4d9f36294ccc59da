// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <map>
#include <set>

#include <lode/disruption.hpp>

#include "support/issues.hpp"
#include "support/random_network.hpp"
#include "support/random_scenario.hpp"
#include "support/reference_propagate.hpp"
#include "support/text_network.hpp"

/// From shocks with names to handles and numbers, for every kind of shock and every selector.
namespace {

using lode::CapacityShock;
using lode::Disruption;
using lode::Network;
using lode::Period;
using lode::Scenario;
using lode::Schedule;
using lode::ModelSet;
using lode::Step;
using namespace lode_test;
using Lines = std::vector<std::string>;

lode::Date day(const char* text) {
  return lode::parse_date(text).value();
}

/// Two countries mine and refine; route names below read seller>buyer.
Network trade() {
  lode::NetworkBuilder builder = parse_builder(R"(
@commodities
ore   mining     dy=0.1
oxide separation dy=0.8
part  product    dy=0.2
@facilities
cm  mine    CHN 100 -     ore
am  mine    AUS 100 -     ore
cr  refiner CHN 100 ore   oxide*0.8   # 10 t
mr  refiner MYS 100 ore   oxide*0.8
jp  other   JPN  20 oxide part
cp  other   CHN   0 oxide part
@end_uses
cars USA part 10 2
jars JPN part 10
@routes
cm cr ore   60
cm mr ore   40
am cr ore   40
am mr ore   60
cr jp oxide 10
mr jp oxide 10
cr cp oxide  0
jp cars part 10
jp jars part 10
@reserves
jp   oxide 4
cars part  3
cr   ore   9
)");
  return builder.build();
}

std::string name_of(const Network& network, lode::RouteId id) {
  return network.id(network[id].from) + '>' + network.id(network[id].to);
}

using Numbers = std::map<std::string, double>;

Numbers routes(const Scenario& scenario) {
  const Network network = trade();
  Numbers found;
  for (const lode::RouteOpenness& route : resolve(network, scenario).routes)
    found[name_of(network, route.route)] = route.open;
  return found;
}
Numbers factors(const Scenario& scenario) {
  const Network network = trade();
  Numbers found;
  for (const lode::ActivityLimit& limit : resolve(network, scenario).activity)
    found[network[limit.facility].id] = limit.factor;
  return found;
}
Numbers adds(const Scenario& scenario) {
  const Network network = trade();
  Numbers found;
  for (const lode::ActivityLimit& limit : resolve(network, scenario).activity)
    found[network[limit.facility].id] = limit.add;
  return found;
}
Numbers demands(const Scenario& scenario) {
  const Network network = trade();
  Numbers found;
  for (const lode::EndUseFactor& use : resolve(network, scenario).demand) found[network[use.end_use].id] = use.factor;
  return found;
}
Numbers releases(const Scenario& scenario) {
  const Network network = trade();
  Numbers found;
  for (const lode::ReserveRelease& release : resolve(network, scenario).releases)
    found[network.id(release.holder)] = release.rate;
  return found;
}
Lines problems(const Scenario& scenario) {
  const Network network = trade();
  const Lines found = lines(check(network, scenario));
  if (found.empty()) {
    EXPECT_NO_THROW((void)resolve(network, scenario));
  } else {
    EXPECT_THROW((void)resolve(network, scenario), lode::InvalidScenario);
  }
  return found;
}

Scenario named() {
  return Scenario{"s"};
}

TEST(Resolve, CapacitySelectors) {
  EXPECT_EQ(factors(named().limit_capacity({.facility = "cm", .factor = 0.5})), (Numbers{{"cm", 0.5}}));
  EXPECT_EQ(factors(named().limit_capacity({.facility = {"cm", "jp"}, .factor = 0.5})),
            (Numbers{{"cm", 0.5}, {"jp", 0.5}}));
  EXPECT_EQ(factors(named().limit_capacity({.country = "CHN", .factor = 0.5})),
            (Numbers{{"cm", 0.5}, {"cr", 0.5}, {"cp", 0.5}}));
  EXPECT_EQ(factors(named().limit_capacity({.facility_kind = "refiner", .factor = 0.0})),
            (Numbers{{"cr", 0.0}, {"mr", 0.0}}));
  EXPECT_EQ(factors(named().limit_capacity({.country = {"CHN", "AUS"}, .facility_kind = "mine", .factor = 0.0})),
            (Numbers{{"cm", 0.0}, {"am", 0.0}}));
  EXPECT_EQ(factors(named().limit_capacity({.factor = 0.5})).size(), 6U);
  EXPECT_EQ(factors(named().limit_capacity({.facility = "*", .factor = 2.0})).size(), 6U);
  lode::NetworkBuilder builder;
  builder.add_country("AAA");
  builder.add_commodity("ore", lode::Stage::mining);
  builder.add_mine("a", "AAA", {.makes = "ore", .baseline = lode::TonnesPerYear{}, .operator_name = "Lynas"});
  builder.add_mine("b", "AAA", {.makes = "ore", .baseline = lode::TonnesPerYear{}, .operator_name = "MP"});
  builder.add_mine("c", "AAA", {.makes = "ore", .baseline = lode::TonnesPerYear{}, .operator_name = "Lynas"});
  builder.add_mine("d", "AAA", {.makes = "ore", .baseline = lode::TonnesPerYear{}});
  const Network network = builder.build();
  EXPECT_EQ(resolve(network, named().limit_capacity({.operator_name = "Lynas", .factor = 0.5})).activity.size(), 2U);
  EXPECT_EQ(lines(check(network, named().limit_capacity({.operator_name = "Linas", .factor = 0.5}))),
            (Lines{"scenario \"s\", shock 1 (capacity): unknown operator \"Linas\"; did you mean \"Lynas\"?"}));
  EXPECT_FALSE(check(network, named().limit_capacity({.operator_name = "", .factor = 0.5})).empty())
      << "nobody is no operator";
}

TEST(Resolve, SeveralCapacityShocksMultiplyAndThenAdd) {
  Scenario scenario = named();
  scenario.limit_capacity({.facility = "cm", .add = 10.0})
      .limit_capacity({.facility = "cm", .factor = 0.5})
      .limit_capacity({.country = "CHN", .factor = 0.5, .add = -5.0});
  EXPECT_EQ(factors(scenario), (Numbers{{"cm", 0.25}, {"cr", 0.5}, {"cp", 0.5}}));
  EXPECT_EQ(adds(scenario), (Numbers{{"cm", 5.0}, {"cr", -5.0}, {"cp", -5.0}}));
}

TEST(Resolve, RouteSelectors) {
  EXPECT_EQ(routes(named().limit_routes({.from = "cm", .factor = 0.5})), (Numbers{{"cm>cr", 0.5}, {"cm>mr", 0.5}}));
  EXPECT_EQ(routes(named().limit_routes({.to = {"cars", "cp"}, .factor = 0.5})),
            (Numbers{{"jp>cars", 0.5}, {"cr>cp", 0.5}}));
  EXPECT_EQ(routes(named().limit_routes({.from = "cr", .to = "*", .commodity = "oxide", .factor = 0.0})),
            (Numbers{{"cr>jp", 0.0}, {"cr>cp", 0.0}}));
  EXPECT_EQ(routes(named().limit_routes({.commodity = "ore", .factor = 0.0})).size(), 4U);
  EXPECT_EQ(routes(named().limit_routes({.factor = 3.0})), Numbers{}) << "a route never carries more than its baseline";
}

TEST(Resolve, ExportsLeaveTheCountry) {
  EXPECT_EQ(routes(named().restrict_exports({.country = "CHN", .factor = 0.25})),
            (Numbers{{"cm>mr", 0.25}, {"cr>jp", 0.25}}))
      << "domestic routes are not exports";
  EXPECT_EQ(routes(named().restrict_exports({.country = "CHN", .commodity = "oxide", .factor = 0.25})),
            (Numbers{{"cr>jp", 0.25}}));
  EXPECT_EQ(routes(named().restrict_exports({.country = "AUS", .partners = "MYS", .factor = 0.25})),
            (Numbers{{"am>mr", 0.25}}));
  EXPECT_EQ(routes(named().restrict_exports({.country = "AUS", .partners = "*", .except = "MYS", .factor = 0.25})),
            (Numbers{{"am>cr", 0.25}}));
  EXPECT_EQ(routes(named().restrict_exports({.country = "*", .commodity = "part", .factor = 0.0})),
            (Numbers{{"jp>cars", 0.0}}));
  EXPECT_EQ(routes(named().restrict_exports({.commodity = "ore", .factor = 0.0})),
            (Numbers{{"cm>mr", 0.0}, {"am>cr", 0.0}, {"am>mr", 0.0}}));
  EXPECT_EQ(routes(named().restrict_exports({.country = "CHN", .partners = {"CHN", "JPN"}, .factor = 0.5})),
            (Numbers{{"cr>jp", 0.5}}));
}

TEST(Resolve, ImportsEnterTheCountry) {
  EXPECT_EQ(routes(named().restrict_imports({.country = "JPN", .factor = 0.5})),
            (Numbers{{"cr>jp", 0.5}, {"mr>jp", 0.5}}));
  EXPECT_EQ(routes(named().restrict_imports({.country = "JPN", .partners = "CHN", .factor = 0.5})),
            (Numbers{{"cr>jp", 0.5}}));
  EXPECT_EQ(routes(named().restrict_imports({.country = {"JPN", "USA"}, .except = "CHN", .factor = 0.5})),
            (Numbers{{"mr>jp", 0.5}, {"jp>cars", 0.5}}));
}

TEST(Resolve, SeveralShocksOnARouteMultiplyTheirCuts) {
  Scenario scenario = named();
  scenario.restrict_exports({.country = "CHN", .commodity = "oxide", .factor = 0.5})
      .restrict_imports({.country = "JPN", .factor = 0.5})
      .limit_routes({.from = "cr", .factor = 1.8})
      .license_exports({.country = "CHN", .commodity = "oxide", .approved = 0.5});
  EXPECT_EQ(routes(scenario), (Numbers{{"cr>jp", 0.125}, {"mr>jp", 0.5}})) << "1.8 opens nothing";
}

TEST(Resolve, LicencesAreExportShocksWithTheApprovedShare) {
  EXPECT_EQ(
      routes(named().license_exports({.country = "CHN", .commodity = "oxide", .delay_days = 45.0, .approved = 0.3})),
      (Numbers{{"cr>jp", 0.3}}));
  EXPECT_EQ(routes(named().license_exports({.country = "CHN", .delay_days = 45.0})), Numbers{})
      << "a delay alone cuts nothing in a year";
  EXPECT_EQ(routes(named().license_exports({.country = "AUS", .except = "MYS", .approved = 0.3})),
            (Numbers{{"am>cr", 0.3}}));
}

TEST(Resolve, DemandAndPriority) {
  EXPECT_EQ(demands(named().change_demand({.end_use = "cars", .factor = 1.5})), (Numbers{{"cars", 1.5}}));
  EXPECT_EQ(demands(named().change_demand({.country = "JPN", .factor = 0.0})), (Numbers{{"jars", 0.0}}));
  EXPECT_EQ(demands(named().change_demand({.sector = "other", .commodity = "part", .factor = 0.5})),
            (Numbers{{"cars", 0.5}, {"jars", 0.5}}));
  EXPECT_EQ(demands(named().change_demand({.factor = 0.5}).change_demand({.end_use = "cars", .factor = 0.5})),
            (Numbers{{"cars", 0.25}, {"jars", 0.5}}));
  const Disruption priority = resolve(trade(), named().set_priority({.end_use = "jars", .factor = 3.0}));
  ASSERT_EQ(priority.weights.size(), 1U);
  EXPECT_EQ(priority.weights[0], (lode::EndUseFactor{lode::EndUseId{1}, 3.0}));
  EXPECT_TRUE(priority.demand.empty());
}

TEST(Resolve, ReservesAddUpToTheirAmount) {
  EXPECT_EQ(releases(named().release_reserve({.holder = "jp"})), (Numbers{{"jp", 4.0}})) << "as needed: all of it";
  EXPECT_EQ(releases(named().release_reserve({.holder = "jp", .rate = 1.5})), (Numbers{{"jp", 1.5}}));
  EXPECT_EQ(releases(named().release_reserve({.holder = "jp", .rate = 99.0})), (Numbers{{"jp", 4.0}}));
  EXPECT_EQ(
      releases(
          named().release_reserve({.holder = "jp", .rate = 1.5}).release_reserve({.commodity = "oxide", .rate = 2.0})),
      (Numbers{{"jp", 3.5}}));
  EXPECT_EQ(
      releases(named().release_reserve({.holder = "jp", .rate = 3.0}).release_reserve({.holder = "jp", .rate = 3.0})),
      (Numbers{{"jp", 4.0}}));
  EXPECT_EQ(releases(named().release_reserve({.holder = "jp", .rate = 3.0}).release_reserve({.holder = "jp"})),
            (Numbers{{"jp", 4.0}}));
  EXPECT_EQ(releases(named().release_reserve({.holder = {"cars", "jp"}, .rate = 1.0})),
            (Numbers{{"cars", 1.0}, {"jp", 1.0}}));
  EXPECT_EQ(problems(named().release_reserve({.holder = "cr"})),
            (Lines{"scenario \"s\", shock 1 (reserve): the reserve's holder \"cr\" is a separator, which can not draw "
                   "on it; a reserve is held by an "
                   "end use or a facility with a recipe"}));
}

const Schedule steps{std::vector<Step>{{day("2025-04-04"), 0.0}, {day("2025-06-01"), 0.4}, {day("2025-12-01"), 0.9}}};

TEST(Resolve, StepsHoldFromTheirDayOn) {
  const auto open_at = [](std::optional<lode::Date> at) {
    Scenario scenario{"s"};
    scenario.at = at;
    scenario.restrict_exports({.country = "CHN", .commodity = "oxide", .factor = steps});
    const Numbers found = routes(scenario);
    return found.contains("cr>jp") ? found.at("cr>jp") : 1.0;
  };
  EXPECT_EQ(open_at(day("2025-04-03")), 1.0);
  EXPECT_EQ(open_at(day("2025-04-04")), 0.0);
  EXPECT_EQ(open_at(day("2025-05-31")), 0.0);
  EXPECT_EQ(open_at(day("2025-06-01")), 0.4);
  EXPECT_EQ(open_at(day("2025-11-30")), 0.4);
  EXPECT_EQ(open_at(day("2030-01-01")), 0.9);
  EXPECT_EQ(open_at({}), 0.9) << "without a day, the last value";
  Scenario before{"s"};
  before.at = day("2025-01-01");
  before.release_reserve({.holder = "jp", .rate = Schedule(std::vector<Step>{{day("2025-04-04"), 2.0}})});
  EXPECT_EQ(releases(before)["jp"], 0.0) << "before its first step a rate is 0";
}

TEST(Resolve, StartAndEndAreInclusive) {
  const auto cut_at = [](std::optional<lode::Date> at, Period period) {
    Scenario scenario{"s"};
    scenario.at = at;
    scenario.limit_capacity({.facility = "cm", .factor = 0.5}, period);
    return !factors(scenario).empty();
  };
  const Period period{day("2025-04-04"), day("2025-06-01")};
  EXPECT_FALSE(cut_at(day("2025-04-03"), period));
  EXPECT_TRUE(cut_at(day("2025-04-04"), period));
  EXPECT_TRUE(cut_at(day("2025-06-01"), period));
  EXPECT_FALSE(cut_at(day("2025-06-02"), period));
  EXPECT_TRUE(cut_at({}, period)) << "without a day both ends are ignored";
  EXPECT_TRUE(cut_at(day("1990-01-01"), {.end = day("2025-06-01")}));
  EXPECT_FALSE(cut_at(day("2026-01-01"), {.end = day("2025-06-01")}));
  EXPECT_TRUE(cut_at(day("2026-01-01"), {.start = day("2026-01-01")}));
  EXPECT_TRUE(cut_at(day("2025-04-04"), {day("2025-04-04"), day("2025-04-04")}));
  EXPECT_EQ(problems(named().limit_capacity({.facility = "cm", .factor = 0.5}, {day("2025-06-02"), day("2025-06-01")})),
            (Lines{"scenario \"s\", shock 1 (capacity): end 2025-06-01 is before start 2025-06-02; let the shock end "
                   "on or after the day it starts"}));
}

TEST(Resolve, TheDayMayBeNamedAfterTheShocks) {
  Scenario scenario{"s"};
  scenario.limit_capacity({.facility = "cm", .factor = steps});
  scenario.at = day("2025-05-01");
  EXPECT_EQ(factors(scenario), (Numbers{{"cm", 0.0}}));
}

TEST(Resolve, CombinedScenariosKeepTheirOwnDays) {
  Scenario may{"may"};
  may.limit_capacity({.facility = "cm", .factor = steps});
  may.at = day("2025-05-01");
  Scenario july{"july"};
  july.at = day("2025-07-01");
  july.limit_capacity({.facility = "am", .factor = steps});
  Scenario undated{"undated"};
  undated.limit_capacity({.facility = "jp", .factor = steps});
  const Scenario both = may + july + undated;
  EXPECT_EQ(both.name, "may+july+undated");
  EXPECT_EQ(factors(both), (Numbers{{"cm", 0.0}, {"am", 0.4}, {"jp", 0.9}}));
  EXPECT_EQ(factors(undated + may), (Numbers{{"cm", 0.0}, {"jp", 0.9}}));
}

TEST(Resolve, UncertainNumbersAreTheirClippedMediansAndSaySo) {
  Scenario scenario = named();
  scenario.limit_capacity({.facility = "cm", .factor = lode::UncertainNumber(lode::Uniform{0.2, 0.4})})
      .limit_capacity({.facility = "am", .factor = lode::UncertainNumber(lode::Normal{-0.5, 0.1})})
      .license_exports({.country = "CHN",
                        .delay_days = lode::Uniform{10, 90},
                        .approved = lode::UncertainNumber(lode::Normal{1.5, 1.0})});
  const Disruption out = resolve(trade(), scenario);
  ASSERT_EQ(out.activity.size(), 2U);
  EXPECT_NEAR(out.activity[0].factor, 0.3, 1e-15);
  EXPECT_EQ(out.activity[1].factor, 0.0) << "a limit is never negative";
  EXPECT_TRUE(out.routes.empty()) << "a share is at most 1";
  const Lines said = out.notes(ModelSet::propagate);
  ASSERT_EQ(said.size(), 3U);
  EXPECT_TRUE(said[0].starts_with("shock 1 (capacity): factor is uncertain; its median 0.3")) << said[0];
  EXPECT_EQ(said[1], "shock 2 (capacity): factor is uncertain; its median 0 is used");
  EXPECT_EQ(said[2], "shock 3 (licence): approved is uncertain; its median 1 is used");
  // Only the step that is used is noted.
  Scenario stepped{"s"};
  stepped.limit_capacity(
      {.facility = "cm",
       .factor = Schedule(std::vector<Step>{{day("2025-01-01"), lode::Uniform{0, 1}}, {day("2025-02-01"), 0.7}})});
  EXPECT_TRUE(resolve(trade(), stepped).remarks.empty());
  EXPECT_FALSE(
      problems(named().limit_capacity({.facility = "cm", .factor = lode::UncertainNumber(lode::Uniform{2, 1})}))
          .empty());
}

TEST(Resolve, WhatHasNoEffectIsNamed) {
  const auto notes = [](const Scenario& scenario) { return resolve(trade(), scenario).notes(ModelSet::propagate); };
  EXPECT_EQ(notes(named().set_priority({.sector = "*", .factor = 2})),
            (Lines{"shock 1 (priority): propagation serves everybody alike; weights count in the weighted total and in "
                   "the order of tables only"}));
  EXPECT_EQ(notes(named().license_exports({.country = "CHN", .delay_days = 45})),
            (Lines{"shock 1 (licence): a delay has no static effect; without a share approved it has no effect here"}));
  EXPECT_TRUE(notes(named().license_exports({.country = "CHN", .delay_days = 45, .approved = 0.5})).empty());
  const std::string above = "propagation never rises above the base year; more capacity has no effect here at ";
  EXPECT_EQ(notes(named().limit_capacity({.facility = {"cm", "am"}, .factor = 2})), (Lines{above + "cm and am"}));
  EXPECT_EQ(notes(named().limit_capacity({.facility_kind = "*", .factor = 2})),
            (Lines{above + "cm, am, cr, mr and jp"}));
  EXPECT_TRUE(notes(named().limit_capacity({.facility = "cm", .factor = 0.5, .add = 50})).empty());
  EXPECT_EQ(notes(named().limit_capacity({.facility = "cm", .factor = 0.5, .add = 51})), (Lines{above + "cm"}));
  EXPECT_EQ(notes(named().limit_capacity({.facility = "cp", .add = 5})),
            (Lines{"propagation cannot start what stands still in the base year; capacity has no effect here at cp"}));
  Scenario later{"later"};
  later.at = day("2025-01-01");
  later.limit_capacity({.facility = "cp", .add = 5}, {.start = day("2026-01-01")});
  EXPECT_TRUE(notes(later).empty()) << "what does not act yet is not a lack of the model";
}

TEST(Resolve, NumbersOutOfRange) {
  const std::string capacity = "scenario \"s\", shock 1 (capacity): ";
  EXPECT_EQ(problems(named().limit_capacity({.factor = -0.5})),
            (Lines{capacity + "factor -0.5 is out of range; give a number at least 0"}));
  EXPECT_EQ(problems(named().limit_capacity({.facility = "cm"})),
            (Lines{capacity + "factor and add are both absent; give a factor or an add"}));
  EXPECT_EQ(
      problems(named().license_exports({.country = "CHN", .approved = 1.5})),
      (Lines{
          "scenario \"s\", shock 1 (licence): approved 1.5 is out of range; give a number at least 0 and at most 1"}));
  EXPECT_EQ(problems(named().set_priority({.factor = 0.0})),
            (Lines{"scenario \"s\", shock 1 (priority): factor 0 is out of range; give a number above 0"}));
  EXPECT_EQ(problems(named().limit_capacity({.factor = std::numeric_limits<double>::quiet_NaN()})),
            (Lines{capacity + "factor: parameter nan is not finite; correct the distribution's parameters"}));
  EXPECT_EQ(problems(named().add_tariff({.country = "JPN", .rate = -1.0})).size(), 1U);
  EXPECT_EQ(problems(named().release_reserve({.holder = "jp", .rate = -1.0})).size(), 1U);
  EXPECT_EQ(problems(named().guarantee_price({.facility = "cm", .price = -1.0})).size(), 1U);
  EXPECT_EQ(problems(named().require_offtake({.from = "cm", .minimum = -1.0})).size(), 1U);
  EXPECT_EQ(
      problems(named().limit_capacity(
          {.factor = Schedule(std::vector<Step>{{day("2025-02-01"), 0.5}, {day("2025-02-01"), -1.0}})})),
      (Lines{capacity + "step 2025-02-01 does not come after 2025-02-01; order the steps by strictly ascending dates",
             capacity + "factor -1 is out of range; give a number at least 0"}));
  EXPECT_EQ(problems(named().limit_capacity({.factor = Schedule(std::vector<Step>{})})),
            (Lines{capacity + "factor has no steps; give a number or at least one step"}));
}

TEST(Resolve, NamesThatDoNotExist) {
  const auto first = [](const Scenario& scenario) {
    const Lines found = problems(scenario);
    return found.size() == 1 ? found[0].substr(found[0].find("): ") + 3) : std::to_string(found.size()) + " problems";
  };
  const std::string all = "; use an id of the data set, or \"*\" for all";
  EXPECT_EQ(first(named().limit_capacity({.facility = "cn", .factor = 0.5})),
            "unknown facility \"cn\"; did you mean \"cm\"?");
  EXPECT_EQ(first(named().limit_capacity({.facility = "cars", .factor = 0.5})), "unknown facility \"cars\"" + all);
  EXPECT_EQ(first(named().limit_capacity({.country = "CHI", .factor = 0.5})),
            "unknown country \"CHI\"; did you mean \"CHN\"?");
  EXPECT_EQ(first(named().limit_capacity({.facility_kind = "refinery", .factor = 0.5})),
            "unknown facility kind \"refinery\"; did you mean \"refiner\"?");
  EXPECT_EQ(first(named().limit_routes({.to = "nobody", .factor = 0.5})),
            "unknown facility or end use \"nobody\"" + all);
  EXPECT_EQ(first(named().limit_routes({.commodity = "oxid", .factor = 0.5})),
            "unknown commodity \"oxid\"; did you mean \"oxide\"?");
  EXPECT_EQ(first(named().restrict_exports({.country = "CHN", .partners = "XXX"})), "unknown country \"XXX\"" + all);
  EXPECT_EQ(first(named().restrict_exports({.country = "CHN", .except = "XXX"})), "unknown country \"XXX\"" + all);
  EXPECT_EQ(first(named().change_demand({.end_use = "jp"})), "unknown end use \"jp\"" + all);
  EXPECT_EQ(first(named().change_demand({.sector = "othr"})), "unknown sector \"othr\"; did you mean \"other\"?");
  EXPECT_EQ(first(named().release_reserve({.holder = "carss"})),
            "unknown facility or end use \"carss\"; did you mean \"cars\"?");
  EXPECT_EQ(first(named().limit_capacity({.facility = {"cm", "x_y_z"}, .factor = 0.5})),
            "unknown facility \"x_y_z\"" + all);
}

TEST(Resolve, EmptyListsAndShocksThatSelectNothing) {
  EXPECT_EQ(
      problems(named().limit_capacity({.facility = std::vector<std::string>{}, .factor = 0.5})),
      (Lines{"scenario \"s\", shock 1 (capacity): facility is an empty list; name at least one, or \"*\" for all"}));
  const auto nothing = [](const Scenario& scenario, const std::string& noun) {
    const Lines found = problems(scenario);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0].find(" selects no " + noun + "; check which of its selectors exclude each other"),
              std::string::npos)
        << found[0];
  };
  nothing(named().limit_capacity({.facility = "cm", .country = "JPN", .factor = 0.5}), "facility");
  nothing(named().limit_routes({.from = "cm", .to = "jp"}), "route");
  nothing(named().restrict_exports({.country = "USA"}), "route");
  nothing(named().restrict_exports({.country = "CHN", .partners = "CHN"}), "route");
  nothing(named().restrict_exports({.country = "AUS", .except = "*"}), "route");
  nothing(named().restrict_imports({.country = "AUS"}), "route");
  nothing(named().license_exports({.country = "CHN", .commodity = "part"}), "route");
  nothing(named().change_demand({.end_use = "cars", .country = "JPN"}), "end use");
  nothing(named().set_priority({.commodity = "ore", .factor = 2.0}), "end use");
  nothing(named().add_tariff({.country = "USA", .partners = "CHN", .rate = 0.1}), "route");
  nothing(named().guarantee_price({.facility = "cm", .commodity = "oxide", .price = 1.0}), "product of a facility");
  nothing(named().require_offtake({.from = "am", .to = "jp", .minimum = 1.0}), "route");
  nothing(named().release_reserve({.holder = "jars"}), "reserve");
}

TEST(Resolve, EveryProblemOfEveryShockAtOnce) {
  Scenario scenario = named();
  scenario.limit_capacity({.facility = "nope", .country = "NOP", .factor = -1.0})
      .restrict_exports({.country = "USA", .factor = 0.5})
      .change_demand({.sector = "none_such", .factor = 0.5}, {day("2025-02-01"), day("2025-01-01")});
  EXPECT_EQ(problems(scenario).size(), 6U);
}

TEST(Resolve, ProblemsAreCitedWhereTheFileHasThem) {
  struct File : lode::Origin {
    [[nodiscard]] lode::Place at(std::string_view pointer) const override { return {"s.json", pointer.size(), 1}; }
  };
  Scenario scenario = named();
  scenario.limit_capacity({.facility = {"cm", "nope"}, .factor = 0.5});
  scenario.shocks[0].origin = std::make_shared<File>();
  scenario.shocks[0].pointer = "/shocks/0";
  const std::vector<lode::Issue> issues = check(trade(), scenario);
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_EQ(issues[0].place, (lode::Place{"s.json", std::string("/shocks/0/facility/1").size(), 1}));
}

TEST(Resolve, OnlyWhatDiffersIsListedOnceAndInOrder) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network network = build(random_world(seed));
    const Scenario scenario = random_scenario(network, seed);
    const Disruption out = resolve(network, scenario);
    const ReferenceShock expected = reference_shock(network, scenario);
    std::vector<double> factor(network.facilities().size(), 1.0), add(factor.size(), 0.0),
        open(network.routes().size(), 1.0);
    for (std::size_t i = 0; i < out.activity.size(); ++i) {
      ASSERT_TRUE(i == 0 || out.activity[i - 1].facility < out.activity[i].facility);
      factor[out.activity[i].facility.index()] = out.activity[i].factor;
      add[out.activity[i].facility.index()] = out.activity[i].add;
    }
    for (std::size_t i = 0; i < out.routes.size(); ++i) {
      ASSERT_TRUE(i == 0 || out.routes[i - 1].route < out.routes[i].route);
      ASSERT_NE(out.routes[i].open, 1.0);
      open[out.routes[i].route.index()] = out.routes[i].open;
    }
    for (std::size_t f = 0; f < factor.size(); ++f) {
      ASSERT_NEAR(factor[f], static_cast<double>(expected.factor[f]), 1e-12);
      ASSERT_NEAR(add[f], static_cast<double>(expected.add[f]), 1e-9);
    }
    for (std::size_t r = 0; r < open.size(); ++r) ASSERT_NEAR(open[r], static_cast<double>(expected.open[r]), 1e-12);
  }
}

}  // namespace
