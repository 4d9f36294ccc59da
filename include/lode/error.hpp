// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lode/config.hpp>

/// Bad input and misuse throw an `Error`, which lists every problem at once, each with its place and its mend.
///
///     try {
///       const lode::Network network = world.build();
///     } catch (const lode::InvalidNetwork& error) {
///       for (const lode::Issue& issue : error.issues()) std::cerr << lode::to_string(issue) << '\n';
///     }
///
/// A solver that does not converge does not throw: it returns a status (status.hpp).
namespace lode::inline LODE_ABI {

/// Where a problem is. From a file: line (physical, from 1) and column (CSV: field number; JSON: byte; both from 1).
/// From code: `file` describes the item (`route "mine" -> "plant"`) and `line` is 0.
struct Place {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

/// `file:line:column`, or the bare description for a place in code.
std::string to_string(const Place& place);

/// One problem: the place, what is wrong (with the offending value quoted), and what to do about it.
struct Issue {
  Place place;
  std::string what;
  std::string mend;
  friend bool operator==(const Issue&, const Issue&) = default;
};

/// `place: what; mend`, one line.
std::string to_string(const Issue& issue);

/// One line per issue, grouped by file in order of first appearance and sorted by line and column within a file;
/// at most `most_per_file` of each, then `file: and N more`. Cost O(n log n).
std::string to_string(const std::vector<Issue>& issues, std::size_t most_per_file = 100);

/// Base of everything Lode throws on purpose. `what()` is the whole list, one issue a line.
class Error : public std::runtime_error {
 public:
  explicit Error(std::vector<Issue> issues) : std::runtime_error(to_string(issues)), issues_(std::move(issues)) {}
  [[nodiscard]] const std::vector<Issue>& issues() const { return issues_; }

 private:
  std::vector<Issue> issues_;
};

/// A network that breaks a rule: duplicate or unknown ids, values out of range, a base year that does not balance.
class InvalidNetwork : public Error {
 public:
  using Error::Error;
};

/// A scenario that names what does not exist, selects nothing, or has values out of range.
class InvalidScenario : public Error {
 public:
  using Error::Error;
};

/// A file or folder that can not be read as a data package or a scenario.
class InvalidData : public Error {
 public:
  using Error::Error;
};

/// A file or folder that can not be opened, read or written.
class IoError : public Error {
 public:
  using Error::Error;
};

/// A call that makes no sense: an option out of range, a result of another network.
class InvalidArgument : public Error {
 public:
  using Error::Error;
};

/// `; did you mean "x"?`-style help: the candidate nearest to `name` (Damerau-Levenshtein distance at most a third of
/// its length, at least 1), or an empty string. Ties go to the first candidate.
std::string nearest(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/error.ipp>  // IWYU pragma: export
#endif
