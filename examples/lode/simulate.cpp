// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/simulate.hpp>

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <lode/io/simulation_writer.hpp>
#include <lode/report/table.hpp>

#include "commands.hpp"
#include "exit_code.hpp"
#include "model_run.hpp"
#include "progress_line.hpp"

namespace program {
namespace {

/// What a reader of the result could not tell otherwise.
std::vector<std::string> notes_on_options(const lode::SimulateOptions& options) {
  std::vector<std::string> notes;
  if (options.orders == lode::Orders::frozen) {
    notes.emplace_back("orders are frozen: everybody buys as in the base year, whatever happens");
  }
  if (options.unmet == lode::Unmet::lost) notes.emplace_back("demand that is not met is lost, whatever the data say");
  if (options.unmet == lode::Unmet::waits) notes.emplace_back("demand that is not met waits, whatever the data say");
  if (options.rationing == lode::Rationing::priority) {
    notes.emplace_back("who has the higher weight is served first where goods are short");
  }
  return notes;
}

/// Block characters where a terminal says that it shows them; results for files and pipes are ASCII.
lode::Glyphs glyphs_for(const CommandLine& line) {
  if ((line.output && *line.output != "-") || ::isatty(STDOUT_FILENO) == 0) return lode::Glyphs::ascii;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale = value;
    for (const char* encoding : {"UTF-8", "utf-8", "UTF8", "utf8"}) {
      if (locale.find(encoding) != std::string_view::npos) return lode::Glyphs::blocks;
    }
    break;
  }
  return lode::Glyphs::ascii;
}

lode::Simulation run(const Inputs& inputs, const CommandLine& line, const Remarks& remarks) {
  const lode::Scenario scenario = scenario_to_run(inputs, remarks);
  lode::SimulateOptions options = simulate_options(inputs, line);
  ProgressLine progress("simulate", remarks);
  options.progress = [&progress](std::size_t done, std::size_t all) {
    return progress(std::to_string(100 * done / all) + " % of " + std::to_string(all) + " steps");
  };
  try {
    lode::Simulation result = lode::Simulator(inputs.dataset->network, options).run(scenario);
    if (progress.stopped()) result.status = lode::SolveStatus::interrupted;
    const std::vector<std::string> notes = notes_on_options(options);
    result.notes.insert(result.notes.begin(), notes.begin(), notes.end());
    return result;
  } catch (const lode::InvalidArgument& error) {
    // All that the user can choose is checked already, apart from how the days fit the scenario's.
    throw Failure(ExitCode::bad_usage, "lode: simulate: " + error.issues().front().what + "; " +
                                           error.issues().front().mend + " (--start, --end, --step-days)");
  }
}

}  // namespace

lode::SimulateOptions simulate_options(const Inputs& inputs, const CommandLine& line) {
  lode::SimulateOptions options;
  // The base year is over; what a scenario without dates asks about is the year after it.
  options.year = inputs.dataset->about.base_year + 1;
  options.start = line.start;
  options.end = line.end;
  if (line.step_days) options.step_days = *line.step_days;
  if (line.orders) options.orders = *line.orders;
  if (line.unmet) options.unmet = *line.unmet;
  if (line.rationing) options.rationing = *line.rationing;
  return options;
}

std::string run_simulate(const Inputs& inputs, const CommandLine& line, const Remarks& remarks) {
  const lode::Dataset& dataset = *inputs.dataset;
  lode::Simulation result = run(inputs, line, remarks);
  if (result.status == lode::SolveStatus::interrupted) {
    throw Failure(ExitCode::failed, "lode: simulate: interrupted; nothing was written");
  }
  require_solved("simulate", result.status);
  say(result.notes, line.format, remarks);
  if (line.monthly) result = by_month(result);
  switch (line.format) {
    case Format::json:
      return lode::to_json(result, dataset);
    case Format::csv:
      return lode::to_csv(result, dataset);
    case Format::table:
      break;
  }
  return lode::to_table(result, dataset, glyphs_for(line));
}

}  // namespace program
