// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/scenario_family.hpp>
#include <lode/network.hpp>

/// End uses that are always equally short. Private.
namespace lode::inline LODE_ABI::detail {

/// Under propagation an end use gets the same share of its demand as another one of the same commodity if both get the
/// same shares of it from the same facilities over routes that the scenario moves alike, and the scenario leaves their
/// demands, weights and reserves alone. Sectors of one country's market are usually such a group, so that one of them
/// can stand for all.
struct AlikeEndUses {
  std::vector<std::size_t> leader;  ///< by end use: the first of its group
  std::vector<double> scale;        ///< by end use: its demand, of the leader's
};

/// Shares are compared to the bit. O(routes log routes).
[[nodiscard]] AlikeEndUses alike_end_uses(const Network& network, const ScenarioFamily& family);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/alike_end_uses.ipp>  // IWYU pragma: export
#endif
