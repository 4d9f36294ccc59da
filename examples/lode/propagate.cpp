// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/propagate.hpp>

#include <unistd.h>

#include <lode/io/result_writer.hpp>
#include <lode/report/table.hpp>

#include "commands.hpp"
#include "exit_code.hpp"

namespace program {

std::string run_propagate(const Inputs& inputs, Format format, const Remarks& remarks) {
  const lode::Dataset& dataset = *inputs.dataset;
  const lode::Result result = lode::propagate(dataset.network, scenario_to_run(inputs, remarks));
  // The table ends with them; who reads it on a terminal need not read them twice.
  if (format != Format::table || ::isatty(STDOUT_FILENO) == 0) {
    for (const std::string& note : result.notes) remarks.note(note);
  }
  if (result.status != lode::SolveStatus::solved) {
    throw Failure(ExitCode::failed, "lode: propagate: " + std::string(lode::advice(result.status)));
  }
  switch (format) {
    case Format::json:
      return lode::to_json(result, dataset, "propagate");
    case Format::csv:
      return lode::to_csv(result, dataset);
    case Format::table:
      break;
  }
  return lode::to_table(result, dataset);
}

}  // namespace program
