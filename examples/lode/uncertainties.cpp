// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "uncertainties.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "dataset_facts.hpp"
#include "row_quality.hpp"

namespace program {
namespace {

double tonnes(lode::TonnesPerYear quantity) {
  return quantity.in(lode::tonnes_per_year);
}

/// Something by position in `TotalsOrder`, for the few positions that a row bears on.
class Shares {
 public:
  void add(std::size_t position, double share) {
    if (share <= 0.0) return;
    const auto found = std::find_if(shares_.begin(), shares_.end(), [&](const auto& s) { return s.first == position; });
    if (found == shares_.end()) {
      shares_.emplace_back(position, share);
    } else {
      found->second += share;
    }
  }
  [[nodiscard]] auto begin() const { return shares_.begin(); }
  [[nodiscard]] auto end() const { return shares_.end(); }

 private:
  std::vector<std::pair<std::size_t, double>> shares_;
};

/// Tonnes of the elements that a recipe makes with one tonne of activity.
Shares made_per_tonne(const lode::Network& network, const TotalsOrder& order, const lode::Facility& plant) {
  Shares made;
  for (const lode::Output& output : plant.outputs) {
    const lode::Commodity& commodity = network[output.commodity];
    for (const lode::Content& part : commodity.composition) {
      made.add(order.made(commodity.stage, part.material), output.amount * part.content);
    }
  }
  return made;
}

/// Tonnes of the elements that a separator wins from one tonne of each in its feed.
Shares won_per_tonne(const lode::Network& network, const TotalsOrder& order, const lode::Facility& plant) {
  Shares won;
  for (const lode::Recovery& line : plant.recoveries) {
    won.add(order.made(network[line.commodity].stage, line.material), line.recovery);
  }
  return won;
}

/// Tonnes of the elements that a facility makes: by position, how many and how uncertain its baseline makes them.
template <class Visit>
void for_each_uncertain_product(const lode::Network& network, const TotalsOrder& order, std::size_t facility,
                                const std::vector<double>& fed, Visit visit) {
  const lode::Facility& plant = network.facilities()[facility];
  if (!plant.baseline_sd) return;
  const double baseline = tonnes(plant.baseline), sd = tonnes(*plant.baseline_sd);
  for (const auto& [position, share] : made_per_tonne(network, order, plant)) {
    visit(position, share * baseline, share * sd);
  }
  // What a separator makes of a tonne of feed depends on the mix, which is only known where there is feed.
  if (baseline <= 0.0) return;
  const std::size_t materials = network.materials().size();
  for (const auto& [position, share] : won_per_tonne(network, order, plant)) {
    const double made = share * fed[facility * materials + order.material(position).index()];
    if (made > 0.0) visit(position, made, made * (sd / baseline));
  }
}

void add(Spread& spread, double tonnes, double sd) {
  spread.sd = std::hypot(spread.sd, sd);
  spread.tonnes += tonnes;
  spread.is_stated = true;
}

}  // namespace

std::vector<Uncertainty> stated_uncertainties(const lode::Dataset& dataset) {
  const lode::Network& network = dataset.network;
  const TotalsOrder order(network);
  const QualityOf quality_of(dataset);
  const std::vector<double> fed = fed_to_separators(network);
  std::vector<Uncertainty> all;
  const auto list = [&](Uncertainty row, std::size_t position, double tonnes, double sd) {
    row.stage = order.what(position);
    row.material = order.material(position);
    row.tonnes = tonnes;
    row.sd = sd;
    all.push_back(std::move(row));
  };
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    const lode::Facility& plant = network.facilities()[f];
    const Uncertainty row{
        .figure = "baseline", .id = plant.id, .country = plant.country, .quality = quality_of(plant.provenance)};
    for_each_uncertain_product(network, order, f, fed,
                               [&](std::size_t position, double made, double sd) { list(row, position, made, sd); });
  }
  const auto list_parts = [&](const Uncertainty& row, const lode::Commodity& commodity, auto position_of,
                              lode::TonnesPerYear figure, lode::TonnesPerYear sd) {
    for (const lode::Content& part : commodity.composition) {
      if (part.content <= 0.0) continue;
      list(row, position_of(part.material), part.content * tonnes(figure), part.content * tonnes(sd));
    }
  };
  for (const lode::EndUse& use : network.end_uses()) {
    if (!use.demand_sd) continue;
    const lode::Commodity& commodity = network[use.commodity];
    list_parts(
        {.figure = "demand",
         .id = use.id,
         .commodity = commodity.id,
         .country = use.country,
         .quality = quality_of(use.provenance)},
        commodity, [&](lode::MaterialId m) { return order.demanded(m); }, use.demand, *use.demand_sd);
  }
  for (const lode::Route& route : network.routes()) {
    if (!route.flow_sd) continue;
    const lode::Commodity& commodity = network[route.commodity];
    list_parts(
        {.figure = "flow",
         .id = network.id(route.from),
         .to = network.id(route.to),
         .commodity = commodity.id,
         .country = network.country(route.from),
         .quality = quality_of(route.provenance)},
        commodity, [&](lode::MaterialId m) { return order.made(commodity.stage, m); }, route.flow, *route.flow_sd);
  }
  std::stable_sort(all.begin(), all.end(), [](const Uncertainty& a, const Uncertainty& b) {
    return std::tuple(a.material, b.sd) < std::tuple(b.material, a.sd);
  });
  return all;
}

std::vector<Spread> spreads_of_totals(const lode::Network& network) {
  const TotalsOrder order(network);
  const std::vector<double> fed = fed_to_separators(network);
  std::vector<Spread> spreads(order.size());
  std::vector<bool> is_settled(network.facilities().size());  // separators whose feed states its uncertainty
  for (const lode::Route& route : network.routes()) {
    if (!route.flow_sd || !route.to.is_facility() || !network[route.to.facility()].is_separator()) continue;
    is_settled[route.to.facility().index()] = true;
    const lode::Commodity& commodity = network[route.commodity];
    for (const auto& [position, share] : won_per_tonne(network, order, network[route.to.facility()])) {
      const double won = share * commodity.content(order.material(position));
      if (won > 0.0) add(spreads[position], won * tonnes(route.flow), won * tonnes(*route.flow_sd));
    }
  }
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    if (is_settled[f]) continue;
    for_each_uncertain_product(network, order, f, fed,
                               [&](std::size_t position, double made, double sd) { add(spreads[position], made, sd); });
  }
  for (const lode::EndUse& use : network.end_uses()) {
    if (!use.demand_sd) continue;
    for (const lode::Content& part : network[use.commodity].composition) {
      if (part.content <= 0.0) continue;
      add(spreads[order.demanded(part.material)], part.content * tonnes(use.demand),
          part.content * tonnes(*use.demand_sd));
    }
  }
  return spreads;
}

std::optional<double> share_of(double part, double whole) {
  const double share = part / whole;
  return whole > 0.0 && std::isfinite(share) ? std::optional(share) : std::nullopt;
}

}  // namespace program
