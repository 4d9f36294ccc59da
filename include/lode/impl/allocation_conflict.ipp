// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <utility>

#include <lode/detail/allocation_conflict.hpp>
#include <lode/detail/least_squares.hpp>
#include <lode/detail/text.hpp>
#include <lode/error.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE std::vector<std::string> conflict(const AllocationProgram& allocation, const Disruption& disruption,
                                              const optimize::Solution& ray) {
  const optimize::Program& program = allocation.program;
  const Network& network = allocation.network();
  const FigureColumns& columns = allocation.columns();
  LeastSquares question;
  question.centre = allocation.baseline;
  question.scale = allocation.baseline.cwiseMax(1.0);
  question.state.assign(columns.size(), FigureState::unknown);
  question.lower = program.lower;
  question.upper = program.upper;
  question.rows = program.rows;
  question.row_lower = program.row_lower;
  question.row_upper = program.row_upper;
  LeastSquaresAnswer proof;
  proof.ray_rows = ray.row_dual;
  proof.ray_bounds = ray.bound_dual;
  const Conflict found = smallest_conflict(question, proof);

  const auto shock = [](std::size_t position, std::string_view kind) {
    return std::string(kind) + " of shock " + std::to_string(position + 1);
  };
  std::vector<std::string> out;
  std::vector<std::string> balances;
  for (const std::size_t row : found.rows) {
    const std::size_t first_quota = allocation.balances().size();
    const std::size_t first_offtake = first_quota + disruption.quotas.size();
    if (row >= first_offtake) {
      const Offtake& offtake = disruption.offtakes[row - first_offtake];
      out.push_back(shock(offtake.shock, "offtake") + ": at least " + number_text(offtake.minimum) + " t/yr of " +
                    detail::quoted(network[offtake.commodity].id));
    } else if (row >= first_quota) {
      const Quota& quota = disruption.quotas[row - first_quota];
      out.push_back(shock(quota.shock, "quota") + ": at most " + number_text(quota.limit) + " t/yr of " +
                    detail::quoted(network[quota.commodity].id));
    } else {
      const BalanceRow& balance = allocation.balances()[row];
      const std::string place = detail::quoted(network.id(balance.place));
      if (balance.kind == BalanceKind::feed) {
        balances.push_back("balance: " + place + " does as much as it is fed");
      } else {
        const bool arrives = balance.kind == BalanceKind::input || balance.kind == BalanceKind::demand;
        balances.push_back("balance: " + place + (arrives ? " uses no more " : " sends no more ") +
                           detail::quoted(network[balance.commodity].id) + (arrives ? " than arrives" : " than it makes"));
      }
    }
  }
  for (const std::size_t column : found.columns) {
    const auto j = static_cast<Eigen::Index>(column);
    if (!(ray.bound_dual[j] < 0.0)) continue;  // that nothing is negative goes without saying
    const std::string most = number_text(program.upper[j]) + " t/yr";
    if (column < columns.facilities) {
      out.push_back("limit: " + detail::quoted(network.facilities()[column].id) + " does at most " + most);
    } else if (column >= columns.facilities + columns.end_uses) {
      const Route& route = network.routes()[column - columns.facilities - columns.end_uses];
      out.push_back("capacity: the route of " + detail::quoted(network[route.commodity].id) + " from " +
                    detail::quoted(network.id(route.from)) + " to " + detail::quoted(network.id(route.to)) + " carries at most " + most);
    }
  }
  out.insert(out.end(), std::make_move_iterator(balances.begin()), std::make_move_iterator(balances.end()));
  return out;
}

}  // namespace lode::inline LODE_ABI::detail
