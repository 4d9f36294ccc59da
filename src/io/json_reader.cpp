// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <io/json_reader.hpp>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <io/json_writer.hpp>
#include <io/number.hpp>
#include <io/utf8.hpp>
#include <nlohmann/json.hpp>

namespace lode::inline LODE_ABI::io_detail {

namespace {

/// A position in a text, counted in lines and bytes.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::size_t line() const { return line_; }
  [[nodiscard]] std::size_t column() const { return at_ - line_start_ + 1; }
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return text_[at_]; }

  void step() {
    if (text_[at_++] != '\n') return;
    ++line_;
    line_start_ = at_;
  }
  void move_to(std::size_t position) {
    while (at_ < position && !at_end()) step();
  }
  /// To the start of the next token; separators before `limit` are passed too.
  void skip_separators(std::size_t limit) {
    while (!at_end()) {
      const char c = peek();
      const bool is_separator = (c == ',' || c == ':') && at_ < limit;
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n' && !is_separator) return;
      step();
    }
  }
  /// Past one token that is known to be well formed; its text.
  std::string_view take_token() {
    const std::size_t start = at_;
    if (peek() == '"') {
      step();
      while (peek() != '"') {
        if (peek() == '\\') step();
        step();
      }
      step();
    } else {
      step();
      const auto is_inside = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'E' || c == '+' || c == '-' || c == '.';
      };
      if (is_inside(text_[start])) {
        while (!at_end() && is_inside(peek())) step();
      }
    }
    return text_.substr(start, at_ - start);
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t line_start_ = 0;
};

/// Builds the tree from the parser's events. The events carry no positions, so the cursor walks the tokens, which the
/// parser has validated by then, in step with them.
class TreeBuilder {
 public:
  TreeBuilder(std::string_view text, FileProblems& problems) : text_(text), cursor_(text), problems_(problems) {}

  [[nodiscard]] JsonValue take_root() { return std::move(root_); }

  bool null() {
    scalar(JsonValue::Type::null);
    return true;
  }
  bool boolean(bool flag) {
    scalar(JsonValue::Type::boolean).flag = flag;
    return true;
  }
  bool number_integer(long long) { return number(); }
  bool number_unsigned(unsigned long long) { return number(); }
  bool number_float(double, const std::string&) { return number(); }
  bool string(std::string& text) {
    JsonValue& value = scalar(JsonValue::Type::text);
    value.text = std::move(text);
    refuse_nul(value.text, value.line, value.column);
    return true;
  }
  bool binary(std::vector<std::uint8_t>&) { return false; }

  bool start_object(std::size_t) { return start(JsonValue::Type::object); }
  bool start_array(std::size_t) { return start(JsonValue::Type::array); }
  bool end_object() { return end(); }
  bool end_array() { return end(); }

  bool key(std::string& name) {
    cursor_.skip_separators(text_.size());
    JsonKey key{std::move(name), cursor_.line(), cursor_.column()};
    cursor_.take_token();
    refuse_nul(key.name, key.line, key.column);
    if (!names_.back().insert(key.name).second) {
      problems_.add(key.line, key.column, "key " + shown(key.name) + " is there twice", "keep one of the two");
    }
    open_.back()->keys.push_back(std::move(key));
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) {
    constexpr int number_overflow = 406;
    cursor_.skip_separators(position > 0 ? position - 1 : 0);
    const std::size_t line = cursor_.line();
    const std::size_t column = cursor_.column();
    if (error.id == number_overflow) {
      problems_.add(line, column, "number " + shown(cursor_.take_token()) + " is too large",
                    "use a number below 1.8e308");
    } else if (std::string_view(error.what()).find("invalid string") != std::string_view::npos) {
      report_bad_string(position, line, column);
    } else {
      report_unexpected(line, column);
    }
    return false;
  }

 private:
  JsonValue& scalar(JsonValue::Type type) {
    JsonValue& value = place(type);
    token_ = cursor_.take_token();
    return value;
  }

  bool number() {
    JsonValue& value = scalar(JsonValue::Type::number);
    value.text = token_;
    value.number = parse_number(token_).value;
    return true;
  }

  bool start(JsonValue::Type type) {
    JsonValue& value = place(type);
    if (open_.size() == json_most_depth) {
      problems_.add(value.line, value.column, "objects and arrays nest more than 64 deep", "flatten the file");
      return false;
    }
    cursor_.take_token();
    open_.push_back(&value);
    names_.emplace_back();
    return true;
  }

  bool end() {
    cursor_.skip_separators(text_.size());
    cursor_.take_token();
    open_.pop_back();
    names_.pop_back();
    return true;
  }

  /// A new value where the parser stands. Parents do not grow while a child is open, so pointers to them hold.
  JsonValue& place(JsonValue::Type type) {
    cursor_.skip_separators(text_.size());
    JsonValue& value = open_.empty() ? root_ : open_.back()->items.emplace_back();
    value.type = type;
    value.line = cursor_.line();
    value.column = cursor_.column();
    return value;
  }

  void refuse_nul(const std::string& text, std::size_t line, std::size_t column) {
    if (text.find('\0') == std::string::npos) return;
    problems_.add(line, column, "text with a NUL character", "remove \\u0000");
  }

