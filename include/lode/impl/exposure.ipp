// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>

#include <lode/detail/stages.hpp>
#include <lode/error.hpp>
#include <lode/exposure.hpp>
#include <lode/graph/strong_components.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

/// Who owns what: a number for each facility.
struct Owners {
  std::vector<std::uint32_t> of_facility;
  std::size_t count = 0;
};

/// The flows of one year, and the order in which plants are solved.
class FlowTrace {
 public:
  FlowTrace(const Network& network, std::vector<double> flows, const std::vector<ReserveRelease>& releases)
      : network_(network), flows_(std::move(flows)), releases_(releases) {
    const std::size_t facilities = network.facilities().size();
    incoming_.resize(facilities + network.end_uses().size());
    for (std::uint32_t r = 0; r < flows_.size(); ++r) {
      if (flows_[r] > 0.0) incoming_[place(network.routes()[r].to)].push_back(r);
    }
    std::vector<std::uint32_t> offsets{0};
    std::vector<std::uint32_t> sources;
    for (std::size_t f = 0; f < facilities; ++f) {
      for (const std::uint32_t r : incoming_[f]) sources.push_back(seller(r));
      offsets.push_back(static_cast<std::uint32_t>(sources.size()));
    }
    order_ = graph::solve_order({offsets, sources});
  }

  [[nodiscard]] const std::vector<std::uint32_t>& into(EndUseId e) const { return incoming_[place(e)]; }
  [[nodiscard]] double carried(std::uint32_t route, MaterialId material) const {
    return flows_[route] * network_[network_.routes()[route].commodity].content(material);
  }
  [[nodiscard]] std::uint32_t seller(std::uint32_t route) const {
    return static_cast<std::uint32_t>(network_.routes()[route].from.facility().index());
  }
  [[nodiscard]] std::size_t stage(std::uint32_t route) const {
    return static_cast<std::size_t>(network_[network_.routes()[route].commodity].stage);
  }
  [[nodiscard]] double reserves(PlaceId holder, MaterialId material) const {
    double sum = 0.0;
    for (const ReserveRelease& release : releases_) {
      if (release.holder == holder) sum += std::max(0.0, release.rate) * network_[release.commodity].content(material);
    }
    return sum;
  }

  /// What goes through each plant: max(inflow and reserves, outflow).
  [[nodiscard]] std::vector<double> throughput(MaterialId material) const {
    const std::size_t facilities = network_.facilities().size();
    std::vector<double> in(facilities, 0.0), out(facilities, 0.0);
    for (std::uint32_t r = 0; r < flows_.size(); ++r) {
      if (!(flows_[r] > 0.0)) continue;
      const double carries = carried(r, material);
      out[seller(r)] += carries;
      const PlaceId to = network_.routes()[r].to;
      if (to.is_facility()) in[to.facility().index()] += carries;
    }
    for (std::size_t f = 0; f < facilities; ++f) {
      in[f] = std::max(in[f] + reserves(FacilityId{f}, material), out[f]);
    }
    return in;
  }

  /// Adds a route's `weight` of what its seller ships, for every stage and owner, to `mix`: `width` numbers a stage,
  /// the last two of them reserves and what is unexplained.
  void add(std::uint32_t route, double weight, const Owners& owners, const std::vector<double>& mixes,
           double* mix) const {
    const std::size_t width = owners.count + 2;
    const double* const from = mixes.data() + std::size_t{seller(route)} * width * stage_count;
    for (std::size_t s = 0; s < stage_count; ++s) {
      double* const to = mix + s * width;
      if (s == stage(route)) {
        to[owners.of_facility[seller(route)]] += weight;
        continue;
      }
      const double* const part = from + s * width;
      for (std::size_t k = 0; k < width; ++k) to[k] += weight * part[k];
    }
  }
  /// The same of reserves and of what is unexplained.
  static void add_rest(double reserves, double unexplained, const Owners& owners, double* mix) {
    const std::size_t width = owners.count + 2;
    for (std::size_t s = 0; s < stage_count; ++s) {
      mix[s * width + owners.count] += reserves;
      mix[s * width + owners.count + 1] += unexplained;
    }
  }

