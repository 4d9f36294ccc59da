// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/io/sensitivity_writer.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <io/csv_text.hpp>
#include <io/json_writer.hpp>
#include <io/number.hpp>
#include <io/sensitivity_names.hpp>
#include <lode/version.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {
namespace {

constexpr JsonWriter::Layout flat = JsonWriter::Layout::flat;

/// What helps, then what is missed, then the rest by position.
std::vector<std::size_t> ranking(const Sensitivity& sensitivity, std::size_t most) {
  std::vector<std::size_t> order = most_helpful(sensitivity, all_parameters);
  std::vector<bool> is_listed(sensitivity.ups.size(), false);
  for (const std::size_t p : order) is_listed[p] = true;
  const auto append = [&](std::size_t p) {
    if (!is_listed[p]) order.push_back(p);
    is_listed[p] = true;
  };
  for (const std::size_t p : most_missed(sensitivity, all_parameters)) append(p);
  for (std::size_t p = 0; p < is_listed.size(); ++p) append(p);
  order.resize(std::min(order.size(), most));
  return order;
}

void write_target(JsonWriter& json, const SensitivityTarget& target, const Network& network) {
  json.key("target").open('{', flat);
  if (target.material) json.key("material").text(network[*target.material].id);
  if (target.country) json.key("country").text(network[*target.country].id);
  if (target.end_use) json.key("end_use").text(network[*target.end_use].id);
  json.close();
}

}  // namespace
}  // namespace io_detail

std::string to_json(const Sensitivity& sensitivity, const Dataset& dataset, std::size_t most) {
  io_detail::require_solved(sensitivity, dataset);
  const Network& network = dataset.network;
  io_detail::JsonWriter json;
  json.open('{')
      .key("lode")
      .text(version)
      .key("model")
      .text("sensitivity")
      .key("of")
      .text(to_string(sensitivity.model));
  json.key("data").text(dataset.about.name).key("scenario").text(sensitivity.scenario);
  json.key("status").text(to_string(sensitivity.status));
  io_detail::write_target(json, sensitivity.target, network);
  json.key("shortfall").number(sensitivity.shortfall).key("rows").open('[');
  for (const std::size_t p : io_detail::ranking(sensitivity, most)) {
    const Parameter& parameter = (*sensitivity.parameters)[p];
    const io_detail::ParameterName name = io_detail::name_of(parameter, network);
    json.open('{', io_detail::flat).key("parameter").text(to_string(parameter.kind));
    if (!name.place.empty()) json.key("place").text(name.place);
    if (!name.to.empty()) json.key("to").text(name.to);
    if (!name.commodity.empty()) json.key("commodity").text(name.commodity);
    if (parameter.kind == ParameterKind::quota) json.key("shock").raw(std::to_string(parameter.shock + 1));
    json.key("size").number(parameter.size);
    if (sensitivity.up(p)) json.key("up").number(*sensitivity.up(p));
    if (sensitivity.down(p)) json.key("down").number(*sensitivity.down(p));
    json.key("kink").raw(sensitivity.is_kink(p) ? "true" : "false").close();
  }
  json.close().key("notes").open('[');
  for (const std::string& note : sensitivity.notes) json.text(note);
  json.close().close();
  return std::move(json).finish();
}

std::string to_csv(const Sensitivity& sensitivity, const Dataset& dataset, std::size_t most) {
  io_detail::require_solved(sensitivity, dataset);
  const Network& network = dataset.network;
  const std::string material = sensitivity.target.material ? network[*sensitivity.target.material].id : std::string();
  std::string text = "section,id,to,commodity,country,sector,material,quantity,unit,value\n";
  text += "target,,,,,," + io_detail::csv_cell(material) + ",shortfall,t/yr," +
          io_detail::decimal(sensitivity.shortfall) + '\n';
  for (const std::size_t p : io_detail::ranking(sensitivity, most)) {
    const Parameter& parameter = (*sensitivity.parameters)[p];
    const io_detail::ParameterName name = io_detail::name_of(parameter, network);
    const std::string id =
        parameter.kind == ParameterKind::quota ? std::to_string(parameter.shock + 1) : std::string(name.place);
    std::string about(to_string(parameter.kind));
    for (const std::string_view cell : {std::string_view(id), name.to, name.commodity, name.country, std::string_view(),
                                        std::string_view(material)}) {
      about += ',' + io_detail::csv_cell(cell);
    }
    const auto row = [&](std::string_view quantity, std::string_view unit, double value) {
      text += about + ',' + std::string(quantity) + ',' + std::string(unit) + ',' + io_detail::decimal(value) + '\n';
    };
    row("size", "t/yr", parameter.size);
    if (sensitivity.up(p)) row("up", "t/t", *sensitivity.up(p));
    if (sensitivity.down(p)) row("down", "t/t", *sensitivity.down(p));
    row("kink", "1", sensitivity.is_kink(p) ? 1.0 : 0.0);
  }
  return text;
}

}  // namespace lode::inline LODE_ABI
