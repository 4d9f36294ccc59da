// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <io/table_reader.hpp>
#include <lode/observations.hpp>
#include <lode/shock.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// The word in the column `quantity` of totals.csv, by kind of shock whose selectors apply.
inline constexpr std::array<std::string_view, 5> quantity_names{"baseline", "demand", "flow", "export", "import"};

/// The columns of totals.csv that select, in the order of its spec.
inline constexpr std::array<std::string_view, 11> selector_names{
    "facility", "country", "facility_kind", "operator", "from", "to", "commodity", "partners", "except", "end_use",
    "sector"};

/// Calls `visit(name, selection)` for each selector that the shock has.
template <class Effect, class Visit>
void for_each_selector(Effect& effect, Visit visit) {
  using Kind = std::decay_t<Effect>;
  if constexpr (std::is_same_v<Kind, CapacityShock>) {
    visit("facility", effect.facility);
    visit("country", effect.country);
    visit("facility_kind", effect.facility_kind);
    visit("operator", effect.operator_name);
  } else if constexpr (std::is_same_v<Kind, DemandShock>) {
    visit("end_use", effect.end_use);
    visit("country", effect.country);
    visit("sector", effect.sector);
    visit("commodity", effect.commodity);
  } else if constexpr (std::is_same_v<Kind, RouteShock>) {
    visit("from", effect.from);
    visit("to", effect.to);
    visit("commodity", effect.commodity);
  } else if constexpr (std::is_same_v<Kind, ExportShock> || std::is_same_v<Kind, ImportShock>) {
    visit("country", effect.country);
    visit("commodity", effect.commodity);
    visit("partners", effect.partners);
    visit("except", effect.except);
  }
}

[[nodiscard]] inline std::string_view quantity_of(const Effect& over) {
  if (std::holds_alternative<CapacityShock>(over)) return quantity_names[0];
  if (std::holds_alternative<DemandShock>(over)) return quantity_names[1];
  if (std::holds_alternative<RouteShock>(over)) return quantity_names[2];
  return quantity_names[std::holds_alternative<ExportShock>(over) ? 3 : 4];
}

/// The cell of a selector: its ids with ';' between them, empty if it is not given.
[[nodiscard]] inline std::string selector_text(const Effect& over, std::string_view column) {
  std::string text;
  std::visit(
      [&](const auto& effect) {
        for_each_selector(effect, [&](std::string_view name, const Selection& selection) {
          if (name != column) return;
          for (const std::string& id : selection.ids()) text += (text.empty() ? "" : ";") + id;
        });
      },
      over);
  return text;
}

/// Reads what a row of totals.csv adds up.
class TotalSelectors {
 public:
  explicit TotalSelectors(const TableReader& table) : quantity_(table.column("quantity")) {
    for (const std::string_view name : selector_names) columns_.push_back(table.column(name));
  }

  [[nodiscard]] Effect read(TableReader& row) const {
    const std::size_t quantity = row.required_choice(quantity_, quantity_names, 0);
    Effect over = shock_of(quantity);
    std::vector<std::string_view> used;
    std::visit(
        [&](auto& effect) {
          for_each_selector(effect, [&](std::string_view name, Selection& selection) {
            used.push_back(name);
            const std::string_view cell = row.text(row.column(name));
            if (!cell.empty()) selection = Selection(split(cell));
          });
        },
        over);
    if (row.is_reported()) return over;
    for (const TableReader::Column& column : columns_) {
      if (row.text(column).empty() || std::find(used.begin(), used.end(), column.name) != used.end()) continue;
      std::string legal;
      for (const std::string_view name : used) legal += (legal.empty() ? "" : ", ") + std::string(name);
      row.report(column,
                 "a total of quantity " + shown(quantity_names[quantity]) + " does not use " + std::string(column.name),
                 "leave it empty; its selectors are " + legal);
    }
    return over;
  }

 private:
  static Effect shock_of(std::size_t quantity) {
    switch (quantity) {
      case 0: return CapacityShock{};
      case 1: return DemandShock{};
      case 2: return RouteShock{};
      case 3: return ExportShock{};
      default: return ImportShock{};
    }
  }
  static std::vector<std::string> split(std::string_view cell) {
    std::vector<std::string> ids;
    for (std::size_t end = 0; end != std::string_view::npos;) {
      end = cell.find(';');
      ids.emplace_back(cell.substr(0, end));
      if (end != std::string_view::npos) cell.remove_prefix(end + 1);
    }
    return ids;
  }

  TableReader::Column quantity_;
  std::vector<TableReader::Column> columns_;
};

/// Places of a total's selectors: the cell of the column that a pointer such as "/country/0" begins with.
class TotalOrigin : public Origin {
 public:
  TotalOrigin(const TablePlaces& places, std::size_t row) : places_(places), row_(row) {}
  [[nodiscard]] Place at(std::string_view pointer) const override {
    if (pointer.starts_with('/')) pointer.remove_prefix(1);
    const std::string_view column = pointer.substr(0, pointer.find('/'));
    return places_.at(row_, column.empty() ? "quantity" : column);
  }

 private:
  const TablePlaces& places_;
  std::size_t row_;
};

}  // namespace lode::inline LODE_ABI::io_detail
