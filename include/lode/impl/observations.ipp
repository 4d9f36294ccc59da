// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include <lode/detail/text.hpp>
#include <lode/disruption.hpp>
#include <lode/observations.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

/// A scenario that stops what the total adds up: what it acts on are the total's rows.
[[nodiscard]] LODE_INLINE std::optional<Scenario> stopping(const PublishedTotal& total,
                                                           std::shared_ptr<const Origin> origin) {
  Scenario scenario{"total"};
  Shock shock{total.over, {}, std::nullopt, std::move(origin), {}};
  const bool is_a_sum = std::visit(
      [](auto& effect) {
        using Kind = std::decay_t<decltype(effect)>;
        constexpr bool adds_up = std::is_same_v<Kind, CapacityShock> || std::is_same_v<Kind, DemandShock> ||
                                 std::is_same_v<Kind, RouteShock> || std::is_same_v<Kind, ExportShock> ||
                                 std::is_same_v<Kind, ImportShock>;
        if constexpr (adds_up) effect.factor = Schedule(0.0);
        if constexpr (std::is_same_v<Kind, CapacityShock>) effect.add = std::nullopt;
        return adds_up;
      },
      shock.effect);
  if (!is_a_sum) return std::nullopt;
  scenario.shocks.push_back(std::move(shock));
  return scenario;
}

}  // namespace detail

LODE_INLINE std::vector<Issue> check(const Network& network, const PublishedTotal& total,
                                     std::shared_ptr<const Origin> origin) {
  const std::optional<Scenario> scenario = detail::stopping(total, origin);
  if (!scenario) {
    return {{{"total " + detail::quoted(total.id), 0, 0},
             "a " + std::string(kind_of(total.over)) + " shock selects nothing that adds up",
             "use a capacity, demand, route, export or import shock"}};
  }
  std::vector<Issue> problems = check(network, *scenario);
  const std::string called = "shock 1 (" + std::string(kind_of(total.over)) + ')';
  for (Issue& problem : problems) {
    if (!origin) problem.place = {"total " + detail::quoted(total.id), 0, 0};
    if (problem.what.starts_with(called)) problem.what.replace(0, called.size(), "total " + detail::quoted(total.id));
  }
  return problems;
}

LODE_INLINE TotalMembers members(const Network& network, const PublishedTotal& total) {
  std::vector<Issue> problems = check(network, total);
  if (!problems.empty()) throw InvalidScenario(std::move(problems));
  const Disruption stopped = resolve(network, *detail::stopping(total, nullptr));
  TotalMembers found;
  for (const auto& row : stopped.activity) found.facilities.push_back(row.facility);
  for (const auto& row : stopped.routes) found.routes.push_back(row.route);
  for (const auto& row : stopped.demand) found.end_uses.push_back(row.end_use);
  return found;
}

}  // namespace lode::inline LODE_ABI
