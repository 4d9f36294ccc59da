// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/config.hpp>
#include <lode/network.hpp>

namespace lode::inline LODE_ABI {

/// The network with a route of flow 0 wherever somebody makes what somebody else takes and no route leads there yet: with
/// it `reallocate` lets any producer serve any consumer. New routes come after the old ones, whose handles stay; they
/// have no capacity, cost or lead time. Quotas of a scenario cover them, as its names are resolved against the network
/// that is returned:
///
///     const lode::Network open = lode::complete_routes(network);
///     const lode::Result best = lode::reallocate(open, scenario);
///
/// Cost O(makers * takers) of each commodity.
[[nodiscard]] Network complete_routes(const Network& network);

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/complete_routes.ipp>  // IWYU pragma: export
#endif
