// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/report/table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lode/error.hpp>

#include "report/result_parts.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI {

namespace detail {

void require_fit(const Result& result, const Network& network) {
  if (result.materials.size() == network.materials().size() && result.end_uses.size() == network.end_uses().size() &&
      result.facilities.size() == network.facilities().size()) {
    return;
  }
  Issue issue;
  issue.place.file = "to_table";
  issue.what = "the result is not one of this data set";
  issue.mend = "pass the data set whose network was run";
  std::vector<Issue> issues;
  issues.push_back(std::move(issue));
  throw InvalidArgument(std::move(issues));
}

std::string heading(const std::string& scenario, const Dataset& dataset, std::string_view model) {
  const Description& about = dataset.about;
  const std::string title = label(about.title, about.name);
  const std::string year = std::to_string(about.base_year);
  std::string text = about.name + (about.version.empty() ? "" : ' ' + about.version);
  if (title.find(year) == std::string::npos) text += " (base year " + year + ')';
  text = wrapped(text + ": " + title, 10, "Data");
  // Scenarios that apply together are named first+second; names hold no plus sign themselves.
  for (std::size_t begin = 0; begin < scenario.size();) {
    const std::size_t end = std::min(scenario.find('+', begin), scenario.size());
    const std::string name = scenario.substr(begin, end - begin);
    const Scenario* known = dataset.find_scenario(name);
    const std::string known_title = known != nullptr ? label(known->title, "") : "";
    text += wrapped(label(name, "?") + (known_title.empty() ? "" : ": " + known_title), 10, "Scenario");
    begin = end + 1;
  }
  return text + wrapped(model, 10, "Model") + '\n';
}

bool has_weights(const Result& result) {
  return std::any_of(result.end_uses.begin(), result.end_uses.end(), [](const auto& row) { return row.weight != 1.0; });
}

std::string worst_first(bool weights) {
  return weights ? "worst first (by t of end products times weight)" : "worst first (by t of end products)";
}

std::string and_more(std::size_t shown, std::size_t all, std::string_view what) {
  if (all <= shown) return {};
  return "and " + count_text(all - shown) + " more " + std::string(what) + '\n';
}

std::string notes_section(const std::vector<std::string>& notes) {
  std::string text;
  for (const std::string& note : notes) text += wrapped(note, 6, "Note");
  return text.empty() ? text : text + '\n';
}

std::string residual_text(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1e", x);
  return x == 0.0 ? std::string("0") : std::string(text);
}

std::string certificate_text(const Certificate& certificate, std::string_view model) {
  const std::string balance = "mass balance " + residual_text(certificate.mass_balance);
  const std::string gap = "gap " + residual_text(certificate.gap);
  if (model == "propagate") {
    return balance + ", fixpoint residual " + residual_text(certificate.fixpoint_residual) + ", " + gap;
  }
  return balance + ", " + gap + ", optimality " + residual_text(certificate.optimality);
}

std::string no_numbers(SolveStatus status, const std::vector<std::string>& conflict) {
  std::string text = wrapped("No numbers: " + std::string(advice(status)) + (conflict.empty() ? "." : ":"));
  for (const std::string& line : conflict) text += wrapped(line, 2, "  ");
  return text;
}

}  // namespace detail

