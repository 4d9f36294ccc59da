// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <lode/disruption.hpp>
#include <lode/flow_system.hpp>
#include <lode/sensitivity.hpp>

/// What derivatives are taken by. Private.
namespace lode::inline LODE_ABI::detail {

/// The parameters of a network, in the order of answers.
struct ParameterList {
  /// `flow`: of the network, for propagation.
  ParameterList(const Network& network, StaticModel model, const FlowSystem* flow)
      : all(std::make_shared<std::vector<Parameter>>()) {
    fill(network, model, flow);
  }

  std::shared_ptr<std::vector<Parameter>> all;
  std::vector<std::size_t> first_of_kind;
  std::vector<std::uint32_t> at_end_uses;  ///< parameters that act on an end use directly

 private:
  void fill(const Network& network, StaticModel model, const FlowSystem* flow) {
    std::vector<Parameter>& list = *all;
    const auto tonnes = [](TonnesPerYear rate) { return rate.in(tonnes_per_year); };
    const bool rerouting = model == StaticModel::reallocate;
    for (std::size_t f = 0; f < network.facilities().size(); ++f) {
      const Facility& facility = network.facilities()[f];
      list.push_back({.kind = ParameterKind::capacity,
                      .place = FacilityId{f},
                      .size = tonnes(rerouting ? facility.capacity_or_baseline() : facility.baseline)});
    }
    for (std::size_t r = 0; r < network.routes().size() && !rerouting; ++r) {
      const Route& route = network.routes()[r];
      if (!(route.flow > TonnesPerYear{})) continue;
      list.push_back({.kind = ParameterKind::openness,
                      .place = route.from,
                      .commodity = route.commodity,
                      .route = RouteId{r},
                      .size = tonnes(route.flow)});
    }
    for (std::size_t f = 0; f < network.facilities().size(); ++f) {
      const Facility& facility = network.facilities()[f];
      for (const Input& input : facility.inputs) {
        list.push_back({.kind = ParameterKind::reserve,
                        .place = FacilityId{f},
                        .commodity = input.commodity,
                        .size = input.amount * tonnes(facility.baseline)});
      }
    }
    for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
      const EndUse& end_use = network.end_uses()[e];
      list.push_back({.kind = ParameterKind::reserve,
                      .place = EndUseId{e},
                      .commodity = end_use.commodity,
                      .size = tonnes(end_use.demand)});
    }
    for (std::size_t f = 0; f < network.facilities().size() && !rerouting; ++f) {
      const Facility& facility = network.facilities()[f];
      for (std::size_t k = 0; k < facility.recoveries.size(); ++k) {
        const Recovery& recovery = facility.recoveries[k];
        double won = 0.0;
        if (facility.baseline > TonnesPerYear{}) {
          const FlowSystem& system = *flow;
          const std::uint32_t line = system.facility_lines[system.facility_line_offsets[f] + k];
          const bool has_feed = system.line_slots[line] != system.line_slots[line + 1];
          const double contained = has_feed ? system.slot_need[system.line_slots[line]] : 0.0;
          won = recovery.recovery * contained / network[recovery.commodity].content(recovery.material);
        }
        list.push_back(
            {.kind = ParameterKind::recovery, .place = FacilityId{f}, .commodity = recovery.commodity, .size = won});
      }
    }
    for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
      const EndUse& end_use = network.end_uses()[e];
      list.push_back({.kind = ParameterKind::demand,
                      .place = EndUseId{e},
                      .commodity = end_use.commodity,
                      .size = tonnes(end_use.demand)});
    }
    first_of_kind.assign(7, list.size());
    for (std::size_t p = list.size(); p-- > 0;) first_of_kind[static_cast<std::size_t>(list[p].kind)] = p;
    for (std::uint32_t p = 0; p < list.size(); ++p) {
      if (is_at_end_use(network, list[p])) at_end_uses.push_back(p);
    }
  }

  [[nodiscard]] static bool is_at_end_use(const Network& network, const Parameter& parameter) {
    if (parameter.kind == ParameterKind::openness) return network[parameter.route].to.is_end_use();
    return parameter.place.is_end_use();
  }
};

/// The limits of facilities as a scenario has them, not clipped.
struct ActivityFactors {
  void load(const Network& network, const Disruption& disruption) {
    factor.assign(network.facilities().size(), 1.0);
    add.assign(network.facilities().size(), 0.0);
    for (const ActivityLimit& limit : disruption.activity) {
      factor[limit.facility.index()] = limit.factor;
      add[limit.facility.index()] = limit.add;
    }
  }
  /// t/yr, of a facility whose size is `size`.
  [[nodiscard]] double limit(FacilityId facility, double size) const {
    return factor[facility.index()] * size + add[facility.index()];
  }

  std::vector<double> factor, add;
};

}  // namespace lode::inline LODE_ABI::detail
