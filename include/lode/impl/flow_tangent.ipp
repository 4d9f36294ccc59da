// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include <Eigen/SparseLU>

#include <lode/detail/flow_tangent.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE FlowTangent::FlowTangent(const FlowSystem& system)
    : system_(system),
      consumers_(system.consumers()),
      run_of_line_(system.lines()),
      arc_open_(system.arcs(), 1.0),
      limit_binds_(system.lines()),
      binding_(system.lines()),
      slot_binds_(system.slots()),
      arc_state_(system.arcs(), free),
      sink_state_(system.sink_arcs.size() - 1),
      line_bits_(system.lines()),
      loop_bends_(system.runs.size()),
      sink_open_(system.sink_source.size(), 1.0),
      limit_seeds_(system.lines()),
      slot_seeds_(system.slots()),
      pending_(system.lines() / 64 + 1, 0) {
  for (std::uint32_t r = 0; r < system.runs.size(); ++r) {
    for (std::uint32_t line = system.runs[r].begin; line < system.runs[r].end; ++line) run_of_line_[line] = r;
  }
}

LODE_INLINE void FlowTangent::linearise(const LaneData& data, std::span<const double> u,
                                        std::span<const double> demanded, std::span<const double> arriving,
                                        double tie) {
  for (std::uint32_t arc = 0; arc < system_.arcs(); ++arc) arc_open_[arc] = data.open(system_.arc_route[arc], 0);
  for (std::size_t k = 0; k < sink_open_.size(); ++k) sink_open_[k] = data.open(system_.sink_route[k], 0);
  find_binding(data, u, tie);
  for (std::size_t e = 0; e < sink_state_.size(); ++e) {
    const double room = tie * demanded[e];
    const bool is_short = arriving[e] < demanded[e] - room;
    sink_state_[e] = is_short ? free : arriving[e] <= demanded[e] + room ? tied : cut;
  }
  find_bends();
}

LODE_INLINE void FlowTangent::find_binding(const LaneData& data, std::span<const double> u, double tie) {
  for (std::uint32_t line = 0; line < system_.lines(); ++line) {
    const double limit = data.limit(line, 0);
    const std::uint32_t slots_end = system_.line_slots[line + 1];
    binding_[line] = 0;
    if (system_.line_separates[line] != 0 && system_.line_slots[line] != slots_end) {
      // Its limit acts through the arcs; weights add up to 1, so the sum is never above it.
      limit_binds_[line] = 0;
      binding_[line] = 1;
      slot_binds_[system_.line_slots[line]] = 1;
      for (std::uint32_t arc = system_.line_arcs[line]; arc < system_.line_arcs[line + 1]; ++arc) {
        const double arrives = arc_open_[arc] * u[system_.arc_source[arc]];
        arc_state_[arc] = arrives < limit * (1.0 - tie) ? free : arrives <= limit * (1.0 + tie) ? tied : cut;
      }
      continue;
    }
    const double brink = u[line] * (1.0 + tie);
    limit_binds_[line] = limit <= brink ? 1 : 0;
    for (std::uint32_t slot = system_.line_slots[line]; slot < slots_end; ++slot) {
      const double criticality = system_.slot_criticality[slot];
      bool binds = criticality > 0.0;
      // The only branch of a line that stands below its limit need not be looked at.
      const bool is_alone = limit_binds_[line] == 0 && slots_end - system_.line_slots[line] == 1;
      if (binds && !is_alone) {
        double coverage = data.release(slot, 0);
        for (std::uint32_t arc = system_.slot_arcs[slot]; arc < system_.slot_arcs[slot + 1]; ++arc) {
          coverage += system_.arc_weight[arc] * arc_open_[arc] * u[system_.arc_source[arc]];
        }
        binds = bound_of(criticality, coverage) <= brink;
      }
      slot_binds_[slot] = binds ? 1 : 0;
      if (binds && binding_[line] < 2) ++binding_[line];
    }
  }
}

