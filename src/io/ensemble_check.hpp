// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <string>

#include <lode/dataset.hpp>
#include <lode/error.hpp>
#include <lode/status.hpp>

namespace lode::inline LODE_ABI::detail {

/// Throws `InvalidArgument` unless `what`, an ensemble or its indices, has numbers and is of this data set. An
/// interrupted ensemble has those of the samples done.
inline void require_numbers(SolveStatus status, std::size_t materials, const Dataset& dataset, const char* what) {
  const bool has_numbers = status == SolveStatus::solved || status == SolveStatus::interrupted;
  if (has_numbers && materials == dataset.network.materials().size()) return;
  throw InvalidArgument({{{what, 0, 0},
                          has_numbers ? "the result is of another data set"
                                      : std::string("the result has no numbers: ") + to_string(status),
                          has_numbers ? "give the data set it was made with" : advice(status)}});
}

}  // namespace lode::inline LODE_ABI::detail
