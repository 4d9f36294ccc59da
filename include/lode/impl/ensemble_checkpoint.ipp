// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <string>
#include <utility>

#include <lode/detail/ensemble_state.hpp>
#include <lode/detail/fingerprint.hpp>
#include <lode/error.hpp>

/// What an ensemble leaves behind as bytes, and back.
namespace lode::inline LODE_ABI::detail {

inline constexpr std::string_view checkpoint_magic = "lode-ensemble-2\n";

/// FNV-1a.
LODE_INLINE std::uint64_t hash_of(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  return hash;
}

LODE_INLINE void write_numbers(std::string& bytes, const std::vector<double>& numbers) {
  write_word(bytes, numbers.size());
  for (const double number : numbers) write_word(bytes, std::bit_cast<std::uint64_t>(number));
}
LODE_INLINE std::vector<double> read_numbers(const std::string& bytes, std::size_t& at, std::size_t size) {
  if (read_word(bytes, at) != size) throw std::out_of_range("another number of quantities");
  std::vector<double> numbers(size);
  for (double& number : numbers) number = std::bit_cast<double>(read_word(bytes, at));
  return numbers;
}

LODE_INLINE void write_sums(std::string& bytes, const std::vector<ExactSum>& sums) {
  for (const ExactSum& sum : sums) {
    for (const std::uint64_t word : sum.bits()) write_word(bytes, word);
  }
}
LODE_INLINE void read_sums(const std::string& bytes, std::size_t& at, std::vector<ExactSum>& sums) {
  for (ExactSum& sum : sums) {
    for (std::uint64_t& word : sum.bits()) word = read_word(bytes, at);
  }
}

LODE_INLINE void EnsembleState::Record::write(std::string& bytes) const {
  write_word(bytes, squares.size());
  write_word(bytes, count.size());
  write_sums(bytes, squares);
  for (std::size_t r = 0; r < count.size(); ++r) {
    write_word(bytes, count[r]);
    write_sums(bytes, sums[r]);
  }
  for (std::size_t row = 0; row < squares.size(); ++row) {
    write_word(bytes, short_count[row]);
    histograms[row].write(bytes);
  }
}

LODE_INLINE std::size_t EnsembleState::Record::read(const std::string& bytes, std::size_t at) {
  if (read_word(bytes, at) != squares.size()) throw std::out_of_range("another number of quantities");
  if (read_word(bytes, at) != count.size()) throw std::out_of_range("another number of replicates");
  read_sums(bytes, at, squares);
  for (std::size_t r = 0; r < count.size(); ++r) {
    count[r] = read_word(bytes, at);
    read_sums(bytes, at, sums[r]);
  }
  for (std::size_t row = 0; row < squares.size(); ++row) {
    short_count[row] = read_word(bytes, at);
    at = histograms[row].read(bytes, at);
  }
  return at;
}

/// What a run was made of, by what a person can change.
struct RunIdentity {
  std::uint64_t data = 0, published = 0, scenario = 0, policies = 0, correlations = 0, model_options = 0;
};

LODE_INLINE RunIdentity identity(const Network& network, const EnsembleOptions& options, const Scenario& scenario,
                                 const std::vector<Scenario>& worlds) {
  RunIdentity id;
  id.data = Fingerprint{}(network).value();
  Fingerprint published;
  if (options.data != nullptr) {
    const Observations& found = options.data->found();
    const Unmeasured& open = found.unmeasured;
    published(found.network, open.baselines, open.flows, open.demands);
    for (const PublishedTotal& total : found.totals) published(total.id, total.over, total.value, total.sd);
  }
  id.published = published.value();
  id.scenario = Fingerprint{}(scenario).value();
  id.policies = Fingerprint{}(worlds).value();
  Fingerprint correlations;
  for (const Correlation& group : options.correlations) correlations(group.shocks, group.rho);
  id.correlations = correlations.value();
  const SimulateOptions& s = options.simulate;
  const Adaptation& a = options.allow;
  id.model_options = Fingerprint{}(s.start, s.end, s.step_days, s.year, s.orders, s.rationing, s.unmet, s.adjustment,
                                   s.forecast, s.yard, s.overtime, s.overtime_time, s.default_cover, s.cover_factor,
                                   a.spare_capacity, a.rerouting, a.new_links)
                         .value();
  return id;
}

LODE_INLINE RunIdentity EnsembleState::identity() const {
  std::vector<Scenario> policies;
  for (std::size_t w = 1; w < worlds_.size(); ++w) policies.push_back(worlds_[w]->scenario);
  return detail::identity(network_, options_, worlds_.front()->scenario, policies);
}

LODE_INLINE std::string EnsembleState::checkpoint() const {
  if (status_ != SolveStatus::solved && status_ != SolveStatus::interrupted) return {};
  std::string bytes(checkpoint_magic);
  const SamplingOptions& sampling = options_.sampling;
  const RunIdentity id = identity();
  // Samples of a chunk that ends early can not be gone on from; they are few.
  const std::uint64_t done = done_ - done_ % chunk_;
  for (const std::uint64_t word :
       {id.data, id.published, id.scenario, id.policies, id.correlations, static_cast<std::uint64_t>(options_.of), id.model_options,
        static_cast<std::uint64_t>(sampling.sampling), sampling.seed, std::uint64_t{sampling.replicates},
        points_.samples(), done}) {
    write_word(bytes, word);
  }
  if (done > 0) {
    write_numbers(bytes, first_chunk_.sum);
    write_numbers(bytes, first_chunk_.square);
    (done == done_ ? merged() : whole_).write(bytes);
  }
  write_word(bytes, hash_of(bytes));
  return team_ == nullptr ? bytes : team_->gather(bytes).front();  // the first rank ran the first chunk
}

/// What two runs differ in, where the checkpoint is of another one; empty if in nothing.
LODE_INLINE std::vector<std::string> EnsembleState::differences(const std::string& bytes, std::size_t& at) const {
  std::vector<std::string> out;
  const auto expect = [&](std::uint64_t mine, const char* what) {
    if (read_word(bytes, at) != mine) out.emplace_back(what);
  };
  const RunIdentity id = identity();
  const SamplingOptions& sampling = options_.sampling;
  expect(id.data, "another data set");
  const bool draws_data = options_.data != nullptr;
  expect(id.published, draws_data ? "certain data or other published figures" : "uncertain data");
  expect(id.scenario, "another scenario");
  expect(id.policies, "other policies");
  expect(id.correlations, "other correlations");
  const auto choice = [&](auto mine, auto last, const char* what) {
    const std::uint64_t found = read_word(bytes, at);
    if (found > static_cast<std::uint64_t>(last)) throw std::out_of_range("an unknown choice");
    const auto theirs = static_cast<decltype(mine)>(found);
    if (theirs == mine) return;
    out.push_back(what + std::string(to_string(theirs)) + " instead of " + std::string(to_string(mine)));
  };
  choice(options_.of, EnsembleModel::simulate, "the model ");
  expect(id.model_options, "other options of its model");
  choice(sampling.sampling, Sampling::sobol, "the sampling ");
  const auto number = [&](std::uint64_t mine, const char* what) {
    const std::uint64_t found = read_word(bytes, at);
    if (found == mine) return;
    out.push_back(std::string(what) + ' ' + std::to_string(found) + " instead of " + std::to_string(mine));
  };
  number(sampling.seed, "the seed");
  number(sampling.replicates, "replicates");
  return out;
}

LODE_INLINE void EnsembleState::resume(std::string_view checkpoint) {
  const auto refuse = [](const std::string& what, const char* mend) {
    throw InvalidArgument({{{"checkpoint", 0, 0}, what, mend}});
  };
  constexpr const char* remove_it = "take the checkpoint of this run, or start without one";
  const std::string bytes(checkpoint);
  if (!bytes.starts_with(checkpoint_magic)) {
    refuse(bytes.starts_with("lode-ensemble-") ? "the checkpoint is of another version of Lode"
                                               : "the bytes are no checkpoint of an ensemble",
           remove_it);
  }
  if (done_ > 0) refuse("this run has begun", "resume before the first samples");
  std::size_t at = bytes.size() < 8 ? 0 : bytes.size() - 8;
  if (read_word(bytes, at) != hash_of(std::string_view(bytes).substr(0, bytes.size() - 8))) {
    refuse("the checkpoint is damaged", "take an earlier copy, or start without one");
  }
  at = checkpoint_magic.size();
  Record record = empty_record(rows());
  ChunkSums first_chunk;
  std::uint64_t done = 0;
  try {
    if (const std::vector<std::string> others = differences(bytes, at); !others.empty()) {
      std::string list;
      for (const std::string& other : others) list += (list.empty() ? "" : " and ") + other;
      refuse("the checkpoint is of another run, with " + list, remove_it);
    }
    const std::uint64_t samples = read_word(bytes, at);
    // Only hypercubes depend on how many points there will be; the others can go on.
    if (options_.sampling.sampling == Sampling::latin_hypercube && samples != points_.samples()) {
      refuse("the checkpoint is of " + std::to_string(samples) + " samples, this run of " +
                 std::to_string(points_.samples()) + "; Latin hypercubes can not grow",
             "ask for as many samples, or use Sobol' points");
    }
    done = read_word(bytes, at);
    if (done > points_.samples()) {
      refuse("the checkpoint has " + std::to_string(done) + " samples, more than the " +
                 std::to_string(points_.samples()) + " asked for",
             "ask for more samples");
    }
    if (done == 0) return;
    first_chunk.sum = read_numbers(bytes, at, rows());
    first_chunk.square = read_numbers(bytes, at, rows());
    at = record.read(bytes, at);
  } catch (const std::out_of_range& error) {
    refuse(std::string("the checkpoint is damaged: ") + error.what(), remove_it);
  }

  // The same inputs may have other results in another version: the first chunk is run again.
  const std::unique_ptr<Worker> probe = make_worker();
  ChunkSums sums;
  std::uint64_t sample = 0;
  if (run_chunk(*probe, 0, chunk_, sums, sample) || sums != first_chunk) {
    refuse("the checkpoint is of another version of Lode: its first samples have other results", remove_it);
  }
  first_chunk_ = std::move(first_chunk);
  done_ = done;
  if (team_ == nullptr || team_->rank() == 0) resumed_ = std::move(record);
}

}  // namespace lode::inline LODE_ABI::detail
