// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/detail/simulate_kernel.hpp>
#include <lode/detail/sweep.hpp>

namespace lode::inline LODE_ABI::detail {

extern const SweepKernel portable_kernel;
#ifdef LODE_X86_KERNELS
extern const SweepKernel avx2_kernel;
extern const SweepKernel avx512_kernel;
#endif

/// The kernel called `name` ("portable", "avx2", "avx512"), or nullptr if this processor or build lacks it.
[[nodiscard]] const SweepKernel* find_kernel(const char* name);

/// Each a pair: for one scenario, and for a pack of them.
extern const StepKernel portable_step_kernels[2];
#ifdef LODE_X86_KERNELS
extern const StepKernel avx2_step_kernels[2];
extern const StepKernel avx512_step_kernels[2];
#endif

/// The pair called `name`, or nullptr if this processor or build lacks it.
[[nodiscard]] const StepKernel* find_step_kernels(const char* name);

}  // namespace lode::inline LODE_ABI::detail
