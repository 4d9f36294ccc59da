// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <lode/detail/outages.hpp>
#include <lode/ranking.hpp>
#include <lode/time_to_survive.hpp>

#include "support/issues.hpp"
#include "support/random_network.hpp"
#include "support/random_scenario.hpp"
#include "support/text_network.hpp"

/// Removals one by one, in pairs and in groups, against the models run by hand and against brute force.
namespace {

using lode::Disruption;
using lode::FacilityId;
using lode::Network;
using lode::RankBy;
using lode::Ranking;
using lode::RankModel;
using lode::RankRow;
using lode::Result;
using lode::RouteId;
using lode::Scenario;
using lode::SolveStatus;
using lode::tonnes_per_year;
using namespace lode_test;

constexpr RankBy kinds[] = {RankBy::facility, RankBy::country, RankBy::route, RankBy::commodity, RankBy::operator_name};

/// From chains to thick loops.
Network network_for(std::uint64_t seed) {
  WorldOptions options;
  options.loops = 0.25 * static_cast<double>(seed % 5);
  options.separators = 2 + seed % 4;
  World world = random_world(seed, options);
  if (seed % 2 == 0) add_room(world, seed);
  return build(world);
}
Scenario scenario_for(const Network& network, std::uint64_t seed) {
  return seed % 3 == 0 ? Scenario{"base-year"} : random_scenario(network, seed);
}

/// The scenario without the facilities and routes that a row stands for, written by hand.
Disruption without(const Network& network, const Scenario& scenario, RankBy by, const std::vector<std::string>& members,
                   bool by_quota = false) {
  Disruption out = lode::resolve(network, scenario);
  const auto is_member = [&](const std::string& id) {
    return std::find(members.begin(), members.end(), id) != members.end();
  };
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    const lode::Facility& facility = network.facilities()[f];
    const bool gone = (by == RankBy::facility && is_member(facility.id)) ||
                      (by == RankBy::country && is_member(network[facility.country].id)) ||
                      (by == RankBy::operator_name && is_member(facility.operator_name));
    if (!gone) continue;
    std::erase_if(out.activity, [&](const lode::ActivityLimit& limit) { return limit.facility == FacilityId{f}; });
    out.activity.push_back({FacilityId{f}, 0.0, 0.0});
  }
  for (std::size_t r = 0; r < network.routes().size(); ++r) {
    const lode::Route& route = network.routes()[r];
    const std::string& commodity = network[route.commodity].id;
    const std::string id = network.id(route.from) + ">" + network.id(route.to) + ":" + commodity;
    const bool gone = (by == RankBy::route && is_member(id)) || (by == RankBy::commodity && is_member(commodity));
    if (!gone) continue;
    if (by_quota) {
      out.quotas.push_back({0, route.commodity, 0.0, 0.0, {RouteId{r}}});
    } else {
      std::erase_if(out.routes, [&](const lode::RouteOpenness& open) { return open.route == RouteId{r}; });
      out.routes.push_back({RouteId{r}, 0.0});
    }
  }
  return out;
}

void expect_row(const RankRow& row, const Result& result, const Result& start) {
  ASSERT_EQ(result.status, SolveStatus::solved);
  EXPECT_EQ(row.weighted, result.total_weighted_shortfall);
  EXPECT_EQ(row.weighted_increase, result.total_weighted_shortfall - start.total_weighted_shortfall);
  ASSERT_EQ(row.shortfall.size(), result.materials.size());
  for (std::size_t m = 0; m < row.shortfall.size(); ++m) {
    EXPECT_EQ(row.shortfall[m], result.materials[m].shortfall);
    EXPECT_EQ(row.increase[m], result.materials[m].shortfall - start.materials[m].shortfall);
  }
}

