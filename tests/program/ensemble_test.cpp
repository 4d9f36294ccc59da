// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// `lode ensemble` as users and other programs see it.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <lode/datasets.hpp>
#include <lode/ensemble.hpp>

#include "run_program.hpp"
#include "small_data.hpp"

namespace {

using Json = nlohmann::ordered_json;
using lode_test::Outcome;
using lode_test::run;
using lode_test::TemporaryFolder;

const std::string range = "licences-as-for-gallium";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Outcome ask(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"ensemble", "--scenario", range});
  return run(arguments);
}

Json parsed(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--format", "json", "--quiet"});
  const Outcome outcome = ask(arguments);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return Json::parse(outcome.out);
}

lode::Ensemble direct(std::uint64_t samples, std::uint64_t seed) {
  const lode::Dataset& data = lode::datasets::rare_earth_magnets_2024();
  return lode::ensemble(data.network, *data.find_scenario(range), {.sampling = {.samples = samples, .seed = seed}});
}

TEST(EnsembleCommand, JsonIsTheContract) {
  const Json json = parsed({"--samples", "600", "--seed", "5"});
  const lode::Ensemble expected = direct(600, 5);
  EXPECT_EQ(json["model"], "ensemble");
  EXPECT_EQ(json["of"], "propagate");
  EXPECT_EQ(json["status"], "solved");
  EXPECT_EQ(json["samples"], 600);
  EXPECT_EQ(json["seed"], 5);
  EXPECT_EQ(json["variables"], 2);
  ASSERT_EQ(json["materials"].size(), 3U);
  for (std::size_t m = 0; m < 3; ++m) {
    const Json& row = json["materials"][m];
    const lode::Spread& spread = expected.materials[m].shortfall;
    EXPECT_EQ(row["mean"].get<double>(), spread.mean);
    EXPECT_EQ(row["standard_error"].get<double>(), spread.standard_error);
    EXPECT_EQ(row["probability_of_shortfall"].get<double>(), spread.probability_of_shortfall);
    ASSERT_EQ(row["quantiles"].size(), 5U);
    for (std::size_t q = 0; q < 5; ++q) {
      EXPECT_EQ(row["quantiles"][q]["p"].get<double>(), spread.quantiles[q].p);
      EXPECT_EQ(row["quantiles"][q]["value"].get<double>(), spread.quantiles[q].value);
      EXPECT_EQ(row["quantiles"][q]["low"].get<double>(), spread.quantiles[q].low);
      EXPECT_EQ(row["quantiles"][q]["high"].get<double>(), spread.quantiles[q].high);
    }
  }
  EXPECT_EQ(json["end_uses"].size(), expected.end_uses.size());
  EXPECT_EQ(json["countries"].size(), expected.countries.size());
  EXPECT_FALSE(json.contains("months"));
  EXPECT_FALSE(json.contains("policies"));
}

TEST(EnsembleCommand, CsvHasTheSameNumbers) {
  const Outcome csv = ask({"--samples", "600", "--seed", "5", "--format", "csv", "--quiet"});
  ASSERT_EQ(csv.exit_code, 0) << csv.err;
  const lode::Ensemble expected = direct(600, 5);
  std::istringstream lines(csv.out);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "section,id,country,material,month,quantity,p,unit,value,low,high");
  bool found = false;
  while (std::getline(lines, line)) {
    const std::string start = "materials,,,dy,,mean,,t/yr,";
    if (line.rfind(start, 0) != 0) continue;
    found = true;
    EXPECT_EQ(std::stod(line.substr(start.size())), expected.materials[1].shortfall.mean);
  }
  EXPECT_TRUE(found);
}

TEST(EnsembleCommand, ThreadsDoNotChangeTheResult) {
  const Outcome one = ask({"--samples", "5000", "--threads", "1", "--format", "json"});
  const Outcome three = ask({"--samples", "5000", "--threads", "3", "--format", "json"});
  ASSERT_EQ(one.exit_code, 0);
  EXPECT_EQ(one.out, three.out);
}

TEST(EnsembleCommand, OtherModelsAndPoints) {
  const Json best = parsed({"--model", "reallocate", "--samples", "20"});
  const Json worst = parsed({"--samples", "20"});
  EXPECT_EQ(best["of"], "reallocate");
  EXPECT_LT(best["weighted"]["mean"].get<double>(), worst["weighted"]["mean"].get<double>());
  const Json time = parsed({"--model", "simulate", "--samples", "16", "--start", "2025-03-03", "--end", "2025-09-01"});
  ASSERT_EQ(time["months"].size(), 6U);
  EXPECT_EQ(time["months"][0]["month"], "2025-03");
  const Json strata = parsed({"--sampling", "sobol", "--samples", "5000"});
  EXPECT_EQ(strata["samples"], 8192);
  ASSERT_EQ(strata["notes"].size(), 1U);
}

