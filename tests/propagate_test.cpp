// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <lode/propagate.hpp>

#include "support/answers.hpp"
#include "support/text_network.hpp"

/// Cases small enough to be worked out by hand; the arithmetic stands in the comments.
namespace {

using lode::Scenario;
using lode::SolveStatus;
using lode::tonnes_per_year;
using lode_test::Answers;
using lode_test::parse_network;

// Two mines, one separator for two materials, an alloy that needs both, magnets for two markets.
constexpr const char* chain = R"(
@commodities
clay      mining      dy=0.02,nd=0.08
hard      mining      nd=0.10
dy_oxide  separation  dy=0.5
nd_oxide  separation  nd=0.5
magnet    magnet      dy=0.02,nd=0.25
@facilities
south   mine         CHN   500  -                            clay
north   mine         CHN   500  -                            hard
plant   refiner      CHN  1000  clay,hard                    dy_oxide*0.8,nd_oxide*0.9   # 16 t Dy oxide, 162 t Nd oxide
magnets magnet_maker JPN   160  dy_oxide*0.1,nd_oxide*1.0    magnet
@end_uses
cars    USA  magnet  100  2
phones  DEU  magnet   80
@routes
south    plant    clay      500
north    plant    hard      500
plant    magnets  dy_oxide   16
plant    magnets  nd_oxide  162
magnets  cars     magnet    100
magnets  phones   magnet     60
)";

TEST(PropagateByHand, BaseYear) {
  const Answers answers(parse_network(chain), Scenario{"none"});
  ASSERT_TRUE(answers.solved());
  for (const char* id : {"south", "north", "plant", "magnets"}) {
    EXPECT_EQ(answers.u(id), 1.0) << id;
    EXPECT_EQ(answers.limit(id), "none") << id;
  }
  EXPECT_EQ(answers.delivered("cars"), 100.0);
  EXPECT_EQ(answers.shortfall("cars"), 0.0);
  // Phones wanted 80 and got 60 in the base year already.
  EXPECT_EQ(answers.delivered("phones"), 60.0);
  EXPECT_EQ(answers.shortfall("phones"), 20.0);
  EXPECT_EQ(answers.end_use("phones").baseline_shortfall.in(tonnes_per_year), 20.0);
  EXPECT_EQ(answers.result().total_weighted_shortfall, 20.0);
  EXPECT_NEAR(answers.material("nd").demanded.in(tonnes_per_year), 180 * 0.25, 1e-12);
  EXPECT_NEAR(answers.material("nd").baseline_shortfall.in(tonnes_per_year), 20 * 0.25, 1e-12);
  EXPECT_LE(answers.result().certificate.mass_balance, 1e-12);
  EXPECT_LE(answers.result().certificate.gap, 1e-12);
}

TEST(PropagateByHand, OneMineAtHalf) {
  // Clay halves. Dy line: all of its dy comes with clay: u = 1/2. Nd line: 0.08*500 = 40 from clay, 50 from hard rock:
  // u = (20 + 50) / 90 = 7/9. Magnets need both: 1/2, limited by dy oxide. Nd oxide is shipped at 7/9 all the same.
  Scenario outage{"outage"};
  outage.limit_capacity({.facility = "south", .factor = 0.5});
  const Answers answers(parse_network(chain), outage);
  ASSERT_TRUE(answers.solved());
  EXPECT_EQ(answers.u("south"), 0.5);
  EXPECT_EQ(answers.limit("south"), "capacity");
  EXPECT_EQ(answers.u("plant"), 0.75);
  EXPECT_EQ(answers.limit("plant"), "feed");
  EXPECT_NEAR(answers.flow("plant", "magnets", "dy_oxide"), 8.0, 1e-12);
  EXPECT_NEAR(answers.flow("plant", "magnets", "nd_oxide"), 126.0, 1e-12);
  EXPECT_NEAR(answers.u("magnets"), 0.5, 1e-15);
  EXPECT_EQ(answers.limit("magnets"), "dy_oxide");
  EXPECT_NEAR(answers.delivered("cars"), 50.0, 1e-12);
  EXPECT_NEAR(answers.shortfall("phones"), 50.0, 1e-12);
  EXPECT_NEAR(answers.result().total_weighted_shortfall, 2 * 50.0 + 50.0, 1e-12);
  EXPECT_NEAR(answers.material("dy").shortfall.in(tonnes_per_year), 0.02 * 100, 1e-12);
  ASSERT_EQ(answers.result().countries.size(), 2U);
  EXPECT_EQ(answers.result().countries[0].name, "USA");
  EXPECT_NEAR(answers.result().countries[1].materials[1].shortfall.in(tonnes_per_year), 0.25 * 50, 1e-12);
}

