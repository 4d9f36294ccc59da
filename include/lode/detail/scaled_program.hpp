// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstdint>
#include <vector>

#include <Eigen/SparseCore>

#include <lode/optimize/program.hpp>

/// Private. A program as the interior point method works on it: equilibrated, with rows and variables sorted by kind.
///
/// Scales are powers of two, so scaling and unscaling change no digit:
///
///     A' = R A C,  H' = c C H C,  g' = c C g,  x = C x',  y = R y' / c,  z = C^-1 z' / c
namespace lode::inline LODE_ABI::optimize::detail {

/// `idle` rows hold no variable that moves, or bound nothing.
enum class RowKind : std::uint8_t { inequality, equality, idle };

struct ScaledProgram {
  Eigen::Index n = 0, m = 0;
  Eigen::SparseMatrix<double> rows, hessian;  ///< compressed; the hessian is n x n even for a linear program
  Eigen::VectorXd gradient;
  Eigen::VectorXd lower, upper;             ///< n + m: variables, then rows
  Eigen::VectorXd row_scale, column_scale;  ///< R, C
  double cost_scale = 1.0;                  ///< c
  bool quadratic = false;
  std::vector<char> variable_moves;  ///< 0: fixed, or in no row and no quadratic term, so known beforehand
  Eigen::VectorXd settled_value;     ///< n, scaled; 0 for variables that move
  std::vector<RowKind> row_kind;

  /// Ruiz equilibration (2001) of the matrix [H A'; A 0], then the objective; kinds of rows and variables.
  void load(const Program& program);

 private:
  void equilibrate();
  void classify();
};

}  // namespace lode::inline LODE_ABI::optimize::detail

#ifndef LODE_COMPILED
#include <lode/impl/scaled_program.ipp>  // IWYU pragma: export
#endif
