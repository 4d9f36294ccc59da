// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/result_parts.hpp"
#include "report/simulation_parts.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI::detail {
namespace {

constexpr std::size_t most_rows = 12;  // of end uses

/// When somebody is short, and how much is missing.
struct Shortage {
  WorstMonth worst;
  NearlyBack nearly;
  std::size_t first_short = 0;
  std::optional<std::size_t> recovered;
  double demanded = 0.0, missing = 0.0, caught_up = 0.0;
};

/// Rows of those who are short, with the same columns for all.
class ShortageTable {
 public:
  ShortageTable(std::vector<TextColumn> columns, const Simulation& run, const Simulation& months, bool waits)
      : run_(run), months_(months), waits_(waits), table_(with_dates(std::move(columns), waits)) {}

  void add(std::vector<std::string> cells, const Shortage& row) {
    cells.push_back(date_text(run_, row.first_short));
    cells.push_back(month_text(months_.dates[row.worst.month]));
    cells.push_back(percent_text(row.worst.share));
    cells.push_back(row.nearly.fell ? back_text(run_, row.nearly.step) : "-");
    cells.push_back(back_text(run_, row.recovered));
    cells.push_back(tonnes_text(row.missing));
    cells.push_back(percent_text(row.missing, row.demanded));
    if (waits_) cells.push_back(tonnes_text(row.caught_up));
    table_.add_row(std::move(cells));
  }
  [[nodiscard]] bool empty() const { return table_.empty(); }
  [[nodiscard]] std::string text() const { return table_.text(); }

 private:
  [[nodiscard]] static std::vector<TextColumn> with_dates(std::vector<TextColumn> columns, bool waits) {
    const auto add = [&columns](const char* head, const char* unit) {
      columns.push_back({.head = head, .unit = unit, .number = true});
    };
    add("Short", "from");
    add("Worst", "month");
    add("Short", "then, %");
    add("95 % back", "on");
    add("All back", "on");
    add("Short", "t");
    add("Short", "%");
    if (waits) add("Caught up", "t");
    return columns;
  }

  const Simulation& run_;
  const Simulation& months_;
  bool waits_;
  TextTable table_;
};

void add_to(std::vector<double>& total, const std::vector<double>& part) {
  total.resize(part.size(), 0.0);
  for (std::size_t t = 0; t < part.size(); ++t) total[t] += part[t];
}

/// End uses of one country together, in tonnes of what they take.
struct CountryTotal {
  const CountrySeries* series = nullptr;
  std::vector<double> met_before, delivered, monthly_met_before, monthly_delivered;
  double demanded = 0.0, missing = 0.0, caught_up = 0.0;
  std::optional<std::size_t> first_short, recovered;
  bool lasts = false;  ///< some of them are still short when the run ends

