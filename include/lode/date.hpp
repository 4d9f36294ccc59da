// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <lode/config.hpp>

/// Calendar days as scenarios write them: `2025-04-04` (ISO 8601, proleptic Gregorian calendar).
namespace lode::inline LODE_ABI {

using Date = std::chrono::sys_days;

/// The date in `text`, which must be exactly `YYYY-MM-DD` and a day that exists; nothing otherwise.
[[nodiscard]] inline std::optional<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int parts[3] = {0, 0, 0};
  const std::size_t starts[3] = {0, 5, 8};
  const std::size_t sizes[3] = {4, 2, 2};
  for (int part = 0; part < 3; ++part) {
    for (const char digit : text.substr(starts[part], sizes[part])) {
      if (digit < '0' || digit > '9') return std::nullopt;
      parts[part] = 10 * parts[part] + (digit - '0');
    }
  }
  const std::chrono::year_month_day day{std::chrono::year{parts[0]}, std::chrono::month{static_cast<unsigned>(parts[1])},
                                        std::chrono::day{static_cast<unsigned>(parts[2])}};
  if (!day.ok()) return std::nullopt;
  return Date{day};
}

/// `YYYY-MM-DD`.
[[nodiscard]] inline std::string to_string(Date date) {
  const std::chrono::year_month_day day{date};
  const auto padded = [](unsigned number, std::size_t width) {
    std::string text = std::to_string(number);
    return std::string(width > text.size() ? width - text.size() : 0, '0') + text;
  };
  return padded(static_cast<unsigned>(static_cast<int>(day.year())), 4) + '-' +
         padded(static_cast<unsigned>(day.month()), 2) + '-' + padded(static_cast<unsigned>(day.day()), 2);
}

}  // namespace lode::inline LODE_ABI
