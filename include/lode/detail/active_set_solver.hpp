// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include <Eigen/SparseCore>

#include <lode/config.hpp>
#include <lode/optimize/interior_point.hpp>
#include <lode/optimize/selected_inverse.hpp>
#include <lode/optimize/symmetric_solver.hpp>

/// Least squares under balances and bounds for a given active set, to the last digits. Private.
namespace lode::inline LODE_ABI::detail {

using Index = Eigen::Index;

enum class FigureState : std::uint8_t {
  measured,  ///< pulled to its centre with weight 1 / scale^2
  unknown,   ///< free; scale is a typical size
  fixed      ///< at its centre
};

/// minimise  1/2 sum over measured j of ((x_j - centre_j) / scale_j)^2
/// subject to  row_lower <= A x <= row_upper,  lower <= x <= upper,  x_j = centre_j for fixed j
struct LeastSquares {
  Eigen::VectorXd centre, scale;  ///< scale above 0
  std::vector<FigureState> state;
  Eigen::VectorXd lower, upper;
  Eigen::SparseMatrix<double> rows;
  Eigen::VectorXd row_lower, row_upper;
};

using optimize::infinity;

/// Variance of an unknown's prior, in units of scale^2: so wide that it hardly pulls (1e-6), so narrow that rounding
/// (1e-16 of it) stays small. Answers are freed of it by moving the prior's centre.
inline constexpr double prior_variance = 1e6;
/// An unknown whose variance comes this near the prior's is held by nothing else.
inline constexpr double loose_variance = 1e-3 * prior_variance;
/// The same where its centre is moved again and again until it pulls at nothing, which needs less of it.
inline constexpr double narrow_variance = 1e4;
/// Measured figures beside unknowns have their variances solved for one by one while there are at most so many.
inline constexpr Index most_solved_for = 4000;
/// Feasibility and sign of multipliers in the scaled problem, where figures are counted in their uncertainties.
inline constexpr double active_tolerance = 1e-9;
/// Slack, relative to the terms of its row, below which a balance counts as an equation for the covariance.
inline constexpr double tight_tolerance = 1e-7;

/// The problem in d = (x - centre) / scale with rows of length 1, solved exactly for any active set.
///
/// With the figures at bounds held and the active rows as equations A d = b, the minimum is
///
///     S y = b - A d0,   d = d0 + V A' y,   S = A V A'
///
/// d0 the centres, V the variances (1; that of the prior for an unknown; 0 where held). S couples places, not figures:
/// it is small, sparse and positive semidefinite, so a dependent row shows in its pivot.
class ActiveSetSolver {
 public:
  explicit ActiveSetSolver(const LeastSquares& problem) : problem_(problem) {
    n_ = problem.centre.size();
    m_ = problem.rows.rows();
    program_.rows = problem.rows;
    row_scale_ = Eigen::VectorXd::Zero(m_);
    for (Index j = 0; j < n_; ++j) {
      for (Entries it(program_.rows, j); it; ++it) {
        it.valueRef() *= problem.scale[j];
        if (!is_fixed(j)) row_scale_[it.row()] += it.value() * it.value();
      }
    }
    for (Index i = 0; i < m_; ++i) row_scale_[i] = row_scale_[i] > 0.0 ? 1.0 / std::sqrt(row_scale_[i]) : 1.0;
    for (Index j = 0; j < n_; ++j) {
      for (Entries it(program_.rows, j); it; ++it) it.valueRef() *= row_scale_[it.row()];
    }
    const Eigen::VectorXd at_centre = problem.rows * problem.centre;
    program_.row_lower = (problem.row_lower - at_centre).cwiseProduct(row_scale_);
    program_.row_upper = (problem.row_upper - at_centre).cwiseProduct(row_scale_);
    program_.lower = (problem.lower - problem.centre).cwiseQuotient(problem.scale);
    program_.upper = (problem.upper - problem.centre).cwiseQuotient(problem.scale);
    variance_ = Eigen::VectorXd::Ones(n_);
    prior_ = Eigen::VectorXd::Zero(n_);
    for (Index j = 0; j < n_; ++j) {
      if (is_fixed(j)) program_.lower[j] = program_.upper[j] = 0.0;
      if (is_unknown(j)) {
        variance_[j] = prior_variance;
        prior_[j] = 1.0;
      }
    }
    program_.hessian.resize(n_, n_);
    program_.hessian.reserve(Eigen::VectorXi::Ones(n_));
    for (Index j = 0; j < n_; ++j) program_.hessian.insert(j, j) = 1.0 / variance_[j];
    program_.hessian.makeCompressed();
    program_.gradient = -prior_.cwiseQuotient(variance_);
    row_side_.assign(static_cast<std::size_t>(m_), 0);
    side_.assign(static_cast<std::size_t>(n_), 0);
  }

