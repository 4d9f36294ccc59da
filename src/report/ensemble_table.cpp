// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <lode/error.hpp>
#include <lode/report/table.hpp>

#include "io/ensemble_check.hpp"
#include "report/result_parts.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI {

namespace {

using detail::count_text;
using detail::label;
using detail::percent_text;
using detail::tonnes_text;

/// Below 0 where a policy helps or a month makes good.
std::string signed_tonnes(double value) {
  return value < 0.0 ? "-" + tonnes_text(-value) : tonnes_text(value);
}

std::string interval(double low, double high) {
  return signed_tonnes(low) + " to " + signed_tonnes(high);
}

/// A share as percent: "5", "2.5", "99.9".
std::string share_text(double share) {
  const double percent = 100.0 * share;
  const bool is_whole = std::abs(percent - std::round(percent)) < 1e-9;
  return detail::decimal_text(percent, is_whole ? 0 : percent > 99.9 || percent < 0.1 ? 3 : 1);
}

std::string unit_of(EnsembleModel of) {
  return of == EnsembleModel::simulate ? "t" : "t/yr";
}

std::string heading(const Ensemble& ensemble, const Dataset& dataset) {
  constexpr std::string_view names[] = {"independent", "Latin hypercube", "scrambled Sobol'"};
  std::string model = "ensemble of " + std::string(to_string(ensemble.of)) + ": " +
                      count_text(static_cast<std::size_t>(ensemble.samples)) + ' ' +
                      std::string(names[static_cast<std::size_t>(ensemble.sampling.sampling)]) + " samples of " +
                      count_text(ensemble.variables, "uncertain number") + ", seed " +
                      std::to_string(ensemble.sampling.seed);
  return detail::heading(ensemble.scenario, dataset, model);
}

/// Mean with its interval, then the quantiles, the tail and the chance of going short.
detail::TextTable spread_table(const Ensemble& ensemble, const std::string& what) {
  const std::string unit = unit_of(ensemble.of);
  std::vector<detail::TextColumn> columns{{.head = what},
                                          {.head = "Demanded", .unit = unit, .number = true},
                                          {.head = "Mean", .unit = "short, " + unit, .number = true},
                                          {.head = "+/-", .unit = unit, .number = true}};
  if (!ensemble.materials.empty()) {
    for (const QuantileEstimate& q : ensemble.materials.front().shortfall.quantiles) {
      columns.push_back(
          {.head = share_text(q.p) + " %", .unit = "below", .number = true, .group = "Quantiles, " + unit});
    }
  }
  columns.push_back({.head = "Worst", .unit = share_text(ensemble.tail) + " %", .number = true});
  columns.push_back({.head = "P(short)", .unit = "%", .number = true});
  return detail::TextTable(std::move(columns));
}

void add_spread(detail::TextTable& table, const std::string& name, double demanded, const Spread& spread,
                double factor) {
  std::vector<std::string> cells{name, tonnes_text(demanded), signed_tonnes(spread.mean),
                                 tonnes_text(factor * spread.standard_error)};
  for (const QuantileEstimate& q : spread.quantiles) cells.push_back(signed_tonnes(q.value));
  cells.push_back(signed_tonnes(spread.expected_shortfall));
  cells.push_back(percent_text(spread.probability_of_shortfall));
  table.add_row(std::move(cells));
}

std::string countries_section(const Ensemble& ensemble, const Network& network, double factor) {
  struct Row {
    const CountrySpread* country;
    const MaterialSpread* material;
  };
  std::string text;
  for (const Material& material : network.materials()) {
    std::vector<Row> rows;
    for (const CountrySpread& country : ensemble.countries) {
      for (const MaterialSpread& spread : country.materials) {
        if (&network[spread.id] == &material && spread.shortfall.mean > detail::rounding * spread.demanded) {
          rows.push_back({&country, &spread});
        }
      }
    }
    if (rows.empty()) continue;
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
      return a.material->shortfall.mean > b.material->shortfall.mean;
    });
    constexpr std::size_t shown = 6;
    detail::TextTable table = spread_table(ensemble, label(material.name, material.id));
    for (std::size_t i = 0; i < std::min(shown, rows.size()); ++i) {
      const Country& country = network[rows[i].country->id];
      add_spread(table, label(country.name, country.id), rows[i].material->demanded, rows[i].material->shortfall,
                 factor);
    }
    text += table.text() + detail::and_more(shown, rows.size(), "countries") + '\n';
  }
  return text.empty() ? text : "By country, worst first\n\n" + text;
}

std::string months_section(const Ensemble& ensemble, const Network& network, double factor) {
  std::string text;
  for (std::size_t m = 0; m < ensemble.materials.size(); ++m) {
    detail::TextTable table = spread_table(ensemble, label(network.materials()[m].name, network.materials()[m].id));
    for (const MonthSpread& month : ensemble.months) {
      const MaterialSpread& spread = month.materials[m];
      if (spread.shortfall.largest <= detail::rounding * spread.demanded) continue;
      add_spread(table, to_string(month.month).substr(0, 7), spread.demanded, spread.shortfall, factor);
    }
    if (!table.empty()) text += table.text() + '\n';
  }
  return text.empty() ? text : "By month; below 0: more than is demanded, to catch up\n\n" + text;
}

