// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>

#include <lode/detail/allocation_program.hpp>

namespace lode::inline LODE_ABI::detail {

/// Two sides of a balance that differ in the last digits of the data alone.
[[nodiscard]] inline bool is_rounding(double a, double b) {
  constexpr double rounding = 1e-9;
  return a > 0.0 && a != b && std::abs(a - b) <= rounding * a;
}

/// A balance that gives way: more is taken than there is (by less than the base year's tolerance), or by rounding less.
[[nodiscard]] inline bool needs_ratio(double there_is, double taken) {
  return taken > there_is || is_rounding(there_is, taken);
}

LODE_INLINE AllocationProgram::AllocationProgram(const Network& network)
    : network_(network), columns_(network), balances_(balance_rows(network)) {
  const auto n = static_cast<Eigen::Index>(columns_.size());
  const auto m = static_cast<Eigen::Index>(balances_.size());
  baseline.setZero(n);
  for (std::size_t f = 0; f < columns_.facilities; ++f) {
    baseline[static_cast<Eigen::Index>(f)] = network.facilities()[f].baseline.in(tonnes_per_year);
  }
  for (std::size_t r = 0; r < columns_.routes; ++r) {
    baseline[static_cast<Eigen::Index>(columns_.of(RouteId{r}))] = network.routes()[r].flow.in(tonnes_per_year);
  }
  for (std::size_t f = 0, row = 0; f <= columns_.facilities; ++f) {
    first_row_.push_back(row);
    if (f == columns_.facilities) break;
    const Facility& facility = network.facilities()[f];
    row += facility.inputs.size() + facility.outputs.size() + facility.recoveries.size();
    if (facility.is_separator()) ++row;
  }
  row_ratio_.assign(balances_.size(), 1.0);
  capacity_ratio_.assign(columns_.facilities, 1.0);
  row_lower_.setZero(m);
  baseline_size.setZero(m);
  const auto flows_begin = columns_.facilities + columns_.end_uses;
  column_size = baseline;
  std::vector<double> largest(network.commodities().size(), 0.0);
  for (const Route& route : network.routes()) {
    double& most = largest[route.commodity.index()];
    most = std::max(most, route.flow.in(tonnes_per_year));
  }
  for (std::size_t r = 0; r < columns_.routes; ++r) {
    const double most = largest[network.routes()[r].commodity.index()];
    double& size = column_size[static_cast<Eigen::Index>(columns_.of(RouteId{r}))];
    size = std::max(size, 1e-3 * (most > 0.0 ? most : 1.0));
  }
  for (std::size_t i = 0; i < balances_.size(); ++i) {
    BalanceRow& row = balances_[i];
    const auto at = static_cast<Eigen::Index>(i);
    double gives = 0.0;
    double takes = 0.0;
    for (const BalanceEntry& entry : row.entries) {
      const double value = entry.coefficient * baseline[static_cast<Eigen::Index>(entry.column)];
      (value > 0.0 ? gives : takes) += std::abs(value);
    }
    baseline_size[at] = std::max(gives, takes);
    for (const BalanceEntry& entry : row.entries) {
      const BalanceEntry& first = row.entries.front();
      if (first.column >= flows_begin || entry.column < flows_begin) continue;
      const double flow = column_size[static_cast<Eigen::Index>(entry.column)];
      double& size = column_size[static_cast<Eigen::Index>(first.column)];
      size = std::max(size, std::abs(entry.coefficient / first.coefficient) * flow);
    }
    // A demand counts as nothing here.
    if (row.kind == BalanceKind::demand)
      gives = network.end_uses()[row.place.end_use().index()].demand.in(tonnes_per_year);
    is_tight_.push_back(gives > 0.0 && std::abs(takes - gives) <= 1e-9 * gives);
    switch (row.kind) {
      case BalanceKind::input: {
        const Facility& facility = network[row.place.facility()];
        const auto input = std::find_if(facility.inputs.begin(), facility.inputs.end(),
                                        [&row](const Input& entry) { return entry.commodity == row.commodity; });
        for (BalanceEntry& entry : row.entries) {
          if (entry.column >= flows_begin) entry.coefficient *= input->criticality;
        }
        // What arrives, with criticality 1, against what the base year needs: gives and takes.
        if (gives > 0.0 && needs_ratio(gives, takes)) row.entries.front().coefficient *= gives / takes;
        row_lower_[at] =
            (1.0 - input->criticality) * row.entries.front().coefficient * facility.baseline.in(tonnes_per_year);
        break;
      }
      case BalanceKind::output:
        if (gives > 0.0 && needs_ratio(gives, takes)) row.entries.front().coefficient *= takes / gives;
        break;
      case BalanceKind::feed:
        if (takes > 0.0 && needs_ratio(takes, gives)) capacity_ratio_[row.place.facility().index()] = gives / takes;
        break;
      case BalanceKind::recovery: {
        // A separator may feed itself what it wins: that flow's entry is what is won of it less itself.
        const auto feeds_itself = [&](const BalanceEntry& entry) {
          const Route& route = network.routes()[entry.column - flows_begin];
          return route.from == row.place && route.to == row.place && route.commodity == row.commodity;
        };
        double won = 0.0;
        double sent = 0.0;
        for (const BalanceEntry& entry : row.entries) {
          const double flow = baseline[static_cast<Eigen::Index>(entry.column)];
          const double own = feeds_itself(entry) ? 1.0 : 0.0;
          (entry.coefficient + own > 0.0 ? won : sent) += flow * std::abs(entry.coefficient + own);
          sent += own * flow;
        }
        if (!(won > 0.0) || !needs_ratio(won, sent)) break;
        row_ratio_[i] = sent / won;
        for (BalanceEntry& entry : row.entries) {
          const double own = feeds_itself(entry) ? 1.0 : 0.0;
          if (entry.coefficient + own > 0.0) entry.coefficient = (entry.coefficient + own) * row_ratio_[i] - own;
        }
        break;
      }
      case BalanceKind::demand:
        // What rounding leaves unmet in the base year is not a shortage that others could be robbed for.
        if (is_rounding(gives, takes)) row_ratio_[i] = takes / gives;
        for (BalanceEntry& entry : row.entries) entry.coefficient = 1.0;
        break;
    }
  }
  std::vector<Eigen::Triplet<double>> entries;
  for (std::size_t i = 0; i < balances_.size(); ++i) {
    for (const BalanceEntry& entry : balances_[i].entries) {
      if (entry.coefficient == 0.0) continue;
      entries.emplace_back(static_cast<int>(i), static_cast<int>(entry.column), entry.coefficient);
    }
  }
  balance_matrix_.resize(m, n);
  balance_matrix_.setFromTriplets(entries.begin(), entries.end());
}

LODE_INLINE double AllocationProgram::won(FacilityId f, std::size_t k, CommodityId feed) const {
  const Recovery& recovery = network_[f].recoveries[k];
  return row_ratio_[recovery_row(f, k)] * recovery.recovery * network_[feed].content(recovery.material) /
         network_[recovery.commodity].content(recovery.material);
}

LODE_INLINE void AllocationProgram::load(const Disruption& disruption, const Adaptation& allow) {
  const auto n = static_cast<Eigen::Index>(columns_.size());
  quotas_ = disruption.quotas.size();
  const auto m = static_cast<Eigen::Index>(balances_.size() + quotas_ + disruption.offtakes.size());
  const auto column = [this](auto id) { return static_cast<Eigen::Index>(columns_.of(id)); };

  program.lower.setZero(n);
  program.upper.setConstant(n, optimize::infinity);
  for (std::size_t f = 0; f < columns_.facilities; ++f) {
    const Facility& facility = network_.facilities()[f];
    const TonnesPerYear capacity = allow.spare_capacity ? facility.capacity_or_baseline() : facility.baseline;
    program.upper[column(FacilityId{f})] = capacity.in(tonnes_per_year);
  }
  for (const ActivityLimit& limit : disruption.activity) {
    double& upper = program.upper[column(limit.facility)];
    upper = std::max(0.0, limit.factor * upper + limit.add);
  }
  for (std::size_t f = 0; f < columns_.facilities; ++f) program.upper[column(FacilityId{f})] *= capacity_ratio_[f];
  for (std::size_t r = 0; r < columns_.routes; ++r) {
    const Route& route = network_.routes()[r];
    double& upper = program.upper[column(RouteId{r})];
    if (route.capacity) upper = route.capacity->in(tonnes_per_year);
    const double flow = route.flow.in(tonnes_per_year);
    if (flow > 0.0 ? !allow.rerouting : !allow.new_links) upper = std::min(upper, flow);
  }

  demanded.resize(columns_.end_uses);
  weight.resize(columns_.end_uses);
  for (std::size_t e = 0; e < columns_.end_uses; ++e) {
    demanded[e] = network_.end_uses()[e].demand.in(tonnes_per_year);
    weight[e] = network_.end_uses()[e].weight;
  }
  for (const EndUseFactor& change : disruption.demand) demanded[change.end_use.index()] *= change.factor;
  for (const EndUseFactor& change : disruption.weights) weight[change.end_use.index()] *= change.factor;

  program.row_lower.setZero(m);
  program.row_upper.setConstant(m, optimize::infinity);
  released.assign(balances_.size(), 0.0);
  const auto release_to = [&disruption](PlaceId place, CommodityId commodity) {
    double sum = 0.0;
    for (const ReserveRelease& release : disruption.releases) {
      if (release.holder == place && release.commodity == commodity) sum += release.rate;
    }
    return sum;
  };
  for (std::size_t i = 0; i < balances_.size(); ++i) {
    const BalanceRow& row = balances_[i];
    const auto at = static_cast<Eigen::Index>(i);
    program.row_lower[at] = row_lower_[at];
    if (row.kind == BalanceKind::feed) program.row_upper[at] = 0.0;
    if (row.kind == BalanceKind::demand) program.row_lower[at] = demanded[row.place.end_use().index()] * row_ratio_[i];
    if (row.kind != BalanceKind::input && row.kind != BalanceKind::demand) continue;
    released[i] = release_to(row.place, row.commodity);
    if (released[i] == 0.0) continue;
    double share = 1.0;
    if (row.kind == BalanceKind::input) {
      for (const Input& input : network_[row.place.facility()].inputs) {
        if (input.commodity == row.commodity) share = input.criticality;
      }
    }
    program.row_lower[at] -= share * released[i];
  }
  std::vector<Eigen::Triplet<double>> added;
  for (std::size_t k = 0; k < quotas_; ++k) {
    const Quota& quota = disruption.quotas[k];
    for (const RouteId route : quota.routes) {
      added.emplace_back(static_cast<int>(quota_row(k)), static_cast<int>(column(route)), -1.0);
    }
    program.row_lower[quota_row(k)] = -quota.limit;
  }
  for (std::size_t k = 0; k < disruption.offtakes.size(); ++k) {
    const Offtake& offtake = disruption.offtakes[k];
    for (const RouteId route : offtake.routes) {
      added.emplace_back(static_cast<int>(offtake_row(k)), static_cast<int>(column(route)), 1.0);
    }
    program.row_lower[offtake_row(k)] = offtake.minimum;
  }
  append(added, m);
}

LODE_INLINE void AllocationProgram::append(const std::vector<Eigen::Triplet<double>>& added, Eigen::Index m) {
  const Eigen::Index n = balance_matrix_.cols();
  std::vector<int> more(static_cast<std::size_t>(n) + 1, 0);
  for (const auto& entry : added) ++more[static_cast<std::size_t>(entry.col()) + 1];
  for (std::size_t j = 1; j < more.size(); ++j) more[j] += more[j - 1];
  program.rows.resize(m, n);
  const Eigen::Index entries = balance_matrix_.nonZeros() + static_cast<Eigen::Index>(added.size());
  program.rows.resizeNonZeros(entries);
  std::vector<int> next(static_cast<std::size_t>(n));
  for (Eigen::Index j = 0; j < n; ++j) {
    const int begin = balance_matrix_.outerIndexPtr()[j];
    const int end = balance_matrix_.outerIndexPtr()[j + 1];
    const int at = begin + more[static_cast<std::size_t>(j)];
    std::copy(balance_matrix_.innerIndexPtr() + begin, balance_matrix_.innerIndexPtr() + end,
              program.rows.innerIndexPtr() + at);
    std::copy(balance_matrix_.valuePtr() + begin, balance_matrix_.valuePtr() + end, program.rows.valuePtr() + at);
    program.rows.outerIndexPtr()[j] = at;
    next[static_cast<std::size_t>(j)] = at + end - begin;
  }
  program.rows.outerIndexPtr()[n] = static_cast<int>(entries);
  for (const auto& entry : added) {
    const int at = next[static_cast<std::size_t>(entry.col())]++;
    program.rows.innerIndexPtr()[at] = entry.row();
    program.rows.valuePtr()[at] = entry.value();
  }
}

}  // namespace lode::inline LODE_ABI::detail
