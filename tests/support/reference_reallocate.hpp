// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lode/adaptation.hpp>
#include <lode/network.hpp>
#include <lode/optimize/interior_point.hpp>
#include <lode/result.hpp>
#include <lode/scenario.hpp>

#include "clp.hpp"
#include "reference_propagate.hpp"

/// Reallocation written down a second time, straight from the published rules and the network's tables, and solved by
/// CLP. It shares nothing with the library but the tables. Unlike the library's program it has what is drawn from a
/// reserve and what is taken at a separator's gate as quantities of their own.
namespace lode_test {

/// sum of coefficient * variable <= most (= most where `equal`).
struct Rule {
  std::string begin, end;  ///< of the line that the library gives it in a conflict
  std::vector<std::pair<std::size_t, double>> terms;
  double most = 0.0;
  double gift = 1.0;  ///< what `most` rises by where one more t/yr falls from the sky
  bool equal = false;
  std::size_t draw = SIZE_MAX;  ///< the variable that draws on a reserve, if one does
};

/// Variables: flows by route, activities by facility, what is missing by end use, then the rest. All at least 0.
struct ReferenceProgram {
  std::size_t routes = 0, facilities = 0, end_uses = 0;
  std::vector<double> cost, most;
  std::vector<std::string> most_begin;  ///< of the line that the library gives an upper bound in a conflict
  std::vector<Rule> rules;
  std::vector<double> flow, inertia;  ///< by route
  std::vector<double> demanded, weight;
  double all_demand = 0.0;  ///< sum of weight * demand
  // Positions among the rules. `take` is for inputs and feeds, `make` for outputs and recoveries, as in the tables.
  std::vector<std::vector<std::size_t>> take, make;
  std::vector<std::size_t> demand;
  /// By shock and commodity, in the order of the scenario and of the network.
  struct Trade {
    std::size_t shock = 0, commodity = 0, rule = 0;
  };
  std::vector<Trade> quotas, offtakes;

