// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <optional>
#include <string>

#include <lode/config.hpp>

/// Checkpoints of ensembles as files. Needs the compiled library `lode::lode`.
///
///     if (const auto bytes = lode::read_checkpoint("run.lode")) run.resume(*bytes);
///     while (run.advance()) lode::write_checkpoint("run.lode", run.checkpoint());
namespace lode::inline LODE_ABI {

/// Replaces the file as a whole: whatever happens, either the old or the new checkpoint is there. Throws `IoError`.
void write_checkpoint(const std::string& file, const std::string& checkpoint);

/// The bytes, or nothing if there is no such file. Throws `IoError` if it can not be read.
[[nodiscard]] std::optional<std::string> read_checkpoint(const std::string& file);

}  // namespace lode::inline LODE_ABI
