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

#include <lode/detail/outages.hpp>
#include <lode/detail/parallel.hpp>
#include <lode/ranking.hpp>
#include <lode/time_to_survive.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

/// Something that can be taken away.
struct RankItem {
  std::string id;
  Removal removal;
};

[[nodiscard]] LODE_INLINE std::string route_name(const Network& network, RouteId id) {
  const Route& route = network[id];
  return network.id(route.from) + '>' + network.id(route.to) + ':' + network[route.commodity].id;
}

/// In ascending order of ids, so that of equals the first has the smaller id.
[[nodiscard]] LODE_INLINE std::vector<RankItem> rank_items(const Network& network, RankBy by) {
  std::vector<RankItem> items;
  std::map<std::string, Removal> groups;
  for (std::size_t f = 0; f < network.facilities().size(); ++f) {
    const Facility& facility = network.facilities()[f];
    if (by == RankBy::facility) items.push_back({facility.id, {{FacilityId{f}}, {}}});
    if (by == RankBy::country) groups[network[facility.country].id].facilities.push_back(FacilityId{f});
    if (by == RankBy::operator_name && !facility.operator_name.empty()) {
      groups[facility.operator_name].facilities.push_back(FacilityId{f});
    }
  }
  for (std::size_t r = 0; r < network.routes().size(); ++r) {
    if (by == RankBy::route) items.push_back({route_name(network, RouteId{r}), {{}, {RouteId{r}}}});
    if (by == RankBy::commodity) groups[network[network.routes()[r].commodity].id].routes.push_back(RouteId{r});
  }
  for (auto& [id, removal] : groups) items.push_back({id, std::move(removal)});
  std::sort(items.begin(), items.end(), [](const RankItem& a, const RankItem& b) { return a.id < b.id; });
  return items;
}

/// The model of one thread.
class RankWorker {
 public:
  RankWorker(const Network& network, const Disruption& start, const RankOptions& options, const Outages* outages)
      : network_(network), start_(start) {
    if (outages != nullptr) outages_ = std::make_unique<Outages>(*outages);
    if (options.model == RankModel::reallocate) {
      ReallocateOptions lean = options.reallocate;
      lean.prices = lean.price_ranges = false;
      reallocator_ = std::make_unique<Reallocator>(network, lean);
    }
  }

  void run(std::span<const Removal* const> removed, Loss& loss) {
    if (reallocator_ == nullptr) {
      outages_->run(removed, loss);
      certificate_.fixpoint_residual = std::max(certificate_.fixpoint_residual, outages_->residual());
      return;
    }
    const Result result = reallocator_->run(without(network_, start_, removed, true));
    loss = Loss{};
    loss.status = result.status;
    if (result.status != SolveStatus::solved) {
      if (result.status == SolveStatus::infeasible) conflict_ = result.conflict;
      return;
    }
    loss.weighted = result.total_weighted_shortfall;
    for (const MaterialResult& material : result.materials)
      loss.shortfall.push_back(material.shortfall.in(tonnes_per_year));
    certificate_.mass_balance = std::max(certificate_.mass_balance, result.certificate.mass_balance);
    certificate_.gap = std::max(certificate_.gap, result.certificate.gap);
  }

  [[nodiscard]] Outages& outages() { return *outages_; }
  [[nodiscard]] const RankCertificate& certificate() const { return certificate_; }
  [[nodiscard]] const std::vector<std::string>& conflict() const { return conflict_; }

 private:
  const Network& network_;
  const Disruption& start_;
  std::unique_ptr<Outages> outages_;
  std::unique_ptr<Reallocator> reallocator_;
  RankCertificate certificate_;
  std::vector<std::string> conflict_;
};

/// A set of items, by position, in any order, and what is lost without them.
struct RankGroup {
  std::vector<std::size_t> members;
  Loss loss;
};

/// What the studies share: items, models, threads, progress.
class RankStudy {
 public:
  /// `bounds`: the bound on groups is wanted too.
  RankStudy(const Propagator& propagator, const Scenario& scenario, const RankOptions& options, bool bounds)
      : network_(propagator.network()),
        options_(options),
        start_(resolve(network_, scenario)),
        items_(rank_items(network_, options.by)),
        forward_(options.reallocate.stop, [this] { stop_.request_stop(); }) {
    options_.reallocate.stop = stop_.get_token();
    has_bounds_ = bounds && (options.model == RankModel::propagate || start_.offtakes.empty());
    if (options.model == RankModel::propagate || has_bounds_) {
      outages_ = std::make_unique<Outages>(propagator, start_);
    }
    workers_.resize(thread_count(options.threads, std::max<std::size_t>(1, items_.size())));
    if (options.model == RankModel::propagate) {
      start_loss_ = outages_->start();
    } else {
      worker(0).run({}, start_loss_);
    }
  }

