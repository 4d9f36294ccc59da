// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <Eigen/LU>

#include <lode/exposure.hpp>
#include <lode/propagate.hpp>

#include "support/random_network.hpp"
#include "support/random_scenario.hpp"

/// Shares of origin against a chain inverted as a matrix, and against what goes the other way.
namespace {

using lode::Exposure;
using lode::MaterialExposure;
using lode::MaterialId;
using lode::Network;
using lode::Stage;
using lode::StageExposure;
using lode::tonnes_per_year;
using lode::UserExposure;
using namespace lode_test;

/// Random worlds have goods of the stages that their position in the chain suggests.
Network staged(const World& world) {
  lode::NetworkBuilder builder;
  const auto stage_of = [](std::size_t c) {
    return c < 3 ? Stage::mining : c < 6 ? Stage::separation : c < 8 ? Stage::metal : Stage::magnet;
  };
  for (std::size_t m = 0; m < world.materials; ++m) builder.add_material(numbered("m", m));
  for (std::size_t c = 0; c < world.countries; ++c) builder.add_country(country_id(c));
  for (std::size_t c = 0; c < world.content.size(); ++c) {
    const lode::CommodityId id = builder.add_commodity(commodity_id(c), stage_of(c));
    for (std::size_t m = 0; m < world.materials; ++m) {
      if (world.content[c][m] > 0.0) builder.add_content(id, MaterialId{m}, world.content[c][m]);
    }
  }
  for (std::size_t f = 0; f < world.facilities.size(); ++f) {
    const World::Facility& facility = world.facilities[f];
    const lode::FacilityKind kind = facility.mine        ? lode::FacilityKind::mine
                                    : facility.separates ? lode::FacilityKind::refiner
                                                         : lode::FacilityKind::other;
    const lode::FacilityId id =
        builder.add_facility(facility_id(f), {}, kind, lode::CountryId{facility.country},
                             facility.baseline * tonnes_per_year, {}, f % 4 == 0 ? "" : numbered("op", f % 3));
    for (const World::Use& use : facility.uses) {
      if (facility.separates) {
        builder.add_feed(id, lode::CommodityId{use.commodity});
      } else {
        builder.add_input(id, lode::CommodityId{use.commodity}, use.amount, use.criticality);
      }
    }
    for (const World::Product& product : facility.makes) {
      if (facility.separates) {
        builder.add_recovery(id, lode::CommodityId{product.commodity}, product.amount);
      } else {
        builder.add_output(id, lode::CommodityId{product.commodity}, product.amount);
      }
    }
  }
  for (std::size_t e = 0; e < world.end_uses.size(); ++e) {
    const World::EndUse& use = world.end_uses[e];
    builder.add_end_use(
        end_use_id(e), lode::CountryId{use.country},
        {.takes = lode::CommodityId{use.commodity}, .demand = use.demand * tonnes_per_year, .sector = "s"});
  }
  for (const World::Route& route : world.routes) {
    const lode::PlaceId to = route.to < world.facilities.size()
                                 ? lode::PlaceId{lode::FacilityId{route.to}}
                                 : lode::PlaceId{lode::EndUseId{route.to - world.facilities.size()}};
    builder.add_route(lode::FacilityId{route.from}, to, lode::CommodityId{route.commodity},
                      route.flow * tonnes_per_year);
  }
  return builder.build();
}

/// Content flows of one material, and what goes through each plant.
struct Content {
  Content(const Network& network, const lode::Result& result, const lode::Disruption& disruption, MaterialId material) {
    const std::size_t facilities = network.facilities().size();
    in.assign(facilities + network.end_uses().size(), 0.0);
    out.assign(facilities, 0.0);
    for (std::size_t r = 0; r < network.routes().size(); ++r) {
      const lode::Route& route = network.routes()[r];
      flow.push_back(result.routes[r].flow.in(tonnes_per_year)*network[route.commodity].content(material));
      out[route.from.facility().index()] += flow[r];
      in[place(network, route.to)] += flow[r];
    }
    reserve.assign(in.size(), 0.0);
    for (const lode::ReserveRelease& release : disruption.releases) {
      reserve[place(network, release.holder)] += release.rate * network[release.commodity].content(material);
    }
    for (std::size_t f = 0; f < facilities; ++f) through.push_back(std::max(in[f] + reserve[f], out[f]));
  }
  static std::size_t place(const Network& network, lode::PlaceId id) {
    return id.is_facility() ? id.facility().index() : network.facilities().size() + id.end_use().index();
  }
  std::vector<double> flow, in, out, reserve, through;
};

Stage stage_of(const Network& network, std::size_t route) {
  return network[network.routes()[route].commodity].stage;
}

/// The chain of one stage as a matrix: mixes of what enters each plant, by country. Not invertible where a loop is
/// closed.
bool inverted(const Network& network, const Content& content, Stage stage, Eigen::MatrixXd& mix) {
  const auto n = static_cast<Eigen::Index>(network.facilities().size());
  Eigen::MatrixXd passes = Eigen::MatrixXd::Identity(n, n);
  Eigen::MatrixXd ends = Eigen::MatrixXd::Zero(n, static_cast<Eigen::Index>(network.countries().size()));
  for (std::size_t r = 0; r < content.flow.size(); ++r) {
    const lode::Route& route = network.routes()[r];
    if (!route.to.is_facility() || content.flow[r] <= 0.0) continue;
    const auto to = static_cast<Eigen::Index>(route.to.facility().index());
    const auto from = static_cast<Eigen::Index>(route.from.facility().index());
    const double share = content.flow[r] / content.through[route.to.facility().index()];
    if (stage_of(network, r) == stage) {
      ends(to, static_cast<Eigen::Index>(network.country(route.from).index())) += share;
    } else {
      passes(to, from) -= share;
    }
  }
  const Eigen::FullPivLU<Eigen::MatrixXd> factors(passes);
  if (factors.rcond() < 1e-6) return false;
  mix = factors.solve(ends);
  return true;
}

TEST(Exposure, IsTheInverseOfTheChainForRandomNetworksAndScenarios) {
  int compared = 0;
  int loops = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Network network = staged(random_world(seed, {.plants = 9}));
    const lode::Disruption disruption = random_disruption(network, seed, seed % 3 == 0 ? 0.0 : 0.2);
    const lode::Result result = lode::Propagator(network).run(disruption);
    if (result.status != lode::SolveStatus::solved) continue;
    const Exposure what = lode::exposure(network, result, disruption);
    ASSERT_EQ(what.status, lode::SolveStatus::solved);
    EXPECT_LE(what.mass_balance, 1e-12) << seed;
    for (const MaterialExposure& material : what.materials) {
      const Content content(network, result, disruption, material.id);
      for (const Stage stage : material.stages) {
        Eigen::MatrixXd mix;
        if (!inverted(network, content, stage, mix)) continue;
        for (const UserExposure& user : material.end_uses) {
          const auto row = std::find_if(user.stages.begin(), user.stages.end(),
                                        [&](const StageExposure& at) { return at.stage == stage; });
          ASSERT_NE(row, user.stages.end());
          const std::size_t e = network.facilities().size() + user.end_use.index();
          const double received = content.in[e] + content.reserve[e];
          EXPECT_NEAR(user.received, received, 1e-9 * received);
          for (std::size_t c = 0; c < network.countries().size(); ++c) {
            double share = 0.0;
            for (std::size_t r = 0; r < content.flow.size(); ++r) {
              const lode::Route& route = network.routes()[r];
              if (route.to != lode::PlaceId{user.end_use}) continue;
              const bool here = stage_of(network, r) == stage;
              const auto from = static_cast<Eigen::Index>(route.from.facility().index());
              share += content.flow[r] / received *
                       (here ? (network.country(route.from).index() == c ? 1.0 : 0.0)
                             : mix(from, static_cast<Eigen::Index>(c)));
            }
            ASSERT_NEAR(row->countries[c], share, 1e-10) << seed;
            ++compared;
          }
        }
      }
    }
    for (const lode::Route& route : network.routes()) {
      loops += route.to.is_facility() && route.to.facility() < route.from.facility() ? 1 : 0;
    }
  }
  EXPECT_GT(compared, 5000);
  EXPECT_GT(loops, 100);
}

