// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <lode/calendar.hpp>
#include <lode/config.hpp>
#include <lode/dataset.hpp>
#include <lode/error.hpp>
#include <lode/scenario.hpp>
#include <lode/shock.hpp>
#include <lode/simulate.hpp>
#include <lode/status.hpp>
#include <lode/uncertain.hpp>

/// A forecast put to the test: what was known before a shock, what the model makes of it, and what was reported later.
///
///     const lode::BacktestFolder folder = lode::read_backtest("tests/validation/china-magnet-exports-2025");
///     const lode::BacktestResult result = lode::backtest(*folder.dataset, folder.test);
///     std::cout << result.model.mean_absolute << " t against " << result.no_change.mean_absolute << " t\n";
///
/// The prediction of a period is what the simulation gives for it, relative to the base year's pace, times the base
/// year's figure for the same season. It is compared with two naive ones: no change (that figure itself), and the
/// shock's full effect at once and for good. The interval holds the middle 90 % of the samples: every uncertain number
/// of the scenario and of the options drawn anew. docs/validation.md has the cases and what came out.
namespace lode::inline LODE_ABI {

/// What leaves a country: the goods that ship over the routes that cross its border.
struct ExportsMetric {
  Selection country = {}, commodity = {}, partners = {}, except = {};
};
/// What facilities make of commodities.
struct OutputMetric {
  Selection facility = {}, commodity = {};
};
/// What end uses are delivered.
struct DeliveriesMetric {
  Selection end_use = {}, country = {}, sector = {}, commodity = {};
};
using BacktestMetric = std::variant<ExportsMetric, OutputMetric, DeliveriesMetric>;

/// A reported figure, in t during the period.
struct ReportedFigure {
  CalendarPeriod period;
  double value = 0.0;
  Quality quality = Quality::sourced;
  std::vector<std::string> sources = {};
  std::string note = {};
};

/// Options of the simulation that may be uncertain; what they mean stands in SimulateOptions.
struct UncertainOptions {
  UncertainNumber cover_factor = 1.0;
  UncertainNumber default_cover_days = 0.0;
  UncertainNumber yard_days = 60.0;
  UncertainNumber adjustment_days = 28.0;
  UncertainNumber forecast_days = 28.0;
  UncertainNumber overtime = 0.0;
  UncertainNumber overtime_days = 365.0;
};

struct BacktestCase {
  std::string name;
  std::string title = {};
  std::string description = {};
  std::string unit = "t";  ///< of the reported figures, for tables: "t", "t REO"
  Scenario scenario = {};
  Date known_before = {};
  BacktestMetric metric = {};
  /// Predicted: the periods of one length from `from` to `to`, and the longer ones among `observed`.
  CalendarPeriod from = {}, to = {};
  std::vector<ReportedFigure> base = {};      ///< known before; empty = the model's own tonnes are the prediction
  std::vector<ReportedFigure> observed = {};  ///< reported later; never used in the prediction
  /// The share of the base year's pace that the shock leaves at once and for good. Absent: as `propagate` has it on the
  /// first day of each shock, with licences that approve nothing.
  std::optional<double> permanent_share = std::nullopt;
  SimulateOptions options = {};  ///< what is uncertain below goes before it; the run covers what is predicted
  UncertainOptions uncertain = {};
  std::size_t samples = 200;
  std::uint64_t seed = 1;
  std::shared_ptr<const Origin> origin = nullptr;  ///< where the metric's names stand in a file
};

/// One period. All figures in the unit of the observed ones.
struct BacktestRow {
  CalendarPeriod period;
  bool is_sum = false;  ///< longer than the predicted periods: counts as a total, not among the errors
  std::optional<std::size_t> observed = std::nullopt;  ///< position in BacktestCase::observed
  double predicted = 0.0;                              ///< the run of the medians
  double low = 0.0, high = 0.0;                        ///< 5 % and 95 % of the samples
  double no_change = 0.0;
  double permanent = 0.0;
};

/// How far a prediction was off, over the periods that were observed, sums aside.
struct BacktestErrors {
  double mean_absolute = 0.0;
  std::optional<double> mean_absolute_share;  ///< of the observed figure; over those above 0, if any
  double total = 0.0;                         ///< predicted less observed: of the sums, or without any of all periods
};

struct BacktestResult {
  SolveStatus status = SolveStatus::not_run;
  std::vector<BacktestRow> rows;  ///< in order of time, a sum after its parts
  BacktestErrors model, no_change, permanent;
  std::size_t compared = 0;  ///< periods with an observed figure, sums aside
  std::size_t covered = 0;   ///< of these, those inside the interval
  double total_observed = 0.0;
  double permanent_share = 1.0;
  std::size_t samples = 0;  ///< that were run; 0 if nothing is uncertain
  std::size_t uncertain_numbers = 0;
  double mass_balance = 0.0;       ///< worst certificate of all runs
  std::vector<std::string> notes;  ///< of the run of the medians
};

/// Every problem of the case with a data set: names that do not exist, a metric that measures nothing in the base year,
/// figures that leave a season of the base year open.
[[nodiscard]] std::vector<Issue> check(const BacktestCase& test, const Dataset& dataset);

/// Called now and then with the samples done and all; `false` stops the run.
using BacktestProgress = std::function<bool(std::size_t done, std::size_t all)>;

/// Throws `InvalidScenario` with all that `check` finds. O(samples) simulations.
[[nodiscard]] BacktestResult backtest(const Dataset& dataset, const BacktestCase& test,
                                      const BacktestProgress& progress = {});

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/backtest.ipp>  // IWYU pragma: export
#endif
