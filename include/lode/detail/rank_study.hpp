// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <lode/detail/outages.hpp>
#include <lode/detail/parallel.hpp>
#include <lode/ranking.hpp>

/// What the studies of removals share. Private.
namespace lode::inline LODE_ABI::detail {

/// Something that can be taken away.
struct RankItem {
  std::string id;
  Removal removal;
};

[[nodiscard]] inline std::string route_name(const Network& network, RouteId id) {
  const Route& route = network[id];
  return network.id(route.from) + '>' + network.id(route.to) + ':' + network[route.commodity].id;
}

/// In ascending order of ids, so that of equals the first has the smaller id.
[[nodiscard]] inline std::vector<RankItem> rank_items(const Network& network, RankBy by) {
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

}  // namespace lode::inline LODE_ABI::detail
