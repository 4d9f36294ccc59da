// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>

#include <lode/error.hpp>

namespace lode::inline LODE_ABI {

LODE_INLINE std::string to_string(const Place& place) {
  if (place.line == 0) return place.file;
  return place.file + ':' + std::to_string(place.line) + ':' + std::to_string(place.column);
}

LODE_INLINE std::string to_string(const Issue& issue) {
  std::string text = to_string(issue.place);
  if (!text.empty()) text += ": ";
  text += issue.what;
  if (!issue.mend.empty()) text += "; " + issue.mend;
  // Quoted input may hold line breaks and terminal escapes; a problem is one plain line.
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text;
}

LODE_INLINE std::string to_string(const std::vector<Issue>& issues, std::size_t most_per_file) {
  // Problems in code have their item as "file"; they keep their order and are counted as one group.
  std::vector<std::string> groups;
  std::vector<std::vector<const Issue*>> members;
  for (const Issue& issue : issues) {
    const std::string group = issue.place.line == 0 ? std::string{} : issue.place.file;
    const auto found = std::find(groups.begin(), groups.end(), group);
    const auto at = static_cast<std::size_t>(found - groups.begin());
    if (found == groups.end()) {
      groups.push_back(group);
      members.emplace_back();
    }
    members[at].push_back(&issue);
  }
  std::string text;
  const auto new_line = [&text] {
    if (!text.empty()) text += '\n';
  };
  for (std::size_t g = 0; g < groups.size(); ++g) {
    auto& list = members[g];
    if (!groups[g].empty()) {
      std::stable_sort(list.begin(), list.end(), [](const Issue* a, const Issue* b) {
        return std::pair(a->place.line, a->place.column) < std::pair(b->place.line, b->place.column);
      });
    }
    for (std::size_t i = 0; i < std::min(list.size(), most_per_file); ++i) {
      new_line();
      text += to_string(*list[i]);
    }
    if (list.size() > most_per_file) {
      new_line();
      if (!groups[g].empty()) text += groups[g] + ": ";
      text += "and " + std::to_string(list.size() - most_per_file) + " more";
    }
  }
  return text;
}

namespace detail {

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
LODE_INLINE std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, substitute});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) next[j] = std::min(next[j], before[j - 2] + 1);
    }
    std::swap(before, row);
    std::swap(row, next);
  }
  return row[b.size()];
}

}  // namespace detail

LODE_INLINE std::string nearest(std::string_view name, const std::vector<std::string_view>& candidates) {
  // Names are bounded by the caller's files; very long ones are noise that would only cost time.
  if (name.size() > 100) return {};
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t shorter = std::min(candidate.size(), name.size());
    const std::size_t longer = std::max(candidate.size(), name.size());
    if (longer - shorter >= best_distance) continue;
    const std::size_t distance = detail::edit_distance(name, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = std::string(candidate);
    }
  }
  return best;
}

}  // namespace lode::inline LODE_ABI
