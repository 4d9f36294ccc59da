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

/// Whether prices, rents and baskets name what the network has.
bool scarcity_fits(const Result& result, const Network& network) {
  const auto sells = [&network](const auto& row) { return row.commodity.index() < network.commodities().size(); };
  const auto is_facility = [&network](FacilityId id) { return id.index() < network.facilities().size(); };
  return std::all_of(result.prices.begin(), result.prices.end(),
                     [&](const PriceResult& row) {
                       return sells(row) &&
                              (row.place.is_facility()
                                   ? is_facility(row.place.facility())
                                   : row.place.is_end_use() && row.place.end_use().index() < network.end_uses().size());
                     }) &&
         std::all_of(result.capacity_rents.begin(), result.capacity_rents.end(),
                     [&](const CapacityRent& row) { return is_facility(row.id); }) &&
         std::all_of(result.quota_rents.begin(), result.quota_rents.end(), sells) &&
         std::all_of(result.offtake_costs.begin(), result.offtake_costs.end(), sells) &&
         std::all_of(result.baskets.begin(), result.baskets.end(), [&](const BasketEntry& row) {
           return sells(row) && is_facility(row.mine) &&
                  (!row.material || row.material->index() < network.materials().size());
         });
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
      std::all_of(result.facilities.begin(), result.facilities.end(),
                  [&](const auto& row) {
                    return row.limited_by != Limit::input || row.limiting_input.index() < network.commodities().size();
                  }) &&
      scarcity_fits(result, network);
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

void write_prices(JsonWriter& json, const Result& result, const Network& network) {
  json.key("prices").open('[');
  for (const PriceResult& row : result.prices) {
    json.open('{', flat).key("place").text(network.id(row.place)).key("commodity").text(network[row.commodity].id);
    json.key("makes").raw(row.makes ? "true" : "false").key("price").number(row.price);
    if (row.low) json.key("low").number(*row.low);
    if (row.high) json.key("high").number(*row.high);
    json.close();
  }
  json.close().key("quota_rents").open('[');
  for (const QuotaRent& row : result.quota_rents) {
    json.open('{', flat).key("shock").raw(std::to_string(row.shock + 1)).key("commodity");
    json.text(network[row.commodity].id).key("limit").number(in_base_unit(row.limit));
    json.key("used").number(in_base_unit(row.used)).key("rent").number(row.rent).close();
  }
  json.close().key("capacity_rents").open('[');
  for (const CapacityRent& row : result.capacity_rents) {
    json.open('{', flat).key("facility").text(network[row.id].id).key("limit").number(in_base_unit(row.limit));
    json.key("rent").number(row.rent).close();
  }
  json.close().key("offtake_costs").open('[');
  for (const OfftakeCost& row : result.offtake_costs) {
    json.open('{', flat).key("shock").raw(std::to_string(row.shock + 1)).key("commodity");
    json.text(network[row.commodity].id).key("minimum").number(in_base_unit(row.minimum));
    json.key("shipped").number(in_base_unit(row.shipped)).key("cost").number(row.cost).close();
  }
  json.close().key("baskets").open('[');
  for (const BasketEntry& row : result.baskets) {
    json.open('{', flat).key("mine").text(network[row.mine].id).key("commodity").text(network[row.commodity].id);
    if (row.material) json.key("material").text(network[*row.material].id);
    json.key("value").number(row.value).close();
  }
  json.close();
}

bool is_optimum(const std::string& model) {
  return model == "reallocate";
}

/// The document of one model, an object.
void write_document(JsonWriter& json, const Result& result, const Dataset& dataset, const std::string& model) {
  const Network& network = dataset.network;
  json.open('{').key("lode").text(version).key("model").text(model).key("data").text(dataset.about.name);
  json.key("scenario").text(result.scenario).key("status").text(to_string(result.status));
  json.key("materials").open('[');
  write_materials(json, result.materials, network);
  json.close().key("end_uses").open('[');
  write_end_uses(json, result, network);
  json.close().key("facilities").open('[');
  write_facilities(json, result, network);
  json.close().key("routes").open('[');
  write_routes(json, result, network);
  json.close().key("total_weighted_shortfall").number(result.total_weighted_shortfall);
  json.key("certificate").open('{', flat);
  json.key("mass_balance").number(result.certificate.mass_balance).key("gap").number(result.certificate.gap);
  if (is_optimum(model)) {
    json.key("optimality").number(result.certificate.optimality);
  } else {
    json.key("fixpoint_residual").number(result.certificate.fixpoint_residual);
  }
  json.close().key("countries").open('[');
  write_countries(json, result, network);
  json.close();
  if (is_optimum(model)) write_prices(json, result, network);
  json.key("notes").open('[');
  for (const std::string& note : result.notes) json.text(note);
  json.close().close();
}

void check_bracket(const BracketResult& result, const Network& network) {
  check_result(result.propagate, network);
  check_result(result.reallocate, network);
  const auto fits = [](const auto& rows, std::size_t count) {
    return std::all_of(rows.begin(), rows.end(), [count](const auto& row) { return row.id.index() < count; });
  };
  bool fits_all =
      fits(result.materials, network.materials().size()) && fits(result.countries, network.countries().size());
  for (const BracketCountry& country : result.countries) {
    fits_all = fits_all && fits(country.materials, network.materials().size());
  }
  for (const LeverResult& lever : result.levers) {
    fits_all = fits_all && fits(lever.materials, network.materials().size()) &&
               fits(lever.countries, network.countries().size());
    for (const LeverCountry& country : lever.countries) {
      fits_all = fits_all && fits(country.materials, network.materials().size());
    }
  }
  if (fits_all && result.status == SolveStatus::solved) return;
  throw InvalidArgument({{{"result to write", 0, 0},
                          "it is not a result of this data set",
                          "write it with the data set it was computed from"}});
}

void write_intervals(JsonWriter& json, const std::vector<BracketRow>& rows, const Network& network) {
  json.key("materials").open('[');
  for (const BracketRow& row : rows) {
    json.open('{', flat).key("id").text(network[row.id].id).key("demanded").number(in_base_unit(row.demanded));
    json.key("low").number(in_base_unit(row.low)).key("high").number(in_base_unit(row.high));
    json.key("saved").number(in_base_unit(row.saved)).key("reversed").raw(row.reversed ? "true" : "false").close();
  }
  json.close();
}

void write_lever_rows(JsonWriter& json, const std::vector<LeverRow>& rows, const Network& network) {
  json.key("materials").open('[');
  for (const LeverRow& row : rows) {
    json.open('{', flat).key("id").text(network[row.id].id).key("saved").number(in_base_unit(row.saved)).close();
  }
  json.close();
}

void write_lever(JsonWriter& json, const LeverResult& lever, const Network& network) {
  json.open('{', lever.materials.empty() ? flat : JsonWriter::Layout::tall).key("lever").text(to_string(lever.lever));
  json.key("status").text(to_string(lever.status));
  if (lever.status == SolveStatus::solved) {
    json.key("total_weighted_shortfall").number(lever.total_weighted_shortfall).key("worth").number(lever.worth);
    if (!lever.materials.empty()) {
      write_lever_rows(json, lever.materials, network);
      json.key("countries").open('[');
      for (const LeverCountry& country : lever.countries) {
        json.open('{', flat).key("id").text(network[country.id].id);
        write_lever_rows(json, country.materials, network);
        json.close();
      }
      json.close();
    }
  }
  json.close();
}

/// Rows of the long table: what a number is about, and the number.
class LongTable {
 public:
  /// Columns that do not apply to a row stay empty.
  struct About {
    std::string_view section = {}, id = {}, to = {}, commodity = {}, country = {}, sector = {}, material = {};
  };

  /// With models a first column says which one a row is from.
  explicit LongTable(bool with_models) : with_models_(with_models) {
    text_ = std::string(with_models ? "model," : "") +
            "section,id,to,commodity,country,sector,material,quantity,unit,value\n";
  }

  void set_model(std::string_view model) { model_ = model; }

  void add(const About& about, std::string_view quantity, std::string_view unit, double value) {
    if (with_models_) text_ += csv_cell(model_) + ',';
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
  bool with_models_;
  std::string model_;
  std::string text_;
};

constexpr std::string_view price_unit = "t/t";

void add_prices(LongTable& table, const Result& result, const Network& network) {
  for (const PriceResult& row : result.prices) {
    const LongTable::About about{.section = row.makes ? "price_made" : "price_taken",
                                 .id = network.id(row.place),
                                 .commodity = network[row.commodity].id,
                                 .country = network[network.country(row.place)].id};
    table.add(about, "price", price_unit, row.price);
    if (row.low) table.add(about, "low", price_unit, *row.low);
    if (row.high) table.add(about, "high", price_unit, *row.high);
  }
  for (const QuotaRent& row : result.quota_rents) {
    const std::string shock = std::to_string(row.shock + 1);
    const LongTable::About about{.section = "quota_rent", .id = shock, .commodity = network[row.commodity].id};
    table.add(about, "limit", "t/yr", in_base_unit(row.limit));
    table.add(about, "used", "t/yr", in_base_unit(row.used));
    table.add(about, "rent", price_unit, row.rent);
  }
  for (const CapacityRent& row : result.capacity_rents) {
    const Facility& facility = network[row.id];
    const LongTable::About about{
        .section = "capacity_rent", .id = facility.id, .country = network[facility.country].id};
    table.add(about, "limit", "t/yr", in_base_unit(row.limit));
    table.add(about, "rent", price_unit, row.rent);
  }
  for (const OfftakeCost& row : result.offtake_costs) {
    const std::string shock = std::to_string(row.shock + 1);
    const LongTable::About about{.section = "offtake_cost", .id = shock, .commodity = network[row.commodity].id};
    table.add(about, "minimum", "t/yr", in_base_unit(row.minimum));
    table.add(about, "shipped", "t/yr", in_base_unit(row.shipped));
    table.add(about, "cost", price_unit, row.cost);
  }
  for (const BasketEntry& row : result.baskets) {
    const Facility& mine = network[row.mine];
    table.add({.section = "basket",
               .id = mine.id,
               .commodity = network[row.commodity].id,
               .country = network[mine.country].id,
               .material = row.material ? std::string_view(network[*row.material].id) : std::string_view()},
              "value", price_unit, row.value);
  }
}

void add_result(LongTable& table, const Result& result, const Network& network, const std::string& model) {
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
    const LongTable::About about{.section = "end_use",
                                 .id = end_use.id,
                                 .commodity = network[end_use.commodity].id,
                                 .country = network[end_use.country].id,
                                 .sector = end_use.sector};
    table.add_balance(about, row);
    table.add(about, "weight", "1", row.weight);
  }
  for (const FacilityResult& row : result.facilities) {
    const Facility& facility = network[row.id];
    const LongTable::About about{.section = "facility", .id = facility.id, .country = network[facility.country].id};
    table.add(about, "activity", "t/yr", in_base_unit(row.activity));
    table.add(about, "utilisation", "1", row.utilisation);
  }
  for (const RouteResult& row : result.routes) {
    const Route& route = network[row.id];
    table.add({.section = "route",
               .id = network.id(route.from),
               .to = network.id(route.to),
               .commodity = network[route.commodity].id},
              "flow", "t/yr", in_base_unit(row.flow));
  }
  table.add({.section = "total"}, "weighted_shortfall", "t/yr", result.total_weighted_shortfall);
  table.add({.section = "certificate"}, "mass_balance", "1", result.certificate.mass_balance);
  table.add({.section = "certificate"}, "gap", "1", result.certificate.gap);
  if (is_optimum(model)) {
    table.add({.section = "certificate"}, "optimality", "1", result.certificate.optimality);
    add_prices(table, result, network);
  } else {
    table.add({.section = "certificate"}, "fixpoint_residual", "1", result.certificate.fixpoint_residual);
  }
}

void add_interval(LongTable& table, const LongTable::About& about, const BracketRow& row) {
  table.add(about, "demanded", "t/yr", in_base_unit(row.demanded));
  table.add(about, "low", "t/yr", in_base_unit(row.low));
  table.add(about, "high", "t/yr", in_base_unit(row.high));
  table.add(about, "saved", "t/yr", in_base_unit(row.saved));
  table.add(about, "reversed", "1", row.reversed ? 1.0 : 0.0);
}

void add_lever(LongTable& table, const LeverResult& lever, const Network& network) {
  if (lever.status != SolveStatus::solved) return;
  const std::string_view name = to_string(lever.lever);
  table.add({.section = "lever", .id = name}, "total_weighted_shortfall", "t/yr", lever.total_weighted_shortfall);
  table.add({.section = "lever", .id = name}, "worth", "t/yr", lever.worth);
  for (const LeverRow& row : lever.materials) {
    table.add({.section = "lever", .id = name, .material = network[row.id].id}, "saved", "t/yr",
              in_base_unit(row.saved));
  }
  for (const LeverCountry& country : lever.countries) {
    for (const LeverRow& row : country.materials) {
      table.add({.section = "lever", .id = name, .country = network[country.id].id, .material = network[row.id].id},
                "saved", "t/yr", in_base_unit(row.saved));
    }
  }
}

}  // namespace

}  // namespace io_detail

