// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <lode/disruption.hpp>
#include <lode/io/data_package.hpp>

#include "test_package.hpp"

namespace {

using lode_test::data_folder;
using lode_test::replaced;
using lode_test::ScratchFolder;
using lode_test::TestPackage;
using lode_test::write_text;

/// Reads `text` as the scenario file s.json; the messages with `D` for its folder.
std::pair<lode::Scenario, std::string> read(const std::string& text) {
  const ScratchFolder folder;
  write_text(folder.path() / "s.json", text);
  try {
    return {lode::read_scenario(folder / "s.json"), ""};
  } catch (const lode::Error& error) {
    return {lode::Scenario{}, replaced(error.what(), folder.path().string(), "D")};
  }
}

/// A scenario with one shock, which begins at line 2, column 1.
std::string with_shock(const std::string& shock) {
  return "{\"name\": \"s\", \"shocks\": [\n" + shock + "]}";
}

TEST(ScenarioReader, ReadsEveryKind) {
  const lode::Scenario scenario =
      lode::read_scenario((data_folder() / "tiny-chain/scenarios/every-kind.json").string());
  EXPECT_EQ(scenario.name, "every-kind");
  EXPECT_EQ(scenario.sources, (std::vector<std::string>{"S1", "a.3-x"}));
  EXPECT_EQ(scenario.at, lode::parse_date("2025-06-01"));
  ASSERT_EQ(scenario.shocks.size(), 12U);
  for (const lode::Shock& shock : scenario.shocks) EXPECT_EQ(shock.at, scenario.at);
  const auto& capacity = std::get<lode::CapacityShock>(scenario.shocks[0].effect);
  EXPECT_EQ(capacity.facility, (lode::Selection{"longnan", "kachin"}));
  EXPECT_EQ(capacity.operator_name, lode::Selection("*"));
  ASSERT_TRUE(capacity.factor && capacity.factor->has_steps());
  EXPECT_EQ(capacity.factor->steps()[1].value, lode::UncertainNumber(lode::Uniform{0.2, 0.6}));
  EXPECT_EQ(capacity.add, lode::UncertainNumber(-10.0));
  EXPECT_EQ(capacity.ramp_days, lode::UncertainNumber(30.0));
  EXPECT_EQ(capacity.recovery_days, lode::UncertainNumber(lode::Triangular{60, 90, 365}));
  EXPECT_EQ(capacity.curve, lode::Curve::logistic);
  EXPECT_EQ(scenario.shocks[0].period.start, lode::parse_date("2025-01-01"));
  EXPECT_EQ(std::get<lode::RouteShock>(scenario.shocks[1].effect),
            (lode::RouteShock{.from = "ganzhou", .to = "alloy_works", .commodity = "dy_oxide", .factor = 0.9}));
  const auto& exports = std::get<lode::ExportShock>(scenario.shocks[2].effect);
  EXPECT_EQ(exports.except, lode::Selection("DEU"));
  EXPECT_EQ(exports.factor, lode::Schedule(lode::UncertainNumber(lode::Triangular{0.1, 0.25, 0.5})));
  EXPECT_EQ(scenario.shocks[2].period.end, lode::parse_date("2026-11-10"));
  EXPECT_FALSE(std::get<lode::ImportShock>(scenario.shocks[3].effect).except.given());
  EXPECT_EQ(std::get<lode::TariffShock>(scenario.shocks[6].effect).rate.steps().size(), 2U);
  EXPECT_EQ(std::get<lode::PriceFloorShock>(scenario.shocks[7].effect).price,
            lode::UncertainNumber(lode::Normal{110, 0}));
  EXPECT_EQ(std::get<lode::OfftakeShock>(scenario.shocks[8].effect).minimum, lode::UncertainNumber(100.0));
  const auto& licence = std::get<lode::LicenceShock>(scenario.shocks[9].effect);
  EXPECT_EQ(licence.delay_days, lode::UncertainNumber(45.0));
  EXPECT_EQ(licence.approved, lode::Schedule(lode::UncertainNumber(lode::Discrete{{0.25, 0.6}, {1, 3}})));
  ASSERT_TRUE(licence.refused && licence.refused->has_steps());
  EXPECT_EQ(licence.refused->steps()[1].value, lode::UncertainNumber(0.05));
  EXPECT_FALSE(std::get<lode::ReserveShock>(scenario.shocks[10].effect).rate);
  EXPECT_EQ(std::get<lode::ReserveShock>(scenario.shocks[11].effect).rate, lode::Schedule(3.5));
}

TEST(ScenarioReader, WritesBackEqual) {
  const lode::Scenario scenario =
      lode::read_scenario((data_folder() / "tiny-chain/scenarios/every-kind.json").string());
  const ScratchFolder folder;
  write_text(folder.path() / "every-kind.json", lode::to_json(scenario));
  EXPECT_EQ(lode::read_scenario(folder / "every-kind.json"), scenario);
}

TEST(ScenarioReader, RampsAndRefusals) {
  const auto written = [](const std::string& shock) {
    auto [scenario, messages] = read(with_shock(shock));
    EXPECT_EQ(messages, "") << shock;
    const std::string text = lode::to_json(scenario);
    EXPECT_EQ(read(text).first, scenario) << text;
    return text.substr(text.find("{\"kind\""), text.find("}\n  ]") + 1 - text.find("{\"kind\""));
  };
  for (const char* curve : {"concave", "convex", "logistic"}) {
    const std::string shock =
        "{\"kind\": \"capacity\", \"factor\": 0.5, \"ramp_days\": 7, \"recovery_days\": 90, \"curve\": \"" +
        std::string(curve) + "\"}";
    EXPECT_EQ(written(shock), shock);
  }
  EXPECT_EQ(written("{\"kind\": \"capacity\", \"factor\": 0.5, \"ramp_days\": 0, \"recovery_days\": 0, "
                    "\"curve\": \"linear\"}"),
            "{\"kind\": \"capacity\", \"factor\": 0.5}");
  const std::string refused = "{\"kind\": \"licence\", \"delay_days\": 45, \"refused\": 0.5}";
  EXPECT_EQ(written(refused), refused);
  const std::string steps =
      "{\"kind\": \"licence\", \"delay_days\": 45, \"refused\": [{\"date\": \"2025-04-04\", \"refused\": 0.5}]}";
  EXPECT_EQ(read(with_shock(steps)).first,
            read(written(steps).insert(0, "{\"name\": \"s\", \"shocks\": [") + "]}").first);
}

TEST(ScenarioReader, StepsNameTheirValueOrFactor) {
  const auto own = read(with_shock(
      "{\"kind\": \"licence\", \"delay_days\": 1, \"approved\": [{\"date\": \"2025-01-01\", \"approved\": 0.5}]}"));
  const auto factor = read(with_shock(
      "{\"kind\": \"licence\", \"delay_days\": 1, \"approved\": [{\"date\": \"2025-01-01\", \"factor\": 0.5}]}"));
  EXPECT_EQ(own.second, "");
  EXPECT_EQ(own.first, factor.first);
}

TEST(ScenarioReader, KeepsThePlaceOfEveryValue) {
  const ScratchFolder folder;
  write_text(folder.path() / "s.json",
             with_shock("{\"kind\": \"export\", \"country\": [\"CHN\", \"USA\"], \"factor\": 0}"));
  const lode::Scenario scenario = lode::read_scenario(folder / "s.json");
  const lode::Shock& shock = scenario.shocks.at(0);
  EXPECT_EQ(shock.pointer, "/shocks/0");
  EXPECT_EQ(shock.origin->at("/shocks/0/country/1"), (lode::Place{folder / "s.json", 2, 39}));
  EXPECT_EQ(shock.origin->at("/shocks/0"), (lode::Place{folder / "s.json", 2, 1}));
}

TEST(ScenarioReader, MissingFileIsAnIoError) {
  const ScratchFolder folder;
  EXPECT_THROW((void)lode::read_scenario(folder / "none.json"), lode::IoError);
  EXPECT_THROW((void)lode::read_scenario(folder.path().string()), lode::IoError);
}

TEST(ScenarioReader, FileToTheLetter) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{\"name\": \"s\", \"shocks\": []}", ""},
      {"\xEF\xBB\xBF{\"name\": \"s\", \"shocks\": []}\r\n", ""},
      {"[]", "D/s.json:1:1: the scenario is a list; write an object: { ... }"},
      {"{\"name\": \"s\"}", "D/s.json:1:1: the scenario has no \"shocks\"; add the key \"shocks\""},
      {"{\"shocks\": []}", "D/s.json:1:1: the scenario has no \"name\"; add the key \"name\""},
      {"{\"name\": \"t\", \"shocks\": []}",
       "D/s.json:1:10: name \"t\" is not that of the file, \"s\"; rename the file or the scenario so that they agree"},
      {"{\"name\": \"s\", \"shock\": []}",
       "D/s.json:1:1: the scenario has no \"shocks\"; add the key \"shocks\"\n"
       "D/s.json:1:15: unknown key \"shock\" in the scenario; did you mean \"shocks\"? It can be \"name\", \"title\", "
       "\"description\", \"source\", \"at\" or \"shocks\""},
      {"{\"name\": \"s\", \"shocks\": {}}", "D/s.json:1:25: shocks is an object; write a list of objects"},
      {"{\"name\": \"s\", \"shocks\": [1]}", "D/s.json:1:26: a shock is a number; write an object: { ... }"},
      {"{\"name\": \"s\", \"shocks\": [], \"title\": null}",
       "D/s.json:1:38: title is null; write text in double quotes"},
      {"{\"name\": \"s\", \"shocks\": [], \"source\": \"S1\"}",
       "D/s.json:1:39: source is text; write a list of ids: [\"S1\"]"},
      {"{\"name\": \"s\", \"shocks\": [], \"source\": [\"S 1\"]}",
       "D/s.json:1:40: source id \"S 1\" is not well formed; use letters, digits, '_', '.' and '-', beginning with a "
       "letter or digit"},
      {"{\"name\": \"s\", \"shocks\": [], \"at\": \"2025-02-30\"}",
       "D/s.json:1:35: at \"2025-02-30\" is not a day; write it like \"2025-04-04\""},
      {"{\"name\": \"s\", \"shocks\": [], \"at\": 2025}", "D/s.json:1:35: at is a number; write text in double quotes"},
  };
  for (const auto& [text, messages] : cases) EXPECT_EQ(read(text).second, messages) << text;
}

