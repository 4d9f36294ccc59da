// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <lode/adaptation.hpp>
#include <lode/base_years.hpp>
#include <lode/config.hpp>
#include <lode/copula.hpp>
#include <lode/ensemble_result.hpp>
#include <lode/network.hpp>
#include <lode/sampling.hpp>
#include <lode/scenario.hpp>
#include <lode/simulate.hpp>

/// Many draws of an uncertain scenario through one model: how likely, how bad.
///
///     lode::Scenario ban{"ban"};
///     ban.restrict_exports({.country = "CHN", .commodity = "dy_oxide", .factor = lode::Triangular{0.1, 0.25, 0.5}});
///     const lode::Ensemble all = lode::ensemble(network, ban, {.sampling = {.samples = 100'000}});
///     const auto& dy = all.materials[0].shortfall;            // t/yr over the samples
///     dy.mean; dy.quantiles; dy.probability_of_shortfall;
///
/// Sample k is the scenario `draw` gives at point k of the set (sampling.hpp), after the copula; with Monte Carlo and
/// independent numbers that is draw(scenario, seed, k), so that any sample can be run alone. A policy is a scenario
/// that is added to the uncertain one: both worlds see the same points (common random numbers), and the distribution of
/// their difference comes with the rest.
///
/// Means come from sums in a fixed order, quantiles from histograms of integers: the same bits for any number of
/// threads, lanes and ranks, and after a resumption. Memory does not grow with the number of samples. The intervals say
/// how well the samples know the distribution, not how well the distribution knows the world.
namespace lode::inline LODE_ABI {

/// Where a run stands. Called from the thread that runs the ensemble.
struct EnsembleProgress {
  std::uint64_t done = 0, samples = 0;
};

struct EnsembleOptions {
  EnsembleModel of = EnsembleModel::propagate;
  SamplingOptions sampling = {};
  std::vector<Correlation> correlations = {};
  /// Uncertain data: each sample has a base year of its own, drawn from these (base_years.hpp), which must be of the
  /// network's rows. A sample then takes as long as balancing a data set. nullptr: the network as it is.
  std::shared_ptr<const BaseYears> data = nullptr;
  /// Stop before all samples are done once the half-width of the interval of the mean shortfall of every material is at
  /// most this share of the mean (0.01 for 1 %); 0: never. Looked at after 4096 samples and then at every quarter more.
  double until = 0.0;
  double confidence = 0.95;                                       ///< of all intervals; 0.5 .. 0.9999
  std::vector<double> quantiles = {0.05, 0.25, 0.5, 0.75, 0.95};  ///< each above 0 and below 1
  double tail = 0.05;    ///< expected shortfall: the mean of this share of the samples, the worst; above 0, at most 1
  unsigned threads = 0;  ///< 0: one for each processor
  SimulateOptions simulate = {};  ///< for EnsembleModel::simulate; series of routes and facilities are not kept
  Adaptation allow = {};          ///< for EnsembleModel::reallocate
  /// False stops the run; the samples that are done keep their result, with status `interrupted`.
  std::function<bool(const EnsembleProgress&)> progress = {};
};

/// Throws `InvalidScenario` and `InvalidArgument`. Cost: samples * (one run of the model) / threads; propagation of a
/// scenario that varies factors, shares and rates takes about a microsecond a sample for a thousand routes. End uses that
/// are always equally short there share one distribution, scaled to each.
[[nodiscard]] Ensemble ensemble(const Network& network, const Scenario& scenario, const EnsembleOptions& options = {},
                                std::span<const Scenario> policies = {});

namespace detail {
class EnsembleState;
class EnsembleTeam;
}  // namespace detail

/// An ensemble in pieces: to look at it on the way, or to go on another day.
///
///     lode::EnsembleRun run{network, scenario, options};
///     while (run.advance()) save(run.checkpoint());           // bytes, see io/checkpoint.hpp for files
///     const lode::Ensemble all = run.result();
class EnsembleRun {
 public:
  EnsembleRun(const Network& network, const Scenario& scenario, const EnsembleOptions& options = {},
              std::span<const Scenario> policies = {});
  ~EnsembleRun();
  EnsembleRun(EnsembleRun&&) noexcept;
  EnsembleRun& operator=(EnsembleRun&&) noexcept;

  /// Runs on to the next of the points that `until` names. False once there is nothing left to do: all samples are
  /// done, the goal is reached, a sample has no answer, or `progress` said stop.
  bool advance();
  [[nodiscard]] std::uint64_t done() const;
  [[nodiscard]] std::uint64_t samples() const;
  /// Of the samples done so far.
  [[nodiscard]] Ensemble result() const;

  /// All that the samples done so far leave behind, but for those of a last block (256 samples; 32 of slow models, 4 with uncertain
  /// data) that
  /// is not full. Its size does not grow with them.
  [[nodiscard]] std::string checkpoint() const;
  /// Goes on where a checkpoint ended; `progress`, `threads`, `quantiles`, `confidence`, `tail` and `until` may be
  /// others, and there may be more samples of Monte Carlo and Sobol' points. Throws `InvalidArgument`, which says in
  /// what they differ, if it is damaged or that of another network, scenario, model or point set (fingerprints of 64
  /// bits). The first samples are run again and compared to the bit, in case another version has other results.
  void resume(std::string_view checkpoint);

 private:
  friend class EnsembleTeamAccess;
  std::unique_ptr<detail::EnsembleState> state_;
};

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/ensemble.ipp>  // IWYU pragma: export
#endif
