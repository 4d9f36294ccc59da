// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include <lode/detail/basis_factor.hpp>
#include <lode/detail/markowitz.hpp>

namespace lode::inline LODE_ABI::optimize::detail {

/// Above these shares of nonzeros, before and after, a loop over everything is faster than a search for what there is.
inline constexpr double few_before = 0.05;
inline constexpr double few_after = 0.10;

/// Replaces x by the solution with a triangular matrix, visiting what x can reach. A search in depth orders the places
/// such that each comes before those it changes.
template <bool divide>
LODE_INLINE void BasisFactor::reach(SparseVector& x, const Triangle& triangle) {
  const Line* lines = triangle.line.data();
  const int* index = triangle.index.data();
  const double* values = triangle.value.data();
  double* at = x.value.data();
  char* seen = seen_.data();
  Visit* stack = stack_.data();
  int* post = post_.data();
  int found = 0;
  for (int k = 0; k < x.count; ++k) {
    int row = x.index[k];
    if (seen[row]) continue;
    seen[row] = 1;
    int depth = 0;
    int next = lines[row].begin;
    int end = lines[row].end;
    while (true) {
      if (next < end) {
        const int below = index[next++];
        if (seen[below]) continue;
        seen[below] = 1;
        const Line& line = lines[below];
        if (line.begin == line.end) {
          post[found++] = below;
          continue;
        }
        stack[depth++] = {row, next, end};
        row = below;
        next = line.begin;
        end = line.end;
        continue;
      }
      post[found++] = row;
      if (depth == 0) break;
      const Visit& back = stack[--depth];
      row = back.row;
      next = back.next;
      end = back.end;
    }
  }
  int count = 0;
  for (int k = found - 1; k >= 0; --k) {
    const int i = post[k];
    seen[i] = 0;
    double number = at[i];
    if (std::abs(number) < SparseVector::rounding) {
      at[i] = 0.0;
      continue;
    }
    x.index[count++] = i;
    const Line& line = lines[i];
    if constexpr (divide) {
      number /= line.diagonal;
      at[i] = number;
    }
    for (int e = line.begin; e < line.end; ++e) at[index[e]] -= number * values[e];
  }
  x.count = count;
}

LODE_INLINE void BasisFactor::solve(SparseVector& x, double& density, bool spike) {
  bool listed = x.count < few_before * m_ && density < few_after;
  if (listed) {
    reach<false>(x, lower_);
  } else {
    for (const int i : lower_order_) {
      const double at = x.value[i];
      if (at == 0.0) continue;
      const Line& line = lower_.line[i];
      for (int e = line.begin; e < line.end; ++e) x.value[lower_.index[e]] -= at * lower_.value[e];
    }
  }
  for (int k = 0; k < r_pivot_.length(); ++k) {
    double sum = 0.0;
    for (int e = r_begin_[k]; e < r_begin_[k + 1]; ++e) sum += x.value[r_index_[e]] * r_value_[e];
    if (sum == 0.0) continue;
    if (listed) {
      x.subtract(r_pivot_[k], sum);
    } else {
      x.value[r_pivot_[k]] -= sum;
    }
  }
  if (spike) {
    spike_index_.clear();
    spike_value_.clear();
    if (!listed) x.list();
    for (int k = 0; k < x.count; ++k) {
      if (std::abs(x.value[x.index[k]]) < SparseVector::rounding) continue;
      spike_index_.push_back(x.index[k]);
      spike_value_.push_back(x.value[x.index[k]]);
    }
    listed = x.count < few_before * m_ && density < few_after;
  }
  if (listed && x.count < few_before * m_) {
    reach<true>(x, upper_);
  } else {
    for (int k = upper_order_.length() - 1; k >= logicals_; --k) {
      const int i = upper_order_[k];
      if (i < 0 || x.value[i] == 0.0) continue;
      const Line& line = upper_.line[i];
      const double at = x.value[i] / line.diagonal;
      x.value[i] = at;
      for (int e = line.begin; e < line.end; ++e) x.value[upper_.index[e]] -= at * upper_.value[e];
    }
    for (int k = 0; k < logicals_; ++k) {
      if (upper_order_[k] >= 0) x.value[upper_order_[k]] = -x.value[upper_order_[k]];
    }
    x.list();
  }
  density = 0.9 * density + 0.1 * x.count / std::max(1, m_);
}

LODE_INLINE void BasisFactor::solve_transposed(SparseVector& y, double& density, bool row) {
  bool listed = y.count < few_before * m_ && density < few_after;
  if (listed) {
    reach<true>(y, upper_rows_);
  } else {
    for (const int i : upper_order_) {
      if (i < 0 || y.value[i] == 0.0) continue;
      const Line& line = upper_rows_.line[i];
      const double at = y.value[i] / line.diagonal;
      y.value[i] = at;
      for (int e = line.begin; e < line.end; ++e) y.value[upper_rows_.index[e]] -= at * upper_rows_.value[e];
    }
  }
  if (row) {
    if (!listed) y.list();
    row_index_.clear();
    row_value_.clear();
    for (int k = 0; k < y.count; ++k) {
      row_index_.push_back(y.index[k]);
      row_value_.push_back(y.value[y.index[k]]);
    }
    listed = y.count < few_before * m_ && density < few_after;
  }
  for (int k = r_pivot_.length() - 1; k >= 0; --k) {
    const double at = y.value[r_pivot_[k]];
    if (at == 0.0) continue;
    if (listed) {
      for (int e = r_begin_[k]; e < r_begin_[k + 1]; ++e) y.subtract(r_index_[e], at * r_value_[e]);
    } else {
      for (int e = r_begin_[k]; e < r_begin_[k + 1]; ++e) y.value[r_index_[e]] -= at * r_value_[e];
    }
  }
  if (listed && y.count < few_before * m_) {
    reach<false>(y, lower_rows_);
  } else {
    for (int k = lower_rows_order_.length() - 1; k >= 0; --k) {
      const int i = lower_rows_order_[k];
      const double at = y.value[i];
      if (at == 0.0) continue;
      const Line& line = lower_rows_.line[i];
      for (int e = line.begin; e < line.end; ++e) y.value[lower_rows_.index[e]] -= at * lower_rows_.value[e];
    }
    y.list();
  }
  density = 0.9 * density + 0.1 * y.count / std::max(1, m_);
}

LODE_INLINE void BasisFactor::extend_upper_row(int row, int column, double value) {
  Line& line = upper_rows_.line[row];
  if (upper_rows_room_[row] == 0) {
    // Moves to the end, with room for as much again.
    const int length = line.end - line.begin;
    const int begin = upper_rows_.index.length();
    const int room = length + 4;
    upper_rows_.index.lengthen(begin + length + room, 0);
    upper_rows_.value.lengthen(begin + length + room, 0.0);
    std::copy_n(upper_rows_.index.data() + line.begin, length, upper_rows_.index.data() + begin);
    std::copy_n(upper_rows_.value.data() + line.begin, length, upper_rows_.value.data() + begin);
    line.begin = begin;
    line.end = begin + length;
    upper_rows_room_[row] = room;
  }
  --upper_rows_room_[row];
  upper_rows_.index[line.end] = column;
  upper_rows_.value[line.end++] = value;
}

LODE_INLINE void BasisFactor::update(int p, double pivot) {
  Line& column = upper_.line[p];
  Line& row = upper_rows_.line[p];
  const double diagonal = column.diagonal;
  const auto drop = [p](Triangle& from, Line& line) {
    int at = line.begin;
    while (from.index[at] != p) ++at;
    const int last = --line.end;
    from.index[at] = from.index[last];
    from.value[at] = from.value[last];
  };
  // Row p leaves U, and so does the column that pivoted on it.
  for (int e = row.begin; e < row.end; ++e) drop(upper_, upper_.line[upper_rows_.index[e]]);
  for (int e = column.begin; e < column.end; ++e) {
    const int i = upper_.index[e];
    drop(upper_rows_, upper_rows_.line[i]);
    ++upper_rows_room_[i];
  }
  upper_rows_room_[p] += row.end - row.begin;
  row.end = row.begin;
  column.begin = upper_.index.length();
  for (int k = 0; k < spike_index_.length(); ++k) {
    const int i = spike_index_[k];
    if (i == p) continue;
    upper_.index.push_back(i);
    upper_.value.push_back(spike_value_[k]);
    extend_upper_row(i, p, spike_value_[k]);
  }
  column.end = upper_.index.length();
  column.diagonal = row.diagonal = diagonal * pivot;
  upper_order_[upper_place_[p]] = -1;
  upper_place_[p] = upper_order_.length();
  upper_order_.push_back(p);

  const int before = r_index_.length();
  for (int k = 0; k < row_index_.length(); ++k) {
    if (row_index_[k] == p || std::abs(row_value_[k]) < SparseVector::rounding) continue;
    r_index_.push_back(row_index_[k]);
    r_value_.push_back(-row_value_[k] * diagonal);
  }
  if (r_index_.length() > before) {
    r_pivot_.push_back(p);
    r_begin_.push_back(r_index_.length());
  }
  added_ += spike_index_.length() + r_index_.length() - before;
  ++updates_;
}

LODE_INLINE bool BasisFactor::worn() const {
  constexpr int most_updates = 100;
  return updates_ >= most_updates || added_ > 3 * (fresh_size_ + m_);
}

LODE_INLINE void BasisFactor::append_row(SparseVector& b) {
  // With l' = b'U^-1 the new factors are [L 0; l' 1] and [U 0; 0 -1], which is one row more of R.
  for (const int i : upper_order_) {
    if (i < 0 || b.value[i] == 0.0) continue;
    const Line& line = upper_rows_.line[i];
    const double at = b.value[i] / line.diagonal;
    b.value[i] = at;
    for (int e = line.begin; e < line.end; ++e) b.value[upper_rows_.index[e]] -= at * upper_rows_.value[e];
  }
  b.list();
  const int row = m_++;
  if (b.count > 0) {
    for (int k = 0; k < b.count; ++k) {
      r_index_.push_back(b.index[k]);
      r_value_.push_back(b.value[b.index[k]]);
    }
    r_pivot_.push_back(row);
    r_begin_.push_back(r_index_.length());
    added_ += b.count;
  }
  const int u_end = upper_.index.length();
  const int ut_end = upper_rows_.index.length();
  lower_.line.push_back(Line());
  lower_rows_.line.push_back(Line());
  upper_.line.push_back({u_end, u_end, -1.0});
  upper_rows_.line.push_back({ut_end, ut_end, -1.0});
  upper_rows_room_.push_back(0);
  upper_place_.push_back(upper_order_.length());
  upper_order_.push_back(row);
  seen_.push_back(0);
  stack_.push_back(Visit());
  post_.push_back(0);
}

/// Entries were pushed already, from the given ends on.
LODE_INLINE void BasisFactor::store_column(int row, double pivot, int u_begin, int l_begin) {
  upper_.line[row] = {u_begin, upper_.index.length(), pivot};
  upper_place_[row] = upper_order_.length();
  upper_order_.push_back(row);
  if (lower_.index.length() == l_begin) return;
  lower_.line[row] = {l_begin, lower_.index.length(), 1.0};
  lower_order_.push_back(row);
}

LODE_INLINE int BasisFactor::factorise(const BasisColumns& a, Array<int>& basic) {
  m_ = a.m;
  updates_ = 0;
  added_ = 0;
  for (Triangle* part : {&lower_, &lower_rows_, &upper_, &upper_rows_}) part->clear(m_);
  for (Array<int>* list : {&lower_order_, &lower_rows_order_, &upper_order_, &r_pivot_, &r_begin_, &r_index_}) {
    list->clear();
  }
  r_value_.clear();
  r_begin_.push_back(0);
  upper_place_.refill(m_, -1);
  seen_.refill(m_, 0);
  stack_.refill(m_, Visit());
  post_.refill(m_, 0);

  // Logicals pivot on their rows. Of the rest, counts and the sums of what is left in each row and column: where the
  // count is 1, the sum is the place.
  Array<int> by_row(static_cast<std::size_t>(m_), -1), columns;
  for (const int j : basic) {
    if (j < a.n) {
      columns.push_back(j);
    } else {
      by_row[j - a.n] = j;
      store_column(j - a.n, -1.0, 0, 0);
    }
  }
  logicals_ = upper_order_.length();
  const int size = columns.length();
  Array<int> column_count(static_cast<std::size_t>(size), 0), column_sum(static_cast<std::size_t>(size), 0);
  Array<int> row_count(static_cast<std::size_t>(m_), 0), row_sum(static_cast<std::size_t>(m_), 0);
  for (int c = 0; c < size; ++c) {
    for (int e = a.start[columns[c]]; e < a.start[columns[c] + 1]; ++e) {
      const int i = a.row[e];
      if (by_row[i] >= 0) continue;
      ++column_count[c];
      column_sum[c] += i;
      ++row_count[i];
      row_sum[i] += c;
    }
  }
  Array<int> row_begin(static_cast<std::size_t>(m_) + 1, 0);
  for (int i = 0; i < m_; ++i) row_begin[i + 1] = row_begin[i] + row_count[i];
  Array<int> row_columns(static_cast<std::size_t>(row_begin[m_]), 0);
  Array<int> fill(row_begin);
  Array<int> single_columns, single_rows;
  for (int c = 0; c < size; ++c) {
    for (int e = a.start[columns[c]]; e < a.start[columns[c] + 1]; ++e) {
      if (by_row[a.row[e]] < 0) row_columns[fill[a.row[e]]++] = c;
    }
    if (column_count[c] == 1) single_columns.push_back(c);
  }
  for (int i = 0; i < m_; ++i) {
    if (row_count[i] == 1) single_rows.push_back(i);
  }
  Array<char> column_done(static_cast<std::size_t>(size), 0);
  constexpr double least_pivot = 1e-9;
  constexpr double least_share = 0.01;
  const auto take = [&](int row, int c) {
    double pivot = 0.0;
    double largest = 0.0;
    for (int e = a.start[columns[c]]; e < a.start[columns[c] + 1]; ++e) {
      if (a.row[e] == row) pivot = a.value[e];
      if (by_row[a.row[e]] < 0) largest = std::max(largest, std::abs(a.value[e]));
    }
    if (std::abs(pivot) < least_pivot || std::abs(pivot) < least_share * largest) return;
    const int u_before = upper_.index.length();
    const int l_before = lower_.index.length();
    for (int e = a.start[columns[c]]; e < a.start[columns[c] + 1]; ++e) {
      const int i = a.row[e];
      if (i == row || a.value[e] == 0.0) continue;
      if (by_row[i] >= 0) {
        upper_.index.push_back(i);
        upper_.value.push_back(a.value[e]);
      } else {
        lower_.index.push_back(i);
        lower_.value.push_back(a.value[e] / pivot);
        row_sum[i] -= c;
        if (--row_count[i] == 1) single_rows.push_back(i);
      }
    }
    for (int e = row_begin[row]; e < row_begin[row + 1]; ++e) {
      const int other = row_columns[e];
      if (other == c || column_done[other]) continue;
      column_sum[other] -= row;
      if (--column_count[other] == 1) single_columns.push_back(other);
    }
    by_row[row] = columns[c];
    column_done[c] = 1;
    store_column(row, pivot, u_before, l_before);
  };
  while (!single_columns.empty() || !single_rows.empty()) {
    if (!single_columns.empty()) {
      const int c = single_columns.back();
      single_columns.pop_back();
      if (!column_done[c] && column_count[c] == 1) take(column_sum[c], c);
    } else {
      const int i = single_rows.back();
      single_rows.pop_back();
      if (by_row[i] < 0 && row_count[i] == 1) take(i, row_sum[i]);
    }
  }

  // What has no singletons.
  Markowitz nucleus(m_);
  Array<int> left;
  for (int c = 0; c < size; ++c) {
    if (column_done[c]) continue;
    left.push_back(columns[c]);
    nucleus.begin_column();
    for (int e = a.start[columns[c]]; e < a.start[columns[c] + 1]; ++e) {
      if (by_row[a.row[e]] < 0 && a.value[e] != 0.0) nucleus.add(a.row[e], a.value[e]);
    }
  }
  nucleus.eliminate();
  for (int k = 0; k < nucleus.pivots(); ++k) {
    const int row = nucleus.pivot_row[k];
    const int j = left[nucleus.pivot_column[k]];
    const int u_before = upper_.index.length();
    const int l_before = lower_.index.length();
    for (int e = a.start[j]; e < a.start[j + 1]; ++e) {
      const int i = a.row[e];
      // Rows of the nucleus have no place in U until all of it is stored.
      if (a.value[e] == 0.0 || by_row[i] < 0) continue;
      upper_.index.push_back(i);
      upper_.value.push_back(a.value[e]);
    }
    for (int e = nucleus.u_begin[k]; e < nucleus.u_begin[k + 1]; ++e) {
      upper_.index.push_back(nucleus.u_index[e]);
      upper_.value.push_back(nucleus.u_value[e]);
    }
    for (int e = nucleus.l_begin[k]; e < nucleus.l_begin[k + 1]; ++e) {
      lower_.index.push_back(nucleus.l_index[e]);
      lower_.value.push_back(nucleus.l_value[e]);
    }
    store_column(row, nucleus.pivot_value[k], u_before, l_before);
  }
  for (int k = 0; k < nucleus.pivots(); ++k) by_row[nucleus.pivot_row[k]] = left[nucleus.pivot_column[k]];
  int replaced = 0;
  for (int i = 0; i < m_; ++i) {
    if (by_row[i] >= 0) continue;
    by_row[i] = a.n + i;
    store_column(i, -1.0, 0, lower_.index.length());
    ++replaced;
  }
  basic = std::move(by_row);
  transpose_upper();
  transpose_lower();
  fresh_size_ = upper_.index.length() + lower_.index.length();
  return replaced;
}

LODE_INLINE void BasisFactor::transpose_upper() {
  constexpr int room = 2;
  Triangle& rows = upper_rows_;
  for (const int i : upper_.index) ++rows.line[i].end;
  int begin = 0;
  // In the order of elimination, so that lines that are read together are together.
  for (const int i : upper_order_) {
    Line& line = rows.line[i];
    const int length = line.end;
    line = {begin, begin, upper_.line[i].diagonal};
    begin += length + room;
  }
  upper_rows_room_.refill(m_, room);
  rows.index.refill(begin, 0);
  rows.value.refill(begin, 0.0);
  for (const int i : upper_order_) {
    const Line& column = upper_.line[i];
    for (int e = column.begin; e < column.end; ++e) {
      const int at = rows.line[upper_.index[e]].end++;
      rows.index[at] = i;
      rows.value[at] = upper_.value[e];
    }
  }
}

LODE_INLINE void BasisFactor::transpose_lower() {
  Triangle& rows = lower_rows_;
  for (const int i : lower_.index) ++rows.line[i].end;
  int begin = 0;
  for (const int i : upper_order_) {
    Line& line = rows.line[i];
    const int length = line.end;
    if (length == 0) continue;
    lower_rows_order_.push_back(i);
    line = {begin, begin, 1.0};
    begin += length;
  }
  rows.index.refill(begin, 0);
  rows.value.refill(begin, 0.0);
  for (const int i : lower_order_) {
    const Line& column = lower_.line[i];
    for (int e = column.begin; e < column.end; ++e) {
      const int at = rows.line[lower_.index[e]].end++;
      rows.index[at] = i;
      rows.value[at] = lower_.value[e];
    }
  }
}

}  // namespace lode::inline LODE_ABI::optimize::detail
