// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <lode/detail/market_figures.hpp>
#include <lode/detail/text.hpp>
#include <lode/error.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE void check(const EquilibriumOptions& options, std::vector<Issue>& problems) {
  const auto require = [&problems](const char* name, double number, double low, double high) {
    if (number >= low && number <= high) return;
    problems.push_back({{std::string("EquilibriumOptions::") + name, 0, 0},
                        number_text(number) + " is out of range",
                        "choose a number from " + number_text(low) + " to " + number_text(high)});
  };
  if (options.demand_elasticity) require("demand_elasticity", *options.demand_elasticity, 1e-6, 1e6);
  if (options.supply_elasticity) require("supply_elasticity", *options.supply_elasticity, 1e-6, 1e6);
  require("elasticity_factor", options.elasticity_factor, 1e-6, 1e6);
  require("trade_inertia", options.trade_inertia, 1e-9, 100.0);
  require("tolerance", options.tolerance, 1e-12, 1e-4);
  require("max_iterations", options.max_iterations, 1.0, 1e6);
}

LODE_INLINE MarketFigures market_figures(const Network& network, std::span<const Price> prices, int year,
                                         const EquilibriumOptions& options) {
  std::vector<Issue> problems;
  check(options, problems);
  MarketFigures figures;
  std::map<std::pair<CommodityId, CountryId>, double> known;
  for (const Price& price : prices) {
    if (price.year == year) known[{price.commodity, price.country}] = price.price.in(usd_per_tonne);
  }
  std::map<CommodityId, std::set<CountryId>> missing;
  std::set<std::pair<CommodityId, CountryId>> worthless;
  const auto price_at = [&](CommodityId commodity, CountryId country) {
    auto found = known.find({commodity, country});
    if (found == known.end()) found = known.find({commodity, CountryId{}});
    if (found == known.end()) {
      missing[commodity].insert(country);
      return 0.0;
    }
    if (!(found->second > 0.0) || !std::isfinite(found->second)) worthless.insert(found->first);
    return found->second;
  };
  for (const Route& route : network.routes()) {
    figures.seller_price.push_back(price_at(route.commodity, network.country(route.from)));
    figures.buyer_price.push_back(price_at(route.commodity, network.country(route.to)));
  }
  const std::string in_year = std::to_string(year);
  for (const auto& [commodity, countries] : missing) {
    std::string where;
    for (const CountryId country : countries) where += (where.empty() ? "" : ", ") + network[country].id;
    problems.push_back({{"commodity " + quoted(network[commodity].id), 0, 0},
                        "no price in " + in_year + " for the world or for " + where,
                        "give prices.csv a row " + network[commodity].id + ",world," + in_year + ",PRICE (USD/t)"});
  }
  for (const auto& [commodity, country] : worthless) {
    const std::string region = country.valid() ? network[country].id : "world";
    problems.push_back(
        {{"commodity " + quoted(network[commodity].id), 0, 0},
         "the price of " + in_year + " in " + region + " is " + number_text(known.at({commodity, country})),
         "a base price must be above 0"});
  }

  std::vector<double> arrives(network.end_uses().size(), 0.0);
  for (const Route& route : network.routes()) {
    if (route.to.is_end_use()) arrives[route.to.end_use().index()] += route.flow.in(tonnes_per_year);
  }
  for (const Facility& facility : network.facilities()) {
    double elasticity = 0.0;
    if (facility.baseline > TonnesPerYear{}) {
      if (!facility.elasticity && !options.supply_elasticity) {
        problems.push_back({{"facility " + quoted(facility.id), 0, 0},
                            "no elasticity of supply",
                            "fill the column elasticity of facilities.csv, or give one for all: "
                            "EquilibriumOptions::supply_elasticity, --supply-elasticity"});
      }
      elasticity = options.elasticity_factor * facility.elasticity.value_or(options.supply_elasticity.value_or(1.0));
    }
    figures.supply_elasticity.push_back(elasticity);
  }
  for (std::size_t e = 0; e < arrives.size(); ++e) {
    const EndUse& use = network.end_uses()[e];
    double elasticity = 0.0;
    if (arrives[e] > 0.0) {
      const Place place{"end use " + quoted(use.id), 0, 0};
      if (!use.elasticity && !options.demand_elasticity) {
        problems.push_back({place, "no elasticity of demand",
                            "fill the column elasticity of end_uses.csv, or give one for all: "
                            "EquilibriumOptions::demand_elasticity, --demand-elasticity"});
      } else if (use.elasticity && *use.elasticity == 0.0) {
        problems.push_back({place, "elasticity 0: its price could be anything", "give a small one, such as -0.01"});
      }
      elasticity =
          options.elasticity_factor * std::abs(use.elasticity.value_or(options.demand_elasticity.value_or(1.0)));
    }
    figures.demand_elasticity.push_back(elasticity);
  }
  if (!problems.empty()) throw InvalidArgument(std::move(problems));
  return figures;
}

}  // namespace lode::inline LODE_ABI::detail
