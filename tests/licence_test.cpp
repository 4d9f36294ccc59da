// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <vector>

#include <lode/detail/licence.hpp>

#include "support/random.hpp"

namespace {

using lode::detail::LicenceQueue;
using lode::detail::RouteLicence;

RouteLicence rule(double approved, double refused = 0.0) {
  return {{}, 1.0, 0.0, approved, refused};
}

TEST(LicenceQueue, DecidesWhatIsOldEnough) {
  LicenceQueue queue;
  queue.reset(std::vector<double>{0.25});
  for (std::uint32_t step = 0; step < 3; ++step) EXPECT_EQ(queue.decide(step, 8.0, 3, rule(0.25)).released, 0.0);
  EXPECT_EQ(queue.pending(), 24.0);
  EXPECT_EQ(queue.decide(3, 8.0, 3, rule(0.25)).released, 2.0);
  EXPECT_EQ(queue.held(), 30.0);
  EXPECT_EQ(queue.pending(), 24.0);
}

TEST(LicenceQueue, AShareThatRisesReleasesItsPartAndOneThatFallsNothing) {
  LicenceQueue queue;
  queue.reset(std::vector<double>{0.2, 0.6, 0.4});
  EXPECT_DOUBLE_EQ(queue.decide(0, 10.0, 0, rule(0.2)).released, 2.0);
  EXPECT_DOUBLE_EQ(queue.decide(1, 0.0, 0, rule(0.6)).released, 4.0);
  EXPECT_DOUBLE_EQ(queue.decide(2, 10.0, 0, rule(0.4)).released, 4.0);
  EXPECT_DOUBLE_EQ(queue.decide(3, 0.0, 0, rule(0.6)).released, 2.0);
  EXPECT_DOUBLE_EQ(queue.held(), 8.0);
  EXPECT_DOUBLE_EQ(queue.release_all(), 8.0);
  EXPECT_EQ(queue.held(), 0.0);
}

TEST(LicenceQueue, WhatIsRefusedDoesNotWait) {
  LicenceQueue queue;
  queue.reset(std::vector<double>{0.5, 0.7});
  const LicenceQueue::Outcome first = queue.decide(0, 10.0, 0, rule(0.5, 0.3));
  EXPECT_DOUBLE_EQ(first.released, 5.0);
  EXPECT_DOUBLE_EQ(first.refused, 3.0);
  EXPECT_DOUBLE_EQ(queue.decide(1, 0.0, 0, rule(0.7, 0.3)).released, 2.0);
  EXPECT_NEAR(queue.held(), 0.0, 1e-15);
}

/// Whatever the shares do: what entered is released, refused or held.
TEST(LicenceQueue, LosesNothing) {
  lode_test::Random random(7);
  for (int run = 0; run < 200; ++run) {
    const std::vector<double> levels{random.uniform(), random.uniform(), random.uniform()};
    LicenceQueue queue;
    queue.reset(levels);
    double entered = 0.0, left = 0.0;
    for (std::uint32_t step = 0; step < 300; ++step) {
      const double enters = random.chance(0.2) ? 0.0 : random.uniform();
      const double approved = levels[random.below(3)];
      const LicenceQueue::Outcome out = queue.decide(step, enters, static_cast<std::uint32_t>(random.below(9)),
                                                     rule(approved, random.uniform(0.0, 1.0 - approved)));
      entered += enters;
      left += out.released + out.refused;
      EXPECT_GE(out.released, 0.0);
      EXPECT_NEAR(entered, left + queue.held(), 1e-10);
      EXPECT_LE(queue.pending(), queue.held() + 1e-15);
    }
  }
}

}  // namespace
