// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <utility>

#include <lode/detail/builder_records.hpp>
#include <lode/detail/network_rules.hpp>
#include <lode/network_builder.hpp>

namespace lode::inline LODE_ABI {

LODE_INLINE NetworkBuilder::NetworkBuilder() : records_(std::make_unique<detail::BuilderRecords>()) {}
LODE_INLINE NetworkBuilder::~NetworkBuilder() = default;
LODE_INLINE NetworkBuilder::NetworkBuilder(NetworkBuilder&&) noexcept = default;
LODE_INLINE NetworkBuilder& NetworkBuilder::operator=(NetworkBuilder&&) noexcept = default;

LODE_INLINE MaterialId NetworkBuilder::add_material(std::string id, std::string name) {
  if (name.empty()) name = id;
  records_->materials.push_back({{}, std::move(id), std::move(name)});
  return MaterialId{records_->materials.size() - 1};
}

LODE_INLINE CountryId NetworkBuilder::add_country(std::string id, std::string name, std::optional<double> governance) {
  if (name.empty()) name = id;
  records_->countries.push_back({{}, std::move(id), std::move(name), governance});
  return CountryId{records_->countries.size() - 1};
}

LODE_INLINE CommodityId NetworkBuilder::add_commodity(std::string id, Stage stage, const std::vector<Part>& composition,
                                                      std::string name) {
  if (name.empty()) name = id;
  records_->commodities.push_back({{}, std::move(id), std::move(name), stage});
  const CommodityId commodity{records_->commodities.size() - 1};
  for (const Part& part : composition) add_content(commodity, part.material, part.content);
  return commodity;
}

LODE_INLINE void NetworkBuilder::add_content(Ref<CommodityId> commodity, Ref<MaterialId> material, double content) {
  records_->composition.push_back({{}, std::move(commodity), std::move(material), content});
}

LODE_INLINE FacilityId NetworkBuilder::add_facility(std::string id, std::string name, FacilityKind kind,
                                                    Ref<CountryId> country, std::optional<TonnesPerYear> baseline,
                                                    std::optional<TonnesPerYear> capacity, std::string operator_name) {
  if (name.empty()) name = id;
  records_->facilities.push_back({{},
                                  std::move(id),
                                  std::move(name),
                                  kind,
                                  std::move(country),
                                  baseline,
                                  capacity,
                                  std::move(operator_name),
                                  std::nullopt,
                                  std::nullopt,
                                  std::nullopt,
                                  std::nullopt});
  return FacilityId{records_->facilities.size() - 1};
}

LODE_INLINE void NetworkBuilder::set_position(FacilityId facility, std::optional<double> latitude,
                                              std::optional<double> longitude) {
  detail::FacilityRow& row = records_->facilities.at(facility.index());
  row.latitude = latitude;
  row.longitude = longitude;
}

LODE_INLINE void NetworkBuilder::set_baseline_sd(FacilityId facility, std::optional<TonnesPerYear> baseline_sd) {
  records_->facilities.at(facility.index()).baseline_sd = baseline_sd;
}

LODE_INLINE void NetworkBuilder::set_elasticity(FacilityId facility, std::optional<double> elasticity) {
  records_->facilities.at(facility.index()).elasticity = elasticity;
}

LODE_INLINE void NetworkBuilder::add_input(Ref<FacilityId> facility, Ref<CommodityId> commodity, double amount,
                                           double criticality) {
  records_->recipes.push_back(
      {{}, std::move(facility), detail::Role::input, std::move(commodity), amount, criticality});
}
LODE_INLINE void NetworkBuilder::add_output(Ref<FacilityId> facility, Ref<CommodityId> commodity, double amount) {
  records_->recipes.push_back({{}, std::move(facility), detail::Role::output, std::move(commodity), amount, 1.0});
}
LODE_INLINE void NetworkBuilder::add_feed(Ref<FacilityId> facility, Ref<CommodityId> commodity) {
  records_->recipes.push_back({{}, std::move(facility), detail::Role::feed, std::move(commodity), 1.0, 1.0});
}
LODE_INLINE void NetworkBuilder::add_recovery(Ref<FacilityId> facility, Ref<CommodityId> commodity, double recovery) {
  records_->recipes.push_back({{}, std::move(facility), detail::Role::recovery, std::move(commodity), recovery, 1.0});
}

namespace detail {

LODE_INLINE FacilityId add_separator(NetworkBuilder& world, std::string id, FacilityKind kind, Ref<CountryId> country,
                                     const SeparatorSpec& spec) {
  const FacilityId facility = world.add_facility(std::move(id), spec.name, kind, std::move(country), spec.baseline,
                                                 spec.capacity, spec.operator_name);
  world.set_baseline_sd(facility, spec.baseline_sd);
  world.set_elasticity(facility, spec.elasticity);
  for (const Ref<CommodityId>& feed : spec.feeds) world.add_feed(facility, feed);
  for (const SeparatorSpec::Product& product : spec.recovers) {
    world.add_recovery(facility, product.commodity, product.recovery);
  }
  return facility;
}

LODE_INLINE FacilityId add_maker(NetworkBuilder& world, std::string id, FacilityKind kind, Ref<CountryId> country,
                                 const MakerSpec& spec) {
  const FacilityId facility = world.add_facility(std::move(id), spec.name, kind, std::move(country), spec.baseline,
                                                 spec.capacity, spec.operator_name);
  world.set_baseline_sd(facility, spec.baseline_sd);
  world.set_elasticity(facility, spec.elasticity);
  for (const MakerSpec::Use& use : spec.uses) world.add_input(facility, use.commodity, use.amount, use.criticality);
  for (const MakerSpec::Product& product : spec.makes) world.add_output(facility, product.commodity, product.amount);
  return facility;
}

}  // namespace detail

LODE_INLINE FacilityId NetworkBuilder::add_mine(std::string id, Ref<CountryId> country, const MineSpec& spec) {
  const FacilityId facility = add_facility(std::move(id), spec.name, FacilityKind::mine, std::move(country),
                                           spec.baseline, spec.capacity, spec.operator_name);
  set_baseline_sd(facility, spec.baseline_sd);
  set_elasticity(facility, spec.elasticity);
  add_output(facility, spec.makes, 1.0);
  return facility;
}
LODE_INLINE FacilityId NetworkBuilder::add_refiner(std::string id, Ref<CountryId> country, const SeparatorSpec& spec) {
  return detail::add_separator(*this, std::move(id), FacilityKind::refiner, std::move(country), spec);
}
LODE_INLINE FacilityId NetworkBuilder::add_recycler(std::string id, Ref<CountryId> country,
                                                    const SeparatorSpec& spec) {
  return detail::add_separator(*this, std::move(id), FacilityKind::recycler, std::move(country), spec);
}
LODE_INLINE FacilityId NetworkBuilder::add_metal_maker(std::string id, Ref<CountryId> country, const MakerSpec& spec) {
  return detail::add_maker(*this, std::move(id), FacilityKind::metal_maker, std::move(country), spec);
}
LODE_INLINE FacilityId NetworkBuilder::add_magnet_maker(std::string id, Ref<CountryId> country,
                                                        const MakerSpec& spec) {
  return detail::add_maker(*this, std::move(id), FacilityKind::magnet_maker, std::move(country), spec);
}
LODE_INLINE FacilityId NetworkBuilder::add_plant(std::string id, Ref<CountryId> country, const MakerSpec& spec) {
  return detail::add_maker(*this, std::move(id), FacilityKind::other, std::move(country), spec);
}

LODE_INLINE EndUseId NetworkBuilder::add_end_use(std::string id, Ref<CountryId> country, const EndUseSpec& spec) {
  std::string name = spec.name.empty() ? id : spec.name;
  records_->end_uses.push_back({{},
                                std::move(id),
                                std::move(name),
                                std::move(country),
                                spec.sector,
                                spec.takes,
                                spec.demand,
                                spec.demand_sd,
                                spec.weight,
                                spec.elasticity,
                                spec.waits});
  return EndUseId{records_->end_uses.size() - 1};
}

LODE_INLINE RouteId NetworkBuilder::add_route(Ref<PlaceId> from, Ref<PlaceId> to, Ref<CommodityId> commodity,
                                              std::optional<TonnesPerYear> flow, const RouteSpec& spec) {
  records_->routes.push_back({{}, std::move(from), std::move(to), std::move(commodity), flow, spec});
  return RouteId{records_->routes.size() - 1};
}

LODE_INLINE void NetworkBuilder::add_stock(Ref<PlaceId> holder, Ref<CommodityId> commodity, Tonnes amount,
                                           StockKind kind) {
  records_->stocks.push_back({{}, std::move(holder), std::move(commodity), amount, kind});
}

LODE_INLINE void NetworkBuilder::add_cover(Stage stage, Ref<CountryId> country, Days lasts, const CoverSpec& spec) {
  records_->covers.push_back({{}, stage, std::move(country), lasts, spec});
}

LODE_INLINE void NetworkBuilder::reserve(Table table, std::size_t rows) {
  switch (table) {
    case Table::materials: records_->materials.reserve(rows); break;
    case Table::countries: records_->countries.reserve(rows); break;
    case Table::commodities: records_->commodities.reserve(rows); break;
    case Table::composition: records_->composition.reserve(rows); break;
    case Table::facilities: records_->facilities.reserve(rows); break;
    case Table::recipes: records_->recipes.reserve(rows); break;
    case Table::end_uses: records_->end_uses.reserve(rows); break;
    case Table::routes: records_->routes.reserve(rows); break;
    case Table::stocks: records_->stocks.reserve(rows); break;
    case Table::cover: records_->covers.reserve(rows); break;
  }
}

LODE_INLINE void NetworkBuilder::set_provenance(Table table, Provenance provenance) {
  if (detail::Row* row = detail::last_row(*records_, table)) row->provenance = std::move(provenance);
}
LODE_INLINE void NetworkBuilder::mark_reported(Table table, bool whole_row) {
  if (detail::Row* row = detail::last_row(*records_, table)) {
    row->reported = true;
    row->silent = row->silent || whole_row;
  }
}
LODE_INLINE void NetworkBuilder::mark_incomplete(Table table) {
  records_->incomplete[static_cast<std::size_t>(table)] = true;
}
LODE_INLINE void NetworkBuilder::set_locator(Locator locator) { records_->locator = std::move(locator); }

LODE_INLINE NetworkBuilder::Outcome NetworkBuilder::check(bool must_balance) const {
  Outcome outcome;
  std::optional<detail::NetworkTables> tables =
      detail::NetworkRules(*records_, must_balance, outcome.problems, outcome.warnings).check();
  if (tables) outcome.network = Network(std::make_shared<const detail::NetworkTables>(std::move(*tables)));
  return outcome;
}

LODE_INLINE NetworkBuilder::Outcome NetworkBuilder::try_build() const { return check(true); }

LODE_INLINE NetworkBuilder::Outcome NetworkBuilder::try_observe() const {
  Outcome outcome = check(false);
  for (std::size_t f = 0; f < records_->facilities.size(); ++f) {
    if (!records_->facilities[f].baseline) outcome.unmeasured.baselines.push_back(FacilityId{f});
  }
  for (std::size_t r = 0; r < records_->routes.size(); ++r) {
    if (!records_->routes[r].flow) outcome.unmeasured.flows.push_back(RouteId{r});
  }
  for (std::size_t e = 0; e < records_->end_uses.size(); ++e) {
    if (!records_->end_uses[e].demand) outcome.unmeasured.demands.push_back(EndUseId{e});
  }
  return outcome;
}

LODE_INLINE Observations NetworkBuilder::observe() const {
  Outcome outcome = try_observe();
  if (!outcome.network) throw InvalidNetwork(std::move(outcome.problems));
  return {std::move(*outcome.network), std::move(outcome.unmeasured), {}};
}

LODE_INLINE Network NetworkBuilder::build() const {
  Outcome outcome = try_build();
  if (!outcome.network) throw InvalidNetwork(std::move(outcome.problems));
  return std::move(*outcome.network);
}

}  // namespace lode::inline LODE_ABI
