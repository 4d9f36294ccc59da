// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/reallocate.hpp>

#include <lode/io/result_writer.hpp>
#include <lode/report/table.hpp>

#include "commands.hpp"
#include "model_run.hpp"

namespace program {

std::string run_reallocate(const Inputs& inputs, const CommandLine& line, const Remarks& remarks) {
  const std::shared_ptr<const lode::Dataset> dataset = dataset_to_run(inputs, line);
  lode::Result result = lode::reallocate(dataset->network, scenario_to_run(inputs, remarks), reallocate_options(line));
  for (std::string& note : notes_on_routes(*dataset, inputs)) result.notes.push_back(std::move(note));
  require_solved("reallocate", result.status, result.conflict);
  say(result.notes, line.format, remarks);
  switch (line.format) {
    case Format::json:
      return lode::to_json(result, *dataset, "reallocate");
    case Format::csv:
      return lode::to_csv(result, *dataset, "reallocate");
    case Format::table:
      break;
  }
  return lode::to_table(result, *dataset, "reallocate");
}

}  // namespace program
