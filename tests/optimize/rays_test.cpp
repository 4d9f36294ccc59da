// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// Programs without an answer: the proof is checked, not the word.

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <vector>

#include <lode/optimize/interior_point.hpp>

#include "support/optimality.hpp"
#include "support/random_program.hpp"

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using lode::optimize::infinity;
using lode::optimize::minimise;
using lode::optimize::Program;
using lode::optimize::Solution;
using lode::optimize::Status;

MatrixXd dense_rows(const Program& p) {
  return p.row_lower.size() == 0 ? MatrixXd::Zero(0, p.gradient.size()) : MatrixXd(p.rows);
}

/// A feasible program and one more row: a positive combination of sides that are there, asked to be `by` (relative)
/// less than they allow.
std::optional<Program> contradicted(std::uint64_t seed, const lode_test::RandomProgramOptions& options, double by) {
  Program p = lode_test::random_program(seed, options).program;
  lode_test::Random random(seed + 77);
  const Index n = p.gradient.size();
  const Index m = p.row_lower.size();
  const MatrixXd a = dense_rows(p);
  VectorXd row = VectorXd::Zero(n);
  double least = 0.0;
  double size = 0.0;
  const auto add = [&](const VectorXd& coefficients, double weight, double bound) {
    row += weight * coefficients;
    least += weight * bound;
    size += std::abs(weight * bound);
  };
  for (Index i = 0; i < m; ++i) {
    const double largest = a.row(i).cwiseAbs().maxCoeff();
    if (largest == 0.0 || random.chance(0.5)) continue;
    const double weight = random.uniform(0.1, 1.0) / largest;
    if (std::isfinite(p.row_lower[i])) {
      add(a.row(i).transpose(), weight, p.row_lower[i]);
    } else if (std::isfinite(p.row_upper[i])) {
      add(a.row(i).transpose(), -weight, p.row_upper[i]);
    }
  }
  for (Index j = 0; j < n; ++j) {
    if (std::isfinite(p.lower[j]) && random.chance(0.5)) add(VectorXd::Unit(n, j), 1.0, p.lower[j]);
  }
  if (row.cwiseAbs().maxCoeff() == 0.0 || size == 0.0) return std::nullopt;
  MatrixXd rows(m + 1, n);
  rows << a, row.transpose();
  p.rows = rows.sparseView();
  p.row_lower.conservativeResize(m + 1);
  p.row_upper.conservativeResize(m + 1);
  p.row_lower[m] = -infinity;
  p.row_upper[m] = least - by * size;
  return p;
}

TEST(Rays, ContradictionsAreProved) {
  for (const bool quadratic : {false, true}) {
    int count = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
      const double by = seed % 2 == 0 ? 0.3 : 1e-3;
      const auto p = contradicted(seed, {.duplicate_rows = seed % 3 == 0, .quadratic = quadratic}, by);
      if (!p) continue;
      EXPECT_EQ(lode_test::farkas_problem(*p, minimise(*p)), "") << "seed " << seed;
      ++count;
    }
    EXPECT_GT(count, 250);
  }
}

TEST(Rays, ContradictionsAreProvedWhereScalesDiffer) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    if (const auto p = contradicted(seed, {.decades = 3.0}, 0.1)) {
      EXPECT_EQ(lode_test::farkas_problem(*p, minimise(*p)), "") << "seed " << seed;
    }
  }
}

TEST(Rays, BarelyFeasibleIsNotCalledInfeasible) {
  // A program and the demand to be as good as its optimum: only the optimal face is left, which has no interior.
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const auto known = lode_test::random_program(seed, {.duplicate_rows = seed % 3 == 0});
    Program p = known.program;
    const Index m = p.row_lower.size();
    MatrixXd rows(m + 1, p.gradient.size());
    rows << dense_rows(p), p.gradient.transpose();
    if (p.gradient.isZero()) continue;
    p.rows = rows.sparseView();
    p.row_lower.conservativeResize(m + 1);
    p.row_upper.conservativeResize(m + 1);
    p.row_lower[m] = -infinity;
    p.row_upper[m] = p.gradient.dot(known.x);
    const Solution s = minimise(p);
    EXPECT_EQ(lode_test::optimality_problem(p, s, 2e-9), "") << "seed " << seed << ' ' << to_string(s.status);
    // A little better than the optimum is impossible, and that is proved.
    p.row_upper[m] -= 1e-4 * p.gradient.cwiseAbs().dot(known.x.cwiseAbs()) + 1e-4;
    EXPECT_EQ(lode_test::farkas_problem(p, minimise(p)), "") << "seed " << seed;
  }
}

TEST(Rays, DirectionsOfDescentAreProved) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    // A feasible program, some variables let go in one direction, and a column that undoes what they do to the rows.
    Program p = lode_test::random_program(seed, {.duplicate_rows = seed % 3 == 0, .decades = seed % 2 == 0 ? 3.0 : 0.0})
                    .program;
    lode_test::Random random(seed + 77);
    const Index n = p.gradient.size();
    const Index m = p.row_lower.size();
    const MatrixXd a = dense_rows(p);
    VectorXd d = VectorXd::Zero(n);
    for (Index j = 0; j < n; ++j) {
      if (p.lower[j] == p.upper[j] || random.chance(0.6)) continue;
      const double size = a.col(j).cwiseAbs().sum();
      d[j] = random.uniform(0.5, 2.0) / (size > 0.0 ? size : 1.0);
      if (random.chance(0.5)) {
        p.upper[j] = infinity;
      } else {
        p.lower[j] = -infinity;
        d[j] = -d[j];
      }
    }
    MatrixXd rows(m, n + 1);
    rows << a, -a * d;
    p.rows = rows.sparseView();
    if (m == 0) p.rows.resize(0, n + 1);
    const double descent = p.gradient.dot(d);
    const double size = p.gradient.cwiseAbs().dot(d.cwiseAbs()) + 1e-3;
    p.gradient.conservativeResize(n + 1);
    p.lower.conservativeResize(n + 1);
    p.upper.conservativeResize(n + 1);
    p.gradient[n] = -descent - random.uniform(1e-2, 1.0) * size;
    p.lower[n] = -1.0;
    p.upper[n] = infinity;
    EXPECT_EQ(lode_test::descent_problem(p, minimise(p)), "") << "seed " << seed;
  }
}

