// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// A data set of your own: a folder of CSV files (examples/my-data, or the folder given as an argument), read, checked
// and run with every scenario in it. Any mineral will do; this one is antimony, in round figures.
//
// Output:
//   Antimony, a small example: 4 facilities, 6 routes
//   chinese-export-ban
//     Antimony: 4175 of 33400 t/yr short
//     Flame retardants in Germany: 5000 of 10000 t/yr missing
//   tajik-mines-closed
//     Antimony: 10919 of 33400 t/yr short
//     Flame retardants in China: 6923 of 30000 t/yr missing
//     Flame retardants in Germany: 6154 of 10000 t/yr missing
#include <cstdio>
#include <iostream>
#include <string>

#include <lode/lode.hpp>

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : "examples/my-data";
  try {
    const lode::LoadedDataset loaded = lode::read_dataset(folder);
    const lode::Dataset& data = loaded.dataset;
    for (const lode::Issue& warning : loaded.warnings) std::cerr << "warning: " << lode::to_string(warning) << '\n';
    std::printf("%s: %zu facilities, %zu routes\n", data.about.title.c_str(), data.network.facilities().size(),
                data.network.routes().size());

    lode::Propagator propagator{data.network};
    for (const lode::Scenario& scenario : data.scenarios) {
      const lode::Result result = propagator.run(scenario);
      std::printf("%s\n", scenario.name.c_str());
      for (const lode::MaterialResult& material : result.materials) {
        std::printf("  %s: %.0f of %.0f t/yr short\n", material.name.c_str(),
                    material.shortfall.in(lode::tonnes_per_year), material.demanded.in(lode::tonnes_per_year));
      }
      for (const lode::EndUseResult& use : result.end_uses) {
        if (use.shortfall <= lode::TonnesPerYear{}) continue;
        std::printf("  %s: %.0f of %.0f t/yr missing\n", use.name.c_str(), use.shortfall.in(lode::tonnes_per_year),
                    use.demanded.in(lode::tonnes_per_year));
      }
    }
  } catch (const lode::Error& error) {
    std::cerr << error.what() << '\n';  // every problem, each with file, line and column
    return 3;
  }
}
