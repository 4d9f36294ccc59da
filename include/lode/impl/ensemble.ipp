// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include <lode/detail/ensemble_state.hpp>
#include <lode/detail/hot_loop.hpp>
#include <lode/detail/parallel.hpp>
#include <lode/detail/sample_statistics.hpp>
#include <lode/detail/text.hpp>
#include <lode/ensemble.hpp>
#include <lode/error.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

inline constexpr std::uint64_t least_between_stops = 4096, most_between_stops = 65536;
/// A shortfall below this share of what is demanded is rounding.
inline constexpr double shortfall_threshold = 1e-9;

LODE_INLINE void check_ensemble_options(const EnsembleOptions& options) {
  std::vector<Issue> issues;
  const auto require = [&issues](bool legal, const char* name, double value, const char* mend) {
    if (legal) return;
    issues.push_back(
        {{"EnsembleOptions", 0, 0}, std::string(name) + ' ' + number_text(value) + " is out of range", mend});
  };
  require(options.until >= 0.0 && options.until < 1.0, "until", options.until, "give 0 to 1, as 0.01 for 1 %");
  require(options.confidence >= 0.5 && options.confidence <= 0.9999, "confidence", options.confidence,
          "give 0.5 to 0.9999");
  require(options.tail > 0.0 && options.tail <= 1.0, "tail", options.tail, "give a share above 0, at most 1");
  for (const double p : options.quantiles) {
    require(p > 0.0 && p < 1.0, "quantile", p, "give a share above 0 and below 1");
  }
  if (!issues.empty()) throw InvalidArgument(std::move(issues));
}

/// What policies add to the uncertain numbers.
LODE_INLINE std::size_t extra_variables(const Copula& copula, const std::vector<std::unique_ptr<SampleWorld>>& worlds) {
  std::size_t most = copula.variables();
  for (const auto& world : worlds) most = std::max(most, world->family.variables());
  return most - copula.variables();
}

/// Points for the numbers of the scenario, its groups, what policies add, and the data.
LODE_INLINE std::size_t point_size(const Copula& copula, const std::vector<std::unique_ptr<SampleWorld>>& worlds,
                                   const BaseYears* data) {
  return copula.inputs() + extra_variables(copula, worlds) + (data != nullptr ? data->variables() : 0);
}

LODE_INLINE void check_data(const Network& network, const BaseYears* data) {
  if (data == nullptr) return;
  const Network& other = data->found().network;
  const auto same = [](const auto& a, const auto& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return x.id == y.id; });
  };
  if (same(network.facilities(), other.facilities()) && same(network.end_uses(), other.end_uses()) &&
      same(network.commodities(), other.commodities()) && same(network.materials(), other.materials()) &&
      same(network.countries(), other.countries()) && network.routes().size() == other.routes().size()) {
    return;
  }
  throw InvalidArgument({{{"EnsembleOptions", 0, 0},
                          "data are base years of another network",
                          "give the published figures that this network was made of"}});
}

LODE_INLINE std::vector<std::unique_ptr<SampleWorld>> make_worlds(const Network& network, const Scenario& scenario,
                                                                  const EnsembleOptions& options,
                                                                  std::span<const Scenario> policies) {
  std::vector<std::unique_ptr<SampleWorld>> worlds;
  worlds.push_back(std::make_unique<SampleWorld>(network, scenario, options));
  EnsembleOptions same_days = options;
  same_days.simulate = worlds.front()->simulate;
  for (const Scenario& policy : policies) {
    worlds.push_back(std::make_unique<SampleWorld>(network, scenario + policy, same_days));
  }
  return worlds;
}

/// What is done between two looks at whether to stop: a fraction of a second's work.
LODE_INLINE std::uint64_t chunk_size(const EnsembleOptions& options) {
  if (options.data != nullptr) return 4;
  return options.of == EnsembleModel::propagate ? SamplePoints::block : 32;
}

