// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <io/text_file.hpp>
#include <lode/error.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// Writes a folder that appears whole or not at all: the files go into a sibling folder, which is renamed at the end.
class FolderWriter {
 public:
  /// Throws `IoError` unless `folder` does not exist or is empty, and its parent can be written to.
  explicit FolderWriter(const std::string& folder) : folder_(folder), target_(folder) {
    std::error_code error;
    if (!target_.has_filename()) target_ = target_.parent_path();  // "folder/" means "folder"
    const std::filesystem::file_status status = std::filesystem::status(target_, error);
    if (std::filesystem::exists(status)) {
      if (!std::filesystem::is_directory(status)) fail("there is a file of this name", "choose another name");
      const bool is_empty = std::filesystem::is_empty(target_, error);
      if (error) fail("the folder can not be read: " + error.message(), "check its permissions");
      if (!is_empty) fail("the folder exists and is not empty", "choose a new folder, or empty this one");
      target_ = std::filesystem::canonical(target_, error);
      if (error) fail("the folder can not be opened: " + error.message(), "check its permissions");
    } else if (std::filesystem::is_symlink(std::filesystem::symlink_status(target_, error))) {
      fail("this is a link that leads nowhere", "remove it or choose another name");
    } else {
      target_ = std::filesystem::absolute(target_, error);
    }
    make_draft();
  }
  FolderWriter(const FolderWriter&) = delete;
  FolderWriter& operator=(const FolderWriter&) = delete;
  ~FolderWriter() {
    std::error_code ignored;
    if (!draft_.empty()) std::filesystem::remove_all(draft_, ignored);
  }

  /// Writes the files, by name within the folder. Throws `IoError`.
  void write(const std::map<std::string, std::string>& files) {
    std::error_code error;
    for (const auto& [name, text] : files) {
      const std::filesystem::path file = draft_ / name;
      std::filesystem::create_directories(file.parent_path(), error);
      if (const std::optional<std::string> reason = write_text_file(file, text)) {
        fail("the file " + name + " can not be written: " + *reason, "check the disk's space and permissions");
      }
    }
    std::filesystem::rename(draft_, target_, error);
    if (error) fail("the folder can not be put in place: " + error.message(), "check the permissions of its parent");
    draft_.clear();
  }

 private:
  [[noreturn]] void fail(std::string what, std::string mend) const {
    throw IoError({{{folder_, 1, 1}, std::move(what), std::move(mend)}});
  }

  void make_draft() {
    const std::filesystem::path parent = target_.parent_path();
    std::error_code error;
    for (int attempt = 0; attempt < 1000; ++attempt) {
      draft_ = parent / ('.' + target_.filename().string() + ".part" + std::to_string(attempt));
      if (std::filesystem::create_directory(draft_, error)) return;
      if (error) break;
    }
    draft_.clear();
    fail("no folder can be made here: " + (error ? error.message() : "too many unfinished ones"),
         "check that the parent folder exists and may be written to");
  }

  std::string folder_;
  std::filesystem::path target_;
  std::filesystem::path draft_;
};

}  // namespace lode::inline LODE_ABI::io_detail
