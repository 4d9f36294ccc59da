// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <lode/io/data_package.hpp>

#include "test_package.hpp"

namespace {

namespace fs = std::filesystem;
using lode_test::data_folder;
using lode_test::read_text;
using lode_test::replaced;
using lode_test::ScratchFolder;
using lode_test::TestPackage;
using lode_test::write_text;

TEST(DataPackage, ReadsEveryColumn) {
  const lode::LoadedDataset loaded = lode::read_dataset((data_folder() / "tiny-chain").string());
  const lode::Dataset& data = loaded.dataset;
  const lode::Network& network = data.network;
  EXPECT_TRUE(loaded.warnings.empty());
  EXPECT_EQ(data.about.name, "tiny-chain");
  EXPECT_EQ(data.about.version, "1.0.2");
  EXPECT_EQ(data.about.base_year, 2024);
  EXPECT_EQ(data.about.extra.size(), 6U);
  EXPECT_EQ(data.about.extra[0], (std::pair<std::string, std::string>{"profile", "\"tabular-data-package\""}));
  const lode::Facility& ganzhou = network[*network.find_facility("ganzhou")];
  EXPECT_EQ(ganzhou.name, "Ganzhou separation, all lines");
  EXPECT_EQ(ganzhou.capacity, 2000.0 * lode::tonnes_per_year);
  EXPECT_EQ(ganzhou.operator_name, "China RE");
  EXPECT_EQ(ganzhou.latitude, 25.8);
  EXPECT_EQ(ganzhou.provenance.sources, (std::vector<std::string>{"S1", "S2"}));
  EXPECT_EQ(ganzhou.provenance.note, "two lines\nin one row");
  EXPECT_EQ(ganzhou.recoveries.size(), 2U);
  const lode::EndUse& cars = network[*network.find_end_use("ev_de")];
  EXPECT_EQ(cars.weight, 2.0);
  EXPECT_EQ(cars.elasticity, -0.3);
  EXPECT_TRUE(cars.waits);
  EXPECT_FALSE(network[*network.find_end_use("wind_us")].waits);
  EXPECT_FALSE(network[*network.find_end_use("robots_cn")].waits) << "an empty cell: lost";
  const lode::Route& border = network.routes()[1];
  EXPECT_EQ(border.cost, 35.5 * lode::usd_per_tonne);
  EXPECT_EQ(border.lead_time, 21.0 * lode::days);
  EXPECT_EQ(border.flow_sd, 120.0 * lode::tonnes_per_year);
  EXPECT_FALSE(border.capacity);
  EXPECT_EQ(network.stocks()[3].kind, lode::StockKind::reserve);
  ASSERT_EQ(network.covers().size(), 4U);
  EXPECT_EQ(network.covers()[0], (lode::Cover{lode::Stage::metal,
                                              {},
                                              lode::StockKind::input,
                                              30.0 * lode::days,
                                              14.0 * lode::days,
                                              60.0 * lode::days,
                                              {{"S1"}, "a month"}}));
  EXPECT_EQ(network.covers()[1].country, network.find_country("DEU"));
  EXPECT_EQ(network.covers()[1].kind, lode::StockKind::input);
  EXPECT_FALSE(network.covers()[1].low);
  EXPECT_EQ(network.covers()[2].kind, lode::StockKind::input) << "an empty cell";
  EXPECT_EQ(network.covers()[3].kind, lode::StockKind::output);
  ASSERT_EQ(data.prices.size(), 4U);
  EXPECT_FALSE(data.prices[0].country.valid());
  EXPECT_EQ(network[data.prices[1].country].id, "CHN");
  ASSERT_EQ(data.sources.size(), 3U);
  EXPECT_EQ(data.sources[2].quality, lode::Quality::assumption);
  ASSERT_EQ(data.scenarios.size(), 2U);
  EXPECT_EQ(data.scenarios[0].name, "every-kind");
  EXPECT_EQ(data.scenarios[0].shocks.size(), 12U);
}

TEST(DataPackage, MissingFolderIsAnIoError) {
  const ScratchFolder scratch;
  const std::string folder = scratch / "nothing";
  try {
    (void)lode::read_dataset(folder);
    FAIL();
  } catch (const lode::IoError& error) {
    EXPECT_EQ(std::string(error.what()),
              folder + ":1:1: there is no folder of this name; correct the path, or name a built-in data set");
  }
  write_text(scratch.path() / "file", "x");
  EXPECT_THROW((void)lode::read_dataset(scratch / "file"), lode::IoError);
  EXPECT_THROW((void)lode::read_dataset(""), lode::IoError);
}

TEST(DataPackage, DescriptorToTheLetter) {
  struct Case {
    const char* from;
    const char* to;
    const char* messages;
  };
  const std::vector<Case> cases = {
      {"\"name\": \"small\", ", "", "D/datapackage.json:1:1: the data package has no \"name\"; add the key \"name\""},
      {"\"name\": \"small\"", "\"name\": \"Small data\"",
       "D/datapackage.json:1:10: name \"Small data\" is not well formed; use lower-case letters, digits, '_', '.' and "
       "'-', beginning with a letter or digit"},
      {"\"version\": \"1\"", "\"version\": 1",
       "D/datapackage.json:1:30: version is a number; write text in double quotes"},
      {"\"version\": \"1\"", "\"version\": \"\"", "D/datapackage.json:1:30: version is empty; write some text"},
      {"\"lode_format\": 1", "\"lode_format\": 2",
       "D/datapackage.json:1:50: lode_format 2 is not supported; this release reads lode_format 1"},
      {"\"lode_format\": 1", "\"lode_format\": \"1\"",
       "D/datapackage.json:1:50: lode_format is text, not a whole number; write it like 2024"},
      {"\"base_year\": 2024", "\"base_year\": 2024.5",
       "D/datapackage.json:2:14: base_year is 2024.5, not a whole number; write it like 2024"},
      {"\"base_year\": 2024, ", "",
       "D/datapackage.json:1:1: the data package has no \"base_year\"; add the key \"base_year\""},
      {"\"licenses\": []", "\"licences\": []",
       "D/datapackage.json:1:1: the data package has no \"licenses\"; add the key \"licenses\"\n"
       "D/datapackage.json:2:20: unknown key \"licences\" in the data package; did you mean \"licenses\"? It can be "
       "\"name\", \"version\", \"lode_format\", \"base_year\", \"licenses\", \"resources\", \"title\", "
       "\"description\", \"profile\", \"created\", \"homepage\", \"keywords\", \"sources\" or \"contributors\""},
      {"\"licenses\": []", "\"licenses\": \"CC0\"",
       "D/datapackage.json:2:32: licenses is text; write a list of objects"},
      {"\"licenses\": []", "\"licenses\": [{\"id\": \"CC0\"}]",
       "D/datapackage.json:2:34: unknown key \"id\" in a licence; use \"name\", \"path\" or \"title\""},
      {"\"licenses\": []", "\"licenses\": [], \"licenses\": []",
       "D/datapackage.json:2:36: key \"licenses\" is there twice; keep one of the two"},
      {"\"licenses\": []", "\"licenses\": [], \"keywords\": [1]",
       "D/datapackage.json:2:49: a keyword is a number; write text in double quotes"},
      {"\"name\": \"routes\"", "\"nam\": \"routes\"",
       "D/datapackage.json:11:1: a resource has no \"name\"; add the key \"name\"\n"
       "D/datapackage.json:11:2: unknown key \"nam\" in a resource; did you mean \"name\"? It can be \"name\", "
       "\"path\", \"schema\", \"title\", \"description\", \"profile\", \"format\", \"mediatype\" or \"encoding\""},
      {"\"name\": \"routes\"", "\"name\": \"recipes\"",
       "D/datapackage.json:11:10: resource \"recipes\" is there twice; give each its own name"},
      {"\"path\": \"routes.csv\"", "\"path\": \"routes.csv\", \"encoding\": \"latin1\"",
       "D/datapackage.json:11:54: encoding \"latin1\" is not that of a table; write \"utf-8\" or leave it out"},
      {"\"path\": \"routes.csv\"", "\"path\": \"../routes.csv\"",
       "D/datapackage.json:11:28: path \"../routes.csv\" leads out of the folder's top level; did you mean "
       "\"routes.csv\"? It can be \"materials.csv\", \"countries.csv\", \"commodities.csv\", \"composition.csv\", "
       "\"facilities.csv\", \"recipes.csv\", \"end_uses.csv\", \"routes.csv\", \"stocks.csv\", \"cover.csv\", "
       "\"prices.csv\", \"totals.csv\" or \"sources.csv\"\n"
       "D/routes.csv:1:1: no resource of datapackage.json lists this table; add a resource for it"},
      {"\"path\": \"routes.csv\"", "\"path\": \"/etc/passwd\"",
       "D/datapackage.json:11:28: path \"/etc/passwd\" leads out of the folder's top level; use \"materials.csv\", "
       "\"countries.csv\", \"commodities.csv\", \"composition.csv\", \"facilities.csv\", \"recipes.csv\", "
       "\"end_uses.csv\", \"routes.csv\", \"stocks.csv\", \"cover.csv\", \"prices.csv\", \"totals.csv\" or "
       "\"sources.csv\"\n"
       "D/routes.csv:1:1: no resource of datapackage.json lists this table; add a resource for it"},
      {"\"path\": \"routes.csv\"", "\"path\": \"recipes.csv\"",
       "D/datapackage.json:11:28: table \"recipes.csv\" is listed twice; keep one resource for each table\n"
       "D/routes.csv:1:1: no resource of datapackage.json lists this table; add a resource for it"},
      {"{\"name\": \"source\"}", "{\"name\": \"note\"}",
       "D/datapackage.json:11:148: field \"note\" is not in the header of routes.csv; add the column or remove the "
       "field\n"
       "D/routes.csv:1:5: column \"source\" is not in the schema of datapackage.json; add the field to the schema or "
       "remove the column"},
      {"{\"name\": \"source\"}", "{\"name\": \"source\", \"type\": \"text\"}",
       "D/datapackage.json:11:166: unknown type \"text\"; use \"string\", \"number\", \"integer\", \"boolean\", "
       "\"object\", \"array\", \"date\", \"time\", \"datetime\", \"year\", \"yearmonth\", \"duration\", \"geopoint\", "
       "\"geojson\" or \"any\""},
      {"{\"name\": \"small\"", "[\"name\": \"small\"",
       "D/datapackage.json:1:8: unexpected \":\"; look for a value that is missing, a comma too many or a bracket that "
       "does not match"},
  };
  for (const Case& c : cases) {
    TestPackage package;
    package.fix_descriptor().spoil("datapackage.json", c.from, c.to);
    EXPECT_EQ(package.messages(), c.messages) << c.from << " -> " << c.to;
  }
}

TEST(DataPackage, FieldsOfASchemaMayStandInAnyOrder) {
  TestPackage package;
  package.fix_descriptor().spoil("datapackage.json", "{\"name\": \"from\"}, {\"name\": \"to\"}",
                                 "{\"name\": \"to\"}, {\"name\": \"from\"}");
  EXPECT_EQ(package.messages(), "");
}

TEST(DataPackage, FilesOfTheFolder) {
  TestPackage package;
  package.fix_descriptor();
  const std::string others = "beside tables and scenarios only README*, LICENSE*, CITATION* and dot files may lie here";
  for (const char* legal :
       {"README", "README.md", "LICENSE.txt", "CITATION.cff", ".gitignore", ".git/config", "scenarios/.keep"}) {
    TestPackage with = package;
    with.files[legal] = "x";
    EXPECT_EQ(with.messages(), "") << legal;
  }
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"notes.txt", "D/notes.txt:1:1: a data package has no file or folder of this name; move it out; " + others},
      {"route.csv", "D/route.csv:1:1: a data package has no file or folder of this name; did you mean \"routes.csv\"?"},
      {"extra/a.csv", "D/extra:1:1: a data package has no file or folder of this name; move it out; " + others},
      {"scenarios/cut.txt", "D/scenarios/cut.txt:1:1: this is not a scenario; only *.json files may lie in scenarios"},
      {"stocks.csv", "D/stocks.csv:1:1: no resource of datapackage.json lists this table; add a resource for it"},
  };
  for (const auto& [file, message] : cases) {
    TestPackage with = package;
    with.files[file] = "holder,commodity,amount\n";
    EXPECT_EQ(with.messages(), message) << file;
  }
}

