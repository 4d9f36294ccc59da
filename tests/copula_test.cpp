// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include <lode/copula.hpp>
#include <lode/error.hpp>
#include <lode/sampling.hpp>
#include <lode/uncertain.hpp>

#include "support/text_network.hpp"

namespace {

using lode::Copula;
using lode::Correlation;
using lode::Scenario;
using lode::Uniform;

const char* const two_countries = R"(
@commodities
ore   mining   dy=0.1
@facilities
east  mine  CHN  100  -  ore
west  mine  AUS  100  -  ore
@end_uses
cars  USA  ore  200
@routes
east  cars  ore  100
west  cars  ore  100
)";

/// Uncertain numbers 0, 1 (shock 1), 2 (shock 2), 3 (shock 3).
Scenario four_numbers() {
  Scenario scenario{"four"};
  scenario.limit_capacity({.facility = "east", .factor = Uniform{0, 1}, .add = Uniform{0, 10}})
      .restrict_exports({.country = "CHN", .factor = Uniform{0, 1}})
      .limit_capacity({.country = "AUS", .factor = Uniform{0, 1}});
  return scenario;
}

/// Numbers by variable after the copula, of many Monte Carlo points.
std::vector<std::vector<double>> dependent(const std::vector<Correlation>& correlations, std::size_t samples = 20000) {
  const lode::Network network = lode_test::parse_network(two_countries);
  const Copula copula(network, four_numbers(), correlations);
  const lode::SamplePoints points({.samples = samples}, copula.inputs());
  std::vector<std::vector<double>> out(copula.variables());
  std::vector<double> block(copula.inputs() * 32);
  for (std::uint64_t first = 0; first < samples; first += 32) {
    points.fill(first, 32, block);
    copula.apply(block, 32);
    for (std::size_t v = 0; v < copula.variables(); ++v)
      out[v].insert(out[v].end(), &block[v * 32], &block[v * 32] + 32);
  }
  return out;
}

double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const auto n = static_cast<double>(x.size());
  double sxy = 0.0, sxx = 0.0, syy = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sxy += (x[i] - 0.5) * (y[i] - 0.5);
    sxx += (x[i] - 0.5) * (x[i] - 0.5);
    syy += (y[i] - 0.5) * (y[i] - 0.5);
  }
  return n > 0 ? sxy / std::sqrt(sxx * syy) : 0.0;
}

/// Spearman's rank correlation of a Gaussian copula (Kruskal 1958).
double spearman(double rho) {
  return 6.0 / std::numbers::pi * std::asin(0.5 * rho);
}

TEST(Copula, NumbersOfOneCountryHangTogetherAsAsked) {
  const auto u = dependent({lode::by_country(0.6)});
  ASSERT_EQ(u.size(), 4U);
  EXPECT_NEAR(correlation(u[0], u[1]), spearman(0.6), 0.02) << "two numbers of one shock";
  EXPECT_NEAR(correlation(u[0], u[2]), spearman(0.6), 0.02) << "a plant of the country, and its exports";
  EXPECT_NEAR(correlation(u[0], u[3]), 0.0, 0.025) << "another country";
}

TEST(Copula, EveryNumberKeepsItsDistribution) {
  for (const auto& numbers : dependent({lode::by_country(0.5), {.shocks = {0, 2}, .rho = 0.4}})) {
    std::vector<double> sorted = numbers;
    std::sort(sorted.begin(), sorted.end());
    double worst = 0.0;  // Kolmogorov and Smirnov
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      worst =
          std::max(worst, std::abs(sorted[i] - (static_cast<double>(i) + 0.5) / static_cast<double>(sorted.size())));
    }
    EXPECT_LT(worst, 1.63 / std::sqrt(static_cast<double>(sorted.size()))) << "a chance of 1 %";
  }
}

TEST(Copula, GroupsOfShocksAddUp) {
  const auto u = dependent({lode::by_country(0.5), {.shocks = {0, 2}, .rho = 0.3}});
  EXPECT_NEAR(correlation(u[0], u[1]), spearman(0.8), 0.02);
  EXPECT_NEAR(correlation(u[0], u[3]), spearman(0.3), 0.02);
  EXPECT_NEAR(correlation(u[2], u[3]), 0.0, 0.025);
}

TEST(Copula, FullCorrelationMakesThemEqual) {
  const auto u = dependent({lode::by_country(1.0)}, 320);
  for (std::size_t i = 0; i < 320; ++i) EXPECT_EQ(u[0][i], u[2][i]);
}

TEST(Copula, WithoutGroupsNothingChanges) {
  const auto u = dependent({lode::by_country(0.0)}, 64);
  const lode::SamplePoints points({.samples = 64}, 4);
  std::vector<double> point(4);
  for (std::uint64_t s = 0; s < 64; ++s) {
    points.at(s, point);
    for (std::size_t v = 0; v < 4; ++v) EXPECT_EQ(u[v][s], point[v]);
  }
}

TEST(Copula, WhatCanNotBeIsRefusedAllAtOnce) {
  const lode::Network network = lode_test::parse_network(two_countries);
  const std::vector<Correlation> wrong{{.rho = 1.5}, {.shocks = {0, 9}, .rho = 0.5}};
  try {
    (void)Copula(network, four_numbers(), wrong);
    FAIL();
  } catch (const lode::InvalidArgument& error) {
    ASSERT_EQ(error.issues().size(), 2U);
    EXPECT_EQ(error.issues()[0].what, "rho 1.5 is out of range");
    EXPECT_EQ(error.issues()[1].what, "there is no shock 10 in scenario \"four\", which has 3");
  }
  const std::vector<Correlation> too_much{lode::by_country(0.7), {.shocks = {0, 2}, .rho = 0.6}};
  EXPECT_THROW((void)Copula(network, four_numbers(), too_much), lode::InvalidArgument);
}

}  // namespace
