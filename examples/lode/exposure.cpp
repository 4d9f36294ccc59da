// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/exposure.hpp>

#include <lode/io/exposure_writer.hpp>
#include <lode/propagate.hpp>

#include "commands.hpp"
#include "model_run.hpp"
#include "study_names.hpp"

namespace program {
namespace {

/// Of the base year, or of what the scenarios given leave of its flows while nobody reroutes.
lode::Exposure trace(const Inputs& inputs, const CommandLine& line, const Remarks& remarks) {
  const lode::Network& network = inputs.dataset->network;
  if (line.scenarios.empty()) return lode::exposure(network);
  const lode::Disruption disruption = lode::resolve(network, scenario_to_run(inputs, remarks));
  const lode::Result result = lode::Propagator(network).run(disruption);
  say(result.notes, line.format, remarks);
  require_solved("exposure", result.status);
  return lode::exposure(network, result, disruption);
}

}  // namespace

std::string run_exposure(const Inputs& inputs, const CommandLine& line, const Remarks& remarks) {
  const lode::Dataset& dataset = *inputs.dataset;
  const lode::ExposureView view{.material = material_named(dataset, line.material),
                                .country = country_named(dataset, line.country)};
  lode::Exposure what = trace(inputs, line, remarks);
  require_solved("exposure", what.status);
  if (what.scenario.empty()) what.scenario = "base-year";
  switch (line.format) {
    case Format::json:
      return lode::to_json(what, dataset, view);
    case Format::csv:
      return lode::to_csv(what, dataset, view);
    case Format::table:
      break;
  }
  return lode::to_table(what, dataset, view);
}

}  // namespace program
