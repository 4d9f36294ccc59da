// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
// Before the guard: header-only, these headers include this one where they need it.
#include <lode/network_builder.hpp>

#ifndef LODE_DETAIL_BUILDER_RECORDS_HPP
#define LODE_DETAIL_BUILDER_RECORDS_HPP

#include <array>
#include <optional>
#include <string>
#include <vector>

/// The rows a `NetworkBuilder` has collected, before any check. Private.
namespace lode::inline LODE_ABI::detail {

/// What every row has: its provenance, and whether problems of it are already known (`silent`: all of them).
struct Row {
  Provenance provenance = {};
  bool reported = false;
  bool silent = false;
};

struct MaterialRow : Row {
  std::string id, name;
};
struct CountryRow : Row {
  std::string id, name;
  std::optional<double> governance;
};
struct CommodityRow : Row {
  std::string id, name;
  Stage stage = Stage::mining;
};
struct ContentRow : Row {
  Ref<CommodityId> commodity;
  Ref<MaterialId> material;
  double content = 0.0;
};
struct FacilityRow : Row {
  std::string id, name;
  FacilityKind kind = FacilityKind::other;
  Ref<CountryId> country;
  std::optional<TonnesPerYear> baseline, capacity;
  std::string operator_name;
  std::optional<double> latitude, longitude;
  std::optional<TonnesPerYear> baseline_sd;
  std::optional<double> elasticity;
};
enum class Role { input, output, feed, recovery };
struct RecipeRow : Row {
  Ref<FacilityId> facility;
  Role role = Role::input;
  Ref<CommodityId> commodity;
  double amount = 1.0;
  double criticality = 1.0;
};
struct EndUseRow : Row {
  std::string id, name;
  Ref<CountryId> country;
  std::string sector;
  Ref<CommodityId> commodity;
  std::optional<TonnesPerYear> demand, demand_sd;
  double weight = 1.0;
  std::optional<double> elasticity;
  bool waits = false;
};
struct RouteRow : Row {
  Ref<PlaceId> from, to;
  Ref<CommodityId> commodity;
  std::optional<TonnesPerYear> flow;
  RouteSpec spec;
};
struct StockRow : Row {
  Ref<PlaceId> holder;
  Ref<CommodityId> commodity;
  Tonnes amount;
  StockKind kind = StockKind::input;
};
struct CoverRow : Row {
  Stage stage = Stage::mining;
  Ref<CountryId> country;
  Days days;
  CoverSpec spec;
};

struct BuilderRecords {
  std::vector<MaterialRow> materials;
  std::vector<CountryRow> countries;
  std::vector<CommodityRow> commodities;
  std::vector<ContentRow> composition;
  std::vector<FacilityRow> facilities;
  std::vector<RecipeRow> recipes;
  std::vector<EndUseRow> end_uses;
  std::vector<RouteRow> routes;
  std::vector<StockRow> stocks;
  std::vector<CoverRow> covers;
  std::array<bool, 10> incomplete{};  ///< by table: rows are missing, which the caller reports
  NetworkBuilder::Locator locator;
};

}  // namespace lode::inline LODE_ABI::detail

#endif  // LODE_DETAIL_BUILDER_RECORDS_HPP