TEST(PropagateByHand, ASeparatorAtItsLimitTakesTheSameShareOfEverySupplier) {
  // The plant may run at 0.6; clay comes at 0.5 and hard rock at 1, of which it takes 0.6. Activity 250 + 300 = 550.
  // Dy: 0.5; Nd: (0.08*250 + 0.1*300) / 90 = 50/90.
  Scenario scenario{"both"};
  scenario.limit_capacity({.facility = "south", .factor = 0.5}).limit_capacity({.facility = "plant", .factor = 0.6});
  const Answers answers(parse_network(chain), scenario);
  EXPECT_NEAR(answers.flow("south", "plant", "clay"), 250.0, 1e-12);
  EXPECT_NEAR(answers.flow("north", "plant", "hard"), 300.0, 1e-12);
  EXPECT_EQ(answers.u("north"), 1.0) << "the mine mines on; what the plant does not take is unsold";
  EXPECT_NEAR(answers.u("plant"), 0.55, 1e-15);
  EXPECT_EQ(answers.limit("plant"), "feed");
  EXPECT_NEAR(answers.flow("plant", "magnets", "nd_oxide"), 162.0 * 50 / 90, 1e-12);
  EXPECT_NEAR(answers.u("magnets"), 0.5, 1e-15);
}

TEST(PropagateByHand, ExportLicencesAndAReserve) {
  // Half of the Nd oxide and a quarter of the Dy oxide may leave: 81 t and 4 t. A reserve of 2 t Dy oxide, released at
  // 3 t/yr at most its amount, makes 6 of 16: u = 0.375.
  std::string text = chain;
  text += "@reserves\nmagnets dy_oxide 2\n";
  Scenario scenario{"licences"};
  scenario.license_exports({.country = "CHN", .commodity = "nd_oxide", .approved = 0.5})
      .restrict_exports({.country = "CHN", .commodity = "dy_oxide", .factor = 0.25})
      .release_reserve({.holder = "magnets", .rate = 3.0});
  const Answers answers(parse_network(text), scenario);
  EXPECT_NEAR(answers.flow("plant", "magnets", "nd_oxide"), 81.0, 1e-12);
  EXPECT_NEAR(answers.flow("plant", "magnets", "dy_oxide"), 4.0, 1e-12);
  EXPECT_NEAR(answers.u("magnets"), 0.375, 1e-15);
  EXPECT_EQ(answers.limit("magnets"), "dy_oxide");
  EXPECT_EQ(answers.u("plant"), 1.0);
  EXPECT_LE(answers.result().certificate.mass_balance, 1e-12);
}

TEST(PropagateByHand, DemandAndItsReserve) {
  std::string text = chain;
  text += "@reserves\nphones magnet 15\n";
  Scenario scenario{"demand"};
  scenario.change_demand({.end_use = "cars", .factor = 0.5})
      .change_demand({.end_use = "phones", .factor = 1.5})
      .set_priority({.end_use = "phones", .factor = 3.0})
      .release_reserve({.commodity = "magnet"});
  const Answers answers(parse_network(text), scenario);
  // Cars want 50 of the 100 that arrive. Phones want 120, get 60 and 15 from the reserve, and count threefold.
  EXPECT_EQ(answers.delivered("cars"), 50.0);
  EXPECT_EQ(answers.shortfall("cars"), 0.0);
  EXPECT_EQ(answers.flow("magnets", "cars", "magnet"), 100.0) << "freed magnets are not offered to others";
  EXPECT_EQ(answers.delivered("phones"), 75.0);
  EXPECT_EQ(answers.shortfall("phones"), 45.0);
  EXPECT_EQ(answers.end_use("phones").weight, 3.0);
  EXPECT_EQ(answers.result().total_weighted_shortfall, 135.0);
}

