// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include <lode/detail/magnitude.hpp>
#include <lode/detail/network_rules.hpp>
#include <lode/detail/text.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE Row* last_row(BuilderRecords& records, Table table) {
  const auto last = [](auto& rows) -> Row* { return rows.empty() ? nullptr : &rows.back(); };
  switch (table) {
    case Table::materials:
      return last(records.materials);
    case Table::countries:
      return last(records.countries);
    case Table::commodities:
      return last(records.commodities);
    case Table::composition:
      return last(records.composition);
    case Table::facilities:
      return last(records.facilities);
    case Table::recipes:
      return last(records.recipes);
    case Table::end_uses:
      return last(records.end_uses);
    case Table::routes:
      return last(records.routes);
    case Table::stocks:
      return last(records.stocks);
    case Table::cover:
      return last(records.covers);
  }
  return nullptr;
}

LODE_INLINE const Row& row_of(const BuilderRecords& records, Table table, std::size_t row) {
  switch (table) {
    case Table::materials:
      return records.materials[row];
    case Table::countries:
      return records.countries[row];
    case Table::commodities:
      return records.commodities[row];
    case Table::composition:
      return records.composition[row];
    case Table::facilities:
      return records.facilities[row];
    case Table::recipes:
      return records.recipes[row];
    case Table::end_uses:
      return records.end_uses[row];
    case Table::routes:
      return records.routes[row];
    case Table::stocks:
      return records.stocks[row];
    case Table::cover:
      break;
  }
  return records.covers[row];
}

LODE_INLINE bool is_id(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (text.empty() || !plain(text.front())) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) { return plain(c) || c == '_' || c == '.' || c == '-'; });
}

