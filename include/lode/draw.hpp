// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <lode/config.hpp>
#include <lode/scenario.hpp>

/// One certain scenario out of an uncertain one.
///
///     const lode::Scenario sample = lode::draw(scenario, seed, 17);    // the same on every machine and thread
///     const lode::Simulation run = lode::simulate(network, sample);
///
/// Every uncertain number becomes its quantile at a uniform number and is then clipped to what the field may hold (a
/// share to 0 .. 1, a delay to at least 0; approved and refused together to 1). Numbers are independent of each other,
/// except the steps of one schedule, which share one uniform number: they are one behaviour seen at several dates, and
/// who is strict in June is strict in July. Certain numbers stay as they are, legal or not.
namespace lode::inline LODE_ABI {

/// How many uniform numbers a draw takes: one for each uncertain number, one for a schedule with any.
[[nodiscard]] std::size_t count_draws(const Scenario& scenario);

/// The draw at `uniforms`, each from 0 to 1, in the order of the shocks and, within one, of its fields. Throws
/// `InvalidArgument` unless there are `count_draws(scenario)`. O(numbers in the scenario).
[[nodiscard]] Scenario draw(const Scenario& scenario, std::span<const double> uniforms);

/// The draw number `sample` of a seed: number k is at `uniform(seed, sample, k)`, see random.hpp.
[[nodiscard]] Scenario draw(const Scenario& scenario, std::uint64_t seed, std::uint64_t sample);

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/draw.ipp>  // IWYU pragma: export
#endif