TEST(ScenarioReader, ShocksToTheLetter) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{\"country\": \"CHN\"}", "D/s.json:2:1: a shock has no \"kind\"; add the key \"kind\""},
      {"{\"kind\": \"exports\", \"factor\": 0}",
       "D/s.json:2:10: unknown kind \"exports\"; did you mean \"export\"? It can be \"capacity\", \"route\", "
       "\"export\", \"import\", \"demand\", \"priority\", \"tariff\", \"price_floor\", \"offtake\", \"licence\" or "
       "\"reserve\""},
      {"{\"kind\": \"export\"}", "D/s.json:2:1: the export shock has no \"factor\"; add the key \"factor\""},
      {"{\"kind\": \"export\", \"factr\": 0, \"factor\": 0}",
       "D/s.json:2:20: unknown key \"factr\" in the export shock; did you mean \"factor\"? It can be \"kind\", "
       "\"country\", \"commodity\", \"partners\", \"except\", \"factor\", \"start\" or \"end\""},
      {"{\"kind\": \"route\", \"country\": \"CHN\", \"factor\": 0}",
       "D/s.json:2:19: unknown key \"country\" in the route shock; use \"kind\", \"from\", \"to\", \"commodity\", "
       "\"factor\", \"start\" or \"end\""},
      {"{\"kind\": \"export\", \"country\": [], \"factor\": 0}",
       "D/s.json:2:31: country is an empty list; name at least one, or \"*\" for all"},
      {"{\"kind\": \"export\", \"country\": \"\", \"factor\": 0}",
       "D/s.json:2:31: country is empty; name one, or \"*\" for all"},
      {"{\"kind\": \"export\", \"country\": 7, \"factor\": 0}",
       "D/s.json:2:31: country is a number; write an id in double quotes, a list of them, or \"*\" for all"},
      {"{\"kind\": \"export\", \"country\": [\"CHN\", 7], \"factor\": 0}",
       "D/s.json:2:39: an item of country is a number; write text in double quotes"},
      {"{\"kind\": \"export\", \"factor\": \"0.5\"}",
       "D/s.json:2:30: factor is text; write a number or a distribution"},
      {"{\"kind\": \"export\", \"factor\": -0.5}",
       "D/s.json:2:30: factor -0.5 is out of range; give a number at least 0"},
      {"{\"kind\": \"export\", \"factor\": 1e999}",
       "D/s.json:2:30: number \"1e999\" is too large; use a number below 1.8e308"},
      {"{\"kind\": \"priority\", \"factor\": 0}", "D/s.json:2:32: factor 0 is out of range; give a number above 0"},
      {"{\"kind\": \"capacity\", \"facility\": \"*\"}",
       "D/s.json:2:1: the capacity shock has neither \"factor\" nor \"add\"; add one of the two keys"},
      {"{\"kind\": \"capacity\", \"add\": -5}", ""},
      {"{\"kind\": \"capacity\", \"add\": [{\"date\": \"2025-01-01\", \"add\": 1}]}",
       "D/s.json:2:29: add is a list; write a number or a distribution"},
      {"{\"kind\": \"licence\", \"approved\": 0.5}",
       "D/s.json:2:1: the licence shock has no \"delay_days\"; add the key \"delay_days\""},
      {"{\"kind\": \"licence\", \"delay_days\": 0, \"approved\": 1.5}",
       "D/s.json:2:50: approved 1.5 is out of range; give a number at least 0 and at most 1"},
      {"{\"kind\": \"capacity\", \"factor\": 0, \"ramp_days\": -1}",
       "D/s.json:2:48: ramp_days -1 is out of range; give a number at least 0"},
      {"{\"kind\": \"capacity\", \"factor\": 0, \"recovery_days\": \"90\"}",
       "D/s.json:2:52: recovery_days is text; write a number or a distribution"},
      {"{\"kind\": \"capacity\", \"factor\": 0, \"recovery_days\": [{\"date\": \"2025-01-01\", \"factor\": 1}]}",
       "D/s.json:2:52: recovery_days is a list; write a number or a distribution"},
      {"{\"kind\": \"capacity\", \"factor\": 0, \"recovery_day\": 90}",
       "D/s.json:2:35: unknown key \"recovery_day\" in the capacity shock; did you mean \"recovery_days\"? It can be "
       "\"kind\", \"facility\", \"country\", \"facility_kind\", \"operator\", \"factor\", \"add\", \"ramp_days\", "
       "\"recovery_days\", \"curve\", \"start\" or \"end\""},
      {"{\"kind\": \"capacity\", \"factor\": 0, \"curve\": \"logisitc\"}",
       "D/s.json:2:44: unknown curve \"logisitc\"; did you mean \"logistic\"? It can be \"linear\", \"concave\", "
       "\"convex\" or \"logistic\""},
      {"{\"kind\": \"capacity\", \"factor\": 0, \"curve\": 2}",
       "D/s.json:2:44: curve is a number; write text in double quotes"},
      {"{\"kind\": \"licence\", \"delay_days\": 0, \"refused\": 1.5}",
       "D/s.json:2:49: refused 1.5 is out of range; give a number at least 0 and at most 1"},
      {"{\"kind\": \"licence\", \"delay_days\": 0, \"approved\": 0.75, \"refused\": 0.5}",
       "D/s.json:2:67: approved and refused add up to 1.25; they are shares of what is applied for: at most 1 "
       "together"},
      {"{\"kind\": \"licence\", \"delay_days\": 0, \"approved\": 0.7, \"refused\": 0.3}", ""},
      {"{\"kind\": \"licence\", \"delay_days\": 0, \"refused\": 1}", ""},
      {"{\"kind\": \"licence\", \"delay_days\": 0, \"approved\": 1.5, \"refused\": 0.5}",
       "D/s.json:2:50: approved 1.5 is out of range; give a number at least 0 and at most 1"},
      {"{\"kind\": \"licence\", \"delay_days\": 0, \"approved\": {\"distribution\": \"uniform\", \"min\": 0.5, "
       "\"max\": 0.9}, \"refused\": 0.5}",
       ""},
      {"{\"kind\": \"licence\", \"delay_days\": -1}",
       "D/s.json:2:35: delay_days -1 is out of range; give a number at least 0"},
      {"{\"kind\": \"reserve\"}", "D/s.json:2:1: the reserve shock has no \"rate\"; add the key \"rate\""},
      {"{\"kind\": \"reserve\", \"rate\": \"as needed\"}",
       "D/s.json:2:29: rate \"as needed\" is neither a number nor \"as_needed\"; write t/yr as a number, steps, or "
       "\"as_needed\""},
      {"{\"kind\": \"offtake\", \"minimum\": -3}",
       "D/s.json:2:32: minimum -3 is out of range; give a number at least 0"},
      {"{\"kind\": \"price_floor\", \"price\": -3}",
       "D/s.json:2:34: price -3 is out of range; give a number at least 0"},
      {"{\"kind\": \"tariff\", \"rate\": -0.1}", "D/s.json:2:28: rate -0.1 is out of range; give a number at least 0"},
      {"{\"kind\": \"demand\", \"factor\": 1, \"start\": \"2025-4-4\"}",
       "D/s.json:2:42: start \"2025-4-4\" is not a day; write it like \"2025-04-04\""},
      {"{\"kind\": \"demand\", \"factor\": 1, \"start\": \"2025-04-04\", \"end\": \"2025-04-03\"}",
       "D/s.json:2:63: end 2025-04-03 is before start 2025-04-04; let the shock end on or after the day it starts"},
      {"{\"kind\": \"demand\", \"factor\": 1, \"start\": \"2025-04-04\", \"end\": \"2025-04-04\"}", ""},
  };
  for (const auto& [shock, messages] : cases) EXPECT_EQ(read(with_shock(shock)).second, messages) << shock;
}

