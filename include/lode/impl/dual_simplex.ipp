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
  constexpr double size = 1e-4;
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

LODE_INLINE void DualSimplex::read_rows() {
  constexpr int block = 16;
  const int m = core_.program.m;
  rows_.lengthen(m, Row());
  merit_.refill((m + block - 1) / block * block, 0.0);
  most_.refill(merit_.length() / block, 0.0);
  for (int i = 0; i < m; ++i) {
    const int j = core_.basic[i];
    rows_[i] = {core_.x[j], core_.program.lower[j], core_.program.upper[j], core_.weight[i]};
    rank(i);
  }
  free_ = 0;
  for (int j = 0; j < core_.program.size(); ++j) free_ += core_.may_stay(j) ? 1 : 0;
}

LODE_INLINE void DualSimplex::write_rows() {
  for (int i = 0; i < core_.program.m; ++i) {
    core_.x[core_.basic[i]] = rows_[i].x;
    core_.weight[i] = rows_[i].weight;
  }
}

LODE_INLINE void DualSimplex::start_over() {
  write_rows();
  core_.refactor();
  make_dual_feasible();
  read_rows();
}

LODE_INLINE void DualSimplex::rank(int i) {
  const Row& row = rows_[i];
  const double by = std::max(row.lower - row.x, row.x - row.upper);
  const double merit = by > core_.tolerance ? by * by / row.weight : 0.0;
  double& known = merit_[i];
  const double before = known;
  known = merit;
  double& most = most_[i >> 4];
  if (merit >= most) {
    most = merit;
  } else if (before == most) {
    const double* first = merit_.data() + (i & ~15);
    most = first[0];
    for (int k = 1; k < 16; ++k) most = std::max(most, first[k]);
  }
}

LODE_INLINE int DualSimplex::choose_row() {
  double most = 0.0;
  int best = -1;
  for (int k = 0; k < most_.length(); ++k) {
    if (most_[k] <= most) continue;
    most = most_[k];
    best = k;
  }
  if (best < 0) return -1;
  best *= 16;
  while (merit_[best] != most) ++best;
  return best;
}

LODE_INLINE void DualSimplex::collect_candidates() {
  const SparseVector& alpha = core_.row_work;
  const double least = core_.factor.updates() < 10 ? 1e-9 : core_.factor.updates() < 20 ? 1e-8 : 1e-7;
  candidates_.clear();
  flips_.clear();
  // Signs are as good as random, so that jumps would be guessed wrong every other time.
  found_.lengthen(std::max(found_.length(), alpha.count), 0);
  int count = 0;
  for (int k = 0; k < alpha.count; ++k) {
    const int j = alpha.index[k];
    found_[count] = j;
    count += -direction_ * alpha.value[j] * core_.side[j] > least ? 1 : 0;
  }
  for (int k = 0; k < count; ++k) {
    const int j = found_[k];
    const double size = std::abs(alpha.value[j]);
    candidates_.push_back({std::max(core_.d[j] * core_.side[j], 0.0) / size, size, j});
  }
  if (free_ == 0) return;
  for (int k = 0; k < alpha.count; ++k) {
    const int j = alpha.index[k];
    const double size = std::abs(alpha.value[j]);
    if (core_.may_stay(j) && size > least) candidates_.push_back({0.0, size, j});
  }
}

LODE_INLINE int DualSimplex::choose_free(double violation) {
  constexpr double stable = 1e-5;
  const SparseVector& alpha = core_.row_work;
  int best = -1;
  double most = 0.0;
  bool fits = false;
  for (int k = 0; k < alpha.count; ++k) {
    const int j = alpha.index[k];
    const double size = std::abs(alpha.value[j]);
    if (!core_.may_stay(j) || size < stable) continue;
    const bool rises = direction_ * alpha.value[j] < 0.0;
    const double room = rises ? core_.program.upper[j] - core_.x[j] : core_.x[j] - core_.program.lower[j];
    const bool has_room = room * size >= violation;
    if (fits && !has_room) continue;
    const double merit = has_room ? size : room * size;
    if (has_room == fits && !(merit > most)) continue;
    fits = has_room;
    most = merit;
    best = j;
  }
  return best;
}

