// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <lode/config.hpp>

/// Tables and numbers for people, in plain ASCII. Private; shared by the reports and the program.
///
///     TextTable table({{.head = "Country"}, {.head = "Short", .unit = "t/yr", .number = true}});
///     table.add_row({"Japan", tonnes_text(1234.5)});
///     std::cout << table.text();
namespace lode::inline LODE_ABI::detail {

/// Lines of a report are at most this long.
inline constexpr std::size_t report_width = 100;

struct TextColumn {
  std::string head;
  std::string unit = {};   ///< second line of the head
  bool number = false;     ///< right-aligned and never shortened
  std::string group = {};  ///< neighbours of one group share a line above their heads
};

/// Rows under a head, as wide as their content. Text columns are shortened ("..") where the table gets too wide.
class TextTable {
 public:
  explicit TextTable(std::vector<TextColumn> columns);

  /// One cell a column; missing cells are empty.
  void add_row(std::vector<std::string> cells);

  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// Characters in the longest line, before anything is shortened.
  [[nodiscard]] std::size_t width() const;
  /// Head, rule and rows, each line ending in a newline and without blanks at its end.
  [[nodiscard]] std::string text(std::size_t most = report_width) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths() const;

  std::vector<TextColumn> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// `number` with `decimals` places and commas between thousands; 4 significant digits from 1e15 on. Never "-0".
[[nodiscard]] std::string decimal_text(double number, int decimals);

/// Tonnes: one decimal below 100, none above; "0" for none and "<0.1" for what would look like none.
[[nodiscard]] std::string tonnes_text(double tonnes);

/// A share as percent with one decimal, without the sign: 0.125 is "12.5"; "0", "<0.1" and "100" as for tonnes.
[[nodiscard]] std::string percent_text(double share);

/// As `percent_text(part / whole)`, or "-" where there is no whole.
[[nodiscard]] std::string percent_text(double part, double whole);

[[nodiscard]] std::string count_text(std::size_t count);

/// "1 shock", "2 shocks".
[[nodiscard]] std::string count_text(std::size_t count, std::string_view one);

/// The name where it is printable ASCII, else the id: data may hold any Unicode, terminals and logs may not.
[[nodiscard]] std::string label(const std::string& name, const std::string& id);

/// `text` cut to `most` characters, ending in ".." if something is missing.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t most);

/// `text` broken at blanks into lines of at most `width`; longer words are shortened. At least one line.
[[nodiscard]] std::vector<std::string> lines_of(std::string_view text, std::size_t width);

/// Breaks `text` into lines of at most `report_width`. The first begins with `lead`, the others with `indent` blanks;
/// `lead` is filled up to `indent`.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent = 0, std::string_view lead = {});

}  // namespace lode::inline LODE_ABI::detail
