// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <array>
#include <string>

#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/equilibrium.hpp>

/// Market equilibria for other programs and for people. Needs the compiled library `lode::lode`.
///
/// `range` is what `equilibrium_range` returns: the same scenario at elasticities times 0.5, 1 and 2. The one in the
/// middle is the result; the others give each headline number its range, as far as they are solved. All three throw
/// `InvalidArgument` for a result that is not solved or not of this data set.
namespace lode::inline LODE_ABI {

/// The JSON document of docs/formats.md section 5, ending in a newline. Numbers are never rounded.
[[nodiscard]] std::string to_json(const std::array<EquilibriumResult, 3>& range, const Dataset& dataset);

/// The same numbers as one table, a row per number:
/// `section,id,to,commodity,country,sector,material,quantity,unit,value`.
[[nodiscard]] std::string to_csv(const std::array<EquilibriumResult, 3>& range, const Dataset& dataset);

/// What is used and at which price, who pays what, and the certificate. Lines of at most 100 characters.
[[nodiscard]] std::string to_table(const std::array<EquilibriumResult, 3>& range, const Dataset& dataset);

}  // namespace lode::inline LODE_ABI
