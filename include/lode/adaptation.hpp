// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/config.hpp>

namespace lode::inline LODE_ABI {

/// Ways in which a network adapts to a shock; each can be switched off to see what it is worth.
///
///     lode::reallocate(network, scenario, {.allow = {.new_links = false}});
struct Adaptation {
  bool spare_capacity = true;  ///< activity above factor * baseline + add
  bool rerouting = true;       ///< flows above the baseline on routes of the base year
  bool new_links = true;       ///< flows on routes that the base year did not use
  friend bool operator==(const Adaptation&, const Adaptation&) = default;
};

}  // namespace lode::inline LODE_ABI
