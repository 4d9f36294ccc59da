// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <lode/config.hpp>
#include <lode/network.hpp>
#include <lode/propagate.hpp>
#include <lode/reallocate.hpp>
#include <lode/result.hpp>
#include <lode/scenario.hpp>
#include <lode/status.hpp>
#include <lode/units.hpp>

/// What is lost when one thing is taken away, two, or k: N-1, N-2 and N-k analysis.
///
///     const lode::Ranking plants = lode::rank(network);                                  // from the base year
///     const lode::Ranking countries = lode::rank(network, scenario, {.by = lode::RankBy::country});
///     plants.rows.front().id;             // the plant that matters most
///     plants.rows.front().weighted;       // what is missing without it, t of end products times weight
///     const lode::GroupRanking pairs = lode::rank_pairs(network, {}, {.top = 10});       // the ten worst pairs
///     const lode::WorstGroup five = lode::worst_group(network, {}, 5);                   // five at once
///     five.rows.front().weighted, five.upper_bound;                                      // found, and the most
///
/// Taken away from a scenario (or the base year), whatever the scenario adds to it:
///
///     facility   its activity limit becomes 0
///     country    all its facilities stop
///     operator   all facilities of one operator stop
///     route      its flow becomes 0
///     commodity  all routes that carry it are closed
///
/// The loss is the shortfall of the model then: `propagate` (nobody reroutes; each removal costs what lies downstream
/// of it) or `reallocate` (everybody adapts; a linear program each). Rows have the bits of a run of the model with the
/// same removal. A removal never makes the weighted loss smaller. It is neither sub- nor supermodular: complements
/// overlap (two inputs of one plant), substitutes hide each other (two suppliers of one plant with spare supply), so
/// that no sum of single losses tells the loss of a pair, and greedy choice has no guarantee. docs/rank.md has the
/// bound.
///
/// Source: N-1 as in power systems and IEA (2025), Global Critical Minerals Outlook; most vital elements of a network:
/// Wollmer (1964), Operations Research 12, 934-940; Ratliff, Sicilia and Lubore (1975), Management Science 21, 531-539.
namespace lode::inline LODE_ABI {

enum class RankBy { facility, country, route, commodity, operator_name };
enum class RankModel { propagate, reallocate };

/// "facility", "country", "route", "commodity", "operator".
[[nodiscard]] constexpr const char* to_string(RankBy by) {
  constexpr const char* words[] = {"facility", "country", "route", "commodity", "operator"};
  return words[static_cast<std::size_t>(by)];
}
/// "propagate", "reallocate".
[[nodiscard]] constexpr const char* to_string(RankModel model) {
  return model == RankModel::propagate ? "propagate" : "reallocate";
}

struct RankOptions {
  RankBy by = RankBy::facility;
  RankModel model = RankModel::propagate;
  /// Rows to keep, the worst; 0 = all. Of pairs at least 1: what is not kept need not be computed.
  std::size_t top = 0;
  unsigned threads = 0;  ///< 0 = one for each processor; results have the same bits for any number
  /// Adds `RankRow::survives`: how long stocks last without a facility (time_to_survive.hpp), in the base year.
  bool survival = false;
  PropagateOptions propagate = {};
  /// `prices` and `price_ranges` are of no use here and count as off. With `tie_break` off the weighted loss is the
  /// same, while materials are those of some optimum.
  ReallocateOptions reallocate = {};
  /// Called with the removals done and all of them, by one thread at a time; `false` stops the study, which then has no
  /// rows.
  std::function<bool(std::size_t done, std::size_t all)> progress = {};
};

/// What is missing without something. Materials are in the network's order, t of element per year.
struct RankRow {
  std::string id;                    ///< of a route `from>to:commodity`; of several `a+b`
  std::vector<std::string> members;  ///< what is taken away: one id, or those of a group
  std::vector<TonnesPerYear> shortfall;
  std::vector<TonnesPerYear> increase;  ///< over the shortfall with nothing taken away
  double weighted = 0.0;                ///< sum over end uses of weight * shortfall
  double weighted_increase = 0.0;
  std::optional<Days> survives;  ///< absent: not asked for, or nobody runs short within three years
};

/// A removal that the model has no answer to: an offtake that can not be met, a loop that did not settle.
struct UnsolvedRemoval {
  std::string id;
  SolveStatus status = SolveStatus::not_run;
};

/// How far the rows can be trusted.
struct RankCertificate {
  /// propagate: max |u - F(u)| over the loops of all rows. reallocate: 0.
  double fixpoint_residual = 0.0;
  /// propagate: of the worst row, run once more by itself. reallocate: worst of all rows.
  double mass_balance = 0.0, gap = 0.0;
};

struct Ranking {
  SolveStatus status = SolveStatus::not_run;  ///< interrupted, or that of the scenario itself
  RankBy by = RankBy::facility;
  RankModel model = RankModel::propagate;
  std::string scenario;
  RankRow start;              ///< with nothing taken away; no id
  std::vector<RankRow> rows;  ///< by `weighted`, worst first, ties by id
  std::size_t removals = 0;   ///< all there are, also those that `top` leaves out
  bool has_survival = false;  ///< `RankRow::survives` was asked for
  std::vector<UnsolvedRemoval> unsolved;
  RankCertificate certificate;
  std::vector<std::string> notes;
};

struct GroupRanking : Ranking {
  std::size_t groups = 0;     ///< pairs there are
  std::size_t evaluated = 0;  ///< pairs that were computed; no other is worse than the last row
};

/// One row: the group, its members in the order in which they were found.
struct WorstGroup : Ranking {
  /// No k removals lose more, weighted: see docs/rank.md. Infinite where it is not known (reallocate with offtakes).
  double upper_bound = 0.0;
  std::size_t evaluated = 0;
};

/// Studies of removals set up for one network. Runs do not depend on each other; not for several threads at once.
class Ranker {
 public:
  /// Throws `InvalidArgument` for options out of range; those of `reallocate` are looked at by the first run.
  explicit Ranker(const Network& network, const RankOptions& options = {});

  /// Facilities, countries with facilities, routes, commodities with routes, or operators, each taken away alone.
  /// O(lines downstream of each), or a linear program each. Throws `InvalidScenario`.
  [[nodiscard]] Ranking run(const Scenario& scenario = {}) const;

  /// The `top` (10 if 0) worst pairs, exactly: a pair is only skipped where its bound is below what is found already.
  /// Under `reallocate` propagation's bound holds too, unless the scenario has offtakes: then every pair is computed.
  [[nodiscard]] GroupRanking pairs(const Scenario& scenario = {}) const;

  /// k removals that lose much: greedy, then swaps of one member for one outside while that loses more. No guarantee,
  /// but a proven upper bound beside it. O(k * removals) runs of the model and more for swaps. Throws `InvalidArgument`
  /// unless k is from 1 to the number of removals.
  [[nodiscard]] WorstGroup worst_group(const Scenario& scenario, std::size_t k) const;

 private:
  RankOptions options_;
  Propagator propagator_;
};

/// `Ranker::run`, for one-offs.
[[nodiscard]] Ranking rank(const Network& network, const Scenario& scenario = {}, const RankOptions& options = {});
/// `Ranker::pairs`.
[[nodiscard]] GroupRanking rank_pairs(const Network& network, const Scenario& scenario = {},
                                      const RankOptions& options = {});
/// `Ranker::worst_group`.
[[nodiscard]] WorstGroup worst_group(const Network& network, const Scenario& scenario, std::size_t k,
                                     const RankOptions& options = {});

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/ranking.ipp>  // IWYU pragma: export
#endif
