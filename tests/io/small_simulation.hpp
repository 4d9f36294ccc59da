// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include <lode/dataset.hpp>
#include <lode/io/data_package.hpp>
#include <lode/simulation.hpp>

#include "test_package.hpp"

/// Runs written by hand, for what is done with them afterwards.
namespace lode_test {

inline lode::Dataset small_dataset() {
  const ScratchFolder folder;
  TestPackage().write(folder.path());
  return lode::read_dataset(folder.path().string()).dataset;
}

/// A run of the small data set in which the magnets for cars reach the share `arrives[t]` of their demand, 0.5 t a day,
/// in steps that begin on 2025-01-06. Everything else is the base year. A thousandth counts as short.
inline lode::Simulation cars_run(const std::vector<double>& arrives, int step_days = 7) {
  using lode::tonnes;
  const std::size_t steps = arrives.size();
  lode::Simulation run;
  run.status = lode::SolveStatus::solved;
  run.scenario = "cut";
  run.step_days = step_days;
  const lode::Date start = *lode::parse_date("2025-01-06");
  for (std::size_t t = 0; t < steps; ++t)
    run.dates.push_back(start + static_cast<long>(t) * std::chrono::days{step_days});
  const double asked = 0.5 * step_days;
  lode::ShortSpell spell;
  double deepest = 0.0;
  for (std::size_t t = 0; t < steps; ++t) {
    const double lacks = asked * (1.0 - arrives[t]);
    (lacks > 0.0 ? spell.lost : spell.caught_up) += (lacks > 0.0 ? lacks : -lacks) * tonnes;
    if (lacks < 1e-3 * asked) {
      if (spell.first_short && !spell.recovered) spell.recovered = t;
      continue;
    }
    spell.recovered = std::nullopt;
    if (!spell.first_short) {
      spell.first_short = t;
      spell.survived = static_cast<double>(step_days) * (static_cast<double>(t) + arrives[t]) * lode::days;
    }
    if (lacks > deepest) {
      deepest = lacks;
      spell.deepest = t;
    }
  }
  run.disturbed = spell.first_short;
  const auto fill = [&](auto& row, double content) {
    static_cast<lode::ShortSpell&>(row) = spell;
    row.lost = content * spell.lost;
    row.caught_up = content * spell.caught_up;
    row.demanded = row.met_before = std::vector<double>(steps, content * asked);
    for (std::size_t t = 0; t < steps; ++t) row.delivered.push_back(content * asked * arrives[t]);
  };
  const auto dy_content = 0.04;
  lode::MaterialSeries ndpr, dy;
  ndpr.id = lode::MaterialId{0};
  ndpr.demanded = ndpr.delivered = ndpr.met_before = std::vector<double>(steps, 0.0);
  dy.id = lode::MaterialId{1};
  dy.name = "Dysprosium";
  fill(dy, dy_content);
  run.materials = {ndpr, dy};
  run.countries = {{lode::CountryId{1}, "Germany", {ndpr, dy}}};
  lode::EndUseSeries cars;
  cars.id = lode::EndUseId{0};
  cars.name = "Cars";
  fill(cars, 1.0);
  cars.stock = cars.waiting = std::vector<double>(steps, 0.0);
  run.end_uses = {cars};
  for (std::size_t f = 0; f < 3; ++f) {
    lode::FacilitySeries facility;
    facility.id = lode::FacilityId{f};
    facility.activity = facility.input_stock_days = facility.finished = std::vector<double>(steps, 1.0);
    run.facilities.push_back(facility);
    run.routes.push_back({lode::RouteId{f}, std::vector<double>(steps, 1.0), std::vector<double>(steps, 0.0)});
  }
  run.balances = {{lode::MaterialId{0}, ""}, {lode::MaterialId{1}, "Dysprosium", 8.0, 20.0, 15.5, 2.5, 10.0}};
  run.certificate.mass_balance = 2.5e-16;
  return run;
}

}  // namespace lode_test
