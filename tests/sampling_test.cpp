// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include <lode/error.hpp>
#include <lode/random.hpp>
#include <lode/sampling.hpp>

namespace {

using lode::SamplePoints;
using lode::Sampling;
using lode::SamplingOptions;

SamplePoints points(Sampling sampling, std::uint64_t samples, std::size_t variables, unsigned replicates = 2,
                    std::uint64_t seed = 7) {
  return {{.sampling = sampling, .samples = samples, .seed = seed, .replicates = replicates}, variables};
}

/// By sample and variable.
std::vector<std::vector<double>> all(const SamplePoints& set) {
  std::vector<std::vector<double>> out(set.samples(), std::vector<double>(set.variables()));
  for (std::uint64_t s = 0; s < set.samples(); ++s) set.at(s, out[s]);
  return out;
}

/// The points of one replicate, in order.
std::vector<std::vector<double>> replicate(const SamplePoints& set, unsigned copy) {
  std::vector<std::vector<double>> out;
  for (std::uint64_t s = 0; s < set.samples(); ++s) {
    if (set.replicate(s) != copy) continue;
    out.emplace_back(set.variables());
    set.at(s, out.back());
  }
  return out;
}

constexpr Sampling kinds[] = {Sampling::monte_carlo, Sampling::latin_hypercube, Sampling::sobol};

TEST(Sampling, MonteCarloIsWhatDrawTakes) {
  const SamplePoints set = points(Sampling::monte_carlo, 1000, 5, 16, 42);
  EXPECT_EQ(set.samples(), 1000U);
  std::vector<double> point(5);
  for (std::uint64_t s : {0U, 255U, 256U, 999U}) {
    set.at(s, point);
    for (std::uint32_t v = 0; v < 5; ++v) EXPECT_EQ(point[v], lode::uniform(42, s, v));
  }
}

TEST(Sampling, AnyPointCanBeHadAloneAndIsInsideTheCube) {
  for (const Sampling kind : kinds) {
    const SamplePoints set = points(kind, 2000, 3, 3);
    const auto expected = all(set);
    std::vector<double> block(3 * 32);
    for (std::uint64_t first = 0; first + 32 <= set.samples(); first += 32) {
      set.fill(first, 32, block);
      for (std::size_t k = 0; k < 32; ++k) {
        for (std::size_t v = 0; v < 3; ++v) {
          ASSERT_EQ(block[v * 32 + k], expected[first + k][v]) << "sample " << first + k << ", variable " << v;
          ASSERT_GT(block[v * 32 + k], 0.0);
          ASSERT_LT(block[v * 32 + k], 1.0);
        }
      }
    }
  }
}

TEST(Sampling, HypercubesHaveOnePointInEveryStratum) {
  const SamplePoints set = points(Sampling::latin_hypercube, 1500, 4, 2);
  EXPECT_EQ(set.samples(), 1536U) << "rounded up to whole blocks of each replicate";
  for (unsigned copy = 0; copy < 2; ++copy) {
    const auto own = replicate(set, copy);
    ASSERT_EQ(own.size(), 768U);
    for (std::size_t v = 0; v < 4; ++v) {
      std::set<long> strata;
      for (const auto& point : own) strata.insert(std::lround(std::floor(point[v] * 768.0)));
      EXPECT_EQ(strata.size(), 768U) << "variable " << v << " of replicate " << copy;
    }
  }
}

/// A (t, m, s)-net in base 2: all boxes of volume 2^(t - m) hold 2^t points. The first two dimensions of Sobol' have t
/// = 0; a scramble and a shift keep that.
TEST(Sampling, SobolPointsAreANet) {
  const SamplePoints set = points(Sampling::sobol, 2000, 2, 2);
  ASSERT_EQ(set.samples(), 2048U);
  const auto whole = replicate(set, 1);
  for (const std::size_t size : {256U, 512U, 1024U}) {
    const int m = static_cast<int>(std::log2(size));
    for (int a = 0; a <= m; ++a) {
      std::set<std::pair<long, long>> boxes;
      for (std::size_t i = 0; i < size; ++i) {
        boxes.insert({std::lround(std::floor(std::ldexp(whole[i][0], a))),
                      std::lround(std::floor(std::ldexp(whole[i][1], m - a)))});
      }
      EXPECT_EQ(boxes.size(), size) << "boxes 2^-" << a << " by 2^-" << m - a;
    }
  }
}

TEST(Sampling, EverySobolDimensionIsStratified) {
  const SamplePoints set = points(Sampling::sobol, 1024, SamplePoints::most_sobol_variables, 2);
  const auto own = replicate(set, 0);
  ASSERT_EQ(own.size(), 512U);
  for (std::size_t v = 0; v < set.variables(); ++v) {
    std::set<long> strata;
    for (const auto& point : own) strata.insert(std::lround(std::floor(point[v] * 512.0)));
    EXPECT_EQ(strata.size(), 512U) << "dimension " << v;
  }
}

/// Without a scramble the points are those that everybody has: Joe and Kuo's generator prints 0.5, 0.75, 0.25, ... in
/// the first dimension. A linear scramble maps equal points to equal points, so distances between leading digits tell:
/// points i and j agree in their first k digits after the scramble exactly if they do before.
TEST(Sampling, ScramblesKeepWhichPointsShareABox) {
  // The first eight points of dimensions 1 to 3 in Gray-code order, times 8 (Joe and Kuo 2008; also Bratley and Fox
  // 1988).
  const int known[8][3] = {{0, 0, 0}, {4, 4, 4}, {6, 2, 2}, {2, 6, 6}, {3, 3, 5}, {7, 7, 1}, {5, 1, 7}, {1, 5, 3}};
  const auto own = replicate(points(Sampling::sobol, 512, 3, 2), 0);
  for (std::size_t v = 0; v < 3; ++v) {
    for (int digits = 1; digits <= 3; ++digits) {
      for (std::size_t i = 0; i < 8; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          const bool before = known[i][v] >> (3 - digits) == known[j][v] >> (3 - digits);
          const bool after = std::floor(std::ldexp(own[i][v], digits)) == std::floor(std::ldexp(own[j][v], digits));
          EXPECT_EQ(before, after) << "points " << i << " and " << j << ", dimension " << v << ", digits " << digits;
        }
      }
    }
  }
}