  [[nodiscard]] Shortage shortage() const {
    return {worst_month(monthly_met_before, monthly_delivered),
            nearly_back(met_before, delivered, lasts ? std::nullopt : recovered),
            *first_short,
            lasts ? std::nullopt : recovered,
            demanded,
            missing,
            caught_up};
  }
};

std::vector<CountryTotal> country_totals(const Simulation& run, const Simulation& months, const Network& network) {
  std::vector<CountryTotal> by_index(network.countries().size());
  for (std::size_t e = 0; e < run.end_uses.size(); ++e) {
    const EndUseSeries& row = run.end_uses[e];
    CountryTotal& total = by_index[network[row.id].country.index()];
    total.demanded += sum(row.demanded);
    total.missing += row.lost.in(tonnes);
    total.caught_up += row.caught_up.in(tonnes);
    add_to(total.met_before, row.met_before);
    add_to(total.delivered, row.delivered);
    add_to(total.monthly_met_before, months.end_uses[e].met_before);
    add_to(total.monthly_delivered, months.end_uses[e].delivered);
    if (!row.first_short) continue;
    total.first_short = std::min(total.first_short.value_or(*row.first_short), *row.first_short);
    total.lasts = total.lasts || !row.recovered;
    if (row.recovered) total.recovered = std::max(total.recovered.value_or(0), *row.recovered);
  }
  std::vector<CountryTotal> totals;
  for (const CountrySeries& country : run.countries) {
    totals.push_back(std::move(by_index[country.id.index()]));
    totals.back().series = &country;
  }
  std::stable_sort(totals.begin(), totals.end(),
                   [](const CountryTotal& a, const CountryTotal& b) { return a.missing > b.missing; });
  return totals;
}

/// Each material by country.
std::string country_materials(const std::vector<CountryTotal>& totals, const Simulation& run, const Network& network,
                              bool waits) {
  const auto make = [&](std::size_t begin, std::size_t end) {
    std::vector<TextColumn> columns{{.head = "Country"}};
    for (std::size_t m = begin; m < end; ++m) {
      std::string name = label(run.materials[m].name, network[run.materials[m].id].id);
      if (name.size() > 26) name = network[run.materials[m].id].id;
      columns.push_back({.head = "Short", .unit = "t", .number = true, .group = name});
      columns.push_back({.head = "Short", .unit = "%", .number = true, .group = name});
      if (waits) columns.push_back({.head = "Caught up", .unit = "t", .number = true, .group = name});
    }
    TextTable table(columns);
    for (const CountryTotal& total : totals) {
      if (!total.first_short) continue;
      std::vector<std::string> cells{label(total.series->name, network[total.series->id].id)};
      for (std::size_t m = begin; m < end; ++m) {
        const MaterialSeries& row = total.series->materials[m];
        cells.push_back(tonnes_text(row.lost.in(tonnes)));
        cells.push_back(percent_text(row.lost.in(tonnes), sum(row.demanded)));
        if (waits) cells.push_back(tonnes_text(row.caught_up.in(tonnes)));
      }
      table.add_row(std::move(cells));
    }
    return table;
  };
  return "The same countries, t of the element\n\n" + fitted_tables(run.materials.size(), make);
}

/// The name of an end use without that of its country, which has a column of its own.
std::string use_text(const EndUse& use, const Network& network) {
  const std::string name = label(use.name, use.id);
  const std::string prefix = network[use.country].name + ": ";
  return name.starts_with(prefix) && name.size() > prefix.size() ? name.substr(prefix.size()) : name;
}

}  // namespace

std::string countries_section(const Simulation& run, const Simulation& months, const Network& network, bool waits) {
  const std::vector<CountryTotal> totals = country_totals(run, months, network);
  ShortageTable table({{.head = "Country"}}, run, months, waits);
  std::string spared;
  for (const CountryTotal& total : totals) {
    const std::string name = label(total.series->name, network[total.series->id].id);
    if (total.first_short) {
      table.add({name}, total.shortage());
    } else {
      spared += (spared.empty() ? "" : ", ") + name;
    }
  }
  if (totals.empty()) return "No end use demands anything.\n\n";
  if (table.empty()) return {};
  return "Countries of use, worst first; t of end products\n\n" + table.text() +
         (spared.empty() ? "" : '\n' + wrapped("Never short: " + spared + '.')) + '\n' +
         country_materials(totals, run, network, waits);
}

std::string end_uses_section(const Simulation& run, const Simulation& months, const Network& network, bool waits) {
  std::vector<std::size_t> rows;
  for (std::size_t e = 0; e < run.end_uses.size(); ++e) {
    if (run.end_uses[e].first_short) rows.push_back(e);
  }
  if (rows.empty()) return {};
  std::stable_sort(rows.begin(), rows.end(),
                   [&](std::size_t a, std::size_t b) { return run.end_uses[a].lost > run.end_uses[b].lost; });
  ShortageTable table({{.head = "Country"}, {.head = "End use"}}, run, months, waits);
  for (std::size_t i = 0; i < std::min(rows.size(), most_rows); ++i) {
    const EndUseSeries& row = run.end_uses[rows[i]];
    const EndUseSeries& monthly = months.end_uses[rows[i]];
    const EndUse& use = network[row.id];
    table.add(
        {network[use.country].id, use_text(use, network)},
        {worst_month(monthly.met_before, monthly.delivered), nearly_back(row.met_before, row.delivered, row.recovered),
         *row.first_short, row.recovered, sum(row.demanded), row.lost.in(tonnes), row.caught_up.in(tonnes)});
  }
  return "End uses, worst first; t of what they take\n\n" + table.text() +
         and_more(most_rows, rows.size(), "end uses are short") + '\n';
}

}  // namespace lode::inline LODE_ABI::detail