  [[nodiscard]] std::size_t activity(std::size_t facility) const { return routes + facility; }
  [[nodiscard]] std::size_t missing(std::size_t end_use) const { return routes + facilities + end_use; }
  std::size_t add(double price, double limit) {
    cost.push_back(price);
    most.push_back(limit);
    most_begin.emplace_back();
    return cost.size() - 1;
  }
  std::size_t add(Rule rule) {
    rules.push_back(std::move(rule));
    return rules.size() - 1;
  }
};

inline ReferenceProgram reference_reallocate(const lode::Network& network, const lode::Scenario& scenario,
                                             const lode::Adaptation& allow = {}) {
  using reference::tpy;
  constexpr double unlimited = lode::optimize::infinity;
  const ReferenceShock shocks = reference_shock(network, scenario);
  ReferenceProgram p;
  p.routes = network.routes().size();
  p.facilities = network.facilities().size();
  p.end_uses = network.end_uses().size();
  const auto quoted = [](const std::string& text) { return '"' + text + '"'; };

  std::vector<double> largest(network.commodities().size(), 0.0);
  for (const lode::Route& route : network.routes()) {
    largest[route.commodity.index()] = std::max(largest[route.commodity.index()], static_cast<double>(tpy(route.flow)));
  }
  for (const lode::Route& route : network.routes()) {
    const auto flow = static_cast<double>(tpy(route.flow));
    double limit = route.capacity ? static_cast<double>(tpy(*route.capacity)) : unlimited;
    if (flow > 0.0 && !allow.rerouting) limit = std::min(limit, flow);
    if (flow == 0.0 && !allow.new_links) limit = 0.0;
    const std::size_t at = p.add(0.0, limit);
    p.most_begin[at] = "capacity: the route of " + quoted(network[route.commodity].id) + " from " +
                       quoted(network.id(route.from)) + " to " + quoted(network.id(route.to)) + " carries at most ";
    p.flow.push_back(flow);
    const double scale = largest[route.commodity.index()];
    p.inertia.push_back(std::max(flow, 1e-3 * (scale > 0.0 ? scale : 1.0)));
  }
  for (std::size_t f = 0; f < p.facilities; ++f) {
    const lode::Facility& facility = network.facilities()[f];
    const long double room = tpy(allow.spare_capacity && facility.capacity ? *facility.capacity : facility.baseline);
    const long double limit = shocks.factor[f] * room + shocks.add[f];
    const std::size_t at = p.add(0.0, static_cast<double>(std::max(0.0L, limit)));
    p.most_begin[at] = "limit: " + quoted(facility.id) + " does at most ";
  }
  for (std::size_t e = 0; e < p.end_uses; ++e) {
    const lode::EndUse& use = network.end_uses()[e];
    p.demanded.push_back(static_cast<double>(tpy(use.demand) * shocks.demand[e]));
    p.weight.push_back(static_cast<double>(use.weight * shocks.weight[e]));
    p.all_demand += p.demanded.back() * p.weight.back();
    p.add(p.weight.back(), unlimited);
  }

  const auto flows = [&](Rule& rule, lode::PlaceId at, bool arriving, lode::CommodityId commodity, double coefficient) {
    for (std::size_t r = 0; r < p.routes; ++r) {
      const lode::Route& route = network.routes()[r];
      if (route.commodity != commodity || (arriving ? route.to : route.from) != at) continue;
      rule.terms.emplace_back(r, coefficient);
    }
  };
  const auto draw = [&](Rule& rule, lode::PlaceId at, lode::CommodityId commodity, double coefficient) {
    const auto found = shocks.reserve.find({network.id(at), commodity.index()});
    if (found == shocks.reserve.end()) return;
    rule.draw = p.add(0.0, static_cast<double>(found->second));
    rule.terms.emplace_back(rule.draw, coefficient);
  };
  p.take.resize(p.facilities);
  p.make.resize(p.facilities);
  for (std::size_t f = 0; f < p.facilities; ++f) {
    const lode::Facility& facility = network.facilities()[f];
    const lode::PlaceId here = lode::FacilityId{f};
    const std::string name = quoted(facility.id);
    const auto baseline = static_cast<double>(tpy(facility.baseline));
    for (const lode::Input& input : facility.inputs) {
      Rule rule{"balance: " + name + " uses no more " + quoted(network[input.commodity].id) + " than arrives", {}, {}};
      rule.terms.emplace_back(p.activity(f), input.amount);
      flows(rule, here, true, input.commodity, -input.criticality);
      draw(rule, here, input.commodity, -input.criticality);
      rule.most = (1.0 - input.criticality) * input.amount * baseline;
      rule.gift = input.criticality;
      p.take[f].push_back(p.add(std::move(rule)));
    }
    for (const lode::Output& output : facility.outputs) {
      Rule rule{
          "balance: " + name + " sends no more " + quoted(network[output.commodity].id) + " than it makes", {}, {}};
      flows(rule, here, false, output.commodity, 1.0);
      rule.terms.emplace_back(p.activity(f), -output.amount);
      p.make[f].push_back(p.add(std::move(rule)));
    }
    if (!facility.is_separator()) continue;
    Rule feed{"balance: " + name + " does as much as it is fed", {}, {}};
    feed.equal = true;
    feed.terms.emplace_back(p.activity(f), -1.0);
    std::vector<std::size_t> taken;
    for (const lode::Feed& entry : facility.feeds) {
      taken.push_back(p.add(0.0, unlimited));
      feed.terms.emplace_back(taken.back(), 1.0);
      // What arrives is taken: a separator stores nothing and throws nothing away but what it wins.
      Rule gate;
      gate.equal = true;
      gate.terms.emplace_back(taken.back(), 1.0);
      flows(gate, here, true, entry.commodity, -1.0);
      p.take[f].push_back(p.add(std::move(gate)));
    }
    p.add(std::move(feed));
    for (const lode::Recovery& recovery : facility.recoveries) {
      Rule rule{
          "balance: " + name + " sends no more " + quoted(network[recovery.commodity].id) + " than it makes", {}, {}};
      flows(rule, here, false, recovery.commodity, network[recovery.commodity].content(recovery.material));
      for (std::size_t k = 0; k < taken.size(); ++k) {
        const double content = network[facility.feeds[k].commodity].content(recovery.material);
        rule.terms.emplace_back(taken[k], -recovery.recovery * content);
      }
      rule.gift = network[recovery.commodity].content(recovery.material);
      p.make[f].push_back(p.add(std::move(rule)));
    }
  }
  for (std::size_t e = 0; e < p.end_uses; ++e) {
    const lode::CommodityId commodity = network.end_uses()[e].commodity;
    Rule rule{"balance: " + quoted(network.end_uses()[e].id) + " uses no more " + quoted(network[commodity].id) +
                  " than arrives",
              {},
              {}};
    rule.terms.emplace_back(p.missing(e), -1.0);
    flows(rule, lode::EndUseId{e}, true, commodity, -1.0);
    draw(rule, lode::EndUseId{e}, commodity, -1.0);
    rule.most = -p.demanded[e];
    p.demand.push_back(p.add(std::move(rule)));
  }

  for (std::size_t s = 0; s < scenario.shocks.size(); ++s) {
    const lode::Shock& shock = scenario.shocks[s];
    const std::optional<lode::Date> at = scenario.at;
    if (at && shock.period.start && *at < *shock.period.start) continue;
    if (at && shock.period.end && *at > *shock.period.end) continue;
    using reference::is_selected;
    const auto country_of = [&](lode::PlaceId place) { return network[network.country(place)].id; };
    const auto trade = [&](const auto& rule, const lode::Route& route, bool home_sells) {
      std::string home = country_of(route.from);
      std::string partner = country_of(route.to);
      if (home == partner) return false;
      if (!home_sells) std::swap(home, partner);
      return is_selected(rule.country, home) && is_selected(rule.partners, partner) &&
             !(rule.except.given() && is_selected(rule.except, partner)) &&
             is_selected(rule.commodity, network[route.commodity].id);
    };
    const auto ends = [&](const auto& rule, const lode::Route& route) {
      return is_selected(rule.from, network.id(route.from)) && is_selected(rule.to, network.id(route.to)) &&
             is_selected(rule.commodity, network[route.commodity].id);
    };
    const auto each_commodity = [&](const auto& selects, auto use) {
      for (std::size_t c = 0; c < network.commodities().size(); ++c) {
        std::vector<std::size_t> chosen;
        for (std::size_t r = 0; r < p.routes; ++r) {
          if (network.routes()[r].commodity.index() == c && selects(network.routes()[r])) chosen.push_back(r);
        }
        if (!chosen.empty()) use(c, chosen);
      }
    };
    const auto quota = [&](double factor, const auto& selects) {
      if (factor >= 1.0) return;
      each_commodity(selects, [&](std::size_t c, const std::vector<std::size_t>& chosen) {
        Rule rule{"quota of shock " + std::to_string(s + 1) + ": at most ",
                  " t/yr of " + quoted(network.commodities()[c].id),
                  {}};
        for (const std::size_t r : chosen) {
          rule.terms.emplace_back(r, 1.0);
          rule.most += factor * p.flow[r];
        }
        p.quotas.push_back({s, c, p.add(std::move(rule))});
      });
    };
    const auto number = [&](const lode::Schedule& schedule) {
      return static_cast<double>(reference::value_of(schedule, at, 1.0L));
    };
    if (const auto* closed = std::get_if<lode::RouteShock>(&shock.effect)) {
      quota(number(closed->factor), [&](const lode::Route& route) { return ends(*closed, route); });
    } else if (const auto* sold = std::get_if<lode::ExportShock>(&shock.effect)) {
      quota(number(sold->factor), [&](const lode::Route& route) { return trade(*sold, route, true); });
    } else if (const auto* bought = std::get_if<lode::ImportShock>(&shock.effect)) {
      quota(number(bought->factor), [&](const lode::Route& route) { return trade(*bought, route, false); });
    } else if (const auto* licence = std::get_if<lode::LicenceShock>(&shock.effect)) {
      if (!licence->approved) continue;
      quota(number(*licence->approved), [&](const lode::Route& route) { return trade(*licence, route, true); });
    } else if (const auto* offtake = std::get_if<lode::OfftakeShock>(&shock.effect)) {
      const auto selects = [&](const lode::Route& route) { return ends(*offtake, route); };
      each_commodity(selects, [&](std::size_t c, const std::vector<std::size_t>& chosen) {
        Rule rule{"offtake of shock " + std::to_string(s + 1) + ": at least ",
                  " t/yr of " + quoted(network.commodities()[c].id),
                  {}};
        for (const std::size_t r : chosen) rule.terms.emplace_back(r, -1.0);
        rule.most = -std::get<double>(offtake->minimum.form());
        p.offtakes.push_back({s, c, p.add(std::move(rule))});
      });
    }
  }
  return p;
}

inline lode::optimize::Program to_program(const ReferenceProgram& p) {
  const auto n = static_cast<Eigen::Index>(p.cost.size());
  const auto m = static_cast<Eigen::Index>(p.rules.size());
  lode::optimize::Program out;
  out.gradient = Eigen::Map<const Eigen::VectorXd>(p.cost.data(), n);
  out.lower = Eigen::VectorXd::Zero(n);
  out.upper = Eigen::Map<const Eigen::VectorXd>(p.most.data(), n);
  out.row_lower = Eigen::VectorXd::Constant(m, -lode::optimize::infinity);
  out.row_upper.resize(m);
  std::vector<Eigen::Triplet<double>> entries;
  for (Eigen::Index i = 0; i < m; ++i) {
    const Rule& rule = p.rules[static_cast<std::size_t>(i)];
    for (const auto& [variable, coefficient] : rule.terms) {
      entries.emplace_back(static_cast<int>(i), static_cast<int>(variable), coefficient);
    }
    out.row_upper[i] = rule.most;
    if (rule.equal) out.row_lower[i] = rule.most;
  }
  out.rows.resize(m, n);
  out.rows.setFromTriplets(entries.begin(), entries.end());
  return out;
}

inline ClpAnswer solve(const ReferenceProgram& p) {
  return solve_with_clp(to_program(p));
}

/// The variables of a result: its flows and activities, what is missing, and of the rest what these need.
inline Eigen::VectorXd point_of(const lode::Result& result, const ReferenceProgram& p) {
  using lode::tonnes_per_year;
  Eigen::VectorXd x = Eigen::Map<const Eigen::VectorXd>(p.most.data(), static_cast<Eigen::Index>(p.most.size()));
  const auto set = [&x](std::size_t at, double value) { x[static_cast<Eigen::Index>(at)] = value; };
  for (std::size_t r = 0; r < p.routes; ++r) set(r, result.routes[r].flow.in(tonnes_per_year));
  for (std::size_t f = 0; f < p.facilities; ++f) set(p.activity(f), result.facilities[f].activity.in(tonnes_per_year));
  for (std::size_t e = 0; e < p.end_uses; ++e) set(p.missing(e), result.end_uses[e].shortfall.in(tonnes_per_year));
  // What a separator takes of a feed is what arrives of it: the first entry of its gate.
  for (const std::vector<std::size_t>& gates : p.take) {
    for (const std::size_t at : gates) {
      const Rule& gate = p.rules[at];
      if (!gate.equal) continue;
      double arrives = 0.0;
      for (std::size_t i = 1; i < gate.terms.size(); ++i) arrives += x[static_cast<Eigen::Index>(gate.terms[i].first)];
      set(gate.terms.front().first, arrives);
    }
  }
  // Of a reserve no more is drawn than is needed.
  for (const Rule& rule : p.rules) {
    double lacks = -rule.most;
    for (const auto& [variable, coefficient] : rule.terms) {
      if (variable != rule.draw) lacks += coefficient * x[static_cast<Eigen::Index>(variable)];
    }
    for (const auto& [variable, coefficient] : rule.terms) {
      if (variable != rule.draw) continue;
      set(variable, coefficient < 0.0 ? std::clamp(lacks / -coefficient, 0.0, p.most[variable]) : 0.0);
    }
  }
  return x;
}

/// What a variable is measured against: its figure in the base year, of a flow at least its inertia.
inline double size_of(const ReferenceProgram& p, const Eigen::VectorXd& base_year, Eigen::Index j) {
  const double before = j < base_year.size() ? base_year[j] : 0.0;
  return static_cast<std::size_t>(j) < p.routes ? std::max(before, p.inertia[static_cast<std::size_t>(j)]) : before;
}

/// The worst broken rule: how far, as a share of what the rule is about, now or in the base year, and which.
struct Violation {
  double worst = 0.0;
  std::string where = {};
};
inline Violation violation(const ReferenceProgram& p, const Eigen::VectorXd& x, const Eigen::VectorXd& base_year) {
  Violation out;
  const auto look = [&out](double excess, double size, const std::string& where) {
    if (!(excess > 0.0)) return;
    const double share = excess / std::max(size, 1e-300);
    if (share > out.worst) out = {share, where};
  };
  for (const Rule& rule : p.rules) {
    double sum = -rule.most;
    double size = std::abs(rule.most);
    double size_before = 0.0;
    for (const auto& [variable, coefficient] : rule.terms) {
      const auto j = static_cast<Eigen::Index>(variable);
      sum += coefficient * x[j];
      size += std::abs(coefficient * x[j]);
      size_before += std::abs(coefficient) * size_of(p, base_year, j);
    }
    look(rule.equal ? std::abs(sum) : sum, std::max(size, size_before), rule.begin);
  }
  for (Eigen::Index j = 0; j < x.size(); ++j) {
    const auto at = static_cast<std::size_t>(j);
    const double before = size_of(p, base_year, j);
    look(-x[j], std::max(std::abs(x[j]), before), "at least 0");
    look(x[j] - p.most[at], std::max({std::abs(x[j]), before, p.most[at]}), p.most_begin[at]);
  }
  return out;
}

/// Flows and activities of the base year.
inline Eigen::VectorXd base_year_of(const lode::Network& network) {
  const auto routes = static_cast<Eigen::Index>(network.routes().size());
  Eigen::VectorXd out(routes + static_cast<Eigen::Index>(network.facilities().size()));
  for (std::size_t r = 0; r < network.routes().size(); ++r) {
    out[static_cast<Eigen::Index>(r)] = static_cast<double>(reference::tpy(network.routes()[r].flow));
  }
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    out[routes + static_cast<Eigen::Index>(f)] = static_cast<double>(reference::tpy(network.facilities()[f].baseline));
  }
  return out;
}

