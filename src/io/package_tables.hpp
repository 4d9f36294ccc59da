// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include <lode/network_builder.hpp>

/// The tables of a data package and their columns, for the reader, the writer and the schemas of datapackage.json.
namespace lode::inline LODE_ABI::io_detail {

struct ColumnSpec {
  std::string_view name;
  std::string_view type;  ///< as Table Schema has it
  bool is_required;
};

struct TableSpec {
  std::string_view name;
  std::string_view title;
  bool is_required;
  std::span<const ColumnSpec> columns;
};

/// The first ten are those of `NetworkBuilder`, in its order.
enum class TableId : std::size_t {
  materials,
  countries,
  commodities,
  composition,
  facilities,
  recipes,
  end_uses,
  routes,
  stocks,
  cover,
  prices,
  totals,
  sources
};
inline constexpr std::size_t table_count = 13;
static_assert(static_cast<std::size_t>(TableId::cover) == static_cast<std::size_t>(Table::cover));

namespace columns {
inline constexpr bool required = true;
inline constexpr bool optional = false;
inline constexpr ColumnSpec source{"source", "string", optional};
inline constexpr ColumnSpec note{"note", "string", optional};

inline constexpr ColumnSpec materials[] = {{"id", "string", required}, {"name", "string", required}, source, note};
inline constexpr ColumnSpec countries[] = {
    {"id", "string", required}, {"name", "string", required}, {"governance", "number", optional}, source, note};
inline constexpr ColumnSpec commodities[] = {
    {"id", "string", required}, {"name", "string", required}, {"stage", "string", required}, source, note};
inline constexpr ColumnSpec composition[] = {
    {"commodity", "string", required}, {"material", "string", required}, {"content", "number", required}, source, note};
inline constexpr ColumnSpec facilities[] = {{"id", "string", required},
                                            {"name", "string", required},
                                            {"kind", "string", required},
                                            {"country", "string", required},
                                            {"baseline", "number", required},
                                            {"baseline_sd", "number", optional},
                                            {"capacity", "number", optional},
                                            {"operator", "string", optional},
                                            {"elasticity", "number", optional},
                                            {"latitude", "number", optional},
                                            {"longitude", "number", optional},
                                            source,
                                            note};
inline constexpr ColumnSpec recipes[] = {{"facility", "string", required},
                                         {"role", "string", required},
                                         {"commodity", "string", required},
                                         {"amount", "number", optional},
                                         {"criticality", "number", optional},
                                         source,
                                         note};
inline constexpr ColumnSpec end_uses[] = {{"id", "string", required},
                                          {"name", "string", required},
                                          {"country", "string", required},
                                          {"sector", "string", required},
                                          {"commodity", "string", required},
                                          {"demand", "number", required},
                                          {"demand_sd", "number", optional},
                                          {"weight", "number", optional},
                                          {"elasticity", "number", optional},
                                          {"unmet", "string", optional},
                                          source,
                                          note};
inline constexpr ColumnSpec routes[] = {{"from", "string", required},
                                        {"to", "string", required},
                                        {"commodity", "string", required},
                                        {"flow", "number", required},
                                        {"capacity", "number", optional},
                                        {"cost", "number", optional},
                                        {"lead_time_days", "number", optional},
                                        {"flow_sd", "number", optional},
                                        source,
                                        note};
inline constexpr ColumnSpec stocks[] = {{"holder", "string", required},
                                        {"commodity", "string", required},
                                        {"amount", "number", required},
                                        {"kind", "string", optional},
                                        source,
                                        note};
inline constexpr ColumnSpec cover[] = {{"stage", "string", required},
                                       {"country", "string", required},
                                       {"days", "number", required},
                                       {"days_low", "number", optional},
                                       {"days_high", "number", optional},
                                       {"kind", "string", optional},
                                       source,
                                       note};
inline constexpr ColumnSpec prices[] = {{"commodity", "string", required},
                                        {"region", "string", required},
                                        {"year", "integer", required},
                                        {"price", "number", required},
                                        source,
                                        note};
inline constexpr ColumnSpec totals[] = {{"id", "string", required},
                                        {"quantity", "string", required},
                                        {"value", "number", required},
                                        {"sd", "number", optional},
                                        {"facility", "string", optional},
                                        {"country", "string", optional},
                                        {"facility_kind", "string", optional},
                                        {"operator", "string", optional},
                                        {"from", "string", optional},
                                        {"to", "string", optional},
                                        {"commodity", "string", optional},
                                        {"partners", "string", optional},
                                        {"except", "string", optional},
                                        {"end_use", "string", optional},
                                        {"sector", "string", optional},
                                        source,
                                        note};
inline constexpr ColumnSpec sources[] = {{"id", "string", required},
                                         {"title", "string", required},
                                         {"publisher", "string", required},
                                         {"date", "string", required},
                                         {"url", "string", required},
                                         {"quality", "string", required},
                                         source,
                                         note};
}  // namespace columns

inline constexpr std::array<TableSpec, table_count> table_specs{{
    {"materials", "Elements or groups whose shortfall is counted", true, columns::materials},
    {"countries", "Countries", true, columns::countries},
    {"commodities", "What flows, in the order of the chain", true, columns::commodities},
    {"composition", "Tonnes of material in one tonne of commodity", true, columns::composition},
    {"facilities", "Mines, refiners, makers and recyclers", true, columns::facilities},
    {"recipes", "What a facility takes and makes", true, columns::recipes},
    {"end_uses", "Markets and their demand", true, columns::end_uses},
    {"routes", "Flows of the base year", true, columns::routes},
    {"stocks", "Tonnes held at the start", false, columns::stocks},
    {"cover", "Days that stocks of a stage last", false, columns::cover},
    {"prices", "USD per tonne", false, columns::prices},
    {"totals", "Published sums over rows of the other tables", false, columns::totals},
    {"sources", "Where the figures come from", true, columns::sources},
}};

inline constexpr std::array<std::string_view, 4> role_names{"input", "output", "feed", "recovery"};
inline constexpr std::array<std::string_view, 4> quality_names{"sourced", "derived", "assumption", "recalled"};
/// What happens to demand that is not met; an empty cell means the first.
inline constexpr std::array<std::string_view, 2> unmet_names{"lost", "waits"};
/// In the order of `StockKind`; a reserve has no cover.
inline constexpr std::array<std::string_view, 2> cover_kind_names{"input", "output"};
inline constexpr std::string_view world_region = "world";
/// All countries that have no row of their own.
inline constexpr std::string_view every_country = "*";

[[nodiscard]] constexpr const TableSpec& spec_of(TableId table) {
  return table_specs[static_cast<std::size_t>(table)];
}

/// The table whose file is `<table>.csv`.
[[nodiscard]] constexpr std::optional<TableId> table_of_file(std::string_view file) {
  if (!file.ends_with(".csv")) return std::nullopt;
  file.remove_suffix(4);
  for (std::size_t i = 0; i < table_count; ++i) {
    if (table_specs[i].name == file) return static_cast<TableId>(i);
  }
  return std::nullopt;
}

}  // namespace lode::inline LODE_ABI::io_detail
