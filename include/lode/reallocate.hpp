// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <memory>
#include <stop_token>

#include <lode/adaptation.hpp>
#include <lode/config.hpp>
#include <lode/disruption.hpp>
#include <lode/network.hpp>
#include <lode/result.hpp>
#include <lode/scenario.hpp>

/// Reallocation: what a shock does when everybody adapts as well as possible. A lower bound on the weighted shortfall.
///
/// Activities x, flows f and what is missing d at the end uses solve the linear program
///
///     minimise    sum weight d
///     subject to  amount x <= (1 - c) amount x0 + c (inflow + released)   each input of a recipe, criticality c
///                 outflow <= amount x                                     each output of a recipe
///                 x = sum of feeds                                        a separator's activity
///                 outflow <= sum of recovery content feed / content       each recovered commodity
///                 inflow + released + d >= demand                         each end use
///                 x <= factor capacity + add,   f <= capacity
///                 sum of f <= factor * sum of f0                          each export, import, route or licence shock
///                                                                         below 1 and each commodity: a quota
///                 sum of f >= minimum                                     each offtake and commodity
///                 x, f, d >= 0
///
/// Whatever is not wanted may be thrown away. The minimum is unique, the flows are not: of all optima the result is the
/// one that changes trade least, the minimum of sum (f - f0)^2 / (2 max(f0, F / 1000)), F the largest baseline flow of
/// the commodity (1 t/yr if it does not flow). The multipliers of the rows are scarcity prices: what one more tonne
/// there would save, in weighted tonnes of end products. docs/reallocate.md states the dual and the limits.
///
///     const lode::Result best = lode::reallocate(network, scenario);
///     best.total_weighted_shortfall;   // no allocation does better than this less best.certificate.gap
///     best.prices;                     // where a tonne is missed most
///
/// Cost: a linear program by the simplex method from the base year (changes of basis in proportion to what the shock
/// touches), then 5 to 20 sparse factorisations of the coupling of balances, less where nothing needs to change.
///
/// An offtake can ask for what cannot be shipped. The status is then `infeasible`, and `conflict` names demands of which
/// none can be spared. Everything else has an answer, because going short is always possible.
namespace lode::inline LODE_ABI {

struct ReallocateOptions {
  Adaptation allow = {};
  /// Find the allocation that changes trade least. Without it `routes` and `facilities` stay empty and end uses are
  /// those of some optimum: enough for totals, and a second program less to solve.
  bool tie_break = true;
  bool prices = true;         ///< prices, rents and baskets
  bool price_ranges = false;  ///< `low` and `high` of each price: two small programs, a few changes of basis each
  double tolerance = 1e-9;    ///< of the certificate, relative; in [1e-12, 1e-4]
  std::stop_token stop = {};
};

namespace detail {
class ReallocatorState;
}  // namespace detail

/// Reallocation set up for one network. Not for use by two threads at once. A run does not depend on the runs before it.
class Reallocator {
 public:
  /// Throws `InvalidArgument` for options out of range.
  explicit Reallocator(const Network& network, const ReallocateOptions& options = {});
  ~Reallocator();
  Reallocator(Reallocator&&) noexcept;
  Reallocator& operator=(Reallocator&&) noexcept;

  /// Throws `InvalidScenario`.
  [[nodiscard]] Result run(const Scenario& scenario);
  /// Reads activity, demand, weights, releases, quotas and offtakes of the disruption.
  [[nodiscard]] Result run(const Disruption& disruption);
  /// The same with other ways to adapt.
  [[nodiscard]] Result run(const Disruption& disruption, const Adaptation& allow);

  [[nodiscard]] const Network& network() const;

 private:
  std::unique_ptr<detail::ReallocatorState> state_;
};

/// One scenario on one network; sets up and runs.
[[nodiscard]] Result reallocate(const Network& network, const Scenario& scenario,
                                const ReallocateOptions& options = {});

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/reallocate.ipp>  // IWYU pragma: export
#endif
