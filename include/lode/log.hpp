// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <memory>

#include <spdlog/fwd.h>

#include <lode/config.hpp>

/// Where the compiled library says what it does: which files it reads, which loops it solves. Silent until the host
/// gives a logger; results and errors never depend on one. Needs the compiled library `lode::lode`.
///
///     #include <spdlog/sinks/stdout_sinks.h>
///     lode::set_logger(spdlog::stderr_logger_mt("lode"));   // null: silent again
namespace lode::inline LODE_ABI {

/// Sets the logger for the whole process. Safe to call at any time from any thread; a call that is under way may still
/// use the logger it started with, so the logger lives until then. Use a `_mt` logger where several threads run models.
void set_logger(std::shared_ptr<spdlog::logger> logger);

}  // namespace lode::inline LODE_ABI