std::string to_json(const Result& result, const Dataset& dataset, const std::string& model) {
  io_detail::check_result(result, dataset.network);
  io_detail::JsonWriter json;
  io_detail::write_document(json, result, dataset, model);
  return std::move(json).finish();
}

std::string to_csv(const Result& result, const Dataset& dataset, const std::string& model) {
  io_detail::check_result(result, dataset.network);
  io_detail::LongTable table(false);
  io_detail::add_result(table, result, dataset.network, model);
  return std::move(table).finish();
}

std::string to_json(const BracketResult& result, const Dataset& dataset) {
  const Network& network = dataset.network;
  io_detail::check_bracket(result, network);
  io_detail::JsonWriter json;
  json.open('{').key("propagate");
  io_detail::write_document(json, result.propagate, dataset, "propagate");
  json.key("reallocate");
  io_detail::write_document(json, result.reallocate, dataset, "reallocate");
  json.key("total_weighted_shortfall").open('{', io_detail::flat).key("low").number(result.total_low);
  json.key("high").number(result.total_high).key("reversed").raw(result.total_reversed ? "true" : "false").close();
  io_detail::write_intervals(json, result.materials, network);
  json.key("countries").open('[');
  for (const BracketCountry& country : result.countries) {
    json.open('{', io_detail::flat).key("id").text(network[country.id].id);
    io_detail::write_intervals(json, country.materials, network);
    json.close();
  }
  json.close().key("levers").open('[');
  for (const LeverResult& lever : result.levers) io_detail::write_lever(json, lever, network);
  json.close();
  if (result.total_without_levers) json.key("total_without_levers").number(*result.total_without_levers);
  json.key("notes").open('[');
  for (const std::string& note : result.notes) json.text(note);
  json.close().close();
  return std::move(json).finish();
}

