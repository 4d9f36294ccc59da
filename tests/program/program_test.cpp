// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// What every user of the program may rely on: streams, exit codes, options, the choice of data and scenario.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include <lode/version.hpp>

#include "run_program.hpp"
#include "small_data.hpp"

namespace {

using lode_test::Outcome;
using lode_test::read_file;
using lode_test::run;
using lode_test::TemporaryFolder;
using lode_test::write_file;
using lode_test::write_small_data;
namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// One message on stderr, nothing on stdout.
void expect_refused(const std::vector<std::string>& arguments, int exit_code, const std::string& message) {
  const Outcome outcome = run(arguments);
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, message)) << outcome.err;
  EXPECT_EQ(outcome.out, "");
}

TEST(Program, BareRunsTheLeadScenarioOnTheBuiltInData) {
  const Outcome outcome = run({});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "april-2025-licensing")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "Dysprosium")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "Certificate")) << outcome.out;
  EXPECT_EQ(outcome.out,
            run({"bracket", "--data", "rare-earth-magnets-2024", "--scenario", "april-2025-licensing"}).out);
}

TEST(Program, TablesAreAsciiAndNarrow) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"propagate"}, {"reallocate"}, {"bracket"}, {"info"}, {"scenarios"}, {"validate"},
        {"--help"}}) {
    const std::string text = run(arguments).out;
    EXPECT_FALSE(text.empty());
    std::size_t width = 0;
    for (const char c : text) {
      EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << arguments.front();
      width = c == '\n' ? 0 : width + 1;
      ASSERT_LE(width, 104U) << arguments.front() << text;
    }
  }
}

TEST(Program, HelpTeaches) {
  const Outcome outcome = run({"--help"});
  EXPECT_EQ(outcome.exit_code, 0);
  for (const char* word : {"propagate", "reallocate", "bracket", "simulate", "info", "scenarios", "validate", "export", "--data",
                           "--scenario", "--format", "--output", "--price-ranges", "--any-route", "--quiet",
                           "--version", "Exit codes", "Examples"}) {
    EXPECT_TRUE(contains(outcome.out, word)) << word;
  }
  for (const char* command :
       {"propagate", "reallocate", "bracket", "simulate", "info", "scenarios", "validate", "export"}) {
    const std::string own = run({command, "--help"}).out;
    EXPECT_EQ(own.rfind(std::string("lode ") + command, 0), 0U) << own;
    EXPECT_TRUE(contains(own, "Example")) << own;
    EXPECT_EQ(run({"-h", command}).out, own);
  }
}

TEST(Program, Version) {
  EXPECT_EQ(run({"--version"}).out, std::string("lode ") + lode::version + '\n');
}

TEST(Program, BadUsageIsExitCode2) {
  expect_refused({"propgate"}, 2, "did you mean propagate?");
  expect_refused({"report"}, 2, "not in this edition");
  expect_refused({"--formt", "json"}, 2, "did you mean --format?");
  expect_refused({"--format", "jsn"}, 2, "did you mean json?");
  expect_refused({"--data"}, 2, "--data needs a value");
  expect_refused({"--data", ""}, 2, "empty value");
  expect_refused({"--data", "--quiet"}, 2, "needs a value");
  expect_refused({"--data", "a", "--data", "b"}, 2, "2 times");
  expect_refused({"info", "scenarios"}, 2, "unexpected \"scenarios\"");
  expect_refused({"info", "--scenario", "x"}, 2, "does not use --scenario");
  expect_refused({"propagate", "--any-route"}, 2, "propagate does not use --any-route");
  expect_refused({"--price-ranges", "info"}, 2, "info does not use --price-ranges");
  expect_refused({"--any-routes"}, 2, "did you mean --any-route?");
  expect_refused({"export"}, 2, "--output DIR");
  expect_refused({"export", "--output", "x", "--format", "csv"}, 2, "--format");
}