TEST(DataPackage, MissingFiles) {
  TestPackage package;
  package.fix_descriptor();
  TestPackage without = package;
  without.files.erase("routes.csv");
  EXPECT_EQ(without.messages(),
            "D/routes.csv:1:1: datapackage.json lists this table but the file is missing; add the file or remove the "
            "resource");
  without = TestPackage();
  without.files.erase("materials.csv");
  EXPECT_EQ(without.messages(),
            "D/materials.csv:1:1: this required table is missing; add the file, a header row at least, and list it");
  without = TestPackage();
  without.files.erase("sources.csv");
  EXPECT_EQ(without.messages(),
            "D/sources.csv:1:1: this required table is missing; add the file, a header row at least, and list it");
  without = TestPackage();
  without.files.erase("scenarios/cut.json");
  EXPECT_EQ(without.messages(), "");
  const ScratchFolder folder;
  package.write(folder.path());
  fs::remove(folder.path() / "datapackage.json");
  EXPECT_EQ(TestPackage::messages_of(folder.path().string()),
            "D/datapackage.json:1:1: the file is missing; add the description of the data package");
}

TEST(DataPackage, HeaderOnlyTablesAreLegal) {
  TestPackage package;
  for (auto& [name, text] : package.files) {
    if (name.ends_with(".csv")) text.resize(text.find('\n') + 1);
  }
  package.files.erase("scenarios/cut.json");
  package.files["stocks.csv"] = "holder,commodity,amount\n";
  package.files["prices.csv"] = "commodity,region,year,price";
  package.files["cover.csv"] = "stage,country,days\n";
  EXPECT_EQ(package.messages(), "");
}

