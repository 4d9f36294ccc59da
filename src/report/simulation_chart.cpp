// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <lode/detail/periods.hpp>

#include "report/simulation_parts.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI::detail {
namespace {

constexpr int height = 5;  // rows
constexpr std::string_view left = "100 % |";
constexpr std::size_t most_columns = report_width - left.size();

/// Columns of equal shares of a month, or of several months where the run is long.
struct Axis {
  std::vector<Date> edges;     ///< first day of each column, and the day after the last
  std::size_t per_month = 0;   ///< columns a month; 0 where a column is several months
  std::size_t per_column = 1;  ///< months a column
};

Axis axis_of(const Simulation& months) {
  Axis axis;
  const std::size_t count = months.dates.size();
  axis.per_month = std::min<std::size_t>(4, most_columns / count);
  axis.per_column = axis.per_month > 0 ? 1 : (count + most_columns - 1) / most_columns;
  Date month = months.dates.front();
  for (std::size_t m = 0; m < count; ++m) {
    const Date next = next_month(month);
    const auto parts = static_cast<long>(axis.per_month);
    for (long part = 0; part < parts; ++part)
      axis.edges.push_back(month + (next - month).count() * part / parts * std::chrono::days{1});
    if (parts == 0 && m % axis.per_column == 0) axis.edges.push_back(month);
    month = next;
  }
  axis.edges.push_back(month);
  return axis;
}

using Shares = std::vector<std::optional<double>>;

/// Deliveries as a share of demand, column by column; nothing where the run does not reach or nobody asks.
Shares shares(const Simulation& run, const MaterialSeries& row, const Axis& axis) {
  const Periods columns(step_edges(run), axis.edges);
  const std::vector<double> demanded = columns.sums(row.demanded), delivered = columns.sums(row.delivered);
  Shares out(demanded.size());
  for (std::size_t c = 0; c < out.size(); ++c) {
    if (demanded[c] > 0.0) out[c] = delivered[c] / demanded[c];
  }
  return out;
}

/// A cell filled to `part` of its height.
std::string_view cell(double part, Glyphs glyphs) {
  constexpr std::array<std::string_view, 9> blocks{" ",      "\u2581", "\u2582", "\u2583", "\u2584",
                                                   "\u2585", "\u2586", "\u2587", "\u2588"};
  constexpr std::array<std::string_view, 4> characters{" ", ".", ":", "#"};
  const double filled = std::clamp(part, 0.0, 1.0);
  const auto pick = [filled](const auto& cells) {
    return cells[static_cast<std::size_t>(std::lround(filled * static_cast<double>(cells.size() - 1)))];
  };
  return glyphs == Glyphs::blocks ? pick(blocks) : pick(characters);
}

/// A line without the blanks at its end.
std::string line(std::string text) {
  text.resize(text.find_last_not_of(' ') + 1);
  return text + '\n';
}

/// The percentage at the foot of the bars: 0, or where little is missing one that still shows it.
int foot_of(const std::vector<Shares>& charts) {
  double least = 1.0;
  for (const Shares& shares : charts) {
    for (const auto& share : shares) least = std::min(least, share.value_or(1.0));
  }
  return least >= 0.9 ? 90 : least >= 0.75 ? 75 : least >= 0.5 ? 50 : 0;
}

/// "100 % |", as wide for all.
std::string at_left(int percent, char mark) {
  const std::string text = std::to_string(percent) + " % " + mark;
  return std::string(left.size() - text.size(), ' ') + text;
}

std::string bars(const Shares& shares, int foot, Glyphs glyphs) {
  constexpr double noticeable = 5e-3;  // of what comes above the demand
  std::string text;
  const auto is_over = [](const std::optional<double>& share) { return share && *share > 1.0 + noticeable; };
  if (std::any_of(shares.begin(), shares.end(), is_over)) {
    std::string row = " over |";
    for (const auto& share : shares) row += is_over(share) ? '+' : ' ';
    text += line(row);
  }
  const int step = (100 - foot) / height;
  for (int top = 100; top > foot; top -= step) {
    std::string row = at_left(top, '|');
    for (const auto& share : shares) row += share ? cell((100.0 * *share - (top - step)) / step, glyphs) : " ";
    text += line(row);
  }
  return text + at_left(foot, '+') + std::string(shares.size(), '-') + '\n';
}

/// The months and the years below the bars.
std::string labels(const Axis& axis) {
  constexpr std::array<std::string_view, 12> names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::size_t columns = axis.edges.size() - 1;
  std::string months(left.size() + columns, ' '), years(left.size() + columns + 4, ' ');
  std::size_t free = 0;  // where the next year may stand
  for (std::size_t c = 0; c < columns; ++c) {
    const std::chrono::year_month_day day{axis.edges[c]};
    const bool begins = axis.per_month == 0 || c % axis.per_month == 0;
    if (!begins) continue;
    const std::size_t month = static_cast<unsigned>(day.month()) - 1;
    if (axis.per_month > 0)
      months.replace(left.size() + c, axis.per_month > 3 ? 3 : 1, names[month].substr(0, axis.per_month > 3 ? 3 : 1));
    // A year stands below its first month, and below the first column where there is room before the next year.
    const std::size_t width = axis.per_month > 0 ? axis.per_month : 1;
    const bool first_of_year = month < axis.per_column || (c == 0 && (12 - month) * width / axis.per_column > 5);
    if (!first_of_year || c < free || left.size() + c + 4 > report_width) continue;
    years.replace(left.size() + c, 4, std::to_string(static_cast<int>(day.year())));
    free = c + 6;
  }
  return (axis.per_month > 0 ? line(months) : std::string{}) + line(years);
}

std::string caption(const Simulation& run, const Simulation& months, const MaterialSeries& row,
                    const MaterialSeries& monthly, const std::string& name) {
  const WorstMonth worst = worst_month(monthly.met_before, monthly.delivered);
  const NearlyBack most = nearly_back(row.met_before, row.delivered, row.recovered);
  std::string text = name + ": short from " + date_text(run, *row.first_short) + ", most in " +
                     month_text(months.dates[worst.month]) + " (" + percent_text(worst.share) + " %)";
  if (most.fell) text += ", 95 % back: " + back_text(run, most.step);
  return wrapped(text + ", all: " + back_text(run, row.recovered));
}

}  // namespace

