// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/io/equilibrium_writer.hpp>

#include <string_view>
#include <utility>

#include <io/csv_text.hpp>
#include <io/equilibrium_headlines.hpp>
#include <io/json_writer.hpp>
#include <lode/version.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {

namespace {

constexpr JsonWriter::Layout flat = JsonWriter::Layout::flat;

double t(TonnesPerYear flow) {
  return flow.in(tonnes_per_year);
}
double usd(UsdPerTonne price) {
  return price.in(usd_per_tonne);
}

template <class Row>
void write_balance(JsonWriter& json, const Row& row) {
  json.key("demanded").number(t(row.demanded)).key("delivered").number(t(row.delivered));
  json.key("shortfall").number(t(row.shortfall)).key("baseline_shortfall").number(t(row.baseline_shortfall));
}

void write_use(JsonWriter& json, const EquilibriumResult& result, const Network& network) {
  json.key("materials").open('[');
  for (const MaterialResult& row : result.materials) {
    json.open('{', flat).key("id").text(network[row.id].id);
    write_balance(json, row);
    json.close();
  }
  json.close().key("end_uses").open('[');
  for (const EquilibriumEndUse& row : result.end_uses) {
    const EndUse& use = network[row.id];
    json.open('{', flat).key("id").text(use.id).key("country").text(network[use.country].id);
    json.key("sector").text(use.sector).key("commodity").text(network[use.commodity].id);
    write_balance(json, row);
    json.key("price").number(usd(row.price)).key("base_price").number(usd(row.base_price)).close();
  }
  json.close();
}

void write_network(JsonWriter& json, const EquilibriumResult& result, const Network& network) {
  json.key("facilities").open('[');
  for (const EquilibriumFacility& row : result.facilities) {
    json.open('{', flat).key("id").text(network[row.id].id).key("activity").number(t(row.activity));
    json.key("base_activity").number(t(row.base_activity)).key("base_margin").number(usd(row.base_margin)).close();
  }
  json.close().key("routes").open('[');
  for (const EquilibriumRoute& row : result.routes) {
    const Route& route = network[row.id];
    json.open('{', flat).key("from").text(network.id(route.from)).key("to").text(network.id(route.to));
    json.key("commodity").text(network[route.commodity].id).key("flow").number(t(row.flow));
    json.key("base_flow").number(t(row.base_flow)).key("wedge").number(usd(row.wedge)).close();
  }
  json.close().key("prices").open('[');
  for (const EquilibriumPrice& row : result.prices) {
    json.open('{', flat).key("place").text(network.id(row.place)).key("commodity").text(network[row.commodity].id);
    json.key("price").number(usd(row.price)).key("base_price").number(usd(row.base_price)).close();
  }
  json.close();
}

void write_policies(JsonWriter& json, const EquilibriumResult& result, const Network& network) {
  // Positions of shocks count from 1, as messages do.
  json.key("quota_rents").open('[');
  for (const QuotaRent& row : result.quota_rents) {
    json.open('{', flat).key("shock").number(static_cast<double>(row.shock + 1));
    json.key("commodity").text(network[row.commodity].id).key("limit").number(t(row.limit));
    json.key("used").number(t(row.used)).key("rent").number(row.rent).close();
  }
  json.close().key("price_floors").open('[');
  for (const FloorPayment& row : result.price_floors) {
    json.open('{', flat).key("facility").text(network[row.facility].id);
    json.key("commodity").text(network[row.commodity].id).key("floor").number(usd(row.floor));
    json.key("market_price").number(usd(row.market_price)).key("subsidy").number(usd(row.subsidy));
    json.key("sold").number(t(row.sold)).key("budget").number(row.budget).close();
  }
  json.close().key("tariffs").open('[');
  for (const TariffPayment& row : result.tariffs) {
    const Route& route = network[row.id];
    json.open('{', flat).key("from").text(network.id(route.from)).key("to").text(network.id(route.to));
    json.key("commodity").text(network[route.commodity].id).key("rate").number(row.rate);
    json.key("tariff").number(usd(row.tariff)).key("flow").number(t(row.flow));
    json.key("revenue").number(row.revenue).close();
  }
  json.close().key("offtakes").open('[');
  for (const OfftakeCost& row : result.offtakes) {
    json.open('{', flat).key("shock").number(static_cast<double>(row.shock + 1));
    json.key("commodity").text(network[row.commodity].id).key("minimum").number(t(row.minimum));
    json.key("shipped").number(t(row.shipped)).key("cost").number(row.cost).close();
  }
  json.close();
  if (!result.surplus) return;
  const SurplusChange& change = *result.surplus;
  json.key("surplus_change").open('{', flat).key("consumers").number(change.consumers);
  json.key("producers").number(change.producers).key("tariffs").number(change.tariffs);
  json.key("quotas").number(change.quotas).key("floors").number(change.floors);
  json.key("welfare").number(change.welfare).close();
}

}  // namespace

}  // namespace io_detail