LODE_INLINE void FlowTangent::find_bends() {
  for (std::size_t r = 0; r < system_.runs.size(); ++r) {
    const graph::Run& run = system_.runs[r];
    loop_bends_[r] = 0;
    if (!run.cyclic) continue;
    const auto inside = [&run](std::uint32_t source) { return source >= run.begin && source < run.end; };
    for (std::uint32_t line = run.begin; line < run.end && loop_bends_[r] == 0; ++line) {
      if (binding_[line] > 1) loop_bends_[r] = 1;
      for (std::uint32_t slot = system_.line_slots[line]; slot < system_.line_slots[line + 1]; ++slot) {
        for (std::uint32_t arc = system_.slot_arcs[slot]; arc < system_.slot_arcs[slot + 1]; ++arc) {
          if (!inside(system_.arc_source[arc])) continue;
          if ((limit_binds_[line] != 0 && slot_binds_[slot] != 0) || arc_state_[arc] == tied) loop_bends_[r] = 1;
        }
      }
    }
  }
  std::fill(line_bits_.begin(), line_bits_.end(), std::uint8_t{0});
  for (std::uint32_t e = 0; e < sink_state_.size(); ++e) {
    std::uint8_t bits = 0;
    if (sink_passes(e, Side::down)) bits |= matter(Side::down);
    if (sink_passes(e, Side::up)) bits |= matter(Side::up);
    for (std::uint32_t k = system_.sink_arcs[e]; k < system_.sink_arcs[e + 1]; ++k) {
      line_bits_[system_.sink_source[k]] |= bits;
    }
  }
  const auto hand_on = [this](std::uint32_t line, std::uint8_t bits) {
    if (bits == 0) return;
    for (std::uint32_t slot = system_.line_slots[line]; slot < system_.line_slots[line + 1]; ++slot) {
      if (slot_binds_[slot] == 0) continue;
      for (std::uint32_t arc = system_.slot_arcs[slot]; arc < system_.slot_arcs[slot + 1]; ++arc) {
        if (arc_state_[arc] != cut) line_bits_[system_.arc_source[arc]] |= bits;
      }
    }
  };
  constexpr std::uint8_t down = matter(Side::down) | bent(Side::down);
  for (std::size_t r = system_.runs.size(); r-- > 0;) {
    const graph::Run& run = system_.runs[r];
    if (!run.cyclic) {
      for (std::uint32_t line = run.end; line-- > run.begin;) {
        std::uint8_t bits = line_bits_[line];
        if (binding_[line] > 1) {
          if ((bits & matter(Side::down)) != 0) bits |= bent(Side::down);
          if ((bits & matter(Side::up)) != 0) bits |= bent(Side::up);
        }
        if (limit_binds_[line] != 0) bits &= down;  // what is added ends here, unless it is the limit itself
        hand_on(line, bits);
      }
      continue;
    }
    std::uint8_t bits = 0;
    for (std::uint32_t line = run.begin; line < run.end; ++line) bits |= line_bits_[line];
    if (loop_bends_[r] != 0) {
      if ((bits & matter(Side::down)) != 0) bits |= bent(Side::down);
      if ((bits & matter(Side::up)) != 0) bits |= bent(Side::up);
    }
    for (std::uint32_t line = run.begin; line < run.end; ++line) {
      line_bits_[line] = bits;
      hand_on(line, limit_binds_[line] != 0 && loop_bends_[r] == 0 ? bits & down : bits);
    }
  }
}

LODE_INLINE double FlowTangent::limit_gain(std::uint32_t line, Side side) const {
  if (system_.line_separates[line] != 0 && system_.line_slots[line] != system_.line_slots[line + 1]) {
    double gain = 0.0;
    for (std::uint32_t arc = system_.line_arcs[line]; arc < system_.line_arcs[line + 1]; ++arc) {
      const bool responds = arc_state_[arc] == cut || (arc_state_[arc] == tied && side == Side::down);
      if (responds) gain += system_.arc_weight[arc];
    }
    return gain;
  }
  if (limit_binds_[line] == 0) return 0.0;
  return side == Side::down || binding_[line] == 0 ? 1.0 : 0.0;
}

template <class Visit>
void FlowTangent::for_each_gain(std::uint32_t line, Side side, Visit visit) const {
  if (binding_[line] != 1 || (side == Side::up && limit_binds_[line] != 0)) return;
  for (std::uint32_t slot = system_.line_slots[line]; slot < system_.line_slots[line + 1]; ++slot) {
    if (slot_binds_[slot] == 0) continue;
    const double criticality = system_.slot_criticality[slot];
    for (std::uint32_t arc = system_.slot_arcs[slot]; arc < system_.slot_arcs[slot + 1]; ++arc) {
      if (arc_passes(arc, side)) visit(system_.arc_source[arc], criticality * system_.arc_weight[arc] * arc_open_[arc]);
    }
  }
}

