// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <lode/dataset.hpp>

/// How well the figures of a base year are known: the standard uncertainties that its rows state.
namespace program {

/// A figure with a stated uncertainty, as far as it concerns one material.
struct Uncertainty {
  std::string_view figure = {};  ///< "baseline", "demand" or "flow"
  std::string id = {};           ///< facility, end use, or where a route begins
  std::string to = {};           ///< where a route ends
  std::string commodity = {};    ///< of a route or an end use
  std::string_view stage = {};   ///< or "demand"
  lode::MaterialId material = {};
  lode::CountryId country = {};  ///< of `id`
  double tonnes = 0.0;           ///< the figure in t/yr of the element
  double sd = 0.0;               ///< its standard uncertainty in the same
  std::size_t quality = 0;       ///< of the row's first source, in `quality_names`
};

/// Material by material in the order of the data set (tonnes of different elements do not compare), the widest first.
/// A baseline counts as what the facility makes of the material at each stage.
[[nodiscard]] std::vector<Uncertainty> stated_uncertainties(const lode::Dataset& dataset);

/// What is known of the uncertainty of a total.
struct Spread {
  double sd = 0.0;      ///< t/yr, of figures taken as independent; those that state nothing count as exact
  double tonnes = 0.0;  ///< the part of the total that comes from figures which state an uncertainty
  bool is_stated = false;
};

/// One for each of `base_year_totals`. A recipe's part follows from its baseline; a separator's from the flows that
/// feed it, or from its baseline if none of these states an uncertainty.
[[nodiscard]] std::vector<Spread> spreads_of_totals(const lode::Network& network);

/// `part / whole`, or nothing where there is no whole.
[[nodiscard]] std::optional<double> share_of(double part, double whole);

}  // namespace program
