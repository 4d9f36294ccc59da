// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

/// The scenarios of the built-in data set: complete, solvable, and ordered as common sense has it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <lode/datasets.hpp>
#include <lode/disruption.hpp>
#include <lode/propagate.hpp>

namespace {

using lode::Dataset;
using lode::Result;
using lode::Scenario;

constexpr std::array<std::string_view, 18> names{"announced-half",
                                                 "april-2025-licensing",
                                                 "china-full-stop",
                                                 "defence-priority",
                                                 "diversified-2030",
                                                 "energy-fuels-heavies",
                                                 "licences-as-for-gallium",
                                                 "lynas-heavy-circuit",
                                                 "lynas-outage",
                                                 "malaysia-licence-lapse",
                                                 "mountain-pass-outage",
                                                 "mp-offtake",
                                                 "myanmar-closure-2024",
                                                 "october-2025-controls",
                                                 "tariff-100",
                                                 "truce-lapse-2026",
                                                 "us-malaysia-deal",
                                                 "us-mining-without-refining"};

/// Scenarios that keep something from leaving a country.
constexpr std::array<std::string_view, 4> export_cuts{"april-2025-licensing", "myanmar-closure-2024",
                                                      "october-2025-controls", "truce-lapse-2026"};

const Dataset& magnets() {
  return lode::datasets::rare_earth_magnets_2024();
}

const Scenario& scenario(std::string_view name) {
  const Scenario* found = magnets().find_scenario(name);
  if (found == nullptr) throw std::runtime_error("no scenario " + std::string(name));
  return *found;
}

Result solve(std::string_view name) {
  return lode::propagate(magnets().network, scenario(name));
}

/// Every number of a country: t of each material it lacks.
std::vector<double> shortfalls(const Result& result) {
  std::vector<double> tonnes;
  for (const lode::CountryResult& country : result.countries) {
    for (const lode::MaterialResult& material : country.materials) {
      tonnes.push_back(material.shortfall.in(lode::tonnes_per_year));
    }
  }
  return tonnes;
}

double short_of(const Result& result, std::string_view material) {
  const std::size_t index = magnets().network.find_material(material)->index();
  return result.materials[index].shortfall.in(lode::tonnes_per_year);
}

void expect_at_least(const Result& worse, const Result& better, bool but_china = false) {
  for (std::size_t c = 0; c < worse.countries.size(); ++c) {
    if (but_china && magnets().network[worse.countries[c].id].id == "CHN") continue;
    for (std::size_t m = 0; m < worse.materials.size(); ++m) {
      EXPECT_GE(worse.countries[c].materials[m].shortfall.in(lode::tonnes_per_year) + 1e-9,
                better.countries[c].materials[m].shortfall.in(lode::tonnes_per_year))
          << worse.scenario << " and " << better.scenario << ": " << worse.countries[c].name << ", "
          << worse.materials[m].name;
    }
  }
}

void expect_no_shortage(std::string_view name) {
  const Result result = solve(name);
  EXPECT_EQ(shortfalls(result), shortfalls(lode::propagate(magnets().network, Scenario{"base-year"}))) << name;
  EXPECT_FALSE(result.notes.empty()) << name << " has no effect here and does not say so";
}

bool mentions(const Result& result, std::string_view text) {
  return std::any_of(result.notes.begin(), result.notes.end(),
                     [text](const std::string& note) { return note.find(text) != std::string::npos; });
}

TEST(BuiltInScenarios, AreTheseSeventeen) {
  std::vector<std::string_view> found;
  for (const Scenario& each : magnets().scenarios) found.push_back(each.name);
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, std::vector<std::string_view>(names.begin(), names.end()));
}

TEST(BuiltInScenarios, SayWhatTheyAreAndWhereFrom) {
  for (const Scenario& each : magnets().scenarios) {
    EXPECT_FALSE(each.title.empty()) << each.name;
    EXPECT_FALSE(each.description.empty()) << each.name;
    EXPECT_FALSE(each.sources.empty()) << each.name;
    for (const std::string& id : each.sources) {
      EXPECT_TRUE(std::any_of(magnets().sources.begin(), magnets().sources.end(),
                              [&id](const lode::Source& source) { return source.id == id; }))
          << each.name << ": " << id;
    }
    EXPECT_TRUE(each.at) << each.name;
    EXPECT_FALSE(each.shocks.empty()) << each.name;
    for (const lode::Shock& shock : each.shocks) EXPECT_TRUE(shock.period.start) << each.name;
  }
}

