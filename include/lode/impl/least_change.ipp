// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <lode/detail/least_change.hpp>

namespace lode::inline LODE_ABI::detail {

/// constant + sum of coefficient * flow, columns being routes.
struct FlowSum {
  double constant = 0.0;
  std::vector<BalanceEntry> entries = {};
  bool is_tight = false;  ///< as a limit: it holds without slack
};

/// The rows of the problem in flows, as they are found.
class FlowRows {
 public:
  explicit FlowRows(std::size_t routes) : place_(routes, none) {}

  /// low <= high, or equality.
  void require(const FlowSum& low, const FlowSum& high, bool equal) {
    const auto row = static_cast<int>(lower_.size());
    const std::size_t first = entries_.size();
    const auto add = [&](const FlowSum& sum, double sign) {
      for (const BalanceEntry& entry : sum.entries) {
        std::size_t& place = place_[entry.column];
        // A plant that feeds itself has a flow on both sides.
        if (place != none && place >= first) {
          entries_[place] = {row, static_cast<int>(entry.column), entries_[place].value() + sign * entry.coefficient};
          continue;
        }
        place = entries_.size();
        entries_.emplace_back(row, static_cast<int>(entry.column), sign * entry.coefficient);
      }
    };
    add(high, 1.0);
    add(low, -1.0);
    if (entries_.size() == first) return;
    lower_.push_back(low.constant - high.constant);
    upper_.push_back(equal ? lower_.back() : infinity);
  }

