// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <lode/detail/uncertain_fields.hpp>
#include <lode/draw.hpp>
#include <lode/error.hpp>
#include <lode/random.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

/// Replaces the uncertain numbers of an effect. `Next` gives the uniform number of the next variable.
template <class Next>
class Drawer {
 public:
  explicit Drawer(Next& next) : next_(next) {}

  void operator()(Effect& effect) {
    visit_numbers(effect, [this](auto& field, const FieldRange& range) { replace(field, range); });
    LicenceShock* const licence = std::get_if<LicenceShock>(&effect);
    if (licence != nullptr && licence->approved && licence->refused && is_drawn_) {
      leave_room(*licence->approved, *licence->refused);
    }
  }

 private:
  void replace(UncertainNumber& value, const FieldRange& range) {
    if (is_uncertain(value)) value = at(value, next_(), range);
  }

  void replace(Schedule& value, const FieldRange& range) {
    if (!value.has_steps()) {
      UncertainNumber constant = value.constant();
      replace(constant, range);
      value = std::move(constant);
      return;
    }
    if (!is_uncertain(value)) return;
    std::vector<Step> steps = value.steps();
    const double u = next_();
    for (Step& step : steps) {
      if (is_uncertain(step.value)) step.value = at(step.value, u, range);
    }
    value = std::move(steps);
  }

  double at(const UncertainNumber& value, double u, const FieldRange& range) {
    is_drawn_ = true;
    return drawn_value(value, u, range);
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
  for (Shock& shock : scenario.shocks) Drawer<Next>{next}(shock.effect);
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
