// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <map>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/market_program.hpp>
#include <lode/detail/market_result.hpp>
#include <lode/disruption.hpp>

namespace lode::inline LODE_ABI::detail {

/// Private. Ad valorem tariffs and price floors of a loaded market: what has to agree with the prices it leads to. The
/// unknowns are the market prices at sellers whose goods pay a tariff, then the subsidies of floors, in the program's
/// money.
class MarketPolicies {
 public:
  MarketPolicies(const MarketProgram& market, const Disruption& disruption);

  [[nodiscard]] const std::vector<FloorRow>& floors() const { return floors_; }
  [[nodiscard]] Eigen::Index unknowns() const { return scale_.size(); }
  /// Unknowns at base prices.
  [[nodiscard]] const Eigen::VectorXd& start() const { return start_; }
  /// What share of a residual to go: a tariff of rate r lowers the price at the seller by up to r times itself.
  [[nodiscard]] const Eigen::VectorXd& damping() const { return damping_; }

  /// Far above what prices get to; a subsidy of the whole floor.
  [[nodiscard]] const Eigen::VectorXd& highest() const { return highest_; }

  /// Sets the tariffs and subsidies of `point`, and returns what they add to the cost of flows, USD/t by route.
  std::vector<double> charge(const Eigen::VectorXd& unknowns, MarketPoint& point) const;
  /// The unknowns that the point's prices ask for.
  [[nodiscard]] Eigen::VectorXd answer(const Eigen::VectorXd& unknowns, const MarketPoint& point) const;
  /// The certificate's measure of a residual.
  [[nodiscard]] double size(const Eigen::VectorXd& residual) const;
  /// The unknowns from the whole market at once, tariffs and floors as conditions of their own. Empty if that fails.
  [[nodiscard]] Eigen::VectorXd from_conditions() const;

 private:
  const MarketProgram& market_;
  const Disruption& disruption_;
  std::vector<FloorRow> floors_;
  std::map<std::size_t, Eigen::Index> position_;  ///< of a seller's row among the unknowns
  Eigen::VectorXd start_, damping_, scale_, highest_;
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/market_policies.ipp>  // IWYU pragma: export
#endif
