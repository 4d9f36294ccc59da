// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// Published figures contradict each other. A mine and a refiner report what they did, customs what left the country, an
// importer what arrived; what went from the mine to the refiner nobody reports. reconcile finds the closest base year
// that balances, solves for the gap, and says which figure looks wrong.
//
// Output:
//   chi-square 11.1 on 2 degrees of freedom
//   mine          found 10200  now 10200 +- 300
//   refiner       found  9950  now 10096 +- 219
//   home wants    found    70  now    70 +- 7
//   abroad wants  found   250  now   250 +- 25
//   clay          found     -  now 10096 +- 219
//   oxide home    found    60  now    59 +- 3
//   oxide abroad  found   210  now   145 +- 4  gross error
//   imports       found   142  now   145 +- 4
#include <cstdio>
#include <optional>
#include <string>
#include <variant>

#include <lode/lode.hpp>

using namespace lode::literals;

int main() {
  lode::NetworkBuilder world;
  for (const char* country : {"CHN", "JPN"}) world.add_country(country);
  const auto dy = world.add_material("dy", "Dysprosium");
  world.add_commodity("clay", lode::Stage::mining, {{dy, 0.02}});
  world.add_commodity("oxide", lode::Stage::separation, {{dy, 0.87}});
  world.add_mine("mine", "CHN", {.makes = "clay", .baseline = 10200_t_per_yr, .baseline_sd = 300_t_per_yr});
  world.add_refiner(
      "refiner", "CHN",
      {.feeds = {"clay"}, .recovers = {{"oxide", 0.88}}, .baseline = 9950_t_per_yr, .baseline_sd = 300_t_per_yr});
  world.add_end_use("home", "CHN", {.takes = "oxide", .demand = 70_t_per_yr});
  world.add_end_use("abroad", "JPN", {.takes = "oxide", .demand = 250_t_per_yr});
  world.add_route("mine", "refiner", "clay", std::nullopt);  // not published
  world.add_route("refiner", "home", "oxide", 60_t_per_yr, {.flow_sd = 3_t_per_yr});
  world.add_route("refiner", "abroad", "oxide", 210_t_per_yr,
                  {.flow_sd = 20_t_per_yr});  // a year and a half of exports

  lode::Observations found = world.observe();
  found.totals.push_back(
      {.id = "imports", .over = lode::ImportShock{.country = "JPN"}, .value = 142_t_per_yr, .sd = 6_t_per_yr});
  const lode::Reconciliation balanced = lode::reconcile(found);
  if (balanced.status != lode::SolveStatus::solved) return 1;

  std::printf("chi-square %.1f on %.0f degrees of freedom\n", balanced.chi_square, balanced.degrees_of_freedom);
  const char* names[] = {"mine", "refiner",    "home wants",   "abroad wants",
                         "clay", "oxide home", "oxide abroad", "imports"};
  for (std::size_t i = 0; i < balanced.figures.size(); ++i) {
    const lode::ReconciledFigure& figure = balanced.figures[i];
    const auto number = [](lode::TonnesPerYear rate) { return rate.in(lode::tonnes_per_year); };
    std::printf("%-12s  found %5s  now %5.0f +- %.0f%s\n", names[i],
                figure.found ? std::to_string(static_cast<int>(number(*figure.found))).c_str() : "-",
                number(figure.value), number(*figure.sd), figure.gross_error ? "  gross error" : "");
  }
}
