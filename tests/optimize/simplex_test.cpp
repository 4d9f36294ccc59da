// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <lode/optimize/interior_point.hpp>
#include <lode/optimize/simplex.hpp>

#include "support/clp.hpp"
#include "support/optimality.hpp"
#include "support/random.hpp"
#include "support/random_program.hpp"

namespace {

using Eigen::VectorXd;
using lode::optimize::Basis;
using lode::optimize::BasisStatus;
using lode::optimize::infinity;
using lode::optimize::Program;
using lode::optimize::Simplex;
using lode::optimize::Solution;
using lode::optimize::Status;
using lode_test::ClpAnswer;
using lode_test::ClpStatus;
using lode_test::KnownProgram;
using lode_test::Random;
using lode_test::random_program;

Solution solve(const Program& program) {
  return Simplex().solve(program);
}

bool same_bits(const VectorXd& a, const VectorXd& b) {
  return a.size() == b.size() &&
         (a.size() == 0 || std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(double)) == 0);
}

/// Programs whose optimum is known; all conditions are checked on the original data.
void expect_known(std::uint64_t count, const lode_test::RandomProgramOptions& options, int may_fail = 0) {
  int failed = 0;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    const KnownProgram known = random_program(seed, options);
    const Solution solution = solve(known.program);
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

TEST(Simplex, SolvesLinearPrograms) {
  expect_known(1000, {});
}
TEST(Simplex, SolvesLargerPrograms) {
  expect_known(40, {.most_variables = 300, .most_rows = 200});
}
TEST(Simplex, SolvesWithDuplicateRows) {
  expect_known(500, {.duplicate_rows = true});
}
TEST(Simplex, SolvesWithThreeDecadesOfScale) {
  expect_known(500, {.duplicate_rows = true, .decades = 3.0}, 5);
}
TEST(Simplex, SolvesWithSixDecadesOfScaleOrSaysThatItCanNot) {
  expect_known(500, {.duplicate_rows = true, .decades = 6.0}, 25);
}

Program small(std::initializer_list<double> gradient, double low, double high) {
  Program p;
  p.gradient = Eigen::Map<const VectorXd>(gradient.begin(), static_cast<Eigen::Index>(gradient.size()));
  p.lower.setConstant(p.gradient.size(), low);
  p.upper.setConstant(p.gradient.size(), high);
  return p;
}

void add_row(Program& p, const VectorXd& coefficients, double low, double high) {
  const Eigen::Index m = p.row_lower.size();
  Eigen::MatrixXd rows(m + 1, p.gradient.size());
  if (m > 0) rows.topRows(m) = Eigen::MatrixXd(p.rows);
  rows.row(m) = coefficients.transpose();
  p.rows = rows.sparseView();
  p.row_lower.conservativeResize(m + 1);
  p.row_upper.conservativeResize(m + 1);
  p.row_lower[m] = low;
  p.row_upper[m] = high;
}

void add_row(Program& p, std::initializer_list<double> coefficients, double low, double high) {
  add_row(p, VectorXd(Eigen::Map<const VectorXd>(coefficients.begin(), p.gradient.size())), low, high);
}

TEST(Simplex, KeepsTheSignRule) {
  // minimise x0 + 2 x1 with x0 + x1 >= 1, x0 <= 0.25, x >= 0: 0.25 from x0, 0.75 from x1.
  Program p = small({1.0, 2.0}, 0.0, infinity);
  p.upper[0] = 0.25;
  add_row(p, {1.0, 1.0}, 1.0, infinity);
  const Solution s = solve(p);
  ASSERT_EQ(s.status, Status::optimal);
  EXPECT_EQ(s.x[0], 0.25);
  EXPECT_EQ(s.x[1], 0.75);
  EXPECT_EQ(s.objective, 1.75);
  EXPECT_EQ(s.row_dual[0], 2.0);
  EXPECT_EQ(s.bound_dual[0], -1.0);
  EXPECT_EQ(s.bound_dual[1], 0.0);
  EXPECT_EQ(s.certificate.worst(), 0.0);
}

TEST(Simplex, NamesTheVertex) {
  Program p = small({1.0, 2.0, 0.0}, 0.0, infinity);
  p.upper[0] = 0.25;
  p.lower[2] = -infinity;
  add_row(p, {1.0, 1.0, 0.0}, 1.0, infinity);
  add_row(p, {1.0, 0.0, 0.0}, -5.0, 5.0);
  Simplex simplex;
  EXPECT_EQ(simplex.basis(), Basis{});
  ASSERT_EQ(simplex.solve(p).status, Status::optimal);
  using enum BasisStatus;
  EXPECT_EQ(simplex.basis(), (Basis{{at_upper, basic, free_at_zero}, {at_lower, basic}}));
}

TEST(Simplex, SolvesWithoutRowsOrVariables) {
  Program p = small({1.0, -2.0, 0.0}, -1.0, 3.0);
  Solution s = solve(p);
  ASSERT_EQ(s.status, Status::optimal);
  EXPECT_EQ(s.x[0], -1.0);
  EXPECT_EQ(s.x[1], 3.0);
  p.upper[1] = infinity;
  EXPECT_EQ(lode_test::descent_problem(p, solve(p)), "");

  Program none = small({}, 0.0, 1.0);
  EXPECT_EQ(solve(none).status, Status::optimal);
  none.rows.resize(2, 0);
  none.row_lower = VectorXd::Constant(2, -1.0);
  none.row_upper = VectorXd::Constant(2, 1.0);
  EXPECT_EQ(solve(none).status, Status::optimal);
  none.row_lower[1] = 0.5;  // 0 >= 0.5
  s = solve(none);
  EXPECT_EQ(lode_test::farkas_problem(none, s), "");
  EXPECT_GT(support(none, s.row_dual, s.bound_dual), 0.0);
}

TEST(Simplex, SaysWhichBoundsCross) {
  Program p = small({1.0, 1.0}, 0.0, 1.0);
  p.lower[1] = 2.0;
  const Solution s = solve(p);
  ASSERT_EQ(s.status, Status::primal_infeasible);
  EXPECT_EQ(s.bound_dual[1], 1.0);
  EXPECT_GT(support(p, s.row_dual, s.bound_dual), 0.0);
}

TEST(Simplex, RefusesWhatItDoesNotSolve) {
  Program p = small({1.0}, 0.0, 1.0);
  p.hessian.resize(1, 1);
  EXPECT_THROW(solve(p), lode::InvalidArgument);
  p.hessian.resize(0, 0);
  p.gradient[0] = std::nan("");
  EXPECT_THROW(solve(p), lode::InvalidArgument);
  p.gradient[0] = 1.0;
  EXPECT_THROW(Simplex({.tolerance = 0.0}), lode::InvalidArgument);
  EXPECT_THROW(Simplex({.max_iterations = 0}), lode::InvalidArgument);
  EXPECT_THROW(Simplex().solve(p, Basis{{}, {BasisStatus::basic}}), lode::InvalidArgument);
  EXPECT_THROW(Simplex().solve(p, Basis{{BasisStatus::basic, BasisStatus::basic}, {}}), lode::InvalidArgument);
  EXPECT_EQ(Simplex().solve(p, Basis{}).status, Status::optimal);
}

TEST(Simplex, StopsWhenTold) {
  const Program p = random_program(3, {.most_variables = 300, .most_rows = 200}).program;
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(Simplex({.stop = source.get_token()}).solve(p).status, Status::interrupted);
  ASSERT_GT(solve(p).iterations, 2);
  const Solution s = Simplex({.max_iterations = 1}).solve(p);
  EXPECT_EQ(s.status, Status::iteration_limit);
  EXPECT_EQ(s.x.size(), 0);
}

TEST(Simplex, AgreesWithClpAndTheInteriorPoint) {
  int compared = 0;
  constexpr int count = 500;
  for (std::uint64_t seed = 1001; seed <= 1000 + count; ++seed) {
    const Program program = random_program(seed, {.duplicate_rows = seed % 4 == 0}).program;
    const Solution ours = solve(program);
    const Solution interior = lode::optimize::minimise(program);
    const ClpAnswer clp = lode_test::solve_with_clp(program);
    ASSERT_EQ(ours.status, Status::optimal) << "seed " << seed;
    EXPECT_NEAR(ours.objective, interior.objective, 1e-8 * (1.0 + std::abs(interior.objective))) << "seed " << seed;
    EXPECT_EQ(clp.status, ClpStatus::optimal) << "seed " << seed;
    if (!(clp.certificate.worst() < 1e-9)) continue;
    EXPECT_NEAR(ours.objective, clp.objective, 1e-8 * (1.0 + std::abs(clp.objective))) << "seed " << seed;
    ++compared;
  }
  EXPECT_GE(compared, count * 98 / 100);
}

/// Empty if `ours` says, with a proof that holds, what CLP says.
std::string differs_from_clp(const Program& program, const Solution& ours, ClpStatus clp) {
  switch (clp) {
    case ClpStatus::optimal:
      return lode_test::optimality_problem(program, ours, 2e-9);
    case ClpStatus::primal_infeasible:
      if (ours.status == Status::primal_infeasible && !(support(program, ours.row_dual, ours.bound_dual) > 0.0)) {
        return "no support";
      }
      // Both may be infeasible, and then either proof is right.
      if (ours.status == Status::dual_infeasible) return lode_test::descent_problem(program, ours);
      return lode_test::farkas_problem(program, ours);
    case ClpStatus::dual_infeasible:
      if (ours.status == Status::primal_infeasible) return lode_test::farkas_problem(program, ours);
      return lode_test::descent_problem(program, ours);
    case ClpStatus::other:
      break;
  }
  return "CLP gave up";
}

/// Random bounds, rows and costs, nothing built in.
Program without_promise(std::uint64_t seed) {
  Random random(seed);
  Program program = random_program(seed, {.most_variables = 14, .most_rows = 14}).program;
  for (double& value : program.row_lower) value += random.chance(0.2) ? random.uniform(-2.0, 2.0) : 0.0;
  program.row_upper = program.row_upper.cwiseMax(program.row_lower);
  for (double& value : program.gradient) value += random.chance(0.1) ? random.uniform(-1.0, 1.0) : 0.0;
  return program;
}

TEST(Simplex, ProvesThatThereIsNoAnswer) {
  int counts[3] = {0, 0, 0};
  for (std::uint64_t seed = 1; seed <= 800; ++seed) {
    const Program program = without_promise(seed);
    const ClpAnswer clp = lode_test::solve_with_clp(program);
    EXPECT_EQ(differs_from_clp(program, solve(program), clp.status), "") << "seed " << seed;
    if (clp.status != ClpStatus::other) ++counts[static_cast<int>(clp.status)];
  }
  for (const int count : counts) EXPECT_GE(count, 25);
}

/// Changes bounds, sides or costs; sometimes a row comes, or a coefficient changes.
void shock(Program& p, Random& random) {
  for (int change = 0; change < 3; ++change) {
    const auto n = static_cast<std::size_t>(p.gradient.size());
    const auto m = static_cast<std::size_t>(p.row_lower.size());
    const auto j = static_cast<Eigen::Index>(random.below(n));
    switch (random.below(6)) {
      case 0:
        p.upper[j] = std::max(p.lower[j], std::isfinite(p.upper[j]) ? p.upper[j] - random.uniform(0.0, 1.0) : 3.0);
        break;
      case 1:
        p.lower[j] = std::min(p.upper[j], std::isfinite(p.lower[j]) ? p.lower[j] - random.uniform(-1.0, 1.0) : -3.0);
        break;
      case 2:
        p.gradient[j] += random.uniform(-1.0, 1.0);
        break;
      case 3:
        if (m > 0) {
          const auto i = static_cast<Eigen::Index>(random.below(m));
          const double by = random.uniform(-1.0, 1.0);
          p.row_lower[i] += by;
          p.row_upper[i] += by;
        }
        break;
      case 4: {
        VectorXd row(p.gradient.size());
        for (double& value : row) value = random.chance(0.3) ? random.uniform(-1.0, 1.0) : 0.0;
        add_row(p, row, -infinity, random.uniform(0.0, 3.0));
        break;
      }
      default:
        if (p.rows.nonZeros() > 0 && random.chance(0.3)) {
          p.rows.makeCompressed();
          p.rows.valuePtr()[random.below(static_cast<std::size_t>(p.rows.nonZeros()))] *= 1.25;
        }
    }
  }
}

TEST(Simplex, AWarmStartEndsWhereAColdOneEnds) {
  int optimal = 0;
  int others = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    Random random(seed);
    Program program = random_program(seed, {.duplicate_rows = seed % 3 == 0}).program;
    Simplex warm;
    warm.solve(program);
    for (int step = 0; step < 8; ++step) {
      shock(program, random);
      const std::string what = "seed " + std::to_string(seed) + ", step " + std::to_string(step);
      const Solution again = warm.solve(program);
      const Solution cold = solve(program);
      if (cold.status == Status::optimal) {
        ASSERT_EQ(again.status, Status::optimal) << what;
        EXPECT_EQ(lode_test::optimality_problem(program, again, 2e-9), "") << what;
        EXPECT_NEAR(again.objective, cold.objective, 1e-8 * (1.0 + std::abs(cold.objective))) << what;
        ++optimal;
        continue;
      }
      EXPECT_EQ(differs_from_clp(program, again, lode_test::solve_with_clp(program).status), "") << what;
      EXPECT_EQ(differs_from_clp(program, cold, lode_test::solve_with_clp(program).status), "") << what;
      ++others;
    }
  }
  EXPECT_GE(optimal, 400);
  EXPECT_GE(others, 50);
}

