// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/io/simulation_writer.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <io/json_reader.hpp>
#include <lode/error.hpp>
#include <lode/version.hpp>

#include "small_simulation.hpp"

namespace {

using lode_test::small_dataset;

/// Three steps of which the second is short by half; numbers that are easy to tell apart.
lode::Simulation small_run() {
  lode::Simulation run = lode_test::cars_run({1.0, 0.5, 1.25}, 14);
  run.end_uses[0].stock = {3.0, 0.0, 1.0 / 3.0};
  run.end_uses[0].waiting = {0.0, 3.5, 0.25};
  run.facilities[2].activity = {1.5, 0.75, 1.5};
  run.facilities[2].input_stock_days = {30.0, 16.0, 2.0};
  run.facilities[2].finished = {0.0, 0.1, 0.2};
  run.facilities[2].first_short = run.facilities[2].deepest = 1;
  run.facilities[2].survived = 21.0 * lode::days;
  run.facilities[2].lost = 0.75 * lode::tonnes;
  run.routes[1].held = {0.0, 1e6, 2.5e-8};
  run.notes = {"a \"note\""};
  return run;
}

TEST(SimulationWriter, WritesTheDocumentOfTheFormat) {
  EXPECT_EQ(lode::to_json(small_run(), small_dataset()), std::string("{\n  \"lode\": \"") + lode::version + R"(",
  "model": "simulate",
  "data": "small",
  "scenario": "cut",
  "status": "solved",
  "step_days": 14,
  "dates": ["2025-01-06", "2025-01-20", "2025-02-03"],
  "disturbed": "2025-01-20",
  "materials": [
    {"id": "ndpr", "first_short": null, "recovered": null, "deepest": null, "survived_days": null, "lost": 0, "caught_up": 0, "demanded": [0, 0, 0], "delivered": [0, 0, 0], "met_before": [0, 0, 0]},
    {"id": "dy", "first_short": "2025-01-20", "recovered": "2025-02-03", "deepest": "2025-01-20", "survived_days": 21, "lost": 0.14, "caught_up": 0.07, "demanded": [0.28, 0.28, 0.28], "delivered": [0.28, 0.14, 0.35000000000000003], "met_before": [0.28, 0.28, 0.28]}
  ],
  "end_uses": [
    {"id": "cars", "country": "DEU", "sector": "ev", "commodity": "magnet", "first_short": "2025-01-20", "recovered": "2025-02-03", "deepest": "2025-01-20", "survived_days": 21, "lost": 3.5, "caught_up": 1.75, "demanded": [7, 7, 7], "delivered": [7, 3.5, 8.75], "met_before": [7, 7, 7], "stock": [3, 0, 0.3333333333333333], "waiting": [0, 3.5, 0.25]}
  ],
  "facilities": [
    {"id": "pit", "first_short": null, "recovered": null, "deepest": null, "survived_days": null, "lost": 0, "caught_up": 0, "activity": [1, 1, 1], "input_stock_days": [1, 1, 1], "finished": [1, 1, 1]},
    {"id": "plant", "first_short": null, "recovered": null, "deepest": null, "survived_days": null, "lost": 0, "caught_up": 0, "activity": [1, 1, 1], "input_stock_days": [1, 1, 1], "finished": [1, 1, 1]},
    {"id": "works", "first_short": "2025-01-20", "recovered": null, "deepest": "2025-01-20", "survived_days": 21, "lost": 0.75, "caught_up": 0, "activity": [1.5, 0.75, 1.5], "input_stock_days": [30, 16, 2], "finished": [0, 0.1, 0.2]}
  ],
  "routes": [
    {"from": "pit", "to": "plant", "commodity": "clay", "shipped": [1, 1, 1], "held": [0, 0, 0]},
    {"from": "plant", "to": "works", "commodity": "dy_oxide", "shipped": [1, 1, 1], "held": [0, 1000000, 2.5e-08]},
    {"from": "works", "to": "cars", "commodity": "magnet", "shipped": [1, 1, 1], "held": [0, 0, 0]}
  ],
  "certificate": {"mass_balance": 2.5e-16},
  "countries": [
    {
      "id": "DEU",
      "materials": [
        {"id": "ndpr", "first_short": null, "recovered": null, "deepest": null, "survived_days": null, "lost": 0, "caught_up": 0, "demanded": [0, 0, 0], "delivered": [0, 0, 0], "met_before": [0, 0, 0]},
        {"id": "dy", "first_short": "2025-01-20", "recovered": "2025-02-03", "deepest": "2025-01-20", "survived_days": 21, "lost": 0.14, "caught_up": 0.07, "demanded": [0.28, 0.28, 0.28], "delivered": [0.28, 0.14, 0.35000000000000003], "met_before": [0.28, 0.28, 0.28]}
      ]
    }
  ],
  "balances": [
    {"id": "ndpr", "opening": 0, "made": 0, "used": 0, "lost": 0, "closing": 0},
    {"id": "dy", "opening": 8, "made": 20, "used": 15.5, "lost": 2.5, "closing": 10}
  ],
  "notes": [
    "a \"note\""
  ]
}
)");
}

