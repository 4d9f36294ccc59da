// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <lode/draw.hpp>
#include <lode/reallocate.hpp>

#include "support/text_network.hpp"

/// The choice among equal optima must not stand in the way of an answer.
namespace {

using lode::Result;
using lode::Scenario;
using lode::SolveStatus;
using lode::UncertainNumber;

/// A plant that feeds itself, one that stands still, a separator, an input that is only partly needed, a reserve: the
/// optima are a face whose least change has pairs of flows that share what is left.
constexpr const char* knotted = R"(
@commodities
conc  mining      a=0.3,b=0.1
ox_a  separation  a=0.8
ox_b  separation  b=0.9
met   metal       a=0.7,b=0.15
mag   magnet      a=0.28,b=0.05
@facilities
m1    mine         CHN  1000<1200  -                 conc
m2    mine         AUS  500        -                 conc
sep   refiner      CHN  1500<1800  conc              ox_a*0.95,ox_b*0.9
met1  metal_maker  CHN  300<400    ox_a*0.9,ox_b*0.2~0.5  met
met2  metal_maker  JPN  200<400    ox_a*0.9,ox_b*0.2~0.5  met
mk    magnet_maker CHN  1000       met*0.4,mag*0.05  mag
mj    magnet_maker JPN  0<300      met*0.4           mag
@end_uses
ev_us  USA  mag  400  2
ev_jp  JPN  mag  300
ev_cn  CHN  mag  300
al_us  USA  met  100  3
zero   JPN  mag  0
@routes
m1    sep    conc  1000
m2    sep    conc  500
sep   met1   ox_a  270
sep   met1   ox_b  60
sep   met2   ox_a  180
sep   met2   ox_b  40
met1  mk     met   300
met2  mk     met   100
met2  al_us  met   90
met2  mj     met   0
mk    mk     mag   50
mk    ev_us  mag   390
mk    ev_jp  mag   300
mk    ev_cn  mag   260
mk    zero   mag   0
mj    ev_jp  mag   0
@reserves
mk     met  50
ev_us  mag  30
)";

struct Numbers {
  UncertainNumber mine, exports, demand, metal, reserve, magnets;
};
Scenario squeezed(const Numbers& numbers) {
  Scenario scenario{"squeezed"};
  scenario.limit_capacity({.facility = "m1", .factor = numbers.mine});
  scenario.restrict_exports({.country = "CHN", .commodity = {"ox_a", "ox_b"}, .factor = numbers.exports});
  scenario.change_demand({.end_use = "ev_us", .factor = numbers.demand});
  scenario.limit_capacity({.facility = "met1", .factor = numbers.metal});
  scenario.release_reserve({.holder = "mk", .commodity = "met", .rate = numbers.reserve});
  scenario.limit_capacity({.facility = "mk", .add = numbers.magnets});
  return scenario;
}

void expect_answer(const Result& result) {
  ASSERT_EQ(result.status, SolveStatus::solved);
  EXPECT_LE(result.certificate.gap, 1e-9);
  EXPECT_LE(result.certificate.mass_balance, 1e-9);
}

/// Predictor-corrector steps of the quadratic program went around in circles here.
TEST(LeastChange, EndsWherePairsOfFlowsShareWhatIsLeft) {
  const lode::Network network = lode_test::parse_network(knotted);
  for (const Numbers& numbers :
       {Numbers{0.28115530701971714, 0.6801258137294217, 1.2828582985332706, 0.6331445765277228, 23.04174136049724,
                -164.37308197603357},
        Numbers{0.1610353459284325, 0.8045378566056276, 0.8993924072083248, 0.6940197778585901, 79.12648901580914,
                -33.30023297475887},
        Numbers{0.3740126286624059, 0.8215507070102519, 1.4873492804111923, 0.6455853455406737, 74.88099235352473,
                -156.48852722667138}}) {
    expect_answer(lode::reallocate(network, squeezed(numbers)));
  }
}

TEST(LeastChange, EndsOnEveryOfThreeThousandDraws) {
  const lode::Network network = lode_test::parse_network(knotted);
  const Scenario scenario =
      squeezed({lode::Triangular{0.1, 0.26, 1.2}, lode::Uniform{0.2, 1.1}, lode::Lognormal{1.1, 0.3},
                lode::Pert{0.2, 0.8, 1.0}, lode::Uniform{0.0, 80.0}, lode::Normal{-100.0, 80.0}});
  lode::Reallocator reallocator(network);
  for (std::uint64_t sample = 0; sample < 3000; ++sample) {
    SCOPED_TRACE(sample);
    expect_answer(reallocator.run(lode::resolve(network, lode::draw(scenario, 1, sample))));
    if (HasFailure()) return;
  }
}

}  // namespace