TEST(DataPackage, LinksStayInside) {
  const ScratchFolder scratch;
  TestPackage().write(scratch.path() / "data");
  TestPackage().write(scratch.path() / "other");
  const fs::path data = scratch.path() / "data";
  const auto messages = [&] { return TestPackage::messages_of(data.string()); };
  // A link inside the folder is as good as a file.
  fs::create_directory(data / ".store");
  fs::rename(data / "routes.csv", data / ".store" / "routes.csv");
  fs::create_symlink(".store/routes.csv", data / "routes.csv");
  EXPECT_EQ(messages(), "");
  fs::remove(data / "routes.csv");
  fs::create_symlink("../other/routes.csv", data / "routes.csv");
  EXPECT_EQ(messages(), "D/routes.csv:1:1: this links to a place outside the folder; copy the file into the folder");
  fs::remove(data / "routes.csv");
  fs::create_symlink("nowhere.csv", data / "routes.csv");
  EXPECT_EQ(messages(),
            "D/routes.csv:1:1: the file can not be opened: No such file or directory; check its permissions and where "
            "it links to");
  fs::remove(data / "routes.csv");
  fs::create_symlink("routes.csv", data / "routes.csv");
  EXPECT_EQ(messages().substr(0, 52), "D/routes.csv:1:1: the file can not be opened: Too ma");
  fs::remove(data / "routes.csv");
  fs::create_directory(data / "routes.csv");
  EXPECT_EQ(messages(), "D/routes.csv:1:1: this is not a regular file; replace it by a file");
  fs::remove(data / "routes.csv");
  fs::rename(data / ".store" / "routes.csv", data / "routes.csv");
  fs::remove(data / "scenarios" / "cut.json");
  fs::create_symlink("../../other/scenarios/cut.json", data / "scenarios" / "cut.json");
  EXPECT_EQ(messages(),
            "D/scenarios/cut.json:1:1: this links to a place outside the folder; copy the file into the folder");
  fs::remove_all(data / "scenarios");
  fs::create_symlink("../other/scenarios", data / "scenarios");
  EXPECT_EQ(messages(), "D/scenarios:1:1: this links to a place outside the folder; copy the file into the folder");
  fs::remove(data / "scenarios");
  EXPECT_EQ(messages(), "");
  // The folder itself may be reached through a link.
  fs::create_symlink("data", scratch.path() / "link");
  EXPECT_EQ(TestPackage::messages_of(scratch / "link"), "");
  EXPECT_EQ(TestPackage::messages_of((scratch / "link") + "/"), "");
}

