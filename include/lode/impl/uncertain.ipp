// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

#include <lode/detail/text.hpp>
#include <lode/error.hpp>
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

/// The standard normal quantile: Wichura (1988), algorithm AS 241 (PPND16), about 1 part in 1e16.
LODE_INLINE double normal_quantile(double p) {
  const auto ratio = [](double x, const double(&top)[8], const double(&bottom)[8]) {
    double above = top[7], below = bottom[7];
    for (int i = 6; i >= 0; --i) {
      above = above * x + top[i];
      below = below * x + bottom[i];
    }
    return above / below;
  };
  static constexpr double a[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                  1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                  3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr double b[8] = {1.0,
                                  4.2313330701600911252e+1,
                                  6.8718700749205790830e+2,
                                  5.3941960214247511077e+3,
                                  2.1213794301586595867e+4,
                                  3.9307895800092710610e+4,
                                  2.8729085735721942674e+4,
                                  5.2264952788528545610e+3};
  static constexpr double c[8] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                  3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                  2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double d[8] = {1.0,
                                  2.05319162663775882187e0,
                                  1.67638483018380384940e0,
                                  6.89767334985100004550e-1,
                                  1.48103976427480074590e-1,
                                  1.51986665636164571966e-2,
                                  5.47593808499534494600e-4,
                                  1.05075007164441684324e-9};
  static constexpr double e[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                  2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                  2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double f[8] = {1.0,
                                  5.99832206555887937690e-1,
                                  1.36929880922735805310e-1,
                                  1.48753612908506148525e-2,
                                  7.86869131145613259100e-4,
                                  1.84631831751005468180e-5,
                                  1.42151175831644588870e-7,
                                  2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) return q * ratio(0.180625 - q * q, a, b);
  const double tail = q < 0.0 ? p : 1.0 - p;
  if (!(tail > 0.0))
    return q < 0.0 ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  const double r = std::sqrt(-std::log(tail));
  const double z = r <= 5.0 ? ratio(r - 1.6, c, d) : ratio(r - 5.0, e, f);
  return q < 0.0 ? -z : z;
}

LODE_INLINE double quantile_of(const Triangular& t, double p) {
  const double range = t.max - t.min;
  if (range <= 0.0) return t.min;
  const double below_mode = (t.mode - t.min) / range;
  if (below_mode >= p) return t.min + std::sqrt(p * range * (t.mode - t.min));
  // Never below the other branch, which may end a rounding above the mode.
  const double left_end = t.min + std::sqrt(below_mode * range * (t.mode - t.min));
  return std::max(left_end, t.max - std::sqrt((1.0 - p) * range * (t.max - t.mode)));
}

LODE_INLINE double quantile_of(const Uniform& u, double p) {
  return std::min(u.max, u.min + p * (u.max - u.min));
}

LODE_INLINE double quantile_of(const Pert& distribution, double p) {
  const double range = distribution.max - distribution.min;
  if (range <= 0.0 || p <= 0.0) return distribution.min;
  if (p >= 1.0) return distribution.max;
  const double a = 1.0 + 4.0 * (distribution.mode - distribution.min) / range;
  const double b = 1.0 + 4.0 * (distribution.max - distribution.mode) / range;
  double low = 0.0;
  double high = 1.0;
  while (high - low > 1e-15) {
    const double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    (incomplete_beta(a, b, middle) < p ? low : high) = middle;
  }
  return distribution.min + range * 0.5 * (low + high);
}

LODE_INLINE double quantile_of(const Normal& n, double p) {
  return n.sd > 0.0 ? n.mean + n.sd * normal_quantile(p) : n.mean;
}

LODE_INLINE double quantile_of(const Lognormal& l, double p) {
  return l.sigma > 0.0 ? l.median * std::exp(l.sigma * normal_quantile(p)) : l.median;
}

LODE_INLINE double quantile_of(const Discrete& d, double p) {
  std::vector<std::size_t> order(d.values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&d](std::size_t i, std::size_t j) { return d.values[i] < d.values[j]; });
  // Weights are written as decimals: 0.1 + 0.7 is half of 0.1 + 0.7 + 0.8, but for rounding.
  constexpr double rounding = 1e-12;
  const double wanted = p * (1.0 - rounding) * std::accumulate(d.weights.begin(), d.weights.end(), 0.0);
  double sum = 0.0;
  double last = 0.0;
  for (const std::size_t i : order) {
    if (!(d.weights[i] > 0.0)) continue;  // is never drawn
    sum += d.weights[i];
    last = d.values[i];
    if (sum >= wanted && p < 1.0) break;
  }
  return last;
}

LODE_INLINE std::optional<std::string> order_problem(double min, double mode, double max) {
  if (min > mode) return "min " + number_text(min) + " is above mode " + number_text(mode);
  if (mode > max) return "mode " + number_text(mode) + " is above max " + number_text(max);
  return std::nullopt;
}

}  // namespace detail

LODE_INLINE double UncertainNumber::quantile(double p) const {
  if (!(p >= 0.0 && p <= 1.0)) {
    throw InvalidArgument({{{"quantile", 0, 0}, "p is " + detail::number_text(p), "give a number from 0 to 1"}});
  }
  return std::visit(detail::Overloaded{
                        [](double number) { return number; },
                        [p](const auto& distribution) { return detail::quantile_of(distribution, p); },
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
                            return std::to_string(d.values.size()) + " values but " + std::to_string(d.weights.size()) +
                                   " weights";
                          }
                          double sum = 0.0;
                          for (std::size_t i = 0; i < d.values.size(); ++i) {
                            if (const Problem p = finite({d.values[i], d.weights[i]})) return p;
                            if (d.weights[i] < 0.0)
                              return "weight " + detail::number_text(d.weights[i]) + " is below 0";
                            sum += d.weights[i];
                          }
                          if (sum > 0.0 && std::isfinite(sum)) return std::nullopt;
                          return "weights do not add up to a positive number";
                        },
                    },
                    form_);
}

}  // namespace lode::inline LODE_ABI
