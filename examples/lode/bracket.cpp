// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/bracket.hpp>

#include <algorithm>

#include <lode/io/result_writer.hpp>
#include <lode/report/table.hpp>

#include "commands.hpp"
#include "model_run.hpp"

namespace program {

std::string run_bracket(const Inputs& inputs, const CommandLine& line, const Remarks& remarks) {
  const std::shared_ptr<const lode::Dataset> dataset = dataset_to_run(inputs, line);
  lode::BracketOptions options;
  options.reallocate = reallocate_options(line);
  options.lever_details = true;
  lode::BracketResult result = lode::bracket(dataset->network, scenario_to_run(inputs, remarks), options);
  for (std::string& note : notes_on_routes(*dataset, inputs)) result.notes.push_back(std::move(note));
  require_solved("bracket", result.status, result.reallocate.conflict);
  std::vector<std::string> notes = result.notes;
  for (const lode::Result* bound : {&result.propagate, &result.reallocate}) {
    for (const std::string& note : bound->notes) {
      if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
    }
  }
  say(notes, line.format, remarks);
  switch (line.format) {
    case Format::json:
      return lode::to_json(result, *dataset);
    case Format::csv:
      return lode::to_csv(result, *dataset);
    case Format::table:
      break;
  }
  return lode::to_table(result, *dataset);
}

}  // namespace program
