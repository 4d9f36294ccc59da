// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>

#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/ensemble_result.hpp>
#include <lode/sobol_indices.hpp>

/// Ensembles for other programs. Needs the compiled library `lode::lode`. All throw `InvalidArgument` for a result that
/// has no numbers or is not of this data set.
namespace lode::inline LODE_ABI {

/// The JSON document of docs/formats.md section 5, ending in a newline. Numbers are never rounded.
[[nodiscard]] std::string to_json(const Ensemble& ensemble, const Dataset& dataset);

/// The same numbers as one table, a row per number:
/// `section,id,country,material,month,quantity,p,unit,value,low,high`.
[[nodiscard]] std::string to_csv(const Ensemble& ensemble, const Dataset& dataset);

[[nodiscard]] std::string to_json(const SobolIndices& indices, const Dataset& dataset);

/// `material,factor,variance,first,first_error,total,total_error`, a row per factor and shortfall.
[[nodiscard]] std::string to_csv(const SobolIndices& indices, const Dataset& dataset);

}  // namespace lode::inline LODE_ABI
