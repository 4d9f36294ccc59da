// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <lode/datasets.hpp>
#include <lode/io/data_package.hpp>
#include <lode/propagate.hpp>

#include "test_package.hpp"

namespace {

std::filesystem::path sources_of_data() {
  return lode_test::data_folder().parent_path().parent_path() / "src" / "data";
}

/// t of the material that the country's facilities make in commodities of this id, all countries if it is empty.
double made(const lode::Network& network, std::string_view commodity, std::string_view material,
            std::string_view country = {}) {
  const lode::CommodityId wanted = network.find_commodity(commodity).value();
  const lode::MaterialId element = network.find_material(material).value();
  double total = 0.0;
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    const lode::Facility& facility = network.facilities()[f];
    if (!country.empty() && network[facility.country].id != country) continue;
    for (const lode::Output& output : facility.outputs) {
      if (output.commodity != wanted) continue;
      total += output.amount * facility.baseline.in(lode::tonnes_per_year)*network[wanted].content(element);
    }
    for (const lode::Recovery& won : facility.recoveries) {
      if (won.commodity != wanted || won.material != element) continue;
      for (const lode::Route& route : network.routes()) {
        if (network.id(route.to) != facility.id) continue;
        total += won.recovery * route.flow.in(lode::tonnes_per_year)*network[route.commodity].content(element);
      }
    }
  }
  return total;
}

/// t/yr of these commodities that leave the country, to one partner if it is given.
double exported(const lode::Network& network, const std::set<std::string>& commodities, std::string_view country,
                std::string_view partner = {}) {
  double total = 0.0;
  for (const lode::Route& route : network.routes()) {
    const std::string& to = network[network.country(route.to)].id;
    if (network[network.country(route.from)].id != country || to == country) continue;
    if (!commodities.contains(network[route.commodity].id) || (!partner.empty() && to != partner)) continue;
    total += route.flow.in(lode::tonnes_per_year);
  }
  return total;
}

TEST(Datasets, TheBuiltInOneIsThatOfTheSources) {
  const std::filesystem::path source = sources_of_data();
  for (const std::string_view name : lode::datasets::names()) {
    const lode::Dataset* built_in = lode::datasets::find(name);
    ASSERT_NE(built_in, nullptr) << name;
    EXPECT_EQ(built_in->about.name, name);
    lode::Dataset copy = *built_in;
    std::sort(copy.scenarios.begin(), copy.scenarios.end(),
              [](const lode::Scenario& a, const lode::Scenario& b) { return a.name < b.name; });
    EXPECT_EQ(copy, lode::read_dataset((source / name).string()).dataset);
  }
}

TEST(Datasets, TheLeadScenarioComesFirst) {
  for (const std::string_view name : lode::datasets::names()) {
    const std::vector<lode::Scenario>& scenarios = lode::datasets::find(name)->scenarios;
    ASSERT_FALSE(scenarios.empty());
    EXPECT_EQ(scenarios.front().name, lode::datasets::lead_scenario(name));
    EXPECT_TRUE(std::is_sorted(scenarios.begin() + 1, scenarios.end(),
                               [](const lode::Scenario& a, const lode::Scenario& b) { return a.name < b.name; }));
  }
}

TEST(Datasets, TheyAreFoundByTheirNames) {
  EXPECT_EQ(lode::datasets::names().front(), "rare-earth-magnets-2024");
  EXPECT_EQ(lode::datasets::find("rare-earth-magnets-2024"), &lode::datasets::rare_earth_magnets_2024());
  EXPECT_EQ(lode::datasets::find("gallium-germanium-2022"), &lode::datasets::gallium_germanium_2022());
  EXPECT_EQ(lode::datasets::lead_scenario("gallium-germanium-2022"), "ga-ge-licences-2023");
}

TEST(Datasets, UnknownNamesAreNotFound) {
  EXPECT_EQ(lode::datasets::find("nothing"), nullptr);
  EXPECT_EQ(lode::datasets::lead_scenario("nothing"), "");
}

