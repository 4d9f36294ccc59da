// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/ensemble_team.hpp>
#include <lode/ensemble.hpp>

/// Ensembles over the processes of an MPI communicator. CMake target `lode::mpi`; needs an MPI library (Open MPI).
///
///     MPI_Init(&argc, &argv);
///     const lode::Ensemble all = lode::ensemble(network, scenario, options, MPI_COMM_WORLD);   // at every rank
///     MPI_Finalize();
///
/// Every rank makes the same call and gets the same result, with the same bits as a run on one thread: blocks of
/// samples are dealt to the ranks by number, and what they leave behind is added exactly, in any order. Between rounds
/// nothing is sent; at the end (with `until` at every round: a few sums) each rank sends its histograms, some megabytes
/// at most. Threads within a rank are `EnsembleOptions::threads`: one for each processor of the machine unless it says
/// otherwise.
///
/// With a checkpoint, a run in which a rank dies goes on from the last one:
///
///     lode::EnsembleRun run{network, scenario, options};
///     lode::MpiTeam team{MPI_COMM_WORLD};
///     team.share(run);
///     if (const auto bytes = lode::read_checkpoint(file)) run.resume(*bytes);   // at every rank
///     while (run.advance()) {
///       const std::string bytes = run.checkpoint();                             // at every rank
///       if (team.rank() == 0) lode::write_checkpoint(file, bytes);
///     }
///     const lode::Ensemble all = run.result();                                  // at every rank
namespace lode::inline LODE_ABI {

/// The ranks of a communicator. Must outlive the runs it shares. Throws `std::runtime_error` if MPI reports an error
/// (by default MPI ends the program instead).
class MpiTeam final : public detail::EnsembleTeam {
 public:
  explicit MpiTeam(MPI_Comm communicator) : communicator_(communicator) {
    int number = 0;
    check(MPI_Comm_rank(communicator_, &number));
    rank_ = static_cast<std::size_t>(number);
    check(MPI_Comm_size(communicator_, &number));
    size_ = static_cast<std::size_t>(number);
  }

  /// From now on the run's samples are shared out. Before its first `advance`, at every rank.
  void share(EnsembleRun& run) { EnsembleTeamAccess::join(run, *this); }

  [[nodiscard]] std::size_t rank() const override { return rank_; }
  [[nodiscard]] std::size_t size() const override { return size_; }

  [[nodiscard]] std::uint64_t least(std::uint64_t number) override {
    std::uint64_t least = 0;
    check(MPI_Allreduce(&number, &least, 1, MPI_UINT64_T, MPI_MIN, communicator_));
    return least;
  }

  [[nodiscard]] std::vector<std::string> gather(const std::string& bytes) override {
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
      throw std::length_error("lode: a rank has more to say than MPI can send at once");
    }
    const int mine = static_cast<int>(bytes.size());
    std::vector<int> sizes(size_);
    check(MPI_Allgather(&mine, 1, MPI_INT, sizes.data(), 1, MPI_INT, communicator_));
    std::vector<std::string> said(size_);
    // One after the other: together they may be more than an int can count.
    for (std::size_t r = 0; r < size_; ++r) {
      said[r] = r == rank_ ? bytes : std::string(static_cast<std::size_t>(sizes[r]), '\0');
      check(MPI_Bcast(said[r].data(), sizes[r], MPI_CHAR, static_cast<int>(r), communicator_));
    }
    return said;
  }

 private:
  static void check(int code) {
    if (code == MPI_SUCCESS) return;
    char text[MPI_MAX_ERROR_STRING] = {};
    int length = 0;
    MPI_Error_string(code, text, &length);
    throw std::runtime_error("lode: MPI: " + std::string(text, static_cast<std::size_t>(length)));
  }

  MPI_Comm communicator_;
  std::size_t rank_ = 0, size_ = 1;
};

/// `ensemble` with the samples shared out over a communicator; at every rank, with the same arguments. As there.
[[nodiscard]] inline Ensemble ensemble(const Network& network, const Scenario& scenario, const EnsembleOptions& options,
                                       MPI_Comm communicator, std::span<const Scenario> policies = {}) {
  EnsembleRun run(network, scenario, options, policies);
  MpiTeam team(communicator);
  team.share(run);
  while (run.advance()) {
  }
  return run.result();
}

}  // namespace lode::inline LODE_ABI