/// Forward: the share of what enters a plant that reaches the end uses of each country without passing the stage again.
TEST(Exposure, SaysTheSameForwardAndBackward) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Network network = staged(random_world(seed, {.plants = 9}));
    const lode::Result result = lode::Propagator(network).run(lode::Disruption{});
    const Exposure what = lode::exposure(network, result);
    const Exposure base = lode::exposure(network);
    const auto n = static_cast<Eigen::Index>(network.facilities().size());
    const auto countries = static_cast<Eigen::Index>(network.countries().size());
    for (const MaterialExposure& material : what.materials) {
      const Content content(network, result, {}, material.id);
      for (const Stage stage : material.stages) {
        Eigen::MatrixXd onwards = Eigen::MatrixXd::Identity(n, n);
        Eigen::MatrixXd used = Eigen::MatrixXd::Zero(n, countries);
        for (std::size_t r = 0; r < content.flow.size(); ++r) {
          const lode::Route& route = network.routes()[r];
          if (content.flow[r] <= 0.0 || stage_of(network, r) == stage) continue;
          const std::size_t f = route.from.facility().index();
          const double share = content.flow[r] / content.through[f];
          if (route.to.is_facility()) {
            onwards(static_cast<Eigen::Index>(f), static_cast<Eigen::Index>(route.to.facility().index())) -= share;
          } else {
            used(static_cast<Eigen::Index>(f), static_cast<Eigen::Index>(network.country(route.to).index())) += share;
          }
        }
        const Eigen::FullPivLU<Eigen::MatrixXd> factors(onwards);
        if (factors.rcond() < 1e-6) continue;
        const Eigen::MatrixXd reach = factors.solve(used);
        for (const lode::Destination& row : material.destinations) {
          if (row.stage != stage) continue;
          double handled = 0.0;
          Eigen::VectorXd ends = Eigen::VectorXd::Zero(countries);
          for (std::size_t r = 0; r < content.flow.size(); ++r) {
            const lode::Route& route = network.routes()[r];
            if (stage_of(network, r) != stage || network.country(route.from) != row.country) continue;
            handled += content.flow[r];
            if (route.to.is_facility()) {
              ends += content.flow[r] * reach.row(static_cast<Eigen::Index>(route.to.facility().index())).transpose();
            } else {
              ends[static_cast<Eigen::Index>(network.country(route.to).index())] += content.flow[r];
            }
          }
          EXPECT_NEAR(row.handled, handled, 1e-9 * (1.0 + handled));
          for (Eigen::Index d = 0; d < countries; ++d) {
            ASSERT_NEAR(row.users[static_cast<std::size_t>(d)], ends[d], 1e-9 * (1.0 + handled)) << seed;
            ++compared;
          }
        }
      }
    }
    ASSERT_EQ(base.materials.size(), what.materials.size());
    for (std::size_t m = 0; m < base.materials.size(); ++m) {
      for (std::size_t u = 0; u < base.materials[m].end_uses.size(); ++u) {
        EXPECT_NEAR(base.materials[m].end_uses[u].received, what.materials[m].end_uses[u].received, 1e-6);
      }
    }
  }
  EXPECT_GT(compared, 1000);
}

