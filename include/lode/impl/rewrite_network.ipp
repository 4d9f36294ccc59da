// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <charconv>
#include <optional>
#include <utility>

#include <lode/detail/balance_rows.hpp>
#include <lode/detail/rewrite_network.hpp>
#include <lode/network_builder.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE double rounded_to(double value, int digits) {
  // Through decimal text: exact, and the same everywhere.
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific, digits - 1).ptr;
  double result = value;
  std::from_chars(buffer, end, result);
  return result;
}

[[nodiscard]] LODE_INLINE Provenance with_note(Provenance provenance, const std::string& note) {
  if (!note.empty()) provenance.note += (provenance.note.empty() ? "" : "; ") + note;
  return provenance;
}

LODE_INLINE std::vector<NewFigure> figures_of(const Network& network) {
  std::vector<NewFigure> figures;
  for (const Facility& row : network.facilities()) figures.push_back({row.baseline, row.baseline_sd, {}});
  for (const EndUse& row : network.end_uses()) figures.push_back({row.demand, row.demand_sd, {}});
  for (const Route& row : network.routes()) figures.push_back({row.flow, row.flow_sd, {}});
  return figures;
}

LODE_INLINE Network rewrite_network(const Network& network, const std::vector<NewFigure>& figures,
                                    const std::vector<NewRoute>& new_routes, const std::vector<Days>& cover_days) {
  const FigureColumns columns(network);
  NetworkBuilder world;
  for (const Material& row : network.materials()) {
    world.add_material(row.id, row.name);
    world.set_provenance(Table::materials, row.provenance);
  }
  for (const Country& row : network.countries()) {
    world.add_country(row.id, row.name, row.governance);
    world.set_provenance(Table::countries, row.provenance);
  }
  for (const Commodity& row : network.commodities()) {
    const CommodityId id = world.add_commodity(row.id, row.stage, {}, row.name);
    world.set_provenance(Table::commodities, row.provenance);
    for (const Content& part : row.composition) {
      world.add_content(id, part.material, part.content);
      world.set_provenance(Table::composition, part.provenance);
    }
  }
  for (std::size_t f = 0; f < columns.facilities; ++f) {
    const Facility& row = network.facilities()[f];
    const NewFigure& figure = figures[columns.of(FacilityId{f})];
    const FacilityId id =
        world.add_facility(row.id, row.name, row.kind, row.country, figure.value, row.capacity, row.operator_name);
    world.set_baseline_sd(id, figure.sd);
    world.set_elasticity(id, row.elasticity);
    world.set_position(id, row.latitude, row.longitude);
    world.set_provenance(Table::facilities, with_note(row.provenance, figure.note));
    const auto settle = [&world](const auto& entry) { world.set_provenance(Table::recipes, entry.provenance); };
    for (const Input& entry : row.inputs) {
      world.add_input(id, entry.commodity, entry.amount, entry.criticality);
      settle(entry);
    }
    for (const Output& entry : row.outputs) {
      world.add_output(id, entry.commodity, entry.amount);
      settle(entry);
    }
    for (const Feed& entry : row.feeds) {
      world.add_feed(id, entry.commodity);
      settle(entry);
    }
    for (const Recovery& entry : row.recoveries) {
      world.add_recovery(id, entry.commodity, entry.recovery);
      settle(entry);
    }
  }
  for (std::size_t e = 0; e < columns.end_uses; ++e) {
    const EndUse& row = network.end_uses()[e];
    const NewFigure& figure = figures[columns.of(EndUseId{e})];
    world.add_end_use(row.id, row.country,
                      {.takes = row.commodity,
                       .demand = figure.value,
                       .sector = row.sector,
                       .weight = row.weight,
                       .elasticity = row.elasticity,
                       .name = row.name,
                       .demand_sd = figure.sd,
                       .waits = row.waits});
    world.set_provenance(Table::end_uses, with_note(row.provenance, figure.note));
  }
  for (std::size_t r = 0; r < columns.routes; ++r) {
    const Route& row = network.routes()[r];
    const NewFigure& figure = figures[columns.of(RouteId{r})];
    world.add_route(row.from, row.to, row.commodity, figure.value,
                    {.capacity = row.capacity, .cost = row.cost, .lead_time = row.lead_time, .flow_sd = figure.sd});
    world.set_provenance(Table::routes, with_note(row.provenance, figure.note));
  }
  for (const NewRoute& row : new_routes) world.add_route(row.from, row.to, row.commodity, TonnesPerYear{});
  for (const Stock& row : network.stocks()) {
    world.add_stock(row.holder, row.commodity, row.amount, row.kind);
    world.set_provenance(Table::stocks, row.provenance);
  }
  for (std::size_t c = 0; c < network.covers().size(); ++c) {
    const Cover& row = network.covers()[c];
    const bool is_new = !cover_days.empty();
    world.add_cover(row.stage, row.country.valid() ? Ref<CountryId>(row.country) : Ref<CountryId>("*"),
                    is_new ? cover_days[c] : row.days,
                    {.kind = row.kind,
                     .low = is_new ? std::nullopt : row.low,
                     .high = is_new ? std::nullopt : row.high});
    world.set_provenance(Table::cover, row.provenance);
  }
  return world.build();
}

}  // namespace lode::inline LODE_ABI::detail
