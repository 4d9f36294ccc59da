// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>

#include <lode/bracket.hpp>
#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/result.hpp>

/// Results for other programs. Numbers are never rounded: each is the shortest decimal that reads back as the same
/// double. Needs the compiled library `lode::lode`.
namespace lode::inline LODE_ABI {

/// The JSON document of docs/formats.md section 5, ending in a newline. `model` is the one that
/// answered, "propagate" or "reallocate"; the second has prices, rents, offtakes and baskets too.
/// Throws `InvalidArgument` for a result that is not solved or not of this data set.
[[nodiscard]] std::string to_json(const Result& result, const Dataset& dataset, const std::string& model);

/// The same numbers as one table, a row per number:
/// `section,id,to,commodity,country,sector,material,quantity,unit,value`.
[[nodiscard]] std::string to_csv(const Result& result, const Dataset& dataset, const std::string& model = "propagate");

/// The documents of both models as "propagate" and "reallocate", then the intervals and levers.
[[nodiscard]] std::string to_json(const BracketResult& result, const Dataset& dataset);

/// The rows of both models and of the bracket, with a first column `model`.
[[nodiscard]] std::string to_csv(const BracketResult& result, const Dataset& dataset);

}  // namespace lode::inline LODE_ABI
