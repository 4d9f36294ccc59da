// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <lode/io/data_package.hpp>
#include <lode/network_builder.hpp>

#include "test_package.hpp"

namespace {

namespace fs = std::filesystem;
using lode_test::data_folder;
using lode_test::read_text;
using lode_test::ScratchFolder;
using lode_test::TestPackage;
using lode_test::write_text;

lode::Dataset tiny_chain() {
  return lode::read_dataset((data_folder() / "tiny-chain").string()).dataset;
}

TEST(DataPackageWriter, ReadsBackEqual) {
  const ScratchFolder scratch;
  const lode::Dataset data = tiny_chain();
  lode::write_dataset(data, scratch / "copy");
  const lode::Dataset copy = lode::read_dataset(scratch / "copy").dataset;
  EXPECT_EQ(copy, data);
  lode::write_dataset(copy, scratch / "second");
  for (const auto& entry : fs::recursive_directory_iterator(scratch.path() / "copy")) {
    if (!entry.is_regular_file()) continue;
    const fs::path name = fs::relative(entry.path(), scratch.path() / "copy");
    EXPECT_EQ(read_text(entry.path()), read_text(scratch.path() / "second" / name)) << name;
  }
}

TEST(DataPackageWriter, WritesOnlyWhatIsUsed) {
  const ScratchFolder scratch;
  TestPackage().write(scratch.path() / "small");
  lode::write_dataset(lode::read_dataset(scratch / "small").dataset, scratch / "copy");
  EXPECT_EQ(read_text(scratch.path() / "copy" / "materials.csv"), "id,name\nndpr,NdPr\ndy,Dysprosium\n");
  EXPECT_EQ(read_text(scratch.path() / "copy" / "routes.csv"),
            "from,to,commodity,flow,source\npit,plant,clay,100,S1\nplant,works,dy_oxide,2,\nworks,cars,magnet,40,S1\n");
  EXPECT_FALSE(fs::exists(scratch.path() / "copy" / "stocks.csv"));
  EXPECT_FALSE(fs::exists(scratch.path() / "copy" / "cover.csv"));
  EXPECT_EQ(read_text(scratch.path() / "copy" / "scenarios" / "cut.json"),
            "{\n  \"name\": \"cut\",\n  \"shocks\": [\n    {\"kind\": \"export\", \"country\": \"CHN\", \"factor\": "
            "0.5}\n  ]\n}\n");
}

TEST(DataPackageWriter, KeepsWhatSourcesRestOn) {
  const ScratchFolder scratch;
  TestPackage package;
  package.files["sources.csv"] =
      "id,title,publisher,date,url,quality,source\nS1,Survey,Office,2025,https://example.org,sourced,\n"
      "S2,Sum,Us,2025,none,derived,S1;S3\nS3,Guess,Us,2025,none,assumption,\n";
  package.write(scratch.path() / "small");
  const lode::Dataset data = lode::read_dataset(scratch / "small").dataset;
  EXPECT_EQ(data.sources[1].sources, (std::vector<std::string>{"S1", "S3"}));
  lode::write_dataset(data, scratch / "copy");
  EXPECT_EQ(read_text(scratch.path() / "copy" / "sources.csv"), package.files["sources.csv"]);
}

TEST(DataPackageWriter, WritesCoversAndWhoWaits) {
  const ScratchFolder scratch;
  TestPackage package;
  package.files["cover.csv"] =
      "stage,country,days,days_low,days_high,kind\nmagnet,*,30,14,60,\nmagnet,CHN,7,,,output\n";
  package.files["end_uses.csv"] =
      "id,name,country,sector,commodity,demand,unmet\ncars,Cars,DEU,ev,magnet,40,waits\n"
      "tools,Tools,DEU,other,magnet,0,\n";
  package.write(scratch.path() / "small");
  lode::write_dataset(lode::read_dataset(scratch / "small").dataset, scratch / "copy");
  EXPECT_EQ(read_text(scratch.path() / "copy" / "cover.csv"), package.files["cover.csv"]);
  EXPECT_EQ(read_text(scratch.path() / "copy" / "end_uses.csv"), package.files["end_uses.csv"]);
}

TEST(DataPackageWriter, AppearsWholeOrNotAtAll) {
  const ScratchFolder scratch;
  const lode::Dataset data = tiny_chain();
  fs::create_directory(scratch.path() / "empty");
  lode::write_dataset(data, scratch / "empty");
  EXPECT_EQ(lode::read_dataset(scratch / "empty").dataset, data);
  lode::write_dataset(data, (scratch / "slash") + "/");
  EXPECT_EQ(lode::read_dataset(scratch / "slash").dataset, data);
  EXPECT_THROW(lode::write_dataset(data, scratch / "slash"), lode::IoError);
  write_text(scratch.path() / "file", "x");
  EXPECT_THROW(lode::write_dataset(data, scratch / "file"), lode::IoError);
  EXPECT_THROW(lode::write_dataset(data, scratch / "no/such/parent"), lode::IoError);
  lode::Dataset long_name = data;
  long_name.scenarios[0].name = std::string(300, 'x');
  EXPECT_THROW(lode::write_dataset(long_name, scratch / "failed"), lode::IoError);
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(scratch.path())) left.push_back(entry.path().filename().string());
  std::sort(left.begin(), left.end());
  EXPECT_EQ(left, (std::vector<std::string>{"empty", "file", "slash"}));
}

