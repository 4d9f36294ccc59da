// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <lode/config.hpp>
#include <lode/disruption.hpp>
#include <lode/network.hpp>
#include <lode/result.hpp>
#include <lode/scenario.hpp>
#include <lode/status.hpp>

/// Propagation: what a shock does while nobody reroutes. An upper bound on the shortfall as long as nobody hoards.
///
/// Every seller serves all its customers the same fraction u of their baseline flows; a buyer makes what its scarcest
/// input allows. With f0 the baseline flow of a route, phi its open share, gamma a facility's limit (both from the
/// scenario) and coverage v_s = sum_r f0_r phi_r u_seller(r) / need_s of an input s with criticality c_s:
///
///     recipe:     u = min(1, gamma, min_s (1 - c_s (1 - v_s)))
///     separator:  u_line = sum_r c_r f0_r min(phi_r u_seller(r), 1, gamma) / sum_r c_r f0_r   for each recovered
///                 material, c_r its content in what route r brings
///     end use:    delivered = demand * min(1, v)
///
/// The answer is the greatest fixpoint of this monotone, concave, piecewise-linear map (Tarski 1955; the choice is that
/// of Eisenberg and Noe 2001: nobody stops without need). Acyclic parts take one sweep in topological order. Loops are
/// swept from above until nothing changes; a loop that has not settled after `max_sweeps` is solved by policy iteration
/// from the capacity policy, keeping the old policy on ties, which ends at the greatest fixpoint after finitely many
/// linear solves (docs/model.md has the proof and the limits).
///
///     const lode::Result result = lode::propagate(network, scenario);             // one scenario
///
///     lode::Propagator propagator{network};                                       // set up once,
///     lode::Outcomes outcomes;
///     propagator.run(disruptions, outcomes);                                      // run many, without allocating
///     outcomes.shortfall(dy, 17);                                                 // t of Dy per year in scenario 17
namespace lode::inline LODE_ABI {

struct PropagateOptions {
  /// Sweeps over a loop before policy iteration takes over, at least 1. Loops of up to `small_loop` lines switch after
  /// a quarter of it: factoring them is cheap.
  int max_sweeps = 256;
  std::size_t small_loop = 64;
  /// Policy iteration switches to a branch that is lower by this relative amount: above rounding, far below any datum.
  double tie_tolerance = 1e-13;
  /// Linear solves per loop before `SolveStatus::not_converged`, at least 1. Random loops take 4 to 10.
  int max_policy_steps = 1000;
};

/// What many scenarios lead to: shortfalls and certificates, one column a scenario.
class Outcomes {
 public:
  [[nodiscard]] std::size_t scenarios() const { return status_.size(); }
  [[nodiscard]] SolveStatus status(std::size_t scenario) const { return status_[scenario]; }
  /// Shortfall of a material (t of element) over all end uses.
  [[nodiscard]] TonnesPerYear shortfall(MaterialId material, std::size_t scenario) const {
    return shortfall_[material.index() * scenarios() + scenario] * tonnes_per_year;
  }
  /// Deliveries to an end use (t of commodity).
  [[nodiscard]] TonnesPerYear delivered(EndUseId end_use, std::size_t scenario) const {
    return delivered_[end_use.index() * scenarios() + scenario] * tonnes_per_year;
  }
  /// Sum over end uses of weight * shortfall (t of commodity per year).
  [[nodiscard]] double total_weighted_shortfall(std::size_t scenario) const { return weighted_[scenario]; }
  /// max |u - F(u)| over the lines of loops; acyclic lines are exact.
  [[nodiscard]] double fixpoint_residual(std::size_t scenario) const { return residual_[scenario]; }

 private:
  friend class Propagator;
  std::vector<SolveStatus> status_;
  std::vector<double> shortfall_, delivered_, weighted_, residual_;
};

namespace detail {
class Outages;
class PropagatorState;
}  // namespace detail

/// Propagation set up for one network. Not for use by two threads at once; each thread makes (or copies) its own.
class Propagator {
 public:
  /// Cost O(routes + facilities). Throws `InvalidArgument` for options out of range.
  explicit Propagator(const Network& network, const PropagateOptions& options = {});
  ~Propagator();
  Propagator(const Propagator& other);
  Propagator& operator=(const Propagator& other);
  Propagator(Propagator&&) noexcept;
  Propagator& operator=(Propagator&&) noexcept;

  /// Runs one scenario. Throws `InvalidScenario`. Reuses the storage of `result` where one is given.
  [[nodiscard]] Result run(const Scenario& scenario);
  [[nodiscard]] Result run(const Disruption& disruption);
  void run(const Disruption& disruption, Result& result);

  /// Runs many scenarios in lanes of up to 64. Does not allocate once `outcomes` has held as many scenarios before.
  /// Each column has the same bits as a run on its own.
  void run(std::span<const Disruption> disruptions, Outcomes& outcomes);

  /// u of the last run of one scenario alone, by line of `FlowSystem{network()}`; the base year's before any run.
  [[nodiscard]] std::span<const double> shares() const;

  [[nodiscard]] const Network& network() const;

 private:
  friend class detail::Outages;
  std::unique_ptr<detail::PropagatorState> state_;
};

/// One scenario on one network; sets up and runs.
[[nodiscard]] Result propagate(const Network& network, const Scenario& scenario, const PropagateOptions& options = {});

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/propagate.ipp>  // IWYU pragma: export
#endif
