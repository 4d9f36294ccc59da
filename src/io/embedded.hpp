// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <span>
#include <string_view>

#include <lode/config.hpp>

/// Data sets compiled into the library; the build generates a source file for each (embed.cmake).
namespace lode::inline LODE_ABI::io_detail {

/// A file of a data set: its name within the folder, and its text in pieces that no compiler finds too long.
struct EmbeddedFile {
  std::string_view name;
  std::span<const std::string_view> pieces;
};

struct EmbeddedDataset {
  std::string_view name;
  std::span<const EmbeddedFile> files;
};

}  // namespace lode::inline LODE_ABI::io_detail
