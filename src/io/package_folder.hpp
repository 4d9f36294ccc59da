// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <io/package_text.hpp>
#include <io/text_file.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// Reads the files of a data package's folder. A file is opened only if it is a regular file inside the folder once all
/// links are resolved, and only if its name is one that a data package has.
class FolderReader {
 public:
  explicit FolderReader(const std::string& folder) { package_.folder = folder; }

  /// Throws `IoError` for a folder that can not be read.
  [[nodiscard]] PackageText read() {
    std::error_code error;
    root_ = std::filesystem::canonical(package_.folder, error);
    if (error) fail(error);
    if (!std::filesystem::is_directory(root_, error)) {
      throw IoError({{{package_.folder, 1, 1}, "this is not a folder", "name the folder that holds datapackage.json"}});
    }
    for (const std::string& name : names_in(root_, error)) read_entry(name);
    if (error) fail(error);
    if (!package_.descriptor && !has_descriptor_) {
      report("datapackage.json", "the file is missing", "add the description of the data package");
    }
    return std::move(package_);
  }

 private:
  [[noreturn]] void fail(const std::error_code& error) const {
    const bool is_missing = error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
    throw IoError(
        {{{package_.folder, 1, 1},
          is_missing ? "there is no folder of this name" : "the folder can not be read: " + error.message(),
          is_missing ? "correct the path, or name a built-in data set" : "check its permissions and its links"}});
  }

  void report(std::string_view file, std::string what, std::string mend) {
    package_.problems.push_back({{package_.path(file), 1, 1}, std::move(what), std::move(mend)});
  }

  /// Names of the entries of a folder in byte order, so that messages come in the same order everywhere.
  static std::vector<std::string> names_in(const std::filesystem::path& folder, std::error_code& error) {
    std::vector<std::string> names;
    std::filesystem::directory_iterator entries(folder, error);
    while (!error && entries != std::filesystem::directory_iterator{}) {
      names.push_back(entries->path().filename().string());
      entries.increment(error);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  void read_entry(const std::string& name) {
    const auto begins = [&](std::string_view prefix) { return name.starts_with(prefix); };
    if (begins(".")) return;
    if (name == "scenarios") {
      read_scenarios();
    } else if (name == "datapackage.json" || table_of_file(name)) {
      has_descriptor_ = has_descriptor_ || name == "datapackage.json";
      read_file(name);
    } else if (!begins("README") && !begins("LICENSE") && !begins("CITATION")) {
      std::vector<std::string_view> known{"datapackage.json", "scenarios"};
      std::vector<std::string> files;
      for (const TableSpec& table : table_specs) files.push_back(std::string(table.name) + ".csv");
      known.insert(known.end(), files.begin(), files.end());
      const std::string suggestion = nearest(name, known);
      report(name, "a data package has no file or folder of this name",
             suggestion.empty() ? "move it out; beside tables and scenarios only README*, LICENSE*, CITATION* and dot "
                                  "files may lie here"
                                : "did you mean \"" + suggestion + "\"?");
    }
  }

  void read_scenarios() {
    std::error_code error;
    if (!is_inside("scenarios")) return;
    const std::filesystem::path folder = root_ / "scenarios";
    if (!std::filesystem::is_directory(folder, error)) {
      report("scenarios", "this is not a folder", "make it a folder that holds one JSON file a scenario");
      return;
    }
    for (const std::string& name : names_in(folder, error)) {
      if (name.starts_with('.')) continue;
      if (!name.ends_with(".json")) {
        report("scenarios/" + name, "this is not a scenario", "only *.json files may lie in scenarios");
      } else {
        read_file("scenarios/" + name);
      }
    }
    if (error) report("scenarios", "the folder can not be read: " + error.message(), "check its permissions");
  }

  /// Whether a file is inside the folder after links are resolved; reports if not.
  bool is_inside(const std::string& name) {
    std::error_code error;
    const std::filesystem::path real = std::filesystem::canonical(root_ / name, error);
    if (error) {
      report(name, "the file can not be opened: " + error.message(), "check its permissions and where it links to");
      return false;
    }
    if (std::mismatch(root_.begin(), root_.end(), real.begin(), real.end()).first == root_.end()) return true;
    report(name, "this links to a place outside the folder", "copy the file into the folder");
    return false;
  }

  void read_file(const std::string& name) {
    if (!is_inside(name)) return;
    std::error_code error;
    if (!std::filesystem::is_regular_file(root_ / name, error)) {
      report(name, "this is not a regular file", "replace it by a file");
      return;
    }
    std::string reason;
    std::optional<std::string> text = read_text_file(root_ / name, reason);
    if (text) {
      package_.add(name, std::move(*text));
    } else {
      report(name, "the file can not be read: " + reason, "check its permissions");
    }
  }

  PackageText package_;
  std::filesystem::path root_;
  bool has_descriptor_ = false;
};

}  // namespace lode::inline LODE_ABI::io_detail
