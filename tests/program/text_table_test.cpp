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

#include <lode/bracket.hpp>
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

/// Two makers of magnets, one with capacity to spare and a link that nobody used; the other's customers count twice.
lode::Dataset two_makers() {
  lode::NetworkBuilder world;
  world.add_country("AAA", "Aland");
  world.add_country("BBB", "Beland");
  const auto dy = world.add_material("dy", "Dysprosium");
  world.add_commodity("magnet", lode::Stage::magnet, {{dy, 0.1}}, "Magnets");
  world.add_plant("a", "AAA", {.makes = {{"magnet"}}, .baseline = 100_t_per_yr, .capacity = 130.0_t_per_yr});
  world.add_plant("b", "BBB", {.makes = {{"magnet"}}, .baseline = 60_t_per_yr});
  world.add_end_use("first", "AAA", {.takes = "magnet", .demand = 100_t_per_yr, .name = "Cars of Aland"});
  world.add_end_use("second", "BBB",
                    {.takes = "magnet", .demand = 60_t_per_yr, .weight = 2.0, .name = "Cars of Beland"});
  world.add_route("a", "first", "magnet", 100_t_per_yr);
  world.add_route("b", "second", "magnet", 60_t_per_yr);
  world.add_route("a", "second", "magnet", 0_t_per_yr);
  lode::Dataset dataset;
  dataset.network = world.build();
  dataset.about.name = "two-makers";
  dataset.about.base_year = 2024;
  return dataset;
}

TEST(Table, OfABracketToTheLetter) {
  const lode::Dataset dataset = two_makers();
  lode::Scenario outage{"outage"};
  outage.limit_capacity({.facility = "b", .factor = 0.0});
  const lode::BracketResult result = lode::bracket(dataset.network, outage, {.lever_details = true});
  const std::string text = lode::to_table(result, dataset);
  EXPECT_EQ(text.substr(0, text.find("Certificates")), R"(Data      two-makers (base year 2024): two-makers
Scenario  outage
Model     bracket: from everybody adapting (reallocate) to nobody rerouting (propagate)

Shortfall by material, t of the element: from everybody adapting to nobody adapting

            Demanded                 Short  Adapting saves
Material        t/yr      t/yr           %      t/yr     %
----------------------------------------------------------
Dysprosium      16.0  3.0..6.0  18.8..37.5       3.0  50.0

Shortfall by country of use, worst first (by t of end products times weight); t of element, % of
what is demanded

              Dysprosium
Country     t/yr       %
------------------------
Beland    0..6.0  0..100
Aland    0..3.0*   0..30

* Adaptation leaves it worse off: what it had saves more elsewhere. The first figure is then what
  nobody adapting leaves short.

All shortfalls together, t of end products times weight, and how much worse where a way to adapt is
closed

                                     Short  Worse by, t/yr
Who adapts                      t/yr     %   products   dy
----------------------------------------------------------
nobody (propagate)               120  54.5       90.0  3.0
all, in every way (reallocate)  30.0  13.6          0
  but no spare capacity         60.0  27.3       30.0  3.0
  but no more on routes in use  30.0  13.6          0    0
  but no new links               120  54.5       90.0  3.0
  but in none of these ways      120  54.5       90.0

Scarcity: where each commodity is dearest. Price: what one more tonne there saves, t of end products
times weight

Commodity  Dearest at  Country  Price
                                  t/t
-------------------------------------
Magnets    a           AAA       1.00

What one more tonne of capacity would save (limit 0: a plant that stands still)

Facility  Country  Kind   Limit  Worth
                           t/yr    t/t
--------------------------------------
a         AAA      other    130   1.00
b         BBB      other      0   1.00

)");
}

TEST(Table, OfABracketSaysWhereALeverIsNeededToObey) {
  const lode::Dataset dataset = two_makers();
  lode::Scenario offtake{"offtake"};
  offtake.require_offtake({.from = "a", .to = "second", .minimum = 70.0});
  const std::string text = lode::to_table(lode::bracket(dataset.network, offtake), dataset);
  EXPECT_NE(text.find("but no new links: offtakes cannot be met"), std::string::npos) << text;
  EXPECT_NE(text.find("the bounds are the wrong way"), std::string::npos) << text;
  EXPECT_NE(text.find("1      Magnets       70.0     70.0   1.00"), std::string::npos) << text;
  lode::Scenario impossible{"impossible"};
  impossible.require_offtake({.from = "a", .to = "second", .minimum = 131.0});
  const std::string none = lode::to_table(lode::bracket(dataset.network, impossible), dataset);
  EXPECT_NE(none.find("No numbers: what is asked for contradicts itself"), std::string::npos) << none;
  EXPECT_NE(none.find("\n  offtake of shock 1: at least 131 t/yr of \"magnet\"\n"), std::string::npos) << none;
}

