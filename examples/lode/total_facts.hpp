// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <optional>
#include <vector>

#include <lode/dataset.hpp>

#include "dataset_facts.hpp"
#include "row_quality.hpp"
#include "uncertainties.hpp"

namespace program {

/// A total with what is known about it.
struct TotalFacts {
  Total total;
  QualityCounts rows;  ///< behind it
  Spread spread;

  [[nodiscard]] bool has_rows() const;
  /// Nothing if no figure of the total states an uncertainty.
  [[nodiscard]] std::optional<double> sd() const;
  [[nodiscard]] std::optional<double> relative_sd() const;
  /// The share of the tonnes whose figures state an uncertainty.
  [[nodiscard]] std::optional<double> stated_share() const;
};

/// In the order of `base_year_totals`.
[[nodiscard]] std::vector<TotalFacts> total_facts(const lode::Dataset& dataset);

}  // namespace program
