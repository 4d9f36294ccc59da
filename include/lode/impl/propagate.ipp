// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <lode/detail/accounting.hpp>
#include <lode/detail/hot_loop.hpp>
#include <lode/detail/lane_data.hpp>
#include <lode/detail/loop_solver.hpp>
#include <lode/detail/sweep.hpp>
#include <lode/detail/text.hpp>
#include <lode/flow_system.hpp>
#include <lode/propagate.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

LODE_INLINE void check_options(const PropagateOptions& options) {
  std::vector<Issue> issues;
  const auto require = [&issues](bool legal, const std::string& name, const std::string& value, const char* range) {
    if (legal) return;
    Issue& issue = issues.emplace_back();
    issue.place.file = "PropagateOptions";
    issue.what = name + ' ' + value + " is out of range";
    issue.mend = range;
  };
  require(options.max_sweeps >= 1, "max_sweeps", std::to_string(options.max_sweeps), "give at least 1");
  require(options.max_policy_steps >= 1, "max_policy_steps", std::to_string(options.max_policy_steps),
          "give at least 1");
  require(options.tie_tolerance >= 0.0 && options.tie_tolerance <= 1e-6, "tie_tolerance",
          number_text(options.tie_tolerance), "give 0 to 1e-6");
  if (!issues.empty()) throw InvalidArgument(std::move(issues));
}

/// A number in all lanes, times a factor of each if there is one.
LODE_HOT_LOOP LODE_INLINE void scaled_row(double number, const double* factor, std::uint32_t lanes, double* out) {
  if (factor == nullptr) {
    for (std::uint32_t lane = 0; lane < lanes; ++lane) out[lane] = number;
  } else {
    for (std::uint32_t lane = 0; lane < lanes; ++lane) out[lane] = number * factor[lane];
  }
}

/// The lesser of what is demanded and what arrives, reserves included.
LODE_HOT_LOOP LODE_INLINE void least_row(const double* demanded, const double* release, std::uint32_t lanes,
                                         double* delivered) {
  if (release != nullptr) {
    for (std::uint32_t lane = 0; lane < lanes; ++lane) delivered[lane] += release[lane];
  }
  for (std::uint32_t lane = 0; lane < lanes; ++lane) {
    delivered[lane] = delivered[lane] < demanded[lane] ? delivered[lane] : demanded[lane];
  }
}

class PropagatorState {
 public:
  PropagatorState(const Network& network, const PropagateOptions& options)
      : network_(network),
        options_(options),
        system_(network),
        plan_(system_.plan_rows()),
        consumers_(system_.consumers()),
        data_(network, system_),
        baseline_shortfall_(baseline_shortfalls(network)) {
    check_options(options);
    changed_in_.assign(system_.lines(), 0);
    computed_.resize(system_.lines());
    pending_.assign(system_.lines() / 64 + 1, 0);
    one_.resize(system_.lines());
    for (const EndUse& end_use : network.end_uses()) {
      looked_at_.push_back(static_cast<std::uint32_t>(demand_.size()));
      demand_.push_back(end_use.demand.in(tonnes_per_year));
      weight_.push_back(end_use.weight);
    }
    data_.load({}, network_, system_);
    for (const graph::Run& run : system_.runs) {
      residual_[0] = 0.0;
      converged_[0] = true;
      sweep(run, run.begin);
      base_residual_.push_back(converged_[0] ? residual_[0] : std::numeric_limits<double>::infinity());
    }
    base_year_ = one_;
  }

  [[nodiscard]] const Network& network() const { return network_; }
  /// The end uses whose deliveries `solve` collects; all if never called.
  void look_at(std::vector<std::uint32_t> end_uses) { looked_at_ = std::move(end_uses); }
  /// u by line of the last block of one.
  [[nodiscard]] std::span<const double> shares() const { return one_; }

