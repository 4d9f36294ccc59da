// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include "ratios.hpp"

/// What one thread of the machine can do at most, measured in the same run: bytes a second by a STREAM triad that fits no
/// cache, operations a second by a loop of multiplications and additions in registers or the first cache.
namespace bench {

inline constexpr std::size_t triad_size = std::size_t{1} << 23;
inline constexpr std::size_t arithmetic_rounds = 1 << 16, arithmetic_chains = 64;

inline void triad(benchmark::State& state) {
  std::vector<double> a(triad_size, 1.0), b(triad_size, 2.0), c(triad_size, 3.0);
  for (auto _ : state) {
    for (std::size_t i = 0; i < triad_size; ++i) a[i] = b[i] + 1.5 * c[i];
    benchmark::DoNotOptimize(a.data());
    benchmark::ClobberMemory();
  }
}

inline void arithmetic(benchmark::State& state) {
  double x[arithmetic_chains];
  for (std::size_t i = 0; i < arithmetic_chains; ++i) x[i] = 1.0 + 1e-3 * static_cast<double>(i);
  for (auto _ : state) {
    for (std::size_t r = 0; r < arithmetic_rounds; ++r) {
      for (std::size_t i = 0; i < arithmetic_chains; ++i) x[i] = x[i] * 0.999999 + 1e-6;
    }
    benchmark::DoNotOptimize(x);
  }
}

inline void register_limits() {
  common(benchmark::RegisterBenchmark("triad", triad));
  common(benchmark::RegisterBenchmark("arithmetic", arithmetic));
}

/// Two lines of the summary: the shares of both limits that a kernel reaches, which moves `bytes` and does `operations`
/// in `microseconds`.
inline void print_shares(const MedianReporter& reporter, const std::string& what, double bytes, double operations,
                         double microseconds) {
  const double triad_time = common_median(reporter, "triad"), arithmetic_time = common_median(reporter, "arithmetic");
  if (!(triad_time > 0.0) || !(arithmetic_time > 0.0) || !(microseconds > 0.0)) return;
  const double most_bytes = 24.0 * static_cast<double>(triad_size) / triad_time;
  const double most_operations = 2.0 * static_cast<double>(arithmetic_rounds * arithmetic_chains) / arithmetic_time;
  std::printf("%-72s %8.3f\n", (what + ": bytes a second / triad").c_str(), bytes / microseconds / most_bytes);
  std::printf("%-72s %8.3f\n", (what + ": operations a second / multiply-add loop").c_str(),
              operations / microseconds / most_operations);
}

}  // namespace bench
