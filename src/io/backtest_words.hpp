// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include <lode/backtest.hpp>
#include <lode/error.hpp>

/// What the reports of a backtest have in common. Private.
namespace lode::inline LODE_ABI::detail {

inline void require_solved(const BacktestResult& result, const std::string& name) {
  if (result.status == SolveStatus::solved) return;
  throw InvalidArgument({{{"backtest \"" + name + '"', 0, 0},
                          std::string("the result is ") + to_string(result.status),
                          "write results that are solved"}});
}

/// "better", "worse" or "the same": the model's error against that of a naive prediction.
[[nodiscard]] inline std::string_view verdict(double model, double naive) {
  constexpr double noticeable = 1e-3;  // of the larger error; nobody would call less a difference
  if (std::abs(model - naive) <= noticeable * std::max(std::abs(model), std::abs(naive))) return "the same";
  return model < naive ? "better" : "worse";
}

/// What the second naive prediction is called: a loss that lasts, or an expansion that is there at once.
[[nodiscard]] inline bool is_loss(const BacktestResult& result) {
  return result.permanent_share < 1.0;
}

/// The figure that was observed in a row's period, or nullptr.
[[nodiscard]] inline const ReportedFigure* observed_in(const BacktestRow& row, const BacktestCase& test) {
  return row.observed ? &test.observed[*row.observed] : nullptr;
}

}  // namespace lode::inline LODE_ABI::detail
