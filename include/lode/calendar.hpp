// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <lode/config.hpp>
#include <lode/date.hpp>

namespace lode::inline LODE_ABI {

/// A month, a quarter or a year of the calendar, as statistics have it: `2025-04`, `2025-Q2`, `2025`.
struct CalendarPeriod {
  enum class Length { month = 1, quarter = 3, year = 12 };

  int year = 0;
  int month = 1;  ///< the first, 1 .. 12
  Length length = Length::year;

  [[nodiscard]] int months() const { return static_cast<int>(length); }
  [[nodiscard]] Date first() const { return day(year, month); }
  /// The day after the last.
  [[nodiscard]] Date end() const { return day(year, month + months()); }
  [[nodiscard]] int days() const { return static_cast<int>((end() - first()).count()); }
  /// The period of the same length that comes next.
  [[nodiscard]] CalendarPeriod next() const {
    const int then = month + months();
    return then > 12 ? CalendarPeriod{year + 1, then - 12, length} : CalendarPeriod{year, then, length};
  }
  [[nodiscard]] bool contains(const CalendarPeriod& other) const {
    return first() <= other.first() && other.end() <= end();
  }
  friend bool operator==(const CalendarPeriod&, const CalendarPeriod&) = default;

 private:
  static Date day(int year, int month) {
    const std::chrono::year then{month > 12 ? year + 1 : year};
    return Date{then / std::chrono::month{static_cast<unsigned>(month > 12 ? month - 12 : month)} /
                std::chrono::day{1}};
  }
};

/// The period in `text`, which must be exactly `YYYY-MM`, `YYYY-Qn` or `YYYY`; nothing otherwise.
[[nodiscard]] inline std::optional<CalendarPeriod> parse_period(std::string_view text) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    int number = 0;
    for (const char c : text.substr(from, count))
      number = c < '0' || c > '9' || number < 0 ? -1 : 10 * number + c - '0';
    return number;
  };
  if (text.size() < 4 || digits(0, 4) <= 0) return std::nullopt;
  const int year = digits(0, 4);
  if (text.size() == 4) return CalendarPeriod{year, 1, CalendarPeriod::Length::year};
  if (text.size() != 7 || text[4] != '-') return std::nullopt;
  if (text[5] == 'Q') {
    const int quarter = digits(6, 1);
    if (quarter < 1 || quarter > 4) return std::nullopt;
    return CalendarPeriod{year, 3 * quarter - 2, CalendarPeriod::Length::quarter};
  }
  const int month = digits(5, 2);
  if (month < 1 || month > 12) return std::nullopt;
  return CalendarPeriod{year, month, CalendarPeriod::Length::month};
}

[[nodiscard]] inline std::string to_string(const CalendarPeriod& period) {
  const std::string day = to_string(period.first());
  switch (period.length) {
    case CalendarPeriod::Length::month:
      return day.substr(0, 7);
    case CalendarPeriod::Length::quarter:
      return day.substr(0, 5) + 'Q' + std::to_string((period.month + 2) / 3);
    case CalendarPeriod::Length::year:
      break;
  }
  return day.substr(0, 4);
}

}  // namespace lode::inline LODE_ABI
