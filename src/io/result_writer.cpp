// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/io/result_writer.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

#include <io/csv_text.hpp>
#include <io/json_writer.hpp>
#include <lode/detail/text.hpp>
#include <lode/version.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {

namespace {

constexpr JsonWriter::Layout flat = JsonWriter::Layout::flat;

double in_base_unit(TonnesPerYear flow) {
  return flow.in(tonnes_per_year);
}

/// Refuses a result without numbers, or of another network.
void check_result(const Result& result, const Network& network) {
  const auto refuse = [](std::string what, std::string mend) {
    throw InvalidArgument({{{"result to write", 0, 0}, std::move(what), std::move(mend)}});
  };
  if (result.status != SolveStatus::solved) {
    refuse(std::string("the status is ") + detail::quoted(to_string(result.status)), advice(result.status));
  }
  const auto fits = [](const auto& rows, std::size_t count) {
    return std::all_of(rows.begin(), rows.end(), [count](const auto& row) { return row.id.index() < count; });
  };
  const bool fits_all =
      result.materials.size() == network.materials().size() && result.end_uses.size() == network.end_uses().size() &&
      result.facilities.size() == network.facilities().size() && result.routes.size() == network.routes().size() &&
      fits(result.materials, network.materials().size()) && fits(result.end_uses, network.end_uses().size()) &&
      fits(result.facilities, network.facilities().size()) && fits(result.routes, network.routes().size()) &&
      fits(result.countries, network.countries().size()) &&
      std::all_of(result.facilities.begin(), result.facilities.end(), [&](const auto& row) {
        return row.limited_by != Limit::input || row.limiting_input.index() < network.commodities().size();
      });
  if (!fits_all) refuse("it is not a result of this data set", "write it with the data set it was computed from");
}

std::string_view limit_text(const FacilityResult& facility, const Network& network) {
  switch (facility.limited_by) {
    case Limit::none:
      return "none";
    case Limit::capacity:
      return "capacity";
    case Limit::feed:
      return "feed";
    case Limit::input:
      break;
  }
  return network[facility.limiting_input].id;
}

/// The four quantities that materials, countries and end uses have in common.
template <class Row>
void write_balance(JsonWriter& json, const Row& row) {
  json.key("demanded").number(in_base_unit(row.demanded));
  json.key("delivered").number(in_base_unit(row.delivered));
  json.key("shortfall").number(in_base_unit(row.shortfall));
  json.key("baseline_shortfall").number(in_base_unit(row.baseline_shortfall));
}

void write_materials(JsonWriter& json, const std::vector<MaterialResult>& materials, const Network& network) {
  for (const MaterialResult& material : materials) {
    json.open('{', flat).key("id").text(network[material.id].id);
    write_balance(json, material);
    json.close();
  }
}

void write_end_uses(JsonWriter& json, const Result& result, const Network& network) {
  for (const EndUseResult& row : result.end_uses) {
    const EndUse& end_use = network[row.id];
    json.open('{', flat).key("id").text(end_use.id).key("country").text(network[end_use.country].id);
    json.key("sector").text(end_use.sector).key("commodity").text(network[end_use.commodity].id);
    write_balance(json, row);
    json.key("weight").number(row.weight).close();
  }
}

void write_facilities(JsonWriter& json, const Result& result, const Network& network) {
  for (const FacilityResult& row : result.facilities) {
    json.open('{', flat).key("id").text(network[row.id].id).key("activity").number(in_base_unit(row.activity));
    json.key("utilisation").number(row.utilisation).key("limited_by").text(limit_text(row, network)).close();
  }
}

void write_routes(JsonWriter& json, const Result& result, const Network& network) {
  for (const RouteResult& row : result.routes) {
    const Route& route = network[row.id];
    json.open('{', flat).key("from").text(network.id(route.from)).key("to").text(network.id(route.to));
    json.key("commodity").text(network[route.commodity].id).key("flow").number(in_base_unit(row.flow)).close();
  }
}

void write_countries(JsonWriter& json, const Result& result, const Network& network) {
  for (const CountryResult& country : result.countries) {
    json.open('{', flat).key("id").text(network[country.id].id).key("materials").open('[');
    write_materials(json, country.materials, network);
    json.close().close();
  }
}

/// Rows of the long table: what a number is about, and the number.
class LongTable {
 public:
  /// Columns that do not apply to a row stay empty.
  struct About {
    std::string_view section = {}, id = {}, to = {}, commodity = {}, country = {}, sector = {}, material = {};
  };