/// A mine, a separator of two materials, and users of both who live abroad.
lode::Dataset one_mine() {
  lode::NetworkBuilder world;
  world.add_country("CHN", "China");
  world.add_country("DEU", "Germany");
  const auto dy = world.add_material("dy", "Dysprosium");
  const auto tb = world.add_material("tb", "Terbium");
  world.add_commodity("clay", lode::Stage::mining, {{dy, 0.02}, {tb, 0.005}}, "Clay");
  world.add_commodity("dy_metal", lode::Stage::metal, {{dy, 1.0}}, "Dy metal");
  world.add_commodity("tb_metal", lode::Stage::metal, {{tb, 1.0}}, "Tb metal");
  world.add_mine("longnan", "CHN", {.makes = "clay", .baseline = 1000_t_per_yr, .name = "Longnan"});
  world.add_refiner("ganzhou", "CHN",
                    {.feeds = {"clay"}, .recovers = {{"dy_metal", 1.0}, {"tb_metal", 1.0}}, .name = "Ganzhou"});
  world.add_end_use("magnets", "DEU", {.takes = "dy_metal", .demand = 20_t_per_yr, .name = "Magnets"});
  world.add_end_use("lamps", "CHN", {.takes = "tb_metal", .demand = 5_t_per_yr, .name = "Lamps"});
  world.add_route("longnan", "ganzhou", "clay", 1000_t_per_yr);
  world.add_route("ganzhou", "magnets", "dy_metal", 20_t_per_yr);
  world.add_route("ganzhou", "lamps", "tb_metal", 5_t_per_yr);
  lode::Dataset dataset;
  dataset.network = world.build();
  dataset.about.name = "one-mine";
  dataset.about.base_year = 2024;
  return dataset;
}

TEST(Table, OfAReallocationToTheLetter) {
  lode::Dataset dataset = one_mine();
  lode::Scenario both{"both"};
  both.limit_capacity({.facility = "longnan", .factor = 0.75});
  both.restrict_exports({.country = "CHN", .commodity = "dy_metal", .factor = 0.5});
  dataset.scenarios.push_back(both);
  const lode::Result result = lode::reallocate(dataset.network, both, {.price_ranges = true});
  const std::string text = lode::to_table(result, dataset, "reallocate");
  EXPECT_EQ(text.substr(0, text.find("Certificate")), R"(Data      one-mine (base year 2024): one-mine
Scenario  both
Model     reallocate: everybody adapts as well as possible; a lower bound on the weighted shortfall

Shortfall by material, t of the element

Material    Demanded  Delivered  Short  Short
                t/yr       t/yr   t/yr      %
---------------------------------------------
Dysprosium      20.0       10.0   10.0   50.0
Terbium          5.0        3.7    1.3   25.0

Shortfall by country of use, worst first (by t of end products); materials in t of element

         End products  Dysprosium     Terbium
Country    t/yr     %  t/yr     %  t/yr     %
---------------------------------------------
Germany    10.0  50.0  10.0  50.0     0     -
China       1.3  25.0     0     -   1.3  25.0

Shortfall by end use, t of what it takes, worst first (by t of end products)

End use  Country  Sector  Takes     Demanded  Short  Short
                                        t/yr   t/yr      %
----------------------------------------------------------
Magnets  DEU      other   dy_metal      20.0   10.0   50.0
Lamps    CHN      other   tb_metal       5.0    1.3   25.0

Facilities furthest below their base year, by share

Facility  Country  Kind     Baseline  Activity  Utilised  Limited by
                                t/yr      t/yr         %
--------------------------------------------------------------------------
Longnan   CHN      mine        1,000       750      75.0  its own capacity
Ganzhou   CHN      refiner     1,000       750      75.0  feed

Scarcity: where each commodity is dearest. Price: what one more tonne there saves, t of end products

Commodity  Dearest at  Country  Price  One more  One less
                                  t/t       t/t       t/t
---------------------------------------------------------
Dy metal   Magnets     DEU       1.00      1.00      1.00
Tb metal   Ganzhou     CHN       1.00      1.00      1.00
Clay       Longnan     CHN       0.01      0.01      0.01

What a licence for one more tonne would save

Shock     Commodity  Limit  Used  Worth
                      t/yr  t/yr    t/t
---------------------------------------
2 export  Dy metal    10.0  10.0   1.00

What one more tonne of capacity would save (limit 0: a plant that stands still)

Facility  Country  Kind  Limit  Worth
                          t/yr    t/t
-------------------------------------
Longnan   CHN      mine    750   0.01

What a tonne of concentrate is worth for each material in it

                                of which
Mine     Country  Sells  Worth        tb
                           t/t       t/t
----------------------------------------
Longnan  CHN      Clay    0.01      0.01

)");
  EXPECT_NE(text.find("Certificate: mass balance "), std::string::npos);
  EXPECT_NE(text.find(", optimality "), std::string::npos);
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
