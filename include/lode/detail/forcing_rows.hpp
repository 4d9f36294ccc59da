// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/config.hpp>
#include <lode/detail/simplex_program.hpp>
#include <lode/detail/sparse_vector.hpp>

/// Private. Rows that leave their variables no choice, such as all that a closed plant delivers.
namespace lode::inline LODE_ABI::optimize::detail {

/// Where the least activity that the bounds allow is the most that the row allows, every variable of the row is at the
/// bound that makes it so (Andersen and Andersen 1995). Such variables are held fixed while the program is solved;
/// nothing is removed, so that bases stay those of the whole program.
class ForcingRows {
 public:
  /// Finds them and makes both bounds of their variables equal.
  void fix(SimplexProgram& program);
  /// Multipliers under which the fixed variables need no bound of their own on the other side: the reduced costs of
  /// `cost` (none: of 0) get their signs from the multipliers of the rows that fix them.
  void recover(const SimplexProgram& program, const Array<double>* cost, Array<double>& row_dual) const;
  /// 1 where a variable is held at its lower bound, -1 at its upper, 0 where it is not held.
  [[nodiscard]] double held(int variable) const { return held_.empty() ? 0.0 : held_[variable]; }

 private:
  void hold(SimplexProgram& program, int row, bool at_most);
  struct Row {
    int row, begin, end;
    bool at_most;
  };
  Array<Row> rows_;
  Array<int> members_;
  Array<double> held_;  ///< empty: none
};

}  // namespace lode::inline LODE_ABI::optimize::detail

#ifndef LODE_COMPILED
#include <lode/impl/forcing_rows.ipp>  // IWYU pragma: export
#endif