TEST(ScenarioReader, StepsAndDistributionsToTheLetter) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"[]", "D/s.json:2:30: factor has no steps; give a number or at least one step"},
      {"[0.5]", "D/s.json:2:31: a step is a number; write an object: {\"date\": \"2025-04-04\", ...}"},
      {"[{\"date\": \"2025-01-01\"}]", "D/s.json:2:31: a step of factor has no \"factor\"; add the key \"factor\""},
      {"[{\"factor\": 1}]", "D/s.json:2:31: a step of factor has no \"date\"; add the key \"date\""},
      {"[{\"date\": \"2025-01-01\", \"factor\": 1, \"end\": 1}]",
       "D/s.json:2:67: unknown key \"end\" in a step of factor; use \"date\" or \"factor\""},
      {"[{\"date\": \"2025-01-01\", \"factor\": 1}, {\"date\": \"2025-01-01\", \"factor\": 0}]",
       "D/s.json:2:77: step 2025-01-01 does not come after 2025-01-01; order the steps by strictly ascending dates"},
      {"[{\"date\": \"2025-01-01\", \"factor\": -1}]",
       "D/s.json:2:64: factor -1 is out of range; give a number at least 0"},
      {"{\"min\": 0}", "D/s.json:2:30: an uncertain number has no \"distribution\"; add the key \"distribution\""},
      {"{\"distribution\": \"triangle\", \"min\": 0}",
       "D/s.json:2:47: unknown distribution \"triangle\"; use \"triangular\", \"uniform\", \"pert\", \"normal\", "
       "\"lognormal\" or \"discrete\""},
      {"{\"distribution\": \"uniform\", \"min\": 0}",
       "D/s.json:2:30: the uniform distribution has no \"max\"; add the key \"max\""},
      {"{\"distribution\": \"uniform\", \"min\": 0, \"max\": 1, \"mode\": 1}",
       "D/s.json:2:78: unknown key \"mode\" in the uniform distribution; use \"distribution\", \"min\" or \"max\""},
      {"{\"distribution\": \"uniform\", \"min\": 1, \"max\": 0}",
       "D/s.json:2:30: uniform distribution: min 1 is above max 0; correct its parameters"},
      {"{\"distribution\": \"uniform\", \"min\": -1, \"max\": 2}", ""},
      {"{\"distribution\": \"lognormal\", \"median\": 1, \"sigma\": 0.1}", ""},
      {"{\"distribution\": \"lognormal\", \"mu\": 1, \"sigma\": 0.1}",
       "D/s.json:2:30: the lognormal distribution has no \"median\"; add the key \"median\"\n"
       "D/s.json:2:60: unknown key \"mu\" in the lognormal distribution; use \"distribution\", \"median\" or "
       "\"sigma\""},
      {"{\"distribution\": \"discrete\", \"values\": [1], \"weights\": [1, 2]}",
       "D/s.json:2:30: discrete distribution: 1 values but 2 weights; correct its parameters"},
      {"{\"distribution\": \"discrete\", \"values\": [1, \"2\"], \"weights\": [1, 2]}",
       "D/s.json:2:73: an item of values is text; write a number"},
      {"{\"distribution\": \"normal\", \"mean\": \"1\", \"sd\": 1}", "D/s.json:2:65: mean is text; write a number"},
  };
  for (const auto& [value, messages] : cases) {
    EXPECT_EQ(read(with_shock("{\"kind\": \"export\", \"factor\": " + value + "}")).second, messages) << value;
  }
}