LODE_INLINE int DualSimplex::choose_column(double slope) {
  flips_.clear();
  if (free_ > 0) {
    const int enters = choose_free(slope);
    if (enters >= 0) return enters;
  }
  collect_candidates();
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
    core_.put(j, core_.place[j] == Place::lower ? Place::upper : Place::lower);
    core_.move_to_bound(j);
    core_.add_column(change, j, core_.x[j] - before);
  }
  change.prune();
  core_.factor.solve(change, core_.other_density);
  for (int k = 0; k < change.count; ++k) {
    const int i = change.index[k];
    rows_[i].x -= change.value[i];
    rank(i);
  }
  change.clear();
}

LODE_INLINE void DualSimplex::update_reduced_costs(int q, int leaves, double alpha_q) {
  step_ = core_.d[q] / (-direction_ * alpha_q);
  if (!(step_ > 0.0)) {
    // The wrong sign, within the tolerance.
    core_.cost[q] -= core_.d[q];
    core_.costs_changed = core_.costs_changed || core_.d[q] != 0.0;
    step_ = 0.0;
  }
  const SparseVector& alpha = core_.row_work;
  const double by = step_ * direction_;
  for (int k = 0; k < alpha.count && step_ > 0.0; ++k) {
    const int j = alpha.index[k];
    const double after = core_.d[j] + by * alpha.value[j];
    core_.d[j] = after;
    if (after * core_.side[j] >= 0.0 && (free_ == 0 || !core_.may_stay(j))) continue;
    core_.cost[j] -= after;
    core_.d[j] = 0.0;
    core_.costs_changed = true;
  }
  core_.d[q] = 0.0;
  core_.d[leaves] = by;
}

LODE_INLINE void DualSimplex::update_rows(int p, double move, double pivot) {
  SparseVector& tau = core_.other_work;
  for (int k = 0; k < core_.leaving.count; ++k) {
    tau.set(core_.leaving.index[k], core_.leaving.value[core_.leaving.index[k]]);
  }
  core_.factor.solve(tau, core_.weight_density);
  constexpr double least = 1e-4;
  const SparseVector& column = core_.entering;
  const double at_p = rows_[p].weight;
  for (int k = 0; k < column.count; ++k) {
    const int i = column.index[k];
    if (i == p) continue;
    Row& row = rows_[i];
    const double factor = column.value[i] / pivot;
    const double weight = row.weight + factor * (factor * at_p - 2.0 * tau.value[i]);
    row.weight = std::max(weight, std::max(least, factor * factor));
    row.x -= move * column.value[i];
    rank(i);
  }
  rows_[p].weight = std::max(least, at_p / (pivot * pivot));
  tau.clear();
}

LODE_INLINE Outcome DualSimplex::run(bool perturb) {
  harris_ = core_.tolerance;
  make_dual_feasible();
  if (perturb) perturb_costs();
  read_rows();
  const Outcome outcome = iterate(perturb);
  write_rows();
  return outcome;
}

LODE_INLINE Outcome DualSimplex::iterate(bool perturb) {
  constexpr int most_troubles = 20;
  constexpr int most_idle = 300;
  int idle = 0;
  int troubles = 0;
  while (true) {
    if (core_.stop.stop_requested()) return Outcome::interrupted;
    if (core_.iterations >= core_.max_iterations) return Outcome::iteration_limit;
    if (core_.factor.worn()) start_over();
    const int p = choose_row();
    if (p < 0) return Outcome::done;
    const int leaves = core_.basic[p];
    Row& row = rows_[p];
    const bool rises = row.x < row.lower;
    direction_ = rises ? 1.0 : -1.0;
    const double bound = rises ? row.lower : row.upper;

    SparseVector& rho = core_.leaving;
    rho.clear();
    rho.set(p, 1.0);
    core_.factor.solve_transposed(rho, core_.leaving_density, true);
    const double true_weight = rho.squared();
    const bool misjudged = row.weight < 0.25 * true_weight;
    row.weight = true_weight;
    if (misjudged) {
      rank(p);
      continue;
    }

    core_.price(rho, core_.row_work);
    const int q = choose_column(std::abs(row.x - bound));
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
    update_reduced_costs(q, leaves, expected);
    idle = step_ > 0.0 ? 0 : idle + 1;
    if (idle > most_idle && !perturb) {
      perturb = true;
      perturb_costs();
    }
    const double move = (row.x - bound) / pivot;
    update_rows(p, move, pivot);
    if (core_.may_stay(q)) --free_;
    const double entered = core_.x[q] + move;
    core_.exchange(p, q, rises ? Place::lower : Place::upper, pivot);
    row.x = entered;
    row.lower = core_.program.lower[q];
    row.upper = core_.program.upper[q];
    rank(p);
  }
}

}  // namespace lode::inline LODE_ABI::optimize::detail
