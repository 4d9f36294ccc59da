// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <io/file_problems.hpp>
#include <lode/shock.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// A key of an object and where it begins.
struct JsonKey {
  std::string name;
  std::size_t line = 1;
  std::size_t column = 1;
};

/// A JSON value that knows the line and the column (byte in the line, both from 1) at which it begins.
struct JsonValue {
  enum class Type { null, boolean, number, text, array, object };

  Type type = Type::null;
  std::size_t line = 1;
  std::size_t column = 1;
  bool flag = false;
  double number = 0.0;
  std::string text;              ///< of a string: its characters; of a number: as written
  std::vector<JsonKey> keys;     ///< of an object, in step with `items`
  std::vector<JsonValue> items;  ///< of an array or object

  [[nodiscard]] bool is(Type wanted) const { return type == wanted; }
  /// The member of this name, or nullptr.
  [[nodiscard]] const JsonValue* find(std::string_view key) const;
};

inline constexpr std::size_t json_most_depth = 64;

/// Parses JSON text (RFC 8259; a byte-order mark is legal). Duplicate keys are reported and the first one counts.
/// Nothing if the text is not JSON at all, which is reported too.
[[nodiscard]] std::optional<JsonValue> read_json(std::string_view text, FileProblems& problems);

/// The value as JSON text on one line, numbers as they were written.
[[nodiscard]] std::string compact(const JsonValue& value);

/// Places of values in a JSON file by JSON pointer; a pointer that leads nowhere gives its nearest ancestor.
class JsonOrigin final : public Origin {
 public:
  JsonOrigin(std::string file, JsonValue root) : file_(std::move(file)), root_(std::move(root)) {}
  [[nodiscard]] Place at(std::string_view pointer) const override;
  [[nodiscard]] const JsonValue& root() const { return root_; }

 private:
  std::string file_;
  JsonValue root_;
};

}  // namespace lode::inline LODE_ABI::io_detail