TEST(Simplex, AWarmStartTakesFewSteps) {
  Program program = random_program(5, {.most_variables = 300, .most_rows = 200}).program;
  Simplex simplex;
  const int cold = simplex.solve(program).iterations;
  EXPECT_EQ(simplex.solve(program).iterations, 0);
  const Eigen::Index most = program.gradient.size() - 1;
  program.upper[most] = std::max(program.lower[most], -1.0);
  const Solution warm = simplex.solve(program);
  EXPECT_LE(warm.iterations, cold / 4);
}

TEST(Simplex, FromAGivenStartTheOrderOfShocksDoesNotMatter) {
  const Program base = random_program(7, {.most_variables = 200, .most_rows = 150}).program;
  std::vector<Program> shocked;
  Random random(1);
  for (int k = 0; k < 6; ++k) {
    shocked.push_back(base);
    shock(shocked.back(), random);
  }
  Simplex simplex;
  ASSERT_EQ(simplex.solve(base).status, Status::optimal);
  const Basis start = simplex.basis();
  std::vector<Solution> forwards, backwards(shocked.size());
  for (const Program& program : shocked) forwards.push_back(simplex.solve(program, start));
  for (std::size_t k = shocked.size(); k-- > 0;) backwards[k] = simplex.solve(shocked[k], start);
  for (std::size_t k = 0; k < shocked.size(); ++k) {
    const Solution fresh = Simplex().solve(shocked[k], start);
    EXPECT_EQ(forwards[k].status, fresh.status);
    for (const Solution* other : {&forwards[k], &backwards[k]}) {
      EXPECT_TRUE(same_bits(other->x, fresh.x)) << "shock " << k;
      EXPECT_TRUE(same_bits(other->row_dual, fresh.row_dual)) << "shock " << k;
      EXPECT_TRUE(same_bits(other->bound_dual, fresh.bound_dual)) << "shock " << k;
      EXPECT_EQ(other->iterations, fresh.iterations) << "shock " << k;
    }
  }
}

