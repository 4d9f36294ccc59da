// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// `lode rank` as users and other programs see it.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <lode/datasets.hpp>
#include <lode/ranking.hpp>

#include "run_program.hpp"
#include "small_data.hpp"

namespace {

using Json = nlohmann::ordered_json;
using lode_test::Outcome;
using lode_test::run;
using lode_test::TemporaryFolder;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Json parsed(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--format", "json", "--quiet"});
  const Outcome outcome = run(arguments);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return Json::parse(outcome.out);
}

void expect_rows(const Json& json, const lode::Ranking& ranking) {
  ASSERT_EQ(json["rows"].size(), ranking.rows.size());
  const auto materials = lode::datasets::rare_earth_magnets_2024().network.materials();
  for (std::size_t i = 0; i < ranking.rows.size(); ++i) {
    const Json& row = json["rows"][i];
    EXPECT_EQ(row["id"], ranking.rows[i].id);
    EXPECT_EQ(row["weighted"].get<double>(), ranking.rows[i].weighted);
    ASSERT_EQ(row["shortfall"].size(), materials.size());
    for (std::size_t m = 0; m < materials.size(); ++m) {
      EXPECT_EQ(row["shortfall"][materials[m].id].get<double>(),
                ranking.rows[i].shortfall[m].in(lode::tonnes_per_year));
    }
  }
}

TEST(ProgramRank, JsonSaysWhatTheLibrarySays) {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  for (const char* by : {"facility", "country", "route", "commodity", "operator"}) {
    lode::RankOptions options;
    for (const lode::RankBy each :
         {lode::RankBy::country, lode::RankBy::route, lode::RankBy::commodity, lode::RankBy::operator_name}) {
      if (std::string(by) == lode::to_string(each)) options.by = each;
    }
    for (const char* scenario : {"", "april-2025-licensing"}) {
      std::vector<std::string> arguments{"rank", "--by", by};
      lode::Scenario shock{"base-year"};
      if (*scenario != '\0') {
        arguments.insert(arguments.end(), {"--scenario", scenario});
        shock = *magnets.find_scenario(scenario);
      }
      const Json json = parsed(arguments);
      EXPECT_EQ(json["model"], "rank");
      EXPECT_EQ(json["of"], "propagate");
      EXPECT_EQ(json["by"], by);
      EXPECT_EQ(json["remove"], 1);
      EXPECT_EQ(json["status"], "solved");
      EXPECT_EQ(json["scenario"], shock.name);
      EXPECT_EQ(json["removals"], json["rows"].size()) << "all rows, unless --top is given";
      expect_rows(json, lode::rank(magnets.network, shock, options));
    }
  }
}

TEST(ProgramRank, OptionsReachTheStudy) {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const Json adapted = parsed({"rank", "--by", "country", "--model", "reallocate"});
  EXPECT_EQ(adapted["of"], "reallocate");
  expect_rows(adapted,
              lode::rank(magnets.network, {}, {.by = lode::RankBy::country, .model = lode::RankModel::reallocate}));
  const Json top = parsed({"rank", "--top", "3", "--threads", "2"});
  EXPECT_EQ(top["rows"].size(), 3U);
  EXPECT_EQ(top["removals"], 69);
  EXPECT_TRUE(top["rows"][0].contains("survives_days"));
  EXPECT_FALSE(parsed({"rank", "--scenario", "lynas-outage"})["rows"][0].contains("survives_days"));
  const Json pairs = parsed({"rank", "--remove", "2", "--top", "5"});
  EXPECT_EQ(pairs["remove"], 2);
  EXPECT_EQ(pairs["rows"].size(), 5U);
  EXPECT_EQ(pairs["rows"][0]["members"].size(), 2U);
  EXPECT_EQ(pairs["groups"], 69 * 68 / 2);
  EXPECT_EQ(parsed({"rank", "--remove", "2"})["rows"].size(), 20U);
  const Json group = parsed({"rank", "--remove", "3"});
  EXPECT_EQ(group["remove"], 3);
  EXPECT_EQ(group["rows"].size(), 1U);
  EXPECT_GE(group["upper_bound"].get<double>(), group["rows"][0]["weighted"].get<double>());
}

TEST(ProgramRank, WithoutAScenarioItStartsFromTheBaseYear) {
  const TemporaryFolder temporary;
  lode_test::write_small_data(temporary.path(), {"less"});
  const Outcome outcome = run({"rank", "--data", temporary.path(), "--format", "json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["scenario"], "base-year");
  for (const Json& row : json["rows"]) {
    const Outcome one = run({"propagate", "--data", temporary.path(), "--format", "json", "--quiet"});
    EXPECT_EQ(one.exit_code, 0);
    EXPECT_GE(row["weighted"].get<double>(), Json::parse(one.out)["total_weighted_shortfall"].get<double>());
  }
}

TEST(ProgramRank, CsvHasARowPerNumber) {
  const Outcome outcome = run({"rank", "--by", "operator", "--top", "2", "--format", "csv", "--quiet"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  std::istringstream lines(outcome.out);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "section,id,material,quantity,unit,value");
  std::size_t weighted = 0;
  while (std::getline(lines, line)) {
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), 5) << line;
    if (contains(line, "row,") && contains(line, ",weighted,")) ++weighted;
  }
  EXPECT_EQ(weighted, 2U);
}

TEST(ProgramRank, TablesAreAsciiAndNarrow) {
  std::vector<std::vector<std::string>> all{{"rank", "--remove", "3"}, {"rank", "--remove", "2"}};
  for (const char* by : {"facility", "country", "route", "commodity", "operator"}) {
    all.push_back({"rank", "--by", by});
    all.push_back({"rank", "--by", by, "--scenario", "april-2025-licensing"});
    all.push_back({"rank", "--by", by, "--data", "gallium-germanium-2022", "--top", "100"});
    all.push_back({"rank", "--by", by, "--remove", "2", "--top", "3"});
  }
  for (const std::vector<std::string>& arguments : all) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_TRUE(contains(outcome.out, "Certificate: mass balance ")) << outcome.out;
    std::size_t width = 0;
    for (const char c : outcome.out) {
      EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
      width = c == '\n' ? 0 : width + 1;
      ASSERT_LE(width, 100U) << outcome.out;
    }
    EXPECT_FALSE(contains(outcome.out, "\n\n\n")) << outcome.out;
  }
}

TEST(ProgramRank, WrongUsageIsExitCode2) {
  for (const auto& [arguments, message] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"rank", "--by", "plant"}, "--by needs facility, country, route, commodity or operator and has \"plant\""},
           {{"rank", "--model", "simulate"}, "--model needs propagate or reallocate"},
           {{"rank", "--remove", "0"}, "--remove needs a number from 1 to 1000"},
           {{"rank", "--remove", "1.5"}, "--remove needs a whole number"},
           {{"rank", "--remove", "500"}, "give 1 to 69"},
           {{"rank", "--remove", "3", "--top", "2"}, "leave out --top"},
           {{"rank", "--top", "none"}, "--top needs a number from 1"},
           {{"rank", "--threads", "-2"}, "--threads needs a number from 1 to 1024 and has \"-2\""},
           {{"rank", "--by"}, "--by needs a value"},
           {{"rank", "--by", "route", "--by", "route"}, "2 times"},
           {{"rank", "--monthly"}, "rank does not use --monthly"},
           {{"rank", "--any-route"}, "rank does not use --any-route"},
           {{"propagate", "--by", "route"}, "propagate does not use --by"}}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << arguments.back() << outcome.err;
    EXPECT_TRUE(contains(outcome.err, message)) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
}

}  // namespace
