// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <io/csv_reader.hpp>
#include <io/number.hpp>
#include <io/package_tables.hpp>
#include <lode/detail/network_tables.hpp>
#include <lode/detail/text.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// Where the rows and columns of a table stand in its file, for problems that are found later.
struct TablePlaces {
  std::string file;
  std::vector<std::string> header;                                            ///< as written
  std::vector<std::pair<std::string_view, std::size_t>> fields;               ///< field number by column name
  std::vector<std::size_t> lines;                                             ///< first line by row
  std::unordered_map<std::size_t, std::vector<std::size_t>> lines_of_fields;  ///< of rows over several lines

  [[nodiscard]] std::size_t field(std::string_view column) const {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.first == column; });
    return found == fields.end() ? 1 : found->second;
  }
  [[nodiscard]] Place at(std::size_t row, std::string_view column) const {
    const std::size_t number = field(column);
    const auto lines_here = lines_of_fields.find(row);
    if (lines_here == lines_of_fields.end() || number > lines_here->second.size()) return {file, lines[row], number};
    return {file, lines_here->second[number - 1], number};
  }
};

using TextSet = std::unordered_set<std::string, detail::TextHash, std::equal_to<>>;

/// Reads a table row by row, by column name, and reports what is wrong with its header and cells.
///
/// A row that does not have as many fields as the header is `silent`: its cells are still read, so that names in it
/// are known to other tables, but nothing more is reported about it.
class TableReader {
 public:
  struct Column {
    std::string_view name;
    std::size_t position;  ///< in a row, or `absent`
  };
  static constexpr std::size_t absent = std::numeric_limits<std::size_t>::max();

  /// `text` and `places` must outlive the reader. Reads the header.
  TableReader(const TableSpec& spec, std::string_view text, FileProblems& problems, TablePlaces& places)
      : spec_(spec), problems_(problems), places_(places), rows_(text, problems) {
    places_.file = problems.file();
    if (!rows_.next()) {
      problems_.add(1, 1, "there is no header row", "begin the file with the names of its columns");
      is_incomplete_ = true;
    } else {
      is_incomplete_ = rows_.is_broken();
      field_count_ = rows_.fields().size();
      if (!is_incomplete_) read_header();
    }
  }

  [[nodiscard]] Column column(std::string_view name) const {
    for (const auto& [column, field] : places_.fields) {
      if (column == name) return {name, field - 1};
    }
    return {name, absent};
  }

  /// Moves to the next row; false at the end.
  bool next() {
    if (is_incomplete_ || !rows_.next()) return false;
    is_incomplete_ = rows_.is_truncated();
    const std::size_t row = places_.lines.size();
    places_.lines.push_back(rows_.line());
    const std::vector<CsvField>& fields = rows_.fields();
    if (fields.back().line != rows_.line()) {
      std::vector<std::size_t>& lines = places_.lines_of_fields[row];
      for (const CsvField& field : fields) lines.push_back(field.line);
    }
    is_silent_ = rows_.is_broken();
    if (fields.size() != field_count_ && !is_silent_) {
      problems_.add(
          rows_.line(), 1,
          "the row has " + std::to_string(fields.size()) + " fields but the header has " + std::to_string(field_count_),
          fields.size() > field_count_ ? "remove fields, or put text that holds a comma in quotes"
                                       : "add what is missing; an empty field still needs its comma");
      is_silent_ = true;
    }
    is_reported_ = is_silent_;
    return true;
  }

  /// The row's text; empty if absent.
  [[nodiscard]] std::string_view text(Column column) const {
    const std::vector<CsvField>& fields = rows_.fields();
    return column.position < fields.size() ? fields[column.position].text : std::string_view{};
  }

  /// The text of a cell that may not be empty.
  std::string_view required(Column column) {
    const std::string_view cell = text(column);
    if (cell.empty()) {
      // A column that is missing altogether was reported with the header.
      if (column.position == absent) is_reported_ = true;
      report(column, std::string(column.name) + " is empty", "give a value; this column may not be empty");
    }
    return cell;
  }

  /// The number in a cell; nothing if it is empty, or after reporting that it is not a number.
  std::optional<double> number(Column column) {
    const std::string_view cell = text(column);
    if (cell.empty()) return std::nullopt;
    const ParsedNumber parsed = parse_number(cell);
    if (parsed.fault == NumberFault::none) return parsed.value;
    if (parsed.fault == NumberFault::overflow) {
      report(column, std::string(column.name) + ' ' + shown(cell) + " is too large", "use a number below 1.8e308");
    } else {
      report(column, std::string(column.name) + ' ' + shown(cell) + " is not a number",
             "write it like -1.5 or 2e3: a point for decimals, no spaces, no thousands separators");
    }
    return std::nullopt;
  }
  std::optional<double> required_number(Column column) {
    if (required(column).empty()) return std::nullopt;
    return number(column);
  }

