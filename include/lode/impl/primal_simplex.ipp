// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <lode/detail/dual_simplex.hpp>
#include <lode/detail/primal_simplex.hpp>

namespace lode::inline LODE_ABI::optimize::detail {

LODE_INLINE void PrimalSimplex::mark(int j) {
  if (suspected_[j] || core_.dual_violation(j) <= core_.tolerance) return;
  suspected_[j] = 1;
  suspects_.push_back(j);
}

LODE_INLINE void PrimalSimplex::recompute() {
  const int size = core_.program.size();
  suspected_.refill(size, 0);
  suspects_.clear();
  for (int j = 0; j < size; ++j) mark(j);
}

LODE_INLINE int PrimalSimplex::choose_column() {
  int best = -1;
  double most = 0.0;
  int kept = 0;
  for (int k = 0; k < suspects_.length(); ++k) {
    const int j = suspects_[k];
    const double by = core_.dual_violation(j);
    if (by <= core_.tolerance) {
      suspected_[j] = 0;
      continue;
    }
    suspects_[kept++] = j;
    if (by * by > most * weight_[j]) {
      most = by * by / weight_[j];
      best = j;
    }
  }
  suspects_.lengthen(kept, 0);
  return best;
}

LODE_INLINE int PrimalSimplex::choose_row(double direction, double& step, bool& to_upper) {
  const SparseVector& column = core_.entering;
  const double least = core_.factor.updates() < 10 ? 1e-9 : core_.factor.updates() < 20 ? 1e-8 : 1e-7;
  const double allowed = 0.5 * core_.tolerance;
  const auto room = [&](int j, bool upper) {
    return upper ? core_.program.upper[j] - core_.x[j] : core_.x[j] - core_.program.lower[j];
  };
  double limit = infinity;
  for (int k = 0; k < column.count; ++k) {
    const int i = column.index[k];
    const double rate = -direction * column.value[i];
    if (std::abs(rate) <= least) continue;
    const double distance = room(core_.basic[i], rate > 0.0);
    if (distance < infinity) limit = std::min(limit, (std::max(distance, 0.0) + allowed) / std::abs(rate));
  }
  int best = -1;
  double size = 0.0;
  for (int k = 0; k < column.count; ++k) {
    const int i = column.index[k];
    const double rate = -direction * column.value[i];
    if (std::abs(rate) <= std::max(size, least)) continue;
    const double ratio = room(core_.basic[i], rate > 0.0) / std::abs(rate);
    if (ratio > limit || std::isinf(ratio)) continue;
    best = i;
    size = std::abs(rate);
    step = std::max(0.0, ratio);
    to_upper = rate > 0.0;
  }
  return best;
}

LODE_INLINE void PrimalSimplex::update_prices(int p, int q, double pivot) {
  SparseVector& rho = core_.leaving;
  rho.clear();
  rho.set(p, 1.0);
  core_.factor.solve_transposed(rho, core_.leaving_density, true);
  core_.price(rho, core_.row_work);
  const SparseVector& alpha = core_.row_work;
  const double step = core_.d[q] / pivot;
  const double reference = weight_[q];
  for (int k = 0; k < alpha.count; ++k) {
    const int j = alpha.index[k];
    core_.d[j] -= step * alpha.value[j];
    const double ratio = alpha.value[j] / pivot;
    weight_[j] = std::max(weight_[j], ratio * ratio * reference);
    mark(j);
  }
  core_.d[q] = 0.0;
  core_.d[core_.basic[p]] = -step;
  weight_[core_.basic[p]] = std::max(reference / (pivot * pivot), 1.0);
}

LODE_INLINE Outcome PrimalSimplex::iterate(int most_idle) {
  int idle = 0;
  constexpr int most_troubles = 20;
  weight_.refill(core_.program.size(), 1.0);
  recompute();
  int troubles = 0;
  const auto start_over = [&] {
    core_.refactor();
    recompute();
    return core_.primal_feasible();
  };
  while (true) {
    if (core_.stop.stop_requested()) return Outcome::interrupted;
    if (core_.iterations >= core_.max_iterations) return Outcome::iteration_limit;
    if (core_.factor.worn() && !start_over()) return Outcome::lost;
    const int q = choose_column();
    if (q < 0) return Outcome::done;
    const double direction = core_.d[q] < 0.0 ? 1.0 : -1.0;
    SparseVector& column = core_.entering;
    column.clear();
    core_.add_column(column, q, 1.0);
    core_.factor.solve(column, core_.entering_density, true);
    double step = infinity;
    bool to_upper = false;
    const int p = choose_row(direction, step, to_upper);
    const double range = direction > 0.0 ? core_.program.upper[q] - core_.x[q] : core_.x[q] - core_.program.lower[q];
    if (p < 0 && std::isinf(range)) {
      if (core_.factor.updates() > 0) {
        if (!start_over()) return Outcome::lost;
        continue;
      }
      core_.ray.resize(core_.program.size());
      core_.ray.set(q, direction);
      for (int k = 0; k < column.count; ++k) {
        core_.ray.set(core_.basic[column.index[k]], -direction * column.value[column.index[k]]);
      }
      return Outcome::no_limit;
    }
    if (p < 0 || range <= step) {
      for (int k = 0; k < column.count; ++k) {
        const int i = column.index[k];
        core_.x[core_.basic[i]] -= direction * range * column.value[i];
      }
      core_.put(q, direction > 0.0 ? Place::upper : Place::lower);
      core_.move_to_bound(q);
      ++core_.iterations;
      continue;
    }
    const double pivot = column.value[p];
    update_prices(p, q, pivot);
    // The row's opinion of the pivot.
    const double expected = core_.row_work.value[q];
    const double error = std::abs(pivot - expected) / std::max(std::abs(pivot), 1e-300);
    if (error > 1e-7) {
      if (core_.factor.updates() == 0 || ++troubles > most_troubles) return Outcome::trouble;
      if (!start_over()) return Outcome::lost;
      continue;
    }
    for (int k = 0; k < column.count; ++k) {
      const int i = column.index[k];
      core_.x[core_.basic[i]] -= direction * step * column.value[i];
    }
    core_.x[q] += direction * step;
    idle = step > 0.0 ? 0 : idle + 1;
    if (idle > most_idle) return Outcome::stalled;
    const int leaves = core_.basic[p];
    core_.exchange(p, q, to_upper ? Place::upper : Place::lower, pivot);
    mark(leaves);
    // Weights of rows no longer belong to the basis; any positive ones are right, these are as good as none.
    core_.weight[p] = 1.0;
  }
}

LODE_INLINE Outcome PrimalSimplex::run(bool perturb) {
  constexpr int most_idle = 300;
  if (!perturb) {
    const Outcome outcome = iterate(most_idle);
    if (outcome != Outcome::stalled) return outcome;
  }
  constexpr double size = 5e-7;
  const Array<double> lower = core_.program.lower;
  const Array<double> upper = core_.program.upper;
  for (int j = 0; j < core_.program.size(); ++j) {
    if (lower[j] == upper[j]) continue;
    const double by = size * scattered(static_cast<std::uint64_t>(j));
    core_.program.lower[j] -= by * (1.0 + std::abs(lower[j]));
    core_.program.upper[j] += by * (1.0 + std::abs(upper[j]));
  }
  core_.compute_values();
  const Outcome outcome = iterate(std::numeric_limits<int>::max());
  core_.program.lower = lower;
  core_.program.upper = upper;
  core_.compute_values();
  return outcome;
}

}  // namespace lode::inline LODE_ABI::optimize::detail
