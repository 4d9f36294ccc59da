// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/lane_data.hpp>
#include <lode/flow_system.hpp>

/// The one-sided derivatives of propagation at a solved scenario. Private.
///
/// With u = F(u) solved, the branches of a line that are as low as u *bind*. The derivative g of u in a direction is
/// the greatest fixpoint of the same kind of map, over the branches that bind alone (directional derivative of a
/// minimum, Danskin 1967):
///
///     recipe:     g = min( dlimit if the limit binds, min over binding slots of c_s (dslot_s + sum w open g_source) )
///     separator:  g = dslot + sum w a',   a' = open g_source, dlimit, or the lower of both where they tie
///
/// Where no more than one branch responds, g is linear in what is changed, and one sweep against the arcs gives the
/// derivative of a sum of shortfalls with respect to every line (`adjoint`). Lines at which several branches may
/// respond *bend*; what reaches one is pushed forward through its descendants instead (`push`), many changes side by
/// side.
namespace lode::inline LODE_ABI::detail {

/// Whether something is taken away or added: all that is changed in one direction moves u the same way.
enum class Side : std::uint8_t { down = 0, up = 1 };
inline constexpr std::size_t sides = 2;

class FlowTangent {
 public:
  explicit FlowTangent(const FlowSystem& system);

  /// Finds what binds at u, and where it bends. `demanded` and `arriving` by end use, t/yr. Ties are relative.
  void linearise(const LaneData& data, std::span<const double> u, std::span<const double> demanded,
                 std::span<const double> arriving, double tie);

  [[nodiscard]] bool slot_binds(std::uint32_t slot) const { return slot_binds_[slot] != 0; }
  /// What a change of coverage by 1 in a slot moves its line, other branches standing still.
  [[nodiscard]] double slot_gain(std::uint32_t line, std::uint32_t slot, Side side) const {
    if (slot_binds_[slot] == 0 || (side == Side::up && !passes_up(line))) return 0.0;
    return system_.slot_criticality[slot];
  }
  /// The same for the limit of a line.
  [[nodiscard]] double limit_gain(std::uint32_t line, Side side) const;
  /// Whether what a source sends over an arc of a separator counts: not where the separator's limit cuts it off.
  [[nodiscard]] bool arc_passes(std::uint32_t arc, Side side) const {
    return arc_state_[arc] == free || (arc_state_[arc] == tied && side == Side::down);
  }
  /// Whether a change of what arrives at an end use changes its shortfall.
  [[nodiscard]] bool sink_passes(std::uint32_t end_use, Side side) const {
    return sink_state_[end_use] == free || (sink_state_[end_use] == tied && side == Side::down);
  }
  /// Whether a change of the line has to be pushed forward.
  [[nodiscard]] bool bends(std::uint32_t line, Side side) const { return (line_bits_[line] & bent(side)) != 0; }
  /// Whether the line is in a loop whose lines move each other: then what it is given is not what it moves by.
  [[nodiscard]] bool loops_back(std::uint32_t line) const { return loop_bends_[run_of_line_[line]] != 0; }
  /// Whether a change of the line may reach an end use that is short, or at the brink of it.
  [[nodiscard]] bool matters(std::uint32_t line, Side side) const { return (line_bits_[line] & matter(side)) != 0; }

  /// lambda[line * sides + side] = d(sum of omega * shortfall) / du, for lines that do not bend. False if the linear
  /// system of a loop could not be solved.
  [[nodiscard]] bool adjoint(std::span<const double> omega, std::vector<double>& lambda);

  /// A change: of the limit of a line (`slot` none; share of baseline) or of the coverage of a slot.
  struct Seed {
    std::uint32_t lane = 0;
    std::uint32_t line = 0;
    std::uint32_t slot = FlowSystem::none;
    double amount = 0.0;
  };
  static constexpr std::uint32_t most_pushed = 16;
  /// Pushes up to `most_pushed` changes, lane by lane, all to one side. change[target * lanes + lane] becomes the
  /// change of the sum of omega * shortfall, omega by target and end use. Lanes whose loops do not settle give NaN:
  /// their derivative is not finite.
  void push(std::span<const Seed> seeds, std::uint32_t lanes, Side side, std::span<const std::vector<double>> omegas,
            std::vector<double>& change);

 private:
  enum State : std::uint8_t { free = 0, tied = 1, cut = 2 };
  static constexpr std::uint8_t matter(Side side) { return side == Side::up ? 2 : 1; }
  static constexpr std::uint8_t bent(Side side) { return side == Side::up ? 8 : 4; }

  [[nodiscard]] bool passes_up(std::uint32_t line) const { return limit_binds_[line] == 0 && binding_[line] == 1; }
  void find_binding(const LaneData& data, std::span<const double> u, double tie);
  void find_bends();
  [[nodiscard]] bool solve_transposed(const graph::Run& run, std::vector<double>& lambda, Side side) const;
  /// The sources of a line and what a change of each moves it, where it does not bend.
  template <class Visit>
  void for_each_gain(std::uint32_t line, Side side, Visit visit) const;
  /// g of one line in all lanes from those of its sources.
  void compute(std::uint32_t line, std::uint32_t lanes, double* out) const;
  void push_loop(const graph::Run& run, std::uint32_t lanes, Side side);

  const FlowSystem& system_;
  FlowSystem::Consumers consumers_;
  std::vector<std::uint32_t> run_of_line_;
  std::vector<double> arc_open_;           ///< open share by arc
  std::vector<std::uint8_t> limit_binds_;  ///< by line
  std::vector<std::uint8_t> binding_;      ///< by line: slots that bind, 2 for more
  std::vector<std::uint8_t> slot_binds_;   ///< by slot
  std::vector<std::uint8_t> arc_state_;    ///< by arc, of separators
  std::vector<std::uint8_t> sink_state_;   ///< by end use
  std::vector<std::uint8_t> line_bits_;    ///< matter and bent, each side
  std::vector<std::uint8_t> loop_bends_;   ///< by run
  std::vector<double> sink_open_;          ///< open share by sink arc
  // Scratch of `push`.
  std::vector<double> g_;
  LaneRows limit_seeds_, slot_seeds_;
  std::vector<std::uint64_t> pending_;
  std::vector<std::uint32_t> computed_;
  bool failed_[most_pushed] = {};
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/flow_tangent.ipp>  // IWYU pragma: export
#endif
