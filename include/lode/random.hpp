// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>

#include <lode/config.hpp>
#include <lode/detail/philox.hpp>

namespace lode::inline LODE_ABI {

/// The uniform number in (0, 1) of a sample's variable: a pure function, so that a study gives the same numbers in any
/// order and on any number of threads. Counter-based: Philox 4x32-10 with the seed as key. `stream` keeps apart
/// variables that are counted separately. 52 random bits; 0 and 1 never come.
///
///     const double u = lode::uniform(seed, sample, variable);
[[nodiscard]] constexpr double uniform(std::uint64_t seed, std::uint64_t sample, std::uint32_t variable,
                                       std::uint32_t stream = 0) {
  const auto low = [](std::uint64_t word) { return static_cast<std::uint32_t>(word); };
  const auto high = [](std::uint64_t word) { return static_cast<std::uint32_t>(word >> 32U); };
  const auto words = detail::philox({low(sample), high(sample), variable, stream}, {low(seed), high(seed)});
  const std::uint64_t bits = (std::uint64_t{words[1]} << 32U | words[0]) >> 12U;
  return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

}  // namespace lode::inline LODE_ABI
