// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
// Before the guard: header-only, these headers include this one where they need it.
#include <lode/detail/builder_records.hpp>
#include <lode/detail/network_tables.hpp>

#ifndef LODE_DETAIL_NETWORK_RULES_HPP
#define LODE_DETAIL_NETWORK_RULES_HPP

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Turns the rows of a builder into tables and reports every rule they break. Private.
namespace lode::inline LODE_ABI::detail {

/// Relative tolerance of the base year's balances.
inline constexpr double balance_tolerance = 1e-6;

/// The row added last, or nullptr for an empty table.
[[nodiscard]] Row* last_row(BuilderRecords& records, Table table);

/// A row of a table.
[[nodiscard]] const Row& row_of(const BuilderRecords& records, Table table, std::size_t row);

/// `[a-z0-9][a-z0-9_.-]*`
[[nodiscard]] bool is_id(std::string_view text);

/// Three capitals.
[[nodiscard]] bool is_country_code(std::string_view text);

class NetworkRules {
 public:
  /// Without `must_balance` the base year is taken as published: it may have gaps, not balance and exceed capacities.
  NetworkRules(const BuilderRecords& records, bool must_balance, std::vector<Issue>& problems,
               std::vector<Issue>& warnings)
      : records_(records), must_balance_(must_balance), problems_(problems), warnings_(warnings) {}

  /// The tables, or nothing if a rule is broken or a row was marked as reported.
  [[nodiscard]] std::optional<NetworkTables> check();

 private:
  void read_materials();
  void read_countries();
  void read_commodities();
  void read_composition();
  void read_facilities();
  void read_recipes();
  void read_end_uses();
  void check_technologies();
  void read_routes();
  void read_stocks();
  void read_covers();
  void check_balances();
  void check_separator(std::size_t facility, const std::vector<double>& inflow, const std::vector<double>& outflow);
  void check_recipe(std::size_t facility, const std::vector<double>& inflow, const std::vector<double>& outflow);
  void warn();

  [[nodiscard]] Place place(Table table, std::size_t row, std::string_view column) const;
  /// Reports a problem of a row and marks the row, so that later rules do not repeat it.
  void report(Table table, std::size_t row, std::string_view column, std::string what, std::string mend);
  /// A figure that a balanced base year has to give, at least 0.
  void require_figure(Table table, std::size_t row, std::string_view column, std::optional<TonnesPerYear> figure);
  /// A tonnage at least 0, if it is there.
  void check_tonnage(Table table, std::size_t row, std::string_view column, std::optional<TonnesPerYear> tonnage);
  void check_range(Table table, std::size_t row, std::string_view column, double value, double low, double high,
                   bool low_is_legal = true);
  bool check_id(Table table, std::size_t row, const std::string& id);
  /// True for a cell whose absence the caller has reported.
  [[nodiscard]] bool is_gap(Table table, std::size_t row, const std::string& cell) const;

  /// The handle behind a reference, or an invalid one after reporting that it does not exist.
  template <class Id, class Rows>
  Id resolve(const Ref<Id>& ref, const IdIndex<Id>& index, const Rows& rows, Table table, std::size_t row,
             std::string_view column, std::string_view noun);
  PlaceId resolve_place(const Ref<PlaceId>& ref, Table table, std::size_t row, std::string_view column);
  FacilityId resolve_facility(const Ref<FacilityId>& ref, std::size_t row);
  /// Marks the row; true if the caller has reported why a name is not found, so that it is not reported again.
  bool miss(Table table, std::size_t row, const std::string& name, std::initializer_list<Table> searched);
  const std::string& suggest(const std::string& name, const std::vector<std::string_view>& candidates);
  void unsettle(PlaceId place);

  [[nodiscard]] bool makes(FacilityId facility, CommodityId commodity) const;
  [[nodiscard]] bool takes(PlaceId place, CommodityId commodity) const;
  [[nodiscard]] bool is_bad(Table table, std::size_t row) const { return bad_[static_cast<std::size_t>(table)][row]; }
  [[nodiscard]] bool is_incomplete(Table table) const { return records_.incomplete[static_cast<std::size_t>(table)]; }

  const BuilderRecords& records_;
  const bool must_balance_;
  std::vector<Issue>& problems_;
  std::vector<Issue>& warnings_;
  NetworkTables tables_;
  std::vector<bool> bad_[10];                ///< by table and row: has a problem
  std::vector<std::size_t> recipe_rows_[4];  ///< by role: the rows in the order of their facility's list
  std::vector<std::vector<std::size_t>> rows_of_facility_;  ///< recipe rows by facility
  /// A row that enters the balance has a problem.
  std::vector<bool> unsettled_facility_, unsettled_end_use_, unsettled_commodity_;
  std::string suggestion_;  ///< what the last name that was not found was probably meant to be
  int suggestions_ = 0;
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/network_balances.ipp>  // IWYU pragma: export
#include <lode/impl/network_rules.ipp>     // IWYU pragma: export
#endif

#endif  // LODE_DETAIL_NETWORK_RULES_HPP
