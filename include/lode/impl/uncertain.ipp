// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

#include <lode/detail/special_functions.hpp>
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
  const auto sane = [](std::initializer_list<double> numbers) -> Problem {
    for (const double number : numbers) {
      if (!std::isfinite(number)) return "parameter " + detail::number_text(number) + " is not finite";
      if (std::abs(number) > detail::most_magnitude) {
        return "parameter " + detail::number_text(number) + " is beyond " + detail::number_text(detail::most_magnitude);
      }
    }
    return std::nullopt;
  };
  return std::visit(detail::Overloaded{
                        [&](double number) -> Problem { return sane({number}); },
                        [&](const Triangular& t) -> Problem {
                          if (const Problem p = sane({t.min, t.mode, t.max})) return p;
                          return detail::order_problem(t.min, t.mode, t.max);
                        },
                        [&](const Uniform& u) -> Problem {
                          if (const Problem p = sane({u.min, u.max})) return p;
                          if (u.min <= u.max) return std::nullopt;
                          return "min " + detail::number_text(u.min) + " is above max " + detail::number_text(u.max);
                        },
                        [&](const Pert& p) -> Problem {
                          if (const Problem bad = sane({p.min, p.mode, p.max})) return bad;
                          return detail::order_problem(p.min, p.mode, p.max);
                        },
                        [&](const Normal& n) -> Problem {
                          if (const Problem p = sane({n.mean, n.sd})) return p;
                          if (n.sd >= 0.0) return std::nullopt;
                          return "sd " + detail::number_text(n.sd) + " is below 0";
                        },
                        [&](const Lognormal& l) -> Problem {
                          if (const Problem p = sane({l.median, l.sigma})) return p;
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
                            if (const Problem p = sane({d.values[i], d.weights[i]})) return p;
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
