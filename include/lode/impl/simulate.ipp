// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include <lode/detail/simulation_block.hpp>
#include <lode/detail/simulation_plan.hpp>
#include <lode/detail/simulation_series.hpp>
#include <lode/detail/text.hpp>
#include <lode/detail/timeline.hpp>
#include <lode/simulate.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

LODE_INLINE void check_options(const SimulateOptions& options) {
  std::vector<Issue> issues;
  const auto require = [&issues](bool legal, const std::string& name, const std::string& value, const char* mend) {
    if (!legal) issues.push_back({{"SimulateOptions", 0, 0}, name + ' ' + value + " is out of range", mend});
  };
  const auto require_days = [&require](const char* name, Days time, double low) {
    const double value = time.in(days);
    require(value >= low && value <= 36500.0, name, number_text(value) + " days",
            low > 0.0 ? "give more than 0 and at most 36500 days" : "give 0 to 36500 days");
  };
  require(options.step_days >= 1 && options.step_days <= 31, "step_days", std::to_string(options.step_days),
          "give 1 to 31");
  require(options.year >= 1900 && options.year <= 2500, "year", std::to_string(options.year), "give 1900 to 2500");
  require_days("adjustment", options.adjustment, 1e-9);
  require_days("forecast", options.forecast, 1e-9);
  require_days("overtime_time", options.overtime_time, 1e-9);
  require_days("yard", options.yard, 0.0);
  require_days("default_cover", options.default_cover, 0.0);
  require(options.overtime >= 0.0 && options.overtime <= 10.0, "overtime", number_text(options.overtime),
          "give 0 to 10");
  require(options.cover_factor >= 0.0 && options.cover_factor <= 1000.0, "cover_factor",
          number_text(options.cover_factor), "give 0 to 1000");
  require(options.orders == Orders::adaptive || options.rationing == Rationing::entitlement, "rationing", "priority",
          "with frozen orders everybody gets his share; leave out one of the two");
  if (options.start && options.end) {
    require(*options.start < *options.end, "end", to_string(*options.end),
            ("give a day after the start, " + to_string(*options.start)).c_str());
  }
  if (!issues.empty()) throw InvalidArgument(std::move(issues));
}

/// The first Monday of a year.
[[nodiscard]] LODE_INLINE Date first_monday(std::chrono::year year) {
  return Date{year / std::chrono::January / std::chrono::Monday[1]};
}

/// The days from the start to the day after the last that a scenario asks for: see SimulateOptions.
[[nodiscard]] LODE_INLINE std::pair<Date, Date> period_of(const Scenario& scenario, const SimulateOptions& options) {
  const std::optional<std::pair<Date, Date>> dated = dated_period(scenario);
  Date start = options.start.value_or(
      first_monday(dated ? std::chrono::year_month_day{dated->first}.year() : std::chrono::year{options.year}));
  // What begins in the first days of January is seen beginning.
  if (!options.start && dated && dated->first < start) start -= std::chrono::days{7};
  if (options.end) return {start, *options.end};
  const std::chrono::days year{365};
  const Date usual = dated ? std::max(start + 2 * year, dated->second + year) : start + 2 * year;
  return {start, std::min(usual, start + 10 * year)};
}

class SimulatorState {
 public:
  SimulatorState(const Network& network, const SimulateOptions& options)
      : network_(network),
        options_((check_options(options), options)),
        plan_(network, options),
        block_(network_, plan_, options_) {}
  SimulatorState(const SimulatorState& other) : SimulatorState(other.network_, other.options_) {}

  [[nodiscard]] const Network& network() const { return network_; }
  [[nodiscard]] const SimulateOptions& options() const { return options_; }

