// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <tuple>
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
  return static_cast<double>((step_edges(run.dates, run.step_days, run.monthly).back() - run.dates.front()).count());
}

std::string whole_days(double days) {
  return decimal_text(std::floor(days), 0);
}

/// From the first day below the base year to the first day back, or "> " and what the run shows of it.
std::string time_to_recover(const Simulation& run, const FacilitySeries& row) {
  const Date from = run.dates[*row.first_short];
  if (row.recovered) return count_text(static_cast<std::size_t>((run.dates[*row.recovered] - from).count()));
  return "> " + whole_days(days_of(run) - static_cast<double>((from - run.dates.front()).count()));
}

}  // namespace

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
  TextTable table({{.head = "Plant"},
                   {.head = "Country"},
                   {.head = "Kind"},
                   {.head = "Survives", .unit = "days", .number = true},
                   {.head = "Recovers in", .unit = "days", .number = true},
                   {.head = "Below", .unit = "from", .number = true},
                   {.head = "Back", .unit = "on", .number = true},
                   {.head = "Not made", .unit = "t", .number = true},
                   {.head = "Not made", .unit = "%", .number = true}});
  for (std::size_t i = 0; i < std::min(plants.size(), most_rows); ++i) {
    const FacilitySeries& row = *plants[i].series;
    const Facility& facility = network[row.id];
    std::string kind{to_string(facility.kind)};
    std::replace(kind.begin(), kind.end(), '_', ' ');
    table.add_row({label(facility.name, facility.id), network[facility.country].id, kind,
                   row.survived ? whole_days(row.survived->in(days)) : "-", time_to_recover(run, row),
                   date_text(run, *row.first_short), back_text(run, row.recovered), tonnes_text(row.lost.in(tonnes)),
                   percent_text(plants[i].share)});
  }
  return wrapped("Plants below their base year, by share not made: days from " + to_string(run.dates.front()) +
                 " until their inputs run out, and from then until they run as before") +
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
                   {.head = "in days of", .unit = "usual trade", .number = true},
                   {.head = "In the step", .unit = "from", .number = true},
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