TEST(DataPackage, ByteOrderMarksAndCrlfChangeNothing) {
  const ScratchFolder scratch;
  TestPackage package;
  package.fix_descriptor();
  package.write(scratch.path() / "plain");
  for (auto& [name, text] : package.files) text = "\xEF\xBB\xBF" + replaced(text, "\n", "\r\n");
  package.write(scratch.path() / "windows");
  EXPECT_EQ(lode::read_dataset(scratch / "plain").dataset, lode::read_dataset(scratch / "windows").dataset);
}

TEST(DataPackage, EveryProblemOfEveryFileAtOnce) {
  TestPackage package;
  package.fix_descriptor();
  package.spoil("datapackage.json", "\"version\": \"1\"", "\"version\": 1");
  package.spoil("countries.csv", "-0.4", "9");
  package.spoil("facilities.csv", "DEU,40,50", "DEV,40,x");
  package.spoil("routes.csv", "plant,works", "plant,workz");
  package.spoil("scenarios/cut.json", "0.5", "-1");
  EXPECT_EQ(package.messages(),
            "D/datapackage.json:1:30: version is a number; write text in double quotes\n"
            "D/countries.csv:2:3: governance 9 is out of range; give a number at least -2.5 and at most 2.5\n"
            "D/facilities.csv:4:4: unknown country \"DEV\"; did you mean \"DEU\"?\n"
            "D/facilities.csv:4:6: capacity \"x\" is not a number; write it like -1.5 or 2e3: a point for decimals, no "
            "spaces, no thousands separators\n"
            "D/routes.csv:3:2: unknown facility or end use \"workz\"; did you mean \"works\"?\n"
            "D/scenarios/cut.json:2:48: factor -1 is out of range; give a number at least 0");
}

