// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>

#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/risk.hpp>

/// Indicators of supply risk for other programs and for people. Needs the compiled library `lode::lode`. All throw
/// `InvalidArgument` for a report that is not of this data set.
namespace lode::inline LODE_ABI {

/// The JSON document of docs/formats.md section 5, ending in a newline. Numbers are never rounded; what is absent is
/// `null`.
[[nodiscard]] std::string to_json(const RiskReport& report, const Dataset& dataset);

/// The same numbers as one table, a row per number: `section,material,stage,country,quantity,unit,value`. What is
/// absent has no row.
[[nodiscard]] std::string to_csv(const RiskReport& report, const Dataset& dataset);

/// Concentration by material and stage, and who is exposed at each material's bottleneck, most exposed first. Plain
/// ASCII, lines of at most 100 characters.
[[nodiscard]] std::string to_table(const RiskReport& report, const Dataset& dataset);

}  // namespace lode::inline LODE_ABI
