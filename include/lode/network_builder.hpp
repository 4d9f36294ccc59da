// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <lode/config.hpp>
#include <lode/error.hpp>
#include <lode/ids.hpp>
#include <lode/network.hpp>
#include <lode/observations.hpp>
#include <lode/units.hpp>

/// Build a network in code, with the verbs of the field.
///
///     using namespace lode::literals;
///     lode::NetworkBuilder world;
///     world.add_country("CHN", "China");
///     const auto dy = world.add_material("dy", "Dysprosium");
///     const auto clay = world.add_commodity("clay", lode::Stage::mining, {{dy, 0.026}});
///     const auto oxide = world.add_commodity("dy_oxide", lode::Stage::separation, {{dy, 0.8713}});
///     const auto longnan = world.add_mine("longnan", "CHN", {.makes = clay, .baseline = 1000.0_t_per_yr});
///     const auto ganzhou = world.add_refiner("ganzhou", "CHN", {.feeds = {clay}, .recovers = {{oxide, 0.92}}});
///     world.add_route(longnan, ganzhou, clay, 1000.0_t_per_yr);
///     const lode::Network network = world.build();   // throws InvalidNetwork with every problem and its mend
///
/// Items are named by the handle an `add_` call returned or by their id, in any order: names are looked up in `build`.
namespace lode::inline LODE_ABI {

/// A handle, or the id of an item that is added before or after.
template <class Id>
class Ref {
 public:
  Ref() = default;
  Ref(Id id) : value_(id) {}
  Ref(std::string_view id) : value_(std::string(id)) {}
  Ref(const std::string& id) : value_(id) {}
  Ref(const char* id) : value_(std::string(id)) {}
  template <class Other>
    requires std::is_same_v<Id, PlaceId> && (std::is_same_v<Other, FacilityId> || std::is_same_v<Other, EndUseId>)
  Ref(Other id) : value_(PlaceId(id)) {}

  [[nodiscard]] const std::variant<Id, std::string>& value() const { return value_; }

