// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include <lode/detail/allocation_program.hpp>
#include <lode/detail/flow_tangent.hpp>
#include <lode/detail/parallel.hpp>
#include <lode/detail/price_ranges.hpp>
#include <lode/detail/start_basis.hpp>
#include <lode/detail/text.hpp>
#include <lode/flow_system.hpp>
#include <lode/optimize/simplex.hpp>
#include <lode/propagate.hpp>
#include <lode/sensitivity.hpp>

namespace lode::inline LODE_ABI {

LODE_INLINE std::string_view to_string(ParameterKind kind) {
  constexpr std::string_view names[] = {"capacity", "openness", "quota", "reserve", "recovery", "demand"};
  return names[static_cast<std::size_t>(kind)];
}

namespace detail {

LODE_INLINE void check(const SensitivityOptions& options) {
  if (options.tie_tolerance >= 0.0 && options.tie_tolerance <= 1e-3) return;
  throw InvalidArgument({{{"SensitivityOptions::tie_tolerance", 0, 0},
                          number_text(options.tie_tolerance) + " is out of range",
                          "choose a number from 0 to 1e-3"}});
}

/// The end uses of a target: t/yr of J per t/yr of shortfall. Throws if there are none.
LODE_INLINE std::vector<double> target_weights(const Network& network, const SensitivityTarget& target,
                                               std::span<const double> weight) {
  std::vector<double> omega(network.end_uses().size(), 0.0);
  bool any = false;
  for (std::size_t e = 0; e < omega.size(); ++e) {
    const EndUse& end_use = network.end_uses()[e];
    if (target.country && *target.country != end_use.country) continue;
    if (target.end_use && target.end_use->index() != e) continue;
    omega[e] = target.material  ? network[end_use.commodity].content(*target.material)
               : target.end_use ? 1.0
                                : weight[e];
    any = any || omega[e] > 0.0;
  }
  if (any || omega.empty()) return omega;
  throw InvalidArgument(
      {{{"SensitivityTarget", 0, 0},
        "no end use matches the target",
        "choose a material that the end uses of the country take, or leave a part of the target out"}});
}

class SensitivityState {
 public:
  SensitivityState(const Network& network, const SensitivityOptions& options)
      : network_(network), options_(options), parameters_(std::make_shared<std::vector<Parameter>>()) {
    if (options.model == StaticModel::reallocate) {
      allocation_ = std::make_unique<Allocation>(network);
    } else {
      flow_ = std::make_unique<Flow>(network);
    }
    list_parameters();
  }

  [[nodiscard]] const Network& network() const { return network_; }

