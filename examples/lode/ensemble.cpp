// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/ensemble.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <lode/datasets.hpp>
#include <lode/io/checkpoint.hpp>
#include <lode/io/ensemble_writer.hpp>
#include <lode/report/table.hpp>
#include <lode/sobol_indices.hpp>

#include "commands.hpp"
#include "exit_code.hpp"
#include "model_run.hpp"
#include "progress_line.hpp"

namespace program {
namespace {

/// Between checkpoints, unless a round takes longer.
constexpr std::chrono::seconds checkpoint_interval{10};

[[noreturn]] void refuse(const lode::InvalidArgument& error) {
  throw Failure(ExitCode::bad_usage, "lode: ensemble: " + error.issues().front().what + "; " +
                                         error.issues().front().mend + "; lode ensemble --help explains");
}

std::string progress_text(const lode::EnsembleProgress& progress) {
  return std::to_string(progress.done) + " of " + std::to_string(progress.samples) + " samples";
}

template <class Result>
std::string written(const Result& result, const Inputs& inputs, const CommandLine& line, const Remarks& remarks) {
  say(result.notes, line.format, remarks);
  switch (line.format) {
    case Format::json:
      return lode::to_json(result, *inputs.dataset);
    case Format::csv:
      return lode::to_csv(result, *inputs.dataset);
    case Format::table:
      break;
  }
  return lode::to_table(result, *inputs.dataset);
}

/// The notes of an ensemble without numbers name the sample that has none.
void require_sampled(lode::SolveStatus status, const std::vector<std::string>& notes) {
  if (status == lode::SolveStatus::solved) return;
  throw Failure(ExitCode::failed, "lode: ensemble: " + (notes.empty() ? lode::advice(status) : notes.front()));
}

std::string run_indices(const Inputs& inputs, const CommandLine& line, const lode::Scenario& scenario,
                        const lode::EnsembleOptions& options, const Remarks& remarks) {
  lode::SobolIndicesOptions own;
  own.of = options.of;
  own.sampling.sampling = line.sampling.value_or(own.sampling.sampling);
  own.sampling.samples = line.samples.value_or(own.sampling.samples);
  own.sampling.seed = options.sampling.seed;
  own.correlations = options.correlations;
  own.threads = options.threads;
  own.simulate = options.simulate;
  own.progress = options.progress;
  const lode::SobolIndices result = lode::sobol_indices(inputs.dataset->network, scenario, own);
  if (result.status == lode::SolveStatus::interrupted) {
    throw Failure(ExitCode::failed, "lode: ensemble: interrupted; nothing was written");
  }
  require_sampled(result.status, result.notes);
  return written(result, inputs, line, remarks);
}

lode::Ensemble run_samples(const Inputs& inputs, const CommandLine& line, const lode::Scenario& scenario,
                           const lode::EnsembleOptions& options, const Remarks& remarks) {
  lode::EnsembleRun run(inputs.dataset->network, scenario, options, inputs.policies);
  if (line.checkpoint) {
    if (const std::optional<std::string> bytes = lode::read_checkpoint(*line.checkpoint)) {
      try {
        run.resume(*bytes);
      } catch (const lode::InvalidArgument& error) {
        const lode::Issue& issue = error.issues().front();
        throw Failure(ExitCode::bad_usage, "lode: ensemble: " + *line.checkpoint + ": " + issue.what + "; " + issue.mend);
      }
      remarks.note("going on from " + *line.checkpoint + " after " + std::to_string(run.done()) + " samples");
    } else {
      lode::write_checkpoint(*line.checkpoint, run.checkpoint());  // better to fail now than after an hour
    }
  }
  auto saved = std::chrono::steady_clock::now();
  while (run.advance()) {
    const auto now = std::chrono::steady_clock::now();
    if (!line.checkpoint || now - saved < checkpoint_interval) continue;
    lode::write_checkpoint(*line.checkpoint, run.checkpoint());
    saved = now;
  }
  lode::Ensemble result = run.result();
  const bool has_numbers =
      result.status == lode::SolveStatus::solved || result.status == lode::SolveStatus::interrupted;
  if (line.checkpoint && has_numbers) lode::write_checkpoint(*line.checkpoint, run.checkpoint());
  return result;
}

/// The published figures behind the data set, or its own where there are no others.
std::shared_ptr<const lode::BaseYears> base_years(const Inputs& inputs, const Remarks& remarks) {
  const std::string published = inputs.dataset->about.name + "-published";
  if (const lode::LoadedObservations* found = lode::datasets::find_published(published)) {
    return std::make_shared<const lode::BaseYears>(found->found);
  }
  remarks.note(
      "--uncertain-data draws from the uncertainties of the balanced figures, which balancing makes narrower once "
      "more");
  return std::make_shared<const lode::BaseYears>(lode::Observations{inputs.dataset->network, {}, {}});
}

}  // namespace

std::string run_ensemble(const Inputs& inputs, const CommandLine& line, const Remarks& remarks, bool& interrupted) {
  const lode::Scenario scenario = scenario_to_run(inputs, remarks);
  lode::EnsembleOptions options;
  options.of = line.model.value_or(lode::EnsembleModel::propagate);
  if (line.samples) options.sampling.samples = *line.samples;
  if (line.seed) options.sampling.seed = *line.seed;
  if (line.sampling) options.sampling.sampling = *line.sampling;
  options.correlations = line.correlations;
  options.until = line.until.value_or(0.0);
  // A goal without a number of samples means: as many as it takes, within reason.
  constexpr std::uint64_t most_for_a_goal = 100'000'000;
  if (line.until && !line.samples) options.sampling.samples = most_for_a_goal;
  if (line.uncertain_data) {
    options.data = base_years(inputs, remarks);
    constexpr std::uint64_t usual_with_data = 256;  // each takes as long as balancing a data set
    if (!line.samples && !line.until) options.sampling.samples = usual_with_data;
  }
  options.threads = line.threads.value_or(0);
  options.simulate = simulate_options(inputs, line);
  ProgressLine progress("ensemble", remarks);
  options.progress = [&progress](const lode::EnsembleProgress& at) { return progress(progress_text(at)); };
  try {
    if (line.indices) return run_indices(inputs, line, scenario, options, remarks);
    const lode::Ensemble result = run_samples(inputs, line, scenario, options, remarks);
    if (result.status == lode::SolveStatus::not_run) {
      throw Failure(ExitCode::failed,
                    "lode: ensemble: interrupted before the first samples were done; nothing was written");
    }
    interrupted = result.status == lode::SolveStatus::interrupted;
    if (!interrupted) require_sampled(result.status, result.notes);
    return written(result, inputs, line, remarks);
  } catch (const lode::InvalidArgument& error) {
    refuse(error);
  } catch (const lode::IoError& error) {
    throw Failure(ExitCode::failed, error.what());
  }
}

}  // namespace program
