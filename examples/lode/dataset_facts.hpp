// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include <lode/dataset.hpp>

/// Counts and totals that describe a data set; `info` and `validate` show them.
namespace program {

struct TableRows {
  std::string_view name;
  std::size_t rows = 0;
};

/// Rows of every table in the order of docs/formats.md, and scenarios.
[[nodiscard]] std::vector<TableRows> table_rows(const lode::Dataset& dataset);

inline constexpr std::array stages{lode::Stage::mining, lode::Stage::separation, lode::Stage::metal,
                                   lode::Stage::magnet, lode::Stage::product};

/// The order of totals: the stages of the chain, then what end uses demand; at each of these every material.
class TotalsOrder {
 public:
  explicit TotalsOrder(const lode::Network& network) : materials_(network.materials().size()) {}

  [[nodiscard]] std::size_t size() const { return (stages.size() + 1) * materials_; }
  [[nodiscard]] std::size_t made(lode::Stage stage, lode::MaterialId material) const {
    return static_cast<std::size_t>(stage) * materials_ + material.index();
  }
  [[nodiscard]] std::size_t demanded(lode::MaterialId material) const {
    return stages.size() * materials_ + material.index();
  }
  /// A stage, or "demand".
  [[nodiscard]] std::string_view what(std::size_t position) const {
    const std::size_t stage = position / materials_;
    return stage < stages.size() ? lode::to_string(stages[stage]) : "demand";
  }
  [[nodiscard]] lode::MaterialId material(std::size_t position) const {
    return lode::MaterialId{position % materials_};
  }

 private:
  std::size_t materials_;
};

/// Tonnes of a material's element per year, and the country with the largest part of it (invalid if there is none).
struct Total {
  std::string_view what;  ///< a stage, or "demand"
  lode::MaterialId material;
  double tonnes = 0.0;
  lode::CountryId largest = {};
  double largest_share = 0.0;
};

/// Tonnes of each element (by `facility * materials + material`) that the routes bring to separators. What a separator
/// makes follows from them.
[[nodiscard]] std::vector<double> fed_to_separators(const lode::Network& network);

/// What facilities make in the base year, by the stage of the commodity, then what end uses demand, as in
/// `TotalsOrder`. Stages follow each other, so their tonnes do not add up.
[[nodiscard]] std::vector<Total> base_year_totals(const lode::Network& network);

}  // namespace program