TEST(DataPackage, AtMostAHundredProblemsAFile) {
  TestPackage package;
  package.fix_descriptor();
  for (int i = 0; i < 250; ++i) package.files["materials.csv"] += "m" + std::to_string(i) + ",\n";
  const std::string messages = package.messages();
  EXPECT_EQ(std::count(messages.begin(), messages.end(), '\n'), 100);
  EXPECT_TRUE(messages.ends_with("\nD/materials.csv: and 150 more")) << messages.substr(messages.size() - 60);
}

TEST(DataPackage, WarningsAreReturned) {
  TestPackage package;
  package.files["commodities.csv"] += "slag,Slag,separation\n";
  package.files["end_uses.csv"] += "wind,Wind,DEU,wind,magnet,7\n";
  const ScratchFolder folder;
  package.write(folder.path());
  const std::vector<lode::Issue> warnings = lode::read_dataset(folder.path().string()).warnings;
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_EQ(replaced(lode::to_string(warnings[0]), folder.path().string(), "D"),
            "D/commodities.csv:5:1: commodity \"slag\" has no composition; it counts in its own tonnes only; add "
            "composition rows if it holds a material");
  EXPECT_EQ(
      replaced(lode::to_string(warnings[1]), folder.path().string(), "D"),
      "D/end_uses.csv:3:1: nobody supplies end use \"wind\"; add a route to it; without one its whole demand is a "
      "shortage of the base year");
}