TEST(Program, UnknownNamesAreExitCode3) {
  expect_refused({"--data", "rare-earth-magnets-2025"}, 3, "rare-earth-magnets-2025:1:1: ");
  expect_refused({"--data", "rare-earth-magnets-2025"}, 3, "did you mean \"rare-earth-magnets-2024\"?");
  expect_refused({"--scenario", "april-2025-licencing"}, 3, "did you mean \"april-2025-licensing\"?");
  expect_refused({"--scenario", "no-such.json"}, 3, "no-such.json:1:1: ");
  const Outcome both = run({"--data", "no-such-data", "--scenario", "no-such.json"});
  EXPECT_EQ(both.exit_code, 3);
  EXPECT_EQ(lines(both.err), 2U) << both.err;
}

TEST(Program, OptionsStandBeforeOrAfterTheCommand) {
  EXPECT_EQ(run({"--format", "json", "info"}).out, run({"info", "--format=json"}).out);
}

TEST(Program, RunsTheScenarioOfAFolder) {
  const TemporaryFolder temporary;
  write_small_data(temporary.path() / "data", {"less"});
  const Outcome outcome = run({"--data", "data", "--scenario", "less"}, {.folder = temporary.path()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "Scenario  less: China sells less")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "No shortfall in: China.")) << outcome.out;
  EXPECT_EQ(outcome.err, "");
}

TEST(Program, FolderWithoutScenariosRunsTheBaseYear) {
  const TemporaryFolder temporary;
  write_small_data(temporary.path());
  const Outcome outcome = run({"--data", temporary.path()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "No shortfall: every end use gets all it demands.")) << outcome.out;
  EXPECT_EQ(outcome.err.rfind("note: ", 0), 0U) << outcome.err;
  EXPECT_EQ(run({"--data", temporary.path(), "--quiet"}).err, "");
}

TEST(Program, WithoutAScenarioAFolderRunsItsBaseYear) {
  const TemporaryFolder temporary;
  write_small_data(temporary.path(), {"less", "much-less"});
  const Outcome outcome = run({"--data", temporary.path()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "No shortfall: every end use gets all it demands.")) << outcome.out;
  EXPECT_TRUE(contains(outcome.err, "choose with --scenario: less, much-less")) << outcome.err;
}

TEST(Program, BuiltInNameComesBeforeAFolder) {
  const TemporaryFolder temporary;
  write_small_data(temporary.path() / "rare-earth-magnets-2024");
  const Outcome name = run({"info", "--data", "rare-earth-magnets-2024"}, {.folder = temporary.path()});
  EXPECT_EQ(name.out, run({"info"}).out);
  EXPECT_TRUE(contains(name.err, "./rare-earth-magnets-2024")) << name.err;
  const Outcome folder = run({"info", "--data", "./rare-earth-magnets-2024"}, {.folder = temporary.path()});
  EXPECT_TRUE(contains(folder.out, "small 1.0.0")) << folder.out;
}

TEST(Program, ScenariosCombine) {
  const TemporaryFolder temporary;
  write_small_data(temporary.path() / "data", {"less", "other"});
  write_file(temporary.path() / "mine.json", lode_test::small_scenario("mine"));
  const Outcome outcome =
      run({"--data", "data", "--scenario", "less", "--scenario", "mine.json"}, {.folder = temporary.path()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "Scenario  less: ")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "Scenario  mine\n")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "60.0..90.0  50..75")) << outcome.out;  // of 120 t: half, or half of a half
}

TEST(Program, BadDataListsEveryProblem) {
  const TemporaryFolder temporary;
  write_small_data(temporary.path(), {"less"});
  write_file(temporary.path() / "routes.csv",
             "from,to,commodity,flow\npit,works,ore,x\nworks,cars_cn,magnet,600\nworks,cars_jpn,magnet,400\n");
  write_file(temporary.path() / "scenarios" / "less.json", "{\"name\": \"less\"}");
  for (const std::string command : {"validate", "propagate", "info", "scenarios"}) {
    const Outcome outcome = run({command, "--data", temporary.path(), "--quiet"});
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(contains(outcome.err, "routes.csv:2:4: ")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "routes.csv:3:2: ")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "cars_chn")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "less.json:1:")) << outcome.err;
  }
}

