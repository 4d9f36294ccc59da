// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>

#include <lode/detail/allocation_result.hpp>

namespace lode::inline LODE_ABI::detail {

/// What a tonne of each feed is worth to a separator: its products less the rent of the separator's own limit. A feed
/// that would displace better ones is worth nothing, because it need not be taken.
[[nodiscard]] LODE_INLINE double feed_price(const AllocationProgram& allocation, FacilityId f, CommodityId feed,
                                            const Eigen::VectorXd& row_dual) {
  double value = row_dual[static_cast<Eigen::Index>(allocation.feed_row(f))];
  for (std::size_t k = 0; k < allocation.network()[f].recoveries.size(); ++k) {
    value += row_dual[static_cast<Eigen::Index>(allocation.recovery_row(f, k))] * allocation.won(f, k, feed);
  }
  return std::max(0.0, value);
}

LODE_INLINE void list_prices(const AllocationProgram& allocation, const Eigen::VectorXd& row_dual, Result& result) {
  const Network& network = allocation.network();
  const auto dual = [&row_dual](std::size_t row) { return std::max(0.0, row_dual[static_cast<Eigen::Index>(row)]); };
  result.prices.clear();
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    const FacilityId id{f};
    const Facility& facility = network[id];
    for (std::size_t k = 0; k < facility.inputs.size(); ++k) {
      const Input& input = facility.inputs[k];
      result.prices.push_back({id, input.commodity, input.criticality * dual(allocation.input_row(id, k)), {}, {}, false});
    }
    for (const Feed& feed : facility.feeds) {
      result.prices.push_back({id, feed.commodity, feed_price(allocation, id, feed.commodity, row_dual), {}, {}, false});
    }
    for (std::size_t k = 0; k < facility.outputs.size(); ++k) {
      result.prices.push_back({id, facility.outputs[k].commodity, dual(allocation.output_row(id, k)), {}, {}, true});
    }
    for (std::size_t k = 0; k < facility.recoveries.size(); ++k) {
      result.prices.push_back(
          {id, facility.recoveries[k].commodity, dual(allocation.recovery_row(id, k)), {}, {}, true});
    }
  }
  for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
    const EndUseId id{e};
    result.prices.push_back({id, network[id].commodity, dual(allocation.demand_row(id)), {}, {}, false});
  }
}

LODE_INLINE void list_baskets(const AllocationProgram& allocation, const Eigen::VectorXd& point,
                              const Eigen::VectorXd& row_dual, Result& result) {
  const Network& network = allocation.network();
  std::vector<std::vector<RouteId>> leaving(network.facilities().size());
  for (std::size_t r = 0; r < network.routes().size(); ++r) {
    const FacilityId from = network.routes()[r].from.facility();
    if (network[from].kind == FacilityKind::mine) leaving[from.index()].push_back(RouteId{r});
  }
  result.baskets.clear();
  for (std::size_t f = 0; f < leaving.size(); ++f) {
    const FacilityId mine{f};
    for (const Output& output : network[mine].outputs) {
      double taken = 0.0;
      double as_a_whole = 0.0;
      bool is_separated = false;
      std::vector<double> by_material(network.materials().size(), 0.0);
      std::vector<bool> has_material(by_material.size(), false);
      for (const RouteId r : leaving[f]) {
        const Route& route = network[r];
        const double flow = point[static_cast<Eigen::Index>(allocation.columns().of(r))];
        if (route.commodity != output.commodity || !(flow > 0.0)) continue;
        taken += flow;
        if (route.to.is_end_use()) {
          const std::size_t row = allocation.demand_row(route.to.end_use());
          as_a_whole += flow * row_dual[static_cast<Eigen::Index>(row)];
          continue;
        }
        const FacilityId buyer = route.to.facility();
        const Facility& facility = network[buyer];
        for (std::size_t k = 0; k < facility.inputs.size(); ++k) {
          if (facility.inputs[k].commodity != output.commodity) continue;
          const auto row = static_cast<Eigen::Index>(allocation.input_row(buyer, k));
          as_a_whole += flow * facility.inputs[k].criticality * row_dual[row];
        }
        for (std::size_t k = 0; k < facility.recoveries.size(); ++k) {
          const std::size_t material = facility.recoveries[k].material.index();
          const double won = allocation.won(buyer, k, output.commodity);
          if (won <= 0.0) continue;
          is_separated = has_material[material] = true;
          by_material[material] += flow * won * row_dual[static_cast<Eigen::Index>(allocation.recovery_row(buyer, k))];
        }
      }
      if (!(taken > 0.0)) continue;
      for (std::size_t m = 0; m < by_material.size(); ++m) {
        if (has_material[m]) result.baskets.push_back({mine, output.commodity, MaterialId{m}, by_material[m] / taken});
      }
      if (!is_separated) result.baskets.push_back({mine, output.commodity, std::nullopt, as_a_whole / taken});
    }
  }
}

LODE_INLINE void account_prices(const AllocationProgram& allocation, const Disruption& disruption,
                                const Eigen::VectorXd& point, const Eigen::VectorXd& row_dual,
                                const Eigen::VectorXd& bound_dual, Result& result) {
  const FigureColumns& columns = allocation.columns();
  const auto sum_of = [&](const std::vector<RouteId>& routes) {
    double sum = 0.0;
    for (const RouteId route : routes) sum += point[static_cast<Eigen::Index>(columns.of(route))];
    return sum * tonnes_per_year;
  };
  list_prices(allocation, row_dual, result);
  list_baskets(allocation, point, row_dual, result);
  result.capacity_rents.clear();
  for (std::size_t f = 0; f < columns.facilities; ++f) {
    const auto column = static_cast<Eigen::Index>(columns.of(FacilityId{f}));
    if (!(bound_dual[column] < 0.0)) continue;
    result.capacity_rents.push_back(
        {FacilityId{f}, allocation.program.upper[column] * tonnes_per_year, -bound_dual[column]});
  }
  result.quota_rents.clear();
  for (std::size_t k = 0; k < disruption.quotas.size(); ++k) {
    const Quota& quota = disruption.quotas[k];
    const double rent = std::max(0.0, row_dual[allocation.quota_row(k)]);
    result.quota_rents.push_back(
        {quota.shock, quota.commodity, quota.limit * tonnes_per_year, sum_of(quota.routes), rent});
  }
  result.offtake_costs.clear();
  for (std::size_t k = 0; k < disruption.offtakes.size(); ++k) {
    const Offtake& offtake = disruption.offtakes[k];
    const double cost = std::max(0.0, row_dual[allocation.offtake_row(k)]);
    result.offtake_costs.push_back(
        {offtake.shock, offtake.commodity, offtake.minimum * tonnes_per_year, sum_of(offtake.routes), cost});
  }
}

}  // namespace lode::inline LODE_ABI::detail
