// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <vector>

#include <Eigen/SparseCore>

#include <lode/config.hpp>

/// Private. P K P' = L D L' of a symmetric matrix without pivoting, by supernodes (Ng and Peyton 1993): columns of L
/// with nearly the same pattern are stored as one dense panel, so that the work is products of small dense matrices and
/// not of single numbers. Left-looking: a panel collects what earlier panels have for it, then is factorised.
///
/// Every number of L is a sum in a fixed order, whatever the size of registers and caches: same bits everywhere.
namespace lode::inline LODE_ABI::optimize::detail {

class SupernodalFactor {
 public:
  /// Order (approximate minimum degree), panels and their rows, for a lower triangle with its diagonal stored.
  void analyse(const Eigen::SparseMatrix<double>& lower);
  /// False where a pivot is zero or not finite.
  [[nodiscard]] bool factorise(const double* values);
  void solve(Eigen::VectorXd& b) const;

  [[nodiscard]] Eigen::SparseMatrix<double> lower_factor() const;
  [[nodiscard]] const Eigen::VectorXd& pivots() const { return pivots_; }
  [[nodiscard]] const Eigen::VectorXi& order() const { return order_; }

 private:
  /// A panel: columns [first, first + columns), whose rows are rows_[rows .. rows + height), the columns themselves
  /// first.
  struct Panel {
    int first = 0, columns = 0, height = 0;
    std::size_t rows = 0;
    std::size_t values = 0;  ///< column-major, `height` apart
  };

  void eliminate(const Eigen::SparseMatrix<double>& lower);
  void amalgamate(const std::vector<int>& parent, const std::vector<int>& count);
  void find_rows();
  [[nodiscard]] bool factorise_panel(const Panel& panel);

  Eigen::VectorXi order_;
  Eigen::VectorXd pivots_;
  std::vector<Panel> panels_;
  std::vector<int> panel_of_;  ///< by column
  std::vector<int> rows_;
  std::vector<double> values_;
  // The matrix in the order of L: by column, row and place among the values given.
  std::vector<int> entry_start_, entry_row_, entry_source_;
  // Working space.
  std::vector<int> local_;  ///< row -> its place in the panel at work
  std::vector<int> next_, head_, reached_, places_;
  std::vector<double> scaled_;
  mutable Eigen::VectorXd permuted_, gathered_;
};

}  // namespace lode::inline LODE_ABI::optimize::detail

#ifndef LODE_COMPILED
#include <lode/impl/supernodal.ipp>  // IWYU pragma: export
#endif
