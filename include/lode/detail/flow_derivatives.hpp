// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include <lode/detail/flow_tangent.hpp>
#include <lode/detail/parallel.hpp>
#include <lode/detail/sensitivity_parameters.hpp>
#include <lode/flow_system.hpp>
#include <lode/propagate.hpp>

/// The derivatives of propagation. Private.
namespace lode::inline LODE_ABI::detail {

/// One transposed sweep gives all of them, but for what the adjoint does not see: kinks, where each direction is pushed
/// through by itself.
class FlowDerivatives {
 public:
  FlowDerivatives(const Network& network, const SensitivityOptions& options)
      : network_(network), options_(options), flow_(network), parameters_(network, options.model, &flow_.system) {}

  [[nodiscard]] const ParameterList& parameters() const { return parameters_; }

  /// Fills the answers, one for each of `omegas`: t/yr of the target by t/yr of shortfall of each end use.
  void run(const Disruption& disruption, std::span<const std::vector<double>> omegas, std::vector<Sensitivity>& out) {
    omegas_.assign(omegas.begin(), omegas.end());
    limits_.load(network_, disruption);
    Flow& flow = flow_;
    flow.propagator.run({&disruption, 1}, flow.outcomes);
    for (Sensitivity& answer : out) answer.status = flow.outcomes.status(0);
    if (flow.outcomes.status(0) != SolveStatus::solved) return;
    flow.data.load({&disruption, 1}, network_, flow.system);
    const std::span<const double> u = flow.propagator.shares();
    arrive(u);
    flow.tangent.linearise(flow.data, u, flow.demanded, flow.arriving, options_.tie_tolerance);
    pushed_[0].clear();
    pushed_[1].clear();
    for (std::size_t t = 0; t < out.size(); ++t) {
      out[t].shortfall = 0.0;
      for (std::size_t e = 0; e < flow.demanded.size(); ++e) {
        out[t].shortfall += omegas_[t][e] * std::max(0.0, flow.demanded[e] - flow.arriving[e]);
      }
      if (!flow.tangent.adjoint(omegas_[t], flow.lambda)) {
        out[t].status = SolveStatus::not_converged;
        continue;
      }
      out[t].ups.assign(parameters_.all->size(), 0.0);
      out[t].downs.assign(parameters_.all->size(), 0.0);
      read_adjoint(u, out[t], t == 0);
      read_end_uses(omegas_[t], out[t]);
    }
    constexpr double absent = std::numeric_limits<double>::quiet_NaN();
    for (const Side side : {Side::down, Side::up}) {
      const std::vector<std::uint32_t>& list = pushed_[static_cast<std::size_t>(side)];
      if (options_.kinks) {
        push(u, side, list, out);
        continue;
      }
      for (Sensitivity& answer : out) {
        for (const std::uint32_t p : list) (side == Side::up ? answer.ups : answer.downs)[p] = absent;
      }
    }
  }

 private:
  /// An arc of a route, and where it arrives.
  struct Arrival {
    std::uint32_t line, slot, arc;
  };
  struct Flow {
    explicit Flow(const Network& network)
        : propagator(network), system(network), data(network, system), tangent(system) {
      first_arrival.assign(network.routes().size() + 1, 0);
      for (const std::uint32_t route : system.arc_route) ++first_arrival[route + 1];
      std::partial_sum(first_arrival.begin(), first_arrival.end(), first_arrival.begin());
      arrivals.resize(system.arcs());
      std::vector<std::uint32_t> fill(first_arrival.begin(), first_arrival.end() - 1);
      for (std::uint32_t line = 0; line < system.lines(); ++line) {
        for (std::uint32_t slot = system.line_slots[line]; slot < system.line_slots[line + 1]; ++slot) {
          for (std::uint32_t arc = system.slot_arcs[slot]; arc < system.slot_arcs[slot + 1]; ++arc) {
            arrivals[fill[system.arc_route[arc]]++] = {line, slot, arc};
          }
        }
      }
    }
    Propagator propagator;
    Outcomes outcomes;
    FlowSystem system;
    LaneData data;
    FlowTangent tangent;
    std::vector<std::uint32_t> first_arrival;  ///< by route
    std::vector<Arrival> arrivals;
    std::vector<double> demanded, arriving;
    std::vector<double> lambda;
  };
  /// What a parameter changes, by at most one side where it stands at its end.
  struct Room {
    bool down = true, up = true;
    [[nodiscard]] bool at(Side side) const { return side == Side::up ? up : down; }
  };

