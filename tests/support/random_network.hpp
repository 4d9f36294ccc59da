// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <lode/network_builder.hpp>

#include "random.hpp"

/// Random networks that balance by construction: flows are drawn first, then amounts, contents and recoveries that
/// make them legal. A `World` is the plain description, so that tests can change it and build it again.
namespace lode_test {

struct World {
  struct Use {
    std::size_t commodity = 0;
    double amount = 1.0;
    double criticality = 1.0;
  };
  struct Product {
    std::size_t commodity = 0;
    double amount = 1.0;  ///< recovery for a separator
  };
  struct Facility {
    bool separates = false;
    bool mine = false;
    std::size_t country = 0;
    double baseline = 0.0;
    std::vector<Use> uses;  ///< feeds of a separator
    std::vector<Product> makes;
    std::optional<double> capacity = std::nullopt;
  };
  struct EndUse {
    std::size_t country = 0;
    std::size_t commodity = 0;
    double demand = 0.0;
    double weight = 1.0;
  };
  struct Route {
    std::size_t from = 0;
    std::size_t to = 0;  ///< facilities first, then end uses
    std::size_t commodity = 0;
    double flow = 0.0;
    std::optional<double> capacity = std::nullopt;
    double lead_days = 0.0;
  };
  struct Stock {
    std::size_t holder = 0;  ///< as Route::to
    std::size_t commodity = 0;
    double amount = 0.0;
    lode::StockKind kind = lode::StockKind::input;
  };
  struct Reserve {
    std::size_t holder = 0;  ///< as Route::to
    std::size_t commodity = 0;
    double amount = 0.0;
  };
  std::size_t countries = 4;
  std::size_t materials = 3;
  std::vector<std::vector<double>> content;  ///< by commodity and material
  std::vector<Facility> facilities;
  std::vector<EndUse> end_uses;
  std::vector<Route> routes;
  std::vector<Reserve> reserves;
  std::vector<Stock> stocks;
};

struct WorldOptions {
  std::size_t mines = 3;
  std::size_t separators = 3;
  std::size_t plants = 7;
  std::size_t end_uses = 4;
  std::size_t most_suppliers = 3;
  double loops = 0.3;          ///< probability that a supplier may stand further down the chain, or be the buyer itself
  double surplus = 0.3;        ///< probability that more of an input arrives than is needed
  double softness = 0.4;       ///< probability of an input with criticality below 1
  double idle = 0.1;           ///< probability of a facility with baseline 0, and of a route without flow
  bool whole_numbers = false;  ///< flows and baselines are integers, as in data sets written by hand
  double unbalance = 0.0;      ///< relative errors in amounts, demand and feed: up to 1e-6 is legal
};

/// Commodities 0 .. 2 are ores and scrap with several materials, 3 .. 5 what separators win, 6 .. 9 made by plants.
inline World random_world(std::uint64_t seed, const WorldOptions& options = {}) {
  constexpr std::size_t ores = 3, products = 3, goods = 4;
  Random random(seed);
  World world;
  world.content.assign(ores + products + goods, std::vector<double>(world.materials, 0.0));
  for (std::size_t c = 0; c < world.content.size(); ++c) {
    if (c >= ores && c < ores + products) continue;  // set at the end
    for (double& content : world.content[c]) content = random.chance(0.3) ? 0.0 : random.uniform(0.001, 0.3);
  }
  const std::size_t facilities = options.mines + options.separators + options.plants;
  const auto is_mine = [&](std::size_t f) { return f < options.mines; };
  const auto is_separator = [&](std::size_t f) {
    return f >= options.mines && (f - options.mines) % 2 == 0 && (f - options.mines) / 2 < options.separators;
  };
  std::vector<bool> idle(facilities, false);
  for (std::size_t f = 0; f < facilities; ++f) {
    World::Facility facility;
    facility.mine = is_mine(f);
    facility.separates = is_separator(f);
    facility.country = random.below(world.countries);
    idle[f] = random.chance(options.idle);
    std::vector<std::size_t> makes;
    if (facility.mine) {
      makes = {random.below(ores)};
    } else if (facility.separates) {
      for (std::size_t m = 0; m < products; ++m) {
        if (random.chance(0.6)) makes.push_back(ores + m);
      }
      if (makes.empty()) makes.push_back(ores + random.below(products));
    } else {
      const std::size_t count = 1 + random.below(3);
      while (makes.size() < count) {
        // Some plants sell scrap, which closes recycling loops.
        const std::size_t good = random.chance(0.25) ? random.below(ores) : ores + products + random.below(goods);
        if (std::find(makes.begin(), makes.end(), good) == makes.end()) makes.push_back(good);
      }
    }
    for (const std::size_t commodity : makes) facility.makes.push_back({commodity, 1.0});
    world.facilities.push_back(std::move(facility));
  }

  const auto draw_flow = [&] {
    return options.whole_numbers ? static_cast<double>(1 + random.below(1000)) : random.uniform(0.5, 1000.0);
  };
  const auto makers_of = [&](std::size_t commodity, std::size_t before) {
    std::vector<std::size_t> makers;
    for (std::size_t f = 0; f < before; ++f) {
      for (const World::Product& product : world.facilities[f].makes) {
        if (product.commodity == commodity) makers.push_back(f);
      }
    }
    return makers;
  };
  // Routes of one commodity to one place; false if nobody can supply it.
  const auto supply = [&](std::size_t commodity, std::size_t to, std::size_t before, bool buyer_idle) {
    std::vector<std::size_t> makers = makers_of(commodity, before);
    if (makers.empty()) return false;
    random.shuffle(makers);
    const std::size_t count = std::min(makers.size(), 1 + random.below(options.most_suppliers));
    double total = 0.0;
    const std::size_t first = world.routes.size();
    for (std::size_t i = 0; i < count; ++i) {
      const bool none = buyer_idle || idle[makers[i]] || random.chance(options.idle);
      const double flow = none ? 0.0 : draw_flow();
      total += flow;
      world.routes.push_back({makers[i], to, commodity, flow});
    }
    if (total > 0.0 || buyer_idle) return true;
    world.routes.resize(first);
    return false;
  };
  for (std::size_t f = options.mines; f < facilities; ++f) {
    World::Facility& facility = world.facilities[f];
    const std::size_t wanted = facility.separates ? 1 + random.below(ores + 2) : random.below(4);
    for (std::size_t i = 0; i < wanted; ++i) {
      const std::size_t reach = random.chance(options.loops) ? facilities : f;
      const std::size_t commodity =
          facility.separates ? random.below(ores + products) : random.below(world.content.size());
      const bool taken = std::any_of(facility.uses.begin(), facility.uses.end(),
                                     [&](const World::Use& use) { return use.commodity == commodity; });
      if (taken || !supply(commodity, f, reach, idle[f])) continue;
      facility.uses.push_back({commodity, 1.0, 1.0});
    }
    // A separator without ore would have nothing that contains a material for sure.
    const bool has_ore = std::any_of(facility.uses.begin(), facility.uses.end(),
                                     [&](const World::Use& use) { return use.commodity < ores; });
    if (facility.separates && !has_ore) {
      for (std::size_t ore = 0; ore < ores; ++ore) {
        if (!supply(ore, f, f, idle[f])) continue;
        facility.uses.push_back({ore, 1.0, 1.0});
        break;
      }
    }
    if (facility.separates && facility.uses.empty()) {
      facility.uses.push_back({0, 1.0, 1.0});
      idle[f] = true;
    }
  }
  for (std::size_t e = 0; e < options.end_uses; ++e) {
    const std::size_t commodity =
        random.chance(0.2) ? ores + random.below(products) : ores + products + random.below(goods);
    world.end_uses.push_back({random.below(world.countries), commodity, 0.0, random.uniform(0.1, 5.0)});
    if (random.chance(0.95)) (void)supply(commodity, facilities + e, facilities, false);
  }

  // Idle sellers found out late, and separators without the material, ship nothing.
  std::vector<std::vector<double>> contained(facilities, std::vector<double>(world.materials, 0.0));
  for (const World::Route& route : world.routes) {
    if (route.commodity >= ores || route.to >= facilities) continue;
    for (std::size_t m = 0; m < world.materials; ++m) {
      contained[route.to][m] += route.flow * world.content[route.commodity][m];
    }
  }
  for (World::Route& route : world.routes) {
    const bool lacks = world.facilities[route.from].separates && contained[route.from][route.commodity - ores] <= 0.0;
    if (idle[route.from] || lacks) route.flow = 0.0;
  }
  const auto flow_of = [&](std::size_t from, std::size_t to, std::size_t commodity) {
    double sum = 0.0;
    for (const World::Route& route : world.routes) {
      if (route.commodity != commodity) continue;
      if (from != SIZE_MAX && route.from != from) continue;
      if (to != SIZE_MAX && route.to != to) continue;
      sum += route.flow;
    }
    return sum;
  };
  // What nobody brings any more is not an input.
  for (std::size_t f = 0; f < facilities; ++f) {
    World::Facility& facility = world.facilities[f];
    if (facility.separates || idle[f]) continue;
    const auto gone = [&](const World::Use& use) { return flow_of(SIZE_MAX, f, use.commodity) <= 0.0; };
    for (const World::Use& use : facility.uses) {
      if (!gone(use)) continue;
      std::erase_if(world.routes, [&](const World::Route& r) { return r.to == f && r.commodity == use.commodity; });
    }
    std::erase_if(facility.uses, gone);
  }

  for (std::size_t m = 0; m < products; ++m) {
    double most = 0.9;
    for (std::size_t f = 0; f < facilities; ++f) {
      const double sent = flow_of(f, SIZE_MAX, ores + m);
      if (sent > 0.0) most = std::min(most, 0.9 * contained[f][m] / sent);
    }
    world.content[ores + m][m] = most;
  }
  for (std::size_t f = 0; f < facilities; ++f) {
    World::Facility& facility = world.facilities[f];
    if (facility.separates) {
      std::vector<double> held(world.materials, 0.0);
      facility.baseline = 0.0;
      for (const World::Route& route : world.routes) {
        if (route.to != f) continue;
        facility.baseline += route.flow;
        for (std::size_t m = 0; m < world.materials; ++m) held[m] += route.flow * world.content[route.commodity][m];
      }
      for (World::Product& product : facility.makes) {
        const std::size_t m = product.commodity - ores;
        const double sent = flow_of(f, SIZE_MAX, product.commodity);
        product.amount = sent > 0.0 ? sent * world.content[product.commodity][m] / held[m] : random.uniform(0.1, 1.0);
        if (random.chance(0.3)) product.amount = std::min(1.0, product.amount * random.uniform(1.0, 1.1));
      }
      continue;
    }
    facility.baseline = idle[f] ? 0.0 : draw_flow();
    for (World::Use& use : facility.uses) {
      const double arrives = flow_of(SIZE_MAX, f, use.commodity);
      use.amount = idle[f] ? random.uniform(0.1, 2.0) : arrives / facility.baseline;
      if (random.chance(options.surplus)) use.amount *= random.uniform(0.5, 0.99);
      if (random.chance(options.softness)) use.criticality = random.chance(0.2) ? 0.0 : random.uniform(0.0, 1.0);
    }
    for (World::Product& product : facility.makes) {
      const double sent = flow_of(f, SIZE_MAX, product.commodity);
      product.amount = sent > 0.0 ? sent / facility.baseline : random.uniform(0.1, 2.0);
      if (random.chance(0.3)) product.amount *= random.uniform(1.0, 1.5);
    }
  }
  for (std::size_t e = 0; e < options.end_uses; ++e) {
    World::EndUse& use = world.end_uses[e];
    use.demand = flow_of(SIZE_MAX, facilities + e, use.commodity);
    if (random.chance(0.3))
      use.demand = use.demand * random.uniform(1.0, 1.5) + (random.chance(0.5) ? draw_flow() : 0.0);
  }
  if (options.unbalance > 0.0) {
    const auto spoil = [&](double& number) { number *= 1.0 + random.uniform(-0.9, 0.9) * options.unbalance; };
    for (World::Facility& facility : world.facilities) {
      if (facility.separates) {
        spoil(facility.baseline);
        continue;
      }
      for (World::Use& use : facility.uses) spoil(use.amount);
      for (World::Product& product : facility.makes) spoil(product.amount);
    }
    for (World::EndUse& use : world.end_uses) spoil(use.demand);
  }
  for (std::size_t place = 0; place < facilities + options.end_uses; ++place) {
    if (!random.chance(0.3)) continue;
    if (place >= facilities) {
      world.reserves.push_back({place, world.end_uses[place - facilities].commodity, draw_flow()});
    } else if (!world.facilities[place].separates) {
      const auto& uses = world.facilities[place].uses;
      // A reserve may also hold what its holder does not take: it is released for nothing.
      const std::size_t commodity = uses.empty() ? 0 : random.pick(uses).commodity;
      world.reserves.push_back({place, commodity, draw_flow()});
    }
  }
  return world;
}

/// Routes that the base year did not use, after those it did: any maker of a commodity may reach any taker.
inline void add_possible_routes(World& world, Random& random, int attempts) {
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const std::size_t from = random.below(world.facilities.size());
    const std::size_t commodity = random.pick(world.facilities[from].makes).commodity;
    const std::size_t to = random.below(world.facilities.size() + world.end_uses.size());
    bool takes = false;
    if (to < world.facilities.size()) {
      for (const World::Use& use : world.facilities[to].uses) takes = takes || use.commodity == commodity;
    } else {
      takes = world.end_uses[to - world.facilities.size()].commodity == commodity;
    }
    for (const World::Route& route : world.routes) {
      takes = takes && !(route.from == from && route.to == to && route.commodity == commodity);
    }
    if (takes) world.routes.push_back({from, to, commodity, 0.0});
  }
}

