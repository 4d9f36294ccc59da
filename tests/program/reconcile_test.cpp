// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// `lode reconcile` as a user types it.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "run_program.hpp"
#include "small_data.hpp"

namespace {

using lode_test::Outcome;
using lode_test::read_file;
using lode_test::run;
using lode_test::Tables;
using lode_test::TemporaryFolder;
using lode_test::write_data;
using lode_test::write_file;
using lode_test::write_small_data;
namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Published figures: the pit says 1000, the works say that they got 1100; nobody knows how the magnets are shared out.
Tables published() {
  Tables tables = lode_test::small_tables();
  tables["facilities.csv"] =
      "id,name,kind,country,baseline,baseline_sd\npit,The pit,mine,CHN,1000,50\nworks,The works,magnet_maker,CHN,1000,"
      "50\n";
  tables["routes.csv"] =
      "from,to,commodity,flow,flow_sd\npit,works,ore,1100,20\nworks,cars_chn,magnet,,\nworks,cars_jpn,magnet,,\n";
  return tables;
}

/// All files of a folder and what they hold.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files[fs::relative(entry.path(), folder).string()] = read_file(entry.path());
  }
  return files;
}

class ReconcileProgram : public testing::Test {
 protected:
  [[nodiscard]] std::string write(const Tables& tables) const {
    write_data(folder_.path() / "in", tables);
    return (folder_.path() / "in").string();
  }
  [[nodiscard]] std::string out() const { return (folder_.path() / "out").string(); }
  TemporaryFolder folder_;
};

TEST_F(ReconcileProgram, TableSaysWhatMovedAndWhatIsNotDeterminable) {
  const Outcome outcome = run({"reconcile", "--data", write(published())});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.substr(0, outcome.out.find("Certificate")),
            "Data        small 1.0.0: A small chain\n"
            "Figures     5 measured figures, 0 solved from the balances, 2 not determinable\n"
            "Fit         chi-square 3.4 on 1.0 degrees of freedom; if all uncertainties are honest, as much or\n"
            "            more comes with probability 0.063\n"
            "\n"
            "Adjustments, gross errors first, then by the move over the uncertainty as published\n"
            "(+- standard uncertainty; b: at 0 or at the capacity)\n"
            "\n"
            "Figure    Of                         Found     Reconciled  Change      z\n"
            "                                      t/yr           t/yr       %\n"
            "--------------------------------------------------------------------------\n"
            "baseline  pit                1,000 +- 50.0  1,086 +- 18.6    +8.6   1.86\n"
            "flow      pit -> works, ore  1,100 +- 20.0  1,086 +- 18.6    -1.3  -1.86\n"
            "\n"
            "Not determinable: the balances leave an interval; the chosen value is one of many\n"
            "\n"
            "Figure  Of                         At least  At most  Chosen\n"
            "                                       t/yr     t/yr    t/yr\n"
            "------------------------------------------------------------\n"
            "flow    works -> cars_chn, magnet         0      600     300\n"
            "flow    works -> cars_jpn, magnet         0      400     200\n"
            "\n"
            "What the balances asked for, dearest first (pull: by how much chi-square would fall if the balance\n"
            "might stay broken by 1 t/yr)\n"
            "\n"
            "Balance  At   Commodity  Broken by      Pull\n"
            "                              t/yr  per t/yr\n"
            "--------------------------------------------\n"
            "output   pit  ore              100     0.069\n"
            "\n");
  EXPECT_TRUE(contains(outcome.err, "note: 2 figures are not determinable")) << outcome.err;
}

TEST_F(ReconcileProgram, FormatsForPrograms) {
  const std::string data = write(published());
  const Outcome json = run({"reconcile", "--data", data, "--format", "json", "--quiet"});
  EXPECT_EQ(json.exit_code, 0);
  EXPECT_EQ(json.err, "");
  const auto document = nlohmann::json::parse(json.out);
  EXPECT_EQ(document.at("model"), "reconcile");
  EXPECT_EQ(document.at("figures").size(), 7U);
  const Outcome csv = run({"--data", data, "--format", "csv", "reconcile"});
  EXPECT_EQ(csv.exit_code, 0);
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 8);
  EXPECT_EQ(csv.out.rfind("quantity,id,from,to,commodity,determination,", 0), 0U);
  for (const std::string format : {"table", "json", "csv"}) {
    const std::vector<std::string> command{"reconcile", "--data", data, "--format", format};
    EXPECT_EQ(run(command).out, run(command).out) << "the same bytes every time";
  }
}

TEST_F(ReconcileProgram, WritesAFolderThatValidatesAndRuns) {
  const Outcome outcome = run({"reconcile", "--data", write(published()), "--output", out()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "Adjustments")) << "the report goes to stdout all the same";
  EXPECT_TRUE(contains(outcome.err, "wrote the balanced data set to ")) << outcome.err;
  const Outcome valid = run({"validate", "--data", out()});
  EXPECT_EQ(valid.exit_code, 0);
  EXPECT_EQ(valid.err, "");
  EXPECT_EQ(run({"propagate", "--data", out()}).exit_code, 0);
  EXPECT_TRUE(contains(read_file(fs::path(out()) / "routes.csv"), "found 1100 +- 20"));
  // Once more changes nothing.
  const std::string again = (folder_.path() / "again").string();
  const Outcome second = run({"reconcile", "--data", out(), "--output", again, "--quiet"});
  EXPECT_EQ(second.exit_code, 0);
  EXPECT_TRUE(contains(second.out, "No figure had to move")) << second.out;
  const std::string twin = (folder_.path() / "twin").string();
  EXPECT_EQ(run({"reconcile", "--data", (folder_.path() / "in").string(), "--output", twin}).exit_code, 0);
  EXPECT_EQ(contents(out()), contents(twin)) << "the same bytes every time";
}

