// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <lode/propagate.hpp>
#include <lode/reallocate.hpp>
#include <lode/sensitivity.hpp>

#include "support/random_network.hpp"
#include "support/random_scenario.hpp"

/// One-sided derivatives against one-sided differences of the models themselves. Both are piecewise linear, so a
/// difference over a short enough step is the derivative but for rounding.
namespace {

using lode::Differentiator;
using lode::Disruption;
using lode::Network;
using lode::Parameter;
using lode::ParameterKind;
using lode::Sensitivity;
using lode::SensitivityTarget;
using lode::SolveStatus;
using lode::tonnes_per_year;
using namespace lode_test;

/// Limits a hair below 1 make kinks that are closer than any step.
Disruption without_hairs(Disruption disruption) {
  const auto round = [](double& factor) {
    if (factor < 1.0 && factor > 1.0 - 1e-5) factor = 0.75;
  };
  for (lode::ActivityLimit& limit : disruption.activity) round(limit.factor);
  for (lode::RouteOpenness& route : disruption.routes) round(route.open);
  for (lode::EndUseFactor& factor : disruption.demand) round(factor.factor);
  return disruption;
}

/// The disruption with `h` t/yr more of a parameter. A recovery is what every customer of the product is sent.
Disruption moved(const Network& network, Disruption disruption, const Parameter& parameter, double h) {
  const auto open = [&](lode::RouteId route, double factor, double add) {
    const auto found = std::find_if(disruption.routes.begin(), disruption.routes.end(),
                                    [&](const lode::RouteOpenness& at) { return at.route == route; });
    if (found != disruption.routes.end()) {
      found->open = found->open * factor + add;
    } else {
      disruption.routes.push_back({route, factor + add});
    }
  };
  switch (parameter.kind) {
    case ParameterKind::capacity: {
      const lode::FacilityId f = parameter.place.facility();
      for (lode::ActivityLimit& limit : disruption.activity) {
        if (limit.facility != f) continue;
        limit.add += h;
        return disruption;
      }
      disruption.activity.push_back({f, 1.0, h});
      break;
    }
    case ParameterKind::openness:
      open(parameter.route, 1.0, h / parameter.size);
      break;
    case ParameterKind::quota:
      for (lode::Quota& quota : disruption.quotas) {
        if (quota.shock == parameter.shock && quota.commodity == parameter.commodity) quota.limit += h;
      }
      break;
    case ParameterKind::reserve:
      disruption.releases.push_back({parameter.place, parameter.commodity, h});
      break;
    case ParameterKind::recovery:
      for (std::size_t r = 0; r < network.routes().size(); ++r) {
        const lode::Route& route = network.routes()[r];
        if (lode::PlaceId{route.from} == parameter.place && route.commodity == parameter.commodity) {
          open(lode::RouteId{r}, 1.0 + h / parameter.size, 0.0);
        }
      }
      break;
    case ParameterKind::demand: {
      const lode::EndUseId e = parameter.place.end_use();
      for (lode::EndUseFactor& factor : disruption.demand) {
        if (factor.end_use != e) continue;
        factor.factor += h / parameter.size;
        return disruption;
      }
      disruption.demand.push_back({e, 1.0 + h / parameter.size});
    }
  }
  return disruption;
}

/// Whether a parameter can move to a side: shares of routes and limits have ends.
bool can_move(const Network& network, const lode::Result& result, const Disruption& disruption,
              const Parameter& parameter, double h) {
  if (!(parameter.size > 0.0)) return false;
  if (parameter.kind == ParameterKind::reserve) {
    double arrives = 0.0;
    for (const lode::ReserveRelease& release : disruption.releases) {
      if (release.holder == parameter.place && release.commodity == parameter.commodity) arrives += release.rate;
    }
    for (const lode::RouteResult& row : result.routes) {
      const lode::Route& route = network[row.id];
      if (route.to == parameter.place && route.commodity == parameter.commodity)
        arrives += row.flow.in(tonnes_per_year);
    }
    return arrives + h >= 0.0;
  }
  if (parameter.kind == ParameterKind::capacity) {
    double limit = parameter.size;
    for (const lode::ActivityLimit& at : disruption.activity) {
      if (at.facility == parameter.place.facility()) limit = at.factor * parameter.size + at.add;
    }
    return limit + h >= 0.0;
  }
  if (parameter.kind == ParameterKind::openness) {
    double open = 1.0;
    for (const lode::RouteOpenness& at : disruption.routes) {
      if (at.route == parameter.route) open = at.open;
    }
    return open + h / parameter.size >= 0.0 && open + h / parameter.size <= 1.0;
  }
  if (parameter.kind == ParameterKind::quota) return parameter.size + h >= 0.0;
  if (parameter.kind == ParameterKind::demand) {
    for (const lode::EndUseFactor& at : disruption.demand) {
      if (at.end_use == parameter.place.end_use()) return at.factor + h / parameter.size >= 0.0;
    }
  }
  return true;
}

double weight_of(const Network& network, const SensitivityTarget& target, std::size_t e) {
  const lode::EndUse& use = network.end_uses()[e];
  if (target.country && *target.country != use.country) return 0.0;
  if (target.end_use && target.end_use->index() != e) return 0.0;
  if (target.material) return network[use.commodity].content(*target.material);
  return target.end_use ? 1.0 : use.weight;
}

/// J of a propagation; not a number where it has no answer, as where a recovery is raised above what a loop bears.
class Propagated {
 public:
  explicit Propagated(const Network& network) : network_(network), propagator_(network) {}
  double operator()(const Disruption& disruption, const SensitivityTarget& target) {
    propagator_.run({&disruption, 1}, outcomes_);
    if (outcomes_.status(0) != SolveStatus::solved) return std::nan("");
    double sum = 0.0;
    for (std::size_t e = 0; e < network_.end_uses().size(); ++e) {
      double demand = network_.end_uses()[e].demand.in(tonnes_per_year);
      double weight = weight_of(network_, target, e);
      for (const lode::EndUseFactor& factor : disruption.demand) {
        if (factor.end_use.index() == e) demand *= factor.factor;
      }
      for (const lode::EndUseFactor& factor : disruption.weights) {
        if (factor.end_use.index() == e && !target.material && !target.end_use) weight *= factor.factor;
      }
      sum += weight * std::max(0.0, demand - outcomes_.delivered(lode::EndUseId{e}, 0).in(tonnes_per_year));
    }
    return sum;
  }

