// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <lode/error.hpp>

/// Where text goes: results to stdout or a file, everything else to stderr.
namespace program {

/// Writes a result to `file`, or to stdout without one (or for "-"). A file is replaced whole or not at all.
/// Throws `Failure` with exit code 1 if not every byte could be written.
void write_result(std::string_view text, const std::optional<std::string>& file);

/// Writes a line to stderr. Never throws: there is nobody left to tell.
void write_error(std::string_view line) noexcept;

/// What a user may want to know but a program must not read. `--quiet` turns it off.
class Remarks {
 public:
  explicit Remarks(bool quiet) : quiet_(quiet) {}
  void note(const std::string& text) const;
  /// At most 100 a file, as for errors.
  void warn(const std::vector<lode::Issue>& warnings) const;

 private:
  bool quiet_;
};

/// A row of CSV as RFC 4180 quotes it, ending in a newline.
[[nodiscard]] std::string csv_row(const std::vector<std::string>& fields);

/// JSON text for a result: two blanks of indent, a newline at the end.
[[nodiscard]] std::string dump(const nlohmann::ordered_json& document);

}  // namespace program