TEST(Simplex, PutsAnyBasisRight) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    const KnownProgram known = random_program(seed, {.duplicate_rows = seed % 3 == 0});
    Basis start;
    start.variables.resize(static_cast<std::size_t>(known.program.gradient.size()));
    start.rows.resize(random.below(static_cast<std::size_t>(known.program.row_lower.size()) + 1));
    for (auto* list : {&start.variables, &start.rows}) {
      for (BasisStatus& status : *list) status = static_cast<BasisStatus>(random.below(4));
    }
    const Solution solution = Simplex().solve(known.program, start);
    EXPECT_EQ(lode_test::optimality_problem(known.program, solution, 2e-9), "") << "seed " << seed;
  }
}

TEST(Simplex, TheSameProgramGivesTheSameBits) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Program program = random_program(seed, {.most_variables = 120, .most_rows = 80}).program;
    const Solution first = solve(program);
    const Solution second = solve(program);
    EXPECT_TRUE(same_bits(first.x, second.x));
    EXPECT_TRUE(same_bits(first.row_dual, second.row_dual));
    EXPECT_TRUE(same_bits(first.bound_dual, second.bound_dual));
    EXPECT_EQ(first.iterations, second.iterations);
  }
}

TEST(Simplex, GivesTheMultipliersOfRowsThatForce) {
  // A closed plant: x0 + 2 x1 <= 0 leaves both at 0, though they pay; then x2 >= x3 + 1 with x2 <= 1 closes x3.
  Program p = small({-3.0, -1.0, 1.0, -5.0}, 0.0, infinity);
  p.upper[2] = 1.0;
  add_row(p, {1.0, 2.0, 0.0, 0.0}, -infinity, 0.0);
  add_row(p, {0.0, 0.0, 1.0, -1.0}, 1.0, infinity);
  const Solution s = solve(p);
  EXPECT_EQ(lode_test::optimality_problem(p, s, 1e-15), "");
  EXPECT_EQ(s.iterations, 0);
  EXPECT_EQ(s.objective, 1.0);
  EXPECT_EQ(s.row_dual[0], -3.0);
  EXPECT_EQ(s.row_dual[1], 5.0);
  EXPECT_EQ(s.bound_dual[2], -4.0);
  // What forces may also contradict: x0 >= 1 / 2 is now impossible, and the proof needs the row.
  add_row(p, {1.0, 0.0, 0.0, 0.0}, 0.5, infinity);
  const Solution none = solve(p);
  EXPECT_EQ(lode_test::farkas_problem(p, none), "");
  EXPECT_GT(support(p, none.row_dual, none.bound_dual), 0.0);
}

