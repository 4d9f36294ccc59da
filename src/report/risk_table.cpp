// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <lode/io/risk_writer.hpp>

#include "io/risk_check.hpp"
#include "report/result_parts.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI {
namespace {

using detail::decimal_text;
using detail::label;
using detail::percent_text;
using detail::tonnes_text;

constexpr std::size_t most_countries = 8;  ///< of each material

std::string number_text(std::optional<double> value, double scale, int decimals) {
  return value ? decimal_text(scale * *value, decimals) : "-";
}
std::string share_text(std::optional<double> share) {
  if (!share) return "-";
  // A net exporter's import reliance is below 0.
  return *share < 0.0 ? decimal_text(100.0 * *share, 1) : percent_text(*share);
}

std::string operator_text(const StageRisk& row) {
  const std::string low = decimal_text(10000.0 * row.hhi_operator_low, 0);
  const std::string high = decimal_text(10000.0 * row.hhi_operator_high, 0);
  return low == high ? low : low + " .. " + high;
}

std::string stages_section(const RiskReport& report, const Network& network) {
  detail::TextTable table({{.head = "Material"},
                           {.head = "Stage"},
                           {.head = ""},
                           {.head = "Supply", .unit = "t/yr", .number = true},
                           {.head = "Largest"},
                           {.head = "Share", .unit = "%", .number = true},
                           {.head = "country", .unit = "points", .number = true, .group = "HHI by"},
                           {.head = "operator", .unit = "points", .number = true, .group = "HHI by"},
                           {.head = "HHI_WGI", .unit = "0..10", .number = true},
                           {.head = "Equal", .unit = "number", .number = true},
                           {.head = "Left", .unit = "%", .number = true}});
  for (const StageRisk& row : report.stages) {
    table.add_row({network[row.material].id, std::string(to_string(row.stage)), row.bottleneck ? "*" : "",
                   tonnes_text(detail::number(row.supply)), network[row.suppliers.front().country].id,
                   percent_text(row.suppliers.front().share), decimal_text(10000.0 * row.hhi_country, 0),
                   operator_text(row), number_text(row.hhi_governance, 1.0, 2),
                   decimal_text(row.effective_countries, 1), share_text(row.coverage_without_largest)});
  }
  return "Who supplies each stage, t of the element (* the bottleneck: the most concentrated stage)\n\n" +
         table.text() + '\n';
}

/// The countries exposed at the bottleneck of a material, most exposed first.
std::vector<const CountryRisk*> exposed(const RiskReport& report, const StageRisk& stage) {
  std::vector<const CountryRisk*> rows;
  for (const CountryRisk& row : report.countries) {
    if (row.material == stage.material && row.stage == stage.stage) rows.push_back(&row);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const CountryRisk* a, const CountryRisk* b) {
    return std::pair(a->supply_risk.value_or(-1.0), a->import_reliance.value_or(-1e300)) >
           std::pair(b->supply_risk.value_or(-1.0), b->import_reliance.value_or(-1e300));
  });
  return rows;
}

std::string countries_section(const RiskReport& report, const Network& network) {
  detail::TextTable table({{.head = "Material"},
                           {.head = "Stage"},
                           {.head = "Country"},
                           {.head = "Makes", .unit = "t/yr", .number = true},
                           {.head = "Imports", .unit = "t/yr", .number = true},
                           {.head = "Exports", .unit = "t/yr", .number = true},
                           {.head = "Reliance", .unit = "%", .number = true},
                           {.head = "Sourcing", .unit = "HHI_WGI", .number = true},
                           {.head = "Supply risk", .unit = "SR", .number = true}});
  std::size_t left_out = 0;
  for (const StageRisk& stage : report.stages) {
    if (!stage.bottleneck) continue;
    const std::vector<const CountryRisk*> rows = exposed(report, stage);
    for (std::size_t i = 0; i < std::min(rows.size(), most_countries); ++i) {
      const CountryRisk& row = *rows[i];
      table.add_row({i == 0 ? network[row.material].id : "", i == 0 ? std::string(to_string(row.stage)) : "",
                     label(network[row.country].name, network[row.country].id),
                     tonnes_text(detail::number(row.production)), tonnes_text(detail::number(row.imports)),
                     tonnes_text(detail::number(row.exports)), share_text(row.import_reliance),
                     number_text(row.hhi_sourcing, 1.0, 2), number_text(row.supply_risk, 1.0, 2)});
    }
    left_out += rows.size() - std::min(rows.size(), most_countries);
  }
  if (table.empty()) return {};
  std::string text = "Who takes it at the bottleneck, most exposed first, t of the element\n\n" + table.text();
  if (left_out > 0) text += "and " + detail::count_text(left_out) + " more in --format json and csv\n";
  return text + '\n';
}

}  // namespace

std::string to_table(const RiskReport& report, const Dataset& dataset) {
  detail::require_fit(report, dataset);
  std::string text = detail::heading(report.scenario.empty() ? "base-year" : report.scenario, dataset,
                                     "risk: indicators of concentration and exposure, not of what is lost (lode rank)");
  if (report.stages.empty()) return text + "Nothing is made of any material.\n";
  text += stages_section(report, dataset.network) + countries_section(report, dataset.network);
  const bool unknown =
      std::any_of(report.stages.begin(), report.stages.end(), [](const StageRisk& row) { return !row.hhi_governance; });
  text += detail::wrapped(
      "HHI: sum of squared shares, 10,000 if one supplies all. HHI_WGI: weighted with governance, 10 worst. Equal: so "
      "many "
      "equal countries would be as concentrated. Left: supply without the largest country's, of what all use. SR: EU "
      "formula with each country in place of the EU, "
      "without recycling and substitutes.");
  if (unknown) {
    text += detail::wrapped("- : a country that supplies something has no governance in the data; nothing is guessed.");
  }
  return text;
}

}  // namespace lode::inline LODE_ABI
