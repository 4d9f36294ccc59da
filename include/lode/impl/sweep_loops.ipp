// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// The loops of the sweep kernel, included once per instruction set inside a namespace of its own. Nothing here may call
// an inline function of the standard library: the linker could pick this translation unit's copy of it for a processor
// that lacks the instructions. That is also why there is no include guard.

/// Lanes of one chunk: a plain double, or eight doubles that the compiler maps to the registers it has. The helpers
/// write through references because returning packs by value would depend on the instruction set.
#if defined(__GNUC__)
using Pack = double __attribute__((vector_size(64)));
using LoosePack = double __attribute__((vector_size(64), aligned(8), may_alias));
inline void load(Pack& to, const double* from) { to = *reinterpret_cast<const LoosePack*>(from); }
inline void store(double* to, const Pack& from) { *reinterpret_cast<LoosePack*>(to) = from; }
inline void fill(Pack& to, double value) { to = Pack{value, value, value, value, value, value, value, value}; }
inline bool differ(const Pack& a, const Pack& b) {
#if defined(__AVX512F__)
  return _mm512_cmp_pd_mask((__m512d)a, (__m512d)b, _CMP_NEQ_UQ) != 0;
#else
  using Mask = long long __attribute__((vector_size(64)));
  union {
    Mask whole;
    long long parts[8];
  } mask{a != b};
  return (mask.parts[0] | mask.parts[1] | mask.parts[2] | mask.parts[3] | mask.parts[4] | mask.parts[5] | mask.parts[6] |
          mask.parts[7]) != 0;
#endif
}
template <class P>
inline void scale(P& by, const P& factor) {
  by = by * factor;
}
template <class P>
inline void add_product(P& sum, const P& weight, const P& value) {
  sum = sum + weight * value;
}
template <class P>
inline void soften(P& coverage, const P& criticality, const P& one) {
  coverage = one - criticality * (one - coverage);
}
template <class P>
inline void take_smaller(P& value, const P& other) {
  value = other < value ? other : value;
}
#else
struct Pack {
  double lane[8];
};
inline void load(Pack& to, const double* from) {
  for (int l = 0; l < 8; ++l) to.lane[l] = from[l];
}
inline void store(double* to, const Pack& from) {
  for (int l = 0; l < 8; ++l) to[l] = from.lane[l];
}
inline void fill(Pack& to, double value) {
  for (double& lane : to.lane) lane = value;
}
inline bool differ(const Pack& a, const Pack& b) {
  bool any = false;
  for (int l = 0; l < 8; ++l) any = any | (a.lane[l] != b.lane[l]);
  return any;
}
inline void scale(double& by, double factor) { by = by * factor; }
inline void scale(Pack& by, const Pack& factor) {
  for (int l = 0; l < 8; ++l) scale(by.lane[l], factor.lane[l]);
}
inline void add_product(double& sum, double weight, double value) { sum = sum + weight * value; }
inline void add_product(Pack& sum, const Pack& weight, const Pack& value) {
  for (int l = 0; l < 8; ++l) add_product(sum.lane[l], weight.lane[l], value.lane[l]);
}
inline void soften(double& coverage, double criticality, double one) {
  coverage = one - criticality * (one - coverage);
}
inline void soften(Pack& coverage, const Pack& criticality, const Pack& one) {
  for (int l = 0; l < 8; ++l) soften(coverage.lane[l], criticality.lane[l], one.lane[l]);
}
inline void take_smaller(double& value, double other) { value = other < value ? other : value; }
inline void take_smaller(Pack& value, const Pack& other) {
  for (int l = 0; l < 8; ++l) take_smaller(value.lane[l], other.lane[l]);
}
#endif
inline void load(double& to, const double* from) { to = *from; }
inline void store(double* to, double from) { *to = from; }
inline void fill(double& to, double value) { to = value; }
inline bool differ(double a, double b) { return a != b; }

/// Stores u of one line for the `Packs` packs of lanes at `out`; true if it changed.
template <class P, int Packs, int Width, bool Compare>
inline bool put(double* out, const P* result) {
  bool changed = false;
  for (int p = 0; p < Packs; ++p) {
    if (Compare) {
      P old;
      load(old, out + p * Width);
      changed = changed | differ(result[p], old);
    }
    store(out + p * Width, result[p]);
  }
  return changed;
}

