// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "model_run.hpp"

#include <unistd.h>

#include <lode/complete_routes.hpp>

#include "exit_code.hpp"

namespace program {

std::shared_ptr<const lode::Dataset> dataset_to_run(const Inputs& inputs, const CommandLine& line) {
  if (!line.any_route) return inputs.dataset;
  auto open = std::make_shared<lode::Dataset>(*inputs.dataset);
  open->network = lode::complete_routes(open->network);
  return open;
}

std::vector<std::string> notes_on_routes(const lode::Dataset& run, const Inputs& inputs) {
  const std::size_t added = run.network.routes().size() - inputs.dataset->network.routes().size();
  if (added == 0) return {};
  return {"any maker may supply any user of its goods: " + std::to_string(added) +
          " routes are possible beside those of the data set"};
}

lode::ReallocateOptions reallocate_options(const CommandLine& line) {
  lode::ReallocateOptions options;
  options.price_ranges = line.price_ranges;
  return options;
}

void say(const std::vector<std::string>& notes, Format format, const Remarks& remarks) {
  if (format == Format::table && ::isatty(STDOUT_FILENO) != 0) return;
  for (const std::string& note : notes) remarks.note(note);
}

void require_solved(std::string_view model, lode::SolveStatus status, const std::vector<std::string>& conflict) {
  if (status == lode::SolveStatus::solved) return;
  std::string text;
  for (const std::string& line : conflict) text += "conflict: " + line + '\n';
  text += "lode: " + std::string(model) + ": ";
  if (conflict.empty()) throw Failure(ExitCode::failed, text + lode::advice(status));
  throw Failure(ExitCode::failed, text +
                                      "the scenario asks for more than can be shipped; each of the lines listed is "
                                      "needed for the contradiction: lower an offtake, raise a limit, or leave out one "
                                      "of the scenarios");
}

}  // namespace program