  /// Scenarios that are best solved side by side: at 32 the rows that neighbouring lines share stay in the first-level
  /// cache (measured: a third faster than 64 on 10,000 lines); fewer where even the rows in use exceed a shared cache.
  [[nodiscard]] std::uint32_t preferred_lanes() const {
    constexpr std::size_t cache_doubles = (std::size_t{64} << 20) / sizeof(double);
    std::uint32_t lanes = 32;
    while (lanes > 16 && lanes * std::size_t{plan_.rows} > cache_doubles) lanes /= 2;
    return lanes;
  }

  /// Solves a block of at most `most_lanes` scenarios and collects their deliveries. A block of one keeps u of all lines.
  void solve(std::span<const Disruption> block) {
    data_.load(block, network_, system_);
    solve_loaded();
  }

  /// The block that `data()` holds, after numbers in its rows were written over.
  void solve_loaded() {
    std::fill_n(residual_, most_lanes, 0.0);
    std::fill_n(converged_, most_lanes, true);
    const std::uint32_t lanes = data_.lanes();
    if (lanes == 1) {
      solve_one(data_.touched_lines());
    } else {
      if (const std::size_t size = std::size_t{plan_.rows} * lanes; many_.size() < size) many_.resize(size);
      sweep_all(0);
    }
    collect(sweep_kernel(), data_.view(u(), changed_in_.data()));
  }

  /// Solves a block of one and makes it what later blocks of one, `solve_laid` among them, start from in place of the
  /// base year. A block of another scenario may not follow.
  void start_from(const Disruption& disruption) {
    solve({&disruption, 1});
    // Loops one by one: an untouched one keeps what was found here.
    base_residual_.clear();
    for (const graph::Run& run : system_.runs) {
      residual_[0] = 0.0;
      converged_[0] = true;
      if (run.cyclic) sweep(run, run.begin);
      base_residual_.push_back(converged_[0] ? residual_[0] : std::numeric_limits<double>::infinity());
    }
    base_year_ = one_;
    computed_count_ = 0;
    all_moved_ = false;
  }
  /// On top of the start, what `LaneData::stop` and `close` say. Only u by line; no deliveries are collected.
  void solve_laid() {
    residual_[0] = 0.0;
    converged_[0] = true;
    solve_one(data_.laid_lines());
  }
  /// The result of the last `solve_laid`, before `LaneData::lift`.
  void fill_laid(Result& result) {
    collect(sweep_kernel(), data_.view(one_.data(), changed_in_.data()));
    fill(Disruption{}, result);
  }
  [[nodiscard]] const FlowSystem& system() const { return system_; }
  [[nodiscard]] const FlowSystem::Consumers& consumers() const { return consumers_; }
  [[nodiscard]] LaneData& data() { return data_; }
  [[nodiscard]] std::span<const double> u_of_start() const { return base_year_; }
  [[nodiscard]] std::span<const double> u_of_one() const { return one_; }
  /// The lines of a block of one that may differ from the start, or nothing where all may.
  [[nodiscard]] std::optional<std::span<const std::uint32_t>> moved_lines() const {
    if (all_moved_) return std::nullopt;
    return std::span(computed_).first(computed_count_);
  }
  /// What arrives at an end use from routes in a block of one, t/yr.
  [[nodiscard]] double arriving(std::uint32_t end_use) {
    double sum = 0.0;
    sweep_kernel().collect(system_.sink_source.data(), system_.sink_flow.data(), system_.sink_route.data(),
                           system_.sink_arcs[end_use], system_.sink_arcs[end_use + 1],
                           data_.view(one_.data(), changed_in_.data()), &sum);
    return sum;
  }

  [[nodiscard]] bool converged(std::uint32_t lane) const { return converged_[lane]; }
  [[nodiscard]] double residual(std::uint32_t lane) const { return residual_[lane]; }
  [[nodiscard]] std::uint32_t lanes() const { return data_.lanes(); }
  [[nodiscard]] const EndUseLanes& end_uses() const { return end_uses_; }