/// The optimal allocations as a program: by complementarity, rules and bounds with a multiplier hold without slack,
/// whichever optimal multipliers are taken. No objective.
inline lode::optimize::Program optimal_face(const ReferenceProgram& p, const ClpAnswer& best) {
  lode::optimize::Program face = to_program(p);
  double unit = 1e-300;
  for (const double weight : p.weight) unit = std::max(unit, weight);
  // Multipliers beside what they stand for: a rule's entry times its multiplier is a price.
  Eigen::VectorXd size = Eigen::VectorXd::Constant(face.row_upper.size(), 1e300);
  for (Eigen::Index j = 0; j < face.rows.cols(); ++j) {
    for (Eigen::SparseMatrix<double>::InnerIterator it(face.rows, j); it; ++it) {
      size[it.row()] = std::min(size[it.row()], std::abs(it.value()) > 0.0 ? std::abs(it.value()) : 1e300);
    }
  }
  for (Eigen::Index i = 0; i < face.row_upper.size(); ++i) {
    if (std::abs(best.row_dual[i]) * size[i] > 1e-9 * unit) face.row_lower[i] = face.row_upper[i];
  }
  for (Eigen::Index j = 0; j < face.upper.size(); ++j) {
    if (best.bound_dual[j] > 1e-9 * unit) face.upper[j] = face.lower[j];
    if (best.bound_dual[j] < -1e-9 * unit && std::isfinite(face.upper[j])) face.lower[j] = face.upper[j];
  }
  face.gradient.setZero();
  return face;
}

