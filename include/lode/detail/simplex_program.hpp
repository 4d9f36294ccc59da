// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/config.hpp>
#include <lode/detail/basis_factor.hpp>
#include <lode/detail/scaled_program.hpp>
#include <lode/detail/sparse_vector.hpp>
#include <lode/optimize/program.hpp>

/// Private. A linear program as the simplex method works on it:
///
///     minimise c'x   subject to   A x - s = 0,   lower <= (x, s) <= upper
///
/// Variable j < n is column j of A, variable n + i is the activity of row i. Rows and columns are scaled by powers of
/// two, so that scaling changes no digit; x also by one unit for all, so that bounds are about 1 in size.
namespace lode::inline LODE_ABI::optimize::detail {

struct SimplexProgram {
  int n = 0, m = 0;
  Array<int> start, row;  ///< by columns
  Array<double> value;
  Array<int> row_start, column;  ///< by rows
  Array<double> row_value;
  Array<double> lower, upper, cost;  ///< n + m
  Array<double> row_scale, column_scale;
  double unit = 1.0;        ///< x = unit * column_scale * scaled x
  double cost_scale = 1.0;  ///< scaled cost = cost_scale * column_scale * cost

  enum class Change { none, rows_appended, matrix };
  /// Takes a program over, or its first `rows` rows. Scales are kept where the first rows are those there were before.
  Change load(const Program& program, int rows);

  [[nodiscard]] int size() const { return n + m; }
  [[nodiscard]] BasisColumns columns() const { return {n, m, start.data(), row.data(), value.data()}; }
  /// The part that checks of rays need.
  [[nodiscard]] ScaledProgram scales() const;

 private:
  [[nodiscard]] Change compare(const Eigen::SparseMatrix<double>& rows, int count) const;
  void find_scales(const Eigen::SparseMatrix<double>& rows);
  void store(const Eigen::SparseMatrix<double>& rows);
  void load_sides(const Program& program);
};

}  // namespace lode::inline LODE_ABI::optimize::detail

#ifndef LODE_COMPILED
#include <lode/impl/simplex_program.ipp>  // IWYU pragma: export
#endif
