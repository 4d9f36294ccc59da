// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>

#include <lode/detail/forcing_rows.hpp>

namespace lode::inline LODE_ABI::optimize::detail {

LODE_INLINE void ForcingRows::fix(SimplexProgram& p) {
  constexpr int most_passes = 4;
  rows_.clear();
  members_.clear();
  held_.clear();
  for (int pass = 0; pass < most_passes; ++pass) {
    const int before = rows_.length();
    for (int i = 0; i < p.m; ++i) {
      double least = 0.0;
      double most = 0.0;
      bool moves = false;
      for (int e = p.row_start[i]; e < p.row_start[i + 1]; ++e) {
        const double a = p.row_value[e];
        if (a == 0.0) continue;
        const int j = p.column[e];
        least += a * (a > 0.0 ? p.lower[j] : p.upper[j]);
        most += a * (a > 0.0 ? p.upper[j] : p.lower[j]);
        moves = moves || p.lower[j] != p.upper[j];
      }
      if (!moves) continue;
      if (std::isfinite(least) && least == p.upper[p.n + i]) {
        hold(p, i, true);
      } else if (std::isfinite(most) && most == p.lower[p.n + i]) {
        hold(p, i, false);
      }
    }
    if (rows_.length() == before) break;
  }
}

LODE_INLINE void ForcingRows::hold(SimplexProgram& p, int row, bool at_most) {
  if (held_.empty()) held_.refill(p.n, 0.0);
  const int begin = members_.length();
  for (int e = p.row_start[row]; e < p.row_start[row + 1]; ++e) {
    const int j = p.column[e];
    if (p.row_value[e] == 0.0 || p.lower[j] == p.upper[j]) continue;
    if ((p.row_value[e] > 0.0) == at_most) {
      p.upper[j] = p.lower[j];
      held_[j] = 1.0;
    } else {
      p.lower[j] = p.upper[j];
      held_[j] = -1.0;
    }
    members_.push_back(j);
  }
  rows_.push_back({row, begin, members_.length(), at_most});
}

LODE_INLINE void ForcingRows::recover(const SimplexProgram& p, const Array<double>* cost,
                                      Array<double>& row_dual) const {
  // A row has no variable that a later one fixed, so the last is put right first.
  for (int k = rows_.length() - 1; k >= 0; --k) {
    const Row& row = rows_[k];
    double by = 0.0;
    for (int member = row.begin; member < row.end; ++member) {
      const int j = members_[member];
      double d = cost == nullptr ? 0.0 : (*cost)[j];
      double a = 1.0;
      for (int e = p.start[j]; e < p.start[j + 1]; ++e) {
        d -= p.value[e] * row_dual[p.row[e]];
        if (p.row[e] == row.row) a = p.value[e];
      }
      by = row.at_most ? std::min(by, d / a) : std::max(by, d / a);
    }
    row_dual[row.row] += by;
  }
}

}  // namespace lode::inline LODE_ABI::optimize::detail
