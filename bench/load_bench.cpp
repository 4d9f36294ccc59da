// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// How long from a folder of CSV files to the first answer? 20,000 facilities and 100,000 routes are written once, then
// read, checked and set up.

#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>

#include <lode/lode.hpp>

#include "chain_network.hpp"
#include "ratios.hpp"

namespace {

std::string folder;

/// 25,000 plants of which 2,500 mine: 90,000 links and their end uses; the rest of the routes are unused possibilities.
lode::Dataset big_dataset() {
  lode::Dataset dataset;
  dataset.about.name = "bench";
  dataset.about.version = "1.0.0";
  dataset.about.base_year = 2024;
  dataset.network = bench::chain_network(27500, bench::Suppliers::nearby, 0.0);
  return dataset;
}

void read(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(lode::read_dataset(folder));
}

void read_and_set_up(benchmark::State& state) {
  for (auto _ : state) {
    const lode::LoadedDataset loaded = lode::read_dataset(folder);
    lode::Propagator propagator{loaded.dataset.network};
    benchmark::DoNotOptimize(propagator);
  }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("lode-load-bench-" + std::to_string(std::hash<std::string>{}(argv[0])));
  std::filesystem::remove_all(path);
  folder = path.string();
  const lode::Dataset dataset = big_dataset();
  std::printf("%zu facilities, %zu routes, %zu end uses\n", dataset.network.facilities().size(),
              dataset.network.routes().size(), dataset.network.end_uses().size());
  lode::write_dataset(dataset, folder);
  for (auto* b : {benchmark::RegisterBenchmark("read", read), benchmark::RegisterBenchmark("read_and_set_up", read_and_set_up)}) {
    b->Unit(benchmark::kMicrosecond)->Repetitions(5)->ReportAggregatesOnly(true)->MinTime(0.02);
  }
  bench::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  std::printf("\n");
  bench::print_ratio("seconds to read and set up",
                     reporter.median("read_and_set_up/min_time:0.020/repeats:5") * 1e-6, 1.0, false);
  std::filesystem::remove_all(path);
  return 0;
}