TEST(Simplex, DoesNotCycleOnBealesExample) {
  // Beale (1955): with the largest coefficient rule and ties to the first row, six steps lead back to the start.
  Program p = small({-0.75, 20.0, -0.5, 6.0}, 0.0, infinity);
  add_row(p, {0.25, -8.0, -1.0, 9.0}, -infinity, 0.0);
  add_row(p, {0.5, -12.0, -0.5, 3.0}, -infinity, 0.0);
  add_row(p, {0.0, 0.0, 1.0, 0.0}, -infinity, 1.0);
  const Solution s = solve(p);
  ASSERT_EQ(s.status, Status::optimal);
  EXPECT_NEAR(s.objective, -1.25, 1e-12);
}

/// `size` workers and jobs with whole-number costs: every vertex is degenerate, and one equality is redundant.
Program assignment(int size, std::size_t most_cost, std::uint64_t seed) {
  Random random(seed);
  Program p;
  p.gradient.resize(size * size);
  p.lower.setZero(size * size);
  p.upper.setConstant(size * size, infinity);
  std::vector<Eigen::Triplet<double>> entries;
  for (int j = 0; j < size * size; ++j) {
    p.gradient[j] = static_cast<double>(1 + random.below(most_cost));
    entries.emplace_back(j / size, j, 1.0);
    entries.emplace_back(size + j % size, j, 1.0);
  }
  p.rows.resize(2 * size, size * size);
  p.rows.setFromTriplets(entries.begin(), entries.end());
  p.row_lower.setOnes(2 * size);
  p.row_upper.setOnes(2 * size);
  return p;
}