TEST(PropagateByHand, FactorsFirstThenAdds) {
  // (0.5 * 0.5 * 500 + 50 + 25) / 500 = 0.4, whatever the order; -1000 leaves nothing; +1000 no more than the baseline.
  Scenario scenario{"adds"};
  scenario.limit_capacity({.facility = "south", .factor = 0.5, .add = 50.0})
      .limit_capacity({.facility = "south", .factor = 0.5, .add = 25.0})
      .limit_capacity({.facility = "north", .add = -1000.0})
      .limit_capacity({.facility = "magnets", .factor = 2.0, .add = 1000.0});
  const Answers answers(parse_network(chain), scenario);
  EXPECT_NEAR(answers.u("south"), 0.4, 1e-15);
  EXPECT_EQ(answers.u("north"), 0.0);
  EXPECT_EQ(answers.limit("north"), "capacity");
  // Dy line: 0.4. Nd line: 0.08 * 200 / 90, which makes 28.8 of the 160 t that the magnets need.
  EXPECT_NEAR(answers.u("magnets"), 0.18, 1e-15);
  EXPECT_EQ(answers.limit("magnets"), "nd_oxide");
}

TEST(PropagateByHand, SurplusCriticalityAndJointProducts) {
  // The maker needs 50 of the 100 t of a that arrive, so half of it may vanish. b counts half: at coverage 0.2 it
  // leaves 1 - 0.5 * 0.8 = 0.6. c does not count at all.
  const char* text = R"(
@commodities
a mining -
b mining -
c mining -
x product -
y product -
@facilities
am     mine   AAA 100 -                   a
bm     mine   AAA 100 -                   b
cm     mine   AAA 100 -                   c
maker  other  AAA  50 a*1,b*2~0.5,c*2~0   x,y*3
@end_uses
xs AAA x  50
ys AAA y 120
@routes
am maker a 100
bm maker b 100
cm maker c 100
maker xs x 50
maker ys y 120
)";
  const lode::Network network = parse_network(text);
  Scenario a{"a"};
  a.limit_capacity({.facility = "am", .factor = 0.5}).limit_capacity({.facility = "cm", .factor = 0.0});
  EXPECT_EQ(Answers(network, a).u("maker"), 1.0);
  EXPECT_EQ(Answers(network, a).limit("maker"), "none");
  Scenario b{"b"};
  b.limit_capacity({.facility = "bm", .factor = 0.2});
  const Answers answers(network, a + b);
  EXPECT_EQ(answers.result().scenario, "a+b");
  EXPECT_NEAR(answers.u("maker"), 0.6, 1e-15);
  EXPECT_EQ(answers.limit("maker"), "b");
  EXPECT_NEAR(answers.delivered("xs"), 30.0, 1e-12);
  EXPECT_NEAR(answers.delivered("ys"), 72.0, 1e-12);
}

TEST(PropagateByHand, TiesGoToCapacityAndThenToTheFirstInput) {
  const char* text = R"(
@commodities
a mining -
b mining -
x product -
@facilities
am     mine     AAA 10 -    a
bm     mine     AAA 10 -    b
maker  other    AAA 10 a,b  x
sorter recycler AAA 10 x    ore*1
@commodities
ore mining m=0.5
@routes
am maker a 10
bm maker b 10
maker sorter x 10
)";
  // x holds nothing of m, so the sorter wins nothing; its activity is the feed it takes all the same.
  const lode::Network network = parse_network(text);
  const auto limits = [&](double maker, double a, double b) {
    Scenario scenario{"ties"};
    scenario.limit_capacity({.facility = "am", .factor = a})
        .limit_capacity({.facility = "bm", .factor = b})
        .limit_capacity({.facility = "maker", .factor = maker});
    return Answers(network, scenario).limit("maker");
  };
  EXPECT_EQ(limits(0.3, 0.3, 0.3), "capacity");
  EXPECT_EQ(limits(0.4, 0.3, 0.3), "a");
  EXPECT_EQ(limits(0.4, 0.3 * (1 + 1e-15), 0.3), "a") << "equal but for rounding";
  EXPECT_EQ(limits(0.4, 0.4, 0.3), "b");
  EXPECT_EQ(limits(0.0, 0.0, 0.0), "capacity");
  EXPECT_EQ(limits(1.0, 0.0, 0.0), "a");
  EXPECT_EQ(limits(1.0, 1.0, 0.0), "b");
  EXPECT_EQ(limits(1.0 - 1e-10, 1.0, 1.0), "none") << "full but for one part in 1e9";
  Scenario half{"half"};
  half.limit_capacity({.facility = {"maker", "sorter"}, .factor = 0.5});
  EXPECT_EQ(Answers(network, half).limit("sorter"), "capacity");
  EXPECT_EQ(Answers(network, half).u("sorter"), 0.5);
}

