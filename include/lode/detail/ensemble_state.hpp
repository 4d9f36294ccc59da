// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/ensemble_team.hpp>
#include <lode/detail/exact_sum.hpp>
#include <lode/detail/log_histogram.hpp>
#include <lode/detail/sample_model.hpp>
#include <lode/ensemble.hpp>

/// The samples of an ensemble, chunk by chunk. Private.
///
/// A row holds the quantities of the world without policy, then those of each world with one, then the difference of
/// each in the first `materials + 1` quantities. Of a world with a policy only as many are kept, and of end uses that are
/// always equally short only the first. Sums over a chunk are added exactly, so that whoever computes it, and when, does
/// not matter.
namespace lode::inline LODE_ABI::detail {

struct RunIdentity;

class EnsembleState {
 public:
  EnsembleState(const Network& network, const Scenario& scenario, const EnsembleOptions& options,
                std::span<const Scenario> policies);

  bool advance();
  [[nodiscard]] std::uint64_t done() const { return done_; }
  [[nodiscard]] std::uint64_t samples() const { return points_.samples(); }
  [[nodiscard]] Ensemble result() const;
  [[nodiscard]] std::string checkpoint() const;
  void resume(std::string_view checkpoint);

  /// Shares the chunks with others; before the first `advance`.
  void join(EnsembleTeam& team) { team_ = &team; }

 private:
  static constexpr std::uint32_t side_by_side = 32;
  static constexpr std::size_t most_waiting = 1024;
  /// Rows that are a power of two apart would fight for the same places of a cache.
  static constexpr std::size_t stride = most_waiting + 8;

  /// All that samples leave behind. Records are merged in any order to the same bits.
  struct Record {
    std::vector<LogHistogram> histograms;     ///< by row
    std::vector<std::uint64_t> short_count;   ///< by row
    std::vector<ExactSum> squares;            ///< by row, of (number - center)
    std::vector<std::uint64_t> count;         ///< samples by replicate; one for Monte Carlo
    std::vector<std::vector<ExactSum>> sums;  ///< by replicate and row, of (number - center)
    [[nodiscard]] std::uint64_t samples() const;
    [[nodiscard]] double sum(std::size_t row) const;
    void merge(const Record& other);
    void write(std::string& bytes) const;
    std::size_t read(const std::string& bytes, std::size_t at);
  };
  /// Intervals that rows of as many samples share; each costs more than reading a row.
  struct Intervals {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranks;        ///< by quantile
    std::map<std::uint64_t, std::pair<double, double>> probabilities;  ///< by samples that are short
  };
  [[nodiscard]] Record empty_record(std::size_t rows) const;
  /// What one thread needs.
  struct Worker {
    std::vector<std::unique_ptr<SampleModel>> models;  ///< by world
    std::vector<double> point, uniforms;
    std::vector<double> values;  ///< by row and sample that waits
    std::size_t waiting = 0;     ///< samples not yet in the histograms
    std::vector<Network> years;  ///< drawn base years of the samples that are run
    Record record;
  };
  /// Sums of one chunk, by row.
  struct ChunkSums {
    std::vector<double> sum, square;
    friend bool operator==(const ChunkSums&, const ChunkSums&) = default;
  };

  [[nodiscard]] std::size_t rows() const { return centers_.size(); }
  [[nodiscard]] std::vector<std::size_t> rows_to_keep() const;
  [[nodiscard]] std::size_t world_row(std::size_t world) const { return world * quantities().size(); }
  [[nodiscard]] std::size_t difference_row(std::size_t policy) const {
    return worlds_.size() * quantities().size() + policy * compared();
  }
  [[nodiscard]] std::size_t compared() const { return quantities().materials() + 1; }
  [[nodiscard]] const SampleQuantities& quantities() const { return worlds_.front()->quantities; }

  [[nodiscard]] std::uint64_t next_stop() const;
  [[nodiscard]] std::unique_ptr<Worker> make_worker() const;
  /// Runs the samples of a chunk; nothing if one of them, `failed_sample`, has no answer.
  [[nodiscard]] std::optional<SolveStatus> run_chunk(Worker& worker, std::uint64_t first, std::size_t count,
                                                     ChunkSums& sums, std::uint64_t& failed_sample) const;
  void sum_chunk(const Worker& worker, std::size_t count, ChunkSums& sums) const;
  void flush(Worker& worker) const;
  void run_round(std::uint64_t stop);
  [[nodiscard]] std::size_t replicate_of(std::uint64_t sample) const {
    return options_.sampling.sampling == Sampling::monte_carlo ? 0 : points_.replicate(sample);
  }
  [[nodiscard]] Record merged() const;
  /// Sums of the materials alone, which is all that the stopping rule needs.
  [[nodiscard]] Record merged_sums() const;
  [[nodiscard]] Record share(Record mine) const;

  [[nodiscard]] std::string failure_text() const;
  [[nodiscard]] RunIdentity identity() const;
  [[nodiscard]] std::vector<std::string> differences(const std::string& bytes, std::size_t& at) const;

  [[nodiscard]] double mean(const Record& record, std::size_t row) const;
  [[nodiscard]] double deviation(const Record& record, std::size_t row) const;
  [[nodiscard]] double standard_error(const Record& record, std::size_t row) const;
  [[nodiscard]] double confidence_factor() const;
  [[nodiscard]] Convergence convergence(const Record& record) const;
  [[nodiscard]] Spread spread(const Record& record, Intervals& intervals, std::size_t row) const;
  [[nodiscard]] MaterialSpread material_spread(const Record& record, Intervals& intervals, std::size_t m,
                                               std::size_t row, double demanded) const;

  Network network_;
  EnsembleOptions options_;
  std::vector<std::unique_ptr<SampleWorld>> worlds_;  ///< without policy, then with each
  Copula copula_;
  SamplePoints points_;
  std::uint64_t chunk_ = 0;  ///< samples; divides SamplePoints::block
  std::uint64_t stop_unit_ = 0;
  std::vector<double> centers_, thresholds_;  ///< by row
  std::vector<std::size_t> kept_;             ///< the rows that have a distribution
  std::vector<std::unique_ptr<Worker>> workers_;
  std::uint64_t done_ = 0;
  ChunkSums first_chunk_;  ///< what tells this ensemble from others
  Record whole_;           ///< of all samples but those of a last chunk that is not full
  Record resumed_;         ///< of the samples before the resumption
  SolveStatus status_ = SolveStatus::solved;
  std::uint64_t failed_sample_ = 0;
  EnsembleTeam* team_ = nullptr;
};

}  // namespace lode::inline LODE_ABI::detail