TEST(DataPackage, PricesAndStocks) {
  struct Case {
    const char* file;
    const char* row;
    const char* messages;
  };
  const std::vector<Case> cases = {
      {"prices.csv", "clay,world,2024,1", ""},
      {"prices.csv", "clay,CHN,2024,0", ""},
      {"prices.csv", "clay,World,2024,1", "D/prices.csv:2:2: unknown country \"World\"; did you mean \"world\"?"},
      {"prices.csv", "cly,world,2024,1", "D/prices.csv:2:1: unknown commodity \"cly\"; did you mean \"clay\"?"},
      {"prices.csv", "clay,world,2024.0,1", "D/prices.csv:2:3: year \"2024.0\" is not a year; write it like 2024"},
      {"prices.csv", "clay,world,-3,1", "D/prices.csv:2:3: year \"-3\" is not a year; write it like 2024"},
      {"prices.csv", "clay,world,2024,-1", "D/prices.csv:2:4: price -1 is out of range; give a number at least 0"},
      {"prices.csv", "clay,world,2024,1\nclay,world,2024,2",
       "D/prices.csv:3:1: this price of the same commodity, region and year is there twice; keep one of the two"},
      {"prices.csv", "clay,,2024,1", "D/prices.csv:2:2: region is empty; give a value; this column may not be empty"},
      {"stocks.csv", "works,dy_oxide,1,", ""},
      {"stocks.csv", "works,magnet,1,output", ""},
      {"stocks.csv", "cars,clay,1,reserve", ""},
      {"stocks.csv", "works,clay,1,input",
       "D/stocks.csv:2:2: the holder neither takes nor makes \"clay\"; correct the holder or the commodity; only a "
       "reserve may lie anywhere"},
      {"stocks.csv", "works,dy_oxide,1,\nworks,dy_oxide,2,input",
       "D/stocks.csv:3:1: this stock of the same holder, commodity and kind is there twice; add the amounts up into "
       "one row"},
      {"stocks.csv", "works,dy_oxide,-1,", "D/stocks.csv:2:3: amount -1 is out of range; give a number at least 0"},
      {"stocks.csv", "works,dy_oxide,1,state",
       "D/stocks.csv:2:4: unknown kind \"state\"; use \"input\", \"output\" or \"reserve\""},
  };
  for (const Case& c : cases) {
    TestPackage package;
    package.files["prices.csv"] = "commodity,region,year,price\n";
    package.files["stocks.csv"] = "holder,commodity,amount,kind\n";
    package.files[c.file] += c.row;
    EXPECT_EQ(package.messages(), c.messages) << c.row;
  }
}

