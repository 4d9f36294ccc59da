// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "run_program.hpp"

/// A data set of four rows a table, written by hand: one mine, one magnet maker, two countries that use magnets.
namespace lode_test {

using Tables = std::map<std::string, std::string>;

inline Tables small_tables() {
  return {
      {"sources.csv", "id,title,publisher,date,url,quality\n"},
      {"materials.csv", "id,name\nndpr,Neodymium-praseodymium\ndy,Dysprosium\n"},
      {"countries.csv", "id,name\nCHN,China\nJPN,Japan\n"},
      {"commodities.csv", "id,name,stage\nore,Ore,mining\nmagnet,Magnets,magnet\n"},
      {"composition.csv", "commodity,material,content\nore,ndpr,0.3\nore,dy,0.01\nmagnet,ndpr,0.3\nmagnet,dy,0.01\n"},
      {"facilities.csv",
       "id,name,kind,country,baseline\npit,The pit,mine,CHN,1000\nworks,The works,magnet_maker,CHN,1000\n"},
      {"recipes.csv", "facility,role,commodity,amount\npit,output,ore,1\nworks,input,ore,1\nworks,output,magnet,1\n"},
      {"end_uses.csv",
       "id,name,country,sector,commodity,demand\ncars_chn,Cars,CHN,ev,magnet,600\n"
       "cars_jpn,Cars,JPN,ev,magnet,400\n"},
      {"routes.csv",
       "from,to,commodity,flow\npit,works,ore,1000\nworks,cars_chn,magnet,600\nworks,cars_jpn,magnet,400\n"}};
}

inline std::string description_of(const Tables& tables) {
  std::string resources;
  for (const auto& [file, text] : tables) {
    std::string fields;
    const std::string header = text.substr(0, text.find('\n'));
    for (std::size_t begin = 0; begin <= header.size();) {
      const std::size_t end = std::min(header.find(',', begin), header.size());
      fields += (fields.empty() ? "" : ", ") + ("{\"name\": \"" + header.substr(begin, end - begin)) + "\"}";
      begin = end + 1;
    }
    resources += (resources.empty() ? "" : ",\n    ") + ("{\"name\": \"" + file.substr(0, file.size() - 4)) +
                 "\", \"path\": \"" + file + "\", \"schema\": {\"fields\": [" + fields + "]}}";
  }
  return "{\"name\": \"small\", \"title\": \"A small chain\", \"version\": \"1.0.0\", \"lode_format\": 1,\n"
         "  \"base_year\": 2024, \"licenses\": [{\"name\": \"CC0-1.0\"}],\n  \"resources\": [" +
         resources + "]}\n";
}

/// Half of what China sells to Japan.
inline std::string small_scenario(const std::string& name, double factor = 0.5) {
  return "{\"name\": \"" + name +
         "\", \"title\": \"China sells less\", \"shocks\": [{\"kind\": \"export\", "
         "\"country\": \"CHN\", \"commodity\": \"magnet\", \"factor\": " +
         std::to_string(factor) + ", \"start\": \"2025-04-04\"}]}\n";
}

inline void write_data(const std::filesystem::path& folder, const Tables& tables) {
  for (const auto& [file, text] : tables) write_file(folder / file, text);
  write_file(folder / "datapackage.json", description_of(tables));
}

/// Writes the data set to `folder`, with a scenario for each name.
inline void write_small_data(const std::filesystem::path& folder, const std::vector<std::string>& scenarios = {}) {
  write_data(folder, small_tables());
  for (const std::string& name : scenarios) write_file(folder / "scenarios" / (name + ".json"), small_scenario(name));
}

}  // namespace lode_test