  /// The result of a block of one.
  void fill(const Disruption& disruption, Result& result) {
    result.scenario = disruption.scenario;
    result.notes = disruption.notes(ModelSet::propagate);
    result.certificate = {};
    if (converged(0)) {
      result.status = SolveStatus::solved;
      account(network_, system_, data_, one_, end_uses_, baseline_shortfall_, result);
      result.certificate.fixpoint_residual = residual(0);
      result.certificate.mass_balance = mass_balance(network_, data_, result);
      result.certificate.gap = certified_gap();
      if (result.certificate.gap <= worst_gap) return;
    }
    result = Result{};
    result.status = SolveStatus::not_converged;
    result.scenario = disruption.scenario;
    result.notes = {std::string(advice(result.status)) + "; or raise PropagateOptions::max_policy_steps"};
  }

 private:
  /// A wider interval than this around the fixpoint (shares of baseline) is not an answer.
  static constexpr double worst_gap = 1e-6;
  /// Ties in loops count up to this amplification; above it, the base year's sums count as exact.
  static constexpr double most_amplification = 1e7;

  [[nodiscard]] SweepSystem view(std::uint32_t lanes) const {
    return {line_row(lanes),
            lanes == 1 ? system_.arc_source.data() : plan_.arc_row.data(),
            system_.line_arcs.data(),
            system_.line_slots.data(),
            system_.slot_arcs.data(),
            system_.arc_source.data(),
            system_.arc_route.data(),
            system_.arc_weight.data(),
            system_.slot_criticality.data(),
            system_.line_separates.data()};
  }
  [[nodiscard]] const std::uint32_t* line_row(std::uint32_t lanes) const {
    return lanes == 1 ? nullptr : plan_.line_row.data();
  }
  /// u by row and lane of the block that is loaded.
  [[nodiscard]] double* u() { return data_.lanes() == 1 ? one_.data() : many_.data(); }
  /// The lanes of a line.
  [[nodiscard]] double* u_of(std::uint32_t line) {
    const std::uint32_t lanes = data_.lanes();
    return u() + static_cast<std::size_t>(lanes == 1 ? line : plan_.line_row[line]) * lanes;
  }

  /// All lines from `line` on.
  void sweep_all(std::uint32_t line) {
    for (const graph::Run& run : system_.runs) {
      if (run.end > line) sweep(run, std::max(line, run.begin));
    }
  }
  void sweep(const graph::Run& run, std::uint32_t line) {
    const SweepKernel& kernel = sweep_kernel();
    const SweepSystem system = view(data_.lanes());
    const SweepLanes data = data_.view(u(), changed_in_.data());
    if (run.cyclic) {
      solve_loop(run, kernel, system, data);
    } else {
      kernel.forward(system, data, line, run.end);
    }
  }

  /// One scenario: from the base year, only what lies downstream of its shocks, unless that is most of the network.
  /// A line none of whose sources moved keeps the bits that a full sweep would give it.
  void solve_one(std::span<const std::uint32_t> shocked) {
    if (all_moved_) {
      std::copy(base_year_.begin(), base_year_.end(), one_.begin());
    } else {
      for (std::uint32_t k = 0; k < computed_count_; ++k) one_[computed_[k]] = base_year_[computed_[k]];
    }
    all_moved_ = false;
    const SweepKernel& kernel = sweep_kernel();
    const SweepSystem system = view(1);
    const SweepLanes data = data_.view(one_.data(), changed_in_.data());
    SweepFront front{consumers_.offsets.data(), consumers_.lines.data(), base_year_.data(),
                     pending_.data(),           computed_.data(),        0,
                     system_.lines()};
    const auto mark = [this](std::uint32_t line) { pending_[line / 64] |= std::uint64_t{1} << (line % 64); };
    for (const std::uint32_t line : shocked) {
      mark(line);
      front.first = std::min(front.first, line);
    }
    for (std::size_t r = 0; r < system_.runs.size(); ++r) {
      const graph::Run& run = system_.runs[r];
      if (!run.cyclic) {
        const std::uint32_t stopped = kernel.front(system, data, front, run.begin, run.end);
        if (stopped == run.end) continue;
        sweep_all(stopped);
        all_moved_ = true;
        break;
      }
      if (!take_pending(run)) {
        residual_[0] = std::max(residual_[0], base_residual_[r]);
        converged_[0] = converged_[0] && std::isfinite(base_residual_[r]);
        continue;
      }
      solve_loop(run, kernel, system, data);
      for (std::uint32_t line = run.begin; line < run.end; ++line) {
        if (one_[line] == base_year_[line]) continue;
        front.computed[front.count++] = line;
        for (std::uint32_t k = consumers_.offsets[line]; k < consumers_.offsets[line + 1]; ++k) {
          if (consumers_.lines[k] >= run.end) mark(consumers_.lines[k]);
        }
      }
    }
    computed_count_ = front.count;
    if (all_moved_) std::fill(pending_.begin(), pending_.end(), 0);
  }

