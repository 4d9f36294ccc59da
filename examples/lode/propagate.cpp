// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/propagate.hpp>

#include <lode/io/result_writer.hpp>
#include <lode/report/table.hpp>

#include "commands.hpp"
#include "model_run.hpp"

namespace program {

std::string run_propagate(const Inputs& inputs, Format format, const Remarks& remarks) {
  const lode::Dataset& dataset = *inputs.dataset;
  const lode::Result result = lode::propagate(dataset.network, scenario_to_run(inputs, remarks));
  say(result.notes, format, remarks);
  require_solved("propagate", result.status);
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
