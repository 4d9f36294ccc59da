// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <lode/optimize/interior_point.hpp>

#include "support/optimality.hpp"
#include "support/random_program.hpp"

namespace {

using lode::optimize::minimise;
using lode::optimize::Program;
using lode::optimize::Solution;
using lode::optimize::Status;
using lode_test::KnownProgram;
using lode_test::random_program;

/// Solves programs whose optimum is known and checks all conditions on the original data.
void expect_known(std::uint64_t first, std::uint64_t count, const lode_test::RandomProgramOptions& options) {
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const KnownProgram known = random_program(seed, options);
    const Solution solution = minimise(known.program);
    ASSERT_EQ(solution.status, Status::optimal) << "seed " << seed;
    EXPECT_EQ(lode_test::optimality_problem(known.program, solution, 2e-9), "") << "seed " << seed;
    const double objective = lode::optimize::objective(known.program, known.x);
    EXPECT_NEAR(solution.objective, objective, 1e-8 * (1.0 + std::abs(objective))) << "seed " << seed;
  }
}

TEST(InteriorPoint, LinearPrograms) {
  expect_known(1, 500, {});
}
TEST(InteriorPoint, RedundantAndDuplicateRows) {
  expect_known(1000, 300, {.duplicate_rows = true});
}
TEST(InteriorPoint, QuadraticPrograms) {
  expect_known(2000, 300, {.quadratic = true});
}

}  // namespace
