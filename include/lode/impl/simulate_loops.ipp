// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// The loops of the step kernel, included once per instruction set inside a namespace of its own. Nothing here may call
// an inline function of the standard library: the linker could pick this translation unit's copy of it for a processor
// that lacks the instructions. That is also why there is no include guard.

/// A double, or eight that the compiler maps to the registers it has; and the same as it lies in memory.
struct Single {
  using Value = double;
  using Memory = double;
  static bool any(bool condition) { return condition; }
};
#if defined(__GNUC__)
struct Packed {
  using Value = double __attribute__((vector_size(64)));
  using Memory = double __attribute__((vector_size(64), aligned(8), may_alias));
  using Mask = long long __attribute__((vector_size(64)));
  static bool any(const Mask& condition) {
#if defined(__AVX512F__)
    return _mm512_test_epi64_mask((__m512i)condition, (__m512i)condition) != 0;
#else
    union {
      Mask whole;
      long long parts[8];
    } mask{condition};
    return (mask.parts[0] | mask.parts[1] | mask.parts[2] | mask.parts[3] | mask.parts[4] | mask.parts[5] |
            mask.parts[6] | mask.parts[7]) != 0;
#endif
  }
};
#endif

// Everything a step calls is compiled into it, and the pointers are copied to the stack, out of reach of the stores.
#if defined(__GNUC__)
#define LODE_STEP __attribute__((flatten))
#else
#define LODE_STEP
#endif

constexpr double dead_zone = 1e-12;  // of a gap: rounding of the base year is no reason to order

template <class Lanes>
struct Steps {
  using P = typename Lanes::Value;
  using M = typename Lanes::Memory;

  /// Zero that the compiler does not know: it then takes the maximum in one instruction instead of a mask and a move.
  static void set_floor(const StepSystem& system, P& floor) { floor = P{} + system.zero; }

  static M* at(double* array) { return reinterpret_cast<M*>(array); }

  static bool any_less(const P& a, const P& b) { return Lanes::any(a < b); }

  /// What is missing, or nothing where it is rounding.
  static void gap(P& out, const P& target, const P& there) {
    const P difference = target - there;
    const P none = {};
    const P least = dead_zone * (target + there);
    out = difference < least ? (-difference < least ? none : difference) : difference;
  }

  static void place_order(const StepSystem& system, const StepState& state, std::uint32_t slot, const P& planned,
                          const P& extra) {
    const P none = {};
    P missing;
    P target = none + system.slot_target[slot];
    if (state.delays) target += at(state.longer)[slot];
    const P there = at(state.stock)[slot] + (at(state.on_order)[slot] - system.slot_later[slot]);
    gap(missing, target * planned + extra, there);
    P order = planned + system.refill * missing;
    P floor;
    set_floor(system, floor);
    order = order > floor ? order : floor;
    at(state.order)[slot] = order;
    if (system.keep_goals) at(state.goal)[slot] = there + order;
  }

  static void take(const StepSystem& system, const StepState& state, std::uint32_t slot, const P& amount) {
    at(state.stock)[slot] -= amount;
    at(state.used)[system.slot_commodity[slot]] += system.slot_amount[slot] * amount;
  }

  static void separate(const StepSystem& system, const StepState& state, std::uint32_t f, P& u) {
    const P none = {};
    const P one = none + 1.0;
    P total = none, spare = none;
    for (std::uint32_t s = system.facility_slots[f]; s < system.facility_slots[f + 1]; ++s) {
      const P have = at(state.stock)[s];
      const P usual = system.slot_usual[s] * u;
      const P part = have < usual ? have : usual;
      at(state.taken)[s] = part;
      total += system.slot_share[s] * part;
      spare += system.slot_share[s] * (have - part);
    }
    // Feeds replace each other: what one lacks is made up from the stocks of the others.
    const P lacks = u - total;
    P fill = none;
    if (!system.frozen) {
      const P some = spare > none ? spare : one;
      fill = lacks / some;
      fill = lacks > none ? (spare > none ? fill : none) : none;
      fill = fill < one ? fill : one;
    }
    total = none;
    for (std::uint32_t s = system.facility_slots[f]; s < system.facility_slots[f + 1]; ++s) {
      const P part = at(state.taken)[s];
      const P amount = part + fill * (at(state.stock)[s] - part);
      take(system, state, s, amount);
      at(state.taken)[s] = amount;
      total += system.slot_share[s] * amount;
    }
    u = total;
  }

