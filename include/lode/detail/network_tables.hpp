// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
// Before the guard: header-only, these headers include this one where they need it.
#include <lode/network.hpp>

#ifndef LODE_DETAIL_NETWORK_TABLES_HPP
#define LODE_DETAIL_NETWORK_TABLES_HPP

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// What stands behind a `Network`: its tables and the indexes into them. Private.
namespace lode::inline LODE_ABI::detail {

inline constexpr std::array<std::string_view, 5> stage_names{"mining", "separation", "metal", "magnet", "product"};
inline constexpr std::array<std::string_view, 6> facility_kind_names{"mine",         "refiner",  "metal_maker",
                                                                     "magnet_maker", "recycler", "other"};
inline constexpr std::array<std::string_view, 3> stock_kind_names{"input", "output", "reserve"};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

template <class Id>
using IdIndex = std::unordered_map<std::string, Id, TextHash, std::equal_to<>>;

template <class Id>
[[nodiscard]] std::optional<Id> find(const IdIndex<Id>& index, std::string_view id) {
  const auto found = index.find(id);
  if (found == index.end()) return std::nullopt;
  return found->second;
}

struct RouteKey {
  PlaceId from;
  PlaceId to;
  CommodityId commodity;
  friend bool operator==(const RouteKey&, const RouteKey&) = default;
};

struct RouteKeyHash {
  std::size_t operator()(const RouteKey& key) const noexcept {
    // Splitmix64 over the packed positions: facilities even, end uses odd.
    const auto place = [](PlaceId id) {
      return id.is_facility() ? 2 * id.facility().index() : 2 * id.end_use().index() + 1;
    };
    std::size_t hash = place(key.from) * 0x9E3779B97F4A7C15ULL + place(key.to);
    hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9ULL + key.commodity.index();
    hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBULL;
    return hash ^ (hash >> 31);
  }
};

struct NetworkTables {
  std::vector<Material> materials;
  std::vector<Country> countries;
  std::vector<Commodity> commodities;
  std::vector<Facility> facilities;
  std::vector<EndUse> end_uses;
  std::vector<Route> routes;
  std::vector<Stock> stocks;
  std::vector<Cover> covers;

  IdIndex<MaterialId> material_index;
  IdIndex<CountryId> country_index;
  IdIndex<CommodityId> commodity_index;
  IdIndex<PlaceId> place_index;
  std::unordered_map<RouteKey, RouteId, RouteKeyHash> route_index;
};

}  // namespace lode::inline LODE_ABI::detail

#endif  // LODE_DETAIL_NETWORK_TABLES_HPP
