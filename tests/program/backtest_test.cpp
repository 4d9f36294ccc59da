// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// `lode backtest` as a user types it, and the cases of tests/validation: they run, and give the same again. Whether the
// predictions are good is not tested: a miss is a result.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "run_program.hpp"

namespace {

using lode_test::Outcome;
using lode_test::read_file;
using lode_test::run;
using lode_test::TemporaryFolder;
using lode_test::write_file;
using nlohmann::json;
namespace fs = std::filesystem;

const std::string cases = LODE_VALIDATION;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A copy of a case, to change.
class Copy {
 public:
  explicit Copy(const std::string& name) : folder_(scratch_.path() / name) {
    fs::copy(fs::path(cases) / name, folder_, fs::copy_options::recursive);
    fs::copy(fs::path(cases) / "announced-capacity-data", scratch_.path() / "announced-capacity-data");
  }
  void replace(const std::string& file, const std::string& from, const std::string& to) {
    std::string text = read_file(folder_ / file);
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    write_file(folder_ / file, text.replace(at, from.size(), to));
  }
  [[nodiscard]] std::string path() const { return folder_.string(); }
  [[nodiscard]] Outcome outcome(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"backtest", path()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

 private:
  TemporaryFolder scratch_;
  fs::path folder_;
};

TEST(Backtests, EveryCaseRunsAndGivesTheSameAgain) {
  const Outcome first = run({"backtest", cases, "--format", "json"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(run({"backtest", cases, "--format", "json"}).out, first.out);
  const json all = json::parse(first.out);
  std::vector<std::string> folders;
  for (const auto& entry : fs::directory_iterator(cases)) {
    if (fs::exists(entry.path() / "case.json")) folders.push_back(entry.path().filename().string());
  }
  std::sort(folders.begin(), folders.end());
  ASSERT_EQ(all.size(), folders.size());
  for (std::size_t i = 0; i < folders.size(); ++i) {
    const json& one = all[i];
    SCOPED_TRACE(folders[i]);
    EXPECT_EQ(one["case"], folders[i]);
    EXPECT_LT(one["certificate"]["mass_balance"].get<double>(), 1e-9);
    EXPECT_GT(one["samples"].get<int>(), 0);
    for (const char* list : {"periods", "sums"}) {
      for (const json& row : one[list]) {
        EXPECT_LE(row["low"].get<double>(), row["high"].get<double>()) << row["period"];
        EXPECT_GE(row["predicted"].get<double>(), 0.0) << row["period"];
      }
    }
  }
}

TEST(Backtests, NothingReportedLaterChangesThePrediction) {
  Copy copy("mp-ndpr-2025");
  const json before = json::parse(copy.outcome({"--format", "json"}).out);
  copy.replace("observed.csv", "2025-Q1,563", "2025-Q1,5630");
  const json after = json::parse(copy.outcome({"--format", "json"}).out);
  EXPECT_EQ(before["periods"][0]["predicted"], after["periods"][0]["predicted"]);
  EXPECT_EQ(before["periods"][0]["high"], after["periods"][0]["high"]);
  EXPECT_NE(before["errors"], after["errors"]);
}

TEST(Backtests, TableJsonAndCsvAgree) {
  const std::string folder = cases + "/mp-ndpr-2025/";
  const json one = json::parse(run({"backtest", folder, "--format", "json"}).out);
  const std::string csv = run({"backtest", folder, "--format", "csv"}).out;
  EXPECT_TRUE(csv.starts_with("case,period,quantity,unit,value\n"));
  const std::string predicted = one["periods"][1]["predicted"].dump();
  EXPECT_TRUE(contains(csv, "mp-ndpr-2025,2025-Q2,predicted,t," + predicted)) << predicted << '\n' << csv;
  const Outcome table = run({"backtest", folder});
  EXPECT_TRUE(contains(table.out, "2025-Q2       597 ")) << table.out;
  EXPECT_TRUE(contains(table.out, "Against no change")) << table.out;
  for (std::size_t begin = 0; begin < table.out.size();) {
    const std::size_t end = table.out.find('\n', begin);
    EXPECT_LE(end - begin, 100U);
    begin = end + 1;
  }
}

TEST(Backtests, AFolderOfCasesHasOneHeadInCsv) {
  const std::string csv = run({"backtest", cases, "--format", "csv", "--quiet"}).out;
  EXPECT_EQ(csv.find("case,period"), 0U);
  EXPECT_EQ(csv.find("case,period", 1), std::string::npos);
  EXPECT_TRUE(contains(csv, "china-magnet-exports-2025,2025-04,observed,t,2628\n"));
}

TEST(Backtests, PicturesOfTheDocumentsAreThoseOfTheCommand) {
  const fs::path docs = fs::path(cases).parent_path().parent_path() / "docs";
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(cases)) {
    if (!fs::exists(entry.path() / "case.json")) continue;
    const std::string name = entry.path().filename().string();
    const fs::path picture = docs / "pictures" / ("validation-" + name + ".svg");
    if (!fs::exists(picture)) continue;
    ++count;
    EXPECT_TRUE(run({"backtest", entry.path().string(), "--format", "svg", "--quiet"}).out == read_file(picture))
        << picture << " is stale: bash tests/validation/update.sh draws it again";
  }
  EXPECT_GE(count, 3U);
}

TEST(Backtests, WrongUsage) {
  const std::pair<std::vector<std::string>, const char*> wrong[] = {
      {{"backtest"}, "needs the folder of a case: lode backtest DIR"},
      {{"backtest", cases, "x"}, "unexpected \"x\""},
      {{"backtest", cases, "--data", "x"}, "does not use --data"},
      {{"backtest", cases, "--scenario", "x"}, "does not use --scenario"},
      {{"backtest", cases, "--format", "svg"}, "draws one case"},
      {{"backtest", cases, "--format", "png"}, "unknown format \"png\""},
      {{"propagate", "--format", "svg"}, "unknown format \"svg\""}};
  for (const auto& [arguments, message] : wrong) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, message)) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
}

TEST(Backtests, ADayThatIsNoneMakesNoOtherProblems) {
  Copy copy("mp-ndpr-2025");
  copy.replace("case.json", "\"known_before\": \"2025-02-21\"", "\"known_before\": \"2025\"");
  const Outcome outcome = copy.outcome();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(contains(outcome.err, "known_before")) << outcome.err;
  EXPECT_FALSE(contains(outcome.err, "1970")) << outcome.err;
  EXPECT_FALSE(contains(outcome.err, ".csv")) << outcome.err;
}

TEST(Backtests, EveryProblemOfACaseAtOnce) {
  Copy copy("mp-ndpr-2025");
  copy.replace("case.json", "\"unit\"", "\"units\"");
  copy.replace("case.json", "\"2025-Q4\"", "\"2025-12\"");
  copy.replace("case.json", "\"step_days\": 1", "\"step_days\": 1.5");
  copy.replace("case.json", "\"known_before\": \"2025-02-21\"", "\"known_before\": \"2025-01-01\"");
  copy.replace("base.csv", "sourced", "certain");
  copy.replace("observed.csv", "P-Q1", "P-Q9");
  copy.replace("ramp-to-nameplate.json", "mp_separation", "mp_separatio");
  const Outcome outcome = copy.outcome();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.out, "");
  for (const char* part : {"case.json:5:3: unknown key \"units\" in the case; did you mean \"unit\"?",
                           "from and to are not of one length", "step_days 1.5 is not whole",
                           "inputs.csv:2:4: this was not known before 2025-01-01; a backtest enters only what "
                           "was known before: remove it",
                           "base.csv:2:3: unknown quality \"certain\"", "ramp-to-nameplate.json:7:",
                           "did you mean \"mp_separation\"?", "observed.csv:2:4: unknown source \"P-Q9\""}) {
    EXPECT_TRUE(contains(outcome.err, part)) << part << '\n' << outcome.err;
  }
}

