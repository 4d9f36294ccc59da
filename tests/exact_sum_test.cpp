// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include <lode/detail/exact_sum.hpp>

#include "support/random.hpp"

namespace {

using lode::detail::ExactSum;
using lode_test::Random;

TEST(ExactSum, OrderAndPartitionDoNotMatter) {
  Random random(1);
  for (int attempt = 0; attempt < 50; ++attempt) {
    std::vector<double> numbers;
    for (int i = 0; i < 300; ++i) {
      numbers.push_back((random.chance(0.5) ? 1.0 : -1.0) * std::exp(random.uniform(-60.0, 60.0)));
    }
    ExactSum forward, left, right;
    for (const double x : numbers) forward.add(x);
    random.shuffle(numbers);
    for (std::size_t i = 0; i < numbers.size(); ++i) (i < 100 ? left : right).add(numbers[i]);
    right.add(left);
    ASSERT_EQ(forward, right);
  }
}

TEST(ExactSum, CancelsToTheLastDigit) {
  ExactSum sum;
  for (const double x : {1e20, 0.1, -1e20, 3.0, -0.1, -3.0}) sum.add(x);
  EXPECT_EQ(sum, ExactSum{});
  EXPECT_EQ(sum.value(), 0.0);
  sum.add(-0.1);
  EXPECT_EQ(sum.value(), -0.1);
}

TEST(ExactSum, SingleNumbersComeBack) {
  Random random(2);
  for (int i = 0; i < 1000; ++i) {
    const double x = (i % 2 == 0 ? 1.0 : -1.0) * std::exp(random.uniform(-45.0, 80.0));
    ExactSum sum;
    sum.add(x);
    EXPECT_DOUBLE_EQ(sum.value(), x);
  }
  ExactSum tiny;
  tiny.add(1e-60);
  EXPECT_EQ(tiny.value(), 0.0) << "below the unit";
}

TEST(ExactSum, AgreesWithALongSum) {
  Random random(3);
  ExactSum sum;
  long double expected = 0.0L;
  for (int i = 0; i < 100000; ++i) {
    const double x = random.uniform(-1.0, 2.0);
    sum.add(x);
    expected += x;
  }
  EXPECT_NEAR(sum.value(), static_cast<double>(expected), 1e-11);
}

}  // namespace
