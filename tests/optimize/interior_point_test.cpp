// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stop_token>
#include <vector>

#include <lode/optimize/interior_point.hpp>

#include "support/optimality.hpp"
#include "support/random_program.hpp"

namespace {

using Eigen::VectorXd;
using lode::optimize::infinity;
using lode::optimize::InteriorPoint;
using lode::optimize::minimise;
using lode::optimize::Options;
using lode::optimize::Program;
using lode::optimize::Progress;
using lode::optimize::Solution;
using lode::optimize::Status;
using lode_test::KnownProgram;
using lode_test::random_program;

/// Solves programs whose optimum is known and checks all conditions on the original data. At most `may_fail` of them
/// may end in a status that admits it; none may end in a wrong answer.
void expect_known(std::uint64_t count, const lode_test::RandomProgramOptions& options, int may_fail = 0) {
  int failed = 0;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    const KnownProgram known = random_program(seed, options);
    const Solution solution = minimise(known.program);
    if (solution.status == Status::numerical_trouble && failed < may_fail) {
      EXPECT_EQ(solution.x.size(), 0) << "seed " << seed;
      ++failed;
      continue;
    }
    ASSERT_EQ(solution.status, Status::optimal) << "seed " << seed;
    EXPECT_EQ(lode_test::optimality_problem(known.program, solution, 2e-9), "") << "seed " << seed;
    const double objective = lode::optimize::objective(known.program, known.x);
    EXPECT_NEAR(solution.objective, objective, 1e-8 * (1.0 + std::abs(objective))) << "seed " << seed;
  }
}

TEST(InteriorPoint, SolvesLinearPrograms) {
  expect_known(500, {});
}
TEST(InteriorPoint, SolvesQuadraticPrograms) {
  expect_known(500, {.quadratic = true});
}
TEST(InteriorPoint, SolvesLargerPrograms) {
  expect_known(30, {.most_variables = 300, .most_rows = 200});
}
TEST(InteriorPoint, SolvesWithDuplicateRows) {
  expect_known(500, {.duplicate_rows = true});
}
TEST(InteriorPoint, SolvesWithDuplicateRowsAndCurvature) {
  expect_known(300, {.duplicate_rows = true, .quadratic = true});
}
TEST(InteriorPoint, SolvesWithThreeDecadesOfScale) {
  expect_known(300, {.duplicate_rows = true, .decades = 3.0, .quadratic = true});
}

// Rows and columns scaled by 1e-6 to 1e6, so that coefficients span 24 decades and answers 12: one in a hundred may be
// given up, with duplicate rows, and is then said to be.
TEST(InteriorPoint, SolvesWithSixDecadesOfScale) {
  expect_known(500, {.decades = 6.0}, 2);
}
TEST(InteriorPoint, SolvesWithSixDecadesOfScaleAndCurvature) {
  expect_known(500, {.decades = 6.0, .quadratic = true}, 2);
}
TEST(InteriorPoint, SolvesWithSixDecadesOfScaleAndDuplicateRows) {
  expect_known(500, {.duplicate_rows = true, .decades = 6.0}, 10);
}

Program small(std::initializer_list<double> gradient, double low, double high) {
  Program p;
  p.gradient = Eigen::Map<const VectorXd>(gradient.begin(), static_cast<Eigen::Index>(gradient.size()));
  p.lower.setConstant(p.gradient.size(), low);
  p.upper.setConstant(p.gradient.size(), high);
  return p;
}

void add_row(Program& p, std::initializer_list<double> coefficients, double low, double high) {
  const Eigen::Index m = p.row_lower.size();
  Eigen::MatrixXd rows(m + 1, p.gradient.size());
  if (m > 0) rows.topRows(m) = Eigen::MatrixXd(p.rows);
  rows.row(m) = Eigen::Map<const Eigen::RowVectorXd>(coefficients.begin(), p.gradient.size());
  p.rows = rows.sparseView();
  p.row_lower.conservativeResize(m + 1);
  p.row_upper.conservativeResize(m + 1);
  p.row_lower[m] = low;
  p.row_upper[m] = high;
}

TEST(InteriorPoint, KeepsTheSignRule) {
  // minimise x0 + 2 x1 with x0 + x1 >= 1, x0 <= 0.25, x >= 0: 0.25 from x0, 0.75 from x1.
  Program p = small({1.0, 2.0}, 0.0, infinity);
  p.upper[0] = 0.25;
  add_row(p, {1.0, 1.0}, 1.0, infinity);
  const Solution s = minimise(p);
  ASSERT_EQ(s.status, Status::optimal);
  EXPECT_NEAR(s.x[0], 0.25, 1e-12);
  EXPECT_NEAR(s.x[1], 0.75, 1e-12);
  EXPECT_NEAR(s.objective, 1.75, 1e-12);
  EXPECT_NEAR(s.row_dual[0], 2.0, 1e-12);     // one more unit costs 2
  EXPECT_NEAR(s.bound_dual[0], -1.0, 1e-12);  // the upper side binds: one more unit of x0 saves 1
  EXPECT_NEAR(s.bound_dual[1], 0.0, 1e-12);
}

