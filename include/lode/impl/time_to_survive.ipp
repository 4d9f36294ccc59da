// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include <lode/detail/text.hpp>
#include <lode/time_to_survive.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

/// What one run without a plant says.
LODE_INLINE void read_stop(const Simulation& run, PlantSurvival& plant) {
  for (const EndUseSeries& use : run.end_uses) {
    if (!use.survived || (plant.survives && *use.survived >= *plant.survives)) continue;
    plant.survives = use.survived;
    plant.first_short = use.id;
  }
}

/// Days from the plant's return, `back` days after the start, until nobody is short any more.
[[nodiscard]] LODE_INLINE std::optional<Days> read_recovery(const Simulation& run, double back) {
  double last = back;
  for (const EndUseSeries& use : run.end_uses) {
    if (!use.first_short) continue;
    if (!use.recovered) return std::nullopt;
    last = std::max(last, static_cast<double>(*use.recovered) * run.step_days);
  }
  return (last - back) * days;
}

}  // namespace detail

LODE_INLINE std::vector<PlantSurvival> time_to_survive(const Network& network, Days outage,
                                                       const SimulateOptions& options) {
  const double length = outage.in(days);
  if (!(length >= 1.0) || length > 36500.0) {
    throw InvalidArgument({{{"time_to_survive", 0, 0},
                            "outage " + detail::number_text(length) + " days is out of range",
                            "give 1 to 36500 days"}});
  }
  SimulateOptions all = options;
  all.record_routes = all.record_facilities = false;
  if (!all.start) all.start = Date{std::chrono::year{all.year} / std::chrono::January / std::chrono::Monday[1]};
  if (!all.end) all.end = *all.start + std::chrono::days{3 * 365};
  const Date back = *all.start + std::chrono::days{static_cast<long>(std::ceil(length))};
  std::vector<PlantSurvival> plants;
  std::vector<Scenario> stops;
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    const Facility& facility = network.facilities()[f];
    if (!(facility.baseline > TonnesPerYear{})) continue;
    plants.push_back({FacilityId{f}, std::nullopt, EndUseId{}, std::nullopt});
    Scenario& for_good = stops.emplace_back(Scenario{facility.id});
    for_good.limit_capacity({.facility = facility.id, .factor = 0.0});
    Scenario& a_while = stops.emplace_back(Scenario{facility.id});
    a_while.limit_capacity({.facility = facility.id, .factor = 0.0}, {std::nullopt, back - std::chrono::days{1}});
  }
  // A pack at a time, so that memory does not grow with the number of plants.
  constexpr std::size_t together = 64;
  std::size_t packs_done = 0;
  if (options.progress) {
    const std::size_t packs = (stops.size() + together - 1) / together;
    all.progress = [&packs_done, packs, &options](std::size_t done, std::size_t of) {
      return options.progress(packs_done * of + done, packs * of);
    };
  }
  Simulator simulator(network, all);
  for (std::size_t first = 0; first < stops.size(); first += together) {
    const std::size_t count = std::min(together, stops.size() - first);
    const std::vector<Simulation> runs = simulator.run(std::span(stops).subspan(first, count));
    ++packs_done;
    for (std::size_t i = 0; i < count; ++i) {
      if (runs[i].status != SolveStatus::solved) return {};
      PlantSurvival& plant = plants[(first + i) / 2];
      if ((first + i) % 2 == 0) {
        detail::read_stop(runs[i], plant);
      } else {
        plant.recovers = detail::read_recovery(runs[i], static_cast<double>((back - *all.start).count()));
      }
    }
  }
  return plants;
}

}  // namespace lode::inline LODE_ABI
