// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/ensemble_team.hpp>
#include <lode/detail/log_histogram.hpp>
#include <lode/detail/sample_model.hpp>
#include <lode/ensemble.hpp>

/// The samples of an ensemble, chunk by chunk. Private.
///
/// A row holds the quantities of the world without policy, then those of each world with one, then the difference of each
/// in the first `materials + 1` quantities. Sums are taken in the order of the chunks, whoever computed them.
namespace lode::inline LODE_ABI::detail {

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
  static constexpr std::size_t partial_sums = 8;
  static constexpr std::size_t most_waiting = 2048;
  /// Rows that are a power of two apart would fight for the same places of a cache.
  static constexpr std::size_t stride = most_waiting + 8;

  /// What one chunk adds: sums of (number - center) and of its square, by quantity.
  struct Moments {
    std::vector<double> sum, square;
  };
  /// What one thread needs.
  struct Worker {
    std::vector<std::unique_ptr<SampleModel>> models;  ///< by world
    std::vector<double> point, uniforms;
    std::vector<double> values;  ///< by row and sample that waits
    std::size_t waiting = 0;     ///< samples not yet in the histograms
    std::vector<LogHistogram> histograms;
    std::vector<std::uint64_t> short_count;
  };
  /// Sums over the samples of one replicate.
  struct Replicate {
    std::uint64_t count = 0;
    std::vector<double> sum;
  };
  /// All that samples leave behind.
  struct Record {
    std::vector<LogHistogram> histograms;
    std::vector<std::uint64_t> short_count;
  };

  [[nodiscard]] std::size_t rows() const { return centers_.size(); }
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
                                                     double* sums, double* squares,
                                                     std::uint64_t& failed_sample) const;
  void sum_chunk(const Worker& worker, std::size_t count, double* sums, double* squares) const;
  void flush(Worker& worker) const;
  void run_round(std::uint64_t stop);
  void add_moments(std::uint64_t first, std::uint64_t count, const double* sums, const double* squares);
  [[nodiscard]] Record merged() const;
  [[nodiscard]] double standard_error(std::size_t row) const;
  [[nodiscard]] double deviation(std::size_t row) const;
  [[nodiscard]] double mean(std::size_t row) const;
  [[nodiscard]] double confidence_factor() const;
  [[nodiscard]] Convergence convergence() const;
  [[nodiscard]] Spread spread(const Record& record, std::size_t row) const;
  [[nodiscard]] MaterialSpread material_spread(const Record& record, std::size_t m, std::size_t row,
                                               double demanded) const;

  Network network_;
  EnsembleOptions options_;
  std::vector<std::unique_ptr<SampleWorld>> worlds_;  ///< without policy, then with each
  Copula copula_;
  SamplePoints points_;
  std::uint64_t chunk_ = 0;                   ///< samples; divides SamplePoints::block
  std::uint64_t stop_unit_ = 0;
  std::vector<double> centers_, thresholds_;  ///< by row
  std::vector<std::unique_ptr<Worker>> workers_;
  std::uint64_t done_ = 0;
  std::vector<Replicate> replicates_;
  Moments total_;
  Moments first_chunk_;  ///< what tells this ensemble from others
  Record resumed_;       ///< of the samples before the resumption
  SolveStatus status_ = SolveStatus::solved;
  std::uint64_t failed_sample_ = 0;
  EnsembleTeam* team_ = nullptr;
};

}  // namespace lode::inline LODE_ABI::detail
