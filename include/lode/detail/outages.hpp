// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <lode/disruption.hpp>
#include <lode/ids.hpp>
#include <lode/network.hpp>
#include <lode/propagate.hpp>
#include <lode/status.hpp>

/// Propagation of outages on top of one scenario, at the cost of what lies downstream of each. Private.
namespace lode::inline LODE_ABI::detail {

/// What goes away together: facilities that stop, routes that close; ascending, each once.
struct Removal {
  std::vector<FacilityId> facilities;
  std::vector<RouteId> routes;
};

/// `start` with everything in `removed` taken away, whatever the scenario adds to it. `by_quota`: closed routes as
/// quotas of 0, which reallocation reads, instead of open shares.
[[nodiscard]] Disruption without(const Network& network, const Disruption& start,
                                 std::span<const Removal* const> removed, bool by_quota);

struct Loss {
  SolveStatus status = SolveStatus::not_run;
  double weighted = 0.0;          ///< sum of weight * shortfall over end uses
  std::vector<double> shortfall;  ///< t of element per year, by material
};

/// What an end use gets less than at the start, t/yr of its commodity.
struct LostDelivery {
  std::uint32_t end_use = 0;
  double exact = 0.0;  ///< of this removal alone
  double most = 0.0;   ///< with nobody's surplus to absorb it: adds up to a bound for several removals together
};

/// Not for several threads at once; copy it instead.
class Outages {
 public:
  /// Solves `start` with a copy of what `propagator` has set up.
  Outages(const Propagator& propagator, const Disruption& start);
  ~Outages();
  Outages(const Outages& other);
  Outages(Outages&&) noexcept;
  Outages& operator=(const Outages&) = delete;
  Outages& operator=(Outages&&) = delete;

  [[nodiscard]] const Loss& start() const;

  /// Shortfalls with the bits that a `Propagator` gives `without(start, removed)`. O(lines downstream + end uses after
  /// the first that changes).
  void run(std::span<const Removal* const> removed, Loss& loss);
  /// max |u - F(u)| over the loops that the last `run` solved, and those of the start.
  [[nodiscard]] double residual() const;

  /// The certificate that a `Propagator` gives `without(start, removed)`, and its status. O(network).
  [[nodiscard]] SolveStatus certify(std::span<const Removal* const> removed, Certificate& certificate);

  /// What the end uses downstream of `removed` lose, in ascending order; false if it has no solution. With x_e the sums
  /// of `most` over several removals, an end use loses min(x_e, room(e)) at most when all of them go; it loses `exact`
  /// where only one of them lists it. docs/rank.md has the proof. O(lines downstream).
  [[nodiscard]] bool bound(const Removal& removed, std::vector<LostDelivery>& lost);
  /// What an end use has to lose: deliveries of the start that are not from its own reserve.
  [[nodiscard]] std::span<const double> room() const;
  /// After priority shocks.
  [[nodiscard]] std::span<const double> weight() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/outages.ipp>  // IWYU pragma: export
#endif