 private:
  const Network& network_;
  lode::Propagator propagator_;
  lode::Outcomes outcomes_;
};

struct Seen {
  int compared = 0, kinks = 0, moved = 0, skipped = 0, absent = 0;
};

/// Every parameter, both sides.
template <class Model>
void expect_differences(const Network& network, const Disruption& disruption, const Sensitivity& what, Model& model,
                        double accuracy, Seen& seen, const std::string& where, std::size_t stride = 1) {
  const double now = model(disruption, what.target);
  const lode::Result result = lode::Propagator(network).run(disruption);
  ASSERT_NEAR(what.shortfall, now, 1e-9 * (1.0 + now)) << where;
  for (std::size_t p = 0; p < what.parameters->size(); p += stride) {
    const Parameter& parameter = (*what.parameters)[p];
    for (const double sign : {-1.0, 1.0}) {
      const std::optional<double> slope = sign > 0.0 ? what.up(p) : what.down(p);
      const std::string name = where + " parameter " + std::to_string(p) + ' ' +
                               std::string(to_string(parameter.kind)) + (sign > 0.0 ? " up" : " down");
      if (!slope) {
        ++seen.absent;
        continue;
      }
      const double h = 1e-4 * parameter.size;
      if (!can_move(network, result, disruption, parameter, sign * h)) continue;
      const double far = (model(moved(network, disruption, parameter, sign * h), what.target) - now) / h;
      const double near = (model(moved(network, disruption, parameter, sign * h / 4), what.target) - now) / (h / 4);
      const double room = accuracy * (1.0 + std::abs(*slope)) + 1e-12 * (1.0 + now) / h;
      if (!(std::abs(far - near) <= room)) {
        ++seen.skipped;  // a kink within the step
        continue;
      }
      if (parameter.kind == ParameterKind::recovery && sign > 0.0 && *slope == 0.0) continue;  // nothing above baseline
      ASSERT_NEAR(*slope, near, room) << name;
      ++seen.compared;
      seen.moved += *slope != 0.0 ? 1 : 0;
    }
    seen.kinks += what.is_kink(p) ? 1 : 0;
  }
}

std::vector<SensitivityTarget> some_targets(const Network& network) {
  std::vector<SensitivityTarget> targets{{}};
  for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
    const lode::EndUse& use = network.end_uses()[e];
    for (const lode::Content& content : network[use.commodity].composition) {
      if (content.content > 0.0) targets.push_back({.material = content.material, .country = use.country});
    }
    targets.push_back({.end_use = lode::EndUseId{e}});
    if (targets.size() > 3) break;
  }
  return targets;
}