TEST(Exposure, DoesNotDependOnTheOrderOfPlants) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const World world = random_world(seed, {.plants = 9});
    World turned = world;
    const std::size_t count = world.facilities.size();
    std::vector<std::size_t> to(count);
    std::iota(to.begin(), to.end(), std::size_t{0});
    Random random(seed);
    random.shuffle(to);
    for (std::size_t f = 0; f < count; ++f) turned.facilities[to[f]] = world.facilities[f];
    for (World::Route& route : turned.routes) {
      route.from = to[route.from];
      if (route.to < count) route.to = to[route.to];
    }
    const Exposure one = lode::exposure(staged(world));
    const Exposure two = lode::exposure(staged(turned));
    for (std::size_t m = 0; m < one.materials.size(); ++m) {
      ASSERT_EQ(one.materials[m].countries.size(), two.materials[m].countries.size());
      for (std::size_t u = 0; u < one.materials[m].countries.size(); ++u) {
        for (std::size_t s = 0; s < one.materials[m].stages.size(); ++s) {
          const StageExposure& a = one.materials[m].countries[u].stages[s];
          const StageExposure& b = two.materials[m].countries[u].stages[s];
          for (std::size_t c = 0; c < a.countries.size(); ++c) EXPECT_NEAR(a.countries[c], b.countries[c], 1e-12);
          EXPECT_NEAR(a.unexplained, b.unexplained, 1e-12);
        }
      }
    }
  }
}

