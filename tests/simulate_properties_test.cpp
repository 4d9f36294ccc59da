// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <lode/propagate.hpp>
#include <lode/simulate.hpp>

#include "support/random_network.hpp"
#include "support/random_scenario.hpp"

/// What must hold for every network and every scenario.
namespace {

using lode::Network;
using lode::Orders;
using lode::Scenario;
using lode::SimulateOptions;
using lode::Simulation;
using lode::Simulator;
using lode::SolveStatus;
using namespace lode_test;
using lode::operator""_days;

constexpr lode::Date first_day = lode::Date{std::chrono::year{2025} / 1 / 6};

World timed_world(std::uint64_t seed) {
  WorldOptions options;
  options.loops = 0.25 * static_cast<double>(seed % 4);
  options.separators = 2 + seed % 3;
  World world = random_world(seed, options);
  if (seed % 2 == 1) add_room(world, seed);
  add_time(world, seed);
  return world;
}

SimulateOptions years(double count, int step_days, Orders orders = Orders::adaptive) {
  SimulateOptions options;
  options.start = first_day;
  options.end = first_day + std::chrono::days{static_cast<int>(365 * count)};
  options.step_days = step_days;
  options.orders = orders;
  return options;
}

template <class Check>
void for_each_seed(std::uint64_t seeds, Check check) {
  for (std::uint64_t seed = 0; seed < seeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    check(seed);
  }
}

/// A random scenario whose shocks hold from the first day to the last, with constant values.
Scenario constant_scenario(const Network& network, std::uint64_t seed) {
  Scenario scenario = random_scenario(network, seed);
  scenario.at = std::nullopt;
  std::erase_if(scenario.shocks, [](const lode::Shock& shock) {
    return std::holds_alternative<lode::ReserveShock>(shock.effect);
  });
  for (lode::Shock& shock : scenario.shocks) {
    shock.period = {};
    std::visit(
        [](auto& effect) {
          const auto last = [](lode::Schedule& schedule) {
            if (schedule.has_steps()) schedule = schedule.steps().back().value;
          };
          if constexpr (requires { last(effect.factor); }) last(effect.factor);
          if constexpr (std::is_same_v<std::decay_t<decltype(effect)>, lode::CapacityShock>) {
            if (effect.factor) last(*effect.factor);
          }
          if constexpr (requires { effect.approved; }) {
            if (effect.approved) last(*effect.approved);
          }
        },
        shock.effect);
  }
  return scenario;
}

TEST(SimulateProperties, WithoutAShockNothingMovesForTenYears) {
  for_each_seed(60, [](std::uint64_t seed) {
    const Network network = build(timed_world(seed));
    const int steps[] = {1, 5, 7, 30};
    const Orders orders = seed % 2 == 0 ? Orders::adaptive : Orders::frozen;
    const Simulation run = lode::simulate(network, Scenario{"none"}, years(10, steps[seed % 4], orders));
    ASSERT_EQ(run.status, SolveStatus::solved);
    for (const auto& use : run.end_uses) {
      EXPECT_EQ(use.delivered, use.met_before) << use.name;
      EXPECT_FALSE(use.first_short);
      EXPECT_EQ(*std::min_element(use.stock.begin(), use.stock.end()),
                *std::max_element(use.stock.begin(), use.stock.end()));
    }
    for (const auto& plant : run.facilities) {
      EXPECT_EQ(*std::min_element(plant.activity.begin(), plant.activity.end()),
                *std::max_element(plant.activity.begin(), plant.activity.end()));
      const double baseline = network[plant.id].baseline.in(lode::tonnes_per_year) / 365.0 * run.step_days;
      EXPECT_NEAR(plant.activity.back(), baseline, 1e-9 * baseline);
      EXPECT_NEAR(plant.input_stock_days.back(), plant.input_stock_days.front(), 1e-9 * (1.0 + plant.input_stock_days.front()));
    }
    EXPECT_LE(run.certificate.mass_balance, 1e-12);
  });
}

TEST(SimulateProperties, NothingIsMadeOrLost) {
  for_each_seed(150, [](std::uint64_t seed) {
    const Network network = build(timed_world(seed));
    SimulateOptions options = years(3, 1 + static_cast<int>(seed % 31), seed % 4 == 3 ? Orders::frozen : Orders::adaptive);
    options.overtime = seed % 5 == 0 ? 0.25 : 0.0;
    options.unmet = seed % 3 == 0 ? lode::Unmet::waits : lode::Unmet::lost;
    options.rationing = seed % 7 == 0 && seed % 4 != 3 ? lode::Rationing::priority : lode::Rationing::entitlement;
    const Scenario scenario = random_scenario(network, seed);
    const bool releases = std::any_of(scenario.shocks.begin(), scenario.shocks.end(), [](const lode::Shock& shock) {
      return std::holds_alternative<lode::ReserveShock>(shock.effect);
    });
    const Simulation run = lode::simulate(network, scenario, options);
    ASSERT_EQ(run.status, SolveStatus::solved);
    EXPECT_LE(run.certificate.mass_balance, 1e-12);
    for (const lode::MaterialBalance& row : run.balances) {
      const double all = row.opening + row.made;
      EXPECT_NEAR(all, row.used + row.lost + row.closing, 1e-11 * all) << row.name;
    }
    for (const auto& use : run.end_uses) {
      for (std::size_t t = 0; t < run.dates.size(); ++t) {
        EXPECT_GE(use.delivered[t], 0.0);
        EXPECT_GE(use.stock[t], 0.0);
        EXPECT_GE(use.waiting[t], 0.0);
        const double before = t == 0 ? 0.0 : use.waiting[t - 1];
        // Only a reserve serves what the base year leaves unmet.
        const double most = (releases ? use.demanded[t] : use.met_before[t]) + before;
        EXPECT_LE(use.delivered[t], most * (1.0 + 1e-12));
      }
    }
    for (const auto& plant : run.facilities) {
      for (const double activity : plant.activity) EXPECT_GE(activity, 0.0);
    }
    // What one end use catches up is no relief for another.
    for (const auto& material : run.materials) {
      double lost = 0.0, caught_up = 0.0;
      for (const auto& use : run.end_uses) {
        const double content = network[network[use.id].commodity].content(material.id);
        lost += content * use.lost.in(lode::tonnes);
        caught_up += content * use.caught_up.in(lode::tonnes);
      }
      EXPECT_NEAR(material.lost.in(lode::tonnes), lost, 1e-12 * (1.0 + lost));
      EXPECT_NEAR(material.caught_up.in(lode::tonnes), caught_up, 1e-12 * (1.0 + caught_up));
    }
    for (const auto& route : run.routes) {
      for (std::size_t t = 0; t < run.dates.size(); ++t) {
        EXPECT_GE(route.shipped[t], 0.0);
        EXPECT_GE(route.held[t], 0.0);
      }
    }
  });
}

/// From above, and to the same answer: whoever still has more lives from a stock that lasts longer than the run.
TEST(SimulateProperties, FrozenOrdersAndAConstantShockSettleAtPropagation) {
  std::size_t settled = 0, all = 0;
  for_each_seed(120, [&](std::uint64_t seed) {
    const Network network = build(timed_world(seed));
    const Scenario scenario = constant_scenario(network, seed);
    const lode::Result expected = lode::propagate(network, scenario);
    ASSERT_EQ(expected.status, SolveStatus::solved);
    SimulateOptions options = years(400, 15, Orders::frozen);
    options.record_routes = false;
    const Simulation run = lode::simulate(network, scenario, options);
    const auto compare = [&](double is, lode::TonnesPerYear should_be, lode::TonnesPerYear usual, const std::string& id) {
      const double step = options.step_days / 365.0;
      const double unit = usual.in(lode::tonnes_per_year) * step;
      const double difference = is - should_be.in(lode::tonnes_per_year) * step;
      EXPECT_GE(difference, -1e-9 * unit) << id;
      EXPECT_LE(difference, 2e-3 * unit) << id;  // 60 days of stock in 9,700 steps of 15 days, some links down the chain
      ++all;
      settled += difference <= 1e-6 * unit ? 1 : 0;
    };
    for (std::size_t e = 0; e < run.end_uses.size(); ++e) {
      const lode::EndUseResult& answer = expected.end_uses[e];
      const double demanded = answer.demanded.in(lode::tonnes_per_year) * options.step_days / 365.0;
      EXPECT_NEAR(run.end_uses[e].demanded.back(), demanded, 1e-12 * demanded);
      compare(run.end_uses[e].delivered.back(), answer.delivered, answer.demanded, end_use_id(e));
    }
    for (std::size_t f = 0; f < run.facilities.size(); ++f) {
      compare(run.facilities[f].activity.back(), expected.facilities[f].activity, network.facilities()[f].baseline,
              facility_id(f));
    }
  });
  EXPECT_GE(static_cast<double>(settled), 0.99 * static_cast<double>(all));
}

void expect_same(const Simulation& a, const Simulation& b) {
  ASSERT_EQ(a.dates, b.dates);
  for (std::size_t e = 0; e < a.end_uses.size(); ++e) {
    EXPECT_EQ(a.end_uses[e].delivered, b.end_uses[e].delivered);
    EXPECT_EQ(a.end_uses[e].stock, b.end_uses[e].stock);
    EXPECT_EQ(a.end_uses[e].waiting, b.end_uses[e].waiting);
  }
  for (std::size_t f = 0; f < a.facilities.size(); ++f) {
    EXPECT_EQ(a.facilities[f].activity, b.facilities[f].activity);
    EXPECT_EQ(a.facilities[f].finished, b.facilities[f].finished);
  }
  for (std::size_t r = 0; r < a.routes.size(); ++r) {
    EXPECT_EQ(a.routes[r].shipped, b.routes[r].shipped);
    EXPECT_EQ(a.routes[r].held, b.routes[r].held);
  }
  EXPECT_EQ(a.certificate.mass_balance, b.certificate.mass_balance);
}

TEST(SimulateProperties, ALaneGetsTheSameBitsAsAlone) {
  for_each_seed(12, [](std::uint64_t seed) {
    const Network network = build(timed_world(seed));
    SimulateOptions options = years(2, 7, seed % 4 == 1 ? Orders::frozen : Orders::adaptive);
    options.overtime = seed % 3 == 0 ? 0.2 : 0.0;
    Simulator simulator(network, options);
    std::vector<Scenario> scenarios;
    for (std::uint64_t i = 0; i < 64; ++i) {
      scenarios.push_back(i % 9 == 0 ? Scenario{"none"} : random_scenario(network, 1000 * seed + i));
    }
    for (const std::size_t lanes : {2, 8, 19, 64}) {
      const std::vector<Simulation> together = simulator.run(std::span(scenarios).first(lanes));
      ASSERT_EQ(together.size(), lanes);
      for (std::size_t i = 0; i < lanes; i += 1 + lanes / 16) {
        SCOPED_TRACE("lane " + std::to_string(i) + " of " + std::to_string(lanes));
        expect_same(simulator.run(scenarios[i]), together[i]);
      }
    }
  });
}

TEST(SimulateProperties, ACopyGoesOnAlone) {
  const Network network = build(timed_world(3));
  Simulator simulator(network, years(1, 7));
  const Scenario scenario = random_scenario(network, 3);
  Simulator copy(simulator);
  const Simulation first = simulator.run(scenario);
  expect_same(first, copy.run(scenario));
  simulator = copy;
  expect_same(first, simulator.run(scenario));
}

/// Frozen orders: what is delivered from the first day to any other is a monotone map of stocks and capacities. Step by
/// step it is not: who makes more today uses up a scarce input sooner.
TEST(SimulateProperties, WithFrozenOrdersMoreStockAndCapacityNeverHurt) {
  for_each_seed(80, [](std::uint64_t seed) {
    World world = timed_world(seed);
    const Network poor = build(world);
    const Scenario scenario = random_scenario(poor, seed);
    for (World::Stock& stock : world.stocks) stock.amount *= 1.5;
    const Network rich = build(world);
    const SimulateOptions options = years(3, 7, Orders::frozen);
    const Simulation before = lode::simulate(poor, scenario, options);
    const Simulation after = lode::simulate(rich, scenario, options);
    Scenario relieved = scenario;
    for (lode::Shock& shock : relieved.shocks) {
      if (auto* capacity = std::get_if<lode::CapacityShock>(&shock.effect)) {
        capacity->add = (capacity->add ? capacity->add->median() : 0.0) + 50.0;
      }
    }
    const Simulation more_capacity = lode::simulate(poor, relieved, options);
    const auto expect_more = [](const Simulation& less, const Simulation& more) {
      for (std::size_t e = 0; e < less.end_uses.size(); ++e) {
        double was = 0.0, is = 0.0;
        for (std::size_t t = 0; t < less.dates.size(); ++t) {
          was += less.end_uses[e].delivered[t];
          is += more.end_uses[e].delivered[t];
          EXPECT_GE(is, was * (1.0 - 1e-9)) << less.end_uses[e].name << " step " << t;
        }
      }
    };
    expect_more(before, after);
    expect_more(before, more_capacity);
  });
}

}  // namespace
