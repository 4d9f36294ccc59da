// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <io/json_reader.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// What a value is, in words for messages.
[[nodiscard]] inline std::string_view type_name(const JsonValue& value) {
  switch (value.type) {
    case JsonValue::Type::null:
      return "null";
    case JsonValue::Type::boolean:
      return "true or false";
    case JsonValue::Type::number:
      return "a number";
    case JsonValue::Type::text:
      return "text";
    case JsonValue::Type::array:
      return "a list";
    case JsonValue::Type::object:
      return "an object";
  }
  return "";
}

/// Takes members out of JSON objects and reports those that are missing, unknown or of the wrong type.
class JsonChecks {
 public:
  using Type = JsonValue::Type;

  explicit JsonChecks(FileProblems& problems) : problems_(problems) {}

  void report(const JsonValue& at, std::string what, std::string mend) {
    problems_.add(at.line, at.column, std::move(what), std::move(mend));
  }

  /// `wanted` in words: "text in quotes", "a list".
  bool expect(const JsonValue& value, Type type, std::string_view name, std::string_view wanted) {
    if (value.is(type)) return true;
    report(value, std::string(name) + " is " + std::string(type_name(value)), "write " + std::string(wanted));
    return false;
  }

  /// Reports every key of an object that is not in `legal`. `noun`: what the object is.
  void refuse_unknown(const JsonValue& object, std::span<const std::string_view> legal, std::string_view noun) {
    for (const JsonKey& key : object.keys) {
      if (std::find(legal.begin(), legal.end(), key.name) != legal.end()) continue;
      problems_.add(key.line, key.column, "unknown key " + shown(key.name) + " in " + std::string(noun),
                    mend_for(key.name, legal));
    }
  }

  /// A member that must be there. `noun`: what the object is.
  const JsonValue* require(const JsonValue& object, std::string_view key, std::string_view noun) {
    const JsonValue* value = object.find(key);
    if (value == nullptr) {
      report(object, std::string(noun) + " has no " + shown(key), "add the key " + shown(key));
    }
    return value;
  }

  /// A text; nothing after reporting that it is none.
  std::optional<std::string> text(const JsonValue& value, std::string_view name) {
    if (!expect(value, Type::text, name, "text in double quotes")) return std::nullopt;
    return value.text;
  }

  /// A text that must be there and hold something.
  std::optional<std::string> required_text(const JsonValue& object, std::string_view key, std::string_view noun) {
    const JsonValue* value = require(object, key, noun);
    if (value == nullptr) return std::nullopt;
    std::optional<std::string> result = text(*value, key);
    if (result && result->empty()) {
      report(*value, std::string(key) + " is empty", "write some text");
      return std::nullopt;
    }
    return result;
  }

  /// A text, or an empty one if it is not there or not a text.
  std::string optional_text(const JsonValue& object, std::string_view key) {
    const JsonValue* value = object.find(key);
    return value == nullptr ? std::string{} : text(*value, key).value_or(std::string{});
  }

  [[nodiscard]] FileProblems& problems() { return problems_; }

 private:
  FileProblems& problems_;
};

}  // namespace lode::inline LODE_ABI::io_detail