  /// What enters each plant, by owner and stage. False if a loop does not settle.
  [[nodiscard]] bool trace(MaterialId material, const Owners& owners, std::vector<double>& mixes) const {
    constexpr int most_passes = 100000;
    constexpr double rounding = 1e-16;  // of shares
    const std::size_t size = (owners.count + 2) * stage_count;
    const std::vector<double> through = throughput(material);
    mixes.assign(network_.facilities().size() * size, 0.0);
    std::vector<double> next(size);
    const auto compute = [&](std::uint32_t f) {
      std::fill(next.begin(), next.end(), 0.0);
      if (through[f] > 0.0) {
        double explained = 0.0;
        for (const std::uint32_t r : incoming_[f]) {
          const double weight = carried(r, material) / through[f];
          if (weight <= 0.0) continue;
          explained += weight;
          add(r, weight, owners, mixes, next.data());
        }
        const double reserve = reserves(FacilityId{f}, material) / through[f];
        add_rest(reserve, std::max(0.0, 1.0 - explained - reserve), owners, next.data());
      }
      double* const mix = mixes.data() + f * size;
      double moved = 0.0;
      for (std::size_t k = 0; k < size; ++k) moved = std::max(moved, std::abs(next[k] - mix[k]));
      std::copy(next.begin(), next.end(), mix);
      return moved > rounding;
    };
    const auto settle = [&](const graph::Run& run) {
      for (int pass = 0; pass < most_passes; ++pass) {
        bool changed = false;
        for (std::uint32_t at = run.begin; at < run.end; ++at) changed = compute(order_.node_at[at]) || changed;
        if (!changed || !run.cyclic) return true;
      }
      return false;
    };
    for (const graph::Run& run : order_.runs) {
      if (!settle(run)) return false;
      // A loop that nothing enters goes round for ever: nobody knows where it is from.
      bool is_closed = false;
      for (std::uint32_t at = run.begin; run.cyclic && at < run.end; ++at) {
        const std::uint32_t f = order_.node_at[at];
        for (std::size_t s = 0; through[f] > 0.0 && s < stage_count; ++s) {
          double* const part = mixes.data() + f * size + s * (owners.count + 2);
          if (std::any_of(part, part + owners.count + 2, [](double share) { return share > 0.0; })) continue;
          part[owners.count + 1] = 1.0;
          is_closed = true;
        }
      }
      if (is_closed && !settle(run)) return false;
    }
    return true;
  }

 private:
  [[nodiscard]] std::size_t place(PlaceId id) const {
    return id.is_facility() ? id.facility().index() : network_.facilities().size() + id.end_use().index();
  }

  const Network& network_;
  std::vector<double> flows_;
  const std::vector<ReserveRelease>& releases_;
  std::vector<std::vector<std::uint32_t>> incoming_;  ///< routes with flow by place, facilities first
  graph::SolveOrder order_;
};

class ExposureStudy {
 public:
  ExposureStudy(const Network& network, std::vector<double> flows, const std::vector<ReserveRelease>& releases)
      : network_(network), flows_(flows), trace_(network, std::move(flows), releases) {
    countries_.count = network.countries().size();
    for (const Facility& facility : network.facilities()) {
      countries_.of_facility.push_back(static_cast<std::uint32_t>(facility.country.index()));
      const auto found = std::find(names_.begin(), names_.end(), facility.operator_name);
      operators_.of_facility.push_back(static_cast<std::uint32_t>(found - names_.begin()));
      if (found == names_.end()) names_.push_back(facility.operator_name);
    }
    operators_.count = names_.size();
  }

  [[nodiscard]] Exposure run() {
    Exposure out;
    out.operators = names_;
    for (std::size_t m = 0; m < network_.materials().size(); ++m) {
      if (!trace_.trace(MaterialId{m}, countries_, by_country_) ||
          !trace_.trace(MaterialId{m}, operators_, by_operator_)) {
        out = {};
        out.status = SolveStatus::not_converged;
        return out;
      }
      out.materials.push_back(of_material(MaterialId{m}, out.mass_balance));
    }
    out.status = SolveStatus::solved;
    return out;
  }

 private:
  /// Tonnes by stage and owner that reach an end use.
  [[nodiscard]] std::vector<double> reach(EndUseId e, MaterialId material, const Owners& owners,
                                          const std::vector<double>& mixes) const {
    std::vector<double> tonnes((owners.count + 2) * stage_count, 0.0);
    for (const std::uint32_t r : trace_.into(e))
      trace_.add(r, trace_.carried(r, material), owners, mixes, tonnes.data());
    FlowTrace::add_rest(trace_.reserves(e, material), 0.0, owners, tonnes.data());
    return tonnes;
  }

