// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <Eigen/Dense>

#include <lode/optimize/symmetric_solver.hpp>

#include "support/random.hpp"

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using lode::optimize::SymmetricSolver;
using Sparse = Eigen::SparseMatrix<double>;

/// A sparse quasi-definite matrix: positive diagonal and dominance in the first p rows, negative in the others.
MatrixXd quasi_definite(std::uint64_t seed, Index size, double density) {
  lode_test::Random random(seed);
  const auto positive = static_cast<Index>(random.below(static_cast<std::size_t>(size) + 1));
  MatrixXd k = MatrixXd::Zero(size, size);
  for (Index j = 0; j < size; ++j) {
    for (Index i = j + 1; i < size; ++i) {
      if (!random.chance(density)) continue;
      k(i, j) = k(j, i) = random.uniform(-1.0, 1.0);
    }
  }
  for (Index j = 0; j < size; ++j) {
    const Index begin = j < positive ? 0 : positive;
    const Index count = j < positive ? positive : size - positive;
    const double own = k.col(j).segment(begin, count).cwiseAbs().sum();
    k(j, j) = (j < positive ? 1.0 : -1.0) * (own + random.uniform(0.1, 1.0));
  }
  return k;
}

Sparse lower_of(const MatrixXd& k) {
  Sparse out = MatrixXd(k.triangularView<Eigen::Lower>()).sparseView();
  out.makeCompressed();
  return out;
}

TEST(SymmetricSolver, SolvesLikeADenseSolver) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    lode_test::Random random(seed);
    const auto size = static_cast<Index>(1 + random.below(60));
    const MatrixXd k = quasi_definite(seed, size, random.uniform(0.02, 0.5));
    SymmetricSolver solver;
    solver.analyse(lower_of(k));
    ASSERT_TRUE(solver.factorise(lower_of(k)));
    EXPECT_EQ(solver.size(), size);
    EXPECT_EQ(solver.positive_pivots(), (k.diagonal().array() > 0.0).count());
    VectorXd b(size);
    for (double& value : b) value = random.uniform(-1.0, 1.0);
    VectorXd x = b;
    solver.solve(x);
    EXPECT_LT((k * x - b).lpNorm<Eigen::Infinity>(), 1e-12 * (1.0 + x.lpNorm<Eigen::Infinity>())) << "seed " << seed;
    EXPECT_LT((x - k.fullPivLu().solve(b)).lpNorm<Eigen::Infinity>(), 1e-10 * (1.0 + x.lpNorm<Eigen::Infinity>()));
  }
}

TEST(SymmetricSolver, ShowsItsFactors) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Index size = 40;
    const MatrixXd k = quasi_definite(seed, size, 0.1);
    SymmetricSolver solver;
    solver.analyse(lower_of(k));
    ASSERT_TRUE(solver.factorise(lower_of(k)));
    const MatrixXd l = MatrixXd(solver.lower_factor()) + MatrixXd::Identity(size, size);
    EXPECT_EQ(MatrixXd(l.triangularView<Eigen::Lower>()), l);
    const MatrixXd product = l * solver.pivots().asDiagonal() * l.transpose();
    for (Index i = 0; i < size; ++i) {
      for (Index j = 0; j < size; ++j) {
        EXPECT_NEAR(product(i, j), k(solver.order()[i], solver.order()[j]), 1e-12);
      }
    }
    const Sparse& factor = solver.lower_factor();
    for (Index j = 0; j < size; ++j) {
      Index before = j;
      for (Sparse::InnerIterator it(factor, j); it; ++it) {
        EXPECT_GT(it.row(), before);
        before = it.row();
      }
    }
  }
}

TEST(SymmetricSolver, FactorisesOtherNumbersOfThePattern) {
  const MatrixXd first = quasi_definite(5, 30, 0.2);
  SymmetricSolver solver;
  solver.analyse(lower_of(first));
  for (const double scale : {1.0, 3.0, -2.0}) {
    const MatrixXd k = scale * first;
    ASSERT_TRUE(solver.factorise(lower_of(k)));
    VectorXd x = VectorXd::Ones(30);
    solver.solve(x);
    EXPECT_LT((k * x - VectorXd::Ones(30)).lpNorm<Eigen::Infinity>(), 1e-12);
  }
}

TEST(SymmetricSolver, RefinesAgainstTheMatrixThatIsMeant) {
  // What is factorised has a regularisation of 1e-3 on the diagonal; refinement wears it off.
  const MatrixXd k = quasi_definite(8, 50, 0.1);
  MatrixXd regularised = k;
  regularised.diagonal().array() += 1e-3 * k.diagonal().array().sign();
  SymmetricSolver solver;
  solver.analyse(lower_of(k));
  ASSERT_TRUE(solver.factorise(lower_of(regularised)));
  const VectorXd b = VectorXd::Ones(50);
  VectorXd plain = b;
  solver.solve(plain);
  EXPECT_GT((k * plain - b).lpNorm<Eigen::Infinity>(), 1e-6);
  VectorXd refined = b;
  const double residual = solver.solve_refined(lower_of(k), refined, 10);
  EXPECT_LT((k * refined - b).lpNorm<Eigen::Infinity>(), 1e-13);
  EXPECT_LT(residual, 1e-13);
}

TEST(SymmetricSolver, SaysWhenAPivotIsZero) {
  MatrixXd k{{1.0, 1.0}, {1.0, 1.0}};
  SymmetricSolver solver;
  solver.analyse(lower_of(k));
  EXPECT_FALSE(solver.factorise(lower_of(k)));
  k(1, 1) = std::nan("");
  EXPECT_FALSE(solver.factorise(lower_of(k)));
}

TEST(SymmetricSolver, TakesNothing) {
  SymmetricSolver solver;
  solver.analyse(Sparse(0, 0));
  ASSERT_TRUE(solver.factorise(Sparse(0, 0)));
  VectorXd b(0);
  solver.solve(b);
  EXPECT_EQ(solver.size(), 0);
}

}  // namespace