  [[nodiscard]] const std::vector<RankItem>& items() const { return items_; }
  [[nodiscard]] const Loss& start() const { return start_loss_; }
  [[nodiscard]] bool has_bounds() const { return has_bounds_ && outages_->start().status == SolveStatus::solved; }
  [[nodiscard]] const Outages& outages() const { return *outages_; }
  /// Room for rounding between the bound and what the model finds: the tolerance of its certificate, or 1e-9, of all
  /// weighted demand. A sweep errs by less than 1e-12.
  [[nodiscard]] double margin() const {
    double all = 0.0;
    const std::span<const double> weight = outages_->weight();
    for (std::size_t e = 0; e < weight.size(); ++e)
      all += weight[e] * network_.end_uses()[e].demand.in(tonnes_per_year);
    for (std::size_t e = 0; e < weight.size(); ++e) all += weight[e] * outages_->room()[e];
    return (options_.model == RankModel::reallocate ? 1e-7 : 1e-9) * (all + start_loss_.weighted);
  }

  [[nodiscard]] RankWorker& worker(std::size_t thread) {
    std::unique_ptr<RankWorker>& slot = workers_[thread];
    if (slot == nullptr) slot = std::make_unique<RankWorker>(network_, start_, options_, outages_.get());
    return *slot;
  }

  /// `work(worker, task)` for all tasks over the threads, in chunks; false if the study was stopped.
  template <class Work>
  bool each(std::size_t tasks, Work&& work, bool says_progress) {
    // Chunks keep threads off each other's lines of memory where tasks are many and short.
    const std::size_t chunk = std::clamp<std::size_t>(tasks / (8 * workers_.size()), 1, 16);
    std::size_t done = 0;
    std::mutex guard;
    const auto take = [&](std::size_t thread, std::size_t part) {
      const std::size_t begin = part * chunk, end = std::min(tasks, begin + chunk);
      RankWorker& mine = worker(thread);
      for (std::size_t task = begin; task < end; ++task) work(mine, task);
      if (stop_.stop_requested()) return false;
      if (!says_progress || !options_.progress) return true;
      const std::lock_guard lock(guard);
      done += end - begin;
      if (options_.progress(done, tasks)) return true;
      stop_.request_stop();
      return false;
    };
    const std::size_t parts = (tasks + chunk - 1) / chunk;
    return run_tasks(std::min(workers_.size(), std::max<std::size_t>(1, parts)), parts, take) &&
           !stop_.stop_requested();
  }
  /// The caller's own count of what is done.
  [[nodiscard]] bool say(std::size_t done, std::size_t all) {
    if (options_.progress && !options_.progress(done, all)) stop_.request_stop();
    return !stop_.stop_requested();
  }

  void run(RankWorker& mine, RankGroup& group) const {
    std::vector<const Removal*> removed;
    for (const std::size_t member : group.members) removed.push_back(&items_[member].removal);
    mine.run(removed, group.loss);
  }
  /// False if the study was stopped.
  [[nodiscard]] bool run(std::vector<RankGroup>& groups, bool says_progress = false) {
    return each(
        groups.size(), [&](RankWorker& mine, std::size_t g) { run(mine, groups[g]); }, says_progress);
  }

  [[nodiscard]] std::string id(const RankGroup& group) const {
    std::string out;
    for (const std::size_t member : group.members) out += (out.empty() ? "" : "+") + items_[member].id;
    return out;
  }
  /// Worse first, ties by id.
  [[nodiscard]] bool goes_before(const RankGroup& a, const RankGroup& b) const {
    if (a.loss.weighted != b.loss.weighted) return a.loss.weighted > b.loss.weighted;
    if (a.members.size() == 1 && b.members.size() == 1) return a.members < b.members;
    return id(a) < id(b);
  }