TEST(Backtests, NamesOfTheDataSetAreChecked) {
  Copy copy("mp-ndpr-2025");
  copy.replace("case.json", "\"facility\": \"mp_separation\"", "\"facility\": \"mp_separatio\"");
  copy.replace("ramp-to-nameplate.json", "mp_buyers", "mp_buyer");
  const Outcome outcome = copy.outcome();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(contains(outcome.err, "case.json:9:")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "unknown facility \"mp_separatio\"; did you mean \"mp_separation\"?"))
      << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "did you mean \"mp_buyers\"?")) << outcome.err;
}

TEST(Backtests, WhatWasReportedLaterIsNoBaseAndTheOtherWayRound) {
  Copy copy("mp-ndpr-2025");
  copy.replace("base.csv", "2024,1294", "2025-Q1,563");
  copy.replace("observed.csv", "2025-Q4,718", "2024-Q4,413");
  const Outcome outcome = copy.outcome();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(contains(outcome.err, "base.csv:2:1: period \"2025-Q1\" does not end before 2025-02-21")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "observed.csv:5:1: period \"2024-Q4\" ends before 2025-02-21")) << outcome.err;
}

TEST(Backtests, AFileThatDoesNotBelongAndAFolderWithoutCases) {
  Copy copy("mp-ndpr-2025");
  write_file(fs::path(copy.path()) / "bases.csv", "");
  const Outcome outcome = copy.outcome();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(contains(outcome.err, "a backtest has no file of this name; did you mean \"base.csv\"?")) << outcome.err;
  const TemporaryFolder empty;
  EXPECT_EQ(run({"backtest", empty.path().string()}).exit_code, 3);
  EXPECT_EQ(run({"backtest", (empty.path() / "none").string()}).exit_code, 3);
}

}  // namespace
