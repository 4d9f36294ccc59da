// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/config.hpp>

/// `LODE_HOT_LOOP` before a function: the compiled library has it once per instruction set and picks at run time. The bits
/// are the same, as nothing is fused or reordered. Not under sanitizers, which start later than the picking does. Private.
#if defined(LODE_COMPILED) && defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && \
    !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define LODE_HOT_LOOP __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define LODE_HOT_LOOP
#endif
