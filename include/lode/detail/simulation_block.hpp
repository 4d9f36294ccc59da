// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/licence.hpp>
#include <lode/detail/simulate_kernel.hpp>
#include <lode/detail/simulation_plan.hpp>
#include <lode/detail/timeline.hpp>
#include <lode/network.hpp>
#include <lode/simulate.hpp>

/// Scenarios side by side through all steps. Private.
namespace lode::inline LODE_ABI::detail {

/// What happened, as ratios to the base year: row t of a table holds, for each item, one number per lane.
struct SimulationRecord {
  std::uint32_t width = 1;
  std::vector<double> delivered, wanted, waiting;  ///< by end use
  std::vector<double> activity;                    ///< by facility
  std::vector<double> stock;                       ///< by slot, at the end of the step
  std::vector<double> finished;                    ///< by output, at the end of the step
  std::vector<double> shipped;                     ///< by route
  std::vector<double> spare_shipped;               ///< by spare route, t
  std::vector<std::uint32_t> licensed;             ///< routes of the next table
  std::vector<double> held;                        ///< by licensed route, at the end of the step
  std::vector<double> opening, closing;            ///< by commodity and lane, t
  std::vector<double> made, used, given, lost;     ///< by commodity and lane, t in all steps together
  std::vector<double> residual;                    ///< by lane: SimulationCertificate::mass_balance
};

class SimulationBlock {
 public:
  SimulationBlock(const Network& network, const SimulationPlan& plan, const SimulateOptions& options);

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
    std::vector<double> stock, incoming, due, on_order, longer, order, goal, taken, goods, kept, run, spilled, pull, activity,
        capacity, expected, effort, planned, wanted, waiting, delivered, ring, shipped, made, used, given, lost, held;
  };

  void start(std::span<const std::vector<Snapshot>> timelines);
  void mark_special(std::span<const std::vector<Snapshot>> timelines);
  void set_up_licences(std::span<const std::vector<Snapshot>> timelines);
  void apply(const Snapshot& snapshot, std::uint32_t lane);
  void set_neutral(const Snapshot& snapshot, std::uint32_t lane);
  void find_alternatives(std::uint32_t lane);
  void redirect();
  void ship_special(std::uint32_t output, std::uint32_t step);
  double ration(std::uint32_t output, std::uint32_t lane, double goods);
  void send(std::uint32_t route, std::uint32_t lane, std::uint32_t step, double amount);
  void trade_spare();
  void ask_for_more();
  void move_spare();
  void release_reserves();
  void count();
  void check(SimulationRecord& record);
  void check_pipelines(SimulationRecord& record);
  void keep(SimulationRecord& record) const;
  [[nodiscard]] StepSystem system_view() const;
  [[nodiscard]] StepState state_view();
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
  std::uint32_t width_ = 1;
  std::uint32_t lanes_ = 1;
  Held held_;
  std::vector<std::uint8_t> special_;
  std::vector<std::uint32_t> special_outputs_;
  std::vector<double> limit_, open_;                   ///< by route and lane
  std::vector<double> weight_;                         ///< by end use and lane: the class of service
  std::vector<std::uint32_t> redirected_;              ///< slots that some ban or licence reaches
  std::vector<std::uint32_t> redirect_of_;             ///< by slot: position in `redirected_`
  std::vector<std::vector<std::uint32_t>> suppliers_;  ///< by redirected slot: routes
  std::vector<double> elsewhere_,
      nominal_;  ///< by redirected slot and lane: factor on orders to others; the order before
  std::vector<std::uint32_t> licence_of_;  ///< by route
  std::vector<std::uint32_t> licensed_;    ///< routes
  std::vector<Licensed> licences_;
  std::vector<double> reserves_, rates_;  ///< by reserve and lane: t left, t/yr
  std::vector<double> before_;            ///< by commodity and lane: what was held
  std::vector<std::uint32_t> ring_now_, ring_next_;
  std::vector<std::uint32_t> places_of_;  ///< by network's route: its place in the plan
  // Routes that the base year did not use, by spare route and lane; asked_spare_ by output and lane, as ratios.
  std::vector<std::uint32_t> spare_of_;      ///< by network's route
  std::vector<double> spare_open_, spare_shipped_, spare_ring_, asked_spare_, sold_spare_;
  std::uint32_t spare_quiet_ = 0;            ///< steps since one of them carried something
  // Of the output that is being shipped, one number per route.
  std::vector<double> asked_, possible_, amount_, class_;
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/simulation_block.ipp>  // IWYU pragma: export
#endif
