// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/simulation.hpp>

#include <lode/detail/periods.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <map>
#include <numeric>
#include <string>
#include <vector>

namespace {

using std::chrono::days;

lode::Date date(const char* text) {
  return *lode::parse_date(text);
}

/// One row of each kind; step t has the flow 1 + t / 8 and the level 100 + t, so that every step is told apart.
lode::Simulation numbered_run(const char* start, int step_days, std::size_t steps) {
  lode::Simulation run;
  run.status = lode::SolveStatus::solved;
  run.step_days = step_days;
  std::vector<double> flow, level;
  for (std::size_t t = 0; t < steps; ++t) {
    run.dates.push_back(date(start) + static_cast<long>(t) * days{step_days});
    flow.push_back(1.0 + static_cast<double>(t) / 8.0);
    level.push_back(100.0 + static_cast<double>(t));
  }
  lode::MaterialSeries material;
  material.demanded = material.delivered = material.met_before = flow;
  run.materials = {material};
  run.countries = {{lode::CountryId{0}, "Somewhere", {material}}};
  lode::EndUseSeries use;
  use.demanded = use.delivered = use.met_before = flow;
  use.stock = use.waiting = level;
  run.end_uses = {use};
  lode::FacilitySeries facility;
  facility.activity = flow;
  facility.input_stock_days = facility.finished = level;
  run.facilities = {facility};
  run.routes = {{lode::RouteId{0}, flow, level}};
  return run;
}

/// The same, a day at a time.
std::map<std::string, double> by_day(const lode::Simulation& run) {
  std::map<std::string, double> months;
  for (std::size_t t = 0; t < run.dates.size(); ++t) {
    for (int d = 0; d < run.step_days; ++d) {
      months[lode::to_string(run.dates[t] + days{d}).substr(0, 7)] += run.routes[0].shipped[t] / run.step_days;
    }
  }
  return months;
}

TEST(ByMonth, SharesStepsOutByDays) {
  for (int step_days = 1; step_days <= 31; ++step_days) {
    for (const char* start : {"2023-12-31", "2024-01-01", "2024-02-29", "2025-01-06", "2025-01-31"}) {
      const lode::Simulation run = numbered_run(start, step_days, 800 / static_cast<std::size_t>(step_days));
      const lode::Simulation months = by_month(run);
      const std::map<std::string, double> expected = by_day(run);
      ASSERT_EQ(months.dates.size(), expected.size()) << start << ' ' << step_days;
      std::size_t m = 0;
      for (const auto& [month, tonnes] : expected) {
        EXPECT_EQ(lode::to_string(months.dates[m]), month + "-01");
        EXPECT_NEAR(months.routes[0].shipped[m], tonnes, 1e-12 * tonnes) << start << ' ' << step_days << ' ' << month;
        ++m;
      }
      const auto total = [](const std::vector<double>& flow) { return std::accumulate(flow.begin(), flow.end(), 0.0); };
      const double all = total(run.routes[0].shipped);
      for (const std::vector<double>* flow :
           {&months.materials[0].demanded, &months.materials[0].delivered, &months.materials[0].met_before,
            &months.countries[0].materials[0].delivered, &months.end_uses[0].demanded, &months.end_uses[0].delivered,
            &months.end_uses[0].met_before, &months.facilities[0].activity, &months.routes[0].shipped}) {
        ASSERT_EQ(flow->size(), months.dates.size());
        EXPECT_NEAR(total(*flow), all, 1e-12 * all);
      }
    }
  }
}

TEST(ByMonth, LevelsAreThoseOfTheStepInWhichTheMonthEnds) {
  for (int step_days = 1; step_days <= 31; ++step_days) {
    const lode::Simulation run = numbered_run("2023-12-30", step_days, 900 / static_cast<std::size_t>(step_days));
    const lode::Simulation months = by_month(run);
    for (std::size_t m = 0; m < months.dates.size(); ++m) {
      const std::chrono::year_month_day first{months.dates[m]};
      const lode::Date last_day{first.year() / first.month() / std::chrono::last};
      std::size_t step = 0;
      for (std::size_t t = 0; t < run.dates.size(); ++t) step = run.dates[t] <= last_day ? t : step;
      const double level = 100.0 + static_cast<double>(step);
      for (const std::vector<double>* levels :
           {&months.end_uses[0].stock, &months.end_uses[0].waiting, &months.facilities[0].input_stock_days,
            &months.facilities[0].finished, &months.routes[0].held}) {
        ASSERT_EQ(levels->size(), months.dates.size());
        EXPECT_EQ((*levels)[m], level) << step_days << ' ' << lode::to_string(months.dates[m]);
      }
    }
  }
}

TEST(ByMonth, FebruaryOfALeapYearHas29Days) {
  lode::Simulation run = numbered_run("2024-02-01", 1, 29);
  run.routes[0].shipped.assign(29, 1.0);
  EXPECT_EQ(by_month(run).routes[0].shipped, std::vector<double>{29.0});
  run = numbered_run("2023-02-01", 1, 29);
  run.routes[0].shipped.assign(29, 1.0);
  EXPECT_EQ(by_month(run).routes[0].shipped, (std::vector<double>{28.0, 1.0}));
}

TEST(ByMonth, AStepOverAWholeMonthIsInThree) {
  lode::Simulation run = numbered_run("2025-01-30", 31, 1);
  run.routes[0].shipped = {31.0};
  const lode::Simulation months = by_month(run);
  ASSERT_EQ(months.routes[0].shipped.size(), 3U);
  for (const auto& [month, days_in_it] : std::map<std::size_t, double>{{0, 2.0}, {1, 28.0}, {2, 1.0}}) {
    EXPECT_NEAR(months.routes[0].shipped[month], days_in_it, 1e-14 * 31.0);
  }
  EXPECT_EQ(months.routes[0].held, (std::vector<double>{100.0, 100.0, 100.0}));
}

TEST(ByMonth, SpellsNameTheMonthsThatHoldTheirSteps) {
  lode::Simulation run = numbered_run("2025-01-06", 7, 104);
  for (lode::ShortSpell* spell : std::vector<lode::ShortSpell*>{&run.materials[0], &run.countries[0].materials[0],
                                                                &run.end_uses[0], &run.facilities[0]}) {
    spell->first_short = 3;  // 2025-01-27, of which two days are in February
    spell->deepest = 4;      // 2025-02-03
    spell->recovered = 103;  // 2026-12-28
    spell->lost = 5.0 * lode::tonnes;
    spell->survived = 21.5 * lode::days;
  }
  const lode::Simulation months = by_month(run);
  for (const lode::ShortSpell* spell : std::vector<const lode::ShortSpell*>{
           &months.materials[0], &months.countries[0].materials[0], &months.end_uses[0], &months.facilities[0]}) {
    EXPECT_EQ(spell->first_short, 0U);
    EXPECT_EQ(spell->deepest, 1U);
    EXPECT_EQ(spell->recovered, 24U) << "December still has a short step";
    EXPECT_EQ(spell->lost, 5.0 * lode::tonnes);
    EXPECT_EQ(spell->survived, 21.5 * lode::days);
  }
  EXPECT_EQ(months.disturbed, std::nullopt);
  run.disturbed = 12;  // 2025-03-31
  EXPECT_EQ(by_month(run).disturbed, 2U);
  run.end_uses[0].recovered = std::nullopt;
  EXPECT_EQ(by_month(run).end_uses[0].recovered, std::nullopt);
}

TEST(ByMonth, TheRestStaysAndTwiceIsOnce) {
  lode::Simulation run = numbered_run("2025-01-06", 14, 30);
  run.scenario = "cut";
  run.notes = {"a note"};
  run.certificate.mass_balance = 1e-15;
  run.balances = {{lode::MaterialId{0}, "Dy", 1.0, 2.0, 3.0, 4.0, 5.0}};
  const lode::Simulation months = by_month(run);
  EXPECT_TRUE(months.monthly);
  EXPECT_FALSE(run.monthly);
  EXPECT_TRUE(run.covered.empty());
  EXPECT_EQ(months.covered.front(), 26) << "from the 6th of January";
  EXPECT_EQ(std::accumulate(months.covered.begin(), months.covered.end(), 0), 14 * 30);
  const std::vector<lode::Date> edges = lode::detail::step_edges(months);
  EXPECT_EQ(edges.front(), run.dates.front());
  EXPECT_EQ(edges.back(), run.dates.back() + std::chrono::days{14});
  EXPECT_EQ(months.step_days, 14);
  EXPECT_EQ(months.scenario, "cut");
  EXPECT_EQ(months.notes, run.notes);
  EXPECT_EQ(months.certificate.mass_balance, 1e-15);
  EXPECT_EQ(months.balances[0].closing, 5.0);
  const lode::Simulation twice = by_month(months);
  EXPECT_EQ(twice.dates, months.dates);
  EXPECT_EQ(twice.routes[0].shipped, months.routes[0].shipped);
  EXPECT_EQ(twice.routes[0].held, months.routes[0].held);
}

TEST(ByMonth, ARunWithoutNumbersStaysEmpty) {
  lode::Simulation stopped;
  stopped.status = lode::SolveStatus::interrupted;
  EXPECT_TRUE(by_month(stopped).dates.empty());
  EXPECT_EQ(by_month(stopped).status, lode::SolveStatus::interrupted);
  lode::Simulation routeless = numbered_run("2025-01-06", 7, 10);
  routeless.routes.clear();
  EXPECT_TRUE(by_month(routeless).routes.empty());
}

}  // namespace
