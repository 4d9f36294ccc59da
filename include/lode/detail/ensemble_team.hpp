// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <lode/config.hpp>

namespace lode::inline LODE_ABI {

class EnsembleRun;

namespace detail {

/// Processes that share the chunks of one ensemble. All call the same functions in the same order. Private; mpi.hpp has
/// the one there is.
class EnsembleTeam {
 public:
  virtual ~EnsembleTeam() = default;
  [[nodiscard]] virtual std::size_t rank() const = 0;
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual std::uint64_t least(std::uint64_t number) = 0;
  /// What every rank says, in the order of the ranks, at every rank.
  [[nodiscard]] virtual std::vector<std::string> gather(const std::string& bytes) = 0;
};

}  // namespace detail

/// Lets a team take over a run. Private.
class EnsembleTeamAccess {
 public:
  static void join(EnsembleRun& run, detail::EnsembleTeam& team);
};

}  // namespace lode::inline LODE_ABI
