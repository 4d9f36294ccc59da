// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <lode/dataset.hpp>

/// What the rows of a data set rest on.
namespace program {

/// In the order of `lode::Quality`, from strong to weak; the last one is for rows without a source.
inline constexpr std::array<std::string_view, 5> quality_names{"sourced", "derived", "assumption", "recalled", "none"};

/// Rows by quality, a row counted once, by the source it names first: that one carries the figure.
using QualityCounts = std::array<std::size_t, quality_names.size()>;

/// Looks up the quality of the source that a row names first.
class QualityOf {
 public:
  explicit QualityOf(const lode::Dataset& dataset);

  /// Position in `quality_names`.
  [[nodiscard]] std::size_t operator()(const lode::Provenance& provenance) const;

 private:
  std::unordered_map<std::string_view, std::size_t> quality_;
};

/// All rows of all tables but sources.
[[nodiscard]] QualityCounts rows_by_quality(const lode::Dataset& dataset);

/// The rows behind each of `base_year_totals`, in its order. Behind a stage and material stand the commodities of the
/// stage that hold the material: the composition rows that say so, the routes they travel on, the facilities that make
/// them, and the recipe rows of these with a commodity that holds the material. Behind a demand stand the end uses of
/// commodities that hold the material. A row may stand behind several totals.
[[nodiscard]] std::vector<QualityCounts> quality_behind_totals(const lode::Dataset& dataset);

}  // namespace program
