// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <lode/config.hpp>
#include <lode/network.hpp>
#include <lode/scenario.hpp>

/// How the uncertain numbers of a scenario hang together: a Gaussian copula with a factor for each group.
///
/// With independent standard normal numbers e_v, one for each uncertain number, and f_g, one for each group,
///
///     z_v = sum over groups g of v (sqrt(rho_g) f_g) + sqrt(1 - sum rho_g) e_v,    u_v = Phi(z_v),
///
/// so that two numbers of one group have the correlation rho_g before their quantile functions are applied (Spearman's
/// is 6/pi asin(rho/2)), and each keeps its own distribution. A government that is strict with one licence is strict
/// with the next; joint outages matter more than the marginals.
///
///     options.correlations = {lode::by_country(0.6)};          // numbers of shocks on one country
///     options.correlations = {{.shocks = {0, 2}, .rho = 0.9}};  // the first and the third shock
namespace lode::inline LODE_ABI {

struct Correlation {
  /// Positions of shocks in the scenario whose numbers hang together; empty: shocks on the same countries are a group,
  /// those that `country` names, or those of the facilities, sellers, end uses or holders that the shock names. A shock
  /// on all countries is in no group.
  std::vector<std::size_t> shocks = {};
  double rho = 0.0;  ///< 0 .. 1; the groups of one number add up to at most 1
  friend bool operator==(const Correlation&, const Correlation&) = default;
};

[[nodiscard]] inline Correlation by_country(double rho) {
  return {{}, rho};
}

/// A scenario's copula, set up once. Its points have `inputs()` independent numbers: those of the variables first, in
/// the order of `draw`, then one for each group.
class Copula {
 public:
  /// Independent numbers.
  Copula() = default;
  /// Throws `InvalidArgument` for a rho out of range, a shock that is not there, shocks that have fewer than two uncertain
  /// numbers together, and groups that add up to more than 1.
  Copula(const Network& network, const Scenario& scenario, std::span<const Correlation> correlations);

  [[nodiscard]] std::size_t variables() const { return variables_; }
  [[nodiscard]] std::size_t inputs() const { return variables_ + groups_; }
  /// The variables by group.
  [[nodiscard]] std::span<const std::vector<std::size_t>> groups() const { return members_; }

  /// Replaces the first `variables()` rows of numbers[input * count + k] by dependent ones, each uniform on (0, 1).
  void apply(std::span<double> numbers, std::size_t count) const;

 private:
  struct Loading {
    std::size_t group = 0;
    double weight = 0.0;
  };
  std::size_t variables_ = 0, groups_ = 0;
  std::vector<std::vector<std::size_t>> members_;
  std::vector<std::vector<Loading>> loadings_;  ///< by variable; empty: independent
  std::vector<double> own_;                     ///< weight of a variable's own number
};

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/copula.ipp>  // IWYU pragma: export
#endif
