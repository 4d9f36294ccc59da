// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <lode/config.hpp>
#include <lode/date.hpp>
#include <lode/ids.hpp>
#include <lode/sampling.hpp>
#include <lode/status.hpp>

/// What an ensemble answers: distributions of shortfalls. Materials are in tonnes of the element, end uses in tonnes of
/// the commodity; a year's for static models, the whole run's for `simulate`.
namespace lode::inline LODE_ABI {

enum class EnsembleModel { propagate, reallocate, simulate };

/// "propagate", "reallocate", "simulate".
[[nodiscard]] constexpr std::string_view to_string(EnsembleModel model) {
  constexpr std::string_view names[] = {"propagate", "reallocate", "simulate"};
  return names[static_cast<std::size_t>(model)];
}

/// The number that the share `p` of the samples does not exceed, with the interval between two order statistics that
/// holds the true quantile with the confidence asked for: ranks from the binomial distribution, no assumption on the
/// shape (Conover 1999, 3.2). Wider than needed for stratified points. Where there are too few samples for the upper or
/// lower rank, the extreme of the samples stands in.
struct QuantileEstimate {
  double p = 0.0;
  double value = 0.0, low = 0.0, high = 0.0;
};

/// The share of the samples above `value`.
struct ExceedancePoint {
  double value = 0.0, probability = 0.0;
};

/// One number over all samples.
struct Spread {
  double mean = 0.0;
  /// Of the mean: sd / sqrt(n) for Monte Carlo, from the replicates' means for stratified points.
  double standard_error = 0.0;
  double standard_deviation = 0.0;
  double least = 0.0, largest = 0.0;
  /// The share of samples with a shortfall (more than 1e-9 of what is demanded, above rounding; of a difference: with
  /// one above 0), and its exact binomial interval (Clopper and Pearson 1934).
  double probability_of_shortfall = 0.0, probability_low = 0.0, probability_high = 1.0;
  std::vector<QuantileEstimate> quantiles;
  /// The mean of the worst samples, EnsembleOptions::tail of them (conditional value at risk).
  double expected_shortfall = 0.0;
  std::vector<ExceedancePoint>
      exceedance;  ///< from the least to the largest number, ascending; empty if they are equal
};

struct MaterialSpread {
  MaterialId id;
  std::string name;
  double demanded = 0.0;  ///< at the median of the scenario
  Spread shortfall;
};

struct CountrySpread {
  CountryId id;
  std::string name;
  std::vector<MaterialSpread> materials;
};

struct EndUseSpread {
  EndUseId id;
  std::string name;
  double demanded = 0.0;
  Spread shortfall;
};

/// Shortfalls of one calendar month; below 0 where a month makes good what earlier ones lacked.
struct MonthSpread {
  Date month;
  std::vector<MaterialSpread> materials;
};

/// What a policy changes: shortfall with it less shortfall without, sample by sample. Below 0 is better.
struct PolicySpread {
  std::string name;
  std::vector<MaterialSpread> with;        ///< shortfalls under scenario and policy
  std::vector<MaterialSpread> difference;  ///< with less without
  Spread weighted, weighted_difference;
  double probability_of_gain = 0.0;  ///< the share of samples whose weighted shortfall falls
};

/// When to stop.
struct Convergence {
  double half_width =
      0.0;  ///< of the interval of the mean, as a share of it, of the material that needs most; 0: none is short
  MaterialId material;   ///< that one; invalid if none is short
  bool reached = false;  ///< half_width is at most EnsembleOptions::until
  /// Samples that would bring the half-width to 1 % at the usual rate, one over the root of their number.
  std::uint64_t samples_for_one_percent = 0;
};

struct Ensemble {
  SolveStatus status = SolveStatus::not_run;
  EnsembleModel of = EnsembleModel::propagate;
  std::string scenario;
  SamplingOptions sampling;   ///< as asked for
  std::uint64_t samples = 0;  ///< done
  std::size_t variables = 0;  ///< uncertain numbers; the steps of one schedule are one
  double confidence = 0.95, tail = 0.05;
  double confidence_factor = 0.0;  ///< half-width of the interval of a mean, in standard errors
  std::vector<MaterialSpread> materials;
  std::vector<CountrySpread> countries;  ///< those with demand, in the network's order
  std::vector<EndUseSpread> end_uses;
  std::vector<MonthSpread> months;  ///< of simulate
  Spread weighted;                  ///< sum over end uses of weight * shortfall, t of commodity
  std::vector<PolicySpread> policies;
  Convergence convergence;
  std::vector<std::string> notes;
};

}  // namespace lode::inline LODE_ABI
