// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

/// The two ways to use Lode, kept apart by an inline namespace.
///
/// * `lode::header_only` (CMake target): every function is defined in the headers.
/// * `lode::lode` (CMake target): defines `LODE_COMPILED`; functions come from the compiled library, together with
///   files, reports, built-in data and logging.
///
/// The symbols of the two differ, so a program that mixes them fails to link instead of misbehaving.
#if defined(LODE_COMPILED)
#define LODE_INLINE
#define LODE_ABI compiled
#else
#define LODE_INLINE inline
#define LODE_ABI header_only
#endif

/// Everything public lives in `lode`; `lode::LODE_ABI` is an implementation detail that users never write.
namespace lode {
inline namespace LODE_ABI {}
}  // namespace lode