  LongTable() { text_ = "section,id,to,commodity,country,sector,material,quantity,unit,value\n"; }

  void add(const About& about, std::string_view quantity, std::string_view unit, double value) {
    for (const std::string_view cell : {about.section, about.id, about.to, about.commodity, about.country, about.sector,
                                        about.material, quantity, unit}) {
      text_ += csv_cell(cell) + ',';
    }
    text_ += decimal(value) + '\n';
  }

  template <class Row>
  void add_balance(const About& about, const Row& row) {
    add(about, "demanded", "t/yr", in_base_unit(row.demanded));
    add(about, "delivered", "t/yr", in_base_unit(row.delivered));
    add(about, "shortfall", "t/yr", in_base_unit(row.shortfall));
    add(about, "baseline_shortfall", "t/yr", in_base_unit(row.baseline_shortfall));
  }

  [[nodiscard]] std::string finish() && { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

}  // namespace io_detail

std::string to_json(const Result& result, const Dataset& dataset, const std::string& model) {
  using io_detail::JsonWriter;
  const Network& network = dataset.network;
  io_detail::check_result(result, network);
  JsonWriter json;
  json.open('{').key("lode").text(version).key("model").text(model).key("data").text(dataset.about.name);
  json.key("scenario").text(result.scenario).key("status").text(to_string(result.status));
  json.key("materials").open('[');
  io_detail::write_materials(json, result.materials, network);
  json.close().key("end_uses").open('[');
  io_detail::write_end_uses(json, result, network);
  json.close().key("facilities").open('[');
  io_detail::write_facilities(json, result, network);
  json.close().key("routes").open('[');
  io_detail::write_routes(json, result, network);
  json.close().key("total_weighted_shortfall").number(result.total_weighted_shortfall);
  json.key("certificate").open('{', io_detail::flat);
  json.key("mass_balance").number(result.certificate.mass_balance).key("gap").number(result.certificate.gap);
  json.key("fixpoint_residual").number(result.certificate.fixpoint_residual).close();
  json.key("countries").open('[');
  io_detail::write_countries(json, result, network);
  json.close().key("notes").open('[');
  for (const std::string& note : result.notes) json.text(note);
  json.close().close();
  return std::move(json).finish();
}

std::string to_csv(const Result& result, const Dataset& dataset) {
  const Network& network = dataset.network;
  io_detail::check_result(result, network);
  io_detail::LongTable table;
  for (const MaterialResult& row : result.materials) {
    const std::string& id = network[row.id].id;
    table.add_balance({.section = "material", .id = id, .material = id}, row);
  }
  for (const CountryResult& country : result.countries) {
    const std::string& id = network[country.id].id;
    for (const MaterialResult& row : country.materials) {
      table.add_balance({.section = "country", .id = id, .country = id, .material = network[row.id].id}, row);
    }
  }
  for (const EndUseResult& row : result.end_uses) {
    const EndUse& end_use = network[row.id];
    const io_detail::LongTable::About about{.section = "end_use",
                                            .id = end_use.id,
                                            .commodity = network[end_use.commodity].id,
                                            .country = network[end_use.country].id,
                                            .sector = end_use.sector};
    table.add_balance(about, row);
    table.add(about, "weight", "1", row.weight);
  }
  for (const FacilityResult& row : result.facilities) {
    const Facility& facility = network[row.id];
    const io_detail::LongTable::About about{
        .section = "facility", .id = facility.id, .country = network[facility.country].id};
    table.add(about, "activity", "t/yr", io_detail::in_base_unit(row.activity));
    table.add(about, "utilisation", "1", row.utilisation);
  }
  for (const RouteResult& row : result.routes) {
    const Route& route = network[row.id];
    table.add({.section = "route",
               .id = network.id(route.from),
               .to = network.id(route.to),
               .commodity = network[route.commodity].id},
              "flow", "t/yr", io_detail::in_base_unit(row.flow));
  }
  table.add({.section = "total"}, "weighted_shortfall", "t/yr", result.total_weighted_shortfall);
  table.add({.section = "certificate"}, "mass_balance", "1", result.certificate.mass_balance);
  table.add({.section = "certificate"}, "gap", "1", result.certificate.gap);
  table.add({.section = "certificate"}, "fixpoint_residual", "1", result.certificate.fixpoint_residual);
  return std::move(table).finish();
}

}  // namespace lode::inline LODE_ABI
