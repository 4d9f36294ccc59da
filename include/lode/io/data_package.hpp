// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/error.hpp>
#include <lode/reconcile.hpp>

/// Data sets as folders: a Frictionless Tabular Data Package (`datapackage.json` beside one CSV file a table, as RFC 4180
/// has them) with scenarios as JSON files. docs/formats.md is the contract. Needs the compiled library `lode::lode`.
///
///     const lode::LoadedDataset loaded = lode::read_dataset("my-data");   // throws InvalidData, every problem listed
///     for (const lode::Issue& warning : loaded.warnings) std::cerr << lode::to_string(warning) << '\n';
///     const lode::Result result = lode::propagate(loaded.dataset.network, loaded.dataset.scenarios.front());
namespace lode::inline LODE_ABI {

struct LoadedDataset {
  Dataset dataset;
  std::vector<Issue> warnings;
};

/// Reads a folder. Every problem of every file is collected first and thrown together as `InvalidData` with
/// `file:line:column`; a folder that is not there or can not be read is an `IoError`. Nothing outside the folder is ever
/// opened: a listed path must be a regular file inside it after links are resolved.
/// Scenarios are read and checked against the network too. Cost O(bytes).
[[nodiscard]] LoadedDataset read_dataset(const std::string& folder);

/// A data set as published, for `reconcile`: `dataset.network` is that of `found` and need not balance.
struct LoadedObservations {
  Dataset dataset;
  Observations found;
  std::vector<Issue> warnings;
  /// For `ReconcileOptions`: where each figure stands.
  std::function<Place(const FigureId& figure)> locator;
};

/// Reads a folder whose figures need not balance, may exceed capacities, and may be absent (an empty `baseline`, `flow`
/// or `demand` is not measured). Everything else is checked as by `read_dataset`.
[[nodiscard]] LoadedObservations read_observations(const std::string& folder);

/// Reads one scenario file. Its names are checked when a model runs (`resolve`) with their places in the file.
/// Throws `InvalidData` or `IoError`.
[[nodiscard]] Scenario read_scenario(const std::string& file);

/// Writes a data set as a folder that `read_dataset` reads back equal. The folder must not exist yet or be empty;
/// it appears whole or not at all. Scenarios come back ordered by name. Throws `IoError`, and `InvalidData` for a data set
/// that no folder can hold (no version, a scenario whose name is no file name).
void write_dataset(const Dataset& dataset, const std::string& folder);

/// Writes figures as published: as `write_dataset`, with empty cells for what was not measured. Read back by
/// `read_observations`.
void write_observations(const LoadedObservations& published, const std::string& folder);

/// The text of a scenario file, ending in a newline; `read_scenario` reads it back equal.
[[nodiscard]] std::string to_json(const Scenario& scenario);

}  // namespace lode::inline LODE_ABI