void expect_same(const Ranking& a, const Ranking& b) {
  ASSERT_EQ(a.rows.size(), b.rows.size());
  for (std::size_t i = 0; i < a.rows.size(); ++i) {
    EXPECT_EQ(a.rows[i].id, b.rows[i].id);
    EXPECT_EQ(a.rows[i].weighted, b.rows[i].weighted);
    EXPECT_EQ(a.rows[i].shortfall, b.rows[i].shortfall);
    EXPECT_EQ(a.rows[i].survives, b.rows[i].survives);
  }
}

void expect_sorted(const Ranking& ranking) {
  for (std::size_t i = 0; i + 1 < ranking.rows.size(); ++i) {
    const RankRow& a = ranking.rows[i];
    const RankRow& b = ranking.rows[i + 1];
    EXPECT_TRUE(a.weighted > b.weighted || (a.weighted == b.weighted && a.id < b.id)) << a.id << ' ' << b.id;
  }
}

TEST(Ranking, EveryRowHasTheBitsOfAPropagationWithoutIt) {
  for (std::uint64_t seed = 0; seed < 120 && !HasFailure(); ++seed) {
    const Network network = network_for(seed);
    const Scenario scenario = scenario_for(network, seed);
    lode::Propagator propagator(network);
    const Result start = propagator.run(scenario);
    for (const RankBy by : kinds) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " by " + to_string(by));
      const Ranking ranking = lode::rank(network, scenario, {.by = by});
      ASSERT_EQ(ranking.status, SolveStatus::solved);
      EXPECT_EQ(ranking.scenario, scenario.name);
      EXPECT_EQ(ranking.start.weighted, start.total_weighted_shortfall);
      EXPECT_EQ(ranking.rows.size() + ranking.unsolved.size(), ranking.removals);
      EXPECT_TRUE(ranking.unsolved.empty());
      expect_sorted(ranking);
      EXPECT_LE(ranking.certificate.mass_balance, 1e-12);
      EXPECT_LE(ranking.certificate.gap, 1e-9);
      EXPECT_LE(ranking.certificate.fixpoint_residual, 1e-12);
      for (const RankRow& row : ranking.rows) {
        expect_row(row, propagator.run(without(network, scenario, by, row.members)), start);
        EXPECT_GE(row.weighted_increase, 0.0) << "a removal never helps";
      }
    }
  }
}

TEST(Ranking, ListsWhatCanBeTakenAway) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Network network = network_for(seed);
    const auto count = [&](RankBy by) { return lode::rank(network, {}, {.by = by}).rows.size(); };
    EXPECT_EQ(count(RankBy::facility), network.facilities().size());
    EXPECT_EQ(count(RankBy::route), network.routes().size());
    std::map<std::string, int> countries, commodities, operators;
    for (const lode::Facility& facility : network.facilities()) {
      ++countries[network[facility.country].id];
      ++operators[facility.operator_name];
    }
    for (const lode::Route& route : network.routes()) ++commodities[network[route.commodity].id];
    EXPECT_EQ(count(RankBy::country), countries.size());
    EXPECT_EQ(count(RankBy::commodity), commodities.size());
    EXPECT_EQ(count(RankBy::operator_name), operators.size());
  }
}

/// Two mines of 60 and 40 with their own refiners, one maker that needs both oxides, and a twin of the maker.
constexpr const char* two_legs = R"(
@commodities
ore    mining      dy=0.5
left   separation  dy=0.5
right  separation  dy=0.5
part   product     dy=0.5
@facilities
m1   mine     CHN  60   -           ore
m2   mine     AUS  40   -           ore
r1   other    CHN  60   ore         left
r2   other    AUS  40   ore         right
twin other    AUS  50   left*0.6,right*0.4   part
make other    CHN  50   left*0.6,right*0.4   part
idle mine     USA  0    -           ore
@end_uses
cars  USA  part  50  2
wind  DEU  part  50
@routes
m1    r1    ore    60
m2    r2    ore    40
r1    make  left   30
r1    twin  left   30
r2    make  right  20
r2    twin  right  20
make  cars  part   50
twin  wind  part   50
)";