  /// Clears the pending bits of a run; true if there were any.
  [[nodiscard]] bool take_pending(const graph::Run& run) {
    bool any = false;
    for (std::uint32_t line = run.begin; line < run.end; ++line) {
      const std::uint64_t bit = std::uint64_t{1} << (line % 64);
      any = any || (pending_[line / 64] & bit) != 0;
      pending_[line / 64] &= ~bit;
    }
    return any;
  }

  void solve_loop(const graph::Run& run, const SweepKernel& kernel, const SweepSystem& system, const SweepLanes& data) {
    const std::uint32_t lanes = data.lanes;
    for (std::uint32_t line = run.begin; line < run.end; ++line) {
      for (std::uint32_t lane = 0; lane < lanes; ++lane) u_of(line)[lane] = data_.limit(line, lane);
      changed_in_[line] = 0;
    }
    // Sweeps from above only lower u, in floating point too, so they end where no bit changes. Lanes that are there
    // stay there while others go on: what a lane does never depends on its neighbours.
    const int sweeps = run.end - run.begin <= options_.small_loop ? std::max(1, options_.max_sweeps / 4) : options_.max_sweeps;
    std::uint32_t pass = 1;
    while (kernel.loop(system, data, run.begin, run.end, pass)) {
      if (pass++ == static_cast<std::uint32_t>(sweeps)) {
        finish_slow_lanes(run, kernel, system, data);
        return;
      }
    }
  }

  /// Lanes that one more sweep would still change go to policy iteration.
  void finish_slow_lanes(const graph::Run& run, const SweepKernel& kernel, const SweepSystem& system,
                         const SweepLanes& data) {
    const std::uint32_t lanes = data.lanes;
    bool slow[most_lanes] = {};
    double before[most_lanes];
    const auto compare = [&](auto visit) {
      for (std::uint32_t line = run.begin; line < run.end; ++line) {
        double* const u = u_of(line);
        std::copy_n(u, lanes, before);
        kernel.forward(system, data, line, line + 1);
        for (std::uint32_t lane = 0; lane < lanes; ++lane) visit(u[lane], before[lane], lane);
      }
    };
    compare([&slow](double now, double was, std::uint32_t lane) { slow[lane] = slow[lane] || now != was; });
    for (std::uint32_t lane = 0; lane < lanes; ++lane) {
      if (slow[lane]) iterate_policies(run, lane);
    }
    // One evaluation of F gives the residual of the slow lanes, whose u is then put back.
    compare([&](double& now, double was, std::uint32_t lane) {
      if (!slow[lane]) return;
      residual_[lane] = std::max(residual_[lane], std::abs(now - was));
      now = was;
    });
  }

  void iterate_policies(const graph::Run& run, std::uint32_t lane) {
    loop_solver_.load(system_, run, data_, lane, u(), line_row(data_.lanes()), loop_options());
    if (!loop_solver_.solve()) {
      converged_[lane] = false;
      return;
    }
    for (std::uint32_t line = run.begin; line < run.end; ++line) {
      u_of(line)[lane] = loop_solver_.u()[line - run.begin];
    }
  }

