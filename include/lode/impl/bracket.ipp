// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <utility>

#include <lode/bracket.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

[[nodiscard]] constexpr bool Adaptation::*member_of(Lever lever) {
  switch (lever) {
    case Lever::spare_capacity:
      return &Adaptation::spare_capacity;
    case Lever::rerouting:
      return &Adaptation::rerouting;
    case Lever::new_links:
      return &Adaptation::new_links;
  }
  return &Adaptation::new_links;
}

[[nodiscard]] LODE_INLINE std::vector<BracketRow> bracket_rows(const std::vector<MaterialResult>& nobody,
                                                               const std::vector<MaterialResult>& everybody) {
  constexpr double least_reversal = 1e-6;
  std::vector<BracketRow> rows;
  rows.reserve(nobody.size());
  for (std::size_t m = 0; m < nobody.size(); ++m) {
    const MaterialResult& upper = nobody[m];
    const TonnesPerYear adapted = everybody[m].shortfall;
    const TonnesPerYear saved = upper.shortfall - adapted;
    rows.push_back({upper.id, upper.name, upper.demanded, std::min(upper.shortfall, adapted),
                    std::max(upper.shortfall, adapted), saved, -saved > least_reversal * upper.demanded});
  }
  return rows;
}

[[nodiscard]] LODE_INLINE std::vector<LeverRow> lever_rows(const std::vector<MaterialResult>& without,
                                                           const std::vector<MaterialResult>& with) {
  std::vector<LeverRow> rows;
  rows.reserve(with.size());
  for (std::size_t m = 0; m < with.size(); ++m) {
    rows.push_back({with[m].id, without[m].shortfall - with[m].shortfall});
  }
  return rows;
}

class BracketerState {
 public:
  BracketerState(const Network& network, BracketOptions options)
      : options_(std::move(options)),
        propagator_(network, options_.propagate),
        everything_(network, options_.reallocate),
        without_(network, lever_options(options_.reallocate, options_.lever_details)),
        totals_(network, lever_options(options_.reallocate, false)) {}

  [[nodiscard]] const Network& network() const { return propagator_.network(); }

  [[nodiscard]] BracketResult run(const Disruption& disruption) {
    BracketResult result;
    result.scenario = disruption.scenario;
    result.propagate = propagator_.run(disruption);
    result.reallocate = everything_.run(disruption);
    result.status = result.propagate.status != SolveStatus::solved ? result.propagate.status : result.reallocate.status;
    if (result.status != SolveStatus::solved) return result;
    compare(result);
    if (!disruption.offtakes.empty()) {
      result.notes.push_back(std::string("propagation knows no offtakes, reallocation obeys them: ") +
                             (result.total_reversed ? "here they cost more than adaptation saves, so the bounds are "
                                                      "the wrong way round"
                                                    : "the bounds are of a world without them and one with them"));
    }
    if (!options_.levers) return result;
    bool any_used = false;
    for (const Lever lever : {Lever::spare_capacity, Lever::rerouting, Lever::new_links}) {
      any_used = is_used(lever, disruption, result.reallocate) || any_used;
      close(lever, disruption, result);
    }
    if (!any_used) {
      result.total_without_levers = result.reallocate.total_weighted_shortfall;
      return result;
    }
    const Result closed = totals_.run(disruption, {.spare_capacity = false, .rerouting = false, .new_links = false});
    if (closed.status == SolveStatus::solved) result.total_without_levers = closed.total_weighted_shortfall;
    return result;
  }

 private:
  [[nodiscard]] static ReallocateOptions lever_options(ReallocateOptions options, bool details) {
    options.tie_break = details;
    options.prices = options.price_ranges = false;
    return options;
  }

