// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <initializer_list>
#include <string_view>

#include <lode/impl/simulate_kernel.ipp>

#include "kernels.hpp"

namespace lode::inline LODE_ABI::detail {

const StepKernel portable_step_kernels[2] = {
    {"portable", 1, portable::Steps<portable::Single>::make, portable::Steps<portable::Single>::redirect,
     portable::Steps<portable::Single>::ship, portable::Steps<portable::Single>::deliver,
     portable::Steps<portable::Single>::count},
#if defined(__GNUC__)
    {"portable", pack_width, portable::Steps<portable::Packed>::make, portable::Steps<portable::Packed>::redirect,
     portable::Steps<portable::Packed>::ship, portable::Steps<portable::Packed>::deliver,
     portable::Steps<portable::Packed>::count},
#else
    {"portable", 1, portable::Steps<portable::Single>::make, portable::Steps<portable::Single>::redirect,
     portable::Steps<portable::Single>::ship, portable::Steps<portable::Single>::deliver,
     portable::Steps<portable::Single>::count},
#endif
};

const StepKernel* find_step_kernels(const char* name) {
  const std::string_view wanted = name;
#ifdef LODE_X86_KERNELS
  __builtin_cpu_init();
  if (wanted == "avx512" && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
    return avx512_step_kernels;
  }
  if (wanted == "avx2" && __builtin_cpu_supports("avx2")) return avx2_step_kernels;
#endif
  return wanted == "portable" ? portable_step_kernels : nullptr;
}

namespace {

const StepKernel* best_step_kernels(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const StepKernel* kernels = find_step_kernels(name)) return kernels;
  }
  return portable_step_kernels;
}

}  // namespace

// Alone a scenario gains nothing from wide registers, and loses by their masks (measured: half as long again).
const StepKernel& single_step_kernel() {
  static const StepKernel* const best = best_step_kernels({"avx2"});
  return best[0];
}

const StepKernel& packed_step_kernel() {
  static const StepKernel* const best = best_step_kernels({"avx512", "avx2"});
  return best[1];
}

}  // namespace lode::inline LODE_ABI::detail
