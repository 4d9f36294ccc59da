// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include <lode/config.hpp>
#include <lode/detail/special_functions.hpp>

/// Intervals of what samples estimate. Private.
namespace lode::inline LODE_ABI::detail {

/// P(at most k of n succeed), each with probability p: 1 - I_p(k + 1, n - k).
[[nodiscard]] inline double binomial_at_most(std::uint64_t k, std::uint64_t n, double p) {
  if (k >= n) return 1.0;
  return 1.0 - incomplete_beta(static_cast<double>(k) + 1.0, static_cast<double>(n - k), p);
}

/// Ranks (1 .. n) of the order statistics between which the quantile of `p` lies with at least `confidence`. Rank 0 or
/// n + 1: there are too few samples for an order statistic on that side.
[[nodiscard]] inline std::pair<std::uint64_t, std::uint64_t> quantile_ranks(std::uint64_t n, double p,
                                                                            double confidence) {
  const double outside = 0.5 * (1.0 - confidence);
  // The largest l with P(Bin <= l - 1) <= outside.
  std::uint64_t low = 0, above = n + 1;
  while (above - low > 1) {
    const std::uint64_t middle = low + (above - low) / 2;
    (binomial_at_most(middle - 1, n, p) <= outside ? low : above) = middle;
  }
  // The least u with P(Bin >= u) <= outside.
  std::uint64_t below = 0, high = n + 1;
  while (high - below > 1) {
    const std::uint64_t middle = below + (high - below) / 2;
    (1.0 - binomial_at_most(middle - 1, n, p) <= outside ? high : below) = middle;
  }
  return {low, high};
}

/// The p at which `rises(p)`, a function that does not fall, passes `level`.
template <class Rising>
[[nodiscard]] double root_between(double low, double high, double level, Rising rises) {
  for (int i = 0; i < 200; ++i) {
    const double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    (rises(middle) < level ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

/// The exact interval of a probability of which k in n samples were seen (Clopper and Pearson 1934).
[[nodiscard]] inline std::pair<double, double> binomial_interval(std::uint64_t k, std::uint64_t n, double confidence) {
  const double outside = 0.5 * (1.0 - confidence);
  const auto a = static_cast<double>(k), b = static_cast<double>(n - k);
  const double low =
      k == 0 ? 0.0 : root_between(0.0, 1.0, outside, [&](double p) { return incomplete_beta(a, b + 1.0, p); });
  const double high =
      k == n ? 1.0 : root_between(0.0, 1.0, 1.0 - outside, [&](double p) { return incomplete_beta(a + 1.0, b, p); });
  return {low, high};
}

/// The quantile of Student's t distribution with `degrees` degrees of freedom, for p above a half.
[[nodiscard]] inline double student_quantile(double p, double degrees) {
  return root_between(0.0, 1e6, p, [degrees](double t) {
    return 1.0 - 0.5 * incomplete_beta(0.5 * degrees, 0.5, degrees / (degrees + t * t));
  });
}

}  // namespace lode::inline LODE_ABI::detail