namespace {

using detail::and_more;
using detail::has_weights;
using detail::heading;
using detail::label;
using detail::notes_section;
using detail::number;
using detail::percent_text;
using detail::rounding;
using detail::short_tonnes;
using detail::tonnes_text;
using detail::worst_first;

constexpr std::size_t most_rows = 12;  // of end uses and of facilities

double base_year_tonnes(const MaterialResult& row) {
  const double shortage = number(row.baseline_shortfall);
  return shortage > rounding * number(row.demanded) ? shortage : 0.0;
}

/// Demanded, delivered and short, a line a material.
std::string materials_table(const Result& result, const Network& network) {
  const bool base_year = std::any_of(result.materials.begin(), result.materials.end(),
                                     [](const MaterialResult& row) { return base_year_tonnes(row) > 0.0; });
  std::vector<detail::TextColumn> columns{{.head = "Material"},
                                          {.head = "Demanded", .unit = "t/yr", .number = true},
                                          {.head = "Delivered", .unit = "t/yr", .number = true},
                                          {.head = "Short", .unit = "t/yr", .number = true},
                                          {.head = "Short", .unit = "%", .number = true}};
  if (base_year) columns.push_back({.head = "Short in base year", .unit = "t/yr", .number = true});
  detail::TextTable table(columns);
  for (const MaterialResult& row : result.materials) {
    const double shortfall = short_tonnes(row);
    std::vector<std::string> cells{label(row.name, network[row.id].id), tonnes_text(number(row.demanded)),
                                   tonnes_text(number(row.delivered)), tonnes_text(shortfall),
                                   percent_text(shortfall, number(row.demanded))};
    if (base_year) cells.push_back(tonnes_text(base_year_tonnes(row)));
    table.add_row(std::move(cells));
  }
  if (table.empty()) return {};
  std::string text = "Shortfall by material, t of the element\n\n" + table.text();
  if (base_year)
    text += detail::wrapped("The base year itself leaves the last column unmet; it counts as short here and below.");
  return text + '\n';
}

/// One country's end uses together, in tonnes of what they use.
struct CountryTotal {
  const CountryResult* country = nullptr;
  double demanded = 0.0, shortfall = 0.0, weighted = 0.0;
};

std::vector<CountryTotal> country_totals(const Result& result, const Network& network) {
  std::vector<CountryTotal> by_index(network.countries().size());
  for (const EndUseResult& row : result.end_uses) {
    CountryTotal& total = by_index[network[row.id].country.index()];
    total.demanded += number(row.demanded);
    total.shortfall += short_tonnes(row);
    total.weighted += row.weight * short_tonnes(row);
  }
  std::vector<CountryTotal> totals;
  for (const CountryResult& country : result.countries) {
    totals.push_back(by_index[country.id.index()]);
    totals.back().country = &country;
  }
  // Stable: countries that are equally short keep the order of the data.
  std::stable_sort(totals.begin(), totals.end(),
                   [](const CountryTotal& a, const CountryTotal& b) { return a.weighted > b.weighted; });
  return totals;
}

/// The countries that are short, with the materials [begin, end).
detail::TextTable countries_table(const std::vector<CountryTotal>& totals, const Result& result, const Network& network,
                                  std::size_t begin, std::size_t end) {
  std::vector<detail::TextColumn> columns{{.head = "Country"},
                                          {.head = "t/yr", .number = true, .group = "End products"},
                                          {.head = "%", .number = true, .group = "End products"}};
  for (std::size_t m = begin; m < end; ++m) {
    std::string name = label(result.materials[m].name, network[result.materials[m].id].id);
    if (name.size() > 14) name = network[result.materials[m].id].id;
    columns.push_back({.head = "t/yr", .number = true, .group = name});
    columns.push_back({.head = "%", .number = true, .group = name});
  }
  detail::TextTable table(columns);
  for (const CountryTotal& total : totals) {
    if (total.shortfall == 0.0) continue;
    std::vector<std::string> cells{label(total.country->name, network[total.country->id].id),
                                   tonnes_text(total.shortfall), percent_text(total.shortfall, total.demanded)};
    for (std::size_t m = begin; m < end; ++m) {
      const MaterialResult& row = total.country->materials[m];
      cells.push_back(tonnes_text(short_tonnes(row)));
      cells.push_back(percent_text(short_tonnes(row), number(row.demanded)));
    }
    table.add_row(std::move(cells));
  }
  return table;
}

std::string countries_section(const Result& result, const Network& network) {
  const std::vector<CountryTotal> totals = country_totals(result, network);
  std::string spared;
  std::size_t short_countries = 0;
  for (const CountryTotal& total : totals) {
    if (total.shortfall > 0.0) {
      ++short_countries;
    } else {
      spared += (spared.empty() ? "" : ", ") + label(total.country->name, network[total.country->id].id);
    }
  }
  if (totals.empty()) return "No end use demands anything.\n\n";
  if (short_countries == 0) return "No shortfall: every end use gets all it demands.\n\n";

  std::string text = detail::wrapped("Shortfall by country of use, " + worst_first(has_weights(result)) +
                                     "; materials in t of element") +
                     '\n';
  const std::size_t materials = result.materials.size();
  text += detail::fitted_tables(materials, [&](std::size_t begin, std::size_t end) {
    return countries_table(totals, result, network, begin, end);
  });
  if (!spared.empty()) text += detail::wrapped("No shortfall in: " + spared + '.', 2) + '\n';
  return text;
}

std::string end_uses_section(const Result& result, const Network& network) {
  std::vector<const EndUseResult*> rows;
  for (const EndUseResult& row : result.end_uses) {
    if (short_tonnes(row) > 0.0) rows.push_back(&row);
  }
  if (rows.empty()) return {};
  std::stable_sort(rows.begin(), rows.end(), [](const EndUseResult* a, const EndUseResult* b) {
    return a->weight * short_tonnes(*a) > b->weight * short_tonnes(*b);
  });
  const bool weights = has_weights(result);
  std::vector<detail::TextColumn> columns{{.head = "End use"},
                                          {.head = "Country"},
                                          {.head = "Sector"},
                                          {.head = "Takes"},
                                          {.head = "Demanded", .unit = "t/yr", .number = true},
                                          {.head = "Short", .unit = "t/yr", .number = true},
                                          {.head = "Short", .unit = "%", .number = true}};
  if (weights) columns.push_back({.head = "Weight", .number = true});
  detail::TextTable table(columns);
  for (std::size_t i = 0; i < std::min(rows.size(), most_rows); ++i) {
    const EndUseResult& row = *rows[i];
    const EndUse& use = network[row.id];
    std::vector<std::string> cells{label(use.name, use.id),
                                   network[use.country].id,
                                   label(use.sector, "?"),
                                   network[use.commodity].id,
                                   tonnes_text(number(row.demanded)),
                                   tonnes_text(short_tonnes(row)),
                                   percent_text(short_tonnes(row), number(row.demanded))};
    if (weights) cells.push_back(detail::decimal_text(row.weight, 2));
    table.add_row(std::move(cells));
  }
  return "Shortfall by end use, t of what it takes, " + worst_first(weights) + "\n\n" + table.text() +
         and_more(most_rows, rows.size(), "end uses are short") + '\n';
}

std::string limit_text(const FacilityResult& row, const Network& network) {
  switch (row.limited_by) {
    case Limit::none:
      return "-";
    case Limit::capacity:
      return "its own capacity";
    case Limit::feed:
      return "feed";
    case Limit::input:
      return row.limiting_input.valid() ? network[row.limiting_input].id : "an input";
  }
  return "-";
}

std::string facilities_section(const Result& result, const Network& network) {
  std::vector<const FacilityResult*> rows;
  for (const FacilityResult& row : result.facilities) {
    if (number(network[row.id].baseline) > 0.0 && row.utilisation < 1.0 - rounding) rows.push_back(&row);
  }
  if (rows.empty()) return {};
  std::stable_sort(rows.begin(), rows.end(), [&](const FacilityResult* a, const FacilityResult* b) {
    if (a->utilisation != b->utilisation) return a->utilisation < b->utilisation;
    return network[a->id].baseline > network[b->id].baseline;
  });
  detail::TextTable table({{.head = "Facility"},
                           {.head = "Country"},
                           {.head = "Kind"},
                           {.head = "Baseline", .unit = "t/yr", .number = true},
                           {.head = "Activity", .unit = "t/yr", .number = true},
                           {.head = "Utilised", .unit = "%", .number = true},
                           {.head = "Limited by"}});
  for (std::size_t i = 0; i < std::min(rows.size(), most_rows); ++i) {
    const FacilityResult& row = *rows[i];
    const Facility& facility = network[row.id];
    std::string kind{to_string(facility.kind)};
    std::replace(kind.begin(), kind.end(), '_', ' ');
    table.add_row({label(facility.name, facility.id), network[facility.country].id, kind,
                   tonnes_text(number(facility.baseline)), tonnes_text(number(row.activity)),
                   percent_text(row.utilisation), limit_text(row, network)});
  }
  return "Facilities furthest below their base year, by share\n\n" + table.text() +
         and_more(most_rows, rows.size(), "facilities are below their base year") + '\n';
}

std::string_view meaning_of(std::string_view model) {
  if (model == "reallocate") {
    return "reallocate: everybody adapts as well as possible; a lower bound on the weighted shortfall";
  }
  return "propagate: nobody reroutes; an upper bound on the shortfall as long as nobody hoards";
}

}  // namespace

std::string to_table(const Result& result, const Dataset& dataset, const std::string& model) {
  const std::string head = heading(result.scenario, dataset, meaning_of(model));
  if (result.status != SolveStatus::solved) return head + detail::no_numbers(result.status, result.conflict);
  const Network& network = dataset.network;
  detail::require_fit(result, network);
  return head + materials_table(result, network) + countries_section(result, network) +
         end_uses_section(result, network) + facilities_section(result, network) +
         detail::scarcity_sections(result, dataset) + notes_section(result.notes) +
         "Certificate: " + detail::certificate_text(result.certificate, model) + " (relative; 0 is exact)\n" +
         "All facilities, routes and unrounded numbers: --format json or --format csv\n";
}

}  // namespace lode::inline LODE_ABI
