// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <vector>

#include <lode/adaptation.hpp>
#include <lode/config.hpp>
#include <lode/detail/balance_rows.hpp>
#include <lode/disruption.hpp>
#include <lode/network.hpp>
#include <lode/optimize/program.hpp>

/// What a network can do in a year under a disruption, as rows and bounds of a program. Private.
///
/// Columns: activities by facility, then what is missing by end use, then flows by route (`FigureColumns`). Rows, all
/// of them "at least", feeds apart:
///
///     input     c inflow - amount x >= -(1 - c) amount x0 - c released     c the criticality
///     output    amount x - outflow >= 0
///     feed      inflow of all feeds - x = 0
///     recovery  sum of recovery content feed / content of the product - outflow >= 0
///     demand    inflow + missing >= demand - released
///     quota     -(sum of flows) >= -limit
///     offtake   sum of flows >= minimum
///
/// with 0 <= x <= factor capacity + add, 0 <= flow <= capacity. A base year balances to 1e-6 of its figures; where it
/// is off (more leaves than is made, less arrives than is used), amounts, recoveries and capacities give way by that
/// ratio, so that the base year itself, and whatever propagation answers, is always possible. Sides that differ by
/// rounding (1e-9) are made equal, demands included: a surplus or a lack in the last digits of the data must not decide
/// who gets what.
namespace lode::inline LODE_ABI::detail {

class AllocationProgram {
 public:
  /// O(routes + facilities), apart from sorting.
  explicit AllocationProgram(const Network& network);

  /// Bounds and rows of a disruption; quotas and offtakes come after the balances. The objective is left alone.
  void load(const Disruption& disruption, const Adaptation& allow = {});

  [[nodiscard]] const Network& network() const { return network_; }
  [[nodiscard]] const FigureColumns& columns() const { return columns_; }
  /// The balances, in the order of the program's rows.
  [[nodiscard]] const std::vector<BalanceRow>& balances() const { return balances_; }
  /// The rows of a recipe's input or output k, a separator's feed or recovery k, and an end use.
  [[nodiscard]] std::size_t input_row(FacilityId f, std::size_t k) const { return first_row_[f.index()] + k; }
  [[nodiscard]] std::size_t output_row(FacilityId f, std::size_t k) const {
    return first_row_[f.index()] + network_[f].inputs.size() + k;
  }
  [[nodiscard]] std::size_t feed_row(FacilityId f) const { return first_row_[f.index()]; }
  [[nodiscard]] std::size_t recovery_row(FacilityId f, std::size_t k) const { return first_row_[f.index()] + 1 + k; }
  [[nodiscard]] std::size_t demand_row(EndUseId e) const { return first_row_.back() + e.index(); }
  /// Whether a balance has no slack in the base year.
  [[nodiscard]] bool is_tight(std::size_t row) const { return is_tight_[row]; }
  /// t of a separator's recovery k won of one t of a feed.
  [[nodiscard]] double won(FacilityId f, std::size_t k, CommodityId feed) const;
  /// The row of quota or offtake k of the loaded disruption.
  [[nodiscard]] Eigen::Index quota_row(std::size_t k) const { return static_cast<Eigen::Index>(balances_.size() + k); }
  [[nodiscard]] Eigen::Index offtake_row(std::size_t k) const { return quota_row(quotas_ + k); }

  optimize::Program program;      ///< gradient and hessian are the model's
  std::vector<double> demanded;   ///< t/yr by end use
  std::vector<double> weight;     ///< by end use
  std::vector<double> released;   ///< t/yr by balance row: what a reserve adds to an input or a demand
  Eigen::VectorXd baseline;       ///< x0, 0 and f0 by column
  Eigen::VectorXd baseline_size;  ///< by balance row: the larger side of the base year, t/yr
  /// By column, what residuals are measured against: the baseline, of a route at least a thousandth of the commodity's
  /// largest flow (1 t/yr if it does not flow), and of the rest at least what such routes bring or take.
  Eigen::VectorXd column_size;

 private:
  /// program.rows: the balances and below them `added`, entries by ascending row, `m` rows in all. O(nonzeros).
  void append(const std::vector<Eigen::Triplet<double>>& added, Eigen::Index m);

  Network network_;
  FigureColumns columns_;
  std::vector<BalanceRow> balances_;
  std::vector<std::size_t> first_row_;  ///< by facility, then that of the end uses
  std::vector<bool> is_tight_;
  std::vector<double> row_ratio_;       ///< by balance row: what a recovery is raised by, or a demand lowered
  std::vector<double> capacity_ratio_;  ///< by facility: feeds of the base year / baseline, at least 1
  Eigen::SparseMatrix<double> balance_matrix_;
  Eigen::VectorXd row_lower_;  ///< of the base year's balances
  std::size_t quotas_ = 0;
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/allocation_program.ipp>  // IWYU pragma: export
#endif