 private:
  std::variant<Id, std::string> value_;
};

/// A mine: the concentrate it makes (activity is tonnes of it).
struct MineSpec {
  Ref<CommodityId> makes;
  std::optional<TonnesPerYear> baseline = TonnesPerYear{};  ///< `std::nullopt`: not measured, see `observe`
  std::optional<TonnesPerYear> capacity = std::nullopt;
  std::string name = {};
  std::string operator_name = {};
  std::optional<TonnesPerYear> baseline_sd = std::nullopt;
  std::optional<double> elasticity = std::nullopt;  ///< of supply, above 0
};

/// A refiner or recycler: takes any mix of `feeds` (activity is tonnes of all feed), wins `recovers`.
struct SeparatorSpec {
  struct Product {
    Ref<CommodityId> commodity;  ///< holds exactly one material
    double recovery = 1.0;       ///< share of the contained material that is won, 0 < r <= 1
  };
  std::vector<Ref<CommodityId>> feeds = {};
  std::vector<Product> recovers = {};
  std::optional<TonnesPerYear> baseline = std::nullopt;  ///< absent = the feed that the routes bring
  std::optional<TonnesPerYear> capacity = std::nullopt;
  std::string name = {};
  std::string operator_name = {};
  std::optional<TonnesPerYear> baseline_sd = std::nullopt;
  std::optional<double> elasticity = std::nullopt;  ///< of supply, above 0
};

/// A metal or magnet maker or any other plant with a fixed recipe per tonne of activity.
struct MakerSpec {
  struct Use {
    Ref<CommodityId> commodity;
    double amount = 1.0;       ///< t per t of activity, above 0
    double criticality = 1.0;  ///< 0 .. 1
  };
  struct Product {
    Ref<CommodityId> commodity;
    double amount = 1.0;  ///< t per t of activity, above 0
  };
  std::vector<Use> uses = {};
  std::vector<Product> makes = {};
  std::optional<TonnesPerYear> baseline = TonnesPerYear{};  ///< `std::nullopt`: not measured, see `observe`
  std::optional<TonnesPerYear> capacity = std::nullopt;
  std::string name = {};
  std::string operator_name = {};
  std::optional<TonnesPerYear> baseline_sd = std::nullopt;
  std::optional<double> elasticity = std::nullopt;  ///< of supply, above 0
};

struct EndUseSpec {
  Ref<CommodityId> takes;
  std::optional<TonnesPerYear> demand = TonnesPerYear{};  ///< `std::nullopt`: not measured, see `observe`
  std::string sector = "other";
  double weight = 1.0;  ///< above 0
  std::optional<double> elasticity = std::nullopt;  ///< of demand, mostly below 0
  std::string name = {};
  std::optional<TonnesPerYear> demand_sd = std::nullopt;
  bool waits = false;  ///< simulate: what is not delivered is asked for again; else it is lost
};

/// What a route may have beside its flow.
struct RouteSpec {
  std::optional<TonnesPerYear> capacity = std::nullopt;
  std::optional<UsdPerTonne> cost = std::nullopt;
  std::optional<Days> lead_time = std::nullopt;
  std::optional<TonnesPerYear> flow_sd = std::nullopt;
};

/// What a cover may have beside its days.
struct CoverSpec {
  StockKind kind = StockKind::input;       ///< input or output
  std::optional<Days> low = std::nullopt;  ///< what it may as well be: both or none, low <= days <= high
  std::optional<Days> high = std::nullopt;
};

/// The tables of a network, as in a data package; problems are located by table, row and column.
enum class Table {
  materials,
  countries,
  commodities,
  composition,
  facilities,
  recipes,
  end_uses,
  routes,
  stocks,
  cover
};

namespace detail {
struct BuilderRecords;
}  // namespace detail

/// Collects the parts of a network; `build` checks them all and makes the network. Adding costs O(1), building
/// O(rows) expected.
class NetworkBuilder {
 public:
  NetworkBuilder();
  ~NetworkBuilder();
  NetworkBuilder(NetworkBuilder&&) noexcept;
  NetworkBuilder& operator=(NetworkBuilder&&) noexcept;
  NetworkBuilder(const NetworkBuilder&) = delete;
  NetworkBuilder& operator=(const NetworkBuilder&) = delete;

  MaterialId add_material(std::string id, std::string name = {});
  /// `id`: three capitals, ISO 3166-1 alpha-3.
  CountryId add_country(std::string id, std::string name = {}, std::optional<double> governance = std::nullopt);

  struct Part {
    Ref<MaterialId> material;
    double content = 0.0;  ///< t of the material in 1 t, 0 .. 1
  };
  CommodityId add_commodity(std::string id, Stage stage, const std::vector<Part>& composition = {},
                            std::string name = {});

  FacilityId add_mine(std::string id, Ref<CountryId> country, const MineSpec& spec);
  FacilityId add_refiner(std::string id, Ref<CountryId> country, const SeparatorSpec& spec);
  FacilityId add_recycler(std::string id, Ref<CountryId> country, const SeparatorSpec& spec);
  FacilityId add_metal_maker(std::string id, Ref<CountryId> country, const MakerSpec& spec);
  FacilityId add_magnet_maker(std::string id, Ref<CountryId> country, const MakerSpec& spec);
  /// A plant of kind `other`.
  FacilityId add_plant(std::string id, Ref<CountryId> country, const MakerSpec& spec);

  EndUseId add_end_use(std::string id, Ref<CountryId> country, const EndUseSpec& spec);

  /// A second route with the same ends and commodity is a problem reported by `build`. No flow: not measured, see
  /// `observe`.
  RouteId add_route(Ref<PlaceId> from, Ref<PlaceId> to, Ref<CommodityId> commodity, std::optional<TonnesPerYear> flow,
                    const RouteSpec& spec = {});
  void add_stock(Ref<PlaceId> holder, Ref<CommodityId> commodity, Tonnes amount, StockKind kind = StockKind::input);
  /// How long the stocks of a stage last; `country` of the holder, "*" for all that have no cover of their own.
  void add_cover(Stage stage, Ref<CountryId> country, Days lasts, const CoverSpec& spec = {});

