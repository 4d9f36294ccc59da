// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/log.hpp>

/// The library's own way to the host's logger. Private.
///
///     if (const auto log = detail::logger()) log->debug("read {} routes from {}", count, file);
namespace lode::inline LODE_ABI::detail {

/// The logger in force, or null where the host wants silence. Takes a lock: ask once per file or model run, not per
/// row.
[[nodiscard]] std::shared_ptr<spdlog::logger> logger();

}  // namespace lode::inline LODE_ABI::detail
