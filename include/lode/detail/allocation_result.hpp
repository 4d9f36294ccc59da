// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <vector>

#include <Eigen/SparseCore>

#include <lode/config.hpp>
#include <lode/detail/allocation_program.hpp>
#include <lode/result.hpp>

/// From the flows of a program to what a user reads, and the balances that prove it. Private.
namespace lode::inline LODE_ABI::detail {

/// Sets what follows from the flows in `point`: a separator's activity is its feed; a recipe's is the nearest to the
/// base year of those that make what leaves and need no more than what arrives; what is missing is demand less inflow.
/// Flows are left alone. O(nonzeros).
void settle(const AllocationProgram& allocation, Eigen::VectorXd& point);

/// Fills end uses, totals, facilities and routes from a settled point.
void account(const AllocationProgram& allocation, const std::vector<double>& baseline_shortfall,
             const Eigen::VectorXd& point, Result& result);

/// Worst violation of a balance, quota, offtake or limit by the result's own flows and activities, relative to the
/// larger side of the row, now or in the base year, or what its columns could be (`column_size`). O(nonzeros).
[[nodiscard]] double mass_balance(const AllocationProgram& allocation, const Result& result);

/// Prices, rents and baskets from the multipliers of rows and bounds.
void account_prices(const AllocationProgram& allocation, const Disruption& disruption, const Eigen::VectorXd& point,
                    const Eigen::VectorXd& row_dual, const Eigen::VectorXd& bound_dual, Result& result);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/allocation_prices.ipp>  // IWYU pragma: export
#include <lode/impl/allocation_result.ipp>  // IWYU pragma: export
#endif