/// sum (f - f0)^2 / (2 inertia).
inline double change_of_trade(const ReferenceProgram& p, const Eigen::VectorXd& x) {
  double sum = 0.0;
  for (std::size_t r = 0; r < p.routes; ++r) {
    const double change = x[static_cast<Eigen::Index>(r)] - p.flow[r];
    sum += change * change / (2.0 * p.inertia[r]);
  }
  return sum;
}

/// An upper bound on how much less any optimal allocation changes trade than `x` does, by Frank and Wolfe's
/// certificate: the objective is convex, so nowhere below its tangent at `x`, and CLP finds the lowest point of that.
/// Relative to the sum of the tangent's terms.
inline std::optional<double> avoidable_change(const ReferenceProgram& p, const lode::optimize::Program& face,
                                              const Eigen::VectorXd& x) {
  lode::optimize::Program tangent = face;
  double here = 0.0;
  double size = 0.0;
  for (std::size_t r = 0; r < p.routes; ++r) {
    const auto j = static_cast<Eigen::Index>(r);
    tangent.gradient[j] = (x[j] - p.flow[r]) / p.inertia[r];
    here += tangent.gradient[j] * x[j];
    size += std::abs(tangent.gradient[j]) * std::max(std::abs(x[j]), p.flow[r]);
  }
  if (size == 0.0) return 0.0;
  const double unit = tangent.gradient.cwiseAbs().maxCoeff();
  tangent.gradient /= unit;
  const ClpAnswer lowest = solve_with_clp(tangent);
  if (lowest.status != ClpStatus::optimal) return std::nullopt;
  return (here - unit * lowest.objective) / size;
}