LODE_INLINE EnsembleState::EnsembleState(const Network& network, const Scenario& scenario,
                                         const EnsembleOptions& options, std::span<const Scenario> policies)
    : network_(network),
      options_((check_ensemble_options(options), check_data(network, options.data.get()), options)),
      worlds_(make_worlds(network, scenario, options, policies)),
      copula_(network, scenario, options.correlations),
      points_(options.sampling, point_size(copula_, worlds_, options.data.get())),
      chunk_(chunk_size(options)) {
  for (const auto& world : worlds_) {
    centers_.insert(centers_.end(), world->median.begin(), world->median.end());
    for (const double demanded : world->demanded) thresholds_.push_back(shortfall_threshold * demanded);
    if (status_ == SolveStatus::solved) status_ = world->status;
  }
  for (std::size_t policy = 0; policy + 1 < worlds_.size(); ++policy) {
    for (std::size_t q = 0; q < compared(); ++q) {
      centers_.push_back(worlds_[policy + 1]->median[q] - worlds_.front()->median[q]);
      thresholds_.push_back(shortfall_threshold * worlds_.front()->demanded[q]);
    }
  }
  kept_ = rows_to_keep();
  // Stratified points are looked at where all replicates have as many.
  stop_unit_ = least_between_stops;
  if (options.sampling.sampling != Sampling::monte_carlo) {
    const std::uint64_t dealt = points_.replicates() * SamplePoints::block;
    stop_unit_ = (least_between_stops + dealt - 1) / dealt * dealt;
  }
  resumed_ = empty_record(rows());
}

