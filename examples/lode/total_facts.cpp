// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "total_facts.hpp"

#include <algorithm>

namespace program {

bool TotalFacts::has_rows() const {
  return std::any_of(rows.begin(), rows.end(), [](std::size_t count) { return count > 0; });
}

std::optional<double> TotalFacts::sd() const {
  return spread.is_stated ? std::optional(spread.sd) : std::nullopt;
}

std::optional<double> TotalFacts::relative_sd() const {
  return spread.is_stated ? share_of(spread.sd, total.tonnes) : std::nullopt;
}

std::optional<double> TotalFacts::stated_share() const {
  return share_of(spread.tonnes, total.tonnes);
}

std::vector<TotalFacts> total_facts(const lode::Dataset& dataset) {
  const std::vector<Total> totals = base_year_totals(dataset.network);
  const std::vector<QualityCounts> rows = quality_behind_totals(dataset);
  const std::vector<Spread> spreads = spreads_of_totals(dataset.network);
  std::vector<TotalFacts> facts;
  for (std::size_t i = 0; i < totals.size(); ++i) facts.push_back({totals[i], rows[i], spreads[i]});
  return facts;
}

}  // namespace program
