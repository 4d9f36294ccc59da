// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <lode/date.hpp>
#include <lode/network.hpp>
#include <lode/report/table.hpp>
#include <lode/simulation.hpp>

/// The parts of the table of a simulation. Private. `run` is what was simulated, `months` the same by month.
namespace lode::inline LODE_ABI::detail {

/// Where a series lacks most, as a share of what the base year's supply would have met.
struct WorstMonth {
  std::size_t month = 0;
  double share = 0.0;  ///< 0 if it never lacks anything
};
[[nodiscard]] WorstMonth worst_month(const std::vector<double>& met_before, const std::vector<double>& delivered);

/// "2025-04-07", or "2025-04" where the run is by month.
[[nodiscard]] std::string date_text(const Simulation& run, std::size_t step);
/// "2025-04".
[[nodiscard]] std::string month_text(Date month);
/// When what was short was so no longer; "not yet" if it still is at the end of the run.
[[nodiscard]] std::string back_text(const Simulation& run, const std::optional<std::size_t>& recovered);

/// Full recovery takes long, since stocks are refilled little by little; this much of it comes sooner.
inline constexpr double nearly = 0.95;
/// The first step from which on a series stays above the share `nearly` of what it was before.
struct NearlyBack {
  bool fell = false;                ///< it was below at some time
  std::optional<std::size_t> step;  ///< absent if it never fell, or still is below when the run ends
};
/// Not after `recovered`: a month in which the last of a lack ends may be below as a whole.
[[nodiscard]] NearlyBack nearly_back(const std::vector<double>& before, const std::vector<double>& series,
                                     const std::optional<std::size_t>& recovered);

[[nodiscard]] double sum(const std::vector<double>& values);

/// A chart for each material that is short: deliveries as a share of demand over the run.
[[nodiscard]] std::string charts_section(const Simulation& run, const Simulation& months, const Network& network,
                                         Glyphs glyphs);
/// Who uses what: when each country and end use is short, by how much, and when it is over. `waits`: with what is
/// caught up.
[[nodiscard]] std::string countries_section(const Simulation& run, const Simulation& months, const Network& network,
                                            bool waits);
[[nodiscard]] std::string end_uses_section(const Simulation& run, const Simulation& months, const Network& network,
                                           bool waits);
/// How far the stocks of end uses fall.
[[nodiscard]] std::string stocks_section(const Simulation& run, const Network& network);
/// How long plants last, and how long they stay below their base year.
[[nodiscard]] std::string plants_section(const Simulation& run, const Network& network);
/// What waits for licences.
[[nodiscard]] std::string queues_section(const Simulation& run, const Network& network);
/// Where each material came from and went.
[[nodiscard]] std::string balances_section(const Simulation& run, const Network& network);

}  // namespace lode::inline LODE_ABI::detail
