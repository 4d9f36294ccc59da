// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/impl/complete_routes.ipp>
#include <lode/impl/error.ipp>
#include <lode/impl/network.ipp>
#include <lode/impl/network_balances.ipp>
#include <lode/impl/network_builder.ipp>
#include <lode/impl/network_rules.ipp>
#include <lode/impl/uncertain.ipp>
