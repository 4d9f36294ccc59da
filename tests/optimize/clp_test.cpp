// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// The interior point and CLP's simplex method, which share nothing, on the same linear programs.

#include <gtest/gtest.h>

#include <lode/optimize/interior_point.hpp>

#include "support/clp.hpp"
#include "support/optimality.hpp"
#include "support/random_program.hpp"

namespace {

using lode::optimize::infinity;
using lode::optimize::Program;
using lode::optimize::Solution;
using lode::optimize::Status;
using lode_test::ClpAnswer;
using lode_test::ClpStatus;

/// True if CLP's own answer is exact enough to be compared with; the objectives then agree to 1e-8.
bool agrees(const Program& program, const std::string& what) {
  const Solution ours = lode::optimize::minimise(program);
  const ClpAnswer clp = lode_test::solve_with_clp(program);
  EXPECT_EQ(ours.status, Status::optimal) << what;
  EXPECT_EQ(clp.status, ClpStatus::optimal) << what;
  EXPECT_EQ(lode_test::optimality_problem(program, ours, 2e-9), "") << what;
  // CLP stops at multipliers of the wrong sign up to its tolerance, which on a long variable can cost 1e-5.
  if (!(clp.certificate.worst() < 1e-9)) return false;
  EXPECT_NEAR(ours.objective, clp.objective, 1e-8 * (1.0 + std::abs(clp.objective))) << what;
  return true;
}

TEST(AgreesWithClp, OnAThousandRandomPrograms) {
  int compared = 0;
  constexpr int count = 1000;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    const auto known = lode_test::random_program(seed, {.duplicate_rows = seed % 4 == 0});
    compared += agrees(known.program, "seed " + std::to_string(seed)) ? 1 : 0;
  }
  EXPECT_GE(compared, count * 98 / 100);
}

TEST(AgreesWithClp, OnLargerPrograms) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto known = lode_test::random_program(seed, {.most_variables = 300, .most_rows = 200});
    agrees(known.program, "seed " + std::to_string(seed));
  }
}

/// Transport from `sources` to `sinks` with whole-number costs, supplies and demands: many optimal vertices.
Program transport(int sources, int sinks, int most_cost, std::uint64_t seed) {
  lode_test::Random random(seed);
  Program p;
  const int n = sources * sinks;
  p.gradient.resize(n);
  p.lower.setZero(n);
  p.upper.setConstant(n, infinity);
  std::vector<Eigen::Triplet<double>> entries;
  for (int s = 0; s < sources; ++s) {
    for (int t = 0; t < sinks; ++t) {
      const int j = s * sinks + t;
      p.gradient[j] = static_cast<double>(1 + random.below(static_cast<std::size_t>(most_cost)));
      entries.emplace_back(s, j, 1.0);
      entries.emplace_back(sources + t, j, 1.0);
    }
  }
  p.rows.resize(sources + sinks, n);
  p.rows.setFromTriplets(entries.begin(), entries.end());
  p.row_lower.setConstant(sources + sinks, static_cast<double>(sources));
  p.row_lower.head(sources).setConstant(static_cast<double>(sinks));
  p.row_upper = p.row_lower;
  return p;
}

TEST(AgreesWithClp, OnTransportWithTies) {
  // Supplies and demands add up to the same, so one row of the equalities is redundant; with equal sizes this is an
  // assignment and every vertex is degenerate.
  for (const int most_cost : {1, 2, 10}) {
    for (const auto& [sources, sinks] : {std::pair(5, 5), std::pair(12, 12), std::pair(8, 20), std::pair(1, 9)}) {
      for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const std::string what = std::to_string(sources) + " x " + std::to_string(sinks) + ", costs to " +
                                 std::to_string(most_cost) + ", seed " + std::to_string(seed);
        EXPECT_TRUE(agrees(transport(sources, sinks, most_cost, seed), what)) << what;
      }
    }
  }
}

TEST(AgreesWithClp, OnWhatHasNoAnswer) {
  // Random bounds and rows, nothing built in: whichever of the three CLP says, we say.
  int counts[3] = {0, 0, 0};
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    lode_test::Random random(seed);
    auto program = lode_test::random_program(seed, {.most_variables = 12, .most_rows = 12}).program;
    for (double& value : program.row_lower) value += random.chance(0.2) ? random.uniform(-2.0, 2.0) : 0.0;
    program.row_upper = program.row_upper.cwiseMax(program.row_lower);
    for (double& value : program.gradient) value += random.chance(0.1) ? random.uniform(-1.0, 1.0) : 0.0;
    const ClpAnswer clp = lode_test::solve_with_clp(program);
    const Solution ours = lode::optimize::minimise(program);
    const std::string what = "seed " + std::to_string(seed);
    switch (clp.status) {
      case ClpStatus::optimal:
        EXPECT_EQ(lode_test::optimality_problem(program, ours, 2e-9), "") << what;
        break;
      case ClpStatus::primal_infeasible:
        EXPECT_EQ(lode_test::farkas_problem(program, ours), "") << what;
        break;
      case ClpStatus::dual_infeasible: {
        // Both may be infeasible, and then either proof is right.
        const bool both = ours.status == Status::primal_infeasible;
        EXPECT_EQ(both ? lode_test::farkas_problem(program, ours) : lode_test::descent_problem(program, ours), "")
            << what;
        break;
      }
      case ClpStatus::other:
        ADD_FAILURE() << what;
        continue;
    }
    ++counts[static_cast<int>(clp.status)];
  }
  for (const int count : counts) EXPECT_GE(count, 10);
}

}  // namespace