  /// Whether anything arrives at an input in the scenario.
  [[nodiscard]] bool coverage_is_positive(std::uint32_t slot, std::span<const double> u) const {
    const FlowSystem& system = flow_.system;
    double sum = flow_.data.release(slot, 0);
    for (std::uint32_t arc = system.slot_arcs[slot]; arc < system.slot_arcs[slot + 1] && !(sum > 0.0); ++arc) {
      sum += system.arc_weight[arc] * flow_.data.open(system.arc_route[arc], 0) * u[system.arc_source[arc]];
    }
    return sum > 0.0;
  }

  [[nodiscard]] Room room_of(const Parameter& parameter, std::span<const double> u) const {
    const double size = parameter.size;
    switch (parameter.kind) {
      case ParameterKind::capacity: {
        const double limit = limits_.limit(parameter.place.facility(), size);
        return {size > 0.0 && limit > 0.0 && limit <= size, size > 0.0 && limit >= 0.0 && limit < size};
      }
      case ParameterKind::openness: {
        const double open = flow_.data.open(static_cast<std::uint32_t>(parameter.route.index()), 0);
        return {open > 0.0, open < 1.0};
      }
      case ParameterKind::reserve: {
        // Where nothing arrives nothing can be lost.
        if (parameter.place.is_end_use()) return {flow_.arriving[parameter.place.end_use().index()] > 0.0, true};
        bool arrives = false;
        const auto look = [&](std::uint32_t, std::uint32_t slot, std::uint32_t, double) {
          arrives = coverage_is_positive(slot, u);
        };
        if (size > 0.0) for_each_change(parameter, u, look);
        return {arrives, size > 0.0};
      }
      case ParameterKind::recovery: {
        // Nothing rises above its baseline.
        bool has_room = false;
        const auto look = [&](std::uint32_t line, std::uint32_t, std::uint32_t, double) {
          has_room = u[line] < 1.0 - options_.tie_tolerance;
        };
        if (size > 0.0) for_each_change(parameter, u, look);
        return {size > 0.0, has_room};
      }
      default:
        return {size > 0.0, size > 0.0};
    }
  }

  /// Calls visit(line, slot or none, arc or none, change of the limit or the coverage per t/yr more) for what a
  /// parameter changes, end uses apart.
  template <class Visit>
  void for_each_change(const Parameter& parameter, std::span<const double> u, Visit visit) const {
    const FlowSystem& system = flow_.system;
    if (!(parameter.size > 0.0)) return;  // nothing of it is in use
    switch (parameter.kind) {
      case ParameterKind::capacity: {
        const std::size_t f = parameter.place.facility().index();
        for (std::uint32_t k = system.facility_line_offsets[f]; k < system.facility_line_offsets[f + 1]; ++k) {
          visit(system.facility_lines[k], FlowSystem::none, FlowSystem::none, 1.0 / parameter.size);
        }
        return;
      }
      case ParameterKind::openness: {
        const std::size_t r = parameter.route.index();
        for (std::uint32_t k = flow_.first_arrival[r]; k < flow_.first_arrival[r + 1]; ++k) {
          const Arrival& at = flow_.arrivals[k];
          visit(at.line, at.slot, at.arc, system.arc_weight[at.arc] * u[system.arc_source[at.arc]] / parameter.size);
        }
        return;
      }
      case ParameterKind::reserve: {
        if (parameter.place.is_end_use()) return;
        const FacilityId f = parameter.place.facility();
        const std::uint32_t line = system.facility_lines[system.facility_line_offsets[f.index()]];
        const std::vector<Input>& inputs = network_[f].inputs;
        for (std::uint32_t i = 0; i < inputs.size(); ++i) {
          if (inputs[i].commodity != parameter.commodity) continue;
          const std::uint32_t slot = system.line_slots[line] + i;
          visit(line, slot, FlowSystem::none, 1.0 / system.slot_need[slot]);
        }
        return;
      }
      case ParameterKind::recovery: {
        const FacilityId f = parameter.place.facility();
        const std::vector<Recovery>& recoveries = network_[f].recoveries;
        for (std::uint32_t k = 0; k < recoveries.size(); ++k) {
          if (recoveries[k].commodity != parameter.commodity) continue;
          const std::uint32_t line = system.facility_lines[system.facility_line_offsets[f.index()] + k];
          visit(line, system.line_slots[line], FlowSystem::none, u[line] / parameter.size);
        }
        return;
      }
      default:
        return;
    }
  }

