// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/io/exposure_writer.hpp>

#include <string_view>
#include <utility>

#include <io/csv_text.hpp>
#include <io/exposure_parts.hpp>
#include <io/json_writer.hpp>
#include <io/number.hpp>
#include <lode/version.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {
namespace {

constexpr JsonWriter::Layout flat = JsonWriter::Layout::flat;

void write_stages(JsonWriter& json, const UserExposure& user, const Exposure& exposure, const Network& network) {
  json.key("stages").open('[');
  for (const StageExposure& stage : user.stages) {
    json.open('{', flat).key("stage").text(to_string(stage.stage));
    json.key("concentration").number(stage.concentration).key("reserves").number(stage.reserves);
    json.key("unexplained").number(stage.unexplained).key("countries").open('[');
    for (const std::size_t c : largest_first(stage.countries)) {
      json.open('{').key("id").text(network.countries()[c].id).key("share").number(stage.countries[c]).close();
    }
    json.close().key("operators").open('[');
    for (const std::size_t k : largest_first(stage.operators)) {
      json.open('{').key("name").text(exposure.operators[k]).key("share").number(stage.operators[k]).close();
    }
    json.close().close();
  }
  json.close();
}

void write_material(JsonWriter& json, const MaterialExposure& material, const Exposure& exposure,
                    const Network& network, const ExposureView& view) {
  json.open('{').key("id").text(network[material.id].id).key("countries").open('[');
  for (const UserExposure& user : material.countries) {
    if (!shows(view, user.country)) continue;
    json.open('{').key("id").text(network[user.country].id).key("received").number(user.received);
    write_stages(json, user, exposure, network);
    json.close();
  }
  json.close().key("end_uses").open('[');
  for (const UserExposure& user : material.end_uses) {
    if (!shows(view, user.country)) continue;
    json.open('{').key("id").text(network[user.end_use].id).key("country").text(network[user.country].id);
    json.key("received").number(user.received);
    write_stages(json, user, exposure, network);
    json.close();
  }
  json.close().key("destinations").open('[');
  for (const Destination& row : material.destinations) {
    if (!shows(view, row.country)) continue;
    json.open('{', flat).key("stage").text(to_string(row.stage)).key("country").text(network[row.country].id);
    json.key("handled").number(row.handled).key("users").open('[');
    for (const std::size_t d : largest_first(row.users)) {
      json.open('{').key("country").text(network.countries()[d].id).key("received").number(row.users[d]).close();
    }
    json.close().close();
  }
  json.close().close();
}

class Rows {
 public:
  void add(std::string_view section, std::string_view id, std::string_view to, std::string_view country,
           std::string_view sector, std::string_view material, std::string_view quantity, std::string_view unit,
           double value) {
    for (const std::string_view cell :
         {section, id, to, std::string_view(), country, sector, material, quantity, unit}) {
      text_ += csv_cell(cell) + ',';
    }
    text_ += decimal(value) + '\n';
  }
  [[nodiscard]] std::string finish() && { return std::move(text_); }

 private:
  std::string text_ = "section,id,to,commodity,country,sector,material,quantity,unit,value\n";
};

void add_user(Rows& rows, const UserExposure& user, const Exposure& exposure, const Network& network,
              std::string_view material) {
  const bool is_end_use = user.end_use.valid();
  const std::string section = is_end_use ? "end_use" : "country";
  const std::string& country = network[user.country].id;
  const std::string& id = is_end_use ? network[user.end_use].id : country;
  const std::string sector = is_end_use ? network[user.end_use].sector : "";
  rows.add(section, id, "", country, sector, material, "received", "t/yr", user.received);
  for (const StageExposure& stage : user.stages) {
    const std::string_view name = to_string(stage.stage);
    for (const std::size_t c : largest_first(stage.countries)) {
      rows.add(section + "_by_country", id, network.countries()[c].id, country, sector, material, name, "1",
               stage.countries[c]);
    }
    for (const std::size_t k : largest_first(stage.operators)) {
      rows.add(section + "_by_operator", id, exposure.operators[k], country, sector, material, name, "1",
               stage.operators[k]);
    }
    rows.add(section + "_reserves", id, "", country, sector, material, name, "1", stage.reserves);
    rows.add(section + "_unexplained", id, "", country, sector, material, name, "1", stage.unexplained);
    rows.add(section + "_concentration", id, "", country, sector, material, name, "1", stage.concentration);
  }
}

}  // namespace
}  // namespace io_detail

std::string to_json(const Exposure& exposure, const Dataset& dataset, const ExposureView& view) {
  io_detail::require_solved(exposure, dataset);
  io_detail::JsonWriter json;
  json.open('{').key("lode").text(version).key("model").text("exposure").key("data").text(dataset.about.name);
  json.key("scenario").text(exposure.scenario).key("status").text(to_string(exposure.status));
  json.key("materials").open('[');
  for (const MaterialExposure& material : exposure.materials) {
    if (!io_detail::shows(view, material.id)) continue;
    io_detail::write_material(json, material, exposure, dataset.network, view);
  }
  json.close().key("certificate").open('{', io_detail::flat).key("mass_balance").number(exposure.mass_balance).close();
  json.close();
  return std::move(json).finish();
}

std::string to_csv(const Exposure& exposure, const Dataset& dataset, const ExposureView& view) {
  io_detail::require_solved(exposure, dataset);
  const Network& network = dataset.network;
  io_detail::Rows rows;
  for (const MaterialExposure& material : exposure.materials) {
    if (!io_detail::shows(view, material.id)) continue;
    const std::string& id = network[material.id].id;
    for (const auto* users : {&material.countries, &material.end_uses}) {
      for (const UserExposure& user : *users) {
        if (io_detail::shows(view, user.country)) io_detail::add_user(rows, user, exposure, network, id);
      }
    }
    for (const Destination& row : material.destinations) {
      if (!io_detail::shows(view, row.country)) continue;
      const std::string& country = network[row.country].id;
      const std::string_view stage = to_string(row.stage);
      rows.add("handled", country, "", country, "", id, stage, "t/yr", row.handled);
      for (const std::size_t d : io_detail::largest_first(row.users)) {
        rows.add("destination", country, network.countries()[d].id, country, "", id, stage, "t/yr", row.users[d]);
      }
    }
  }
  rows.add("certificate", "", "", "", "", "", "mass_balance", "1", exposure.mass_balance);
  return std::move(rows).finish();
}

}  // namespace lode::inline LODE_ABI
