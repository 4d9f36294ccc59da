// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "dataset_facts.hpp"

#include <algorithm>
#include <unordered_map>

#include <nlohmann/json.hpp>

namespace program {
namespace {

/// Calls `visit` with the provenance of every row of every table but sources.
template <class Visit>
void for_each_row(const lode::Dataset& dataset, Visit visit) {
  const lode::Network& network = dataset.network;
  for (const auto& row : network.materials()) visit(row.provenance);
  for (const auto& row : network.countries()) visit(row.provenance);
  for (const auto& row : network.commodities()) {
    visit(row.provenance);
    for (const auto& part : row.composition) visit(part.provenance);
  }
  for (const auto& row : network.facilities()) {
    visit(row.provenance);
    for (const auto& part : row.inputs) visit(part.provenance);
    for (const auto& part : row.outputs) visit(part.provenance);
    for (const auto& part : row.feeds) visit(part.provenance);
    for (const auto& part : row.recoveries) visit(part.provenance);
  }
  for (const auto& row : network.end_uses()) visit(row.provenance);
  for (const auto& row : network.routes()) visit(row.provenance);
  for (const auto& row : network.stocks()) visit(row.provenance);
  for (const auto& row : dataset.prices) visit(row.provenance);
}

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

constexpr std::array stages{lode::Stage::mining, lode::Stage::separation, lode::Stage::metal, lode::Stage::magnet,
                            lode::Stage::product};

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
          {"stocks", network.stocks().size()},           {"prices", dataset.prices.size()},
          {"sources", dataset.sources.size()},           {"scenarios", dataset.scenarios.size()}};
}

std::vector<Total> base_year_totals(const lode::Network& network) {
  const std::size_t materials = network.materials().size();
  std::vector<double> fed(network.facilities().size() * materials);  // t of element that separators receive
  for (const lode::Route& route : network.routes()) {
    if (!route.to.is_facility() || !network[route.to.facility()].is_separator()) continue;
    for (const lode::Content& part : network[route.commodity].composition) {
      fed[route.to.facility().index() * materials + part.material.index()] +=
          part.content * route.flow.in(lode::tonnes_per_year);
    }
  }
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

std::array<std::size_t, quality_names.size()> rows_by_quality(const lode::Dataset& dataset) {
  std::unordered_map<std::string_view, std::size_t> quality;
  for (const lode::Source& source : dataset.sources) quality[source.id] = static_cast<std::size_t>(source.quality);
  std::array<std::size_t, quality_names.size()> rows{};
  for_each_row(dataset, [&](const lode::Provenance& provenance) {
    if (provenance.sources.empty()) {
      ++rows.back();
      return;
    }
    std::size_t weakest = 0;
    for (const std::string& id : provenance.sources) {
      const auto found = quality.find(id);
      weakest = std::max(weakest, found == quality.end() ? quality_names.size() - 1 : found->second);
    }
    ++rows[weakest];
  });
  return rows;
}

std::string dump(const nlohmann::ordered_json& document) {
  return document.dump(2) + '\n';
}

}  // namespace program
