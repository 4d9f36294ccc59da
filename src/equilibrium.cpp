// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/impl/equilibrium.ipp>
#include <lode/impl/market_calibration.ipp>
#include <lode/impl/market_figures.ipp>
#include <lode/impl/market_policies.ipp>
#include <lode/impl/market_program.ipp>
#include <lode/impl/market_result.ipp>
#include <lode/impl/mixed_complementarity.ipp>
