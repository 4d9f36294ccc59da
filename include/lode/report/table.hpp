// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>

#include <lode/bracket.hpp>
#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/ensemble_result.hpp>
#include <lode/reconcile.hpp>
#include <lode/result.hpp>
#include <lode/simulation.hpp>
#include <lode/sobol_indices.hpp>

/// Results for people: aligned columns, units in the head, thousands separators, worst first.
/// Needs the compiled library `lode::lode`.
namespace lode::inline LODE_ABI {

/// How short each material, country and end use is, what limits the facilities that fall most, where a tonne is missed
/// most (where the result has prices), and the certificate. `model` is the one that answered: "propagate" or
/// "reallocate". Plain ASCII, lines of at most 100 characters, ending in a newline.
[[nodiscard]] std::string to_table(const Result& result, const Dataset& dataset,
                                   const std::string& model = "propagate");

/// The shortfall of each material and country as an interval, what each way to adapt is worth, where a tonne is missed
/// most, and both certificates.
[[nodiscard]] std::string to_table(const BracketResult& result, const Dataset& dataset);

/// Which figures moved how far, worst first; what is not determinable; what each balance asked for; the certificate.
/// `dataset` is the one that was reconciled.
[[nodiscard]] std::string to_table(const Reconciliation& reconciliation, const Dataset& dataset);

/// What charts are drawn with.
enum class Glyphs {
  ascii,   ///< for files and logs
  blocks,  ///< Unicode block elements in UTF-8, for terminals that show them
};

/// Who runs short when: deliveries over time as charts, by year, by country and by end use; how long plants survive and
/// how long they take to recover; what waits for licences; the balance sheet and the certificate. Worst first.
[[nodiscard]] std::string to_table(const Simulation& run, const Dataset& dataset, Glyphs glyphs = Glyphs::ascii);

/// How likely and how bad: shortfalls of each material and country over the samples, by month where time runs, what
/// policies change, and how well the means are known. Worst first.
[[nodiscard]] std::string to_table(const Ensemble& ensemble, const Dataset& dataset);

/// Which uncertain number matters for which material, the largest share of the variance first.
[[nodiscard]] std::string to_table(const SobolIndices& indices, const Dataset& dataset);

}  // namespace lode::inline LODE_ABI