  /// Feasibility and sign of multipliers that `settle` goes on for, relative, in the scaled problem.
  void set_tolerance(double tolerance) { tolerance_ = tolerance; }

  [[nodiscard]] const optimize::Program& program() const { return program_; }
  [[nodiscard]] const Eigen::VectorXd& row_scale() const { return row_scale_; }

  /// False where figures and uncertainties are so far apart that their quotients overflow.
  [[nodiscard]] bool is_finite() const {
    const auto has_no_nan = [](const Eigen::VectorXd& v) { return (v.array() == v.array()).all(); };
    return row_scale_.allFinite() && program_.rows.coeffs().allFinite() && has_no_nan(program_.row_lower) &&
           has_no_nan(program_.row_upper) && has_no_nan(program_.lower) && has_no_nan(program_.upper);
  }

  /// From an interior point to the active set, its exact solution, and on to a set that proves optimal. The best of
  /// all points on the way is the answer, so that it does not matter whether the sets settle.
  void polish(const optimize::Solution& start) {
    d_ = start.x;
    y_ = start.row_dual;
    z_ = start.bound_dual;
    std::fill(side_.begin(), side_.end(), std::int8_t{0});
    optimality_ = optimality();
    const Eigen::VectorXd at = program_.rows * d_;
    row_side_.assign(static_cast<std::size_t>(m_), 0);
    side_.assign(static_cast<std::size_t>(n_), 0);
    for (Index i = 0; i < m_; ++i) {
      if (is_equation(i) || y_[i] > at[i] - program_.row_lower[i]) {
        row_side(i) = -1;
      } else if (-y_[i] > program_.row_upper[i] - at[i]) {
        row_side(i) = 1;
      }
    }
    for (Index j = 0; j < n_; ++j) {
      if (is_fixed(j) || z_[j] > d_[j] - program_.lower[j]) {
        side(j) = -1;
      } else if (-z_[j] > program_.upper[j] - d_[j]) {
        side(j) = 1;
      }
    }
    for (Index j = 0; j < n_; ++j) {
      if (is_unknown(j)) prior_[j] = d_[j];
    }
    settle(60, {});
  }

  /// From the figures themselves: what they violate is active. Networks of supply settle in a few steps, since to
  /// slacken one balance hardly ever makes its neighbours bind; each step costs a fraction of one of the interior point.
  void settle_from_figures(int most_sets, const std::function<bool(int step)>& go_on) {
    d_ = prior_;
    y_ = Eigen::VectorXd::Zero(m_);
    z_ = Eigen::VectorXd::Zero(n_);
    for (Index i = 0; i < m_; ++i) row_side(i) = is_equation(i) ? -1 : 0;
    for (Index j = 0; j < n_; ++j) side(j) = is_fixed(j) ? -1 : 0;
    (void)update_sets();
    settle(most_sets, go_on);
  }

  /// Active sets that the last method tried.
  [[nodiscard]] int steps() const { return steps_; }

