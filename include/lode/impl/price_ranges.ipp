// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <lode/detail/price_ranges.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE PriceRanges::PriceRanges(const AllocationProgram& allocation, const optimize::Solution& optimum,
                                     const optimize::Basis& basis)
    : allocation_(allocation), tangent_(allocation.program), basis_(basis) {
  constexpr double rounding = 1e-9;
  const optimize::Program& program = allocation.program;
  const Eigen::Index n = program.gradient.size();
  const Eigen::Index m = program.rows.rows();
  Eigen::VectorXd activity = Eigen::VectorXd::Zero(m);
  Eigen::VectorXd size = Eigen::VectorXd::Ones(m);
  for (Eigen::Index j = 0; j < n; ++j) {
    for (Eigen::SparseMatrix<double>::InnerIterator it(program.rows, j); it; ++it) {
      activity[it.row()] += it.value() * optimum.x[j];
      size[it.row()] += std::abs(it.value() * optimum.x[j]);
    }
  }
  for (Eigen::Index i = 0; i < m; ++i) {
    binds_.push_back(activity[i] - program.row_lower[i] <= rounding * size[i]);
    tangent_.row_lower[i] = binds_.back() ? 0.0 : -optimize::infinity;
    if (std::isfinite(program.row_upper[i])) tangent_.row_upper[i] = 0.0;  // an equality
  }
  for (Eigen::Index j = 0; j < n; ++j) {
    const double room = rounding * (1.0 + std::abs(optimum.x[j]));
    tangent_.lower[j] = optimum.x[j] - program.lower[j] <= room ? 0.0 : -optimize::infinity;
    tangent_.upper[j] = program.upper[j] - optimum.x[j] <= room ? 0.0 : optimize::infinity;
  }
}

LODE_INLINE double PriceRanges::derivative(const Direction& r, double sign) {
  const auto shift = [&](double by) {
    for (const auto& [row, change] : r) {
      const auto i = static_cast<Eigen::Index>(row);
      if (!binds_[row]) continue;
      tangent_.row_lower[i] = by * change;
      if (std::isfinite(tangent_.row_upper[i])) tangent_.row_upper[i] = by * change;
    }
  };
  shift(sign);
  const double slope = steepest();
  shift(0.0);
  return slope;
}

LODE_INLINE double PriceRanges::derivative_of_bound(std::size_t column, double sign) {
  double& upper = tangent_.upper[static_cast<Eigen::Index>(column)];
  if (upper != 0.0) return 0.0;  // it does not bind
  if (sign < 0.0 && tangent_.lower[static_cast<Eigen::Index>(column)] == 0.0) return optimize::infinity;
  upper = sign;
  const double slope = steepest();
  upper = 0.0;
  return slope;
}

LODE_INLINE double PriceRanges::steepest() {
  const optimize::Solution steepest = simplex_.solve(tangent_, basis_);
  if (steepest.status == optimize::Status::optimal) return steepest.objective;
  return steepest.status == optimize::Status::primal_infeasible ? optimize::infinity
                                                                : std::numeric_limits<double>::quiet_NaN();
}

LODE_INLINE PriceRanges::Direction PriceRanges::one_more(const PriceResult& price) const {
  if (price.place.is_end_use()) return {{allocation_.demand_row(price.place.end_use()), -1.0}};
  const FacilityId f = price.place.facility();
  const Facility& facility = allocation_.network()[f];
  const auto position = [&price](const auto& list) {
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&price](const auto& entry) { return entry.commodity == price.commodity; });
    return static_cast<std::size_t>(found - list.begin());
  };
  if (price.makes) {
    const std::size_t row = facility.is_separator() ? allocation_.recovery_row(f, position(facility.recoveries))
                                                    : allocation_.output_row(f, position(facility.outputs));
    return {{row, -1.0}};
  }
  if (!facility.is_separator()) {
    const std::size_t k = position(facility.inputs);
    return {{allocation_.input_row(f, k), -facility.inputs[k].criticality}};
  }
  Direction r{{allocation_.feed_row(f), -1.0}};
  for (std::size_t k = 0; k < facility.recoveries.size(); ++k) {
    r.emplace_back(allocation_.recovery_row(f, k), -allocation_.won(f, k, price.commodity));
  }
  return r;
}

LODE_INLINE void PriceRanges::fill(std::vector<PriceResult>& prices) {
  for (PriceResult& price : prices) {
    const Direction r = one_more(price);
    // Nothing has to be taken, so nothing is worth less than nothing.
    const double low = std::max(0.0, -derivative(r, 1.0));
    const double high = std::max(0.0, derivative(r, -1.0));
    if (std::isnan(low) || std::isnan(high)) continue;
    price.low = std::min(low, high);
    if (std::isfinite(high)) price.high = std::max(low, high);
    price.price = std::clamp(price.price, *price.low, price.high.value_or(std::max(*price.low, price.price)));
  }
}

}  // namespace lode::inline LODE_ABI::detail
