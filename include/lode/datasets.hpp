// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/io/data_package.hpp>

/// The data sets built into the library. Needs the compiled library `lode::lode`.
///
///     const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
///     const lode::Result result = lode::propagate(magnets.network, *magnets.find_scenario("april-2025-licensing"));
namespace lode::inline LODE_ABI::datasets {

/// The world's rare-earth magnet chain in 2024: NdPr, dysprosium and terbium from mine to end use. Its first scenario
/// is the lead scenario. Read on first use (milliseconds), then shared; safe to call from several threads.
[[nodiscard]] const Dataset& rare_earth_magnets_2024();

/// The world's gallium and germanium chain in 2022, from by-product to wafers, magnets, fibre and optics: small, mostly
/// by country. Its first scenario is the lead scenario; read on first use and shared, as above.
[[nodiscard]] const Dataset& gallium_germanium_2022();

/// Names that `find` knows, the default first.
[[nodiscard]] std::vector<std::string_view> names();

/// The built-in data set of this name, or nullptr.
[[nodiscard]] const Dataset* find(std::string_view name);

/// Names that `find_published` knows, the default first.
[[nodiscard]] std::vector<std::string_view> published_names();

/// Built-in figures for `reconcile`, as published where there are such (`NAME-published`), or nullptr. A balanced set is
/// a set of figures too.
[[nodiscard]] const LoadedObservations* find_published(std::string_view name);

/// The name of the scenario a program shows first ("april-2025-licensing" of the default); empty for unknown names.
[[nodiscard]] std::string_view lead_scenario(std::string_view dataset);

}  // namespace lode::inline LODE_ABI::datasets