/// Coverage of arcs [arc, end) without any shock: the sum of weight * u, in the order of the arcs. There is at least one.
template <class P, int Packs, int Width>
inline void cover(const SweepSystem& system, const SweepLanes& data, std::uint32_t arc, std::uint32_t end,
                  std::uint32_t first, P* sum) {
  const double* source = data.u + static_cast<std::size_t>(system.arc_row[arc]) * data.lanes + first;
  P weight;
  fill(weight, system.arc_weight[arc]);
  for (int p = 0; p < Packs; ++p) {
    load(sum[p], source + p * Width);
    scale(sum[p], weight);
  }
  while (++arc < end) {
    source = data.u + static_cast<std::size_t>(system.arc_row[arc]) * data.lanes + first;
    fill(weight, system.arc_weight[arc]);
    for (int p = 0; p < Packs; ++p) {
      P arrives;
      load(arrives, source + p * Width);
      add_product(sum[p], weight, arrives);
    }
  }
}

/// One line with one slot of criticality 1 and nothing shocked.
template <class P, int Packs, int Width, bool Compare>
inline bool compute_single(const SweepSystem& system, const SweepLanes& data, std::uint32_t line, double* out,
                           std::uint32_t first) {
  P result[Packs];
  const std::uint32_t begin = system.line_arcs[line];
  const std::uint32_t end = system.line_arcs[line + 1];
  P one;
  fill(one, 1.0);
  if (begin == end) {
    for (int p = 0; p < Packs; ++p) fill(result[p], 0.0);
  } else {
    cover<P, Packs, Width>(system, data, begin, end, first, result);
    for (int p = 0; p < Packs; ++p) take_smaller(result[p], one);
  }
  return put<P, Packs, Width, Compare>(out + first, result);
}

/// Any line with nothing shocked.
template <class P, int Packs, int Width, bool Compare>
inline bool compute_several(const SweepSystem& system, const SweepLanes& data, std::uint32_t line, double* out,
                            std::uint32_t first) {
  P one;
  fill(one, 1.0);
  P result[Packs];
  for (int p = 0; p < Packs; ++p) result[p] = one;
  const std::uint32_t slots_end = system.line_slots[line + 1];
  for (std::uint32_t slot = system.line_slots[line]; slot < slots_end; ++slot) {
    P sum[Packs];
    for (int p = 0; p < Packs; ++p) fill(sum[p], 0.0);
    const std::uint32_t begin = system.slot_arcs[slot];
    const std::uint32_t end = system.slot_arcs[slot + 1];
    if (begin != end) cover<P, Packs, Width>(system, data, begin, end, first, sum);
    if (system.slot_criticality[slot] != 1.0) {
      P criticality;
      fill(criticality, system.slot_criticality[slot]);
      for (int p = 0; p < Packs; ++p) soften(sum[p], criticality, one);
    }
    for (int p = 0; p < Packs; ++p) take_smaller(result[p], sum[p]);
  }
  return put<P, Packs, Width, Compare>(out + first, result);
}

/// Any line, with whatever the scenarios change.
template <class P, int Packs, int Width, bool Compare>
inline bool compute_touched(const SweepSystem& system, const SweepLanes& data, std::uint32_t line, double* out,
                            std::uint32_t first) {
  const std::uint32_t lanes = data.lanes;
  const auto row_at = [lanes, first](const double* rows, std::int32_t row) {
    return rows + static_cast<std::size_t>(row) * lanes + first;
  };
  P one;
  fill(one, 1.0);
  P result[Packs];
  for (int p = 0; p < Packs; ++p) result[p] = one;
  if (data.line_limit[line] != no_row) {
    const double* const limit = row_at(data.limit_rows, data.line_limit[line]);
    for (int p = 0; p < Packs; ++p) load(result[p], limit + p * Width);
  }
  const bool separates = system.line_separates[line] != 0;
  const std::uint32_t slots_end = system.line_slots[line + 1];
  for (std::uint32_t slot = system.line_slots[line]; slot < slots_end; ++slot) {
    P sum[Packs];
    for (int p = 0; p < Packs; ++p) fill(sum[p], 0.0);
    if (data.slot_release[slot] != no_row) {
      const double* const release = row_at(data.release_rows, data.slot_release[slot]);
      for (int p = 0; p < Packs; ++p) load(sum[p], release + p * Width);
    }
    const std::uint32_t arcs_end = system.slot_arcs[slot + 1];
    for (std::uint32_t arc = system.slot_arcs[slot]; arc < arcs_end; ++arc) {
      const double* const source = data.u + static_cast<std::size_t>(system.arc_row[arc]) * lanes + first;
      P weight;
      fill(weight, system.arc_weight[arc]);
      const std::int32_t row = data.route_open[system.arc_route[arc]];
      const double* const open = row == no_row ? nullptr : row_at(data.open_rows, row);
      for (int p = 0; p < Packs; ++p) {
        P arrives;
        load(arrives, source + p * Width);
        if (open != nullptr) {
          P share;
          load(share, open + p * Width);
          scale(arrives, share);
        }
        // A separator takes from each supplier at most its own limit's share; result[p] still holds that limit.
        if (separates) take_smaller(arrives, result[p]);
        add_product(sum[p], weight, arrives);
      }
    }
    if (system.slot_criticality[slot] != 1.0) {
      P criticality;
      fill(criticality, system.slot_criticality[slot]);
      for (int p = 0; p < Packs; ++p) soften(sum[p], criticality, one);
    }
    for (int p = 0; p < Packs; ++p) take_smaller(result[p], sum[p]);
  }
  return put<P, Packs, Width, Compare>(out + first, result);
}