  /// Primal-dual active set method (Hintermueller, Ito and Kunisch 2002) from the sets as they are, until the answer of
  /// a set has the right signs everywhere, which proves it optimal. The best point on the way, the one it started at
  /// included, is the answer.
  void settle(int most_sets, const std::function<bool(int step)>& go_on) {
    Point best{d_, y_, z_, side_, optimality_};
    set_prior_variance(narrow_variance);
    constexpr int most_moves = 10;
    int settled = 0;
    for (steps_ = 0; steps_ < most_sets && (!go_on || go_on(steps_)) && solve_active_set();) {
      ++steps_;
      const double worst = optimality();
      if (worst <= best.optimality) best = {d_, y_, z_, side_, worst};
      if (update_sets()) {
        settled = 0;
        continue;
      }
      // The prior moves to where the unknowns are, until it pulls at nothing.
      double moved = 0.0;
      for (Index j = 0; j < n_; ++j) {
        if (!is_unknown(j)) continue;
        moved = std::max(moved, std::abs(prior_[j] - d_[j]) / (1.0 + std::abs(d_[j])));
        prior_[j] = d_[j];
      }
      if (moved <= 1e-12 || ++settled > most_moves) break;
    }
    d_ = std::move(best.d);
    y_ = std::move(best.y);
    z_ = std::move(best.z);
    side_ = std::move(best.side);
    optimality_ = best.optimality;
  }

  /// The worst relative violation of the optimality conditions, the priors of unknowns left out.
  [[nodiscard]] double optimality() const {
    optimize::Program program = program_;
    for (Index j = 0; j < n_; ++j) {
      if (is_unknown(j)) program.hessian.coeffRef(j, j) = program.gradient[j] = 0.0;
    }
    const double worst = optimize::certify(program, d_, y_, z_).worst();
    return std::isfinite(worst) ? worst : infinity;
  }
  /// The same of the polished point.
  [[nodiscard]] double polished_optimality() const { return optimality_; }

  /// Diagonal of the covariance in units of scale^2, with the marked rows as equations and no figure at a bound;
  /// infinity for an unknown that they do not hold.
  [[nodiscard]] Eigen::VectorXd variances(const std::vector<bool>& equations) {
    for (Index i = 0; i < m_; ++i) row_side(i) = equations[static_cast<std::size_t>(i)] ? -1 : 0;
    for (Index j = 0; j < n_; ++j) side(j) = is_fixed(j) ? -1 : 0;
    set_prior_variance(prior_variance);
    if (!factorise_independent()) return Eigen::VectorXd::Constant(n_, infinity);
    Eigen::VectorXd variance = Eigen::VectorXd::Zero(n_);
    checked_ = Eigen::VectorXd::Zero(n_);
    {
      const optimize::SelectedInverse inverse(solver_);
      for (Index j = 0; j < n_; ++j) {
        if (is_fixed(j)) continue;
        double known = 0.0;  // a' S^-1 a
        for (Entries a(program_.rows, j); a; ++a) {
          if (row_side(a.row()) == 0) continue;
          for (Entries b(program_.rows, j); b; ++b) {
            if (row_side(b.row()) != 0) known += a.value() * b.value() * inverse.at(a.row(), b.row());
          }
        }
        checked_[j] = variance_[j] * variance_[j] * known;
        variance[j] = cleaned(variance_[j] * (1.0 - variance_[j] * known));
      }
    }
    for (Index i = 0; i < m_; ++i) row_side(i) = equations[static_cast<std::size_t>(i)] ? -1 : 0;
    for (Index j = 0; j < n_; ++j) {
      if (is_unknown(j) && !(variance[j] < loose_variance)) variance[j] = infinity;
    }
    sharpen(variance);
    return variance;
  }

  /// What the equations took from the variances, in units of scale^2, not as a difference: a figure that is far too sure
  /// of itself keeps next to all of its variance, and what is left tells it from one that nothing checks. Beside
  /// unknowns it is a difference after all, of variances that were solved for.
  [[nodiscard]] const Eigen::VectorXd& checked() const { return checked_; }

  /// The share of a variance below which `checked` is rounding: of the prior's pull where unknowns were not solved for.
  [[nodiscard]] double accuracy_of_checked() const {
    bool has_unknowns = false;
    for (Index j = 0; j < n_; ++j) has_unknowns = has_unknowns || is_unknown(j);
    if (!has_unknowns) return 1e-12;
    return n_ <= most_solved_for ? 1e-8 : 1e-5;
  }

