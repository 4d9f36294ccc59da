// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <lode/dataset.hpp>

/// What `info` and `validate` both say of a base year: the totals of each stage and material with the largest country,
/// the quality of the rows behind them, and the uncertainties that are stated.
namespace program {

/// Tables, each after an empty line.
[[nodiscard]] std::string facts_text(const lode::Dataset& dataset);

/// Appends the keys `totals`, `quality` and `uncertainties`.
void add_facts(nlohmann::ordered_json& document, const lode::Dataset& dataset);

/// The columns of `facts_csv`.
[[nodiscard]] std::vector<std::string> facts_columns();

/// One row a number; each begins with `lead`.
[[nodiscard]] std::string facts_csv(const lode::Dataset& dataset, const std::vector<std::string>& lead = {});

}  // namespace program
