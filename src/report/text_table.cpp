// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "report/text_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <utility>

namespace lode::inline LODE_ABI::detail {
namespace {

constexpr std::size_t gap = 2;           // blanks between columns
constexpr std::size_t least_column = 8;  // text columns are not shortened below this

std::string padded(std::string_view text, std::size_t width, bool right) {
  const std::string blanks(width > text.size() ? width - text.size() : 0, ' ');
  return right ? blanks + std::string(text) : std::string(text) + blanks;
}

/// Appends `line` without the blanks at its end.
void append_line(std::string& text, std::string_view line) {
  const std::size_t last = line.find_last_not_of(' ');
  if (last != std::string_view::npos) text += line.substr(0, last + 1);
  text += '\n';
}

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// "0", "<0.1", one decimal below 100, none above.
std::string graded_text(double number) {
  const double size = std::fabs(number);
  if (size == 0.0 || !std::isfinite(number)) return decimal_text(number, 0);
  if (size < 0.05) return number < 0 ? ">-0.1" : "<0.1";
  return decimal_text(number, size < 99.95 ? 1 : 0);
}

}  // namespace

TextTable::TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns)) {}

void TextTable::add_row(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = std::max(columns_[c].head.size(), columns_[c].unit.size());
    for (const auto& row : rows_) width = std::max(width, row[c].size());
    widths.push_back(width);
  }
  // A group's title needs room: its first column takes what is missing.
  for (std::size_t begin = 0; begin < columns_.size();) {
    std::size_t end = begin + 1, room = widths[begin];
    for (; end < columns_.size() && columns_[end].group == columns_[begin].group; ++end) room += gap + widths[end];
    const std::size_t title = columns_[begin].group.size();
    if (title > room) widths[begin] += title - room;
    begin = end;
  }
  return widths;
}

std::size_t TextTable::width() const {
  const std::vector<std::size_t> columns = widths();
  if (columns.empty()) return 0;
  return std::accumulate(columns.begin(), columns.end(), std::size_t{0}) + gap * (columns.size() - 1);
}

std::string TextTable::text(std::size_t most) const {
  if (columns_.empty()) return {};
  std::vector<std::size_t> widths = this->widths();
  for (std::size_t excess = std::max(width(), most) - most; excess > 0; --excess) {
    std::size_t widest = columns_.size();
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (!columns_[c].number && widths[c] > least_column && (widest == columns_.size() || widths[c] > widths[widest]))
        widest = c;
    }
    if (widest == columns_.size()) break;
    --widths[widest];
  }

  const auto line = [&](auto cell) {
    std::string whole;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const std::string& content = cell(c);
      const bool number = columns_[c].number;
      whole += padded(number ? content : shortened(content, widths[c]), widths[c], number);
      whole += std::string(gap, ' ');
    }
    return whole;
  };
  std::string text;
  if (std::any_of(columns_.begin(), columns_.end(), [](const TextColumn& c) { return !c.group.empty(); })) {
    std::string whole;
    for (std::size_t begin = 0; begin < columns_.size();) {
      std::size_t end = begin + 1, room = widths[begin];
      for (; end < columns_.size() && columns_[end].group == columns_[begin].group; ++end) room += gap + widths[end];
      whole += padded(columns_[begin].group, room, true) + std::string(gap, ' ');
      begin = end;
    }
    append_line(text, whole);
  }
  append_line(text, line([&](std::size_t c) -> const std::string& { return columns_[c].head; }));
  if (std::any_of(columns_.begin(), columns_.end(), [](const TextColumn& c) { return !c.unit.empty(); }))
    append_line(text, line([&](std::size_t c) -> const std::string& { return columns_[c].unit; }));
  const std::size_t total = std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
  text += std::string(total, '-') + '\n';
  for (const auto& row : rows_) append_line(text, line([&](std::size_t c) -> const std::string& { return row[c]; }));
  return text;
}

std::string decimal_text(double number, int decimals) {
  char buffer[64];
  if (!(std::fabs(number) < 1e15)) {
    return {buffer, std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific, 3).ptr};
  }
  std::string digits{
      buffer, std::to_chars(buffer, buffer + sizeof buffer, std::fabs(number), std::chars_format::fixed, decimals).ptr};
  const bool is_zero = digits.find_first_not_of("0.") == std::string::npos;
  const std::size_t whole = std::min(digits.find('.'), digits.size());
  for (std::size_t at = whole; at > 3;) digits.insert(at -= 3, 1, ',');
  return number < 0 && !is_zero ? '-' + digits : digits;
}

std::string tonnes_text(double tonnes) {
  return graded_text(tonnes);
}

std::string percent_text(double share) {
  return graded_text(100.0 * share);
}

std::string percent_text(double part, double whole) {
  return whole > 0.0 ? percent_text(part / whole) : "-";
}

std::string count_text(std::size_t count) {
  return decimal_text(static_cast<double>(count), 0);
}

std::string count_text(std::size_t count, std::string_view one) {
  return count_text(count) + ' ' + std::string(one) + (count == 1 ? "" : "s");
}

std::string label(const std::string& name, const std::string& id) {
  return name.empty() || !is_printable_ascii(name) ? id : name;
}

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  return std::string(text.substr(0, most > 2 ? most - 2 : 0)) + std::string(std::min<std::size_t>(most, 2), '.');
}

std::vector<std::string> lines_of(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = shortened(text.substr(begin, end - begin), width);
    begin = end + 1;
    if (word.empty()) continue;
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
  }
  return lines;
}

std::string wrapped(std::string_view text, std::size_t indent, std::string_view lead) {
  std::string result = lead.empty() ? std::string{} : padded(lead, indent, false);
  for (const std::string& line : lines_of(text, report_width - indent)) {
    if (result.ends_with('\n')) result += std::string(indent, ' ');
    result += line + '\n';
  }
  return result;
}

}  // namespace lode::inline LODE_ABI::detail
