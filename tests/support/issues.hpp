// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>
#include <vector>

#include <lode/error.hpp>

namespace lode_test {

/// Each issue as a user sees it, in the order of the list.
inline std::vector<std::string> lines(const std::vector<lode::Issue>& issues) {
  std::vector<std::string> texts;
  for (const lode::Issue& issue : issues) texts.push_back(to_string(issue));
  return texts;
}

}  // namespace lode_test
