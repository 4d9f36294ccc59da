// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>

#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/simulation.hpp>

/// Simulations for other programs, step by step or, after `by_month`, month by month. Needs the compiled library
/// `lode::lode`. Both throw `InvalidArgument` for a run that is not solved or not of this data set.
namespace lode::inline LODE_ABI {

/// The JSON document of docs/formats.md section 5, ending in a newline. Numbers are never rounded.
[[nodiscard]] std::string to_json(const Simulation& run, const Dataset& dataset);

/// The same numbers as one table, a row per number:
/// `section,id,to,commodity,country,sector,material,date,quantity,unit,value`.
[[nodiscard]] std::string to_csv(const Simulation& run, const Dataset& dataset);

}  // namespace lode::inline LODE_ABI
