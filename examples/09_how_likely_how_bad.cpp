// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// How likely, how bad, and would a policy help? Nobody knows what share of the licences will be approved, nor how much
// of Myanmar's ore will come. An ensemble draws both 65,536 times, with and without Japan's reserves, from the same
// numbers.
//
// Output:
//   t/yr short       mean      5 %   median     95 %  worst 5 %  with reserves
//   ndpr           9270.9   4048.5   9359.1  14148.8    14914.6         8530.0
//   dy              396.8    180.8    401.9    595.2      628.9          362.7
//   tb               73.7     33.6     74.6    110.5      116.8           67.4
//
//   share of the variance of dysprosium
//     shock 1 (licence): approved    39.3 % alone, 39.7 % in total
//     shock 2 (capacity): factor     60.3 % alone, 60.6 % in total
#include <cstdio>
#include <vector>

#include <lode/lode.hpp>

int main() {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();

  lode::Scenario shock{"licences-and-ore"};
  shock
      .license_exports({.country = "CHN",
                        .commodity = {"dy_oxide", "tb_oxide", "dy_metal", "tb_metal", "magnet_ht"},
                        .approved = lode::Triangular{0.25, 0.6, 1.0}})
      .limit_capacity({.country = "MMR", .factor = lode::Uniform{0.3, 1.0}});
  lode::Scenario policy{"japan-reserves"};
  policy.release_reserve({});  // all reserves of the data, as needed

  const std::vector policies{policy};
  const lode::Ensemble worlds = lode::ensemble(
      magnets.network, shock, {.sampling = {.sampling = lode::Sampling::sobol, .samples = 65'536}}, policies);

  std::printf("t/yr short       mean      5 %%   median     95 %%  worst 5 %%  with reserves\n");
  for (std::size_t m = 0; m < worlds.materials.size(); ++m) {
    const lode::Spread& s = worlds.materials[m].shortfall;
    std::printf("%-12s %8.1f %8.1f %8.1f %8.1f %10.1f %14.1f\n", magnets.network.materials()[m].id.c_str(), s.mean,
                s.quantiles[0].value, s.quantiles[2].value, s.quantiles[4].value, s.expected_shortfall,
                worlds.policies[0].with[m].shortfall.mean);
  }

  const lode::SobolIndices who = lode::sobol_indices(magnets.network, shock);
  std::printf("\nshare of the variance of dysprosium\n");
  for (const lode::SobolFactor& factor : who.materials[1].factors) {
    std::printf("  %-30s %4.1f %% alone, %4.1f %% in total\n", factor.name.c_str(), 100 * factor.first,
                100 * factor.total);
  }
}
