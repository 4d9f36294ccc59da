// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <Eigen/SparseCore>

#include <lode/config.hpp>
#include <lode/optimize/symmetric_solver.hpp>

namespace lode::inline LODE_ABI::optimize {

/// The entries of K^-1 on the pattern of K (and of its factor), without forming the inverse.
///
/// With P K P' = L D L', the entries of the inverse Z on the pattern of L follow from each other, last column first
/// (Takahashi, Fagan and Chen 1973; Erisman and Tinney 1975):
///
///     Z_ij = -sum over k > j of L_kj Z_ik  (i > j),      Z_jj = 1 / D_j - sum over k > j of L_kj Z_kj
///
/// and no other entry is needed, because the rows of a column of L are pairwise in the pattern. Cost O(sum of squared
/// column counts of L), as the factorisation itself; memory as L.
///
///     if (solver.factorise(lower)) {
///       const SelectedInverse inverse(solver);
///       inverse.at(i, i);   // a variance, if K is an information matrix
///     }
class SelectedInverse {
 public:
  /// The solver must hold a factorisation; it is not needed afterwards.
  explicit SelectedInverse(const SymmetricSolver& solver);

  /// Entry (i, k) of the inverse; 0 where neither K nor its factor has an entry. O(log of a column of L).
  [[nodiscard]] double at(Eigen::Index i, Eigen::Index k) const;

 private:
  Eigen::SparseMatrix<double> below_;  ///< in the solver's order, where L is
  Eigen::VectorXd diagonal_;           ///< in the solver's order
  Eigen::VectorXi position_;           ///< of a row of K in the solver's order
};

}  // namespace lode::inline LODE_ABI::optimize

#ifndef LODE_COMPILED
#include <lode/impl/selected_inverse.ipp>  // IWYU pragma: export
#endif