  static void make_facility(const StepSystem& system, const StepState& state, std::uint32_t f) {
    const P none = {};
    const P one = none + 1.0;
    P asked = none;
    for (std::uint32_t k = system.facility_outputs[f]; k < system.facility_outputs[f + 1]; ++k) {
      const P pull = at(state.pull)[k];
      asked = asked < pull ? pull : asked;
    }
    P capacity = at(state.capacity)[f];
    if (system.overtime > 0.0) {
      P effort = at(state.effort)[f];
      const P goal = capacity < asked ? none + system.overtime : none;
      effort += system.overtime_pace * (goal - effort);
      at(state.effort)[f] = effort;
      capacity += capacity * effort;
    }
    P planned = at(state.expected)[f];
    planned += system.learn * (asked - planned);
    at(state.expected)[f] = planned;
    planned = planned < capacity ? planned : capacity;
    if (system.frozen) planned = system.separates[f] != 0 ? (capacity < one ? capacity : one) : one;
    if (system.keep_plans) at(state.planned)[f] = planned;

    P u = asked < capacity ? asked : capacity;
    const std::uint32_t first = system.facility_slots[f], last = system.facility_slots[f + 1];
    if (system.separates[f] != 0) {
      for (std::uint32_t s = first; s < last; ++s) receive(system, state, s);
      separate(system, state, f, u);
    } else {
      for (std::uint32_t s = first; s < last; ++s) {
        receive(system, state, s);
        P bound = system.slot_reach[s] * at(state.stock)[s];
        const double criticality = system.slot_criticality[s];
        if (criticality != 1.0) bound = one - criticality * (one - bound);
        u = bound < u ? bound : u;
      }
      P floor;
      set_floor(system, floor);
      u = u > floor ? u : floor;
      for (std::uint32_t s = first; s < last; ++s) {
        // The base year's surplus of an input goes with its use; where it is short it is used.
        const P have = at(state.stock)[s];
        take(system, state, s, have < u ? have : u);
      }
    }
    for (std::uint32_t s = first; s < last; ++s) {
      P use = planned;
      if (system.slot_usual[s] == 0.0 && system.facility_runs[f] != 0) {
        // Other feeds than the usual ones are wanted for what those leave open.
        use = planned - u;
        use = use > none ? use : none;
      }
      place_order(system, state, s, use, none);
    }
    at(state.activity)[f] = u;

    for (std::uint32_t k = system.facility_outputs[f]; k < system.facility_outputs[f + 1]; ++k) {
      P run = u;
      if (system.separates[f] != 0) {
        run = none;
        for (std::uint32_t i = system.output_mix[k]; i < system.output_mix[k + 1]; ++i) {
          run += system.mix_weight[i] * at(state.taken)[system.mix_slot[i]];
        }
      }
      at(state.run)[k] = run;
      const P made = system.output_yield[k] * run;
      const std::uint32_t commodity = system.output_commodity[k];
      at(state.made)[commodity] += system.output_amount[k] * made;
      if (system.frozen) {
        // What is sold in the base year is offered, and no more.
        const bool sold = system.output_routes[k] < system.output_routes[k + 1];
        at(state.lost)[commodity] += system.output_amount[k] * (system.output_surplus[k] * run);
        if (sold) at(state.goods)[k] += run;
      } else {
        at(state.goods)[k] += made;
      }
    }
  }

  static void receive(const StepSystem& system, const StepState& state, std::uint32_t slot) {
    const P none = {};
    const P due = at(state.arrivals)[slot];
    at(state.stock)[slot] += at(state.incoming)[slot] + due;
    at(state.incoming)[slot] = none;
    at(state.arrivals)[slot] = none;
    // `on_order` holds what is there when a step ends: less than usual by what leaves the pipelines less than usual.
    at(state.on_order)[slot] -= due - system.slot_later[slot];
  }

  LODE_STEP static void make(const StepSystem& given_system, const StepState& given_state) {
    const StepSystem system = given_system;
    const StepState state = given_state;
    const P none = {};
    const P one = none + 1.0;
    for (std::uint32_t c = 0; c < system.commodities; ++c) {
      at(state.made)[c] = at(state.used)[c] = at(state.given)[c] = at(state.lost)[c] = none;
    }
    for (std::uint32_t f = 0; f < system.facilities; ++f) {
      if (system.facility_amount[f] > 0.0) make_facility(system, state, f);
    }
    const std::uint32_t first_use = system.slots - system.end_uses;
    for (std::uint32_t e = 0; e < system.end_uses; ++e) {
      const std::uint32_t s = first_use + e;
      receive(system, state, s);
      const P demand = at(state.wanted)[e];
      const P wanted = demand + at(state.waiting)[e];
      const P have = at(state.stock)[s];
      const P got = have < wanted ? have : wanted;
      at(state.delivered)[e] = got;
      at(state.stock)[s] = have - got;
      at(state.given)[system.slot_commodity[s]] += system.slot_amount[s] * got;
      const P waits = system.use_waits[e] != 0 ? wanted - got : none;
      at(state.waiting)[e] = waits;
      place_order(system, state, s, system.frozen ? one : demand, system.frozen ? none : waits);
    }
  }