/// Room to adapt: capacities above what runs and flows, and routes that the base year did not use.
inline void add_room(World& world, std::uint64_t seed) {
  Random random(seed ^ 0x5bace5ULL);
  const auto above = [&random](double figure) {
    return random.chance(0.3) ? figure : figure * random.uniform(1.0, 2.0) + (random.chance(0.3) ? 20.0 : 0.0);
  };
  for (World::Facility& facility : world.facilities) {
    if (random.chance(0.6)) facility.capacity = above(facility.baseline);
    if (facility.baseline == 0.0 && random.chance(0.5)) facility.capacity = random.uniform(1.0, 300.0);
  }
  add_possible_routes(world, random, 60);
  for (World::Route& route : world.routes) {
    if (random.chance(0.2)) route.capacity = route.flow > 0.0 ? above(route.flow) : random.uniform(0.0, 200.0);
  }
}

/// Time: stocks of up to `most_days` of the base year's use or sales, and lead times of up to as much.
inline void add_time(World& world, std::uint64_t seed, double most_days = 60.0) {
  Random random(seed ^ 0x71e5ULL);
  const auto days_of = [&](double flow) { return flow / 365.0 * random.uniform(0.0, most_days); };
  const auto flow_of = [&world](std::size_t World::Route::*end, std::size_t place, std::size_t commodity) {
    double sum = 0.0;
    for (const World::Route& route : world.routes) {
      if (route.*end == place && route.commodity == commodity) sum += route.flow;
    }
    return sum;
  };
  for (World::Route& route : world.routes) {
    if (random.chance(0.6)) route.lead_days = random.uniform(0.0, most_days);
  }
  for (std::size_t f = 0; f < world.facilities.size(); ++f) {
    for (const World::Use& use : world.facilities[f].uses) {
      if (random.chance(0.6)) {
        world.stocks.push_back({f, use.commodity, days_of(flow_of(&World::Route::to, f, use.commodity))});
      }
    }
    for (const World::Product& product : world.facilities[f].makes) {
      if (random.chance(0.3)) {
        world.stocks.push_back({f, product.commodity, days_of(flow_of(&World::Route::from, f, product.commodity)),
                                lode::StockKind::output});
      }
    }
  }
  for (std::size_t e = 0; e < world.end_uses.size(); ++e) {
    const std::size_t place = world.facilities.size() + e;
    const std::size_t commodity = world.end_uses[e].commodity;
    if (random.chance(0.6)) world.stocks.push_back({place, commodity, days_of(flow_of(&World::Route::to, place, commodity))});
  }
}

