// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>

#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/reconcile.hpp>
#include <lode/result.hpp>

/// Results for people: aligned columns, units in the head, thousands separators, worst first.
/// Needs the compiled library `lode::lode`.
namespace lode::inline LODE_ABI {

/// How short each material, country and end use is, what limits the facilities that fall most, and the certificate.
/// Plain ASCII, lines of at most 100 characters, ending in a newline.
[[nodiscard]] std::string to_table(const Result& result, const Dataset& dataset);

/// Which figures moved how far, worst first; what is not determinable; what each balance asked for; the certificate.
/// `dataset` is the one that was reconciled.
[[nodiscard]] std::string to_table(const Reconciliation& reconciliation, const Dataset& dataset);

}  // namespace lode::inline LODE_ABI
