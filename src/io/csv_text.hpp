// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>
#include <string_view>

#include <lode/config.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// A field as RFC 4180 has it: in quotes only where it holds a comma, a quote or a line break.
[[nodiscard]] inline std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace lode::inline LODE_ABI::io_detail