  void collect(const SweepKernel& kernel, const SweepLanes& data) {
    const std::uint32_t lanes = data.lanes;
    const std::size_t uses = demand_.size();
    for (std::vector<double>* values : {&end_uses_.demanded, &end_uses_.delivered, &end_uses_.weight}) {
      values->resize(uses * lanes);
    }
    for (const std::uint32_t e : looked_at_) {
      double* const demanded = end_uses_.demanded.data() + static_cast<std::size_t>(e) * lanes;
      double* const delivered = end_uses_.delivered.data() + static_cast<std::size_t>(e) * lanes;
      double* const weight = end_uses_.weight.data() + static_cast<std::size_t>(e) * lanes;
      kernel.collect(lanes == 1 ? system_.sink_source.data() : plan_.sink_row.data(), system_.sink_flow.data(), system_.sink_route.data(),
                     system_.sink_arcs[e], system_.sink_arcs[e + 1], data, delivered);
      const double* const demand_factor = data_.demand_factor(e);
      const double* const weight_factor = data_.weight_factor(e);
      const double* const release = data_.end_use_release(e);
      scaled_row(demand_[e], demand_factor, lanes, demanded);
      scaled_row(weight_[e], weight_factor, lanes, weight);
      least_row(demanded, release, lanes, delivered);
    }
  }

  [[nodiscard]] LoopOptions loop_options() const {
    return {options_.tie_tolerance, options_.max_policy_steps, options_.small_loop};
  }

  [[nodiscard]] double certified_gap();
  [[nodiscard]] double deficit(std::uint32_t line, const graph::Run& run) const;
  void amplify_line(std::uint32_t line, bool outside_only, const graph::Run& run, std::vector<double>& amplification);

  Network network_;
  PropagateOptions options_;
  FlowSystem system_;
  FlowSystem::RowPlan plan_;
  FlowSystem::Consumers consumers_;
  LaneData data_;
  std::vector<double> baseline_shortfall_, demand_, weight_;
  std::vector<std::uint32_t> looked_at_;
  std::vector<double> one_;   ///< u by line of a block of one
  std::vector<double> many_;  ///< u by row and lane of a larger block
  std::vector<double> base_year_;
  std::vector<double> base_residual_;  ///< by run; infinite where the base year itself could not be solved
  std::vector<std::uint64_t> pending_;
  std::vector<std::uint32_t> computed_;  ///< lines of `one_` that may differ from the base year ...
  std::uint32_t computed_count_ = 0;
  bool all_moved_ = false;               ///< ... unless all may
  std::vector<std::uint32_t> changed_in_;
  EndUseLanes end_uses_;
  double residual_[most_lanes] = {};
  bool converged_[most_lanes] = {};
  LoopSolver loop_solver_;
};

/// d_line = u_line + the largest sum of weight * d over its binding branches: how far one unit of relative error at
/// every line could move this one. Inside a loop only what comes from outside is added.
LODE_INLINE void PropagatorState::amplify_line(std::uint32_t line, bool outside_only, const graph::Run& run,
                                               std::vector<double>& amplification) {
  const double limit = data_.limit(line, 0);
  const bool separates = system_.line_separates[line] != 0;
  double most = 0.0;
  for (std::uint32_t slot = system_.line_slots[line]; slot < system_.line_slots[line + 1]; ++slot) {
    const double criticality = system_.slot_criticality[slot];
    double coverage = data_.release(slot, 0);
    double sum = 0.0;
    for (std::uint32_t arc = system_.slot_arcs[slot]; arc < system_.slot_arcs[slot + 1]; ++arc) {
      const std::uint32_t source = system_.arc_source[arc];
      const double open = data_.open(system_.arc_route[arc], 0);
      const double arrives = open * one_[source];
      coverage += system_.arc_weight[arc] * (separates ? std::min(arrives, limit) : arrives);
      const bool inside = source >= run.begin && source < run.end;
      if (separates && arrives > limit * (1.0 + binding)) continue;
      if (!(outside_only && inside)) sum += criticality * system_.arc_weight[arc] * open * amplification[source];
    }
    const double bound = bound_of(criticality, coverage);
    if (bound <= one_[line] * (1.0 + binding)) most = std::max(most, sum);
  }
  amplification[line] = one_[line] + most;
}