  void arrive(std::span<const double> u) {
    Flow& flow = flow_;
    const std::size_t uses = network_.end_uses().size();
    flow.demanded.resize(uses);
    flow.arriving.assign(uses, 0.0);
    for (std::uint32_t e = 0; e < uses; ++e) {
      const double* const factor = flow.data.demand_factor(e);
      const double* const release = flow.data.end_use_release(e);
      const double demand = network_.end_uses()[e].demand.in(tonnes_per_year);
      flow.demanded[e] = factor == nullptr ? demand : demand * *factor;
      for (std::uint32_t k = flow.system.sink_arcs[e]; k < flow.system.sink_arcs[e + 1]; ++k) {
        const double open = flow.data.open(flow.system.sink_route[k], 0);
        flow.arriving[e] += flow.system.sink_flow[k] * open * u[flow.system.sink_source[k]];
      }
      if (release != nullptr) flow.arriving[e] += *release;
    }
  }

  /// Derivatives from lambda; with `list`, notes the parameters that it does not give.
  void read_adjoint(std::span<const double> u, Sensitivity& answer, bool list) {
    const FlowTangent& tangent = flow_.tangent;
    const double* const lambda = flow_.lambda.data();
    constexpr Side both[] = {Side::down, Side::up};
    for (std::size_t p = 0; p < parameters_.first_of_kind[static_cast<std::size_t>(ParameterKind::demand)]; ++p) {
      double sum[sides] = {};
      bool bends[sides] = {};
      bool any = false;
      for_each_change(
          (*parameters_.all)[p], u, [&](std::uint32_t line, std::uint32_t slot, std::uint32_t arc, double amount) {
            for (const Side side : both) {
              if (!tangent.matters(line, side)) continue;
              const auto at = static_cast<std::size_t>(side);
              if (tangent.loops_back(line)) {
                bends[at] = bends[at] || slot == FlowSystem::none || tangent.slot_binds(slot);
                any = any || bends[at];
                continue;
              }
              const double slope = lambda[std::size_t{line} * sides + at];
              const bool bent = tangent.bends(line, side);
              if (slope == 0.0 && !bent) continue;
              if (arc != FlowSystem::none && !tangent.arc_passes(arc, side)) continue;
              const double gain =
                  slot == FlowSystem::none ? tangent.limit_gain(line, side) : tangent.slot_gain(line, slot, side);
              if (gain == 0.0) continue;
              bends[at] = bends[at] || bent;
              sum[at] += slope * gain * amount;
              any = true;
            }
          });
      if (!any) continue;
      const Room room = room_of((*parameters_.all)[p], u);
      if (room.down) answer.downs[p] = -sum[0];
      if (room.up) answer.ups[p] = sum[1];
      for (const Side side : both) {
        const auto at = static_cast<std::size_t>(side);
        if (bends[at] && room.at(side) && list) pushed_[at].push_back(static_cast<std::uint32_t>(p));
      }
    }
  }