std::string policies_section(const Ensemble& ensemble, const Network& network) {
  if (ensemble.policies.empty()) return {};
  const std::string unit = unit_of(ensemble.of);
  const std::vector<QuantileEstimate>& shares = ensemble.weighted.quantiles;
  const std::string range_head =
      shares.empty() ? "Change, least to most"
                     : "Change, " + share_text(shares.front().p) + " to " + share_text(shares.back().p) + " %";
  detail::TextTable table({{.head = "Policy"},
                           {.head = "Material"},
                           {.head = "Mean with", .unit = unit, .number = true},
                           {.head = "Change", .unit = unit, .number = true},
                           {.head = "+/-", .unit = unit, .number = true},
                           {.head = range_head, .unit = unit, .number = true},
                           {.head = "P(gain)", .unit = "%", .number = true}});
  const double factor = ensemble.confidence_factor;
  for (const PolicySpread& policy : ensemble.policies) {
    for (std::size_t m = 0; m < policy.with.size(); ++m) {
      const Spread& change = policy.difference[m].shortfall;
      const std::string range = change.quantiles.empty()
                                    ? interval(change.least, change.largest)
                                    : interval(change.quantiles.front().value, change.quantiles.back().value);
      const Material& material = network.materials()[m];
      table.add_row({policy.name, label(material.name, material.id), signed_tonnes(policy.with[m].shortfall.mean),
                     signed_tonnes(change.mean), tonnes_text(factor * change.standard_error), range,
                     m == 0 ? percent_text(policy.probability_of_gain) : ""});
    }
  }
  return "What policies change, sample by sample (below 0 is better)\n\n" + table.text() + '\n';
}

std::string convergence_section(const Ensemble& ensemble, const Network& network) {
  const Convergence& convergence = ensemble.convergence;
  if (!convergence.material.valid()) return "No sample is short of any material.\n";
  const Material& material = network[convergence.material];
  if (ensemble.variables == 0 && convergence.half_width == 0.0) return {};  // a note says why
  std::string text =
      "Mean of " + label(material.name, material.id) + " known to +/- " + percent_text(convergence.half_width) +
      " % (" + share_text(ensemble.confidence) + " % confidence); 1 % takes about " +
      count_text(static_cast<std::size_t>(convergence.samples_for_one_percent)) + " samples of this kind.";
  return detail::wrapped(text);
}

}  // namespace

std::string to_table(const Ensemble& ensemble, const Dataset& dataset) {
  const Network& network = dataset.network;
  detail::require_numbers(ensemble.status, ensemble.materials.size(), dataset, "Ensemble");
  const double factor = ensemble.confidence_factor;
  std::string text = heading(ensemble, dataset);
  detail::TextTable table = spread_table(ensemble, "Material");
  for (const MaterialSpread& row : ensemble.materials) {
    add_spread(table, label(row.name, network[row.id].id), row.demanded, row.shortfall, factor);
  }
  text += table.text() + '\n';
  text += countries_section(ensemble, network, factor);
  text += months_section(ensemble, network, factor);
  text += policies_section(ensemble, network);
  text += convergence_section(ensemble, network);
  if (!ensemble.notes.empty()) text += '\n' + detail::notes_section(ensemble.notes);
  return text;
}

std::string to_table(const SobolIndices& indices, const Dataset& dataset) {
  const Network& network = dataset.network;
  detail::require_numbers(indices.status, indices.materials.size(), dataset, "SobolIndices");
  std::string text = detail::heading(indices.scenario, dataset,
                                     "shares of the variance of shortfalls of " + std::string(to_string(indices.of)) +
                                         ": " + count_text(static_cast<std::size_t>(indices.runs)) + " runs, seed " +
                                         std::to_string(indices.sampling.seed));
  detail::TextTable table({{.head = "Material"},
                           {.head = "Uncertain number"},
                           {.head = "Alone", .unit = "%", .number = true},
                           {.head = "+/-", .unit = "%", .number = true},
                           {.head = "In total", .unit = "%", .number = true},
                           {.head = "+/-", .unit = "%", .number = true}});
  for (const ShortfallIndices& row : indices.materials) {
    std::vector<const SobolFactor*> factors;
    for (const SobolFactor& factor : row.factors) factors.push_back(&factor);
    std::stable_sort(factors.begin(), factors.end(),
                     [](const SobolFactor* a, const SobolFactor* b) { return a->total > b->total; });
    std::string name = label(row.name, network[row.id].id);
    for (const SobolFactor* factor : factors) {
      const auto error = [](double value) { return std::isnan(value) ? "unknown" : percent_text(2.0 * value); };
      table.add_row({std::exchange(name, ""), factor->name, percent_text(std::max(0.0, factor->first)),
                     error(factor->first_error), percent_text(factor->total), error(factor->total_error)});
    }
  }
  if (!table.empty()) text += table.text();
  if (!indices.notes.empty()) text += '\n' + detail::notes_section(indices.notes);
  return text;
}

}  // namespace lode::inline LODE_ABI
