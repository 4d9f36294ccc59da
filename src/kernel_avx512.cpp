// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "kernels.hpp"

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace lode::inline LODE_ABI::detail {

namespace avx512 {
#include <lode/impl/sweep_loops.ipp>
}  // namespace avx512

const SweepKernel avx512_kernel{"avx512", avx512::forward, avx512::front, avx512::loop, avx512::collect};

}  // namespace lode::inline LODE_ABI::detail
