// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include <lode/attribution.hpp>
#include <lode/detail/parallel.hpp>
#include <lode/detail/text.hpp>
#include <lode/disruption.hpp>
#include <lode/propagate.hpp>
#include <lode/random.hpp>
#include <lode/reallocate.hpp>
#include <lode/uncertain.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

LODE_INLINE void check(const AttributionOptions& options) {
  std::vector<Issue> issues;
  const auto require = [&issues](bool legal, const char* name, std::string value, const char* range) {
    if (!legal) issues.push_back({{name, 0, 0}, std::move(value) + " is out of range", range});
  };
  require(options.exact_shocks.value_or(0) <= 20, "AttributionOptions::exact_shocks",
          std::to_string(options.exact_shocks.value_or(0)), "choose 0 to 20: every subset is run");
  require(options.samples >= 4, "AttributionOptions::samples", std::to_string(options.samples), "choose at least 4");
  require(options.confidence > 0.0 && options.confidence < 1.0, "AttributionOptions::confidence",
          number_text(options.confidence), "choose a number above 0 and below 1");
  if (!issues.empty()) throw InvalidArgument(std::move(issues));
}

/// Runs subsets of a scenario's shocks. One target is the weighted shortfall, the others are the materials.
class SubsetRuns {
 public:
  SubsetRuns(const Network& network, const Scenario& scenario, const AttributionOptions& options)
      : network_(network), scenario_(scenario), options_(options), targets_(1 + network.materials().size()) {}

  [[nodiscard]] std::size_t targets() const { return targets_; }

  using Subset = std::vector<bool>;
  /// values[i * targets() ..] of subset i. Returns the worst status.
  [[nodiscard]] SolveStatus run(const std::vector<Subset>& subsets, std::vector<double>& values) const {
    values.assign(subsets.size() * targets_, 0.0);
    const std::size_t block = options_.model == StaticModel::propagate ? 64 : 1;
    const std::size_t tasks = (subsets.size() + block - 1) / block;
    const std::size_t threads = thread_count(options_.threads, tasks);
    std::vector<SolveStatus> status(tasks, SolveStatus::solved);
    std::vector<std::unique_ptr<Propagator>> propagators(threads);
    std::vector<std::unique_ptr<Reallocator>> reallocators(threads);
    run_tasks(threads, tasks, [&](std::size_t thread, std::size_t task) {
      const std::size_t first = task * block;
      const std::size_t count = std::min(block, subsets.size() - first);
      double* const out = values.data() + first * targets_;
      std::vector<Disruption> disruptions;
      for (std::size_t i = first; i < first + count; ++i) disruptions.push_back(resolve(network_, part(subsets[i])));
      if (options_.model == StaticModel::propagate) {
        if (!propagators[thread]) propagators[thread] = std::make_unique<Propagator>(network_);
        status[task] = propagate(*propagators[thread], disruptions, out);
      } else {
        if (!reallocators[thread]) {
          reallocators[thread] = std::make_unique<Reallocator>(network_, ReallocateOptions{.prices = false});
        }
        status[task] = reallocate(*reallocators[thread], disruptions.front(), out);
      }
      return status[task] == SolveStatus::solved;
    });
    for (const SolveStatus at : status) {
      if (at != SolveStatus::solved) return at;
    }
    return SolveStatus::solved;
  }

 private:
  [[nodiscard]] Scenario part(const Subset& subset) const {
    Scenario out = scenario_;
    out.shocks.clear();
    for (std::size_t k = 0; k < subset.size(); ++k) {
      if (subset[k]) out.shocks.push_back(scenario_.shocks[k]);
    }
    return out;
  }

  [[nodiscard]] SolveStatus propagate(Propagator& propagator, std::span<const Disruption> disruptions,
                                      double* out) const {
    Outcomes outcomes;
    propagator.run(disruptions, outcomes);
    for (std::size_t i = 0; i < disruptions.size(); ++i, out += targets_) {
      if (outcomes.status(i) != SolveStatus::solved) return outcomes.status(i);
      out[0] = outcomes.total_weighted_shortfall(i);
      for (std::size_t m = 0; m + 1 < targets_; ++m) {
        out[1 + m] = outcomes.shortfall(MaterialId{m}, i).in(tonnes_per_year);
      }
    }
    return SolveStatus::solved;
  }