TEST(InteriorPoint, SolvesWithoutRows) {
  Program p = small({1.0, -2.0, 0.0}, -1.0, 3.0);
  Solution s = minimise(p);
  ASSERT_EQ(s.status, Status::optimal);
  EXPECT_EQ(s.x[0], -1.0);
  EXPECT_EQ(s.x[1], 3.0);
  EXPECT_EQ(lode_test::optimality_problem(p, s, 1e-15), "");
  p.rows.resize(0, 3);  // the other way to say it
  s = minimise(p);
  EXPECT_EQ(s.status, Status::optimal);
}

TEST(InteriorPoint, SolvesWithoutVariables) {
  Program p = small({}, 0.0, 1.0);
  Solution s = minimise(p);
  ASSERT_EQ(s.status, Status::optimal);
  EXPECT_EQ(s.objective, 0.0);
  p.rows.resize(2, 0);
  p.row_lower = VectorXd::Constant(2, -1.0);
  p.row_upper = VectorXd::Constant(2, 1.0);
  EXPECT_EQ(minimise(p).status, Status::optimal);
  p.row_lower[1] = 0.5;  // 0 >= 0.5
  s = minimise(p);
  EXPECT_EQ(lode_test::farkas_problem(p, s), "");
  EXPECT_EQ(s.row_dual[0], 0.0);
  EXPECT_EQ(s.row_dual[1], 1.0);
}

TEST(InteriorPoint, TakesEmptyRowsAndColumns) {
  Program p = small({1.0, 0.0, -1.0}, 0.0, 2.0);
  p.lower[1] = -infinity;
  p.upper[1] = infinity;
  add_row(p, {1.0, 0.0, 0.0}, 0.5, infinity);
  add_row(p, {0.0, 0.0, 0.0}, -1.0, 0.0);
  add_row(p, {1.0, 0.0, 1.0}, -infinity, infinity);
  Solution s = minimise(p);
  ASSERT_EQ(s.status, Status::optimal);
  EXPECT_EQ(lode_test::optimality_problem(p, s, 1e-12), "");
  EXPECT_EQ(s.row_dual[1], 0.0);
  EXPECT_EQ(s.row_dual[2], 0.0);
  p.row_lower[1] = -2.0;
  p.row_upper[1] = -1.0;
  EXPECT_EQ(lode_test::farkas_problem(p, minimise(p)), "");
}

TEST(InteriorPoint, TakesStoredZerosAndUncompressedMatrices) {
  Program p = small({1.0, 1.0}, 0.0, 5.0);
  p.rows.resize(1, 2);
  p.rows.reserve(Eigen::VectorXi::Constant(2, 3));
  p.rows.insert(0, 0) = 1.0;
  p.rows.insert(0, 1) = 0.0;
  p.row_lower = p.row_upper = VectorXd::Constant(1, 2.0);
  ASSERT_FALSE(p.rows.isCompressed());
  const Solution s = minimise(p);
  ASSERT_EQ(s.status, Status::optimal);
  EXPECT_NEAR(s.x[0], 2.0, 1e-12);
  EXPECT_NEAR(s.x[1], 0.0, 1e-12);
}

TEST(InteriorPoint, FixedVariablesStayWhereTheyAre) {
  Program p = small({1.0, 1.0, -3.0}, 0.0, 10.0);
  p.lower[2] = p.upper[2] = 0.3;
  add_row(p, {1.0, 2.0, 1.0}, 1.3, infinity);
  Solution s = minimise(p);
  ASSERT_EQ(s.status, Status::optimal);
  EXPECT_EQ(s.x[2], 0.3);
  EXPECT_NEAR(s.x[1], 0.5, 1e-12);
  EXPECT_EQ(lode_test::optimality_problem(p, s, 1e-12), "");
  // All of them fixed: the row is met or it is not.
  p.lower = p.upper = VectorXd::Constant(3, 0.5);
  EXPECT_EQ(minimise(p).status, Status::optimal);
  p.row_lower[0] = 2.5;
  EXPECT_EQ(lode_test::farkas_problem(p, minimise(p)), "");
}

TEST(InteriorPoint, AnswersStayInsideTheirBounds) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Program program = random_program(seed, {.quadratic = seed % 2 == 0}).program;
    const Solution s = minimise(program);
    ASSERT_EQ(s.status, Status::optimal);
    EXPECT_TRUE((s.x.array() >= program.lower.array()).all() && (s.x.array() <= program.upper.array()).all());
  }
}

/// True if two answers are the same bits.
bool same_bits(const Solution& a, const Solution& b) {
  const auto same = [](const VectorXd& u, const VectorXd& v) {
    return std::equal(u.begin(), u.end(), v.begin(), v.end(), [](double x, double y) {
      return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
    });
  };
  return a.status == b.status && a.iterations == b.iterations && same(a.x, b.x) && same(a.row_dual, b.row_dual) &&
         same(a.bound_dual, b.bound_dual) &&
         std::bit_cast<std::uint64_t>(a.objective) == std::bit_cast<std::uint64_t>(b.objective);
}

