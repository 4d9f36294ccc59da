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

constexpr std::array<std::string_view, 17> names{"announced-half",
                                                 "april-2025-licensing",
                                                 "china-full-stop",
                                                 "defence-priority",
                                                 "diversified-2030",
                                                 "energy-fuels-heavies",
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
