// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <lode/copula.hpp>
#include <lode/date.hpp>
#include <lode/ensemble_result.hpp>
#include <lode/ranking.hpp>
#include <lode/sampling.hpp>
#include <lode/simulate.hpp>

/// What the user typed, as a plain struct. The parser behind it stays in command_line.cpp.
namespace program {

enum class Command {
  info,
  validate,
  scenarios,
  propagate,
  reallocate,
  bracket,
  equilibrium,
  simulate,
  rank,
  ensemble,
  risk,
  sensitivity,
  exposure,
  reconcile,
  backtest,
  export_data
};

enum class Format { table, json, csv };

struct CommandLine {
  Command command = Command::bracket;  ///< also what runs without a command
  std::optional<std::string> data;     ///< a folder or a built-in name; absent = the built-in default
  std::optional<std::string> folder;   ///< of backtest: a case, or a folder of cases
  std::vector<std::string> scenarios;  ///< names or files, in order
  Format format = Format::table;
  bool picture = false;               ///< backtest: --format svg
  std::optional<std::string> output;  ///< absent = stdout
  bool price_ranges = false;          ///< of models with prices
  bool any_route = false;             ///< of models that reroute
  bool quiet = false;
  std::optional<double> demand_elasticity, supply_elasticity;  ///< equilibrium, where the data have none
  std::optional<double> trade_inertia;                         ///< equilibrium
  bool monthly = false;                                        ///< simulate: sums by calendar month
  std::optional<int> step_days;                                ///< simulate, as what follows
  std::optional<lode::Date> start, end;
  std::optional<lode::Orders> orders;
  std::optional<lode::Unmet> unmet;
  std::optional<lode::Rationing> rationing;
  std::optional<lode::RankBy> by;  ///< rank, as what follows
  std::optional<std::uint64_t> remove, top;
  std::optional<lode::EnsembleModel> model;  ///< of studies
  std::optional<unsigned> threads;
  std::optional<std::uint64_t> samples, seed;  ///< ensemble, as what follows
  std::optional<lode::Sampling> sampling;
  std::optional<double> until;
  std::vector<lode::Correlation> correlations;
  std::vector<std::string> policies;  ///< names or files
  std::optional<std::string> checkpoint;
  bool indices = false;
  bool uncertain_data = false;
  std::optional<std::string> material, country, end_use;  ///< sensitivity, exposure: what of the result
};

/// --help or --version: nothing to run, only this to print.
struct Answer {
  std::string text;
};

/// Throws `Failure` with exit code 2 for anything that is not legal.
[[nodiscard]] std::variant<CommandLine, Answer> parse(int argc, const char* const* argv);

/// "info", ..., "export".
[[nodiscard]] std::string_view to_string(Command command);

}  // namespace program