  std::vector<Simulation> run(std::span<const Scenario> scenarios) {
    if (scenarios.empty()) return {};
    const Calendar calendar = calendar_of(scenarios);
    std::vector<Simulation> out(scenarios.size());
    std::vector<std::vector<Snapshot>> timelines(scenarios.size());
    for (std::size_t i = 0; i < scenarios.size(); ++i) {
      out[i].scenario = scenarios[i].name;
      out[i].step_days = calendar.step_days;
      timelines[i] = timeline(network_, scenarios[i], calendar, out[i].notes);
      const bool weighs = std::any_of(timelines[i].begin(), timelines[i].end(),
                                      [](const Snapshot& snapshot) { return !snapshot.weights.empty(); });
      if (weighs && options_.orders == Orders::frozen) {
        out[i].notes.push_back("with frozen orders everybody gets his share; priorities have no effect here");
      }
      if (!timelines[i].empty()) out[i].disturbed = timelines[i].front().step;
    }
    const std::size_t width = packed_step_kernel().width;
    const std::size_t blocks = (scenarios.size() + width - 1) / width;
    for (std::size_t block = 0; block < blocks; ++block) {
      const std::size_t first = block * width;
      const std::size_t count = std::min(width, scenarios.size() - first);
      const auto proceed = [&](std::size_t step) {
        constexpr std::size_t pace = 16;
        if (!options_.progress || step % pace != 0) return true;
        return options_.progress(block * calendar.steps + step, blocks * calendar.steps);
      };
      if (!block_.run(std::span(timelines).subspan(first, count), calendar.steps, proceed, record_)) {
        for (Simulation& simulation : out) {
          Simulation stopped;
          stopped.status = SolveStatus::interrupted;
          stopped.scenario = simulation.scenario;
          simulation = std::move(stopped);
        }
        return out;
      }
      for (std::uint32_t lane = 0; lane < count; ++lane) {
        Simulation& simulation = out[first + lane];
        for (std::size_t step = 0; step < calendar.steps; ++step) simulation.dates.push_back(calendar.first_day(step));
        fill_series(network_, plan_, options_, record_, lane, timelines[first + lane], simulation);
        simulation.status = SolveStatus::solved;
      }
    }
    return out;
  }

 private:
  [[nodiscard]] Calendar calendar_of(std::span<const Scenario> scenarios) const {
    auto [start, end] = period_of(scenarios.front(), options_);
    for (const Scenario& scenario : scenarios.subspan(1)) {
      const auto [first, after] = period_of(scenario, options_);
      start = std::min(start, first);
      end = std::max(end, after);
    }
    if (end <= start) {
      throw InvalidArgument({{{"SimulateOptions", 0, 0},
                              "end " + to_string(end) + " is not after the start, " + to_string(start),
                              "give a later end, or a start"}});
    }
    constexpr Date last = Date{std::chrono::year{9999} / 12 / 31};
    if (end > last || start < Date{std::chrono::year{1} / 1 / 1}) {
      throw InvalidArgument({{{"SimulateOptions", 0, 0},
                              "a run from " + to_string(start) + " to " + to_string(end),
                              "stay between the years 1 and 9999"}});
    }
    const auto length = (end - start).count();
    const auto steps = static_cast<std::size_t>((length + options_.step_days - 1) / options_.step_days);
    constexpr std::size_t most_steps = 200'000;
    if (steps > most_steps) {
      throw InvalidArgument(
          {{{"SimulateOptions", 0, 0},
            std::to_string(steps) + " steps from " + to_string(start) + " to " + to_string(end),
            "give an earlier end or longer steps: at most " + std::to_string(most_steps) + " steps"}});
    }
    return {start, options_.step_days, steps};
  }

  Network network_;
  SimulateOptions options_;
  SimulationPlan plan_;
  SimulationBlock block_;
  SimulationRecord record_;
};

}  // namespace detail

LODE_INLINE Simulator::Simulator(const Network& network, const SimulateOptions& options)
    : state_(std::make_unique<detail::SimulatorState>(network, options)) {}
LODE_INLINE Simulator::~Simulator() = default;
LODE_INLINE Simulator::Simulator(const Simulator& other)
    : state_(std::make_unique<detail::SimulatorState>(*other.state_)) {}
LODE_INLINE Simulator& Simulator::operator=(const Simulator& other) {
  if (this != &other) state_ = std::make_unique<detail::SimulatorState>(*other.state_);
  return *this;
}
LODE_INLINE Simulator::Simulator(Simulator&&) noexcept = default;
LODE_INLINE Simulator& Simulator::operator=(Simulator&&) noexcept = default;

LODE_INLINE const Network& Simulator::network() const {
  return state_->network();
}
LODE_INLINE const SimulateOptions& Simulator::options() const {
  return state_->options();
}

LODE_INLINE Simulation Simulator::run(const Scenario& scenario) {
  return std::move(state_->run(std::span(&scenario, 1)).front());
}

LODE_INLINE std::vector<Simulation> Simulator::run(std::span<const Scenario> scenarios) {
  return state_->run(scenarios);
}

LODE_INLINE Simulation simulate(const Network& network, const Scenario& scenario, const SimulateOptions& options) {
  return Simulator(network, options).run(scenario);
}

}  // namespace lode::inline LODE_ABI
