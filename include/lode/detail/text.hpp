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
// Where <iomanip> is included, std::quoted must not be the better match.
[[nodiscard]] inline std::string quoted(const char* text) { return quoted(std::string_view(text)); }
[[nodiscard]] inline std::string quoted(const std::string& text) { return quoted(std::string_view(text)); }
[[nodiscard]] inline std::string quoted(std::string& text) { return quoted(std::string_view(text)); }

}  // namespace lode::inline LODE_ABI::detail
