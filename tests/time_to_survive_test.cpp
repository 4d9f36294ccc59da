// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <lode/time_to_survive.hpp>

#include "support/text_network.hpp"

namespace {

using lode::operator""_days;

lode::Network two_mines(const char* second) {
  return lode_test::parse_network(std::string(R"(
@commodities
ore   mining  dy=0.02
part  product dy=0.02
@facilities
big    mine   CHN  )") + "2920  -  ore\nsmall  mine  AUS  " + second + R"(  -    ore
maker  other  JPN  3650         ore  part
@end_uses
cars   JPN  part  3650
@routes
big    maker  ore   2920@14
small  maker  ore   730@14
maker  cars   part  3650
@stocks
maker ore  300
cars  part 200
)");
}

TEST(TimeToSurvive, IsWhatTheStocksLast) {
  const std::vector<lode::PlantSurvival> plants = lode::time_to_survive(two_mines("730"), 20_days, {.step_days = 1});
  ASSERT_EQ(plants.size(), 3U);
  // 80 % of the ore is gone: 30 days of stock and 14 on the way last 44 / 0.8 days less what the small mine adds ...
  EXPECT_NEAR(plants[0].survives->in(lode::days), 14.0 + 30.0 / 0.8 + 20.0 / 0.8, 3.0);
  EXPECT_NEAR(plants[1].survives->in(lode::days), 14.0 + 30.0 / 0.2 + 20.0 / 0.2, 4.0);
  EXPECT_NEAR(plants[2].survives->in(lode::days), 20.0, 1e-9);
  EXPECT_EQ(plants[0].recovers->in(lode::days), 0.0) << "20 days are bridged";
  EXPECT_EQ(plants[2].recovers->in(lode::days), 1.0) << "what it makes is used the day after";
}

TEST(TimeToSurvive, SpareCapacityElsewhereCounts) {
  const std::vector<lode::PlantSurvival> plants =
      lode::time_to_survive(two_mines("730<3650"), 60_days, {.step_days = 1});
  EXPECT_FALSE(plants[0].survives) << "the small mine can make it all, and is asked at once";
  EXPECT_TRUE(plants[1].survives) << "the big one has no room";
}

TEST(TimeToSurvive, WhoIsShortTakesTimeToRecover) {
  const std::vector<lode::PlantSurvival> plants = lode::time_to_survive(two_mines("730"), 120_days, {.step_days = 1});
  ASSERT_TRUE(plants[0].recovers);
  EXPECT_NEAR(plants[0].recovers->in(lode::days), 14.0, 3.0) << "the way from the mine";
  EXPECT_THROW((void)lode::time_to_survive(two_mines("730"), 0_days), lode::InvalidArgument);
}

TEST(TimeToSurvive, AStopGivesNoList) {
  lode::SimulateOptions options;
  options.progress = [](std::size_t, std::size_t) { return false; };
  EXPECT_TRUE(lode::time_to_survive(two_mines("730"), 20_days, options).empty());
}

}  // namespace