template <class P, int Packs, int Width, bool Compare>
inline bool compute_packs(const SweepSystem& system, const SweepLanes& data, std::uint32_t line, double* out,
                          std::uint32_t first) {
  switch (data.line_mode[line]) {
    case 0: {
      P result[Packs];
      for (int p = 0; p < Packs; ++p) fill(result[p], 1.0);
      return put<P, Packs, Width, Compare>(out + first, result);
    }
    case 1: return compute_single<P, Packs, Width, Compare>(system, data, line, out, first);
    case 2: return compute_several<P, Packs, Width, Compare>(system, data, line, out, first);
    default: return compute_touched<P, Packs, Width, Compare>(system, data, line, out, first);
  }
}

#if defined(__AVX512F__)
inline constexpr int packs_at_once = 4;
#elif defined(__AVX__)
inline constexpr int packs_at_once = 2;
#else
inline constexpr int packs_at_once = 1;
#endif

template <bool Compare>
inline bool compute_line(const SweepSystem& system, const SweepLanes& data, std::uint32_t line) {
  const std::uint32_t row = system.line_row == nullptr ? line : system.line_row[line];
  double* const out = data.u + static_cast<std::size_t>(row) * data.lanes;
  if (data.lanes == 1) return compute_packs<double, 1, 1, Compare>(system, data, line, out, 0);
  constexpr std::uint32_t step = 8 * packs_at_once;
  bool changed = false;
  std::uint32_t first = 0;
  for (; first + step <= data.lanes; first += step) {
    changed = changed | compute_packs<Pack, packs_at_once, 8, Compare>(system, data, line, out, first);
  }
  for (; first < data.lanes; first += 8) {
    changed = changed | compute_packs<Pack, 1, 8, Compare>(system, data, line, out, first);
  }
  return changed;
}

/// The lines of one scenario in a row, each line its own row: the loop that interactive use waits for.
inline void forward_one(const SweepSystem& system, const SweepLanes& data, std::uint32_t begin, std::uint32_t end) {
  double* const u = data.u;
  const std::uint32_t* const source = system.arc_row;
  const double* const weight = system.arc_weight;
  std::uint32_t arc = system.line_arcs[begin];
  for (std::uint32_t line = begin; line < end; ++line) {
    const std::uint32_t arcs_end = system.line_arcs[line + 1];
    if (data.line_mode[line] == 1 && arc != arcs_end) {
      double sum = weight[arc] * u[source[arc]];
      if (arcs_end - arc == 4) {
        sum = sum + weight[arc + 1] * u[source[arc + 1]];
        sum = sum + weight[arc + 2] * u[source[arc + 2]];
        sum = sum + weight[arc + 3] * u[source[arc + 3]];
        arc = arcs_end;
      } else {
        while (++arc < arcs_end) sum = sum + weight[arc] * u[source[arc]];
      }
      take_smaller(sum, 1.0);
      u[line] = sum;
    } else {
      compute_packs<double, 1, 1, false>(system, data, line, u + line, 0);
      arc = arcs_end;
    }
  }
}

inline void forward(const SweepSystem& system, const SweepLanes& data, std::uint32_t begin, std::uint32_t end) {
  if (data.lanes == 1 && system.line_row == nullptr) {
    forward_one(system, data, begin, end);
    return;
  }
  for (std::uint32_t line = begin; line < end; ++line) compute_line<false>(system, data, line);
}

inline std::uint32_t first_bit(std::uint64_t word) {
#if defined(__GNUC__)
  return static_cast<std::uint32_t>(__builtin_ctzll(word));
#else
  std::uint32_t bit = 0;
  while (((word >> bit) & 1U) == 0) ++bit;
  return bit;
#endif
}

