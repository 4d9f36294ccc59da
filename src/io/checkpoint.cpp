// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/io/checkpoint.hpp>

#include <filesystem>
#include <system_error>

#include <io/text_file.hpp>
#include <lode/error.hpp>

namespace lode::inline LODE_ABI {

void write_checkpoint(const std::string& file, const std::string& checkpoint) {
  const std::filesystem::path target = file, draft = file + ".part";
  if (const std::optional<std::string> reason = io_detail::write_text_file(draft, checkpoint)) {
    std::error_code ignored;
    std::filesystem::remove(draft, ignored);
    throw IoError({{{file, 0, 0},
                    "the checkpoint can not be written: " + *reason,
                    "check the path, the disk's space and permissions"}});
  }
  std::error_code error;
  std::filesystem::rename(draft, target, error);
  if (!error) return;
  std::error_code ignored;
  std::filesystem::remove(draft, ignored);
  throw IoError({{{file, 0, 0},
                  "the checkpoint can not be put in place: " + error.message(),
                  "check the path and its permissions"}});
}

std::optional<std::string> read_checkpoint(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::nullopt;
  std::string reason = "it is no file";
  if (std::filesystem::is_regular_file(file, error)) {
    if (std::optional<std::string> bytes = io_detail::read_text_file(file, reason)) return bytes;
  }
  throw IoError({{{file, 0, 0}, "the checkpoint can not be read: " + reason, "check the path and its permissions"}});
}

}  // namespace lode::inline LODE_ABI
