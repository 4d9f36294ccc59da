// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/risk.hpp>

#include <lode/io/risk_writer.hpp>
#include <lode/propagate.hpp>
#include <lode/reallocate.hpp>

#include "commands.hpp"
#include "exit_code.hpp"
#include "model_run.hpp"

namespace program {
namespace {

/// Of the base year, or of what a model makes of the scenarios.
lode::RiskReport report(const Inputs& inputs, const CommandLine& line, const Remarks& remarks) {
  const lode::Network& network = inputs.dataset->network;
  if (inputs.scenarios.empty()) {
    if (line.model) {
      throw Failure(ExitCode::bad_usage,
                    "lode: risk looks at the base year without --scenario; leave out --model; lode --help explains");
    }
    return lode::risk(network);
  }
  const bool adapts = line.model == lode::EnsembleModel::reallocate;
  const lode::Scenario scenario = together(inputs.scenarios);
  const lode::Result result =
      adapts ? lode::reallocate(network, scenario, {.prices = false}) : lode::propagate(network, scenario);
  require_solved(adapts ? "reallocate" : "propagate", result.status, result.conflict);
  say(result.notes, line.format, remarks);
  return lode::risk(network, result);
}

}  // namespace

std::string run_risk(const Inputs& inputs, const CommandLine& line, const Remarks& remarks) {
  const lode::RiskReport found = report(inputs, line, remarks);
  switch (line.format) {
    case Format::json:
      return lode::to_json(found, *inputs.dataset);
    case Format::csv:
      return lode::to_csv(found, *inputs.dataset);
    case Format::table:
      break;
  }
  return lode::to_table(found, *inputs.dataset);
}

}  // namespace program
