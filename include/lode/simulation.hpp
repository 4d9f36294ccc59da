// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <lode/config.hpp>
#include <lode/date.hpp>
#include <lode/ids.hpp>
#include <lode/status.hpp>
#include <lode/units.hpp>

/// What `simulate` answers: one number per step, in tonnes during the step. Materials are in tonnes of the element,
/// everything else in tonnes of the commodity.
///
///     const lode::Simulation run = lode::simulate(network, scenario);
///     for (const lode::EndUseSeries& use : run.end_uses)
///       std::cout << use.name << " short of " << use.lost.in(lode::tonnes) << " t\n";
namespace lode::inline LODE_ABI {

/// "Short" means: at least a thousandth less than what the base year's supply would have met. Demand that the base year
/// itself leaves unmet does not count.
struct ShortSpell {
  std::optional<std::size_t> first_short;  ///< the first step that is short
  std::optional<std::size_t> recovered;    ///< the first step after which, itself included, none is short
  std::optional<std::size_t> deepest;      ///< the step that lacks most
  /// Time to survive: from the first day of the run to the hour at which the goods run out, if they are used at the
  /// usual pace until then, and what still arrives in the step after arrives at that pace before, too.
  std::optional<Days> survived;
  Tonnes lost;       ///< sum of what was missing, however little
  Tonnes caught_up;  ///< sum of what came above the demand of a step
};

/// Deliveries of one end use. `met_before` is the part of the demand that the base year meets.
struct EndUseSeries : ShortSpell {
  EndUseId id;
  std::string name;
  std::vector<double> demanded, delivered, met_before;
  std::vector<double> stock;    ///< t at the end of the step
  std::vector<double> waiting;  ///< t of demand that waits at the end of the step; zeros where unmet demand is lost
};

/// Deliveries in tonnes of one element, over all end uses or those of a country.
struct MaterialSeries : ShortSpell {
  MaterialId id;
  std::string name;
  std::vector<double> demanded, delivered, met_before;
};

struct CountrySeries {
  CountryId id;
  std::string name;
  std::vector<MaterialSeries> materials;
};

/// Activity of one facility; short where it is below the base year's.
struct FacilitySeries : ShortSpell {
  FacilityId id;
  std::vector<double> activity;
  std::vector<double> input_stock_days;  ///< base-year use of the scarcest input that its stock covers at the end of
                                         ///< the step; 0 without inputs
  std::vector<double> finished;          ///< t of all goods that wait to be sold at the end of the step
};

struct RouteSeries {
  RouteId id;
  std::vector<double> shipped;  ///< left the seller's country or yard during the step
  std::vector<double> held;     ///< waits for a licence at the end of the step
};

/// Where a material came from and went over the whole run, t of the element: opening + made = used + lost + closing.
struct MaterialBalance {
  MaterialId id;
  std::string name;
  double opening = 0.0;  ///< in stocks, pipelines, queues, yards and reserves at the start
  double made = 0.0;     ///< by those who need no input: mines and collectors of scrap
  double used = 0.0;     ///< delivered to end uses
  double lost = 0.0;     ///< in processing, and surplus of the base year that nobody buys
  double closing = 0.0;
};

struct SimulationCertificate {
  /// Worst over steps and materials (and commodities without any) of |change of all that is held - made + used + lost|,
  /// relative to what the base year makes in a step, or to a thousandth of what is held if that is more. Target 1e-12.
  double mass_balance = 0.0;
};

struct Simulation {
  SolveStatus status = SolveStatus::not_run;
  std::string scenario;
  int step_days = 0;
  bool monthly = false;     ///< of `by_month`: one number a month, although the run took steps of `step_days`
  std::vector<Date> dates;  ///< first day of each step
  std::vector<int> covered;  ///< by month, if `monthly`: days of it that the run covers; empty otherwise
  std::optional<std::size_t> disturbed;  ///< the first step in which a shock acts
  std::vector<MaterialSeries> materials;
  std::vector<CountrySeries> countries;  ///< those with demand, in the network's order
  std::vector<EndUseSeries> end_uses;
  std::vector<FacilitySeries> facilities;  ///< empty unless SimulateOptions::record_facilities
  std::vector<RouteSeries> routes;  ///< empty unless SimulateOptions::record_routes
  std::vector<MaterialBalance> balances;
  SimulationCertificate certificate;
  std::vector<std::string> notes;
};

/// The same run by calendar months: a step is split by days. What flows is summed; what is held is that of the step in
/// which the month ends. `dates` are the first days of the months, also where the run starts or ends within one: `covered`
/// tells. `first_short` and `disturbed` are the months that hold them, `deepest` the month that lacks most, `recovered`
/// the first month from which on no step is short. Sums over a year are those of the steps. O(size of the run).
[[nodiscard]] Simulation by_month(const Simulation& run);

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/simulation.ipp>  // IWYU pragma: export
#endif