  void run(const Disruption& disruption, std::span<const SensitivityTarget> targets, std::vector<Sensitivity>& out) {
    std::vector<double> weight;
    for (const EndUse& end_use : network_.end_uses()) weight.push_back(end_use.weight);
    for (const EndUseFactor& factor : disruption.weights) weight[factor.end_use.index()] *= factor.factor;
    omegas_.clear();
    for (const SensitivityTarget& target : targets) omegas_.push_back(target_weights(network_, target, weight));
    out.resize(targets.size());
    for (std::size_t t = 0; t < targets.size(); ++t) {
      out[t].status = SolveStatus::not_run;
      out[t].scenario = disruption.scenario;
      out[t].model = options_.model;
      out[t].target = targets[t];
      out[t].parameters = parameters_;
      out[t].notes =
          disruption.notes(options_.model == StaticModel::propagate ? ModelSet::propagate : ModelSet::reallocate);
    }
    limits_of(disruption);
    if (options_.model == StaticModel::propagate) {
      propagate(disruption, out);
    } else {
      for (std::size_t t = 0; t < targets.size(); ++t) reallocate(disruption, omegas_[t], out[t]);
    }
    for (Sensitivity& answer : out) {
      if (answer.status == SolveStatus::solved) continue;
      answer.shortfall = 0.0;
      answer.ups.clear();
      answer.downs.clear();
      answer.notes = {advice(answer.status)};
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
  struct Allocation {
    explicit Allocation(const Network& network) : program(network), start(start_basis(program)) {}
    AllocationProgram program;
    optimize::Basis start;
    optimize::Simplex simplex;
  };
  /// What a parameter changes, by at most one side where it stands at its end.
  struct Room {
    bool down = true, up = true;
    [[nodiscard]] bool at(Side side) const { return side == Side::up ? up : down; }
  };

  void list_parameters() {
    std::vector<Parameter>& list = *parameters_;
    const auto tonnes = [](TonnesPerYear flow) { return flow.in(tonnes_per_year); };
    const bool rerouting = options_.model == StaticModel::reallocate;
    for (std::size_t f = 0; f < network_.facilities().size(); ++f) {
      const Facility& facility = network_.facilities()[f];
      list.push_back({.kind = ParameterKind::capacity,
                      .place = FacilityId{f},
                      .size = tonnes(rerouting ? facility.capacity_or_baseline() : facility.baseline)});
    }
    for (std::size_t r = 0; r < network_.routes().size() && !rerouting; ++r) {
      const Route& route = network_.routes()[r];
      if (!(route.flow > TonnesPerYear{})) continue;
      list.push_back({.kind = ParameterKind::openness,
                      .place = route.from,
                      .commodity = route.commodity,
                      .route = RouteId{r},
                      .size = tonnes(route.flow)});
    }
    for (std::size_t f = 0; f < network_.facilities().size(); ++f) {
      const Facility& facility = network_.facilities()[f];
      for (const Input& input : facility.inputs) {
        list.push_back({.kind = ParameterKind::reserve,
                        .place = FacilityId{f},
                        .commodity = input.commodity,
                        .size = input.amount * tonnes(facility.baseline)});
      }
    }
    for (std::size_t e = 0; e < network_.end_uses().size(); ++e) {
      const EndUse& end_use = network_.end_uses()[e];
      list.push_back({.kind = ParameterKind::reserve,
                      .place = EndUseId{e},
                      .commodity = end_use.commodity,
                      .size = tonnes(end_use.demand)});
    }
    for (std::size_t f = 0; f < network_.facilities().size() && !rerouting; ++f) {
      const Facility& facility = network_.facilities()[f];
      for (std::size_t k = 0; k < facility.recoveries.size(); ++k) {
        const Recovery& recovery = facility.recoveries[k];
        double won = 0.0;
        if (facility.baseline > TonnesPerYear{}) {
          const FlowSystem& system = flow_->system;
          const std::uint32_t line = system.facility_lines[system.facility_line_offsets[f] + k];
          const bool has_feed = system.line_slots[line] != system.line_slots[line + 1];
          const double contained = has_feed ? system.slot_need[system.line_slots[line]] : 0.0;
          won = recovery.recovery * contained / network_[recovery.commodity].content(recovery.material);
        }
        list.push_back(
            {.kind = ParameterKind::recovery, .place = FacilityId{f}, .commodity = recovery.commodity, .size = won});
      }
    }
    for (std::size_t e = 0; e < network_.end_uses().size(); ++e) {
      const EndUse& end_use = network_.end_uses()[e];
      list.push_back({.kind = ParameterKind::demand,
                      .place = EndUseId{e},
                      .commodity = end_use.commodity,
                      .size = tonnes(end_use.demand)});
    }
    first_of_kind_.assign(7, list.size());
    for (std::size_t p = list.size(); p-- > 0;) first_of_kind_[static_cast<std::size_t>(list[p].kind)] = p;
    for (std::uint32_t p = 0; p < list.size(); ++p) {
      if (is_at_end_use(list[p])) at_end_uses_.push_back(p);
    }
  }

  [[nodiscard]] bool is_at_end_use(const Parameter& parameter) const {
    if (parameter.kind == ParameterKind::openness) return network_[parameter.route].to.is_end_use();
    return parameter.place.is_end_use();
  }

  /// The limits of facilities as the scenario has them, not clipped.
  void limits_of(const Disruption& disruption) {
    factor_.assign(network_.facilities().size(), 1.0);
    add_.assign(network_.facilities().size(), 0.0);
    for (const ActivityLimit& limit : disruption.activity) {
      factor_[limit.facility.index()] = limit.factor;
      add_[limit.facility.index()] = limit.add;
    }
  }

  // ---- propagate

  /// Whether anything arrives at an input in the scenario.
  [[nodiscard]] bool coverage_is_positive(std::uint32_t slot, std::span<const double> u) const {
    const FlowSystem& system = flow_->system;
    double sum = flow_->data.release(slot, 0);
    for (std::uint32_t arc = system.slot_arcs[slot]; arc < system.slot_arcs[slot + 1] && !(sum > 0.0); ++arc) {
      sum += system.arc_weight[arc] * flow_->data.open(system.arc_route[arc], 0) * u[system.arc_source[arc]];
    }
    return sum > 0.0;
  }

  [[nodiscard]] Room room_of(const Parameter& parameter, std::span<const double> u) const {
    const double size = parameter.size;
    switch (parameter.kind) {
      case ParameterKind::capacity: {
        const std::size_t f = parameter.place.facility().index();
        const double limit = factor_[f] * size + add_[f];
        return {size > 0.0 && limit > 0.0 && limit <= size, size > 0.0 && limit >= 0.0 && limit < size};
      }
      case ParameterKind::openness: {
        const double open = flow_->data.open(static_cast<std::uint32_t>(parameter.route.index()), 0);
        return {open > 0.0, open < 1.0};
      }
      case ParameterKind::reserve: {
        // Where nothing arrives nothing can be lost.
        if (parameter.place.is_end_use()) return {flow_->arriving[parameter.place.end_use().index()] > 0.0, true};
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
    const FlowSystem& system = flow_->system;
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
        for (std::uint32_t k = flow_->first_arrival[r]; k < flow_->first_arrival[r + 1]; ++k) {
          const Arrival& at = flow_->arrivals[k];
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

  void propagate(const Disruption& disruption, std::vector<Sensitivity>& out) {
    Flow& flow = *flow_;
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
      out[t].ups.assign(parameters_->size(), 0.0);
      out[t].downs.assign(parameters_->size(), 0.0);
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

  void arrive(std::span<const double> u) {
    Flow& flow = *flow_;
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
    const FlowTangent& tangent = flow_->tangent;
    const double* const lambda = flow_->lambda.data();
    constexpr Side both[] = {Side::down, Side::up};
    for (std::size_t p = 0; p < first_of_kind_[static_cast<std::size_t>(ParameterKind::demand)]; ++p) {
      double sum[sides] = {};
      bool bends[sides] = {};
      bool any = false;
      for_each_change(
          (*parameters_)[p], u, [&](std::uint32_t line, std::uint32_t slot, std::uint32_t arc, double amount) {
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
      const Room room = room_of((*parameters_)[p], u);
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
    const Flow& flow = *flow_;
    const std::span<const double> u = flow.propagator.shares();
    const auto add = [&](std::size_t p, std::size_t e, double amount, Room room) {
      if (room.up && flow.tangent.sink_passes(static_cast<std::uint32_t>(e), Side::up)) {
        answer.ups[p] -= omega[e] * amount;
      }
      if (room.down && flow.tangent.sink_passes(static_cast<std::uint32_t>(e), Side::down)) {
        answer.downs[p] += omega[e] * amount;
      }
    };
    const std::vector<Parameter>& list = *parameters_;
    for (const std::uint32_t p : at_end_uses_) {
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
    std::vector<FlowTangent> tangents(threads, flow_->tangent);
    std::vector<std::vector<FlowTangent::Seed>> seeds(threads);
    std::vector<std::vector<double>> changes(threads);
    const double sign = side == Side::up ? 1.0 : -1.0;
    run_tasks(threads, tasks, [&](std::size_t thread, std::size_t task) {
      const std::size_t first = task * lanes;
      const auto count = static_cast<std::uint32_t>(std::min(lanes, list.size() - first));
      seeds[thread].clear();
      for (std::uint32_t lane = 0; lane < count; ++lane) {
        for_each_change((*parameters_)[list[first + lane]], u,
                        [&](std::uint32_t line, std::uint32_t slot, std::uint32_t arc, double amount) {
                          if (arc != FlowSystem::none && !flow_->tangent.arc_passes(arc, side)) return;
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

  // ---- reallocate

  void reallocate(const Disruption& disruption, const std::vector<double>& omega, Sensitivity& answer) {
    AllocationProgram& allocation = allocation_->program;
    optimize::Program& program = allocation.program;
    const FigureColumns& columns = allocation.columns();
    allocation.load(disruption);
    program.gradient.setZero(static_cast<Eigen::Index>(columns.size()));
    double all = 0.0;
    for (std::size_t e = 0; e < columns.end_uses; ++e) {
      program.gradient[static_cast<Eigen::Index>(columns.of(EndUseId{e}))] = omega[e];
      all += omega[e] * allocation.demanded[e];
    }
    if (!(all > 0.0)) all = 1.0;
    program.gradient /= all;
    optimize::Solution best = allocation_->simplex.solve(program, allocation_->start, allocation.baseline);
    if (best.status != optimize::Status::optimal) best = allocation_->simplex.solve(program, {});
    program.gradient *= all;
    if (best.status == optimize::Status::primal_infeasible) answer.status = SolveStatus::infeasible;
    if (best.status != optimize::Status::optimal) {
      if (answer.status != SolveStatus::infeasible) answer.status = SolveStatus::not_converged;
      return;
    }
    answer.shortfall = std::max(0.0, program.gradient.dot(best.x));
    const std::size_t fixed = parameters_->size();
    if (!disruption.quotas.empty()) {
      auto list = std::make_shared<std::vector<Parameter>>(*parameters_);
      for (const Quota& quota : disruption.quotas) {
        list->push_back(
            {.kind = ParameterKind::quota, .commodity = quota.commodity, .shock = quota.shock, .size = quota.limit});
      }
      answer.parameters = std::move(list);
    }
    const std::vector<Parameter>& list = *answer.parameters;
    answer.ups.assign(list.size(), 0.0);
    answer.downs.assign(list.size(), 0.0);
    PriceRanges ranges(allocation, best, allocation_->simplex.basis());
    const auto set = [&](std::size_t p, double up, double down) {
      answer.ups[p] = up;
      answer.downs[p] = down;
    };
    for (std::size_t p = 0; p < list.size(); ++p) {
      const Parameter& parameter = list[p];
      PriceRanges::Direction more;
      switch (parameter.kind) {
        case ParameterKind::capacity: {
          const FacilityId f = parameter.place.facility();
          const double limit = factor_[f.index()] * parameter.size + add_[f.index()];
          const std::size_t column = columns.of(f);
          const double up = limit >= 0.0 ? std::min(0.0, ranges.derivative_of_bound(column, 1.0)) : 0.0;
          const double down = limit > 0.0 ? std::max(0.0, ranges.derivative_of_bound(column, -1.0)) : 0.0;
          set(p, up, down);
          continue;
        }
        case ParameterKind::reserve: {
          if (parameter.place.is_end_use()) {
            more = {{allocation.demand_row(parameter.place.end_use()), -1.0}};
            break;
          }
          const FacilityId f = parameter.place.facility();
          const std::vector<Input>& inputs = network_[f].inputs;
          for (std::size_t k = 0; k < inputs.size(); ++k) {
            if (inputs[k].commodity == parameter.commodity) {
              more = {{allocation.input_row(f, k), -inputs[k].criticality}};
            }
          }
          break;
        }
        case ParameterKind::quota:
          more = {{static_cast<std::size_t>(allocation.quota_row(p - fixed)), -1.0}};
          break;
        default:
          more = {{allocation.demand_row(parameter.place.end_use()), 1.0}};
      }
      const bool helps = parameter.kind != ParameterKind::demand;
      const double up = ranges.derivative(more, 1.0);
      double down = ranges.derivative(more, -1.0);
      if (parameter.size <= 0.0 && parameter.kind == ParameterKind::quota) down = 0.0;
      set(p, helps ? std::min(0.0, up) : std::max(0.0, up), helps ? std::max(0.0, down) : std::min(0.0, down));
    }
    answer.status = SolveStatus::solved;
  }

  Network network_;
  SensitivityOptions options_;
  std::shared_ptr<std::vector<Parameter>> parameters_;
  std::vector<std::size_t> first_of_kind_;
  std::vector<std::uint32_t> at_end_uses_;  ///< parameters that act on an end use directly
  std::unique_ptr<Flow> flow_;
  std::unique_ptr<Allocation> allocation_;
  std::vector<std::vector<double>> omegas_;
  std::vector<double> factor_, add_;
  std::vector<std::uint32_t> pushed_[sides];  ///< parameters that the adjoint does not give
};

/// Parameters by `gain`, largest first; those not above rounding are left out.
template <class Gain>
[[nodiscard]] std::vector<std::size_t> largest(std::size_t parameters, std::size_t most, Gain gain) {
  constexpr double rounding = 1e-12;
  std::vector<std::size_t> order;
  for (std::size_t p = 0; p < parameters; ++p) {
    if (gain(p) > rounding) order.push_back(p);
  }
  // In single precision, so that rounding does not order what is equal.
  const auto rank = [&](std::size_t p) { return static_cast<float>(gain(p)); };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) > rank(b); });
  order.resize(std::min(order.size(), most));
  return order;
}

}  // namespace detail

LODE_INLINE Differentiator::Differentiator(const Network& network, const SensitivityOptions& options) {
  detail::check(options);
  state_ = std::make_unique<detail::SensitivityState>(network, options);
}
LODE_INLINE Differentiator::~Differentiator() = default;
LODE_INLINE Differentiator::Differentiator(Differentiator&&) noexcept = default;
LODE_INLINE Differentiator& Differentiator::operator=(Differentiator&&) noexcept = default;

LODE_INLINE const Network& Differentiator::network() const {
  return state_->network();
}
LODE_INLINE void Differentiator::run(const Disruption& disruption, std::span<const SensitivityTarget> targets,
                                     std::vector<Sensitivity>& out) {
  state_->run(disruption, targets, out);
}
LODE_INLINE Sensitivity Differentiator::run(const Disruption& disruption, const SensitivityTarget& target) {
  std::vector<Sensitivity> out;
  state_->run(disruption, {&target, 1}, out);
  return std::move(out.front());
}
LODE_INLINE Sensitivity Differentiator::run(const Scenario& scenario, const SensitivityTarget& target) {
  return run(resolve(network(), scenario), target);
}

LODE_INLINE Sensitivity sensitivity(const Network& network, const Scenario& scenario, const SensitivityTarget& target,
                                    const SensitivityOptions& options) {
  return Differentiator(network, options).run(scenario, target);
}

LODE_INLINE std::vector<std::size_t> most_helpful(const Sensitivity& sensitivity, std::size_t most) {
  return detail::largest(sensitivity.ups.size(), most, [&](std::size_t p) {
    const bool is_demand = (*sensitivity.parameters)[p].kind == ParameterKind::demand;
    return -(is_demand ? sensitivity.down(p) : sensitivity.up(p)).value_or(0.0);
  });
}
LODE_INLINE std::vector<std::size_t> most_missed(const Sensitivity& sensitivity, std::size_t most) {
  return detail::largest(sensitivity.ups.size(), most, [&](std::size_t p) {
    const bool is_demand = (*sensitivity.parameters)[p].kind == ParameterKind::demand;
    return (is_demand ? sensitivity.up(p) : sensitivity.down(p)).value_or(0.0);
  });
}

}  // namespace lode::inline LODE_ABI