LODE_INLINE bool FlowTangent::adjoint(std::span<const double> omega, std::vector<double>& lambda) {
  lambda.assign(std::size_t{system_.lines()} * sides, 0.0);
  constexpr Side both[] = {Side::down, Side::up};
  for (std::uint32_t e = 0; e < sink_state_.size(); ++e) {
    if (omega[e] == 0.0) continue;
    for (const Side side : both) {
      if (!sink_passes(e, side)) continue;
      for (std::uint32_t k = system_.sink_arcs[e]; k < system_.sink_arcs[e + 1]; ++k) {
        double& at = lambda[std::size_t{system_.sink_source[k]} * sides + static_cast<std::size_t>(side)];
        at -= omega[e] * system_.sink_flow[k] * sink_open_[k];
      }
    }
  }
  for (std::size_t r = system_.runs.size(); r-- > 0;) {
    const graph::Run& run = system_.runs[r];
    if (!run.cyclic) {
      for (std::uint32_t line = run.end; line-- > run.begin;) {
        const double* const own = lambda.data() + std::size_t{line} * sides;
        if (own[0] == 0.0 && own[1] == 0.0) continue;
        for (const Side side : both) {
          const double from = own[static_cast<std::size_t>(side)];
          if (from == 0.0) continue;
          for_each_gain(line, side, [&](std::uint32_t source, double gain) {
            lambda[std::size_t{source} * sides + static_cast<std::size_t>(side)] += from * gain;
          });
        }
      }
      continue;
    }
    if (loop_bends_[r] != 0) continue;  // whatever is upstream of it bends too
    for (const Side side : both) {
      if (!solve_transposed(run, lambda, side)) return false;
      for (std::uint32_t line = run.begin; line < run.end; ++line) {
        const double from = lambda[std::size_t{line} * sides + static_cast<std::size_t>(side)];
        for_each_gain(line, side, [&](std::uint32_t source, double gain) {
          const bool inside = source >= run.begin && source < run.end;
          if (!inside) lambda[std::size_t{source} * sides + static_cast<std::size_t>(side)] += from * gain;
        });
      }
    }
  }
  return true;
}

/// (I - B)' lambda = what reaches the loop from later lines.
LODE_INLINE bool FlowTangent::solve_transposed(const graph::Run& run, std::vector<double>& lambda, Side side) const {
  const auto n = static_cast<Eigen::Index>(run.end - run.begin);
  Eigen::VectorXd rhs(n);
  const auto at = [&](std::uint32_t line) -> double& {
    return lambda[std::size_t{line} * sides + static_cast<std::size_t>(side)];
  };
  for (Eigen::Index i = 0; i < n; ++i) rhs[i] = at(run.begin + static_cast<std::uint32_t>(i));
  if (rhs.isZero(0.0)) return true;
  std::vector<Eigen::Triplet<double>> entries;
  for (std::uint32_t line = run.begin; line < run.end; ++line) {
    for_each_gain(line, side, [&](std::uint32_t source, double gain) {
      if (source < run.begin || source >= run.end) return;
      entries.emplace_back(static_cast<int>(source - run.begin), static_cast<int>(line - run.begin), gain);
    });
  }
  Eigen::SparseMatrix<double, Eigen::RowMajor> gains(n, n);
  gains.setFromTriplets(entries.begin(), entries.end());
  // Sweeps against the order of the lines, in which most arcs lead onwards; a loop that keeps nearly all of what it has
  // is factored instead.
  constexpr int most_sweeps = 1000;
  Eigen::VectorXd x = rhs;
  bool solved = false;
  for (int sweep = 0; sweep < most_sweeps && !solved; ++sweep) {
    double moved = 0.0;
    double most = 0.0;
    for (Eigen::Index i = n; i-- > 0;) {
      double sum = rhs[i];
      for (Eigen::SparseMatrix<double, Eigen::RowMajor>::InnerIterator it(gains, i); it; ++it) {
        sum += it.value() * x[it.col()];
      }
      moved = std::max(moved, std::abs(sum - x[i]));
      most = std::max(most, std::abs(sum));
      x[i] = sum;
    }
    solved = moved <= 1e-16 * most;
  }
  if (!solved) {
    Eigen::SparseMatrix<double> matrix(n, n);
    matrix.setIdentity();
    matrix -= Eigen::SparseMatrix<double>(gains);
    Eigen::SparseLU<Eigen::SparseMatrix<double>, Eigen::COLAMDOrdering<int>> factors;
    factors.compute(matrix);
    if (factors.info() != Eigen::Success) return false;
    x = factors.solve(rhs);
    x += factors.solve(rhs - matrix * x);
    if (!x.allFinite()) return false;
    if (!((rhs - matrix * x).lpNorm<Eigen::Infinity>() <= 1e-10 * x.lpNorm<Eigen::Infinity>())) return false;
  }
  for (Eigen::Index i = 0; i < n; ++i) at(run.begin + static_cast<std::uint32_t>(i)) = x[i];
  return true;
}

