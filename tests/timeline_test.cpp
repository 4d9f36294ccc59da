// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include <lode/detail/timeline.hpp>

#include "support/text_network.hpp"

/// Scenarios over time: what holds in which step.
namespace {

using lode::Date;
using lode::Scenario;
using lode::detail::Calendar;
using lode::detail::Snapshot;
using lode::detail::timeline;
using std::chrono::days;

constexpr Date start = Date{std::chrono::year{2025} / 1 / 6};

lode::Network network() {
  return lode_test::parse_network(R"(
@commodities
ore   mining  dy=0.02
@facilities
mine   mine   CHN  3650  -    ore
@end_uses
home   CHN  ore  1650
cars   JPN  ore  2000
@routes
mine   home   ore   1650
mine   cars   ore   2000
@reserves
cars   ore    100
)");
}

std::vector<Snapshot> snapshots(const Scenario& scenario, int step_days = 7, std::size_t steps = 60) {
  std::vector<std::string> notes;
  return timeline(network(), scenario, {start, step_days, steps}, notes);
}

TEST(Timeline, NothingHoldsWithoutShocks) {
  EXPECT_TRUE(snapshots(Scenario{"none"}).empty());
}

TEST(Timeline, OnlyChangesAreKept) {
  Scenario scenario{"s"};
  scenario.restrict_exports({.country = "CHN", .factor = 0.25}, {start + days{14}, start + days{27}});
  const std::vector<Snapshot> found = snapshots(scenario);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].step, 2U);
  ASSERT_EQ(found[0].routes.size(), 1U);
  EXPECT_EQ(found[0].routes[0].open, 0.25);
  EXPECT_EQ(found[1].step, 4U);
  EXPECT_TRUE(found[1].routes.empty());
}

TEST(Timeline, AStepThatChangesIsTheMeanOfItsDays) {
  Scenario scenario{"s"};
  scenario.restrict_exports({.country = "CHN", .factor = 0.3}, {start + days{2}, start + days{8}});
  const std::vector<Snapshot> found = snapshots(scenario);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_NEAR(found[0].routes[0].open, 1.0 - 0.7 * 5.0 / 7.0, 1e-15);
  EXPECT_NEAR(found[1].routes[0].open, 1.0 - 0.7 * 2.0 / 7.0, 1e-15);
  EXPECT_TRUE(found[2].routes.empty());
}

TEST(Timeline, StepsOfAScheduleAndSeveralShocksMultiply) {
  Scenario scenario{"s"};
  scenario.change_demand({.factor = std::vector<lode::Step>{{start + days{7}, 0.5}, {start + days{21}, 0.8}}});
  scenario.change_demand({.end_use = "cars", .factor = 0.5});
  const std::vector<Snapshot> found = snapshots(scenario);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].demand.size(), 1U);
  EXPECT_EQ(found[1].demand[1].factor, 0.25);
  EXPECT_EQ(found[2].step, 3U);
  EXPECT_EQ(found[2].demand[0].factor, 0.8);
}

/// The mean over a step of a ramp is the integral of its curve.
TEST(Timeline, RampsFollowTheirCurve) {
  struct Case {
    lode::Curve curve;
    double half;  ///< mean over the first half of the ramp
  };
  for (const Case& c : {Case{lode::Curve::linear, 0.25}, Case{lode::Curve::concave, 5.0 / 12.0},
                        Case{lode::Curve::convex, 1.0 / 12.0}, Case{lode::Curve::logistic, 3.0 / 16.0}}) {
    Scenario scenario{"s"};
    scenario.limit_capacity({.factor = 0.0, .ramp_days = 28.0, .curve = c.curve}, {start});
    const std::vector<Snapshot> found = snapshots(scenario, 1);
    double mean = 0.0;
    for (std::size_t t = 0; t < 14; ++t) mean += (1.0 - found[t].activity[0].factor) / 14.0;
    EXPECT_NEAR(mean, c.half, 1e-3);
    EXPECT_EQ(found[28].activity[0].factor, 0.0);
    EXPECT_EQ(found.size(), 29U);
  }
}

TEST(Timeline, TheDaysForStaticModelsDoNotMatter) {
  Scenario scenario{"s"};
  scenario.at = start + days{400};
  scenario.restrict_exports({.country = "CHN", .factor = 0.0}, {start, start + days{6}});
  const std::vector<Snapshot> found = snapshots(scenario + scenario);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].step, 0U);
}

TEST(Timeline, LicencesAndReservesKeepTheirRules) {
  Scenario scenario{"s"};
  scenario.license_exports({.country = "CHN", .delay_days = 30.0, .approved = 0.6, .refused = 0.4}, {start + days{3}});
  scenario.license_exports({.country = "CHN", .delay_days = 60.0, .approved = 0.5});
  scenario.release_reserve({.holder = "cars"});
  const std::vector<Snapshot> found = snapshots(scenario);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_DOUBLE_EQ(found[0].licences[0].approved, (3.0 * 0.5 + 4.0 * 0.3) / 7.0) << "three days without the first";
  const lode::detail::RouteLicence& rule = found[1].licences[0];
  EXPECT_EQ(rule.active, 1.0);
  EXPECT_EQ(rule.delay_days, 60.0);
  EXPECT_DOUBLE_EQ(rule.approved, 0.3);
  EXPECT_DOUBLE_EQ(rule.refused, 0.4);
  EXPECT_TRUE(found[0].routes.empty()) << "a licence is no limit";
  EXPECT_EQ(found[0].releases[0].rate, std::numeric_limits<double>::infinity());
}

TEST(Timeline, MediansAreNotedOnceAndUnusedShocksNamed) {
  Scenario scenario{"s"};
  scenario.limit_capacity({.factor = lode::Schedule(lode::UncertainNumber(lode::Uniform{0.2, 0.4}))}, {start, start + days{100}});
  scenario.add_tariff({.country = "JPN", .rate = 1.0});
  std::vector<std::string> notes;
  (void)timeline(network(), scenario, {start, 7, 50}, notes);
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_NE(notes[0].find("median"), std::string::npos) << notes[0];
  EXPECT_NE(notes[1].find("simulation does not use"), std::string::npos) << notes[1];
}

TEST(Timeline, EveryProblemIsFoundWhateverTheDays) {
  Scenario scenario{"s"};
  scenario.limit_capacity({.facility = "nobody", .factor = 0.2}, {start + days{9999}});
  scenario.license_exports({.country = "CHN", .approved = 0.8, .refused = 0.4}, {start + days{9999}});
  try {
    (void)snapshots(scenario);
    FAIL() << "accepted";
  } catch (const lode::InvalidScenario& error) {
    EXPECT_EQ(error.issues().size(), 2U) << error.what();
  }
}

}  // namespace