  /// What a route asks for and what of it may leave.
  template <bool limited>
  static void ask(const StepState& state, std::uint32_t r, std::uint32_t slot, P& order, P& possible) {
    order = at(state.order)[slot];
    possible = order;
    if constexpr (limited) {
      const P none = {};
      const P restricted = at(state.restricted)[r];
      const P nominal = at(state.nominal)[slot];
      const P limit = at(state.limit)[r];
      order = restricted > none ? nominal : order;
      possible = order < limit ? order : limit;
    }
  }

  /// Decides what every route of an output carries: min(order, most) + spread * (order - that), or `shipped` where a
  /// route has a limit of its own.
  template <bool limited>
  static void ship_output(const StepSystem& system, const StepState& state, std::uint32_t k) {
    const P none = {};
    const P one = none + 1.0;
    const P without_limit = none + 1e300;
    const std::uint32_t first = system.output_routes[k], last = system.output_routes[k + 1];
    const std::uint32_t* const route_slot = system.route_slot;
    const double* const route_share = system.route_share;
    const P goods = at(state.goods)[k];
    P asked = none, can_leave = none;
    for (std::uint32_t r = first; r < last; ++r) {
      P order, possible;
      ask<limited>(state, r, route_slot[r], order, possible);
      if constexpr (limited) {
        asked += route_share[r] * order;
        at(state.shipped)[r] = possible;
      }
      can_leave += route_share[r] * possible;
    }
    if constexpr (!limited) asked = can_leave;
    P most = without_limit, spread = none, sent = can_leave;
    if (any_less(goods, can_leave)) {
      P entitled = none;
      for (std::uint32_t r = first; r < last; ++r) {
        const P possible = limited ? at(state.shipped)[r] : at(state.order)[route_slot[r]];
        entitled += route_share[r] * (possible < goods ? possible : goods);
      }
      // The entitlement of every route is `goods`, as a ratio to its base year; what some leave over goes to those who
      // asked for more, in proportion.
      const P open = can_leave - entitled;
      const P some = open > none ? open : one;
      const P share = (goods - entitled) / some;
      most = goods < can_leave ? goods : most;
      spread = goods < can_leave ? share : spread;
      sent = goods < can_leave ? goods : sent;
      for (std::uint32_t r = first; limited && r < last; ++r) {
        P amount = at(state.shipped)[r];
        share_out(amount, most, spread);
        at(state.shipped)[r] = amount;
      }
    }
    if constexpr (!limited) {
      at(state.most)[k] = most;
      at(state.spread)[k] = spread;
    }
    settle(system, state, k, goods, sent, asked, can_leave);
  }

  static void share_out(P& amount, const P& most, const P& spread) {
    const P part = amount < most ? amount : most;
    amount = part + spread * (amount - part);
  }

  /// Orders of the base year: everybody gets his share of what is made, and what a limit holds back stays.
  static void ship_frozen(const StepSystem& system, const StepState& state, std::uint32_t k, bool limited) {
    const P none = {};
    const P one = none + 1.0;
    const P goods = at(state.goods)[k];
    const P most = goods < one ? goods : one;
    P sent = none;
    for (std::uint32_t r = system.output_routes[k]; r < system.output_routes[k + 1]; ++r) {
      const std::uint32_t slot = system.route_slot[r];
      P order = at(state.order)[slot];
      P entitled = most;
      if (limited) {
        // Who needs less than his base year's share applies for what an approved part of it then gives.
        order = order * at(state.applies)[r];
        entitled = at(state.open)[r] * most;
      }
      const P amount = order < entitled ? order : entitled;
      sent += system.route_share[r] * amount;
      at(state.shipped)[r] = amount;
    }
    at(state.kept)[k] += most - sent;
    at(state.goods)[k] = goods - most;
  }

  /// What is on its way to a slot into the pipelines: where it will arrive, when.
  static void deliver_slot(const StepSystem& system, const StepState& state, std::uint32_t s) {
    const std::uint32_t first = system.slot_routes[s], at_once = system.slot_at_once[s],
                        last = system.slot_routes[s + 1];
    const P order = at(state.order)[s];
    P later = {};
    for (std::uint32_t i = first; i < at_once; ++i) {
      P part = order;
      send(system, state, i, part);
      part *= system.in_weight[i];
      at(state.pipeline[system.in_lead[i]])[s] += part;
      later += part;
    }
    at(state.on_order)[s] += later - system.slot_later[s];
    P now = at(state.incoming)[s];
    for (std::uint32_t i = at_once; i < last; ++i) {
      P part = order;
      send(system, state, i, part);
      now += system.in_weight[i] * part;
    }
    at(state.incoming)[s] = now;
  }

