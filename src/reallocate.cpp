// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/impl/allocation_conflict.ipp>
#include <lode/impl/allocation_prices.ipp>
#include <lode/impl/allocation_program.ipp>
#include <lode/impl/allocation_result.ipp>
#include <lode/impl/least_change.ipp>
#include <lode/impl/price_ranges.ipp>
#include <lode/impl/reallocate.ipp>
#include <lode/impl/start_basis.ipp>
