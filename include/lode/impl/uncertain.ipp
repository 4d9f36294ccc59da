// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include <lode/detail/text.hpp>
#include <lode/uncertain.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

/// Continued fraction of the incomplete beta function (Numerical Recipes 6.4, modified Lentz), for x < (a+1)/(a+b+2).
LODE_INLINE double beta_continued_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300;
  const auto guarded = [](double value) { return std::abs(value) < tiny ? tiny : value; };
  double c = 1.0;
  double d = 1.0 / guarded(1.0 - (a + b) * x / (a + 1.0));
  double fraction = d;
  for (int m = 1; m <= 300; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m));
    d = 1.0 / guarded(1.0 + even * d);
    c = guarded(1.0 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0));
    d = 1.0 / guarded(1.0 + odd * d);
    c = guarded(1.0 + odd / c);
    const double step = d * c;
    fraction *= step;
    if (std::abs(step - 1.0) < 1e-16) break;
  }
  return fraction;
}

/// I_x(a, b), the regularised incomplete beta function.
LODE_INLINE double incomplete_beta(double a, double b, double x) {
  if (x <= 0.0) return 0.0;
  if (x >= 1.0) return 1.0;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1.0) / (a + b + 2.0)) return front * beta_continued_fraction(a, b, x) / a;
  return 1.0 - front * beta_continued_fraction(b, a, 1.0 - x) / b;
}

LODE_INLINE double median_of(const Triangular& t) {
  const double range = t.max - t.min;
  if (range <= 0.0) return t.min;
  const double below_mode = (t.mode - t.min) / range;
  if (below_mode >= 0.5) return t.min + std::sqrt(0.5 * range * (t.mode - t.min));
  return t.max - std::sqrt(0.5 * range * (t.max - t.mode));
}

LODE_INLINE double median_of(const Pert& p) {
  const double range = p.max - p.min;
  if (range <= 0.0) return p.min;
  const double a = 1.0 + 4.0 * (p.mode - p.min) / range;
  const double b = 1.0 + 4.0 * (p.max - p.mode) / range;
  double low = 0.0;
  double high = 1.0;
  while (high - low > 1e-15) {
    const double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    (incomplete_beta(a, b, middle) < 0.5 ? low : high) = middle;
  }
  return p.min + range * 0.5 * (low + high);
}

LODE_INLINE double median_of(const Discrete& d) {
  std::vector<std::size_t> order(d.values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&d](std::size_t i, std::size_t j) { return d.values[i] < d.values[j]; });
  // Weights are written as decimals: 0.1 + 0.7 is half of 0.1 + 0.7 + 0.8, but for rounding.
  constexpr double rounding = 1e-12;
  const double half = 0.5 * (1.0 - rounding) * std::accumulate(d.weights.begin(), d.weights.end(), 0.0);
  double sum = 0.0;
  for (const std::size_t i : order) {
    sum += d.weights[i];
    if (sum >= half) return d.values[i];
  }
  return order.empty() ? 0.0 : d.values[order.back()];
}

LODE_INLINE std::optional<std::string> order_problem(double min, double mode, double max) {
  if (min > mode) return "min " + number_text(min) + " is above mode " + number_text(mode);
  if (mode > max) return "mode " + number_text(mode) + " is above max " + number_text(max);
  return std::nullopt;
}

}  // namespace detail

LODE_INLINE double UncertainNumber::median() const {
  return std::visit(detail::Overloaded{
                        [](double number) { return number; },
                        [](const Triangular& t) { return detail::median_of(t); },
                        [](const Uniform& u) { return u.min + 0.5 * (u.max - u.min); },
                        [](const Pert& p) { return detail::median_of(p); },
                        [](const Normal& n) { return n.mean; },
                        [](const Lognormal& l) { return l.median; },
                        [](const Discrete& d) { return detail::median_of(d); },
                    },
                    form_);
}

LODE_INLINE std::optional<std::string> UncertainNumber::problem() const {
  using Problem = std::optional<std::string>;
  const auto finite = [](std::initializer_list<double> numbers) -> Problem {
    for (const double number : numbers) {
      if (!std::isfinite(number)) return "parameter " + detail::number_text(number) + " is not finite";
    }
    return std::nullopt;
  };
  return std::visit(detail::Overloaded{
                        [&](double number) -> Problem { return finite({number}); },
                        [&](const Triangular& t) -> Problem {
                          if (const Problem p = finite({t.min, t.mode, t.max})) return p;
                          return detail::order_problem(t.min, t.mode, t.max);
                        },
                        [&](const Uniform& u) -> Problem {
                          if (const Problem p = finite({u.min, u.max})) return p;
                          if (u.min <= u.max) return std::nullopt;
                          return "min " + detail::number_text(u.min) + " is above max " + detail::number_text(u.max);
                        },
                        [&](const Pert& p) -> Problem {
                          if (const Problem bad = finite({p.min, p.mode, p.max})) return bad;
                          return detail::order_problem(p.min, p.mode, p.max);
                        },
                        [&](const Normal& n) -> Problem {
                          if (const Problem p = finite({n.mean, n.sd})) return p;
                          if (n.sd >= 0.0) return std::nullopt;
                          return "sd " + detail::number_text(n.sd) + " is below 0";
                        },
                        [&](const Lognormal& l) -> Problem {
                          if (const Problem p = finite({l.median, l.sigma})) return p;
                          if (l.median <= 0.0) return "median " + detail::number_text(l.median) + " is not above 0";
                          if (l.sigma >= 0.0) return std::nullopt;
                          return "sigma " + detail::number_text(l.sigma) + " is below 0";
                        },
                        [&](const Discrete& d) -> Problem {
                          if (d.values.empty()) return "values are empty";
                          if (d.values.size() != d.weights.size()) {
                            return std::to_string(d.values.size()) + " values but " +
                                   std::to_string(d.weights.size()) + " weights";
                          }
                          double sum = 0.0;
                          for (std::size_t i = 0; i < d.values.size(); ++i) {
                            if (const Problem p = finite({d.values[i], d.weights[i]})) return p;
                            if (d.weights[i] < 0.0) return "weight " + detail::number_text(d.weights[i]) + " is below 0";
                            sum += d.weights[i];
                          }
                          if (sum > 0.0 && std::isfinite(sum)) return std::nullopt;
                          return "weights do not add up to a positive number";
                        },
                    },
                    form_);
}

}  // namespace lode::inline LODE_ABI
