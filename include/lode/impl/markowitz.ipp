// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <lode/detail/markowitz.hpp>

namespace lode::inline LODE_ABI::optimize::detail {

LODE_INLINE void Markowitz::Buckets::start(int items, int most) {
  first.refill(most + 1, -1);
  next.refill(items, -1);
  previous.refill(items, -1);
  count.refill(items, -1);
}

LODE_INLINE void Markowitz::Buckets::insert(int item, int length) {
  count[item] = length;
  previous[item] = -1;
  next[item] = first[length];
  if (next[item] >= 0) previous[next[item]] = item;
  first[length] = item;
}

LODE_INLINE void Markowitz::Buckets::remove(int item) {
  if (count[item] < 0) return;
  if (previous[item] >= 0) {
    next[previous[item]] = next[item];
  } else {
    first[count[item]] = next[item];
  }
  if (next[item] >= 0) previous[next[item]] = previous[item];
  count[item] = -1;
}

LODE_INLINE void Markowitz::begin_column() {
  columns_.emplace_back();
}

LODE_INLINE void Markowitz::add(int row, double value) {
  columns_.back().push_back({row, value});
}

LODE_INLINE double Markowitz::largest(int column) {
  double& known = largest_[column];
  if (known < 0.0) {
    known = 0.0;
    for (const Entry& entry : columns_[column]) known = std::max(known, std::abs(entry.value));
  }
  return known;
}

LODE_INLINE void Markowitz::drop_from_row(int row, int column) {
  Array<int>& list = row_columns_[row];
  *std::find(list.begin(), list.end(), column) = list.back();
  list.pop_back();
}

LODE_INLINE void Markowitz::eliminate() {
  l_begin.push_back(0);
  u_begin.push_back(0);
  const int size = columns_.length();
  if (size == 0) return;
  Array<int> local(static_cast<std::size_t>(rows_), -1);
  for (int c = 0; c < size; ++c) {
    for (Entry& entry : columns_[c]) {
      int& place = local[entry.row];
      if (place < 0) {
        place = name_.length();
        name_.push_back(entry.row);
        row_columns_.emplace_back();
      }
      entry.row = place;
      row_columns_[place].push_back(c);
    }
  }
  const int rows = name_.length();
  by_row_.start(rows, size);
  by_column_.start(size, rows);
  largest_.refill(size, -1.0);
  multiplier_.refill(rows, 0.0);
  upper_.resize(static_cast<std::size_t>(size));
  for (int i = rows - 1; i >= 0; --i) by_row_.insert(i, row_columns_[i].length());
  for (int c = size - 1; c >= 0; --c) by_column_.insert(c, columns_[c].length());
  int row = -1;
  int column = -1;
  while (choose(row, column)) pivot_on(row, column);
}

LODE_INLINE bool Markowitz::choose(int& row, int& column) {
  constexpr double threshold = 0.1;
  constexpr double least_pivot = 1e-11;
  constexpr int most_searched = 4;
  std::int64_t best = std::numeric_limits<std::int64_t>::max();
  int searched = 0;
  row = -1;
  const int most = std::max(by_row_.first.length(), by_column_.first.length());
  const auto looking = [&] { return searched < most_searched || row < 0; };
  for (int length = 1; length < most && looking(); ++length) {
    if (best <= static_cast<std::int64_t>(length - 1) * (length - 1)) break;
    if (length < by_column_.first.length()) {
      for (int c = by_column_.first[length]; c >= 0 && looking();) {
        const int after = by_column_.next[c];
        const double least = threshold * largest(c);
        if (least < threshold * least_pivot) {
          // Depends on the columns before.
          for (const Entry& entry : columns_[c]) {
            by_row_.remove(entry.row);
            drop_from_row(entry.row, c);
            by_row_.insert(entry.row, row_columns_[entry.row].length());
          }
          columns_[c].clear();
          by_column_.remove(c);
          c = after;
          continue;
        }
        for (const Entry& entry : columns_[c]) {
          if (std::abs(entry.value) < least) continue;
          const std::int64_t merit = static_cast<std::int64_t>(length - 1) * (by_row_.count[entry.row] - 1);
          if (merit >= best) continue;
          best = merit;
          row = entry.row;
          column = c;
        }
        ++searched;
        c = after;
      }
    }
    if (length < by_row_.first.length()) {
      for (int i = by_row_.first[length]; i >= 0 && looking(); i = by_row_.next[i]) {
        for (const int c : row_columns_[i]) {
          const std::int64_t merit = static_cast<std::int64_t>(length - 1) * (by_column_.count[c] - 1);
          if (merit >= best) continue;
          const double least = std::max(threshold * largest(c), least_pivot);
          for (const Entry& entry : columns_[c]) {
            if (entry.row != i) continue;
            if (std::abs(entry.value) >= least) {
              best = merit;
              row = i;
              column = c;
            }
            break;
          }
        }
        ++searched;
      }
    }
  }
  return row >= 0;
}

LODE_INLINE void Markowitz::pivot_on(int row, int column) {
  constexpr double nothing = 1e-14;
  Array<Entry>& pivots_column = columns_[column];
  double pivot = 0.0;
  for (const Entry& entry : pivots_column) {
    if (entry.row == row) pivot = entry.value;
  }
  const int begin = l_index.length();
  by_column_.remove(column);
  by_row_.remove(row);
  for (const Entry& entry : pivots_column) {
    drop_from_row(entry.row, column);
    if (entry.row == row) continue;
    by_row_.remove(entry.row);
    multiplier_[entry.row] = entry.value / pivot;
    l_index.push_back(entry.row);
    l_value.push_back(entry.value / pivot);
  }
  for (const int c : row_columns_[row]) {
    Array<Entry>& other = columns_[c];
    by_column_.remove(c);
    const auto at = std::find_if(other.begin(), other.end(), [row](const Entry& entry) { return entry.row == row; });
    const double value = at->value;
    *at = other.back();
    other.pop_back();
    upper_[c].push_back({name_[row], value});
    for (std::size_t k = 0; k < other.size();) {
      Entry& entry = *(other.data() + k);
      const double factor = multiplier_[entry.row];
      if (factor == 0.0) {
        ++k;
        continue;
      }
      multiplier_[entry.row] = 0.0;
      entry.value -= factor * value;
      if (std::abs(entry.value) >= nothing) {
        ++k;
        continue;
      }
      drop_from_row(entry.row, c);
      entry = other.back();
      other.pop_back();
    }
    for (int e = begin; e < l_index.length(); ++e) {
      const int i = l_index[e];
      if (multiplier_[i] != 0.0) {
        if (std::abs(l_value[e] * value) >= nothing) {
          other.push_back({i, -l_value[e] * value});
          row_columns_[i].push_back(c);
        }
      } else {
        multiplier_[i] = l_value[e];
      }
    }
    largest_[c] = -1.0;
    by_column_.insert(c, other.length());
  }
  for (int e = begin; e < l_index.length(); ++e) {
    const int i = l_index[e];
    multiplier_[i] = 0.0;
    by_row_.insert(i, row_columns_[i].length());
    l_index[e] = name_[i];
  }
  for (const Entry& entry : upper_[column]) {
    u_index.push_back(entry.row);
    u_value.push_back(entry.value);
  }
  pivot_row.push_back(name_[row]);
  pivot_column.push_back(column);
  pivot_value.push_back(pivot);
  l_begin.push_back(l_index.length());
  u_begin.push_back(u_index.length());
  row_columns_[row].clear();
  pivots_column.clear();
  upper_[column].clear();
}

}  // namespace lode::inline LODE_ABI::optimize::detail
