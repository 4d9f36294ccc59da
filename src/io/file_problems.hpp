// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lode/error.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// Where the readers put the problems of one file.
class FileProblems {
 public:
  FileProblems(std::string file, std::vector<Issue>& all) : file_(std::move(file)), all_(&all) {}

  void add(std::size_t line, std::size_t column, std::string what, std::string mend) {
    all_->push_back({{file_, line, column}, std::move(what), std::move(mend)});
  }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] std::size_t count() const { return all_->size(); }

 private:
  std::string file_;
  std::vector<Issue>* all_;
};

/// `"a", "b" or "c"`.
[[nodiscard]] inline std::string choices(std::span<const std::string_view> names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += '"' + std::string(names[i]) + '"';
  }
  return text;
}

/// What to do about a name that is none of `names`: the nearest one, or all of them.
[[nodiscard]] inline std::string mend_for(std::string_view name, std::span<const std::string_view> names) {
  const std::string suggestion = nearest(name, {names.begin(), names.end()});
  if (!suggestion.empty()) return "did you mean \"" + suggestion + "\"? It can be " + choices(names);
  return "use " + choices(names);
}

/// Text of a file in a message: at most 60 bytes, cut between characters, control characters as `?`.
[[nodiscard]] inline std::string shown(std::string_view text) {
  constexpr std::size_t most = 60;
  std::size_t end = text.size();
  if (end > most) {
    end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  }
  std::string result = "\"" + std::string(text.substr(0, end));
  for (char& c : result) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return result + (end < text.size() ? "...\"" : "\"");
}

}  // namespace lode::inline LODE_ABI::io_detail