TEST(BuiltInScenarios, EveryShockSelectsSomethingAndActsOnTheDay) {
  for (const Scenario& each : magnets().scenarios) {
    EXPECT_TRUE(lode::check(magnets().network, each).empty()) << each.name;
    for (const lode::Shock& shock : each.shocks) {
      EXPECT_LE(*shock.period.start, *each.at) << each.name;
      EXPECT_GE(shock.period.end.value_or(*each.at), *each.at) << each.name;
    }
  }
}

TEST(BuiltInScenarios, AreSolvedWithACertificate) {
  for (const Scenario& each : magnets().scenarios) {
    const Result result = lode::propagate(magnets().network, each);
    EXPECT_EQ(result.status, lode::SolveStatus::solved) << each.name;
    EXPECT_LE(result.certificate.mass_balance, 1e-12) << each.name;
    EXPECT_LE(result.certificate.fixpoint_residual, 1e-12) << each.name;
    EXPECT_LE(result.certificate.gap, 1e-12) << each.name;
  }
}

TEST(BuiltInScenarios, NothingIsWorseForOthersThanAFullStopOfChina) {
  const Result full_stop = solve("china-full-stop");
  for (const std::string_view name : export_cuts) expect_at_least(full_stop, solve(name), true);
}

TEST(BuiltInScenarios, TheEndOfTheTruceIsAtLeastAsBadAsWhatItBringsBack) {
  const Result lapse = solve("truce-lapse-2026");
  expect_at_least(lapse, solve("april-2025-licensing"));
  expect_at_least(lapse, solve("october-2025-controls"));
  EXPECT_GT(short_of(lapse, "dy"), short_of(solve("april-2025-licensing"), "dy"));
}

TEST(BuiltInScenarios, TheOctoberControlsReachWhereTheAprilLicencesDoNot) {
  // Military users outside China are refused; Vietnamese and Japanese magnets need a Chinese licence.
  const Result october = solve("october-2025-controls");
  const lode::Network& network = magnets().network;
  for (const lode::EndUseResult& use : october.end_uses) {
    const lode::EndUse& what = network[use.id];
    if (what.sector != "defence" || network[what.country].id == "CHN") continue;
    const double share = use.delivered / use.demanded;
    // Only what the country makes itself arrives.
    EXPECT_LT(share, network[what.country].id == "JPN" ? 1.0 : 0.5) << use.name;
  }
}

TEST(BuiltInScenarios, AnOutageOfAllOfLynasIsThatOfItsPlant) {
  // Mt Weld feeds nobody else, so closing the plant in Malaysia costs as much as closing everything.
  expect_at_least(solve("lynas-outage"), solve("malaysia-licence-lapse"));
  expect_at_least(solve("malaysia-licence-lapse"), solve("lynas-outage"));
  EXPECT_GT(short_of(solve("malaysia-licence-lapse"), "ndpr"), 0.0);
}

TEST(BuiltInScenarios, MoreMiningAloneChangesNothing) {
  expect_no_shortage("us-mining-without-refining");
  EXPECT_TRUE(mentions(solve("us-mining-without-refining"), "mountain_pass"));
}

TEST(BuiltInScenarios, WhatPropagationCannotShowItNames) {
  for (const std::string_view name :
       {"tariff-100", "mp-offtake", "us-malaysia-deal", "defence-priority", "lynas-heavy-circuit",
        "energy-fuels-heavies", "diversified-2030", "announced-half"}) {
    expect_no_shortage(name);
  }
  EXPECT_TRUE(mentions(solve("tariff-100"), "(tariff)"));
  for (const std::string_view text : {"(price_floor)", "(offtake)", "mp_10x", "mp_separation"}) {
    EXPECT_TRUE(mentions(solve("mp-offtake"), text)) << text;
  }
  EXPECT_TRUE(mentions(solve("us-malaysia-deal"), "(tariff)"));
  EXPECT_TRUE(mentions(solve("defence-priority"), "(priority)"));
  EXPECT_TRUE(mentions(solve("lynas-heavy-circuit"), "lynas_heavy"));
}

