// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <optional>
#include <string>

#include "command_line.hpp"
#include "inputs.hpp"

/// One function a command: from inputs to the text of the result. Of data with problems `validate` says what it can, or
/// nothing.
namespace program {

[[nodiscard]] std::string describe(const Inputs& inputs, Format format);                                // info.cpp
[[nodiscard]] std::string summarise_valid(const Inputs& inputs, Format format);                         // validate.cpp
[[nodiscard]] std::optional<std::string> summarise_invalid(const InvalidInputs& error, Format format);  // validate.cpp
[[nodiscard]] std::string list_scenarios(const Inputs& inputs, Format format);                          // scenarios.cpp
[[nodiscard]] std::string run_propagate(const Inputs& inputs, Format format, const Remarks& remarks);   // propagate.cpp
[[nodiscard]] std::string run_reallocate(const Inputs& inputs, const CommandLine& line,
                                         const Remarks& remarks);  // reallocate.cpp
[[nodiscard]] std::string run_bracket(const Inputs& inputs, const CommandLine& line,
                                      const Remarks& remarks);  // bracket.cpp

[[nodiscard]] std::string run_equilibrium(const Inputs& inputs, const CommandLine& line,
                                          const Remarks& remarks);  // equilibrium.cpp

[[nodiscard]] std::string run_simulate(const Inputs& inputs, const CommandLine& line,
                                       const Remarks& remarks);  // simulate.cpp

/// `interrupted`: the result is that of the samples done until Ctrl-C.
[[nodiscard]] std::string run_ensemble(const Inputs& inputs, const CommandLine& line, const Remarks& remarks,
                                       bool& interrupted);  // ensemble.cpp

[[nodiscard]] std::string run_rank(const Inputs& inputs, const CommandLine& line, const Remarks& remarks);  // rank.cpp
[[nodiscard]] std::string run_risk(const Inputs& inputs, const CommandLine& line, const Remarks& remarks);  // risk.cpp

[[nodiscard]] std::string run_sensitivity(const Inputs& inputs, const CommandLine& line,
                                          const Remarks& remarks);  // sensitivity.cpp

[[nodiscard]] std::string run_exposure(const Inputs& inputs, const CommandLine& line,
                                       const Remarks& remarks);  // exposure.cpp

/// Balances published figures and writes them to `--output`, if given; returns the report.
[[nodiscard]] std::string run_reconcile(const CommandLine& line, const Remarks& remarks);  // reconcile.cpp

/// Runs the cases of the folder; their misses are results.
[[nodiscard]] std::string run_backtest(const CommandLine& line, const Remarks& remarks);  // backtest.cpp

/// Writes the data set to `folder`; throws `Failure` with exit code 1 if it can not.
void export_data(const Inputs& inputs, const std::string& folder, const Remarks& remarks);  // export.cpp

}  // namespace program
