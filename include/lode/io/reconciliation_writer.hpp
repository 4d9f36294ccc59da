// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>

#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/reconcile.hpp>

/// Reconciliations for other programs, and as data sets. Needs the compiled library `lode::lode`.
///
///     const lode::LoadedObservations loaded = lode::read_observations("my-data");
///     const lode::Reconciliation balanced = lode::reconcile(loaded.found);
///     if (balanced.status == lode::SolveStatus::solved)
///       lode::write_dataset(lode::balanced_dataset(balanced, loaded.dataset), "my-balanced-data");
namespace lode::inline LODE_ABI {

/// `found` with the balanced network in place of its own; the description says so. Throws `InvalidArgument` for a
/// reconciliation that is not solved or not of this data set.
[[nodiscard]] Dataset balanced_dataset(const Reconciliation& reconciliation, const Dataset& found);

/// The JSON document of docs/formats.md section 5 ("reconcile"), ending in a newline; numbers are never rounded.
/// Throws `InvalidArgument` for a reconciliation that is not solved or not of this data set.
[[nodiscard]] std::string to_json(const Reconciliation& reconciliation, const Dataset& dataset);

/// The figures as one table, worst adjustment first:
/// `quantity,id,from,to,commodity,determination,found,found_sd,value,sd,z,gross_error,at_bound,low,high`.
[[nodiscard]] std::string to_csv(const Reconciliation& reconciliation, const Dataset& dataset);

}  // namespace lode::inline LODE_ABI