TEST(Program, AtMost100ProblemsAFile) {
  const TemporaryFolder temporary;
  write_small_data(temporary.path());
  std::string text = lode_test::small_tables().at("countries.csv");
  for (int i = 0; i < 250; ++i) text += "x" + std::to_string(i) + ",Nowhere\n";
  write_file(temporary.path() / "countries.csv", text);
  const Outcome outcome = run({"validate", "--data", temporary.path()});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(lines(outcome.err), 101U) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "countries.csv: and 150 more\n")) << outcome.err;
}

TEST(Program, BadScenarioFileIsExitCode3) {
  const TemporaryFolder temporary;
  write_small_data(temporary.path() / "data");
  write_file(temporary.path() / "broken.json", "{\"name\": \"broken\",\n  \"shocks\": [,]}\n");
  write_file(temporary.path() / "wrong.json",
             "{\"name\": \"wrong\", \"shocks\": [{\"kind\": \"export\", \"country\": \"CHA\", \"factor\": 0}]}\n");
  const auto in_folder = [&](std::vector<std::string> arguments) {
    return run(arguments, {.folder = temporary.path()});
  };
  EXPECT_EQ(in_folder({"--data", "data", "--scenario", "broken.json"}).exit_code, 3);
  EXPECT_EQ(in_folder({"--data", "data", "--scenario", "data"}).exit_code, 3);
  for (const char* command : {"propagate", "validate"}) {
    const Outcome wrong = in_folder({command, "--data", "data", "--scenario", "wrong.json"});
    EXPECT_EQ(wrong.exit_code, 3);
    EXPECT_TRUE(contains(wrong.err, "wrong.json:1:")) << wrong.err;
    EXPECT_TRUE(contains(wrong.err, "CHN")) << wrong.err;
    EXPECT_EQ(wrong.out, "");
  }
}

TEST(Program, WarningsAndNotesGoToStderrUnlessQuiet) {
  const TemporaryFolder temporary;
  write_small_data(temporary.path());
  write_file(temporary.path() / "end_uses.csv",
             lode_test::small_tables().at("end_uses.csv") + "lamps_jpn,Lamps,JPN,other,magnet,5\n");
  const Outcome loud = run({"validate", "--data", temporary.path()});
  EXPECT_EQ(loud.exit_code, 0) << loud.err;
  EXPECT_TRUE(contains(loud.err, "warning: ")) << loud.err;
  EXPECT_TRUE(contains(loud.err, "end_uses.csv:4:")) << loud.err;
  EXPECT_TRUE(contains(loud.out, "1 warning")) << loud.out;
  const Outcome quiet = run({"validate", "--data", temporary.path(), "--quiet"});
  EXPECT_EQ(quiet.out, loud.out);
  EXPECT_EQ(quiet.err, "");
}

TEST(Program, UncertainNumbersAreNoted) {
  const TemporaryFolder temporary;
  write_small_data(temporary.path() / "data");
  write_file(temporary.path() / "vague.json",
             R"({"name": "vague", "shocks": [{"kind": "export", "country": "CHN", "commodity": "magnet",
                 "factor": {"distribution": "uniform", "min": 0.2, "max": 0.6}}]})");
  const Outcome outcome = run({"--data", "data", "--scenario", "vague.json"}, {.folder = temporary.path()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "note: ")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "0.4")) << outcome.err;
}

