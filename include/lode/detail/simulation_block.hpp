// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/aligned.hpp>
#include <lode/detail/licence.hpp>
#include <lode/detail/simulate_kernel.hpp>
#include <lode/detail/simulation_plan.hpp>
#include <lode/detail/timeline.hpp>
#include <lode/network.hpp>
#include <lode/simulate.hpp>

/// Scenarios side by side through all steps. Private.
namespace lode::inline LODE_ABI::detail {

/// What happened, as ratios to the base year. While the steps go on, row t of a table holds one number for each item
/// and lane; `by_item` turns the tables so that the steps of one item and lane stand side by side.
struct SimulationRecord {
  std::uint32_t width = 1;
  std::size_t steps = 0;
  void by_item();
  /// Ready for another run, for which it keeps its memory unless that is a lot.
  void clear();
  /// The steps of an item in a lane, after `by_item`; `items` is how many the table holds.
  [[nodiscard]] std::span<const double> column(const std::vector<double>& table, std::size_t items, std::size_t item,
                                               std::uint32_t lane) const {
    return std::span(table).subspan((lane * items + item) * steps, steps);
  }
  std::vector<double> delivered, waiting;  ///< by end use
  std::vector<double> activity;            ///< by facility
  std::vector<double> stock;               ///< by slot (of end uses, if only those are kept), at the end of the step
  std::vector<double> finished;            ///< by output, at the end of the step
  std::vector<double> shipped;             ///< by route
  std::vector<double> spare_shipped;       ///< by spare route, t
  std::vector<std::uint32_t> licensed;     ///< routes of the next table
  std::vector<double> held;                ///< by licensed route, at the end of the step
  std::vector<double> opening, closing;    ///< by commodity and lane, t
  std::vector<double> made, used, given, lost;  ///< by commodity and lane, t in all steps together
  std::vector<double> sourced;                  ///< the part of `made` whose makers need no input
  std::vector<double> residual;                 ///< by lane: SimulationCertificate::mass_balance

 private:
  [[nodiscard]] std::array<std::vector<double>*, 8> tables() {
    return {&delivered, &waiting, &activity, &stock, &finished, &shipped, &spare_shipped, &held};
  }
  std::vector<double> turned;
};

/// What an end use takes if it can, as a ratio to the base year's inflow (`inflow` of its demand), when its demand is
/// `factor` times the base year's. Demand that the base year does not meet stays unmet; less demand takes from that
/// part first.
[[nodiscard]] inline double wanted_of(double inflow, double factor) {
  return inflow > 0.0 ? std::min(factor / inflow, std::max(1.0, factor)) : 0.0;
}

class SimulationBlock {
 public:
  SimulationBlock(const Network& network, const SimulationPlan& plan, const SimulateOptions& options);

  /// A pair of kernels, for one scenario and for several; default: the best that this processor has.
  void use(const StepKernel* kernels) { kernels_ = kernels; }

  /// `timelines`: one, or at most as many as a pack holds. False if `proceed` stopped it.
  bool run(std::span<const std::vector<Snapshot>> timelines, std::size_t steps,
           const std::function<bool(std::size_t)>& proceed, SimulationRecord& record);

 private:
  /// One route that needs a licence in some lane at some time.
  struct Licensed {
    std::vector<RouteLicence> rule;   ///< by lane; active 0: free
    std::vector<LicenceQueue> queue;  ///< by lane
  };
  struct Held {
    AlignedVector stock, incoming, on_order, longer, order, goal, taken, goods, kept, run, spilled, pull, activity,
        capacity, expected, effort, planned, most, spread, wanted, waiting, delivered, calendar, shipped, made, used,
        given, lost, held;
  };