std::string to_json(const std::array<EquilibriumResult, 3>& range, const Dataset& dataset) {
  using io_detail::flat;
  const Network& network = dataset.network;
  detail::require_numbers(range, network);
  const EquilibriumResult& result = range[1];
  io_detail::JsonWriter json;
  json.open('{').key("lode").text(version).key("model").text("equilibrium").key("data").text(dataset.about.name);
  json.key("scenario").text(result.scenario).key("status").text(to_string(result.status));
  io_detail::write_use(json, result, network);
  io_detail::write_network(json, result, network);
  io_detail::write_policies(json, result, network);
  json.key("elasticity_range").open('{').key("factors").open('[', flat).number(0.5).number(1.0).number(2.0).close();
  json.key("status").open('[', flat);
  for (const EquilibriumResult& one : range) json.text(to_string(one.status));
  json.close().key("headlines").open('[');
  for (const detail::Headline& row : detail::headlines(range, network)) {
    json.open('{', flat).key("quantity").text(row.quantity);
    if (!row.id.empty()) json.key("id").text(row.id);
    json.key("unit").text(row.unit).key("value").number(row.value);
    json.key("low").number(row.low).key("high").number(row.high).close();
  }
  json.close().close();
  const EquilibriumCertificate& proof = result.certificate;
  json.key("certificate").open('{', flat).key("mass_balance").number(proof.mass_balance);
  json.key("optimality").number(proof.optimality).key("gap").number(proof.gap);
  json.key("tariffs").number(proof.tariffs).key("price_floors").number(proof.price_floors).close();
  json.key("notes").open('[');
  for (const std::string& note : result.notes) json.text(note);
  json.close().close();
  return std::move(json).finish();
}