  /// What arrives at end uses over routes and from reserves, and what they demand.
  void read_end_uses(std::span<const double> omega, Sensitivity& answer) const {
    const Flow& flow = flow_;
    const std::span<const double> u = flow.propagator.shares();
    const auto add = [&](std::size_t p, std::size_t e, double amount, Room room) {
      if (room.up && flow.tangent.sink_passes(static_cast<std::uint32_t>(e), Side::up)) {
        answer.ups[p] -= omega[e] * amount;
      }
      if (room.down && flow.tangent.sink_passes(static_cast<std::uint32_t>(e), Side::down)) {
        answer.downs[p] += omega[e] * amount;
      }
    };
    const std::vector<Parameter>& list = *parameters_.all;
    for (const std::uint32_t p : parameters_.at_end_uses) {
      const Parameter& parameter = list[p];
      if (parameter.kind == ParameterKind::openness) {
        const std::uint32_t line = flow.system.route_line[parameter.route.index()];
        if (line == FlowSystem::none) continue;
        add(p, network_[parameter.route].to.end_use().index(), u[line], room_of(parameter, u));
      } else if (parameter.kind == ParameterKind::reserve && parameter.place.is_end_use()) {
        add(p, parameter.place.end_use().index(), 1.0, room_of(parameter, u));
      } else if (parameter.kind == ParameterKind::demand) {
        const std::size_t e = parameter.place.end_use().index();
        const bool is_short = flow.tangent.sink_passes(static_cast<std::uint32_t>(e), Side::up);
        const bool at_brink = flow.tangent.sink_passes(static_cast<std::uint32_t>(e), Side::down);
        answer.ups[p] = at_brink ? omega[e] : 0.0;
        answer.downs[p] = is_short ? -omega[e] : 0.0;
      }
    }
  }

  void push(std::span<const double> u, Side side, const std::vector<std::uint32_t>& list,
            std::vector<Sensitivity>& out) const {
    constexpr std::size_t lanes = FlowTangent::most_pushed;
    const std::size_t tasks = (list.size() + lanes - 1) / lanes;
    if (tasks == 0) return;
    const std::size_t threads = thread_count(options_.threads, tasks);
    std::vector<FlowTangent> tangents(threads, flow_.tangent);
    std::vector<std::vector<FlowTangent::Seed>> seeds(threads);
    std::vector<std::vector<double>> changes(threads);
    const double sign = side == Side::up ? 1.0 : -1.0;
    run_tasks(threads, tasks, [&](std::size_t thread, std::size_t task) {
      const std::size_t first = task * lanes;
      const auto count = static_cast<std::uint32_t>(std::min(lanes, list.size() - first));
      seeds[thread].clear();
      for (std::uint32_t lane = 0; lane < count; ++lane) {
        for_each_change((*parameters_.all)[list[first + lane]], u,
                        [&](std::uint32_t line, std::uint32_t slot, std::uint32_t arc, double amount) {
                          if (arc != FlowSystem::none && !flow_.tangent.arc_passes(arc, side)) return;
                          seeds[thread].push_back({lane, line, slot, sign * amount});
                        });
      }
      tangents[thread].push(seeds[thread], count, side, omegas_, changes[thread]);
      for (std::size_t t = 0; t < out.size(); ++t) {
        if (out[t].status != SolveStatus::solved) continue;
        std::vector<double>& values = side == Side::up ? out[t].ups : out[t].downs;
        for (std::uint32_t lane = 0; lane < count; ++lane) {
          values[list[first + lane]] = changes[thread][t * count + lane];
        }
      }
      return true;
    });
  }

  Network network_;
  SensitivityOptions options_;
  Flow flow_;
  ParameterList parameters_;
  ActivityFactors limits_;
  std::vector<std::vector<double>> omegas_;
  std::vector<std::uint32_t> pushed_[sides];  ///< parameters that the adjoint does not give
};

}  // namespace lode::inline LODE_ABI::detail
