// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <lode/config.hpp>
#include <lode/ids.hpp>
#include <lode/units.hpp>

/// The supply chain in its base year: who makes what from what, and what flows where.
///
/// A `Network` is immutable and cheap to copy (it shares one set of tables). Make one with `NetworkBuilder` or load one
/// as part of a `Dataset`; either way it has passed every rule, the balance of the base year included. Only the network
/// inside `Observations` (observations.hpp) holds published figures that need not balance.
///
///     for (const lode::Facility& plant : network.facilities())
///       if (plant.kind == lode::FacilityKind::refiner) std::cout << plant.id << '\n';
///     if (const auto china = network.find_country("CHN")) std::cout << network[*china].name;
namespace lode::inline LODE_ABI {

/// The stage of the chain a commodity belongs to, in the order of the chain.
enum class Stage { mining, separation, metal, magnet, product };

enum class FacilityKind { mine, refiner, metal_maker, magnet_maker, recycler, other };

/// What a stock is for: waiting to be used, waiting to be sold, or held back and released by rule.
enum class StockKind { input, output, reserve };

[[nodiscard]] std::string_view to_string(Stage stage);
[[nodiscard]] std::string_view to_string(FacilityKind kind);
[[nodiscard]] std::string_view to_string(StockKind kind);

/// Where a row of data comes from: ids of the data set's sources, and a remark. Carried along, never computed with.
struct Provenance {
  std::vector<std::string> sources;
  std::string note;
  friend bool operator==(const Provenance&, const Provenance&) = default;
};

/// An element, or a group counted as one, whose shortfall is of interest.
struct Material {
  std::string id;
  std::string name;
  Provenance provenance;
  friend bool operator==(const Material&, const Material&) = default;
};

struct Country {
  std::string id;                    ///< three capitals, ISO 3166-1 alpha-3
  std::string name;
  std::optional<double> governance;  ///< World Governance Indicators mean, -2.5 .. 2.5
  Provenance provenance;
  friend bool operator==(const Country&, const Country&) = default;
};

/// `content` tonnes of the material in one tonne of a commodity, 0 .. 1.
struct Content {
  MaterialId material;
  double content = 0.0;
  Provenance provenance;
  friend bool operator==(const Content&, const Content&) = default;
};

/// Something that flows, measured in tonnes of itself.
struct Commodity {
  std::string id;
  std::string name;
  Stage stage = Stage::mining;
  std::vector<Content> composition;  ///< adds up to at most 1
  Provenance provenance;

  /// Tonnes of `material` in one tonne; 0 if it holds none.
  [[nodiscard]] double content(MaterialId material) const {
    for (const Content& part : composition) {
      if (part.material == material) return part.content;
    }
    return 0.0;
  }
  friend bool operator==(const Commodity&, const Commodity&) = default;
};

/// `amount` t of the commodity per t of activity. At criticality 1 the activity stops without it; at c < 1 an input
/// that falls to coverage v leaves 1 - c (1 - v) of the activity.
struct Input {
  CommodityId commodity;
  double amount = 1.0;
  double criticality = 1.0;
  Provenance provenance;
  friend bool operator==(const Input&, const Input&) = default;
};

/// `amount` t of the commodity per t of activity; several outputs are joint products.
struct Output {
  CommodityId commodity;
  double amount = 1.0;
  Provenance provenance;
  friend bool operator==(const Output&, const Output&) = default;
};

/// A commodity a separator accepts as feed; feeds replace each other.
struct Feed {
  CommodityId commodity;
  Provenance provenance;
  friend bool operator==(const Feed&, const Feed&) = default;
};

/// A separator's product: a commodity that holds exactly one material, of which the share `recovery` (0 < r <= 1) of
/// what the feeds contain is won.
struct Recovery {
  CommodityId commodity;
  MaterialId material;
  double recovery = 1.0;
  Provenance provenance;
  friend bool operator==(const Recovery&, const Recovery&) = default;
};

/// A plant, or all plants of a kind in a country taken together. Either a recipe (inputs and outputs) or a separation
/// (feeds and recoveries); never both.
struct Facility {
  std::string id;
  std::string name;
  FacilityKind kind = FacilityKind::other;
  CountryId country;
  TonnesPerYear baseline;                    ///< activity of the base year
  std::optional<TonnesPerYear> baseline_sd;  ///< standard uncertainty of `baseline`
  std::optional<TonnesPerYear> capacity;     ///< the most it could do; absent = baseline
  std::string operator_name;
  std::optional<double> elasticity;          ///< of supply, by its own price; above 0
  std::optional<double> latitude;
  std::optional<double> longitude;
  std::vector<Input> inputs;
  std::vector<Output> outputs;
  std::vector<Feed> feeds;
  std::vector<Recovery> recoveries;
  Provenance provenance;