TEST(DataPackage, Covers) {
  const std::string not_between = "; days is the best guess, days_low and days_high what it may as well be";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"magnet,*,30,,,", ""},
      {"magnet,*,30,30,30,input", ""},
      {"magnet,*,0,0,0,", ""},
      {"magnet,*,30,,,\nmagnet,DEU,45,,,\nmagnet,*,7,,,output\nmetal,*,30,,,", ""},
      {"magnets,*,30,,,",
       "D/cover.csv:2:1: unknown stage \"magnets\"; did you mean \"magnet\"? It can be \"mining\", \"separation\", "
       "\"metal\", \"magnet\" or \"product\""},
      {",*,30,,,", "D/cover.csv:2:1: stage is empty; give a value; this column may not be empty"},
      {"magnet,,30,,,", "D/cover.csv:2:2: country is empty; give a value; this column may not be empty"},
      {"magnet,DEV,30,,,", "D/cover.csv:2:2: unknown country \"DEV\"; did you mean \"DEU\"?"},
      {"magnet,world,30,,,", "D/cover.csv:2:2: unknown country \"world\"; add the country or correct the name"},
      {"magnet,*,,,,", "D/cover.csv:2:3: days is empty; give a value; this column may not be empty"},
      {"magnet,*,,14,60,", "D/cover.csv:2:3: days is empty; give a value; this column may not be empty"},
      {"magnet,*,-1,,,", "D/cover.csv:2:3: days -1 is out of range; give a number at least 0"},
      {"magnet,*,a month,14,60,",
       "D/cover.csv:2:3: days \"a month\" is not a number; write it like -1.5 or 2e3: a point for decimals, no spaces, "
       "no thousands separators"},
      {"magnet,*,30,-14,60,", "D/cover.csv:2:4: days_low -14 is out of range; give a number at least 0"},
      {"magnet,*,-30,-14,-60,",
       "D/cover.csv:2:3: days -30 is out of range; give a number at least 0\n"
       "D/cover.csv:2:4: days_low -14 is out of range; give a number at least 0\n"
       "D/cover.csv:2:5: days_high -60 is out of range; give a number at least 0"},
      {"magnet,*,30,14,,", "D/cover.csv:2:5: days_low is given, days_high is not; give both or none"},
      {"magnet,*,30,,60,", "D/cover.csv:2:4: days_high is given, days_low is not; give both or none"},
      {"magnet,*,30,x,60,",
       "D/cover.csv:2:4: days_low \"x\" is not a number; write it like -1.5 or 2e3: a point for decimals, no spaces, "
       "no thousands separators"},
      {"magnet,*,7,14,60,", "D/cover.csv:2:3: days 7 is not between days_low 14 and days_high 60" + not_between},
      {"magnet,*,61,14,60,", "D/cover.csv:2:3: days 61 is not between days_low 14 and days_high 60" + not_between},
      {"magnet,*,30,60,14,", "D/cover.csv:2:3: days 30 is not between days_low 60 and days_high 14" + not_between},
      {"magnet,*,30,,,reserve", "D/cover.csv:2:6: unknown kind \"reserve\"; use \"input\" or \"output\""},
      {"magnet,*,30,,,\nmagnet,*,45,,,input",
       "D/cover.csv:3:2: this cover of the same stage, country and kind is there twice; keep one of the two"},
      {"magnet,*,30,,,\nmagnet,*,45,,,outptu",
       "D/cover.csv:3:6: unknown kind \"outptu\"; did you mean \"output\"? It can be \"input\" or \"output\""},
      {"magnet,DEV,-1,7,5,reserves",
       "D/cover.csv:2:2: unknown country \"DEV\"; did you mean \"DEU\"?\n"
       "D/cover.csv:2:3: days -1 is out of range; give a number at least 0\n"
       "D/cover.csv:2:6: unknown kind \"reserves\"; use \"input\" or \"output\""},
  };
  for (const auto& [rows, messages] : cases) {
    TestPackage package;
    package.files["cover.csv"] = "stage,country,days,days_low,days_high,kind\n" + rows;
    EXPECT_EQ(package.messages(), messages) << rows;
  }
}

TEST(DataPackage, TruncatedAndMutatedFilesNeverCrash) {
  std::map<std::string, std::string> files;
  const fs::path tiny = data_folder() / "tiny-chain";
  for (const auto& entry : fs::recursive_directory_iterator(tiny)) {
    if (entry.is_regular_file()) files[fs::relative(entry.path(), tiny).string()] = read_text(entry.path());
  }
  std::mt19937 random(42);
  const ScratchFolder scratch;
  TestPackage package;
  package.files = files;
  package.write(scratch.path());
  std::vector<std::string> names;
  for (const auto& [name, text] : files) names.push_back(name);
  for (int round = 0; round < 400; ++round) {
    const std::string& name = names[random() % names.size()];
    std::string text = files[name];
    if (round % 4 == 0) {
      text.resize(random() % text.size());
    } else {
      for (std::size_t n = 1 + random() % 4; n > 0; --n) {
        const std::size_t at = random() % text.size();
        switch (random() % 4) {
          case 0:
            text[at] = static_cast<char>(random() % 256);
            break;
          case 1:
            text.erase(at, 1);
            break;
          case 2:
            text.insert(at, 1, ",\"\n;-9e{}[]"[random() % 11]);
            break;
          default:
            text[at] = text[random() % text.size()];
            break;
        }
      }
    }
    write_text(scratch.path() / name, text);
    try {
      (void)lode::read_dataset(scratch.path().string());
    } catch (const lode::InvalidData& error) {
      EXPECT_FALSE(error.issues().empty());
      for (const lode::Issue& issue : error.issues()) {
        EXPECT_GT(issue.place.line, 0U) << issue.what;
        EXPECT_GT(issue.place.column, 0U) << issue.what;
        EXPECT_FALSE(issue.mend.empty()) << issue.what;
      }
    }
    write_text(scratch.path() / name, files[name]);
  }
}

}  // namespace
