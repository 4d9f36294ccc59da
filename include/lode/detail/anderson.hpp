// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <Eigen/QR>

#include <lode/config.hpp>

namespace lode::inline LODE_ABI::detail {

/// Private. Points for a fixpoint of a map that is continuous and piecewise linear: Anderson's extrapolation (1965)
/// from the last residuals, and a damped step from the best point known where that leads away.
///
///     Anderson search(start, damping, highest);
///     while (not small(r = G(search.point()) - search.point())) search.step(r);
class Anderson {
 public:
  /// `damping`: the share of each residual that a plain step takes, above 0 and at most 1.
  Anderson(Eigen::VectorXd start, Eigen::VectorXd damping, Eigen::VectorXd highest)
      : point_(std::move(start)), damping_(std::move(damping)), highest_(std::move(highest)) {}

  [[nodiscard]] const Eigen::VectorXd& point() const { return point_; }

  /// Moves on from the residual at `point()`. Points stay between 0 and `highest`.
  void step(const Eigen::VectorXd& residual) {
    const double size = residual.lpNorm<Eigen::Infinity>();
    if (best_residual_.size() == 0 || size < best_) {
      best_ = size;
      best_point_ = point_;
      best_residual_ = residual;
      misses_ = 0;
    } else if (++misses_ >= 4) {
      (void)retreat();
      return;
    }
    points_.push_back(point_);
    residuals_.push_back(residual);
    const auto most = static_cast<std::size_t>(std::min<Eigen::Index>(residual.size(), 12) + 1);
    if (points_.size() > most) {
      points_.erase(points_.begin());
      residuals_.erase(residuals_.begin());
    }
    Eigen::VectorXd next = point_ + damping_.cwiseProduct(residual);
    const auto pairs = static_cast<Eigen::Index>(points_.size()) - 1;
    if (pairs > 0) {
      Eigen::MatrixXd moved(residual.size(), pairs), changed(residual.size(), pairs);
      for (Eigen::Index k = 0; k < pairs; ++k) {
        moved.col(k) = points_[static_cast<std::size_t>(k) + 1] - points_[static_cast<std::size_t>(k)];
        changed.col(k) = residuals_[static_cast<std::size_t>(k) + 1] - residuals_[static_cast<std::size_t>(k)];
      }
      Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(changed);
      qr.setThreshold(1e-12);
      const Eigen::VectorXd share = qr.solve(residual);
      if (share.allFinite()) next -= moved * share + damping_.asDiagonal() * (changed * share);
    }
    point_ = inside(next);
  }

  /// Starts anew from the best point, with shorter steps so that the same way is not gone again. False if there is
  /// none.
  bool retreat() {
    if (best_residual_.size() == 0) return false;
    damping_ *= 0.7;
    points_.clear();
    residuals_.clear();
    misses_ = 0;
    point_ = inside(best_point_ + damping_.cwiseProduct(best_residual_));
    return true;
  }

 private:
  [[nodiscard]] Eigen::VectorXd inside(const Eigen::VectorXd& point) const {
    return point.cwiseMax(0.0).cwiseMin(highest_);
  }

  Eigen::VectorXd point_, damping_, highest_, best_point_, best_residual_;
  double best_ = 0.0;
  int misses_ = 0;
  std::vector<Eigen::VectorXd> points_, residuals_;
};

}  // namespace lode::inline LODE_ABI::detail
