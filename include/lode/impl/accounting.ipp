// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>

#include <lode/detail/accounting.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE std::vector<double> baseline_shortfalls(const Network& network) {
  std::vector<double> arriving(network.end_uses().size(), 0.0);
  for (const Route& route : network.routes()) {
    if (route.to.is_end_use()) arriving[route.to.end_use().index()] += route.flow.in(tonnes_per_year);
  }
  std::vector<double> shortfalls;
  shortfalls.reserve(arriving.size());
  for (std::size_t e = 0; e < arriving.size(); ++e) {
    shortfalls.push_back(std::max(0.0, network.end_uses()[e].demand.in(tonnes_per_year) - arriving[e]));
  }
  return shortfalls;
}

/// min(1, gamma) of a facility; 1 where it makes nothing anyway.
[[nodiscard]] LODE_INLINE double facility_limit(const FlowSystem& system, const LaneData& data, std::size_t facility) {
  const std::uint32_t first = system.facility_line_offsets[facility];
  return first == system.facility_line_offsets[facility + 1] ? 1.0 : data.limit(system.facility_lines[first], 0);
}

/// What arrives over a route: a separator takes at most its limit's share of the baseline flow.
[[nodiscard]] LODE_INLINE double route_flow(const Network& network, const FlowSystem& system, const LaneData& data,
                                            std::span<const double> u, std::uint32_t route) {
  const Route& r = network.routes()[route];
  const std::uint32_t line = system.route_line[route];
  if (line == FlowSystem::none) return 0.0;
  double share = data.open(route, 0) * u[line];
  if (r.to.is_facility()) {
    const std::size_t to = r.to.facility().index();
    if (network.facilities()[to].is_separator()) share = std::min(share, facility_limit(system, data, to));
  }
  return r.flow.in(tonnes_per_year) * share;
}

/// What keeps a recipe at its share: the capacity if it is as low as any input, else the first input that is.
LODE_INLINE void find_limit(const Network& network, const FlowSystem& system, const LaneData& data,
                            std::span<const double> u, std::uint32_t line, FacilityResult& out) {
  constexpr double tie = 1e-12;  // bounds that differ by rounding alone are equal
  double lowest = data.limit(line, 0);
  out.limited_by = Limit::capacity;
  const Facility& facility = network[out.id];
  for (std::uint32_t slot = system.line_slots[line]; slot < system.line_slots[line + 1]; ++slot) {
    double coverage = data.release(slot, 0);
    for (std::uint32_t arc = system.slot_arcs[slot]; arc < system.slot_arcs[slot + 1]; ++arc) {
      coverage += system.arc_weight[arc] * data.open(system.arc_route[arc], 0) * u[system.arc_source[arc]];
    }
    const double bound = bound_of(system.slot_criticality[slot], coverage);
    if (bound >= lowest * (1.0 - tie)) continue;
    lowest = bound;
    out.limited_by = Limit::input;
    out.limiting_input = facility.inputs[system.slot_input[slot]].commodity;
  }
}

LODE_INLINE void account_facilities(const Network& network, const FlowSystem& system, const LaneData& data,
                                    std::span<const double> u, Result& result) {
  constexpr double full = 1.0 - 1e-9;
  constexpr double rounding = 1e-13;
  const std::span<const Facility> facilities = network.facilities();
  // A separator's activity is the feed it takes; routes were filled before.
  std::vector<double> feed(facilities.size(), 0.0);
  std::vector<double> feed_before(facilities.size(), 0.0);
  for (const RouteResult& route : result.routes) {
    const PlaceId to = network[route.id].to;
    if (!to.is_facility()) continue;
    feed[to.facility().index()] += route.flow.in(tonnes_per_year);
    feed_before[to.facility().index()] += network[route.id].flow.in(tonnes_per_year);
  }
  result.facilities.resize(facilities.size());
  for (std::uint32_t f = 0; f < facilities.size(); ++f) {
    FacilityResult& out = result.facilities[f];
    out = FacilityResult{};
    out.id = FacilityId{f};
    const double baseline = facilities[f].baseline.in(tonnes_per_year);
    if (baseline <= 0.0) {
      out.limited_by = Limit::capacity;
      continue;
    }
    if (facilities[f].is_separator()) {
      out.activity = feed[f] * tonnes_per_year;
      out.utilisation = feed[f] / baseline;
      if (std::abs(feed_before[f] - baseline) <= rounding * baseline) {
        // The baseline is the sum of the feeds but for rounding: all of them together are exactly 1.
        out.utilisation = feed[f] / feed_before[f];
        out.activity = out.utilisation * facilities[f].baseline;
      }
      if (out.utilisation < full) {
        // Against what the limit lets through of the feeds: the baseline may differ from their sum by its tolerance.
        const bool at_limit = feed[f] >= facility_limit(system, data, f) * full * feed_before[f];
        out.limited_by = at_limit ? Limit::capacity : Limit::feed;
      }
      continue;
    }
    const std::uint32_t line = system.facility_lines[system.facility_line_offsets[f]];
    out.utilisation = u[line];
    out.activity = u[line] * facilities[f].baseline;
    if (out.utilisation < full) find_limit(network, system, data, u, line, out);
  }
}