TEST(Ranking, AChainByHand) {
  const Network network = parse_network(two_legs);
  const Ranking ranking = lode::rank(network);
  // Without a mine or a refiner both makers stop: 50 * 2 + 50. The idle mine is missed by nobody.
  std::vector<std::string> ids;
  std::vector<double> weighted;
  for (const RankRow& row : ranking.rows) {
    ids.push_back(row.id);
    weighted.push_back(row.weighted);
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"m1", "m2", "r1", "r2", "make", "twin", "idle"}));
  EXPECT_EQ(weighted, (std::vector<double>{150, 150, 150, 150, 100, 50, 0}));
  EXPECT_EQ(ranking.rows[4].shortfall[0], 25.0 * tonnes_per_year);
  const Ranking routes = lode::rank(network, {}, {.by = RankBy::route, .top = 3});
  EXPECT_EQ(routes.removals, 8U);
  ASSERT_EQ(routes.rows.size(), 3U);
  EXPECT_EQ(routes.rows[0].id, "m1>r1:ore");
  const Ranking goods = lode::rank(network, {}, {.by = RankBy::commodity});
  ASSERT_EQ(goods.rows.size(), 4U);
  for (const RankRow& row : goods.rows) EXPECT_EQ(row.weighted, 150.0) << row.id;
  // The pair of makers loses all, as every pair with a mine or a refiner does: ties by id.
  const lode::GroupRanking pairs = lode::rank_pairs(network, {}, {.top = 100});
  EXPECT_EQ(pairs.groups, 21U);
  ASSERT_EQ(pairs.rows.size(), 21U);
  EXPECT_EQ(pairs.rows[0].id, "idle+m1");
  EXPECT_EQ(pairs.rows[18].weighted, 150.0);
  EXPECT_EQ(pairs.rows[19].id, "idle+make");
  EXPECT_EQ(pairs.rows.back().id, "idle+twin");
}

TEST(Ranking, ARemovalGoesBeforeWhatTheScenarioAdds) {
  const Network network = parse_network(two_legs);
  Scenario more{"more"};
  more.limit_capacity({.facility = "make", .add = 20.0});
  EXPECT_EQ(lode::rank(network, more).rows[4].id, "make");
  EXPECT_EQ(lode::rank(network, more).rows[4].weighted, 100.0);
}

template <class Study>
void for_thread_counts(Study study) {
  const auto one = study(1U);
  for (const unsigned threads : {2U, 3U, 8U}) {
    const auto many = study(threads);
    expect_same(one, many);
  }
}

TEST(Ranking, TheBitsDoNotDependOnThreads) {
  for (std::uint64_t seed = 1; seed < 40; seed += 3) {
    SCOPED_TRACE(seed);
    const Network network = network_for(seed);
    const Scenario scenario = scenario_for(network, seed);
    for (const RankBy by : kinds) {
      for_thread_counts(
          [&](unsigned threads) { return lode::rank(network, scenario, {.by = by, .threads = threads}); });
    }
    std::vector<std::size_t> evaluated;
    for_thread_counts([&](unsigned threads) {
      lode::GroupRanking pairs = lode::rank_pairs(network, scenario, {.by = RankBy::route, .threads = threads});
      evaluated.push_back(pairs.evaluated);
      return pairs;
    });
    for (const std::size_t count : evaluated) EXPECT_EQ(count, evaluated[0]);
    for_thread_counts([&](unsigned threads) { return lode::worst_group(network, scenario, 3, {.threads = threads}); });
  }
  const Network network = network_for(4);
  for_thread_counts([&](unsigned threads) {
    return lode::rank(network, scenario_for(network, 4), {.model = RankModel::reallocate, .threads = threads});
  });
}

