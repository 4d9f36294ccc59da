// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// `lode simulate` as users and other programs see it.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include <lode/datasets.hpp>
#include <lode/simulate.hpp>

#include "run_program.hpp"
#include "small_data.hpp"

namespace {

using Json = nlohmann::ordered_json;
using lode_test::Outcome;
using lode_test::read_file;
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

double total(const Json& series) {
  double sum = 0.0;
  for (const Json& value : series) sum += value.get<double>();
  return sum;
}

TEST(ProgramSimulate, JsonSaysWhatTheLibrarySays) {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  lode::Simulator simulator(magnets.network, {.year = magnets.about.base_year + 1});
  for (const char* name : {"april-2025-licensing", "myanmar-closure-2024", "mp-offtake"}) {
    const lode::Simulation result = simulator.run(*magnets.find_scenario(name));
    const Json json = parsed({"simulate", "--scenario", name});
    EXPECT_EQ(json["model"], "simulate");
    EXPECT_EQ(json["scenario"], name);
    EXPECT_EQ(json["status"], "solved");
    EXPECT_EQ(json["step_days"], 7);
    EXPECT_FALSE(json.contains("monthly"));
    const std::size_t steps = result.dates.size();
    ASSERT_EQ(json["dates"].size(), steps);
    EXPECT_EQ(json["dates"][0], lode::to_string(result.dates[0]));
    ASSERT_EQ(json["end_uses"].size(), result.end_uses.size());
    for (std::size_t e = 0; e < result.end_uses.size(); ++e) {
      const Json& use = json["end_uses"][e];
      EXPECT_EQ(use["delivered"].get<std::vector<double>>(), result.end_uses[e].delivered);
      for (const char* key : {"demanded", "met_before", "stock", "waiting"}) EXPECT_EQ(use[key].size(), steps) << key;
      const auto& recovered = result.end_uses[e].recovered;
      EXPECT_EQ(use["recovered"], recovered ? Json(lode::to_string(result.dates[*recovered])) : Json(nullptr));
    }
    ASSERT_EQ(json["routes"].size(), magnets.network.routes().size());
    for (const char* key : {"shipped", "held"}) EXPECT_EQ(json["routes"][0][key].size(), steps) << key;
    for (const char* key : {"activity", "input_stock_days"}) EXPECT_EQ(json["facilities"][0][key].size(), steps) << key;
    EXPECT_LE(json["certificate"]["mass_balance"].get<double>(), 1e-12);
    for (const Json& row : json["balances"]) {
      const auto t = [&row](const char* key) { return row[key].get<double>(); };
      EXPECT_NEAR(t("opening") + t("made"), t("used") + t("lost") + t("closing"), 1e-9 * t("made"));
    }
  }
}

TEST(ProgramSimulate, MonthsAddUpToTheSteps) {
  const Json steps = parsed({"simulate", "--start", "2025-01-01", "--end", "2025-12-03"});
  const Json months = parsed({"simulate", "--monthly", "--start", "2025-01-01", "--end", "2025-12-03"});
  EXPECT_EQ(months["monthly"], true);
  EXPECT_EQ(months["step_days"], 7);
  ASSERT_EQ(months["dates"].size(), 12U);
  EXPECT_EQ(months["dates"][11], "2025-12-01");
  EXPECT_EQ(months["days"], Json::parse("[31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 2]"));
  EXPECT_FALSE(steps.contains("days"));
  for (std::size_t m = 0; m < months["materials"].size(); ++m) {
    for (const char* key : {"demanded", "delivered", "met_before"}) {
      const double all = total(steps["materials"][m][key]);
      EXPECT_NEAR(total(months["materials"][m][key]), all, 1e-12 * all) << key;
    }
    EXPECT_EQ(months["materials"][m]["lost"], steps["materials"][m]["lost"]);
  }
  for (std::size_t r = 0; r < months["routes"].size(); ++r) {
    EXPECT_EQ(months["routes"][r]["held"].back(), steps["routes"][r]["held"].back());
  }
}

TEST(ProgramSimulate, OptionsReachTheModel) {
  const Json usual = parsed({"simulate"});
  EXPECT_EQ(usual["scenario"], "april-2025-licensing");
  EXPECT_EQ(usual["dates"][0], "2025-01-06");
  const Json days = parsed({"simulate", "--step-days", "3", "--start", "2025-03-01", "--end", "2025-03-11"});
  EXPECT_EQ(days["dates"], (Json{"2025-03-01", "2025-03-04", "2025-03-07", "2025-03-10"}));
  EXPECT_EQ(days["step_days"], 3);
  const Json stop = parsed({"simulate", "--scenario", "china-full-stop"});
  for (const std::vector<std::string>& option :
       {std::vector<std::string>{"--orders", "frozen"}, {"--unmet", "waits"}}) {
    const Json other = parsed({"simulate", "--scenario", "china-full-stop", option[0], option[1]});
    EXPECT_TRUE(other["end_uses"] != stop["end_uses"]) << option[0];
    EXPECT_EQ(other["notes"].size(), stop["notes"].size() + 1) << "a reader should know";
  }
  const Json priority = parsed({"simulate", "--rationing", "priority"});
  EXPECT_EQ(priority["notes"].size(), usual["notes"].size() + 1);
  const Json same = parsed({"simulate", "--orders", "adaptive", "--rationing", "entitlement"});
  EXPECT_TRUE(same == usual);
}

TEST(ProgramSimulate, AScenarioWithoutDatesBeginsAfterTheBaseYear) {
  const TemporaryFolder temporary;
  lode_test::write_small_data(temporary.path());
  const Outcome outcome = run({"simulate", "--data", temporary.path(), "--format", "json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "note: no scenario is given")) << outcome.err;
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["scenario"], "base-year");
  EXPECT_EQ(json["dates"][0], "2025-01-06");
  EXPECT_EQ(json["disturbed"], nullptr);
  const Outcome table = run({"simulate", "--data", temporary.path(), "--quiet"});
  EXPECT_TRUE(contains(table.out, "No shortfall: ")) << table.out;
  EXPECT_EQ(table.err, "");
}

TEST(ProgramSimulate, WrongUsageIsExitCode2) {
  for (const auto& [arguments, message] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"simulate", "--step-days", "0"}, "--step-days needs a number from 1 to 31"},
           {{"simulate", "--step-days", "32"}, "--step-days needs a number from 1 to 31"},
           {{"simulate", "--step-days", "1.5"}, "--step-days needs whole days"},
           {{"simulate", "--start", "2025-02-29"}, "--start needs a day as YYYY-MM-DD"},
           {{"simulate", "--end", "soon"}, "--end needs a day as YYYY-MM-DD"},
           {{"simulate", "--start", "2025-02-01", "--end", "2025-02-01"}, "not after --start"},
           {{"simulate", "--end", "2024-06-01"}, "end 2024-06-01 is not after the start, 2025-01-06"},
           {{"simulate", "--orders", "frosen"}, "--orders needs adaptive or frozen"},
           {{"simulate", "--unmet", "late"}, "--unmet needs lost or waits"},
           {{"simulate", "--rationing", "fair"}, "--rationing needs entitlement or priority"},
           {{"simulate", "--orders", "frozen", "--orders", "frozen"}, "2 times"},
           {{"simulate", "--start"}, "--start needs a value"},
           {{"simulate", "--any-route"}, "simulate does not use --any-route"},
           {{"simulate", "--trade-inertia", "1"}, "simulate does not use"},
           {{"propagate", "--monthly"}, "propagate does not use --monthly"},
           {{"--start", "2025-01-01", "--unmet", "lost"}, "bracket does not use --start, --unmet"}}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << arguments.back() << outcome.err;
    EXPECT_TRUE(contains(outcome.err, message)) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
}