std::string to_csv(const BracketResult& result, const Dataset& dataset) {
  const Network& network = dataset.network;
  io_detail::check_bracket(result, network);
  io_detail::LongTable table(true);
  table.set_model("propagate");
  io_detail::add_result(table, result.propagate, network, "propagate");
  table.set_model("reallocate");
  io_detail::add_result(table, result.reallocate, network, "reallocate");
  table.set_model("bracket");
  for (const BracketRow& row : result.materials) {
    const std::string& id = network[row.id].id;
    io_detail::add_interval(table, {.section = "material", .id = id, .material = id}, row);
  }
  for (const BracketCountry& country : result.countries) {
    const std::string& id = network[country.id].id;
    for (const BracketRow& row : country.materials) {
      io_detail::add_interval(table, {.section = "country", .id = id, .country = id, .material = network[row.id].id},
                              row);
    }
  }
  table.add({.section = "total"}, "low", "t/yr", result.total_low);
  table.add({.section = "total"}, "high", "t/yr", result.total_high);
  table.add({.section = "total"}, "reversed", "1", result.total_reversed ? 1.0 : 0.0);
  for (const LeverResult& lever : result.levers) io_detail::add_lever(table, lever, network);
  if (result.total_without_levers) {
    table.add({.section = "total"}, "without_levers", "t/yr", *result.total_without_levers);
  }
  return std::move(table).finish();
}

}  // namespace lode::inline LODE_ABI