/// All pairs one by one.
std::vector<RankRow> brute_force(const Network& network, const Scenario& scenario, RankBy by,
                                 const std::vector<RankRow>& items) {
  lode::Propagator propagator(network);
  std::vector<RankRow> out;
  for (std::size_t a = 0; a < items.size(); ++a) {
    for (std::size_t b = 0; b < items.size(); ++b) {
      if (!(items[a].id < items[b].id)) continue;
      RankRow row;
      row.members = {items[a].id, items[b].id};
      row.id = items[a].id + "+" + items[b].id;
      const Result result = propagator.run(without(network, scenario, by, row.members));
      EXPECT_EQ(result.status, SolveStatus::solved);
      row.weighted = result.total_weighted_shortfall;
      EXPECT_GE(row.weighted, items[a].weighted) << "two are never less than one";
      EXPECT_GE(row.weighted, items[b].weighted);
      out.push_back(std::move(row));
    }
  }
  std::sort(out.begin(), out.end(), [](const RankRow& a, const RankRow& b) {
    return a.weighted != b.weighted ? a.weighted > b.weighted : a.id < b.id;
  });
  return out;
}

TEST(Ranking, PairsAreThoseOfBruteForce) {
  std::size_t skipped = 0;
  for (std::uint64_t seed = 0; seed < 90 && !HasFailure(); ++seed) {
    const Network network = network_for(seed);
    const Scenario scenario = scenario_for(network, seed);
    for (const RankBy by : {RankBy::facility, RankBy::route, RankBy::country}) {
      if (by == RankBy::route && seed % 4 != 0) continue;
      SCOPED_TRACE("seed " + std::to_string(seed) + " by " + to_string(by));
      const std::vector<RankRow> all =
          brute_force(network, scenario, by, lode::rank(network, scenario, {.by = by}).rows);
      for (const std::size_t top : {std::size_t{1}, std::size_t{7}, all.size()}) {
        if (top == 0) continue;
        const lode::GroupRanking pairs = lode::rank_pairs(network, scenario, {.by = by, .top = top});
        ASSERT_EQ(pairs.rows.size(), std::min(top, all.size()));
        EXPECT_EQ(pairs.groups, all.size());
        EXPECT_LE(pairs.evaluated, pairs.groups);
        skipped += pairs.groups - pairs.evaluated;
        for (std::size_t i = 0; i < pairs.rows.size(); ++i) {
          EXPECT_EQ(pairs.rows[i].weighted, all[i].weighted) << i;
          EXPECT_EQ(pairs.rows[i].id, all[i].id) << i;
        }
      }
    }
  }
  EXPECT_GT(skipped, 5000U) << "the bound is of use";
}

TEST(Ranking, TheBoundOnGroupsHoldsAndSingleLossesAreExactWhereNothingInteracts) {
  for (std::uint64_t seed = 0; seed < 150 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    const Network network = network_for(seed);
    const Scenario scenario = scenario_for(network, seed);
    lode::Propagator propagator(network);
    lode::detail::Outages outages(propagator, lode::resolve(network, scenario));
    Random random(seed);
    for (int attempt = 0; attempt < 40; ++attempt) {
      std::vector<lode::detail::Removal> removals(1 + random.below(4));
      for (lode::detail::Removal& removal : removals) {
        if (random.chance(0.5) || network.routes().empty()) {
          removal.facilities = {FacilityId{random.below(network.facilities().size())}};
        } else {
          removal.routes = {RouteId{random.below(network.routes().size())}};
        }
      }
      std::vector<const lode::detail::Removal*> pointers;
      std::vector<double> most(network.end_uses().size(), 0.0), exact(most);
      std::vector<int> listed(most.size(), 0);
      for (const lode::detail::Removal& removal : removals) {
        pointers.push_back(&removal);
        std::vector<lode::detail::LostDelivery> lost;
        ASSERT_TRUE(outages.bound(removal, lost));
        for (const lode::detail::LostDelivery& row : lost) {
          most[row.end_use] += row.most;
          exact[row.end_use] += row.exact;
          ++listed[row.end_use];
          EXPECT_LE(row.exact, std::min(row.most, outages.room()[row.end_use]) * (1 + 1e-9) + 1e-9);
        }
      }
      const Result before = propagator.run(scenario);
      const Result after =
          propagator.run(lode::detail::without(network, lode::resolve(network, scenario), pointers, false));
      for (std::size_t e = 0; e < most.size(); ++e) {
        const double loss = (after.end_uses[e].shortfall - before.end_uses[e].shortfall).in(tonnes_per_year);
        EXPECT_LE(loss, std::min(most[e], outages.room()[e]) + 1e-9 * (1.0 + most[e])) << "end use " << e;
        if (listed[e] < 2) {
          EXPECT_NEAR(loss, exact[e], 1e-9 * exact[e]) << "end use " << e;
        }
      }
    }
  }
}

