// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "progress_line.hpp"

#include <csignal>
#include <utility>

namespace program {
namespace {

volatile std::sig_atomic_t interrupted = 0;

}  // namespace

ProgressLine::ProgressLine(std::string command, const Remarks& remarks)
    : command_(std::move(command)), remarks_(remarks) {
  std::signal(SIGINT, [](int) { interrupted = 1; });
}

ProgressLine::~ProgressLine() {
  std::signal(SIGINT, SIG_DFL);
}

bool ProgressLine::operator()(const std::string& step) {
  const auto now = std::chrono::steady_clock::now();
  if (now - said_ >= std::chrono::seconds(1)) {
    remarks_.note(command_ + ": " + step);
    said_ = now;
  }
  return !stopped();
}

bool ProgressLine::stopped() const {
  return interrupted != 0;
}

}  // namespace program
