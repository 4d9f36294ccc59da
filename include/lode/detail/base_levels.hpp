// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <lode/backtest.hpp>
#include <lode/calendar.hpp>
#include <lode/config.hpp>

namespace lode::inline LODE_ABI::detail {

/// The base year month by month, from figures of months, quarters and the year: what a longer figure holds beyond the
/// shorter ones in it is spread over their days.
class BaseLevels {
 public:
  BaseLevels(const std::vector<ReportedFigure>& figures, int base_year) : year_(base_year) {
    for (const CalendarPeriod::Length length :
         {CalendarPeriod::Length::month, CalendarPeriod::Length::quarter, CalendarPeriod::Length::year}) {
      for (const ReportedFigure& figure : figures) {
        if (figure.period.year == base_year && figure.period.length == length) spread(figure);
      }
    }
    for (int m = 1; m <= 12; ++m) {
      if (!months_[index(m)] && problem_.empty()) {
        problem_ = "no figure covers " + to_string(month(m)) + ", a month of the base year";
      }
    }
  }

  /// What is wrong with the figures, or nothing.
  [[nodiscard]] const std::string& problem() const { return problem_; }

  /// The figure of the same season of the base year, t.
  [[nodiscard]] double at(const CalendarPeriod& period) const {
    double sum = 0.0;
    for (int m = period.month; m < period.month + period.months(); ++m) sum += months_[index(m)].value_or(0.0);
    return sum;
  }

 private:
  static std::size_t index(int m) { return static_cast<std::size_t>(m - 1); }
  [[nodiscard]] CalendarPeriod month(int m) const { return {year_, m, CalendarPeriod::Length::month}; }

  void spread(const ReportedFigure& figure) {
    double rest = figure.value;
    int open_days = 0;
    for (int m = figure.period.month; m < figure.period.month + figure.period.months(); ++m) {
      if (months_[index(m)]) {
        rest -= *months_[index(m)];
      } else {
        open_days += month(m).days();
      }
    }
    if (open_days == 0) return;
    if (rest < 0.0) problem_ = "the parts of " + to_string(figure.period) + " add up to more than its figure";
    for (int m = figure.period.month; m < figure.period.month + figure.period.months(); ++m) {
      if (!months_[index(m)]) months_[index(m)] = rest * month(m).days() / open_days;
    }
  }

  int year_;
  std::array<std::optional<double>, 12> months_;
  std::string problem_;
};

}  // namespace lode::inline LODE_ABI::detail
