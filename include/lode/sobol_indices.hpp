// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <lode/adaptation.hpp>
#include <lode/config.hpp>
#include <lode/copula.hpp>
#include <lode/ensemble.hpp>
#include <lode/ensemble_result.hpp>
#include <lode/network.hpp>
#include <lode/sampling.hpp>
#include <lode/scenario.hpp>
#include <lode/status.hpp>

/// Which uncertain number matters: shares of the variance of a shortfall.
///
/// With f the shortfall as a function of the numbers x, V its variance, and x_i one of them,
///
///     first order   S_i  = Var(E[f | x_i]) / V       what knowing x_i alone would take away
///     total         ST_i = E[Var(f | all but x_i)] / V   what would be left if all others were known
///
/// from two sets of points A and B, and A with the column i of B (AB_i):
///
///     S_i  = mean(f(B) (f(AB_i) - f(A))) / V         Saltelli et al. 2010
///     ST_i = mean((f(A) - f(AB_i))^2) / (2 V)        Jansen 1999
///
/// ST_i above S_i: the number acts together with others, as limits in series do; for the lesser of two equal uniform
/// numbers S = 0.4 and ST = 0.6. Numbers that a copula ties together are one factor, named by all of them.
///
///     const lode::SobolIndices who = lode::sobol_indices(network, scenario);
///     for (const auto& factor : who.materials[0].factors) std::cout << factor.name << ' ' << factor.total << '\n';
namespace lode::inline LODE_ABI {

/// Standard errors come from the spread of the replicates (of blocks of 32 samples with Monte Carlo); NaN where fewer than
/// two were filled.
struct SobolFactor {
  std::string name;                    ///< "shock 2 (licence): approved"
  std::vector<std::size_t> variables;  ///< positions in the order of `draw`
  double first = 0.0, first_error = 0.0;
  double total = 0.0, total_error = 0.0;
};

/// The factors of one shortfall, in the order of the scenario. All are 0 where the variance is.
struct ShortfallIndices {
  MaterialId id;  ///< invalid: the weighted shortfall
  std::string name;
  double variance = 0.0;
  std::vector<SobolFactor> factors;
};

struct SobolIndices {
  SolveStatus status = SolveStatus::not_run;
  EnsembleModel of = EnsembleModel::propagate;
  std::string scenario;
  SamplingOptions sampling;   ///< as asked for
  std::uint64_t samples = 0;  ///< in A and in B
  std::uint64_t runs = 0;     ///< samples * (factors + 2)
  std::vector<ShortfallIndices> materials;
  ShortfallIndices weighted;
  std::vector<std::string> notes;
};

struct SobolIndicesOptions {
  EnsembleModel of = EnsembleModel::propagate;
  SamplingOptions sampling = {.sampling = Sampling::sobol, .samples = 8192};
  std::vector<Correlation> correlations = {};
  unsigned threads = 0;  ///< 0: one for each processor
  SimulateOptions simulate = {};
  Adaptation allow = {};
  /// False stops; the result then has no numbers.
  std::function<bool(const EnsembleProgress&)> progress = {};
};

/// Throws `InvalidScenario` and `InvalidArgument`. Cost: samples * (factors + 2) runs of the model.
[[nodiscard]] SobolIndices sobol_indices(const Network& network, const Scenario& scenario,
                                         const SobolIndicesOptions& options = {});

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/sobol_indices.ipp>  // IWYU pragma: export
#endif