/// The largest loss of k items, by trying all sets.
double worst_of_all(const Network& network, const Scenario& scenario, std::size_t k) {
  lode::Propagator propagator(network);
  const std::size_t n = network.facilities().size();
  double worst = 0.0;
  for (std::size_t set = 0; set < (std::size_t{1} << n); ++set) {
    std::vector<std::string> members;
    for (std::size_t f = 0; f < n; ++f) {
      if ((set >> f & 1U) != 0) members.push_back(facility_id(f));
    }
    if (members.size() != k) continue;
    const Result result = propagator.run(without(network, scenario, RankBy::facility, members));
    worst = std::max(worst, result.total_weighted_shortfall);
  }
  return worst;
}

TEST(Ranking, AGroupIsBetweenGreedyAndItsBound) {
  std::size_t optimal = 0, tight = 0, studies = 0;
  for (std::uint64_t seed = 0; seed < 40 && !HasFailure(); ++seed) {
    const Network network = build(random_world(seed, {.mines = 3, .separators = 2, .plants = 5}));
    const Scenario scenario = scenario_for(network, seed);
    const Ranking single = lode::rank(network, scenario);
    double before = 0.0;
    for (const std::size_t k : {1U, 2U, 3U, 4U}) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " k " + std::to_string(k));
      const lode::WorstGroup group = lode::worst_group(network, scenario, k);
      ASSERT_EQ(group.rows.size(), 1U);
      const RankRow& row = group.rows[0];
      ASSERT_EQ(row.members.size(), k);
      std::vector<std::string> members = row.members;
      std::sort(members.begin(), members.end());
      EXPECT_EQ(std::unique(members.begin(), members.end()), members.end());
      const Result again = lode::Propagator(network).run(without(network, scenario, RankBy::facility, members));
      EXPECT_EQ(row.weighted, again.total_weighted_shortfall);
      EXPECT_GE(row.weighted, before) << "one more never loses less";
      before = row.weighted;
      const double worst = worst_of_all(network, scenario, k);
      EXPECT_LE(row.weighted, worst);
      EXPECT_GE(group.upper_bound, worst) << "what is promised of every group";
      if (k == 1) {
        EXPECT_EQ(row.weighted, single.rows[0].weighted);
        EXPECT_EQ(group.upper_bound, row.weighted);
      }
      ++studies;
      if (row.weighted >= worst * (1 - 1e-9)) ++optimal;
      if (group.upper_bound <= worst * (1 + 1e-6)) ++tight;
    }
  }
  // No guarantee, but it should be of use.
  EXPECT_GE(optimal, studies * 9 / 10);
  EXPECT_GE(tight, studies / 4);
}

TEST(Ranking, GreedyHasNoGuarantee) {
  // Two suppliers with spare supply hide each other: alone neither is missed, together they are worth most.
  const Network network = parse_network(R"(
@commodities
ore   mining   dy=0.5
part  product  dy=0.5
small product  dy=0.5
@facilities
a     mine   CHN  100  -          ore
b     mine   AUS  100  -          ore
solo  other  USA  10   -          small
solo2 other  USA  9    -          small
make  other  JPN  100  ore~1      part
@end_uses
cars  USA  part   100
toys  USA  small  19
@routes
a     make  ore    100
b     make  ore    100
make  cars  part   100
solo  toys  small  10
solo2 toys  small  9
)");
  const Ranking single = lode::rank(network, {}, {.by = RankBy::facility});
  EXPECT_EQ(single.rows[0].id, "make");
  EXPECT_EQ(single.rows[1].id, "solo");
  const lode::GroupRanking pairs = lode::rank_pairs(network, {}, {.top = 100});
  const auto row = [&](const std::string& id) {
    return *std::find_if(pairs.rows.begin(), pairs.rows.end(), [&](const RankRow& r) { return r.id == id; });
  };
  EXPECT_EQ(row("a+b").weighted, 100.0);
  EXPECT_EQ(row("a+solo").weighted, 10.0);
}