TEST(SimulationWriter, MonthsKeepTheStepAndSaySo) {
  const std::string json = lode::to_json(by_month(small_run()), small_dataset());
  EXPECT_NE(json.find("  \"step_days\": 14,\n  \"monthly\": true,\n  \"dates\": [\"2025-01-01\", \"2025-02-01\"],\n"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find("  \"days\": [26, 16],\n"), std::string::npos) << json;
  EXPECT_NE(json.find("\"first_short\": \"2025-01-01\", \"recovered\": \"2025-02-01\""), std::string::npos);
  EXPECT_EQ(lode::to_json(small_run(), small_dataset()).find("monthly"), std::string::npos);
}

TEST(SimulationWriter, TheDocumentIsJson) {
  for (const lode::Simulation& run : {small_run(), by_month(small_run())}) {
    std::vector<lode::Issue> issues;
    lode::io_detail::FileProblems problems("result", issues);
    EXPECT_TRUE(lode::io_detail::read_json(lode::to_json(run, small_dataset()), problems));
    EXPECT_TRUE(issues.empty());
  }
}

TEST(SimulationWriter, CsvHasARowForEachNumber) {
  const std::string csv = lode::to_csv(small_run(), small_dataset());
  EXPECT_TRUE(
      csv.starts_with("section,id,to,commodity,country,sector,material,date,quantity,unit,value\n"
                      "run,,,,,,,2025-01-20,disturbed,d,14\n"
                      "material,ndpr,,,,,ndpr,,lost,t,0\n"))
      << csv;
  for (const char* row :
       {"\nmaterial,dy,,,,,dy,2025-01-20,first_short,d,14\n", "\nmaterial,dy,,,,,dy,2025-02-03,recovered,d,28\n",
        "\ncountry,DEU,,,DEU,,dy,2025-01-20,delivered,t,0.14\n", "\nend_use,cars,,magnet,DEU,ev,,,survived,d,21\n",
        "\nend_use,cars,,magnet,DEU,ev,,,caught_up,t,1.75\n",
        "\nend_use,cars,,magnet,DEU,ev,,2025-02-03,stock,t,0.3333333333333333\n",
        "\nfacility,works,,,DEU,,,2025-01-20,deepest,d,14\n",
        "\nfacility,works,,,DEU,,,2025-02-03,input_stock_days,d,2\n",
        "\nroute,plant,works,dy_oxide,,,,2025-02-03,held,t,2.5e-08\n", "\nbalance,dy,,,,,dy,,closing,t,10\n",
        "\ncertificate,,,,,,,,mass_balance,1,2.5e-16\n"}) {
    EXPECT_NE(csv.find(row), std::string::npos) << row;
  }
  EXPECT_EQ(csv.find("works,,,DEU,,,,recovered"), std::string::npos) << "a day that does not come has no row";
}

TEST(SimulationWriter, WhatARunDoesNotRecordIsWrittenWithoutIt) {
  lode::Simulation run = small_run();
  run.routes.clear();
  run.facilities.clear();
  EXPECT_NE(lode::to_json(run, small_dataset()).find("\"facilities\": [],"), std::string::npos);
  EXPECT_NE(lode::to_json(run, small_dataset()).find("\"routes\": [],"), std::string::npos);
  EXPECT_EQ(lode::to_csv(run, small_dataset()).find("\nroute,"), std::string::npos);
}

TEST(SimulationWriter, RefusesWhatIsNotARunOfTheDataSet) {
  const lode::Dataset data = small_dataset();
  const auto refused = [&data](auto spoil) {
    lode::Simulation run = small_run();
    spoil(run);
    EXPECT_THROW((void)lode::to_json(run, data), lode::InvalidArgument);
    EXPECT_THROW((void)lode::to_csv(run, data), lode::InvalidArgument);
  };
  refused([](auto& run) { run = {}; });
  refused([](auto& run) { run.status = lode::SolveStatus::interrupted; });
  refused([](auto& run) { run.end_uses.pop_back(); });
  refused([](auto& run) { run.routes.pop_back(); });
  refused([](auto& run) { run.routes[0].held.pop_back(); });
  refused([](auto& run) { run.facilities[0].activity.push_back(0.0); });
  refused([](auto& run) { run.end_uses[0].waiting.clear(); });
  refused([](auto& run) { run.countries[0].materials[1].met_before.clear(); });
  refused([](auto& run) { run.countries[0].id = lode::CountryId{2}; });
  refused([](auto& run) { run.balances[0].id = {}; });
  refused([](auto& run) { run.end_uses[0].recovered = 3; });
  refused([](auto& run) { run.disturbed = 3; });
  refused([](auto& run) { run.end_uses[0].delivered[1] = std::numeric_limits<double>::quiet_NaN(); });
  refused([](auto& run) { run.certificate.mass_balance = std::numeric_limits<double>::infinity(); });
}

}  // namespace
