// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>

#include <lode/detail/sweep.hpp>

namespace lode::inline LODE_ABI::detail {

/// The loops with the instructions that this translation unit was compiled for.
namespace portable {
#include <lode/impl/sweep_loops.ipp>
}  // namespace portable

#ifndef LODE_COMPILED
LODE_INLINE const SweepKernel& sweep_kernel() {
  static constexpr SweepKernel kernel{"portable", portable::forward, portable::front, portable::loop, portable::collect};
  return kernel;
}
#endif

}  // namespace lode::inline LODE_ABI::detail
