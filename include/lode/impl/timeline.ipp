// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <lode/detail/scenario_resolver.hpp>
#include <lode/detail/timeline.hpp>

namespace lode::inline LODE_ABI::detail {

/// The days from which something may differ from the day before, and the windows in which it may differ every day.
struct ChangeDays {
  std::set<Date> days;
  std::vector<std::pair<Date, Date>> windows;  ///< both included

  explicit ChangeDays(const Scenario& scenario) {
    for (const Shock& shock : scenario.shocks) {
      if (shock.period.start) days.insert(*shock.period.start);
      if (shock.period.end) days.insert(*shock.period.end + std::chrono::days{1});
      std::visit([&](const auto& effect) { add(effect, shock.period); }, shock.effect);
    }
  }
  [[nodiscard]] bool drifts(Date first, Date last) const {
    return std::any_of(windows.begin(), windows.end(),
                       [&](const auto& window) { return window.first <= last && first <= window.second; });
  }

 private:
  void add_steps(const Schedule& schedule) {
    for (const Step& step : schedule.steps()) days.insert(step.date);
  }
  void add_steps(const std::optional<Schedule>& schedule) {
    if (schedule) add_steps(*schedule);
  }
  void add_window(Date first, double length) {
    if (!(length > 0.0)) return;
    constexpr double longest = 365.0 * 1000.0;
    const Date after = first + std::chrono::days{static_cast<long>(std::ceil(std::min(length, longest)))};
    windows.push_back({first, after});
    days.insert(first);
    days.insert(after);
  }
  void add(const CapacityShock& effect, const Period& period) {
    add_steps(effect.factor);
    if (period.start) add_window(*period.start, effect.ramp_days.median());
    if (period.end) add_window(*period.end + std::chrono::days{1}, effect.recovery_days.median());
  }
  void add(const LicenceShock& effect, const Period&) {
    add_steps(effect.approved);
    add_steps(effect.refused);
  }
  void add(const ReserveShock& effect, const Period&) { add_steps(effect.rate); }
  void add(const TariffShock&, const Period&) {}
  void add(const PriceFloorShock&, const Period&) {}
  void add(const OfftakeShock&, const Period&) {}
  template <class WithFactor>
  void add(const WithFactor& effect, const Period&) {
    add_steps(effect.factor);
  }
};

LODE_INLINE std::optional<std::pair<Date, Date>> dated_period(const Scenario& scenario) {
  const ChangeDays changes(scenario);
  if (changes.days.empty()) return std::nullopt;
  return std::pair{*changes.days.begin(), *changes.days.rbegin()};
}

/// Adds up days, each with its share of the step.
class StepMean {
 public:
  void add(const Snapshot& day, double share) {
    for (const ActivityLimit& row : day.activity) {
      auto& sum = activity_[row.facility];
      sum.first += share * (row.factor - 1.0);
      sum.second += share * row.add;
    }
    const auto add_factors = [share](auto& sums, const auto& rows, auto id_of, auto value_of) {
      for (const auto& row : rows) sums[id_of(row)] += share * (value_of(row) - 1.0);
    };
    add_factors(
        routes_, day.routes, [](const auto& r) { return r.route; }, [](const auto& r) { return r.open; });
    add_factors(
        demand_, day.demand, [](const auto& r) { return r.end_use; }, [](const auto& r) { return r.factor; });
    add_factors(
        weights_, day.weights, [](const auto& r) { return r.end_use; }, [](const auto& r) { return r.factor; });
    for (const ReserveRelease& row : day.releases) releases_[{row.holder, row.commodity}] += share * row.rate;
    for (RouteLicence row : day.licences) {
      RouteLicence& sum = licences_[row.route];
      // Means over the days on which a licence is needed; the delay is that of the last of them.
      const double before = sum.route.valid() ? sum.active : 0.0;
      row.active = before + share;
      row.approved = (before * sum.approved + share * row.approved) / row.active;
      row.refused = std::min(1.0 - row.approved, (before * sum.refused + share * row.refused) / row.active);
      sum = row;
    }
  }

  [[nodiscard]] Snapshot mean(std::uint32_t step) const {
    Snapshot out;
    out.step = step;
    for (const auto& [facility, sum] : activity_) out.activity.push_back({facility, 1.0 + sum.first, sum.second});
    for (const auto& [route, sum] : routes_) out.routes.push_back({route, std::max(0.0, 1.0 + sum)});
    for (const auto& [use, sum] : demand_) out.demand.push_back({use, std::max(0.0, 1.0 + sum)});
    for (const auto& [use, sum] : weights_) out.weights.push_back({use, 1.0 + sum});
    for (const auto& [place, rate] : releases_) out.releases.push_back({place.first, place.second, rate});
    for (const auto& [route, rule] : licences_) out.licences.push_back(rule);
    return out;
  }

