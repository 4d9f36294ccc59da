// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <utility>

#include <lode/detail/scenario_resolver.hpp>
#include <lode/disruption.hpp>

namespace lode::inline LODE_ABI {

LODE_INLINE Disruption resolve(const Network& network, const Scenario& scenario) {
  detail::ScenarioResolver resolver(network, scenario);
  resolver.run();
  if (!resolver.problems().empty()) throw InvalidScenario(std::move(resolver.problems()));
  return resolver.finish();
}

LODE_INLINE std::vector<Issue> check(const Network& network, const Scenario& scenario) {
  detail::ScenarioResolver resolver(network, scenario);
  resolver.run();
  return std::move(resolver.problems());
}

}  // namespace lode::inline LODE_ABI