LODE_INLINE void FlowTangent::compute(std::uint32_t line, std::uint32_t lanes, double* out) const {
  constexpr double nothing_binds = std::numeric_limits<double>::infinity();
  const double* const limit = limit_seeds_.find(line, lanes);
  const bool separates = system_.line_separates[line] != 0;
  double lowest[most_pushed];
  for (std::uint32_t l = 0; l < lanes; ++l) {
    lowest[l] = limit_binds_[line] == 0 ? nothing_binds : limit == nullptr ? 0.0 : limit[l];
  }
  for (std::uint32_t slot = system_.line_slots[line]; slot < system_.line_slots[line + 1]; ++slot) {
    if (slot_binds_[slot] == 0) continue;
    const double* const own = slot_seeds_.find(slot, lanes);
    double sum[most_pushed];
    for (std::uint32_t l = 0; l < lanes; ++l) sum[l] = own == nullptr ? 0.0 : own[l];
    for (std::uint32_t arc = system_.slot_arcs[slot]; arc < system_.slot_arcs[slot + 1]; ++arc) {
      const double weight = system_.arc_weight[arc];
      const double open = arc_open_[arc];
      if (arc_state_[arc] == cut) {
        for (std::uint32_t l = 0; limit != nullptr && l < lanes; ++l) sum[l] += weight * limit[l];
        continue;
      }
      const double* const source = g_.data() + std::size_t{system_.arc_source[arc]} * lanes;
      const bool may_be_cut = separates && arc_state_[arc] == tied;
      for (std::uint32_t l = 0; l < lanes; ++l) {
        double arrives = open > 0.0 ? open * source[l] : 0.0;
        if (may_be_cut) arrives = std::min(arrives, limit == nullptr ? 0.0 : limit[l]);
        sum[l] += weight * arrives;
      }
    }
    const double criticality = system_.slot_criticality[slot];
    for (std::uint32_t l = 0; l < lanes; ++l) lowest[l] = std::min(lowest[l], criticality * sum[l]);
  }
  for (std::uint32_t l = 0; l < lanes; ++l)
    out[l] = lowest[l] == nothing_binds && binding_[line] == 0 ? 0.0 : lowest[l];
}

/// The greatest fixpoint of a loop, by sweeps from above it: what is taken away moves nothing up, and what is added
/// nothing further than `from_above`. The map is monotone, so the sweeps stay above the fixpoint; some choice of
/// branches amplifies less than without bounds, so they come down to it.
LODE_INLINE void FlowTangent::push_loop(const graph::Run& run, std::uint32_t lanes, Side side) {
  constexpr int most_passes = 20000;
  constexpr double from_above = 1e30;
  double* const first = g_.data() + std::size_t{run.begin} * lanes;
  const std::size_t count = std::size_t{run.end - run.begin} * lanes;
  std::fill_n(first, count, side == Side::up ? from_above : 0.0);
  double next[most_pushed];
  constexpr double rounding = 4.0 * std::numeric_limits<double>::epsilon();
  bool moves[most_pushed];
  for (int pass = 0; pass < most_passes; ++pass) {
    std::fill_n(moves, most_pushed, false);
    for (std::uint32_t line = run.begin; line < run.end; ++line) {
      compute(line, lanes, next);
      double* const g = g_.data() + std::size_t{line} * lanes;
      for (std::uint32_t l = 0; l < lanes; ++l) {
        moves[l] = moves[l] || !(std::abs(next[l] - g[l]) <= rounding * std::abs(next[l]));
      }
      std::copy_n(next, lanes, g);
    }
    if (std::none_of(moves, moves + lanes, [](bool moved) { return moved; })) break;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t l = i % lanes;
    failed_[l] = failed_[l] || moves[l] || std::abs(first[i]) > 1e-10 * from_above;
  }
}

