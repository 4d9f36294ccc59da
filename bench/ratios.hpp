// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

/// Prints the usual lines and remembers the median of each benchmark, so that ratios within one run can follow.
namespace bench {

class MedianReporter : public benchmark::ConsoleReporter {
 public:
  MedianReporter() : ConsoleReporter(OO_Tabular) {}
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type == Run::RT_Aggregate && run.aggregate_name == "median") {
        medians_[run.run_name.str()] = run.GetAdjustedRealTime();
      }
    }
    ConsoleReporter::ReportRuns(runs);
  }
  /// Microseconds (the unit every benchmark here reports in), or 0 if it did not run.
  [[nodiscard]] double median(const std::string& name) const {
    const auto found = medians_.find(name);
    return found == medians_.end() ? 0.0 : found->second;
  }

 private:
  std::map<std::string, double> medians_;
};

/// Repetitions and unit that the programs beside CLP and CHOLMOD share.
inline benchmark::internal::Benchmark* common(benchmark::internal::Benchmark* b) {
  return b->Unit(benchmark::kMicrosecond)->Repetitions(3)->ReportAggregatesOnly(true)->MinTime(0.02);
}

/// The median of a benchmark that was registered with `common`.
inline double common_median(const MedianReporter& reporter, const std::string& name) {
  return reporter.median(name + "/min_time:0.020/repeats:3");
}

/// One line of the summary: what, the measured ratio, the goal, and whether it is met.
inline void print_ratio(const std::string& what, double value, double goal, bool at_least) {
  if (!(value > 0.0) || !std::isfinite(value)) return;  // one side did not run
  const bool met = at_least ? value >= goal : value <= goal;
  std::printf("%-72s %8.2f   goal %s %-6.4g %s\n", what.c_str(), value, at_least ? ">=" : "<=", goal,
              met ? "met" : "MISSED");
}

/// How many times as long `first` takes as `second`: the median over pairs of runs that follow each other at once, so
/// that neighbours on the machine slow both.
template <class First, class Second>
double paired_ratio(First first, Second second, int pairs = 15) {
  const auto seconds = [](auto& run) {
    const auto begin = std::chrono::steady_clock::now();
    run();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  std::vector<double> ratios;
  for (int pair = 0; pair < pairs; ++pair) {
    const double one = seconds(first);
    ratios.push_back(one / seconds(second));
  }
  std::nth_element(ratios.begin(), ratios.begin() + pairs / 2, ratios.end());
  return ratios[static_cast<std::size_t>(pairs / 2)];
}

}  // namespace bench