LODE_INLINE void account_demand(const Network& network, const EndUseLanes& lanes,
                                std::span<const double> baseline_shortfall, Result& result) {
  const std::span<const EndUse> end_uses = network.end_uses();
  result.end_uses.resize(end_uses.size());
  result.total_weighted_shortfall = 0.0;
  for (std::size_t e = 0; e < end_uses.size(); ++e) {
    EndUseResult& out = result.end_uses[e];
    out.id = EndUseId{e};
    out.name = end_uses[e].name;
    out.demanded = lanes.demanded[e] * tonnes_per_year;
    out.delivered = lanes.delivered[e] * tonnes_per_year;
    const double shortfall = std::max(0.0, lanes.demanded[e] - lanes.delivered[e]);
    out.shortfall = shortfall * tonnes_per_year;
    out.baseline_shortfall = baseline_shortfall[e] * tonnes_per_year;
    out.weight = lanes.weight[e];
    result.total_weighted_shortfall += out.weight * shortfall;
  }
  const auto fill = [&network](std::vector<MaterialResult>& list) {
    list.resize(network.materials().size());
    for (std::size_t m = 0; m < list.size(); ++m) {
      list[m] = MaterialResult{MaterialId{m}, network.materials()[m].name, {}, {}, {}, {}};
    }
  };
  const auto add = [](MaterialResult& sum, double content, const EndUseResult& part) {
    sum.demanded += content * part.demanded;
    sum.delivered += content * part.delivered;
    sum.shortfall += content * part.shortfall;
    sum.baseline_shortfall += content * part.baseline_shortfall;
  };
  fill(result.materials);
  std::vector<std::size_t> entry_of(network.countries().size(), network.countries().size());
  std::vector<bool> demands(network.countries().size(), false);
  for (const EndUse& end_use : end_uses) demands[end_use.country.index()] = true;
  result.countries.clear();
  for (std::size_t c = 0; c < demands.size(); ++c) {
    if (!demands[c]) continue;
    entry_of[c] = result.countries.size();
    result.countries.push_back({CountryId{c}, network.countries()[c].name, {}});
    fill(result.countries.back().materials);
  }
  for (const EndUseResult& part : result.end_uses) {
    const EndUse& end_use = network[part.id];
    CountryResult& country = result.countries[entry_of[end_use.country.index()]];
    for (const Content& content : network[end_use.commodity].composition) {
      add(result.materials[content.material.index()], content.content, part);
      add(country.materials[content.material.index()], content.content, part);
    }
  }
}

LODE_INLINE void account(const Network& network, const FlowSystem& system, const LaneData& data,
                         std::span<const double> u, const EndUseLanes& end_uses,
                         std::span<const double> baseline_shortfall, Result& result) {
  result.routes.resize(network.routes().size());
  for (std::uint32_t r = 0; r < result.routes.size(); ++r) {
    result.routes[r] = {RouteId{r}, route_flow(network, system, data, u, r) * tonnes_per_year};
  }
  account_facilities(network, system, data, u, result);
  account_demand(network, end_uses, baseline_shortfall, result);
}

