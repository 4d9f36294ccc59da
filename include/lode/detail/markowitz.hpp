// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/config.hpp>
#include <lode/detail/sparse_vector.hpp>

/// Private. Gaussian elimination of a sparse matrix in the order of least fill.
namespace lode::inline LODE_ABI::optimize::detail {

/// Pivots are entries of at least a tenth of the largest of their column, of those the one with the least product of
/// what else is in its row and column (Markowitz 1957), looked for in the shortest few rows and columns (Zlatev 1980).
///
/// The answer is a sequence of pivots with columns of L (divided by the pivot) and of U (rows that pivoted before).
/// Columns that turn out to depend on others get no pivot.
class Markowitz {
 public:
  /// Row names are below `rows`; columns are numbered as they come.
  explicit Markowitz(int rows) : rows_(rows) {}

  void begin_column();
  void add(int row, double value);
  void eliminate();

  [[nodiscard]] int pivots() const { return pivot_row.length(); }
  Array<int> pivot_row, pivot_column;
  Array<double> pivot_value;
  Array<int> l_begin, l_index, u_begin, u_index;  ///< by pivot, with one end more
  Array<double> l_value, u_value;

 private:
  struct Entry {
    int row;
    double value;
  };
  /// Doubly linked lists of rows or columns of the same count.
  struct Buckets {
    Array<int> first, next, previous, count;
    void start(int items, int most);
    void insert(int item, int length);
    void remove(int item);
  };
  bool choose(int& row, int& column);
  void pivot_on(int row, int column);
  void drop_from_row(int row, int column);
  [[nodiscard]] double largest(int column);

  int rows_ = 0;
  Array<Array<Entry>> columns_;
  Array<double> largest_;  ///< of each column; negative: to be found
  Array<int> name_;        ///< of local rows
  Array<Array<int>> row_columns_;
  Buckets by_row_, by_column_;
  Array<double> multiplier_;
  Array<Array<Entry>> upper_;  ///< of each column, until it is stored
};

}  // namespace lode::inline LODE_ABI::optimize::detail

#ifndef LODE_COMPILED
#include <lode/impl/markowitz.ipp>  // IWYU pragma: export
#endif
