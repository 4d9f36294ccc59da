// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <nlohmann/json.hpp>

#include <lode/disruption.hpp>
#include <lode/version.hpp>

#include "commands.hpp"
#include "dataset_facts.hpp"
#include "report/text_table.hpp"

namespace program {
namespace {

std::string valid_json(const Inputs& inputs) {
  nlohmann::ordered_json warnings = nlohmann::ordered_json::array();
  for (const lode::Issue& issue : inputs.warnings) {
    warnings.push_back({{"file", issue.place.file},
                        {"line", issue.place.line},
                        {"column", issue.place.column},
                        {"what", issue.what},
                        {"mend", issue.mend}});
  }
  nlohmann::ordered_json rows = nlohmann::ordered_json::object();
  for (const TableRows& table : table_rows(*inputs.dataset)) rows[std::string(table.name)] = table.rows;
  return dump({{"lode", lode::version},
               {"data", inputs.dataset->about.name},
               {"valid", true},
               {"rows", rows},
               {"warnings", warnings}});
}

std::string valid_csv(const Inputs& inputs) {
  std::string text = csv_row({"table", "rows"});
  for (const TableRows& table : table_rows(*inputs.dataset)) {
    text += csv_row({std::string(table.name), std::to_string(table.rows)});
  }
  return text + csv_row({"warnings", std::to_string(inputs.warnings.size())});
}

std::string valid_text(const Inputs& inputs) {
  using namespace lode::detail;
  std::string rows;
  for (const TableRows& table : table_rows(*inputs.dataset)) {
    if (table.rows > 0) rows += (rows.empty() ? "" : ", ") + std::string(table.name) + ' ' + count_text(table.rows);
  }
  return wrapped("valid: " + inputs.dataset->about.name + " (" + (rows.empty() ? "no rows" : "rows: " + rows) + "), " +
                     count_text(inputs.warnings.size(), "warning"),
                 2);
}

}  // namespace

std::string summarise_valid(const Inputs& inputs, Format format) {
  // The data set's own scenarios were checked when it was read; these may come from elsewhere.
  std::vector<lode::Issue> problems;
  for (const lode::Scenario& scenario : inputs.scenarios) {
    const std::vector<lode::Issue> found = lode::check(inputs.dataset->network, scenario);
    problems.insert(problems.end(), found.begin(), found.end());
  }
  if (!problems.empty()) throw lode::InvalidScenario(problems);
  switch (format) {
    case Format::json:
      return valid_json(inputs);
    case Format::csv:
      return valid_csv(inputs);
    case Format::table:
      break;
  }
  return valid_text(inputs);
}

}  // namespace program
