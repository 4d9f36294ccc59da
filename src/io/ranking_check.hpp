// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>
#include <utility>

#include <lode/dataset.hpp>
#include <lode/error.hpp>
#include <lode/ranking.hpp>

namespace lode::inline LODE_ABI::detail {

/// Throws `InvalidArgument` unless the ranking is solved and of this data set.
inline void require_numbers(const Ranking& ranking, const Dataset& dataset) {
  const auto refuse = [](std::string what, std::string mend) {
    throw InvalidArgument({{{"ranking", 0, 0}, std::move(what), std::move(mend)}});
  };
  if (ranking.status != SolveStatus::solved) {
    refuse(std::string("the status is \"") + to_string(ranking.status) + '"', advice(ranking.status));
  }
  bool fits = ranking.start.shortfall.size() == dataset.network.materials().size();
  for (const RankRow& row : ranking.rows) fits = fits && row.shortfall.size() == ranking.start.shortfall.size();
  if (!fits) refuse("it is not of this data set", "pass the data set whose network was ranked");
}

}  // namespace lode::inline LODE_ABI::detail
