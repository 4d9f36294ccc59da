// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <optional>
#include <vector>

#include <lode/config.hpp>
#include <lode/ids.hpp>
#include <lode/network.hpp>
#include <lode/simulate.hpp>
#include <lode/units.hpp>

/// How long the chain holds out without a plant, and how long it takes to be well again.
///
///     for (const lode::PlantSurvival& plant : lode::time_to_survive(network, 30 * lode::days))
///       if (plant.survives) std::cout << network[plant.id].name << ' ' << plant.survives->in(lode::days) << " days\n";
///
/// Time to survive (TTS): the plant stops on the first day for good; the days until the first end use runs short. Time to
/// recover (TTR): it stops for `outage`; the days from its return until every end use is served as before. A plant whose
/// TTS is shorter than the time it takes to repair is where a stock is missing (Simchi-Levi et al. 2014, Harvard Business
/// Review 92, 96-101; 2015, Interfaces 45, 375-390). Stocks, pipelines and spare capacity of everybody else count; who
/// is served in the meantime is as in `simulate`.
namespace lode::inline LODE_ABI {

struct PlantSurvival {
  FacilityId id;
  /// Absent: nobody runs short within the period that was simulated.
  std::optional<Days> survives;
  /// Who runs short first; invalid if nobody does.
  EndUseId first_short;
  /// Absent: somebody is still short at the end of the period. 0: nobody ever was.
  std::optional<Days> recovers;
};

/// Plants that run in the base year, in the network's order. The period is that of the options, or three years.
/// O(plants * steps * (routes + facilities)), in lanes. Throws `InvalidArgument`; `progress` may stop it, then the list
/// is empty.
[[nodiscard]] std::vector<PlantSurvival> time_to_survive(const Network& network, Days outage,
                                                         const SimulateOptions& options = {});

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/time_to_survive.ipp>  // IWYU pragma: export
#endif
