// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <lode/reallocate.hpp>

#include "support/reallocate_cases.hpp"
#include "support/reference_reallocate.hpp"

/// What a price, a rent and a basket claim, against totals that CLP finds with a tonne more and a tonne less.
namespace {

using lode::Disruption;
using lode::Network;
using lode::Result;
using lode::Scenario;
using lode::SolveStatus;
using lode::tonnes_per_year;
using namespace lode_test;

/// One rule moved by a tonne more or less.
ReferenceProgram with_gift(ReferenceProgram program, std::size_t rule, double tonnes) {
  program.rules[rule].most += program.rules[rule].gift * tonnes;
  return program;
}

/// Brackets of a price by what a tonne more saves and a tonne less costs; the total is convex, so for any step. Counts
/// how often the bracket leaves no room.
class Brackets {
 public:
  Brackets(const ReferenceProgram& program, double now) : program_(program), now_(now) {
    for (const double weight : program.weight) unit_ = std::max(unit_, weight);
  }
  /// `more(h)` is the total with h t/yr more.
  template <class More>
  void expect(double price, More more, const std::string& what) {
    constexpr double step = 0.5;
    const double saves = (now_ - more(step)) / step;
    const double costs = (more(-step) - now_) / step;
    const double rounding = 1e-7 * unit_ + 1e-9 * program_.all_demand;
    EXPECT_GE(price, saves - rounding) << what;
    EXPECT_LE(price, costs + rounding) << what;
    ++count;
    if (costs - saves < 1e-3 * unit_) ++tight;
    if (price > 1e-3 * unit_) ++positive;
  }
  void expect_of_rule(double price, std::size_t rule, const std::string& what) {
    expect(
        price, [&](double h) { return value_of(with_gift(program_, rule, h)); }, what);
  }
  int count = 0, tight = 0, positive = 0;

