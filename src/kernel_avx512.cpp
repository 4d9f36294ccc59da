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

namespace avx512_steps {
#include <lode/impl/simulate_loops.ipp>
}  // namespace avx512_steps

const SweepKernel avx512_kernel{"avx512", avx512::forward, avx512::front, avx512::loop, avx512::collect};

const StepKernel avx512_step_kernels[2] = {
    {"avx512", 1, avx512_steps::Steps<avx512_steps::Single>::make, avx512_steps::Steps<avx512_steps::Single>::redirect,
     avx512_steps::Steps<avx512_steps::Single>::ship, avx512_steps::Steps<avx512_steps::Single>::deliver,
     avx512_steps::Steps<avx512_steps::Single>::count},
    {"avx512", pack_width, avx512_steps::Steps<avx512_steps::Packed>::make,
     avx512_steps::Steps<avx512_steps::Packed>::redirect, avx512_steps::Steps<avx512_steps::Packed>::ship,
     avx512_steps::Steps<avx512_steps::Packed>::deliver, avx512_steps::Steps<avx512_steps::Packed>::count}};

}  // namespace lode::inline LODE_ABI::detail
