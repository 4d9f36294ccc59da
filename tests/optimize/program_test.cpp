// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// A certificate that can not tell is no certificate: an exact answer scores 0, each way to be wrong raises its part.

#include <gtest/gtest.h>

#include <cmath>

#include <lode/optimize/program.hpp>

#include "support/issues.hpp"
#include "support/random_program.hpp"

namespace {

using Eigen::VectorXd;
using lode::optimize::Certificate;
using lode::optimize::certify;
using lode::optimize::infinity;
using lode::optimize::Program;

/// minimise x0^2 / 2 + x1 with x0 + x1 = 2, x1 >= 0.5: x = (1.5, 0.5) has y = 1.5, z1 = -0.5, so the bound is let go
/// and x = (1, 1), y = 1, z = 0.
Program two() {
  Program p;
  p.hessian.resize(2, 2);
  p.hessian.insert(0, 0) = 1.0;
  p.gradient = Eigen::Vector2d(0.0, 1.0);
  p.rows = Eigen::MatrixXd(Eigen::MatrixXd::Ones(1, 2)).sparseView();
  p.row_lower = p.row_upper = VectorXd::Constant(1, 2.0);
  p.lower = Eigen::Vector2d(-infinity, 0.5);
  p.upper = Eigen::Vector2d(infinity, infinity);
  return p;
}

TEST(Certificate, OfAnExactAnswerIsZero) {
  const Certificate c = certify(two(), Eigen::Vector2d(1.0, 1.0), VectorXd::Ones(1), VectorXd::Zero(2));
  EXPECT_EQ(c.worst(), 0.0);
  EXPECT_EQ(lode::optimize::objective(two(), Eigen::Vector2d(1.0, 1.0)), 1.5);
}

TEST(Certificate, SeesEachViolation) {
  const Program p = two();
  const VectorXd y = VectorXd::Ones(1);
  const VectorXd z = VectorXd::Zero(2);
  EXPECT_NEAR(certify(p, Eigen::Vector2d(1.0, 1.1), y, z).primal, 0.1 / 3.1, 1e-15);      // the row
  EXPECT_NEAR(certify(p, Eigen::Vector2d(1.75, 0.25), y, z).primal, 0.25 / 1.5, 1e-15);   // the bound
  EXPECT_NEAR(certify(p, Eigen::Vector2d(1.0, 1.0), 1.1 * y, z).dual, 0.1 / 3.1, 1e-15);  // stationarity
  // A multiplier of a side that is not there.
  EXPECT_GT(certify(p, Eigen::Vector2d(1.0, 1.0), y, Eigen::Vector2d(0.0, -0.1)).dual, 0.01);
  // A multiplier where nothing binds: 0.1 * (1 - 0.5) / (1 + 1.5).
  EXPECT_NEAR(certify(p, Eigen::Vector2d(1.0, 1.0), y, Eigen::Vector2d(0.0, 0.1)).complementarity, 0.02, 1e-15);
  EXPECT_GT(certify(p, Eigen::Vector2d(1.0, 1.0), 0.5 * y, z).gap, 0.1);
}

TEST(Certificate, IsNanWhereTheAnswerIs) {
  const Certificate c = certify(two(), Eigen::Vector2d(std::nan(""), 1.0), VectorXd::Ones(1), VectorXd::Zero(2));
  EXPECT_TRUE(std::isnan(c.worst()));
  EXPECT_TRUE(std::isnan(Certificate{}.worst()));
}

TEST(Certificate, OfTheKnownAnswersOfRandomPrograms) {
  int told = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto known = lode_test::random_program(seed, {.quadratic = seed % 2 == 0});
    EXPECT_LT(certify(known.program, known.x, known.row_dual, known.bound_dual).worst(), 1e-13) << "seed " << seed;
    const VectorXd off = known.x.array() + 1e-3;
    told += certify(known.program, off, known.row_dual, known.bound_dual).worst() > 1e-8;
  }
  EXPECT_GE(told, 195);  // of a few with nothing but free variables every point is a solution
}

TEST(Support, IsTheSumOfTheBoundsThatAreLeanedOn) {
  const Program p = two();
  EXPECT_EQ(support(p, VectorXd::Constant(1, -3.0), Eigen::Vector2d(0.0, 2.0)), -5.0);
  EXPECT_EQ(support(p, VectorXd::Zero(1), Eigen::Vector2d(1.0, 0.0)), -infinity);
}

TEST(Problems, AreAllListed) {
  EXPECT_TRUE(problems(two()).empty());
  Program p = two();
  p.hessian = Eigen::MatrixXd{{-1.0, 0.0}, {2.0, 1.0}}.sparseView();
  p.rows.coeffRef(0, 1) = std::nan("");
  p.upper[0] = std::nan("");
  const std::vector<std::string> expected{
      "upper[0]: nan bounds nothing; give it a number, or lode::optimize::infinity where there is no bound",
      "hessian(0, 0): -1.000000 on the diagonal makes the program not convex; make the hessian positive semidefinite",
      "hessian(1, 0): 2.000000 lies below the diagonal; give the upper triangle only; the rest follows by symmetry",
      "rows(0, 1): nan is not a finite number; give it a number"};
  EXPECT_EQ(lode_test::lines(problems(p)), expected);
  p = two();
  p.rows.resize(3, 2);
  p.lower.resize(1);
  EXPECT_EQ(lode_test::lines(problems(p)),
            (std::vector<std::string>{"rows: 3 x 2 instead of 1 x 2; give it a row for each entry of row_lower and a "
                                      "column for each entry of gradient",
                                      "lower: size 1 instead of 2; give it the size of gradient"}));
}

}  // namespace
