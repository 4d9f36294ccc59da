// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <io/csv_reader.hpp>

#include <array>
#include <utility>

#include <io/utf8.hpp>

namespace lode::inline LODE_ABI::io_detail {

namespace {

/// Bytes that need no thought inside a field without quotes.
constexpr std::array<bool, 256> plain_bytes = [] {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 1; byte < 0x80; ++byte) plain[byte] = true;
  plain[','] = plain['"'] = plain['\r'] = plain['\n'] = false;
  return plain;
}();

bool is_plain(char c) {
  return plain_bytes[static_cast<unsigned char>(c)];
}

std::string without_doubled_quotes(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    result += text[i];
    if (text[i] == '"') ++i;
  }
  return result;
}

}  // namespace

CsvReader::CsvReader(std::string_view text, FileProblems& problems) : text_(text), problems_(problems) {
  if (text_.starts_with(byte_order_mark)) text_.remove_prefix(byte_order_mark.size());
}

/// Bytes of the line end at `at`: 1 (LF), 2 (CRLF) or 0.
std::size_t CsvReader::line_end(std::size_t at) const {
  if (at >= text_.size()) return 0;
  if (text_[at] == '\n') return 1;
  return text_[at] == '\r' && at + 1 < text_.size() && text_[at + 1] == '\n' ? 2 : 0;
}

bool CsvReader::next() {
  fields_.clear();
  unescaped_.clear();
  is_broken_ = false;
  const std::size_t first_empty = line_;
  while (const std::size_t bytes = line_end(at_)) {
    at_ += bytes;
    ++line_;
  }
  if (at_ >= text_.size()) return false;
  for (std::size_t line = first_empty; line < line_; ++line) {
    problems_.add(line, 1, "empty line", "remove it; an empty line may only stand at the end of the file");
  }
  row_line_ = line_;
  for (;;) {
    read_field();
    if (at_ >= text_.size() || text_[at_] != ',') break;
    ++at_;
  }
  if (const std::size_t bytes = line_end(at_)) {
    at_ += bytes;
    ++line_;
  }
  return true;
}

void CsvReader::read_field() {
  is_field_broken_ = false;
  if (at_ < text_.size() && text_[at_] == '"') {
    read_quoted();
  } else {
    const std::size_t line = line_;
    fields_.push_back({read_plain(line, false), line});
  }
}

/// The text up to the next comma or line end. `after_quote`: what stands there should not.
std::string_view CsvReader::read_plain(std::size_t line, bool after_quote) {
  const std::size_t start = at_;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (is_plain(c)) {
      ++at_;
    } else if (c == ',' || line_end(at_) > 0) {
      break;
    } else if (c == '"') {
      if (!after_quote) {
        report(line, "a quote inside a field that does not begin with one",
               "put the whole field in quotes and double the quotes inside it");
      }
      ++at_;
    } else if (c == '\r') {
      report(line, "a carriage return without a line feed", "end lines with LF or CRLF");
      ++at_;
    } else {
      at_ += check_character(line);
    }
  }
  return text_.substr(start, at_ - start);
}

void CsvReader::read_quoted() {
  const std::size_t line = line_;
  const std::size_t start = ++at_;
  bool has_doubled = false;
  for (;;) {
    if (at_ >= text_.size()) {
      report(line, "a quote is opened here and never closed", "close it, or double it if it belongs to the text");
      fields_.push_back({text_.substr(start), line});
      is_truncated_ = true;
      return;
    }
    const char c = text_[at_];
    if (c == '"') {
      if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
      has_doubled = true;
      at_ += 2;
    } else if (c == '\n') {
      ++line_;
      ++at_;
    } else if (is_plain(c) || c == ',' || c == '\r') {
      ++at_;
    } else {
      at_ += check_character(line);
    }
  }
  std::string_view field = text_.substr(start, at_ - start);
  ++at_;
  if (has_doubled) field = unescaped_.emplace_back(without_doubled_quotes(field));
  if (at_ < text_.size() && text_[at_] != ',' && line_end(at_) == 0) {
    report(line, "text after the closing quote", "end the field after its closing quote, or double quotes inside it");
    read_plain(line, true);
  }
  fields_.push_back({field, line});
}

/// Length of the character at the reader, which is not plain ASCII; 1 after reporting that it is none.
std::size_t CsvReader::check_character(std::size_t line) {
  if (text_[at_] == '\0') {
    report(line, "a NUL byte", "save the file as UTF-8 text without NUL bytes");
    return 1;
  }
  const std::size_t length = utf8_length(text_, at_);
  if (length > 0) return length;
  report(line, "bytes that are not UTF-8", "save the file as UTF-8");
  return 1;
}

/// The first problem of a field; those that follow from it are not worth a line.
void CsvReader::report(std::size_t line, std::string what, std::string mend) {
  is_broken_ = true;
  if (std::exchange(is_field_broken_, true)) return;
  problems_.add(line, fields_.size() + 1, std::move(what), std::move(mend));
}

}  // namespace lode::inline LODE_ABI::io_detail
