// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include <lode/detail/scenario_family.hpp>
#include <lode/draw.hpp>

namespace lode::inline LODE_ABI::detail {

/// Finds the term of one shock that propagation uses: what is drawn, or the certain value of the day.
class TermFinder {
 public:
  using Term = ScenarioFamily::Term;

  TermFinder(std::optional<Date> day, std::size_t& variables) : day_(day), variables_(variables) {}

  void operator()(const UncertainNumber& field, const FieldRange& range) {
    found_.push_back(is_uncertain(field) ? Term{field, range, take_variable()}
                                         : Term{field, range, Term::certain, field.median()});
  }
  void operator()(const Schedule& field, const FieldRange& range) {
    const std::uint32_t variable = is_uncertain(field) ? take_variable() : Term::certain;
    const UncertainNumber* const at = field.at(day_);
    if (at == nullptr) {
      found_.push_back({UncertainNumber{}, range, Term::certain, neutral_});
    } else if (is_uncertain(*at)) {
      found_.push_back({*at, range, variable});
    } else {
      found_.push_back({*at, range, Term::certain, at->median()});
    }
  }
  /// The value of a schedule before its first step.
  void set_neutral(double value) { neutral_ = value; }
  /// By field, in the order of `visit_numbers`.
  [[nodiscard]] const std::vector<Term>& found() const { return found_; }

 private:
  std::uint32_t take_variable() { return static_cast<std::uint32_t>(variables_++); }

