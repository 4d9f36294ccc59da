// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/allocation_program.hpp>
#include <lode/detail/market_figures.hpp>
#include <lode/equilibrium.hpp>

/// The market as a program in differences from the base year. Private.
namespace lode::inline LODE_ABI::detail {

/// What the conditions for a maximum say at the base year. USD/t, by row, route or facility.
struct MarketCalibration {
  std::vector<BalanceRow> balances;     ///< amounts and recoveries as they really flowed
  std::vector<double> floor;            ///< lower side of each balance: what a soft input leaves; 0 otherwise
  std::vector<double> slack;            ///< of each balance in the base year: output that nobody took
  std::vector<double> dual;             ///< y0, by balance
  std::vector<double> margin;           ///< M0, by facility
  std::vector<double> subsidy;          ///< by facility: what it lost per t of activity at base prices, unexplained
  std::vector<double> revenue;          ///< R0, by facility: what the products of one t of activity bring
  std::vector<double> wedge;            ///< by route
  std::vector<double> feed_premium;     ///< by route: what a separator's feed is worth to it beyond its base price
  std::vector<double> buyer_price;      ///< by route, consistent with `dual`
  std::vector<std::size_t> seller_row;  ///< by route: the balance of what its seller makes
  Eigen::VectorXd point;                ///< x0, q0, f0 by column
};

/// Columns of the program: three pieces of each activity (below the point where cost reaches 0, along the supply curve,
/// added capacity), what end uses take, flows, and what flows beyond each row that has a price. All are differences
/// from the base year in `unit` tonnes, and prices are in `money` USD/t, so that small effects keep their digits: the
/// multipliers of rows are changes of prices.
class MarketProgram {
 public:
  /// Throws as `market_figures`.
  MarketProgram(const Network& network, std::span<const Price> prices, int year, const EquilibriumOptions& options);

  void load(const Disruption& disruption);

  [[nodiscard]] const Network& network() const { return allocation.network(); }
  [[nodiscard]] double unit() const { return unit_; }
  [[nodiscard]] double money() const { return money_; }
  [[nodiscard]] Eigen::Index piece(std::size_t facility, std::size_t k) const { return index(3 * facility + k); }
  [[nodiscard]] Eigen::Index use(std::size_t e) const { return index(3 * columns_.facilities + e); }
  [[nodiscard]] Eigen::Index flow(std::size_t r) const {
    return index(3 * columns_.facilities + columns_.end_uses + r);
  }
  /// By column of the network: the base year's figure; at least a thousandth of its commodity's largest for a flow, a
  /// millionth of the largest flow of all for an activity.
  [[nodiscard]] Eigen::VectorXd typical_figures() const;
  /// By balance: whether anything made there is sold.
  [[nodiscard]] std::vector<bool> sells(const Eigen::VectorXd& x) const;
  /// Adds `charge` USD/t, by route, to what a flow costs; replaces what was added before.
  void charge(const std::vector<double>& charge);
  /// x, q and f from a point of the program, by column of the network, t/yr.
  [[nodiscard]] Eigen::VectorXd figures(const Eigen::VectorXd& x) const;
  /// The base price of what a route carries, USD/t: what certificates of prices are relative to.
  [[nodiscard]] double price_scale(RouteId route) const {
    return std::max(figures_.seller_price[route.index()], figures_.buyer_price[route.index()]);
  }
  /// Slope of the demand price, USD/t for each t/yr; 0 where nothing was bought.
  [[nodiscard]] double demand_slope(std::size_t e) const { return demand_slope_[e]; }
  /// What a point gains against the base year before transfers, USD/yr.
  [[nodiscard]] double gain(const Eigen::VectorXd& x) const;

  AllocationProgram allocation;  ///< the loaded rows and bounds in tonnes, for balances and conflicts
  MarketCalibration base;
  optimize::Program program;

 private:
  static Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }
  void calibrate();
  void calibrate_rows();
  void calibrate_margins();
  void calibrate_routes();
  void load_activities(const Disruption& disruption);
  void load_end_uses(const Disruption& disruption);
  void load_flows();
  void load_rows(const Disruption& disruption);

  MarketFigures figures_;
  EquilibriumOptions options_;
  FigureColumns columns_;
  std::vector<double> demand_slope_, demand_factor_;
  std::vector<double> flow_size_;       ///< by route: the flow, or a thousandth of its commodity's largest
  std::vector<double> inertia_;         ///< by route: second derivative of what changing a flow costs
  std::vector<double> route_gradient_;  ///< by route, USD/t: 0 for those that the base year used
  std::vector<std::size_t> priced_;     ///< rows with a column for what flows beyond them
  double unit_ = 1.0, money_ = 1.0;
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/market_calibration.ipp>  // IWYU pragma: export
#include <lode/impl/market_program.ipp>      // IWYU pragma: export
#endif
