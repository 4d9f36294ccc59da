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

/// Replaces x by the solution with a triangular matrix given by columns, visiting what x can reach. A search in depth
/// orders the places such that each comes before those it changes.
template <bool divide>
LODE_INLINE void BasisFactor::reach(SparseVector& x, const Array<int>& of_row, const Array<int>& begin,
                                    const Array<int>& end, const Array<int>& index, const Array<double>& value) {
  int found = 0;
  for (int k = 0; k < x.count; ++k) {
    if (seen_[x.index[k]]) continue;
    int depth = 0;
    stack_[0] = x.index[k];
    seen_[stack_[0]] = 1;
    int column = of_row[stack_[0]];
    place_[0] = column < 0 ? 0 : begin[column];
    int last = column < 0 ? 0 : end[column];
    while (true) {
      int at = place_[depth];
      while (at < last && seen_[index[at]]) ++at;
      if (at < last) {
        place_[depth] = at + 1;
        const int next = index[at];
        seen_[next] = 1;
        stack_[++depth] = next;
        column = of_row[next];
        place_[depth] = column < 0 ? 0 : begin[column];
        last = column < 0 ? 0 : end[column];
        continue;
      }
      post_[found++] = stack_[depth];
      if (depth == 0) break;
      column = of_row[stack_[--depth]];
      last = end[column];
    }
  }
  x.count = 0;
  for (int k = found - 1; k >= 0; --k) {
    const int i = post_[k];
    seen_[i] = 0;
    double at = x.value[i];
    if (std::abs(at) < SparseVector::rounding) {
      x.value[i] = 0.0;
      continue;
    }
    const int column = of_row[i];
    x.index[x.count++] = i;
    if (column < 0) continue;
    if constexpr (divide) {
      at /= u_diagonal_[column];
      x.value[i] = at;
    }
    for (int e = begin[column]; e < end[column]; ++e) x.value[index[e]] -= at * value[e];
  }
}

