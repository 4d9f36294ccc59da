// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>

#include <lode/detail/accounting.hpp>
#include <lode/detail/allocation_result.hpp>

namespace lode::inline LODE_ABI::detail {

/// Sums of a row: what its flows bring (positive entries) and take.
struct RowFlows {
  double in = 0.0, out = 0.0;
};

[[nodiscard]] LODE_INLINE RowFlows flows_of(const AllocationProgram& allocation, std::size_t row,
                                            const Eigen::VectorXd& point) {
  const std::size_t flows_begin = allocation.columns().facilities + allocation.columns().end_uses;
  RowFlows sums;
  for (const BalanceEntry& entry : allocation.balances()[row].entries) {
    if (entry.column < flows_begin) continue;
    const double value = entry.coefficient * point[static_cast<Eigen::Index>(entry.column)];
    (value > 0.0 ? sums.in : sums.out) += std::abs(value);
  }
  return sums;
}

/// What input k lets a recipe do at most: (1 - c) x0 + c (inflow + released) / amount.
[[nodiscard]] LODE_INLINE double input_limit(const AllocationProgram& allocation, FacilityId f, std::size_t k,
                                             const Eigen::VectorXd& point) {
  const std::size_t row = allocation.input_row(f, k);
  const Input& input = allocation.network()[f].inputs[k];
  const double covered = flows_of(allocation, row, point).in + input.criticality * allocation.released[row];
  const double baseline = allocation.network()[f].baseline.in(tonnes_per_year);
  // The first entry of an input's row is its amount, negative.
  return (1.0 - input.criticality) * baseline - covered / allocation.balances()[row].entries.front().coefficient;
}

LODE_INLINE void settle(const AllocationProgram& allocation, Eigen::VectorXd& point) {
  const Network& network = allocation.network();
  const FigureColumns& columns = allocation.columns();
  for (std::size_t f = 0; f < columns.facilities; ++f) {
    const FacilityId id{f};
    const Facility& facility = network[id];
    double& activity = point[static_cast<Eigen::Index>(columns.of(id))];
    if (facility.is_separator()) {
      activity = flows_of(allocation, allocation.feed_row(id), point).in;
      continue;
    }
    double most = allocation.program.upper[static_cast<Eigen::Index>(columns.of(id))];
    for (std::size_t k = 0; k < facility.inputs.size(); ++k) {
      most = std::min(most, input_limit(allocation, id, k, point));
    }
    double least = 0.0;
    for (std::size_t k = 0; k < facility.outputs.size(); ++k) {
      const std::size_t row = allocation.output_row(id, k);
      // The first entry of an output's row is its amount.
      least = std::max(least,
                       flows_of(allocation, row, point).out / allocation.balances()[row].entries.front().coefficient);
    }
    const double wanted = std::max(facility.baseline.in(tonnes_per_year), least);
    activity = std::min(wanted, most);
    // Rounding alone may put what leaves above what can be made.
    if (activity < least && least <= activity * (1.0 + 1e-9)) activity = least;
  }
  for (std::size_t e = 0; e < columns.end_uses; ++e) {
    const std::size_t row = allocation.demand_row(EndUseId{e});
    const double arrives = flows_of(allocation, row, point).in;
    point[static_cast<Eigen::Index>(columns.of(EndUseId{e}))] =
        std::max(0.0, allocation.program.row_lower[static_cast<Eigen::Index>(row)] - arrives);
  }
}

/// What keeps a plant below its baseline: its limit, else the first input that allows no more, else nothing.
LODE_INLINE void find_limit(const AllocationProgram& allocation, const Eigen::VectorXd& point, FacilityResult& out) {
  constexpr double full = 1.0 - 1e-9;
  const Facility& facility = allocation.network()[out.id];
  const auto column = static_cast<Eigen::Index>(allocation.columns().of(out.id));
  const double activity = point[column];
  out.limited_by = Limit::capacity;
  if (activity >= allocation.program.upper[column] * full) return;
  // What stood still in the base year runs as far as it is wanted.
  out.limited_by = Limit::none;
  if (!(facility.baseline > TonnesPerYear{})) return;
  if (facility.is_separator()) {
    out.limited_by = Limit::feed;
    return;
  }
  for (std::size_t k = 0; k < facility.inputs.size(); ++k) {
    if (activity < input_limit(allocation, out.id, k, point) * full) continue;
    out.limited_by = Limit::input;
    out.limiting_input = facility.inputs[k].commodity;
    return;
  }
}

LODE_INLINE void account(const AllocationProgram& allocation, const std::vector<double>& baseline_shortfall,
                         const Eigen::VectorXd& point, Result& result) {
  constexpr double full = 1.0 - 1e-9;
  const Network& network = allocation.network();
  const FigureColumns& columns = allocation.columns();
  EndUseLanes lanes;
  lanes.demanded = allocation.demanded;
  lanes.weight = allocation.weight;
  for (std::size_t e = 0; e < columns.end_uses; ++e) {
    const double missing = point[static_cast<Eigen::Index>(columns.of(EndUseId{e}))];
    lanes.delivered.push_back(allocation.demanded[e] - missing);
  }
  account_demand(network, lanes, baseline_shortfall, result);
  result.facilities.resize(columns.facilities);
  for (std::size_t f = 0; f < columns.facilities; ++f) {
    FacilityResult& out = result.facilities[f];
    out = FacilityResult{};
    out.id = FacilityId{f};
    const double baseline = network[out.id].baseline.in(tonnes_per_year);
    const double activity = point[static_cast<Eigen::Index>(columns.of(out.id))];
    out.activity = activity * tonnes_per_year;
    out.utilisation = baseline > 0.0 ? activity / baseline : 0.0;
    if (out.utilisation < full) find_limit(allocation, point, out);
  }
  result.routes.resize(columns.routes);
  for (std::size_t r = 0; r < columns.routes; ++r) {
    result.routes[r] = {RouteId{r}, point[static_cast<Eigen::Index>(columns.of(RouteId{r}))] * tonnes_per_year};
  }
}

LODE_INLINE double mass_balance(const AllocationProgram& allocation, const Result& result) {
  const FigureColumns& columns = allocation.columns();
  const optimize::Program& program = allocation.program;
  Eigen::VectorXd point(static_cast<Eigen::Index>(columns.size()));
  for (const FacilityResult& facility : result.facilities) {
    point[static_cast<Eigen::Index>(columns.of(facility.id))] = facility.activity.in(tonnes_per_year);
  }
  for (const EndUseResult& use : result.end_uses) {
    point[static_cast<Eigen::Index>(columns.of(use.id))] = use.shortfall.in(tonnes_per_year);
  }
  for (const RouteResult& route : result.routes) {
    point[static_cast<Eigen::Index>(columns.of(route.id))] = route.flow.in(tonnes_per_year);
  }
  const Eigen::Index m = program.rows.rows();
  Eigen::VectorXd gives = Eigen::VectorXd::Zero(m);
  Eigen::VectorXd takes = Eigen::VectorXd::Zero(m);
  Eigen::VectorXd size = Eigen::VectorXd::Zero(m);  // next to nothing is measured against what could be there
  for (Eigen::Index j = 0; j < program.rows.cols(); ++j) {
    for (Eigen::SparseMatrix<double>::InnerIterator it(program.rows, j); it; ++it) {
      size[it.row()] = std::max(size[it.row()], std::abs(it.value()) * allocation.column_size[j]);
      const double value = it.value() * point[j];
      (value > 0.0 ? gives : takes)[it.row()] += std::abs(value);
    }
  }
  double worst = 0.0;
  for (Eigen::Index i = 0; i < m; ++i) {
    const double left = gives[i] - takes[i];
    double excess = program.row_lower[i] - left;
    if (std::isfinite(program.row_upper[i])) excess = std::max(excess, left - program.row_upper[i]);
    const double base = i < allocation.baseline_size.size() ? allocation.baseline_size[i] : 0.0;
    const double scale = std::max({base, size[i], gives[i], takes[i], std::abs(program.row_lower[i])});
    if (excess > 0.0 && scale > 0.0) worst = std::max(worst, excess / scale);
  }
  for (Eigen::Index j = 0; j < point.size(); ++j) {
    const double excess = std::max(-point[j], point[j] - program.upper[j]);
    const double scale = std::max(std::abs(point[j]), allocation.column_size[j]);
    if (excess > 0.0 && scale > 0.0) worst = std::max(worst, excess / scale);
  }
  return worst;
}

}  // namespace lode::inline LODE_ABI::detail
