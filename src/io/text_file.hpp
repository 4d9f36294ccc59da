// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

#include <lode/config.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// What the system says about its last error, or about none a general word.
[[nodiscard]] inline std::string system_reason() {
  return errno != 0 ? std::generic_category().message(errno) : std::string("input/output error");
}

/// The bytes of a file; nothing and the reason if it can not be read.
[[nodiscard]] inline std::optional<std::string> read_text_file(const std::filesystem::path& file, std::string& reason) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::string text;
  std::array<char, 1U << 16U> block;
  while (stream.good()) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.eof() && !stream.bad()) return text;
  reason = system_reason();
  return std::nullopt;
}

/// Writes a file; the reason if it can not be written.
[[nodiscard]] inline std::optional<std::string> write_text_file(const std::filesystem::path& file,
                                                                const std::string& text) {
  errno = 0;
  std::ofstream stream(file, std::ios::binary);
  if (stream) stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream) stream.close();
  if (stream) return std::nullopt;
  return system_reason();
}

}  // namespace lode::inline LODE_ABI::io_detail
