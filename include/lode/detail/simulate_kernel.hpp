// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>

#include <lode/config.hpp>

/// The inner loops of a simulation, for one scenario or a pack of eight side by side. Private.
///
/// Number l of item i stands at `array[i * width + l]`; ratios are those of SimulationPlan. All kernels give the same
/// bits: the same operations in the same order, none of them fused, and what a lane does never depends on the others.
namespace lode::inline LODE_ABI::detail {

inline constexpr std::uint32_t pack_width = 8;

/// See SimulationPlan for what the arrays mean.
struct StepSystem {
  std::uint32_t facilities, end_uses, slots, outputs, commodities;
  const std::uint32_t* facility_slots;
  const std::uint32_t* facility_outputs;
  const double* facility_amount;
  const std::uint8_t* facility_runs;
  const std::uint8_t* separates;
  const double* slot_amount;
  const double* slot_reach;
  const double* slot_criticality;
  const double* slot_share;
  const double* slot_usual;
  const double* slot_target;
  const double* slot_later;
  const std::uint32_t* slot_commodity;
  const double* output_amount;
  const double* output_yield;
  const double* output_surplus;
  const double* output_target;
  const double* output_room;
  const std::uint8_t* output_drives;
  const std::uint32_t* output_commodity;
  const std::uint32_t* output_mix;
  const std::uint32_t* mix_slot;
  const double* mix_weight;
  const std::uint32_t* output_routes;
  const double* route_share;
  const std::uint32_t* route_slot;
  const std::uint32_t* slot_routes;
  const std::uint32_t* slot_at_once;
  const std::uint32_t* in_route;
  const std::uint32_t* in_output;
  const std::uint32_t* in_lead;
  const double* in_weight;
  const std::uint8_t* use_waits;
  double zero;           ///< 0
  double refill;         ///< part of a gap that is ordered in one step: 1 - exp(-step / adjustment)
  double learn;          ///< the same of the forecast
  double overtime;       ///< most work above capacity
  double overtime_pace;  ///< the same of the overtime
  bool frozen;           ///< orders are those of the base year
  bool keep_goals;       ///< write `goal` and `spilled`: somebody trades over spare routes
  bool keep_plans;       ///< write `planned`: there are reserves
  bool count_at_once;    ///< `deliver` counts too: nothing moves after it
};

struct StepState {
  double* stock;      ///< by slot
  double* incoming;   ///< by slot: arrived in this step, over routes that take less than a step
  double* on_order;   ///< by slot: in pipelines at the end of a step, and applications for a licence not decided yet
  double* longer;     ///< by slot: steps that licences add to the time from order to arrival
  double* order;      ///< by slot
  double* goal;       ///< by slot: stock and goods on order that the orders of this step are to reach
  double* taken;      ///< by slot of a separator: left the stock in this step
  double* goods;      ///< by output
  double* kept;       ///< by output, frozen orders only: goods of customers who were not served; stay with the seller
  double* run;        ///< by output: u of what makes it
  double* spilled;    ///< by output: surplus of this step that nobody bought
  double* pull;       ///< by output: activity that its orders ask for in the next step; 0 unless it drives
  double* activity;   ///< by facility
  double* capacity;   ///< by facility: of this step
  double* expected;   ///< by facility: average of what was asked for
  double* effort;     ///< by facility: overtime
  double* planned;    ///< by facility: activity that its orders for inputs are for
  double* wanted;     ///< by end use: demand of this step
  double* waiting;    ///< by end use: demand of steps before
  double* delivered;  ///< by end use
  double* shipped;    ///< by route
  double* made;       ///< by commodity, t: in this step
  double* used;       ///< by commodity, t: left stocks to be worked on
  double* given;      ///< by commodity, t: to end uses
  double* lost;       ///< by commodity, t: surplus that nobody buys
  double* held;       ///< by commodity, t: in stocks, pipelines, queues and finished goods
  double* most;       ///< by output: what a route carries at least, if that much is ordered,
  double* spread;     ///< by output: and the part of what is ordered above that
  const std::uint8_t* stored;   ///< by output: `shipped` holds what its routes carry, not the two above
  const std::uint8_t* limited;  ///< by output: a route has a limit of its own; else the next five are not read
  std::uint32_t redirected;     ///< how many slots' orders may go elsewhere
  const std::uint32_t* redirected_slots;
  double* elsewhere;        ///< by redirected slot: the factor on its orders to others
  double* nominal;          ///< by slot: orders before those that go elsewhere
  double* restricted;       ///< by route: 1 where orders can not go elsewhere: a limit or a licence holds it back
  double* limit;            ///< by route: the most that may leave
  double* open;             ///< by route, frozen orders: share of what is offered
  double* applies;          ///< by route, frozen orders: what is applied for over what is needed
  double* arrivals;         ///< by slot: leaves the pipelines as the step begins
  double* const* pipeline;  ///< by lead time: what arrives so many steps from now, by slot
  bool keep_shipped;        ///< else `shipped` is written only where it is `stored`
  bool delays;              ///< `longer` is not all zeros
};

struct StepKernel {
  const char* name;
  std::uint32_t width;
  /// Arrivals, production, use and orders.
  void (*make)(const StepSystem&, const StepState&);
  /// What a ban, an unapproved licence or an outage withholds is ordered from others.
  void (*redirect)(const StepSystem&, const StepState&);
  /// Rationing by outputs [begin, end), and what their orders ask for next.
  void (*ship)(const StepSystem&, const StepState&, std::uint32_t begin, std::uint32_t end);
  /// Into the pipelines, slot by slot.
  void (*deliver)(const StepSystem&, const StepState&);
  /// Sums `held`.
  void (*count)(const StepSystem&, const StepState&);
};

/// For one scenario, and for eight; the latter has width 1 where the compiler has no packs.
[[nodiscard]] const StepKernel& single_step_kernel();
[[nodiscard]] const StepKernel& packed_step_kernel();

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/simulate_kernel.ipp>  // IWYU pragma: export
#endif