TEST(Sensitivity, IsTheOneSidedDifferenceOfPropagateForEveryParameter) {
  Seen seen;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    WorldOptions options;
    options.loops = seed % 3 == 0 ? 0.0 : 0.3;
    const Network network = build(random_world(seed, options));
    const double share = seed % 4 == 0 ? 0.0 : seed % 4 == 1 ? 0.05 : 0.3;
    const Disruption disruption = without_hairs(random_disruption(network, seed, share));
    Differentiator differentiator(network, {.tie_tolerance = 1e-9});
    std::vector<Sensitivity> answers;
    differentiator.run(disruption, some_targets(network), answers);
    Propagated model(network);
    for (const Sensitivity& what : answers) {
      ASSERT_EQ(what.status, SolveStatus::solved);
      expect_differences(network, disruption, what, model, 1e-6, seen, "seed " + std::to_string(seed));
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(seen.compared, 30000);
  EXPECT_GT(seen.moved, 5000);
  EXPECT_GT(seen.kinks, 2000);
  EXPECT_LT(seen.skipped, seen.compared / 50);
  EXPECT_LT(seen.absent, seen.compared / 50);
}

TEST(Sensitivity, OfTheLeastShortfallIsTheOneSidedDifferenceOfReallocate) {
  Seen seen;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    World world = random_world(seed);
    add_room(world, seed);
    const Network network = build(world);
    lode::Scenario scenario = random_scenario(network, seed);
    Disruption disruption = without_hairs(lode::resolve(network, scenario));
    Differentiator differentiator(network, {.model = lode::StaticModel::reallocate});
    lode::Reallocator reallocator(network, {.tie_break = false, .prices = false, .tolerance = 1e-12});
    const SensitivityTarget some = some_targets(network).back();
    for (const SensitivityTarget& target : {SensitivityTarget{}, some}) {
      // The target's own weights in place of the scenario's: the least shortfall of the target.
      Disruption weighted = disruption;
      if (target.end_use) {
        weighted.weights.clear();
        for (std::size_t e = 0; e < network.end_uses().size(); ++e) {
          const double weight = weight_of(network, target, e) / network.end_uses()[e].weight;
          weighted.weights.push_back({lode::EndUseId{e}, weight});
        }
      }
      const auto model = [&](const Disruption& at, const SensitivityTarget&) {
        Disruption run = at;
        run.weights = weighted.weights;
        const lode::Result result = reallocator.run(run);
        return result.status == SolveStatus::solved ? result.total_weighted_shortfall : std::nan("");
      };
      const Sensitivity what = differentiator.run(disruption, target);
      ASSERT_EQ(what.status, SolveStatus::solved);
      expect_differences(network, disruption, what, model, 1e-4, seen, "seed " + std::to_string(seed));
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(seen.compared, 1000);
  EXPECT_GT(seen.moved, 200);
  EXPECT_GT(seen.kinks, 20);
  EXPECT_LT(seen.skipped, seen.compared / 20);
}

TEST(Sensitivity, OfManyTargetsAndOnAnyNumberOfThreadsHasTheSameBits) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Network network = build(random_world(seed, {.plants = 20}));
    const Disruption disruption = random_disruption(network, seed, 0.2);
    const std::vector<SensitivityTarget> targets = some_targets(network);
    std::vector<Sensitivity> one, many;
    Differentiator(network).run(disruption, targets, one);
    Differentiator(network, {.threads = 8}).run(disruption, targets, many);
    for (std::size_t t = 0; t < targets.size(); ++t) {
      const Sensitivity alone = lode::Differentiator(network).run(disruption, targets[t]);
      for (std::size_t p = 0; p < alone.parameters->size(); ++p) {
        EXPECT_EQ(one[t].up(p), many[t].up(p));
        EXPECT_EQ(one[t].down(p), many[t].down(p));
        EXPECT_EQ(one[t].up(p), alone.up(p));
        EXPECT_EQ(one[t].down(p), alone.down(p));
      }
    }
  }
}