TEST(BuiltInScenarios, PriorityWeighsDefenceOutsideChina) {
  for (const lode::EndUseResult& use : solve("defence-priority").end_uses) {
    const lode::EndUse& what = magnets().network[use.id];
    const bool favoured = what.sector == "defence" && magnets().network[what.country].id != "CHN";
    EXPECT_EQ(use.weight, favoured ? 100.0 : 1.0) << use.name;
  }
}

/// t/yr that a scenario adds at a facility on its day.
double added(std::string_view name, std::string_view facility) {
  const lode::FacilityId id = magnets().network.find_facility(facility).value();
  for (const lode::ActivityLimit& limit : lode::resolve(magnets().network, scenario(name)).activity) {
    if (limit.facility == id) return limit.add;
  }
  return 0.0;
}

/// What the facility could do in the base year.
double before(std::string_view facility) {
  const lode::Facility& found = magnets().network[magnets().network.find_facility(facility).value()];
  return found.capacity.value_or(found.baseline).in(lode::tonnes_per_year);
}

double input_of(std::string_view facility, std::string_view commodity) {
  const lode::Facility& found = magnets().network[magnets().network.find_facility(facility).value()];
  for (const lode::Input& input : found.inputs) {
    if (magnets().network[input.commodity].id == commodity) return input.amount;
  }
  throw std::runtime_error("no input " + std::string(commodity));
}

/// Feed that gives this much of an oxide.
double feed_for(double oxide, std::string_view facility, std::string_view feed) {
  const lode::Network& network = magnets().network;
  const lode::Facility& found = network[network.find_facility(facility).value()];
  const lode::Commodity& ore = network[network.find_commodity(feed).value()];
  for (const lode::Recovery& won : found.recoveries) {
    if (network[won.commodity].id != "ndpr_oxide") continue;
    return oxide * network[won.commodity].content(won.material) / (won.recovery * ore.content(won.material));
  }
  throw std::runtime_error("no NdPr from " + std::string(facility));
}

/// Sizes that rest on recipes and on the base year follow from those of this edition, to the tonne.
TEST(BuiltInScenarios, ProjectSizesFollowFromTheRecipes) {
  constexpr double tonne = 0.51;
  const char* all = "diversified-2030";
  const double conc = 1 - 0.045;  // of Mt Weld, after the heavy fraction
  const double lynas = feed_for(12000, "lynas_kuantan", "mt_weld_conc");
  EXPECT_NEAR(before("lynas_kuantan"), feed_for(10500, "lynas_kuantan", "mt_weld_conc"), tonne);
  EXPECT_NEAR(before("lynas_kuantan") + added(all, "lynas_kuantan"), lynas, tonne);
  EXPECT_NEAR(before("mt_weld") + added(all, "mt_weld"), lynas / conc, tonne);
  EXPECT_NEAR(before("mountain_pass") + added(all, "mountain_pass"), 60000, tonne);
  EXPECT_NEAR(before("serra_verde") + added(all, "serra_verde"), 6400, tonne);
  EXPECT_NEAR(before("us_magnets") + added(all, "us_magnets"), 2000, tonne);
  EXPECT_NEAR(before("white_mesa"), feed_for(925, "white_mesa", "monazite_conc"), tonne);
  for (const char* name : {all, "mp-offtake"}) {
    EXPECT_NEAR(before("mp_separation") + added(name, "mp_separation"),
                feed_for(6075, "mp_separation", "mountain_pass_conc"), tonne);
    EXPECT_NEAR(added(name, "mp_metal"), 10000 * input_of("mp_10x", "ndpr_metal"), tonne) << name;
    EXPECT_NEAR(added(name, "mp_magnets") + added(name, "mp_10x"), 10000, 1e-9) << name;
  }
  EXPECT_NEAR(added("mp-offtake", "mp_seg_fraction"), 0.018 * before("mountain_pass"), tonne);
  EXPECT_NEAR(added(all, "mp_seg_fraction"), 0.018 * 60000, tonne);
  const double src = added(all, "src_metal") * input_of("src_metal", "ndpr_oxide");
  EXPECT_NEAR(added(all, "src_separation"), feed_for(src, "src_separation", "monazite_conc"), tonne);
  const double us = 10000 + added(all, "evac") + added(all, "usar_magnets") + 2000;
  EXPECT_NEAR(added(all, "us_dy_metal"), us * input_of("evac", "dy_metal"), tonne);
  EXPECT_NEAR(added(all, "us_tb_metal"), us * input_of("evac", "tb_metal"), tonne);
  const double dy_share = 2568.0 / (2568 + 490);
  EXPECT_NEAR(added(all, "lacq_dy_metal") * input_of("lacq_dy_metal", "dy_oxide"), 600 * dy_share, 1);
  EXPECT_NEAR(added(all, "lacq_tb_metal") * input_of("lacq_tb_metal", "tb_oxide"), 600 * (1 - dy_share), 1);
  const double clay_dy = 5000 * 0.026139 * 0.9 / 0.8713;
  const double clay_tb = 5000 * 0.004251 * 0.9 / 0.8502;
  EXPECT_NEAR(added("us-malaysia-deal", "us_dy_metal") * input_of("us_dy_metal", "dy_oxide"), clay_dy, 1);
  EXPECT_NEAR(added("us-malaysia-deal", "us_tb_metal") * input_of("us_tb_metal", "tb_oxide"), clay_tb, 1);
  const lode::Shock& offtake = scenario("mp-offtake").shocks.back();
  EXPECT_NEAR(std::get<lode::OfftakeShock>(offtake.effect).minimum.median(),
              1000 * input_of("mp_magnets", "ndpr_metal") * input_of("mp_metal", "ndpr_oxide"), tonne);
}