  [[nodiscard]] RankRow row(const RankGroup& group) const {
    RankRow out;
    out.id = id(group);
    for (const std::size_t member : group.members) out.members.push_back(items_[member].id);
    out.weighted = group.loss.weighted;
    out.weighted_increase = group.loss.weighted - start_loss_.weighted;
    for (std::size_t m = 0; m < group.loss.shortfall.size(); ++m) {
      out.shortfall.push_back(group.loss.shortfall[m] * tonnes_per_year);
      out.increase.push_back((group.loss.shortfall[m] - start_loss_.shortfall[m]) * tonnes_per_year);
    }
    return out;
  }

  /// All that is not rows. False if there can be none.
  [[nodiscard]] bool begin(Ranking& out) {
    out.by = options_.by;
    out.model = options_.model;
    out.scenario = start_.scenario;
    out.removals = items_.size();
    out.status = start_loss_.status;
    if (out.status != SolveStatus::solved) {
      out.notes = options_.model == RankModel::reallocate ? worker(0).conflict() : std::vector<std::string>{};
      return false;
    }
    out.start = row({{}, start_loss_});
    out.notes = start_.notes(options_.model == RankModel::propagate ? ModelSet::propagate : ModelSet::reallocate);
    return true;
  }

  /// Sorts the groups that have an answer into rows, the first `top` (0 = all), and lists the others.
  void finish(std::vector<RankGroup>& groups, std::size_t top, Ranking& out) {
    std::vector<RankGroup> solved;
    for (RankGroup& group : groups) {
      if (group.loss.status == SolveStatus::solved) {
        solved.push_back(std::move(group));
      } else {
        out.unsolved.push_back({id(group), group.loss.status});
      }
    }
    std::sort(solved.begin(), solved.end(), [this](const auto& a, const auto& b) { return goes_before(a, b); });
    std::size_t first = 0;
    for (const std::unique_ptr<RankWorker>& mine : workers_) {
      if (mine == nullptr) continue;
      const RankCertificate& proof = mine->certificate();
      out.certificate.fixpoint_residual = std::max(out.certificate.fixpoint_residual, proof.fixpoint_residual);
      out.certificate.mass_balance = std::max(out.certificate.mass_balance, proof.mass_balance);
      out.certificate.gap = std::max(out.certificate.gap, proof.gap);
    }
    // The whole certificate costs O(network), so it is for the worst row; a row that fails it has no answer.
    for (; options_.model == RankModel::propagate && first < solved.size(); ++first) {
      std::vector<const Removal*> removed;
      for (const std::size_t member : solved[first].members) removed.push_back(&items_[member].removal);
      Certificate proof;
      const SolveStatus status = outages_->certify(removed, proof);
      if (status == SolveStatus::solved) {
        out.certificate.mass_balance = proof.mass_balance;
        out.certificate.gap = proof.gap;
        break;
      }
      out.unsolved.push_back({id(solved[first]), status});
    }
    const std::size_t count = solved.size() - first;
    const std::size_t kept = top == 0 ? count : std::min(count, top);
    out.rows.reserve(kept);
    for (std::size_t i = first; i < first + kept; ++i) out.rows.push_back(row(solved[i]));
    std::sort(out.unsolved.begin(), out.unsolved.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  }

  /// Nothing that looks final.
  void stop(Ranking& out) const {
    out.status = SolveStatus::interrupted;
    out.rows.clear();
    out.unsolved.clear();
  }

 private:
  const Network& network_;
  RankOptions options_;
  Disruption start_;
  std::vector<RankItem> items_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> forward_;
  bool has_bounds_ = false;
  std::unique_ptr<Outages> outages_;
  std::vector<std::unique_ptr<RankWorker>> workers_;  ///< by thread, made by the thread that uses it
  Loss start_loss_;
};

/// What groups of items lose at most. With x_ae what end use e loses at most without item a, and no surplus to absorb
/// it, h(S) = sum over e of weight_e min(room_e, sum over a in S of x_ae): monotone and submodular.
class GroupBound {
 public:
  /// False if the study was stopped; `known` items alone have a bound.
  [[nodiscard]] bool fill(RankStudy& study) {
    const std::size_t items = study.items().size();
    lost_.resize(items);
    known_.assign(items, 0);
    alone_.assign(items, 0.0);
    weight_ = study.outages().weight();
    room_ = study.outages().room();
    start_ = study.outages().start().weighted;
    margin_ = study.margin();
    covered_.assign(weight_.size(), 0.0);
    return study.each(
        items,
        [&](RankWorker& mine, std::size_t a) {
          known_[a] = mine.outages().bound(study.items()[a].removal, lost_[a]) ? 1 : 0;
          alone_[a] = known_[a] != 0 ? 0.0 : std::numeric_limits<double>::infinity();
          for (const LostDelivery& row : lost_[a])
            alone_[a] += weight_[row.end_use] * std::min(room_[row.end_use], row.most);
        },
        false);
  }