TEST(PropagateByHand, AProjectThatDoesNotRunYetStaysAtZero) {
  const char* text = R"(
@commodities
a mining m=0.5
p separation m=0.5
@facilities
am      mine    AAA 10 -  a
project mine    AAA  0 -  a
plant   refiner AAA 10 a  p*0.5
idle    refiner AAA  0 a  p*0.5
@end_uses
use  AAA p 10
free AAA p  0
@routes
am plant a 10
project plant a 0
project idle a 0
plant use p 5
idle use p 0
plant free p 0
)";
  const lode::Network network = parse_network(text);
  Scenario expansion{"expansion"};
  expansion.limit_capacity({.facility = "project", .factor = 2.0, .add = 100.0});
  const Answers answers(network, expansion);
  EXPECT_EQ(answers.u("project"), 0.0);
  EXPECT_EQ(answers.u("idle"), 0.0);
  EXPECT_EQ(answers.u("plant"), 1.0);
  EXPECT_EQ(answers.flow("project", "plant", "a"), 0.0);
  EXPECT_EQ(answers.delivered("use"), 5.0);
  EXPECT_EQ(answers.end_use("free").demanded.in(tonnes_per_year), 0.0);
  EXPECT_EQ(answers.shortfall("free"), 0.0);
}

TEST(PropagateByHand, OwnScrap) {
  // The maker uses 80 t of ore and 20 t of its own scrap: u = 0.8 v + 0.2 u, so u = v.
  const char* text = R"(
@commodities
ore mining -
part product -
@facilities
om    mine  AAA  80 -        ore
maker other AAA 100 mix*1    part,mix*0.2
blend other AAA  80 ore      mix
@commodities
mix metal -
@end_uses
use AAA part 100
@routes
om    blend ore  80
blend maker mix  80
maker maker mix  20
maker use   part 100
)";
  for (const double v : {0.999, 0.75, 0.1, 0.0}) {
    Scenario scenario{"ore"};
    scenario.limit_capacity({.facility = "om", .factor = v});
    const Answers answers(parse_network(text), scenario);
    ASSERT_TRUE(answers.solved());
    EXPECT_NEAR(answers.u("maker"), v, 1e-12);
    EXPECT_LE(answers.result().certificate.gap, 1e-9);
  }
}

TEST(PropagateByHand, ARecyclerClosesTheChain) {
  // Virgin oxide gives 90 of the 100 t; 10 t come back through the recycler (scrap is 0.5 m, oxide 1 m, recovery 0.2).
  // With virgin oxide at v: u = 0.9 v + 0.1 u, so u = v.
  const char* text = R"(
@commodities
ore    mining     m=0.9
oxide  separation m=1
magnet magnet     m=0.5
scrap  product    m=0.5
@facilities
mine1  mine         AAA 100 -         ore
plant  refiner      AAA 100 ore       oxide*1       # 90 t
maker  magnet_maker AAA 100 oxide     magnet,scrap
again  recycler     AAA 100 scrap     oxide*0.2     # 10 t
@end_uses
use AAA magnet 100
@routes
mine1 plant ore 100
plant maker oxide 90
again maker oxide 10
maker again scrap 100
maker use magnet 100
)";
  Scenario scenario{"mine"};
  scenario.limit_capacity({.facility = "mine1", .factor = 0.4});
  const Answers answers(parse_network(text), scenario);
  EXPECT_NEAR(answers.u("maker"), 0.4, 1e-12);
  EXPECT_NEAR(answers.u("again"), 0.4, 1e-12);
  // The recycler at 0.25 gives a quarter of its 10 t: u = 0.9 * 0.4 + 0.1 * 0.25 = 0.385, which covers the cap.
  Scenario both{"recycler"};
  both.limit_capacity({.facility = "again", .factor = 0.25});
  const Answers capped(parse_network(text), scenario + both);
  EXPECT_NEAR(capped.u("maker"), 0.385, 1e-12);
  EXPECT_NEAR(capped.u("again"), 0.25, 1e-12);
  EXPECT_EQ(capped.limit("again"), "capacity");
  EXPECT_EQ(capped.limit("maker"), "oxide");
}

TEST(PropagateByHand, RoundingOfTheFeedsIsNoShortage) {
  // 0.1 + 0.2 is 0.30000000000000004: the plant runs at exactly its baseline all the same.
  const char* text = R"(
@commodities
a mining m=0.5
p separation m=0.5
@facilities
one   mine    AAA 0.1 - a
two   mine    AAA 0.2 - a
plant refiner AAA 0.3 a p*1
@routes
one plant a 0.1
two plant a 0.2
)";
  const Answers answers(parse_network(text), Scenario{"none"});
  EXPECT_EQ(answers.u("plant"), 1.0);
  EXPECT_EQ(answers.facility("plant").activity.in(tonnes_per_year), 0.3);
  EXPECT_EQ(answers.limit("plant"), "none");
}