Program plane(double h00, double h01, double h11, double g0, double g1) {
  Program p;
  p.hessian = MatrixXd{{h00, h01}, {0.0, h11}}.sparseView();
  p.gradient = Eigen::Vector2d(g0, g1);
  p.lower.setConstant(2, -infinity);
  p.upper.setConstant(2, infinity);
  return p;
}

TEST(Rays, FlatDirectionsOfAQuadratic) {
  // (x0 - x1)^2 / 2 is flat along (1, 1).
  Program p = plane(1.0, -1.0, 1.0, 1.0, 0.0);
  EXPECT_EQ(lode_test::descent_problem(p, minimise(p)), "");
  p.lower[0] = 0.0;  // (-1, -1) now ends
  Solution s = minimise(p);
  ASSERT_EQ(s.status, Status::optimal);
  EXPECT_EQ(lode_test::optimality_problem(p, s, 1e-9), "");
  p = plane(1.0, -1.0, 1.0, 1.0, -1.0);  // flat, but level: any x0 - x1 = -1 will do
  s = minimise(p);
  ASSERT_EQ(s.status, Status::optimal);
  EXPECT_NEAR(s.x[0] - s.x[1], -1.0, 1e-9);
}

TEST(Rays, CrossingBoundsAreNamed) {
  Program p = plane(1.0, 0.0, 1.0, 0.0, 0.0);
  p.lower[1] = 2.0;
  p.upper[1] = 1.0;
  Solution s = minimise(p);
  EXPECT_EQ(s.status, Status::primal_infeasible);
  EXPECT_EQ(s.bound_dual, VectorXd(Eigen::Vector2d(0.0, 1.0)));
  p.upper[1] = 2.0;
  p.rows = MatrixXd(MatrixXd::Ones(2, 2)).sparseView();
  p.row_lower = Eigen::Vector2d(-1.0, 1.0);
  p.row_upper = Eigen::Vector2d(1.0, 0.5);
  s = minimise(p);
  EXPECT_EQ(s.status, Status::primal_infeasible);
  EXPECT_EQ(s.row_dual, VectorXd(Eigen::Vector2d(0.0, 1.0)));
  EXPECT_EQ(s.bound_dual, VectorXd(Eigen::Vector2d::Zero()));
  EXPECT_EQ(s.x.size(), 0);
}

TEST(Rays, AVariableThatNothingHolds) {
  Program p = plane(0.0, 0.0, 0.0, 0.0, -1.0);
  const Solution s = minimise(p);
  EXPECT_EQ(lode_test::descent_problem(p, s), "");
  EXPECT_EQ(s.x[1], 1.0);
  EXPECT_EQ(s.x[0], 0.0);
}

// Sides of 1e-7 beside sides of 1e4 shrink the scale of a column until a whole residual looks like rounding, and rows
// that just meet leave a contradiction smaller than the residual: of 20,000 such programs some 30 were called infeasible.
TEST(FarkasRay, FeasibleProgramsWithTinySidesAreNeverCalledInfeasible) {
  lode_test::Random random(1);
  const auto coin = [&random] { return random.chance(0.5); };
  int optimal = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    const auto n = static_cast<Index>(3 + random.below(3));
    const auto m = static_cast<Index>(2 + random.below(4));
    Program program;
    program.gradient = VectorXd::Zero(n);
    program.gradient[static_cast<Index>(random.below(static_cast<std::size_t>(n)))] = coin() ? 1.0 : -1.0;
    program.lower = VectorXd::Zero(n);
    program.upper = VectorXd::Constant(n, infinity);
    VectorXd x = VectorXd::Zero(n);
    for (Index j = 0; j < n; ++j) {
      if (coin()) {
        program.upper[j] = 0.0;
      } else if (coin()) {
        x[j] = std::pow(10.0, random.uniform(-3.0, 3.0));
      }
    }
    std::vector<Eigen::Triplet<double>> entries;
    for (Index i = 0; i < m; ++i) {
      for (Index j = 0; j < n; ++j) {
        if (coin()) entries.emplace_back(i, j, (coin() ? -1.0 : 1.0) * std::pow(10.0, random.uniform(-1.0, 3.0)));
      }
    }
    program.rows.resize(m, n);
    program.rows.setFromTriplets(entries.begin(), entries.end());
    program.row_lower = program.row_upper = program.rows * x;
    for (Index i = 0; i < m; ++i) {
      const double give = random.chance(0.6) ? 1e-7 * random.uniform() : 0.0;
      program.row_lower[i] -= give;
      program.row_upper[i] = coin() ? infinity : program.row_upper[i] + give;
    }
    const Status status = minimise(program).status;
    EXPECT_NE(status, Status::primal_infeasible) << "trial " << trial;
    optimal += status == Status::optimal ? 1 : 0;
  }
  EXPECT_GT(optimal, 15000) << "the others are unbounded";
}

}  // namespace