/// Sums of a result's or the base year's flows by facility and by position in its inputs, outputs, feeds or recoveries.
struct PlantFlows {
  PlantFlows(const Network& network, const Result* result) {
    const std::span<const Facility> facilities = network.facilities();
    in.resize(facilities.size());
    out.resize(facilities.size());
    arriving.assign(network.end_uses().size(), 0.0);
    for (std::size_t f = 0; f < facilities.size(); ++f) {
      in[f].assign(facilities[f].is_separator() ? facilities[f].feeds.size() : facilities[f].inputs.size(), 0.0);
      out[f].assign(facilities[f].is_separator() ? facilities[f].recoveries.size() : facilities[f].outputs.size(), 0.0);
    }
    const auto add = [](std::vector<double>& sums, const auto& list, CommodityId commodity, double flow) {
      for (std::size_t k = 0; k < list.size(); ++k) {
        if (list[k].commodity == commodity) sums[k] += flow;
      }
    };
    for (std::size_t r = 0; r < network.routes().size(); ++r) {
      const Route& route = network.routes()[r];
      const double flow = (result != nullptr ? result->routes[r].flow : route.flow).in(tonnes_per_year);
      const std::size_t from = route.from.facility().index();
      const Facility& seller = facilities[from];
      if (seller.is_separator()) {
        add(out[from], seller.recoveries, route.commodity, flow);
      } else {
        add(out[from], seller.outputs, route.commodity, flow);
      }
      if (route.to.is_end_use()) {
        arriving[route.to.end_use().index()] += flow;
        continue;
      }
      const std::size_t to = route.to.facility().index();
      if (facilities[to].is_separator()) {
        add(in[to], facilities[to].feeds, route.commodity, flow);
      } else {
        add(in[to], facilities[to].inputs, route.commodity, flow);
      }
    }
  }
  std::vector<std::vector<double>> in, out;
  std::vector<double> arriving;
};

/// t/yr of a recovered commodity that a separator wins from the given feeds.
[[nodiscard]] LODE_INLINE double won(const Network& network, const Facility& separator, const Recovery& recovery,
                                     const std::vector<double>& feeds) {
  double contained = 0.0;
  for (std::size_t i = 0; i < separator.feeds.size(); ++i) {
    contained += feeds[i] * network[separator.feeds[i].commodity].content(recovery.material);
  }
  return recovery.recovery * contained / network[recovery.commodity].content(recovery.material);
}

LODE_INLINE double mass_balance(const Network& network, const LaneData& data, const Result& result) {
  const PlantFlows base(network, nullptr);
  const PlantFlows now(network, &result);
  double worst = 0.0;
  const auto violation = [&worst](double excess, double scale) {
    if (excess > 0.0 && scale > 0.0) worst = std::max(worst, excess / scale);
  };
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    const Facility& facility = network.facilities()[f];
    const double baseline = facility.baseline.in(tonnes_per_year);
    const double activity = result.facilities[f].activity.in(tonnes_per_year);
    if (baseline <= 0.0) continue;
    if (facility.is_separator()) {
      double feed = 0.0;
      for (const double flow : now.in[f]) feed += flow;
      violation(std::abs(feed - activity), baseline);
      for (std::size_t k = 0; k < facility.recoveries.size(); ++k) {
        const double made_before = won(network, facility, facility.recoveries[k], base.in[f]);
        const double tolerated = std::max(0.0, base.out[f][k] - made_before);
        const double made = won(network, facility, facility.recoveries[k], now.in[f]);
        violation(now.out[f][k] - made - tolerated, std::max(made_before, base.out[f][k]));
      }
      continue;
    }
    for (std::size_t k = 0; k < facility.outputs.size(); ++k) {
      const double made_before = facility.outputs[k].amount * baseline;
      const double tolerated = std::max(0.0, base.out[f][k] - made_before);
      violation(now.out[f][k] - facility.outputs[k].amount * activity - tolerated, made_before);
    }
    for (std::size_t k = 0; k < facility.inputs.size(); ++k) {
      const Input& input = facility.inputs[k];
      if (input.criticality <= 0.0) continue;
      const double need = input.amount * baseline;
      const double arrived = now.in[f][k] + data.released(FacilityId{f}, input.commodity);
      // x may exceed the coverage v of an input that is not fully critical: x / x0 <= 1 - c (1 - v).
      violation(activity / baseline - (1.0 - input.criticality * (1.0 - arrived / need)), 1.0);
    }
  }
  for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
    const EndUseResult& use = result.end_uses[e];
    const double demanded = use.demanded.in(tonnes_per_year);
    const double arrived =
        now.arriving[e] + data.released(EndUseId{e}, network.end_uses()[e].commodity);
    violation(use.delivered.in(tonnes_per_year) - std::min(arrived, demanded), std::max(demanded, arrived));
    violation(std::abs(demanded - use.delivered.in(tonnes_per_year) - use.shortfall.in(tonnes_per_year)),
              std::max(demanded, arrived));
  }
  return worst;
}

}  // namespace lode::inline LODE_ABI::detail
