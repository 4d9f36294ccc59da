// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <cmath>
#include <string>
#include <vector>

#include <lode/io/backtest_writer.hpp>

#include "io/backtest_words.hpp"
#include "io/package_tables.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI {
namespace {

using detail::tonnes_text;

std::string signed_tonnes(double tonnes) {
  return (tonnes > 0.0 ? "+" : tonnes < 0.0 ? "-" : "") + tonnes_text(std::abs(tonnes));
}

std::string naive_head(const BacktestResult& result) {
  return detail::is_loss(result) ? "Permanent" : "At once";
}

std::string heading(const BacktestResult& result, const BacktestFolder& folder) {
  const BacktestCase& test = folder.test;
  std::string text = detail::wrapped(test.name + ": " + test.title, 10, "Case");
  text += detail::wrapped("only what was known before " + to_string(test.known_before), 10, "Input");
  text += detail::wrapped(
      folder.dataset->about.name + ' ' + folder.dataset->about.version + ", scenario " + test.scenario.name, 10,
      "Data");
  const std::string samples = result.samples == 0
                                  ? "nothing is uncertain"
                                  : detail::count_text(result.samples, "sample") + " of " +
                                        detail::count_text(result.uncertain_numbers, "uncertain number") + ", seed " +
                                        std::to_string(test.seed);
  return text + detail::wrapped("simulate, medians; " + samples, 10, "Model") + '\n';
}

std::string periods(const BacktestResult& result, const BacktestFolder& folder) {
  const BacktestCase& test = folder.test;
  detail::TextTable table({{.head = "Period"},
                           {.head = "Observed", .unit = test.unit, .number = true},
                           {.head = "Predicted", .unit = test.unit, .number = true},
                           {.head = "5 .. 95 %", .unit = test.unit, .number = true},
                           {.head = "Inside"},
                           {.head = "No change", .unit = test.unit, .number = true},
                           {.head = naive_head(result), .unit = test.unit, .number = true},
                           {.head = "Observed is"}});
  for (const BacktestRow& row : result.rows) {
    const ReportedFigure* seen = detail::observed_in(row, test);
    const bool is_inside = seen != nullptr && seen->value >= row.low && seen->value <= row.high;
    table.add_row(
        {to_string(row.period), seen == nullptr ? "-" : tonnes_text(seen->value), tonnes_text(row.predicted),
         tonnes_text(row.low) + " .. " + tonnes_text(row.high),
         seen == nullptr ? ""
         : is_inside     ? "yes"
                         : "no",
         tonnes_text(row.no_change), tonnes_text(row.permanent),
         seen == nullptr ? "" : std::string(io_detail::quality_names[static_cast<std::size_t>(seen->quality)])});
  }
  return table.text() + '\n';
}

std::string errors(const BacktestResult& result, const BacktestCase& test) {
  detail::TextTable table({{.head = "Errors"},
                           {.head = "Model", .number = true},
                           {.head = "No change", .number = true},
                           {.head = naive_head(result), .number = true}});
  const BacktestErrors* const all[] = {&result.model, &result.no_change, &result.permanent};
  const auto add = [&](const std::string& name, auto text) {
    std::vector<std::string> cells{name};
    for (const BacktestErrors* const one : all) cells.push_back(text(*one));
    table.add_row(std::move(cells));
  };
  add("Mean absolute error, " + test.unit, [](const BacktestErrors& e) { return tonnes_text(e.mean_absolute); });
  add("Mean absolute error, % of what was observed", [](const BacktestErrors& e) {
    return e.mean_absolute_share ? detail::percent_text(*e.mean_absolute_share) : std::string("-");
  });
  add("Total, predicted less observed, " + test.unit, [](const BacktestErrors& e) { return signed_tonnes(e.total); });
  add("Total, % of what was observed", [&](const BacktestErrors& e) {
    if (!(result.total_observed > 0.0)) return std::string("-");
    return (e.total > 0.0   ? "+"
            : e.total < 0.0 ? "-"
                            : "") +
           detail::percent_text(std::abs(e.total), result.total_observed);
  });
  return table.text() + '\n';
}

std::string verdict(const std::string& name, const BacktestErrors& model, const BacktestErrors& naive) {
  return detail::wrapped(std::string(detail::verdict(model.mean_absolute, naive.mean_absolute)) +
                             " period by period, " +
                             std::string(detail::verdict(std::abs(model.total), std::abs(naive.total))) + " in total",
                         24, name);
}

}  // namespace

std::string to_table(const BacktestResult& result, const BacktestFolder& folder) {
  detail::require_solved(result, folder.test.name);
  std::string text = heading(result, folder) + periods(result, folder) + errors(result, folder.test);
  text += verdict("Against no change", result.model, result.no_change);
  text += verdict(detail::is_loss(result) ? "Against permanent loss" : "Against all at once", result.model,
                  result.permanent);
  text += detail::wrapped(std::to_string(result.covered) + " of " + std::to_string(result.compared) +
                              " observed figures inside; nine in ten should be",
                          24, "Interval 5 .. 95 %");
  return text;
}

}  // namespace lode::inline LODE_ABI