  [[nodiscard]] SolveStatus reallocate(Reallocator& reallocator, const Disruption& disruption, double* out) const {
    const Result result = reallocator.run(disruption);
    if (result.status != SolveStatus::solved) return result.status;
    out[0] = result.total_weighted_shortfall;
    for (std::size_t m = 0; m + 1 < targets_; ++m) out[1 + m] = result.materials[m].shortfall.in(tonnes_per_year);
    return SolveStatus::solved;
  }

  const Network& network_;
  const Scenario& scenario_;
  const AttributionOptions& options_;
  std::size_t targets_;
};

class AttributionStudy {
 public:
  AttributionStudy(const Network& network, const Scenario& scenario, const AttributionOptions& options)
      : scenario_(scenario), options_(options), runs_(network, scenario, options), shocks_(scenario.shocks.size()) {}

  [[nodiscard]] Attribution run() {
    Attribution out;
    out.scenario = scenario_.name;
    out.model = options_.model;
    out.exact = shocks_ <= options_.exact_shocks.value_or(options_.model == StaticModel::propagate ? 15 : 10);
    shares_.assign(shocks_ * runs_.targets(), {});
    out.status = out.exact ? divide_exactly(out) : divide_by_samples(out);
    if (out.status != SolveStatus::solved) {
      Attribution failed;
      failed.status = out.status;
      failed.scenario = out.scenario;
      failed.model = out.model;
      return failed;
    }
    for (std::size_t p = 0; p < shocks_; ++p) {
      const Share* const own = shares_.data() + p * runs_.targets();
      out.shocks.push_back({p, std::string(kind_of(scenario_.shocks[p].effect)), own[0],
                            std::vector<Share>(own + 1, own + runs_.targets())});
    }
    for (std::size_t t = 0; t < runs_.targets(); ++t) {
      const double before = t == 0 ? out.none.weighted : out.none.materials[t - 1];
      const double after = t == 0 ? out.all.weighted : out.all.materials[t - 1];
      double sum = before;
      for (std::size_t p = 0; p < shocks_; ++p) sum += shares_[p * runs_.targets() + t].value;
      const double scale = std::max(std::abs(before), std::abs(after));
      if (scale > 0.0) out.efficiency_residual = std::max(out.efficiency_residual, std::abs(sum - after) / scale);
    }
    return out;
  }

 private:
  using Subset = SubsetRuns::Subset;

  void set_ends(Attribution& out, const double* none, const double* all) const {
    out.none = {none[0], std::vector<double>(none + 1, none + runs_.targets())};
    out.all = {all[0], std::vector<double>(all + 1, all + runs_.targets())};
  }

  [[nodiscard]] SolveStatus divide_exactly(Attribution& out) {
    const std::size_t count = std::size_t{1} << shocks_;
    const std::size_t targets = runs_.targets();
    std::vector<Subset> subsets;
    for (std::size_t mask = 0; mask < count; ++mask) {
      Subset& subset = subsets.emplace_back(shocks_);
      for (std::size_t p = 0; p < shocks_; ++p) subset[p] = (mask >> p & 1U) != 0;
    }
    std::vector<double> v;
    const SolveStatus status = runs_.run(subsets, v);
    if (status != SolveStatus::solved) return status;
    out.runs = count;
    // |S|! (k - |S| - 1)! / k! = 1 / (k * (k - 1 over |S|))
    std::vector<double> weight(shocks_, 0.0);
    double choose = 1.0;
    for (std::size_t size = 0; size < shocks_; ++size) {
      weight[size] = 1.0 / (static_cast<double>(shocks_) * choose);
      choose = choose * static_cast<double>(shocks_ - 1 - size) / static_cast<double>(size + 1);
    }
    for (std::size_t p = 0; p < shocks_; ++p) {
      for (std::size_t t = 0; t < targets; ++t) {
        double sum = 0.0;
        for (std::size_t mask = 0; mask < count; ++mask) {
          if ((mask >> p & 1U) != 0) continue;
          const std::size_t with = mask | std::size_t{1} << p;
          sum +=
              weight[static_cast<std::size_t>(std::popcount(mask))] * (v[with * targets + t] - v[mask * targets + t]);
        }
        shares_[p * targets + t] = {sum, sum, sum};
      }
    }
    set_ends(out, v.data(), v.data() + (count - 1) * targets);
    return status;
  }

