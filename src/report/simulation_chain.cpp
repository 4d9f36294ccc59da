// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <lode/detail/periods.hpp>

#include "report/result_parts.hpp"
#include "report/simulation_parts.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI::detail {
namespace {

constexpr std::size_t most_rows = 12;
constexpr double days_a_year = 365.0;

double days_of(const Simulation& run) {
  const std::vector<Date> edges = step_edges(run);
  return static_cast<double>((edges.back() - edges.front()).count());
}

std::string whole_days(double days) {
  return decimal_text(std::floor(days), 0);
}

/// What the end uses of a country hold of a commodity, and what they use in a year.
struct Holding {
  std::vector<double> stock;
  double use = 0.0;
  [[nodiscard]] double days(std::size_t step) const { return stock[step] / use * days_a_year; }
};

/// Days from `from` to a step, or "> " and the days that are left if the run does not reach it.
std::string days_until(const Simulation& run, Date from, const std::optional<std::size_t>& step) {
  if (step) return count_text(static_cast<std::size_t>((run.dates[*step] - from).count()));
  return "> " + whole_days(static_cast<double>((step_edges(run).back() - from).count()));
}

/// The day that survival counts from. Months do not tell on which day the scenario begins.
Date begin_of(const Simulation& run) {
  return run.monthly ? step_edges(run).front() : run.dates[run.disturbed.value_or(0)];
}

}  // namespace

std::string stocks_section(const Simulation& run, const Network& network) {
  using Key = std::pair<CountryId, CommodityId>;
  std::map<Key, Holding> holdings;
  for (const EndUseSeries& row : run.end_uses) {
    const EndUse& use = network[row.id];
    Holding& holding = holdings[{use.country, use.commodity}];
    holding.use += number(use.demand);
    holding.stock.resize(run.dates.size(), 0.0);
    for (std::size_t t = 0; t < row.stock.size(); ++t) holding.stock[t] += row.stock[t];
  }
  struct Row {
    Key key;
    const Holding* holding;
    std::size_t lowest;
  };
  std::vector<Row> rows;
  for (const auto& [key, holding] : holdings) {
    if (run.dates.empty() || !(holding.use > 0.0)) continue;
    const auto lowest = std::min_element(holding.stock.begin(), holding.stock.end());
    const auto step = static_cast<std::size_t>(lowest - holding.stock.begin());
    // Half a day is not worth a row.
    if (holding.days(step) < holding.days(0) - 0.5) rows.push_back({key, &holding, step});
  }
  if (rows.empty()) return {};
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return a.holding->days(a.lowest) < b.holding->days(b.lowest) * (1.0 - rounding);
  });
  TextTable table({{.head = "Country"},
                   {.head = "Commodity"},
                   {.head = "At first", .unit = "days", .number = true},
                   {.head = "Lowest", .unit = "days", .number = true},
                   {.head = "When", .number = true},
                   {.head = "At the end", .unit = "days", .number = true}});
  for (std::size_t i = 0; i < std::min(rows.size(), most_rows); ++i) {
    const auto& [country, commodity] = rows[i].key;
    const Holding& holding = *rows[i].holding;
    table.add_row({label(network[country].name, network[country].id),
                   label(network[commodity].name, network[commodity].id), tonnes_text(holding.days(0)),
                   tonnes_text(holding.days(rows[i].lowest)), date_text(run, rows[i].lowest),
                   tonnes_text(holding.days(run.dates.size() - 1))});
  }
  return "Stocks of end uses that fall, lowest first; days of base-year use\n\n" + table.text() +
         and_more(most_rows, rows.size(), "fall too") + '\n';
}

