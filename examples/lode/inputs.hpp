// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <memory>
#include <vector>

#include <lode/dataset.hpp>
#include <lode/error.hpp>
#include <lode/io/data_package.hpp>

#include "command_line.hpp"
#include "output.hpp"

/// What a command works on: the data set and the scenarios that the user named.
namespace program {

struct Inputs {
  std::shared_ptr<const lode::Dataset> dataset;
  std::vector<lode::Issue> warnings;      ///< of the data set
  std::vector<lode::Scenario> scenarios;  ///< as given with --scenario, in order; may be empty
};

/// Reads everything and says the warnings. Throws `lode::Error` with the problems of all inputs together.
[[nodiscard]] Inputs read_inputs(const CommandLine& line, const Remarks& remarks);

/// What `reconcile` works on: the data set that the user named, as published.
[[nodiscard]] lode::LoadedObservations read_published(const CommandLine& line, const Remarks& remarks);

/// The scenario to run: those given, all together; or what the data set offers (docs/cli.md, propagate).
/// Throws `Failure` with exit code 2 if the user has to choose.
[[nodiscard]] lode::Scenario scenario_to_run(const Inputs& inputs, const Remarks& remarks);

/// All scenarios together, named by their names joined by '+'. At least one.
[[nodiscard]] lode::Scenario together(const std::vector<lode::Scenario>& scenarios);

}  // namespace program