TEST(PropagateByHand, AnInputThatHardlyMattersDoesNotBlurTheCertificate) {
  const char* text = R"(
@commodities
a mining -
x product -
@facilities
am    mine  AAA 3 -          a
maker other AAA 7 a*0.4~1e-7 x
@routes
am maker a 3
)";
  Scenario scenario{"a"};
  scenario.limit_capacity({.facility = "am", .factor = 0.1});
  const Answers answers(parse_network(text), scenario);
  // 1 - 1e-7 (1 - 0.3 / 2.8)
  EXPECT_NEAR(answers.u("maker"), 1.0 - 1e-7 * 2.5 / 2.8, 1e-15);
  EXPECT_LE(answers.result().certificate.mass_balance, 1e-14);
}

TEST(Propagate, EmptyNetworkAndEmptyBatch) {
  lode::Propagator propagator{lode::Network{}};
  const lode::Result result = propagator.run(Scenario{"nothing"});
  EXPECT_EQ(result.status, SolveStatus::solved);
  EXPECT_TRUE(result.end_uses.empty());
  EXPECT_EQ(result.certificate.gap, 0.0);
  lode::Outcomes outcomes;
  propagator.run({}, outcomes);
  EXPECT_EQ(outcomes.scenarios(), 0U);
  const std::vector<lode::Disruption> three(3);
  propagator.run(three, outcomes);
  EXPECT_EQ(outcomes.scenarios(), 3U);
  EXPECT_EQ(outcomes.total_weighted_shortfall(2), 0.0);
}

TEST(Propagate, OptionsOutOfRange) {
  const lode::Network network;
  EXPECT_THROW(lode::Propagator(network, {.max_sweeps = 0}), lode::InvalidArgument);
  EXPECT_THROW(lode::Propagator(network, {.tie_tolerance = -1.0}), lode::InvalidArgument);
  EXPECT_THROW(lode::Propagator(network, {.tie_tolerance = std::numeric_limits<double>::quiet_NaN()}),
               lode::InvalidArgument);
  try {
    lode::Propagator propagator(network, {.max_sweeps = -3, .max_policy_steps = 0});
    FAIL() << "accepted";
  } catch (const lode::InvalidArgument& error) {
    EXPECT_EQ(error.issues().size(), 2U);
    EXPECT_NE(std::string(error.what()).find("PropagateOptions: max_sweeps -3 is out of range; give at least 1"),
              std::string::npos)
        << error.what();
  }
}

TEST(Propagate, PropagatorsAreIndependentValues) {
  const lode::Network network = parse_network(chain);
  Scenario outage{"outage"};
  outage.limit_capacity({.facility = "south", .factor = 0.5});
  lode::Propagator first{network};
  const double before = first.run(outage).total_weighted_shortfall;
  lode::Propagator copy = first;
  EXPECT_EQ(copy.run(Scenario{"none"}).total_weighted_shortfall, 20.0);
  EXPECT_EQ(first.run(outage).total_weighted_shortfall, before);
  lode::Propagator moved = std::move(copy);
  EXPECT_EQ(moved.run(outage).total_weighted_shortfall, before);
  copy = first;  // a moved-from propagator may be assigned to
  EXPECT_EQ(copy.run(outage).total_weighted_shortfall, before);
  lode::Propagator other{parse_network("@commodities\na mining -\n@facilities\nm mine AAA 1 - a\n")};
  other = first;
  EXPECT_EQ(other.run(outage).total_weighted_shortfall, before);
  EXPECT_EQ(other.network(), network);
  lode::Result reused = first.run(Scenario{"none"});
  first.run(resolve(network, outage), reused);
  EXPECT_EQ(reused.scenario, "outage");
  EXPECT_EQ(reused.total_weighted_shortfall, before);
}

TEST(Propagate, ShocksThatStaticModelsIgnoreAreNoted) {
  Scenario scenario{"notes"};
  scenario.add_tariff({.country = "JPN", .rate = 1.0})
      .guarantee_price({.facility = "south", .price = 1000.0})
      .require_offtake({.from = "south", .minimum = 10.0});
  const Answers answers(parse_network(chain), scenario);
  EXPECT_EQ(answers.result().notes.size(), 3U);
  EXPECT_EQ(answers.u("magnets"), 1.0);
}

}  // namespace