LODE_INLINE std::vector<std::size_t> EnsembleState::rows_to_keep() const {
  const SampleQuantities& q = quantities();
  std::vector<std::size_t> kept;
  for (std::size_t row = 0; row < q.end_use(0); ++row) kept.push_back(row);
  for (std::size_t e = 0; e < network_.end_uses().size(); ++e) {
    if (q.leader_of(e) == e) kept.push_back(q.end_use(e));
  }
  for (std::size_t row = q.month(0, 0); row < q.size(); ++row) kept.push_back(row);
  for (std::size_t policy = 0; policy + 1 < worlds_.size(); ++policy) {
    for (std::size_t row = 0; row < compared(); ++row) {
      kept.push_back(world_row(policy + 1) + row);
      kept.push_back(difference_row(policy) + row);
    }
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

LODE_INLINE EnsembleState::Record EnsembleState::empty_record(std::size_t rows) const {
  const std::size_t replicates = options_.sampling.sampling == Sampling::monte_carlo ? 1 : points_.replicates();
  return {std::vector<LogHistogram>(rows), std::vector<std::uint64_t>(rows, 0), std::vector<ExactSum>(rows),
          std::vector<std::uint64_t>(replicates, 0),
          std::vector<std::vector<ExactSum>>(replicates, std::vector<ExactSum>(rows))};
}

LODE_INLINE std::uint64_t EnsembleState::Record::samples() const {
  std::uint64_t all = 0;
  for (const std::uint64_t samples : count) all += samples;
  return all;
}

LODE_INLINE double EnsembleState::Record::sum(std::size_t row) const {
  ExactSum all;
  for (const std::vector<ExactSum>& replicate : sums) all.add(replicate[row]);
  return all.value();
}

LODE_INLINE void EnsembleState::Record::merge(const Record& other) {
  for (std::size_t row = 0; row < squares.size(); ++row) {
    histograms[row].merge(other.histograms[row]);
    short_count[row] += other.short_count[row];
    squares[row].add(other.squares[row]);
  }
  for (std::size_t r = 0; r < count.size(); ++r) {
    count[r] += other.count[r];
    for (std::size_t row = 0; row < squares.size(); ++row) sums[r][row].add(other.sums[r][row]);
  }
}

LODE_INLINE std::unique_ptr<EnsembleState::Worker> EnsembleState::make_worker() const {
  auto worker = std::make_unique<Worker>();
  for (const auto& world : worlds_) worker->models.push_back(make_sample_model(*world));
  worker->point.resize(points_.variables() * side_by_side);
  worker->values.resize(rows() * stride);
  worker->record = empty_record(rows());
  return worker;
}

/// Sums over one row of a chunk. Sample k goes to partial sum k % 8, which is how a processor adds fastest.
LODE_HOT_LOOP LODE_INLINE void sum_row(const double* values, std::size_t count, double center, double& total,
                                       double& total_square) {
  constexpr std::size_t partial_sums = 8;
  double sum[partial_sums] = {}, square[partial_sums] = {};
  std::size_t k = 0;
  for (; k + partial_sums <= count; k += partial_sums) {
    for (std::size_t i = 0; i < partial_sums; ++i) {
      const double d = values[k + i] - center;
      sum[i] += d;
      square[i] += d * d;
    }
  }
  for (std::size_t i = 0; k < count; ++k, ++i) {
    const double d = values[k] - center;
    sum[i] += d;
    square[i] += d * d;
  }
  total = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
  total_square =
      ((square[0] + square[1]) + (square[2] + square[3])) + ((square[4] + square[5]) + (square[6] + square[7]));
}

/// How many numbers are above a threshold, and how many equal the first.
LODE_HOT_LOOP LODE_INLINE void count_row(const double* values, std::size_t count, double threshold,
                                         std::uint64_t& above, std::uint64_t& equal) {
  const double first = values[0];
  std::uint64_t over = 0, same = 0;
  for (std::size_t k = 0; k < count; ++k) {
    over += values[k] > threshold ? 1U : 0U;
    same += values[k] == first ? 1U : 0U;
  }
  above = over;
  equal = same;
}

/// Sums over the chunk that was added last.
LODE_INLINE void EnsembleState::sum_chunk(const Worker& worker, std::size_t count, ChunkSums& sums) const {
  sums.sum.resize(rows());
  sums.square.resize(rows());
  for (const std::size_t row : kept_) {
    const double* const values = worker.values.data() + row * stride + worker.waiting - count;
    sum_row(values, count, centers_[row], sums.sum[row], sums.square[row]);
  }
}

/// Adds the samples that wait to counts and histograms, row by row: a histogram stays in the first cache while it is
/// filled, where sample by sample each number would wait for a farther one.
LODE_INLINE void EnsembleState::flush(Worker& worker) const {
  const std::size_t count = std::exchange(worker.waiting, 0);
  if (count == 0) return;
  for (const std::size_t row : kept_) {
    const double* const values = worker.values.data() + row * stride;
    LogHistogram& histogram = worker.record.histograms[row];
    std::uint64_t above = 0, equal = 0;
    count_row(values, count, thresholds_[row], above, equal);
    worker.record.short_count[row] += above;
    if (equal == count) {
      histogram.add(values[0], count);
    } else {
      histogram.add(values, count);
    }
  }
}

LODE_INLINE std::optional<SolveStatus> EnsembleState::run_chunk(Worker& worker, std::uint64_t first, std::size_t count,
                                                                ChunkSums& sums, std::uint64_t& failed_sample) const {
  if (worker.waiting + count > most_waiting) flush(worker);
  const std::size_t shared = copula_.variables();
  double* const chunk = worker.values.data() + worker.waiting;
  for (std::size_t at = 0; at < count; at += side_by_side) {
    const std::size_t size = std::min<std::size_t>(side_by_side, count - at);
    const std::span<double> point(worker.point.data(), points_.variables() * size);
    points_.fill(first + at, size, point);
    copula_.apply(point, size);
    worker.years.clear();
    if (options_.data != nullptr) {
      const std::span<const double> numbers =
          point.subspan((copula_.inputs() + extra_variables(copula_, worlds_)) * size);
      for (std::size_t k = 0; k < size; ++k) {
        DrawnYear year = options_.data->at(point_of(numbers, size, k));
        if (year.status != SolveStatus::solved) {
          failed_sample = first + at + k;
          return year.status;
        }
        worker.years.push_back(std::move(year.network));
      }
    }
    for (std::size_t w = 0; w < worlds_.size(); ++w) {
      std::span<const double> uniforms = point.first(shared * size);
      if (const std::size_t own = worlds_[w]->family.variables(); own > shared) {
        worker.uniforms.assign(uniforms.begin(), uniforms.end());
        const auto extra = point.subspan(copula_.inputs() * size, (own - shared) * size);
        worker.uniforms.insert(worker.uniforms.end(), extra.begin(), extra.end());
        uniforms = worker.uniforms;
      }
      SampleModel& model = *worker.models[w];
      const SolveStatus status = model.run(uniforms, worker.years, size, chunk + world_row(w) * stride + at, stride);
      if (status != SolveStatus::solved) {
        failed_sample = first + at + model.failed();
        return status;
      }
    }
    for (std::size_t policy = 0; policy + 1 < worlds_.size(); ++policy) {
      for (std::size_t q = 0; q < compared(); ++q) {
        const double* const without = chunk + q * stride + at;
        const double* const with = chunk + (world_row(policy + 1) + q) * stride + at;
        double* const difference = chunk + (difference_row(policy) + q) * stride + at;
        for (std::size_t k = 0; k < size; ++k) difference[k] = with[k] - without[k];
      }
    }
  }
  worker.waiting += count;
  sum_chunk(worker, count, sums);
  return std::nullopt;
}

LODE_INLINE std::uint64_t EnsembleState::next_stop() const {
  // Where nobody looks at the mean on the way, every rank of a team gets a whole round.
  const std::uint64_t ranks = team_ != nullptr && options_.until == 0.0 ? team_->size() : 1;
  const std::uint64_t quarter = std::min(done_ / 4, most_between_stops * ranks);
  const std::uint64_t step = std::max(stop_unit_ * ranks, quarter / stop_unit_ * stop_unit_);
  const std::uint64_t stop = std::min(points_.samples(), done_ / stop_unit_ * stop_unit_ + step);
  // A last chunk that is not full is run by itself: a checkpoint leaves it out.
  const std::uint64_t full = stop - stop % chunk_;
  return full > done_ ? full : stop;
}

LODE_INLINE bool EnsembleState::advance() {
  if (status_ != SolveStatus::solved || done_ >= points_.samples()) return false;
  if (options_.until > 0.0 && done_ > 0 && convergence(merged_sums()).reached) return false;
  const std::uint64_t stop = next_stop();
  if (stop % chunk_ != 0) whole_ = merged();
  run_round(stop);
  return status_ == SolveStatus::solved && done_ < points_.samples();
}

LODE_INLINE void EnsembleState::run_round(std::uint64_t stop) {
  const std::uint64_t begin = done_;
  const std::uint64_t chunks = (stop - begin + chunk_ - 1) / chunk_;
  const std::size_t ranks = team_ != nullptr ? team_->size() : 1, rank = team_ != nullptr ? team_->rank() : 0;
  // A rank takes every chunk that its number comes to.
  const std::size_t mine = (chunks + ranks - 1 - rank) / ranks;
  const std::size_t threads = thread_count(options_.threads, mine);
  while (workers_.size() < threads) workers_.push_back(make_worker());

  constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();
  struct Failure {
    std::uint64_t sample = none;
    SolveStatus status = SolveStatus::solved;
  };
  std::vector<Failure> failures(threads);
  std::vector<ChunkSums> sums(threads);
  std::atomic<std::uint64_t> finished{0};
  std::atomic<bool> asked_to_stop{false};
  run_tasks(threads, mine, [&](std::size_t thread, std::size_t task) {
    Worker& worker = *workers_[thread];
    const std::uint64_t first = begin + (task * ranks + rank) * chunk_;
    const std::uint64_t count = std::min(chunk_, stop - first);
    std::uint64_t sample = 0;
    if (const auto failed = run_chunk(worker, first, count, sums[thread], sample)) {
      if (failures[thread].sample == none) failures[thread] = {sample, *failed};
      return false;
    }
    const std::size_t replicate = replicate_of(first);
    worker.record.count[replicate] += count;
    for (std::size_t row = 0; row < rows(); ++row) {
      worker.record.sums[replicate][row].add(sums[thread].sum[row]);
      worker.record.squares[row].add(sums[thread].square[row]);
    }
    if (first == 0) first_chunk_ = sums[thread];
    const std::uint64_t done = finished.fetch_add(1) + 1;
    if (thread == 0 && options_.progress &&
        !options_.progress({std::min(stop, begin + done * ranks * chunk_), points_.samples()})) {
      asked_to_stop = true;
    }
    // Ranks end a round together.
    return team_ != nullptr || !asked_to_stop;
  });

  Failure first_failure;
  for (const Failure& failure : failures) {
    if (failure.sample < first_failure.sample) first_failure = failure;
  }
  bool stopped = asked_to_stop;
  std::uint64_t completed = finished;
  if (team_ != nullptr) {
    const std::uint64_t least = team_->least(first_failure.sample);
    const bool is_mine = least == first_failure.sample && least != none;
    const std::uint64_t status = team_->least(is_mine ? static_cast<std::uint64_t>(first_failure.status) : none);
    first_failure = {least, status == none ? SolveStatus::solved : static_cast<SolveStatus>(status)};
    stopped = team_->least(stopped ? 0 : 1) == 0;
    completed = chunks;
  }
  if (first_failure.sample != none) {
    status_ = first_failure.status;
    failed_sample_ = first_failure.sample;
    return;
  }
  // Tasks are begun in order and finished once begun, so those that are done are the first ones.
  done_ = std::min(stop, begin + completed * chunk_);
  if (stopped && done_ < points_.samples()) status_ = SolveStatus::interrupted;
}

LODE_INLINE EnsembleState::Record EnsembleState::merged() const {
  Record record = resumed_;
  for (const std::unique_ptr<Worker>& worker : workers_) {
    flush(*worker);
    record.merge(worker->record);
  }
  return share(std::move(record));
}

LODE_INLINE EnsembleState::Record EnsembleState::merged_sums() const {
  const std::size_t materials = quantities().materials();
  Record record = empty_record(materials);
  const auto add = [&](const Record& other) {
    for (std::size_t r = 0; r < record.count.size(); ++r) {
      record.count[r] += other.count[r];
      for (std::size_t m = 0; m < materials; ++m) record.sums[r][m].add(other.sums[r][m]);
    }
    for (std::size_t m = 0; m < materials; ++m) record.squares[m].add(other.squares[m]);
  };
  add(resumed_);
  for (const std::unique_ptr<Worker>& worker : workers_) add(worker->record);
  return share(std::move(record));
}

/// The records of all ranks together.
LODE_INLINE EnsembleState::Record EnsembleState::share(Record mine) const {
  if (team_ == nullptr) return mine;
  std::string bytes;
  mine.write(bytes);
  const std::size_t rows = mine.squares.size();
  Record all = empty_record(rows), said = empty_record(rows);
  for (const std::string& record : team_->gather(bytes)) {
    said.read(record, 0);
    all.merge(said);
  }
  return all;
}

}  // namespace detail

LODE_INLINE EnsembleRun::EnsembleRun(const Network& network, const Scenario& scenario, const EnsembleOptions& options,
                                     std::span<const Scenario> policies)
    : state_(std::make_unique<detail::EnsembleState>(network, scenario, options, policies)) {}
LODE_INLINE EnsembleRun::~EnsembleRun() = default;
LODE_INLINE EnsembleRun::EnsembleRun(EnsembleRun&&) noexcept = default;
LODE_INLINE EnsembleRun& EnsembleRun::operator=(EnsembleRun&&) noexcept = default;
LODE_INLINE bool EnsembleRun::advance() {
  return state_->advance();
}
LODE_INLINE std::uint64_t EnsembleRun::done() const {
  return state_->done();
}
LODE_INLINE std::uint64_t EnsembleRun::samples() const {
  return state_->samples();
}
LODE_INLINE Ensemble EnsembleRun::result() const {
  return state_->result();
}
LODE_INLINE std::string EnsembleRun::checkpoint() const {
  return state_->checkpoint();
}
LODE_INLINE void EnsembleRun::resume(std::string_view checkpoint) {
  state_->resume(checkpoint);
}

LODE_INLINE void EnsembleTeamAccess::join(EnsembleRun& run, detail::EnsembleTeam& team) {
  run.state_->join(team);
}

LODE_INLINE Ensemble ensemble(const Network& network, const Scenario& scenario, const EnsembleOptions& options,
                              std::span<const Scenario> policies) {
  EnsembleRun run(network, scenario, options, policies);
  while (run.advance()) {
  }
  return run.result();
}

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/ensemble_checkpoint.ipp>  // IWYU pragma: export
#include <lode/impl/ensemble_result.ipp>      // IWYU pragma: export
#endif