  void start(std::span<const std::vector<Snapshot>> timelines);
  void mark_limited(std::span<const std::vector<Snapshot>> timelines);
  void set_up_licences(std::span<const std::vector<Snapshot>> timelines);
  void apply(const Snapshot& snapshot, std::uint32_t lane);
  void set_neutral(const Snapshot& snapshot, std::uint32_t lane);
  void find_alternatives(std::uint32_t lane);
  void ship_by_class(std::uint32_t output, std::uint32_t step);
  void send_licensed(std::uint32_t output, std::uint32_t step);
  void set_limit(std::uint32_t route, std::uint32_t lane);
  void set_limits_of(std::uint32_t facility, std::uint32_t lane);
  double ration(std::uint32_t output, std::uint32_t lane, double goods);
  void send(std::uint32_t route, std::uint32_t lane, std::uint32_t step, double amount);
  void trade_spare();
  void ask_for_more();
  void release_reserves(std::size_t step);
  void count();
  void count_the_rest();
  void check(SimulationRecord& record);
  void check_pipelines(SimulationRecord& record, std::size_t steps);
  void keep(SimulationRecord& record) const;
  [[nodiscard]] const StepKernel& kernel(bool several) const {
    if (kernels_ != nullptr) return kernels_[several ? 1 : 0];
    return several ? packed_step_kernel() : single_step_kernel();
  }
  [[nodiscard]] StepSystem system_view() const;
  [[nodiscard]] StepState state_view();
  /// The row of the calendar for what arrives as `step` begins.
  [[nodiscard]] double* arrivals(std::size_t step) {
    return held_.calendar.data() + step % (plan_.longest_lead + 1) * plan_.slots() * width_;
  }
  [[nodiscard]] std::size_t at(std::uint32_t item, std::uint32_t lane) const {
    return static_cast<std::size_t>(item) * width_ + lane;
  }
  [[nodiscard]] std::uint32_t delay_in_steps(const RouteLicence& rule) const {
    return static_cast<std::uint32_t>(std::lround(std::min(rule.delay_days / options_.step_days, 1e6)));
  }
  [[nodiscard]] double route_class(std::uint32_t route, std::uint32_t lane) const;

  const Network& network_;
  const SimulationPlan& plan_;
  const SimulateOptions& options_;
  std::vector<double> flow_scale_;  ///< by material, then by commodity without any: t made in a step of the base year
  const StepKernel* kernels_ = nullptr;
  std::uint32_t width_ = 1;
  std::uint32_t lanes_ = 1;
  StepSystem system_{};
  Held held_;
  std::vector<std::uint8_t> limited_, stored_, licensed_route_;
  std::vector<std::uint8_t> by_class_;              ///< by output: some customer has priority in some lane at some time
  std::vector<std::uint32_t> host_outputs_;         ///< those by class, and those with a licensed route
  AlignedVector limit_now_, restricted_, applies_;  ///< by route and lane
  AlignedVector open_;                              ///< by route and lane
  AlignedVector weight_;                            ///< by end use and lane: the class of service
  std::vector<std::uint32_t> redirected_;           ///< slots that some ban, licence or outage reaches
  std::vector<std::uint32_t> redirect_of_;          ///< by slot: position in `redirected_`
  std::vector<std::vector<std::uint32_t>> suppliers_;  ///< by redirected slot: routes
  AlignedVector elsewhere_;                            ///< by redirected slot and lane: factor on orders to others
  AlignedVector nominal_;                              ///< by slot and lane: the order before
  std::vector<std::uint32_t> source_outputs_;          ///< of who needs no input
  std::vector<std::uint32_t> licence_of_;              ///< by route
  std::vector<std::uint32_t> licensed_;                ///< routes
  std::vector<Licensed> licences_;
  AlignedVector reserves_, rates_;        ///< by reserve and lane: t left, t/yr
  AlignedVector before_;                  ///< by commodity and lane: what was held
  std::vector<double*> pipeline_;         ///< by lead time: the row of the calendar
  std::vector<std::uint32_t> places_of_;  ///< by network's route: its place in the plan
  // Routes that the base year did not use, by spare route and lane; asked_spare_ by output and lane, as ratios.
  std::vector<std::uint32_t> spare_of_;  ///< by network's route
  AlignedVector spare_open_, spare_shipped_, asked_spare_, sold_spare_;
  // Of the output that is being shipped, one number per route.
  std::vector<double> possible_, amount_, class_, levels_;
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/simulation_balance.ipp>    // IWYU pragma: export
#include <lode/impl/simulation_block.ipp>      // IWYU pragma: export
#include <lode/impl/simulation_effects.ipp>    // IWYU pragma: export
#include <lode/impl/simulation_rationing.ipp>  // IWYU pragma: export
#include <lode/impl/simulation_record.ipp>     // IWYU pragma: export
#include <lode/impl/simulation_spare.ipp>      // IWYU pragma: export
#include <lode/impl/simulation_start.ipp>      // IWYU pragma: export
#endif