  /// Whether an allocation goes further than it could without the lever. One that does not is the answer without it
  /// too: the least change of trade among all optima is the least among fewer.
  [[nodiscard]] bool is_used(Lever lever, const Disruption& disruption, const Result& result) const {
    if (result.routes.empty() && result.facilities.empty()) return true;  // without the tie-break nobody knows
    const Network& world = network();
    if (lever == Lever::spare_capacity) {
      std::vector<TonnesPerYear> limit;
      for (const Facility& facility : world.facilities()) limit.push_back(facility.baseline);
      for (const ActivityLimit& change : disruption.activity) {
        TonnesPerYear& most = limit[change.facility.index()];
        most = std::max(TonnesPerYear{}, change.factor * most + change.add * tonnes_per_year);
      }
      return std::any_of(result.facilities.begin(), result.facilities.end(),
                         [&limit](const FacilityResult& row) { return row.activity > limit[row.id.index()]; });
    }
    return std::any_of(result.routes.begin(), result.routes.end(), [&](const RouteResult& row) {
      const TonnesPerYear flow = world[row.id].flow;
      return row.flow > flow && (flow > TonnesPerYear{}) == (lever == Lever::rerouting);
    });
  }

  static void compare(BracketResult& result) {
    const double upper = result.propagate.total_weighted_shortfall;
    const double lower = result.reallocate.total_weighted_shortfall;
    result.total_low = std::min(lower, upper);
    result.total_high = std::max(lower, upper);
    double all = 0.0;
    for (const EndUseResult& use : result.propagate.end_uses) all += use.weight * use.demanded.in(tonnes_per_year);
    result.total_reversed = lower - upper > 1e-6 * all;
    result.materials = bracket_rows(result.propagate.materials, result.reallocate.materials);
    for (std::size_t c = 0; c < result.propagate.countries.size(); ++c) {
      const CountryResult& upper_country = result.propagate.countries[c];
      result.countries.push_back({upper_country.id, upper_country.name,
                                  bracket_rows(upper_country.materials, result.reallocate.countries[c].materials)});
    }
  }

  /// Adds what is lost without `lever`, unless it is not open anyway.
  void close(Lever lever, const Disruption& disruption, BracketResult& result) {
    Adaptation allow = options_.reallocate.allow;
    if (!(allow.*member_of(lever))) return;
    allow.*member_of(lever) = false;
    const bool same = !is_used(lever, disruption, result.reallocate);
    Result without = same ? result.reallocate : without_.run(disruption, allow);
    // Which of the optima changes trade least can be harder to find than how much is short.
    if (without.status == SolveStatus::not_converged) without = totals_.run(disruption, allow);
    LeverResult out;
    out.lever = lever;
    out.status = without.status;
    if (without.status == SolveStatus::solved) {
      out.total_weighted_shortfall = without.total_weighted_shortfall;
      out.worth = std::max(0.0, without.total_weighted_shortfall - result.reallocate.total_weighted_shortfall);
      if (!without.facilities.empty() && options_.lever_details) {
        out.materials = lever_rows(without.materials, result.reallocate.materials);
        for (std::size_t c = 0; c < without.countries.size(); ++c) {
          out.countries.push_back({without.countries[c].id, lever_rows(without.countries[c].materials,
                                                                       result.reallocate.countries[c].materials)});
        }
      }
    }
    result.levers.push_back(std::move(out));
  }

  BracketOptions options_;
  Propagator propagator_;
  Reallocator everything_;
  Reallocator without_;  ///< for levers
  Reallocator totals_;   ///< where the total is enough
};

}  // namespace detail

LODE_INLINE Bracketer::Bracketer(const Network& network, const BracketOptions& options)
    : state_(std::make_unique<detail::BracketerState>(network, options)) {}
LODE_INLINE Bracketer::~Bracketer() = default;
LODE_INLINE Bracketer::Bracketer(Bracketer&&) noexcept = default;
LODE_INLINE Bracketer& Bracketer::operator=(Bracketer&&) noexcept = default;

LODE_INLINE const Network& Bracketer::network() const {
  return state_->network();
}

LODE_INLINE BracketResult Bracketer::run(const Disruption& disruption) {
  return state_->run(disruption);
}
LODE_INLINE BracketResult Bracketer::run(const Scenario& scenario) {
  return run(resolve(network(), scenario));
}

LODE_INLINE BracketResult bracket(const Network& network, const Scenario& scenario, const BracketOptions& options) {
  return Bracketer(network, options).run(scenario);
}

}  // namespace lode::inline LODE_ABI
