// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <lode/config.hpp>
#include <lode/network.hpp>
#include <lode/units.hpp>

namespace lode::inline LODE_ABI::detail {

/// What a baseline, demand or flow becomes; a note that is not empty is added to the row's.
struct NewFigure {
  TonnesPerYear value;
  std::optional<TonnesPerYear> sd;
  std::string note;
};

/// A route that the base year did not use.
struct NewRoute {
  PlaceId from, to;
  CommodityId commodity;
};

/// The figures as they are.
[[nodiscard]] std::vector<NewFigure> figures_of(const Network& network);

/// The same network with other figures, in the order of `FigureColumns`, and more routes after its own. Every rule is
/// checked anew: throws `InvalidNetwork` for figures that do not balance. `cover_days` replaces the days of the cover
/// rows, which then have no range. Private.
[[nodiscard]] Network rewrite_network(const Network& network, const std::vector<NewFigure>& figures,
                                      const std::vector<NewRoute>& new_routes = {},
                                      const std::vector<Days>& cover_days = {});

/// `value` to `digits` significant decimal digits; 0 stays 0.
[[nodiscard]] double rounded_to(double value, int digits);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/rewrite_network.ipp>  // IWYU pragma: export
#endif