TEST_F(ReconcileProgram, ABalancedFolderStaysWhatItIs) {
  write_small_data(folder_.path() / "in", {"half"});
  const std::string data = (folder_.path() / "in").string();
  const Outcome outcome = run({"reconcile", "--data", data, "--output", out(), "--quiet"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_TRUE(contains(outcome.out, "No figure had to move: what was published balances.")) << outcome.out;
  EXPECT_FALSE(contains(outcome.out, "What the balances asked for")) << outcome.out;
  const auto json = [](const std::string& folder) {
    return run({"propagate", "--data", folder, "--scenario", "half", "--format", "json"}).out;
  };
  EXPECT_EQ(json(data), json(out()));
  // (The magnets carry published totals, which pull again.)
  EXPECT_TRUE(contains(run({"reconcile", "--data", "gallium-germanium-2022"}).out, "No figure had to move"));
}

TEST_F(ReconcileProgram, GrossErrorsAreMarked) {
  Tables tables = published();
  tables["routes.csv"] = lode_test::small_tables()["routes.csv"];
  tables["routes.csv"].replace(tables["routes.csv"].find("magnet,400"), 10, "magnet,4000");
  const Outcome outcome = run({"reconcile", "--data", write(tables)});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "Beware")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, " !\n")) << outcome.out;
  EXPECT_TRUE(contains(outcome.err, "gross error")) << outcome.err;
}

TEST_F(ReconcileProgram, RefusesAFolderThatIsNotEmpty) {
  write_file(fs::path(out()) / "mine.txt", "keep");
  const Outcome outcome = run({"reconcile", "--data", write(published()), "--output", out()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "out")) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(contents(out()), (std::map<std::string, std::string>{{"mine.txt", "keep"}}));
}

TEST_F(ReconcileProgram, ContradictionsAreNamedWithTheirPlaces) {
  Tables tables = published();
  tables["facilities.csv"].replace(tables["facilities.csv"].find("1000,50"), 7, "1000,0");
  tables["routes.csv"].replace(tables["routes.csv"].find("1100,20"), 7, "1100,0");
  const std::string data = write(tables);
  const Outcome outcome = run({"reconcile", "--data", data, "--output", out()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_FALSE(fs::exists(out()));
  for (const char* place : {"/facilities.csv:2:5: ", "/routes.csv:2:4: "}) {
    EXPECT_TRUE(contains(outcome.err, data + place)) << outcome.err;
  }
  EXPECT_TRUE(contains(outcome.err, "\"pit\" sends at most what it makes of \"ore\"")) << outcome.err;
  EXPECT_FALSE(contains(outcome.err, "cars")) << outcome.err;
}

TEST_F(ReconcileProgram, BadFoldersShowAllTheirProblems) {
  Tables tables = published();
  tables["routes.csv"] += "pit,work,ore,1,\n";
  tables["totals.csv"] = "id,quantity,value,commodity\nall,flow,1,oar\n";
  const Outcome outcome = run({"reconcile", "--data", write(tables), "--output", out()});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(contains(outcome.err, "routes.csv:5:2: unknown facility or end use \"work\"")) << outcome.err;
  EXPECT_FALSE(fs::exists(out()));
  EXPECT_EQ(run({"reconcile", "--data", (folder_.path() / "nowhere").string()}).exit_code, 3);
}

TEST_F(ReconcileProgram, WrongUsage) {
  const std::string data = write(published());
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"--scenario", "half"}, {"--output", "-"}, {"--format", "xml"}, {"--output"}}) {
    std::vector<std::string> arguments{"reconcile", "--data", data};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << wrong.front();
    EXPECT_EQ(outcome.out, "");
  }
}

/// Many gaps in one web: each takes two linear programs, so that this runs for a while.
Tables long_run() {
  Tables tables = lode_test::small_tables();
  std::string facilities = "id,name,kind,country,baseline\n";
  std::string recipes = "facility,role,commodity,amount\n";
  std::string uses = "id,name,country,sector,commodity,demand\n";
  std::string routes = "from,to,commodity,flow\n";
  constexpr int count = 40;
  for (int i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    facilities += "works" + n + ",Works,magnet_maker,CHN," + std::to_string(900 + i) + "\n";
    recipes += "works" + n + ",output,magnet,1\n";
    uses += "cars" + n + ",Cars,JPN,ev,magnet," + std::to_string(800 + i) + "\n";
    for (int j = 0; j < count; ++j) routes += "works" + n + ",cars" + std::to_string(j) + ",magnet,\n";
  }
  tables["facilities.csv"] = facilities;
  tables["recipes.csv"] = recipes;
  tables["end_uses.csv"] = uses;
  tables["routes.csv"] = routes;
  return tables;
}

TEST_F(ReconcileProgram, CtrlCWritesNothing) {
  const std::string data = write(long_run());
  const std::string error = (folder_.path() / "err").string();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(::open("/dev/null", O_WRONLY), 1);
    ::dup2(::open(error.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
    const std::string folder = out();
    ::execl(LODE_PROGRAM, LODE_PROGRAM, "reconcile", "--data", data.c_str(), "--output", folder.c_str(), nullptr);
    ::_exit(126);
  }
  // Once it says what it is doing, it listens.
  for (int wait = 0; wait < 600 && !contains(read_file(error), "note: reconcile: "); ++wait) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ::kill(child, SIGINT);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1) << read_file(error);
  EXPECT_TRUE(contains(read_file(error), "lode: reconcile: interrupted; nothing was written")) << read_file(error);
  EXPECT_FALSE(fs::exists(out()));
}

}  // namespace
