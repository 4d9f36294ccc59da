// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <lode/draw.hpp>
#include <lode/error.hpp>
#include <lode/random.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

/// Walks over all numbers of a scenario's effects in a fixed order and replaces the uncertain ones. `Next` gives the
/// uniform number of the next variable.
template <class Next>
class Drawer {
 public:
  explicit Drawer(Next& next) : next_(next) {}

  void operator()(CapacityShock& shock) {
    if (shock.factor) schedule(*shock.factor, 0.0);
    if (shock.add) number(*shock.add, std::numeric_limits<double>::lowest());
    number(shock.ramp_days, 0.0);
    number(shock.recovery_days, 0.0);
  }
  void operator()(RouteShock& shock) { schedule(shock.factor, 0.0); }
  void operator()(ExportShock& shock) { schedule(shock.factor, 0.0); }
  void operator()(ImportShock& shock) { schedule(shock.factor, 0.0); }
  void operator()(DemandShock& shock) { schedule(shock.factor, 0.0); }
  // A weight of 0 would be a demand that nobody misses; the least number above it is legal.
  void operator()(PriorityShock& shock) { schedule(shock.factor, std::numeric_limits<double>::min()); }
  void operator()(TariffShock& shock) { schedule(shock.rate, 0.0); }
  void operator()(PriceFloorShock& shock) { number(shock.price, 0.0); }
  void operator()(OfftakeShock& shock) { number(shock.minimum, 0.0); }
  void operator()(LicenceShock& shock) {
    number(shock.delay_days, 0.0);
    if (shock.approved) schedule(*shock.approved, 0.0, 1.0);
    if (shock.refused) schedule(*shock.refused, 0.0, 1.0);
    if (shock.approved && shock.refused && is_drawn_) leave_room(*shock.approved, *shock.refused);
  }
  void operator()(ReserveShock& shock) {
    if (shock.rate) schedule(*shock.rate, 0.0);
  }

 private:
  static constexpr double no_limit = std::numeric_limits<double>::max();

  void number(UncertainNumber& value, double low, double high = no_limit) {
    if (!value.is_certain()) value = at(value, next_(), low, high);
  }

  void schedule(Schedule& value, double low, double high = no_limit) {
    if (!value.has_steps()) {
      UncertainNumber constant = value.constant();
      number(constant, low, high);
      value = std::move(constant);
      return;
    }
    std::vector<Step> steps = value.steps();
    const auto is_uncertain = [](const Step& step) { return !step.value.is_certain(); };
    if (std::none_of(steps.begin(), steps.end(), is_uncertain)) return;
    const double u = next_();
    for (Step& step : steps) {
      if (is_uncertain(step)) step.value = at(step.value, u, low, high);
    }
    value = std::move(steps);
  }

  double at(const UncertainNumber& value, double u, double low, double high) {
    is_drawn_ = true;
    return std::clamp(value.quantile(u), low, high);
  }

  /// Both may be drawn high; then what is refused is cut to what the largest approved share leaves.
  void leave_room(const Schedule& approved, Schedule& refused) {
    const auto cut = [room = 1.0 - largest(approved)](const UncertainNumber& value) {
      return std::min(value.median(), std::max(room, 0.0));
    };
    if (!refused.has_steps()) {
      refused = cut(refused.constant());
      return;
    }
    std::vector<Step> steps = refused.steps();
    for (Step& step : steps) step.value = cut(step.value);
    refused = std::move(steps);
  }

  static double largest(const Schedule& schedule) {
    double most = schedule.has_steps() ? 0.0 : schedule.constant().median();
    for (const Step& step : schedule.steps()) most = std::max(most, step.value.median());
    return most;
  }

  Next& next_;
  bool is_drawn_ = false;
};

template <class Next>
Scenario drawn(Scenario scenario, Next next) {
  for (Shock& shock : scenario.shocks) std::visit(Drawer<Next>(next), shock.effect);
  return scenario;
}

}  // namespace detail

LODE_INLINE std::size_t count_draws(const Scenario& scenario) {
  std::size_t count = 0;
  (void)detail::drawn(scenario, [&count] { return ++count, 0.5; });
  return count;
}

LODE_INLINE Scenario draw(const Scenario& scenario, std::span<const double> uniforms) {
  const std::size_t needed = count_draws(scenario);
  if (uniforms.size() != needed) {
    throw InvalidArgument({{{"draw of scenario \"" + scenario.name + '"', 0, 0},
                            std::to_string(uniforms.size()) + " uniform numbers are given",
                            "give " + std::to_string(needed) + ", as count_draws says"}});
  }
  std::size_t used = 0;
  return detail::drawn(scenario, [&] { return uniforms[used++]; });
}

LODE_INLINE Scenario draw(const Scenario& scenario, std::uint64_t seed, std::uint64_t sample) {
  std::uint32_t variable = 0;
  return detail::drawn(scenario, [&] { return uniform(seed, sample, variable++); });
}

}  // namespace lode::inline LODE_ABI
