// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include <Eigen/SparseCore>

#include <lode/optimize/program.hpp>

/// Linear programs of the shape that reallocation has, with everything derived from a seed.
namespace bench {

enum class Links {
  chain,  ///< suppliers in the tier before, within 8 places: what supply chains look like, little fill
  random  ///< suppliers anywhere in the tier before: factors fill in
};

/// Plants in 8 tiers, four suppliers each, flows on arcs up to 1.5 times the base year. Mines and plants are limited,
/// some are shut; the last tier delivers to end uses, whose shortfall costs more than any transport.
///
///     minimise   sum cost f + 100 sum shortfall
///     subject to out - recovery * in <= 0 and out <= capacity at plants,  out <= capacity at mines,
///                in + shortfall = demand at end uses,  0 <= f <= 1.5,  0 <= shortfall
inline lode::optimize::Program network_program(std::size_t arcs, Links links, std::uint64_t seed = 1) {
  constexpr std::size_t tiers = 8;
  constexpr std::size_t suppliers = 4;
  std::mt19937_64 random(seed);
  const auto uniform = [&random] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  const std::size_t per_tier = std::max<std::size_t>(suppliers, arcs / suppliers / (tiers - 1));
  const std::size_t nodes = per_tier * tiers;
  const std::size_t buyers = nodes - per_tier;
  const std::size_t uses = per_tier;
  const auto variables = static_cast<Eigen::Index>(buyers * suppliers + uses);

  lode::optimize::Program out;
  out.gradient.resize(variables);
  out.lower.setZero(variables);
  out.upper.setConstant(variables, lode::optimize::infinity);
  // Rows: a limit for each seller, a balance for each plant between, the demand of each end use.
  const std::size_t sellers = nodes - uses;
  const std::size_t between = sellers - per_tier;
  const auto rows = static_cast<Eigen::Index>(sellers + between + uses);
  out.row_lower.setConstant(rows, -lode::optimize::infinity);
  out.row_upper.setZero(rows);
  std::vector<Eigen::Triplet<double>> entries;
  std::vector<double> baseline(nodes, 0.0);
  int variable = 0;
  for (std::size_t node = per_tier; node < nodes; ++node) {
    const std::size_t tier_begin = node / per_tier * per_tier;
    const double recovery = 0.8 + 0.2 * uniform();
    std::vector<std::size_t> chosen;
    while (chosen.size() < suppliers) {
      std::size_t seller = 0;
      if (links == Links::chain) {
        const std::size_t centre = node - per_tier;
        const std::size_t low = centre < 8 ? 0 : centre - 8;
        seller = std::min(low + random() % 16, tier_begin - 1);
      } else {
        seller = tier_begin - per_tier + random() % per_tier;
      }
      if (std::find(chosen.begin(), chosen.end(), seller) != chosen.end()) continue;
      chosen.push_back(seller);
      out.gradient[variable] = 1.0 + uniform();
      out.upper[variable] = 1.5;
      entries.emplace_back(static_cast<int>(seller), variable, 1.0);
      if (seller >= per_tier) entries.emplace_back(static_cast<int>(sellers + seller - per_tier), variable, 1.0);
      const std::size_t into = node < sellers ? sellers + node - per_tier : sellers + between + (node - sellers);
      entries.emplace_back(static_cast<int>(into), variable, node < sellers ? -recovery : 1.0);
      baseline[seller] += 1.0;
      ++variable;
    }
  }
  for (std::size_t seller = 0; seller < sellers; ++seller) {
    const double open = uniform() < 0.05 ? 0.0 : 0.5 + uniform();
    out.row_upper[static_cast<Eigen::Index>(seller)] = open * std::max(1.0, baseline[seller]);
  }
  for (std::size_t use = 0; use < uses; ++use) {
    const auto row = static_cast<Eigen::Index>(sellers + between + use);
    out.row_lower[row] = out.row_upper[row] = 2.0 + 2.0 * uniform();
    out.gradient[variable] = 100.0 * (1.0 + uniform());
    entries.emplace_back(static_cast<int>(row), variable, 1.0);
    ++variable;
  }
  out.rows.resize(rows, variables);
  out.rows.setFromTriplets(entries.begin(), entries.end());
  return out;
}

}  // namespace bench
