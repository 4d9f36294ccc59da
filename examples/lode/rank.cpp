// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/ranking.hpp>

#include <string>

#include <lode/io/ranking_writer.hpp>

#include "commands.hpp"
#include "exit_code.hpp"
#include "model_run.hpp"
#include "progress_line.hpp"

namespace program {
namespace {

constexpr std::size_t usual_rows = 20;

/// The result as text; throws `Failure` if there is none.
template <class Result, class... Most>
std::string written(const Result& result, const ProgressLine& progress, const Inputs& inputs, const CommandLine& line,
                    const Remarks& remarks, Most... most) {
  if (result.status == lode::SolveStatus::interrupted || progress.stopped()) {
    throw Failure(ExitCode::failed, "lode: rank: interrupted; nothing was written");
  }
  require_solved("rank", result.status,
                 result.status == lode::SolveStatus::infeasible ? result.notes : std::vector<std::string>{});
  say(result.notes, line.format, remarks);
  for (const lode::UnsolvedRemoval& removal : result.unsolved) {
    if (line.format != Format::table)
      remarks.note("no answer without " + removal.id + ": " + to_string(removal.status));
  }
  switch (line.format) {
    case Format::json:
      return lode::to_json(result, *inputs.dataset);
    case Format::csv:
      return lode::to_csv(result, *inputs.dataset);
    case Format::table:
      break;
  }
  return lode::to_table(result, *inputs.dataset, most...);
}

}  // namespace

std::string run_rank(const Inputs& inputs, const CommandLine& line, const Remarks& remarks) {
  const lode::Network& network = inputs.dataset->network;
  // Unlike the models, which need a shock to have something to say, this asks about the base year first.
  const lode::Scenario scenario = inputs.scenarios.empty() ? lode::Scenario{"base-year"} : together(inputs.scenarios);
  lode::RankOptions options;
  options.by = line.by.value_or(lode::RankBy::facility);
  options.model =
      line.model == lode::EnsembleModel::reallocate ? lode::RankModel::reallocate : lode::RankModel::propagate;
  options.threads = line.threads.value_or(0);
  options.top = line.top.value_or(0);
  ProgressLine progress("rank", remarks);
  options.progress = [&progress](std::size_t done, std::size_t all) {
    return progress(std::to_string(done) + " of " + std::to_string(all));
  };
  const std::size_t remove = line.remove.value_or(1);
  if (remove == 1) {
    const bool has_stocks = !network.stocks().empty() || !network.covers().empty();
    options.survival = options.by == lode::RankBy::facility && inputs.scenarios.empty() && has_stocks;
    return written(lode::rank(network, scenario, options), progress, inputs, line, remarks,
                   line.top.value_or(usual_rows));
  }
  if (remove == 2) {
    options.top = line.top.value_or(usual_rows);
    return written(lode::rank_pairs(network, scenario, options), progress, inputs, line, remarks, options.top);
  }
  if (line.top) {
    throw Failure(ExitCode::bad_usage, "lode: --remove " + std::to_string(remove) +
                                           " finds one group; leave out --top; lode --help explains");
  }
  try {
    return written(lode::worst_group(network, scenario, remove, options), progress, inputs, line, remarks);
  } catch (const lode::InvalidArgument& error) {
    throw Failure(ExitCode::bad_usage, "lode: --remove " + std::to_string(remove) + ": there are not as many (" +
                                           error.issues().front().mend + "); lode --help explains");
  }
}

}  // namespace program
