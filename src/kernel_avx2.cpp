// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "kernels.hpp"

#include <cstddef>
#include <cstdint>

namespace lode::inline LODE_ABI::detail {

namespace avx2 {
#include <lode/impl/sweep_loops.ipp>
}  // namespace avx2

const SweepKernel avx2_kernel{"avx2", avx2::forward, avx2::front, avx2::loop, avx2::collect};

}  // namespace lode::inline LODE_ABI::detail