TEST(Datasets, ThreadsShareOne) {
  std::vector<const lode::Dataset*> seen(8, nullptr);
  std::vector<std::thread> threads;
  for (const lode::Dataset*& place : seen) {
    threads.emplace_back([&place] { place = &lode::datasets::rare_earth_magnets_2024(); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const lode::Dataset* dataset : seen) EXPECT_EQ(dataset, seen.front());
}

TEST(Datasets, TheyAreValidWithoutAWarning) {
  for (const std::string_view name : lode::datasets::names()) {
    EXPECT_TRUE(lode::read_dataset((sources_of_data() / name).string()).warnings.empty()) << name;
  }
}

TEST(Datasets, EveryRowHasAKnownSource) {
  for (const std::string_view name : lode::datasets::names()) {
    const lode::Dataset& dataset = *lode::datasets::find(name);
    std::set<std::string> known, used;
    for (const lode::Source& source : dataset.sources) known.insert(source.id);
    const auto check = [&](const lode::Provenance& row, const std::string& what) {
      EXPECT_FALSE(row.sources.empty()) << name << ": " << what;
      for (const std::string& id : row.sources) EXPECT_TRUE(known.contains(id)) << name << ": " << what << ": " << id;
    };
    const lode::Network& network = dataset.network;
    for (const lode::Material& row : network.materials()) check(row.provenance, row.id);
    for (const lode::Country& row : network.countries()) check(row.provenance, row.id);
    for (const lode::Commodity& row : network.commodities()) {
      check(row.provenance, row.id);
      for (const lode::Content& content : row.composition) check(content.provenance, "content of " + row.id);
    }
    for (const lode::Facility& row : network.facilities()) {
      check(row.provenance, row.id);
      for (const lode::Input& input : row.inputs) check(input.provenance, "input of " + row.id);
      for (const lode::Output& output : row.outputs) check(output.provenance, "output of " + row.id);
      for (const lode::Feed& feed : row.feeds) check(feed.provenance, "feed of " + row.id);
      for (const lode::Recovery& recovery : row.recoveries) check(recovery.provenance, "recovery of " + row.id);
    }
    for (const lode::EndUse& row : network.end_uses()) check(row.provenance, row.id);
    for (const lode::Route& row : network.routes()) {
      check(row.provenance, "route from " + network.id(row.from) + " to " + network.id(row.to));
    }
    for (const lode::Stock& row : network.stocks()) check(row.provenance, "stock of " + network.id(row.holder));
    for (const lode::Cover& row : network.covers())
      check(row.provenance, "cover of " + std::string(to_string(row.stage)));
    for (const lode::Price& row : dataset.prices) check(row.provenance, "price of " + network[row.commodity].id);
    for (const lode::Scenario& row : dataset.scenarios) {
      EXPECT_FALSE(row.sources.empty()) << name << ": " << row.name;
      EXPECT_FALSE(row.description.empty()) << name << ": " << row.name;
      for (const std::string& id : row.sources)
        EXPECT_TRUE(known.contains(id)) << name << ": " << row.name << ": " << id;
    }
  }
}

// Every place that takes or makes anything has a cover with its range, and every route a lead time.
TEST(Datasets, EveryStockHasACoverAndEveryRouteALeadTime) {
  for (const std::string_view name : lode::datasets::names()) {
    const lode::Network& network = lode::datasets::find(name)->network;
    const auto covers = [&](lode::CommodityId commodity, lode::CountryId country, lode::StockKind kind) {
      return std::any_of(network.covers().begin(), network.covers().end(), [&](const lode::Cover& row) {
        return row.stage == network[commodity].stage && row.kind == kind && row.low && row.high &&
               (!row.country.valid() || row.country == country);
      });
    };
    for (const lode::Facility& plant : network.facilities()) {
      for (const lode::Input& row : plant.inputs) {
        EXPECT_TRUE(covers(row.commodity, plant.country, lode::StockKind::input)) << name << ": " << plant.id;
      }
      for (const lode::Feed& row : plant.feeds) {
        EXPECT_TRUE(covers(row.commodity, plant.country, lode::StockKind::input)) << name << ": " << plant.id;
      }
      for (const lode::Output& row : plant.outputs) {
        EXPECT_TRUE(covers(row.commodity, plant.country, lode::StockKind::output)) << name << ": " << plant.id;
      }
      for (const lode::Recovery& row : plant.recoveries) {
        EXPECT_TRUE(covers(row.commodity, plant.country, lode::StockKind::output)) << name << ": " << plant.id;
      }
    }
    for (const lode::EndUse& use : network.end_uses()) {
      EXPECT_TRUE(covers(use.commodity, use.country, lode::StockKind::input)) << name << ": " << use.id;
    }
    for (const lode::Route& route : network.routes()) {
      ASSERT_TRUE(route.lead_time) << name;
      const double days = route.lead_time->in(lode::days);
      EXPECT_TRUE(days == 7.0 || days == 14.0 || days == 42.0) << name << ": " << days;
      const bool is_inside = network.country(route.from) == network.country(route.to);
      EXPECT_EQ(days == 7.0, is_inside) << name << ": " << network.id(route.from) << " to " << network.id(route.to);
    }
  }
}

TEST(Datasets, EveryScenarioSolvesExactly) {
  for (const std::string_view name : lode::datasets::names()) {
    const lode::Dataset& dataset = *lode::datasets::find(name);
    for (const lode::Scenario& scenario : dataset.scenarios) {
      const lode::Result result = lode::propagate(dataset.network, scenario);
      EXPECT_LE(result.certificate.mass_balance, 1e-12) << name << ", " << scenario.name;
      EXPECT_LE(result.certificate.fixpoint_residual, 1e-12) << name << ", " << scenario.name;
      EXPECT_LE(result.certificate.gap, 1e-12) << name << ", " << scenario.name;
      if (scenario.name == lode::datasets::lead_scenario(name)) {
        EXPECT_GT(result.total_weighted_shortfall, 0.0) << name << ", " << scenario.name;
      }
    }
  }
}

// What the sources of gallium-germanium-2022 say about 2022 (see docs/data-gallium-germanium.md).

TEST(GalliumGermanium, SharesOfChinaAreThePublishedOnes) {
  const lode::Network& network = lode::datasets::gallium_germanium_2022().network;
  EXPECT_NEAR(made(network, "ga_crude", "ga", "CHN"), 606.0, 0.05);
  EXPECT_NEAR(made(network, "ga_crude", "ga", "CHN") / made(network, "ga_crude", "ga"), 0.98, 0.01);
  EXPECT_NEAR(made(network, "ge_dioxide", "ge"), 166.0, 0.5);
  EXPECT_NEAR(made(network, "ge_dioxide", "ge", "CHN") / made(network, "ge_dioxide", "ge"), 0.592, 0.005);
}

TEST(GalliumGermanium, ExportsOfChinaAreThoseOfTheCustoms) {
  const lode::Network& network = lode::datasets::gallium_germanium_2022().network;
  EXPECT_NEAR(exported(network, {"ga_crude", "ga_hp"}, "CHN"), 94.0, 1e-9);
  EXPECT_NEAR(exported(network, {"ga_crude", "ga_hp"}, "CHN", "JPN"), 55.0, 1e-9);
  EXPECT_NEAR(exported(network, {"ga_crude", "ga_hp"}, "CHN", "USA"), 1.7, 1e-9);
  EXPECT_NEAR(exported(network, {"ge_metal"}, "CHN"), 43.7, 1e-9);
  EXPECT_NEAR(exported(network, {"ge_metal"}, "CHN", "USA"), 3.8, 1e-9);
}

TEST(GalliumGermanium, TheBaseYearLeavesNobodyShort) {
  const lode::Dataset& dataset = lode::datasets::gallium_germanium_2022();
  for (const lode::EndUseResult& use : lode::propagate(dataset.network, lode::Scenario{"base-year"}).end_uses) {
    EXPECT_NEAR(use.shortfall.in(lode::tonnes_per_year), 0.0, 1e-9) << use.name;
  }
}

TEST(GalliumGermanium, ZincResidueGivesBothMetals) {
  const lode::Dataset& dataset = lode::datasets::gallium_germanium_2022();
  lode::Scenario strike{"strike"};
  strike.limit_capacity({.facility = "cn_zn_residue", .factor = 0.0});
  const lode::Result result = lode::propagate(dataset.network, strike);
  for (const lode::MaterialResult& material : result.materials) {
    EXPECT_GT(material.shortfall.in(lode::tonnes_per_year), 0.0) << material.name;
  }
}

TEST(GalliumGermanium, TheBanOnTheUnitedStatesHitsThemFirst) {
  const lode::Dataset& dataset = lode::datasets::gallium_germanium_2022();
  const lode::Result result = lode::propagate(dataset.network, *dataset.find_scenario("ga-ge-us-ban-2024"));
  std::map<std::string, double> share;
  for (const lode::CountryResult& country : result.countries) {
    for (const lode::MaterialResult& material : country.materials) {
      if (material.demanded.in(lode::tonnes_per_year) == 0.0) continue;
      double& worst = share[country.name];
      worst = std::max(worst, material.shortfall / material.demanded);
    }
  }
  EXPECT_GT(share["United States"], 0.1);
  for (const auto& [country, worst] : share) {
    if (country == "United States") continue;
    EXPECT_LT(worst, 0.02) << country;
  }
}

}  // namespace
