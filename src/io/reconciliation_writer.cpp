// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/io/reconciliation_writer.hpp>

#include <utility>

#include <io/csv_text.hpp>
#include <io/json_writer.hpp>
#include <lode/detail/text.hpp>
#include <lode/version.hpp>
#include <report/figure_words.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {

namespace {

double in_base_unit(TonnesPerYear figure) {
  return figure.in(tonnes_per_year);
}
std::string cell(const std::optional<TonnesPerYear>& figure) {
  return figure ? decimal(in_base_unit(*figure)) : std::string{};
}

void write_figure(JsonWriter& json, const ReconciledFigure& figure, const Dataset& dataset) {
  const detail::FigureName name = detail::name_of(figure.id, dataset);
  json.open('{', JsonWriter::Layout::flat).key("quantity").text(detail::quantity_of(figure.id));
  if (!name.id.empty()) json.key("id").text(name.id);
  if (!name.from.empty())
    json.key("from").text(name.from).key("to").text(name.to).key("commodity").text(name.commodity);
  json.key("determination").text(to_string(figure.determination));
  const auto optional = [&json](std::string_view key, const std::optional<TonnesPerYear>& number) {
    if (number) json.key(key).number(in_base_unit(*number));
  };
  optional("found", figure.found);
  optional("found_sd", figure.found_sd);
  json.key("value").number(in_base_unit(figure.value));
  optional("sd", figure.sd);
  if (figure.z) json.key("z").number(*figure.z);
  json.key("gross_error").raw(figure.gross_error ? "true" : "false");
  json.key("at_bound").raw(figure.at_bound ? "true" : "false");
  optional("low", figure.low);
  optional("high", figure.high);
  json.close();
}

void write_balance(JsonWriter& json, const ReconciledBalance& row, const Dataset& dataset) {
  const Network& network = dataset.network;
  json.open('{', JsonWriter::Layout::flat).key("balance").text(to_string(row.balance));
  json.key("id").text(row.balance == Balance::total ? dataset.totals[row.total].id : network.id(row.place));
  if (row.commodity.valid()) json.key("commodity").text(network[row.commodity].id);
  json.key("found").number(in_base_unit(row.found)).key("left").number(in_base_unit(row.left));
  json.key("binds").raw(row.binds ? "true" : "false").key("pull").number(row.pull).close();
}

}  // namespace

}  // namespace io_detail

Dataset balanced_dataset(const Reconciliation& reconciliation, const Dataset& found) {
  constexpr std::string_view remark =
      "Balanced from the figures as published by weighted least squares; the note of each "
      "row that was moved says what was found.";
  detail::require_solved(reconciliation, found);
  Dataset balanced = found;
  balanced.network = reconciliation.network;
  std::string& text = balanced.about.description;
  if (text.find(remark) == std::string::npos) text += (text.empty() ? "" : " ") + std::string(remark);
  return balanced;
}

std::string to_json(const Reconciliation& reconciliation, const Dataset& dataset) {
  using io_detail::JsonWriter;
  detail::require_solved(reconciliation, dataset);
  JsonWriter json;
  json.open('{').key("lode").text(version).key("model").text("reconcile").key("data").text(dataset.about.name);
  json.key("status").text(to_string(reconciliation.status));
  json.key("chi_square").number(reconciliation.chi_square);
  json.key("degrees_of_freedom").number(reconciliation.degrees_of_freedom);
  json.key("probability").number(reconciliation.probability);
  json.key("figures").open('[');
  for (const ReconciledFigure& figure : reconciliation.figures) io_detail::write_figure(json, figure, dataset);
  json.close().key("balances").open('[');
  for (const ReconciledBalance& row : reconciliation.balances) io_detail::write_balance(json, row, dataset);
  json.close().key("certificate").open('{', JsonWriter::Layout::flat);
  json.key("mass_balance").number(reconciliation.certificate.mass_balance);
  json.key("optimality").number(reconciliation.certificate.optimality).close().close();
  return std::move(json).finish();
}

std::string to_csv(const Reconciliation& reconciliation, const Dataset& dataset) {
  using io_detail::cell;
  detail::require_solved(reconciliation, dataset);
  std::string text =
      "quantity,id,from,to,commodity,determination,found,found_sd,value,sd,z,gross_error,at_bound,low,high\n";
  for (const std::size_t i : detail::worst_first(reconciliation)) {
    const ReconciledFigure& figure = reconciliation.figures[i];
    const detail::FigureName name = detail::name_of(figure.id, dataset);
    for (const std::string_view word : {detail::quantity_of(figure.id), name.id, name.from, name.to, name.commodity}) {
      text += io_detail::csv_cell(word) + ',';
    }
    text += std::string(to_string(figure.determination)) + ',' + cell(figure.found) + ',' + cell(figure.found_sd) +
            ',' + cell(figure.value) + ',' + cell(figure.sd) + ',' + (figure.z ? io_detail::decimal(*figure.z) : "") +
            ',' + (figure.gross_error ? "true" : "false") + ',' + (figure.at_bound ? "true" : "false") + ',' +
            cell(figure.low) + ',' + cell(figure.high) + '\n';
  }
  return text;
}

}  // namespace lode::inline LODE_ABI
