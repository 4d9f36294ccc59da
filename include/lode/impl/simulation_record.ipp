// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <lode/detail/simulation_block.hpp>

/// What a run keeps, and how it is turned.
namespace lode::inline LODE_ABI::detail {

LODE_INLINE void SimulationRecord::clear() {
  constexpr std::size_t large = std::size_t{1} << 23U;  // 64 MiB of numbers
  std::size_t kept = turned.capacity();
  for (std::vector<double>* table : tables()) kept += table->capacity();
  if (kept > large) *this = SimulationRecord{};
  for (std::vector<double>* table : tables()) table->clear();
}

/// In tiles of eight steps, so that a cache line that is fetched is used whole.
LODE_INLINE void SimulationRecord::by_item() {
  constexpr std::size_t tile = 8;
  for (std::vector<double>* table : tables()) {
    const std::size_t row = steps == 0 ? 0 : table->size() / steps;
    turned.resize(table->size());
    for (std::size_t first = 0; first < steps; first += tile) {
      const std::size_t last = std::min(steps, first + tile);
      for (std::size_t item = 0; item < row / width; ++item) {
        for (std::size_t lane = 0; lane < width; ++lane) {
          double* const to = turned.data() + (lane * (row / width) + item) * steps;
          const double* const from = table->data() + item * width + lane;
          for (std::size_t step = first; step < last; ++step) to[step] = from[step * row];
        }
      }
    }
    std::swap(*table, turned);
  }
}

}  // namespace lode::inline LODE_ABI::detail