/// How far below u the suppliers of a line from outside its loop stand, relative, where an input that the loop supplies
/// too binds. Unbounded if the loop itself leaks.
LODE_INLINE double PropagatorState::deficit(std::uint32_t line, const graph::Run& run) const {
  const double u = one_[line];
  double most = 0.0;
  for (std::uint32_t slot = system_.line_slots[line]; slot < system_.line_slots[line + 1]; ++slot) {
    if (system_.slot_criticality[slot] <= 0.0) continue;
    double coverage = data_.release(slot, 0);
    double lacks = 0.0;
    bool closes_loop = false;
    for (std::uint32_t arc = system_.slot_arcs[slot]; arc < system_.slot_arcs[slot + 1]; ++arc) {
      const std::uint32_t source = system_.arc_source[arc];
      const double open = data_.open(system_.arc_route[arc], 0);
      const double arrives = std::min(open * one_[source], data_.limit(line, 0));
      coverage += system_.arc_weight[arc] * open * one_[source];
      const bool inside = source >= run.begin && source < run.end;
      closes_loop = closes_loop || (inside && open > 0.0);
      if (!(arrives < u)) continue;
      if (!inside) lacks = std::max(lacks, 1.0 - arrives / u);
      if (inside && open < 1.0) lacks = std::numeric_limits<double>::infinity();
    }
    const double bound = bound_of(system_.slot_criticality[slot], coverage);
    if (closes_loop && bound <= u * (1.0 + binding)) most = std::max(most, lacks);
  }
  return most;
}

/// Certificate::gap. With d the amplification of every line, u - eta d is proposed as a lower bound: if one evaluation
/// of F from it falls nowhere, it lies below the greatest fixpoint (Knaster and Tarski). eta starts at the rounding error
/// of the longest sum and grows until the proof succeeds.
LODE_INLINE double PropagatorState::certified_gap() {
  const std::uint32_t lines = system_.lines();
  if (lines == 0) return 0.0;
  std::vector<double> amplification(lines, 0.0);
  std::vector<double> inside;
  double least_gap = 0.0;
  for (const graph::Run& run : system_.runs) {
    for (std::uint32_t line = run.begin; line < run.end; ++line) amplify_line(line, run.cyclic, run, amplification);
    if (!run.cyclic) continue;
    loop_solver_.load(system_, run, data_, 0, one_.data(), nullptr, loop_options());
    const std::span<double> own = std::span(amplification).subspan(run.begin, run.end - run.begin);
    if (!loop_solver_.solve() || !loop_solver_.amplify(own, inside)) return std::numeric_limits<double>::infinity();
    double steepest = 1.0;
    for (std::uint32_t line = 0; line < run.end; ++line) {
      const double d = line < run.begin ? amplification[line] : inside[line - run.begin];
      if (one_[line] > 0.0) steepest = std::max(steepest, d / one_[line]);
    }
    double lacks = 0.0;
    for (std::uint32_t line = run.begin; line < run.end; ++line) {
      if (loop_solver_.at_capacity(line - run.begin)) lacks = std::max(lacks, deficit(line, run));
    }
    if (loop_solver_.amplify_ties(own, most_amplification, inside)) {
      std::copy(inside.begin(), inside.end(), own.begin());
    } else {
      // A loop of gain 1, or nearly, that stands at its capacities. F is concave and not negative at 0: u scaled down by
      // what the loop's suppliers lack is a lower bound, as far as the sums of the base year are exact.
      for (std::uint32_t line = run.begin; line < run.end; ++line) amplification[line] = steepest * one_[line];
      least_gap = std::max(least_gap, lacks);
    }
  }
  std::uint32_t longest = 1;
  for (std::uint32_t slot = 0; slot < system_.slots(); ++slot) {
    longest = std::max(longest, system_.slot_arcs[slot + 1] - system_.slot_arcs[slot]);
  }
  const double rounding = 4.0 * (longest + 2) * std::numeric_limits<double>::epsilon();
  const SweepKernel& kernel = sweep_kernel();
  std::vector<double> lower(lines);
  std::vector<double> next(lines);
  const double most = *std::max_element(amplification.begin(), amplification.end());
  for (double eta = rounding + residual_[0]; eta * most <= worst_gap; eta *= 16.0) {
    for (std::uint32_t i = 0; i < lines; ++i) lower[i] = std::max(0.0, one_[i] - eta * amplification[i]);
    next = lower;
    kernel.forward(view(1), data_.view(next.data(), changed_in_.data()), 0, lines);
    bool proven = true;
    for (std::uint32_t i = 0; i < lines && proven; ++i) proven = next[i] >= lower[i] - rounding * one_[i];
    if (proven) return std::max(eta * most, least_gap);
  }
  return std::numeric_limits<double>::infinity();
}

}  // namespace detail

