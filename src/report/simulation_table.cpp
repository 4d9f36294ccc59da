// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <chrono>
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

constexpr std::size_t most_rows = 12;  // of end uses

std::string heading(const Simulation& run, const Dataset& dataset) {
  std::string model = "simulate: step by step, with stocks, goods on their way, orders and licence queues";
  if (!run.dates.empty()) {
    const Date last = detail::step_edges(run.dates, run.step_days, run.monthly).back() - std::chrono::days{1};
    model += "; " + to_string(run.dates.front()) + " to " + to_string(last) + " in steps of " +
             detail::count_text(static_cast<std::size_t>(run.step_days), "day") + (run.monthly ? ", by month" : "");
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

std::string materials_section(const Simulation& run, const Simulation& months, const Network& network) {
  const std::vector<Date> steps = detail::step_edges(run.dates, run.step_days, run.monthly);
  if (steps.empty() || run.materials.empty()) return {};
  std::vector<Date> years;
  std::chrono::year year = std::chrono::year_month_day{steps.front()}.year();
  for (years.push_back(year / 1 / 1); years.back() < steps.back(); years.push_back(++year / std::chrono::January / 1)) {
  }
  const detail::Periods by_year(steps, years);
  detail::TextTable table({{.head = "Material"},
                           {.head = "Year"},
                           {.head = "Demanded", .unit = "t", .number = true},
                           {.head = "Delivered", .unit = "t", .number = true},
                           {.head = "Short", .unit = "t", .number = true},
                           {.head = "Short", .unit = "%", .number = true},
                           {.head = "Caught up", .unit = "t", .number = true},
                           {.head = "Worst", .unit = "month", .number = true},
                           {.head = "Short in", .unit = "it, %", .number = true}});
  for (std::size_t m = 0; m < run.materials.size(); ++m) {
    const MaterialSeries& row = run.materials[m];
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
      table.add_row({y == 0 ? label(row.name, network[row.id].id) : "", year_text(day.year(), by_year.days(y)),
                     tonnes_text(demanded[y]), tonnes_text(delivered[y]), tonnes_text(missing[y]),
                     percent_text(missing[y], demanded[y]), tonnes_text(extra[y]),
                     is_short ? month_text(first[static_cast<std::ptrdiff_t>(worst.month)]) : "-",
                     is_short ? percent_text(worst.share) : "-"});
    }
  }
  return "Deliveries by year, t of the element\n\n" + table.text() + '\n';
}

/// End uses of one country together, in tonnes of what they take.
struct CountryTotal {
  const CountrySeries* series = nullptr;
  std::vector<double> met_before, delivered;  ///< by month
  double demanded = 0.0, missing = 0.0, caught_up = 0.0;
  std::optional<std::size_t> first_short, recovered;
  bool lasts = false;  ///< some of them are still short when the run ends
};

std::vector<CountryTotal> country_totals(const Simulation& run, const Simulation& months, const Network& network) {
  std::vector<CountryTotal> by_index(network.countries().size());
  for (std::size_t e = 0; e < run.end_uses.size(); ++e) {
    const EndUseSeries& row = run.end_uses[e];
    const EndUseSeries& monthly = months.end_uses[e];
    CountryTotal& total = by_index[network[row.id].country.index()];
    total.demanded += sum(row.demanded);
    total.missing += row.lost.in(tonnes);
    total.caught_up += row.caught_up.in(tonnes);
    total.met_before.resize(months.dates.size(), 0.0);
    total.delivered.resize(months.dates.size(), 0.0);
    for (std::size_t m = 0; m < months.dates.size(); ++m) {
      total.met_before[m] += monthly.met_before[m];
      total.delivered[m] += monthly.delivered[m];
    }
    if (!row.first_short) continue;
    total.first_short = std::min(total.first_short.value_or(*row.first_short), *row.first_short);
    total.lasts = total.lasts || !row.recovered;
    if (row.recovered) total.recovered = std::max(total.recovered.value_or(0), *row.recovered);
  }
  std::vector<CountryTotal> totals;
  for (const CountrySeries& country : run.countries) {
    totals.push_back(std::move(by_index[country.id.index()]));
    totals.back().series = &country;
    if (totals.back().lasts) totals.back().recovered = std::nullopt;
  }
  std::stable_sort(totals.begin(), totals.end(),
                   [](const CountryTotal& a, const CountryTotal& b) { return a.missing > b.missing; });
  return totals;
}

/// The columns that say when, in the table of countries and in that of end uses.
std::vector<detail::TextColumn> with_dates(std::vector<detail::TextColumn> columns) {
  for (detail::TextColumn column :
       std::vector<detail::TextColumn>{{.head = "Short", .unit = "from", .number = true},
                                       {.head = "Worst", .unit = "month", .number = true},
                                       {.head = "Short in", .unit = "it, %", .number = true},
                                       {.head = "Back", .unit = "on", .number = true},
                                       {.head = "Short", .unit = "t", .number = true},
                                       {.head = "Short", .unit = "%", .number = true},
                                       {.head = "Caught up", .unit = "t", .number = true}}) {
    columns.push_back(std::move(column));
  }
  return columns;
}

std::vector<std::string> with_dates(std::vector<std::string> cells, const Simulation& run, const Simulation& months,
                                    const detail::WorstMonth& worst, std::size_t first_short,
                                    const std::optional<std::size_t>& recovered, double missing, double demanded,
                                    double caught_up) {
  for (std::string cell : {detail::date_text(run, first_short), month_text(months.dates[worst.month]),
                           percent_text(worst.share), detail::back_text(run, recovered), tonnes_text(missing),
                           percent_text(missing, demanded), tonnes_text(caught_up)}) {
    cells.push_back(std::move(cell));
  }
  return cells;
}

/// Each material by country.
std::string country_materials(const std::vector<CountryTotal>& totals, const Simulation& run, const Network& network) {
  const auto make = [&](std::size_t begin, std::size_t end) {
    std::vector<detail::TextColumn> columns{{.head = "Country"}};
    for (std::size_t m = begin; m < end; ++m) {
      std::string name = label(run.materials[m].name, network[run.materials[m].id].id);
      if (name.size() > 24) name = network[run.materials[m].id].id;
      for (const char* head : {"Short", "Short", "Caught up"})
        columns.push_back({.head = head, .number = true, .group = name});
      columns[columns.size() - 3].unit = columns.back().unit = "t";
      columns[columns.size() - 2].unit = "%";
    }
    detail::TextTable table(columns);
    for (const CountryTotal& total : totals) {
      if (!total.first_short) continue;
      std::vector<std::string> cells{label(total.series->name, network[total.series->id].id)};
      for (std::size_t m = begin; m < end; ++m) {
        const MaterialSeries& row = total.series->materials[m];
        cells.push_back(tonnes_text(row.lost.in(tonnes)));
        cells.push_back(percent_text(row.lost.in(tonnes), sum(row.demanded)));
        cells.push_back(tonnes_text(row.caught_up.in(tonnes)));
      }
      table.add_row(std::move(cells));
    }
    return table;
  };
  return "The same in t of the element\n\n" + detail::fitted_tables(run.materials.size(), make);
}

std::string countries_section(const Simulation& run, const Simulation& months, const Network& network) {
  const std::vector<CountryTotal> totals = country_totals(run, months, network);
  detail::TextTable table(with_dates(std::vector<detail::TextColumn>{{.head = "Country"}}));
  std::string spared;
  for (const CountryTotal& total : totals) {
    const std::string name = label(total.series->name, network[total.series->id].id);
    if (!total.first_short) {
      spared += (spared.empty() ? "" : ", ") + name;
      continue;
    }
    table.add_row(with_dates({name}, run, months, detail::worst_month(total.met_before, total.delivered),
                             *total.first_short, total.recovered, total.missing, total.demanded, total.caught_up));
  }
  if (totals.empty()) return "No end use demands anything.\n\n";
  if (table.empty()) return "No shortfall: every end use gets what it got in the base year, at any time.\n\n";
  return "Countries of use, worst first; t of end products\n\n" + table.text() +
         (spared.empty() ? "" : '\n' + detail::wrapped("Never short: " + spared + '.')) + '\n' +
         country_materials(totals, run, network);
}

std::string end_uses_section(const Simulation& run, const Simulation& months, const Network& network) {
  std::vector<std::size_t> rows;
  for (std::size_t e = 0; e < run.end_uses.size(); ++e) {
    if (run.end_uses[e].first_short) rows.push_back(e);
  }
  if (rows.empty()) return {};
  std::stable_sort(rows.begin(), rows.end(),
                   [&](std::size_t a, std::size_t b) { return run.end_uses[a].lost > run.end_uses[b].lost; });
  detail::TextTable table(
      with_dates(std::vector<detail::TextColumn>{{.head = "End use"}, {.head = "Country"}, {.head = "Takes"}}));
  for (std::size_t i = 0; i < std::min(rows.size(), most_rows); ++i) {
    const EndUseSeries& row = run.end_uses[rows[i]];
    const EndUseSeries& monthly = months.end_uses[rows[i]];
    const EndUse& use = network[row.id];
    table.add_row(with_dates({label(use.name, use.id), network[use.country].id, network[use.commodity].id}, run, months,
                             detail::worst_month(monthly.met_before, monthly.delivered), *row.first_short,
                             row.recovered, row.lost.in(tonnes), sum(row.demanded), row.caught_up.in(tonnes)));
  }
  return "End uses, worst first; t of what they take\n\n" + table.text() +
         detail::and_more(most_rows, rows.size(), "end uses are short") + '\n';
}

}  // namespace

std::string to_table(const Simulation& run, const Dataset& dataset, Glyphs glyphs) {
  const std::string head = heading(run, dataset);
  if (run.status != SolveStatus::solved) return head + detail::no_numbers(run.status, {});
  const Network& network = dataset.network;
  io_detail::check_simulation(run, network);
  const Simulation months = by_month(run);
  return head + detail::charts_section(run, months, network, glyphs) + materials_section(run, months, network) +
         countries_section(run, months, network) + end_uses_section(run, months, network) +
         detail::plants_section(run, network) + detail::queues_section(run, network) +
         detail::balances_section(run, network) + detail::notes_section(run.notes) + "Certificate: mass balance " +
         detail::residual_text(run.certificate.mass_balance) + " (worst step, relative; 0 is exact)\n" +
         "All steps, facilities, routes and unrounded numbers: --format json or --format csv\n";
}

}  // namespace lode::inline LODE_ABI
