// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <vector>

#include <Eigen/Core>

#include <lode/optimize/selected_inverse.hpp>

namespace lode::inline LODE_ABI::optimize {

/// Columns of L that follow each other and have the same rows below them, as [first, last + 1).
[[nodiscard]] LODE_INLINE std::vector<int> supernode_starts(const Eigen::SparseMatrix<double>& factor) {
  const int* begin = factor.outerIndexPtr();
  const int* row = factor.innerIndexPtr();
  const int size = static_cast<int>(factor.cols());
  std::vector<int> starts;
  for (int j = 0; j < size; ++j) {
    const bool continues = j > 0 && begin[j] - begin[j - 1] == begin[j + 1] - begin[j] + 1 &&
                           row[begin[j - 1]] == j &&
                           std::equal(row + begin[j], row + begin[j + 1], row + begin[j - 1] + 1);
    if (!continues) starts.push_back(j);
  }
  starts.push_back(size);
  return starts;
}

// Block by block: with J the columns of a supernode, R the rows below them and Y = L_RJ L_JJ^-1,
//
//     Z_RJ = -Z_RR Y,     Z_JJ = L_JJ^-T D_J^-1 L_JJ^-1 - Y' Z_RJ
//
// so that Z_RR is gathered once for a whole block, and the rest is dense.
LODE_INLINE SelectedInverse::SelectedInverse(const SymmetricSolver& solver)
    : below_(solver.lower_factor()), diagonal_(solver.size()), position_(solver.size()) {
  const Eigen::SparseMatrix<double>& factor = solver.lower_factor();
  const int* begin = factor.outerIndexPtr();
  const int* row = factor.innerIndexPtr();
  double* inverse = below_.valuePtr();
  const std::vector<int> starts = supernode_starts(factor);
  for (std::size_t block = starts.size() - 1; block-- > 0;) {
    const int first = starts[block];
    const int width = starts[block + 1] - first;
    const int last = first + width - 1;
    const int* const rows = row + begin[last];
    const int height = begin[last + 1] - begin[last];
    Eigen::MatrixXd within = Eigen::MatrixXd::Identity(width, width);  // L_JJ
    Eigen::MatrixXd y(height, width);                                  // L_RJ, then Y
    for (int c = 0; c < width; ++c) {
      const double* column = factor.valuePtr() + begin[first + c];
      for (int r = c + 1; r < width; ++r) within(r, c) = *column++;
      for (int r = 0; r < height; ++r) y(r, c) = *column++;
    }
    if (height > 0) within.triangularView<Eigen::UnitLower>().solveInPlace<Eigen::OnTheRight>(y);

    Eigen::MatrixXd held(height, height);  // Z_RR, its lower triangle
    for (int a = 0; a < height; ++a) {
      const int k = rows[a];
      held(a, a) = diagonal_[k];
      for (int p = begin[k], found = a + 1; found < height; ++p) {
        if (row[p] != rows[found]) continue;  // column k holds these rows, among others
        held(found++, a) = inverse[p];
      }
    }
    Eigen::MatrixXd below = Eigen::MatrixXd::Zero(height, width);
    if (height > 0) below.noalias() -= held.selfadjointView<Eigen::Lower>() * y;
    const Eigen::MatrixXd back =
        within.triangularView<Eigen::UnitLower>().solve(Eigen::MatrixXd::Identity(width, width));
    Eigen::MatrixXd own =
        back.transpose() * solver.pivots().segment(first, width).cwiseInverse().asDiagonal() * back;
    if (height > 0) own.noalias() -= y.transpose() * below;
    for (int c = 0; c < width; ++c) {
      double* column = inverse + begin[first + c];
      diagonal_[first + c] = own(c, c);
      for (int r = c + 1; r < width; ++r) *column++ = own(r, c);
      for (int r = 0; r < height; ++r) *column++ = below(r, c);
    }
  }
  for (Eigen::Index k = 0; k < solver.size(); ++k) position_[solver.order()[k]] = static_cast<int>(k);
}

LODE_INLINE double SelectedInverse::at(Eigen::Index i, Eigen::Index k) const {
  const int a = std::min(position_[i], position_[k]);
  const int b = std::max(position_[i], position_[k]);
  if (a == b) return diagonal_[a];
  const int* const begin = below_.innerIndexPtr() + below_.outerIndexPtr()[a];
  const int* const end = below_.innerIndexPtr() + below_.outerIndexPtr()[a + 1];
  const int* const found = std::lower_bound(begin, end, b);
  return found != end && *found == b ? below_.valuePtr()[found - below_.innerIndexPtr()] : 0.0;
}

}  // namespace lode::inline LODE_ABI::optimize
