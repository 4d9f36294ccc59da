// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// Which plant matters most: every plant is taken away by itself, then every pair; and what three of them at most can
// do.
//
// Output:
//   t of end products a year that are short without a plant, if nobody reroutes
//     cn_ndpr_metal             184446
//     cn_dy_metal               119134
//     cn_tb_metal               119131
//     cn_south_sep              116879
//     cn_magnets_ht             115290
//   and if everybody adapts as well as possible
//     cn_ndpr_metal             183280
//     cn_dy_metal               106714
//     cn_tb_metal               106711
//     cn_magnets_ht             101201
//     cn_south_sep               93466
//   the worst of 2346 pairs (26 computed)
//     cn_ndpr_metal+jp_ndpr_metal         192742
//     cn_ndpr_metal+cn_south_sep          191578
//     cn_ndpr_metal+jp_magnets_ht         190624
//     cn_ndpr_metal+lynas_kuantan         190361
//     cn_ndpr_metal+mt_weld               190361
//   three plants: cn_ndpr_metal+jp_ndpr_metal+vn_metal 195081, no three lose more than 195357
#include <cstdio>

#include <lode/lode.hpp>

int main() {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const lode::Network& network = magnets.network;
  const lode::Ranker rigid(network, {.top = 5});

  const lode::Ranking plants = rigid.run();
  if (plants.status != lode::SolveStatus::solved) return 1;
  std::printf("t of end products a year that are short without a plant, if nobody reroutes\n");
  for (const lode::RankRow& row : plants.rows) std::printf("  %-24s %7.0f\n", row.id.c_str(), row.weighted);

  const lode::Ranking flexible = lode::rank(network, {}, {.model = lode::RankModel::reallocate, .top = 5});
  std::printf("and if everybody adapts as well as possible\n");
  for (const lode::RankRow& row : flexible.rows) std::printf("  %-24s %7.0f\n", row.id.c_str(), row.weighted);

  const lode::GroupRanking pairs = rigid.pairs();
  std::printf("the worst of %zu pairs (%zu computed)\n", pairs.groups, pairs.evaluated);
  for (const lode::RankRow& row : pairs.rows) std::printf("  %-34s %7.0f\n", row.id.c_str(), row.weighted);

  const lode::WorstGroup three = rigid.worst_group({}, 3);
  std::printf("three plants: %s %.0f, no three lose more than %.0f\n", three.rows.front().id.c_str(),
              three.rows.front().weighted, three.upper_bound);
}
