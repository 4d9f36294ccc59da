// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/text.hpp>
#include <lode/scenario.hpp>
#include <lode/shock.hpp>

/// The numbers of a scenario that may be uncertain, in the one order in which draws count them. Private.
namespace lode::inline LODE_ABI::detail {

/// What a field is called and may hold; what is drawn is clipped to it.
struct FieldRange {
  std::string_view name = {};
  double low = 0.0;
  double high = most_magnitude;
};

/// Calls `visit(field, range)` for every number and schedule of an effect. `Visit` takes `UncertainNumber&` and
/// `Schedule&`.
template <class Visit>
class NumberVisitor {
 public:
  explicit NumberVisitor(Visit& visit) : visit_(visit) {}

  void operator()(CapacityShock& shock) {
    if (shock.factor) visit_(*shock.factor, FieldRange{"factor"});
    if (shock.add) visit_(*shock.add, FieldRange{"add", -most_magnitude});
    visit_(shock.ramp_days, FieldRange{"ramp_days"});
    visit_(shock.recovery_days, FieldRange{"recovery_days"});
  }
  void operator()(RouteShock& shock) { visit_(shock.factor, FieldRange{"factor"}); }
  void operator()(ExportShock& shock) { visit_(shock.factor, FieldRange{"factor"}); }
  void operator()(ImportShock& shock) { visit_(shock.factor, FieldRange{"factor"}); }
  void operator()(DemandShock& shock) { visit_(shock.factor, FieldRange{"factor"}); }
  // A weight of 0 would be a demand that nobody misses; the least number above it is legal.
  void operator()(PriorityShock& shock) {
    visit_(shock.factor, FieldRange{"factor", std::numeric_limits<double>::min()});
  }
  void operator()(TariffShock& shock) { visit_(shock.rate, FieldRange{"rate"}); }
  void operator()(PriceFloorShock& shock) { visit_(shock.price, FieldRange{"price"}); }
  void operator()(OfftakeShock& shock) { visit_(shock.minimum, FieldRange{"minimum"}); }
  void operator()(LicenceShock& shock) {
    visit_(shock.delay_days, FieldRange{"delay_days"});
    if (shock.approved) visit_(*shock.approved, FieldRange{"approved", 0.0, 1.0});
    if (shock.refused) visit_(*shock.refused, FieldRange{"refused", 0.0, 1.0});
  }
  void operator()(ReserveShock& shock) {
    if (shock.rate) visit_(*shock.rate, FieldRange{"rate"});
  }

 private:
  Visit& visit_;
};

template <class Visit>
void visit_numbers(Effect& effect, Visit&& visit) {
  std::visit(NumberVisitor<Visit>(visit), effect);
}

[[nodiscard]] inline bool is_uncertain(const UncertainNumber& value) {
  return !value.is_certain();
}
[[nodiscard]] inline bool is_uncertain(const Schedule& value) {
  if (!value.has_steps()) return is_uncertain(value.constant());
  return std::any_of(value.steps().begin(), value.steps().end(),
                     [](const Step& step) { return is_uncertain(step.value); });
}

/// An uncertain number for people: "shock 2 (licence): approved".
struct VariableName {
  std::size_t shock = 0;
  std::string text;
};
/// By variable, in the order of draws.
[[nodiscard]] inline std::vector<VariableName> variable_names(const Scenario& scenario) {
  std::vector<VariableName> names;
  for (std::size_t s = 0; s < scenario.shocks.size(); ++s) {
    Effect effect = scenario.shocks[s].effect;
    visit_numbers(effect, [&](const auto& field, const FieldRange& range) {
      if (!is_uncertain(field)) return;
      names.push_back({s, "shock " + std::to_string(s + 1) + " (" + std::string(kind_of(effect)) +
                              "): " + std::string(range.name)});
    });
  }
  return names;
}

/// The value at a uniform number, clipped.
[[nodiscard]] inline double drawn_value(const UncertainNumber& value, double u, const FieldRange& range) {
  return std::clamp(value.quantile(u), range.low, range.high);
}

/// What a sample draws, for people: "shock 2 (licence): approved 0.41", by variable; the quantile where a schedule has
/// several numbers.
[[nodiscard]] inline std::string drawn_text(const Scenario& scenario, std::span<const double> uniforms) {
  std::string text;
  const std::vector<VariableName> names = variable_names(scenario);
  std::size_t variable = 0;
  const auto say = [&](const UncertainNumber* number, const FieldRange& range) {
    const double u = uniforms[variable];
    text += (text.empty() ? "" : ", ") + names[variable++].text + ' ';
    text += number != nullptr ? number_text(drawn_value(*number, u, range)) : "at its quantile " + number_text(u);
  };
  for (const Shock& shock : scenario.shocks) {
    Effect effect = shock.effect;
    visit_numbers(effect, [&](const auto& field, const FieldRange& range) {
      if (!is_uncertain(field)) return;
      if constexpr (std::is_same_v<std::decay_t<decltype(field)>, Schedule>) {
        say(field.has_steps() ? nullptr : &field.constant(), range);
      } else {
        say(&field, range);
      }
    });
  }
  return text;
}

}  // namespace lode::inline LODE_ABI::detail
