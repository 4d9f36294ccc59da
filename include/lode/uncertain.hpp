// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/magnitude.hpp>

/// A number that may be uncertain. Models of a single scenario use its median; ensembles sample it.
///
///     lode::UncertainNumber approved = 0.25;                                  // certain
///     lode::UncertainNumber factor = lode::Triangular{0.1, 0.25, 0.5};        // min, mode, max
///     factor.median();                                                        // 0.2764
namespace lode::inline LODE_ABI {

/// Density rising linearly from min to mode and falling to max. min <= mode <= max.
struct Triangular {
  double min = 0.0;
  double mode = 0.0;
  double max = 0.0;
  friend bool operator==(const Triangular&, const Triangular&) = default;
};

/// Constant density on [min, max]. min <= max.
struct Uniform {
  double min = 0.0;
  double max = 0.0;
  friend bool operator==(const Uniform&, const Uniform&) = default;
};

/// Beta distribution scaled to [min, max] with shapes 1 + 4 (mode - min)/(max - min) and 1 + 4 (max - mode)/(max - min)
/// (Malcolm et al. 1959). min <= mode <= max.
struct Pert {
  double min = 0.0;
  double mode = 0.0;
  double max = 0.0;
  friend bool operator==(const Pert&, const Pert&) = default;
};

/// Gaussian; sd >= 0.
struct Normal {
  double mean = 0.0;
  double sd = 0.0;
  friend bool operator==(const Normal&, const Normal&) = default;
};

/// exp of a Gaussian with mean log(median) and standard deviation sigma. median > 0, sigma >= 0.
struct Lognormal {
  double median = 1.0;
  double sigma = 0.0;
  friend bool operator==(const Lognormal&, const Lognormal&) = default;
};

/// values[i] with probability weights[i] / sum(weights). Same length, at least one, weights >= 0 with a positive sum.
struct Discrete {
  std::vector<double> values;
  std::vector<double> weights;
  friend bool operator==(const Discrete&, const Discrete&) = default;
};

/// A certain number or a distribution.
class UncertainNumber {
 public:
  using Form = std::variant<double, Triangular, Uniform, Pert, Normal, Lognormal, Discrete>;

  UncertainNumber() = default;
  UncertainNumber(double number) : form_(number) {}
  template <class Distribution>
  requires std::is_constructible_v<Form, Distribution> &&
      (!std::is_arithmetic_v<Distribution>)UncertainNumber(Distribution distribution)
      : form_(std::move(distribution)) {}

  [[nodiscard]] const Form& form() const { return form_; }
  [[nodiscard]] bool is_certain() const { return std::holds_alternative<double>(form_); }

  /// The smallest x with P(X <= x) >= p, for p from 0 to 1 (else `InvalidArgument`); at 0 the least number that can be
  /// drawn, infinite for a Gaussian. Never falls as p rises. Exact to rounding; PERT by bisection on the regularised
  /// incomplete beta function, to 1 part in 1e14 of the range.
  ///
  ///     factor.quantile(uniform(seed, sample, variable));   // a draw, see random.hpp
  [[nodiscard]] double quantile(double p) const;

  /// The number that half of the draws do not exceed: quantile(0.5).
  [[nodiscard]] double median() const { return quantile(0.5); }

  /// What is wrong with the parameters ("min 0.5 is above mode 0.25"), or nothing. All parameters must be finite.
  [[nodiscard]] std::optional<std::string> problem() const;

  friend bool operator==(const UncertainNumber&, const UncertainNumber&) = default;

 private:
  Form form_ = 0.0;
};

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/uncertain.ipp>  // IWYU pragma: export
#endif
