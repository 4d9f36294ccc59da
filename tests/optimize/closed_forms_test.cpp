// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// Quadratic programs whose solution can be written down.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

#include <Eigen/Dense>

#include <lode/optimize/interior_point.hpp>

#include "support/optimality.hpp"
#include "support/random.hpp"

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using lode::optimize::infinity;
using lode::optimize::minimise;
using lode::optimize::Program;
using lode::optimize::Solution;
using lode::optimize::Status;

VectorXd random_vector(lode_test::Random& random, Eigen::Index size, double low, double high) {
  VectorXd out(size);
  for (double& value : out) value = random.uniform(low, high);
  return out;
}

/// minimise 1/2 |x - a|^2, no constraints yet.
Program nearest_to(const VectorXd& a) {
  Program p;
  p.hessian.resize(a.size(), a.size());
  p.hessian.setIdentity();
  p.gradient = -a;
  p.lower.setConstant(a.size(), -infinity);
  p.upper.setConstant(a.size(), infinity);
  return p;
}

void expect_solution(const Program& program, const VectorXd& x, const std::string& what) {
  const Solution solution = minimise(program);
  ASSERT_EQ(solution.status, Status::optimal) << what;
  EXPECT_EQ(lode_test::optimality_problem(program, solution, 2e-9), "") << what;
  EXPECT_LT((solution.x - x).lpNorm<Eigen::Infinity>(), 1e-8 * (1.0 + x.lpNorm<Eigen::Infinity>())) << what;
}

TEST(ClosedForms, ProjectionOnABox) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    lode_test::Random random(seed);
    const auto n = static_cast<Eigen::Index>(1 + random.below(40));
    const VectorXd a = random_vector(random, n, -3.0, 3.0);
    Program p = nearest_to(a);
    p.lower = random_vector(random, n, -1.5, 0.0);
    p.upper = random_vector(random, n, 0.0, 1.5);
    expect_solution(p, a.cwiseMax(p.lower).cwiseMin(p.upper), "seed " + std::to_string(seed));
  }
}

TEST(ClosedForms, ProjectionOnTheSimplex) {
  // Held, Wolfe and Crowder (1974): subtract the threshold at which what stays positive adds up to 1.
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    lode_test::Random random(seed);
    const auto n = static_cast<Eigen::Index>(1 + random.below(40));
    const VectorXd a = random_vector(random, n, -1.0, 1.0);
    Program p = nearest_to(a);
    p.lower.setZero();
    p.rows = MatrixXd(MatrixXd::Ones(1, n)).sparseView();
    p.row_lower = p.row_upper = VectorXd::Ones(1);
    std::vector<double> sorted(a.begin(), a.end());
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    double sum = 0.0;
    double threshold = 0.0;
    for (std::size_t k = 0; k < sorted.size(); ++k) {
      sum += sorted[k];
      const double candidate = (sum - 1.0) / static_cast<double>(k + 1);
      if (sorted[k] > candidate) threshold = candidate;
    }
    expect_solution(p, (a.array() - threshold).cwiseMax(0.0).matrix(), "seed " + std::to_string(seed));
  }
}

TEST(ClosedForms, ProjectionOnAnAffineSet) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    lode_test::Random random(seed);
    const auto n = static_cast<Eigen::Index>(2 + random.below(30));
    const auto m = static_cast<Eigen::Index>(1 + random.below(static_cast<std::size_t>(n - 1)));
    const VectorXd a = random_vector(random, n, -1.0, 1.0);
    MatrixXd rows(m, n);
    for (double& value : rows.reshaped()) value = random.uniform(-1.0, 1.0);
    const VectorXd b = rows * random_vector(random, n, -1.0, 1.0);
    Program p = nearest_to(a);
    p.rows = rows.sparseView();
    p.row_lower = p.row_upper = b;
    const VectorXd x = a - rows.completeOrthogonalDecomposition().solve(rows * a - b);
    expect_solution(p, x, "seed " + std::to_string(seed));
  }
}

TEST(ClosedForms, EqualityConstrainedQuadraticsByADenseSolve) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    lode_test::Random random(seed);
    const auto n = static_cast<Eigen::Index>(2 + random.below(20));
    const auto m = static_cast<Eigen::Index>(random.below(static_cast<std::size_t>(n)));
    MatrixXd root(n, n), rows(m, n);
    for (double& value : root.reshaped()) value = random.uniform(-1.0, 1.0);
    for (double& value : rows.reshaped()) value = random.uniform(-1.0, 1.0);
    const MatrixXd h = root * root.transpose() + 0.1 * MatrixXd::Identity(n, n);
    const VectorXd g = random_vector(random, n, -1.0, 1.0);
    const VectorXd b = random_vector(random, m, -1.0, 1.0);
    MatrixXd kkt = MatrixXd::Zero(n + m, n + m);
    kkt.topLeftCorner(n, n) = h;
    kkt.topRightCorner(n, m) = rows.transpose();
    kkt.bottomLeftCorner(m, n) = rows;
    VectorXd rhs(n + m);
    rhs << -g, b;
    const VectorXd x = kkt.fullPivLu().solve(rhs).head(n);
    Program p = nearest_to(g);
    p.hessian = MatrixXd(h.triangularView<Eigen::Upper>()).sparseView();
    p.gradient = g;
    p.rows = rows.sparseView();
    p.row_lower = p.row_upper = b;
    expect_solution(p, x, "seed " + std::to_string(seed));
  }
}

TEST(ClosedForms, LeastSquaresOfReconciliation) {
  // Measurements m with variances v of flows that balance: x = m - V A'(A V A')^-1 A m.
  lode_test::Random random(7);
  const Eigen::Index n = 12;
  MatrixXd balance = MatrixXd::Zero(4, n);
  for (Eigen::Index i = 0; i < 4; ++i) {
    for (Eigen::Index k = 0; k < 3; ++k) balance(i, 3 * i + k) = 1.0;
    for (Eigen::Index k = 0; k < 3 && i < 3; ++k) balance(i, 3 * i + 3 + k) = -1.0;
  }
  const VectorXd measured = random_vector(random, n, 900.0, 1100.0);
  const VectorXd variance = random_vector(random, n, 1.0, 1e4);
  Program p = nearest_to(measured);
  p.hessian = Eigen::SparseMatrix<double>(MatrixXd(variance.cwiseInverse().asDiagonal()).sparseView());
  p.gradient = -measured.cwiseQuotient(variance);
  p.rows = balance.sparseView();
  p.row_lower = p.row_upper = VectorXd::Zero(4);
  const MatrixXd v = variance.asDiagonal();
  const VectorXd x =
      measured - v * balance.transpose() * (balance * v * balance.transpose()).ldlt().solve(balance * measured);
  expect_solution(p, x, "reconciliation");
}

}  // namespace
