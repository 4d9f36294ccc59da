// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <io/number.hpp>
#include <lode/config.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// The text as a JSON string, quotes included.
[[nodiscard]] inline std::string json_text(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (byte < 0x20) {
          out += std::string("\\u00") + digits[byte >> 4U] + digits[byte & 0xFU];
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

/// Writes JSON for people and programs: an item a line, except inside values that are opened as `flat`.
///
///     JsonWriter json;
///     json.open('{').key("materials").open('[').open('{', flat).key("id").text("dy").close()...
class JsonWriter {
 public:
  enum class Layout { tall, flat };

  JsonWriter& open(char bracket, Layout layout = Layout::tall) {
    before_value();
    const bool is_flat = layout == Layout::flat || (!levels_.empty() && levels_.back().is_flat);
    levels_.push_back({bracket == '{' ? '}' : ']', is_flat});
    out_ += bracket;
    return *this;
  }
  JsonWriter& close() {
    const Level level = levels_.back();
    levels_.pop_back();
    if (!level.is_flat && !level.is_empty) new_line();
    out_ += level.bracket;
    return *this;
  }
  JsonWriter& key(std::string_view name) {
    before_item();
    out_ += json_text(name) + ": ";
    after_key_ = true;
    return *this;
  }
  JsonWriter& text(std::string_view value) { return raw(json_text(value)); }
  JsonWriter& number(double value) { return raw(decimal(value)); }
  /// JSON text as it is.
  JsonWriter& raw(std::string_view value) {
    before_value();
    out_ += value;
    return *this;
  }
  /// The document, ending in a newline.
  [[nodiscard]] std::string finish() && { return std::move(out_) + '\n'; }

 private:
  struct Level {
    char bracket;
    bool is_flat;
    bool is_empty = true;
  };

  void new_line() { out_ += '\n' + std::string(2 * levels_.size(), ' '); }
  void before_item() {
    Level& level = levels_.back();
    if (!level.is_empty) out_ += level.is_flat ? ", " : ",";
    if (!level.is_flat) new_line();
    level.is_empty = false;
  }
  void before_value() {
    if (!after_key_ && !levels_.empty()) before_item();
    after_key_ = false;
  }

  std::string out_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

}  // namespace lode::inline LODE_ABI::io_detail