LODE_INLINE Propagator::Propagator(const Network& network, const PropagateOptions& options)
    : state_(std::make_unique<detail::PropagatorState>(network, options)) {}
LODE_INLINE Propagator::~Propagator() = default;
LODE_INLINE Propagator::Propagator(const Propagator& other)
    : state_(std::make_unique<detail::PropagatorState>(*other.state_)) {}
LODE_INLINE Propagator& Propagator::operator=(const Propagator& other) {
  if (this != &other) state_ = std::make_unique<detail::PropagatorState>(*other.state_);
  return *this;
}
LODE_INLINE Propagator::Propagator(Propagator&&) noexcept = default;
LODE_INLINE Propagator& Propagator::operator=(Propagator&&) noexcept = default;

LODE_INLINE const Network& Propagator::network() const { return state_->network(); }
LODE_INLINE std::span<const double> Propagator::shares() const { return state_->shares(); }

LODE_INLINE void Propagator::run(const Disruption& disruption, Result& result) {
  state_->solve({&disruption, 1});
  state_->fill(disruption, result);
}

LODE_INLINE Result Propagator::run(const Disruption& disruption) {
  Result result;
  run(disruption, result);
  return result;
}

LODE_INLINE Result Propagator::run(const Scenario& scenario) { return run(resolve(network(), scenario)); }

LODE_INLINE void Propagator::run(std::span<const Disruption> disruptions, Outcomes& outcomes) {
  const std::size_t count = disruptions.size();
  const std::span<const EndUse> end_uses = network().end_uses();
  const std::size_t materials = network().materials().size();
  outcomes.status_.assign(count, SolveStatus::not_run);
  outcomes.shortfall_.assign(materials * count, 0.0);
  outcomes.delivered_.assign(end_uses.size() * count, 0.0);
  outcomes.weighted_.assign(count, 0.0);
  outcomes.residual_.assign(count, 0.0);
  const std::size_t step = state_->preferred_lanes();
  for (std::size_t first = 0; first < count; first += step) {
    const std::size_t size = std::min(step, count - first);
    state_->solve(disruptions.subspan(first, size));
    const std::size_t lanes = state_->lanes();
    const detail::EndUseLanes& values = state_->end_uses();
    for (std::uint32_t lane = 0; lane < size; ++lane) {
      const bool solved = state_->converged(lane);
      outcomes.status_[first + lane] = solved ? SolveStatus::solved : SolveStatus::not_converged;
      outcomes.residual_[first + lane] = state_->residual(lane);
    }
    for (std::size_t e = 0; e < end_uses.size(); ++e) {
      const std::span<const Content> composition = network()[end_uses[e].commodity].composition;
      for (std::uint32_t lane = 0; lane < size; ++lane) {
        const std::size_t at = e * lanes + lane;
        // Nothing in the column of a scenario that did not converge looks final.
        if (!state_->converged(lane)) continue;
        const double shortfall = std::max(0.0, values.demanded[at] - values.delivered[at]);
        outcomes.delivered_[e * count + first + lane] = values.delivered[at];
        outcomes.weighted_[first + lane] += values.weight[at] * shortfall;
        for (const Content& content : composition) {
          outcomes.shortfall_[content.material.index() * count + first + lane] += content.content * shortfall;
        }
      }
    }
  }
}

LODE_INLINE Result propagate(const Network& network, const Scenario& scenario, const PropagateOptions& options) {
  return Propagator(network, options).run(scenario);
}

}  // namespace lode::inline LODE_ABI