std::string charts_section(const Simulation& run, const Simulation& months, const Network& network, Glyphs glyphs) {
  if (run.dates.empty()) return {};
  const Axis axis = axis_of(months);
  std::vector<Shares> charts;
  std::vector<std::size_t> charted;
  std::string text, spared;
  for (std::size_t m = 0; m < run.materials.size(); ++m) {
    const MaterialSeries& row = run.materials[m];
    const std::string name = label(row.name, network[row.id].id);
    if (!row.first_short) {
      if (!(sum(row.demanded) > 0.0)) continue;
      spared += (spared.empty() ? "" : ", ") + name;
      continue;
    }
    charts.push_back(shares(run, row, axis));
    charted.push_back(m);
  }
  const int foot = foot_of(charts);
  for (std::size_t i = 0; i < charts.size(); ++i) {
    const MaterialSeries& row = run.materials[charted[i]];
    text += caption(run, months, row, months.materials[charted[i]], label(row.name, network[row.id].id)) +
            bars(charts[i], foot, glyphs) + labels(axis) + '\n';
  }
  const auto lacks = [](const EndUseSeries& use) { return use.first_short.has_value(); };
  if (std::none_of(run.end_uses.begin(), run.end_uses.end(), lacks)) {
    return "No shortfall: at any time every end use gets what it gets in the base year.\n\n";
  }
  if (text.empty()) return {};
  if (!spared.empty()) text += wrapped("Never short: " + spared + '.') + '\n';
  return "Deliveries as a share of demand\n\n" + text;
}

}  // namespace lode::inline LODE_ABI::detail
