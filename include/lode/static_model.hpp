// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>
#include <string_view>

#include <lode/config.hpp>

namespace lode::inline LODE_ABI {

/// Which bound a study asks: nobody reroutes, or everybody adapts as well as possible.
///
///     lode::sensitivity(network, scenario, {}, {.model = lode::StaticModel::reallocate});
enum class StaticModel : std::uint8_t { propagate, reallocate };

/// "propagate", "reallocate".
[[nodiscard]] constexpr std::string_view to_string(StaticModel model) {
  return model == StaticModel::propagate ? "propagate" : "reallocate";
}

}  // namespace lode::inline LODE_ABI
