// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <lode/dataset.hpp>

/// Counts and totals that describe a data set; `info` and `validate` show them.
namespace program {

struct TableRows {
  std::string_view name;
  std::size_t rows = 0;
};

/// Rows of every table in the order of docs/formats.md, and scenarios.
[[nodiscard]] std::vector<TableRows> table_rows(const lode::Dataset& dataset);

/// Tonnes of a material's element per year, and the country with the largest part of it (invalid if there is none).
struct Total {
  std::string_view what;  ///< a stage, or "demand"
  lode::MaterialId material;
  double tonnes = 0.0;
  lode::CountryId largest = {};
  double largest_share = 0.0;
};

/// What facilities make in the base year, by the stage of the commodity, then what end uses demand: for each of these
/// every material. Stages follow each other, so their tonnes do not add up.
[[nodiscard]] std::vector<Total> base_year_totals(const lode::Network& network);

/// Rows that rest on sources of each quality, a row counted once at its weakest; the last entry has no source.
inline constexpr std::array<std::string_view, 5> quality_names{"sourced", "derived", "assumption", "recalled", "none"};
[[nodiscard]] std::array<std::size_t, quality_names.size()> rows_by_quality(const lode::Dataset& dataset);

/// JSON text for stdout: two blanks of indent, a newline at the end.
[[nodiscard]] std::string dump(const nlohmann::ordered_json& document);

}  // namespace program
