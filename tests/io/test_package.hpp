// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <lode/io/data_package.hpp>

namespace lode_test {

/// A folder under the system's temporary one that is removed at the end of its scope.
class ScratchFolder {
 public:
  ScratchFolder() {
    static std::atomic<unsigned> count{0};
    std::random_device random;
    path_ = std::filesystem::temp_directory_path() /
            ("lode-io-test-" + std::to_string(random()) + '-' + std::to_string(++count));
    std::filesystem::create_directories(path_);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline void write_text(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

inline std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// The files of a small valid data set, which tests spoil one place at a time.
class TestPackage {
 public:
  std::map<std::string, std::string> files = {
      {"materials.csv", "id,name\nndpr,NdPr\ndy,Dysprosium\n"},
      {"countries.csv", "id,name,governance\nCHN,China,-0.4\nDEU,Germany,\n"},
      {"commodities.csv", "id,name,stage\nclay,Clay,mining\ndy_oxide,Dy oxide,separation\nmagnet,Magnet,magnet\n"},
      {"composition.csv", "commodity,material,content\nclay,dy,0.02\ndy_oxide,dy,0.8\nmagnet,dy,0.04\n"},
      {"facilities.csv",
       "id,name,kind,country,baseline,capacity\npit,Pit,mine,CHN,100,\nplant,Plant,refiner,CHN,100,120\n"
       "works,Works,magnet_maker,DEU,40,50\n"},
      {"recipes.csv",
       "facility,role,commodity,amount,criticality\npit,output,clay,1,\nplant,feed,clay,,\n"
       "plant,recovery,dy_oxide,0.9,\nworks,input,dy_oxide,0.05,1\nworks,output,magnet,1,\n"},
      {"end_uses.csv", "id,name,country,sector,commodity,demand\ncars,Cars,DEU,ev,magnet,40\n"},
      {"routes.csv",
       "from,to,commodity,flow,source\npit,plant,clay,100,S1\nplant,works,dy_oxide,2,\nworks,cars,magnet,40,S1\n"},
      {"sources.csv", "id,title,publisher,date,url,quality\nS1,Survey,Office,2025,https://example.org,sourced\n"},
      {"scenarios/cut.json",
       "{\"name\": \"cut\", \"shocks\": [\n{\"kind\": \"export\", \"country\": \"CHN\", \"factor\": 0.5}\n]}\n"}};

  /// What datapackage.json says unless a test gives it: every table with the columns of its header, a resource a line.
  [[nodiscard]] std::string descriptor() const {
    std::string text =
        "{\"name\": \"small\", \"version\": \"1\", \"lode_format\": 1,\n\"base_year\": 2024, \"licenses\": "
        "[],\n\"resources\": [";
    bool is_first = true;
    for (const auto& [name, content] : files) {
      if (!name.ends_with(".csv")) continue;
      text += std::exchange(is_first, false) ? "\n" : ",\n";
      text += "{\"name\": \"" + name.substr(0, name.size() - 4) + "\", \"path\": \"" + name +
              "\", \"schema\": {\"fields\": [";
      std::istringstream header(content.substr(0, content.find('\n')));
      std::string column;
      bool is_first_column = true;
      while (std::getline(header, column, ',')) {
        text += std::exchange(is_first_column, false) ? "" : ", ";
        text += "{\"name\": \"" + column + "\"}";
      }
      text += "]}}";
    }
    return text + "\n]}\n";
  }

  /// Writes datapackage.json as it is now, so that later changes do not follow.
  TestPackage& fix_descriptor() {
    if (!files.contains("datapackage.json")) files["datapackage.json"] = descriptor();
    return *this;
  }

  /// Replaces text that must be there.
  TestPackage& spoil(const std::string& file, const std::string& from, const std::string& to) {
    std::string& text = files.at(file);
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::logic_error(file + " does not hold " + from);
    text.replace(at, from.size(), to);
    return *this;
  }

  void write(const std::filesystem::path& folder) const {
    for (const auto& [name, text] : files) write_text(folder / name, text);
    if (!files.contains("datapackage.json")) write_text(folder / "datapackage.json", descriptor());
  }

  /// The messages of reading it, a line each, with `D` for the folder; empty if it is valid.
  [[nodiscard]] std::string messages() const {
    const ScratchFolder folder;
    write(folder.path());
    return messages_of(folder.path().string());
  }

  [[nodiscard]] static std::string messages_of(const std::string& folder) {
    try {
      (void)lode::read_dataset(folder);
    } catch (const lode::Error& error) {
      return replaced(error.what(), folder, "D");
    }
    return {};
  }
};

/// tests/data, where data sets lie.
inline std::filesystem::path data_folder() {
  return std::filesystem::path(__FILE__).parent_path().parent_path() / "data";
}

}  // namespace lode_test
