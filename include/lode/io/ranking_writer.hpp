// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <string>

#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/ranking.hpp>

/// Rankings for other programs and for people. Needs the compiled library `lode::lode`. All throw `InvalidArgument` for
/// a ranking that is not solved or not of this data set.
namespace lode::inline LODE_ABI {

/// The JSON document of docs/formats.md section 5, ending in a newline. Numbers are never rounded.
[[nodiscard]] std::string to_json(const Ranking& ranking, const Dataset& dataset);
/// With the number of pairs and how many of them were computed.
[[nodiscard]] std::string to_json(const GroupRanking& ranking, const Dataset& dataset);
/// With the upper bound; `null` where it is not known.
[[nodiscard]] std::string to_json(const WorstGroup& group, const Dataset& dataset);

/// The same numbers as one table, a row per number: `section,id,material,quantity,unit,value`.
[[nodiscard]] std::string to_csv(const Ranking& ranking, const Dataset& dataset);
[[nodiscard]] std::string to_csv(const GroupRanking& ranking, const Dataset& dataset);
[[nodiscard]] std::string to_csv(const WorstGroup& group, const Dataset& dataset);

/// The `most` worst rows, plain ASCII, lines of at most 100 characters.
[[nodiscard]] std::string to_table(const Ranking& ranking, const Dataset& dataset, std::size_t most = 20);
[[nodiscard]] std::string to_table(const GroupRanking& ranking, const Dataset& dataset, std::size_t most = 20);
[[nodiscard]] std::string to_table(const WorstGroup& group, const Dataset& dataset);

}  // namespace lode::inline LODE_ABI
