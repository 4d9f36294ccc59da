// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <chrono>
#include <string>

#include "output.hpp"

namespace program {

/// Says on stderr, once a second, what a long run is doing, and takes Ctrl-C as a request to stop it. One at a time.
class ProgressLine {
 public:
  ProgressLine(std::string command, const Remarks& remarks);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// False once the user has pressed Ctrl-C.
  bool operator()(const std::string& step);
  /// Whether that happened, also after the last step.
  [[nodiscard]] bool stopped() const;

 private:
  std::string command_;
  const Remarks& remarks_;
  std::chrono::steady_clock::time_point said_ = std::chrono::steady_clock::now();
};

}  // namespace program