  /// h of one item.
  [[nodiscard]] double alone(std::size_t a) const { return alone_[a]; }
  /// The weighted loss that h allows, rounding included.
  [[nodiscard]] double loss(double h) const { return start_ + h + margin_; }
  /// All that there is to lose.
  [[nodiscard]] double all() const {
    double sum = 0.0;
    for (std::size_t e = 0; e < weight_.size(); ++e) sum += weight_[e] * room_[e];
    return sum;
  }

  /// Sharper than h: where only one of the two is upstream, its own loss is exact.
  [[nodiscard]] double pair(std::size_t a, std::size_t b) const {
    if (known_[a] == 0 || known_[b] == 0) return std::numeric_limits<double>::infinity();
    double sum = 0.0;
    auto i = lost_[a].begin();
    auto j = lost_[b].begin();
    while (i != lost_[a].end() || j != lost_[b].end()) {
      if (j == lost_[b].end() || (i != lost_[a].end() && i->end_use < j->end_use)) {
        sum += weight_[i->end_use] * i->exact;
        ++i;
      } else if (i == lost_[a].end() || j->end_use < i->end_use) {
        sum += weight_[j->end_use] * j->exact;
        ++j;
      } else {
        sum += weight_[i->end_use] * std::min(room_[i->end_use], i->most + j->most);
        ++i, ++j;
      }
    }
    return sum;
  }

  /// A set to which items are added: its h, and what one more adds to it.
  void cover(std::span<const std::size_t> members) {
    std::fill(covered_.begin(), covered_.end(), 0.0);
    for (const std::size_t a : members) {
      for (const LostDelivery& row : lost_[a]) covered_[row.end_use] += row.most;
    }
  }
  [[nodiscard]] double covered() const {
    double sum = 0.0;
    for (std::size_t e = 0; e < weight_.size(); ++e) sum += weight_[e] * std::min(room_[e], covered_[e]);
    return sum;
  }
  [[nodiscard]] double gain(std::size_t a) const {
    if (known_[a] == 0) return std::numeric_limits<double>::infinity();
    double sum = 0.0;
    for (const LostDelivery& row : lost_[a]) {
      const std::size_t e = row.end_use;
      sum += weight_[e] * (std::min(room_[e], covered_[e] + row.most) - std::min(room_[e], covered_[e]));
    }
    return sum;
  }

  /// No k items have a larger h: for any set A, h(S) <= h(A) + the k largest gains on top of A (Nemhauser, Wolsey and
  /// Fisher 1978). The sets tried are those that grow greedily from nothing.
  [[nodiscard]] double most(std::size_t k) {
    double best = all();
    std::vector<std::size_t> grown;
    std::vector<double> gains(lost_.size());
    for (std::size_t step = 0; step <= k; ++step) {
      cover(grown);
      for (std::size_t a = 0; a < gains.size(); ++a) gains[a] = gain(a);
      const auto next = static_cast<std::size_t>(std::max_element(gains.begin(), gains.end()) - gains.begin());
      std::vector<double> largest = gains;
      const std::size_t count = std::min(k, largest.size());
      std::partial_sort(largest.begin(), largest.begin() + static_cast<std::ptrdiff_t>(count), largest.end(),
                        std::greater<>());
      best = std::min(
          best, std::accumulate(largest.begin(), largest.begin() + static_cast<std::ptrdiff_t>(count), covered()));
      if (!(gains[next] > 0.0) || gains[next] == std::numeric_limits<double>::infinity()) break;
      grown.push_back(next);
    }
    return best;
  }

 private:
  std::vector<std::vector<LostDelivery>> lost_;  ///< by item
  std::vector<std::uint8_t> known_;
  std::vector<double> alone_;
  std::span<const double> weight_, room_;
  double start_ = 0.0, margin_ = 0.0;
  std::vector<double> covered_;  ///< by end use
};

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