  void report_bad_string(std::size_t position, std::size_t line, std::size_t column) {
    if (position > text_.size()) {
      problems_.add(line, column, "a string is opened here and never closed", "close it with a quote");
      return;
    }
    cursor_.move_to(position - 1);
    const bool is_control = static_cast<unsigned char>(cursor_.peek()) < 0x20;
    problems_.add(cursor_.line(), cursor_.column(),
                  is_control ? "a line break or control character inside a string" : "a wrong escape in a string",
                  is_control ? "write it as an escape such as \\n, or close the string with a quote"
                             : "write \\\\ for a backslash; escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
  }

  void report_unexpected(std::size_t line, std::size_t column) {
    if (cursor_.at_end()) {
      const bool is_empty = root_.type == JsonValue::Type::null && open_.empty();
      problems_.add(line, column, is_empty ? "the file is empty" : "the file ends too early",
                    is_empty ? "write a JSON object" : "close every bracket that is open");
      return;
    }
    const char c = cursor_.peek();
    std::size_t length = 1;
    if (c == '"') {
      length = cursor_.take_token().size();
    } else {
      constexpr std::string_view stops = " \t\r\n,:\"{}[]";
      if (stops.find(c) == std::string_view::npos) length = text_.find_first_of(stops, cursor_.at()) - cursor_.at();
    }
    const std::size_t start = c == '"' ? cursor_.at() - length : cursor_.at();
    problems_.add(line, column,
                  "unexpected " + (c == '"' ? "text " : std::string{}) +
                      (c == '"' ? shown(text_.substr(start + 1, length - 2)) : shown(text_.substr(start, length))),
                  mend_unexpected(c));
  }

  [[nodiscard]] static std::string mend_unexpected(char c) {
    switch (c) {
      case ',':
      case ':':
      case '}':
      case ']':
        return "look for a value that is missing, a comma too many or a bracket that does not match";
      case '"':
      case '{':
      case '[':
        return "look for a comma or colon that is missing before it";
      case '\'':
        return "put text and keys in double quotes";
      case '/':
      case '#':
        return "remove it; JSON has no comments";
      default:
        return "put text and keys in double quotes; numbers are written like -1.5 or 2e-3";
    }
  }

  std::string_view text_;
  Cursor cursor_;
  FileProblems& problems_;
  JsonValue root_;
  std::vector<JsonValue*> open_;
  std::vector<std::unordered_set<std::string>> names_;  ///< keys so far, by open value
  std::string_view token_;
};

/// Reports the first byte that no JSON text holds.
bool is_text(std::string_view text, FileProblems& problems) {
  Cursor cursor(text);
  while (!cursor.at_end()) {
    const std::size_t length = cursor.peek() == '\0' ? 0 : utf8_length(text, cursor.at());
    if (length == 0) {
      const bool is_nul = cursor.peek() == '\0';
      problems.add(cursor.line(), cursor.column(), is_nul ? "a NUL byte" : "bytes that are not UTF-8",
                   is_nul ? "save the file as UTF-8 text without NUL bytes" : "save the file as UTF-8");
      return false;
    }
    for (std::size_t i = 0; i < length; ++i) cursor.step();
  }
  return true;
}

void write(const JsonValue& value, std::string& out) {
  switch (value.type) {
    case JsonValue::Type::null:
      out += "null";
      return;
    case JsonValue::Type::boolean:
      out += value.flag ? "true" : "false";
      return;
    case JsonValue::Type::number:
      out += value.text;
      return;
    case JsonValue::Type::text:
      out += json_text(value.text);
      return;
    case JsonValue::Type::array:
    case JsonValue::Type::object:
      break;
  }
  const bool is_object = value.is(JsonValue::Type::object);
  out += is_object ? '{' : '[';
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0) out += ", ";
    if (is_object) out += json_text(value.keys[i].name) + ": ";
    write(value.items[i], out);
  }
  out += is_object ? '}' : ']';
}

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].name == key) return &items[i];
  }
  return nullptr;
}

std::optional<JsonValue> read_json(std::string_view text, FileProblems& problems) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (!is_text(text, problems)) return std::nullopt;
  TreeBuilder builder(text, problems);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return std::nullopt;
  return builder.take_root();
}

std::string compact(const JsonValue& value) {
  std::string out;
  write(value, out);
  return out;
}

Place JsonOrigin::at(std::string_view pointer) const {
  const JsonValue* value = &root_;
  while (!pointer.empty() && pointer.front() == '/') {
    pointer.remove_prefix(1);
    const std::string_view part = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(part.size());
    const JsonValue* next = nullptr;
    if (value->is(JsonValue::Type::object)) next = value->find(part);
    if (value->is(JsonValue::Type::array)) {
      const std::optional<int> index = parse_integer(part);
      if (index && *index >= 0 && static_cast<std::size_t>(*index) < value->items.size()) {
        next = &value->items[static_cast<std::size_t>(*index)];
      }
    }
    if (next == nullptr) break;
    value = next;
  }
  return {file_, value->line, value->column};
}

}  // namespace lode::inline LODE_ABI::io_detail
