// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/dataset.hpp>
#include <lode/error.hpp>
#include <lode/risk.hpp>

namespace lode::inline LODE_ABI::detail {

/// Throws `InvalidArgument` if the report names what the data set does not have.
inline void require_fit(const RiskReport& report, const Dataset& dataset) {
  const Network& network = dataset.network;
  bool fits = true;
  for (const StageRisk& row : report.stages) {
    fits = fits && row.material.index() < network.materials().size();
    for (const Supplier& supplier : row.suppliers) fits = fits && supplier.country.index() < network.countries().size();
  }
  for (const CountryRisk& row : report.countries) {
    fits =
        fits && row.material.index() < network.materials().size() && row.country.index() < network.countries().size();
  }
  if (fits) return;
  throw InvalidArgument(
      {{{"risk report", 0, 0}, "it is not of this data set", "pass the data set it was computed from"}});
}

}  // namespace lode::inline LODE_ABI::detail
