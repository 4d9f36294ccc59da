// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <lode/detail/periods.hpp>
#include <lode/simulation.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

/// Takes a run of steps apart and puts it together by months.
class MonthlyView {
 public:
  explicit MonthlyView(const Simulation& run)
      : months_(months_of(step_edges(run))), periods_(step_edges(run), months_) {
    // The last step that begins within the month or before.
    std::size_t step = 0;
    for (std::size_t m = 0; m + 1 < months_.size(); ++m) {
      while (step + 1 < run.dates.size() && run.dates[step + 1] < months_[m + 1]) ++step;
      last_step_.push_back(step);
    }
  }

  [[nodiscard]] std::vector<Date> dates() const { return {months_.begin(), months_.end() - 1}; }

  [[nodiscard]] std::vector<int> covered() const {
    std::vector<int> out;
    for (std::size_t m = 0; m + 1 < months_.size(); ++m) out.push_back(static_cast<int>(periods_.days(m)));
    return out;
  }

  void sum(std::vector<double>& flows) const { flows = periods_.sums(flows); }

  void keep_last(std::vector<double>& levels) const {
    std::vector<double> out;
    out.reserve(last_step_.size());
    for (const std::size_t step : last_step_) out.push_back(levels[step]);
    levels = std::move(out);
  }

  void shift(std::optional<std::size_t>& step) const {
    if (step) step = periods_.of(*step);
  }
  /// Recovered is the first month without a short step from then on: the one after, if the day falls within a month.
  void shift(ShortSpell& spell) const {
    shift(spell.first_short);
    shift(spell.deepest);
    if (!spell.recovered) return;
    const std::size_t step = *spell.recovered;
    std::size_t month = periods_.of(step);
    if (step > 0 && last_step_[month] >= step - 1 && periods_.of(step - 1) == month) ++month;
    spell.recovered = month < last_step_.size() ? std::optional(month) : std::nullopt;
  }
  /// The month that lacks most.
  void find_deepest(ShortSpell& spell, const std::vector<double>& met_before,
                    const std::vector<double>& delivered) const {
    double most = 0.0;
    for (std::size_t month = 0; spell.deepest && month < delivered.size(); ++month) {
      if (met_before[month] - delivered[month] <= most) continue;
      most = met_before[month] - delivered[month];
      spell.deepest = month;
    }
  }

 private:
  [[nodiscard]] static std::vector<Date> months_of(const std::vector<Date>& days) {
    std::vector<Date> months{month_of(days.front())};
    while (months.back() < days.back()) months.push_back(next_month(months.back()));
    return months;
  }

  std::vector<Date> months_;  ///< first days, and the day after the last month
  Periods periods_;
  std::vector<std::size_t> last_step_;
};

}  // namespace detail

LODE_INLINE Simulation by_month(const Simulation& run) {
  Simulation out = run;
  if (run.monthly || run.dates.empty()) return out;
  const detail::MonthlyView view(run);
  const auto convert = [&view](auto& row) {
    view.sum(row.demanded);
    view.sum(row.delivered);
    view.sum(row.met_before);
    view.shift(row);
    view.find_deepest(row, row.met_before, row.delivered);
  };
  out.monthly = true;
  out.dates = view.dates();
  out.covered = view.covered();
  view.shift(out.disturbed);
  for (MaterialSeries& row : out.materials) convert(row);
  for (CountrySeries& country : out.countries) {
    for (MaterialSeries& row : country.materials) convert(row);
  }
  for (EndUseSeries& row : out.end_uses) {
    convert(row);
    view.keep_last(row.stock);
    view.keep_last(row.waiting);
  }
  for (FacilitySeries& row : out.facilities) {
    view.sum(row.activity);
    view.keep_last(row.input_stock_days);
    view.keep_last(row.finished);
    view.shift(row);
  }
  for (RouteSeries& row : out.routes) {
    view.sum(row.shipped);
    view.keep_last(row.held);
  }
  return out;
}

}  // namespace lode::inline LODE_ABI
