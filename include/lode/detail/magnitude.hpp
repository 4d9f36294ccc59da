// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/config.hpp>

/// How large a number of the data may be. Private.
namespace lode::inline LODE_ABI::detail {

/// Of a figure, a parameter and a draw, in size. Nothing that is counted comes near it, and products of a few stay
/// finite.
inline constexpr double most_magnitude = 1e100;

/// Days. Goods that take longer on their way than any run of simulate would only fill memory.
inline constexpr double longest_lead_time = 3650.0;

}  // namespace lode::inline LODE_ABI::detail
