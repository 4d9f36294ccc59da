// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/SparseLU>

#include <lode/detail/mixed_complementarity.hpp>

namespace lode::inline LODE_ABI::detail {

/// The iterate of one solve. Sides without a bound have distance 1 and multiplier 0.
class MixedSolver {
 public:
  explicit MixedSolver(const MixedComplementarity& problem)
      : p_(problem), n_(problem.g.size()), m_(problem.right.size()) {
    x_.resize(n_);
    has_lower_.resize(n_);
    has_upper_.resize(n_);
    zl_.setZero(n_);
    zu_.setZero(n_);
    for (Eigen::Index j = 0; j < n_; ++j) {
      const double l = p_.lower[j];
      const double u = p_.upper[j];
      has_lower_[j] = std::isfinite(l) ? 1.0 : 0.0;
      has_upper_[j] = std::isfinite(u) ? 1.0 : 0.0;
      // Inside the bounds, near 0: differences from the base year are mostly small.
      const double margin = has_lower_[j] * has_upper_[j] > 0.0 ? std::min(1.0, 0.25 * (u - l)) : 1.0;
      x_[j] = 0.0;
      if (has_lower_[j] > 0.0) x_[j] = std::max(x_[j], l + margin);
      if (has_upper_[j] > 0.0) x_[j] = std::min(x_[j], u - margin);
      zl_[j] = has_lower_[j];
      zu_[j] = has_upper_[j];
    }
    y_.setZero(m_);
    bounds_ = has_lower_.sum() + has_upper_.sum();
  }

  MixedPoint run(int max_iterations) {
    MixedPoint out;
    for (int iteration = 0; iteration < max_iterations; ++iteration) {
      const Eigen::VectorXd dual = p_.q * x_ + p_.g - p_.b_columns * y_ - zl_ + zu_;
      const Eigen::VectorXd primal = p_.rows * x_ - p_.right;
      const double mu = complementarity(x_, zl_, zu_);
      const double worst = std::max(dual.lpNorm<Eigen::Infinity>(), m_ > 0 ? primal.lpNorm<Eigen::Infinity>() : 0.0);
      if (!std::isfinite(worst + mu)) break;
      if (worst <= 1e-11 && mu <= 1e-13) {
        out.converged = true;
        break;
      }
      if (!factorise()) break;
      // Predictor, then a step towards the centre that it suggests, with its second-order error.
      Step step = direction(dual, primal, Eigen::VectorXd::Zero(n_), Eigen::VectorXd::Zero(n_), 0.0);
      const double ahead = length(step, 1.0);
      const double after = complementarity(x_ + ahead * step.x, zl_ + ahead * step.zl, zu_ + ahead * step.zu);
      const double centre = mu > 0.0 ? std::clamp(std::pow(after / mu, 3.0), 1e-4, 0.9) : 0.0;
      step = direction(dual, primal, step.x.cwiseProduct(step.zl), -step.x.cwiseProduct(step.zu), centre * mu);
      const double share = length(step, 0.995);
      if (!(share > 1e-12)) break;
      x_ += share * step.x;
      y_ += share * step.y;
      zl_ += share * step.zl;
      zu_ += share * step.zu;
    }
    out.x = x_;
    out.y = y_;
    return out;
  }

 private:
  struct Step {
    Eigen::VectorXd x, y, zl, zu;
  };

  [[nodiscard]] double from_lower(Eigen::Index j) const { return has_lower_[j] > 0.0 ? x_[j] - p_.lower[j] : 1.0; }
  [[nodiscard]] double from_upper(Eigen::Index j) const { return has_upper_[j] > 0.0 ? p_.upper[j] - x_[j] : 1.0; }

  [[nodiscard]] double complementarity(const Eigen::VectorXd& x, const Eigen::VectorXd& zl,
                                       const Eigen::VectorXd& zu) const {
    double sum = 0.0;
    for (Eigen::Index j = 0; j < n_; ++j) {
      if (has_lower_[j] > 0.0) sum += zl[j] * (x[j] - p_.lower[j]);
      if (has_upper_[j] > 0.0) sum += zu[j] * (p_.upper[j] - x[j]);
    }
    return bounds_ > 0.0 ? sum / bounds_ : 0.0;
  }

