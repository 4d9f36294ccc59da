// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <optional>
#include <string>

#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/exposure.hpp>

/// Exposures for other programs and for people. Needs the compiled library `lode::lode`.
///
/// All three throw `InvalidArgument` for a result that is not solved or not of this data set.
namespace lode::inline LODE_ABI {

/// What of an exposure is written: all, or one material, or the users of one country.
struct ExposureView {
  std::optional<MaterialId> material = std::nullopt;
  std::optional<CountryId> country = std::nullopt;
};

/// The JSON document of docs/formats.md section 5, ending in a newline. Numbers are never rounded; shares of 0 are left
/// out.
[[nodiscard]] std::string to_json(const Exposure& exposure, const Dataset& dataset, const ExposureView& view = {});

/// The same numbers as one table, a row per number:
/// `section,id,to,commodity,country,sector,material,quantity,unit,value`.
[[nodiscard]] std::string to_csv(const Exposure& exposure, const Dataset& dataset, const ExposureView& view = {});

/// On whom each country depends most at each stage, most dependent first; of one country all of it. Lines of at most
/// 100 characters.
[[nodiscard]] std::string to_table(const Exposure& exposure, const Dataset& dataset, const ExposureView& view = {});

}  // namespace lode::inline LODE_ABI