TEST(Sensitivity, HasTheSignsOfSupplyAndDemandAndBoundsAnyStepFromBelow) {
  int bounds = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Network network = build(random_world(seed));
    const Disruption disruption = without_hairs(random_disruption(network, seed, 0.3));
    const Sensitivity what = Differentiator(network).run(disruption);
    ASSERT_EQ(what.status, SolveStatus::solved);
    Propagated model(network);
    const double now = model(disruption, {});
    for (std::size_t p = 0; p < what.parameters->size(); ++p) {
      const Parameter& parameter = (*what.parameters)[p];
      const double sign = parameter.kind == ParameterKind::demand ? -1.0 : 1.0;
      EXPECT_LE(sign * what.up(p).value_or(0.0), 0.0);
      EXPECT_GE(sign * what.down(p).value_or(0.0), 0.0);
      if (!what.up(p) || parameter.size <= 0.0 || p % 7 != 0) continue;
      const bool concave = parameter.kind == ParameterKind::capacity || parameter.kind == ParameterKind::reserve;
      if (!concave) continue;
      const double h = parameter.size;
      const double then = model(moved(network, disruption, parameter, h), {});
      EXPECT_GE(then, now + h * *what.up(p) - 1e-8 * (1.0 + now)) << seed << ' ' << p;
      ++bounds;
    }
  }
  EXPECT_GT(bounds, 100);
}

TEST(Sensitivity, WithoutItsKinksGivesTheSameOrNothing) {
  std::size_t given = 0, absent = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Network network = build(random_world(seed));
    const Disruption disruption = random_disruption(network, seed, 0.3);
    const Sensitivity all = Differentiator(network).run(disruption);
    const Sensitivity some = Differentiator(network, {.kinks = false}).run(disruption);
    for (std::size_t p = 0; p < all.parameters->size(); ++p) {
      EXPECT_EQ(some.up(p).value_or(all.ups[p]), all.ups[p]);
      EXPECT_EQ(some.down(p).value_or(all.downs[p]), all.downs[p]);
      (some.up(p) && some.down(p) ? given : absent) += 1;
    }
  }
  EXPECT_GT(given, 5 * absent);
  EXPECT_GT(absent, 0U);
}

/// A mine that feeds a chain of plants, and what the last one sends to an end use: every derivative is 1 or 0.
Network chain() {
  lode::NetworkBuilder world;
  world.add_country("AAA");
  const auto dy = world.add_material("dy");
  const auto ore = world.add_commodity("ore", lode::Stage::mining, {{dy, 0.5}});
  const auto metal = world.add_commodity("metal", lode::Stage::metal, {{dy, 1.0}});
  world.add_mine("mine", "AAA", {.makes = ore, .baseline = 200.0 * tonnes_per_year});
  world.add_plant("plant", "AAA", {.uses = {{ore, 2.0}}, .makes = {{metal}}, .baseline = 100.0 * tonnes_per_year});
  world.add_end_use("use", "AAA", {.takes = metal, .demand = 100.0 * tonnes_per_year, .weight = 3.0});
  world.add_route("mine", "plant", ore, 200.0 * tonnes_per_year);
  world.add_route("plant", "use", metal, 100.0 * tonnes_per_year);
  return world.build();
}

double up_of(const Network& network, const Sensitivity& what, ParameterKind kind, std::string_view place) {
  for (std::size_t p = 0; p < what.parameters->size(); ++p) {
    const Parameter& parameter = (*what.parameters)[p];
    if (parameter.kind == kind && network.id(parameter.place) == place) return what.up(p).value();
  }
  ADD_FAILURE() << "no such parameter";
  return 0.0;
}
double down_of(const Network& network, const Sensitivity& what, ParameterKind kind, std::string_view place) {
  for (std::size_t p = 0; p < what.parameters->size(); ++p) {
    const Parameter& parameter = (*what.parameters)[p];
    if (parameter.kind == kind && network.id(parameter.place) == place) return what.down(p).value();
  }
  ADD_FAILURE() << "no such parameter";
  return 0.0;
}

