// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <io/file_problems.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// One field of a row: its text without quotes, and the physical line on which it begins.
struct CsvField {
  std::string_view text;
  std::size_t line = 0;
};

/// Reads the rows of an RFC 4180 text in one pass. Beyond the RFC: a byte-order mark and LF line ends are legal, the
/// text is UTF-8 without NUL, and empty lines may only stand at the end. Problems are reported with the physical line
/// and the field number; reading goes on after them, so that every one is found.
///
///     CsvReader rows(text, problems);
///     while (rows.next()) use(rows.fields());
class CsvReader {
 public:
  /// `text` must outlive the reader.
  CsvReader(std::string_view text, FileProblems& problems);

  /// Moves to the next row; false at the end.
  bool next();

  /// The fields of the row; views into the text or into the reader, valid until the next call of `next`.
  [[nodiscard]] const std::vector<CsvField>& fields() const { return fields_; }
  /// The physical line on which the row begins.
  [[nodiscard]] std::size_t line() const { return row_line_; }
  /// The row has a problem that was reported: its fields may be wrong.
  [[nodiscard]] bool is_broken() const { return is_broken_; }
  /// A quote is never closed, so that the rest of the file can not be told from its text.
  [[nodiscard]] bool is_truncated() const { return is_truncated_; }

 private:
  [[nodiscard]] std::size_t line_end(std::size_t at) const;
  void read_field();
  void read_quoted();
  std::string_view read_plain(std::size_t line, bool after_quote);
  std::size_t check_character(std::size_t line);
  void report(std::size_t line, std::string what, std::string mend);

  std::string_view text_;
  FileProblems& problems_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
  std::vector<CsvField> fields_;
  std::deque<std::string> unescaped_;  ///< fields with doubled quotes, which need text of their own
  bool is_broken_ = false;
  bool is_field_broken_ = false;
  bool is_truncated_ = false;
};

}  // namespace lode::inline LODE_ABI::io_detail
