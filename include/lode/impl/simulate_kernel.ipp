// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>

#include <lode/detail/simulate_kernel.hpp>

namespace lode::inline LODE_ABI::detail {

/// The loops with the instructions that this translation unit was compiled for.
namespace portable {
#include <lode/impl/simulate_loops.ipp>
}  // namespace portable

#ifndef LODE_COMPILED
LODE_INLINE const StepKernel& single_step_kernel() {
  using Loops = portable::Steps<portable::Single>;
  static constexpr StepKernel kernel{"portable",     1,           Loops::make, Loops::redirect, Loops::ship,
                                     Loops::deliver, Loops::count};
  return kernel;
}
LODE_INLINE const StepKernel& packed_step_kernel() {
#if defined(__GNUC__)
  using Loops = portable::Steps<portable::Packed>;
  static constexpr StepKernel kernel{"portable",  pack_width,     Loops::make, Loops::redirect,
                                     Loops::ship, Loops::deliver, Loops::count};
  return kernel;
#else
  return single_step_kernel();
#endif
}
#endif

}  // namespace lode::inline LODE_ABI::detail
