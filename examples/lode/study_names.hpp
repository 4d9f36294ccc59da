// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <optional>
#include <string>

#include <lode/dataset.hpp>

/// Ids of the data set that options name. All throw `Failure` with exit code 2 for one that does not exist.
namespace program {

[[nodiscard]] std::optional<lode::MaterialId> material_named(const lode::Dataset& dataset,
                                                             const std::optional<std::string>& id);
[[nodiscard]] std::optional<lode::CountryId> country_named(const lode::Dataset& dataset,
                                                           const std::optional<std::string>& id);
[[nodiscard]] std::optional<lode::EndUseId> end_use_named(const lode::Dataset& dataset,
                                                          const std::optional<std::string>& id);

}  // namespace program