TEST(ProgramSimulate, TablesAreAsciiAndNarrow) {
  for (const lode::Scenario& scenario : lode::datasets::rare_earth_magnets_2024().scenarios) {
    for (const bool monthly : {false, true}) {
      std::vector<std::string> arguments{"simulate", "--scenario", scenario.name, "--quiet"};
      if (monthly) arguments.emplace_back("--monthly");
      const Outcome outcome = run(arguments);
      EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
      EXPECT_TRUE(contains(outcome.out, "Balance sheet")) << scenario.name;
      EXPECT_TRUE(contains(outcome.out, "Certificate: mass balance ")) << scenario.name;
      std::size_t width = 0;
      for (const char c : outcome.out) {
        EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << scenario.name;
        width = c == '\n' ? 0 : width + 1;
        ASSERT_LE(width, 100U) << scenario.name << outcome.out;
      }
    }
  }
}

TEST(ProgramSimulate, CsvRowsHaveTheFieldsOfTheHead) {
  const TemporaryFolder temporary;
  lode_test::write_small_data(temporary.path(), {"less"});
  const Outcome outcome =
      run({"simulate", "--data", temporary.path(), "--scenario", "less", "--format", "csv", "--monthly"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  std::istringstream lines(outcome.out);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "section,id,to,commodity,country,sector,material,date,quantity,unit,value");
  while (std::getline(lines, line)) EXPECT_EQ(std::count(line.begin(), line.end(), ','), 10) << line;
  EXPECT_TRUE(contains(outcome.out, "\nend_use,cars_jpn,,magnet,JPN,ev,,2025-04-01,first_short,d,90\n")) << outcome.out;
}

TEST(ProgramSimulate, CtrlCWritesNothing) {
  const TemporaryFolder temporary;
  const std::string error = (temporary.path() / "err").string(), out = (temporary.path() / "out.json").string();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(::open("/dev/null", O_WRONLY), 1);
    ::dup2(::open(error.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
    ::execl(LODE_PROGRAM, LODE_PROGRAM, "simulate", "--step-days", "1", "--end", "2400-01-01", "--format", "json",
            "--output", out.c_str(), nullptr);
    ::_exit(126);
  }
  // Once it says how far it is, it listens.
  for (int wait = 0; wait < 600 && !contains(read_file(error), "note: simulate: "); ++wait) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ::kill(child, SIGINT);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1) << read_file(error);
  EXPECT_TRUE(contains(read_file(error), "lode: simulate: interrupted; nothing was written")) << read_file(error);
  EXPECT_FALSE(std::filesystem::exists(out));
}

}  // namespace