inline void mark_consumers(SweepFront& front, std::uint32_t line) {
  const std::uint32_t end = front.consumer_offsets[line + 1];
  for (std::uint32_t k = front.consumer_offsets[line]; k < end; ++k) {
    const std::uint32_t consumer = front.consumers[k];
    front.pending[consumer >> 6] |= std::uint64_t{1} << (consumer & 63U);
  }
}

inline std::uint32_t front(const SweepSystem& system, const SweepLanes& data, SweepFront& state, std::uint32_t begin,
                           std::uint32_t end) {
  for (std::uint32_t line = begin; line < end;) {
    const std::uint64_t word = state.pending[line >> 6] >> (line & 63U);
    if (word == 0) {
      line = (line | 63U) + 1;
      continue;
    }
    line += first_bit(word);
    if (line >= end) break;
    // A line found this way costs a few times one of a plain sweep: where they lie dense, stop looking for them.
    if (state.count >= 64 && state.count * 6 > line - state.first) return line;
    state.pending[line >> 6] &= ~(std::uint64_t{1} << (line & 63U));
    compute_packs<double, 1, 1, false>(system, data, line, data.u + line, 0);
    state.computed[state.count++] = line;
    if (data.u[line] != state.baseline[line]) mark_consumers(state, line);
    ++line;
  }
  return end;
}

/// True if a source in the loop changed after `line` was last computed: in this pass before it, or in the last one from
/// it on.
inline bool is_stale(const SweepSystem& system, const SweepLanes& data, std::uint32_t line, std::uint32_t pass) {
  const std::uint32_t arcs_end = system.line_arcs[line + 1];
  for (std::uint32_t arc = system.line_arcs[line]; arc < arcs_end; ++arc) {
    const std::uint32_t source = system.arc_source[arc];
    const std::uint32_t changed_in = data.changed_in[source];
    if (changed_in == pass || (changed_in + 1 == pass && source >= line)) return true;
  }
  return false;
}

/// Asks for the rows that `line` reads from behind it: the ones hardware does not see coming.
inline void prefetch_backward(const SweepSystem& system, const SweepLanes& data, std::uint32_t line) {
#if defined(__GNUC__)
  const std::uint32_t arcs_end = system.line_arcs[line + 1];
  for (std::uint32_t arc = system.line_arcs[line]; arc < arcs_end; ++arc) {
    if (system.arc_source[arc] < line) continue;
    const double* const row = data.u + static_cast<std::size_t>(system.arc_row[arc]) * data.lanes;
    for (std::uint32_t lane = 0; lane < data.lanes; lane += 8) __builtin_prefetch(row + lane);
  }
#endif
}

inline bool loop(const SweepSystem& system, const SweepLanes& data, std::uint32_t begin, std::uint32_t end,
                 std::uint32_t pass) {
  bool any = false;
  for (std::uint32_t line = begin; line < end; ++line) {
    if (line + 4 < end) prefetch_backward(system, data, line + 4);
    if (pass > 1 && !is_stale(system, data, line, pass)) continue;
    if (!compute_line<true>(system, data, line)) continue;
    data.changed_in[line] = pass;
    any = true;
  }
  return any;
}

template <class P>
inline void collect_lanes(const std::uint32_t* source_row, const double* flow, const std::uint32_t* route,
                          std::uint32_t begin, std::uint32_t end, const SweepLanes& data, std::uint32_t first,
                          double* out) {
  P sum;
  fill(sum, 0.0);
  for (std::uint32_t arc = begin; arc < end; ++arc) {
    P arrives;
    load(arrives, data.u + static_cast<std::size_t>(source_row[arc]) * data.lanes + first);
    const std::int32_t row = data.route_open[route[arc]];
    if (row != no_row) {
      P share;
      load(share, data.open_rows + static_cast<std::size_t>(row) * data.lanes + first);
      scale(arrives, share);
    }
    P weight;
    fill(weight, flow[arc]);
    add_product(sum, weight, arrives);
  }
  store(out + first, sum);
}

inline void collect(const std::uint32_t* source_row, const double* flow, const std::uint32_t* route, std::uint32_t begin,
                    std::uint32_t end, const SweepLanes& data, double* out) {
  if (data.lanes == 1) return collect_lanes<double>(source_row, flow, route, begin, end, data, 0, out);
  for (std::uint32_t first = 0; first < data.lanes; first += 8) {
    collect_lanes<Pack>(source_row, flow, route, begin, end, data, first, out);
  }
}