TEST(ScenarioReader, NamesAreCheckedInAFolder) {
  const auto messages = [](const std::string& shock) {
    TestPackage package;
    package.files["scenarios/cut.json"] = replaced(with_shock(shock), "\"s\"", "\"cut\"");
    return package.messages();
  };
  EXPECT_EQ(messages("{\"kind\": \"export\", \"country\": [\"CHN\", \"CHM\"], \"factor\": 0}"),
            "D/scenarios/cut.json:2:39: unknown country \"CHM\"; did you mean \"CHN\"?");
  EXPECT_EQ(
      messages("{\"kind\": \"export\", \"country\": \"DEU\", \"factor\": 0}"),
      "D/scenarios/cut.json:2:1: shock 1 (export) selects no route; check which of its selectors exclude each other");
  EXPECT_EQ(messages("{\"kind\": \"export\", \"country\": \"CHM\", \"factor\": -1}"),
            "D/scenarios/cut.json:2:31: unknown country \"CHM\"; did you mean \"CHN\"?\n"
            "D/scenarios/cut.json:2:48: factor -1 is out of range; give a number at least 0");
  EXPECT_EQ(messages("{\"kind\": \"export\", \"country\": \"DEU\", \"factor\": -1},\n{\"kind\": \"capacity\", "
                     "\"facility\": \"pitt\", \"factor\": 0}"),
            "D/scenarios/cut.json:2:48: factor -1 is out of range; give a number at least 0\n"
            "D/scenarios/cut.json:3:34: unknown facility \"pitt\"; did you mean \"pit\"?");
  TestPackage package;
  package.spoil("scenarios/cut.json", "\"shocks\"", "\"source\": [\"S1\", \"S7\"], \"shocks\"");
  EXPECT_EQ(package.messages(), "D/scenarios/cut.json:1:34: unknown source \"S7\"; did you mean \"S1\"?");
}

}  // namespace
