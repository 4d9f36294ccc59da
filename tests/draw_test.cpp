// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include <lode/draw.hpp>
#include <lode/error.hpp>
#include <lode/random.hpp>

namespace {

using lode::Normal;
using lode::parse_date;
using lode::Schedule;
using lode::Step;
using lode::UncertainNumber;
using lode::Uniform;

const lode::Date april = *parse_date("2025-04-04");
const lode::Date june = *parse_date("2025-06-10");

double value(const Schedule& schedule, std::size_t step) {
  EXPECT_TRUE(schedule.steps()[step].value.is_certain());
  return schedule.steps()[step].value.median();
}

lode::Scenario licences() {
  lode::Scenario scenario{"licences"};
  scenario
      .license_exports({.country = "CHN",
                        .delay_days = Uniform{40, 80},
                        .approved = Schedule({Step{april, 0.25}, Step{june, Uniform{0.4, 0.8}},
                                              Step{*parse_date("2025-08-01"), Uniform{0.5, 1.0}}})})
      .limit_capacity({.facility = "plant", .factor = 0.5, .add = Normal{0, 10}});
  return scenario;
}

TEST(Draw, ReplacesWhatIsUncertainByItsQuantile) {
  const lode::Scenario scenario = licences();
  ASSERT_EQ(lode::count_draws(scenario), 3U);
  const lode::Scenario drawn = lode::draw(scenario, std::vector{0.25, 0.75, 0.5});
  const auto& licence = std::get<lode::LicenceShock>(drawn.shocks[0].effect);
  EXPECT_EQ(licence.delay_days, UncertainNumber(50.0));
  EXPECT_EQ(value(*licence.approved, 0), 0.25);
  EXPECT_DOUBLE_EQ(value(*licence.approved, 1), 0.7) << "the steps of a schedule share one number";
  EXPECT_DOUBLE_EQ(value(*licence.approved, 2), 0.875);
  EXPECT_EQ(licence.approved->steps()[1].date, june);
  const auto& capacity = std::get<lode::CapacityShock>(drawn.shocks[1].effect);
  EXPECT_EQ(capacity.factor->constant(), UncertainNumber(0.5));
  EXPECT_EQ(capacity.add, UncertainNumber(0.0));
  EXPECT_EQ(lode::count_draws(drawn), 0U);
  EXPECT_EQ(lode::draw(drawn, std::vector<double>{}), drawn) << "a certain scenario stays as it is";
}

TEST(Draw, TheNumberOfUniformNumbersMustFit) {
  EXPECT_THROW((void)lode::draw(licences(), std::vector{0.5}), lode::InvalidArgument);
  EXPECT_THROW((void)lode::draw(licences(), std::vector<double>(4, 0.5)), lode::InvalidArgument);
}

TEST(Draw, BySeedAndSample) {
  const lode::Scenario scenario = licences();
  EXPECT_EQ(lode::draw(scenario, 1, 5), lode::draw(scenario, 1, 5));
  const std::vector<double> uniforms{lode::uniform(9, 5, 0), lode::uniform(9, 5, 1), lode::uniform(9, 5, 2)};
  EXPECT_EQ(lode::draw(scenario, 9, 5), lode::draw(scenario, uniforms));
  EXPECT_NE(lode::draw(scenario, 1, 5), lode::draw(scenario, 1, 6));
  EXPECT_NE(lode::draw(scenario, 1, 5), lode::draw(scenario, 2, 5));
}

TEST(Draw, ClipsToWhatTheFieldMayHold) {
  const UncertainNumber wide = Normal{0.5, 100.0};
  lode::Scenario scenario{"wide"};
  scenario.limit_capacity({.factor = wide, .add = wide, .ramp_days = wide, .recovery_days = wide})
      .limit_routes({.factor = wide})
      .restrict_exports({.factor = wide})
      .restrict_imports({.factor = wide})
      .change_demand({.factor = wide})
      .set_priority({.factor = wide})
      .add_tariff({.rate = wide})
      .guarantee_price({.price = wide})
      .require_offtake({.minimum = wide})
      .license_exports({.delay_days = wide, .approved = wide, .refused = wide})
      .release_reserve({.rate = wide});
  ASSERT_EQ(scenario.shocks.size(), std::variant_size_v<lode::Effect>);
  ASSERT_EQ(lode::count_draws(scenario), 16U);
  const lode::Scenario low = lode::draw(scenario, std::vector<double>(16, 0.01));
  EXPECT_LT(std::get<0>(low.shocks[0].effect).add->median(), -100.0);
  EXPECT_EQ(std::get<0>(low.shocks[0].effect).factor->constant().median(), 0.0);
  EXPECT_EQ(std::get<0>(low.shocks[0].effect).ramp_days.median(), 0.0);
  EXPECT_GT(std::get<lode::PriorityShock>(low.shocks[5].effect).factor.constant().median(), 0.0);
  EXPECT_EQ(std::get<lode::LicenceShock>(low.shocks[9].effect).approved->constant().median(), 0.0);
  const lode::Scenario high = lode::draw(scenario, std::vector<double>(16, 0.99));
  EXPECT_GT(std::get<lode::RouteShock>(high.shocks[1].effect).factor.constant().median(), 100.0);
  const auto& licence = std::get<lode::LicenceShock>(high.shocks[9].effect);
  EXPECT_EQ(licence.approved->constant().median(), 1.0);
  EXPECT_EQ(licence.refused->constant().median(), 0.0) << "together at most 1";
}

TEST(Draw, ApprovedAndRefusedStepsLeaveEachOtherRoom) {
  lode::Scenario scenario{"both"};
  scenario.license_exports({.approved = Schedule({Step{april, 0.2}, Step{june, Uniform{0.0, 1.0}}}),
                            .refused = Schedule({Step{april, Uniform{0.0, 1.0}}})});
  const lode::Scenario drawn = lode::draw(scenario, std::vector{0.75, 0.75});
  const auto& licence = std::get<lode::LicenceShock>(drawn.shocks[0].effect);
  EXPECT_EQ(value(*licence.approved, 1), 0.75);
  EXPECT_EQ(value(*licence.refused, 0), 0.25);
}

}  // namespace
