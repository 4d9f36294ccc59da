// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lode/config.hpp>
#include <lode/network.hpp>
#include <lode/observations.hpp>
#include <lode/scenario.hpp>

/// A network with what belongs to it: scenarios, prices, sources and the description of the whole.
namespace lode::inline LODE_ABI {

/// USD/t in a year; `country` invalid means the world price, used where a country has none of its own.
struct Price {
  CommodityId commodity;
  CountryId country;
  int year = 0;
  UsdPerTonne price;
  Provenance provenance;
  friend bool operator==(const Price&, const Price&) = default;
};

/// How a source came by its figure.
enum class Quality { sourced, derived, assumption, recalled };

struct Source {
  std::string id;
  std::string title;
  std::string publisher;
  std::string date;
  std::string url;
  Quality quality = Quality::sourced;
  std::string note;
  std::vector<std::string> sources = {};  ///< ids of the sources that this one rests on
  friend bool operator==(const Source&, const Source&) = default;
};

/// What a data package says about itself. `extra` holds the other legal keys of the descriptor, each as JSON text, and
/// is carried through unchanged.
struct Description {
  std::string name;
  std::string title;
  std::string version;
  std::string description;
  int base_year = 0;
  std::string licenses_json = "[]";
  std::vector<std::pair<std::string, std::string>> extra;
  friend bool operator==(const Description&, const Description&) = default;
};

struct Dataset {
  Description about;
  Network network;
  std::vector<Scenario> scenarios;
  std::vector<Price> prices;
  /// Sums that the published figures give; `reconcile` uses them, models do not.
  std::vector<PublishedTotal> totals;
  std::vector<Source> sources;

  [[nodiscard]] const Scenario* find_scenario(std::string_view name) const {
    for (const Scenario& scenario : scenarios) {
      if (scenario.name == name) return &scenario;
    }
    return nullptr;
  }
  friend bool operator==(const Dataset&, const Dataset&) = default;
};

}  // namespace lode::inline LODE_ABI