std::string to_csv(const std::array<EquilibriumResult, 3>& range, const Dataset& dataset) {
  using io_detail::t;
  using io_detail::usd;
  const Network& network = dataset.network;
  detail::require_numbers(range, network);
  const EquilibriumResult& result = range[1];
  struct About {
    std::string_view section = {}, id = {}, to = {}, commodity = {}, country = {}, sector = {}, material = {};
  };
  std::string text = "section,id,to,commodity,country,sector,material,quantity,unit,value\n";
  const auto add = [&text](const About& about, std::string_view quantity, std::string_view unit, double value) {
    for (const std::string_view cell : {about.section, about.id, about.to, about.commodity, about.country, about.sector,
                                        about.material, quantity, unit}) {
      text += io_detail::csv_cell(cell) + ',';
    }
    text += io_detail::decimal(value) + '\n';
  };
  const auto add_balance = [&add](const About& about, const auto& row) {
    add(about, "demanded", "t/yr", t(row.demanded));
    add(about, "delivered", "t/yr", t(row.delivered));
    add(about, "shortfall", "t/yr", t(row.shortfall));
    add(about, "baseline_shortfall", "t/yr", t(row.baseline_shortfall));
  };
  for (const MaterialResult& row : result.materials) {
    const std::string& id = network[row.id].id;
    add_balance({.section = "material", .id = id, .material = id}, row);
  }
  for (const EquilibriumEndUse& row : result.end_uses) {
    const EndUse& use = network[row.id];
    const About about{.section = "end_use",
                      .id = use.id,
                      .commodity = network[use.commodity].id,
                      .country = network[use.country].id,
                      .sector = use.sector};
    add_balance(about, row);
    add(about, "price", "USD/t", usd(row.price));
    add(about, "base_price", "USD/t", usd(row.base_price));
  }
  for (const EquilibriumFacility& row : result.facilities) {
    const Facility& facility = network[row.id];
    const About about{.section = "facility", .id = facility.id, .country = network[facility.country].id};
    add(about, "activity", "t/yr", t(row.activity));
    add(about, "base_activity", "t/yr", t(row.base_activity));
    add(about, "base_margin", "USD/t", usd(row.base_margin));
  }
  const auto route_about = [&network](std::string_view section, RouteId id) {
    const Route& route = network[id];
    return About{.section = section,
                 .id = network.id(route.from),
                 .to = network.id(route.to),
                 .commodity = network[route.commodity].id};
  };
  for (const EquilibriumRoute& row : result.routes) {
    const About about = route_about("route", row.id);
    add(about, "flow", "t/yr", t(row.flow));
    add(about, "base_flow", "t/yr", t(row.base_flow));
    add(about, "wedge", "USD/t", usd(row.wedge));
  }
  for (const EquilibriumPrice& row : result.prices) {
    const About about{.section = "price",
                      .id = network.id(row.place),
                      .commodity = network[row.commodity].id,
                      .country = network[network.country(row.place)].id};
    add(about, "price", "USD/t", usd(row.price));
    add(about, "base_price", "USD/t", usd(row.base_price));
  }
  for (const QuotaRent& row : result.quota_rents) {
    const std::string shock = std::to_string(row.shock + 1);
    const About about{.section = "quota", .id = shock, .commodity = network[row.commodity].id};
    add(about, "limit", "t/yr", t(row.limit));
    add(about, "used", "t/yr", t(row.used));
    add(about, "rent", "USD/t", row.rent);
  }
  for (const FloorPayment& row : result.price_floors) {
    const About about{.section = "price_floor", .id = network[row.facility].id, .commodity = network[row.commodity].id};
    add(about, "floor", "USD/t", usd(row.floor));
    add(about, "market_price", "USD/t", usd(row.market_price));
    add(about, "subsidy", "USD/t", usd(row.subsidy));
    add(about, "sold", "t/yr", t(row.sold));
    add(about, "budget", "USD/yr", row.budget);
  }
  for (const TariffPayment& row : result.tariffs) {
    const About about = route_about("tariff", row.id);
    add(about, "rate", "1", row.rate);
    add(about, "tariff", "USD/t", usd(row.tariff));
    add(about, "flow", "t/yr", t(row.flow));
    add(about, "revenue", "USD/yr", row.revenue);
  }
  for (const OfftakeCost& row : result.offtakes) {
    const std::string shock = std::to_string(row.shock + 1);
    const About about{.section = "offtake", .id = shock, .commodity = network[row.commodity].id};
    add(about, "minimum", "t/yr", t(row.minimum));
    add(about, "shipped", "t/yr", t(row.shipped));
    add(about, "cost", "USD/t", row.cost);
  }
  for (const detail::Headline& row : detail::headlines(range, network)) {
    add({.section = "headline", .id = row.id}, row.quantity, row.unit, row.value);
    add({.section = "headline", .id = row.id}, row.quantity + "_low", row.unit, row.low);
    add({.section = "headline", .id = row.id}, row.quantity + "_high", row.unit, row.high);
  }
  const EquilibriumCertificate& proof = result.certificate;
  add({.section = "certificate"}, "mass_balance", "1", proof.mass_balance);
  add({.section = "certificate"}, "optimality", "1", proof.optimality);
  add({.section = "certificate"}, "gap", "1", proof.gap);
  add({.section = "certificate"}, "tariffs", "1", proof.tariffs);
  add({.section = "certificate"}, "price_floors", "1", proof.price_floors);
  return text;
}

}  // namespace lode::inline LODE_ABI
