// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/optimize/selected_inverse.hpp>

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cstdint>
#include <vector>

#include "support/random.hpp"

namespace {

using lode::optimize::SelectedInverse;
using lode::optimize::SymmetricSolver;
using Matrix = Eigen::SparseMatrix<double>;

/// A sparse quasi-definite matrix, its lower triangle with every diagonal entry: `positive` rows of the positive block.
Matrix quasi_definite(lode_test::Random& random, int size, int positive, double density) {
  std::vector<Eigen::Triplet<double>> entries;
  for (int i = 0; i < size; ++i) {
    entries.emplace_back(i, i, (i < positive ? 1.0 : -1.0) * (2.0 + 4.0 * random.uniform()));
    for (int j = 0; j < i; ++j) {
      const bool same_block = (i < positive) == (j < positive);
      if (random.chance(density)) entries.emplace_back(i, j, (same_block ? 0.1 : 1.0) * random.uniform(-1.0, 1.0));
    }
  }
  Matrix lower(size, size);
  lower.setFromTriplets(entries.begin(), entries.end());
  return lower;
}

TEST(SelectedInverse, EntriesOnThePatternAreThoseOfTheDenseInverse) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    lode_test::Random random(seed);
    const int size = 1 + static_cast<int>(random.below(90));
    const int positive = static_cast<int>(random.below(static_cast<std::size_t>(size) + 1));
    const Matrix lower = quasi_definite(random, size, positive, random.uniform(0.0, 0.15));
    SymmetricSolver solver;
    solver.analyse(lower);
    ASSERT_TRUE(solver.factorise(lower));
    const SelectedInverse inverse(solver);
    const Eigen::MatrixXd dense = Eigen::MatrixXd(lower).selfadjointView<Eigen::Lower>();
    const Eigen::MatrixXd expected = dense.inverse();
    const double scale = expected.cwiseAbs().maxCoeff();
    for (int j = 0; j < size; ++j) {
      for (Matrix::InnerIterator it(lower, j); it; ++it) {
        EXPECT_NEAR(inverse.at(it.row(), j), expected(it.row(), j), 1e-11 * scale) << "seed " << seed;
        EXPECT_EQ(inverse.at(it.row(), j), inverse.at(j, it.row())) << "symmetric";
      }
    }
  }
}

TEST(SelectedInverse, BlocksThatDoNotTouchStayApart) {
  Matrix lower(4, 4);
  const std::vector<Eigen::Triplet<double>> entries{{0, 0, 2.0}, {1, 1, 4.0}, {1, 0, 1.0}, {2, 2, -5.0}, {3, 3, 0.5}};
  lower.setFromTriplets(entries.begin(), entries.end());
  SymmetricSolver solver;
  solver.analyse(lower);
  ASSERT_TRUE(solver.factorise(lower));
  const SelectedInverse inverse(solver);
  EXPECT_NEAR(inverse.at(0, 0), 4.0 / 7.0, 1e-15);
  EXPECT_NEAR(inverse.at(1, 0), -1.0 / 7.0, 1e-15);
  EXPECT_NEAR(inverse.at(2, 2), -0.2, 1e-16);
  EXPECT_NEAR(inverse.at(3, 3), 2.0, 1e-15);
  EXPECT_EQ(inverse.at(3, 0), 0.0);
}

TEST(SelectedInverse, AMatrixWithoutRows) {
  SymmetricSolver solver;
  solver.analyse(Matrix(0, 0));
  ASSERT_TRUE(solver.factorise(Matrix(0, 0)));
  EXPECT_NO_THROW(SelectedInverse{solver});
}

}  // namespace
