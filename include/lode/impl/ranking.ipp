// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <lode/detail/group_bound.hpp>
#include <lode/detail/rank_study.hpp>
#include <lode/ranking.hpp>
#include <lode/time_to_survive.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

/// The worst groups seen so far.
class WorstGroups {
 public:
  WorstGroups(const RankStudy& study, std::size_t most) : study_(study), most_(most) {}
  void offer(std::vector<RankGroup>& groups) {
    for (RankGroup& group : groups) {
      (group.loss.status == SolveStatus::solved ? kept_ : unsolved_).push_back(std::move(group));
    }
    std::sort(kept_.begin(), kept_.end(), [this](const auto& a, const auto& b) { return study_.goes_before(a, b); });
    if (kept_.size() > most_) kept_.resize(most_);
  }
  /// A group that loses less is not among the worst.
  [[nodiscard]] double least() const { return kept_.size() < most_ ? -1.0 : kept_.back().loss.weighted; }
  [[nodiscard]] std::vector<RankGroup> take() {
    kept_.insert(kept_.end(), std::make_move_iterator(unsolved_.begin()), std::make_move_iterator(unsolved_.end()));
    return std::move(kept_);
  }

 private:
  const RankStudy& study_;
  std::size_t most_;
  std::vector<RankGroup> kept_, unsolved_;
};

/// Adds the one item to `members` that loses most; `bound` may be nullptr. Ties go to the smaller id. False if the
/// study was stopped; `best` stays as it is where no item loses more than it does.
[[nodiscard]] LODE_INLINE bool add_worst(RankStudy& study, GroupBound* bound, const std::vector<std::size_t>& members,
                                         std::size_t barred, RankGroup& best, std::size_t& evaluated) {
  struct Candidate {
    std::size_t item;
    double most;
  };
  std::vector<Candidate> candidates;
  if (bound != nullptr) bound->cover(members);
  const double covered = bound != nullptr ? bound->covered() : 0.0;
  for (std::size_t a = 0; a < study.items().size(); ++a) {
    if (a == barred || std::find(members.begin(), members.end(), a) != members.end()) continue;
    candidates.push_back(
        {a, bound != nullptr ? bound->loss(covered + bound->gain(a)) : std::numeric_limits<double>::infinity()});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.most > b.most; });
  constexpr std::size_t block = 64;  // fixed, so that what is skipped does not depend on the threads
  for (std::size_t first = 0; first < candidates.size() && !(candidates[first].most < best.loss.weighted);
       first += block) {
    std::vector<RankGroup> groups;
    for (std::size_t c = first; c < std::min(candidates.size(), first + block); ++c) {
      groups.push_back({members, {}});
      groups.back().members.push_back(candidates[c].item);
    }
    evaluated += groups.size();
    if (!study.run(groups)) return false;
    for (RankGroup& group : groups) {
      if (group.loss.status != SolveStatus::solved) continue;
      const bool worse = group.loss.weighted > best.loss.weighted;
      const bool equal = group.loss.weighted == best.loss.weighted && best.members.size() == group.members.size();
      if (worse || (equal && barred == study.items().size() && group.members.back() < best.members.back())) {
        best = std::move(group);
      }
    }
  }
  return true;
}

LODE_INLINE void add_survival(const Network& network, const RankOptions& options, Ranking& out) {
  SimulateOptions simulate;
  simulate.progress = options.progress;
  const std::vector<PlantSurvival> plants = time_to_survive(network, 30 * days, simulate);
  std::map<std::string, std::optional<Days>> lasts;
  for (const PlantSurvival& plant : plants) lasts[network[plant.id].id] = plant.survives;
  for (RankRow& row : out.rows) {
    if (const auto found = lasts.find(row.id); found != lasts.end()) row.survives = found->second;
  }
  const bool runs = std::any_of(network.facilities().begin(), network.facilities().end(),
                                [](const Facility& facility) { return facility.baseline > TonnesPerYear{}; });
  if (plants.empty() && runs) out.status = SolveStatus::interrupted;
  out.has_survival = true;
}

}  // namespace detail

LODE_INLINE Ranker::Ranker(const Network& network, const RankOptions& options)
    : options_(options), propagator_(network, options.propagate) {
  if (options.survival && options.by != RankBy::facility) {
    throw InvalidArgument({{{"RankOptions", 0, 0},
                            std::string("survival is asked for by ") + to_string(options.by),
                            "stocks last for a time without a facility: leave it out, or rank by facility"}});
  }
}

LODE_INLINE Ranking Ranker::run(const Scenario& scenario) const {
  detail::RankStudy study(propagator_, scenario, options_, false);
  Ranking out;
  if (!study.begin(out)) return out;
  std::vector<detail::RankGroup> groups(study.items().size());
  for (std::size_t a = 0; a < groups.size(); ++a) groups[a].members = {a};
  if (!study.run(groups, true)) {
    study.stop(out);
    return out;
  }
  study.finish(groups, options_.top, out);
  if (options_.survival) detail::add_survival(propagator_.network(), options_, out);
  if (out.status != SolveStatus::solved) study.stop(out);
  return out;
}

