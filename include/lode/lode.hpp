// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

/// Everything a program needs. With `lode::header_only`: networks, scenarios and models. With `lode::lode` also files,
/// reports, built-in data and logging.

// IWYU pragma: begin_exports
#include <lode/adaptation.hpp>
#include <lode/attribution.hpp>
#include <lode/backtest.hpp>
#include <lode/base_years.hpp>
#include <lode/bracket.hpp>
#include <lode/calendar.hpp>
#include <lode/complete_routes.hpp>
#include <lode/copula.hpp>
#include <lode/dataset.hpp>
#include <lode/date.hpp>
#include <lode/disruption.hpp>
#include <lode/draw.hpp>
#include <lode/ensemble.hpp>
#include <lode/ensemble_result.hpp>
#include <lode/equilibrium.hpp>
#include <lode/error.hpp>
#include <lode/exposure.hpp>
#include <lode/flow_system.hpp>
#include <lode/ids.hpp>
#include <lode/network.hpp>
#include <lode/network_builder.hpp>
#include <lode/observations.hpp>
#include <lode/propagate.hpp>
#include <lode/random.hpp>
#include <lode/ranking.hpp>
#include <lode/reallocate.hpp>
#include <lode/reconcile.hpp>
#include <lode/result.hpp>
#include <lode/risk.hpp>
#include <lode/sampling.hpp>
#include <lode/scenario.hpp>
#include <lode/sensitivity.hpp>
#include <lode/shock.hpp>
#include <lode/simulate.hpp>
#include <lode/sobol_indices.hpp>
#include <lode/static_model.hpp>
#include <lode/status.hpp>
#include <lode/time_to_survive.hpp>
#include <lode/uncertain.hpp>
#include <lode/units.hpp>
#include <lode/version.hpp>

#ifdef LODE_COMPILED
#include <lode/io/backtest_reader.hpp>
#include <lode/io/backtest_writer.hpp>
#include <lode/io/checkpoint.hpp>
#include <lode/io/data_package.hpp>
#include <lode/io/ensemble_writer.hpp>
#include <lode/io/equilibrium_writer.hpp>
#include <lode/io/exposure_writer.hpp>
#include <lode/io/ranking_writer.hpp>
#include <lode/io/reconciliation_writer.hpp>
#include <lode/io/result_writer.hpp>
#include <lode/io/risk_writer.hpp>
#include <lode/io/sensitivity_writer.hpp>
#include <lode/io/simulation_writer.hpp>
#include <lode/report/table.hpp>
#include <lode/datasets.hpp>
#include <lode/log.hpp>
#endif
// IWYU pragma: end_exports
