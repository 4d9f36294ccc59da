// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/reconcile.hpp>

#include <lode/io/reconciliation_writer.hpp>
#include <lode/report/table.hpp>

#include "commands.hpp"
#include "exit_code.hpp"
#include "progress_line.hpp"

namespace program {
namespace {

std::string counted(std::size_t figures) {
  return std::to_string(figures) + (figures == 1 ? " figure" : " figures");
}

[[noreturn]] void refuse(const lode::Reconciliation& result) {
  using lode::SolveStatus;
  if (result.status == SolveStatus::infeasible) {
    throw Failure(
        ExitCode::failed,
        lode::to_string(result.conflict) +
            "\nlode: reconcile: no base year satisfies the exact figures, capacities and balances listed; each "
            "of them is needed for the contradiction, so the one that is wrong is among them");
  }
  if (result.status == SolveStatus::interrupted) {
    throw Failure(ExitCode::failed, "lode: reconcile: interrupted; nothing was written");
  }
  throw Failure(ExitCode::failed,
                "lode: reconcile: no balanced base year was found to the tolerance; look for uncertainties that are "
                "smaller than 1e-9 of their figure, or figures of very different sizes in one balance");
}

}  // namespace

std::string run_reconcile(const CommandLine& line, const Remarks& remarks) {
  const lode::LoadedObservations loaded = read_published(line, remarks);
  ProgressLine progress("reconcile", remarks);
  lode::ReconcileOptions options;
  options.locator = loaded.locator;
  options.progress = [&progress](const std::string& step) { return progress(step); };
  const lode::Reconciliation result = lode::reconcile(loaded.found, options);
  if (result.status != lode::SolveStatus::solved) refuse(result);
  std::size_t open = 0, gross = 0;
  for (const lode::ReconciledFigure& figure : result.figures) {
    open += figure.determination == lode::Determination::undetermined ? 1 : 0;
    gross += figure.gross_error ? 1 : 0;
  }
  if (open > 0) {
    remarks.note(counted(open) + (open == 1 ? " is" : " are") +
                 " not determinable: the balances leave an interval, and the value chosen is one of many");
  }
  if (gross > 0) {
    remarks.note(counted(gross) + (gross == 1 ? " looks like a gross error" : " look like gross errors") +
                 " (|z| > 3)");
  }
  if (line.output) {
    try {
      lode::write_dataset(lode::balanced_dataset(result, loaded.dataset), *line.output);
    } catch (const lode::IoError& error) {
      throw Failure(ExitCode::failed, error.what());
    }
    remarks.note("wrote the balanced data set to " + *line.output);
  }
  switch (line.format) {
    case Format::json:
      return lode::to_json(result, loaded.dataset);
    case Format::csv:
      return lode::to_csv(result, loaded.dataset);
    case Format::table:
      break;
  }
  return lode::to_table(result, loaded.dataset);
}

}  // namespace program