  [[nodiscard]] bool is_separator() const { return !feeds.empty() || !recoveries.empty(); }
  [[nodiscard]] TonnesPerYear capacity_or_baseline() const { return capacity.value_or(baseline); }
  friend bool operator==(const Facility&, const Facility&) = default;
};

/// A market: `demand` t/yr of one commodity. `weight` says how much a missing tonne matters.
struct EndUse {
  std::string id;
  std::string name;
  CountryId country;
  std::string sector;
  CommodityId commodity;
  TonnesPerYear demand;
  std::optional<TonnesPerYear> demand_sd;  ///< standard uncertainty of `demand`
  double weight = 1.0;
  std::optional<double> elasticity;  ///< of demand, by its own price
  bool waits = false;                ///< simulate: what is not delivered is asked for again; else it is lost
  Provenance provenance;
  friend bool operator==(const EndUse&, const EndUse&) = default;
};

/// A supply relation. `flow` 0 is a possible route that the base year did not use.
struct Route {
  PlaceId from;
  PlaceId to;
  CommodityId commodity;
  TonnesPerYear flow;
  std::optional<TonnesPerYear> capacity;  ///< absent = unlimited
  std::optional<UsdPerTonne> cost;
  std::optional<Days> lead_time;
  std::optional<TonnesPerYear> flow_sd;   ///< standard uncertainty of `flow`
  Provenance provenance;
  friend bool operator==(const Route&, const Route&) = default;
};

/// What a place holds at the start.
struct Stock {
  PlaceId holder;
  CommodityId commodity;
  Tonnes amount;
  StockKind kind = StockKind::input;
  Provenance provenance;
  friend bool operator==(const Stock&, const Stock&) = default;
};

/// How long the stocks of a stage last, in days of the base year's use (kind input: who takes commodities of the stage)
/// or sales (kind output: who makes them). The row of a country goes before the row for all.
struct Cover {
  Stage stage = Stage::mining;
  CountryId country;  ///< of the holder; invalid = all that have no row of their own
  StockKind kind = StockKind::input;
  Days days;
  std::optional<Days> low, high;  ///< what it may as well be: days is between them
  Provenance provenance;
  friend bool operator==(const Cover&, const Cover&) = default;
};

namespace detail {
struct NetworkTables;
}  // namespace detail

/// The immutable network. Handles index it in O(1); ids are found by hash in O(1).
class Network {
 public:
  /// The empty network.
  Network();

  [[nodiscard]] std::span<const Material> materials() const;
  [[nodiscard]] std::span<const Country> countries() const;
  [[nodiscard]] std::span<const Commodity> commodities() const;
  [[nodiscard]] std::span<const Facility> facilities() const;
  [[nodiscard]] std::span<const EndUse> end_uses() const;
  [[nodiscard]] std::span<const Route> routes() const;
  [[nodiscard]] std::span<const Stock> stocks() const;
  [[nodiscard]] std::span<const Cover> covers() const;

  [[nodiscard]] const Material& operator[](MaterialId id) const { return materials()[id.index()]; }
  [[nodiscard]] const Country& operator[](CountryId id) const { return countries()[id.index()]; }
  [[nodiscard]] const Commodity& operator[](CommodityId id) const { return commodities()[id.index()]; }
  [[nodiscard]] const Facility& operator[](FacilityId id) const { return facilities()[id.index()]; }
  [[nodiscard]] const EndUse& operator[](EndUseId id) const { return end_uses()[id.index()]; }
  [[nodiscard]] const Route& operator[](RouteId id) const { return routes()[id.index()]; }

  [[nodiscard]] std::optional<MaterialId> find_material(std::string_view id) const;
  [[nodiscard]] std::optional<CountryId> find_country(std::string_view id) const;
  [[nodiscard]] std::optional<CommodityId> find_commodity(std::string_view id) const;
  [[nodiscard]] std::optional<FacilityId> find_facility(std::string_view id) const;
  [[nodiscard]] std::optional<EndUseId> find_end_use(std::string_view id) const;
  /// A facility or an end use: they share one id space.
  [[nodiscard]] std::optional<PlaceId> find_place(std::string_view id) const;
  [[nodiscard]] std::optional<RouteId> find_route(PlaceId from, PlaceId to, CommodityId commodity) const;

  [[nodiscard]] const std::string& id(PlaceId place) const;
  [[nodiscard]] CountryId country(PlaceId place) const;

  /// Equal tables, row by row.
  friend bool operator==(const Network& a, const Network& b) { return a.equals(b); }

 private:
  friend class NetworkBuilder;
  explicit Network(std::shared_ptr<const detail::NetworkTables> tables);
  [[nodiscard]] bool equals(const Network& other) const;

  std::shared_ptr<const detail::NetworkTables> tables_;
};

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/network.ipp>  // IWYU pragma: export
#endif
