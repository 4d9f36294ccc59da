// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <lode/config.hpp>
#include <lode/disruption.hpp>
#include <lode/ids.hpp>
#include <lode/network.hpp>
#include <lode/scenario.hpp>
#include <lode/static_model.hpp>
#include <lode/status.hpp>

/// Sensitivity: what one tonne more, or less, of anything anywhere does to a shortfall; all parameters at once.
///
/// The target J is a sum of shortfalls (`SensitivityTarget`). A parameter p, in t/yr, is one of
///
///     capacity   the activity limit of a facility, factor * x0 + add
///     openness   what a route may carry, phi * f0 (propagate)
///     quota      what a licence or quota lets through (reallocate)
///     reserve    what arrives at an input or an end use beside the routes; less than none is a loss of what arrives
///     recovery   what a separator wins of a commodity from the feed of its base year, of the same feed (propagate)
///     demand     the demand of an end use
///
/// and the answers are the one-sided derivatives, both per t/yr and as changes of J:
///
///     up   = lim (J(p + h) - J(p)) / h,   down = lim (J(p - h) - J(p)) / h,   h -> 0 from above
///
/// so that what helps has up < 0 and what is missed has down > 0. Where J is smooth down = -up; else the parameter is
/// at a kink, as everything is in the base year: a tonne more changes nothing, a tonne less is missed. What is at its
/// end (a route that is open, a plant that stands still, an input that nothing arrives at) can only move one way; the
/// other is 0. So is `up` of a recovery whose product stands at its baseline: nothing rises above that.
///
/// propagate is u = F(u) with F a minimum of linear branches. With B the branches that bind, (I - B)' lambda = dJ/du is
/// one sweep against the arcs, which gives every derivative where one branch binds (adjoint; loops by a transposed
/// solve). Where several bind the directional derivative of u is the greatest fixpoint of the same map with those
/// branches alone; what reaches such a place is pushed forward through its descendants, one-sided and exact. J is
/// convex in capacities, reserves and demands together, so a derivative is also a bound for any step: J(p + h) >= J(p)
/// + h up.
///
/// reallocate answers with the multipliers of its linear program: J is then the least shortfall of the target that any
/// allocation reaches, and its one-sided derivatives are small programs of their own.
///
///     const lode::Sensitivity what = lode::sensitivity(network, scenario, {.material = dy});
///     for (const std::size_t i : lode::most_helpful(what, 10))
///       std::cout << network.id((*what.parameters)[i].place) << ' ' << *what.up(i) << " t of Dy per tonne\n";
///
/// Sources: Danskin (1967), the theory of max-min; Baydin et al. (2018), J. Mach. Learn. Res. 18, on reverse mode.
namespace lode::inline LODE_ABI {

enum class ParameterKind : std::uint8_t { capacity, openness, quota, reserve, recovery, demand };
[[nodiscard]] std::string_view to_string(ParameterKind kind);

struct Parameter {
  ParameterKind kind = ParameterKind::capacity;
  PlaceId place = {};          ///< facility, holder, end use, or the seller of a route; none for a quota
  CommodityId commodity = {};  ///< none for a capacity
  RouteId route = {};          ///< of an openness
  std::size_t shock = 0;       ///< of a quota: position in the scenario
  /// The figure of the base year, t/yr: baseline, flow, need, what is won, demand; of a quota its limit. "1 % more" is
  /// a hundredth of it.
  double size = 0.0;
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// Which shortfall: in t/yr of the material where one is given, else of the end use's commodity where one is given,
/// else in weighted t/yr of end products; over the end uses that match. {} is the total weighted shortfall.
struct SensitivityTarget {
  std::optional<MaterialId> material = std::nullopt;
  std::optional<CountryId> country = std::nullopt;
  std::optional<EndUseId> end_use = std::nullopt;
};

struct SensitivityOptions {
  StaticModel model = StaticModel::propagate;
  /// Branches within this of the lowest, relative, bind: 0 to 1e-3. A base year balances to 1e-6 only, so what is that
  /// close is meant to be equal.
  double tie_tolerance = 1e-6;
  /// Derivatives at places where several branches bind, each at the cost of a small sweep. Without them those are
  /// absent, and a target costs little more than the scenario itself.
  bool kinks = true;
  unsigned threads = 1;  ///< for kinks; 0: one for each processor. The bits do not depend on it
};

struct Sensitivity {
  SolveStatus status = SolveStatus::not_run;
  std::string scenario;
  StaticModel model = StaticModel::propagate;
  SensitivityTarget target;
  double shortfall = 0.0;  ///< J, t/yr
  std::shared_ptr<const std::vector<Parameter>> parameters;
  /// By parameter; not a number where absent (see `up`).
  std::vector<double> ups, downs;
  std::vector<std::string> notes;

  /// Change of J per t/yr more. Absent where it was not asked for or is not finite: a loop that feeds itself wholly
  /// collapses from a leak, however small.
  [[nodiscard]] std::optional<double> up(std::size_t parameter) const { return finite(ups[parameter]); }
  /// Change of J per t/yr less.
  [[nodiscard]] std::optional<double> down(std::size_t parameter) const { return finite(downs[parameter]); }
  /// Whether the two disagree on the slope.
  [[nodiscard]] bool is_kink(std::size_t parameter) const {
    const double a = ups[parameter];
    const double b = downs[parameter];
    return !(std::abs(a + b) <= 1e-9 * std::max(std::abs(a), std::abs(b)));
  }

 private:
  [[nodiscard]] static std::optional<double> finite(double value) {
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
  }
};

namespace detail {
class SensitivityState;
}  // namespace detail

/// Sensitivities set up for one network. Not for use by two threads at once.
class Differentiator {
 public:
  /// Throws `InvalidArgument` for options out of range.
  explicit Differentiator(const Network& network, const SensitivityOptions& options = {});
  ~Differentiator();
  Differentiator(Differentiator&&) noexcept;
  Differentiator& operator=(Differentiator&&) noexcept;

  /// One answer a target; the scenario is solved once. Reuses the storage of `out`. Cost with propagate: one sweep, and
  /// for each target one sweep back; for kinks a sweep over the descendants of each, 16 side by side, whatever the
  /// number of targets. With reallocate: a linear program a target and two small ones a parameter.
  /// Throws `InvalidArgument` for a target that no end use matches.
  void run(const Disruption& disruption, std::span<const SensitivityTarget> targets, std::vector<Sensitivity>& out);
  [[nodiscard]] Sensitivity run(const Disruption& disruption, const SensitivityTarget& target = {});
  /// Throws `InvalidScenario` too.
  [[nodiscard]] Sensitivity run(const Scenario& scenario, const SensitivityTarget& target = {});

  [[nodiscard]] const Network& network() const;

 private:
  std::unique_ptr<detail::SensitivityState> state_;
};

/// One target of one scenario; sets up and runs.
[[nodiscard]] Sensitivity sensitivity(const Network& network, const Scenario& scenario,
                                      const SensitivityTarget& target = {}, const SensitivityOptions& options = {});

/// The parameters that lower the shortfall most per tonne added (or taken away: demand), best first, ties by position;
/// those that do not lower it are left out.
[[nodiscard]] std::vector<std::size_t> most_helpful(const Sensitivity& sensitivity, std::size_t most);
/// The parameters whose loss of a tonne (or, of demand, growth) raises the shortfall most, worst first.
[[nodiscard]] std::vector<std::size_t> most_missed(const Sensitivity& sensitivity, std::size_t most);

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/sensitivity.ipp>  // IWYU pragma: export
#endif
