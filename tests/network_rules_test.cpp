// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include <lode/network_builder.hpp>

#include "support/issues.hpp"

/// Every rule of a valid network, broken one at a time: the exact message and its place.
namespace {

using namespace lode::literals;
using lode::FacilityKind;
using lode::NetworkBuilder;
using lode::Stage;
using lode::StockKind;
using lode::Table;
using lode_test::lines;
using Lines = std::vector<std::string>;

constexpr double nan_ = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

/// What the breaks below start from: a mine, a refiner, a maker, a market; nothing wrong with it.
NetworkBuilder sound() {
  NetworkBuilder world;
  world.add_country("AAA");
  world.add_material("dy");
  world.add_material("nd");
  world.add_commodity("ore", Stage::mining, {{"dy", 0.1}, {"nd", 0.2}});
  world.add_commodity("oxide", Stage::separation, {{"dy", 0.8}});
  world.add_commodity("alloy", Stage::metal, {{"dy", 0.4}});
  world.add_mine("pit", "AAA", {.makes = "ore", .baseline = 100_t_per_yr});
  world.add_refiner("plant", "AAA", {.feeds = {"ore"}, .recovers = {{"oxide", 0.8}}, .baseline = 100_t_per_yr});
  world.add_plant("maker", "AAA", {.uses = {{"oxide", 0.5}}, .makes = {{"alloy"}}, .baseline = 20_t_per_yr});
  world.add_end_use("market", "AAA", {.takes = "alloy", .demand = 20_t_per_yr});
  world.add_route("pit", "plant", "ore", 100_t_per_yr);
  world.add_route("plant", "maker", "oxide", 10_t_per_yr);
  world.add_route("maker", "market", "alloy", 20_t_per_yr);
  return world;
}

struct Break {
  const char* name;
  std::function<void(NetworkBuilder&)> apply;
  Lines problems;
};

const char* const id_mend = "use lower-case letters, digits, '_', '.' and '-', beginning with a letter or digit";

std::vector<Break> breaks() {
  using World = NetworkBuilder&;
  return {
      {"IdWithCapitals",
       [](World w) { w.add_material("Dy"); },
       {std::string("material \"Dy\": id \"Dy\" is not well formed; ") + id_mend}},
      {"IdEmpty",
       [](World w) {
         w.add_commodity("", Stage::metal, {{"dy", 0.1}});
       },
       {std::string("commodity \"\": id \"\" is not well formed; ") + id_mend}},
      {"IdBeginsWithADash",
       [](World w) { w.add_end_use("-a", "AAA", {.takes = "alloy", .demand = 0_t_per_yr}); },
       {std::string("end use \"-a\": id \"-a\" is not well formed; ") + id_mend}},
      {"CountryInSmallLetters",
       [](World w) { w.add_country("chn"); },
       {"country \"chn\": country \"chn\" is not three capitals; use the ISO 3166-1 alpha-3 code"}},
      {"CountryOfFour",
       [](World w) { w.add_country("CHNA"); },
       {"country \"CHNA\": country \"CHNA\" is not three capitals; use the ISO 3166-1 alpha-3 code"}},
      {"CountryTwice",
       [](World w) { w.add_country("AAA"); },
       {"country \"AAA\": country \"AAA\" is there twice; keep one row for each id"}},
      {"MaterialTwice",
       [](World w) { w.add_material("dy"); },
       {"material \"dy\": material \"dy\" is there twice; keep one row for each id"}},
      {"CommodityTwice",
       [](World w) { w.add_commodity("ore", Stage::mining); },
       {"commodity \"ore\": commodity \"ore\" is there twice; keep one row for each id"}},
      {"FacilityTwice",
       [](World w) { w.add_mine("pit", "AAA", {.makes = "ore", .baseline = 1_t_per_yr}); },
       {"facility \"pit\": facility \"pit\" is there twice; keep one row for each id"}},
      {"EndUseNamedLikeAFacility",
       [](World w) { w.add_end_use("pit", "AAA", {.takes = "ore", .demand = 1_t_per_yr}); },
       {"end use \"pit\": a facility with the id \"pit\" is there already; facilities and end uses share one id space: "
        "rename one of them"}},
      {"EndUseTwice",
       [](World w) { w.add_end_use("market", "AAA", {.takes = "ore", .demand = 1_t_per_yr}); },
       {"end use \"market\": an end use with the id \"market\" is there already; facilities and end uses share one id "
        "space: rename one of them"}},
      {"GovernanceTooHigh",
       [](World w) { w.add_country("BBB", "", 2.6); },
       {"country \"BBB\": governance 2.6 is out of range; give a number at least -2.5 and at most 2.5"}},
      {"ContentAboveOne",
       [](World w) {
         w.add_commodity("x", Stage::metal, {{"dy", 1.5}});
       },
       {"commodity \"x\": content 1.5 is out of range; give a number at least 0 and at most 1"}},
      {"ContentNegative",
       [](World w) {
         w.add_commodity("x", Stage::metal, {{"dy", -0.5}});
       },
       {"commodity \"x\": content -0.5 is out of range; give a number at least 0 and at most 1"}},
      {"ContentNotANumber",
       [](World w) {
         w.add_commodity("x", Stage::metal, {{"dy", nan_}});
       },
       {"commodity \"x\": content nan is out of range; give a number at least 0 and at most 1"}},
      {"ContentsAboveOneTogether",
       [](World w) {
         w.add_commodity("x", Stage::metal, {{"dy", 0.75}, {"nd", 0.5}});
       },
       {"commodity \"x\": contents of commodity \"x\" add up to 1.25; contents are tonnes of material in one tonne of "
        "commodity: at most 1 together"}},
      {"ContentTwice",
       [](World w) {
         w.add_commodity("x", Stage::metal, {{"dy", 0.5}, {"dy", 0.25}});
       },
       {"commodity \"x\": material \"dy\" of commodity \"x\" is there twice; keep one row for each commodity and "
        "material"}},
      {"UnknownMaterial",
       [](World w) {
         w.add_commodity("x", Stage::metal, {{"dz", 0.5}});
       },
       {"commodity \"x\": unknown material \"dz\"; did you mean \"dy\"?"}},
      {"UnknownCountry",
       [](World w) { w.add_mine("m", "ZZZ", {.makes = "ore", .baseline = 1_t_per_yr}); },
       {"facility \"m\": unknown country \"ZZZ\"; add the country or correct the name"}},
      {"BaselineNegative",
       [](World w) { w.add_mine("m", "AAA", {.makes = "ore", .baseline = -1_t_per_yr}); },
       {"facility \"m\": baseline -1 is out of range; give a number at least 0"}},
      {"BaselineInfinite",
       [](World w) { w.add_mine("m", "AAA", {.makes = "ore", .baseline = inf * lode::tonnes_per_year}); },
       {"facility \"m\": baseline inf is out of range; give a number at least 0"}},
      {"CapacityBelowBaseline",
       [](World w) { w.add_mine("m", "AAA", {.makes = "ore", .baseline = 2_t_per_yr, .capacity = 1.5_t_per_yr}); },
       {"facility \"m\": capacity 1.5 is below baseline 2; capacity is the most the facility could do: raise it, or "
        "leave it empty for the baseline"}},
      {"LatitudeOffTheGlobe",
       [](World w) { w.set_position(lode::FacilityId{0}, 90.5, -180.5); },
       {"facility \"pit\": latitude 90.5 is out of range; give a number at least -90 and at most 90",
        "facility \"pit\": longitude -180.5 is out of range; give a number at least -180 and at most 180"}},
      {"AmountZero",
       [](World w) { w.add_input("maker", "alloy", 0.0); },
       {"facility \"maker\": amount 0 is out of range; give a number above 0"}},
      {"AmountNegative",
       [](World w) { w.add_output("maker", "ore", -1.0); },
       {"facility \"maker\": amount -1 is out of range; give a number above 0"}},
      {"RecoveryZero",
       [](World w) { w.add_recovery("plant", "alloy", 0.0); },
       {"facility \"plant\": amount 0 is out of range; give a number above 0 and at most 1"}},
      {"RecoveryAboveOne",
       [](World w) { w.add_recovery("plant", "alloy", 1.01); },
       {"facility \"plant\": amount 1.01 is out of range; give a number above 0 and at most 1"}},
      {"CriticalityAboveOne",
       [](World w) { w.add_input("maker", "alloy", 1.0, 1.5); },
       {"facility \"maker\": criticality 1.5 is out of range; give a number at least 0 and at most 1"}},
      {"UnknownFacility",
       [](World w) { w.add_input("maket", "ore", 1.0); },
       {"facility \"maket\": unknown facility \"maket\"; did you mean \"maker\"?"}},
      {"UnknownCommodity",
       [](World w) { w.add_input("maker", "oxid", 1.0); },
       {"facility \"maker\": unknown commodity \"oxid\"; did you mean \"oxide\"?"}},
      {"InputTwice",
       [](World w) { w.add_input("maker", "oxide", 1.0); },
       {"facility \"maker\": input \"oxide\" of facility \"maker\" is there twice; keep one row for each facility, "
        "role and commodity"}},
      {"OutputTwice",
       [](World w) { w.add_output("maker", "alloy", 1.0); },
       {"facility \"maker\": output \"alloy\" of facility \"maker\" is there twice; keep one row for each facility, "
        "role and commodity"}},
      {"FeedTwice",
       [](World w) { w.add_feed("plant", "ore"); },
       {"facility \"plant\": feed \"ore\" of facility \"plant\" is there twice; keep one row for each facility, role "
        "and commodity"}},
      {"RecoveryTwice",
       [](World w) { w.add_recovery("plant", "oxide", 0.1); },
       {"facility \"plant\": recovery \"oxide\" of facility \"plant\" is there twice; keep one row for each facility, "
        "role and commodity"}},
      {"RecoveredCommodityHoldsTwoMaterials",
       [](World w) { w.add_recovery("plant", "ore", 0.5); },
       {"facility \"plant\": recovered commodity \"ore\" holds 2 materials; a recovery row needs a commodity whose "
        "composition is exactly one material"}},
      {"RecoveredCommodityHoldsNothing",
       [](World w) { w.add_commodity("water", Stage::separation), w.add_recovery("plant", "water", 0.5); },
       {"facility \"plant\": recovered commodity \"water\" holds 0 materials; a recovery row needs a commodity whose "
        "composition is exactly one material"}},
      {"RecipeAndSeparation",
       [](World w) { w.add_output("plant", "alloy", 1.0); },
       {"facility \"plant\": facility \"plant\" has a recipe (input, output) and a separation (feed, recovery); split "
        "it into two facilities"}},
      {"MakerThatSeparates",
       [](World w) {
         w.add_facility("x", "", FacilityKind::metal_maker, "AAA", 0_t_per_yr), w.add_feed("x", "ore"),
             w.add_recovery("x", "oxide", 1.0);
       },
       {"facility \"x\": facility \"x\" of kind \"metal_maker\" has feed or recovery rows; only kinds refiner and "
        "recycler separate: change the kind, or use input and output rows"}},
      {"NoOutput",
       [](World w) { w.add_plant("x", "AAA", {.uses = {{"ore"}}, .baseline = 0_t_per_yr}); },
       {"facility \"x\": facility \"x\" makes nothing; add an output row, or feed and recovery rows"}},
      {"NoRecovery",
       [](World w) { w.add_refiner("x", "AAA", {.feeds = {"ore"}}); },
       {"facility \"x\": facility \"x\" has feeds but no recovery; add a recovery row"}},
      {"NoFeed",
       [](World w) {
         w.add_recycler("x", "AAA", {.recovers = {{"oxide", 1.0}}});
       },
       {"facility \"x\": facility \"x\" has recoveries but no feed; add a feed row"}},
      {"DemandNegative",
       [](World w) { w.add_end_use("x", "AAA", {.takes = "ore", .demand = -5_t_per_yr}); },
       {"end use \"x\": demand -5 is out of range; give a number at least 0"}},
      {"WeightZero",
       [](World w) { w.add_end_use("x", "AAA", {.takes = "ore", .demand = 5_t_per_yr, .weight = 0.0}); },
       {"end use \"x\": weight 0 is out of range; give a number above 0"}},
      {"SectorEmpty",
       [](World w) { w.add_end_use("x", "AAA", {.takes = "ore", .demand = 5_t_per_yr, .sector = ""}); },
       {"end use \"x\": sector is empty; name the sector, \"other\" if none fits"}},
      {"ElasticityNotANumber",
       [](World w) { w.add_end_use("x", "AAA", {.takes = "ore", .demand = 5_t_per_yr, .elasticity = nan_}); },
       {"end use \"x\": elasticity is not finite; give a number or leave it empty"}},
      {"SupplyElasticityZero",
       [](World w) { w.add_mine("x", "AAA", {.makes = "ore", .elasticity = 0.0}); },
       {"facility \"x\": elasticity 0 is out of range; give a number above 0"}},
      {"RouteFromNowhere",
       [](World w) { w.add_route("pot", "plant", "ore", 0_t_per_yr); },
       {"route \"pot\" -> \"plant\" of \"ore\": unknown facility or end use \"pot\"; did you mean \"pit\"?"}},
      {"RouteToNowhere",
       [](World w) { w.add_route("pit", "elsewhere", "ore", 0_t_per_yr); },
       {"route \"pit\" -> \"elsewhere\" of \"ore\": unknown facility or end use \"elsewhere\"; add the facility or end "
        "use or correct the name"}},
      {"RouteOfNothing",
       [](World w) { w.add_route("pit", "plant", "orr", 0_t_per_yr); },
       {"route \"pit\" -> \"plant\" of \"orr\": unknown commodity \"orr\"; did you mean \"ore\"?"}},
      {"FlowNegative",
       [](World w) { w.add_route("pit", "plant", "ore", -1_t_per_yr); },
       {"route \"pit\" -> \"plant\" of \"ore\": flow -1 is out of range; give a number at least 0",
        "route \"pit\" -> \"plant\" of \"ore\": this route with the same from, to and commodity is there twice; add "
        "the flows up into one row"}},
      {"RouteTwice",
       [](World w) { w.add_route("pit", "plant", "ore", 0_t_per_yr); },
       {"route \"pit\" -> \"plant\" of \"ore\": this route with the same from, to and commodity is there twice; add "
        "the flows up into one row"}},
      {"RouteCapacityBelowFlow",
       [](World w) {
         w.add_end_use("x", "AAA", {.takes = "ore", .demand = 5_t_per_yr}),
             w.add_route("pit", "x", "ore", 5_t_per_yr, {.capacity = 4_t_per_yr});
       },
       {"route \"pit\" -> \"x\" of \"ore\": capacity 4 is below flow 5; raise the capacity, or leave it empty for no "
        "limit"}},
      {"CostNegative",
       [](World w) {
         w.add_end_use("x", "AAA", {.takes = "ore", .demand = 5_t_per_yr}),
             w.add_route("pit", "x", "ore", 0_t_per_yr,
                         {.cost = -1.0_usd_per_t, .lead_time = -2.0_days, .flow_sd = -3_t_per_yr});
       },
       {"route \"pit\" -> \"x\" of \"ore\": cost -1 is out of range; give a number at least 0",
        "route \"pit\" -> \"x\" of \"ore\": lead_time_days -2 is out of range; give a number at least 0 and at most 3650",
        "route \"pit\" -> \"x\" of \"ore\": flow_sd -3 is out of range; give a number at least 0"}},
      {"RouteFromAnEndUse",
       [](World w) { w.add_route("market", "maker", "oxide", 0_t_per_yr); },
       {"route \"market\" -> \"maker\" of \"oxide\": end use \"market\" can not supply anything; a route starts at a "
        "facility"}},
      {"RouteToAMine",
       [](World w) { w.add_route("maker", "pit", "alloy", 0_t_per_yr); },
       {"route \"maker\" -> \"pit\" of \"alloy\": mine \"pit\" can not be supplied; a route ends at a facility of "
        "another kind or an end use"}},
      {"SellerDoesNotMakeIt",
       [](World w) { w.add_route("pit", "maker", "oxide", 0_t_per_yr); },
       {"route \"pit\" -> \"maker\" of \"oxide\": facility \"pit\" does not make \"oxide\"; add an output or recovery "
        "row for it, or correct the route"}},
      {"BuyerDoesNotTakeIt",
       [](World w) { w.add_route("maker", "plant", "alloy", 0_t_per_yr); },
       {"route \"maker\" -> \"plant\" of \"alloy\": facility \"plant\" does not take \"alloy\"; add an input or feed "
        "row for it, or correct the route"}},
      {"EndUseDoesNotTakeIt",
       [](World w) { w.add_route("pit", "market", "ore", 0_t_per_yr); },
       {"route \"pit\" -> \"market\" of \"ore\": end use \"market\" does not take \"ore\"; add an input or feed row "
        "for it, or correct the route"}},
      {"StockNowhere",
       [](World w) { w.add_stock("marked", "alloy", 1_t); },
       {"stock at \"marked\": unknown facility or end use \"marked\"; did you mean \"market\"?"}},
      {"StockNegative",
       [](World w) { w.add_stock("market", "alloy", -1_t); },
       {"stock at \"market\": amount -1 is out of range; give a number at least 0"}},
      {"StockOfSomethingElse",
       [](World w) { w.add_stock("market", "ore", 1_t); },
       {"stock at \"market\": the holder neither takes nor makes \"ore\"; correct the holder or the commodity; only a "
        "reserve may lie anywhere"}},
      {"StockTwice",
       [](World w) { w.add_stock("market", "alloy", 1_t), w.add_stock("market", "alloy", 2_t); },
       {"stock at \"market\": this stock of the same holder, commodity and kind is there twice; add the amounts up "
        "into one row"}},
      {"CoverNowhere",
       [](World w) { w.add_cover(Stage::metal, "AAB", 30.0_days); },
       {"cover of stage \"metal\" in \"AAB\": unknown country \"AAB\"; did you mean \"AAA\"?"}},
      {"CoverWithoutACountry",
       [](World w) { w.add_cover(Stage::metal, {}, 30.0_days); },
       {"cover of stage \"metal\" in \"(no handle)\": the country handle is not of this builder; use the handle that "
        "add_... returned"}},
      {"CoverOfAReserve",
       [](World w) { w.add_cover(Stage::metal, "*", 30.0_days, {.kind = StockKind::reserve}); },
       {"cover of stage \"metal\" in \"*\": kind \"reserve\" has no cover; use input or output, or give the tonnes of "
        "the reserve as a stock"}},
      {"CoverNegative",
       [](World w) { w.add_cover(Stage::metal, "*", -1.0_days, {.low = -2.0_days, .high = 5.0_days}); },
       {"cover of stage \"metal\" in \"*\": days -1 is out of range; give a number at least 0",
        "cover of stage \"metal\" in \"*\": days_low -2 is out of range; give a number at least 0"}},
      {"CoverNotANumber",
       [](World w) { w.add_cover(Stage::metal, "*", nan_ * lode::days, {.low = 1.0_days, .high = inf * lode::days}); },
       {"cover of stage \"metal\" in \"*\": days nan is out of range; give a number at least 0",
        "cover of stage \"metal\" in \"*\": days_high inf is out of range; give a number at least 0"}},
      {"CoverWithOneEnd",
       [](World w) { w.add_cover(Stage::metal, "*", 30.0_days, {.low = 14.0_days}); },
       {"cover of stage \"metal\" in \"*\": days_low is given, days_high is not; give both or none"}},
      {"CoverWithTheOtherEnd",
       [](World w) { w.add_cover(Stage::metal, "*", 30.0_days, {.high = 60.0_days}); },
       {"cover of stage \"metal\" in \"*\": days_high is given, days_low is not; give both or none"}},
      {"CoverOutsideItsEnds",
       [](World w) { w.add_cover(Stage::metal, "AAA", 61.0_days, {.low = 14.0_days, .high = 60.0_days}); },
       {"cover of stage \"metal\" in \"AAA\": days 61 is not between days_low 14 and days_high 60; days is the best "
        "guess, days_low and days_high what it may as well be"}},
      {"CoverTwice",
       [](World w) {
         w.add_cover(Stage::metal, "*", 30.0_days);
         w.add_cover(Stage::metal, "*", 45.0_days, {.kind = StockKind::output});
         w.add_cover(Stage::metal, "AAA", 45.0_days);
         w.add_cover(Stage::magnet, "*", 45.0_days);
         w.add_cover(Stage::metal, "*", 45.0_days);
       },
       {"cover of stage \"metal\" in \"*\": this cover of the same stage, country and kind is there twice; keep one of "
        "the two"}},
      {"InputShort",
       [](World w) {
         w.add_plant("x", "AAA", {.uses = {{"ore", 2.0}}, .makes = {{"alloy"}}, .baseline = 3_t_per_yr});
       },
       {"facility \"x\": facility \"x\" needs 6 t/yr of \"ore\" for its baseline but receives 0 t/yr; lower the "
        "baseline or the amount, or raise the flows that arrive, or run lode reconcile"}},
      {"OutputOversold",
       [](World w) {
         w.add_end_use("x", "AAA", {.takes = "ore", .demand = 5_t_per_yr}), w.add_route("pit", "x", "ore", 5_t_per_yr);
       },
       {"facility \"pit\": facility \"pit\" makes 100 t/yr of \"ore\" but sends 105 t/yr; raise the baseline or the "
        "amount, or lower the flows that leave, or run lode reconcile"}},
      {"SeparatorFeedOff",
       [](World w) {
         w.add_refiner("x", "AAA", {.feeds = {"ore"}, .recovers = {{"oxide", 1.0}}, .baseline = 7_t_per_yr});
       },
       {"facility \"x\": separator \"x\" receives 0 t/yr of feed but its baseline is 7 t/yr; make the baseline equal "
        "to the flows that arrive, or run lode reconcile"}},
      {"SeparatorOversold",
       [](World w) {
         w.add_end_use("x", "AAA", {.takes = "oxide", .demand = 5_t_per_yr}),
             w.add_route("plant", "x", "oxide", 5_t_per_yr);
       },
       {"facility \"plant\": separator \"plant\" wins 10 t/yr of \"oxide\" from its feeds but sends 15 t/yr; raise the "
        "recovery or the feed, or lower the flows that leave, or run lode reconcile"}},
      {"EndUseOversupplied",
       [](World w) {
         w.add_end_use("x", "AAA", {.takes = "ore", .demand = 5_t_per_yr}),
             w.add_mine("m", "AAA", {.makes = "ore", .baseline = 9_t_per_yr}), w.add_route("m", "x", "ore", 6_t_per_yr);
       },
       {"end use \"x\": end use \"x\" receives 6 t/yr but its demand is 5 t/yr; raise the demand or lower the flows "
        "that arrive, or run lode reconcile"}},
      {"SeparatorCapacityBelowTheFeed",
       [](World w) {
         w.add_recycler("x", "AAA", {.feeds = {"ore"}, .recovers = {{"oxide", 1.0}}, .capacity = 2_t_per_yr}),
             w.add_mine("m", "AAA", {.makes = "ore", .baseline = 9_t_per_yr}), w.add_route("m", "x", "ore", 6_t_per_yr);
       },
       {"facility \"x\": capacity 2 is below the feed that arrives, 6 t/yr; raise the capacity or lower the flows that "
        "arrive"}},
      {"HandleOfAnotherBuilder",
       [](World w) { w.add_route(lode::FacilityId{77}, lode::EndUseId{}, lode::CommodityId{99}, 0_t_per_yr); },
       {"route \"(no handle)\" -> \"(no handle)\" of \"(no handle)\": the handle is not of this builder; use the "
        "handle that add_... returned",
        "route \"(no handle)\" -> \"(no handle)\" of \"(no handle)\": the handle is not of this builder; use the "
        "handle that add_... returned",
        "route \"(no handle)\" -> \"(no handle)\" of \"(no handle)\": the commodity handle is not of this builder; use "
        "the handle that add_... returned"}},
  };
}

class NetworkRules : public ::testing::TestWithParam<Break> {};

TEST_P(NetworkRules, BrokenAlone) {
  NetworkBuilder world = sound();
  GetParam().apply(world);
  const NetworkBuilder::Outcome outcome = world.try_build();
  EXPECT_EQ(lines(outcome.problems), GetParam().problems);
  EXPECT_FALSE(outcome.network);
}

INSTANTIATE_TEST_SUITE_P(, NetworkRules, ::testing::ValuesIn(breaks()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST(NetworkRulesTogether, TheSoundOneHasNothingWrong) {
  const NetworkBuilder::Outcome outcome = sound().try_build();
  EXPECT_EQ(lines(outcome.problems), Lines{});
  EXPECT_EQ(lines(outcome.warnings), Lines{});
  EXPECT_TRUE(outcome.network);
}

TEST(NetworkRulesTogether, EverythingAtOnce) {
  // Breaks that do not hide each other: every message of each is in the one list.
  NetworkBuilder world = sound();
  Lines expected;
  const std::vector<Break> all = breaks();
  for (const char* name :
       {"IdWithCapitals", "CountryInSmallLetters", "ContentAboveOne", "LatitudeOffTheGlobe", "UnknownFacility",
        "InputShort", "RouteToNowhere", "RouteFromAnEndUse", "StockNegative", "NoRecovery"}) {
    for (const Break& one : all) {
      if (std::string(one.name) != name || std::string(name) == "NoRecovery") continue;
      one.apply(world);
      expected.insert(expected.end(), one.problems.begin(), one.problems.end());
    }
  }
  Lines found;
  try {
    (void)world.build();
  } catch (const lode::InvalidNetwork& error) {
    found = lines(error.issues());
  }
  std::sort(expected.begin(), expected.end());
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, expected);
}

TEST(NetworkRulesTogether, OneMillionthIsBalanced) {
  for (const double error : {0.9e-6, -0.9e-6}) {
    NetworkBuilder world;
    world.add_country("AAA");
    world.add_material("m");
    world.add_commodity("ore", Stage::mining, {{"m", 0.5}});
    world.add_commodity("oxide", Stage::separation, {{"m", 1.0}});
    world.add_mine("pit", "AAA", {.makes = "ore", .baseline = (100 - 100 * std::abs(error)) * lode::tonnes_per_year});
    world.add_refiner(
        "plant", "AAA",
        {.feeds = {"ore"}, .recovers = {{"oxide", 1.0}}, .baseline = (100 + 100 * error) * lode::tonnes_per_year});
    world.add_end_use("use", "AAA", {.takes = "oxide", .demand = (50 - 50 * std::abs(error)) * lode::tonnes_per_year});
    world.add_route("pit", "plant", "ore", 100_t_per_yr);
    world.add_route("plant", "use", "oxide", 50_t_per_yr);
    EXPECT_EQ(lines(world.try_build().problems), Lines{});
  }
}

TEST(NetworkRulesTogether, LegalOddities) {
  NetworkBuilder world = sound();
  world.add_commodity("nothing", Stage::product, {{"dy", 0.0}});
  world.add_commodity("whole", Stage::product, {{"dy", 0.1}, {"nd", 0.9}});
  world.add_mine("project", "AAA", {.makes = "ore", .baseline = 0_t_per_yr});
  world.add_route("project", "plant", "ore", 0_t_per_yr);
  world.add_output("maker", "oxide", 0.001);
  world.add_route("maker", "maker", "oxide", 0_t_per_yr);
  world.add_stock("pit", "alloy", 5_t, StockKind::reserve);
  world.add_stock("market", "alloy", 5_t);
  world.add_stock("market", "alloy", 5_t, StockKind::reserve);
  world.add_stock("pit", "ore", 5_t, StockKind::output);
  world.add_cover(Stage::metal, "*", 0.0_days, {.low = 0.0_days, .high = 0.0_days});
  world.add_cover(Stage::product, lode::CountryId{0}, 1e4 * lode::days, {.kind = StockKind::output});
  world.add_end_use("a.b-c_1", "AAA", {.takes = "alloy", .demand = 0_t_per_yr, .elasticity = -0.5});
  world.add_route("maker", "a.b-c_1", "alloy", 0_t_per_yr);
  const NetworkBuilder::Outcome outcome = world.try_build();
  EXPECT_EQ(lines(outcome.problems), Lines{});
  EXPECT_TRUE(outcome.network);
}

TEST(NetworkRulesTogether, Warnings) {
  NetworkBuilder world = sound();
  world.add_commodity("water", Stage::mining);
  world.add_plant("alchemist", "AAA", {.uses = {{"oxide", 1.0}}, .makes = {{"alloy", 3.0}}, .baseline = 0_t_per_yr});
  world.add_end_use("nobody", "AAA", {.takes = "alloy", .demand = 5_t_per_yr});
  const NetworkBuilder::Outcome outcome = world.try_build();
  EXPECT_TRUE(outcome.network);
  EXPECT_EQ(lines(outcome.warnings), (Lines{"commodity \"water\": commodity \"water\" has no composition; it counts in "
                                            "its own tonnes only; add composition rows if it holds a "
                                            "material",
                                            "facility \"alchemist\": outputs of facility \"alchemist\" contain "
                                            "1.2000000000000002 t of \"dy\" per t of activity, inputs 0.8; "
                                            "check amounts and contents: a recipe can not make an element",
                                            "end use \"nobody\": nobody supplies end use \"nobody\"; add a route to "
                                            "it; without one its whole demand is a shortage of the "
                                            "base year"}));
}

}  // namespace
