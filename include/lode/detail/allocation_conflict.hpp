// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/allocation_program.hpp>
#include <lode/optimize/interior_point.hpp>

namespace lode::inline LODE_ABI::detail {

/// Private. In words, an irreducible set of offtakes, quotas, limits and balances that can not all be met: without any
/// one of it the rest could be. `ray` is the proof that the loaded program has no answer. One feasibility problem for
/// each row and bound that the proof leans on.
[[nodiscard]] std::vector<std::string> conflict(const AllocationProgram& allocation, const Disruption& disruption,
                                                const optimize::Solution& ray);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/allocation_conflict.ipp>  // IWYU pragma: export
#endif
