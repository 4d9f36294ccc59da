// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/sensitivity.hpp>

#include <lode/io/sensitivity_writer.hpp>

#include "commands.hpp"
#include "exit_code.hpp"
#include "model_run.hpp"
#include "study_names.hpp"

namespace program {

std::string run_sensitivity(const Inputs& inputs, const CommandLine& line, const Remarks& remarks) {
  const lode::Dataset& dataset = *inputs.dataset;
  const lode::SensitivityTarget target{.material = material_named(dataset, line.material),
                                       .country = country_named(dataset, line.country),
                                       .end_use = end_use_named(dataset, line.end_use)};
  const lode::Scenario scenario = scenario_to_run(inputs, remarks);
  const lode::Disruption disruption = lode::resolve(dataset.network, scenario);
  lode::Differentiator differentiator(
      dataset.network, {.model = line.model == lode::EnsembleModel::reallocate ? lode::StaticModel::reallocate
                                                                               : lode::StaticModel::propagate,
                        .threads = 0});
  lode::Sensitivity what;
  try {
    what = differentiator.run(disruption, target);
  } catch (const lode::InvalidArgument&) {
    throw Failure(ExitCode::bad_usage,
                  "lode: no end use of " + dataset.about.name +
                      " matches --material, --country and --end-use together; leave one of them out");
  }
  say(what.notes, line.format, remarks);
  require_solved("sensitivity", what.status);
  switch (line.format) {
    case Format::json:
      return lode::to_json(what, dataset, line.top.value_or(lode::all_parameters));
    case Format::csv:
      return lode::to_csv(what, dataset, line.top.value_or(lode::all_parameters));
    case Format::table:
      break;
  }
  return lode::to_table(what, dataset, line.top.value_or(10));
}

}  // namespace program