TEST(InteriorPoint, GivesTheSameBitsAgain) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Program program = random_program(seed, {.quadratic = seed % 2 == 0}).program;
    EXPECT_TRUE(same_bits(minimise(program), minimise(program))) << "seed " << seed;
  }
}

TEST(InteriorPoint, ReusesThePatternWithTheSameBits) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Program program = random_program(seed, {.quadratic = seed % 2 == 0}).program;
    InteriorPoint solver;
    EXPECT_TRUE(same_bits(solver.solve(program), minimise(program)));
    // Other bounds, costs and coefficients, other variables fixed: the pattern is what counts.
    lode_test::Random random(seed);
    for (Eigen::Index j = 0; j < program.gradient.size(); ++j) {
      if (random.chance(0.3)) program.gradient[j] += random.uniform(-0.1, 0.1);
      if (random.chance(0.2) && std::isfinite(program.lower[j])) program.upper[j] = program.lower[j];
    }
    for (Eigen::Index k = 0; k < program.rows.nonZeros(); ++k) {
      if (random.chance(0.1)) program.rows.valuePtr()[k] *= 1.5;
    }
    EXPECT_TRUE(same_bits(solver.solve(program), minimise(program))) << "seed " << seed;
    EXPECT_EQ(solver.analyses(), 1);
    const Program other = random_program(seed + 1000, {}).program;
    EXPECT_TRUE(same_bits(solver.solve(other), minimise(other)));
    EXPECT_EQ(solver.analyses(), 2);
  }
}

TEST(InteriorPoint, StopsOnRequest) {
  const Program program = random_program(3).program;
  std::stop_source source;
  int seen = 0;
  Options options;
  options.stop = source.get_token();
  options.progress = [&](const Progress& progress) {
    EXPECT_EQ(progress.iteration, seen);
    if (++seen == 3) source.request_stop();
  };
  const Solution s = minimise(program, options);
  EXPECT_EQ(s.status, Status::interrupted);
  EXPECT_EQ(seen, 3);
  EXPECT_EQ(s.x.size(), 0);
  EXPECT_EQ(s.row_dual.size(), 0);
  EXPECT_TRUE(std::isnan(s.objective));
}

TEST(InteriorPoint, SaysWhenIterationsRunOut) {
  const Program program = random_program(3).program;
  const Solution s = minimise(program, {.max_iterations = 2});
  EXPECT_EQ(s.status, Status::iteration_limit);
  EXPECT_EQ(s.iterations, 2);
  EXPECT_EQ(s.x.size(), 0);
  EXPECT_TRUE(std::isnan(s.objective));
  EXPECT_TRUE(std::isnan(s.certificate.worst()));
}

TEST(InteriorPoint, DoesNotAnswerWhatIsNotConvex) {
  // [1 2; 2 1] has a positive diagonal and eigenvalues 3 and -1.
  Program p = small({0.1, 0.2}, -1.0, 1.0);
  p.hessian = Eigen::MatrixXd{{1.0, 2.0}, {0.0, 1.0}}.sparseView();
  add_row(p, {1.0, 1.0}, -1.0, 1.0);
  p.lower.setConstant(-infinity);
  p.upper.setConstant(infinity);
  const Solution s = minimise(p);
  EXPECT_EQ(s.status, Status::numerical_trouble);
  EXPECT_EQ(s.x.size(), 0);
}

TEST(InteriorPoint, ListsEveryMistake) {
  Program p = small({1.0, std::nan("")}, 0.0, 1.0);
  add_row(p, {1.0, 1.0}, infinity, 1.0);
  p.upper.resize(1);
  p.upper[0] = -infinity;
  try {
    minimise(p);
    FAIL();
  } catch (const lode::InvalidArgument& error) {
    ASSERT_EQ(error.issues().size(), 4U);
    EXPECT_EQ(error.issues()[0].place.file, "upper");
    EXPECT_EQ(error.issues()[1].place.file, "gradient[1]");
    EXPECT_EQ(error.issues()[2].place.file, "row_lower[0]");
    EXPECT_EQ(error.issues()[3].place.file, "upper[0]");
  }
  EXPECT_THROW(InteriorPoint({.tolerance = 0.0}), lode::InvalidArgument);
  EXPECT_THROW(InteriorPoint({.max_iterations = 0}), lode::InvalidArgument);
}

TEST(InteriorPoint, EveryStatusHasAName) {
  EXPECT_STREQ(to_string(Status::optimal), "optimal");
  for (const Status status : {Status::not_run, Status::optimal, Status::primal_infeasible, Status::dual_infeasible,
                              Status::iteration_limit, Status::numerical_trouble, Status::interrupted}) {
    EXPECT_GT(std::strlen(advice(status)), 10U);
  }
}

}  // namespace