/// Numbers that descriptions quote from the base year.
TEST(BuiltInScenarios, DescriptionsQuoteTheBaseYear) {
  const lode::Network& network = magnets().network;
  double exported = 0.0, licensed = 0.0, us = 0.0, us_ht = 0.0;
  for (const lode::Route& route : network.routes()) {
    const std::string& what = network[route.commodity].id;
    if (what != "magnet_ht" && what != "magnet_std") continue;
    const double tonnes = route.flow.in(lode::tonnes_per_year);
    const double ht = what == "magnet_ht" ? tonnes : 0.0;
    const std::string& to = network[network.country(route.to)].id;
    if (to == "USA") us += tonnes, us_ht += ht;
    if (network[network.country(route.from)].id == "CHN" && to != "CHN") exported += tonnes, licensed += ht;
  }
  const auto quotes = [](std::string_view name, std::string_view text) {
    EXPECT_NE(scenario(name).description.find(text), std::string::npos) << name << ": " << text;
  };
  EXPECT_NEAR(0.75 * licensed / exported, 0.41, 0.005);
  quotes("april-2025-licensing", "(41 % in this data set)");
  EXPECT_NEAR(us, 7900, 50);
  EXPECT_NEAR(us_ht, 5047, 0.5);
  quotes("mp-offtake", "only about 7,900 t of magnets in 2024, 5,047 t of them high-temperature");
  EXPECT_NEAR(0.045 * before("mt_weld"), 1305, 0.5);
  quotes("lynas-heavy-circuit", "1,305 t/yr of this fraction");
  EXPECT_NEAR(before("us_magnets") * input_of("us_magnets", "dy_metal"), 4.0, 0.5);
  quotes("us-malaysia-deal", "about 4 t/yr of Dy");
}

/// Half of the projects, two years late: the same shocks, half the tonnes, the same day two years on.
TEST(BuiltInScenarios, AnnouncedHalfIsHalfOfDiversified) {
  const Scenario& all = scenario("diversified-2030");
  const Scenario& half = scenario("announced-half");
  ASSERT_EQ(half.shocks.size(), all.shocks.size());
  for (std::size_t i = 0; i < all.shocks.size(); ++i) {
    const auto& whole = std::get<lode::CapacityShock>(all.shocks[i].effect);
    const auto& part = std::get<lode::CapacityShock>(half.shocks[i].effect);
    EXPECT_EQ(part.facility, whole.facility);
    EXPECT_EQ(2 * part.add->median(), whole.add->median());
    std::string date = lode::to_string(*all.shocks[i].period.start);
    date.replace(0, 4, std::to_string(std::stoi(date.substr(0, 4)) + 2));
    EXPECT_EQ(lode::to_string(*half.shocks[i].period.start), date);
  }
}

}  // namespace
