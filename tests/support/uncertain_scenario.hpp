// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <lode/detail/uncertain_fields.hpp>
#include <lode/scenario.hpp>

#include "random.hpp"

namespace lode_test {

/// The scenario with a distribution of some kind around most of its numbers.
inline lode::Scenario uncertain(lode::Scenario scenario, std::uint64_t seed, double share = 0.8) {
  Random random(seed ^ 0xd15717b07ed5ca1eULL);
  const auto around = [&random](double value) -> lode::UncertainNumber {
    const double width = 0.1 + 0.5 * std::abs(value);
    switch (random.below(6)) {
      case 0:
        return lode::Triangular{value - width, value, value + width};
      case 1:
        return lode::Uniform{value - width, value + width};
      case 2:
        return lode::Normal{value, width};
      case 3:
        return lode::Lognormal{std::abs(value) + 0.01, 0.4};
      case 4:
        return lode::Pert{value - width, value, value + width};
      default:
        return lode::Discrete{{value, value + width, std::max(0.0, value - width)}, {2.0, 1.0, 1.0}};
    }
  };
  const auto blur = [&](lode::UncertainNumber& number) {
    if (random.chance(share)) number = around(number.median());
  };
  for (lode::Shock& shock : scenario.shocks) {
    lode::detail::visit_numbers(shock.effect, [&](auto& field, const lode::detail::FieldRange& range) {
      if (range.name.ends_with("_days")) return;  // ramps need dates
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, lode::Schedule>) {
        if (!field.has_steps()) {
          lode::UncertainNumber number = field.constant();
          blur(number);
          field = std::move(number);
        } else {
          std::vector<lode::Step> steps = field.steps();
          for (lode::Step& step : steps) blur(step.value);
          field = std::move(steps);
        }
      } else {
        blur(field);
      }
    });
  }
  return scenario;
}

}  // namespace lode_test