/// How far `x` is from the conditions of optimality of the least change: the tangent must be a sum of multipliers of
/// rules and bounds that bind, each with the sign of its side. The least residual that any multipliers leave, found by
/// CLP, in units of (f - f0) / inertia. The objective is strictly convex, so flows are within about inertia * residual.
inline std::optional<double> residual_of_least_change(const ReferenceProgram& p, const lode::optimize::Program& face,
                                                      const Eigen::VectorXd& x, const Eigen::VectorXd& base_year) {
  constexpr double unlimited = lode::optimize::infinity;
  constexpr double tight = 1e-6;  // what a point of an interior method may lack
  const auto n = x.size();
  const auto m = face.row_upper.size();
  // Multipliers of rules, of bounds, then the residual.
  lode::optimize::Program question;
  question.gradient = Eigen::VectorXd::Zero(m + n + 1);
  question.gradient[m + n] = 1.0;
  question.lower = Eigen::VectorXd::Zero(m + n + 1);
  question.upper = question.lower;
  question.upper[m + n] = unlimited;
  Eigen::VectorXd at = Eigen::VectorXd::Zero(m);
  Eigen::VectorXd size = face.row_upper.cwiseAbs();
  std::vector<Eigen::Triplet<double>> entries;
  for (Eigen::Index j = 0; j < n; ++j) {
    for (Eigen::SparseMatrix<double>::InnerIterator it(face.rows, j); it; ++it) {
      at[it.row()] += it.value() * x[j];
      size[it.row()] =
          std::max(size[it.row()], std::abs(it.value()) * std::max(std::abs(x[j]), size_of(p, base_year, j)));
      for (const Eigen::Index side : {Eigen::Index{0}, n}) {
        entries.emplace_back(static_cast<int>(side + j), static_cast<int>(it.row()), it.value());
      }
    }
    for (const Eigen::Index side : {Eigen::Index{0}, n}) {
      entries.emplace_back(static_cast<int>(side + j), static_cast<int>(m + j), 1.0);
      const double sign = side == 0 ? 1.0 : -1.0;
      if (j < static_cast<Eigen::Index>(p.routes))
        entries.emplace_back(static_cast<int>(side + j), static_cast<int>(m + n), sign);
    }
    const double near = tight * std::max(std::abs(x[j]), size_of(p, base_year, j));
    const bool fixed = face.lower[j] == face.upper[j];
    if (fixed || x[j] <= face.lower[j] + near) question.upper[m + j] = unlimited;
    if (fixed || x[j] >= face.upper[j] - near) question.lower[m + j] = -unlimited;
  }
  for (Eigen::Index i = 0; i < m; ++i) {
    const bool equal = face.row_lower[i] == face.row_upper[i];
    if (equal || at[i] >= face.row_upper[i] - tight * size[i]) question.lower[i] = -unlimited;
    if (equal) question.upper[i] = unlimited;
  }
  question.row_lower = Eigen::VectorXd::Constant(2 * n, -unlimited);
  question.row_upper = Eigen::VectorXd::Constant(2 * n, unlimited);
  for (Eigen::Index j = 0; j < n; ++j) {
    const auto r = static_cast<std::size_t>(j);
    const double tangent = r < p.routes ? (x[j] - p.flow[r]) / p.inertia[r] : 0.0;
    question.row_lower[j] = tangent;
    question.row_upper[n + j] = tangent;
  }
  question.rows.resize(2 * n, m + n + 1);
  question.rows.setFromTriplets(entries.begin(), entries.end());
  const ClpAnswer answer = solve_with_clp(question);
  if (answer.status != ClpStatus::optimal) return std::nullopt;
  return answer.objective;
}