TEST(Sensitivity, OfTheBaseYearSaysThatMoreHelpsNobodyAndLessIsMissed) {
  const Network network = chain();
  const Sensitivity what = lode::sensitivity(network, {"none"});
  EXPECT_EQ(what.shortfall, 0.0);
  EXPECT_TRUE(lode::most_helpful(what, 10).empty());
  EXPECT_DOUBLE_EQ(down_of(network, what, ParameterKind::capacity, "mine"), 1.5);  // 2 t of ore, weight 3
  EXPECT_DOUBLE_EQ(down_of(network, what, ParameterKind::capacity, "plant"), 3.0);
  EXPECT_DOUBLE_EQ(down_of(network, what, ParameterKind::openness, "mine"), 1.5);
  EXPECT_DOUBLE_EQ(down_of(network, what, ParameterKind::reserve, "use"), 3.0);
  EXPECT_DOUBLE_EQ(up_of(network, what, ParameterKind::demand, "use"), 3.0);
  EXPECT_DOUBLE_EQ(down_of(network, what, ParameterKind::demand, "use"), 0.0);
  for (std::size_t p = 0; p < what.parameters->size(); ++p) EXPECT_TRUE(what.is_kink(p));
}

TEST(Sensitivity, OfAnOutageSaysWhatHelps) {
  const Network network = chain();
  lode::Scenario outage{"outage"};
  outage.limit_capacity({.facility = "mine", .factor = 0.5});
  const Sensitivity what = lode::sensitivity(network, outage, {.material = lode::MaterialId{0}});
  EXPECT_DOUBLE_EQ(what.shortfall, 50.0);
  EXPECT_DOUBLE_EQ(up_of(network, what, ParameterKind::capacity, "mine"), -0.5);
  EXPECT_DOUBLE_EQ(up_of(network, what, ParameterKind::capacity, "plant"), 0.0);
  EXPECT_DOUBLE_EQ(up_of(network, what, ParameterKind::reserve, "plant"), -0.5);
  EXPECT_DOUBLE_EQ(up_of(network, what, ParameterKind::reserve, "use"), -1.0);
  const std::vector<std::size_t> best = lode::most_helpful(what, 2);
  ASSERT_EQ(best.size(), 2U);
  EXPECT_EQ(network.id((*what.parameters)[best[0]].place), "use");
}

TEST(Sensitivity, OfALoopIsAmplifiedByItsGain) {
  // The first of two plants takes half of its need from the second: a mine's tonne goes around 1 + 1/2 + 1/4 ...
  for (const bool separators : {false, true}) {
    lode::NetworkBuilder world;
    world.add_country("AAA");
    const auto m = world.add_material("m");
    const auto mix = world.add_commodity("mix", lode::Stage::separation, {{m, 1.0}});
    const auto tonnes = [](double t) { return t * tonnes_per_year; };
    world.add_mine("mine", "AAA", {.makes = mix, .baseline = tonnes(32.0)});
    for (const char* const id : {"p0", "p1"}) {
      if (separators) {
        world.add_refiner(id, "AAA", {.feeds = {mix}, .recovers = {{mix, 1.0}}});
      } else {
        world.add_plant(id, "AAA", {.uses = {{mix}}, .makes = {{mix}}, .baseline = tonnes(64.0)});
      }
    }
    world.add_end_use("use", "AAA", {.takes = mix, .demand = tonnes(16.0)});
    world.add_route("mine", "p0", mix, tonnes(32.0));
    world.add_route("p0", "p1", mix, tonnes(64.0));
    world.add_route("p1", "p0", mix, tonnes(32.0));
    world.add_route("p1", "use", mix, tonnes(16.0));
    const Network network = world.build();
    lode::Scenario outage{"outage"};
    outage.limit_capacity({.facility = "mine", .factor = 0.5});
    const Sensitivity what = lode::sensitivity(network, outage);
    // u = 0.5 mine + 0.5 u: the ring follows the mine one to one, and 16 t reach the end use.
    EXPECT_NEAR(up_of(network, what, ParameterKind::capacity, "mine"), -16.0 / 32.0, 1e-12);
    EXPECT_NEAR(down_of(network, what, ParameterKind::capacity, "mine"), 16.0 / 32.0, 1e-12);
  }
}