  /// Position of a cell's word in `names`, or `fallback` if it is empty or after reporting that it is none of them.
  std::size_t choice(Column column, std::span<const std::string_view> names, std::size_t fallback) {
    const std::string_view cell = text(column);
    if (cell.empty()) return fallback;
    const auto found = std::find(names.begin(), names.end(), cell);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    report(column, "unknown " + std::string(column.name) + ' ' + shown(cell), mend_for(cell, names));
    return fallback;
  }
  std::size_t required_choice(Column column, std::span<const std::string_view> names, std::size_t fallback) {
    if (required(column).empty()) return fallback;
    return choice(column, names, fallback);
  }

  /// The `source` and `note` of the row. `known`: the ids of sources.csv, or nullptr if they could not be read.
  Provenance provenance(Column source, Column note, const TextSet* known) {
    Provenance result{{}, std::string(text(note))};
    std::string_view rest = text(source);
    if (rest.empty()) return result;
    bool has_gap = false;
    for (std::size_t end = 0; end != std::string_view::npos;) {
      end = rest.find(';');
      const std::string_view id = rest.substr(0, end);
      rest.remove_prefix(std::min(rest.size(), id.size() + 1));
      if (known != nullptr && known->find(id) == known->end() && !(id.empty() && std::exchange(has_gap, true))) {
        report_source(source, id, *known);
      }
      result.sources.emplace_back(id);
    }
    return result;
  }

  /// Reports a problem of a cell of this row, unless all that can be said about the row has been said.
  void report(Column column, std::string what, std::string mend) {
    const bool was_known = is_silent_ || (column.position == absent && is_reported_);
    is_reported_ = true;
    if (!was_known) note_problem(column, std::move(what), std::move(mend));
  }

  [[nodiscard]] bool is_reported() const { return is_reported_; }
  [[nodiscard]] bool is_silent() const { return is_silent_; }
  /// Rows are missing because the file could not be read to its end.
  [[nodiscard]] bool is_incomplete() const { return is_incomplete_; }

 private:
  void read_header() {
    std::vector<std::string_view> names;
    for (const ColumnSpec& column : spec_.columns) names.push_back(column.name);
    const auto is_there = [this](std::string_view name) {
      return std::any_of(places_.fields.begin(), places_.fields.end(), [&](const auto& f) { return f.first == name; });
    };
    const auto spec_named = [&](std::string_view name) {
      return std::find_if(spec_.columns.begin(), spec_.columns.end(),
                          [&](const ColumnSpec& column) { return column.name == name; });
    };
    const std::vector<CsvField>& fields = rows_.fields();
    for (const CsvField& field : fields) places_.header.emplace_back(field.text);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const auto known = spec_named(fields[i].text);
      if (known == spec_.columns.end()) continue;
      if (is_there(known->name)) {
        problems_.add(fields[i].line, i + 1, "column " + shown(known->name) + " is there twice",
                      "remove one of the two");
      } else {
        places_.fields.emplace_back(known->name, i + 1);
      }
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (spec_named(fields[i].text) != spec_.columns.end()) continue;
      problems_.add(fields[i].line, i + 1,
                    "unknown column " + shown(fields[i].text) + " in " + std::string(spec_.name) + ".csv",
                    mend_for(fields[i].text, names));
      // A misspelt column is read as what it was meant to be: one mistake, one message.
      const auto meant = spec_named(nearest(fields[i].text, names));
      if (meant != spec_.columns.end() && !is_there(meant->name)) places_.fields.emplace_back(meant->name, i + 1);
    }
    for (const ColumnSpec& column : spec_.columns) {
      if (!column.is_required || is_there(column.name)) continue;
      problems_.add(rows_.line(), 1, "required column " + shown(column.name) + " is missing",
                    "add the column and its values");
    }
  }

  void report_source(Column source, std::string_view id, const TextSet& known) {
    if (is_silent_) return;
    if (id.empty()) {
      note_problem(source, "empty source id in " + shown(text(source)),
                   "write ids of sources.csv with one ';' between them");
      return;
    }
    // Suggestions cost a pass over all ids; beyond a few hundred problems nobody reads them.
    std::vector<std::string_view> candidates;
    if (++suggestions_ <= 300) candidates.assign(known.begin(), known.end());
    std::sort(candidates.begin(), candidates.end());
    const std::string suggestion = nearest(id, candidates);
    note_problem(source, "unknown source " + shown(id),
                 suggestion.empty() ? "add it to sources.csv or correct the id"
                                    : "did you mean " + detail::quoted(suggestion) + "?");
  }

  /// A problem that keeps the row usable.
  void note_problem(Column column, std::string what, std::string mend) {
    const std::vector<CsvField>& fields = rows_.fields();
    const bool is_here = column.position < fields.size();
    problems_.add(is_here ? fields[column.position].line : rows_.line(), is_here ? column.position + 1 : 1,
                  std::move(what), std::move(mend));
  }

  const TableSpec& spec_;
  FileProblems& problems_;
  TablePlaces& places_;
  CsvReader rows_;
  std::size_t field_count_ = 0;
  int suggestions_ = 0;
  bool is_reported_ = false;
  bool is_silent_ = false;
  bool is_incomplete_ = false;
};

}  // namespace lode::inline LODE_ABI::io_detail
