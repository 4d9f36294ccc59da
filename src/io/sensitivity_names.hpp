// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>
#include <string_view>

#include <lode/dataset.hpp>
#include <lode/error.hpp>
#include <lode/sensitivity.hpp>

/// How files and reports name a parameter and a target. Private.
namespace lode::inline LODE_ABI::io_detail {

/// Ids; empty where a parameter has none.
struct ParameterName {
  std::string_view place, to, commodity, country;
};
[[nodiscard]] inline ParameterName name_of(const Parameter& parameter, const Network& network) {
  ParameterName name;
  if (parameter.place.valid()) {
    name.place = network.id(parameter.place);
    name.country = network[network.country(parameter.place)].id;
  }
  if (parameter.route.valid()) name.to = network.id(network[parameter.route].to);
  if (parameter.commodity.valid()) name.commodity = network[parameter.commodity].id;
  return name;
}

/// Throws `InvalidArgument` unless it is solved and of this data set.
inline void require_solved(const Sensitivity& sensitivity, const Dataset& dataset) {
  const auto refuse = [](std::string what, std::string mend) {
    throw InvalidArgument({{{"sensitivity to write", 0, 0}, std::move(what), std::move(mend)}});
  };
  if (sensitivity.status != SolveStatus::solved) {
    refuse(std::string("the status is \"") + to_string(sensitivity.status) + '"', advice(sensitivity.status));
  }
  const Network& network = dataset.network;
  bool fits = sensitivity.parameters != nullptr && sensitivity.ups.size() == sensitivity.parameters->size() &&
              sensitivity.downs.size() == sensitivity.ups.size();
  for (std::size_t p = 0; fits && p < sensitivity.parameters->size(); ++p) {
    const Parameter& at = (*sensitivity.parameters)[p];
    const auto is_known = [&network](PlaceId place) {
      return place.is_facility() ? place.facility().index() < network.facilities().size()
                                 : place.end_use().index() < network.end_uses().size();
    };
    fits = (!at.place.valid() || is_known(at.place)) &&
           (!at.route.valid() || at.route.index() < network.routes().size()) &&
           (!at.commodity.valid() || at.commodity.index() < network.commodities().size());
  }
  const SensitivityTarget& target = sensitivity.target;
  fits = fits && (!target.material || target.material->index() < network.materials().size()) &&
         (!target.country || target.country->index() < network.countries().size()) &&
         (!target.end_use || target.end_use->index() < network.end_uses().size());
  if (!fits) refuse("it is not of this data set", "write it with the data set it was computed from");
}

}  // namespace lode::inline LODE_ABI::io_detail
