// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <stdexcept>
#include <string>

/// How the program ends; part of the contract with users (docs/cli.md).
namespace program {

enum class ExitCode { done = 0, failed = 1, bad_usage = 2, bad_input = 3 };

/// Ends the program with a message on stderr. Bad input is thrown as `lode::Error` instead, which lists its places.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

}  // namespace program
