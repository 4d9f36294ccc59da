// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include <lode/config.hpp>

namespace lode::inline LODE_ABI::detail {

/// The shortest decimal that reads back as the same double (ECMA-404 style, `.` as the decimal point).
[[nodiscard]] inline std::string number_text(double number) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  return {buffer, end};
}

[[nodiscard]] inline std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

}  // namespace lode::inline LODE_ABI::detail
