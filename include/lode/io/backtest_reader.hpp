// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <lode/backtest.hpp>
#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/error.hpp>

/// Backtests as folders, so that a case takes no C++. docs/formats.md has the format. Needs the compiled library
/// `lode::lode`.
///
///     for (const std::string& folder : lode::find_backtests("tests/validation")) {
///       const lode::BacktestFolder one = lode::read_backtest(folder);
///       std::cout << lode::to_table(lode::backtest(*one.dataset, one.test), one);
///     }
namespace lode::inline LODE_ABI {

/// Something that was known before the shock and that the scenario or the options rest on.
struct BacktestInput {
  std::string name;
  std::string value;  ///< as written
  std::string unit;
  std::string known;  ///< since when, as written: a day, a month or a year
  Quality quality = Quality::sourced;
  std::vector<std::string> sources;
  std::string note;
};

struct BacktestFolder {
  BacktestCase test;
  std::shared_ptr<const Dataset> dataset;
  std::vector<BacktestInput> inputs;
  std::vector<Source> sources;  ///< of the case; those of the data set count too
  std::vector<Issue> warnings;  ///< of the data set
};

/// Folders with a case: `folder` itself if it holds case.json, else those right inside it that do, by name. Throws
/// `IoError` if there is none.
[[nodiscard]] std::vector<std::string> find_backtests(const std::string& folder);

/// Reads a case and its data set. Every problem of every file is thrown together as `InvalidData`; a folder that can
/// not be read is an `IoError`. The data set is a built-in one or a folder, named relative to the case.
[[nodiscard]] BacktestFolder read_backtest(const std::string& folder);

}  // namespace lode::inline LODE_ABI
