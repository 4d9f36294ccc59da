// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/detail/network_tables.hpp>
#include <lode/network.hpp>

namespace lode::inline LODE_ABI {

LODE_INLINE std::string_view to_string(Stage stage) { return detail::stage_names[static_cast<std::size_t>(stage)]; }
LODE_INLINE std::string_view to_string(FacilityKind kind) {
  return detail::facility_kind_names[static_cast<std::size_t>(kind)];
}
LODE_INLINE std::string_view to_string(StockKind kind) {
  return detail::stock_kind_names[static_cast<std::size_t>(kind)];
}

LODE_INLINE Network::Network() : tables_(std::make_shared<const detail::NetworkTables>()) {}
LODE_INLINE Network::Network(std::shared_ptr<const detail::NetworkTables> tables) : tables_(std::move(tables)) {}

LODE_INLINE std::span<const Material> Network::materials() const { return tables_->materials; }
LODE_INLINE std::span<const Country> Network::countries() const { return tables_->countries; }
LODE_INLINE std::span<const Commodity> Network::commodities() const { return tables_->commodities; }
LODE_INLINE std::span<const Facility> Network::facilities() const { return tables_->facilities; }
LODE_INLINE std::span<const EndUse> Network::end_uses() const { return tables_->end_uses; }
LODE_INLINE std::span<const Route> Network::routes() const { return tables_->routes; }
LODE_INLINE std::span<const Stock> Network::stocks() const { return tables_->stocks; }
LODE_INLINE std::span<const Cover> Network::covers() const { return tables_->covers; }

LODE_INLINE std::optional<MaterialId> Network::find_material(std::string_view id) const {
  return detail::find(tables_->material_index, id);
}
LODE_INLINE std::optional<CountryId> Network::find_country(std::string_view id) const {
  return detail::find(tables_->country_index, id);
}
LODE_INLINE std::optional<CommodityId> Network::find_commodity(std::string_view id) const {
  return detail::find(tables_->commodity_index, id);
}
LODE_INLINE std::optional<PlaceId> Network::find_place(std::string_view id) const {
  return detail::find(tables_->place_index, id);
}
LODE_INLINE std::optional<FacilityId> Network::find_facility(std::string_view id) const {
  const std::optional<PlaceId> place = find_place(id);
  if (!place || !place->is_facility()) return std::nullopt;
  return place->facility();
}
LODE_INLINE std::optional<EndUseId> Network::find_end_use(std::string_view id) const {
  const std::optional<PlaceId> place = find_place(id);
  if (!place || !place->is_end_use()) return std::nullopt;
  return place->end_use();
}
LODE_INLINE std::optional<RouteId> Network::find_route(PlaceId from, PlaceId to, CommodityId commodity) const {
  const auto found = tables_->route_index.find(detail::RouteKey{from, to, commodity});
  if (found == tables_->route_index.end()) return std::nullopt;
  return found->second;
}

LODE_INLINE const std::string& Network::id(PlaceId place) const {
  return place.is_facility() ? (*this)[place.facility()].id : (*this)[place.end_use()].id;
}
LODE_INLINE CountryId Network::country(PlaceId place) const {
  return place.is_facility() ? (*this)[place.facility()].country : (*this)[place.end_use()].country;
}

LODE_INLINE bool Network::equals(const Network& other) const {
  const detail::NetworkTables& a = *tables_;
  const detail::NetworkTables& b = *other.tables_;
  return a.materials == b.materials && a.countries == b.countries && a.commodities == b.commodities &&
         a.facilities == b.facilities && a.end_uses == b.end_uses && a.routes == b.routes && a.stocks == b.stocks &&
         a.covers == b.covers;
}

}  // namespace lode::inline LODE_ABI
