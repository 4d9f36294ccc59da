// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// Tables and numbers for people, to the letter; and `set_logger`, which the program uses.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <lode/log.hpp>
#include <lode/network_builder.hpp>
#include <lode/propagate.hpp>
#include <lode/report/table.hpp>

#include "log_access.hpp"
#include "report/text_table.hpp"

namespace {

using namespace lode::literals;
using lode::detail::TextTable;

TEST(TextTable, NumbersForPeople) {
  using lode::detail::decimal_text;
  using lode::detail::percent_text;
  using lode::detail::tonnes_text;
  EXPECT_EQ(tonnes_text(0.0), "0");
  EXPECT_EQ(tonnes_text(-0.0), "0");
  EXPECT_EQ(tonnes_text(0.04), "<0.1");
  EXPECT_EQ(tonnes_text(0.05), "0.1");
  EXPECT_EQ(tonnes_text(99.94), "99.9");
  EXPECT_EQ(tonnes_text(99.96), "100");
  EXPECT_EQ(tonnes_text(999.6), "1,000");
  EXPECT_EQ(tonnes_text(1234567.8), "1,234,568");
  EXPECT_EQ(tonnes_text(-12.34), "-12.3");
  EXPECT_EQ(tonnes_text(1e300), "1.000e+300");
  EXPECT_EQ(decimal_text(-0.001, 2), "0.00");
  EXPECT_EQ(percent_text(0.1234), "12.3");
  EXPECT_EQ(percent_text(1.0), "100");
  EXPECT_EQ(percent_text(1.0, 0.0), "-");
}

TEST(TextTable, AlignsColumnsUnderHeadUnitAndGroup) {
  TextTable table({{.head = "Country"},
                   {.head = "t/yr", .number = true, .group = "Dysprosium"},
                   {.head = "%", .number = true, .group = "Dysprosium"}});
  table.add_row({"Japan", "1,234", "5.0"});
  table.add_row({"USA", "7"});
  EXPECT_EQ(table.text(),
            "         Dysprosium\n"
            "Country   t/yr    %\n"
            "-------------------\n"
            "Japan    1,234  5.0\n"
            "USA          7\n");
}

TEST(TextTable, ShortensTextButNeverNumbers) {
  TextTable table({{.head = "Name"}, {.head = "Short", .unit = "t/yr", .number = true}});
  table.add_row({"a name that goes on and on", "1,234,567"});
  EXPECT_EQ(table.text(25),
            "Name                Short\n"
            "                     t/yr\n"
            "-------------------------\n"
            "a name that ..  1,234,567\n");
}

TEST(TextTable, WrapsAndShortensWords) {
  const std::string text = lode::detail::wrapped(std::string(150, 'x') + "  and " + std::string(97, 'y'), 2);
  EXPECT_EQ(text, std::string(96, 'x') + "..\n  and\n  " + std::string(97, 'y') + '\n');
}

TEST(TextTable, NamesThatAreNotAsciiGiveWayToIds) {
  EXPECT_EQ(lode::detail::label("Japan", "JPN"), "Japan");
  EXPECT_EQ(lode::detail::label("C\xc3\xb4te d'Ivoire", "CIV"), "CIV");
  EXPECT_EQ(lode::detail::label("\x1b[31mred", "red"), "red");
  EXPECT_EQ(lode::detail::label("", "x"), "x");
}

/// One country, one mine, one use of an ore without materials.
lode::Dataset no_materials() {
  lode::NetworkBuilder world;
  world.add_country("CHN", "China");
  world.add_commodity("ore", lode::Stage::mining);
  world.add_mine("pit", "CHN", {.makes = "ore", .baseline = 10.0_t_per_yr});
  world.add_end_use("use", "CHN", {.takes = "ore", .demand = 10.0_t_per_yr});
  world.add_route("pit", "use", "ore", 10.0_t_per_yr);
  lode::Dataset dataset;
  dataset.network = world.build();
  dataset.about.name = "bare";
  return dataset;
}

TEST(Table, WithoutMaterialsCommoditiesStillCount) {
  const lode::Dataset dataset = no_materials();
  lode::Scenario outage{"outage"};
  outage.limit_capacity({.facility = "pit", .factor = 0.25});
  const std::string text = lode::to_table(lode::propagate(dataset.network, outage), dataset);
  EXPECT_NE(text.find("China       7.5  75.0"), std::string::npos) << text;
  EXPECT_NE(text.find("its own capacity"), std::string::npos) << text;
}

TEST(Table, EmptyNetworkAndForeignResults) {
  const lode::Dataset empty;
  EXPECT_NE(lode::to_table(lode::propagate(empty.network, lode::Scenario{}), empty).find("No end use"),
            std::string::npos);
  EXPECT_NE(lode::to_table(lode::Result{}, empty).find("No numbers"), std::string::npos);
  const lode::Dataset dataset = no_materials();
  EXPECT_THROW((void)lode::to_table(lode::propagate(empty.network, lode::Scenario{}), dataset), lode::InvalidArgument);
}

TEST(Log, IsSilentUntilTheHostGivesALogger) {
  EXPECT_EQ(lode::detail::logger(), nullptr);
  std::ostringstream text;
  lode::set_logger(std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text)));
  ASSERT_NE(lode::detail::logger(), nullptr);
  lode::detail::logger()->info("heard");
  EXPECT_NE(text.str().find("heard"), std::string::npos);
  lode::set_logger(nullptr);
  EXPECT_EQ(lode::detail::logger(), nullptr);
}

}  // namespace
