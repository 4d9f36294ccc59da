// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>
#include <vector>

#include <lode/config.hpp>
#include <lode/ids.hpp>
#include <lode/network.hpp>
#include <lode/simulate.hpp>

/// The network laid out for the steps of a simulation. Private.
///
/// Everything is a ratio to the base year, so that 1 is what happens without a shock, exactly:
///
///     slot    one commodity that a place takes: an input of a recipe, a feed of a separator, what an end use takes. In
///             units of the base year's inflow of a step. Slots of facilities come first, then one for each end use.
///     output  one commodity that a facility makes, in units of the base year's sales of a step
///     route   in units of its base year's flow of a step; sorted by output
///     u       activity, in units of the base year's
///
/// Shares of the routes of an output, and weights of those into a slot, add up to exactly 1 in the order of the sums.
///
/// What the base year does not use has units of its own: a facility that stood still its capacity (1 t/yr if it has
/// none), its slots what that needs, its outputs what it gives. Routes without flow are `spare`: they carry what buyers
/// lack and sellers have left.
namespace lode::inline LODE_ABI::detail {

struct SimulationPlan {
  static constexpr std::uint32_t none = 0xffffffffU;

  SimulationPlan(const Network& network, const SimulateOptions& options);

  [[nodiscard]] std::uint32_t facilities() const { return static_cast<std::uint32_t>(facility_amount.size()); }
  [[nodiscard]] std::uint32_t end_uses() const { return static_cast<std::uint32_t>(use_inflow.size()); }
  [[nodiscard]] std::uint32_t slots() const { return static_cast<std::uint32_t>(slot_amount.size()); }
  [[nodiscard]] std::uint32_t outputs() const { return static_cast<std::uint32_t>(output_amount.size()); }
  [[nodiscard]] std::uint32_t routes() const { return static_cast<std::uint32_t>(route_id.size()); }
  [[nodiscard]] std::uint32_t use_slot(std::uint32_t end_use) const { return slots() - end_uses() + end_use; }

  std::vector<double> facility_unit;        ///< t/yr of activity at u = 1: the baseline if it runs
  std::vector<double> facility_amount;      ///< the same in t in a step
  std::vector<std::uint8_t> facility_runs;  ///< in the base year
  std::vector<double> facility_capacity;  ///< u at the capacity of the data
  std::vector<std::uint8_t> separates;
  std::vector<std::uint32_t> facility_slots, facility_outputs;  ///< offsets, one more than facilities

  std::vector<double> slot_amount;  ///< t in a step
  std::vector<double> slot_reach;   ///< recipes: activity that one unit allows: inflow / need, at least 1
  std::vector<double> slot_criticality;
  std::vector<double> slot_share;    ///< separators: activity that one unit is
  std::vector<double> slot_usual;    ///< separators: 1 where the base year takes it; others only make up for those
  std::vector<double> slot_start;    ///< in stock before the first arrivals
  std::vector<double> slot_transit;  ///< in pipelines then
  std::vector<double> slot_later;    ///< part of the inflow that comes over routes that take a step or more
  std::vector<double> slot_target;   ///< stock and goods on order after a step's use, per unit of planned use
  std::vector<std::uint32_t> slot_commodity;
  std::vector<std::uint32_t> slot_facility;  ///< `none` for end uses

  std::vector<double> output_amount;                             ///< t in a step; of what is made where nothing is sold
  std::vector<double> output_yield;                              ///< made at u = 1: 1 and the surplus
  std::vector<double> output_surplus;                            ///< made at u = 1 and bought by nobody
  std::vector<double> output_start, output_target, output_room;  ///< finished goods: first, usual, most
  std::vector<std::uint8_t> output_drives;                       ///< its orders decide how much the facility makes
  std::vector<std::uint32_t> output_commodity;
  std::vector<std::uint32_t> output_facility;
  /// Separators: an output is `output_yield` times the sum of weight * what is taken from a slot.
  std::vector<std::uint32_t> output_mix, mix_slot;
  std::vector<double> mix_weight;

  std::vector<std::uint32_t> output_routes;       ///< offsets
  std::vector<double> route_share, route_weight;  ///< of the output's sales, of the slot's inflow
  std::vector<std::uint32_t> route_slot, route_output;
  std::vector<std::uint32_t> route_lead;  ///< whole steps
  std::vector<double> route_limit;        ///< capacity of the route, infinite if it has none
  std::vector<RouteId> route_id;
  std::uint32_t longest_lead = 0;
  // The routes into a slot, longest lead time first; those of less than a step from `slot_at_once` on.
  std::vector<std::uint32_t> slot_routes, slot_at_once;  ///< offsets, the first one more than slots
  std::vector<std::uint32_t> in_route, in_output, in_lead;
  std::vector<double> in_weight;

  std::vector<double> use_inflow;  ///< base year's inflow / demand, at most 1
  std::vector<double> use_demand;  ///< t in a step
  std::vector<std::uint8_t> use_waits;

  struct SpareRoute {
    RouteId id;
    std::uint32_t output = 0, slot = 0, lead = 0;
    double limit = 0.0;      ///< t in a step
  };
  std::vector<SpareRoute> spare_routes;  ///< by slot

  struct Reserve {
    std::uint32_t slot = 0;
    PlaceId holder;
    CommodityId commodity;
    double amount = 0.0;  ///< t
  };
  std::vector<Reserve> reserves;  ///< of places that can draw on them

 private:
  struct Builder;
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/simulation_plan.ipp>  // IWYU pragma: export
#endif
