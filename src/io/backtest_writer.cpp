// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/io/backtest_writer.hpp>

#include <io/backtest_words.hpp>
#include <io/csv_text.hpp>
#include <io/json_writer.hpp>
#include <io/package_tables.hpp>
#include <lode/version.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {

namespace {

void write_row(JsonWriter& json, const BacktestRow& row, const BacktestCase& test) {
  json.open('{', JsonWriter::Layout::flat).key("period").text(to_string(row.period));
  if (const ReportedFigure* seen = detail::observed_in(row, test)) {
    json.key("observed").number(seen->value);
    json.key("quality").text(quality_names[static_cast<std::size_t>(seen->quality)]);
  }
  json.key("predicted").number(row.predicted).key("low").number(row.low).key("high").number(row.high);
  json.key("no_change").number(row.no_change).key("permanent").number(row.permanent).close();
}

void write_errors(JsonWriter& json, std::string_view name, const BacktestErrors& errors) {
  json.key(name).open('{', JsonWriter::Layout::flat).key("mean_absolute").number(errors.mean_absolute);
  if (errors.mean_absolute_share) json.key("mean_absolute_share").number(*errors.mean_absolute_share);
  json.key("total").number(errors.total).close();
}

void write_verdict(JsonWriter& json, std::string_view name, const BacktestErrors& model, const BacktestErrors& naive) {
  json.key(name).open('{', JsonWriter::Layout::flat);
  json.key("by_period").text(detail::verdict(model.mean_absolute, naive.mean_absolute));
  json.key("by_total").text(detail::verdict(std::abs(model.total), std::abs(naive.total))).close();
}

}  // namespace

}  // namespace io_detail

std::string to_json(const BacktestResult& result, const BacktestFolder& folder) {
  const BacktestCase& test = folder.test;
  detail::require_solved(result, test.name);
  io_detail::JsonWriter json;
  json.open('{').key("lode").text(version).key("model").text("backtest").key("case").text(test.name);
  json.key("data").text(folder.dataset->about.name).key("scenario").text(test.scenario.name);
  json.key("known_before").text(to_string(test.known_before)).key("unit").text(test.unit);
  json.key("samples").number(static_cast<double>(result.samples)).key("seed").number(static_cast<double>(test.seed));
  json.key("permanent_share").number(result.permanent_share);
  json.key("periods").open('[');
  for (const BacktestRow& row : result.rows) {
    if (!row.is_sum) io_detail::write_row(json, row, test);
  }
  json.close().key("sums").open('[');
  for (const BacktestRow& row : result.rows) {
    if (row.is_sum) io_detail::write_row(json, row, test);
  }
  json.close().key("errors").open('{');
  io_detail::write_errors(json, "model", result.model);
  io_detail::write_errors(json, "no_change", result.no_change);
  io_detail::write_errors(json, "permanent", result.permanent);
  json.close().key("verdict").open('{');
  io_detail::write_verdict(json, "no_change", result.model, result.no_change);
  io_detail::write_verdict(json, "permanent", result.model, result.permanent);
  json.close().key("coverage").open('{', io_detail::JsonWriter::Layout::flat);
  json.key("compared").number(static_cast<double>(result.compared));
  json.key("covered").number(static_cast<double>(result.covered)).close();
  json.key("certificate").open('{', io_detail::JsonWriter::Layout::flat);
  json.key("mass_balance").number(result.mass_balance).close();
  json.key("notes").open('[');
  for (const std::string& note : result.notes) json.text(note);
  json.close().close();
  return std::move(json).finish();
}

std::string to_csv(const BacktestResult& result, const BacktestFolder& folder) {
  const BacktestCase& test = folder.test;
  detail::require_solved(result, test.name);
  std::string text = "case,period,quantity,unit,value\n";
  const auto add = [&](const std::string& period, std::string_view quantity, std::string_view unit, double value) {
    text += io_detail::csv_cell(test.name) + ',' + period + ',' + std::string(quantity) + ',' +
            io_detail::csv_cell(unit) + ',' + io_detail::decimal(value) + '\n';
  };
  for (const BacktestRow& row : result.rows) {
    const std::string period = to_string(row.period);
    if (const ReportedFigure* seen = detail::observed_in(row, test)) add(period, "observed", test.unit, seen->value);
    add(period, "predicted", test.unit, row.predicted);
    add(period, "low", test.unit, row.low);
    add(period, "high", test.unit, row.high);
    add(period, "no_change", test.unit, row.no_change);
    add(period, "permanent", test.unit, row.permanent);
  }
  const auto add_errors = [&](const std::string& of, const BacktestErrors& errors) {
    add("", of + "_mean_absolute_error", test.unit, errors.mean_absolute);
    if (errors.mean_absolute_share) add("", of + "_mean_absolute_share", "1", *errors.mean_absolute_share);
    add("", of + "_total_error", test.unit, errors.total);
  };
  add_errors("model", result.model);
  add_errors("no_change", result.no_change);
  add_errors("permanent", result.permanent);
  add("", "compared", "1", static_cast<double>(result.compared));
  add("", "covered", "1", static_cast<double>(result.covered));
  return text;
}

}  // namespace lode::inline LODE_ABI
