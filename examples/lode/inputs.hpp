// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
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
  std::vector<lode::Scenario> policies;   ///< as given with --policy
  /// Where the user named a built-in set of figures as published: `dataset` is theirs and need not balance.
  const lode::LoadedObservations* published = nullptr;
};

/// The problems of all inputs together.
class InvalidInputs : public lode::InvalidData {
 public:
  InvalidInputs(std::vector<lode::Issue> issues, std::string folder)
      : InvalidData(std::move(issues)), folder_(std::move(folder)) {}
  /// The data set's, if that has problems; else empty.
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

/// Reads everything and says the warnings. Throws `InvalidInputs`.
[[nodiscard]] Inputs read_inputs(const CommandLine& line, const Remarks& remarks);

/// What `reconcile` works on: the data set that the user named, as published.
[[nodiscard]] lode::LoadedObservations read_published(const CommandLine& line, const Remarks& remarks);

/// The tables of a folder that may not be valid: a base year that need not balance and may have gaps. Models may not be
/// run on it.
struct Figures {
  lode::Dataset dataset;  ///< without scenarios
  std::vector<lode::Issue> warnings;
  std::size_t absent = 0;  ///< baselines, demands and flows that the folder does not give; they are 0
};

/// Nothing if the tables can not be read even so. Problems of scenarios and of files that do not belong there are
/// passed over.
[[nodiscard]] std::optional<Figures> read_figures(const std::string& folder);

/// The scenario to run: those given, all together; or what the data set offers (docs/cli.md, propagate).
/// Throws `Failure` with exit code 2 if the user has to choose.
[[nodiscard]] lode::Scenario scenario_to_run(const Inputs& inputs, const Remarks& remarks);

/// All scenarios together, named by their names joined by '+'. At least one.
[[nodiscard]] lode::Scenario together(const std::vector<lode::Scenario>& scenarios);

}  // namespace program