/// The flows that change trade least, by the interior point method in the changes themselves; empty where it does not
/// converge.
inline Eigen::VectorXd least_change_flows(const ReferenceProgram& p, const lode::optimize::Program& face) {
  lode::optimize::Program program = face;
  const auto n = program.gradient.size();
  Eigen::VectorXd before = Eigen::VectorXd::Zero(n);
  std::vector<Eigen::Triplet<double>> curvature;
  for (std::size_t r = 0; r < p.routes; ++r) {
    curvature.emplace_back(static_cast<int>(r), static_cast<int>(r), 1.0 / p.inertia[r]);
    before[static_cast<Eigen::Index>(r)] = p.flow[r];
  }
  const Eigen::VectorXd rows = face.rows * before;
  program.row_lower -= rows;
  program.row_upper -= rows;
  program.lower -= before;
  program.upper -= before;
  program.hessian.resize(n, n);
  program.hessian.setFromTriplets(curvature.begin(), curvature.end());
  const lode::optimize::Solution answer = lode::optimize::minimise(program, {.tolerance = 1e-11});
  if (answer.status != lode::optimize::Status::optimal) return {};
  return (answer.x + before).head(static_cast<Eigen::Index>(p.routes));
}

/// The least total; infinity where nothing is possible.
inline double value_of(const ReferenceProgram& program) {
  const ClpAnswer answer = solve(program);
  if (answer.status == ClpStatus::optimal) return answer.objective;
  // Of what is infeasible by next to nothing CLP may say nothing.
  const bool infeasible =
      answer.status == ClpStatus::primal_infeasible ||
      lode::optimize::minimise(to_program(program)).status == lode::optimize::Status::primal_infeasible;
  return infeasible ? lode::optimize::infinity : std::nan("");
}

}  // namespace lode_test
