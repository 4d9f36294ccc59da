// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "kernels.hpp"

#include <cstddef>
#include <cstdint>

namespace lode::inline LODE_ABI::detail {

namespace avx2 {
#include <lode/impl/sweep_loops.ipp>
}  // namespace avx2

namespace avx2_steps {
#include <lode/impl/simulate_loops.ipp>
}  // namespace avx2_steps

const SweepKernel avx2_kernel{"avx2", avx2::forward, avx2::front, avx2::loop, avx2::collect};

const StepKernel avx2_step_kernels[2] = {
    {"avx2", 1, avx2_steps::Steps<avx2_steps::Single>::make, avx2_steps::Steps<avx2_steps::Single>::redirect,
     avx2_steps::Steps<avx2_steps::Single>::ship, avx2_steps::Steps<avx2_steps::Single>::deliver,
     avx2_steps::Steps<avx2_steps::Single>::count},
    {"avx2", pack_width, avx2_steps::Steps<avx2_steps::Packed>::make, avx2_steps::Steps<avx2_steps::Packed>::redirect,
     avx2_steps::Steps<avx2_steps::Packed>::ship, avx2_steps::Steps<avx2_steps::Packed>::deliver,
     avx2_steps::Steps<avx2_steps::Packed>::count}};

}  // namespace lode::inline LODE_ABI::detail