  [[nodiscard]] const Eigen::VectorXd& d() const { return d_; }
  [[nodiscard]] const Eigen::VectorXd& y() const { return y_; }
  [[nodiscard]] const Eigen::VectorXd& z() const { return z_; }
  /// -1: the figure is held at its lower bound, 1: at its upper one, 0: it is free.
  [[nodiscard]] int held_at(Index j) const { return side_[static_cast<std::size_t>(j)]; }

 private:
  struct Point {
    Eigen::VectorXd d, y, z;
    std::vector<std::int8_t> side;
    double optimality;
  };
  using Entries = Eigen::SparseMatrix<double>::InnerIterator;

  [[nodiscard]] bool is_fixed(Index j) const {
    return problem_.state[static_cast<std::size_t>(j)] == FigureState::fixed;
  }
  [[nodiscard]] bool is_unknown(Index j) const {
    return problem_.state[static_cast<std::size_t>(j)] == FigureState::unknown;
  }
  [[nodiscard]] bool is_equation(Index i) const { return program_.row_lower[i] == program_.row_upper[i]; }
  std::int8_t& row_side(Index i) { return row_side_[static_cast<std::size_t>(i)]; }
  std::int8_t& side(Index j) { return side_[static_cast<std::size_t>(j)]; }
  [[nodiscard]] double bound(Index j) { return side(j) < 0 ? program_.lower[j] : program_.upper[j]; }
  [[nodiscard]] double row_bound(Index i) { return row_side(i) < 0 ? program_.row_lower[i] : program_.row_upper[i]; }

  void set_prior_variance(double variance) {
    for (Index j = 0; j < n_; ++j) {
      if (is_unknown(j)) variance_[j] = variance;
    }
  }

  /// The lower triangle of S for any active set, and where each column of A adds to it. Once.
  void set_pattern() {
    if (is_patterned_) return;
    is_patterned_ = true;
    std::vector<Eigen::Triplet<double>> entries;
    for (Index i = 0; i < m_; ++i) entries.emplace_back(i, i, 1.0);
    for (Index j = 0; j < n_; ++j) {
      for (Entries a(program_.rows, j); a; ++a) {
        for (Entries b(program_.rows, j); b && b.row() < a.row(); ++b) entries.emplace_back(a.row(), b.row(), 1.0);
      }
    }
    coupling_.resize(m_, m_);
    coupling_.setFromTriplets(entries.begin(), entries.end());
    solver_.analyse(coupling_);
  }

  [[nodiscard]] double* coupling_at(Index row, Index column) {
    int* const begin = coupling_.innerIndexPtr();
    int* const found = std::lower_bound(begin + coupling_.outerIndexPtr()[column],
                                        begin + coupling_.outerIndexPtr()[column + 1], static_cast<int>(row));
    return coupling_.valuePtr() + (found - begin);
  }

  /// S of the active set; rows that are not active, or hold nothing that may move, get the identity. A little is added
  /// to the diagonal, so that dependent rows do not end it; refinement takes it out again. It is relative to the row:
  /// the variances of one row may span many powers of ten.
  bool factorise() {
    constexpr double regularisation = 1e-14;
    set_pattern();
    std::fill(coupling_.valuePtr(), coupling_.valuePtr() + coupling_.nonZeros(), 0.0);
    for (Index j = 0; j < n_; ++j) {
      if (side(j) != 0) continue;
      for (Entries a(program_.rows, j); a; ++a) {
        if (row_side(a.row()) == 0) continue;
        for (Entries b(program_.rows, j); b && b.row() <= a.row(); ++b) {
          if (row_side(b.row()) != 0) *coupling_at(a.row(), b.row()) += variance_[j] * a.value() * b.value();
        }
      }
    }
    for (Index i = 0; i < m_; ++i) {
      double& diagonal = *coupling_at(i, i);
      diagonal = row_side(i) == 0 || diagonal == 0.0 ? 1.0 : diagonal * (1.0 + regularisation);
    }
    return solver_.factorise(coupling_);
  }