LODE_INLINE void BasisFactor::solve(SparseVector& x, double& density, bool spike) {
  bool listed = x.count < few_before * m_ && density < few_after;
  if (listed) {
    reach<false>(x, l_of_row_, l_begin_, l_end_, l_index_, l_value_);
  } else {
    for (int k = 0; k < l_pivot_.length(); ++k) {
      const double at = x.value[l_pivot_[k]];
      if (at == 0.0) continue;
      for (int e = l_begin_[k]; e < l_end_[k]; ++e) x.value[l_index_[e]] -= at * l_value_[e];
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
    reach<true>(x, u_of_row_, u_begin_, u_end_, u_index_, u_value_);
  } else {
    for (int k = u_pivot_.length() - 1; k >= 0; --k) {
      const int i = u_pivot_[k];
      if (i < 0 || x.value[i] == 0.0) continue;
      const double at = x.value[i] / u_diagonal_[k];
      x.value[i] = at;
      for (int e = u_begin_[k]; e < u_end_[k]; ++e) x.value[u_index_[e]] -= at * u_value_[e];
    }
    x.list();
  }
  density = 0.9 * density + 0.1 * x.count / std::max(1, m_);
}

LODE_INLINE void BasisFactor::solve_transposed(SparseVector& y, double& density, bool row) {
  bool listed = y.count < few_before * m_ && density < few_after;
  if (listed) {
    reach<true>(y, u_of_row_, ut_begin_, ut_end_, ut_index_, ut_value_);
  } else {
    for (int k = 0; k < u_pivot_.length(); ++k) {
      const int i = u_pivot_[k];
      if (i < 0 || y.value[i] == 0.0) continue;
      const double at = y.value[i] / u_diagonal_[k];
      y.value[i] = at;
      for (int e = ut_begin_[k]; e < ut_end_[k]; ++e) y.value[ut_index_[e]] -= at * ut_value_[e];
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
    reach<false>(y, lt_of_row_, lt_begin_, lt_end_, lt_index_, lt_value_);
  } else {
    for (int k = lt_pivot_.length() - 1; k >= 0; --k) {
      const double at = y.value[lt_pivot_[k]];
      if (at == 0.0) continue;
      for (int e = lt_begin_[k]; e < lt_end_[k]; ++e) y.value[lt_index_[e]] -= at * lt_value_[e];
    }
    y.list();
  }
  density = 0.9 * density + 0.1 * y.count / std::max(1, m_);
}

LODE_INLINE void BasisFactor::extend_upper_row(int k, int column_row, double value) {
  if (ut_space_[k] == 0) {
    // Moves to the end, with room for as much again.
    const int length = ut_end_[k] - ut_begin_[k];
    const int begin = ut_index_.length();
    const int room = length + 4;
    ut_index_.lengthen(begin + length + room, 0);
    ut_value_.lengthen(begin + length + room, 0.0);
    std::copy_n(ut_index_.data() + ut_begin_[k], length, ut_index_.data() + begin);
    std::copy_n(ut_value_.data() + ut_begin_[k], length, ut_value_.data() + begin);
    ut_begin_[k] = begin;
    ut_end_[k] = begin + length;
    ut_space_[k] = room;
  }
  --ut_space_[k];
  ut_index_[ut_end_[k]] = column_row;
  ut_value_[ut_end_[k]++] = value;
}

LODE_INLINE void BasisFactor::update(int p, double pivot) {
  const int old = u_of_row_[p];
  const double diagonal = u_diagonal_[old];
  // Row p leaves U, and so does the column that pivoted on it.
  for (int e = ut_begin_[old]; e < ut_end_[old]; ++e) {
    const int k = u_of_row_[ut_index_[e]];
    const int last = --u_end_[k];
    int at = u_begin_[k];
    while (u_index_[at] != p) ++at;
    u_index_[at] = u_index_[last];
    u_value_[at] = u_value_[last];
  }
  for (int e = u_begin_[old]; e < u_end_[old]; ++e) {
    const int k = u_of_row_[u_index_[e]];
    const int last = --ut_end_[k];
    int at = ut_begin_[k];
    while (ut_index_[at] != p) ++at;
    ut_index_[at] = ut_index_[last];
    ut_value_[at] = ut_value_[last];
    ++ut_space_[k];
  }
  const int fresh = u_pivot_.length();
  u_begin_.push_back(u_index_.length());
  for (int k = 0; k < spike_index_.length(); ++k) {
    const int i = spike_index_[k];
    if (i == p) continue;
    u_index_.push_back(i);
    u_value_.push_back(spike_value_[k]);
    extend_upper_row(u_of_row_[i], p, spike_value_[k]);
  }
  u_end_.push_back(u_index_.length());
  ut_begin_.push_back(ut_begin_[old]);
  ut_end_.push_back(ut_begin_[old]);
  ut_space_.push_back(ut_space_[old] + ut_end_[old] - ut_begin_[old]);
  ut_end_[old] = ut_begin_[old];
  ut_space_[old] = 0;
  u_end_[old] = u_begin_[old];
  u_pivot_[old] = -1;
  u_pivot_.push_back(p);
  u_diagonal_.push_back(diagonal * pivot);
  u_of_row_[p] = fresh;

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
  constexpr int most_updates = 200;
  return updates_ >= most_updates || added_ > 3 * (fresh_size_ + m_);
}

LODE_INLINE void BasisFactor::append_row(SparseVector& b) {
  // With l' = b'U^-1 the new factors are [L 0; l' 1] and [U 0; 0 -1], which is one row more of R.
  for (int k = 0; k < u_pivot_.length(); ++k) {
    const int i = u_pivot_[k];
    if (i < 0 || b.value[i] == 0.0) continue;
    const double at = b.value[i] / u_diagonal_[k];
    b.value[i] = at;
    for (int e = ut_begin_[k]; e < ut_end_[k]; ++e) b.value[ut_index_[e]] -= at * ut_value_[e];
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
  l_of_row_.push_back(-1);
  lt_of_row_.push_back(-1);
  u_of_row_.push_back(u_pivot_.length());
  u_pivot_.push_back(row);
  u_diagonal_.push_back(-1.0);
  u_begin_.push_back(u_index_.length());
  u_end_.push_back(u_index_.length());
  ut_begin_.push_back(ut_index_.length());
  ut_end_.push_back(ut_index_.length());
  ut_space_.push_back(0);
  seen_.push_back(0);
  for (Array<int>* list : {&stack_, &place_, &post_}) list->push_back(0);
}

LODE_INLINE void BasisFactor::store_column(int row, double pivot) {
  // Entries were pushed already, from the end of the column before.
  const int end = u_index_.length();
  u_begin_.push_back(u_end_.empty() ? 0 : u_end_.back());
  u_end_.push_back(end);
  u_of_row_[row] = u_pivot_.length();
  u_pivot_.push_back(row);
  u_diagonal_.push_back(pivot);
}

LODE_INLINE int BasisFactor::factorise(const BasisColumns& a, Array<int>& basic) {
  m_ = a.m;
  updates_ = 0;
  added_ = 0;
  for (Array<int>* list : {&l_pivot_, &l_begin_, &l_end_, &l_index_, &u_pivot_, &u_begin_, &u_end_, &u_index_,
                           &r_pivot_, &r_begin_, &r_index_}) {
    list->clear();
  }
  for (Array<double>* list : {&l_value_, &u_value_, &u_diagonal_, &r_value_}) list->clear();
  r_begin_.push_back(0);
  l_of_row_.refill(m_, -1);
  u_of_row_.refill(m_, -1);
  seen_.refill(m_, 0);
  for (Array<int>* list : {&stack_, &place_, &post_}) list->refill(m_, 0);

  // Logicals pivot on their rows. Of the rest, counts and the sums of what is left in each row and column: where the
  // count is 1, the sum is the place.
  Array<int> by_row(static_cast<std::size_t>(m_), -1), columns;
  for (const int j : basic) {
    if (j < a.n) {
      columns.push_back(j);
    } else {
      by_row[j - a.n] = j;
      store_column(j - a.n, -1.0);
    }
  }
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
    const int l_before = l_index_.length();
    for (int e = a.start[columns[c]]; e < a.start[columns[c] + 1]; ++e) {
      const int i = a.row[e];
      if (i == row || a.value[e] == 0.0) continue;
      if (by_row[i] >= 0) {
        u_index_.push_back(i);
        u_value_.push_back(a.value[e]);
      } else {
        l_index_.push_back(i);
        l_value_.push_back(a.value[e] / pivot);
        row_sum[i] -= c;
        if (--row_count[i] == 1) single_rows.push_back(i);
      }
    }
    if (l_index_.length() > l_before) {
      l_of_row_[row] = l_pivot_.length();
      l_pivot_.push_back(row);
      l_begin_.push_back(l_before);
      l_end_.push_back(l_index_.length());
    }
    for (int e = row_begin[row]; e < row_begin[row + 1]; ++e) {
      const int other = row_columns[e];
      if (other == c || column_done[other]) continue;
      column_sum[other] -= row;
      if (--column_count[other] == 1) single_columns.push_back(other);
    }
    by_row[row] = columns[c];
    column_done[c] = 1;
    store_column(row, pivot);
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
    for (int e = a.start[j]; e < a.start[j + 1]; ++e) {
      const int i = a.row[e];
      // Rows of the nucleus have no place in U until all of it is stored.
      if (a.value[e] == 0.0 || by_row[i] < 0) continue;
      u_index_.push_back(i);
      u_value_.push_back(a.value[e]);
    }
    for (int e = nucleus.u_begin[k]; e < nucleus.u_begin[k + 1]; ++e) {
      u_index_.push_back(nucleus.u_index[e]);
      u_value_.push_back(nucleus.u_value[e]);
    }
    store_column(row, nucleus.pivot_value[k]);
    const int l_before = l_index_.length();
    for (int e = nucleus.l_begin[k]; e < nucleus.l_begin[k + 1]; ++e) {
      l_index_.push_back(nucleus.l_index[e]);
      l_value_.push_back(nucleus.l_value[e]);
    }
    if (l_index_.length() == l_before) continue;
    l_of_row_[row] = l_pivot_.length();
    l_pivot_.push_back(row);
    l_begin_.push_back(l_before);
    l_end_.push_back(l_index_.length());
  }
  for (int k = 0; k < nucleus.pivots(); ++k) by_row[nucleus.pivot_row[k]] = left[nucleus.pivot_column[k]];
  int replaced = 0;
  for (int i = 0; i < m_; ++i) {
    if (by_row[i] >= 0) continue;
    by_row[i] = a.n + i;
    store_column(i, -1.0);
    ++replaced;
  }
  basic = std::move(by_row);
  transpose_upper();
  transpose_lower();
  fresh_size_ = u_index_.length() + l_index_.length();
  return replaced;
}

LODE_INLINE void BasisFactor::transpose_upper() {
  constexpr int room = 2;
  const int size = u_pivot_.length();
  ut_begin_.refill(size, 0);
  ut_end_.refill(size, 0);
  ut_space_.refill(size, room);
  for (const int i : u_index_) ++ut_end_[u_of_row_[i]];
  int begin = 0;
  for (int k = 0; k < size; ++k) {
    const int length = ut_end_[k];
    ut_begin_[k] = ut_end_[k] = begin;
    begin += length + room;
  }
  ut_index_.refill(begin, 0);
  ut_value_.refill(begin, 0.0);
  for (int k = 0; k < size; ++k) {
    for (int e = u_begin_[k]; e < u_end_[k]; ++e) {
      const int at = ut_end_[u_of_row_[u_index_[e]]]++;
      ut_index_[at] = u_pivot_[k];
      ut_value_[at] = u_value_[e];
    }
  }
}

LODE_INLINE void BasisFactor::transpose_lower() {
  lt_of_row_.refill(m_, -1);
  Array<int> length(static_cast<std::size_t>(m_), 0);
  for (const int i : l_index_) ++length[i];
  lt_pivot_.clear();
  lt_begin_.clear();
  int begin = 0;
  // The order of elimination.
  for (int k = 0; k < u_pivot_.length(); ++k) {
    const int i = u_pivot_[k];
    if (length[i] == 0) continue;
    lt_of_row_[i] = lt_pivot_.length();
    lt_pivot_.push_back(i);
    lt_begin_.push_back(begin);
    begin += length[i];
  }
  lt_end_ = lt_begin_;
  lt_index_.refill(begin, 0);
  lt_value_.refill(begin, 0.0);
  for (int k = 0; k < l_pivot_.length(); ++k) {
    for (int e = l_begin_[k]; e < l_end_[k]; ++e) {
      const int at = lt_end_[lt_of_row_[l_index_[e]]]++;
      lt_index_[at] = l_pivot_[k];
      lt_value_[at] = l_value_[e];
    }
  }
}

}  // namespace lode::inline LODE_ABI::optimize::detail
