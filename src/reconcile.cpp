// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/impl/balance_rows.ipp>
#include <lode/impl/base_years.ipp>
#include <lode/impl/feasible_intervals.ipp>
#include <lode/impl/least_squares.ipp>
#include <lode/impl/reconcile.ipp>
#include <lode/impl/rewrite_network.ipp>
#include <lode/impl/selected_inverse.ipp>
