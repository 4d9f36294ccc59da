// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/accounting.hpp>
#include <lode/detail/scenario_family.hpp>
#include <lode/network.hpp>
#include <lode/status.hpp>

/// Propagation of many draws of one scenario. Private.
namespace lode::inline LODE_ABI::detail {

class PropagatorState;

/// Not for several threads at once; each makes its own. A draw has the same bits as `propagate(network, draw(...))`.
class PropagateSamples {
 public:
  static constexpr std::uint32_t lanes = 32;

  /// The family must be simple and outlive this. O(network).
  PropagateSamples(const Network& network, const ScenarioFamily& family);
  ~PropagateSamples();
  PropagateSamples(PropagateSamples&&) noexcept;
  PropagateSamples& operator=(PropagateSamples&&) noexcept;

  /// Only these end uses matter from now on, in ascending order; those of others are not computed.
  void look_at(std::vector<std::uint32_t> end_uses);

  /// Runs `count` <= `lanes` draws; uniforms[variable * count + k] are numbers in (0, 1). Anything but `solved` is the
  /// status of the first draw that has none, whose position `failed()` gives.
  [[nodiscard]] SolveStatus run(std::span<const double> uniforms, std::size_t count);
  [[nodiscard]] std::size_t failed() const { return failed_; }

  /// By end use and lane, of the draws just run.
  [[nodiscard]] const EndUseLanes& end_uses() const;

 private:
  void draw_terms(std::span<const double> uniforms, std::size_t count);
  void write_rows();
  [[nodiscard]] const double* term(std::uint32_t index) const { return values_.data() + std::size_t{index} * lanes; }

  const ScenarioFamily* family_ = nullptr;
  std::unique_ptr<PropagatorState> state_;
  std::vector<double> values_;                            ///< by term and lane
  std::vector<std::size_t> lead_activity_, lead_routes_;  ///< items whose rows are written; other routes share them
  std::size_t failed_ = 0;
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/propagate_samples.ipp>  // IWYU pragma: export
#endif
