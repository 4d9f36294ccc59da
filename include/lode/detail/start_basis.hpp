// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/config.hpp>
#include <lode/detail/allocation_program.hpp>
#include <lode/optimize/simplex.hpp>

namespace lode::inline LODE_ABI::detail {

/// Private. The basis from which shocks on a network are solved, for the balances alone, so that it serves all scenarios.
///
/// Nothing in it costs anything, so any choice is feasible for the dual simplex method at the base year. The choice
/// says who answers first: an activity follows from what leaves (it is basic in a balance of its outputs), and what a
/// place lacks comes from the supplier with most room (that flow is basic in the balance of the input). What one shock
/// sets off along a chain is then in the basis already, and only where a limit is met does it have to change. Loops in
/// these choices would make it singular; the factorisation puts logicals in their place. O(nonzeros).
[[nodiscard]] optimize::Basis start_basis(const AllocationProgram& allocation);

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/start_basis.ipp>  // IWYU pragma: export
#endif
