// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <lode/config.hpp>
#include <lode/disruption.hpp>
#include <lode/ids.hpp>
#include <lode/network.hpp>
#include <lode/result.hpp>
#include <lode/status.hpp>

/// Exposure: through whose hands a material passes on its way to its users, stage by stage, behind tier one too.
///
/// For one material, c_r is what route r carries of it, t/yr. Whatever enters a plant is mixed: each tonne that leaves
/// has the composition of all that entered,
///
///     w_r = c_r / T_i,   T_i = max(inflow and reserves of plant i, outflow of i)
///
/// What no route and no reserve brings (old scrap, a by-product from outside, figures that do not balance) is
/// *unexplained*. A tonne passes *stage* s where a plant ships it as a commodity of that stage, and it counts for the
/// last such plant before the user, so every tonne counts once a stage, loops of scrap included. With e_f the owner of
/// plant f (its country, or its operator),
///
///     m_i = sum over routes r into i of w_r * (e_f(r) if r carries a commodity of stage s, else m_f(r))
///
/// an absorbing Markov chain (Kemeny and Snell 1960), solved in the order of the strong components; within a loop it is
/// swept up from 0 until no share changes by more than 1e-16. All owners and stages go side by side in one pass. Shares
/// of one user at one stage, with reserves and what is unexplained, add up to 1: the certificate.
///
///     const lode::Exposure base = lode::exposure(network);                     // the base year
///     const lode::Result shocked = lode::propagate(network, scenario);
///     const lode::Exposure after = lode::exposure(network, shocked, lode::resolve(network, scenario));
///     const lode::MaterialExposure& dy = after.materials[1];
///     for (const lode::UserExposure& user : dy.countries)
///       for (const lode::StageExposure& stage : user.stages)
///         std::cout << network[user.country].id << ' ' << to_string(stage.stage) << ' ' << stage.concentration <<
///         '\n';
///
/// Cost O(materials * (routes + facilities) * (countries + operators) * stages), times the sweeps of loops.
namespace lode::inline LODE_ABI {

/// Whose hands what a user gets passes through last at one stage; shares of the user's tonnes, 0 .. 1.
struct StageExposure {
  Stage stage = Stage::mining;
  std::vector<double> countries;  ///< by country of the network
  std::vector<double> operators;  ///< as Exposure::operators
  double reserves = 0.0;          ///< from reserves, without having passed the stage since
  double unexplained = 0.0;       ///< from nowhere the network knows, without having passed the stage since
  double concentration = 0.0;     ///< Herfindahl-Hirschman index: the sum of squares of the countries' shares, 0 .. 1
};

/// An end use, or all end uses of a country together.
struct UserExposure {
  CountryId country;
  EndUseId end_use;       ///< invalid for a country
  double received = 0.0;  ///< t/yr of the material that arrives
  std::vector<StageExposure> stages;
};

/// Where what a country handles at a stage ends up.
struct Destination {
  Stage stage = Stage::mining;
  CountryId country;          ///< who handles it
  double handled = 0.0;       ///< t/yr of the material that it ships as commodities of the stage
  std::vector<double> users;  ///< t/yr of it that reach the end uses of each country without passing the stage again
};

struct MaterialExposure {
  MaterialId id;
  std::vector<Stage> stages;              ///< those that anything passes, in the order of the chain
  std::vector<UserExposure> countries;    ///< those that receive any, in the network's order
  std::vector<UserExposure> end_uses;     ///< the same
  std::vector<Destination> destinations;  ///< by stage, then country; those that handle any
};

struct Exposure {
  SolveStatus status = SolveStatus::not_run;
  std::string scenario;                     ///< empty for the base year
  std::vector<std::string> operators;       ///< in the order of the facilities; "" is all that have no name
  std::vector<MaterialExposure> materials;  ///< in the network's order
  /// Worst |sum of shares, reserves and unexplained - 1| of a user and stage. Target 1e-12.
  double mass_balance = 0.0;
};

/// Of the base year's flows.
[[nodiscard]] Exposure exposure(const Network& network);

/// Of a result's flows; the disruption says what reserves added. Throws `InvalidArgument` for a result that is not
/// solved, has no routes (reallocate without tie_break) or is not of this network.
[[nodiscard]] Exposure exposure(const Network& network, const Result& result, const Disruption& disruption = {});

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/exposure.ipp>  // IWYU pragma: export
#endif
