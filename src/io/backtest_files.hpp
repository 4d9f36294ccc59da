// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <io/package_tables.hpp>
#include <io/table_reader.hpp>
#include <lode/backtest.hpp>
#include <lode/date.hpp>
#include <lode/io/backtest_reader.hpp>

/// The tables of a case: base.csv, observed.csv, inputs.csv.
namespace lode::inline LODE_ABI::io_detail {

inline constexpr std::array<ColumnSpec, 5> figure_columns{ColumnSpec{"period", "string", true},
                                                          {"value", "number", true},
                                                          {"quality", "string", true},
                                                          {"source", "string", true},
                                                          {"note", "string", false}};
inline constexpr TableSpec base_table{"base", "Figures known before", false, figure_columns};
inline constexpr TableSpec observed_table{"observed", "Figures reported later", true, figure_columns};

inline constexpr std::array<ColumnSpec, 7> input_columns{ColumnSpec{"input", "string", true},
                                                         {"value", "string", true},
                                                         {"unit", "string", false},
                                                         {"known", "string", true},
                                                         {"quality", "string", true},
                                                         {"source", "string", true},
                                                         {"note", "string", false}};
inline constexpr TableSpec inputs_table{"inputs", "What was known before", false, input_columns};

/// What a case was allowed to know.
struct Knowledge {
  std::optional<Date> before;           ///< or nothing if it could not be read
  const TextSet* sources = nullptr;  ///< ids, or nullptr if they could not be read
};

/// The end of a day, a month, a quarter or a year; nothing if the text is none of them.
[[nodiscard]] inline std::optional<Date> end_of(std::string_view text) {
  if (const std::optional<Date> day = parse_date(text)) return *day + std::chrono::days{1};
  if (const std::optional<CalendarPeriod> period = parse_period(text)) return period->end();
  return std::nullopt;
}

/// base.csv (`is_base`) or observed.csv.
[[nodiscard]] inline std::vector<ReportedFigure> read_figures(std::string_view text, bool is_base,
                                                              const Knowledge& known, FileProblems& problems) {
  TablePlaces places;
  TableReader row(is_base ? base_table : observed_table, text, problems, places);
  const auto period = row.column("period"), value = row.column("value"), quality = row.column("quality"),
             source = row.column("source"), note = row.column("note");
  std::vector<ReportedFigure> figures;
  while (row.next()) {
    ReportedFigure figure;
    const std::string_view name = row.required(period);
    const std::optional<CalendarPeriod> parsed = parse_period(name);
    if (!name.empty() && !parsed) {
      row.report(period, "period " + shown(name) + " is none",
                 "write a month, a quarter or a year: 2025-04, 2025-Q2, 2025");
    }
    if (parsed) {
      figure.period = *parsed;
      const bool was_known = known.before && parsed->end() <= *known.before;
      if (known.before && was_known != is_base) {
        row.report(period,
                   "period " + shown(name) + (was_known ? " ends before " : " does not end before ") +
                       to_string(*known.before) + ", the day known_before",
                   is_base ? "move what was reported later to observed.csv" : "move what was known to base.csv");
      }
      for (const ReportedFigure& other : figures) {
        if (other.period == *parsed) row.report(period, "period " + shown(name) + " is there twice", "remove one row");
      }
    }
    if (const std::optional<double> number = row.required_number(value)) {
      figure.value = *number;
      if (*number < 0.0) row.report(value, "value " + shown(row.text(value)) + " is below 0", "give t, at least 0");
    }
    figure.quality = static_cast<Quality>(row.required_choice(quality, quality_names, 0));
    (void)row.required(source);
    const Provenance from = row.provenance(source, note, known.sources);
    figure.sources = from.sources;
    figure.note = from.note;
    if (parsed) figures.push_back(std::move(figure));
  }
  return figures;
}

[[nodiscard]] inline std::vector<BacktestInput> read_inputs(std::string_view text, const Knowledge& known,
                                                            FileProblems& problems) {
  TablePlaces places;
  TableReader row(inputs_table, text, problems, places);
  const auto name = row.column("input"), value = row.column("value"), unit = row.column("unit"),
             since = row.column("known"), quality = row.column("quality"), source = row.column("source"),
             note = row.column("note");
  std::vector<BacktestInput> inputs;
  while (row.next()) {
    BacktestInput input;
    input.name = row.required(name);
    input.value = row.required(value);
    input.unit = row.text(unit);
    input.known = row.required(since);
    if (!input.known.empty()) {
      const std::optional<Date> end = end_of(input.known);
      if (!end) {
        row.report(since, "known " + shown(input.known) + " is no date",
                   "write a day, a month or a year: 2025-01-20, 2025-01, 2025");
      } else if (known.before && *end > *known.before) {
        row.report(since, "this was not known before " + to_string(*known.before),
                   "a backtest enters only what was known before: remove it");
      }
    }
    input.quality = static_cast<Quality>(row.required_choice(quality, quality_names, 0));
    (void)row.required(source);
    const Provenance from = row.provenance(source, note, known.sources);
    input.sources = from.sources;
    input.note = from.note;
    inputs.push_back(std::move(input));
  }
  return inputs;
}

}  // namespace lode::inline LODE_ABI::io_detail
