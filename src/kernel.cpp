// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <string_view>

#include <lode/impl/sweep.ipp>

#include "kernels.hpp"

namespace lode::inline LODE_ABI::detail {

const SweepKernel portable_kernel{"portable", portable::forward, portable::front, portable::loop, portable::collect};

const SweepKernel* find_kernel(const char* name) {
  const std::string_view wanted = name;
#ifdef LODE_X86_KERNELS
  __builtin_cpu_init();
  if (wanted == "avx512" && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
    return &avx512_kernel;
  }
  if (wanted == "avx2" && __builtin_cpu_supports("avx2")) return &avx2_kernel;
#endif
  return wanted == "portable" ? &portable_kernel : nullptr;
}

const SweepKernel& sweep_kernel() {
  static const SweepKernel& best = [] () -> const SweepKernel& {
    for (const char* name : {"avx512", "avx2"}) {
      if (const SweepKernel* kernel = find_kernel(name)) return *kernel;
    }
    return portable_kernel;
  }();
  return best;
}

}  // namespace lode::inline LODE_ABI::detail