LODE_INLINE GroupRanking Ranker::pairs(const Scenario& scenario) const {
  detail::RankStudy study(propagator_, scenario, options_, true);
  GroupRanking out;
  if (!study.begin(out)) return out;
  const std::size_t items = study.items().size();
  const std::size_t top = options_.top == 0 ? 10 : options_.top;
  out.groups = items < 2 ? 0 : items * (items - 1) / 2;
  detail::GroupBound bound;
  const bool bounded = study.has_bounds();
  if (bounded && !bound.fill(study)) {
    study.stop(out);
    return out;
  }
  std::vector<std::size_t> order(items);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (bounded) {
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return bound.alone(a) > bound.alone(b); });
  }
  detail::WorstGroups worst(study, top);
  // Blocks whose sizes are given, so that what is skipped does not depend on the threads. They grow, for the first ones
  // say most about what need not be computed.
  std::size_t block_size = 16;
  constexpr std::size_t largest_block = 1024;
  std::vector<detail::RankGroup> block;
  std::size_t passed = 0;
  const auto run_block = [&] {
    out.evaluated += block.size();
    if (!study.run(block)) return false;
    worst.offer(block);
    block.clear();
    block_size = std::min(largest_block, 2 * block_size);
    return study.say(std::min(passed, out.groups), out.groups);
  };
  for (std::size_t i = 0; i + 1 < items; ++i) {
    // Later pairs of this item have smaller bounds.
    for (std::size_t j = i + 1; j < items; ++j) {
      if (bounded && bound.loss(bound.alone(order[i]) + bound.alone(order[j])) < worst.least()) break;
      ++passed;
      const auto [a, b] = std::minmax(order[i], order[j]);
      if (bounded && bound.loss(bound.pair(a, b)) < worst.least()) continue;
      block.push_back({{a, b}, {}});
      if (block.size() < block_size) continue;
      if (!run_block()) {
        study.stop(out);
        return out;
      }
    }
  }
  passed = out.groups;
  if (!run_block()) {
    study.stop(out);
    return out;
  }
  std::vector<detail::RankGroup> groups = worst.take();
  study.finish(groups, top, out);
  return out;
}

LODE_INLINE WorstGroup Ranker::worst_group(const Scenario& scenario, std::size_t k) const {
  detail::RankStudy study(propagator_, scenario, options_, true);
  const std::size_t items = study.items().size();
  if (items == 0) throw InvalidArgument({{{"worst_group", 0, 0}, "there is nothing to remove", "rank something else"}});
  if (k < 1 || k > items) {
    throw InvalidArgument({{{"worst_group", 0, 0},
                            "k " + std::to_string(k) + " is out of range",
                            "give 1 to " + std::to_string(items) + ", the number of removals"}});
  }
  WorstGroup out;
  if (!study.begin(out)) return out;
  detail::GroupBound bound;
  const bool bounded = study.has_bounds();
  detail::GroupBound* const known = bounded ? &bound : nullptr;
  const auto stopped = [&] {
    study.stop(out);
    return out;
  };
  if (bounded && !bound.fill(study)) return stopped();
  out.upper_bound = bounded ? bound.loss(bound.most(k)) : std::numeric_limits<double>::infinity();

  std::vector<std::size_t> members;
  detail::RankGroup best;
  for (std::size_t step = 0; step < k; ++step) {
    detail::RankGroup next;
    next.loss.weighted = -1.0;
    if (!detail::add_worst(study, known, members, items, next, out.evaluated)) return stopped();
    if (next.members.empty()) {
      out.unsolved.push_back({study.id({members, {}}), SolveStatus::not_converged});
      return out;
    }
    best = std::move(next);
    members = best.members;
    if (!study.say(step + 1, k)) return stopped();
  }
  // Swaps that lose more by more than rounding, or they might go round in circles.
  constexpr double more = 1e-9;
  for (bool better = k > 1; better;) {
    better = false;
    for (std::size_t out_of = 0; out_of < k; ++out_of) {
      std::vector<std::size_t> others = best.members;
      const std::size_t left = others[out_of];
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(out_of));
      detail::RankGroup swapped;
      swapped.loss.weighted = best.loss.weighted * (1.0 + more);
      if (!detail::add_worst(study, known, others, left, swapped, out.evaluated)) return stopped();
      if (swapped.members.empty()) continue;
      best = std::move(swapped);
      better = true;
    }
    if (!study.say(k, k)) return stopped();
  }
  out.upper_bound = k == 1 ? best.loss.weighted : std::max(out.upper_bound, best.loss.weighted);
  std::vector<detail::RankGroup> groups;
  groups.push_back(std::move(best));
  study.finish(groups, 1, out);
  return out;
}

LODE_INLINE Ranking rank(const Network& network, const Scenario& scenario, const RankOptions& options) {
  return Ranker(network, options).run(scenario);
}
LODE_INLINE GroupRanking rank_pairs(const Network& network, const Scenario& scenario, const RankOptions& options) {
  return Ranker(network, options).pairs(scenario);
}
LODE_INLINE WorstGroup worst_group(const Network& network, const Scenario& scenario, std::size_t k,
                                   const RankOptions& options) {
  return Ranker(network, options).worst_group(scenario, k);
}

}  // namespace lode::inline LODE_ABI
