// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <lode/detail/dual_simplex.hpp>

namespace lode::inline LODE_ABI::optimize::detail {

/// In [1, 2), the same for the same number everywhere (SplitMix64; Steele, Lea and Flood 2014).
LODE_INLINE double scattered(std::uint64_t number) {
  std::uint64_t z = (number + 1) * 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  z ^= z >> 31;
  return 1.0 + static_cast<double>(z >> 11) * 0x1p-53;
}

LODE_INLINE void DualSimplex::perturb_costs() {
  constexpr double size = 5e-7;
  const SimplexProgram& p = core_.program;
  for (int j = 0; j < p.n; ++j) {
    const bool down = core_.place[j] == Place::upper;
    if (!down && core_.place[j] != Place::lower) continue;
    const double by = size * (1.0 + std::abs(p.cost[j])) * scattered(static_cast<std::uint64_t>(j));
    core_.cost[j] += down ? -by : by;
    core_.d[j] += down ? -by : by;
  }
  core_.costs_changed = true;
}

LODE_INLINE void DualSimplex::make_dual_feasible() {
  core_.flip_boxed();
  for (int j = 0; j < core_.program.size(); ++j) {
    if (core_.dual_violation(j) == 0.0) continue;
    core_.cost[j] -= core_.d[j];
    core_.d[j] = 0.0;
    core_.costs_changed = true;
  }
}

LODE_INLINE void DualSimplex::mark(int row) {
  const double by = core_.violation(core_.basic[row]);
  violation_[row] = by * by;
  if (by == 0.0 || suspected_[row]) return;
  suspected_[row] = 1;
  suspects_.push_back(row);
}

LODE_INLINE void DualSimplex::recompute() {
  make_dual_feasible();
  violation_.refill(core_.program.m, 0.0);
  suspected_.refill(core_.program.m, 0);
  suspects_.clear();
  for (int i = 0; i < core_.program.m; ++i) mark(i);
}

LODE_INLINE int DualSimplex::choose_row() {
  int best = -1;
  double most = 0.0;
  int kept = 0;
  for (int k = 0; k < suspects_.length(); ++k) {
    const int i = suspects_[k];
    if (violation_[i] == 0.0) {
      suspected_[i] = 0;
      continue;
    }
    suspects_[kept++] = i;
    if (violation_[i] > most * core_.weight[i]) {
      most = violation_[i] / core_.weight[i];
      best = i;
    }
  }
  suspects_.lengthen(kept, 0);
  return best;
}

LODE_INLINE int DualSimplex::choose_column(double slope) {
  const SparseVector& alpha = core_.row_work;
  const double least = core_.factor.updates() < 10 ? 1e-9 : core_.factor.updates() < 20 ? 1e-8 : 1e-7;
  candidates_.clear();
  flips_.clear();
  for (int k = 0; k < alpha.count; ++k) {
    const int j = alpha.index[k];
    const double tilde = -direction_ * alpha.value[j];
    const double size = std::abs(tilde);
    if (size <= least) continue;
    const Place at = core_.place[j];
    if (at == Place::fixed || (at == Place::lower && tilde < 0.0) || (at == Place::upper && tilde > 0.0)) continue;
    const double price = at == Place::lower ? core_.d[j] : at == Place::upper ? -core_.d[j] : 0.0;
    candidates_.push_back({price > 0.0 ? price / size : 0.0, size, j});
  }
  if (candidates_.empty()) return -1;
  const auto later = [](const Candidate& a, const Candidate& b) {
    return a.ratio != b.ratio ? a.ratio > b.ratio : a.j > b.j;
  };
  std::make_heap(candidates_.begin(), candidates_.end(), later);
  // Groups of ratios that the tolerance does not tell apart, first ones first; `left` is the heap.
  Array<int> ends;
  auto left = candidates_.end();
  double biggest = 0.0;
  bool stops = false;
  while (left != candidates_.begin() && !stops) {
    double limit = infinity;
    double loss = 0.0;
    while (left != candidates_.begin() && candidates_.front().ratio <= limit) {
      const Candidate& top = candidates_.front();
      limit = std::min(limit, top.ratio + harris_ / top.size);
      const Place at = core_.place[top.j];
      const bool may_flip = at == Place::lower || at == Place::upper;
      loss += may_flip ? top.size * (core_.program.upper[top.j] - core_.program.lower[top.j]) : infinity;
      biggest = std::max(biggest, top.size);
      std::pop_heap(candidates_.begin(), left, later);
      --left;
    }
    ends.push_back(static_cast<int>(candidates_.end() - left));
    slope -= loss;
    // What is left may be rounding.
    stops = !(slope > core_.tolerance);
  }
  if (!stops) return -1;
  // The last group has the longest step; an earlier one may have a better pivot.
  const int size = candidates_.length();
  const double enough = std::min(0.1 * biggest, 1.0);
  for (int g = ends.length() - 1; g >= 0; --g) {
    const int begin = g == 0 ? 0 : ends[g - 1];
    int best = begin;
    for (int k = begin; k < ends[g]; ++k) {
      if (candidates_[size - 1 - k].size > candidates_[size - 1 - best].size) best = k;
    }
    const Candidate& chosen = candidates_[size - 1 - best];
    if (chosen.size < enough && g > 0) continue;
    // Those of the group that the tolerance let pass are put right by shifts: if they went to their other bounds, the
    // leaving variable might pass its own.
    for (int k = 0; k < begin; ++k) flips_.push_back(candidates_[size - 1 - k].j);
    return chosen.j;
  }
  return -1;
}

LODE_INLINE void DualSimplex::apply_flips() {
  SparseVector& change = core_.other_work;
  for (const int j : flips_) {
    const double before = core_.x[j];
    core_.place[j] = core_.place[j] == Place::lower ? Place::upper : Place::lower;
    core_.move_to_bound(j);
    core_.add_column(change, j, core_.x[j] - before);
  }
  change.prune();
  core_.factor.solve(change, core_.other_density);
  for (int k = 0; k < change.count; ++k) {
    const int i = change.index[k];
    core_.x[core_.basic[i]] -= change.value[i];
    mark(i);
  }
  change.clear();
}

LODE_INLINE void DualSimplex::update_weights(int p, double pivot) {
  SparseVector& tau = core_.other_work;
  for (int k = 0; k < core_.leaving.count; ++k) {
    tau.set(core_.leaving.index[k], core_.leaving.value[core_.leaving.index[k]]);
  }
  core_.factor.solve(tau, core_.weight_density);
  const double at_p = core_.weight[p];
  const SparseVector& column = core_.entering;
  constexpr double least = 1e-4;
  for (int k = 0; k < column.count; ++k) {
    const int i = column.index[k];
    if (i == p) continue;
    const double factor = column.value[i] / pivot;
    const double weight = core_.weight[i] + factor * (factor * at_p - 2.0 * tau.value[i]);
    core_.weight[i] = std::max(weight, std::max(least, factor * factor));
  }
  core_.weight[p] = std::max(least, at_p / (pivot * pivot));
  tau.clear();
}

LODE_INLINE Outcome DualSimplex::run(bool perturb) {
  constexpr int most_troubles = 20;
  harris_ = core_.tolerance;
  make_dual_feasible();
  if (perturb) perturb_costs();
  recompute();
  constexpr int most_idle = 300;
  int idle = 0;
  int troubles = 0;
  const auto start_over = [&] {
    core_.refactor();
    recompute();
  };
  while (true) {
    if (core_.stop.stop_requested()) return Outcome::interrupted;
    if (core_.iterations >= core_.max_iterations) return Outcome::iteration_limit;
    if (core_.factor.worn()) start_over();
    const int p = choose_row();
    if (p < 0) return Outcome::done;
    const int leaves = core_.basic[p];
    const bool rises = core_.x[leaves] < core_.program.lower[leaves];
    direction_ = rises ? 1.0 : -1.0;
    const double bound = rises ? core_.program.lower[leaves] : core_.program.upper[leaves];

    SparseVector& rho = core_.leaving;
    rho.clear();
    rho.set(p, 1.0);
    core_.factor.solve_transposed(rho, core_.leaving_density, true);
    const double true_weight = rho.squared();
    const bool misjudged = core_.weight[p] < 0.25 * true_weight;
    core_.weight[p] = true_weight;
    if (misjudged) continue;

    core_.price(rho, core_.row_work);
    const int q = choose_column(std::abs(core_.x[leaves] - bound));
    if (q < 0) {
      if (core_.factor.updates() > 0) {
        start_over();
        continue;
      }
      core_.ray.resize(core_.program.m);
      for (int k = 0; k < rho.count; ++k) core_.ray.set(rho.index[k], -direction_ * rho.value[rho.index[k]]);
      return Outcome::no_limit;
    }
    SparseVector& column = core_.entering;
    column.clear();
    core_.add_column(column, q, 1.0);
    core_.factor.solve(column, core_.entering_density, true);
    const double pivot = column.value[p];
    const double expected = core_.row_work.value[q];
    const double error = std::abs(pivot - expected) / std::max(std::abs(pivot), 1e-300);
    if (error > 1e-7 && core_.factor.updates() > 0) {
      if (++troubles > most_troubles) return Outcome::trouble;
      start_over();
      continue;
    }
    if (!(error < 1e-3)) return Outcome::trouble;

    if (!flips_.empty()) apply_flips();
    const double tilde = -direction_ * expected;
    double step = core_.d[q] / tilde;
    if (!(step > 0.0)) {
      // The wrong sign, within the tolerance.
      core_.cost[q] -= core_.d[q];
      core_.costs_changed = core_.costs_changed || core_.d[q] != 0.0;
      step = 0.0;
    }
    if (step > 0.0) {
      const SparseVector& alpha = core_.row_work;
      for (int k = 0; k < alpha.count; ++k) {
        const int j = alpha.index[k];
        core_.d[j] += step * direction_ * alpha.value[j];
        if (core_.dual_violation(j) == 0.0) continue;
        core_.cost[j] -= core_.d[j];
        core_.d[j] = 0.0;
        core_.costs_changed = true;
      }
    }
    core_.d[q] = 0.0;
    core_.d[leaves] = direction_ * step;
    idle = step > 0.0 ? 0 : idle + 1;
    if (idle > most_idle && !perturb) {
      perturb = true;
      perturb_costs();
    }

    update_weights(p, pivot);
    const double move = (core_.x[leaves] - bound) / pivot;
    for (int k = 0; k < column.count; ++k) {
      const int i = column.index[k];
      core_.x[core_.basic[i]] -= move * column.value[i];
      if (i != p) mark(i);
    }
    core_.x[q] += move;
    core_.exchange(p, q, rises ? Place::lower : Place::upper, pivot);
    mark(p);
  }
}

}  // namespace lode::inline LODE_ABI::optimize::detail