  [[nodiscard]] MaterialExposure of_material(MaterialId material, double& worst) const {
    MaterialExposure out;
    out.id = material;
    const std::size_t width = countries_.count + 2;
    std::vector<double> handled(countries_.count * stage_count, 0.0);
    for (std::uint32_t r = 0; r < flows_.size(); ++r) {
      if (!(flows_[r] > 0.0)) continue;
      handled[trace_.stage(r) * countries_.count + countries_.of_facility[trace_.seller(r)]] +=
          trace_.carried(r, material);
    }
    std::vector<bool> passes(stage_count, false);
    for (std::size_t k = 0; k < handled.size(); ++k) {
      if (handled[k] > 0.0) passes[k / countries_.count] = true;
    }
    for (std::size_t s = 0; s < stage_count; ++s) {
      if (passes[s]) out.stages.push_back(static_cast<Stage>(s));
    }
    struct Sum {
      double received = 0.0;
      std::vector<double> by_country, by_operator;
    };
    std::vector<Sum> sums(network_.countries().size());
    const auto add = [](std::vector<double>& sum, const std::vector<double>& part) {
      sum.resize(part.size(), 0.0);
      for (std::size_t k = 0; k < part.size(); ++k) sum[k] += part[k];
    };
    for (std::size_t e = 0; e < network_.end_uses().size(); ++e) {
      const EndUseId id{e};
      double received = trace_.reserves(id, material);
      for (const std::uint32_t r : trace_.into(id)) received += trace_.carried(r, material);
      if (!(received > 0.0)) continue;
      const CountryId country = network_[id].country;
      const std::vector<double> by_country = reach(id, material, countries_, by_country_);
      const std::vector<double> by_operator = reach(id, material, operators_, by_operator_);
      out.end_uses.push_back(user(country, id, received, by_country, by_operator, out.stages, worst));
      Sum& sum = sums[country.index()];
      sum.received += received;
      add(sum.by_country, by_country);
      add(sum.by_operator, by_operator);
    }
    for (std::size_t c = 0; c < sums.size(); ++c) {
      if (!(sums[c].received > 0.0)) continue;
      out.countries.push_back(
          user(CountryId{c}, {}, sums[c].received, sums[c].by_country, sums[c].by_operator, out.stages, worst));
    }
    for (const Stage stage : out.stages) {
      const auto s = static_cast<std::size_t>(stage);
      for (std::size_t c = 0; c < countries_.count; ++c) {
        if (!(handled[s * countries_.count + c] > 0.0)) continue;
        Destination row{stage, CountryId{c}, handled[s * countries_.count + c], std::vector<double>(sums.size(), 0.0)};
        for (std::size_t d = 0; d < sums.size(); ++d) {
          if (!sums[d].by_country.empty()) row.users[d] = sums[d].by_country[s * width + c];
        }
        out.destinations.push_back(std::move(row));
      }
    }
    return out;
  }

  [[nodiscard]] UserExposure user(CountryId country, EndUseId end_use, double received,
                                  const std::vector<double>& by_country, const std::vector<double>& by_operator,
                                  const std::vector<Stage>& stages, double& worst) const {
    UserExposure out{country, end_use, received, {}};
    for (const Stage stage : stages) {
      const auto s = static_cast<std::size_t>(stage);
      StageExposure row;
      row.stage = stage;
      const auto shares = [received](const std::vector<double>& tonnes, std::size_t first, std::size_t count) {
        std::vector<double> list;
        for (std::size_t k = first; k < first + count; ++k) list.push_back(tonnes[k] / received);
        return list;
      };
      const std::size_t at = s * (countries_.count + 2);
      row.countries = shares(by_country, at, countries_.count);
      row.operators = shares(by_operator, s * (operators_.count + 2), operators_.count);
      row.reserves = by_country[at + countries_.count] / received;
      row.unexplained = by_country[at + countries_.count + 1] / received;
      double of_countries = row.reserves + row.unexplained;
      double of_operators = of_countries;
      for (const double share : row.countries) {
        of_countries += share;
        row.concentration += share * share;
      }
      for (const double share : row.operators) of_operators += share;
      worst = std::max({worst, std::abs(of_countries - 1.0), std::abs(of_operators - 1.0)});
      out.stages.push_back(std::move(row));
    }
    return out;
  }

  const Network& network_;
  std::vector<double> flows_;
  FlowTrace trace_;
  Owners countries_, operators_;
  std::vector<std::string> names_;
  std::vector<double> by_country_, by_operator_;
};

}  // namespace detail

LODE_INLINE Exposure exposure(const Network& network) {
  std::vector<double> flows;
  for (const Route& route : network.routes()) flows.push_back(route.flow.in(tonnes_per_year));
  const std::vector<ReserveRelease> none;
  return detail::ExposureStudy(network, std::move(flows), none).run();
}

LODE_INLINE Exposure exposure(const Network& network, const Result& result, const Disruption& disruption) {
  const auto refuse = [](std::string what, std::string mend) {
    throw InvalidArgument({{{"result to trace", 0, 0}, std::move(what), std::move(mend)}});
  };
  if (result.status != SolveStatus::solved) {
    refuse(std::string("the status is \"") + to_string(result.status) + '"', advice(result.status));
  }
  if (result.routes.size() != network.routes().size()) {
    refuse("it has " + std::to_string(result.routes.size()) + " routes and the network " +
               std::to_string(network.routes().size()),
           "trace it in the network it was computed from; reallocate gives flows with tie_break");
  }
  std::vector<double> flows;
  for (const RouteResult& row : result.routes) flows.push_back(std::max(0.0, row.flow.in(tonnes_per_year)));
  Exposure out = detail::ExposureStudy(network, std::move(flows), disruption.releases).run();
  out.scenario = result.scenario;
  return out;
}

}  // namespace lode::inline LODE_ABI
