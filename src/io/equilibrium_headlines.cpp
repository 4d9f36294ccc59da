// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "io/equilibrium_headlines.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <lode/error.hpp>

namespace lode::inline LODE_ABI::detail {

namespace {

std::vector<Headline> headlines_of(const EquilibriumResult& result, const Network& network) {
  std::vector<Headline> out;
  const auto add = [&out](std::string quantity, std::string id, std::string unit, double value) {
    out.push_back({std::move(quantity), std::move(id), std::move(unit), value, value, value});
  };
  for (const MaterialResult& row : result.materials) {
    add("shortfall", network[row.id].id, "t/yr", row.shortfall.in(tonnes_per_year));
  }
  for (const MeanPrice& row : mean_prices(result, network)) add("price", network[row.commodity].id, "USD/t", row.now);
  double rents = 0.0, budget = 0.0, revenue = 0.0;
  for (const QuotaRent& row : result.quota_rents) rents += row.rent * row.used.in(tonnes_per_year);
  for (const FloorPayment& row : result.price_floors) budget += row.budget;
  for (const TariffPayment& row : result.tariffs) revenue += row.revenue;
  add("quota_rents", "", "USD/yr", rents);
  add("price_floor_budget", "", "USD/yr", budget);
  add("tariff_revenue", "", "USD/yr", revenue);
  if (result.surplus) {
    add("consumer_surplus", "", "USD/yr", result.surplus->consumers);
    add("producer_surplus", "", "USD/yr", result.surplus->producers);
    add("welfare", "", "USD/yr", result.surplus->welfare);
  }
  return out;
}

}  // namespace

std::vector<MeanPrice> mean_prices(const EquilibriumResult& result, const Network& network) {
  const auto key = [&network](PlaceId place, CommodityId commodity) {
    // Places have no order of their own: end uses come after facilities.
    return std::pair(
        place.is_facility() ? place.facility().index() : network.facilities().size() + place.end_use().index(),
        commodity);
  };
  std::map<std::pair<std::size_t, CommodityId>, const EquilibriumPrice*> prices;
  for (const EquilibriumPrice& price : result.prices) {
    // A place that makes and takes a commodity is listed as the taker first.
    prices.emplace(key(price.place, price.commodity), &price);
  }
  std::vector<MeanPrice> all(network.commodities().size());
  std::vector<double> before(all.size(), 0.0), base_value(all.size(), 0.0), value(all.size(), 0.0);
  for (std::size_t r = 0; r < result.routes.size(); ++r) {
    const Route& route = network.routes()[r];
    const auto found = prices.find(key(route.to, route.commodity));
    if (found == prices.end()) continue;
    const std::size_t c = route.commodity.index();
    const double then = result.routes[r].base_flow.in(tonnes_per_year);
    const double flow = result.routes[r].flow.in(tonnes_per_year);
    before[c] += then;
    base_value[c] += then * found->second->base_price.in(usd_per_tonne);
    all[c].taken += flow;
    value[c] += flow * found->second->price.in(usd_per_tonne);
  }
  std::vector<MeanPrice> out;
  for (std::size_t c = 0; c < all.size(); ++c) {
    if (!(all[c].taken > 0.0) || !(before[c] > 0.0)) continue;
    out.push_back({CommodityId{c}, base_value[c] / before[c], value[c] / all[c].taken, all[c].taken});
  }
  return out;
}

std::vector<Headline> headlines(const std::array<EquilibriumResult, 3>& range, const Network& network) {
  std::vector<Headline> out = headlines_of(range[1], network);
  for (const std::size_t k : {std::size_t{0}, std::size_t{2}}) {
    if (range[k].status != SolveStatus::solved) continue;
    for (const Headline& other : headlines_of(range[k], network)) {
      for (Headline& row : out) {
        if (row.quantity != other.quantity || row.id != other.id) continue;
        row.low = std::min(row.low, other.value);
        row.high = std::max(row.high, other.value);
      }
    }
  }
  return out;
}

int solved_count(const std::array<EquilibriumResult, 3>& range) {
  return static_cast<int>(std::count_if(range.begin(), range.end(), [](const EquilibriumResult& result) {
    return result.status == SolveStatus::solved;
  }));
}

void require_numbers(const std::array<EquilibriumResult, 3>& range, const Network& network) {
  const auto refuse = [](std::string what, std::string mend) {
    throw InvalidArgument({{{"equilibrium to write", 0, 0}, std::move(what), std::move(mend)}});
  };
  const EquilibriumResult& result = range[1];
  if (result.status != SolveStatus::solved) {
    refuse(std::string("the status is \"") + to_string(result.status) + '"', "write results that are solved");
  }
  if (result.materials.size() != network.materials().size() || result.end_uses.size() != network.end_uses().size() ||
      result.facilities.size() != network.facilities().size() || result.routes.size() != network.routes().size()) {
    refuse("it is not a result of this data set", "write it with the data set it was computed from");
  }
}

}  // namespace lode::inline LODE_ABI::detail