LODE_INLINE void FlowTangent::push(std::span<const Seed> seeds, std::uint32_t lanes, Side side,
                                   std::span<const std::vector<double>> omegas, std::vector<double>& change) {
  g_.resize(std::size_t{system_.lines()} * most_pushed, 0.0);
  std::fill_n(failed_, most_pushed, false);
  limit_seeds_.clear();
  slot_seeds_.clear();
  computed_.clear();
  const auto mark = [this](std::uint32_t line) { pending_[line / 64] |= std::uint64_t{1} << (line % 64); };
  std::uint32_t first = system_.lines();
  for (const Seed& seed : seeds) {
    double* const row = seed.slot == FlowSystem::none ? limit_seeds_.row(seed.line, lanes, 0.0)
                                                      : slot_seeds_.row(seed.slot, lanes, 0.0);
    row[seed.lane] += seed.amount;
    mark(seed.line);
    first = std::min(first, seed.line);
  }
  const auto moved = [this, lanes](std::uint32_t line) {
    const double* const g = g_.data() + std::size_t{line} * lanes;
    return std::any_of(g, g + lanes, [](double value) { return value != 0.0; });
  };
  const auto hand_on = [&](std::uint32_t line, std::uint32_t after) {
    for (std::uint32_t k = consumers_.offsets[line]; k < consumers_.offsets[line + 1]; ++k) {
      if (consumers_.lines[k] >= after) mark(consumers_.lines[k]);
    }
  };
  for (std::size_t word = first / 64; word < pending_.size(); ++word) {
    while (pending_[word] != 0) {
      const auto line =
          static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(pending_[word])));
      const graph::Run& run = system_.runs[run_of_line_[line]];
      if (!run.cyclic) {
        pending_[word] &= pending_[word] - 1;
        compute(line, lanes, g_.data() + std::size_t{line} * lanes);
        if (!moved(line)) continue;
        computed_.push_back(line);
        hand_on(line, line + 1);
        continue;
      }
      for (std::uint32_t i = run.begin; i < run.end; ++i) pending_[i / 64] &= ~(std::uint64_t{1} << (i % 64));
      push_loop(run, lanes, side);
      for (std::uint32_t i = run.begin; i < run.end; ++i) {
        computed_.push_back(i);
        if (moved(i)) hand_on(i, run.end);
      }
    }
  }
  change.assign(omegas.size() * lanes, 0.0);
  if (!computed_.empty()) {
    double arrives[most_pushed];
    for (std::uint32_t e = 0; e < sink_state_.size(); ++e) {
      if (sink_state_[e] == cut) continue;
      std::fill_n(arrives, lanes, 0.0);
      for (std::uint32_t k = system_.sink_arcs[e]; k < system_.sink_arcs[e + 1]; ++k) {
        const double* const g = g_.data() + std::size_t{system_.sink_source[k]} * lanes;
        for (std::uint32_t l = 0; l < lanes; ++l) arrives[l] += system_.sink_flow[k] * sink_open_[k] * g[l];
      }
      for (std::uint32_t l = 0; l < lanes; ++l) {
        const double shortfall = sink_state_[e] == tied ? std::max(0.0, -arrives[l]) : -arrives[l];
        for (std::size_t t = 0; t < omegas.size(); ++t) change[t * lanes + l] += omegas[t][e] * shortfall;
      }
    }
  }
  for (std::uint32_t l = 0; l < lanes; ++l) {
    for (std::size_t t = 0; failed_[l] && t < omegas.size(); ++t) {
      change[t * lanes + l] = std::numeric_limits<double>::quiet_NaN();
    }
  }
  for (const std::uint32_t line : computed_) std::fill_n(g_.data() + std::size_t{line} * lanes, lanes, 0.0);
}

}  // namespace lode::inline LODE_ABI::detail
