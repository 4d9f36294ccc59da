// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include <lode/random.hpp>

namespace {

using Words = std::array<std::uint32_t, 4>;

// The known answers of Random123 1.14 (kat_vectors: philox4x32 10).
TEST(Philox, KnownAnswers) {
  constexpr std::uint32_t all = 0xffffffffU;
  EXPECT_EQ(lode::detail::philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}));
  EXPECT_EQ(lode::detail::philox({all, all, all, all}, {all, all}),
            (Words{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU}));
  EXPECT_EQ(lode::detail::philox({0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}, {0xa4093822U, 0x299f31d0U}),
            (Words{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U}));
}

TEST(Random, UniformNumbersAreSpreadAndNeverTouchTheEnds) {
  constexpr int samples = 100'000;
  double sum = 0.0, squares = 0.0, with_next = 0.0;
  std::vector<double> drawn;
  for (std::uint64_t i = 0; i < samples; ++i) {
    const double u = lode::uniform(42, i, 7);
    ASSERT_GT(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
    squares += u * u;
    with_next += u * lode::uniform(42, i, 8);
    drawn.push_back(u);
  }
  // Four standard errors.
  EXPECT_NEAR(sum / samples, 0.5, 4.0 * std::sqrt(1.0 / 12.0 / samples));
  EXPECT_NEAR(squares / samples, 1.0 / 3.0, 4.0 * std::sqrt(4.0 / 45.0 / samples));
  EXPECT_NEAR(with_next / samples, 0.25, 4.0 * std::sqrt(7.0 / 144.0 / samples)) << "variables are independent";
  std::sort(drawn.begin(), drawn.end());
  double furthest = 0.0;
  for (int i = 0; i < samples; ++i) furthest = std::max(furthest, std::abs(drawn[i] - (i + 0.5) / samples));
  EXPECT_LT(furthest, 1.95 / std::sqrt(samples)) << "Kolmogorov and Smirnov, 1 in 1000";
}

TEST(Random, EveryPartOfTheNameCounts) {
  const double u = lode::uniform(1, 2, 3, 4);
  EXPECT_EQ(u, lode::uniform(1, 2, 3, 4));
  EXPECT_NE(u, lode::uniform(2, 2, 3, 4));
  EXPECT_NE(u, lode::uniform(1ULL << 40U, 2, 3, 4));
  EXPECT_NE(u, lode::uniform(1, 3, 3, 4));
  EXPECT_NE(u, lode::uniform(1, 2ULL << 40U, 3, 4));
  EXPECT_NE(u, lode::uniform(1, 2, 4, 4));
  EXPECT_NE(u, lode::uniform(1, 2, 3, 5));
}

}  // namespace
