// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <lode/bracket.hpp>
#include <lode/report/table.hpp>

#include "report/result_parts.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI {
namespace {

using detail::label;
using detail::number;
using detail::percent_text;
using detail::tonnes_text;

/// The ends of an interval, with what is only rounding set to 0.
struct Ends {
  double low = 0.0, high = 0.0;
};

Ends ends_of(double low, double high, double demanded) {
  const auto rounded = [demanded](double x) { return x > detail::rounding * demanded ? x : 0.0; };
  return {rounded(low), rounded(high)};
}
Ends ends_of(const BracketRow& row) {
  return ends_of(number(row.low), number(row.high), number(row.demanded));
}

/// "12..34", or "12" where both ends read alike; `mark` follows where adaptation makes it worse.
std::string interval(const std::string& low, const std::string& high, bool mark) {
  return (low == high ? low : low + ".." + high) + (mark ? "*" : "");
}

std::string tonnes_interval(const Ends& ends, bool mark = false) {
  const std::string low = tonnes_text(ends.low), high = tonnes_text(ends.high);
  return interval(low, high, mark && low != high);
}

std::string percent_interval(const Ends& ends, double demanded) {
  return interval(percent_text(ends.low, demanded), percent_text(ends.high, demanded), false);
}

/// As `percent_interval`, without decimals from 10 % on: many stand side by side.
std::string short_percent_interval(const Ends& ends, double demanded) {
  const auto text = [demanded](double x) {
    return demanded > 0.0 && x >= 0.0995 * demanded ? detail::decimal_text(100.0 * x / demanded, 0)
                                                    : percent_text(x, demanded);
  };
  return interval(text(ends.low), text(ends.high), false);
}

std::string materials_section(const BracketResult& result, const Network& network) {
  detail::TextTable table({{.head = "Material"},
                           {.head = "t/yr", .number = true, .group = "Demanded"},
                           {.head = "t/yr", .number = true, .group = "Short"},
                           {.head = "%", .number = true, .group = "Short"},
                           {.head = "t/yr", .number = true, .group = "Adapting saves"},
                           {.head = "%", .number = true, .group = "Adapting saves"}});
  for (const BracketRow& row : result.materials) {
    const Ends ends = ends_of(row);
    const double upper = row.reversed ? ends.low : ends.high;
    const double saved = row.reversed ? -(ends.high - ends.low) : ends.high - ends.low;
    table.add_row({label(row.name, network[row.id].id), tonnes_text(number(row.demanded)),
                   tonnes_interval(ends, row.reversed), percent_interval(ends, number(row.demanded)),
                   tonnes_text(saved), percent_text(saved, upper)});
  }
  if (table.empty()) return {};
  return "Shortfall by material, t of the element: from everybody adapting to nobody adapting\n\n" + table.text() +
         '\n';
}

/// One country's end uses together, in tonnes of what they use.
struct CountryTotal {
  const BracketCountry* country = nullptr;
  double demanded = 0.0, upper = 0.0, lower = 0.0, worst = 0.0;
};

std::vector<CountryTotal> country_totals(const BracketResult& result, const Network& network) {
  std::vector<CountryTotal> by_index(network.countries().size());
  for (std::size_t e = 0; e < result.propagate.end_uses.size(); ++e) {
    const EndUseResult& nobody = result.propagate.end_uses[e];
    const EndUseResult& everybody = result.reallocate.end_uses[e];
    CountryTotal& total = by_index[network[nobody.id].country.index()];
    total.demanded += number(nobody.demanded);
    total.upper += detail::short_tonnes(nobody);
    total.lower += detail::short_tonnes(everybody);
    total.worst += nobody.weight * std::max(detail::short_tonnes(nobody), detail::short_tonnes(everybody));
  }
  std::vector<CountryTotal> totals;
  for (const BracketCountry& country : result.countries) {
    totals.push_back(by_index[country.id.index()]);
    totals.back().country = &country;
  }
  std::stable_sort(totals.begin(), totals.end(),
                   [](const CountryTotal& a, const CountryTotal& b) { return a.worst > b.worst; });
  return totals;
}

/// The countries that may be short, with the materials [begin, end).
detail::TextTable countries_table(const std::vector<CountryTotal>& totals, const BracketResult& result,
                                  const Network& network, std::size_t begin, std::size_t end) {
  std::vector<detail::TextColumn> columns{{.head = "Country"}};
  if (begin == end) {
    columns.push_back({.head = "t/yr", .number = true, .group = "End products"});
    columns.push_back({.head = "%", .number = true, .group = "End products"});
  }
  for (std::size_t m = begin; m < end; ++m) {
    std::string name = label(result.materials[m].name, network[result.materials[m].id].id);
    if (name.size() > 20) name = network[result.materials[m].id].id;
    columns.push_back({.head = "t/yr", .number = true, .group = name});
    columns.push_back({.head = "%", .number = true, .group = name});
  }
  detail::TextTable table(columns);
  for (const CountryTotal& total : totals) {
    if (!(total.worst > 0.0)) continue;
    std::vector<std::string> cells{label(total.country->name, network[total.country->id].id)};
    if (begin == end) {
      const Ends ends{std::min(total.lower, total.upper), std::max(total.lower, total.upper)};
      cells.push_back(tonnes_interval(ends, total.lower - total.upper > 1e-6 * total.demanded));
      cells.push_back(short_percent_interval(ends, total.demanded));
    }
    for (std::size_t m = begin; m < end; ++m) {
      const BracketRow& row = total.country->materials[m];
      cells.push_back(tonnes_interval(ends_of(row), row.reversed));
      cells.push_back(short_percent_interval(ends_of(row), number(row.demanded)));
    }
    table.add_row(std::move(cells));
  }
  return table;
}

std::string countries_section(const BracketResult& result, const Network& network) {
  const std::vector<CountryTotal> totals = country_totals(result, network);
  if (totals.empty()) return "No end use demands anything.\n\n";
  std::string spared;
  bool any = false;
  for (const CountryTotal& total : totals) {
    if (total.worst > 0.0) {
      any = true;
    } else {
      spared += (spared.empty() ? "" : ", ") + label(total.country->name, network[total.country->id].id);
    }
  }
  if (!any) return "No shortfall: every end use gets all it demands.\n\n";
  const std::size_t materials = result.materials.size();
  std::string text =
      detail::wrapped("Shortfall by country of use, " + detail::worst_first(detail::has_weights(result.propagate)) +
                      (materials > 0 ? "; t of element, % of what is demanded" : "")) +
      '\n';
  text += detail::fitted_tables(materials, [&](std::size_t begin, std::size_t end) {
    return countries_table(totals, result, network, begin, end);
  });
  if (!spared.empty()) text += detail::wrapped("No shortfall in: " + spared + '.', 2) + '\n';
  return text;
}

bool any_reversed(const BracketResult& result) {
  const auto reversed = [](const BracketRow& row) { return row.reversed; };
  return std::any_of(result.materials.begin(), result.materials.end(), reversed) ||
         std::any_of(result.countries.begin(), result.countries.end(), [&](const BracketCountry& country) {
           return std::any_of(country.materials.begin(), country.materials.end(), reversed);
         });
}

/// What is left when a lever is missing.
std::string without_text(Lever lever) {
  switch (lever) {
    case Lever::spare_capacity:
      return "  but no spare capacity";
    case Lever::rerouting:
      return "  but no more on routes in use";
    case Lever::new_links:
      return "  but no new links";
  }
  return {};
}

std::string levers_section(const BracketResult& result, const Network& network) {
  double demanded = 0.0;
  for (const EndUseResult& use : result.propagate.end_uses) demanded += use.weight * number(use.demanded);
  const double upper = result.propagate.total_weighted_shortfall;
  const double lower = result.reallocate.total_weighted_shortfall;
  if (!(std::max(lower, upper) > detail::rounding * demanded)) return {};
  const bool details = std::any_of(result.levers.begin(), result.levers.end(),
                                   [](const LeverResult& lever) { return !lever.materials.empty(); });
  const std::string worse = details ? "Worse by, t/yr" : "Worse by";
  std::vector<detail::TextColumn> columns{{.head = "Who adapts"},
                                          {.head = "t/yr", .number = true, .group = "Short"},
                                          {.head = "%", .number = true, .group = "Short"},
                                          {.head = details ? "products" : "t/yr", .number = true, .group = worse}};
  if (details) {
    for (const BracketRow& row : result.materials) {
      columns.push_back({.head = network[row.id].id, .number = true, .group = worse});
    }
  }
  detail::TextTable table(columns);
  const auto rounded = [demanded](double x) { return std::abs(x) > detail::rounding * demanded ? x : 0.0; };
  const auto tonnes_of = [](TonnesPerYear saved, TonnesPerYear all) {
    return tonnes_text(std::abs(number(saved)) > detail::rounding * number(all) ? number(saved) : 0.0);
  };
  const auto add = [&](const std::string& name, double total) {
    std::vector<std::string> cells{name, tonnes_text(rounded(total)), percent_text(rounded(total), demanded),
                                   tonnes_text(rounded(total - lower))};
    return cells;
  };
  std::vector<std::string> cells = add("nobody (propagate)", upper);
  if (details) {
    for (const BracketRow& row : result.materials) {
      cells.push_back(tonnes_of(row.saved, row.demanded));
    }
  }
  table.add_row(std::move(cells));
  table.add_row(add("all, in every way (reallocate)", lower));
  for (const LeverResult& lever : result.levers) {
    if (lever.status != SolveStatus::solved) {
      const bool impossible = lever.status == SolveStatus::infeasible;
      table.add_row(
          {without_text(lever.lever) + (impossible ? ": offtakes cannot be met" : ": no answer found"), "-", "-", "-"});
      continue;
    }
    cells = add(without_text(lever.lever), lower + lever.worth);
    for (std::size_t m = 0; m < lever.materials.size(); ++m) {
      cells.push_back(tonnes_of(lever.materials[m].saved, result.materials[m].demanded));
    }
    table.add_row(std::move(cells));
  }
  if (result.total_without_levers) table.add_row(add("  but in none of these ways", *result.total_without_levers));
  return detail::wrapped("All shortfalls together, t of end products" +
                         std::string(detail::has_weights(result.propagate) ? " times weight" : "") +
                         ", and how much worse where a way to adapt is closed") +
         '\n' + table.text() + '\n';
}

/// The notes of both models, each once.
std::string notes_of(const BracketResult& result) {
  std::vector<std::string> notes = result.notes;
  for (const std::string& note : result.propagate.notes) {
    const auto& others = result.reallocate.notes;
    const bool is_common = std::find(others.begin(), others.end(), note) != others.end();
    notes.push_back(is_common ? note : "propagate: " + note);
  }
  for (const std::string& note : result.reallocate.notes) {
    const auto& others = result.propagate.notes;
    if (std::find(others.begin(), others.end(), note) == others.end()) notes.push_back("reallocate: " + note);
  }
  return detail::notes_section(notes);
}

}  // namespace

std::string to_table(const BracketResult& result, const Dataset& dataset) {
  const std::string head = detail::heading(
      result.scenario, dataset, "bracket: from everybody adapting (reallocate) to nobody rerouting (propagate)");
  if (result.status != SolveStatus::solved) return head + detail::no_numbers(result.status, result.reallocate.conflict);
  const Network& network = dataset.network;
  detail::require_fit(result.propagate, network);
  detail::require_fit(result.reallocate, network);
  std::string text = head + materials_section(result, network) + countries_section(result, network);
  if (any_reversed(result)) {
    text += detail::wrapped(
                "Adaptation leaves it worse off: what it had saves more elsewhere. The first figure is then "
                "what nobody adapting leaves short.",
                2, "*") +
            '\n';
  }
  return text + levers_section(result, network) + detail::scarcity_sections(result.reallocate, dataset) +
         notes_of(result) + "Certificates (relative; 0 is exact)\n" +
         "  propagate:  " + detail::certificate_text(result.propagate.certificate, "propagate") + '\n' +
         "  reallocate: " + detail::certificate_text(result.reallocate.certificate, "reallocate") + '\n' +
         "All facilities, routes and unrounded numbers: --format json or --format csv\n";
}

}  // namespace lode::inline LODE_ABI
