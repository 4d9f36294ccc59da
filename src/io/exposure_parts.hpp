// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <lode/dataset.hpp>
#include <lode/error.hpp>
#include <lode/io/exposure_writer.hpp>

/// What files and reports of exposures have in common. Private.
namespace lode::inline LODE_ABI::io_detail {

/// Positions of what is above 0, largest first.
[[nodiscard]] inline std::vector<std::size_t> largest_first(const std::vector<double>& shares) {
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&shares](std::size_t k) { return !(shares[k] > 0.0); });
  std::stable_sort(order.begin(), order.end(),
                   [&shares](std::size_t a, std::size_t b) { return shares[a] > shares[b]; });
  return order;
}

[[nodiscard]] inline bool shows(const ExposureView& view, MaterialId material) {
  return !view.material || *view.material == material;
}
[[nodiscard]] inline bool shows(const ExposureView& view, CountryId country) {
  return !view.country || *view.country == country;
}

/// Throws `InvalidArgument` unless it is solved and of this data set.
inline void require_solved(const Exposure& exposure, const Dataset& dataset) {
  const auto refuse = [](std::string what, std::string mend) {
    throw InvalidArgument({{{"exposure to write", 0, 0}, std::move(what), std::move(mend)}});
  };
  if (exposure.status != SolveStatus::solved) {
    refuse(std::string("the status is \"") + to_string(exposure.status) + '"', advice(exposure.status));
  }
  const Network& network = dataset.network;
  bool fits = exposure.materials.size() == network.materials().size();
  for (const MaterialExposure& material : exposure.materials) {
    const auto fit = [&](const UserExposure& user) {
      return user.country.index() < network.countries().size() &&
             (!user.end_use.valid() || user.end_use.index() < network.end_uses().size()) &&
             std::all_of(user.stages.begin(), user.stages.end(), [&](const StageExposure& stage) {
               return stage.countries.size() == network.countries().size() &&
                      stage.operators.size() == exposure.operators.size();
             });
    };
    fits = fits && material.id.index() < network.materials().size() &&
           std::all_of(material.countries.begin(), material.countries.end(), fit) &&
           std::all_of(material.end_uses.begin(), material.end_uses.end(), fit) &&
           std::all_of(material.destinations.begin(), material.destinations.end(), [&](const Destination& row) {
             return row.country.index() < network.countries().size() && row.users.size() == network.countries().size();
           });
  }
  if (!fits) refuse("it is not of this data set", "write it with the data set it was computed from");
}

}  // namespace lode::inline LODE_ABI::io_detail