  /// From what is ordered to what comes.
  static void send(const StepSystem& system, const StepState& state, std::uint32_t i, P& amount) {
    const std::uint32_t k = system.in_output[i];
    if (state.stored[k] != 0) {
      amount = at(state.shipped)[system.in_route[i]];
      return;
    }
    share_out(amount, at(state.most)[k], at(state.spread)[k]);
    if (state.keep_shipped) at(state.shipped)[system.in_route[i]] = amount;
  }

  static void settle(const StepSystem& system, const StepState& state, std::uint32_t k, const P& goods, const P& sent,
                     const P& asked, const P& can_leave) {
    P left, lost, pull;
    settle_values(system, k, goods, sent, asked, can_leave, at(state.run)[k], left, lost, pull);
    at(state.goods)[k] = left;
    if (system.keep_goals) at(state.spilled)[k] = lost;
    at(state.lost)[system.output_commodity[k]] += system.output_amount[k] * lost;
    if (system.output_drives[k] != 0) at(state.pull)[k] = pull;
  }

  /// What is left of an output when `sent` has left: surplus that nobody bought is lost, the rest stays; and what the
  /// orders ask the facility to make next. `asked` of which `can_leave`: a ban or a full queue may hold back the rest.
  static void settle_values(const StepSystem& system, std::uint32_t k, const P& goods, const P& sent, const P& asked,
                            const P& can_leave, const P& run, P& left, P& lost, P& pull) {
    const P none = {};
    P floor;
    set_floor(system, floor);
    left = goods - sent;
    left = left > floor ? left : floor;
    const P target = none + system.output_target[k];
    const P surplus = system.output_surplus[k] * run;
    lost = left - target;
    lost = lost > floor ? lost : floor;
    lost = lost < surplus ? lost : surplus;
    left -= lost;
    P missing;
    gap(missing, target, left);
    // Goods that can not leave are kept for when they can: no reason to make less until the yard is full.
    const P more = missing > floor ? missing : floor;
    missing = can_leave < asked ? more : missing;
    pull = asked + system.refill * missing;
    P free = system.output_room[k] - left;
    free = free > floor ? free : floor;
    const P most = free + can_leave;
    pull = pull < most ? pull : most;
    pull = pull > floor ? pull : floor;
  }

  LODE_STEP static void ship(const StepSystem& given_system, const StepState& given_state, std::uint32_t begin,
                             std::uint32_t end) {
    const StepSystem system = given_system;
    const StepState state = given_state;
    for (std::uint32_t k = begin; k < end; ++k) {
      const bool limited = state.limited[k] != 0;
      if (system.frozen) {
        ship_frozen(system, state, k, limited);
      } else if (limited) {
        ship_output<true>(system, state, k);
      } else {
        ship_output<false>(system, state, k);
      }
    }
  }

  LODE_STEP static void redirect(const StepSystem&, const StepState& given_state) {
    const StepState state = given_state;
    for (std::uint32_t i = 0; i < state.redirected; ++i) {
      const std::uint32_t s = state.redirected_slots[i];
      const P order = at(state.order)[s];
      at(state.nominal)[s] = order;
      at(state.order)[s] = order * at(state.elsewhere)[i];
    }
  }

  LODE_STEP static void deliver(const StepSystem& given_system, const StepState& given_state) {
    const StepSystem system = given_system;
    const StepState state = given_state;
    if (!system.count_at_once) {
      for (std::uint32_t s = 0; s < system.slots; ++s) deliver_slot(system, state, s);
      return;
    }
    sum_up<true>(system, state);
  }

  LODE_STEP static void count(const StepSystem& given_system, const StepState& given_state) {
    const StepSystem system = given_system;
    const StepState state = given_state;
    sum_up<false>(system, state);
  }

  template <bool delivers>
  static void sum_up(const StepSystem& system, const StepState& state) {
    for (std::uint32_t c = 0; c < system.commodities; ++c) at(state.held)[c] = P{};
    for (std::uint32_t s = 0; s < system.slots; ++s) {
      if constexpr (delivers) deliver_slot(system, state, s);
      at(state.held)[system.slot_commodity[s]] +=
          system.slot_amount[s] * (at(state.stock)[s] + at(state.incoming)[s] + at(state.on_order)[s]);
    }
    for (std::uint32_t k = 0; k < system.outputs; ++k) {
      P there = at(state.goods)[k];
      if (system.frozen) there += at(state.kept)[k];
      at(state.held)[system.output_commodity[k]] += system.output_amount[k] * there;
    }
  }
};
#undef LODE_STEP