/// Two mines, one refiner that loses a fifth, a magnet maker whose scrap goes back to the refiner.
TEST(Exposure, OfAChainWithScrapIsItsClosedForm) {
  lode::NetworkBuilder world;
  for (const char* const id : {"AUS", "CHN", "JPN", "MMR"}) world.add_country(id);
  const auto dy = world.add_material("dy");
  const auto ore = world.add_commodity("ore", Stage::mining, {{dy, 0.5}});
  const auto oxide = world.add_commodity("oxide", Stage::separation, {{dy, 1.0}});
  const auto magnet = world.add_commodity("magnet", Stage::magnet, {{dy, 1.0}});
  const auto scrap = world.add_commodity("scrap", Stage::magnet, {{dy, 1.0}});
  const auto t = [](double tonnes) { return tonnes * tonnes_per_year; };
  world.add_mine("kachin", "MMR", {.makes = ore, .baseline = t(120.0)});
  world.add_mine("weld", "AUS", {.makes = ore, .baseline = t(40.0)});
  world.add_refiner("ganzhou", "CHN", {.feeds = {ore, scrap}, .recovers = {{oxide, 0.8}}});
  world.add_plant("magnets", "JPN",
                  {.uses = {{oxide, 1.0}}, .makes = {{magnet, 0.75}, {scrap, 0.25}}, .baseline = t(80.0)});
  world.add_end_use("cars", "JPN", {.takes = magnet, .demand = t(60.0)});
  world.add_route("kachin", "ganzhou", ore, t(120.0));
  world.add_route("weld", "ganzhou", ore, t(40.0));
  world.add_route("ganzhou", "magnets", oxide, t(80.0));
  world.add_route("magnets", "ganzhou", scrap, t(20.0));
  world.add_route("magnets", "cars", magnet, t(60.0));
  const Network network = world.build();
  const Exposure what = lode::exposure(network);
  const UserExposure& japan = what.materials[0].countries.at(0);
  EXPECT_DOUBLE_EQ(japan.received, 60.0);
  ASSERT_EQ(japan.stages.size(), 3U);
  // Scrap is what the mines brought, so it changes no share of theirs.
  EXPECT_NEAR(japan.stages[0].countries[3], 0.75, 1e-15);
  EXPECT_NEAR(japan.stages[0].countries[0], 0.25, 1e-15);
  EXPECT_NEAR(japan.stages[0].concentration, 0.625, 1e-15);
  EXPECT_DOUBLE_EQ(japan.stages[1].countries[1], 1.0);
  EXPECT_DOUBLE_EQ(japan.stages[2].countries[2], 1.0);
  // Of 60 t of Dy mined in Myanmar, 80 % are won, a quarter comes back as scrap: 60 * 0.6 / (1 - 0.2) reach Japan.
  const lode::Destination& myanmar = what.materials[0].destinations.at(1);
  EXPECT_EQ(network[myanmar.country].id, "MMR");
  EXPECT_DOUBLE_EQ(myanmar.handled, 60.0);
  EXPECT_NEAR(myanmar.users[2], 45.0, 1e-12);
}

TEST(Exposure, RefusesWhatIsNoResultOfTheNetwork) {
  const Network network = staged(random_world(1));
  EXPECT_THROW((void)lode::exposure(network, lode::Result{}), lode::InvalidArgument);
  lode::Result result = lode::Propagator(network).run(lode::Disruption{});
  result.routes.pop_back();
  EXPECT_THROW((void)lode::exposure(network, result), lode::InvalidArgument);
}

}  // namespace
