// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/equilibrium.hpp>

#include <unistd.h>

#include <lode/io/equilibrium_writer.hpp>

#include "commands.hpp"
#include "exit_code.hpp"

namespace program {
namespace {

[[noreturn]] void refuse(const lode::EquilibriumResult& result) {
  std::string text;
  for (const std::string& demand : result.conflict) text += "lode: equilibrium: " + demand + '\n';
  if (result.status == lode::SolveStatus::infeasible) {
    text += "lode: equilibrium: no market can do what the scenario asks for; " +
            std::string(result.conflict.empty() ? "change an offtake or a limit"
                                                : "each of the demands listed is needed for the contradiction, change "
                                                  "one of them");
    throw Failure(ExitCode::failed, text);
  }
  for (const std::string& note : result.notes) text += "lode: " + note + '\n';
  throw Failure(ExitCode::failed, text + "lode: equilibrium: " + to_string(result.status));
}

}  // namespace

std::string run_equilibrium(const Inputs& inputs, const CommandLine& line, const Remarks& remarks) {
  const lode::Dataset& dataset = *inputs.dataset;
  const lode::Scenario scenario = scenario_to_run(inputs, remarks);
  std::array<lode::EquilibriumResult, 3> range;
  try {
    lode::EquilibriumOptions options{.demand_elasticity = line.demand_elasticity,
                                     .supply_elasticity = line.supply_elasticity};
    if (line.trade_inertia) options.trade_inertia = *line.trade_inertia;
    range = lode::equilibrium_range(dataset, scenario, options);
  } catch (const lode::InvalidArgument& error) {
    throw Failure(ExitCode::bad_input, std::string(error.what()) + "\nlode: equilibrium: the data set " +
                                           dataset.about.name + " does not hold all that prices rest on");
  }
  const lode::EquilibriumResult& result = range[1];
  if (result.status != lode::SolveStatus::solved) refuse(result);
  // The table ends with them; who reads it on a terminal need not read them twice.
  if (line.format != Format::table || ::isatty(STDOUT_FILENO) == 0) {
    for (const std::string& note : result.notes) remarks.note(note);
  }
  switch (line.format) {
    case Format::json:
      return lode::to_json(range, dataset);
    case Format::csv:
      return lode::to_csv(range, dataset);
    case Format::table:
      break;
  }
  return lode::to_table(range, dataset);
}

}  // namespace program