 private:
  std::map<FacilityId, std::pair<double, double>> activity_;
  std::map<RouteId, double> routes_;
  std::map<EndUseId, double> demand_, weights_;
  std::map<std::pair<PlaceId, CommodityId>, double> releases_;
  std::map<RouteId, RouteLicence> licences_;
};

/// Resolves days, each remark noted once; between two changes only once.
class DayResolver {
 public:
  DayResolver(const Network& network, const Scenario& scenario, const ChangeDays& changes,
              std::vector<std::string>& notes)
      : network_(network), scenario_(scenario), changes_(changes), notes_(notes) {}

  [[nodiscard]] Snapshot on(Date day) {
    if (changes_.drifts(day, day)) return resolve(day);
    const auto next = changes_.days.upper_bound(day);
    const std::optional<Date> since = next == changes_.days.begin() ? std::nullopt : std::optional(*std::prev(next));
    const auto known = known_.find(since);
    return known != known_.end() ? known->second : known_.emplace(since, resolve(day)).first->second;
  }

 private:
  [[nodiscard]] Snapshot resolve(Date day) {
    ScenarioResolver resolver(network_, scenario_, day);
    resolver.run();
    if (!resolver.problems().empty()) throw InvalidScenario(std::move(resolver.problems()));
    Disruption static_part = resolver.finish();
    for (std::string& note : static_part.notes(ModelSet::simulate)) {
      if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(std::move(note));
    }
    TimedEffects timed = resolver.timed();
    return {0,
            std::move(static_part.activity),
            std::move(static_part.routes),
            std::move(static_part.demand),
            std::move(static_part.weights),
            std::move(timed.releases),
            std::move(timed.licences)};
  }

  const Network& network_;
  const Scenario& scenario_;
  const ChangeDays& changes_;
  std::vector<std::string>& notes_;
  std::map<std::optional<Date>, Snapshot> known_;  ///< by the last day on which something changed
};

LODE_INLINE std::vector<Snapshot> timeline(const Network& network, const Scenario& scenario, const Calendar& calendar,
                                           std::vector<std::string>& notes) {
  const ChangeDays changes(scenario);
  DayResolver resolver(network, scenario, changes, notes);
  std::vector<Snapshot> out;
  Snapshot current = resolver.on(calendar.start);  // also says what is wrong, whatever the days
  const auto keep = [&out](Snapshot&& next) {
    const bool differs = out.empty() ? !next.same_effects(Snapshot{}) : !next.same_effects(out.back());
    if (differs) out.push_back(std::move(next));
  };
  const std::chrono::days one{1}, most_days_of_a_curve{3};
  bool was_mean = false;
  for (std::uint32_t step = 0; step < calendar.steps; ++step) {
    const Date first = calendar.first_day(step);
    const Date after = first + std::chrono::days{calendar.step_days};
    const bool drifts = changes.drifts(first, after - one);
    auto next_change = changes.days.upper_bound(first);
    const bool changes_inside = next_change != changes.days.end() && *next_change < after;
    const bool changes_at_once = step > 0 && changes.days.contains(first);
    if (!drifts && !changes_inside && !changes_at_once && step > 0) {
      current.step = step;
      if (was_mean) keep(Snapshot(current));
      was_mean = false;
      continue;
    }
    StepMean mean;
    for (Date from = first; from < after;) {
      Date to = next_change != changes.days.end() && *next_change < after ? *next_change : after;
      // Curves are looked at every few days, each time in the middle.
      if (to - from > most_days_of_a_curve && changes.drifts(from, to - one)) to = from + most_days_of_a_curve;
      if (next_change != changes.days.end() && to == *next_change) ++next_change;
      current = resolver.on(from + (to - from) / 2);
      mean.add(current, static_cast<double>((to - from).count()) / calendar.step_days);
      from = to;
    }
    Snapshot next = mean.mean(step);
    if (!drifts && !changes_inside) {
      next = current;  // one value all step long: no rounding of a mean
      next.step = step;
    }
    was_mean = drifts || changes_inside;
    keep(std::move(next));
  }
  return out;
}

}  // namespace lode::inline LODE_ABI::detail
