// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include <lode/error.hpp>
#include <lode/uncertain.hpp>

#include "support/random.hpp"

namespace {

using lode::Discrete;
using lode::Lognormal;
using lode::Normal;
using lode::Pert;
using lode::Triangular;
using lode::UncertainNumber;
using lode::Uniform;

double median(const UncertainNumber& number) {
  return number.median();
}

/// Simpson's rule with many points: slow, and not the method under test.
double integral(const std::function<double(double)>& density, double from, double to) {
  constexpr int steps = 20'000;
  const double h = (to - from) / steps;
  double sum = density(from) + density(to);
  for (int i = 1; i < steps; ++i) sum += (i % 2 == 1 ? 4.0 : 2.0) * density(from + h * i);
  return sum * h / 3.0;
}

TEST(Uncertain, ClosedForms) {
  EXPECT_EQ(median(0.25), 0.25);
  EXPECT_TRUE(UncertainNumber(0.25).is_certain());
  EXPECT_FALSE(UncertainNumber(Uniform{1.0, 1.0}).is_certain());
  EXPECT_EQ(median(Uniform{1.0, 3.0}), 2.0);
  EXPECT_EQ(median(Normal{-2.0, 5.0}), -2.0);
  EXPECT_EQ(median(Lognormal{0.7, 0.3}), 0.7);
  EXPECT_NEAR(median(Triangular{0.0, 0.5, 1.0}), 0.5, 1e-15);
  EXPECT_NEAR(median(Triangular{0.0, 0.0, 1.0}), 1.0 - std::sqrt(0.5), 1e-15);
  EXPECT_NEAR(median(Triangular{0.0, 1.0, 1.0}), std::sqrt(0.5), 1e-15);
  EXPECT_NEAR(median(Triangular{0.1, 0.25, 0.5}), 0.5 - std::sqrt(0.05), 1e-15);
  EXPECT_NEAR(median(Pert{0.0, 0.5, 1.0}), 0.5, 1e-14);
  // Shapes 1 and 5: 1 - (1 - x)^5 = 1/2; shapes 5 and 1: x^5 = 1/2.
  EXPECT_NEAR(median(Pert{0.0, 0.0, 1.0}), 1.0 - std::pow(0.5, 0.2), 1e-14);
  EXPECT_NEAR(median(Pert{0.0, 1.0, 1.0}), std::pow(0.5, 0.2), 1e-14);
  EXPECT_NEAR(median(Pert{10.0, 30.0, 30.0}), 10.0 + 20.0 * std::pow(0.5, 0.2), 1e-12);
}

TEST(Uncertain, PointMassesOfEveryKind) {
  for (const UncertainNumber& number :
       {UncertainNumber(Triangular{3, 3, 3}), UncertainNumber(Uniform{3, 3}), UncertainNumber(Pert{3, 3, 3}),
        UncertainNumber(Normal{3, 0}), UncertainNumber(Lognormal{3, 0}), UncertainNumber(Discrete{{3}, {2}})}) {
    EXPECT_EQ(number.median(), 3.0);
    EXPECT_FALSE(number.problem());
  }
}

TEST(Uncertain, HalfOfTheDensityLiesBelowTheMedian) {
  lode_test::Random random(1);
  for (int i = 0; i < 40; ++i) {
    const double min = random.uniform(-2.0, 2.0);
    const double max = min + random.uniform(0.1, 4.0);
    const double mode = random.uniform(min, max);
    SCOPED_TRACE(testing::Message() << "min " << min << ", mode " << mode << ", max " << max);
    const double triangular = median(Triangular{min, mode, max});
    EXPECT_NEAR(integral(
                    [=](double x) {
                      const double height = 2.0 / (max - min);
                      return x < mode ? height * (x - min) / (mode - min) : height * (max - x) / (max - mode);
                    },
                    min, triangular),
                0.5, 1e-4);
    const double a = 1.0 + 4.0 * (mode - min) / (max - min);
    const double b = 1.0 + 4.0 * (max - mode) / (max - min);
    const auto density = [=](double x) {
      return std::pow((x - min) / (max - min), a - 1) * std::pow((max - x) / (max - min), b - 1);
    };
    const double pert = median(Pert{min, mode, max});
    const double below = integral(density, min, pert);
    EXPECT_NEAR(below / (below + integral(density, pert, max)), 0.5, 1e-5);
  }
}

TEST(Uncertain, DiscreteIsTheSmallestValueThatHalfOfTheDrawsDoNotExceed) {
  EXPECT_EQ(median(Discrete{{3, 1, 2}, {1, 1, 1}}), 2.0);
  EXPECT_EQ(median(Discrete{{1, 2}, {1, 1}}), 1.0);
  EXPECT_EQ(median(Discrete{{2, 1}, {1, 1}}), 1.0);
  EXPECT_EQ(median(Discrete{{1, 2, 9}, {0.2, 0.2, 0.6}}), 9.0);
  EXPECT_EQ(median(Discrete{{1, 2, 9}, {0, 0, 5}}), 9.0);
  EXPECT_EQ(median(Discrete{{7, 7, 1}, {1, 1, 1}}), 7.0);
  EXPECT_EQ(median(Discrete{{0, 1}, {0, 1}}), 1.0) << "a value without weight is never drawn";
  // 0.1 + 0.7 is 0.7999999999999999, half of the weights 0.8.
  EXPECT_EQ(median(Discrete{{1, 2, 3}, {0.1, 0.7, 0.8}}), 2.0);
}

/// P(X <= x), by other means than the quantile: closed forms, erfc, and for PERT Simpson's rule.
double below(const Triangular& t, double x) {
  const double range = t.max - t.min;
  if (x <= t.mode) return (x - t.min) * (x - t.min) / (range * (t.mode - t.min));
  return 1.0 - (t.max - x) * (t.max - x) / (range * (t.max - t.mode));
}
double below(const Uniform& u, double x) {
  return (x - u.min) / (u.max - u.min);
}
double below(const Normal& n, double x) {
  return 0.5 * std::erfc(-(x - n.mean) / n.sd / std::sqrt(2.0));
}
double below(const Lognormal& l, double x) {
  return 0.5 * std::erfc(-std::log(x / l.median) / l.sigma / std::sqrt(2.0));
}
double below(const Pert& p, double x) {
  const double a = 1.0 + 4.0 * (p.mode - p.min) / (p.max - p.min);
  const double b = 1.0 + 4.0 * (p.max - p.mode) / (p.max - p.min);
  const auto density = [=](double y) { return std::pow((y - p.min), a - 1) * std::pow((p.max - y), b - 1); };
  const double left = integral(density, p.min, x);
  return left / (left + integral(density, x, p.max));
}

template <class Distribution>
void expect_round_trip(const Distribution& distribution, double tolerance) {
  for (const double p : {1e-9, 0.001, 0.02, 0.05, 0.1, 0.25, 0.5, 0.6, 0.75, 0.9, 0.95, 0.98, 0.999, 1 - 1e-9}) {
    const double x = UncertainNumber(distribution).quantile(p);
    EXPECT_NEAR(below(distribution, x), p, tolerance * std::max(p, 1e-3)) << "p " << p;
  }
}

TEST(Uncertain, QuantilesHitTheirProbability) {
  expect_round_trip(Triangular{0.1, 0.25, 0.5}, 1e-13);
  expect_round_trip(Triangular{-3, 4, 4.5}, 1e-13);
  expect_round_trip(Uniform{-2, 5}, 1e-13);
  expect_round_trip(Normal{3, 2}, 1e-12);
  expect_round_trip(Lognormal{0.7, 0.4}, 1e-12);
  expect_round_trip(Pert{0.0, 0.3, 1.0}, 1e-6);
  expect_round_trip(Pert{10.0, 19.0, 20.0}, 1e-6);
}

TEST(Uncertain, TheGaussianQuantileOfTables) {
  const UncertainNumber z = Normal{0, 1};
  EXPECT_EQ(z.quantile(0.5), 0.0);
  EXPECT_NEAR(z.quantile(0.975), 1.959963984540054, 1e-15);
  EXPECT_NEAR(z.quantile(0.95), 1.6448536269514722, 1e-15);
  EXPECT_NEAR(z.quantile(1e-10), -6.361340902404056, 1e-14);
  EXPECT_NEAR(z.quantile(1e-300), -37.0470964, 1e-6);
  for (const double p : {0.01, 0.07, 0.0751, 0.3}) EXPECT_NEAR(z.quantile(p), -z.quantile(1.0 - p), 1e-14);
}

const UncertainNumber every_form[] = {0.25,
                                      Triangular{0.1, 0.25, 0.5},
                                      Triangular{0, 0, 1},
                                      Triangular{0, 1, 1},
                                      Uniform{-1, 3},
                                      Pert{0, 0.2, 1},
                                      Normal{-2, 5},
                                      Lognormal{0.7, 0.3},
                                      Normal{3, 0},
                                      Lognormal{3, 0},
                                      Discrete{{3, 1, 2}, {1, 0, 2}}};

TEST(Uncertain, QuantilesNeverFall) {
  for (const UncertainNumber& number : every_form) {
    double before = number.quantile(0.0);
    for (int i = 1; i <= 20'000; ++i) {
      const double x = number.quantile(i / 20'000.0);
      ASSERT_GE(x, before) << "form " << number.form().index() << ", p " << i / 20'000.0;
      before = x;
    }
    EXPECT_EQ(number.median(), number.quantile(0.5));
  }
}

TEST(Uncertain, QuantilesAtTheEnds) {
  const double inf = std::numeric_limits<double>::infinity();
  const std::pair<double, double> ends[] = {{0.25, 0.25}, {0.1, 0.5}, {0, 1}, {0, 1}, {-1, 3}, {0, 1},
                                            {-inf, inf},  {0.0, inf}, {3, 3}, {3, 3}, {2, 3}};
  for (std::size_t i = 0; i < std::size(ends); ++i) {
    EXPECT_EQ(every_form[i].quantile(0.0), ends[i].first) << i;
    EXPECT_EQ(every_form[i].quantile(1.0), ends[i].second) << i;
    for (const double bad : {-1e-9, 1.0 + 1e-9, inf, std::numeric_limits<double>::quiet_NaN()}) {
      EXPECT_THROW((void)every_form[i].quantile(bad), lode::InvalidArgument);
    }
  }
}

TEST(Uncertain, DiscreteQuantilesAreTheSmallestThatReachP) {
  const UncertainNumber number = Discrete{{3, 1, 2, 0}, {0.1, 0.7, 0.2, 0}};
  EXPECT_EQ(number.quantile(0.0), 1.0) << "a value without weight is never drawn";
  EXPECT_EQ(number.quantile(0.7), 1.0);
  EXPECT_EQ(number.quantile(0.7001), 2.0);
  EXPECT_EQ(number.quantile(0.9), 2.0);
  EXPECT_EQ(number.quantile(0.9001), 3.0);
}

TEST(Uncertain, Problems) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::pair<UncertainNumber, const char*> cases[] = {
      {inf, "parameter inf is not finite"},
      {nan, "parameter nan is not finite"},
      {Triangular{0.5, 0.25, 1}, "min 0.5 is above mode 0.25"},
      {Triangular{0, 2, 1}, "mode 2 is above max 1"},
      {Triangular{0, nan, 1}, "parameter nan is not finite"},
      {Uniform{2, 1}, "min 2 is above max 1"},
      {Uniform{0, inf}, "parameter inf is not finite"},
      {Pert{3, 2, 4}, "min 3 is above mode 2"},
      {Pert{1, 5, 4}, "mode 5 is above max 4"},
      {Normal{0, -1}, "sd -1 is below 0"},
      {Lognormal{0, 1}, "median 0 is not above 0"},
      {Lognormal{-1, 1}, "median -1 is not above 0"},
      {Lognormal{1, -0.5}, "sigma -0.5 is below 0"},
      {Discrete{}, "values are empty"},
      {Discrete{{1, 2}, {1}}, "2 values but 1 weights"},
      {Discrete{{1, 2}, {1, -1}}, "weight -1 is below 0"},
      {Discrete{{1, 2}, {0, 0}}, "weights do not add up to a positive number"},
      {Discrete{{1, inf}, {1, 1}}, "parameter inf is not finite"},
      {Discrete{{1, 2}, {1e308, 1e308}}, "parameter 1e+308 is beyond 1e+100"},
      {Uniform{-1e308, 1e308}, "parameter -1e+308 is beyond 1e+100"},
      {2e100, "parameter 2e+100 is beyond 1e+100"},
  };
  for (const auto& [number, problem] : cases) EXPECT_EQ(number.problem(), problem);
  for (const UncertainNumber& good : {UncertainNumber(0.0), UncertainNumber(Triangular{1, 1, 1}),
                                      UncertainNumber(Discrete{{1, 2}, {0, 1}}), UncertainNumber(Normal{0, 0})}) {
    EXPECT_FALSE(good.problem());
  }
}

}  // namespace
