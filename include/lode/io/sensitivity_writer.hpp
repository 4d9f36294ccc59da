// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <limits>
#include <string>

#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/sensitivity.hpp>

/// Sensitivities for other programs and for people. Needs the compiled library `lode::lode`.
///
/// Parameters come ranked: what lowers the shortfall most per tonne first, then what is missed most. `most` is how many
/// are given. All three throw `InvalidArgument` for a result that is not solved or not of this data set.
namespace lode::inline LODE_ABI {

inline constexpr std::size_t all_parameters = std::numeric_limits<std::size_t>::max();

/// The JSON document of docs/formats.md section 5, ending in a newline. Numbers are never rounded; a derivative that is
/// absent has no key.
[[nodiscard]] std::string to_json(const Sensitivity& sensitivity, const Dataset& dataset,
                                  std::size_t most = all_parameters);

/// The same numbers as one table, a row per number:
/// `section,id,to,commodity,country,sector,material,quantity,unit,value`.
[[nodiscard]] std::string to_csv(const Sensitivity& sensitivity, const Dataset& dataset,
                                 std::size_t most = all_parameters);

/// What helps most and what is missed most, `most` of each. Lines of at most 100 characters.
[[nodiscard]] std::string to_table(const Sensitivity& sensitivity, const Dataset& dataset, std::size_t most = 10);

}  // namespace lode::inline LODE_ABI