TEST(Ranking, ReallocationNeverLosesMoreAndRowsAreItsOwn) {
  for (std::uint64_t seed = 0; seed < 24 && !HasFailure(); ++seed) {
    const Network network = network_for(seed);
    const Scenario scenario = scenario_for(network, seed);
    for (const RankBy by : kinds) {
      if (by == RankBy::route && seed % 6 != 0) continue;
      SCOPED_TRACE("seed " + std::to_string(seed) + " by " + to_string(by));
      const Ranking low = lode::rank(network, scenario, {.by = by, .model = RankModel::reallocate});
      const Ranking high = lode::rank(network, scenario, {.by = by});
      ASSERT_EQ(low.status, SolveStatus::solved);
      EXPECT_TRUE(low.unsolved.empty());
      expect_sorted(low);
      std::map<std::string, double> bound;
      for (const RankRow& row : high.rows) bound[row.id] = row.weighted;
      double demand = 0.0;
      for (const lode::EndUse& use : network.end_uses()) demand += 5.0 * use.demand.in(tonnes_per_year);
      for (const RankRow& row : low.rows) EXPECT_LE(row.weighted, bound.at(row.id) + 1e-7 * demand) << row.id;
      lode::Reallocator reallocator(network, {.prices = false});
      const Result start = reallocator.run(scenario);
      EXPECT_EQ(low.start.weighted, start.total_weighted_shortfall);
      for (std::size_t i = 0; i < low.rows.size(); i += 5) {
        const RankRow& row = low.rows[i];
        if (by == RankBy::commodity) continue;  // one quota for all its routes or one each: the same, but for rounding
        expect_row(row, reallocator.run(without(network, scenario, by, row.members, true)), start);
      }
    }
  }
}

TEST(Ranking, PairsUnderReallocationAreThoseOfBruteForce) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    const Network network = network_for(seed);
    const Scenario scenario = scenario_for(network, seed);
    const lode::RankOptions options{.by = RankBy::country, .model = RankModel::reallocate, .top = 3};
    const lode::GroupRanking pairs = lode::rank_pairs(network, scenario, options);
    std::vector<double> all;
    std::vector<std::string> ids;
    for (const RankRow& row : lode::rank(network, scenario, {.by = RankBy::country}).rows) ids.push_back(row.id);
    for (const std::string& a : ids) {
      for (const std::string& b : ids) {
        if (!(a < b)) continue;
        const Result result = lode::Reallocator(network).run(without(network, scenario, RankBy::country, {a, b}));
        all.push_back(result.total_weighted_shortfall);
      }
    }
    std::sort(all.rbegin(), all.rend());
    ASSERT_EQ(pairs.rows.size(), std::min<std::size_t>(3, all.size()));
    for (std::size_t i = 0; i < pairs.rows.size(); ++i) EXPECT_EQ(pairs.rows[i].weighted, all[i]);
  }
}