TEST(Simplex, SolvesAssignments) {
  for (const std::size_t most_cost : {1, 2, 10, 1000}) {
    for (const int size : {3, 10, 30}) {
      for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const Program p = assignment(size, most_cost, seed);
        const std::string what = "size " + std::to_string(size) + ", costs to " + std::to_string(most_cost);
        const Solution s = solve(p);
        EXPECT_EQ(lode_test::optimality_problem(p, s, 2e-9), "") << what;
        const double clp = lode_test::solve_with_clp(p).objective;
        EXPECT_NEAR(s.objective, clp, 1e-8 * (1.0 + clp)) << what;
        // Costs that change leave the vertex feasible: the primal method's turn.
        Program other = p;
        other.gradient = assignment(size, most_cost, seed + 100).gradient;
        Simplex simplex;
        simplex.solve(p);
        const Solution again = simplex.solve(other);
        EXPECT_EQ(lode_test::optimality_problem(other, again, 2e-9), "") << what;
      }
    }
  }
}

TEST(Simplex, StartsFromAnyPoint) {
  int optimal = 0;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    Random random(seed ^ 0x70123ULL);
    Program program = random_program(seed, {.duplicate_rows = seed % 3 == 0}).program;
    // What costs nothing may stand between its bounds.
    for (double& cost : program.gradient) {
      if (random.chance(0.6)) cost = 0.0;
    }
    VectorXd point(program.gradient.size());
    for (double& value : point) value = random.uniform(-5.0, 5.0);
    Basis start;
    if (random.chance(0.5)) {
      start.variables.assign(static_cast<std::size_t>(program.gradient.size()), BasisStatus::at_lower);
      start.rows.assign(random.below(static_cast<std::size_t>(program.row_lower.size()) + 1), BasisStatus::basic);
      for (BasisStatus& status : start.variables) {
        if (random.chance(0.3)) status = BasisStatus::basic;
      }
    }
    const Solution cold = Simplex().solve(program);
    Simplex simplex;
    const Solution stood = simplex.solve(program, start, point);
    ASSERT_EQ(stood.status, cold.status) << "seed " << seed;
    if (cold.status != Status::optimal) continue;
    ++optimal;
    EXPECT_NEAR(stood.objective, cold.objective, 1e-8 * (1.0 + std::abs(cold.objective))) << "seed " << seed;
    EXPECT_LE(stood.certificate.worst(), 1e-9) << "seed " << seed;
    // Nothing that was solved in between leaves a trace.
    (void)simplex.solve(random_program(seed + 1).program);
    const Solution again = simplex.solve(program, start, point);
    EXPECT_EQ(again.x, stood.x) << "seed " << seed;
    EXPECT_EQ(again.row_dual, stood.row_dual) << "seed " << seed;
  }
  EXPECT_GE(optimal, 200);
}

TEST(Simplex, RefusesAPointOfAnotherSize) {
  const Program program = random_program(3).program;
  EXPECT_THROW((void)Simplex().solve(program, {}, VectorXd::Zero(program.gradient.size() + 1)),
               lode::InvalidArgument);
}

TEST(Simplex, APointThatIsAnAnswerStays) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Program program = random_program(seed).program;
    const VectorXd point = random_program(seed).x;  // feasible
    program.gradient.setZero();
    const Solution stood = Simplex().solve(program, {}, point);
    ASSERT_EQ(stood.status, Status::optimal) << "seed " << seed;
    EXPECT_EQ(stood.iterations, 0) << "seed " << seed;
    EXPECT_LE((stood.x - point).cwiseAbs().maxCoeff(), 1e-12) << "seed " << seed;
  }
}

}  // namespace
