// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <lode/adaptation.hpp>
#include <lode/config.hpp>
#include <lode/ids.hpp>
#include <lode/propagate.hpp>
#include <lode/reallocate.hpp>
#include <lode/result.hpp>
#include <lode/scenario.hpp>
#include <lode/status.hpp>
#include <lode/units.hpp>

/// The shortfall between two bounds: nobody reroutes (propagate) and everybody adapts as well as possible (reallocate);
/// what adaptation saves, and which way to adapt saves it.
///
///     const lode::BracketResult answer = lode::bracket(network, scenario);
///     answer.total_low, answer.total_high;               // t of end products per year, weighted
///     for (const lode::BracketRow& row : answer.materials)
///       std::cout << row.name << ' ' << row.low.in(lode::tonnes_per_year) << " .. "
///                 << row.high.in(lode::tonnes_per_year) << " t/yr\n";
///     for (const lode::LeverResult& lever : answer.levers)
///       std::cout << lode::to_string(lever.lever) << ": " << lever.worth << '\n';
///
/// What propagation answers is one of the allocations that reallocation chooses from, so the weighted total never gets
/// worse by adapting, offtakes aside: propagation does not know them. A single material or country may: the planner
/// gives it up where that saves more elsewhere. Its interval is then the same two numbers the other way round, marked
/// `reversed`. docs/bracket.md says when to believe which end.
namespace lode::inline LODE_ABI {

/// A member of `Adaptation`.
enum class Lever { spare_capacity, rerouting, new_links };

/// The word used in JSON results: "spare_capacity", ...
[[nodiscard]] constexpr const char* to_string(Lever lever) {
  switch (lever) {
    case Lever::spare_capacity:
      return "spare_capacity";
    case Lever::rerouting:
      return "rerouting";
    case Lever::new_links:
      return "new_links";
  }
  return "";
}

struct BracketOptions {
  /// What both bounds have in common is set here: ways to adapt, prices, tolerance, a stop token.
  ReallocateOptions reallocate = {};
  PropagateOptions propagate = {};
  /// Solve once more for each way to adapt, without it.
  bool levers = true;
  /// What a lever saves by material and country too; finds the allocation that changes trade least each time.
  bool lever_details = false;
};

/// Shortfall of one material: `low` and `high` are those of the two models, `saved` is propagate's less reallocate's.
struct BracketRow {
  MaterialId id;
  std::string name;
  TonnesPerYear demanded, low, high, saved;
  bool reversed = false;  ///< adaptation leaves it worse off: `saved` is below 0 by more than 1e-6 of what is demanded
};

/// As `BracketRow`, for the end uses of one country.
struct BracketCountry {
  CountryId id;
  std::string name;
  std::vector<BracketRow> materials;
};

/// How much more of a material is short without a lever. Below 0 where the lever takes from this one to give to others.
struct LeverRow {
  MaterialId id;
  TonnesPerYear saved;
};

struct LeverCountry {
  CountryId id;
  std::vector<LeverRow> materials;
};

/// What one way to adapt is worth while all others are open. Levers overlap: their worths do not add up to what
/// adaptation saves. One can stand in for another, and some are worth something only together.
struct LeverResult {
  Lever lever = Lever::spare_capacity;
  /// Of the run without it; `infeasible` where an offtake cannot be met without it. Only `solved` comes with numbers.
  SolveStatus status = SolveStatus::not_run;
  double total_weighted_shortfall = 0.0;  ///< without it
  double worth = 0.0;                     ///< that less the total with every lever, at least 0
  std::vector<LeverRow> materials;        ///< with `lever_details`; empty also where only the total was found
  std::vector<LeverCountry> countries;    ///< the same
};

struct BracketResult {
  /// `solved` if both models are; else what kept the first of them from it.
  SolveStatus status = SolveStatus::not_run;
  std::string scenario;
  Result propagate;                          ///< the upper bound
  Result reallocate;                         ///< the lower bound; `conflict` in it where the status is `infeasible`
  double total_low = 0.0, total_high = 0.0;  ///< weighted shortfall, t of commodity per year
  bool total_reversed = false;               ///< offtakes cost more than adaptation saves
  std::vector<BracketRow> materials;
  std::vector<BracketCountry> countries;  ///< those with demand, in the network's order
  std::vector<LeverResult> levers;        ///< of those ways that are open
  /// Weighted shortfall with every lever closed: what is left of adapting is who goes short. Absent without levers, and
  /// where offtakes cannot be met so.
  std::optional<double> total_without_levers;
  std::vector<std::string> notes;  ///< on the comparison; each model has its own
};

namespace detail {
class BracketerState;
}  // namespace detail

/// Both models set up for one network. Not for use by two threads at once. A run does not depend on the runs before it.
class Bracketer {
 public:
  /// Throws `InvalidArgument` for options out of range.
  explicit Bracketer(const Network& network, const BracketOptions& options = {});
  ~Bracketer();
  Bracketer(Bracketer&&) noexcept;
  Bracketer& operator=(Bracketer&&) noexcept;

  /// Throws `InvalidScenario`.
  [[nodiscard]] BracketResult run(const Scenario& scenario);
  [[nodiscard]] BracketResult run(const Disruption& disruption);

  [[nodiscard]] const Network& network() const;

 private:
  std::unique_ptr<detail::BracketerState> state_;
};

/// One scenario on one network; sets up and runs.
[[nodiscard]] BracketResult bracket(const Network& network, const Scenario& scenario,
                                    const BracketOptions& options = {});

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/bracket.ipp>  // IWYU pragma: export
#endif