/// A plant that supplies one of its inputs wholly and the other in part itself, and stands still: what is added comes
/// back multiplied, and of several fixpoints the greatest counts.
TEST(Sensitivity, OfALoopThatStandsStillIsTheGreatestFixpoint) {
  lode::NetworkBuilder world;
  world.add_country("AAA");
  const auto m = world.add_material("m");
  const auto ore = world.add_commodity("ore", lode::Stage::mining, {{m, 0.5}});
  const auto gas = world.add_commodity("gas", lode::Stage::separation, {{m, 0.1}});
  const auto tonnes = [](double t) { return t * tonnes_per_year; };
  world.add_mine("mine", "AAA", {.makes = ore, .baseline = tonnes(60.0)});
  world.add_plant("loop", "AAA",
                  {.uses = {{ore, 1.0}, {gas, 0.5}}, .makes = {{ore, 0.6}, {gas, 0.5}}, .baseline = tonnes(100.0)});
  world.add_end_use("use", "AAA", {.takes = ore, .demand = tonnes(20.0)});
  world.add_route("mine", "loop", ore, tonnes(60.0));
  world.add_route("loop", "loop", ore, tonnes(40.0));
  world.add_route("loop", "loop", gas, tonnes(50.0));
  world.add_route("loop", "use", ore, tonnes(20.0));
  const Network network = world.build();
  lode::Scenario stop{"stop"};
  stop.limit_capacity({.facility = "mine", .factor = 0.0});
  const Sensitivity what = lode::sensitivity(network, stop);
  EXPECT_DOUBLE_EQ(what.shortfall, 20.0);
  // u = 0.6 mine + 0.4 u: u is the mine's share, which is 1/60 for a tonne; the gas it makes for itself.
  EXPECT_NEAR(up_of(network, what, ParameterKind::capacity, "mine"), -20.0 / 60.0, 1e-12);
  // Of the gas less than the loop makes cannot be had: the leak starves it. Here it stands still already.
  EXPECT_EQ(down_of(network, what, ParameterKind::capacity, "mine"), 0.0);
}

TEST(Sensitivity, OfALoopThatSuppliesItselfWhollyHasNoFiniteLoss) {
  lode::NetworkBuilder world;
  world.add_country("AAA");
  const auto m = world.add_material("m");
  const auto gas = world.add_commodity("gas", lode::Stage::separation, {{m, 0.5}});
  world.add_plant("loop", "AAA", {.uses = {{gas, 0.5}}, .makes = {{gas, 1.0}}, .baseline = 100.0 * tonnes_per_year});
  world.add_end_use("use", "AAA", {.takes = gas, .demand = 50.0 * tonnes_per_year});
  world.add_route("loop", "loop", gas, 50.0 * tonnes_per_year);
  world.add_route("loop", "use", gas, 50.0 * tonnes_per_year);
  const Network network = world.build();
  const Sensitivity what = Differentiator(network).run(Disruption{});
  ASSERT_EQ(what.status, SolveStatus::solved);
  for (std::size_t p = 0; p < what.parameters->size(); ++p) {
    const Parameter& parameter = (*what.parameters)[p];
    const bool is_leak =
        (parameter.kind == ParameterKind::openness || parameter.kind == ParameterKind::reserve) &&
        (parameter.route.valid() ? network[parameter.route].to.is_facility() : parameter.place.is_facility());
    EXPECT_EQ(what.down(p).has_value(), !is_leak) << to_string(parameter.kind);
    if (parameter.kind == ParameterKind::capacity) {
      EXPECT_DOUBLE_EQ(*what.down(p), 0.5);
    }
  }
}

TEST(Sensitivity, RefusesATargetThatNobodyMatchesAndTiesThatAreTooWide) {
  const Network network = chain();
  EXPECT_THROW((void)lode::sensitivity(network, {"none"}, {.country = lode::CountryId{7}}), lode::InvalidArgument);
  EXPECT_THROW((void)Differentiator(network, {.tie_tolerance = 0.5}), lode::InvalidArgument);
}

}  // namespace
