// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <lode/config.hpp>
#include <lode/date.hpp>
#include <lode/shock.hpp>

namespace lode::inline LODE_ABI {

/// A named list of shocks, in order.
///
///     lode::Scenario licences{"licence-2025"};
///     licences.restrict_exports({.country = "CHN", .commodity = {"dy_oxide", "tb_oxide"}, .factor = 0.25})
///             .limit_capacity({.facility = "lynas_kuantan", .factor = 0.5});
///
/// Ids are checked against a network when a model runs; `InvalidScenario` lists every one that does not exist.
struct Scenario {
  std::string name;
  std::string title = {};
  std::string description = {};
  std::vector<std::string> sources = {};
  std::optional<Date> at = std::nullopt;  ///< the day at which static models look; absent = the last value of all steps
  std::vector<Shock> shocks = {};

  Scenario& add(Effect effect, Period period = {}) {
    shocks.push_back({std::move(effect), period, at});
    return *this;
  }
  Scenario& limit_capacity(CapacityShock shock, Period period = {}) { return add(std::move(shock), period); }
  Scenario& limit_routes(RouteShock shock, Period period = {}) { return add(std::move(shock), period); }
  Scenario& restrict_exports(ExportShock shock, Period period = {}) { return add(std::move(shock), period); }
  Scenario& restrict_imports(ImportShock shock, Period period = {}) { return add(std::move(shock), period); }
  Scenario& change_demand(DemandShock shock, Period period = {}) { return add(std::move(shock), period); }
  Scenario& set_priority(PriorityShock shock, Period period = {}) { return add(std::move(shock), period); }
  Scenario& add_tariff(TariffShock shock, Period period = {}) { return add(std::move(shock), period); }
  Scenario& guarantee_price(PriceFloorShock shock, Period period = {}) { return add(std::move(shock), period); }
  Scenario& require_offtake(OfftakeShock shock, Period period = {}) { return add(std::move(shock), period); }
  Scenario& license_exports(LicenceShock shock, Period period = {}) { return add(std::move(shock), period); }
  Scenario& release_reserve(ReserveShock shock, Period period = {}) { return add(std::move(shock), period); }

  friend bool operator==(const Scenario&, const Scenario&) = default;
};

/// Both at once: the shocks of `first`, then those of `second`, each at its own scenario's date; named `first+second`.
[[nodiscard]] inline Scenario operator+(Scenario first, const Scenario& second) {
  first.name += '+' + second.name;
  for (Shock& shock : first.shocks) shock.at = shock.at ? shock.at : first.at;
  for (Shock shock : second.shocks) {
    shock.at = shock.at ? shock.at : second.at;
    first.shocks.push_back(std::move(shock));
  }
  if (first.at != second.at) first.at = std::nullopt;
  first.sources.insert(first.sources.end(), second.sources.begin(), second.sources.end());
  first.title = first.title.empty() || second.title.empty() ? first.title + second.title
                                                            : first.title + " + " + second.title;
  first.description.clear();
  return first;
}

}  // namespace lode::inline LODE_ABI