  /// `optimum` obeys the rows but for rounding, which is enough to leave them without a common point: each gives way by
  /// what the optimum lacks.
  /// `give`: what every inequality gives way besides, relative to its terms, each by an amount of its own.
  void fill(LeastSquares& problem, const Eigen::VectorXd& optimum, double give) const {
    const auto m = static_cast<Index>(lower_.size());
    problem.rows.resize(m, problem.centre.size());
    problem.rows.setFromTriplets(entries_.begin(), entries_.end());
    problem.row_lower = Eigen::Map<const Eigen::VectorXd>(lower_.data(), m);
    problem.row_upper = Eigen::Map<const Eigen::VectorXd>(upper_.data(), m);
    const Eigen::VectorXd at = problem.rows * optimum;
    const Eigen::VectorXd size = problem.rows.cwiseAbs() * problem.centre.cwiseAbs();
    for (Index i = 0; i < m; ++i) {
      const bool equal = problem.row_lower[i] == problem.row_upper[i];
      const double own = give * (1.0 + static_cast<double>(i % 7) / 7.0);
      problem.row_lower[i] = equal ? at[i] : std::min(problem.row_lower[i], at[i]) - own * size[i];
      if (equal) problem.row_upper[i] = at[i];
    }
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::vector<std::size_t> place_;  ///< of a route's latest entry
  std::vector<Eigen::Triplet<double>> entries_;
  std::vector<double> lower_, upper_;
};

LODE_INLINE LeastChange::LeastChange(const Network& network) {
  std::vector<double> largest(network.commodities().size(), 0.0);
  for (const Route& route : network.routes()) {
    double& most = largest[route.commodity.index()];
    most = std::max(most, route.flow.in(tonnes_per_year));
  }
  for (const Route& route : network.routes()) {
    const double most = largest[route.commodity.index()] > 0.0 ? largest[route.commodity.index()] : 1.0;
    inertia_.push_back(std::max(route.flow.in(tonnes_per_year), 1e-3 * most));
  }
}

LODE_INLINE LeastChange::Answer LeastChange::find(const AllocationProgram& allocation, const optimize::Solution& best,
                                                  double least, double give) const {
  const Eigen::VectorXd& row_dual = best.row_dual;
  const Eigen::VectorXd& bound_dual = best.bound_dual;
  const optimize::Program& program = allocation.program;
  const FigureColumns& columns = allocation.columns();
  const Network& network = allocation.network();
  const std::size_t flows_begin = columns.facilities + columns.end_uses;
  double unit = 0.0;
  for (const double weight : allocation.weight) unit = std::max(unit, weight);
  const auto has_multiplier = [&](std::size_t row) {
    return std::abs(row_dual[static_cast<Index>(row)]) > least * unit;
  };
  const auto is_at_limit = [&](std::size_t column) {
    const auto j = static_cast<Index>(column);
    return bound_dual[j] < -least * unit && std::isfinite(program.upper[j]);
  };
  /// The flows of a balance with entries of one sign, divided.
  const auto flows_of = [&](std::size_t row, double sign, double divisor) {
    FlowSum sum;
    for (const BalanceEntry& entry : allocation.balances()[row].entries) {
      if (entry.column < flows_begin || !(sign * entry.coefficient > 0.0)) continue;
      sum.entries.push_back({entry.column - flows_begin, std::abs(entry.coefficient) / divisor});
    }
    sum.is_tight = has_multiplier(row);
    return sum;
  };

  LeastSquares problem;
  const auto n = static_cast<Index>(columns.routes);
  problem.centre = allocation.baseline.tail(n);
  problem.lower = program.lower.tail(n);
  problem.upper = program.upper.tail(n);
  problem.state.assign(columns.routes, FigureState::measured);
  problem.scale.resize(n);
  for (std::size_t r = 0; r < columns.routes; ++r) {
    const auto j = static_cast<Index>(r);
    problem.scale[j] = std::sqrt(inertia_[r]);
    const double z = bound_dual[static_cast<Index>(flows_begin + r)];
    const double upper = problem.upper[j];
    if (z > least * unit || upper <= 0.0) {
      problem.upper[j] = problem.lower[j];
    } else if (z < -least * unit && std::isfinite(upper)) {
      problem.lower[j] = upper;
    } else {
      continue;
    }
    problem.state[r] = FigureState::fixed;
    problem.centre[j] = problem.lower[j];
  }

  FlowRows rows(columns.routes);
  const auto constant = [](double value, bool is_tight) { return FlowSum{value, {}, is_tight}; };
  for (std::size_t f = 0; f < columns.facilities; ++f) {
    const FacilityId id{f};
    const Facility& facility = network[id];
    FlowSum limit = constant(program.upper[static_cast<Index>(f)], is_at_limit(f));
    if (bound_dual[static_cast<Index>(f)] > least * unit) limit = constant(0.0, true);  // it stands still
    if (facility.is_separator()) {
      rows.require(flows_of(allocation.feed_row(id), 1.0, 1.0), limit, limit.is_tight);
      for (std::size_t k = 0; k < facility.recoveries.size(); ++k) {
        const std::size_t row = allocation.recovery_row(id, k);
        rows.require(flows_of(row, -1.0, 1.0), flows_of(row, 1.0, 1.0), has_multiplier(row));
      }
      continue;
    }
    std::vector<FlowSum> most{limit};
    for (std::size_t k = 0; k < facility.inputs.size(); ++k) {
      const std::size_t row = allocation.input_row(id, k);
      const double amount = -allocation.balances()[row].entries.front().coefficient;
      FlowSum allowed = flows_of(row, 1.0, amount);
      allowed.constant = -program.row_lower[static_cast<Index>(row)] / amount;
      most.push_back(std::move(allowed));
    }
    std::vector<FlowSum> needed;
    for (std::size_t k = 0; k < facility.outputs.size(); ++k) {
      const std::size_t row = allocation.output_row(id, k);
      needed.push_back(flows_of(row, -1.0, allocation.balances()[row].entries.front().coefficient));
    }
    // Where something holds without slack it is the activity.
    const auto tight = [](const FlowSum& sum) { return sum.is_tight; };
    const auto by_input = std::find_if(most.begin(), most.end(), tight);
    const auto by_output = std::find_if(needed.begin(), needed.end(), tight);
    const bool is_known = by_input != most.end() || by_output != needed.end();
    if (!is_known) {
      for (const FlowSum& low : needed) {
        for (const FlowSum& high : most) rows.require(low, high, false);
      }
      continue;
    }
    const FlowSum* const activity = by_input != most.end() ? &*by_input : &*by_output;
    for (const FlowSum& high : most) {
      if (&high != activity) rows.require(*activity, high, high.is_tight);
    }
    for (const FlowSum& low : needed) {
      if (&low != activity) rows.require(low, *activity, low.is_tight);
    }
  }
  for (std::size_t e = 0; e < columns.end_uses; ++e) {
    const std::size_t row = allocation.demand_row(EndUseId{e});
    const FlowSum arrives = flows_of(row, 1.0, 1.0);
    const FlowSum wanted = constant(program.row_lower[static_cast<Index>(row)], false);
    const bool may_miss = !(bound_dual[static_cast<Index>(columns.of(EndUseId{e}))] > least * unit);
    if (may_miss) {
      if (has_multiplier(row)) rows.require(arrives, wanted, false);
    } else {
      rows.require(wanted, arrives, has_multiplier(row));
    }
  }
  // Quotas and offtakes come after the balances.
  const std::size_t first = allocation.balances().size();
  std::vector<FlowSum> sums(static_cast<std::size_t>(program.rows.rows()) - first);
  for (Index j = 0; j < n; ++j) {
    const Index column = static_cast<Index>(flows_begin) + j;
    for (Eigen::SparseMatrix<double>::InnerIterator it(program.rows, column); it; ++it) {
      const auto row = static_cast<std::size_t>(it.row());
      if (row >= first) sums[row - first].entries.push_back({static_cast<std::size_t>(j), it.value()});
    }
  }
  for (std::size_t k = 0; k < sums.size(); ++k) {
    rows.require(constant(program.row_lower[static_cast<Index>(first + k)], false), sums[k], has_multiplier(first + k));
  }
  Eigen::VectorXd optimal_flows = best.x.tail(n);
  for (Index j = 0; j < n; ++j) {
    if (problem.lower[j] == problem.upper[j]) optimal_flows[j] = problem.lower[j];
  }
  rows.fill(problem, optimal_flows, give);

  LeastSquaresOptions settings;
  settings.determine = false;
  settings.tolerance = 1e-13;
  settings.accuracy = 1e-12;
  LeastSquaresAnswer answer = solve(problem, settings);
  // What rounding leaves on routes that are not used.
  for (Index j = 0; j < answer.x.size(); ++j) {
    if (problem.lower[j] == 0.0 && answer.x[j] < 1e-9 * inertia_[static_cast<std::size_t>(j)]) answer.x[j] = 0.0;
  }
  return {answer.status, std::move(answer.x)};
}

}  // namespace lode::inline LODE_ABI::detail
