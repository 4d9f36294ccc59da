// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

#include <lode/config.hpp>
#include <lode/date.hpp>

/// Tonnes per step as tonnes per month, year or any other period. Private.
namespace lode::inline LODE_ABI::detail {

[[nodiscard]] inline Date month_of(Date day) {
  const std::chrono::year_month_day date{day};
  return Date{date.year() / date.month() / 1};
}
[[nodiscard]] inline Date next_month(Date day) {
  const std::chrono::year_month_day date{day};
  return Date{(date.year() / date.month() + std::chrono::months{1}) / 1};
}

/// First days of steps or months, and the day after the last one.
[[nodiscard]] inline std::vector<Date> step_edges(std::vector<Date> first_days, int step_days, bool monthly) {
  if (first_days.empty()) return first_days;
  const Date last = first_days.back();
  first_days.push_back(monthly ? next_month(last) : last + std::chrono::days{step_days});
  return first_days;
}

/// The same of a Simulation; months at its ends count as far as it covers them.
template <class Run>
[[nodiscard]] std::vector<Date> step_edges(const Run& run) {
  std::vector<Date> edges = step_edges(run.dates, run.step_days, run.monthly);
  if (run.covered.empty()) return edges;
  edges.back() = run.dates.back() + std::chrono::days{run.covered.back()};
  if (run.dates.size() > 1) edges.front() = edges[1] - std::chrono::days{run.covered.front()};
  return edges;
}

/// Shares steps out over periods by days, as if what happens in a step happened evenly over it.
class Periods {
 public:
  /// Both hold the first day of each step (period) and last the day after the last one, ascending. Days outside the
  /// periods are left out. O(steps + periods).
  Periods(const std::vector<Date>& steps, const std::vector<Date>& periods)
      : days_(periods.size() - 1, 0), first_period_(steps.size() - 1, 0) {
    std::size_t p = 0;
    for (std::size_t s = 0; s + 1 < steps.size(); ++s) {
      while (p + 1 < days_.size() && periods[p + 1] <= steps[s]) ++p;
      first_period_[s] = p;
      const auto length = static_cast<double>((steps[s + 1] - steps[s]).count());
      for (std::size_t q = p; q < days_.size() && periods[q] < steps[s + 1]; ++q) {
        const auto common = (std::min(steps[s + 1], periods[q + 1]) - std::max(steps[s], periods[q])).count();
        if (common <= 0) continue;
        parts_.push_back({s, q, static_cast<double>(common) / length});
        days_[q] += common;
      }
    }
  }

  /// What falls into each period.
  [[nodiscard]] std::vector<double> sums(const std::vector<double>& per_step) const {
    std::vector<double> out(days_.size(), 0.0);
    for (const Part& part : parts_) out[part.period] += part.share * per_step[part.step];
    return out;
  }
  /// Days of a period that the steps cover.
  [[nodiscard]] long days(std::size_t period) const { return days_[period]; }
  /// The period of the first day of a step.
  [[nodiscard]] std::size_t of(std::size_t step) const { return first_period_[step]; }

 private:
  struct Part {
    std::size_t step, period;
    double share;
  };
  std::vector<Part> parts_;
  std::vector<long> days_;
  std::vector<std::size_t> first_period_;
};

}  // namespace lode::inline LODE_ABI::detail
