// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <lode/config.hpp>
#include <lode/network.hpp>
#include <lode/observations.hpp>
#include <lode/status.hpp>

/// Base years that published figures leave possible: draws from what `reconcile` knows of flows, baselines and demands,
/// and of how long working stocks last.
///
///     const lode::BaseYears years{published.found};
///     const lode::DrawnYear year = years.draw(seed, 17);        // balanced, like any other network
///     const lode::Result result = lode::propagate(year.network, scenario);
///
/// Every measured figure is moved by its standard uncertainty times a standard normal number, and all are balanced
/// anew: for Gaussian errors and the balances that hold, that is a draw from the posterior (randomise, then optimise:
/// Bardsley et al. 2014). The days of a cover row are drawn from the triangular distribution on its `low`, `days` and
/// `high`.
namespace lode::inline LODE_ABI {

struct DrawnYear {
  SolveStatus status = SolveStatus::not_run;  ///< of the balancing; the network is empty unless `solved`
  Network network;
};

class BaseYears {
 public:
  /// What was found, before it was balanced. A base year that balances already will do: its uncertainties then are
  /// those of single figures, and balancing makes them narrower once more.
  explicit BaseYears(Observations found);

  /// Independent numbers in (0, 1) that a draw takes: one for each figure and total, then one for each cover row.
  [[nodiscard]] std::size_t variables() const;

  /// The year at `uniforms`; safe for several threads at once. Cost: one `reconcile` without uncertainties. Throws
  /// `InvalidArgument` unless there are `variables()`.
  [[nodiscard]] DrawnYear at(std::span<const double> uniforms) const;

  /// The year number `sample` of a seed: number k is uniform(seed, sample, k).
  [[nodiscard]] DrawnYear draw(std::uint64_t seed, std::uint64_t sample) const;

  [[nodiscard]] const Observations& found() const { return found_; }

 private:
  Observations found_;
};

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/base_years.ipp>  // IWYU pragma: export
#endif
