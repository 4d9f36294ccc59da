// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <lode/detail/periods.hpp>
#include <lode/report/table.hpp>

#include "io/simulation_check.hpp"
#include "report/result_parts.hpp"
#include "report/simulation_parts.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI {

namespace detail {

WorstMonth worst_month(const std::vector<double>& met_before, const std::vector<double>& delivered) {
  WorstMonth worst;
  for (std::size_t m = 0; m < delivered.size(); ++m) {
    if (!(met_before[m] > 0.0)) continue;
    const double share = 1.0 - delivered[m] / met_before[m];
    if (share > worst.share) worst = {m, share};
  }
  return worst;
}

NearlyBack nearly_back(const std::vector<double>& before, const std::vector<double>& series,
                       const std::optional<std::size_t>& recovered) {
  NearlyBack back;
  for (std::size_t t = 0; t < series.size(); ++t) {
    if (series[t] < nearly * before[t]) {
      back = {true, std::nullopt};
    } else if (back.fell && !back.step) {
      back.step = t;
    }
  }
  if (back.fell && recovered) back.step = std::min(back.step.value_or(*recovered), *recovered);
  return back;
}

std::string month_text(Date month) {
  return to_string(month).substr(0, 7);
}

std::string date_text(const Simulation& run, std::size_t step) {
  return run.monthly ? month_text(run.dates[step]) : to_string(run.dates[step]);
}

std::string back_text(const Simulation& run, const std::optional<std::size_t>& recovered) {
  return recovered ? date_text(run, *recovered) : "not yet";
}

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

}  // namespace detail

