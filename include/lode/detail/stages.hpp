// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>

#include <lode/network.hpp>

namespace lode::inline LODE_ABI::detail {

/// Stages there are: mining, separation, metal, magnet, product.
inline constexpr std::size_t stage_count = static_cast<std::size_t>(Stage::product) + 1;

}  // namespace lode::inline LODE_ABI::detail
