// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

/// The version of Lode; CMake reads these three lines, so they are the only place to change it.
#define LODE_VERSION_MAJOR 0
#define LODE_VERSION_MINOR 1
#define LODE_VERSION_PATCH 0

namespace lode {

/// "major.minor.patch", as printed by `lode --version` and written into every result.
inline constexpr const char* version = "0.1.0";

/// The format version of data packages that this release reads and writes (`lode_format` in datapackage.json).
inline constexpr int data_format = 1;

}  // namespace lode
