// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <lode/detail/log_histogram.hpp>
#include <lode/detail/sample_statistics.hpp>

#include "support/random.hpp"

namespace {

using lode::detail::LogHistogram;
using lode_test::Random;

std::vector<double> numbers(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  std::vector<double> out;
  for (std::size_t i = 0; i < count; ++i) {
    const double size = std::exp(random.uniform(-12.0, 12.0));
    out.push_back(random.chance(0.1) ? 0.0 : random.chance(0.3) ? -size : size);
  }
  return out;
}

LogHistogram histogram(const std::vector<double>& values) {
  LogHistogram out;
  out.add(values.data(), values.size());
  return out;
}

std::string bytes(const LogHistogram& histogram) {
  std::string out;
  histogram.write(out);
  return out;
}

TEST(LogHistogram, OrderStatisticsAreWithinABin) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::vector<double> values = numbers(seed, 5000);
    const LogHistogram found = histogram(values);
    std::sort(values.begin(), values.end());
    ASSERT_EQ(found.count(), values.size());
    EXPECT_EQ(found.order_statistic(0), values.front());
    EXPECT_EQ(found.order_statistic(values.size() - 1), values.back());
    for (std::size_t k = 0; k < values.size(); k += 37) {
      EXPECT_NEAR(found.order_statistic(k), values[k], std::abs(values[k]) / 64.0 + 1e-9);
    }
  }
}

TEST(LogHistogram, AtomsAndSingleNumbersAreExact) {
  const std::vector<double> values{3.7, 3.7, 3.7, 1e-5, -250.0, -250.0, 0.0, 1e12};
  const LogHistogram found = histogram(values);
  const double sorted[] = {-250.0, -250.0, 0.0, 1e-5, 3.7, 3.7, 3.7, 1e12};
  for (std::size_t k = 0; k < 8; ++k) EXPECT_EQ(found.order_statistic(k), sorted[k]);
  EXPECT_EQ(found.sum_of_largest(4), 1e12 + 3 * 3.7);
  EXPECT_EQ(found.count_above(0.0), 5.0);
  EXPECT_EQ(found.count_above(3.7), 1.0);
}

TEST(LogHistogram, TailsAddUp) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::vector<double> values = numbers(seed, 3000);
    const LogHistogram found = histogram(values);
    std::sort(values.begin(), values.end(), std::greater<>());
    double sum = 0.0, sizes = 0.0;
    for (std::size_t k = 0; k < values.size(); ++k) {
      sum += values[k];
      sizes += std::abs(values[k]);
      // All of a bin counts at the mean that its members' places give, so only the bin that is cut is uncertain.
      if (k % 131 == 0) {
        EXPECT_NEAR(found.sum_of_largest(k + 1), sum, 1e-6 * sizes + 20.0 * std::abs(values[k]) / 64.0);
      }
    }
    EXPECT_NEAR(found.sum_of_largest(values.size()), sum, 1e-9 * sizes);
  }
}

TEST(LogHistogram, OrderAndPartitionDoNotMatter) {
  std::vector<double> values = numbers(3, 4000);
  const std::string expected = bytes(histogram(values));
  Random random(9);
  for (int attempt = 0; attempt < 5; ++attempt) {
    random.shuffle(values);
    const std::size_t cut = random.below(values.size());
    LogHistogram first, second;
    first.add(values.data(), cut);
    for (std::size_t k = cut; k < values.size(); ++k) second.add(values[k]);
    first.merge(second);
    EXPECT_EQ(bytes(first), expected);
    EXPECT_EQ(first.count(), values.size());
  }
}

TEST(LogHistogram, ComesBackFromItsBytes) {
  const LogHistogram original = histogram(numbers(4, 1000));
  const std::string written = bytes(original);
  LogHistogram back;
  EXPECT_EQ(back.read(written, 0), written.size());
  EXPECT_EQ(bytes(back), written);
  EXPECT_EQ(back.count(), 1000U);
  EXPECT_THROW((void)back.read(written.substr(0, written.size() - 1), 0), std::out_of_range);
}

TEST(LogHistogram, SizesOutOfRangeAreKeptAtTheEdges) {
  const LogHistogram found = histogram({1e-300, -1e-300, 1e300, -1e300});
  EXPECT_EQ(found.order_statistic(0), -1e300);
  EXPECT_EQ(found.order_statistic(3), 1e300);
  EXPECT_NEAR(found.order_statistic(1), 0.0, 1e-299);
}

/// Conover (1999, Practical nonparametric statistics, table A3 and 3.2): for 20 numbers the 6th and the 15th smallest
/// hold the median between them with 95.9 %.
TEST(SampleStatistics, RanksOfTheMedianOfTwenty) {
  const auto [low, high] = lode::detail::quantile_ranks(20, 0.5, 0.95);
  EXPECT_EQ(low, 6U);
  EXPECT_EQ(high, 15U);
}

TEST(SampleStatistics, RanksCoverAsPromised) {
  for (const std::uint64_t n : {10U, 50U, 1000U, 100000U}) {
    for (const double p : {0.01, 0.3, 0.5, 0.95}) {
      const auto [low, high] = lode::detail::quantile_ranks(n, p, 0.9);
      using lode::detail::binomial_at_most;
      if (low > 0) {
        EXPECT_LE(binomial_at_most(low - 1, n, p), 0.05 + 1e-9);
        EXPECT_GT(binomial_at_most(low, n, p), 0.05 - 1e-9) << "no larger rank would do";
      }
      if (high <= n) {
        EXPECT_LE(1.0 - binomial_at_most(high - 1, n, p), 0.05 + 1e-9);
      }
      EXPECT_LT(low, high);
    }
  }
}

/// Clopper and Pearson (1934): none in ten leaves up to 30.8 %; the two-sided interval of 5 in 10 is 18.7 to 81.3 %.
TEST(SampleStatistics, ExactIntervalsOfShares) {
  const auto none = lode::detail::binomial_interval(0, 10, 0.95);
  EXPECT_EQ(none.first, 0.0);
  EXPECT_NEAR(none.second, 0.3085, 5e-5);
  const auto half = lode::detail::binomial_interval(5, 10, 0.95);
  EXPECT_NEAR(half.first, 0.1871, 5e-5);
  EXPECT_NEAR(half.second, 0.8129, 5e-5);
}

/// Tables of Student's t: 2.1314 for 15 degrees of freedom, 12.706 for one.
TEST(SampleStatistics, QuantilesOfStudent) {
  EXPECT_NEAR(lode::detail::student_quantile(0.975, 15.0), 2.13145, 1e-5);
  EXPECT_NEAR(lode::detail::student_quantile(0.975, 1.0), 12.7062, 1e-4);
}

}  // namespace
