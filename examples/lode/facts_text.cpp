// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <optional>
#include <utility>

#include "facts_report.hpp"
#include "report/text_table.hpp"
#include "total_facts.hpp"

namespace program {
namespace {

using namespace lode::detail;

std::string percent_or_dash(std::optional<double> share) {
  return share ? percent_text(*share) : "-";
}

std::string name_of(const lode::Dataset& dataset, lode::MaterialId id) {
  const lode::Material& material = dataset.network[id];
  return label(material.name, material.id);
}

std::string totals_text(const lode::Dataset& dataset, const std::vector<TotalFacts>& all) {
  const bool is_stated =
      std::any_of(all.begin(), all.end(), [](const TotalFacts& facts) { return facts.spread.is_stated; });
  std::vector<TextColumn> columns{{.head = "Made at stage"},
                                  {.head = "Material"},
                                  {.head = "Base year", .unit = "t/yr", .number = true},
                                  {.head = "Largest country"},
                                  {.head = "Its share", .unit = "%", .number = true}};
  if (is_stated) {
    columns.push_back({.head = "Sd", .unit = "%", .number = true});
    columns.push_back({.head = "Known for", .unit = "%", .number = true});
  }
  TextTable table(std::move(columns));
  for (const TotalFacts& facts : all) {
    if (!facts.total.largest.valid()) continue;
    const lode::Country& country = dataset.network[facts.total.largest];
    std::vector<std::string> row{std::string(facts.total.what), name_of(dataset, facts.total.material),
                                 tonnes_text(facts.total.tonnes), label(country.name, country.id),
                                 percent_text(facts.total.largest_share)};
    if (is_stated) {
      row.push_back(percent_or_dash(facts.relative_sd()));
      row.push_back(percent_or_dash(facts.stated_share()));
    }
    table.add_row(std::move(row));
  }
  if (table.empty()) return {};
  std::string text = "\nMade and demanded in the base year, t of the element\n\n" + table.text();
  if (is_stated) {
    text += wrapped(
        "Sd: combined standard uncertainty (root of the sum of squares), the figures taken as independent. Known for: "
        "the share of the tonnes whose figures state an uncertainty; the others count as exact.");
  }
  return text;
}

std::string quality_text(const lode::Dataset& dataset, const std::vector<TotalFacts>& all) {
  TextTable table({{.head = "Stage"},
                   {.head = "Material"},
                   {.head = "Sourced", .number = true},
                   {.head = "Derived", .number = true},
                   {.head = "Assumption", .number = true},
                   {.head = "Recalled", .number = true},
                   {.head = "None", .number = true}});
  const auto add = [&](std::string what, std::string material, const QualityCounts& rows) {
    std::vector<std::string> row{std::move(what), std::move(material)};
    for (const std::size_t count : rows) row.push_back(count_text(count));
    table.add_row(std::move(row));
  };
  for (const TotalFacts& facts : all) {
    if (facts.has_rows()) add(std::string(facts.total.what), name_of(dataset, facts.total.material), facts.rows);
  }
  add("all tables", "", rows_by_quality(dataset));
  return "\nRows by the source that carries the figure; a row may stand behind several stages and materials\n\n" + table.text();
}

/// About ten, divided among the materials: a rare one would never be seen among the tonnes of the others.
std::string uncertainties_text(const lode::Dataset& dataset) {
  const std::vector<Uncertainty> all = stated_uncertainties(dataset);
  if (all.empty()) {
    return '\n' +
           wrapped("There are no uncertainties stated (baseline_sd, demand_sd and flow_sd are empty or absent).");
  }
  std::size_t materials = 0;
  for (std::size_t i = 0; i < all.size(); ++i) materials += i == 0 || all[i].material != all[i - 1].material;
  const std::size_t most = std::max<std::size_t>(1, 12 / materials);
  TextTable table({{.head = "Material"},
                   {.head = "Stage"},
                   {.head = "Figure"},
                   {.head = "Base year", .unit = "t/yr", .number = true},
                   {.head = "Sd", .unit = "t/yr", .number = true},
                   {.head = "Sd", .unit = "%", .number = true},
                   {.head = "Source"}});
  std::size_t listed = 0, shown = 0;
  lode::MaterialId material;
  for (const Uncertainty& row : all) {
    listed = row.material == material ? listed + 1 : 1;
    material = row.material;
    if (listed > most) continue;
    ++shown;
    const std::string route = row.to.empty() ? std::string{} : " > " + row.to + " (" + row.commodity + ')';
    table.add_row({dataset.network[row.material].id, std::string(row.stage),
                   std::string(row.figure) + ' ' + row.id + route, tonnes_text(row.tonnes), tonnes_text(row.sd),
                   percent_or_dash(share_of(row.sd, row.tonnes)), std::string(quality_names[row.quality])});
  }
  std::string text =
      "\nWidest standard uncertainties, t of the element, worst first in each material\n\n" + table.text();
  if (shown < all.size()) {
    text += "and " + count_text(all.size() - shown) + " more; --format json or csv has all of them\n";
  }
  return text;
}

}  // namespace

std::string facts_text(const lode::Dataset& dataset) {
  const std::vector<TotalFacts> all = total_facts(dataset);
  return totals_text(dataset, all) + quality_text(dataset, all) + uncertainties_text(dataset);
}

}  // namespace program
