// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <lode/propagate.hpp>

/// Reads a result by the ids of the network, as a person would.
namespace lode_test {

class Answers {
 public:
  Answers(const lode::Network& network, const lode::Scenario& scenario, const lode::PropagateOptions& options = {})
      : network_(network), result_(lode::propagate(network, scenario, options)) {}
  Answers(const lode::Network& network, lode::Result result) : network_(network), result_(std::move(result)) {}

  [[nodiscard]] const lode::Result& result() const { return result_; }
  [[nodiscard]] bool solved() const { return result_.status == lode::SolveStatus::solved; }
  [[nodiscard]] const lode::FacilityResult& facility(std::string_view id) const {
    return result_.facilities.at(network_.find_facility(id).value().index());
  }
  [[nodiscard]] double u(std::string_view id) const { return facility(id).utilisation; }
  /// "none", "capacity", "feed" or the commodity.
  [[nodiscard]] std::string limit(std::string_view id) const {
    const lode::FacilityResult& at = facility(id);
    switch (at.limited_by) {
      case lode::Limit::none:
        return "none";
      case lode::Limit::capacity:
        return "capacity";
      case lode::Limit::feed:
        return "feed";
      case lode::Limit::input:
        break;
    }
    return network_[at.limiting_input].id;
  }
  [[nodiscard]] double flow(std::string_view from, std::string_view to, std::string_view commodity) const {
    const lode::RouteId route = network_
                                    .find_route(network_.find_place(from).value(), network_.find_place(to).value(),
                                                network_.find_commodity(commodity).value())
                                    .value();
    return result_.routes.at(route.index()).flow.in(lode::tonnes_per_year);
  }
  [[nodiscard]] const lode::EndUseResult& end_use(std::string_view id) const {
    return result_.end_uses.at(network_.find_end_use(id).value().index());
  }
  [[nodiscard]] double delivered(std::string_view id) const { return end_use(id).delivered.in(lode::tonnes_per_year); }
  [[nodiscard]] double shortfall(std::string_view id) const { return end_use(id).shortfall.in(lode::tonnes_per_year); }
  [[nodiscard]] const lode::MaterialResult& material(std::string_view id) const {
    return result_.materials.at(network_.find_material(id).value().index());
  }

 private:
  lode::Network network_;
  lode::Result result_;
};

}  // namespace lode_test
