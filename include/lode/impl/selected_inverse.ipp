// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <vector>

#include <lode/optimize/selected_inverse.hpp>

namespace lode::inline LODE_ABI::optimize {

LODE_INLINE SelectedInverse::SelectedInverse(const SymmetricSolver& solver)
    : below_(solver.lower_factor()), diagonal_(solver.size()), position_(solver.size()) {
  const Eigen::SparseMatrix<double>& factor = solver.lower_factor();
  const int* begin = factor.outerIndexPtr();
  const int* row = factor.innerIndexPtr();
  const double* l = factor.valuePtr();
  double* inverse = below_.valuePtr();
  std::vector<int> place(static_cast<std::size_t>(solver.size()), -1);  // of a row in the column at hand
  std::vector<double> sum;
  for (Eigen::Index j = solver.size(); j-- > 0;) {
    const int first = begin[j];
    const int count = begin[j + 1] - first;
    for (int a = 0; a < count; ++a) place[static_cast<std::size_t>(row[first + a])] = a;
    sum.assign(static_cast<std::size_t>(count), 0.0);
    for (int a = 0; a < count; ++a) {
      const int k = row[first + a];
      const double l_kj = l[first + a];
      double own = l_kj * diagonal_[k];
      // Column k of the inverse holds Z_ik for every i > k in this column, among others.
      for (int p = begin[k]; p < begin[k + 1]; ++p) {
        const int b = place[static_cast<std::size_t>(row[p])];
        if (b < 0) continue;
        sum[static_cast<std::size_t>(b)] += l_kj * inverse[p];
        own += l[first + b] * inverse[p];
      }
      sum[static_cast<std::size_t>(a)] += own;
    }
    double own = 1.0 / solver.pivots()[j];
    for (int a = 0; a < count; ++a) {
      inverse[first + a] = -sum[static_cast<std::size_t>(a)];
      own -= l[first + a] * inverse[first + a];
      place[static_cast<std::size_t>(row[first + a])] = -1;
    }
    diagonal_[j] = own;
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