TEST(EnsembleCommand, PoliciesAreCompared) {
  const Json json = parsed({"--samples", "300", "--policy", "lynas-heavy-circuit", "--policy", "myanmar-closure-2024"});
  ASSERT_EQ(json["policies"].size(), 2U);
  EXPECT_EQ(json["policies"][1]["name"], range + "+myanmar-closure-2024");
  EXPECT_GT(json["policies"][1]["weighted_difference"]["mean"].get<double>(), 0.0) << "less ore is no help";
  EXPECT_EQ(json["policies"][1]["probability_of_gain"], 0.0);
  const double with = json["policies"][1]["with"][1]["mean"].get<double>();
  const double without = json["materials"][1]["mean"].get<double>();
  EXPECT_NEAR(json["policies"][1]["difference"][1]["mean"].get<double>(), with - without, 1e-9 * with);
  const Outcome table = ask({"--samples", "300", "--policy", "myanmar-closure-2024"});
  EXPECT_TRUE(contains(table.out, "What policies change"));
}

TEST(EnsembleCommand, AGoalStopsTheRun) {
  const Json json = parsed({"--until", "0.1%"});
  EXPECT_TRUE(json["convergence"]["reached"].get<bool>());
  EXPECT_LE(json["convergence"]["half_width"].get<double>(), 0.001);
  EXPECT_LT(json["samples"].get<double>(), 1e6);
}

TEST(EnsembleCommand, IndicesAddUp) {
  const Json json = parsed({"--indices", "--samples", "1024"});
  EXPECT_EQ(json["model"], "sobol_indices");
  double sum = 0.0;
  for (const Json& factor : json["materials"][1]["factors"]) sum += factor["first"].get<double>();
  EXPECT_NEAR(sum, 1.0, 1e-2);
  const Outcome csv = ask({"--indices", "--samples", "1024", "--format", "csv", "--quiet"});
  EXPECT_EQ(csv.out.substr(0, csv.out.find('\n')), "material,factor,variance,first,first_error,total,total_error");
  EXPECT_TRUE(contains(ask({"--indices", "--samples", "1024"}).out, "shock 1 (licence): approved"));
}

TEST(EnsembleCommand, CheckpointsGoOnAndForeignOnesAreRefused) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "run.lode").string();
  ASSERT_EQ(ask({"--samples", "5000", "--checkpoint", file, "--quiet"}).exit_code, 0);
  const Outcome more = ask({"--samples", "12288", "--checkpoint", file, "--format", "json"});
  ASSERT_EQ(more.exit_code, 0) << more.err;
  EXPECT_TRUE(contains(more.err, "going on from")) << more.err;
  EXPECT_EQ(more.out, ask({"--samples", "12288", "--format", "json"}).out);
  const Outcome other = ask({"--samples", "12288", "--seed", "2", "--checkpoint", file});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_TRUE(contains(other.err, "run.lode: the checkpoint is of another run, with the seed 1 instead of 2"))
      << other.err;
  std::ofstream(file) << "something else";
  const Outcome foreign = ask({"--checkpoint", file});
  EXPECT_EQ(foreign.exit_code, 2);
  EXPECT_TRUE(contains(foreign.err, "no checkpoint")) << foreign.err;
  EXPECT_EQ(ask({"--checkpoint", (folder.path() / "missing" / "run.lode").string()}).exit_code, 1);
}

TEST(EnsembleCommand, WrongWordsAreRefusedWithAMend) {
  const auto refused = [](const std::vector<std::string>& arguments, const std::string& says) {
    const Outcome outcome = ask(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, says)) << outcome.err;
    EXPECT_TRUE(outcome.out.empty());
  };
  refused({"--samples", "0"}, "--samples needs a number from 1");
  refused({"--samples", "1.5"}, "--samples needs a whole number");
  refused({"--sampling", "halton"}, "monte_carlo, latin_hypercube or sobol");
  refused({"--model", "bracket"}, "propagate, reallocate or simulate");
  refused({"--until", "200%"}, "--until needs a share such as 1%");
  refused({"--correlate", "country"}, "country=RHO");
  refused({"--correlate", "1+=0.5"}, "country=RHO");
  refused({"--correlate", "1+9=0.5"}, "there is no shock 9");
  refused({"--correlate", "1+1=0.5"}, "names shock 1 twice");
  refused({"--end", "2027-01-01"}, "--model simulate only");
  refused({"--indices", "--until", "1%"}, "a study of its own");
  refused({"--by", "country"}, "does not use --by");
  EXPECT_EQ(ask({"--policy", "no-such-policy"}).exit_code, 3);
  const Outcome rank = run({"rank", "--samples", "5"});
  EXPECT_EQ(rank.exit_code, 2);
  EXPECT_TRUE(contains(rank.err, "does not use --samples")) << rank.err;
}

}  // namespace