  /// The order of the shocks in a sample: odd samples are the reverse of the one before.
  [[nodiscard]] std::vector<std::size_t> order_of(std::size_t sample) const {
    std::vector<double> key(shocks_);
    for (std::size_t p = 0; p < shocks_; ++p)
      key[p] = uniform(options_.seed, sample / 2, static_cast<std::uint32_t>(p));
    std::vector<std::size_t> order(shocks_);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&key](std::size_t a, std::size_t b) { return key[a] < key[b]; });
    if (sample % 2 == 1) std::reverse(order.begin(), order.end());
    return order;
  }

  [[nodiscard]] SolveStatus divide_by_samples(Attribution& out) {
    constexpr std::size_t pairs_at_once = 128;
    const std::size_t targets = runs_.targets();
    const std::size_t pairs = (options_.samples + 1) / 2;
    std::vector<double> ends;
    SolveStatus status = runs_.run({Subset(shocks_, false), Subset(shocks_, true)}, ends);
    if (status != SolveStatus::solved) return status;
    out.runs = 2;
    set_ends(out, ends.data(), ends.data() + targets);
    std::vector<double> mean(shares_.size(), 0.0), spread(shares_.size(), 0.0), added(shares_.size());
    for (std::size_t first = 0; first < pairs; first += pairs_at_once) {
      const std::size_t last = std::min(pairs, first + pairs_at_once);
      std::vector<Subset> subsets;
      for (std::size_t sample = 2 * first; sample < 2 * last; ++sample) {
        const std::vector<std::size_t> order = order_of(sample);
        Subset subset(shocks_, false);
        for (std::size_t k = 0; k + 1 < shocks_; ++k) {
          subset[order[k]] = true;
          subsets.push_back(subset);
        }
      }
      std::vector<double> v;
      status = runs_.run(subsets, v);
      if (status != SolveStatus::solved) return status;
      out.runs += subsets.size();
      const double* next = v.data();
      for (std::size_t pair = first; pair < last; ++pair) {
        std::fill(added.begin(), added.end(), 0.0);
        for (std::size_t sample = 2 * pair; sample < 2 * pair + 2; ++sample) {
          const double* before = ends.data();
          const std::vector<std::size_t> order = order_of(sample);
          for (std::size_t k = 0; k < shocks_; ++k) {
            const double* const after = k + 1 < shocks_ ? next : ends.data() + targets;
            for (std::size_t t = 0; t < targets; ++t) added[order[k] * targets + t] += 0.5 * (after[t] - before[t]);
            before = after;
            if (k + 1 < shocks_) next += targets;
          }
        }
        // Welford (1962): mean and sum of squares in one pass.
        const double n = static_cast<double>(pair + 1);
        for (std::size_t i = 0; i < added.size(); ++i) {
          const double off = added[i] - mean[i];
          mean[i] += off / n;
          spread[i] += off * (added[i] - mean[i]);
        }
      }
    }
    const auto n = static_cast<double>(pairs);
    const double z = UncertainNumber(Normal{0.0, 1.0}).quantile(0.5 + 0.5 * options_.confidence);
    for (std::size_t i = 0; i < shares_.size(); ++i) {
      const double half = z * std::sqrt(std::max(0.0, spread[i]) / (n * (n - 1.0)));
      shares_[i] = {mean[i], mean[i] - half, mean[i] + half};
    }
    return status;
  }

  const Scenario& scenario_;
  const AttributionOptions& options_;
  SubsetRuns runs_;
  std::size_t shocks_;
  std::vector<Share> shares_;  ///< by shock and target
};

}  // namespace detail

LODE_INLINE Attribution attribution(const Network& network, const Scenario& scenario,
                                    const AttributionOptions& options) {
  detail::check(options);
  static_cast<void>(resolve(network, scenario));  // throws for what is wrong in the whole
  return detail::AttributionStudy(network, scenario, options).run();
}

}  // namespace lode::inline LODE_ABI
