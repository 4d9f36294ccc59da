// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <lode/disruption.hpp>
#include <lode/network.hpp>
#include <lode/scenario.hpp>

#include "random.hpp"

/// Random scenarios of every kind of shock, and random disruptions for programs that skip the names.
namespace lode_test {

inline lode::Date random_day(Random& random) {
  using namespace std::chrono;
  return sys_days{year{2025} / 1 / 1} + days{static_cast<int>(random.below(730))};
}

namespace random_scenario_parts {

/// Mostly cuts, sometimes nothing left, sometimes an expansion.
inline double factor(Random& random) {
  if (random.chance(0.15)) return 0.0;
  if (random.chance(0.1)) return 1.0;
  if (random.chance(0.1)) return random.uniform(1.0, 2.0);
  if (random.chance(0.1)) return 1.0 - random.uniform() * 1e-6;
  return random.uniform();
}

template <class Value>
lode::Schedule schedule(Random& random, Value value) {
  if (random.chance(0.7)) return value(random);
  std::vector<lode::Step> steps;
  lode::Date day = random_day(random);
  for (std::size_t i = 0; i < 1 + random.below(3); ++i) {
    steps.push_back({day, value(random)});
    day += std::chrono::days{1 + static_cast<int>(random.below(200))};
  }
  return steps;
}

template <class Items>
lode::Selection some(Random& random, const Items& items) {
  if (items.empty() || random.chance(0.4)) return {};
  if (random.chance(0.1)) return "*";
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < 1 + random.below(3); ++i) ids.push_back(items[random.below(items.size())].id);
  return ids;
}

}  // namespace random_scenario_parts

/// Which kinds of shock are drawn.
enum class Kinds { without_prices, all };

/// 1 to 6 shocks: of every kind, or of those that have an effect on propagation. Shocks that select nothing are left
/// out. An offtake is for what one seller ships in the base year, more or less.
inline lode::Scenario random_scenario(const lode::Network& network, std::uint64_t seed,
                                      Kinds kinds = Kinds::without_prices) {
  using namespace random_scenario_parts;
  Random random(seed ^ 0x5ca1ab1eULL);
  lode::Scenario scenario{std::string("seed-").append(std::to_string(seed))};
  if (random.chance(0.5)) scenario.at = random_day(random);
  const auto facilities = network.facilities();
  const auto countries = network.countries();
  const auto commodities = network.commodities();
  const auto end_uses = network.end_uses();
  const std::size_t shocks = 1 + random.below(6);
  for (int attempt = 0; attempt < 50 && scenario.shocks.size() < shocks; ++attempt) {
    lode::Period period;
    if (random.chance(0.3)) period.start = random_day(random);
    if (random.chance(0.3)) period.end = period.start.value_or(random_day(random)) + std::chrono::days{100};
    const std::size_t before = scenario.shocks.size();
    const lode::Schedule change = schedule(random, factor);
    switch (random.below(kinds == Kinds::all ? 11 : 8)) {
      case 0: {
        lode::CapacityShock shock{.facility = some(random, facilities), .country = some(random, countries)};
        if (random.chance(0.3)) shock.facility_kind = lode::Selection{"mine", "other"};
        if (random.chance(0.3)) shock.operator_name = "op1";
        if (random.chance(0.8)) shock.factor = change;
        if (!shock.factor || random.chance(0.3)) shock.add = random.uniform(-300.0, 300.0);
        scenario.limit_capacity(shock, period);
        break;
      }
      case 1:
        scenario.limit_routes({.from = some(random, facilities),
                               .to = random.chance(0.5) ? some(random, facilities) : some(random, end_uses),
                               .commodity = some(random, commodities),
                               .factor = change},
                              period);
        break;
      case 2:
        scenario.restrict_exports({.country = some(random, countries),
                                   .commodity = some(random, commodities),
                                   .partners = some(random, countries),
                                   .except = random.chance(0.3) ? some(random, countries) : lode::Selection{},
                                   .factor = change},
                                  period);
        break;
      case 3:
        scenario.restrict_imports({.country = some(random, countries),
                                   .commodity = some(random, commodities),
                                   .partners = some(random, countries),
                                   .except = random.chance(0.3) ? some(random, countries) : lode::Selection{},
                                   .factor = change},
                                  period);
        break;
      case 4:
        scenario.change_demand(
            {.end_use = some(random, end_uses), .country = some(random, countries), .factor = change}, period);
        break;
      case 5:
        scenario.set_priority({.commodity = some(random, commodities), .factor = random.uniform(0.1, 5.0)}, period);
        break;
      case 6: {
        lode::LicenceShock shock{.country = some(random, countries), .commodity = some(random, commodities)};
        shock.delay_days = 30.0;
        if (random.chance(0.7)) shock.approved = schedule(random, [](Random& r) { return r.uniform(); });
        scenario.license_exports(shock, period);
        break;
      }
      case 7: {
        lode::ReserveShock shock{.commodity = some(random, commodities)};
        if (random.chance(0.6)) shock.rate = schedule(random, [](Random& r) { return r.uniform(0.0, 500.0); });
        scenario.release_reserve(shock, period);
        break;
      }
      case 8: {
        if (network.routes().empty()) break;
        const lode::Route& like = network.routes()[random.below(network.routes().size())];
        lode::OfftakeShock shock{.from = network.id(like.from), .commodity = network[like.commodity].id};
        if (random.chance(0.5)) shock.to = network.id(like.to);
        const double flow = like.flow.in(lode::tonnes_per_year);
        shock.minimum = flow * random.uniform(0.0, 1.3) + (random.chance(0.2) ? random.uniform(0.0, 100.0) : 0.0);
        scenario.require_offtake(shock, period);
        break;
      }
      case 9:
        scenario.add_tariff({.country = some(random, countries),
                             .partners = some(random, countries),
                             .commodity = some(random, commodities),
                             .rate = random.uniform(0.0, 2.0)},
                            period);
        break;
      default:
        scenario.guarantee_price({.facility = some(random, facilities),
                                  .commodity = some(random, commodities),
                                  .price = random.uniform(0.0, 1e5)},
                                 period);
    }
    if (!lode::check(network, scenario).empty()) scenario.shocks.resize(before);
  }
  return scenario;
}

/// Limits, closed routes, demand and reserves at random: `share` of everything is changed.
inline lode::Disruption random_disruption(const lode::Network& network, std::uint64_t seed, double share = 0.2) {
  using random_scenario_parts::factor;
  Random random(seed ^ 0xd15ab1edULL);
  lode::Disruption out;
  out.scenario = std::string("seed-").append(std::to_string(seed));
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    if (!random.chance(share)) continue;
    const double add = random.chance(0.2) ? random.uniform(-200.0, 200.0) : 0.0;
    out.activity.push_back({lode::FacilityId{f}, factor(random), add});
  }
  for (std::size_t r = 0; r < network.routes().size(); ++r) {
    if (random.chance(share)) out.routes.push_back({lode::RouteId{r}, std::min(1.0, factor(random))});
  }
  for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
    if (random.chance(share)) out.demand.push_back({lode::EndUseId{e}, factor(random)});
    if (random.chance(share)) out.weights.push_back({lode::EndUseId{e}, random.uniform(0.1, 3.0)});
  }
  for (const lode::Stock& stock : network.stocks()) {
    if (!random.chance(share)) continue;
    if (stock.holder.is_facility() && network[stock.holder.facility()].is_separator()) continue;
    out.releases.push_back({stock.holder, stock.commodity, random.uniform(0.0, stock.amount.in(lode::tonnes))});
  }
  return out;
}

}  // namespace lode_test