  /// The row-by-row forms that loaders use: a table's n-th call is its row n.
  ///@{
  FacilityId add_facility(std::string id, std::string name, FacilityKind kind, Ref<CountryId> country,
                          std::optional<TonnesPerYear> baseline, std::optional<TonnesPerYear> capacity = std::nullopt,
                          std::string operator_name = {});
  void set_baseline_sd(FacilityId facility, std::optional<TonnesPerYear> baseline_sd);
  void set_elasticity(FacilityId facility, std::optional<double> elasticity);
  void set_position(FacilityId facility, std::optional<double> latitude, std::optional<double> longitude);
  void add_content(Ref<CommodityId> commodity, Ref<MaterialId> material, double content);
  void add_input(Ref<FacilityId> facility, Ref<CommodityId> commodity, double amount, double criticality = 1.0);
  void add_output(Ref<FacilityId> facility, Ref<CommodityId> commodity, double amount);
  void add_feed(Ref<FacilityId> facility, Ref<CommodityId> commodity);
  void add_recovery(Ref<FacilityId> facility, Ref<CommodityId> commodity, double recovery);
  ///@}

  /// Makes room for `rows` rows of `table`: adding many is faster.
  void reserve(Table table, std::size_t rows);

  /// Sources and remark of the last row added to `table`.
  void set_provenance(Table table, Provenance provenance);

  /// The last row added to `table` already has a problem that the caller reports: rules that would only repeat it, the
  /// balances it takes part in for one, are skipped. With `whole_row` nothing about the row is reported any more.
  void mark_reported(Table table, bool whole_row = false);

  /// Rows of `table` are missing and the caller reports that: names not found in it, and balances they may belong to,
  /// are not reported again.
  void mark_incomplete(Table table);

  /// Translates a row and column of a table into a place for messages (a file's line, for loaders). The default names
  /// the item: `facility "longnan"`.
  using Locator = std::function<Place(Table table, std::size_t row, std::string_view column)>;
  void set_locator(Locator locator);

  /// The network, or `InvalidNetwork` with every problem. The rules, relative tolerance 1e-6 for balances:
  ///   ids: well formed, unique; facilities and end uses share one id space; names that are used exist.
  ///   ranges: content and criticality 0..1, contents of a commodity add up to at most 1, 0 < recovery <= 1, amounts and
  ///     weights above 0, tonnages and days not negative, capacity at least baseline (facility) or flow (route).
  ///   technology: a facility has outputs, or feeds and recoveries, never both; only refiners and recyclers separate;
  ///     a recovered commodity holds exactly one material.
  ///   routes: from a facility that makes the commodity to a place that takes it; never to a mine; no two alike.
  ///   covers: of inputs or outputs, their days between low and high; no two of a stage, country and kind.
  ///   base year: recipe inputs: inflow >= amount * baseline; outputs: outflow <= what is made; separators: inflow of all
  ///     feeds = baseline; end uses: inflow <= demand.
  [[nodiscard]] Network build() const;

  /// Published figures, for `reconcile`: every rule holds but the balances of the base year and the capacities, and
  /// baselines, demands and flows may be absent. Throws `InvalidNetwork` with every problem.
  [[nodiscard]] Observations observe() const;

  /// `build` for loaders: every problem found, and the network if there is none.
  struct Outcome {
    std::optional<Network> network;
    Unmeasured unmeasured;  ///< of `try_observe`
    std::vector<Issue> problems;
    /// Legal but suspicious: outputs that contain more of a material than the inputs (mines aside), an end use nobody
    /// supplies, a commodity without composition.
    std::vector<Issue> warnings;
  };
  [[nodiscard]] Outcome try_build() const;
  [[nodiscard]] Outcome try_observe() const;

 private:
  [[nodiscard]] Outcome check(bool must_balance) const;

  std::unique_ptr<detail::BuilderRecords> records_;
};

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/network_builder.ipp>  // IWYU pragma: export
#endif