std::string plants_section(const Simulation& run, const Network& network) {
  struct Plant {
    const FacilitySeries* series;
    double share;
  };
  const double years = run.dates.empty() ? 0.0 : days_of(run) / days_a_year;
  std::vector<Plant> plants;
  for (const FacilitySeries& row : run.facilities) {
    const double usual = number(network[row.id].baseline) * years;
    if (row.first_short && usual > 0.0) plants.push_back({&row, row.lost.in(tonnes) / usual});
  }
  if (plants.empty()) return {};
  std::stable_sort(plants.begin(), plants.end(), [](const Plant& a, const Plant& b) { return a.share > b.share; });
  const Date begin = begin_of(run);
  const auto offset = static_cast<double>((begin - step_edges(run).front()).count());
  const Periods steps(step_edges(run), step_edges(run));
  TextTable table({{.head = "Plant"},
                   {.head = "Country"},
                   {.head = "Lasts", .unit = "days", .number = true},
                   {.head = "Below", .unit = "from", .number = true},
                   {.head = "95 % back", .unit = "in days", .number = true},
                   {.head = "All back", .unit = "in days", .number = true},
                   {.head = "Not made", .unit = "t", .number = true},
                   {.head = "Not made", .unit = "%", .number = true}});
  for (std::size_t i = 0; i < std::min(plants.size(), most_rows); ++i) {
    const FacilitySeries& row = *plants[i].series;
    const Facility& facility = network[row.id];
    std::vector<double> usual;
    for (std::size_t t = 0; t < run.dates.size(); ++t) {
      usual.push_back(number(facility.baseline) * static_cast<double>(steps.days(t)) / days_a_year);
    }
    const NearlyBack most = nearly_back(usual, row.activity, row.recovered);
    const Date from = run.dates[*row.first_short];
    table.add_row({label(facility.name, facility.id), network[facility.country].id,
                   row.survived ? whole_days(std::max(0.0, row.survived->in(days)-offset)) : "-",
                   date_text(run, *row.first_short), most.fell ? days_until(run, from, most.step) : "-",
                   days_until(run, from, row.recovered), tonnes_text(row.lost.in(tonnes)),
                   percent_text(plants[i].share)});
  }
  return wrapped("Plants below their base year, by share not made: days from " + to_string(begin) +
                 (run.disturbed && !run.monthly ? ", when the scenario begins," : "") +
                 " until they make less, and days from then until they are back") +
         '\n' + table.text() + and_more(most_rows, plants.size(), "plants fall below their base year") + '\n';
}

std::string queues_section(const Simulation& run, const Network& network) {
  struct Queue {
    std::vector<double> held;
    double flow = 0.0;
  };
  using Key = std::tuple<CountryId, CountryId, CommodityId>;
  std::map<Key, Queue> queues;
  for (const RouteSeries& row : run.routes) {
    const Route& route = network[row.id];
    Queue& queue = queues[{network.country(route.from), network.country(route.to), route.commodity}];
    queue.held.resize(run.dates.size(), 0.0);
    queue.flow += number(route.flow);
    for (std::size_t t = 0; t < row.held.size(); ++t) queue.held[t] += row.held[t];
  }
  struct Peak {
    Key key;
    const Queue* queue;
    std::size_t step;
    double most;
  };
  std::vector<Peak> peaks;
  for (const auto& [key, queue] : queues) {
    const auto most = std::max_element(queue.held.begin(), queue.held.end());
    if (most == queue.held.end() || !(*most > 0.0)) continue;
    peaks.push_back({key, &queue, static_cast<std::size_t>(most - queue.held.begin()), *most});
  }
  if (peaks.empty()) return {};
  std::stable_sort(peaks.begin(), peaks.end(), [](const Peak& a, const Peak& b) { return a.most > b.most; });
  TextTable table({{.head = "From"},
                   {.head = "To"},
                   {.head = "Commodity"},
                   {.head = "Most held", .unit = "t", .number = true},
                   {.head = "= days of", .unit = "usual trade", .number = true},
                   {.head = "When", .number = true},
                   {.head = "At the end", .unit = "t", .number = true}});
  for (std::size_t i = 0; i < std::min(peaks.size(), most_rows); ++i) {
    const Peak& peak = peaks[i];
    const auto& [from, to, commodity] = peak.key;
    const double flow = peak.queue->flow;
    table.add_row({label(network[from].name, network[from].id), label(network[to].name, network[to].id),
                   label(network[commodity].name, network[commodity].id), tonnes_text(peak.most),
                   flow > 0.0 ? tonnes_text(peak.most / flow * days_a_year) : "-", date_text(run, peak.step),
                   tonnes_text(peak.queue->held.back())});
  }
  return "Waiting for licences, largest queues first\n\n" + table.text() + and_more(most_rows, peaks.size(), "queues") +
         '\n';
}

std::string balances_section(const Simulation& run, const Network& network) {
  TextTable table({{.head = "Material"},
                   {.head = "Opening", .unit = "t", .number = true},
                   {.head = "+ Made", .unit = "t", .number = true},
                   {.head = "= Used", .unit = "t", .number = true},
                   {.head = "+ Lost", .unit = "t", .number = true},
                   {.head = "+ Closing", .unit = "t", .number = true}});
  for (const MaterialBalance& row : run.balances) {
    table.add_row({label(row.name, network[row.id].id), tonnes_text(row.opening), tonnes_text(row.made),
                   tonnes_text(row.used), tonnes_text(row.lost), tonnes_text(row.closing)});
  }
  if (table.empty()) return {};
  return wrapped(
             "Balance sheet of the run, t of the element: stocks, goods on their way and queues at both ends; "
             "lost is what processing does not recover and what nobody buys") +
         '\n' + table.text() + '\n';
}

}  // namespace lode::inline LODE_ABI::detail
