// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <nlohmann/json.hpp>

#include <lode/detail/text.hpp>
#include <lode/version.hpp>

#include "commands.hpp"
#include "dataset_facts.hpp"
#include "report/text_table.hpp"

namespace program {
namespace {

using Json = nlohmann::ordered_json;
using lode::detail::label;

Json licences(const lode::Dataset& dataset) {
  Json parsed = Json::parse(dataset.about.licenses_json, nullptr, false);
  return parsed.is_discarded() ? Json::array() : parsed;
}

std::string info_json(const Inputs& inputs) {
  const lode::Dataset& dataset = *inputs.dataset;
  const lode::Network& network = dataset.network;
  Json rows = Json::object(), totals = Json::array(), quality = Json::object();
  for (const TableRows& table : table_rows(dataset)) rows[std::string(table.name)] = table.rows;
  for (const Total& total : base_year_totals(network)) {
    totals.push_back({{"stage", total.what},
                      {"material", network[total.material].id},
                      {"tonnes", total.tonnes},
                      {"largest_country", total.largest.valid() ? Json(network[total.largest].id) : Json()},
                      {"largest_share", total.largest_share}});
  }
  const auto by_quality = rows_by_quality(dataset);
  for (std::size_t q = 0; q < quality_names.size(); ++q) quality[std::string(quality_names[q])] = by_quality[q];
  return dump({{"lode", lode::version},
               {"data", dataset.about.name},
               {"title", dataset.about.title},
               {"version", dataset.about.version},
               {"description", dataset.about.description},
               {"base_year", dataset.about.base_year},
               {"licenses", licences(dataset)},
               {"rows", rows},
               {"totals", totals},
               {"quality", quality},
               {"warnings", inputs.warnings.size()}});
}

std::string info_csv(const Inputs& inputs) {
  const lode::Dataset& dataset = *inputs.dataset;
  const lode::Network& network = dataset.network;
  const auto count = [](const char* section, std::string_view name, std::size_t number, const char* unit) {
    return csv_row({section, std::string(name), "", "", "", unit, std::to_string(number)});
  };
  std::string text = csv_row({"section", "name", "material", "country", "quantity", "unit", "value"});
  for (const TableRows& table : table_rows(dataset)) text += count("rows", table.name, table.rows, "rows");
  for (const Total& total : base_year_totals(network)) {
    const auto row = [&](const std::string& country, const char* quantity, const char* unit, double value) {
      return csv_row({"totals", std::string(total.what), network[total.material].id, country, quantity, unit,
                      lode::detail::number_text(value)});
    };
    text += row("", "tonnes", "t/yr", total.tonnes);
    if (total.largest.valid()) text += row(network[total.largest].id, "largest_share", "1", total.largest_share);
  }
  const auto by_quality = rows_by_quality(dataset);
  for (std::size_t q = 0; q < quality_names.size(); ++q)
    text += count("quality", quality_names[q], by_quality[q], "rows");
  return text + count("warnings", "", inputs.warnings.size(), "warnings");
}

/// "CC-BY-4.0, other", from whatever name each licence has.
std::string licence_names(const lode::Dataset& dataset) {
  std::string names;
  for (const Json& licence : licences(dataset)) {
    for (const char* key : {"name", "title", "path"}) {
      if (!licence.is_object() || !licence.contains(key) || !licence[key].is_string()) continue;
      names += (names.empty() ? "" : ", ") + label(licence[key].get<std::string>(), "(not in ASCII)");
      break;
    }
  }
  return names.empty() ? "not stated" : names;
}

std::string info_text(const Inputs& inputs) {
  using namespace lode::detail;
  const lode::Dataset& dataset = *inputs.dataset;
  const lode::Network& network = dataset.network;
  const lode::Description& about = dataset.about;
  std::string text = wrapped(about.name + ' ' + about.version + ": " + label(about.title, about.name), 2);
  if (!about.description.empty()) text += wrapped(label(about.description, "(the description is not in ASCII)"));
  text += wrapped("Base year " + std::to_string(about.base_year) + ", licence " + licence_names(dataset) + ", " +
                      count_text(inputs.warnings.size(), "warning"),
                  2);

  TextTable rows({{.head = "Table"}, {.head = "Rows", .number = true}});
  for (const TableRows& table : table_rows(dataset)) rows.add_row({std::string(table.name), count_text(table.rows)});
  text += '\n' + rows.text();

  TextTable totals({{.head = "Made at stage"},
                    {.head = "Material"},
                    {.head = "Base year", .unit = "t/yr", .number = true},
                    {.head = "Largest country"},
                    {.head = "Its share", .unit = "%", .number = true}});
  for (const Total& total : base_year_totals(network)) {
    if (!total.largest.valid()) continue;
    const lode::Material& material = network[total.material];
    totals.add_row({std::string(total.what), label(material.name, material.id), tonnes_text(total.tonnes),
                    label(network[total.largest].name, network[total.largest].id), percent_text(total.largest_share)});
  }
  if (!totals.empty()) text += "\nMade and demanded in the base year, t of the element\n\n" + totals.text();

  TextTable quality({{.head = "Weakest source"}, {.head = "Rows", .number = true}});
  const auto by_quality = rows_by_quality(dataset);
  for (std::size_t q = 0; q < quality_names.size(); ++q) {
    if (by_quality[q] > 0) quality.add_row({std::string(quality_names[q]), count_text(by_quality[q])});
  }
  if (!quality.empty()) text += '\n' + quality.text();
  return text;
}

}  // namespace

std::string describe(const Inputs& inputs, Format format) {
  switch (format) {
    case Format::json:
      return info_json(inputs);
    case Format::csv:
      return info_csv(inputs);
    case Format::table:
      break;
  }
  return info_text(inputs);
}

}  // namespace program
