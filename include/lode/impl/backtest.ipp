// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lode/backtest.hpp>
#include <lode/detail/base_levels.hpp>
#include <lode/detail/metric_series.hpp>
#include <lode/detail/text.hpp>
#include <lode/disruption.hpp>
#include <lode/draw.hpp>
#include <lode/propagate.hpp>
#include <lode/random.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

LODE_INLINE MetricParts metric_parts(const BacktestMetric& metric, const Network& network) {
  return std::visit([&network](const auto& what) { return parts_of(what, network); }, metric);
}

/// Reports names of the metric that the network does not have.
class MetricChecker {
 public:
  MetricChecker(const BacktestCase& test, const Network& network, std::vector<Issue>& issues)
      : test_(test), network_(network), issues_(issues) {}

  void operator()(const ExportsMetric& metric) {
    countries("country", metric.country);
    commodities(metric.commodity);
    countries("partners", metric.partners);
    countries("except", metric.except);
  }
  void operator()(const OutputMetric& metric) {
    names("facility", "facility", metric.facility, network_.facilities(), [](const auto& row) { return row.id; });
    commodities(metric.commodity);
  }
  void operator()(const DeliveriesMetric& metric) {
    names("end_use", "end use", metric.end_use, network_.end_uses(), [](const auto& row) { return row.id; });
    countries("country", metric.country);
    names("sector", "sector", metric.sector, network_.end_uses(), [](const auto& row) { return row.sector; });
    commodities(metric.commodity);
  }

  void report(const std::string& key, std::string what, std::string mend) {
    Place place{"backtest " + quoted(test_.name), 0, 0};
    if (test_.origin) place = test_.origin->at("/metric" + (key.empty() ? key : '/' + key));
    issues_.push_back({std::move(place), std::move(what), std::move(mend)});
  }

 private:
  template <class Rows, class NameOf>
  void names(const std::string& key, const std::string& noun, const Selection& selection, const Rows& rows,
             NameOf name_of) {
    for (const std::string& id : selection.ids()) {
      if (id == "*" || std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return name_of(row) == id; }))
        continue;
      std::vector<std::string> known;
      for (const auto& row : rows) known.push_back(name_of(row));
      const std::string suggestion = nearest(id, {known.begin(), known.end()});
      report(key, "unknown " + noun + ' ' + quoted(id),
             suggestion.empty() ? "use an id of the data set, or \"*\" for all"
                                : "did you mean " + quoted(suggestion) + '?');
    }
  }
  void countries(const std::string& key, const Selection& selection) {
    names(key, "country", selection, network_.countries(), [](const auto& row) { return row.id; });
  }
  void commodities(const Selection& selection) {
    names("commodity", "commodity", selection, network_.commodities(), [](const auto& row) { return row.id; });
  }

  const BacktestCase& test_;
  const Network& network_;
  std::vector<Issue>& issues_;
};

/// The first day on which a shock does something.
LODE_INLINE std::optional<Date> first_day(const Shock& shock) {
  std::optional<Date> step;
  const auto look = [&step](const auto& schedule) {
    if (schedule.has_steps() && !schedule.steps().empty()) step = schedule.steps().front().date;
  };
  std::visit(
      [&look](const auto& effect) {
        if constexpr (requires { effect.approved; }) {
          if (effect.approved) look(*effect.approved);
        } else if constexpr (requires { effect.factor->has_steps(); }) {
          if (effect.factor) look(*effect.factor);
        } else if constexpr (requires { effect.factor.has_steps(); }) {
          look(effect.factor);
        }
      },
      shock.effect);
  if (shock.period.start && step) return std::max(*shock.period.start, *step);
  return shock.period.start ? shock.period.start : step;
}

/// The scenario whose shocks all act as on their first day, licences approving nothing.
LODE_INLINE Scenario at_once(Scenario scenario) {
  scenario.at = std::nullopt;
  for (Shock& shock : scenario.shocks) {
    shock.at = first_day(shock);
    shock.period = {};
    if (auto* licence = std::get_if<LicenceShock>(&shock.effect)) licence->approved = Schedule(0.0);
  }
  return scenario;
}

