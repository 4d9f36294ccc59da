// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>

#include <lode/detail/products.hpp>
#include <lode/detail/simplex_program.hpp>

namespace lode::inline LODE_ABI::optimize::detail {

LODE_INLINE SimplexProgram::Change SimplexProgram::load(const Program& program, int count) {
  // A matrix that is not compressed, or 0 x 0 for no rows, is brought into form first.
  Sparse form;
  const bool ready = program.rows.isCompressed() && program.rows.cols() == program.gradient.size() &&
                     program.rows.rows() == program.row_lower.size();
  if (!ready) {
    form = program.rows;
    if (form.cols() != program.gradient.size()) form.resize(program.row_lower.size(), program.gradient.size());
    form.makeCompressed();
  }
  const Sparse& rows = ready ? program.rows : form;
  const Change change = compare(rows, count);
  if (change != Change::none) {
    if (change == Change::matrix) {
      row_scale.clear();
      column_scale.clear();
    }
    n = static_cast<int>(rows.cols());
    m = count;
    find_scales(rows);
    store(rows);
  }
  load_sides(program);
  return change;
}

LODE_INLINE SimplexProgram::Change SimplexProgram::compare(const Sparse& rows, int count) const {
  if (rows.cols() != n || count < m || start.empty()) return Change::matrix;
  for (int j = 0; j < n; ++j) {
    int e = start[j];
    const int end = start[j + 1];
    for (Sparse::InnerIterator it(rows, j); it; ++it) {
      const int i = static_cast<int>(it.row());
      if (i >= m) break;
      if (e == end || row[e] != i || value[e] != it.value() * row_scale[i] * column_scale[j]) return Change::matrix;
      ++e;
    }
    if (e != end) return Change::matrix;
  }
  return count == m ? Change::none : Change::rows_appended;
}

LODE_INLINE void SimplexProgram::find_scales(const Sparse& rows) {
  const int kept = row_scale.length();
  row_scale.lengthen(m, 1.0);
  const auto power = [](double scale) { return std::exp2(std::round(std::log2(scale))); };
  Array<double> low, high;
  const auto row_range = [&] {
    low.refill(m, infinity);
    high.refill(m, 0.0);
    for (int j = 0; j < n; ++j) {
      for (Sparse::InnerIterator it(rows, j); it; ++it) {
        if (it.row() >= m) break;
        if (it.value() == 0.0) continue;
        const double size = std::abs(it.value()) * column_scale[j];
        low[it.row()] = std::min(low[it.row()], size);
        high[it.row()] = std::max(high[it.row()], size);
      }
    }
  };
  if (!column_scale.empty() || n == 0) {
    column_scale.lengthen(n, 1.0);
    row_range();
    for (int i = kept; i < m; ++i) row_scale[i] = high[i] > 0.0 ? power(1.0 / std::sqrt(low[i] * high[i])) : 1.0;
    return;
  }
  column_scale.lengthen(n, 1.0);
  row_range();
  double smallest = 1.0;
  double largest = 1.0;
  for (int i = 0; i < m; ++i) {
    if (high[i] == 0.0) continue;
    smallest = std::min(smallest, low[i]);
    largest = std::max(largest, high[i]);
  }
  // What is near 1 already is best left alone.
  if (smallest >= 0.1 && largest <= 10.0) return;
  constexpr int passes = 6;
  for (int pass = 0; pass < passes; ++pass) {
    if (pass > 0) row_range();
    for (int i = 0; i < m; ++i) {
      if (high[i] > 0.0) row_scale[i] = 1.0 / std::sqrt(low[i] * high[i]);
    }
    for (int j = 0; j < n; ++j) {
      double least = infinity;
      double most = 0.0;
      for (Sparse::InnerIterator it(rows, j); it; ++it) {
        if (it.row() >= m) break;
        if (it.value() == 0.0) continue;
        const double size = std::abs(it.value()) * row_scale[it.row()];
        least = std::min(least, size);
        most = std::max(most, size);
      }
      if (most > 0.0) column_scale[j] = 1.0 / (pass == passes - 1 ? most : std::sqrt(least * most));
    }
  }
  for (double& scale : row_scale) scale = power(scale);
  for (double& scale : column_scale) scale = power(scale);
}

LODE_INLINE void SimplexProgram::store(const Sparse& rows) {
  const auto entries = static_cast<int>(rows.nonZeros());
  start.refill(n + 1, 0);
  row.refill(entries, 0);
  value.refill(entries, 0.0);
  row_start.refill(m + 1, 0);
  column.refill(entries, 0);
  row_value.refill(entries, 0.0);
  int at = 0;
  for (int j = 0; j < n; ++j) {
    for (Sparse::InnerIterator it(rows, j); it; ++it, ++at) {
      const int i = static_cast<int>(it.row());
      if (i >= m) break;
      row[at] = i;
      value[at] = it.value() * row_scale[i] * column_scale[j];
      ++row_start[i + 1];
    }
    start[j + 1] = at;
  }
  for (Array<int>* list : {&row, &column}) list->lengthen(at, 0);
  for (Array<double>* list : {&value, &row_value}) list->lengthen(at, 0.0);
  for (int i = 0; i < m; ++i) row_start[i + 1] += row_start[i];
  Array<int> fill(row_start);
  for (int j = 0; j < n; ++j) {
    for (int e = start[j]; e < start[j + 1]; ++e) {
      const int place = fill[row[e]]++;
      column[place] = j;
      row_value[place] = value[e];
    }
  }
}

LODE_INLINE void SimplexProgram::load_sides(const Program& program) {
  lower.lengthen(n + m, 0.0);
  upper.lengthen(n + m, 0.0);
  cost.lengthen(n + m, 0.0);
  double exponents = 0.0;
  double cost_exponents = 0.0;
  int count = 0;
  int costs = 0;
  // The exponent of a number is its logarithm for nothing.
  const auto exponent = [](double number) { return static_cast<double>(std::ilogb(number)) + 0.5; };
  const auto side = [&](double number) {
    if (number != 0.0 && std::isfinite(number)) {
      exponents += exponent(number);
      ++count;
    }
    return number;
  };
  for (int j = 0; j < n; ++j) {
    lower[j] = side(program.lower[j] / column_scale[j]);
    upper[j] = side(program.upper[j] / column_scale[j]);
    cost[j] = program.gradient[j] * column_scale[j];
    if (cost[j] != 0.0) {
      cost_exponents += exponent(cost[j]);
      ++costs;
    }
  }
  for (int i = 0; i < m; ++i) {
    lower[n + i] = side(program.row_lower[i] * row_scale[i]);
    upper[n + i] = side(program.row_upper[i] * row_scale[i]);
    cost[n + i] = 0.0;
  }
  unit = count > 0 ? std::exp2(std::round(exponents / count)) : 1.0;
  cost_scale = costs > 0 ? std::exp2(-std::round(cost_exponents / costs)) : 1.0;
  if (unit != 1.0) {
    for (double& number : lower) number /= unit;
    for (double& number : upper) number /= unit;
  }
  if (cost_scale != 1.0) {
    for (int j = 0; j < n; ++j) cost[j] *= cost_scale;
  }
}

LODE_INLINE ScaledProgram SimplexProgram::scales() const {
  ScaledProgram out;
  out.n = n;
  out.m = m;
  out.row_scale.resize(m);
  out.column_scale.resize(n);
  for (int i = 0; i < m; ++i) out.row_scale[i] = row_scale[i] / unit;
  for (int j = 0; j < n; ++j) out.column_scale[j] = column_scale[j] * unit;
  out.cost_scale = cost_scale;
  return out;
}

}  // namespace lode::inline LODE_ABI::optimize::detail