 private:
  const ReferenceProgram& program_;
  double now_;
  double unit_ = 1e-9;
};

TEST(ReallocatePrices, APriceLiesBetweenWhatATonneMoreSavesAndATonneLessCosts) {
  int tight = 0;
  int positive = 0;
  int count = 0;
  for_each_case([&](const Case& at) {
    const Result result = lode::reallocate(at.network, at.scenario, {.tie_break = false});
    if (result.status == SolveStatus::infeasible) return;
    ASSERT_EQ(result.status, SolveStatus::solved);
    const ReferenceProgram reference = reference_reallocate(at.network, at.scenario);
    const ClpAnswer best = solve(reference);
    ASSERT_EQ(best.status, ClpStatus::optimal);
    Brackets brackets(reference, best.objective);
    Random random(at.seed);
    std::size_t next = 0;
    const auto expect = [&](lode::PlaceId place, lode::CommodityId commodity, bool makes, std::size_t rule) {
      ASSERT_LT(next, result.prices.size());
      const lode::PriceResult& price = result.prices[next++];
      EXPECT_EQ(price.place, place);
      EXPECT_EQ(price.commodity, commodity);
      EXPECT_EQ(price.makes, makes);
      EXPECT_GE(price.price, 0.0);
      // A sample, for the sake of time.
      if (rule != SIZE_MAX && random.chance(0.15)) {
        brackets.expect_of_rule(price.price, rule, reference.rules[rule].begin);
      }
    };
    for (std::size_t f = 0; f < at.network.facilities().size(); ++f) {
      const lode::Facility& facility = at.network.facilities()[f];
      const lode::FacilityId id{f};
      for (std::size_t k = 0; k < facility.inputs.size(); ++k) {
        expect(id, facility.inputs[k].commodity, false, reference.take[f][k]);
      }
      for (const lode::Feed& feed : facility.feeds) expect(id, feed.commodity, false, SIZE_MAX);
      for (std::size_t k = 0; k < facility.outputs.size(); ++k) {
        expect(id, facility.outputs[k].commodity, true, reference.make[f][k]);
      }
      for (std::size_t k = 0; k < facility.recoveries.size(); ++k) {
        expect(id, facility.recoveries[k].commodity, true, reference.make[f][k]);
      }
    }
    for (std::size_t e = 0; e < at.network.end_uses().size(); ++e) {
      const lode::EndUseId id{e};
      EXPECT_LE(result.prices[next].price, reference.weight[e] * (1.0 + 1e-9));
      expect(id, at.network[id].commodity, false, reference.demand[e]);
    }
    EXPECT_EQ(next, result.prices.size());
    count += brackets.count;
    tight += brackets.tight;
    positive += brackets.positive;
  });
  EXPECT_GE(tight, count / 2);
  EXPECT_GE(positive, 100);
}

TEST(ReallocatePrices, TheRangeOfAPriceIsWhatATonneMoreSavesAndATonneLessCosts) {
  int count = 0;
  int wide = 0;
  int close = 0;
  for_each_case(
      [&](const Case& at) {
        const Result result = lode::reallocate(at.network, at.scenario, {.tie_break = false, .price_ranges = true});
        if (result.status == SolveStatus::infeasible) return;
        ASSERT_EQ(result.status, SolveStatus::solved);
        const ReferenceProgram reference = reference_reallocate(at.network, at.scenario);
        const ClpAnswer best = solve(reference);
        ASSERT_EQ(best.status, ClpStatus::optimal);
        double unit = 1e-9;
        for (const double weight : reference.weight) unit = std::max(unit, weight);
        Random random(at.seed);
        for (const lode::PriceResult& price : result.prices) {
          ASSERT_TRUE(price.low.has_value());
          EXPECT_GE(*price.low, -1e-9 * unit);
          EXPECT_LE(*price.low, price.price);
          if (price.high) {
            EXPECT_LE(price.price, *price.high);
          }
          std::size_t rule = SIZE_MAX;
          if (price.place.is_end_use()) {
            rule = reference.demand[price.place.end_use().index()];
          } else {
            const std::size_t f = price.place.facility().index();
            const lode::Facility& facility = at.network.facilities()[f];
            for (std::size_t k = 0; k < facility.inputs.size(); ++k) {
              if (!price.makes && facility.inputs[k].commodity == price.commodity) rule = reference.take[f][k];
            }
            for (std::size_t k = 0; k < facility.outputs.size(); ++k) {
              if (price.makes && facility.outputs[k].commodity == price.commodity) rule = reference.make[f][k];
            }
            for (std::size_t k = 0; k < facility.recoveries.size(); ++k) {
              if (price.makes && facility.recoveries[k].commodity == price.commodity) rule = reference.make[f][k];
            }
          }
          if (rule == SIZE_MAX || !random.chance(0.1)) continue;
          // Slopes of a convex function: the secants of any step enclose the range, those of a short one nearly touch
          // it.
          constexpr double step = 1e-2;
          const double rounding = 1e-5 * unit;
          const double saves = (best.objective - value_of(with_gift(reference, rule, step))) / step;
          const double costs = (value_of(with_gift(reference, rule, -step)) - best.objective) / step;
          EXPECT_GE(*price.low, saves - rounding) << reference.rules[rule].begin;
          EXPECT_LE(price.high.value_or(0.0), costs + rounding) << reference.rules[rule].begin;
          ++count;
          const double high = price.high.value_or(lode::optimize::infinity);
          if (high - *price.low > 1e-3 * unit) ++wide;
          const bool high_touches = high == costs || std::abs(high - costs) <= 1e-3 * unit;
          if (*price.low - saves <= 1e-3 * unit && high_touches) ++close;
        }
      },
      seeds / 2);
  EXPECT_GE(wide, 20);
  EXPECT_GE(close, count * 95 / 100);
}

TEST(ReallocatePrices, TheWorthOfAFeedLiesBetweenWhatATonneMoreSavesAndATonneLessCosts) {
  int count = 0;
  int positive = 0;
  for_each_case([&](const Case& at) {
    const Scenario scenario = without_offtakes(at.scenario);
    const Result result = lode::reallocate(at.network, scenario, {.tie_break = false});
    ASSERT_EQ(result.status, SolveStatus::solved);
    // Only an offtake could force a separator to take what it has no use for; without one it may leave a feed.
    ReferenceProgram reference = reference_reallocate(at.network, scenario);
    for (const std::vector<std::size_t>& gates : reference.take) {
      for (const std::size_t gate : gates) reference.rules[gate].equal = false;
    }
    const ClpAnswer best = solve(reference);
    ASSERT_EQ(best.status, ClpStatus::optimal);
    EXPECT_NEAR(best.objective, total(result), 1e-9 * std::max(1.0, reference.all_demand));
    Brackets brackets(reference, best.objective);
    Random random(at.seed);
    for (const lode::PriceResult& price : result.prices) {
      if (!price.place.is_facility() || price.makes) continue;
      const lode::Facility& facility = at.network[price.place.facility()];
      for (std::size_t k = 0; k < facility.feeds.size(); ++k) {
        if (facility.feeds[k].commodity != price.commodity || !random.chance(0.15)) continue;
        const std::size_t gate = reference.take[price.place.facility().index()][k];
        brackets.expect_of_rule(price.price, gate, facility.id + " takes " + at.network[price.commodity].id);
      }
    }
    count += brackets.count;
    positive += brackets.positive;
  });
  EXPECT_GE(count, 200);
  EXPECT_GE(positive, 5);
}

TEST(ReallocatePrices, ARentLiesBetweenWhatATonneMoreSavesAndATonneLessCosts) {
  int limits = 0;
  int quotas = 0;
  int offtakes = 0;
  for_each_case([&](const Case& at) {
    const Result result = lode::reallocate(at.network, at.scenario);
    if (result.status == SolveStatus::infeasible) return;
    ASSERT_EQ(result.status, SolveStatus::solved);
    const ReferenceProgram reference = reference_reallocate(at.network, at.scenario);
    const ClpAnswer best = solve(reference);
    ASSERT_EQ(best.status, ClpStatus::optimal);
    Brackets brackets(reference, best.objective);
    Random random(at.seed);
    std::vector<double> rent(at.network.facilities().size(), 0.0);
    for (const lode::CapacityRent& entry : result.capacity_rents) {
      const std::size_t f = entry.id.index();
      rent[f] = entry.rent;
      EXPECT_GT(entry.rent, 0.0);
      const double most = reference.most[reference.activity(f)];
      EXPECT_NEAR(entry.limit.in(tonnes_per_year), most, 1e-9 * most);
      if (entry.rent > 1e-6) {
        EXPECT_NEAR(activity(result, f), most, 1e-7 * (most + 1e-6)) << facility_id(f);
      }
      ++limits;
    }
    for (std::size_t f = 0; f < rent.size(); ++f) {
      if (!random.chance(0.15)) continue;
      brackets.expect(
          rent[f],
          [&](double h) {
            ReferenceProgram moved = reference;
            double& most = moved.most[moved.activity(f)];
            most += h;
            return most < 0.0 ? lode::optimize::infinity : value_of(moved);
          },
          "limit of " + facility_id(f));
    }
    ASSERT_EQ(result.quota_rents.size(), reference.quotas.size());
    for (std::size_t k = 0; k < reference.quotas.size(); ++k) {
      const ReferenceProgram::Trade& quota = reference.quotas[k];
      const lode::QuotaRent& entry = result.quota_rents[k];
      EXPECT_EQ(entry.shock, quota.shock);
      EXPECT_EQ(entry.commodity.index(), quota.commodity);
      const Rule& rule = reference.rules[quota.rule];
      double used = 0.0;
      for (const auto& [route, coefficient] : rule.terms) used += flow(result, route);
      EXPECT_NEAR(entry.limit.in(tonnes_per_year), rule.most, 1e-12 * rule.most);
      EXPECT_NEAR(entry.used.in(tonnes_per_year), used, 1e-9 * (1.0 + used));
      EXPECT_GE(entry.rent, 0.0);
      if (entry.rent > 1e-6) {
        EXPECT_NEAR(used, rule.most, 1e-7 * (1.0 + used));
        ++quotas;
      }
      if (!random.chance(0.1)) continue;
      brackets.expect_of_rule(entry.rent, quota.rule, rule.begin);
    }
    ASSERT_EQ(result.offtake_costs.size(), reference.offtakes.size());
    for (std::size_t k = 0; k < reference.offtakes.size(); ++k) {
      const ReferenceProgram::Trade& offtake = reference.offtakes[k];
      const lode::OfftakeCost& entry = result.offtake_costs[k];
      EXPECT_EQ(entry.shock, offtake.shock);
      EXPECT_EQ(entry.commodity.index(), offtake.commodity);
      const Rule& rule = reference.rules[offtake.rule];
      double shipped = 0.0;
      for (const auto& [route, coefficient] : rule.terms) shipped += flow(result, route);
      EXPECT_NEAR(entry.minimum.in(tonnes_per_year), -rule.most, 1e-12 * -rule.most);
      EXPECT_NEAR(entry.shipped.in(tonnes_per_year), shipped, 1e-9 * (1.0 + shipped));
      if (entry.cost > 1e-6) {
        EXPECT_NEAR(shipped, -rule.most, 1e-7 * (1.0 + shipped));
        ++offtakes;
      }
      // A gift is one t/yr less to ship.
      brackets.expect_of_rule(entry.cost, offtake.rule, rule.begin);
    }
  });
  EXPECT_GE(limits, static_cast<int>(seeds / 2));
  EXPECT_GE(quotas, 30);
  EXPECT_GE(offtakes, 3);
}

TEST(ReallocatePrices, TheBasketOfAMineIsWorthWhatItsBuyersPayAndTheirLimitsEarn) {
  int compared = 0;
  for_each_case([&](const Case& at) {
    const Scenario scenario = without_offtakes(at.scenario);
    const Result result = lode::reallocate(at.network, scenario);
    ASSERT_EQ(result.status, SolveStatus::solved);
    double unit = 0.0;
    for (const lode::EndUseResult& use : result.end_uses) unit = std::max(unit, use.weight);
    for (std::size_t f = 0; f < at.network.facilities().size(); ++f) {
      const lode::Facility& mine = at.network.facilities()[f];
      if (mine.kind != lode::FacilityKind::mine) continue;
      double basket = 0.0;
      std::set<std::size_t> materials;
      bool as_a_whole = false;
      for (const lode::BasketEntry& entry : result.baskets) {
        if (entry.mine.index() != f) continue;
        EXPECT_EQ(entry.commodity, mine.outputs.front().commodity);
        basket += entry.value;
        if (entry.material) {
          EXPECT_TRUE(materials.insert(entry.material->index()).second);
          EXPECT_GT(at.network[entry.commodity].content(*entry.material), 0.0);
        } else {
          as_a_whole = true;
        }
      }
      EXPECT_FALSE(as_a_whole && !materials.empty());
      double worth = 0.0;
      double taken = 0.0;
      for (std::size_t r = 0; r < at.network.routes().size(); ++r) {
        const lode::Route& route = at.network.routes()[r];
        if (route.from.facility().index() != f || !(flow(result, r) > 0.0)) continue;
        taken += flow(result, r);
        const bool separates = route.to.is_facility() && at.network[route.to.facility()].is_separator();
        if (!separates && !as_a_whole) continue;
        for (const lode::PriceResult& price : result.prices) {
          if (price.place == route.to && price.commodity == route.commodity && !price.makes) {
            worth += flow(result, r) * price.price;
          }
        }
        if (!separates) continue;
        for (const lode::CapacityRent& rent : result.capacity_rents) {
          if (rent.id == route.to.facility()) worth += flow(result, r) * rent.rent;
        }
      }
      if (!(taken > 1e-6)) continue;
      EXPECT_NEAR(basket, worth / taken, 1e-7 * unit) << mine.id;
      if (basket > 1e-3 * unit) ++compared;
    }
  });
  EXPECT_GE(compared, 50);
}

}  // namespace
