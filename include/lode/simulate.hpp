// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <lode/config.hpp>
#include <lode/date.hpp>
#include <lode/network.hpp>
#include <lode/scenario.hpp>
#include <lode/simulation.hpp>
#include <lode/units.hpp>

/// A scenario day by day: stocks, goods in transit, licence queues, rationing, orders, ramps.
///
///     lode::Simulator simulator{network, {.step_days = 7}};              // set up once
///     const lode::Simulation run = simulator.run(scenario);             // run many
///     for (const auto& use : run.end_uses)
///       if (use.first_short) std::cout << use.name << ' ' << lode::to_string(run.dates[*use.first_short]) << '\n';
///
/// One step of `step_days` days, for every facility, route and end use:
///  1. What is due leaves the pipelines and enters the buyers' input stocks.
///  2. A facility makes x = min(capacity, orders, min over inputs of stock / amount), from what it holds then.
///  3. Inputs leave the stock, products enter the finished goods.
///  4. Buyers order use + (target - stock - on order) * (1 - exp(-step / adjustment)), the target being their cover.
///  5. Sellers share out finished goods by baseline entitlement; what a buyer leaves over serves the open orders of
///  others.
///  6. Shipments enter the pipelines; under a licence they wait in a queue; a ban keeps them with the seller, who stops
///     when the yard is full.
///  7. Reserves are released by rule.
///  8. Capacities ramp and recover.
///
/// Per commodity and material, stocks, pipelines, queues and yards change by what is made less what is used and lost:
/// checked every step, see SimulationCertificate. Without a shock nothing moves. A year has 365 days.
/// Source: the order of steps follows Hallegatte (2014) and Wenz et al. (2014); docs/simulate.md gives the equations.
namespace lode::inline LODE_ABI {

/// What buyers order.
enum class Orders {
  adaptive,  ///< what they use, what refills their stock, and from others what a ban, a licence or an outage withholds
  frozen,    ///< their base year's purchases, whatever happens; a constant shock settles at the answer of `propagate`
};

/// Who is served first where goods are short.
enum class Rationing {
  entitlement,  ///< everybody alike, by the share in the base year; priority shocks lift an end use above the others
  priority,     ///< by weight (end_uses.csv, then priority shocks), higher first; facilities count as weight 1
};

/// What happens to demand that is not met on the day.
enum class Unmet {
  as_data,  ///< as each end use says: EndUse::waits
  lost,
  waits,
};

struct SimulateOptions {
  /// The first day. Absent: the first Monday of the year of the scenario's first date (the Monday before, if that date
  /// is earlier), or of `year` if the scenario has no dates.
  std::optional<Date> start = std::nullopt;
  /// The day after the last. Absent: two years after the start, or one year after the scenario's last date, whichever
  /// is later, and ten years after the start at most. The last step may reach beyond it.
  std::optional<Date> end = std::nullopt;
  int step_days = 7;  ///< 1 .. 31
  int year = 2025;    ///< of a scenario without dates

  Orders orders = Orders::adaptive;
  Rationing rationing = Rationing::entitlement;
  Unmet unmet = Unmet::as_data;
  /// Time in which a gap between a stock and its target shrinks to 1/e. Assumption, as the customary
  /// values of inventory models (2 to 30 days in Hallegatte 2014 and Guan et al. 2020).
  Days adjustment = 28 * days;
  /// Time over which a facility averages the orders it gets before it believes them. Assumption.
  Days forecast = 28 * days;
  /// Room for finished goods that can not be shipped, in days of base-year sales, beside the usual stock. Assumption.
  Days yard = 60 * days;
  /// Work above capacity while orders exceed it, as a share; reached and given up over `overtime_time`. ARIO has 0.25.
  double overtime = 0.0;
  Days overtime_time = 365 * days;
  /// Stock of who has neither a row in the stocks nor a cover: days of base-year use. A step's use is always there.
  Days default_cover = 0 * days;
  /// Multiplies all covers of the data; for sensitivity runs.
  double cover_factor = 1.0;

  bool record_routes = true;      ///< keep what every route ships and holds, step by step
  bool record_facilities = true;  ///< keep activity and stocks of every facility
  /// Called now and then with the steps done and all steps; `false` stops the run, which then has no numbers.
  std::function<bool(std::size_t done, std::size_t all)> progress = {};
};

namespace detail {
class SimulatorState;
}  // namespace detail

/// Set up once, run many. Not for several threads at once; copy it instead.
class Simulator {
 public:
  /// O(routes + facilities). Throws `InvalidArgument` for an option out of range.
  explicit Simulator(const Network& network, const SimulateOptions& options = {});
  ~Simulator();
  Simulator(const Simulator& other);
  Simulator& operator=(const Simulator& other);
  Simulator(Simulator&&) noexcept;
  Simulator& operator=(Simulator&&) noexcept;

  [[nodiscard]] const Network& network() const;
  [[nodiscard]] const SimulateOptions& options() const;

  /// O(steps * (routes + facilities)). Throws `InvalidScenario`.
  [[nodiscard]] Simulation run(const Scenario& scenario);
  /// Several at once, side by side in lanes; each gets the same bits as alone. All run over the days that the first
  /// to the last of them need.
  [[nodiscard]] std::vector<Simulation> run(std::span<const Scenario> scenarios);

 private:
  std::unique_ptr<detail::SimulatorState> state_;
};

/// One run. Throws `InvalidScenario` and `InvalidArgument`.
[[nodiscard]] Simulation simulate(const Network& network, const Scenario& scenario,
                                  const SimulateOptions& options = {});

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/simulate.ipp>  // IWYU pragma: export
#endif