  bool factorise() {
    constexpr double regularisation = 1e-12;
    std::vector<Eigen::Triplet<double>> entries;
    const auto n = static_cast<int>(n_);
    const auto add = [&entries](const Eigen::SparseMatrix<double>& block, int row, int column, double sign) {
      for (Eigen::Index j = 0; j < block.cols(); ++j) {
        for (Eigen::SparseMatrix<double>::InnerIterator it(block, j); it; ++it) {
          entries.emplace_back(row + static_cast<int>(it.row()), column + static_cast<int>(j), sign * it.value());
        }
      }
    };
    add(p_.q, 0, 0, 1.0);
    add(p_.b_columns, 0, n, -1.0);
    add(p_.rows, n, 0, 1.0);
    for (Eigen::Index j = 0; j < n_; ++j) {
      const double weight = zl_[j] / from_lower(j) + zu_[j] / from_upper(j) + regularisation;
      entries.emplace_back(static_cast<int>(j), static_cast<int>(j), weight);
    }
    for (int i = 0; i < static_cast<int>(m_); ++i) entries.emplace_back(n + i, n + i, regularisation);
    matrix_.resize(n_ + m_, n_ + m_);
    matrix_.setFromTriplets(entries.begin(), entries.end());
    if (!analysed_) lu_.analyzePattern(matrix_);
    analysed_ = true;
    lu_.factorize(matrix_);
    return lu_.info() == Eigen::Success;
  }

  /// `lower_error` and `upper_error`: products of the predictor's changes of a distance and its multiplier.
  [[nodiscard]] Step direction(const Eigen::VectorXd& dual, const Eigen::VectorXd& primal,
                               const Eigen::VectorXd& lower_error, const Eigen::VectorXd& upper_error, double target) {
    Eigen::VectorXd right(n_ + m_);
    Eigen::VectorXd cl = Eigen::VectorXd::Zero(n_), cu = cl;
    for (Eigen::Index j = 0; j < n_; ++j) {
      if (has_lower_[j] > 0.0) cl[j] = (target - lower_error[j]) / from_lower(j) - zl_[j];
      if (has_upper_[j] > 0.0) cu[j] = (target - upper_error[j]) / from_upper(j) - zu_[j];
    }
    right.head(n_) = -dual + cl - cu;
    right.tail(m_) = -primal;
    Eigen::VectorXd answer = lu_.solve(right);
    answer += lu_.solve(right - matrix_ * answer);
    Step step;
    step.x = answer.head(n_);
    step.y = answer.tail(m_);
    step.zl.setZero(n_);
    step.zu.setZero(n_);
    for (Eigen::Index j = 0; j < n_; ++j) {
      if (has_lower_[j] > 0.0) step.zl[j] = cl[j] - zl_[j] / from_lower(j) * step.x[j];
      if (has_upper_[j] > 0.0) step.zu[j] = cu[j] + zu_[j] / from_upper(j) * step.x[j];
    }
    return step;
  }

  /// The longest share of a step, at most 1, that keeps distances and multipliers positive, times `share`.
  [[nodiscard]] double length(const Step& step, double share) const {
    double most = 1.0 / share;
    const auto cut = [&most](double value, double change) {
      if (change < 0.0) most = std::min(most, -value / change);
    };
    for (Eigen::Index j = 0; j < n_; ++j) {
      if (has_lower_[j] > 0.0) {
        cut(from_lower(j), step.x[j]);
        cut(zl_[j], step.zl[j]);
      }
      if (has_upper_[j] > 0.0) {
        cut(from_upper(j), -step.x[j]);
        cut(zu_[j], step.zu[j]);
      }
    }
    return share * most;
  }

  const MixedComplementarity& p_;
  Eigen::Index n_, m_;
  Eigen::VectorXd x_, y_, zl_, zu_, has_lower_, has_upper_;
  double bounds_ = 0.0;
  bool analysed_ = false;
  Eigen::SparseMatrix<double> matrix_;
  Eigen::SparseLU<Eigen::SparseMatrix<double>> lu_;
};

LODE_INLINE MixedPoint solve(const MixedComplementarity& problem, int max_iterations) {
  return MixedSolver(problem).run(max_iterations);
}

}  // namespace lode::inline LODE_ABI::detail