  /// The same without rows that follow from others: nothing but regularisation and rounding is left of their pivots,
  /// and they say nothing new.
  bool factorise_independent() {
    while (true) {
      if (!factorise()) return false;
      bool dropped = false;
      for (Index k = 0; k < m_; ++k) {
        const Index i = solver_.order()[k];
        if (row_side(i) == 0 || std::abs(solver_.pivots()[k]) >= 1e-13 * *coupling_at(i, i)) continue;
        row_side(i) = 0;
        dropped = true;
      }
      if (!dropped) return true;
    }
  }

  /// d = d0 + V A'y with A d = b on the active rows, by refinement from y = 0. The largest residual.
  ///
  /// d is refined beside y and not computed from it: A'y is a small difference of large multipliers where a column has
  /// a large variance, and its rounding would come back multiplied by that.
  double solve_rows(const Eigen::VectorXd& d0, const Eigen::VectorXd& b) {
    constexpr int most_steps = 12;
    y_ = Eigen::VectorXd::Zero(m_);
    d_ = d0;
    Eigen::VectorXd off = Eigen::VectorXd::Zero(n_);  // d0 + V A'y - d
    Eigen::VectorXd best_d = d_, best_y = y_;
    double residual = infinity;
    for (int step = 0; step < most_steps; ++step) {
      const Eigen::VectorXd rest = masked(b - program_.rows * d_);
      const double size = std::max(m_ > 0 ? rest.cwiseAbs().maxCoeff() : 0.0,
                                   n_ > 0 ? off.cwiseQuotient(variance_).cwiseAbs().maxCoeff() : 0.0);
      if (!(size < residual)) break;
      const bool has_stalled = size > 0.5 * residual;
      residual = size;
      best_d = d_;
      best_y = y_;
      if (residual == 0.0 || has_stalled) break;
      Eigen::VectorXd dy = masked(rest - program_.rows * off);
      solver_.solve(dy);
      dy = masked(std::move(dy));
      const Eigen::VectorXd pull = program_.rows.transpose() * dy;
      y_ += dy;
      for (Index j = 0; j < n_; ++j) {
        if (side(j) == 0) d_[j] += off[j] + variance_[j] * pull[j];
      }
      const Eigen::VectorXd total = program_.rows.transpose() * y_;
      for (Index j = 0; j < n_; ++j) off[j] = side(j) == 0 ? (d0[j] - d_[j]) + variance_[j] * total[j] : 0.0;
    }
    d_ = best_d;
    y_ = best_y;
    return residual;
  }

  /// 0 at the rows that are not active.
  [[nodiscard]] Eigen::VectorXd masked(Eigen::VectorXd rows) {
    for (Index i = 0; i < m_; ++i) {
      if (row_side(i) == 0) rows[i] = 0.0;
    }
    return rows;
  }

  bool solve_active_set() {
    if (!factorise()) return false;
    Eigen::VectorXd d0 = prior_;
    for (Index j = 0; j < n_; ++j) {
      if (side(j) != 0) d0[j] = bound(j);
    }
    Eigen::VectorXd b = Eigen::VectorXd::Zero(m_);
    for (Index i = 0; i < m_; ++i) {
      if (row_side(i) != 0) b[i] = row_bound(i);
    }
    const double residual = solve_rows(d0, b);
    if (!(residual <= 1e-6 * (1.0 + (m_ > 0 ? b.cwiseAbs().maxCoeff() : 0.0)))) return false;
    z_ = (d_ - prior_).cwiseQuotient(variance_) - program_.rows.transpose() * y_;
    for (Index j = 0; j < n_; ++j) {
      if (side(j) == 0) z_[j] = 0.0;
    }
    return true;
  }

  /// A variance that rounding may have left a little beside 0.
  [[nodiscard]] static double cleaned(double variance) { return variance < 1e-13 ? 0.0 : variance; }