/// E[prod (1 + c (x_v - 1/2))] = 1; the error of the mean over replicates falls much faster than one over the root.
TEST(Sampling, StratifiedPointsIntegrateBetter) {
  const auto error = [](Sampling kind, std::uint64_t samples) {
    double squares = 0.0;
    constexpr int seeds = 20;
    for (int seed = 1; seed <= seeds; ++seed) {
      const SamplePoints set = points(kind, samples, 4, 2, static_cast<std::uint64_t>(seed));
      double sum = 0.0;
      for (const auto& point : all(set)) {
        double product = 1.0;
        for (const double x : point) product *= 1.0 + 0.5 * (x - 0.5);
        sum += product - 1.0;
      }
      const double mean = sum / static_cast<double>(set.samples());
      squares += mean * mean;
    }
    return std::sqrt(squares / seeds);
  };
  const double independent = error(Sampling::monte_carlo, 4096);
  EXPECT_LT(error(Sampling::latin_hypercube, 4096), 0.2 * independent);
  EXPECT_LT(error(Sampling::sobol, 4096), 0.02 * independent);
  EXPECT_LT(error(Sampling::sobol, 16384), 0.4 * error(Sampling::sobol, 4096));
}

TEST(Sampling, ReplicatesAndSeedsAreDifferent) {
  for (const Sampling kind : kinds) {
    const SamplePoints set = points(kind, 1024, 2, 2);
    std::set<double> numbers;
    for (const auto& point : all(set)) numbers.insert(point.begin(), point.end());
    EXPECT_EQ(numbers.size(), 2 * set.samples());
    std::vector<double> a(2), b(2);
    set.at(3, a);
    points(kind, 1024, 2, 2, 8).at(3, b);
    EXPECT_NE(a, b);
  }
}

TEST(Sampling, BadOptionsAreAllNamed) {
  try {
    (void)points(Sampling::sobol, 0, 2, 1);
    FAIL();
  } catch (const lode::InvalidArgument& error) {
    ASSERT_EQ(error.issues().size(), 2U);
    EXPECT_EQ(error.issues()[0].what, "samples 0 is out of range");
    EXPECT_EQ(error.issues()[1].what, "replicates 1 is out of range");
  }
}

}  // namespace
