// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <io/package_tables.hpp>
#include <lode/error.hpp>
#include <lode/io/data_package.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// The files of a data package as text, from a folder or from memory.
struct PackageText {
  std::string folder;                     ///< as the user wrote it
  std::optional<std::string> descriptor;  ///< datapackage.json
  std::array<std::optional<std::string>, table_count> tables;
  std::map<std::string, std::string> scenarios;  ///< by name: the file's stem
  /// What is wrong with the folder itself: unknown files, files that can not be read.
  std::vector<Issue> problems;

  /// How messages name a file of the folder.
  [[nodiscard]] std::string path(std::string_view file) const {
    const bool has_slash = !folder.empty() && folder.back() == '/';
    return folder + (has_slash ? "" : "/") + std::string(file);
  }

  /// Puts a file where it belongs; false for a name that a data package does not have.
  bool add(std::string_view name, std::string text) {
    constexpr std::string_view scenario_folder = "scenarios/";
    if (name == "datapackage.json") {
      descriptor = std::move(text);
    } else if (const std::optional<TableId> table = table_of_file(name)) {
      tables[static_cast<std::size_t>(*table)] = std::move(text);
    } else if (name.starts_with(scenario_folder) && name.ends_with(".json")) {
      name.remove_prefix(scenario_folder.size());
      name.remove_suffix(std::string_view(".json").size());
      scenarios[std::string(name)] = std::move(text);
    } else {
      return false;
    }
    return true;
  }
};

/// Reads the files of a folder; nothing outside it is opened. Throws `IoError` for a folder that can not be read.
[[nodiscard]] PackageText read_folder(const std::string& folder);

/// The data set that the files describe. Throws `InvalidData` with every problem of every file.
[[nodiscard]] LoadedDataset read_package(PackageText package);
/// The same for figures that need not balance.
[[nodiscard]] LoadedObservations read_published(PackageText package);

}  // namespace lode::inline LODE_ABI::io_detail
