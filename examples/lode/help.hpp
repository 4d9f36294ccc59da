// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string_view>

#include "command_line.hpp"

namespace program {

/// The page of `lode --help`.
[[nodiscard]] std::string_view help_text();

/// The page of `lode COMMAND --help`.
[[nodiscard]] std::string_view help_text(Command command);

}  // namespace program