LODE_INLINE bool is_country_code(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// What to call a reference in a message: the name it was given, or the name of the row behind the handle.
template <class Id, class Rows>
[[nodiscard]] std::string shown(const Ref<Id>& ref, const Rows& rows) {
  if (const auto* name = std::get_if<std::string>(&ref.value())) return *name;
  const Id id = std::get<Id>(ref.value());
  return id.valid() && id.index() < rows.size() ? rows[id.index()].id : std::string("(no handle)");
}
[[nodiscard]] LODE_INLINE std::string shown(const Ref<PlaceId>& ref, const BuilderRecords& records) {
  if (const auto* name = std::get_if<std::string>(&ref.value())) return *name;
  const PlaceId id = std::get<PlaceId>(ref.value());
  if (id.is_facility()) return shown(Ref<FacilityId>(id.facility()), records.facilities);
  return shown(Ref<EndUseId>(id.end_use()), records.end_uses);
}

/// The place of a problem in a network built in code: the item by name.
[[nodiscard]] LODE_INLINE Place place_in_code(const BuilderRecords& records, Table table, std::size_t row) {
  const auto named = [](std::string_view noun, const std::string& id) {
    return Place{std::string(noun) + ' ' + detail::quoted(id), 0, 0};
  };
  switch (table) {
    case Table::materials:
      return named("material", records.materials[row].id);
    case Table::countries:
      return named("country", records.countries[row].id);
    case Table::commodities:
      return named("commodity", records.commodities[row].id);
    case Table::composition:
      return named("commodity", shown(records.composition[row].commodity, records.commodities));
    case Table::facilities:
      return named("facility", records.facilities[row].id);
    case Table::recipes:
      return named("facility", shown(records.recipes[row].facility, records.facilities));
    case Table::end_uses:
      return named("end use", records.end_uses[row].id);
    case Table::stocks:
      return named("stock at", shown(records.stocks[row].holder, records));
    case Table::cover: {
      const CoverRow& cover = records.covers[row];
      return {"cover of stage " + detail::quoted(to_string(cover.stage)) + " in " +
                  detail::quoted(shown(cover.country, records.countries)),
              0, 0};
    }
    case Table::routes:
      break;
  }
  const RouteRow& route = records.routes[row];
  return {"route " + detail::quoted(shown(route.from, records)) + " -> " + detail::quoted(shown(route.to, records)) +
              " of " + detail::quoted(shown(route.commodity, records.commodities)),
          0, 0};
}

LODE_INLINE Place NetworkRules::place(Table table, std::size_t row, std::string_view column) const {
  return records_.locator ? records_.locator(table, row, column) : place_in_code(records_, table, row);
}

LODE_INLINE void NetworkRules::report(Table table, std::size_t row, std::string_view column, std::string what,
                                      std::string mend) {
  bad_[static_cast<std::size_t>(table)][row] = true;
  if (row_of(records_, table, row).silent) return;
  problems_.push_back({place(table, row, column), std::move(what), std::move(mend)});
}

LODE_INLINE void NetworkRules::check_range(Table table, std::size_t row, std::string_view column, double value,
                                           double low, double high, bool low_is_legal) {
  const double highest = std::min(high, most_magnitude);
  if ((low_is_legal ? value >= low : value > low) && value <= highest) return;
  std::string range = low_is_legal ? "at least " + number_text(low) : "above " + number_text(low);
  if (high < std::numeric_limits<double>::max() || (value > highest && std::isfinite(value))) range += " and at most " + number_text(highest);
  report(table, row, column, std::string(column) + ' ' + number_text(value) + " is out of range",
         "give a number " + range);
}

LODE_INLINE void NetworkRules::check_tonnage(Table table, std::size_t row, std::string_view column,
                                             std::optional<TonnesPerYear> tonnage) {
  if (tonnage) check_range(table, row, column, tonnage->in(tonnes_per_year), 0.0, std::numeric_limits<double>::max());
}

LODE_INLINE void NetworkRules::require_figure(Table table, std::size_t row, std::string_view column,
                                              std::optional<TonnesPerYear> figure) {
  if (!figure && must_balance_ && !row_of(records_, table, row).reported) {
    report(table, row, column, std::string(column) + " is absent", "give it, or solve for it with reconcile");
  }
  check_tonnage(table, row, column, figure);
}

LODE_INLINE bool NetworkRules::check_id(Table table, std::size_t row, const std::string& id) {
  if (is_id(id)) return true;
  if (is_gap(table, row, id)) return false;
  report(table, row, "id", "id " + detail::quoted(id) + " is not well formed",
         "use lower-case letters, digits, '_', '.' and '-', beginning with a letter or digit");
  return false;
}

LODE_INLINE bool NetworkRules::is_gap(Table table, std::size_t row, const std::string& cell) const {
  return cell.empty() && row_of(records_, table, row).reported;
}

LODE_INLINE bool NetworkRules::miss(Table table, std::size_t row, const std::string& name,
                                    std::initializer_list<Table> searched) {
  bad_[static_cast<std::size_t>(table)][row] = true;
  suggestion_.clear();
  return is_gap(table, row, name) ||
         std::any_of(searched.begin(), searched.end(), [this](Table target) { return is_incomplete(target); });
}

LODE_INLINE const std::string& NetworkRules::suggest(const std::string& name,
                                                     const std::vector<std::string_view>& candidates) {
  // Suggestions cost a pass over all names; beyond a few hundred problems nobody reads them.
  if (++suggestions_ <= 300) suggestion_ = nearest(name, candidates);
  return suggestion_;
}

[[nodiscard]] LODE_INLINE std::string unknown_mend(const std::string& suggestion, std::string_view noun) {
  if (!suggestion.empty()) return "did you mean " + detail::quoted(suggestion) + "?";
  return "add the " + std::string(noun) + " or correct the name";
}

LODE_INLINE void NetworkRules::unsettle(PlaceId place) {
  if (place.is_facility()) unsettled_facility_[place.facility().index()] = true;
  if (place.is_end_use()) unsettled_end_use_[place.end_use().index()] = true;
}

template <class Id, class Rows>
Id NetworkRules::resolve(const Ref<Id>& ref, const IdIndex<Id>& index, const Rows& rows, Table table, std::size_t row,
                         std::string_view column, std::string_view noun) {
  if (const Id* handle = std::get_if<Id>(&ref.value())) {
    if (handle->valid() && handle->index() < rows.size()) return *handle;
    report(table, row, column, "the " + std::string(noun) + " handle is not of this builder",
           "use the handle that add_... returned");
    return {};
  }
  constexpr Table searched = std::is_same_v<Id, MaterialId>  ? Table::materials
                             : std::is_same_v<Id, CountryId> ? Table::countries
                                                             : Table::commodities;
  const std::string& name = std::get<std::string>(ref.value());
  const auto found = index.find(name);
  if (found != index.end()) return found->second;
  if (miss(table, row, name, {searched})) return {};
  std::vector<std::string_view> candidates;
  if (suggestions_ < 300) {
    for (const auto& candidate : rows) candidates.push_back(candidate.id);
  }
  report(table, row, column, "unknown " + std::string(noun) + ' ' + detail::quoted(name),
         unknown_mend(suggest(name, candidates), noun));
  return {};
}

LODE_INLINE PlaceId NetworkRules::resolve_place(const Ref<PlaceId>& ref, Table table, std::size_t row,
                                                std::string_view column) {
  if (const PlaceId* handle = std::get_if<PlaceId>(&ref.value())) {
    const bool known = handle->is_facility()
                           ? handle->facility().index() < records_.facilities.size()
                           : handle->is_end_use() && handle->end_use().index() < records_.end_uses.size();
    if (known) return *handle;
    report(table, row, column, "the handle is not of this builder", "use the handle that add_... returned");
    return {};
  }
  const std::string& name = std::get<std::string>(ref.value());
  const auto found = tables_.place_index.find(name);
  if (found != tables_.place_index.end()) return found->second;
  if (miss(table, row, name, {Table::facilities, Table::end_uses})) return {};
  std::vector<std::string_view> candidates;
  if (suggestions_ < 300) {
    for (const FacilityRow& candidate : records_.facilities) candidates.push_back(candidate.id);
    for (const EndUseRow& candidate : records_.end_uses) candidates.push_back(candidate.id);
  }
  report(table, row, column, "unknown facility or end use " + detail::quoted(name),
         unknown_mend(suggest(name, candidates), "facility or end use"));
  return {};
}

LODE_INLINE FacilityId NetworkRules::resolve_facility(const Ref<FacilityId>& ref, std::size_t row) {
  if (const auto* handle = std::get_if<FacilityId>(&ref.value())) {
    if (handle->valid() && handle->index() < tables_.facilities.size()) return *handle;
  } else if (const auto found = tables_.place_index.find(std::get<std::string>(ref.value()));
             found != tables_.place_index.end() && found->second.is_facility()) {
    return found->second.facility();
  }
  const std::string name = shown(ref, records_.facilities);
  if (miss(Table::recipes, row, name, {Table::facilities})) return {};
  std::vector<std::string_view> candidates;
  if (suggestions_ < 300) {
    for (const FacilityRow& candidate : records_.facilities) candidates.push_back(candidate.id);
  }
  report(Table::recipes, row, "facility", "unknown facility " + detail::quoted(name),
         unknown_mend(suggest(name, candidates), "facility"));
  unsettle(find(tables_.place_index, suggestion_).value_or(PlaceId{}));
  return {};
}

LODE_INLINE std::optional<NetworkTables> NetworkRules::check() {
  const auto start = [this](Table table, const auto& rows) {
    std::vector<bool>& bad = bad_[static_cast<std::size_t>(table)];
    bad.reserve(rows.size());
    for (const Row& row : rows) bad.push_back(row.reported);
  };
  start(Table::materials, records_.materials);
  start(Table::countries, records_.countries);
  start(Table::commodities, records_.commodities);
  start(Table::composition, records_.composition);
  start(Table::facilities, records_.facilities);
  start(Table::recipes, records_.recipes);
  start(Table::end_uses, records_.end_uses);
  start(Table::routes, records_.routes);
  start(Table::stocks, records_.stocks);
  start(Table::cover, records_.covers);
  unsettled_facility_.assign(records_.facilities.size(), is_incomplete(Table::recipes));
  unsettled_end_use_.assign(records_.end_uses.size(), false);
  unsettled_commodity_.assign(records_.commodities.size(), is_incomplete(Table::composition));

  read_materials();
  read_countries();
  read_commodities();
  read_composition();
  read_facilities();
  read_recipes();
  read_end_uses();
  check_technologies();
  read_routes();
  read_stocks();
  read_covers();
  if (must_balance_) check_balances();
  warn();
  for (const std::vector<bool>& bad : bad_) {
    if (std::find(bad.begin(), bad.end(), true) != bad.end()) return std::nullopt;
  }
  const bool complete =
      std::find(records_.incomplete.begin(), records_.incomplete.end(), true) == records_.incomplete.end();
  if (!problems_.empty() || !complete) return std::nullopt;
  return std::move(tables_);
}

/// Puts an id into an index; false if it is taken. Ids that are not well formed are entered too, so that names which
/// use them are not reported again.
template <class Id>
[[nodiscard]] bool enter(IdIndex<Id>& index, const std::string& name, Id id) {
  return index.emplace(name, id).second;
}

LODE_INLINE void NetworkRules::read_materials() {
  for (std::size_t row = 0; row < records_.materials.size(); ++row) {
    const MaterialRow& in = records_.materials[row];
    tables_.materials.push_back({in.id, in.name, in.provenance});
    const bool is_new = enter(tables_.material_index, in.id, MaterialId{row});
    if (check_id(Table::materials, row, in.id) && !is_new) {
      report(Table::materials, row, "id", "material " + detail::quoted(in.id) + " is there twice",
             "keep one row for each id");
    }
  }
}

LODE_INLINE void NetworkRules::read_countries() {
  for (std::size_t row = 0; row < records_.countries.size(); ++row) {
    const CountryRow& in = records_.countries[row];
    tables_.countries.push_back({in.id, in.name, in.governance, in.provenance});
    const bool is_new = enter(tables_.country_index, in.id, CountryId{row});
    if (is_gap(Table::countries, row, in.id)) continue;
    if (!is_country_code(in.id)) {
      report(Table::countries, row, "id", "country " + detail::quoted(in.id) + " is not three capitals",
             "use the ISO 3166-1 alpha-3 code");
    } else if (!is_new) {
      report(Table::countries, row, "id", "country " + detail::quoted(in.id) + " is there twice",
             "keep one row for each id");
    }
    if (in.governance) check_range(Table::countries, row, "governance", *in.governance, -2.5, 2.5);
  }
}

LODE_INLINE void NetworkRules::read_commodities() {
  for (std::size_t row = 0; row < records_.commodities.size(); ++row) {
    const CommodityRow& in = records_.commodities[row];
    tables_.commodities.push_back({in.id, in.name, in.stage, {}, in.provenance});
    const bool is_new = enter(tables_.commodity_index, in.id, CommodityId{row});
    if (check_id(Table::commodities, row, in.id) && !is_new) {
      report(Table::commodities, row, "id", "commodity " + detail::quoted(in.id) + " is there twice",
             "keep one row for each id");
    }
  }
}

LODE_INLINE void NetworkRules::read_composition() {
  constexpr double rounding = 1e-12;  // contents are written as decimals: their sum may miss 1 by rounding
  std::vector<double> sums(tables_.commodities.size(), 0.0);
  for (std::size_t row = 0; row < records_.composition.size(); ++row) {
    const ContentRow& in = records_.composition[row];
    const CommodityId commodity = resolve(in.commodity, tables_.commodity_index, records_.commodities,
                                          Table::composition, row, "commodity", "commodity");
    if (!commodity.valid()) {
      if (const auto meant = find(tables_.commodity_index, suggestion_)) unsettled_commodity_[meant->index()] = true;
    }
    const MaterialId material = resolve(in.material, tables_.material_index, records_.materials, Table::composition,
                                        row, "material", "material");
    check_range(Table::composition, row, "content", in.content, 0.0, 1.0);
    if (commodity.valid() && is_bad(Table::composition, row)) unsettled_commodity_[commodity.index()] = true;
    if (!commodity.valid() || !material.valid()) continue;
    Commodity& out = tables_.commodities[commodity.index()];
    const bool twice = std::any_of(out.composition.begin(), out.composition.end(),
                                   [&](const Content& part) { return part.material == material; });
    if (twice) {
      report(Table::composition, row, "material",
             "material " + detail::quoted(tables_.materials[material.index()].id) + " of commodity " +
                 detail::quoted(out.id) + " is there twice",
             "keep one row for each commodity and material");
      unsettled_commodity_[commodity.index()] = true;
      continue;
    }
    out.composition.push_back({material, in.content, in.provenance});
    double& sum = sums[commodity.index()];
    const bool was_legal = sum <= 1.0 + rounding;
    sum += in.content;
    if (was_legal && sum > 1.0 + rounding && !is_bad(Table::composition, row)) {
      report(Table::composition, row, "content",
             "contents of commodity " + detail::quoted(out.id) + " add up to " + number_text(sum),
             "contents are tonnes of material in one tonne of commodity: at most 1 together");
      unsettled_commodity_[commodity.index()] = true;
    }
  }
}

LODE_INLINE void NetworkRules::read_facilities() {
  constexpr double most = std::numeric_limits<double>::max();
  tables_.facilities.reserve(records_.facilities.size());
  tables_.place_index.reserve(records_.facilities.size() + records_.end_uses.size());
  for (std::size_t row = 0; row < records_.facilities.size(); ++row) {
    const FacilityRow& in = records_.facilities[row];
    Facility out;
    out.id = in.id;
    out.name = in.name;
    out.kind = in.kind;
    out.baseline = in.baseline.value_or(TonnesPerYear{});
    out.baseline_sd = in.baseline_sd;
    out.capacity = in.capacity;
    out.operator_name = in.operator_name;
    out.elasticity = in.elasticity;
    out.latitude = in.latitude;
    out.longitude = in.longitude;
    out.provenance = in.provenance;
    const bool is_new = enter(tables_.place_index, in.id, PlaceId{FacilityId{row}});
    if (check_id(Table::facilities, row, in.id) && !is_new) {
      report(Table::facilities, row, "id", "facility " + detail::quoted(in.id) + " is there twice",
             "keep one row for each id");
      unsettle(tables_.place_index.find(in.id)->second);
    }
    out.country =
        resolve(in.country, tables_.country_index, records_.countries, Table::facilities, row, "country", "country");
    // A separator's baseline follows from its feed; check_recipe asks for the others'.
    check_tonnage(Table::facilities, row, "baseline", in.baseline);
    check_tonnage(Table::facilities, row, "baseline_sd", in.baseline_sd);
    if (in.elasticity) check_range(Table::facilities, row, "elasticity", *in.elasticity, 0.0, most, false);
    if (in.capacity) {
      const double capacity = in.capacity->in(tonnes_per_year);
      check_range(Table::facilities, row, "capacity", capacity, 0.0, most);
      if (must_balance_ && in.baseline && !is_bad(Table::facilities, row) && *in.capacity < *in.baseline) {
        report(
            Table::facilities, row, "capacity",
            "capacity " + number_text(capacity) + " is below baseline " + number_text(in.baseline->in(tonnes_per_year)),
            "capacity is the most the facility could do: raise it, or leave it empty for the baseline");
      }
    }
    if (in.latitude) check_range(Table::facilities, row, "latitude", *in.latitude, -90.0, 90.0);
    if (in.longitude) check_range(Table::facilities, row, "longitude", *in.longitude, -180.0, 180.0);
    tables_.facilities.push_back(std::move(out));
  }
}

LODE_INLINE void NetworkRules::read_recipes() {
  constexpr double most = std::numeric_limits<double>::max();
  constexpr const char* role_names[] = {"input", "output", "feed", "recovery"};
  rows_of_facility_.resize(tables_.facilities.size());
  for (std::size_t row = 0; row < records_.recipes.size(); ++row) {
    const RecipeRow& in = records_.recipes[row];
    const FacilityId facility = resolve_facility(in.facility, row);
    const CommodityId commodity = resolve(in.commodity, tables_.commodity_index, records_.commodities, Table::recipes,
                                          row, "commodity", "commodity");
    if (in.role == Role::recovery) {
      check_range(Table::recipes, row, "amount", in.amount, 0.0, 1.0, false);
    } else if (in.role != Role::feed) {
      check_range(Table::recipes, row, "amount", in.amount, 0.0, most, false);
    }
    check_range(Table::recipes, row, "criticality", in.criticality, 0.0, 1.0);
    if (!facility.valid()) continue;
    rows_of_facility_[facility.index()].push_back(row);
    if (!commodity.valid()) continue;
    Facility& out = tables_.facilities[facility.index()];
    const auto is_commodity = [&](const auto& entry) { return entry.commodity == commodity; };
    bool twice = false;
    switch (in.role) {
      case Role::input:
        twice = std::any_of(out.inputs.begin(), out.inputs.end(), is_commodity);
        if (!twice) out.inputs.push_back({commodity, in.amount, in.criticality, in.provenance});
        break;
      case Role::output:
        twice = std::any_of(out.outputs.begin(), out.outputs.end(), is_commodity);
        if (!twice) out.outputs.push_back({commodity, in.amount, in.provenance});
        break;
      case Role::feed:
        twice = std::any_of(out.feeds.begin(), out.feeds.end(), is_commodity);
        if (!twice) out.feeds.push_back({commodity, in.provenance});
        break;
      case Role::recovery: {
        twice = std::any_of(out.recoveries.begin(), out.recoveries.end(), is_commodity);
        if (twice) break;
        Recovery recovery{commodity, {}, in.amount, in.provenance};
        std::size_t held = 0;
        for (const Content& part : tables_.commodities[commodity.index()].composition) {
          if (part.content > 0.0) {
            recovery.material = part.material;
            ++held;
          }
        }
        if (held != 1 && unsettled_commodity_[commodity.index()]) {
          bad_[static_cast<std::size_t>(Table::recipes)][row] = true;
        } else if (held != 1) {
          report(Table::recipes, row, "commodity",
                 "recovered commodity " + detail::quoted(tables_.commodities[commodity.index()].id) + " holds " +
                     std::to_string(held) + " materials",
                 "a recovery row needs a commodity whose composition is exactly one material");
        }
        out.recoveries.push_back(std::move(recovery));
        break;
      }
    }
    // What role a row with a problem has may not be known: only rows without one are compared.
    const auto is_comparable = [&](std::size_t other) {
      const RecipeRow& entry = records_.recipes[other];
      return other != row && !entry.reported && entry.role == in.role &&
             shown(entry.commodity, records_.commodities) == tables_.commodities[commodity.index()].id;
    };
    const std::vector<std::size_t>& rows = rows_of_facility_[facility.index()];
    if (twice && !in.reported && std::any_of(rows.begin(), rows.end(), is_comparable)) {
      report(Table::recipes, row, "commodity",
             std::string(role_names[static_cast<std::size_t>(in.role)]) + ' ' +
                 detail::quoted(tables_.commodities[commodity.index()].id) + " of facility " + detail::quoted(out.id) +
                 " is there twice",
             "keep one row for each facility, role and commodity");
    }
  }
}

LODE_INLINE void NetworkRules::read_end_uses() {
  constexpr double most = std::numeric_limits<double>::max();
  for (std::size_t row = 0; row < records_.end_uses.size(); ++row) {
    const EndUseRow& in = records_.end_uses[row];
    EndUse out;
    out.id = in.id;
    out.name = in.name;
    out.sector = in.sector;
    out.demand = in.demand.value_or(TonnesPerYear{});
    out.demand_sd = in.demand_sd;
    out.weight = in.weight;
    out.elasticity = in.elasticity;
    out.waits = in.waits;
    out.provenance = in.provenance;
    const bool is_new = enter(tables_.place_index, in.id, PlaceId{EndUseId{row}});
    if (check_id(Table::end_uses, row, in.id) && !is_new) {
      const bool facility = tables_.place_index.find(in.id)->second.is_facility();
      report(Table::end_uses, row, "id",
             std::string(facility ? "a facility" : "an end use") + " with the id " + detail::quoted(in.id) +
                 " is there already",
             "facilities and end uses share one id space: rename one of them");
      unsettle(tables_.place_index.find(in.id)->second);
    }
    out.country =
        resolve(in.country, tables_.country_index, records_.countries, Table::end_uses, row, "country", "country");
    out.commodity = resolve(in.commodity, tables_.commodity_index, records_.commodities, Table::end_uses, row,
                            "commodity", "commodity");
    if (in.sector.empty() && !is_gap(Table::end_uses, row, in.sector)) {
      report(Table::end_uses, row, "sector", "sector is empty", "name the sector, \"other\" if none fits");
    }
    require_figure(Table::end_uses, row, "demand", in.demand);
    check_tonnage(Table::end_uses, row, "demand_sd", in.demand_sd);
    check_range(Table::end_uses, row, "weight", in.weight, 0.0, most, false);
    if (in.elasticity && !std::isfinite(*in.elasticity)) {
      report(Table::end_uses, row, "elasticity", "elasticity is not finite", "give a number or leave it empty");
    }
    tables_.end_uses.push_back(std::move(out));
  }
}

LODE_INLINE void NetworkRules::check_technologies() {
  for (std::size_t f = 0; f < tables_.facilities.size(); ++f) {
    const Facility& facility = tables_.facilities[f];
    const bool recipe_rows_are_bad = std::any_of(rows_of_facility_[f].begin(), rows_of_facility_[f].end(),
                                                 [this](std::size_t row) { return is_bad(Table::recipes, row); });
    const std::string name = "facility " + detail::quoted(facility.id);
    const auto has_row = [&](Role a, Role b) {
      return std::any_of(rows_of_facility_[f].begin(), rows_of_facility_[f].end(), [&](std::size_t row) {
        const RecipeRow& entry = records_.recipes[row];
        return !entry.reported && (entry.role == a || entry.role == b);
      });
    };
    if (has_row(Role::input, Role::output) && has_row(Role::feed, Role::recovery)) {
      report(Table::facilities, f, "id", name + " has a recipe (input, output) and a separation (feed, recovery)",
             "split it into two facilities");
    } else if (facility.is_separator()) {
      if (facility.kind != FacilityKind::refiner && facility.kind != FacilityKind::recycler &&
          !records_.facilities[f].reported) {
        report(Table::facilities, f, "kind",
               name + " of kind " + detail::quoted(to_string(facility.kind)) + " has feed or recovery rows",
               "only kinds refiner and recycler separate: change the kind, or use input and output rows");
      }
      if (facility.feeds.empty() && !recipe_rows_are_bad && !unsettled_facility_[f]) {
        report(Table::facilities, f, "id", name + " has recoveries but no feed", "add a feed row");
      }
      if (facility.recoveries.empty() && !recipe_rows_are_bad && !unsettled_facility_[f]) {
        report(Table::facilities, f, "id", name + " has feeds but no recovery", "add a recovery row");
      }
    } else if (facility.outputs.empty() && !recipe_rows_are_bad && !unsettled_facility_[f] &&
               !is_bad(Table::facilities, f)) {
      report(Table::facilities, f, "id", name + " makes nothing", "add an output row, or feed and recovery rows");
    }
    if (recipe_rows_are_bad || is_bad(Table::facilities, f)) unsettled_facility_[f] = true;
  }
}

LODE_INLINE bool NetworkRules::makes(FacilityId id, CommodityId commodity) const {
  const Facility& facility = tables_.facilities[id.index()];
  const auto is_commodity = [&](const auto& entry) { return entry.commodity == commodity; };
  return std::any_of(facility.outputs.begin(), facility.outputs.end(), is_commodity) ||
         std::any_of(facility.recoveries.begin(), facility.recoveries.end(), is_commodity);
}

LODE_INLINE bool NetworkRules::takes(PlaceId id, CommodityId commodity) const {
  if (id.is_end_use()) return tables_.end_uses[id.end_use().index()].commodity == commodity;
  const Facility& facility = tables_.facilities[id.facility().index()];
  const auto is_commodity = [&](const auto& entry) { return entry.commodity == commodity; };
  return std::any_of(facility.inputs.begin(), facility.inputs.end(), is_commodity) ||
         std::any_of(facility.feeds.begin(), facility.feeds.end(), is_commodity);
}

LODE_INLINE void NetworkRules::read_routes() {
  constexpr double most = std::numeric_limits<double>::max();
  tables_.routes.reserve(records_.routes.size());
  tables_.route_index.reserve(records_.routes.size());
  for (std::size_t row = 0; row < records_.routes.size(); ++row) {
    const RouteRow& in = records_.routes[row];
    const PlaceId from = resolve_place(in.from, Table::routes, row, "from");
    if (!from.valid()) unsettle(find(tables_.place_index, suggestion_).value_or(PlaceId{}));
    const PlaceId to = resolve_place(in.to, Table::routes, row, "to");
    if (!to.valid()) unsettle(find(tables_.place_index, suggestion_).value_or(PlaceId{}));
    const CommodityId commodity = resolve(in.commodity, tables_.commodity_index, records_.commodities, Table::routes,
                                          row, "commodity", "commodity");
    const TonnesPerYear flow = in.flow.value_or(TonnesPerYear{});
    require_figure(Table::routes, row, "flow", in.flow);
    if (in.spec.capacity) {
      const double capacity = in.spec.capacity->in(tonnes_per_year);
      check_range(Table::routes, row, "capacity", capacity, 0.0, most);
      if (must_balance_ && !is_bad(Table::routes, row) && *in.spec.capacity < flow) {
        report(Table::routes, row, "capacity",
               "capacity " + number_text(capacity) + " is below flow " + number_text(flow.in(tonnes_per_year)),
               "raise the capacity, or leave it empty for no limit");
      }
    }
    if (in.spec.cost) check_range(Table::routes, row, "cost", in.spec.cost->in(usd_per_tonne), 0.0, most);
    if (in.spec.lead_time) check_range(Table::routes, row, "lead_time_days", in.spec.lead_time->in(days), 0.0, longest_lead_time);
    check_tonnage(Table::routes, row, "flow_sd", in.spec.flow_sd);
    if (from.valid() && commodity.valid()) {
      if (from.is_end_use()) {
        report(Table::routes, row, "from",
               "end use " + detail::quoted(tables_.end_uses[from.end_use().index()].id) + " can not supply anything",
               "a route starts at a facility");
      } else if (!makes(from.facility(), commodity) && !unsettled_facility_[from.facility().index()]) {
        report(Table::routes, row, "from",
               "facility " + detail::quoted(tables_.facilities[from.facility().index()].id) + " does not make " +
                   detail::quoted(tables_.commodities[commodity.index()].id),
               "add an output or recovery row for it, or correct the route");
      }
    }
    if (to.valid() && commodity.valid()) {
      if (to.is_facility() && tables_.facilities[to.facility().index()].kind == FacilityKind::mine) {
        report(Table::routes, row, "to",
               "mine " + detail::quoted(tables_.facilities[to.facility().index()].id) + " can not be supplied",
               "a route ends at a facility of another kind or an end use");
      } else if (!takes(to, commodity) && (to.is_facility() ? !unsettled_facility_[to.facility().index()]
                                                            : !is_bad(Table::end_uses, to.end_use().index()))) {
        const std::string name = to.is_facility()
                                     ? "facility " + detail::quoted(tables_.facilities[to.facility().index()].id)
                                     : "end use " + detail::quoted(tables_.end_uses[to.end_use().index()].id);
        report(Table::routes, row, "to",
               name + " does not take " + detail::quoted(tables_.commodities[commodity.index()].id),
               "add an input or feed row for it, or correct the route");
      }
    }
    if (from.valid() && to.valid() && commodity.valid() &&
        !tables_.route_index.emplace(RouteKey{from, to, commodity}, RouteId{row}).second) {
      report(Table::routes, row, "from", "this route with the same from, to and commodity is there twice",
             "add the flows up into one row");
    }
    if (is_bad(Table::routes, row)) {
      unsettle(from);
      unsettle(to);
    }
    tables_.routes.push_back(
        {from, to, commodity, flow, in.spec.capacity, in.spec.cost, in.spec.lead_time, in.spec.flow_sd, in.provenance});
  }
}

LODE_INLINE void NetworkRules::read_stocks() {
  constexpr double most = std::numeric_limits<double>::max();
  std::set<std::tuple<PlaceId, CommodityId, StockKind>> seen;
  for (std::size_t row = 0; row < records_.stocks.size(); ++row) {
    const StockRow& in = records_.stocks[row];
    const PlaceId holder = resolve_place(in.holder, Table::stocks, row, "holder");
    const CommodityId commodity = resolve(in.commodity, tables_.commodity_index, records_.commodities, Table::stocks,
                                          row, "commodity", "commodity");
    check_range(Table::stocks, row, "amount", in.amount.in(tonnes), 0.0, most);
    if (!holder.valid() || !commodity.valid()) continue;
    const bool handled = takes(holder, commodity) || (holder.is_facility() && makes(holder.facility(), commodity));
    const bool settled = holder.is_facility() ? !unsettled_facility_[holder.facility().index()]
                                              : !is_bad(Table::end_uses, holder.end_use().index());
    // The kind of a row with a problem may not be known.
    if (in.kind != StockKind::reserve && !handled && settled && !in.reported) {
      report(Table::stocks, row, "commodity",
             "the holder neither takes nor makes " + detail::quoted(tables_.commodities[commodity.index()].id),
             "correct the holder or the commodity; only a reserve may lie anywhere");
    }
    if (!in.reported && !seen.emplace(holder, commodity, in.kind).second) {
      report(Table::stocks, row, "holder", "this stock of the same holder, commodity and kind is there twice",
             "add the amounts up into one row");
    }
    tables_.stocks.push_back({holder, commodity, in.amount, in.kind, in.provenance});
  }
}

LODE_INLINE void NetworkRules::read_covers() {
  constexpr double most = std::numeric_limits<double>::max();
  std::set<std::tuple<Stage, CountryId, StockKind>> seen;
  for (std::size_t row = 0; row < records_.covers.size(); ++row) {
    const CoverRow& in = records_.covers[row];
    const auto* name = std::get_if<std::string>(&in.country.value());
    const bool is_for_all = name != nullptr && *name == "*";
    const CountryId country = is_for_all ? CountryId{}
                                         : resolve(in.country, tables_.country_index, records_.countries, Table::cover,
                                                   row, "country", "country");
    if (in.spec.kind == StockKind::reserve) {
      report(Table::cover, row, "kind", "kind \"reserve\" has no cover",
             "use input or output, or give the tonnes of the reserve as a stock");
    }
    const double best = in.days.in(days);
    const bool has_low = in.spec.low.has_value(), has_high = in.spec.high.has_value();
    const double low = has_low ? in.spec.low->in(days) : best, high = has_high ? in.spec.high->in(days) : best;
    check_range(Table::cover, row, "days", best, 0.0, most);
    if (has_low) check_range(Table::cover, row, "days_low", low, 0.0, most);
    if (has_high) check_range(Table::cover, row, "days_high", high, 0.0, most);
    const bool are_numbers = low >= 0.0 && best >= 0.0 && high >= 0.0;
    // A cell that could not be read is absent or 0 here: rows with a problem are not compared.
    if (has_low != has_high && !in.reported) {
      report(Table::cover, row, has_low ? "days_high" : "days_low",
             has_low ? "days_low is given, days_high is not" : "days_high is given, days_low is not",
             "give both or none");
    } else if (are_numbers && (best < low || best > high) && !in.reported) {
      report(Table::cover, row, "days",
             "days " + number_text(best) + " is not between days_low " + number_text(low) + " and days_high " +
                 number_text(high),
             "days is the best guess, days_low and days_high what it may as well be");
    }
    const bool is_known = country.valid() || is_for_all;
    if (is_known && !in.reported && !seen.emplace(in.stage, country, in.spec.kind).second) {
      report(Table::cover, row, "country", "this cover of the same stage, country and kind is there twice",
             "keep one of the two");
    }
    tables_.covers.push_back({in.stage, country, in.spec.kind, in.days, in.spec.low, in.spec.high, in.provenance});
  }
}

}  // namespace lode::inline LODE_ABI::detail
