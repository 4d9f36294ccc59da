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

/// The same network as `reallocate` sets it up: nothing costs but unmet demand, and a plant has an activity x.
///
///     minimise   sum weight d
///     subject to x - recovery * in <= 0,  out - x <= 0,  x <= capacity,  out <= capacity at mines,
///                in + d >= demand,  0 <= f <= 1.5,  0 <= d
///
/// All flows cost nothing, so every basis is degenerate many times over for the dual method.
inline lode::optimize::Program reallocation_program(std::size_t arcs, Links links, std::uint64_t seed = 1) {
  const lode::optimize::Program network = network_program(arcs, links, seed);
  // Rows of `network`: a limit for each seller (mines first), a balance for each plant between, demands.
  const Eigen::Index n = network.gradient.size();
  const Eigen::Index m = network.row_lower.size();
  Eigen::Index uses = 0;
  while (network.row_lower[m - 1 - uses] > 0.0) ++uses;
  const Eigen::Index mines = uses;
  const Eigen::Index plants = (m - uses - mines) / 2;
  const Eigen::Index sellers = mines + plants;
  lode::optimize::Program out = network;
  out.gradient.conservativeResize(n + plants);
  out.lower.conservativeResize(n + plants);
  out.upper.conservativeResize(n + plants);
  out.gradient.head(n - uses).setZero();
  out.gradient.tail(plants).setZero();
  out.lower.tail(plants).setZero();
  std::vector<Eigen::Triplet<double>> entries;
  for (Eigen::Index j = 0; j < n; ++j) {
    for (Eigen::SparseMatrix<double>::InnerIterator it(network.rows, j); it; ++it) {
      // What leaves a plant counts against its activity, not against what came in.
      const bool leaves = it.row() >= sellers && it.row() < sellers + plants && it.value() > 0.0;
      if (!leaves) entries.emplace_back(static_cast<int>(it.row()), static_cast<int>(j), it.value());
    }
  }
  for (Eigen::Index plant = 0; plant < plants; ++plant) {
    const auto j = static_cast<int>(n + plant);
    entries.emplace_back(static_cast<int>(mines + plant), j, -1.0);
    entries.emplace_back(static_cast<int>(sellers + plant), j, 1.0);
    out.upper[j] = network.row_upper[mines + plant];
    out.row_upper[mines + plant] = 0.0;
  }
  out.row_upper.tail(uses).setConstant(lode::optimize::infinity);
  out.rows.resize(m, n + plants);
  out.rows.setFromTriplets(entries.begin(), entries.end());
  return out;
}

/// A shock: one in fifty limits falls to at most half, and twenty flows share a quota, the last row.
inline lode::optimize::Program shocked_program(const lode::optimize::Program& base, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto uniform = [&random] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  constexpr double share = 0.02;
  constexpr int in_quota = 20;
  lode::optimize::Program out = base;
  const Eigen::Index n = base.gradient.size();
  const Eigen::Index m = base.row_lower.size();
  for (Eigen::Index i = 0; i < m; ++i) {
    if (base.row_lower[i] < 0.0 && base.row_upper[i] > 0.0 && uniform() < share) out.row_upper[i] *= 0.5 * uniform();
  }
  for (Eigen::Index j = 0; j < n; ++j) {
    if (out.upper[j] < lode::optimize::infinity && uniform() < share) out.upper[j] *= 0.5 * uniform();
  }
  Eigen::SparseMatrix<double, Eigen::RowMajor> rows(base.rows);
  Eigen::SparseMatrix<double, Eigen::RowMajor> with_quota(m + 1, n);
  with_quota.topRows(m) = rows;
  std::vector<Eigen::Triplet<double>> entries;
  for (int k = 0; k < in_quota; ++k) {
    entries.emplace_back(0, static_cast<int>(random() % static_cast<std::uint64_t>(n / 2)), 1.0);
  }
  Eigen::SparseMatrix<double, Eigen::RowMajor> quota(1, n);
  quota.setFromTriplets(entries.begin(), entries.end());
  with_quota.bottomRows(1) = quota;
  out.rows = with_quota;
  out.row_lower.conservativeResize(m + 1);
  out.row_upper.conservativeResize(m + 1);
  out.row_lower[m] = -lode::optimize::infinity;
  out.row_upper[m] = 0.5 * in_quota * uniform();
  return out;
}

}  // namespace bench
