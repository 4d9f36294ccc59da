// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <lode/config.hpp>
#include <lode/date.hpp>
#include <lode/detail/sample_quantities.hpp>
#include <lode/detail/scenario_family.hpp>
#include <lode/ensemble.hpp>
#include <lode/network.hpp>
#include <lode/status.hpp>

/// One model over draws of one scenario. Private.
namespace lode::inline LODE_ABI::detail {

/// What the threads share.
struct SampleWorld {
  /// Throws `InvalidScenario` and `InvalidArgument`.
  SampleWorld(const Network& network, const Scenario& scenario, const EnsembleOptions& options);

  Network network;
  Scenario scenario;
  EnsembleModel of;
  bool draws_data;
  ScenarioFamily family;
  SimulateOptions simulate;  ///< from the first to the last day that the median needs
  Adaptation allow;
  std::vector<Date> months;
  SampleQuantities quantities;
  std::vector<double> demanded;  ///< by quantity, of the median
  std::vector<double> median;    ///< by quantity
  SolveStatus status;            ///< of the median
};

/// Not for several threads at once.
class SampleModel {
 public:
  SampleModel() = default;
  SampleModel(const SampleModel&) = delete;
  SampleModel& operator=(const SampleModel&) = delete;
  virtual ~SampleModel() = default;

  /// Runs `count` <= 32 draws: from uniforms[variable * count + k] to values[quantity * stride + k]. `years` are the
  /// base years of the draws, or none: the world's own. Anything but `solved` is the status of draw `failed()`, the
  /// first that has no answer.
  [[nodiscard]] virtual SolveStatus run(std::span<const double> uniforms, std::span<const Network> years,
                                        std::size_t count, double* values, std::size_t stride) = 0;
  [[nodiscard]] std::size_t failed() const { return failed_; }

 protected:
  std::size_t failed_ = 0;
};

/// The uniform numbers of one of several draws.
[[nodiscard]] std::vector<double> point_of(std::span<const double> uniforms, std::size_t count, std::size_t k);

/// The world must outlive the model.
[[nodiscard]] std::unique_ptr<SampleModel> make_sample_model(const SampleWorld& world);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/sample_model.ipp>  // IWYU pragma: export
#endif
