// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "dataset_facts.hpp"

namespace program {
namespace {

/// Tonnes by material and country.
class ByCountry {
 public:
  explicit ByCountry(const lode::Network& network)
      : countries_(network.countries().size()), tonnes_(network.materials().size() * countries_) {}

  void add(lode::MaterialId material, lode::CountryId country, double tonnes) {
    tonnes_[material.index() * countries_ + country.index()] += tonnes;
  }
  void add(const lode::Commodity& commodity, lode::CountryId country, double tonnes) {
    for (const lode::Content& part : commodity.composition) add(part.material, country, tonnes * part.content);
  }

  [[nodiscard]] Total total(std::string_view what, lode::MaterialId material) const {
    Total total{.what = what, .material = material};
    double largest = 0.0;
    for (std::size_t c = 0; c < countries_; ++c) {
      const double tonnes = tonnes_[material.index() * countries_ + c];
      total.tonnes += tonnes;
      if (tonnes > largest) {
        largest = tonnes;
        total.largest = lode::CountryId{c};
      }
    }
    if (total.tonnes > 0.0) total.largest_share = largest / total.tonnes;
    return total;
  }

 private:
  std::size_t countries_;
  std::vector<double> tonnes_;
};

}  // namespace

std::vector<TableRows> table_rows(const lode::Dataset& dataset) {
  const lode::Network& network = dataset.network;
  std::size_t composition = 0, recipes = 0;
  for (const lode::Commodity& commodity : network.commodities()) composition += commodity.composition.size();
  for (const lode::Facility& plant : network.facilities()) {
    recipes += plant.inputs.size() + plant.outputs.size() + plant.feeds.size() + plant.recoveries.size();
  }
  return {{"materials", network.materials().size()},     {"countries", network.countries().size()},
          {"commodities", network.commodities().size()}, {"composition", composition},
          {"facilities", network.facilities().size()},   {"recipes", recipes},
          {"end_uses", network.end_uses().size()},       {"routes", network.routes().size()},
          {"stocks", network.stocks().size()},           {"cover", network.covers().size()},
          {"prices", dataset.prices.size()},             {"sources", dataset.sources.size()},
          {"scenarios", dataset.scenarios.size()}};
}

std::vector<double> fed_to_separators(const lode::Network& network) {
  const std::size_t materials = network.materials().size();
  std::vector<double> fed(network.facilities().size() * materials);
  for (const lode::Route& route : network.routes()) {
    if (!route.to.is_facility() || !network[route.to.facility()].is_separator()) continue;
    for (const lode::Content& part : network[route.commodity].composition) {
      fed[route.to.facility().index() * materials + part.material.index()] +=
          part.content * route.flow.in(lode::tonnes_per_year);
    }
  }
  return fed;
}

std::vector<Total> base_year_totals(const lode::Network& network) {
  const std::size_t materials = network.materials().size();
  const std::vector<double> fed = fed_to_separators(network);
  std::vector<ByCountry> made(stages.size(), ByCountry(network));
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    const lode::Facility& plant = network.facilities()[f];
    for (const lode::Output& output : plant.outputs) {
      const lode::Commodity& commodity = network[output.commodity];
      made[static_cast<std::size_t>(commodity.stage)].add(commodity, plant.country,
                                                          output.amount * plant.baseline.in(lode::tonnes_per_year));
    }
    for (const lode::Recovery& line : plant.recoveries) {
      const std::size_t stage = static_cast<std::size_t>(network[line.commodity].stage);
      made[stage].add(line.material, plant.country, line.recovery * fed[f * materials + line.material.index()]);
    }
  }
  ByCountry demanded(network);
  for (const lode::EndUse& use : network.end_uses()) {
    demanded.add(network[use.commodity], use.country, use.demand.in(lode::tonnes_per_year));
  }
  std::vector<Total> totals;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    for (std::size_t m = 0; m < materials; ++m) {
      totals.push_back(made[s].total(lode::to_string(stages[s]), lode::MaterialId{m}));
    }
  }
  for (std::size_t m = 0; m < materials; ++m) totals.push_back(demanded.total("demand", lode::MaterialId{m}));
  return totals;
}

}  // namespace program
