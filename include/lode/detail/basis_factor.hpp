// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>

#include <lode/config.hpp>
#include <lode/detail/sparse_vector.hpp>

/// Private. The LU factors of a basis of a linear program, changed one column at a time.
namespace lode::inline LODE_ABI::optimize::detail {

/// Columns of [A | -I]: column j of A, or for j >= n the logical column -e_(j-n).
struct BasisColumns {
  int n = 0, m = 0;
  const int* start = nullptr;
  const int* row = nullptr;
  const double* value = nullptr;
};

/// B = L R^-1 U with rows as names: the column that pivots on row i is the one that `basic[i]` names, so that solutions
/// are read by row and no permutation is ever applied.
///
/// Columns and rows with a single entry left are taken first; what remains is eliminated after Markowitz (1957) with
/// threshold pivoting (Suhl and Suhl 1990). A changed column is an update by Forrest and Tomlin (1972): its spike
/// becomes the last column of U, the row it leaves is eliminated by a row of multipliers, R. Solves go through the
/// places that can become nonzero only, found beforehand (Gilbert and Peierls 1988; Hall and McKinnon 2005), where
/// these are few.
class BasisFactor {
 public:
  /// Factorises the columns `basic` and orders them by the rows they pivot on. Dependent columns are replaced by
  /// logicals; returns how many.
  int factorise(const BasisColumns& columns, Array<int>& basic);

  /// B x = b in place. `density` is the usual share of nonzeros in the answers and is kept up to date. With `spike`,
  /// what `update` needs of an entering column is kept.
  void solve(SparseVector& x, double& density, bool spike = false);
  /// B'y = b in place. With `row`, what `update` needs of the leaving row (b = e_p) is kept.
  void solve_transposed(SparseVector& y, double& density, bool row = false);

  /// The column that pivots on row p is replaced by the one last solved for with `spike`; `pivot` is entry p of that
  /// solution.
  void update(int p, double pivot);
  /// One more row m, whose entries in the basic columns are those of b (by the rows these pivot on) and whose logical
  /// is basic.
  void append_row(SparseVector& b);

  [[nodiscard]] int updates() const { return updates_; }
  /// Updates made the factors so full that a fresh factorisation pays, or are too many.
  [[nodiscard]] bool worn() const;

 private:
  /// Where the entries of a row's or column's line are, and what its pivot is.
  struct Line {
    int begin = 0, end = 0;
    double diagonal = 1.0;
  };
  /// A triangular matrix by lines that have the names of rows, in places that need not be in order.
  struct Triangle {
    Array<Line> line;
    Array<int> index;
    Array<double> value;
    void clear(int size) {
      line.refill(size, Line());
      index.clear();
      value.clear();
    }
  };

  void store_column(int row, double pivot, int u_begin, int l_begin);
  void transpose_upper();
  void transpose_lower();
  void extend_upper_row(int row, int column, double value);
  template <bool divide>
  void reach(SparseVector& x, const Triangle& triangle);

  int m_ = 0;
  int updates_ = 0;
  int logicals_ = 0;             ///< of the basis factorised; first in order
  std::int64_t fresh_size_ = 0;  ///< entries of L and U after factorisation
  std::int64_t added_ = 0;       ///< entries of U and R since then

  Triangle lower_, lower_rows_, upper_, upper_rows_;
  Array<int> lower_order_, lower_rows_order_;  ///< rows whose lines are not empty, in order of elimination
  Array<int> upper_order_;                     ///< all rows; -1 where one was replaced and comes later
  Array<int> upper_place_;                     ///< of each row in that order
  Array<int> upper_rows_room_;                 ///< free places behind each line
  // R: rows of multipliers.
  Array<int> r_pivot_, r_begin_, r_index_;
  Array<double> r_value_;
  // Kept for `update`.
  Array<int> spike_index_, row_index_;
  Array<double> spike_value_, row_value_;

  struct Visit {
    int row = 0, next = 0, end = 0;
  };
  Array<char> seen_;
  Array<Visit> stack_;
  Array<int> post_;
};

}  // namespace lode::inline LODE_ABI::optimize::detail

#ifndef LODE_COMPILED
#include <lode/impl/basis_factor.ipp>  // IWYU pragma: export
#endif
