// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include <Eigen/SparseCore>

#include <lode/config.hpp>
#include <lode/detail/least_squares.hpp>

namespace lode::inline LODE_ABI::detail {

struct FeasibleInterval {
  double low = 0.0, high = 0.0;  ///< high may be infinite
  double choice = 0.0;           ///< a value within; all choices together satisfy the rows
};

/// What rows and bounds leave the columns `open` while every other column stays at `x`: two linear programs a column,
/// within the part of the rows that its open columns share; then the point nearest to the middles of the intervals (to
/// the low end where there is no high one). Nothing if `go_on` said no or a program was not solved. Private.
[[nodiscard]] std::optional<std::vector<FeasibleInterval>> feasible_intervals(
    const LeastSquares& problem, const Eigen::VectorXd& x, const std::vector<std::size_t>& open,
    const std::function<bool(std::size_t done, std::size_t all)>& go_on);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/feasible_intervals.ipp>  // IWYU pragma: export
#endif
