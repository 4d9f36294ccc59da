// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// `lode risk` as users and other programs see it.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <lode/datasets.hpp>
#include <lode/propagate.hpp>
#include <lode/reallocate.hpp>
#include <lode/risk.hpp>

#include "run_program.hpp"

namespace {

using Json = nlohmann::ordered_json;
using lode_test::Outcome;
using lode_test::run;

Json parsed(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--format", "json", "--quiet"});
  const Outcome outcome = run(arguments);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return Json::parse(outcome.out);
}

void expect_report(const Json& json, const lode::RiskReport& report) {
  EXPECT_EQ(json["model"], "risk");
  EXPECT_EQ(json["scenario"], report.scenario.empty() ? "base-year" : report.scenario);
  EXPECT_EQ(json["status"], "solved");
  ASSERT_EQ(json["stages"].size(), report.stages.size());
  for (std::size_t i = 0; i < report.stages.size(); ++i) {
    const Json& row = json["stages"][i];
    EXPECT_EQ(row["hhi_country"].get<double>(), report.stages[i].hhi_country);
    EXPECT_EQ(row["bottleneck"].get<bool>(), report.stages[i].bottleneck);
    EXPECT_EQ(row["hhi_governance"].is_null(), !report.stages[i].hhi_governance);
    EXPECT_EQ(row["suppliers"].size(), report.stages[i].suppliers.size());
  }
  ASSERT_EQ(json["countries"].size(), report.countries.size());
  for (std::size_t i = 0; i < report.countries.size(); ++i) {
    EXPECT_EQ(json["countries"][i]["imports"].get<double>(), report.countries[i].imports.in(lode::tonnes_per_year));
  }
}

TEST(ProgramRisk, JsonSaysWhatTheLibrarySays) {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const lode::Scenario& licences = *magnets.find_scenario("april-2025-licensing");
  expect_report(parsed({"risk"}), lode::risk(magnets.network));
  expect_report(parsed({"risk", "--scenario", licences.name}),
                lode::risk(magnets.network, lode::propagate(magnets.network, licences)));
  expect_report(parsed({"risk", "--scenario", licences.name, "--model", "reallocate"}),
                lode::risk(magnets.network, lode::reallocate(magnets.network, licences)));
}

TEST(ProgramRisk, TablesAreAsciiAndNarrowAndCsvRowsHaveTheFieldsOfTheHead) {
  for (const char* data : {"rare-earth-magnets-2024", "gallium-germanium-2022"}) {
    const Outcome table = run({"risk", "--data", data});
    EXPECT_EQ(table.exit_code, 0) << table.err;
    std::size_t width = 0;
    for (const char c : table.out) {
      EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
      width = c == '\n' ? 0 : width + 1;
      ASSERT_LE(width, 100U) << table.out;
    }
    const Outcome csv = run({"risk", "--data", data, "--format", "csv"});
    std::istringstream lines(csv.out);
    std::string line;
    std::getline(lines, line);
    EXPECT_EQ(line, "section,material,stage,country,quantity,unit,value");
    while (std::getline(lines, line)) EXPECT_EQ(std::count(line.begin(), line.end(), ','), 6) << line;
  }
}

TEST(ProgramRisk, WrongUsageIsExitCode2) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"risk", "--model", "reallocate"}, {"risk", "--top", "3"}, {"risk", "--by", "country"}}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
}

}  // namespace