TEST(Program, WhatTheModelDoesNotUseIsNoted) {
  const Outcome outcome = run({"propagate", "--scenario", "mp-offtake"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* text : {"(price_floor): ", "(offtake): ", "mp_10x", "mp_separation"}) {
    EXPECT_TRUE(contains(outcome.err, text)) << text << '\n' << outcome.err;
    EXPECT_TRUE(contains(outcome.out, text)) << "who reads only the table must know\n" << outcome.out;
  }
  EXPECT_TRUE(contains(outcome.out, "No shortfall")) << outcome.out;
}

TEST(Program, WhatCannotBeShippedIsExitCode1AndSaysWhy) {
  for (const char* command : {"reallocate", "bracket"}) {
    const Outcome outcome = run({command, "--scenario", "mountain-pass-outage", "--scenario", "mp-offtake"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.out, "");
    for (const char* line :
         {"conflict: offtake of shock 11: at least 485 t/yr of \"ndpr_oxide\"\n",
          "conflict: limit: \"mountain_pass\" does at most 0 t/yr\n", "lower an offtake, raise a limit"}) {
      EXPECT_TRUE(contains(outcome.err, line)) << outcome.err;
    }
  }
  EXPECT_EQ(run({"propagate", "--scenario", "mountain-pass-outage", "--scenario", "mp-offtake"}).exit_code, 0);
}

TEST(Program, AnyRouteOpensRoutesThatTheDataSetDoesNotHave) {
  const TemporaryFolder temporary;
  lode_test::Tables tables = lode_test::small_tables();
  tables["facilities.csv"] =
      "id,name,kind,country,baseline,capacity\npit,The pit,mine,CHN,1000,1000\n"
      "works,The works,magnet_maker,CHN,600,600\nmill,The mill,magnet_maker,JPN,400,1000\n";
  tables["recipes.csv"] =
      "facility,role,commodity,amount\npit,output,ore,1\nworks,input,ore,1\nworks,output,magnet,1\n"
      "mill,input,ore,1\nmill,output,magnet,1\n";
  tables["routes.csv"] =
      "from,to,commodity,flow\npit,works,ore,600\npit,mill,ore,400\nworks,cars_chn,magnet,600\n"
      "mill,cars_jpn,magnet,400\n";
  lode_test::write_data(temporary.path() / "data", tables);
  write_file(temporary.path() / "fire.json",
             R"({"name": "fire", "shocks": [{"kind": "capacity", "facility": "works", "factor": 0}]})");
  const std::vector<std::string> arguments{"--data", "data", "--scenario", "fire.json"};
  const Outcome closed = run(arguments, {.folder = temporary.path()});
  EXPECT_EQ(closed.exit_code, 0) << closed.err;
  EXPECT_TRUE(contains(closed.out, "China     180  100")) << "nobody else sells to China\n" << closed.out;
  std::vector<std::string> any = arguments;
  any.push_back("--any-route");
  const Outcome open = run(any, {.folder = temporary.path()});
  EXPECT_EQ(open.exit_code, 0) << open.err;
  EXPECT_TRUE(contains(open.out, "0..180  0..100")) << "the mill makes up for the works\n" << open.out;
  EXPECT_TRUE(contains(open.out, "2 routes are possible beside those of the data set")) << open.out;
  EXPECT_TRUE(contains(open.err, "2 routes are possible beside those of the data set")) << open.err;
  any.insert(any.end(), {"--format", "json"});
  EXPECT_TRUE(contains(run(any, {.folder = temporary.path()}).out,
                       R"({"from": "mill", "to": "cars_chn", "commodity": "magnet", "flow": 0})"))
      << "propagation knows the route and does not use it";
}

TEST(Program, PublishedFiguresCanBeLookedAtAndExportedButNotModelled) {
  const std::string name = "rare-earth-magnets-2024-published";
  EXPECT_EQ(run({"info", "--data", name}).exit_code, 0);
  EXPECT_EQ(run({"scenarios", "--data", name}).exit_code, 0);
  for (const char* command : {"propagate", "reallocate", "bracket", "validate"}) {
    const Outcome outcome = run({command, "--data", name});
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_TRUE(contains(outcome.err, "lode reconcile --data " + name)) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
  const TemporaryFolder temporary;
  const fs::path copy = temporary.path() / "copy";
  EXPECT_EQ(run({"export", "--data", name, "--output", copy}).exit_code, 0);
  EXPECT_TRUE(run({"reconcile", "--data", copy, "--format", "csv"}).out ==
              run({"reconcile", "--data", name, "--format", "csv"}).out)
      << "gaps and totals survive the export";
}

TEST(Program, NamesOfScenariosAreNeverShortened) {
  const Outcome outcome = run({"scenarios"});
  EXPECT_TRUE(contains(outcome.out, "us-mining-without-refining ")) << outcome.out;
  EXPECT_FALSE(contains(outcome.out, "..")) << outcome.out;
}

TEST(Program, ShowsTheBaseYearsOwnShortageApart) {
  const TemporaryFolder temporary;
  write_small_data(temporary.path());
  write_file(temporary.path() / "routes.csv",
             "from,to,commodity,flow\npit,works,ore,1000\nworks,cars_chn,magnet,600\nworks,cars_jpn,magnet,350\n");
  const Outcome outcome = run({"propagate", "--data", temporary.path(), "--quiet"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "Short in base year")) << outcome.out;
  EXPECT_FALSE(contains(outcome.out, "-0")) << outcome.out;
}

TEST(ProgramOutput, WritesTheSameAsStdout) {
  const TemporaryFolder temporary;
  const fs::path file = temporary.path() / "result.json";
  const Outcome outcome = run({"--format", "json", "--output", file});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(read_file(file) == run({"--format", "json"}).out);
  EXPECT_TRUE(run({"--format", "json", "--output", "-"}).out == read_file(file));
}

TEST(ProgramOutput, ReplacesAFileWholeAndKeepsLinksAndModes) {
  const TemporaryFolder temporary;
  write_file(temporary.path() / "old", std::string(1000000, 'x'));
  fs::permissions(temporary.path() / "old", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("old", temporary.path() / "link");
  EXPECT_EQ(run({"--output", temporary.path() / "link"}).exit_code, 0);
  EXPECT_TRUE(read_file(temporary.path() / "old") == run({}).out);
  EXPECT_TRUE(fs::is_symlink(temporary.path() / "link"));
  EXPECT_EQ(fs::status(temporary.path() / "old").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(ProgramOutput, AFailedWriteLeavesTheOldFile) {
  const TemporaryFolder temporary;
  write_file(temporary.path() / "old", "old");
  EXPECT_EQ(run({"--output", temporary.path() / "old"}, {.no_file_may_grow = true}).exit_code, 1);
  EXPECT_EQ(run({"--output", temporary.path() / "old", "--scenario", "nonsense"}).exit_code, 3);
  EXPECT_EQ(read_file(temporary.path() / "old"), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(temporary.path()), {}), 1);
}

TEST(ProgramOutput, UnwritableIsExitCode1) {
  const TemporaryFolder temporary;
  expect_refused({"--output", temporary.path() / "none" / "file"}, 1, "can not be written");
  expect_refused({"--output", temporary.path()}, 1, "can not be written");
  expect_refused({"--output", "/dev/full"}, 1, "can not be written");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, {"--help"}, {"--version"}, {"info"}, {"validate"}, {"--format", "json"}}) {
    EXPECT_EQ(run(arguments, {.stdout_to = "/dev/full"}).exit_code, 1);
    EXPECT_EQ(run(arguments, {.stdout_to = "closed"}).exit_code, 1);
  }
  EXPECT_EQ(run({"--output", "/dev/null"}).exit_code, 0);
}

TEST(ProgramExport, ReadsBackAsTheSameData) {
  const TemporaryFolder temporary;
  const fs::path folder = temporary.path() / "copy";
  const Outcome outcome = run({"export", "--output", folder});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(run({"export", "--output", temporary.path() / "quiet", "--quiet"}).err, "");
  const Outcome copy = run({"validate", "--data", folder});
  EXPECT_EQ(copy.exit_code, 0) << copy.err;
  EXPECT_EQ(copy.err, "") << "the built-in data set gives no warnings";
  EXPECT_EQ(copy.out, run({"validate"}).out);
  EXPECT_EQ(run({"info", "--format", "json", "--data", folder}).out, run({"info", "--format", "json"}).out);
  EXPECT_TRUE(run({"--data", folder, "--format", "json"}).out == run({"--format", "json"}).out)
      << "a copy runs the same lead scenario, to the last bit";
}

TEST(ProgramExport, RefusesAFolderThatIsNotEmpty) {
  const TemporaryFolder temporary;
  write_file(temporary.path() / "thesis.tex", "precious");
  const Outcome outcome = run({"export", "--output", temporary.path()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_FALSE(outcome.err.empty());
  EXPECT_EQ(std::distance(fs::directory_iterator(temporary.path()), {}), 1);
}

}  // namespace
