// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdlib>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <lode/network_builder.hpp>

/// Small networks as readable tables, in the manner of LEMON's graph format:
///
///     @commodities
///     ore     mining      dy=0.02              (contents; - for none)
///     oxide   separation  dy=0.5
///     @facilities
///     mine    mine     CHN  1000  -            ore           (id kind country baseline takes makes)
///     spare   mine     CHN  1000<1500  -       ore           (baseline 1000, capacity 1500; the same for routes)
///     plant   refiner  CHN  1000  ore          oxide*0.9     (a refiner or recycler: feeds, recoveries)
///     maker   other    JPN   10   oxide*2~0.5  part          (amount 2, criticality 0.5)
///     @end_uses
///     cars    USA  part  10  [weight]
///     @routes
///     mine  plant  ore  1000@14                                (lead time: 14 days)
///     @reserves
///     cars  part  5
///     @stocks
///     cars  part  5  [output]
///
/// Materials and countries are those that the tables mention, in order of appearance. `#` starts a comment.
namespace lode_test {

namespace text_network {

inline double number(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') throw std::invalid_argument("not a number: " + text);
  return value;
}

/// "a,b,c"; "-" is the empty list.
inline std::vector<std::string> list(const std::string& text) {
  std::vector<std::string> items;
  std::istringstream stream(text);
  for (std::string item; text != "-" && std::getline(stream, item, ',');) items.push_back(item);
  return items;
}

/// What follows `mark` in `text` as a number, cut off from it; `absent` if there is no mark.
inline double cut_number(std::string& text, char mark, double absent) {
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) return absent;
  const double value = number(text.substr(at + 1));
  text.resize(at);
  return value;
}

/// "100<150" is 100 with a capacity of 150.
inline std::optional<lode::TonnesPerYear> cut_capacity(std::string& text) {
  const double capacity = cut_number(text, '<', -1.0);
  if (capacity < 0.0) return std::nullopt;
  return capacity * lode::tonnes_per_year;
}

inline lode::FacilityKind kind(const std::string& word) {
  for (const lode::FacilityKind kind :
       {lode::FacilityKind::mine, lode::FacilityKind::refiner, lode::FacilityKind::metal_maker,
        lode::FacilityKind::magnet_maker, lode::FacilityKind::recycler, lode::FacilityKind::other}) {
    if (to_string(kind) == word) return kind;
  }
  throw std::invalid_argument("no facility kind: " + word);
}

inline lode::Stage stage(const std::string& word) {
  for (const lode::Stage stage :
       {lode::Stage::mining, lode::Stage::separation, lode::Stage::metal, lode::Stage::magnet, lode::Stage::product}) {
    if (to_string(stage) == word) return stage;
  }
  throw std::invalid_argument("no stage: " + word);
}

}  // namespace text_network

inline lode::NetworkBuilder parse_builder(std::string_view text) {
  using namespace text_network;
  lode::NetworkBuilder world;
  std::vector<std::string> known;
  const auto once = [&known](const std::string& name, auto add) {
    for (const std::string& seen : known) {
      if (seen == name) return;
    }
    known.push_back(name);
    add(name);
  };
  const auto country = [&](const std::string& name) {
    once(name, [&](const std::string& id) { world.add_country(id); });
  };
  std::istringstream lines{std::string(text)};
  std::string table;
  for (std::string line; std::getline(lines, line);) {
    line = line.substr(0, line.find('#'));
    std::istringstream words(line);
    std::vector<std::string> row;
    for (std::string word; words >> word;) row.push_back(word);
    if (row.empty()) continue;
    if (row[0][0] == '@') {
      table = row[0].substr(1);
    } else if (table == "commodities") {
      const lode::CommodityId id = world.add_commodity(row.at(0), stage(row.at(1)));
      for (std::string part : list(row.at(2))) {
        const double content = cut_number(part, '=', 1.0);
        once(part, [&](const std::string& material) { world.add_material(material); });
        world.add_content(id, part, content);
      }
    } else if (table == "facilities") {
      country(row.at(2));
      const lode::FacilityKind what = kind(row.at(1));
      const auto capacity = cut_capacity(row.at(3));
      const lode::FacilityId id =
          world.add_facility(row.at(0), {}, what, row.at(2), number(row.at(3)) * lode::tonnes_per_year, capacity);
      const bool separates = what == lode::FacilityKind::refiner || what == lode::FacilityKind::recycler;
      for (std::string use : list(row.at(4))) {
        const double criticality = cut_number(use, '~', 1.0);
        const double amount = cut_number(use, '*', 1.0);
        if (separates) {
          world.add_feed(id, use);
        } else {
          world.add_input(id, use, amount, criticality);
        }
      }
      for (std::string product : list(row.at(5))) {
        const double amount = cut_number(product, '*', 1.0);
        if (separates) {
          world.add_recovery(id, product, amount);
        } else {
          world.add_output(id, product, amount);
        }
      }
    } else if (table == "end_uses") {
      country(row.at(1));
      world.add_end_use(row.at(0), row.at(1),
                        {.takes = row.at(2),
                         .demand = number(row.at(3)) * lode::tonnes_per_year,
                         .weight = row.size() > 4 ? number(row[4]) : 1.0});
    } else if (table == "routes") {
      const double lead = cut_number(row.at(3), '@', 0.0);
      const auto capacity = cut_capacity(row.at(3));
      world.add_route(row.at(0), row.at(1), row.at(2), number(row.at(3)) * lode::tonnes_per_year,
                      {.capacity = capacity, .lead_time = lead * lode::days});
    } else if (table == "reserves") {
      world.add_stock(row.at(0), row.at(1), number(row.at(2)) * lode::tonnes, lode::StockKind::reserve);
    } else if (table == "stocks") {
      const bool finished = row.size() > 3 && row[3] == "output";
      world.add_stock(row.at(0), row.at(1), number(row.at(2)) * lode::tonnes,
                      finished ? lode::StockKind::output : lode::StockKind::input);
    } else {
      throw std::invalid_argument("no table: " + table);
    }
  }
  return world;
}

inline lode::Network parse_network(std::string_view text) {
  return parse_builder(text).build();
}

}  // namespace lode_test
