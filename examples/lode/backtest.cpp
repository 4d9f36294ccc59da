// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/backtest.hpp>

#include <chrono>
#include <csignal>
#include <vector>

#include <lode/io/backtest_reader.hpp>
#include <lode/io/backtest_writer.hpp>

#include "commands.hpp"
#include "exit_code.hpp"

namespace program {
namespace {

volatile std::sig_atomic_t interrupted = 0;

/// All cases, or the problems of all.
std::vector<lode::BacktestFolder> read_cases(const std::string& folder, const Remarks& remarks) {
  std::vector<lode::BacktestFolder> cases;
  std::vector<lode::Issue> problems;
  for (const std::string& name : lode::find_backtests(folder)) {
    try {
      cases.push_back(lode::read_backtest(name));
      remarks.warn(cases.back().warnings);
    } catch (const lode::Error& error) {
      problems.insert(problems.end(), error.issues().begin(), error.issues().end());
    }
  }
  if (!problems.empty()) throw InvalidInputs(problems, {});
  return cases;
}

lode::BacktestResult run_case(const lode::BacktestFolder& one, const Remarks& remarks) {
  auto said = std::chrono::steady_clock::now();
  const auto progress = [&](std::size_t done, std::size_t all) {
    const auto now = std::chrono::steady_clock::now();
    if (now - said >= std::chrono::seconds(2)) {
      remarks.note("backtest " + one.test.name + ": " + std::to_string(done) + " of " + std::to_string(all) +
                   " samples");
      said = now;
    }
    return interrupted == 0;
  };
  lode::BacktestResult result = lode::backtest(*one.dataset, one.test, progress);
  if (result.status == lode::SolveStatus::solved) return result;
  if (result.status == lode::SolveStatus::interrupted) {
    throw Failure(ExitCode::failed, "lode: backtest: interrupted; nothing was written");
  }
  throw Failure(ExitCode::failed, "lode: backtest " + one.test.name + ": " + lode::advice(result.status));
}

/// The documents of several cases as a JSON list.
std::string listed(const std::vector<std::string>& documents) {
  std::string text = "[\n";
  for (std::size_t i = 0; i < documents.size(); ++i) {
    text += documents[i].substr(0, documents[i].size() - 1) + (i + 1 < documents.size() ? ",\n" : "\n");
  }
  return text + "]\n";
}

}  // namespace

std::string run_backtest(const CommandLine& line, const Remarks& remarks) {
  std::signal(SIGINT, [](int) { interrupted = 1; });
  const std::vector<lode::BacktestFolder> cases = read_cases(*line.folder, remarks);
  if (line.picture && cases.size() > 1) {
    throw Failure(ExitCode::bad_usage, "lode: --format svg draws one case; name its folder: lode backtest " +
                                           *line.folder + '/' + cases.front().test.name + " --format svg");
  }
  std::vector<std::string> documents;
  for (const lode::BacktestFolder& one : cases) {
    const lode::BacktestResult result = run_case(one, remarks);
    if (line.picture) {
      documents.push_back(lode::to_svg(result, one));
    } else if (line.format == Format::json) {
      documents.push_back(lode::to_json(result, one));
    } else if (line.format == Format::csv) {
      documents.push_back(lode::to_csv(result, one));
    } else {
      documents.push_back(lode::to_table(result, one));
    }
  }
  if (line.format == Format::json && !line.picture && cases.size() > 1) return listed(documents);
  std::string text = documents.front();
  for (std::size_t i = 1; i < documents.size(); ++i) {
    // One head for all rows of a CSV, a blank line between tables.
    text += line.format == Format::csv ? documents[i].substr(documents[i].find('\n') + 1) : '\n' + documents[i];
  }
  return text;
}

}  // namespace program
