// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "row_quality.hpp"

#include "dataset_facts.hpp"

namespace program {
namespace {

/// Calls `visit` with each row of a facility's recipe.
template <class Visit>
void for_each_recipe_row(const lode::Facility& plant, Visit visit) {
  for (const lode::Input& part : plant.inputs) visit(part);
  for (const lode::Output& part : plant.outputs) visit(part);
  for (const lode::Feed& part : plant.feeds) visit(part);
  for (const lode::Recovery& part : plant.recoveries) visit(part);
}

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
    for_each_recipe_row(row, [&](const auto& part) { visit(part.provenance); });
  }
  for (const auto& row : network.end_uses()) visit(row.provenance);
  for (const auto& row : network.routes()) visit(row.provenance);
  for (const auto& row : network.stocks()) visit(row.provenance);
  for (const auto& row : network.covers()) visit(row.provenance);
  for (const auto& row : dataset.prices) visit(row.provenance);
}

/// The commodities that a facility makes.
std::vector<lode::CommodityId> products(const lode::Facility& plant) {
  std::vector<lode::CommodityId> made;
  for (const lode::Output& output : plant.outputs) made.push_back(output.commodity);
  for (const lode::Recovery& line : plant.recoveries) made.push_back(line.commodity);
  return made;
}

}  // namespace

QualityOf::QualityOf(const lode::Dataset& dataset) {
  for (const lode::Source& source : dataset.sources) quality_[source.id] = static_cast<std::size_t>(source.quality);
}

std::size_t QualityOf::operator()(const lode::Provenance& provenance) const {
  constexpr std::size_t none = quality_names.size() - 1;
  if (provenance.sources.empty()) return none;
  const auto found = quality_.find(provenance.sources.front());
  return found == quality_.end() ? none : found->second;
}

QualityCounts rows_by_quality(const lode::Dataset& dataset) {
  const QualityOf quality_of(dataset);
  QualityCounts rows{};
  for_each_row(dataset, [&](const lode::Provenance& provenance) { ++rows[quality_of(provenance)]; });
  return rows;
}

std::vector<QualityCounts> quality_behind_totals(const lode::Dataset& dataset) {
  const lode::Network& network = dataset.network;
  const TotalsOrder order(network);
  const QualityOf quality_of(dataset);
  std::vector<QualityCounts> rows(order.size());
  for (const lode::Commodity& commodity : network.commodities()) {
    for (const lode::Content& part : commodity.composition) {
      if (part.content > 0.0) ++rows[order.made(commodity.stage, part.material)][quality_of(part.provenance)];
    }
  }
  for (const lode::Facility& plant : network.facilities()) {
    const std::vector<lode::CommodityId> made = products(plant);
    for (std::size_t m = 0; m < network.materials().size(); ++m) {
      const lode::MaterialId material{m};
      QualityCounts own{};  // the facility's row and those of its recipe, the same at each stage it makes something for
      ++own[quality_of(plant.provenance)];
      for_each_recipe_row(plant, [&](const auto& part) {
        if (network[part.commodity].content(material) > 0.0) ++own[quality_of(part.provenance)];
      });
      for (const lode::Stage stage : stages) {
        const bool is_maker = std::any_of(made.begin(), made.end(), [&](lode::CommodityId id) {
          return network[id].stage == stage && network[id].content(material) > 0.0;
        });
        if (!is_maker) continue;
        QualityCounts& all = rows[order.made(stage, material)];
        for (std::size_t q = 0; q < all.size(); ++q) all[q] += own[q];
      }
    }
  }
  for (const lode::Route& route : network.routes()) {
    const lode::Commodity& commodity = network[route.commodity];
    for (const lode::Content& part : commodity.composition) {
      if (part.content > 0.0) ++rows[order.made(commodity.stage, part.material)][quality_of(route.provenance)];
    }
  }
  for (const lode::EndUse& use : network.end_uses()) {
    for (const lode::Content& part : network[use.commodity].composition) {
      if (part.content > 0.0) ++rows[order.demanded(part.material)][quality_of(use.provenance)];
    }
  }
  return rows;
}

}  // namespace program