TEST(DataPackageWriter, RefusesWhatNoFolderCanHold) {
  const ScratchFolder scratch;
  const lode::Dataset data = tiny_chain();
  for (const char* name : {"", "a/b", ".hidden", "..", "nothing"}) {
    lode::Dataset bad = data;
    bad.scenarios[0].name = name;
    EXPECT_THROW(lode::write_dataset(bad, scratch / "out"), lode::InvalidData) << name;
  }
  lode::Dataset bad = data;
  bad.about.version.clear();
  EXPECT_THROW(lode::write_dataset(bad, scratch / "out"), lode::InvalidData);
  EXPECT_FALSE(fs::exists(scratch.path() / "out"));
}

/// Chains of random length with random texts and numbers.
lode::Dataset random_dataset(unsigned seed) {
  std::mt19937 random(seed);
  const auto number = [&] {
    return std::ldexp(1.0 + static_cast<double>(random()) / 4294967296.0, static_cast<int>(random() % 20) - 5);
  };
  const auto text = [&] {
    const std::string alphabet[] = {"a", "B", ",", "\"", "\n", "\r\n", " ", ";", "\xC3\xA9", "'", "\t", "0"};
    std::string result = "x";
    for (std::size_t n = random() % 8; n > 0; --n) result += alphabet[random() % std::size(alphabet)];
    return result;
  };
  lode::NetworkBuilder world;
  lode::Dataset data;
  const auto cite = [&](lode::Table table) {
    lode::Provenance provenance;
    if (random() % 2 == 0) provenance.sources = {"S1", "b.2"};
    if (random() % 2 == 0) provenance.note = text();
    world.set_provenance(table, provenance);
  };
  data.about = {"random", text(), text(), "", 2000 + static_cast<int>(random() % 50), "[]", {{"homepage", "\"x\""}}};
  data.sources = {{"S1", text(), text(), text(), text(), lode::Quality::derived, text()},
                  {"b.2", "t", "p", "d", "u", lode::Quality::recalled, "", {"S1"}}};
  world.add_country("AAA", text(), number() / 1e5);
  cite(lode::Table::countries);
  world.add_country("BBB");
  world.add_material("dy", text());
  cite(lode::Table::materials);
  const std::size_t length = 2 + random() % 5;
  for (std::size_t i = 0; i < length; ++i) {
    world.add_commodity("c" + std::to_string(i), static_cast<lode::Stage>(random() % 5), {}, text());
    cite(lode::Table::commodities);
    world.add_content("c" + std::to_string(i), "dy", number() / 1e6);
    cite(lode::Table::composition);
  }
  const double flow = number();
  for (std::size_t i = 0; i < length; ++i) {
    const std::string id = "f" + std::to_string(i);
    const auto facility = world.add_facility(id, text(), i == 0 ? lode::FacilityKind::mine : lode::FacilityKind::other,
                                             random() % 2 == 0 ? "AAA" : "BBB", flow * lode::tonnes_per_year,
                                             flow * (1.0 + number()) * lode::tonnes_per_year, text());
    if (i % 2 == 0) world.set_elasticity(facility, number());
    world.set_position(facility, number() / 1e4 - 60.0, -number() / 1e4);
    cite(lode::Table::facilities);
    if (i > 0) world.add_input(id, "c" + std::to_string(i - 1), 1.0, number() / 1e5);
    if (i > 0) cite(lode::Table::recipes);
    world.add_output(id, "c" + std::to_string(i), 1.0);
    if (i > 0) {
      world.add_route("f" + std::to_string(i - 1), id, "c" + std::to_string(i - 1), flow * lode::tonnes_per_year,
                      {.capacity = 2.0 * flow * lode::tonnes_per_year, .cost = number() * lode::usd_per_tonne});
      cite(lode::Table::routes);
    }
  }
  const std::string last = "c" + std::to_string(length - 1);
  world.add_end_use("user", "BBB",
                    {.takes = last,
                     .demand = 2.0 * flow * lode::tonnes_per_year,
                     .sector = text(),
                     .weight = number(),
                     .elasticity = -number(),
                     .name = text(),
                     .waits = random() % 2 == 0});
  world.add_route("f" + std::to_string(length - 1), "user", last, flow * lode::tonnes_per_year,
                  {.lead_time = std::min(number(), 3650.0) * lode::days, .flow_sd = number() * lode::tonnes_per_year});
  world.add_stock("user", last, number() * lode::tonnes, static_cast<lode::StockKind>(random() % 3));
  cite(lode::Table::stocks);
  for (const char* country : {"*", "AAA", "BBB"}) {
    if (random() % 3 == 0) continue;
    const double held = number();
    lode::CoverSpec spec{.kind = static_cast<lode::StockKind>(random() % 2)};
    if (random() % 2 == 0) {
      spec.low = 0.5 * held * lode::days;
      spec.high = (held + number()) * lode::days;
    }
    world.add_cover(static_cast<lode::Stage>(random() % 5), country, held * lode::days, spec);
    cite(lode::Table::cover);
  }
  data.network = world.build();
  data.prices.push_back({lode::CommodityId{0}, {}, 2024, number() * lode::usd_per_tonne, {{"S1"}, text()}});
  data.prices.push_back({lode::CommodityId{0}, lode::CountryId{1}, 2024, number() * lode::usd_per_tonne, {}});
  lode::Scenario scenario{"s-" + std::to_string(seed), text(), text(), {"b.2"}};
  scenario.limit_capacity({.facility = {"f0", "f1"}, .factor = lode::UncertainNumber(lode::Pert{0.0, 0.01, number()})});
  scenario.limit_routes({.commodity = last, .factor = number()}, {lode::parse_date("2025-01-31"), std::nullopt});
  data.scenarios.push_back(scenario);
  return data;
}

TEST(DataPackageWriter, RandomDataSetsReadBackEqual) {
  const ScratchFolder scratch;
  for (unsigned seed = 0; seed < 40; ++seed) {
    const lode::Dataset data = random_dataset(seed);
    const std::string folder = scratch / std::to_string(seed);
    lode::write_dataset(data, folder);
    EXPECT_EQ(lode::read_dataset(folder).dataset, data) << seed;
  }
}

}  // namespace