/// "f" and 12: "f12".
inline std::string numbered(std::string prefix, std::size_t number) {
  return prefix.append(std::to_string(number));
}
inline std::string facility_id(std::size_t f) {
  return numbered("f", f);
}
inline std::string commodity_id(std::size_t c) {
  return numbered("c", c);
}
inline std::string end_use_id(std::size_t e) {
  return numbered("e", e);
}
inline std::string country_id(std::size_t c) {
  return std::string("AA") + static_cast<char>('A' + c);
}

/// Ids carry the position in the world's lists; sectors and operators repeat.
inline lode::Network build(const World& world) {
  using lode::tonnes_per_year;
  const auto tonnes_a_year = [](std::optional<double> figure) -> std::optional<lode::TonnesPerYear> {
    if (!figure) return std::nullopt;
    return *figure * tonnes_per_year;
  };
  lode::NetworkBuilder builder;
  for (std::size_t m = 0; m < world.materials; ++m) builder.add_material(numbered("m", m));
  for (std::size_t c = 0; c < world.countries; ++c) builder.add_country(country_id(c));
  for (std::size_t c = 0; c < world.content.size(); ++c) {
    const lode::CommodityId id = builder.add_commodity(commodity_id(c), lode::Stage::mining);
    for (std::size_t m = 0; m < world.materials; ++m) {
      if (world.content[c][m] > 0.0) builder.add_content(id, lode::MaterialId{m}, world.content[c][m]);
    }
  }
  for (std::size_t f = 0; f < world.facilities.size(); ++f) {
    const World::Facility& facility = world.facilities[f];
    const lode::FacilityKind kind = facility.mine        ? lode::FacilityKind::mine
                                    : facility.separates ? lode::FacilityKind::refiner
                                                         : lode::FacilityKind::other;
    const lode::FacilityId id = builder.add_facility(facility_id(f), {}, kind, lode::CountryId{facility.country},
                                                     facility.baseline * tonnes_per_year,
                                                     tonnes_a_year(facility.capacity), numbered("op", f % 3));
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
    builder.add_end_use(end_use_id(e), lode::CountryId{use.country},
                        {.takes = lode::CommodityId{use.commodity},
                         .demand = use.demand * tonnes_per_year,
                         .sector = numbered("s", e % 2),
                         .weight = use.weight});
  }
  const auto place = [&world](std::size_t p) -> lode::PlaceId {
    if (p < world.facilities.size()) return lode::FacilityId{p};
    return lode::EndUseId{p - world.facilities.size()};
  };
  for (const World::Route& route : world.routes) {
    builder.add_route(place(route.from), place(route.to), lode::CommodityId{route.commodity},
                      route.flow * tonnes_per_year,
                      {.capacity = tonnes_a_year(route.capacity), .lead_time = route.lead_days * lode::days});
  }
  for (const World::Reserve& reserve : world.reserves) {
    builder.add_stock(place(reserve.holder), lode::CommodityId{reserve.commodity}, reserve.amount * lode::tonnes,
                      lode::StockKind::reserve);
  }
  for (const World::Stock& stock : world.stocks) {
    builder.add_stock(place(stock.holder), lode::CommodityId{stock.commodity}, stock.amount * lode::tonnes, stock.kind);
  }
  return builder.build();
}

}  // namespace lode_test
