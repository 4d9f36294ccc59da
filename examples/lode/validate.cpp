// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <lode/disruption.hpp>
#include <lode/version.hpp>

#include "commands.hpp"
#include "dataset_facts.hpp"
#include "facts_report.hpp"
#include "report/text_table.hpp"

namespace program {
namespace {

using Json = nlohmann::ordered_json;
using lode::detail::count_text;
using lode::detail::wrapped;

Json issues_json(const std::vector<lode::Issue>& issues) {
  Json list = Json::array();
  for (const lode::Issue& issue : issues) {
    list.push_back({{"file", issue.place.file},
                    {"line", issue.place.line},
                    {"column", issue.place.column},
                    {"what", issue.what},
                    {"mend", issue.mend}});
  }
  return list;
}

/// The rows of the tables alone: the scenarios of a folder with problems are not read.
std::vector<TableRows> rows_of(const Figures& figures) {
  std::vector<TableRows> rows = table_rows(figures.dataset);
  std::erase_if(rows, [](const TableRows& table) { return table.name == "scenarios"; });
  return rows;
}

Json rows_json(const std::vector<TableRows>& tables) {
  Json rows = Json::object();
  for (const TableRows& table : tables) rows[std::string(table.name)] = table.rows;
  return rows;
}

std::string valid_json(const Inputs& inputs) {
  Json document{{"lode", lode::version},
                {"data", inputs.dataset->about.name},
                {"valid", true},
                {"rows", rows_json(table_rows(*inputs.dataset))},
                {"warnings", issues_json(inputs.warnings)}};
  add_facts(document, *inputs.dataset);
  return dump(document);
}

std::string invalid_json(const Figures& figures, const std::vector<lode::Issue>& problems) {
  Json document{{"lode", lode::version},
                {"data", figures.dataset.about.name},
                {"valid", false},
                {"problems", issues_json(problems)},
                {"rows", rows_json(rows_of(figures))},
                {"warnings", issues_json(figures.warnings)},
                {"absent", figures.absent}};
  add_facts(document, figures.dataset);
  return dump(document);
}

/// The columns `table` and `rows`, then those of the facts; a row uses either.
class CsvReport {
 public:
  CsvReport() {
    std::vector<std::string> head = facts_columns();
    width_ = head.size() + 2;
    head.insert(head.begin(), {"table", "rows"});
    text_ = csv_row(head);
  }
  void count(std::string_view what, std::size_t number) {
    std::vector<std::string> fields{std::string(what), std::to_string(number)};
    fields.resize(width_);
    text_ += csv_row(fields);
  }
  void count_rows(const std::vector<TableRows>& tables) {
    for (const TableRows& table : tables) count(table.name, table.rows);
  }
  [[nodiscard]] std::string with_facts(const lode::Dataset& dataset) const {
    return text_ + facts_csv(dataset, {"", ""});
  }

 private:
  std::size_t width_ = 0;
  std::string text_;
};

std::string valid_csv(const Inputs& inputs) {
  CsvReport report;
  report.count_rows(table_rows(*inputs.dataset));
  report.count("warnings", inputs.warnings.size());
  return report.with_facts(*inputs.dataset);
}

std::string invalid_csv(const Figures& figures, const std::vector<lode::Issue>& problems) {
  CsvReport report;
  report.count("problems", problems.size());
  report.count_rows(rows_of(figures));
  report.count("warnings", figures.warnings.size());
  report.count("absent", figures.absent);
  return report.with_facts(figures.dataset);
}

std::string rows_text(const lode::Dataset& dataset) {
  std::string rows;
  for (const TableRows& table : table_rows(dataset)) {
    if (table.rows > 0) rows += (rows.empty() ? "" : ", ") + std::string(table.name) + ' ' + count_text(table.rows);
  }
  return rows.empty() ? "no rows" : "rows: " + rows;
}

std::string valid_text(const Inputs& inputs) {
  return wrapped("valid: " + inputs.dataset->about.name + " (" + rows_text(*inputs.dataset) + "), " +
                     count_text(inputs.warnings.size(), "warning"),
                 2) +
         facts_text(*inputs.dataset);
}

std::string invalid_text(const Figures& figures, const std::vector<lode::Issue>& problems) {
  std::string what = "Its figures as they stand, " + rows_text(figures.dataset);
  if (figures.absent > 0) {
    what += "; no value for " + count_text(figures.absent) + " of the baselines, demands and flows, counted as 0";
  }
  return wrapped("NOT VALID: " + figures.dataset.about.name + " has " + count_text(problems.size(), "problem") +
                     ", listed on stderr; no model runs on it",
                 2) +
         wrapped(what, 2) + facts_text(figures.dataset);
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

std::optional<std::string> summarise_invalid(const InvalidInputs& error, Format format) {
  if (error.folder().empty()) return std::nullopt;
  const std::optional<Figures> figures = read_figures(error.folder());
  if (!figures) return std::nullopt;
  switch (format) {
    case Format::json:
      return invalid_json(*figures, error.issues());
    case Format::csv:
      return invalid_csv(*figures, error.issues());
    case Format::table:
      break;
  }
  return invalid_text(*figures, error.issues());
}

}  // namespace program
