// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cmath>
#include <limits>

#include <lode/config.hpp>

namespace lode::inline LODE_ABI::detail {

/// The probability that chi-square with `degrees` (> 0, need not be whole) degrees of freedom is at least `value`: the
/// regularised upper incomplete gamma function Q(degrees / 2, value / 2), by its series below the mean and by its
/// continued fraction above (Numerical Recipes, 3rd edition, 6.2), to about 1e-13.
[[nodiscard]] inline double chi_square_tail(double value, double degrees) {
  if (!(degrees > 0.0) || !(value > 0.0)) return 1.0;
  constexpr double precision = 1e-15;
  constexpr int most_terms = 100000;
  const double a = 0.5 * degrees;
  const double x = 0.5 * value;
  const double front = std::exp(a * std::log(x) - x - std::lgamma(a));
  if (x < a + 1.0) {
    double term = 1.0 / a;
    double sum = term;
    for (int k = 1; k < most_terms && term > precision * sum; ++k) {
      term *= x / (a + k);
      sum += term;
    }
    return 1.0 - front * sum;
  }
  // Lentz's evaluation of the continued fraction.
  constexpr double tiny = std::numeric_limits<double>::min() / precision;
  double b = x + 1.0 - a;
  double c = 1.0 / tiny;
  double d = 1.0 / b;
  double fraction = d;
  for (int k = 1; k < most_terms; ++k) {
    const double numerator = -k * (k - a);
    b += 2.0;
    d = numerator * d + b;
    if (std::abs(d) < tiny) d = tiny;
    c = b + numerator / c;
    if (std::abs(c) < tiny) c = tiny;
    d = 1.0 / d;
    const double step = d * c;
    fraction *= step;
    if (std::abs(step - 1.0) <= precision) break;
  }
  return front * fraction;
}

}  // namespace lode::inline LODE_ABI::detail
