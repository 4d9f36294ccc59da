// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <lode/dataset.hpp>
#include <lode/reallocate.hpp>
#include <lode/status.hpp>

#include "command_line.hpp"
#include "inputs.hpp"
#include "output.hpp"

/// What the commands that run a model have in common.
namespace program {

/// The data set that the user named; with --any-route its network has every possible route.
[[nodiscard]] std::shared_ptr<const lode::Dataset> dataset_to_run(const Inputs& inputs, const CommandLine& line);

/// What --any-route did, for the notes of a result; empty without it.
[[nodiscard]] std::vector<std::string> notes_on_routes(const lode::Dataset& run, const Inputs& inputs);

[[nodiscard]] lode::ReallocateOptions reallocate_options(const CommandLine& line);

[[nodiscard]] lode::SimulateOptions simulate_options(const Inputs& inputs, const CommandLine& line);  // simulate.cpp

/// Notes on stderr, unless a table on a terminal ends with them anyway.
void say(const std::vector<std::string>& notes, Format format, const Remarks& remarks);

/// Throws `Failure` with exit code 1, and a line for each demand of a contradiction, unless the status is `solved`.
void require_solved(std::string_view model, lode::SolveStatus status, const std::vector<std::string>& conflict = {});

}  // namespace program