namespace {

using detail::label;
using detail::month_text;
using detail::percent_text;
using detail::sum;
using detail::tonnes_text;

/// "2025-01", or "2025-01 (26 days)" where the run does not cover the month.
std::string part_text(const Simulation& run, std::size_t month) {
  const std::string text = month_text(run.dates[month]);
  if (run.covered.empty()) return text;
  const int days = run.covered[month];
  if (run.dates[month] + std::chrono::days{days} == detail::next_month(run.dates[month])) return text;
  return text + " (" + detail::count_text(static_cast<std::size_t>(days), "day") + ')';
}

std::string heading(const Simulation& run, const Dataset& dataset) {
  std::string model = "simulate: step by step, with stocks, goods on their way, orders and licence queues";
  if (!run.dates.empty()) {
    const Date last = detail::step_edges(run).back() - std::chrono::days{1};
    model += "; " + (run.monthly ? part_text(run, 0) : detail::date_text(run, 0)) + " to " +
             (run.monthly ? part_text(run, run.dates.size() - 1) + " by month," : to_string(last)) + " in steps of " +
             detail::count_text(static_cast<std::size_t>(run.step_days), "day");
  }
  return detail::heading(run.scenario, dataset, model);
}

/// What is missing, step by step, and what comes above the demand.
struct Lack {
  std::vector<double> missing, extra;
};

Lack lack_of(const MaterialSeries& row) {
  Lack lack{std::vector<double>(row.delivered.size()), std::vector<double>(row.delivered.size())};
  for (std::size_t t = 0; t < row.delivered.size(); ++t) {
    const double lacks = row.met_before[t] - row.delivered[t];
    (lacks > 0.0 ? lack.missing[t] : lack.extra[t]) = std::abs(lacks);
  }
  return lack;
}

/// "2026", or "2027 (10 days)" where the run does not cover the year.
std::string year_text(std::chrono::year year, long days) {
  const std::string text = std::to_string(static_cast<int>(year));
  if (days == (year.is_leap() ? 366 : 365)) return text;
  return text + " (" + detail::count_text(static_cast<std::size_t>(days), "day") + ')';
}

std::string materials_section(const Simulation& run, const Simulation& months, const Network& network, bool waits) {
  const std::vector<Date> steps = detail::step_edges(run);
  if (steps.empty() || run.materials.empty()) return {};
  std::vector<Date> years;
  std::chrono::year year = std::chrono::year_month_day{steps.front()}.year();
  for (years.push_back(year / 1 / 1); years.back() < steps.back(); years.push_back(++year / std::chrono::January / 1)) {
  }
  const detail::Periods by_year(steps, years);
  std::vector<detail::TextColumn> columns{{.head = "Material"},
                                          {.head = "Year"},
                                          {.head = "Demanded", .unit = "t", .number = true},
                                          {.head = "Delivered", .unit = "t", .number = true},
                                          {.head = "Short", .unit = "t", .number = true},
                                          {.head = "Short", .unit = "%", .number = true},
                                          {.head = "Worst", .unit = "month", .number = true},
                                          {.head = "Short", .unit = "then, %", .number = true}};
  if (waits) columns.push_back({.head = "Caught up", .unit = "t", .number = true});
  detail::TextTable table(std::move(columns));
  for (std::size_t m = 0; m < run.materials.size(); ++m) {
    const MaterialSeries& row = run.materials[m];
    if (!(sum(row.demanded) > 0.0)) continue;
    const MaterialSeries& monthly = months.materials[m];
    const Lack lack = lack_of(row);
    const std::vector<double> demanded = by_year.sums(row.demanded), delivered = by_year.sums(row.delivered);
    const std::vector<double> missing = by_year.sums(lack.missing), extra = by_year.sums(lack.extra);
    for (std::size_t y = 0; y < demanded.size(); ++y) {
      const auto within = [&](const std::vector<double>& series) {
        const auto at = [&](Date day) {
          return series.begin() +
                 (std::lower_bound(months.dates.begin(), months.dates.end(), day) - months.dates.begin());
        };
        return std::vector<double>(at(years[y]), at(years[y + 1]));
      };
      const detail::WorstMonth worst = detail::worst_month(within(monthly.met_before), within(monthly.delivered));
      const auto first = std::lower_bound(months.dates.begin(), months.dates.end(), years[y]);
      const bool is_short = row.first_short && worst.share >= 5e-4;
      const std::chrono::year_month_day day{years[y]};
      std::vector<std::string> cells{y == 0 ? label(row.name, network[row.id].id) : "",
                                     year_text(day.year(), by_year.days(y)),
                                     tonnes_text(demanded[y]),
                                     tonnes_text(delivered[y]),
                                     tonnes_text(missing[y]),
                                     percent_text(missing[y], demanded[y]),
                                     is_short ? month_text(first[static_cast<std::ptrdiff_t>(worst.month)]) : "-",
                                     is_short ? percent_text(worst.share) : "-"};
      if (waits) cells.push_back(tonnes_text(extra[y]));
      table.add_row(std::move(cells));
    }
  }
  return "Deliveries by year, t of the element\n\n" + table.text() + '\n';
}

/// Whether anything missing comes later.
bool catches_up(const Simulation& run) {
  return std::any_of(run.end_uses.begin(), run.end_uses.end(), [](const EndUseSeries& row) {
    return row.caught_up.in(tonnes) > detail::rounding * sum(row.demanded);
  });
}

}  // namespace

std::string to_table(const Simulation& run, const Dataset& dataset, Glyphs glyphs) {
  const std::string head = heading(run, dataset);
  if (run.status != SolveStatus::solved) return head + detail::no_numbers(run.status, {});
  const Network& network = dataset.network;
  io_detail::check_simulation(run, network);
  const Simulation months = by_month(run);
  const bool waits = catches_up(run);
  return head + detail::charts_section(run, months, network, glyphs) + materials_section(run, months, network, waits) +
         detail::countries_section(run, months, network, waits) +
         detail::end_uses_section(run, months, network, waits) + detail::stocks_section(run, network) +
         detail::plants_section(run, network) + detail::queues_section(run, network) +
         detail::balances_section(run, network) + detail::notes_section(run.notes) + "Certificate: mass balance " +
         detail::residual_text(run.certificate.mass_balance) + " (worst step, relative; 0 is exact)\n" +
         "All steps, facilities, routes and unrounded numbers: --format json or --format csv\n";
}

}  // namespace lode::inline LODE_ABI