  /// What S^-1 leaves of a variance is a difference, too small a one beside the prior of an unknown (3 digits) or where a
  /// figure is far surer than its neighbours. Unknowns, and such measured figures while there are few enough, have their
  /// columns of the covariance solved for, with a prior whose pull is taken out by moving its centre. What nothing else
  /// holds is found on the way.
  void sharpen(Eigen::VectorXd& variance) {
    constexpr int most_moves = 6;
    constexpr double nothing = 1e-14, accurate = 1e-9;
    constexpr std::size_t most = 20000;  // one solve for each takes too long beyond
    constexpr double small = 1e-3;  // of a measured figure; above, the difference has digits enough
    bool has_unknowns = false;
    for (Index j = 0; j < n_; ++j) has_unknowns = has_unknowns || is_unknown(j);
    std::vector<Index> pinned;
    for (Index j = 0; j < n_; ++j) {
      if (is_fixed(j)) continue;
      const bool needs_it = variance[j] < small || has_unknowns;
      if (is_unknown(j) || (n_ <= most_solved_for && needs_it)) pinned.push_back(j);
    }
    if (pinned.empty() || pinned.size() > most) return;
    set_prior_variance(narrow_variance);
    if (!factorise()) return;
    const Eigen::VectorXd zero = Eigen::VectorXd::Zero(m_);
    for (const Index pin : pinned) {
      Eigen::VectorXd centre = Eigen::VectorXd::Zero(n_);
      double last = 0.0, change = infinity;
      bool is_accurate = true;
      for (int move = 0; is_accurate && move < most_moves && change > 1e-9 * std::abs(last); ++move) {
        Eigen::VectorXd d0 = centre;
        d0[pin] += variance_[pin];
        is_accurate = solve_rows(d0, zero) <= accurate;
        for (Index j = 0; j < n_; ++j) centre[j] = is_unknown(j) ? d_[j] : 0.0;
        change = std::abs(d_[pin] - last);
        last = d_[pin];
      }
      if (!is_accurate) continue;
      variance[pin] = last < nothing ? 0.0 : last;
      if (has_unknowns) checked_[pin] = std::max(0.0, 1.0 - variance[pin]);
      if (is_unknown(pin) && change > 1e-2 * last)
        variance[pin] = infinity;  // it grows with every move: nothing holds it
    }
  }

  /// Primal-dual update of the active set; true if it changed.
  bool update_sets() {
    const Eigen::VectorXd at = program_.rows * d_;
    const double y_scale = 1.0 + (m_ > 0 ? y_.cwiseAbs().maxCoeff() : 0.0);
    bool changed = false;
    const auto update = [&changed, this](std::int8_t& side, double value, double low, double high, double multiplier,
                                   double multiplier_scale) {
      const auto room = [value, this](double bound) {
        return std::isfinite(bound) ? tolerance_ * (1.0 + std::abs(bound) + std::abs(value)) : 0.0;
      };
      std::int8_t next = side;
      if (side != 0) {
        if (multiplier * side > tolerance_ * multiplier_scale) next = 0;
      } else if (value < low - room(low)) {
        next = -1;
      } else if (value > high + room(high)) {
        next = 1;
      }
      changed = changed || next != side;
      side = next;
    };
    for (Index i = 0; i < m_; ++i) {
      if (!is_equation(i)) update(row_side(i), at[i], program_.row_lower[i], program_.row_upper[i], y_[i], y_scale);
    }
    for (Index j = 0; j < n_; ++j) {
      if (!is_fixed(j)) update(side(j), d_[j], program_.lower[j], program_.upper[j], z_[j], y_scale);
    }
    return changed;
  }

  const LeastSquares& problem_;
  Index n_ = 0, m_ = 0;
  optimize::Program program_;
  Eigen::VectorXd row_scale_, variance_, prior_;
  Eigen::SparseMatrix<double> coupling_;  ///< lower triangle of S
  bool is_patterned_ = false;
  optimize::SymmetricSolver solver_;
  std::vector<std::int8_t> row_side_, side_;  ///< -1: at the lower side, 1: at the upper side, 0: free
  Eigen::VectorXd d_, y_, z_, checked_;
  double optimality_ = infinity;
  double tolerance_ = active_tolerance;
  int steps_ = 0;
};

}  // namespace lode::inline LODE_ABI::detail
