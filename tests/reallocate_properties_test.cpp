// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <numeric>
#include <set>

#include <lode/propagate.hpp>
#include <lode/reallocate.hpp>

#include "support/reallocate_cases.hpp"
#include "support/reference_reallocate.hpp"

/// What must hold on every network under every scenario. The second opinion is another formulation solved by CLP.
namespace {

using lode::Disruption;
using lode::Network;
using lode::Result;
using lode::Scenario;
using lode::SolveStatus;
using lode::tonnes_per_year;
using namespace lode_test;

TEST(ReallocateProperties, TheScenariosHaveEveryKindOfShock) {
  std::set<std::string_view> kinds;
  for_each_case([&](const Case& at) {
    for (const lode::Shock& shock : at.scenario.shocks) kinds.insert(kind_of(shock.effect));
  });
  EXPECT_EQ(kinds.size(), std::variant_size_v<lode::Effect>);
}

TEST(ReallocateProperties, TheTotalIsThatOfAnotherFormulationSolvedByClp) {
  int infeasible = 0;
  int short_of_something = 0;
  for_each_case([&](const Case& at) {
    const ReferenceProgram reference = reference_reallocate(at.network, at.scenario);
    const ClpAnswer best = solve(reference);
    const Result result = lode::reallocate(at.network, at.scenario);
    ASSERT_TRUE(best.status == ClpStatus::optimal || best.status == ClpStatus::primal_infeasible);
    if (best.status == ClpStatus::primal_infeasible) {
      ++infeasible;
      ASSERT_EQ(result.status, SolveStatus::infeasible);
      return;
    }
    ASSERT_EQ(result.status, SolveStatus::solved);
    EXPECT_NEAR(total(result), best.objective, 1e-9 * std::max(1.0, reference.all_demand));
    if (best.objective > 1e-3) ++short_of_something;
    EXPECT_LE(result.certificate.gap, 1e-9);
    EXPECT_LE(result.certificate.mass_balance, 1e-9);
    EXPECT_LE(result.certificate.optimality, 1e-7);
  });
  EXPECT_GE(infeasible, 5);
  EXPECT_GE(short_of_something, static_cast<int>(seeds / 2));
}

TEST(ReallocateProperties, TheTotalAgreesUnderEveryRestrictionOfAdaptation) {
  for_each_case(
      [&](const Case& at) {
        lode::Reallocator model{at.network, {.tie_break = false, .prices = false}};
        const Disruption shock = lode::resolve(at.network, at.scenario);
        for (unsigned bits = 0; bits < 7; ++bits) {
          const lode::Adaptation allow{(bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0};
          const ReferenceProgram reference = reference_reallocate(at.network, at.scenario, allow);
          const ClpAnswer best = solve(reference);
          const Result result = model.run(shock, allow);
          if (best.status == ClpStatus::primal_infeasible) {
            ASSERT_EQ(result.status, SolveStatus::infeasible) << bits;
            continue;
          }
          ASSERT_EQ(best.status, ClpStatus::optimal) << bits;
          ASSERT_EQ(result.status, SolveStatus::solved) << bits;
          EXPECT_NEAR(total(result), best.objective, 1e-9 * std::max(1.0, reference.all_demand)) << bits;
          EXPECT_TRUE(result.routes.empty());
          EXPECT_TRUE(result.facilities.empty());
        }
      },
      seeds / 4);
}

TEST(ReallocateProperties, TheFlowsObeyEveryRule) {
  for_each_case([&](const Case& at) {
    const Result result = lode::reallocate(at.network, at.scenario);
    if (result.status == SolveStatus::infeasible) return;
    ASSERT_EQ(result.status, SolveStatus::solved);
    const ReferenceProgram reference = reference_reallocate(at.network, at.scenario);
    const Violation found = violation(reference, point_of(result, reference), base_year_of(at.network));
    EXPECT_LE(found.worst, 1e-8) << found.where;
  });
}

TEST(ReallocateProperties, WhatIsDeliveredAndWhatIsMissingAddUpToWhatIsDemanded) {
  for_each_case([&](const Case& at) {
    const Result result = lode::reallocate(at.network, at.scenario);
    if (result.status == SolveStatus::infeasible) return;
    ASSERT_EQ(result.status, SolveStatus::solved);
    const ReferenceProgram reference = reference_reallocate(at.network, at.scenario);
    double weighted = 0.0;
    std::vector<double> demanded(at.network.materials().size(), 0.0);
    std::vector<double> missing = demanded;
    for (std::size_t e = 0; e < result.end_uses.size(); ++e) {
      const lode::EndUseResult& use = result.end_uses[e];
      const double wanted = reference.demanded[e];
      const double shortfall = use.shortfall.in(tonnes_per_year);
      EXPECT_NEAR(use.demanded.in(tonnes_per_year), wanted, 1e-12 * wanted);
      EXPECT_NEAR(use.delivered.in(tonnes_per_year) + shortfall, wanted, 1e-12 * wanted);
      EXPECT_GE(use.delivered.in(tonnes_per_year), 0.0);
      EXPECT_GE(shortfall, 0.0);
      EXPECT_NEAR(use.weight, reference.weight[e], 1e-12 * use.weight);
      weighted += use.weight * shortfall;
      const lode::Commodity& commodity = at.network[at.network.end_uses()[e].commodity];
      for (const lode::Content& part : commodity.composition) {
        demanded[part.material.index()] += part.content * wanted;
        missing[part.material.index()] += part.content * shortfall;
      }
    }
    EXPECT_NEAR(total(result), weighted, 1e-12 * reference.all_demand);
    for (const lode::MaterialResult& material : result.materials) {
      const std::size_t m = material.id.index();
      EXPECT_NEAR(material.demanded.in(tonnes_per_year), demanded[m], 1e-12 * demanded[m]);
      EXPECT_NEAR(material.shortfall.in(tonnes_per_year), missing[m], 1e-12 * demanded[m]);
      EXPECT_NEAR((material.delivered + material.shortfall).in(tonnes_per_year), demanded[m], 1e-12 * demanded[m]);
    }
  });
}

TEST(ReallocateProperties, AdaptingIsNeverWorseThanNotAdapting) {
  int better = 0;
  for_each_case([&](const Case& at) {
    const Scenario scenario = without_offtakes(at.scenario);
    const Result low = lode::reallocate(at.network, scenario, {.tie_break = false, .prices = false});
    const Result high = lode::propagate(at.network, scenario);
    ASSERT_EQ(low.status, SolveStatus::solved);
    ASSERT_EQ(high.status, SolveStatus::solved);
    const double scale = all_demand(at.network, lode::resolve(at.network, scenario));
    EXPECT_LE(total(low), total(high) + 1e-9 * scale);
    if (total(low) < total(high) - 1e-3 * scale) ++better;
  });
  EXPECT_GE(better, static_cast<int>(seeds / 5));
}

TEST(ReallocateProperties, EachWayToAdaptHelpsOrDoesNothing) {
  std::array<int, 3> helps{};
  for_each_case([&](const Case& at) {
    const Disruption shock = lode::resolve(at.network, at.scenario);
    lode::Reallocator model{at.network, {.tie_break = false, .prices = false}};
    const double scale = all_demand(at.network, shock);
    const Result all = model.run(shock);
    for (std::size_t k = 0; k < 3; ++k) {
      const lode::Adaptation less{k != 0, k != 1, k != 2};
      const Result result = model.run(shock, less);
      if (all.status == SolveStatus::infeasible) {
        EXPECT_EQ(result.status, SolveStatus::infeasible) << k;
        continue;
      }
      ASSERT_EQ(all.status, SolveStatus::solved);
      if (result.status == SolveStatus::infeasible && asks_for_offtake(at.scenario)) continue;
      ASSERT_EQ(result.status, SolveStatus::solved) << k;
      EXPECT_GE(total(result), total(all) - 1e-9 * scale) << k;
      if (total(result) > total(all) + 1e-3 * scale) ++helps[k];
    }
  });
  for (const int count : helps) EXPECT_GE(count, 10);
}

TEST(ReallocateProperties, MoreCapacityLooserQuotasAndMoreReserveNeverHurt) {
  for_each_case([](const Case& at) {
    const Disruption worse = lode::resolve(at.network, at.scenario);
    Disruption better = worse;
    Random random(at.seed);
    for (lode::ActivityLimit& limit : better.activity) {
      if (random.chance(0.5)) limit.factor += random.uniform(0.0, 0.5);
      if (random.chance(0.5)) limit.add += random.uniform(0.0, 50.0);
    }
    for (lode::Quota& quota : better.quotas) {
      if (random.chance(0.5)) quota.limit = quota.limit * random.uniform(1.0, 2.0) + random.uniform(0.0, 10.0);
    }
    for (lode::ReserveRelease& release : better.releases) release.rate += random.uniform(0.0, 50.0);
    for (lode::Offtake& offtake : better.offtakes) offtake.minimum *= random.uniform();
    const double scale = all_demand(at.network, worse);
    lode::Reallocator model{at.network, {.tie_break = false, .prices = false}};
    const Result low = model.run(better);
    const Result high = model.run(worse);
    if (high.status == SolveStatus::infeasible) return;
    ASSERT_EQ(low.status, SolveStatus::solved);
    ASSERT_EQ(high.status, SolveStatus::solved);
    EXPECT_LE(total(low), total(high) + 1e-9 * scale);
  });
}

TEST(ReallocateProperties, WhoCountsForMoreIsNeverServedLess) {
  int served_more = 0;
  for_each_case([&](const Case& at) {
    const Disruption before = lode::resolve(at.network, at.scenario);
    Disruption after = before;
    Random random(at.seed);
    const lode::EndUseId first{random.below(at.network.end_uses().size())};
    const auto known = std::find_if(after.weights.begin(), after.weights.end(),
                                    [&](const lode::EndUseFactor& change) { return change.end_use == first; });
    if (known != after.weights.end()) {
      known->factor *= 20.0;
    } else {
      after.weights.push_back({first, 20.0});
    }
    lode::Reallocator model{at.network};
    const Result low = model.run(before);
    const Result high = model.run(after);
    ASSERT_EQ(low.status, high.status);
    if (low.status == SolveStatus::infeasible) return;
    ASSERT_EQ(low.status, SolveStatus::solved);
    const lode::EndUseResult& was = low.end_uses[first.index()];
    const lode::EndUseResult& is = high.end_uses[first.index()];
    // Where several deliveries are optimal before, all of those after are among the largest of them.
    EXPECT_GE(is.delivered.in(tonnes_per_year),
              was.delivered.in(tonnes_per_year)-1e-7 * was.demanded.in(tonnes_per_year));
    if (is.delivered > was.delivered + 1e-3 * was.demanded) ++served_more;
  });
  EXPECT_GE(served_more, 10);
}

// Where active sets run into equations that contradict each other, the interior point is the answer, and flows are good
// to about 1e-6 of the largest instead of to rounding. That is one run in some hundreds: seeds 266 and 327 here.
constexpr int most_rough = static_cast<int>(seeds / 100);

TEST(ReallocateProperties, NoOptimalAllocationChangesTradeLess) {
  int rough = 0;
  for_each_case([&](const Case& at) {
    const Result result = lode::reallocate(at.network, at.scenario, {.prices = false});
    if (result.status == SolveStatus::infeasible) return;
    ASSERT_EQ(result.status, SolveStatus::solved);
    const ReferenceProgram reference = reference_reallocate(at.network, at.scenario);
    const ClpAnswer best = solve(reference);
    ASSERT_EQ(best.status, ClpStatus::optimal);
    const lode::optimize::Program face = optimal_face(reference, best);
    const Eigen::VectorXd x = point_of(result, reference);
    const std::optional<double> avoidable = avoidable_change(reference, face, x);
    ASSERT_TRUE(avoidable.has_value());
    EXPECT_LE(std::abs(*avoidable), 1e-8);
    const std::optional<double> residual = residual_of_least_change(reference, face, x, base_year_of(at.network));
    ASSERT_TRUE(residual.has_value());
    EXPECT_LE(*residual, 1e-4);
    if (*residual > 1e-7) ++rough;
  });
  EXPECT_LE(rough, most_rough);
}

TEST(ReallocateProperties, AnInteriorPointMethodFindsTheSameFlows) {
  std::uint64_t compared = 0;
  std::uint64_t solved = 0;
  int rough = 0;
  for_each_case([&](const Case& at) {
    const Result result = lode::reallocate(at.network, at.scenario, {.prices = false});
    if (result.status == SolveStatus::infeasible) return;
    ASSERT_EQ(result.status, SolveStatus::solved);
    ++solved;
    const ReferenceProgram reference = reference_reallocate(at.network, at.scenario);
    const ClpAnswer best = solve(reference);
    ASSERT_EQ(best.status, ClpStatus::optimal);
    const Eigen::VectorXd flows = least_change_flows(reference, optimal_face(reference, best));
    if (flows.size() == 0) return;
    ++compared;
    const double least = change_of_trade(reference, flows);
    const double change = change_of_trade(reference, point_of(result, reference));
    EXPECT_NEAR(change, least, 1e-6 * (1.0 + least));
    const std::vector<double> scale = flow_scales(at.network);
    double worst = 0.0;
    for (std::size_t r = 0; r < scale.size(); ++r) {
      worst = std::max(worst, std::abs(flow(result, r) - flows[static_cast<Eigen::Index>(r)]) / scale[r]);
    }
    if (worst <= 1e-5) return;
    // The optimum is unique, so the one with the larger change is the one that is off.
    EXPECT_LT(change, least);
    EXPECT_LE(worst, 1e-3);
    ++rough;
  });
  EXPECT_LE(rough, most_rough);
  EXPECT_GE(compared, solved * 9 / 10);
}

TEST(ReallocateProperties, NoShockIsTheBaseYearUnlessAShortageCanBeServed) {
  std::uint64_t compared = 0;
  for_each_case([&](const Case& at) {
    const Scenario none{"none"};
    const ReferenceProgram reference = reference_reallocate(at.network, none);
    const ClpAnswer best = solve(reference);
    ASSERT_EQ(best.status, ClpStatus::optimal);
    double missing = 0.0;
    const Result result = lode::reallocate(at.network, none);
    ASSERT_EQ(result.status, SolveStatus::solved);
    for (const lode::EndUseResult& use : result.end_uses) {
      missing += use.weight * use.baseline_shortfall.in(tonnes_per_year);
    }
    if (best.objective < missing - 1e-9 * reference.all_demand) return;
    ++compared;
    const std::vector<double> scale = flow_scales(at.network);
    for (std::size_t r = 0; r < scale.size(); ++r)
      EXPECT_NEAR(flow(result, r), reference.flow[r], 1e-9 * scale[r]) << r;
    for (std::size_t f = 0; f < at.network.facilities().size(); ++f) {
      const double baseline = at.network.facilities()[f].baseline.in(tonnes_per_year);
      EXPECT_NEAR(activity(result, f), baseline, 1e-9 * baseline) << facility_id(f);
    }
    for (const lode::EndUseResult& use : result.end_uses) {
      EXPECT_NEAR(use.shortfall.in(tonnes_per_year), use.baseline_shortfall.in(tonnes_per_year),
                  1e-9 * (1.0 + use.demanded.in(tonnes_per_year)));
    }
  });
  EXPECT_GE(compared, seeds / 4);
}

/// The largest difference of flows, as a share of the largest flow of the commodity. `place(r)` is where route r is in
/// `after`.
template <class Position>
double worst_difference(const Network& network, const Result& before, const Result& after, double factor,
                        Position place) {
  const std::vector<double> scale = flow_scales(network);
  double worst = 0.0;
  for (std::size_t r = 0; r < scale.size(); ++r) {
    worst = std::max(worst, std::abs(flow(after, place(r)) / factor - flow(before, r)) / scale[r]);
  }
  return worst;
}

TEST(ReallocateProperties, TonnesAndWeightsHaveNoUnit) {
  int rough = 0;
  for_each_case([&](const Case& at) {
    const Disruption shock = lode::resolve(at.network, at.scenario);
    const Result before = lode::Reallocator(at.network).run(shock);
    World scaled = at.world;
    for (World::Facility& facility : scaled.facilities) {
      facility.baseline *= 1000.0;
      if (facility.capacity) *facility.capacity *= 1000.0;
    }
    for (World::EndUse& use : scaled.end_uses) {
      use.demand *= 1000.0;
      use.weight *= 7.0;
    }
    for (World::Route& route : scaled.routes) {
      route.flow *= 1000.0;
      if (route.capacity) *route.capacity *= 1000.0;
    }
    Disruption same = shock;
    for (lode::ActivityLimit& limit : same.activity) limit.add *= 1000.0;
    for (lode::ReserveRelease& release : same.releases) release.rate *= 1000.0;
    for (lode::Quota& quota : same.quotas) quota.limit *= 1000.0;
    for (lode::Offtake& offtake : same.offtakes) offtake.minimum *= 1000.0;
    const Result after = lode::Reallocator(build(scaled)).run(same);
    ASSERT_EQ(after.status, before.status);
    if (before.status == SolveStatus::infeasible) return;
    ASSERT_EQ(before.status, SolveStatus::solved);
    EXPECT_NEAR(total(after), 7000.0 * total(before), 7000.0 * 1e-9 * all_demand(at.network, shock));
    // The inertia of a commodity that did not flow is in t/yr, so it has a unit.
    std::vector<bool> flowed(at.network.commodities().size(), false);
    for (const lode::Route& route : at.network.routes()) {
      if (route.flow > lode::TonnesPerYear{}) flowed[route.commodity.index()] = true;
    }
    for (std::size_t r = 0; r < at.network.routes().size(); ++r) {
      if (!flowed[at.network.routes()[r].commodity.index()] && flow(before, r) > 0.0) return;
    }
    const double worst = worst_difference(at.network, before, after, 1000.0, [](std::size_t r) { return r; });
    EXPECT_LE(worst, 1e-5);
    if (worst > 1e-7) ++rough;
  });
  EXPECT_LE(rough, most_rough);
}

TEST(ReallocateProperties, TheOrderOfTheTablesDoesNotMatter) {
  int rough = 0;
  for_each_case([&](const Case& at) {
    const World& world = at.world;
    Random random(at.seed);
    const std::size_t facilities = world.facilities.size();
    std::vector<std::size_t> position(facilities);
    std::iota(position.begin(), position.end(), std::size_t{0});
    random.shuffle(position);
    std::vector<std::size_t> route_order(world.routes.size());
    std::iota(route_order.begin(), route_order.end(), std::size_t{0});
    random.shuffle(route_order);
    std::vector<std::size_t> place_of(route_order.size());
    for (std::size_t r = 0; r < route_order.size(); ++r) place_of[route_order[r]] = r;
    const auto moved = [&](std::size_t place) { return place < facilities ? position[place] : place; };
    World relabelled = world;
    for (std::size_t f = 0; f < facilities; ++f) relabelled.facilities[position[f]] = world.facilities[f];
    for (std::size_t r = 0; r < world.routes.size(); ++r) {
      World::Route route = world.routes[route_order[r]];
      route.from = moved(route.from);
      route.to = moved(route.to);
      relabelled.routes[r] = route;
    }
    for (World::Reserve& reserve : relabelled.reserves) reserve.holder = moved(reserve.holder);
    const Disruption shock = lode::resolve(at.network, at.scenario);
    Disruption same = shock;
    for (lode::ActivityLimit& limit : same.activity)
      limit.facility = lode::FacilityId{position[limit.facility.index()]};
    for (lode::ReserveRelease& release : same.releases) {
      if (release.holder.is_facility()) release.holder = lode::FacilityId{position[release.holder.facility().index()]};
    }
    const auto move_routes = [&](std::vector<lode::RouteId>& routes) {
      for (lode::RouteId& route : routes) route = lode::RouteId{place_of[route.index()]};
    };
    for (lode::Quota& quota : same.quotas) move_routes(quota.routes);
    for (lode::Offtake& offtake : same.offtakes) move_routes(offtake.routes);
    const Result before = lode::Reallocator(at.network).run(shock);
    const Result after = lode::Reallocator(build(relabelled)).run(same);
    ASSERT_EQ(after.status, before.status);
    if (before.status == SolveStatus::infeasible) return;
    ASSERT_EQ(before.status, SolveStatus::solved);
    EXPECT_NEAR(total(after), total(before), 1e-9 * all_demand(at.network, shock));
    const double worst = worst_difference(at.network, before, after, 1.0, [&](std::size_t r) { return place_of[r]; });
    EXPECT_LE(worst, 1e-5);
    if (worst > 1e-7) ++rough;
  });
  EXPECT_LE(rough, most_rough);
}

TEST(ReallocateProperties, TwoHalvesOfAFacilityAreTheFacility) {
  for_each_case([](const Case& at) {
    const World& world = at.world;
    Random random(at.seed);
    const std::size_t facilities = world.facilities.size();
    const std::size_t whole = random.below(facilities);
    // The second half comes last; end uses move up by one.
    const auto moved = [&](std::size_t place) { return place < facilities ? place : place + 1; };
    World halves = world;
    halves.facilities[whole].baseline /= 2;
    if (halves.facilities[whole].capacity) *halves.facilities[whole].capacity /= 2;
    halves.facilities.push_back(halves.facilities[whole]);
    halves.routes.clear();
    halves.reserves.clear();
    const Disruption shock = lode::resolve(at.network, at.scenario);
    std::vector<std::vector<lode::RouteId>> parts(world.routes.size());
    for (std::size_t r = 0; r < world.routes.size(); ++r) {
      World::Route route = world.routes[r];
      std::vector<std::size_t> from{route.from};
      std::vector<std::size_t> to{moved(route.to)};
      if (route.from == whole) from.push_back(facilities);
      if (route.to == whole) to.push_back(facilities);
      const auto count = static_cast<double>(from.size() * to.size());
      for (const std::size_t seller : from) {
        for (const std::size_t buyer : to) {
          parts[r].emplace_back(halves.routes.size());
          World::Route part{seller, buyer, route.commodity, route.flow / count};
          if (route.capacity) part.capacity = *route.capacity / count;
          halves.routes.push_back(part);
        }
      }
    }
    Disruption same = shock;
    same.routes.clear();
    for (lode::ActivityLimit& limit : same.activity) {
      if (limit.facility.index() == whole) limit.add /= 2;
    }
    for (const lode::ActivityLimit& limit : std::vector(same.activity)) {
      if (limit.facility.index() != whole) continue;
      same.activity.push_back({lode::FacilityId{facilities}, limit.factor, limit.add});
    }
    for (const lode::ReserveRelease& release : shock.releases) {
      if (release.holder != lode::PlaceId(lode::FacilityId{whole})) continue;
      for (lode::ReserveRelease& half : same.releases) {
        if (half.holder == release.holder && half.commodity == release.commodity) half.rate /= 2;
      }
      same.releases.push_back({lode::FacilityId{facilities}, release.commodity, release.rate / 2});
    }
    const auto split = [&](std::vector<lode::RouteId>& routes) {
      std::vector<lode::RouteId> all;
      for (const lode::RouteId route : routes) {
        all.insert(all.end(), parts[route.index()].begin(), parts[route.index()].end());
      }
      routes = std::move(all);
    };
    for (lode::Quota& quota : same.quotas) split(quota.routes);
    for (lode::Offtake& offtake : same.offtakes) split(offtake.routes);
    const Result before = lode::Reallocator(at.network).run(shock);
    const Result after = lode::Reallocator(build(halves)).run(same);
    ASSERT_EQ(after.status, before.status);
    if (before.status == SolveStatus::infeasible) return;
    ASSERT_EQ(before.status, SolveStatus::solved);
    EXPECT_NEAR(total(after), total(before), 1e-9 * all_demand(at.network, shock));
  });
}

/// Every number of a result, to compare bits.
std::vector<double> numbers_of(const Result& result) {
  std::vector<double> out{result.total_weighted_shortfall, result.certificate.mass_balance, result.certificate.gap,
                          result.certificate.optimality};
  for (const auto& use : result.end_uses) out.push_back(use.delivered.in(tonnes_per_year));
  for (const auto& facility : result.facilities) out.push_back(facility.activity.in(tonnes_per_year));
  for (const auto& route : result.routes) out.push_back(route.flow.in(tonnes_per_year));
  for (const auto& price : result.prices) out.push_back(price.price);
  for (const auto& rent : result.capacity_rents) out.push_back(rent.rent);
  for (const auto& rent : result.quota_rents) out.push_back(rent.rent);
  for (const auto& cost : result.offtake_costs) out.push_back(cost.cost);
  for (const auto& entry : result.baskets) out.push_back(entry.value);
  return out;
}
bool same_bits(const Result& a, const Result& b) {
  const std::vector<double> left = numbers_of(a);
  const std::vector<double> right = numbers_of(b);
  return a.status == b.status && a.conflict == b.conflict && left.size() == right.size() &&
         (left.empty() || std::memcmp(left.data(), right.data(), left.size() * sizeof(double)) == 0);
}

TEST(ReallocateProperties, RunningOneScenarioLeavesNoTraceInTheNext) {
  for (std::uint64_t seed = 0; seed < seeds / 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network network = build(world_of(seed));
    lode::Reallocator used{network};
    for (std::uint64_t draw = 0; draw < 6; ++draw) {
      const Scenario scenario = random_scenario(network, 1000 * seed + draw, Kinds::all);
      if (draw % 3 == 2) (void)used.run(lode::resolve(network, scenario), lode::Adaptation{false, false, true});
      const Result fresh = lode::reallocate(network, scenario);
      ASSERT_TRUE(same_bits(used.run(scenario), fresh)) << draw;
      ASSERT_TRUE(same_bits(used.run(scenario), fresh)) << draw;
      ASSERT_TRUE(same_bits(lode::reallocate(network, scenario), fresh)) << draw;
    }
  }
}

TEST(ReallocateProperties, WhatLimitsAFacilityIsAtItsLimit) {
  std::array<int, 4> seen{};
  for_each_case([&](const Case& at) {
    const Result result = lode::reallocate(at.network, at.scenario, {.prices = false});
    if (result.status == SolveStatus::infeasible) return;
    ASSERT_EQ(result.status, SolveStatus::solved);
    const ReferenceProgram reference = reference_reallocate(at.network, at.scenario);
    const Eigen::VectorXd x = point_of(result, reference);
    for (std::size_t f = 0; f < at.network.facilities().size(); ++f) {
      const lode::Facility& facility = at.network.facilities()[f];
      const lode::FacilityResult& out = result.facilities[f];
      const double baseline = facility.baseline.in(tonnes_per_year);
      EXPECT_NEAR(out.utilisation, baseline > 0.0 ? activity(result, f) / baseline : 0.0,
                  1e-12 * (1.0 + out.utilisation));
      if (out.utilisation >= 1.0) {
        EXPECT_EQ(out.limited_by, lode::Limit::none) << facility.id;
      }
      ++seen[static_cast<std::size_t>(out.limited_by)];
      // The share of an input that is left over.
      const auto left = [&](std::size_t k) {
        const Rule& rule = reference.rules[reference.take[f][k]];
        double slack = rule.most;
        double size = rule.most;
        for (const auto& [variable, coefficient] : rule.terms) {
          slack -= coefficient * x[static_cast<Eigen::Index>(variable)];
          size = std::max(size, std::abs(coefficient * x[static_cast<Eigen::Index>(variable)]));
        }
        return slack / std::max(size, 1e-9);
      };
      const double most = reference.most[reference.activity(f)];
      switch (out.limited_by) {
        case lode::Limit::capacity:
          EXPECT_NEAR(activity(result, f), most, 1e-8 * (most + 1e-6)) << facility.id;
          break;
        case lode::Limit::feed:
          EXPECT_TRUE(facility.is_separator()) << facility.id;
          break;
        case lode::Limit::input: {
          EXPECT_FALSE(facility.is_separator());
          bool found = false;
          for (std::size_t k = 0; k < facility.inputs.size(); ++k) {
            if (facility.inputs[k].commodity != out.limiting_input) continue;
            found = true;
            EXPECT_NEAR(left(k), 0.0, 1e-8) << facility.id;
          }
          EXPECT_TRUE(found);
          break;
        }
        case lode::Limit::none:
          if (out.utilisation >= 1.0 - 1e-9 || facility.is_separator() || baseline == 0.0) break;
          EXPECT_LT(activity(result, f), most) << facility.id;
          for (std::size_t k = 0; k < facility.inputs.size(); ++k) EXPECT_GT(left(k), 0.0) << facility.id;
          break;
      }
    }
  });
  for (const int count : seen) EXPECT_GE(count, 50);
}

TEST(ReallocateProperties, AConflictContradictsItselfAndNoneOfItCanBeSpared) {
  int found = 0;
  std::set<std::string> kinds;
  for (std::uint64_t seed = 0; seed < 3 * seeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network network = build(world_of(seed));
    Scenario scenario = random_scenario(network, seed, Kinds::all);
    Random random(seed);
    // One or two obligations that are often too much.
    for (std::size_t k = 0; k < 1 + random.below(2) && !network.routes().empty(); ++k) {
      const lode::Route& like = network.routes()[random.below(network.routes().size())];
      lode::OfftakeShock shock{.from = network.id(like.from), .commodity = network[like.commodity].id};
      if (random.chance(0.5)) shock.to = network.id(like.to);
      shock.minimum = random.uniform(0.5, 2.0) * (10.0 + like.flow.in(tonnes_per_year));
      scenario.require_offtake(shock);
    }
    const Result result = lode::reallocate(network, scenario, {.tie_break = false, .prices = false});
    if (result.status != SolveStatus::infeasible) {
      ASSERT_EQ(result.status, SolveStatus::solved);
      EXPECT_TRUE(result.conflict.empty());
      continue;
    }
    ++found;
    const ReferenceProgram reference = reference_reallocate(network, scenario);
    // The members: rules first, then bounds.
    std::vector<std::size_t> members;
    for (const std::string& line : result.conflict) {
      std::size_t matches = 0;
      for (std::size_t i = 0; i < reference.rules.size(); ++i) {
        const Rule& rule = reference.rules[i];
        if (rule.begin.empty() || !line.starts_with(rule.begin) || !line.ends_with(rule.end)) continue;
        if (rule.end.empty() && line != rule.begin) continue;
        members.push_back(i);
        ++matches;
      }
      for (std::size_t j = 0; j < reference.most.size(); ++j) {
        if (reference.most_begin[j].empty() || !line.starts_with(reference.most_begin[j])) continue;
        members.push_back(reference.rules.size() + j);
        ++matches;
      }
      EXPECT_EQ(matches, 1U) << line;
      kinds.insert(line.substr(0, line.find_first_of(" :")));
    }
    EXPECT_EQ(std::set(members.begin(), members.end()).size(), members.size());
    const auto feasible_without = [&](std::size_t spared) {
      std::set<std::size_t> kept(members.begin(), members.end());
      kept.erase(spared);
      ReferenceProgram part = reference;
      // What defines the gates is no demand: a tonne that arrives is a tonne taken.
      for (std::size_t i = 0; i < part.rules.size(); ++i) {
        if (part.rules[i].begin.empty() || kept.contains(i)) continue;
        part.rules[i].most = lode::optimize::infinity;
        part.rules[i].equal = false;
      }
      for (std::size_t j = 0; j < part.most.size(); ++j) {
        const bool is_reserve = part.most_begin[j].empty();
        if (!is_reserve && !kept.contains(part.rules.size() + j)) part.most[j] = lode::optimize::infinity;
      }
      std::fill(part.cost.begin(), part.cost.end(), 0.0);
      return value_of(part) == 0.0;
    };
    EXPECT_FALSE(feasible_without(SIZE_MAX));
    for (const std::size_t member : members) {
      EXPECT_TRUE(feasible_without(member)) << "of " << result.conflict.size() << ": " << result.conflict.front();
    }
  }
  EXPECT_GE(found, 50);
  for (const char* kind : {"offtake", "quota", "limit", "capacity", "balance"})
    EXPECT_TRUE(kinds.contains(kind)) << kind;
}

TEST(ReallocateProperties, ImbalancesThatABaseYearMayHaveChangeTheTotalByNoMore) {
  for_each_case(
      [](const Case& at) {
        const Result result = lode::reallocate(at.network, at.scenario);
        const ReferenceProgram reference = reference_reallocate(at.network, at.scenario);
        const ClpAnswer best = solve(reference);
        // An offtake of just what there is may be possible or not.
        if (asks_for_offtake(at.scenario) && best.status != ClpStatus::optimal) return;
        if (asks_for_offtake(at.scenario) && result.status == SolveStatus::infeasible) return;
        ASSERT_EQ(best.status, ClpStatus::optimal);
        ASSERT_EQ(result.status, SolveStatus::solved);
        EXPECT_NEAR(total(result), best.objective, 1e-5 * std::max(1.0, reference.all_demand));
        // In the sellers' favour: propagation must not do better.
        const Scenario scenario = without_offtakes(at.scenario);
        const Result low = lode::reallocate(at.network, scenario);
        ASSERT_EQ(low.status, SolveStatus::solved);
        EXPECT_LE(total(low),
                  total(lode::propagate(at.network, scenario)) + 1e-9 * std::max(1.0, reference.all_demand));
        const Violation found = violation(reference, point_of(result, reference), base_year_of(at.network));
        EXPECT_LE(found.worst, 1e-5) << found.where;
      },
      seeds, 1e-6);
}

}  // namespace