/// p of sorted numbers, linear between them (Hyndman and Fan 1996, type 7).
LODE_INLINE double sample_quantile(const std::vector<double>& sorted, double p) {
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// One backtest: what is set up once, then the runs.
class Backtest {
 public:
  Backtest(const Dataset& dataset, const BacktestCase& test, const BacktestProgress& progress)
      : network_(dataset.network),
        test_(test),
        progress_(progress),
        parts_(metric_parts(test.metric, dataset.network)),
        base_rate_(parts_.base(dataset.network)),
        levels_(test.base, dataset.about.base_year) {
    for (CalendarPeriod period = test.from; period.first() <= test.to.first(); period = period.next()) add_row(period);
    for (const ReportedFigure& figure : test.observed) {
      if (figure.period.length != test.from.length) add_row(figure.period);
    }
    std::stable_sort(result_.rows.begin(), result_.rows.end(), [](const BacktestRow& a, const BacktestRow& b) {
      return std::pair(a.period.end(), a.is_sum) < std::pair(b.period.end(), b.is_sum);
    });
    begin_ = test.from.first();
    for (const BacktestRow& row : result_.rows) begin_ = std::min(begin_, row.period.first());
    for (const Shock& shock : test.scenario.shocks) {
      const std::optional<Date> day = first_day(shock);
      shock_day_ = std::min(shock_day_, day.value_or(begin_));
    }
  }

  BacktestResult run() {
    set_naive();
    if (!run_medians() || !run_samples()) return std::move(result_);
    result_.model = errors([](const BacktestRow& row) { return row.predicted; });
    result_.no_change = errors([](const BacktestRow& row) { return row.no_change; });
    result_.permanent = errors([](const BacktestRow& row) { return row.permanent; });
    for (const BacktestRow& row : result_.rows) {
      if (row.is_sum || !row.observed) continue;
      const double seen = test_.observed[*row.observed].value;
      ++result_.compared;
      result_.covered += seen >= row.low && seen <= row.high ? 1 : 0;
    }
    return std::move(result_);
  }

 private:
  void add_row(const CalendarPeriod& period) {
    BacktestRow row{.period = period, .is_sum = period.length != test_.from.length};
    for (std::size_t i = 0; i < test_.observed.size(); ++i) {
      if (test_.observed[i].period == period) row.observed = i;
    }
    result_.rows.push_back(row);
  }

  /// The base year's figure, or without figures the model's own base year.
  [[nodiscard]] double level(const CalendarPeriod& period) const {
    return test_.base.empty() ? base_rate_ * period.days() / 365.0 : levels_.at(period);
  }

  /// `of` each part of a period; in a sum, what was known before the shock stands for itself.
  template <class Of>
  [[nodiscard]] double total(const CalendarPeriod& period, Of of) const {
    if (period.length == test_.from.length) return of(period);
    double sum = 0.0;
    for (CalendarPeriod part{period.year, period.month, test_.from.length}; part.end() <= period.end();
         part = part.next()) {
      const auto known = std::find_if(test_.base.begin(), test_.base.end(),
                                      [&](const ReportedFigure& figure) { return figure.period == part; });
      sum += known != test_.base.end() ? known->value : of(part);
    }
    return sum;
  }

  void set_naive() {
    result_.permanent_share = test_.permanent_share.value_or(1.0);
    if (!test_.permanent_share) {
      const Result lasting = propagate(network_, at_once(test_.scenario));
      result_.permanent_share = parts_.rate(lasting) / base_rate_;
    }
    for (BacktestRow& row : result_.rows) {
      row.no_change = total(row.period, [this](const CalendarPeriod& part) { return level(part); });
      row.permanent = total(row.period, [this](const CalendarPeriod& part) {
        const auto before = (std::clamp(shock_day_, part.first(), part.end()) - part.first()).count();
        const double untouched = static_cast<double>(before) / part.days();
        return level(part) * (untouched + (1.0 - untouched) * result_.permanent_share);
      });
    }
  }

  /// Options with every uncertain one at the quantile that `next` gives.
  template <class Next>
  [[nodiscard]] SimulateOptions options(Next next) const {
    SimulateOptions out = test_.options;
    const auto at = [&next](const UncertainNumber& number, double low, double high) {
      return number.is_certain() ? number.median() : std::clamp(number.quantile(next()), low, high);
    };
    // The ranges of SimulateOptions.
    constexpr double some = 1e-9, most = 36500.0;  // days
    const UncertainOptions& uncertain = test_.uncertain;
    out.cover_factor = at(uncertain.cover_factor, 0.0, 1000.0);
    out.default_cover = at(uncertain.default_cover_days, 0.0, most) * lode::days;
    out.yard = at(uncertain.yard_days, 0.0, most) * lode::days;
    out.adjustment = at(uncertain.adjustment_days, some, most) * lode::days;
    out.forecast = at(uncertain.forecast_days, some, most) * lode::days;
    out.overtime = at(uncertain.overtime, 0.0, 10.0);
    out.overtime_time = at(uncertain.overtime_days, some, most) * lode::days;
    out.start = begin_;
    out.end = result_.rows.back().period.end();
    out.record_routes = !parts_.routes.empty();
    out.progress = {};
    return out;
  }

  /// What a run predicts for each row; false if it has no numbers.
  bool read(const Simulation& run, std::vector<double>& predicted) {
    result_.status = run.status;
    if (run.status != SolveStatus::solved) return false;
    result_.mass_balance = std::max(result_.mass_balance, run.certificate.mass_balance);
    const std::vector<double> series = parts_.series(run);
    predicted.clear();
    for (const BacktestRow& row : result_.rows) {
      predicted.push_back(total(row.period, [&](const CalendarPeriod& part) {
        const double made = during(series, run.dates.front(), run.step_days, part.first(), part.end());
        return test_.base.empty() ? made : level(part) * (made / (base_rate_ * part.days() / 365.0));
      }));
    }
    return true;
  }

  bool run_medians() {
    const Simulation run = simulate(network_, test_.scenario, options([] { return 0.5; }));
    result_.notes = run.notes;
    std::vector<double> predicted;
    if (!read(run, predicted)) return false;
    for (std::size_t i = 0; i < predicted.size(); ++i) {
      result_.rows[i].predicted = result_.rows[i].low = result_.rows[i].high = predicted[i];
    }
    return true;
  }

  bool run_samples() {
    std::uint32_t uncertain_options = 0;
    (void)options([&uncertain_options] { return ++uncertain_options, 0.5; });
    result_.uncertain_numbers = count_draws(test_.scenario) + uncertain_options;
    if (result_.uncertain_numbers == 0 || test_.samples == 0) return true;
    const auto options_of = [this](std::size_t sample) {
      std::uint32_t variable = 0;
      return options([&] { return uniform(test_.seed, sample, variable++, 1); });
    };
    // Options are part of the set-up: only samples that share them run side by side.
    const std::size_t lanes = uncertain_options == 0 ? 16 : 1;
    std::optional<Simulator> simulator;
    std::vector<std::vector<double>> drawn(result_.rows.size());
    std::vector<double> predicted;
    for (std::size_t first = 0; first < test_.samples; first += lanes) {
      if (!simulator || uncertain_options > 0) simulator.emplace(network_, options_of(first));
      std::vector<Scenario> scenarios;
      for (std::size_t i = first; i < std::min(first + lanes, test_.samples); ++i) {
        scenarios.push_back(draw(test_.scenario, test_.seed, i));
      }
      for (const Simulation& run : simulator->run(scenarios)) {
        if (!read(run, predicted)) return false;
        for (std::size_t i = 0; i < predicted.size(); ++i) drawn[i].push_back(predicted[i]);
      }
      result_.samples = std::min(first + lanes, test_.samples);
      if (progress_ && !progress_(result_.samples, test_.samples)) {
        result_.status = SolveStatus::interrupted;
        return false;
      }
    }
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      std::sort(drawn[i].begin(), drawn[i].end());
      result_.rows[i].low = sample_quantile(drawn[i], 0.05);
      result_.rows[i].high = sample_quantile(drawn[i], 0.95);
    }
    return true;
  }

  template <class Of>
  BacktestErrors errors(Of of) {
    BacktestErrors out;
    std::size_t count = 0, above_zero = 0;
    double shares = 0.0, parts = 0.0, parts_seen = 0.0, sums = 0.0, sums_seen = 0.0;
    bool has_sums = false;
    for (const BacktestRow& row : result_.rows) {
      if (!row.observed) continue;
      const double seen = test_.observed[*row.observed].value;
      const double miss = of(row) - seen;
      has_sums = has_sums || row.is_sum;
      (row.is_sum ? sums : parts) += miss;
      (row.is_sum ? sums_seen : parts_seen) += seen;
      if (row.is_sum) continue;
      ++count;
      out.mean_absolute += std::abs(miss);
      if (seen <= 0.0) continue;
      ++above_zero;
      shares += std::abs(miss) / seen;
    }
    if (count > 0) out.mean_absolute /= static_cast<double>(count);
    if (above_zero > 0) out.mean_absolute_share = shares / static_cast<double>(above_zero);
    out.total = has_sums ? sums : parts;
    result_.total_observed = has_sums ? sums_seen : parts_seen;
    return out;
  }

  const Network& network_;
  const BacktestCase& test_;
  const BacktestProgress& progress_;
  MetricParts parts_;
  double base_rate_;
  BaseLevels levels_;
  Date begin_;
  Date shock_day_ = Date::max();
  BacktestResult result_;
};

}  // namespace detail

LODE_INLINE std::vector<Issue> check(const BacktestCase& test, const Dataset& dataset) {
  std::vector<Issue> issues = check(dataset.network, test.scenario);
  detail::MetricChecker checker(test, dataset.network, issues);
  const std::size_t before = issues.size();
  std::visit(checker, test.metric);
  if (issues.size() == before && !(detail::metric_parts(test.metric, dataset.network).base(dataset.network) > 0.0)) {
    checker.report("", "the metric counts nothing that the base year has",
                   "check which of its selectors exclude each other");
  }
  if (!test.base.empty()) {
    const detail::BaseLevels levels(test.base, dataset.about.base_year);
    if (!levels.problem().empty()) {
      checker.report(
          "", levels.problem(),
          "give figures of every month, every quarter or the year " + std::to_string(dataset.about.base_year));
    }
  }
  return issues;
}

LODE_INLINE BacktestResult backtest(const Dataset& dataset, const BacktestCase& test,
                                    const BacktestProgress& progress) {
  if (std::vector<Issue> issues = check(test, dataset); !issues.empty()) throw InvalidScenario(std::move(issues));
  return detail::Backtest(dataset, test, progress).run();
}

}  // namespace lode::inline LODE_ABI
