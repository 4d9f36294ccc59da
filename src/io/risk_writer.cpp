// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/io/risk_writer.hpp>

#include <optional>
#include <string_view>
#include <utility>

#include <io/csv_text.hpp>
#include <io/json_writer.hpp>
#include <io/risk_check.hpp>
#include <lode/version.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {

namespace {

constexpr JsonWriter::Layout flat = JsonWriter::Layout::flat;

double t(TonnesPerYear flow) {
  return flow.in(tonnes_per_year);
}

void write_optional(JsonWriter& json, std::string_view key, std::optional<double> value) {
  json.key(key);
  if (value) {
    json.number(*value);
  } else {
    json.raw("null");
  }
}

}  // namespace

}  // namespace io_detail

std::string to_json(const RiskReport& report, const Dataset& dataset) {
  using io_detail::flat;
  using io_detail::t;
  using io_detail::write_optional;
  detail::require_fit(report, dataset);
  const Network& network = dataset.network;
  io_detail::JsonWriter json;
  json.open('{').key("lode").text(version).key("model").text("risk").key("data").text(dataset.about.name);
  json.key("scenario").text(report.scenario.empty() ? "base-year" : report.scenario);
  json.key("status").text(to_string(SolveStatus::solved)).key("stages").open('[');
  for (const StageRisk& row : report.stages) {
    json.open('{', flat).key("material").text(network[row.material].id).key("stage").text(to_string(row.stage));
    json.key("bottleneck").raw(row.bottleneck ? "true" : "false");
    json.key("supply").number(t(row.supply)).key("use").number(t(row.use));
    json.key("hhi_country").number(row.hhi_country).key("effective_countries").number(row.effective_countries);
    write_optional(json, "hhi_governance", row.hhi_governance);
    json.key("hhi_operator_low").number(row.hhi_operator_low).key("hhi_operator_high").number(row.hhi_operator_high);
    json.key("operator_known").number(row.operator_known);
    write_optional(json, "coverage_without_largest", row.coverage_without_largest);
    write_optional(json, "coverage_of_others", row.coverage_of_others);
    json.key("suppliers").open('[');
    for (const Supplier& supplier : row.suppliers) {
      json.open('{').key("country").text(network[supplier.country].id).key("supply").number(t(supplier.supply));
      json.key("share").number(supplier.share).close();
    }
    json.close().close();
  }
  json.close().key("countries").open('[');
  for (const CountryRisk& row : report.countries) {
    json.open('{', flat).key("material").text(network[row.material].id).key("stage").text(to_string(row.stage));
    json.key("country").text(network[row.country].id).key("production").number(t(row.production));
    json.key("imports").number(t(row.imports)).key("exports").number(t(row.exports));
    write_optional(json, "import_reliance", row.import_reliance);
    write_optional(json, "hhi_sourcing", row.hhi_sourcing);
    write_optional(json, "supply_risk", row.supply_risk);
    json.close();
  }
  json.close().close();
  return std::move(json).finish();
}

std::string to_csv(const RiskReport& report, const Dataset& dataset) {
  using io_detail::t;
  detail::require_fit(report, dataset);
  const Network& network = dataset.network;
  std::string text = "section,material,stage,country,quantity,unit,value\n";
  const auto adder = [&text, &network](std::string_view section, MaterialId material, Stage stage) {
    return [&text, &network, section, material, stage](CountryId country, std::string_view quantity,
                                                       std::string_view unit, std::optional<double> value) {
      if (!value) return;
      const std::string_view where = country.valid() ? std::string_view(network[country].id) : std::string_view();
      for (const std::string_view cell :
           {section, std::string_view(network[material].id), to_string(stage), where, quantity, unit}) {
        text += io_detail::csv_cell(cell) + ',';
      }
      text += io_detail::decimal(*value) + '\n';
    };
  };
  for (const StageRisk& row : report.stages) {
    const auto add = adder("stage", row.material, row.stage);
    const CountryId world;
    add(world, "bottleneck", "1", row.bottleneck ? 1.0 : 0.0);
    add(world, "supply", "t/yr", t(row.supply));
    add(world, "use", "t/yr", t(row.use));
    add(world, "hhi_country", "1", row.hhi_country);
    add(world, "effective_countries", "1", row.effective_countries);
    add(world, "hhi_governance", "1", row.hhi_governance);
    add(world, "hhi_operator_low", "1", row.hhi_operator_low);
    add(world, "hhi_operator_high", "1", row.hhi_operator_high);
    add(world, "operator_known", "1", row.operator_known);
    add(world, "coverage_without_largest", "1", row.coverage_without_largest);
    add(world, "coverage_of_others", "1", row.coverage_of_others);
    for (const Supplier& supplier : row.suppliers) {
      add(supplier.country, "supply", "t/yr", t(supplier.supply));
      add(supplier.country, "share", "1", supplier.share);
    }
  }
  for (const CountryRisk& row : report.countries) {
    const auto add = adder("country", row.material, row.stage);
    add(row.country, "production", "t/yr", t(row.production));
    add(row.country, "imports", "t/yr", t(row.imports));
    add(row.country, "exports", "t/yr", t(row.exports));
    add(row.country, "import_reliance", "1", row.import_reliance);
    add(row.country, "hhi_sourcing", "1", row.hhi_sourcing);
    add(row.country, "supply_risk", "1", row.supply_risk);
  }
  return text;
}

}  // namespace lode::inline LODE_ABI
