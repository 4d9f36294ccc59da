// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <io/json_reader.hpp>
#include <lode/scenario.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// A scenario file as far as it could be read.
struct ParsedScenario {
  Scenario scenario;
  std::shared_ptr<const JsonOrigin> origin;
  /// By shock: a problem of it was reported, so that it does not say what its author meant.
  std::vector<bool> is_bad;
};

/// Reads the text of a scenario file; `name`: the file's stem, which the scenario must carry. Nothing if the text is
/// not a JSON object. Problems are reported either way.
[[nodiscard]] std::optional<ParsedScenario> parse_scenario(std::string_view text, std::string_view name,
                                                           FileProblems& problems);

/// `[A-Za-z0-9][A-Za-z0-9_.-]*`, the form of ids of sources.
[[nodiscard]] bool is_source_id(std::string_view text);

}  // namespace lode::inline LODE_ABI::io_detail