TEST(Ranking, AnOfftakeThatCanNotBeMetHasNoRow) {
  const Network network = parse_network(two_legs);
  Scenario contract{"contract"};
  contract.require_offtake({.from = "make", .to = "cars", .commodity = "part", .minimum = 30.0});
  const Ranking ranking = lode::rank(network, contract, {.model = RankModel::reallocate});
  EXPECT_EQ(ranking.status, SolveStatus::solved);
  std::vector<std::string> without_answer;
  for (const lode::UnsolvedRemoval& removal : ranking.unsolved) {
    without_answer.push_back(removal.id);
    EXPECT_EQ(removal.status, SolveStatus::infeasible);
  }
  EXPECT_EQ(without_answer, (std::vector<std::string>{"m1", "m2", "make", "r1", "r2"}));
  EXPECT_EQ(ranking.rows.size(), 2U);
  const lode::WorstGroup group = lode::worst_group(network, contract, 2, {.model = RankModel::reallocate});
  EXPECT_EQ(group.upper_bound, std::numeric_limits<double>::infinity());
  contract.require_offtake({.from = "twin", .commodity = "part", .minimum = 1000.0});
  const Ranking none = lode::rank(network, contract, {.model = RankModel::reallocate});
  EXPECT_EQ(none.status, SolveStatus::infeasible);
  EXPECT_TRUE(none.rows.empty());
  EXPECT_FALSE(none.notes.empty()) << "what contradicts what";
}

TEST(Ranking, ProgressCanStopIt) {
  const Network network = network_for(7);
  std::size_t calls = 0;
  const auto stop_at = [&calls](std::size_t call) {
    calls = 0;
    return [&calls, call](std::size_t done, std::size_t all) {
      EXPECT_LE(done, all);
      return ++calls != call;
    };
  };
  for (const unsigned threads : {1U, 4U}) {
    lode::RankOptions options{.by = RankBy::route, .threads = threads, .progress = stop_at(2)};
    const Ranking ranking = lode::rank(network, {}, options);
    EXPECT_EQ(ranking.status, SolveStatus::interrupted);
    EXPECT_TRUE(ranking.rows.empty());
    options.progress = stop_at(1);
    EXPECT_EQ(lode::rank_pairs(network, {}, options).status, SolveStatus::interrupted);
    options.progress = stop_at(2);
    EXPECT_EQ(lode::worst_group(network, {}, 3, options).status, SolveStatus::interrupted);
    options.model = RankModel::reallocate;
    options.progress = stop_at(3);
    EXPECT_EQ(lode::rank(network, {}, options).status, SolveStatus::interrupted);
    options.progress = stop_at(1000000);
    options.by = RankBy::country;
    EXPECT_EQ(lode::rank(network, {}, options).status, SolveStatus::solved);
    EXPECT_EQ(calls, 4U);
  }
}

TEST(Ranking, SurvivalIsTheTimeToSurvive) {
  World world = random_world(11);
  add_time(world, 11);
  const Network network = build(world);
  const Ranking ranking = lode::rank(network, {}, {.survival = true});
  std::map<std::string, std::optional<lode::Days>> expected;
  for (const lode::PlantSurvival& plant : lode::time_to_survive(network, 100 * lode::days)) {
    expected[network[plant.id].id] = plant.survives;
  }
  std::size_t found = 0;
  for (const RankRow& row : ranking.rows) {
    EXPECT_EQ(row.survives, expected[row.id]) << row.id;
    if (row.survives) ++found;
  }
  EXPECT_GT(found, 0U);
}

TEST(Ranking, MisuseSaysWhatIsWrong) {
  const Network network = parse_network(two_legs);
  EXPECT_THROW((void)lode::worst_group(network, {}, 0), lode::InvalidArgument);
  EXPECT_THROW((void)lode::worst_group(network, {}, 8), lode::InvalidArgument);
  EXPECT_THROW((void)lode::rank(network, {}, {.by = RankBy::country, .survival = true}), lode::InvalidArgument);
  EXPECT_THROW((void)lode::rank(network, {}, {.propagate = {.max_sweeps = 0}}), lode::InvalidArgument);
  Scenario unknown{"unknown"};
  unknown.limit_capacity({.facility = "nobody", .factor = 0.0});
  EXPECT_THROW((void)lode::rank(network, unknown), lode::InvalidScenario);
  const lode::Ranking nothing = lode::rank(Network{});
  EXPECT_EQ(nothing.status, SolveStatus::solved);
  EXPECT_TRUE(nothing.rows.empty());
  EXPECT_EQ(lode::rank_pairs(Network{}).groups, 0U);
}

}  // namespace
