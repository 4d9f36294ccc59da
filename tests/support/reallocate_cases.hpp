// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <lode/reallocate.hpp>

#include "random_network.hpp"
#include "random_scenario.hpp"

/// Random networks with a scenario each, of every kind of shock, and what results of reallocation are measured in.
namespace lode_test {

inline constexpr std::uint64_t seeds = 600;

/// From chains to thick loops.
inline WorldOptions options_for(std::uint64_t seed) {
  WorldOptions options;
  options.loops = 0.25 * static_cast<double>(seed % 5);
  options.whole_numbers = seed % 3 == 0;
  options.separators = 2 + seed % 4;
  options.mines = 3 + seed % 3;
  return options;
}

/// Two thirds of the worlds have room to adapt.
inline World world_of(std::uint64_t seed, double unbalance = 0.0) {
  WorldOptions options = options_for(seed);
  options.unbalance = unbalance;
  World world = random_world(seed, options);
  if (seed % 3 != 1) add_room(world, seed);
  return world;
}

struct Case {
  std::uint64_t seed = 0;
  World world = {};
  lode::Network network = {};
  lode::Scenario scenario = {};
};

inline Case case_of(std::uint64_t seed, double unbalance = 0.0) {
  Case out{seed, world_of(seed, unbalance)};
  out.network = build(out.world);
  out.scenario = random_scenario(out.network, seed, Kinds::all);
  return out;
}

template <class Check>
void for_each_case(Check check, std::uint64_t count = seeds, double unbalance = 0.0) {
  for (std::uint64_t seed = 0; seed < count && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    check(case_of(seed, unbalance));
  }
}

inline double flow(const lode::Result& result, std::size_t route) {
  return result.routes[route].flow.in(lode::tonnes_per_year);
}
inline double activity(const lode::Result& result, std::size_t facility) {
  return result.facilities[facility].activity.in(lode::tonnes_per_year);
}
inline double total(const lode::Result& result) {
  return result.total_weighted_shortfall;
}
/// What totals are measured against.
inline double all_demand(const lode::Network& network, const lode::Disruption& shock) {
  double sum = 0.0;
  std::vector<double> each;
  for (const lode::EndUse& use : network.end_uses()) each.push_back(use.weight * use.demand.in(lode::tonnes_per_year));
  for (const lode::EndUseFactor& change : shock.demand) each[change.end_use.index()] *= change.factor;
  for (const lode::EndUseFactor& change : shock.weights) each[change.end_use.index()] *= change.factor;
  for (const double value : each) sum += value;
  return std::max(sum, 1e-9);
}
/// Largest baseline flow of a route's commodity.
inline std::vector<double> flow_scales(const lode::Network& network) {
  std::vector<double> largest(network.commodities().size(), 0.0);
  for (const lode::Route& route : network.routes()) {
    double& most = largest[route.commodity.index()];
    most = std::max(most, route.flow.in(lode::tonnes_per_year));
  }
  std::vector<double> out;
  for (const lode::Route& route : network.routes()) {
    const double most = largest[route.commodity.index()];
    out.push_back(most > 0.0 ? most : 1.0);
  }
  return out;
}
inline bool asks_for_offtake(const lode::Scenario& scenario) {
  return std::any_of(scenario.shocks.begin(), scenario.shocks.end(),
                     [](const lode::Shock& shock) { return std::holds_alternative<lode::OfftakeShock>(shock.effect); });
}
inline lode::Scenario without_offtakes(lode::Scenario scenario) {
  std::erase_if(scenario.shocks,
                [](const lode::Shock& shock) { return std::holds_alternative<lode::OfftakeShock>(shock.effect); });
  return scenario;
}

}  // namespace lode_test
