// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>

#include <lode/detail/simplex_core.hpp>

namespace lode::inline LODE_ABI::optimize::detail {

LODE_INLINE void SimplexCore::settle(int j) {
  const double low = program.lower[j];
  const double high = program.upper[j];
  const Place at = place[j];
  if (at == Place::basic) {
    put(j, at);
  } else if (low == high) {
    put(j, Place::fixed);
  } else if (at == Place::between) {
    put(j, x[j] >= high ? Place::upper : x[j] <= low ? Place::lower : at);
  } else if (std::isinf(low) && std::isinf(high)) {
    put(j, Place::zero);
  } else if (std::isinf(low)) {
    put(j, Place::upper);
  } else if (std::isinf(high)) {
    put(j, Place::lower);
  } else {
    put(j, at == Place::upper ? Place::upper : Place::lower);
  }
}

LODE_INLINE void SimplexCore::move_to_bound(int j) {
  switch (place[j]) {
    case Place::lower:
    case Place::fixed:
      x[j] = program.lower[j];
      break;
    case Place::upper:
      x[j] = program.upper[j];
      break;
    case Place::zero:
      x[j] = 0.0;
      break;
    case Place::basic:
    case Place::between:
      break;
  }
}

LODE_INLINE void SimplexCore::start_from_logicals() {
  place.refill(program.size(), Place::lower);
  for (int i = 0; i < program.m; ++i) place[program.n + i] = Place::basic;
  start_from_places();
}

LODE_INLINE void SimplexCore::start_from_places() {
  const int m = program.m;
  const int size = program.size();
  basic.clear();
  for (int j = 0; j < size; ++j) {
    if (place[j] == Place::basic) basic.push_back(j);
  }
  x.refill(size, 0.0);
  d.refill(size, 0.0);
  row_of.refill(size, -1);
  side.refill(size, 0.0);
  weight.refill(m, 1.0);
  cost = program.cost;
  costs_changed = false;
  row_work.resize(size);
  for (SparseVector* work : {&leaving, &entering, &other_work}) work->resize(m);
  factor.factorise(program.columns(), basic);
  for (int j = 0; j < size; ++j) {
    put(j, place[j] == Place::basic ? Place::lower : place[j]);
  }
  for (int i = 0; i < m; ++i) {
    put(basic[i], Place::basic);
    row_of[basic[i]] = i;
  }
}

LODE_INLINE void SimplexCore::append_rows(int rows_before) {
  const int m = program.m;
  const int size = program.size();
  // Logicals come last, so nothing that is there is renamed.
  place.lengthen(size, Place::basic);
  row_of.lengthen(size, -1);
  side.lengthen(size, 0.0);
  x.lengthen(size, 0.0);
  d.lengthen(size, 0.0);
  row_work.resize(size);
  for (SparseVector* work : {&leaving, &entering, &other_work}) work->resize(m);
  for (int i = rows_before; i < m; ++i) {
    SparseVector b;
    b.resize(i);
    for (int e = program.row_start[i]; e < program.row_start[i + 1]; ++e) {
      const int at = row_of[program.column[e]];
      if (at >= 0 && program.row_value[e] != 0.0) b.set(at, program.row_value[e]);
    }
    factor.append_row(b);
    basic.push_back(program.n + i);
    row_of[program.n + i] = i;
    weight.push_back(1.0);
  }
}

LODE_INLINE void SimplexCore::refactor() {
  const int m = program.m;
  Array<int> before = basic;
  // Weights belong to variables; rows may change.
  Array<double> by_variable(static_cast<std::size_t>(program.size()), 1.0);
  for (int i = 0; i < m; ++i) by_variable[basic[i]] = weight[i];
  const int replaced = factor.factorise(program.columns(), basic);
  if (replaced > 0) {
    for (const int j : before) {
      row_of[j] = -1;
      const bool high = std::abs(x[j] - program.upper[j]) < std::abs(x[j] - program.lower[j]);
      place[j] = high ? Place::upper : Place::lower;
      settle(j);
    }
  }
  for (int i = 0; i < m; ++i) {
    row_of[basic[i]] = i;
    put(basic[i], Place::basic);
    weight[i] = by_variable[basic[i]];
  }
  compute_values();
  compute_reduced_costs();
}

LODE_INLINE void SimplexCore::compute_values() {
  const int size = program.size();
  SparseVector& b = other_work;
  b.clear();
  for (int j = 0; j < size; ++j) {
    if (place[j] == Place::basic) continue;
    move_to_bound(j);
    if (x[j] == 0.0) continue;
    if (j >= program.n) {
      b.value[j - program.n] += x[j];
    } else {
      for (int e = program.start[j]; e < program.start[j + 1]; ++e) b.value[program.row[e]] -= x[j] * program.value[e];
    }
  }
  b.list();
  double density = 1.0;
  factor.solve(b, density);
  for (int i = 0; i < program.m; ++i) x[basic[i]] = b.value[i];
  b.clear();
}

LODE_INLINE void SimplexCore::compute_reduced_costs() {
  SparseVector& y = other_work;
  y.clear();
  for (int i = 0; i < program.m; ++i) {
    if (cost[basic[i]] != 0.0) y.set(i, cost[basic[i]]);
  }
  double density = 1.0;
  factor.solve_transposed(y, density);
  for (int j = 0; j < program.n; ++j) {
    if (place[j] == Place::basic) {
      d[j] = 0.0;
      continue;
    }
    double sum = cost[j];
    for (int e = program.start[j]; e < program.start[j + 1]; ++e) sum -= y.value[program.row[e]] * program.value[e];
    d[j] = sum;
  }
  for (int i = 0; i < program.m; ++i) {
    const int j = program.n + i;
    d[j] = place[j] == Place::basic ? 0.0 : cost[j] + y.value[i];
  }
  y.clear();
}

LODE_INLINE void SimplexCore::restore_costs() {
  cost = program.cost;
  costs_changed = false;
  compute_reduced_costs();
}

LODE_INLINE void SimplexCore::add_column(SparseVector& to, int j, double scale) const {
  if (j >= program.n) {
    to.subtract(j - program.n, scale);
    return;
  }
  for (int e = program.start[j]; e < program.start[j + 1]; ++e) {
    if (program.value[e] != 0.0) to.subtract(program.row[e], -scale * program.value[e]);
  }
}

LODE_INLINE void SimplexCore::price(const SparseVector& rho, SparseVector& alpha) const {
  constexpr double few = 0.25;
  const int n = program.n;
  alpha.clear();
  if (rho.count < few * program.m) {
    double* values = alpha.value.data();
    int* list = alpha.index.data();
    int found = 0;
    for (int k = 0; k < rho.count; ++k) {
      const int i = rho.index[k];
      const double at = rho.value[i];
      for (int e = program.row_start[i]; e < program.row_start[i + 1]; ++e) {
        const int j = program.column[e];
        if (place[j] == Place::basic) continue;
        const double before = values[j];
        if (before == 0.0) list[found++] = j;
        const double after = before + at * program.row_value[e];
        values[j] = std::abs(after) < SparseVector::rounding ? SparseVector::trace : after;
      }
    }
    alpha.count = found;
    alpha.prune();
  } else {
    for (int j = 0; j < n; ++j) {
      if (place[j] == Place::basic) continue;
      double sum = 0.0;
      for (int e = program.start[j]; e < program.start[j + 1]; ++e) sum += rho.value[program.row[e]] * program.value[e];
      if (std::abs(sum) >= SparseVector::rounding) alpha.set(j, sum);
    }
  }
  for (int k = 0; k < rho.count; ++k) {
    const int j = n + rho.index[k];
    if (place[j] != Place::basic) alpha.set(j, -rho.value[rho.index[k]]);
  }
}

LODE_INLINE void SimplexCore::exchange(int p, int enters, Place to, double pivot) {
  const int leaves = basic[p];
  place[leaves] = to;
  settle(leaves);
  row_of[leaves] = -1;
  move_to_bound(leaves);
  basic[p] = enters;
  row_of[enters] = p;
  put(enters, Place::basic);
  factor.update(p, pivot);
  ++iterations;
}

LODE_INLINE bool SimplexCore::primal_feasible() const {
  return std::all_of(basic.begin(), basic.end(), [this](int j) { return violation(j) == 0.0; });
}

LODE_INLINE bool SimplexCore::dual_feasible() const {
  for (int j = 0; j < program.size(); ++j) {
    if (dual_violation(j) > tolerance) return false;
  }
  return true;
}

LODE_INLINE bool SimplexCore::flip_boxed() {
  bool moved = false;
  for (int j = 0; j < program.size(); ++j) {
    if (place[j] != Place::lower && place[j] != Place::upper) continue;
    if (dual_violation(j) <= tolerance) continue;
    if (std::isinf(program.lower[j]) || std::isinf(program.upper[j])) continue;
    put(j, place[j] == Place::lower ? Place::upper : Place::lower);
    moved = true;
  }
  if (moved) compute_values();
  return moved;
}

}  // namespace lode::inline LODE_ABI::optimize::detail