  std::optional<Date> day_;
  std::size_t& variables_;
  double neutral_ = 1.0;
  std::vector<Term> found_;
};

/// The shock alone, with one half for every number that scales: its disruption lists all that the shock selects.
class Probe {
 public:
  static constexpr double half = 0.5;
  void operator()(CapacityShock& shock) const {
    shock.factor = half;
    shock.add = std::nullopt;
    shock.ramp_days = 0.0;
    shock.recovery_days = 0.0;
  }
  void operator()(RouteShock& shock) const { shock.factor = half; }
  void operator()(ExportShock& shock) const { shock.factor = half; }
  void operator()(ImportShock& shock) const { shock.factor = half; }
  void operator()(DemandShock& shock) const { shock.factor = half; }
  void operator()(PriorityShock& shock) const { shock.factor = half; }
  void operator()(LicenceShock& shock) const {
    shock.delay_days = 0.0;
    shock.approved = half;
    shock.refused = std::nullopt;
  }
  void operator()(ReserveShock& shock) const { shock.rate = std::nullopt; }
  void operator()(TariffShock&) const {}
  void operator()(PriceFloorShock&) const {}
  void operator()(OfftakeShock&) const {}
};

LODE_INLINE ScenarioFamily::ScenarioFamily(const Network& network, const Scenario& scenario) {
  items_ = resolve(network, scenario);
  for (std::size_t s = 0; s < scenario.shocks.size(); ++s) add_shock(network, scenario, s);
  collect(network);
}

LODE_INLINE void ScenarioFamily::add_shock(const Network& network, const Scenario& scenario, std::size_t shock) {
  Scenario alone{scenario.name};
  alone.at = scenario.at;
  alone.shocks.push_back(scenario.shocks[shock]);
  Effect& effect = alone.shocks.front().effect;
  const std::optional<Date> day = alone.shocks.front().at ? alone.shocks.front().at : scenario.at;
  TermFinder finder(day, variables_);
  if (std::holds_alternative<ReserveShock>(effect)) finder.set_neutral(0.0);
  visit_numbers(effect, finder);

  // Which of the fields count: see NumberVisitor for their order.
  std::optional<Term> scale, add;
  if (const auto* capacity = std::get_if<CapacityShock>(&effect)) {
    std::size_t field = 0;
    if (capacity->factor) scale = finder.found()[field++];
    if (capacity->add) add = finder.found()[field++];
    const auto is_zero = [](const UncertainNumber& number) { return number.is_certain() && number.median() == 0.0; };
    if (day && !(is_zero(capacity->ramp_days) && is_zero(capacity->recovery_days))) is_simple_ = false;
  } else if (const auto* licence = std::get_if<LicenceShock>(&effect)) {
    scale = licence->approved ? finder.found()[1] : Term{1.0, FieldRange{}, Term::certain, 1.0};
  } else if (const auto* reserve = std::get_if<ReserveShock>(&effect)) {
    constexpr double as_needed = std::numeric_limits<double>::infinity();
    scale = reserve->rate ? finder.found()[0] : Term{0.0, FieldRange{}, Term::certain, as_needed};
  } else if (!finder.found().empty()) {
    scale = finder.found()[0];
  }

  std::visit(Probe{}, effect);
  const Disruption selected = resolve(network, alone);
  const auto store = [this](const std::optional<Term>& term) -> std::optional<std::uint32_t> {
    if (!term) return std::nullopt;
    terms_.push_back(*term);
    return static_cast<std::uint32_t>(terms_.size() - 1);
  };
  const std::optional<std::uint32_t> scale_at = store(scale), add_at = store(add);
  const auto item_of = [](auto& items, std::vector<std::uint32_t>& position, auto id) -> auto& {
    position.resize(std::max(position.size(), id.index() + 1), no_item);
    std::uint32_t& at = position[id.index()];
    if (at == no_item) {
      at = static_cast<std::uint32_t>(items.size());
      items.emplace_back().id = id;
    }
    return items[at];
  };
  for (const ActivityLimit& limit : selected.activity) {
    Activity& item = item_of(activity_, activity_at_, limit.facility);
    if (scale_at) item.terms.push_back(*scale_at);
    if (add_at) item.adds.push_back(*add_at);
  }
  if (!scale_at) return;
  for (const RouteOpenness& route : selected.routes)
    item_of(routes_, route_at_, route.route).terms.push_back(*scale_at);
  for (const EndUseFactor& factor : selected.demand)
    item_of(demand_, demand_at_, factor.end_use).terms.push_back(*scale_at);
  for (const EndUseFactor& factor : selected.weights)
    item_of(weights_, weight_at_, factor.end_use).terms.push_back(*scale_at);
  for (const ReserveRelease& release : selected.releases) {
    const auto same = [&release](const Release& r) {
      return r.id == release.holder && r.commodity == release.commodity;
    };
    auto found = std::find_if(releases_.begin(), releases_.end(), same);
    if (found == releases_.end()) {
      releases_.push_back({{release.holder, {}}, release.commodity, release.rate});
      found = releases_.end() - 1;
    }
    found->terms.push_back(*scale_at);
  }
}

/// Keeps the items that an uncertain number concerns, and lists them in the median's disruption.
LODE_INLINE void ScenarioFamily::collect(const Network& network) {
  const auto varies = [this](const std::vector<std::uint32_t>& terms) {
    return std::any_of(terms.begin(), terms.end(),
                       [this](std::uint32_t t) { return terms_[t].variable != Term::certain; });
  };
  std::erase_if(activity_, [&](const Activity& item) {
    return (!varies(item.terms) && !varies(item.adds)) ||
           network[item.id].baseline.in(tonnes_per_year) <= 0.0;  // does nothing under propagation
  });
  const auto keep = [&](auto& items) { std::erase_if(items, [&](const auto& item) { return !varies(item.terms); }); };
  keep(routes_);
  keep(demand_);
  keep(weights_);
  keep(releases_);

  // What is listed already comes in ascending order.
  const auto list = [](auto& listed, const auto& items, auto id_of, auto entry) {
    const std::size_t known = listed.size();
    const auto before = [&](const auto& a, const auto& id) { return id_of(a) < id; };
    for (const auto& item : items) {
      const auto end = listed.begin() + static_cast<std::ptrdiff_t>(known);
      const auto at = std::lower_bound(listed.begin(), end, item.id, before);
      if (at == end || id_of(*at) != item.id) listed.push_back(entry(item));
    }
  };
  list(
      items_.activity, activity_, [](const ActivityLimit& a) { return a.facility; },
      [](const Activity& item) { return ActivityLimit{item.id}; });
  list(
      items_.routes, routes_, [](const RouteOpenness& r) { return r.route; },
      [](const Item<RouteId>& item) { return RouteOpenness{item.id}; });
  const auto end_use_of = [](const EndUseFactor& f) { return f.end_use; };
  const auto neutral = [](const Item<EndUseId>& item) { return EndUseFactor{item.id}; };
  list(items_.demand, demand_, end_use_of, neutral);
  list(items_.weights, weights_, end_use_of, neutral);
  for (const Release& release : releases_) {
    const auto same = [&](const ReserveRelease& r) {
      return r.holder == release.id && r.commodity == release.commodity;
    };
    if (std::none_of(items_.releases.begin(), items_.releases.end(), same)) {
      items_.releases.push_back({release.id, release.commodity, 0.0});
    }
  }
}

}  // namespace lode::inline LODE_ABI::detail
