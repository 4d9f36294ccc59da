// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <nlohmann/json.hpp>

#include <lode/version.hpp>

#include "commands.hpp"
#include "dataset_facts.hpp"
#include "facts_report.hpp"
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
  Json rows = Json::object();
  for (const TableRows& table : table_rows(dataset)) rows[std::string(table.name)] = table.rows;
  Json document{{"lode", lode::version},
                {"data", dataset.about.name},
                {"title", dataset.about.title},
                {"version", dataset.about.version},
                {"description", dataset.about.description},
                {"base_year", dataset.about.base_year},
                {"licenses", licences(dataset)},
                {"rows", rows}};
  add_facts(document, dataset);
  document["warnings"] = inputs.warnings.size();
  return dump(document);
}

std::string info_csv(const Inputs& inputs) {
  const std::vector<std::string> columns = facts_columns();
  const auto count = [&](const char* section, std::string_view name, std::size_t number, const char* unit) {
    std::vector<std::string> fields{section, std::string(name), "", "", "", unit, std::to_string(number)};
    fields.resize(columns.size());
    return csv_row(fields);
  };
  std::string text = csv_row(columns);
  for (const TableRows& table : table_rows(*inputs.dataset)) text += count("rows", table.name, table.rows, "rows");
  return text + facts_csv(*inputs.dataset) + count("warnings", "", inputs.warnings.size(), "warnings");
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
  const lode::Description& about = dataset.about;
  std::string text = wrapped(about.name + ' ' + about.version + ": " + label(about.title, about.name), 2);
  if (!about.description.empty()) text += wrapped(label(about.description, "(the description is not in ASCII)"));
  text += wrapped("Base year " + std::to_string(about.base_year) + ", licence " + licence_names(dataset) + ", " +
                      count_text(inputs.warnings.size(), "warning"),
                  2);

  TextTable rows({{.head = "Table"}, {.head = "Rows", .number = true}});
  for (const TableRows& table : table_rows(dataset)) rows.add_row({std::string(table.name), count_text(table.rows)});
  text += '\n' + rows.text();
  return text + facts_text(dataset);
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
