// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <lode/config.hpp>
#include <lode/network.hpp>
#include <lode/scenario.hpp>
#include <lode/static_model.hpp>
#include <lode/status.hpp>

/// Attribution: how much of a loss each of several simultaneous shocks is to blame for.
///
/// v(S) is the shortfall when only the shocks S of a scenario happen. A shock alone may do nothing that another does
/// not do already, and two together more than both alone, so neither "alone" nor "left out" adds up. The Shapley value
/// (1953) is the mean of what a shock adds over all orders in which the k shocks may arrive,
///
///     phi_p = sum over S without p of |S|! (k - |S| - 1)! / k! * (v(S + p) - v(S))
///
/// the only division that adds up to the joint loss v(all) - v(none), gives nothing to a shock that never matters, the
/// same to two that are interchangeable, and adds over targets. Shocks that help (reserves, expansions) get negative
/// shares.
///
/// Up to `exact_shocks` shocks (15, or 10 with reallocate) all 2^k subsets are run. Beyond, orders are drawn at random,
/// each together with its reverse (antithetic; every order adds up to the joint loss, so the estimate does too), and
/// each share has an interval from the spread of the pairs (Castro, Gomez and Tejada 2009, Comput. Oper. Res. 36;
/// Mitchell et al. 2022).
///
///     const lode::Attribution blame = lode::attribution(network, scenario);
///     for (const lode::ShockShare& share : blame.shocks) std::cout << share.kind << ' ' << share.weighted.value <<
///     '\n';
///
/// Cost: 2^k runs of the model, or samples * (k - 1); propagate in lanes. Threads share the runs, never a sum, so the
/// bits do not depend on them.
namespace lode::inline LODE_ABI {

struct AttributionOptions {
  StaticModel model = StaticModel::propagate;
  /// Most shocks of which all subsets are run, 0 to 20; without it 15 with propagate and 10 with reallocate.
  std::optional<std::size_t> exact_shocks = std::nullopt;
  std::size_t samples = 2000;  ///< orders drawn beyond; at least 4, pairs are completed
  double confidence = 0.95;    ///< of the intervals, above 0 and below 1
  std::uint64_t seed = 1;
  unsigned threads = 1;  ///< 0: one for each processor
};

/// A share, t/yr. low = high = value where it is exact.
struct Share {
  double value = 0.0, low = 0.0, high = 0.0;
  friend bool operator==(const Share&, const Share&) = default;
};

struct ShockShare {
  std::size_t shock = 0;         ///< position in the scenario
  std::string kind;              ///< "capacity", "export", ...
  Share weighted;                ///< of the total weighted shortfall
  std::vector<Share> materials;  ///< of the shortfall of each material
};

/// Shortfalls, t/yr.
struct Loss {
  double weighted = 0.0;
  std::vector<double> materials;
};

struct Attribution {
  SolveStatus status = SolveStatus::not_run;
  std::string scenario;
  StaticModel model = StaticModel::propagate;
  bool exact = true;
  std::size_t runs = 0;            ///< of the model
  Loss none, all;                  ///< v without shocks and with all
  std::vector<ShockShare> shocks;  ///< in the scenario's order
  /// Worst |sum of shares - (all - none)|, relative to the larger of both. Target 1e-12.
  double efficiency_residual = 0.0;
};

/// Throws `InvalidScenario`, and `InvalidArgument` for options out of range. A subset without an answer (an offtake
/// that cannot be met without its remedy) gives its status and no numbers.
[[nodiscard]] Attribution attribution(const Network& network, const Scenario& scenario,
                                      const AttributionOptions& options = {});

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/attribution.ipp>  // IWYU pragma: export
#endif
