// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>

#include <lode/backtest.hpp>
#include <lode/config.hpp>
#include <lode/io/backtest_reader.hpp>

/// Backtests for other programs and for people. Needs the compiled library `lode::lode`. All throw `InvalidArgument`
/// for a result that is not solved.
namespace lode::inline LODE_ABI {

/// The JSON document of docs/formats.md section 5, ending in a newline. Numbers are never rounded.
[[nodiscard]] std::string to_json(const BacktestResult& result, const BacktestFolder& folder);

/// One row a number: `case,period,quantity,unit,value`.
[[nodiscard]] std::string to_csv(const BacktestResult& result, const BacktestFolder& folder);

/// Predicted and observed, errors, and whether the model was better than the naive predictions. Lines of at most 100
/// characters.
[[nodiscard]] std::string to_table(const BacktestResult& result, const BacktestFolder& folder);

/// A picture: the observed line, the predicted line with its interval, the naive predictions; sums are left out. Plain
/// SVG 1.1 without scripts, legible on light and dark ground.
[[nodiscard]] std::string to_svg(const BacktestResult& result, const BacktestFolder& folder);

}  // namespace lode::inline LODE_ABI
