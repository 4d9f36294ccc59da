// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/config.hpp>

namespace lode::inline LODE_ABI {

/// How a model ended. Only `solved` comes with numbers; every other status leaves the result empty, so that nothing
/// in it looks final. `advice(status)` says what to do next.
enum class SolveStatus {
  not_run,        ///< no model has filled this result yet
  solved,         ///< done, and the certificate in the result holds
  not_converged,  ///< the solver did not reach its tolerance
  infeasible,     ///< what is asked for contradicts itself; the result names a smallest contradiction
  interrupted,    ///< stopped on request before there was an answer
};

/// The word used in JSON results: "solved", "not_converged", ...
[[nodiscard]] constexpr const char* to_string(SolveStatus status) {
  switch (status) {
    case SolveStatus::not_run: return "not_run";
    case SolveStatus::solved: return "solved";
    case SolveStatus::not_converged: return "not_converged";
    case SolveStatus::infeasible: return "infeasible";
    case SolveStatus::interrupted: return "interrupted";
  }
  return "not_run";
}

/// One sentence for a person: what the status means and what to do.
[[nodiscard]] constexpr const char* advice(SolveStatus status) {
  switch (status) {
    case SolveStatus::not_run: return "no model was run; call one first";
    case SolveStatus::solved: return "solved; the certificate says how exactly";
    case SolveStatus::not_converged:
      return "the solver did not reach its tolerance; look for figures many powers of ten smaller than their neighbours "
             "and for loops of facilities whose inputs all come from the loop, and change them";
    case SolveStatus::infeasible: return "what is asked for contradicts itself; change one of the items listed";
    case SolveStatus::interrupted: return "stopped on request before there was an answer; run it again for one";
  }
  return "";
}

}  // namespace lode::inline LODE_ABI
