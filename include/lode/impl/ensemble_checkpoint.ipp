// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <string>
#include <utility>

#include <lode/detail/ensemble_state.hpp>
#include <lode/error.hpp>

/// What an ensemble leaves behind as bytes, and back.
namespace lode::inline LODE_ABI::detail {

inline constexpr std::string_view checkpoint_magic = "lode-ensemble-1\n";

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

LODE_INLINE std::string EnsembleState::checkpoint() const {
  if (status_ != SolveStatus::solved && status_ != SolveStatus::interrupted) return {};
  std::string bytes(checkpoint_magic);
  const SamplingOptions& sampling = options_.sampling;
  for (const std::uint64_t word :
       {static_cast<std::uint64_t>(sampling.sampling), sampling.seed, std::uint64_t{sampling.replicates},
        points_.samples(), std::uint64_t{points_.variables()}, static_cast<std::uint64_t>(options_.of), done_}) {
    write_word(bytes, word);
  }
  if (done_ > 0) {
    write_numbers(bytes, first_chunk_.sum);
    write_numbers(bytes, first_chunk_.square);
  }
  merged().write(bytes);
  write_word(bytes, hash_of(bytes));
  return team_ == nullptr ? bytes : team_->gather(bytes).front();  // the first rank ran the first chunk
}

LODE_INLINE void EnsembleState::resume(std::string_view checkpoint) {
  const auto refuse = [](const std::string& what, const char* mend) {
    throw InvalidArgument({{{"checkpoint", 0, 0}, what, mend}});
  };
  constexpr const char* remove_it = "take the checkpoint of this run, or start without one";
  const std::string bytes(checkpoint);
  if (!bytes.starts_with(checkpoint_magic)) refuse("the bytes are no checkpoint of an ensemble", remove_it);
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
    const SamplingOptions& sampling = options_.sampling;
    const auto expect = [&](std::uint64_t mine, const char* what) {
      const std::uint64_t found = read_word(bytes, at);
      if (found != mine) {
        refuse(std::string("the checkpoint has ") + what + ' ' + std::to_string(found) + ", this run " +
                   std::to_string(mine),
               remove_it);
      }
    };
    expect(static_cast<std::uint64_t>(sampling.sampling), "sampling");
    expect(sampling.seed, "seed");
    expect(sampling.replicates, "replicates");
    const std::uint64_t samples = read_word(bytes, at);
    // Only hypercubes depend on how many points there will be; the others can go on.
    if (sampling.sampling == Sampling::latin_hypercube && samples != points_.samples()) {
      refuse("the checkpoint is of " + std::to_string(samples) + " samples, this run of " +
                 std::to_string(points_.samples()) + "; Latin hypercubes can not grow",
             "ask for as many samples, or use Sobol' points");
    }
    expect(points_.variables(), "variables");
    expect(static_cast<std::uint64_t>(options_.of), "model");
    done = read_word(bytes, at);
    if (done > points_.samples()) {
      refuse("the checkpoint has " + std::to_string(done) + " samples, more than the " +
                 std::to_string(points_.samples()) + " asked for",
             "ask for more samples");
    }
    if (done % chunk_ != 0 && done < points_.samples()) {
      refuse("the checkpoint ends at " + std::to_string(done) + " samples, within a block of " + std::to_string(chunk_),
             "ask for a multiple of 256 samples in runs that are to go on");
    }
    if (done > 0) {
      first_chunk.sum = read_numbers(bytes, at, rows());
      first_chunk.square = read_numbers(bytes, at, rows());
    }
    at = record.read(bytes, at);
  } catch (const std::out_of_range& error) {
    refuse(std::string("the checkpoint is of another network or other policies: ") + error.what(), remove_it);
  }
  if (done == 0) return;

  // Nothing tells a run apart like its results: the first chunk is run again.
  const std::unique_ptr<Worker> probe = make_worker();
  ChunkSums sums;
  std::uint64_t sample = 0;
  if (run_chunk(*probe, 0, std::min(chunk_, done), sums, sample) || sums != first_chunk) {
    refuse("the checkpoint is of another network, scenario or set of options: its first samples have other results",
           remove_it);
  }
  first_chunk_ = std::move(first_chunk);
  done_ = done;
  if (team_ == nullptr || team_->rank() == 0) resumed_ = std::move(record);
}

}  // namespace lode::inline LODE_ABI::detail
