// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lode/io/ranking_writer.hpp>

#include "io/ranking_check.hpp"
#include "report/result_parts.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI {
namespace {

using detail::label;
using detail::number;
using detail::tonnes_text;

/// Names of what can be taken away, by id.
std::map<std::string, std::string> names_of(const Ranking& ranking, const Network& network) {
  std::map<std::string, std::string> names;
  const auto add = [&names](const auto& list) {
    for (const auto& item : list) names.emplace(item.id, label(item.name, item.id));
  };
  if (ranking.by == RankBy::facility) add(network.facilities());
  if (ranking.by == RankBy::country) add(network.countries());
  if (ranking.by == RankBy::commodity) add(network.commodities());
  return names;
}

/// "facilities", or "facility" for one.
std::string things(RankBy by, bool several) {
  constexpr std::string_view one[] = {"facility", "country", "route", "commodity", "operator"};
  constexpr std::string_view many[] = {"facilities", "countries", "routes", "commodities", "operators"};
  return std::string((several ? many : one)[static_cast<std::size_t>(by)]);
}

std::string heading(const Ranking& ranking, const Dataset& dataset, const std::string& what) {
  const bool nobody = ranking.model == RankModel::propagate;
  return detail::heading(ranking.scenario, dataset,
                         what + "; " +
                             (nobody ? "propagate: nobody reroutes, an upper bound on what is lost"
                                     : "reallocate: everybody adapts, a lower bound on what is lost"));
}

/// Whether something is short with nothing taken away; less than rounding of the worst row is not.
bool starts_short(const Ranking& ranking) {
  return !ranking.rows.empty() && ranking.start.weighted > detail::rounding * ranking.rows.front().weighted;
}

/// The rows [0, shown) with the materials [begin, end).
detail::TextTable rows_table(const Ranking& ranking, const Network& network, std::size_t shown, std::size_t begin,
                             std::size_t end) {
  const std::map<std::string, std::string> names = names_of(ranking, network);
  const auto name = [&names](const std::string& id) {
    const auto found = names.find(id);
    return found != names.end() ? found->second : label(id, "?");
  };
  std::map<std::string, std::string> countries;
  if (ranking.by == RankBy::facility) {
    for (const Facility& facility : network.facilities()) countries[facility.id] = network[facility.country].id;
  }
  const bool located = !countries.empty() && (ranking.rows.empty() || ranking.rows[0].members.size() == 1);
  std::vector<detail::TextColumn> columns{{.head = "", .number = true}, {.head = "Without"}};
  if (located) columns.push_back({.head = "Country"});
  columns.push_back({.head = "Short", .unit = "t/yr", .number = true});
  if (starts_short(ranking)) columns.push_back({.head = "More", .unit = "t/yr", .number = true});
  for (std::size_t m = begin; m < end; ++m) {
    std::string material = label(network.materials()[m].name, network.materials()[m].id);
    if (material.size() > 12) material = network.materials()[m].id;
    columns.push_back({.head = material, .unit = "t/yr", .number = true});
  }
  if (ranking.has_survival) columns.push_back({.head = "Stocks", .unit = "days", .number = true});
  detail::TextTable table(columns);
  for (std::size_t i = 0; i < shown; ++i) {
    const RankRow& row = ranking.rows[i];
    std::string who;
    const std::size_t most_letters = row.members.size() == 1 ? 40 : 28;
    for (const std::string& member : row.members) {
      // Routes have no name but their id.
      const std::string text = name(member);
      who += (who.empty() ? "" : " + ") + (ranking.by == RankBy::route ? text : detail::shortened(text, most_letters));
    }
    std::vector<std::string> cells{std::to_string(i + 1), std::move(who)};
    if (located) cells.push_back(countries[row.id]);
    cells.push_back(tonnes_text(row.weighted));
    if (starts_short(ranking)) cells.push_back(tonnes_text(std::max(0.0, row.weighted_increase)));
    for (std::size_t m = begin; m < end; ++m) cells.push_back(tonnes_text(number(row.shortfall[m])));
    if (ranking.has_survival) cells.push_back(row.survives ? detail::decimal_text(row.survives->in(days), 0) : "-");
    table.add_row(std::move(cells));
  }
  return table;
}

std::string rows_section(const Ranking& ranking, const Dataset& dataset, std::size_t most) {
  const Network& network = dataset.network;
  const auto matters = [](const RankRow& row) { return row.weighted_increase > detail::rounding * row.weighted; };
  const auto important = static_cast<std::size_t>(std::count_if(ranking.rows.begin(), ranking.rows.end(), matters));
  std::size_t shown = std::min(most, ranking.rows.size());
  // Sorted, so those that nobody misses are last.
  if (important > 0) shown = std::min(shown, important);
  std::string text = detail::fitted_tables(network.materials().size(), [&](std::size_t begin, std::size_t end) {
    return rows_table(ranking, network, shown, begin, end);
  });
  if (important > shown) text += "and " + detail::count_text(important - shown) + " more that are missed\n";
  if (ranking.rows.size() > important && shown >= important) {
    text += detail::count_text(ranking.rows.size() - important) + " whose absence nobody notices\n";
  }
  if (!text.ends_with("\n\n")) text += '\n';
  return text;
}

std::string ending(const Ranking& ranking) {
  std::string text;
  if (starts_short(ranking)) {
    text += detail::wrapped("With nothing taken away " + tonnes_text(ranking.start.weighted) +
                            " t/yr are short. They are part of the column Short; More is what comes on top.");
  }
  if (ranking.has_survival) {
    text += detail::wrapped(
        "Stocks: days without the facility until the first end use runs short, in the base year (simulate); - if "
        "nobody does within three years.");
  }
  for (const UnsolvedRemoval& removal : ranking.unsolved) {
    text += detail::wrapped("No answer without " + label(removal.id, "?") + ": " + to_string(removal.status) +
                            (removal.status == SolveStatus::infeasible ? " (an offtake can not be met)" : ""));
  }
  Certificate proof;
  proof.mass_balance = ranking.certificate.mass_balance;
  proof.gap = ranking.certificate.gap;
  std::string line = "Certificate: mass balance " + detail::residual_text(proof.mass_balance) + ", gap " +
                     detail::residual_text(proof.gap);
  line += ranking.model == RankModel::propagate
              ? " of the worst row, fixpoint residual " + detail::residual_text(ranking.certificate.fixpoint_residual) +
                    " of all\n"
              : ", the worst of all\n";
  text += line;
  return text + (ranking.notes.empty() ? "" : "\n" + detail::notes_section(ranking.notes));
}

bool weighs(const Network& network) {
  return std::any_of(network.end_uses().begin(), network.end_uses().end(),
                     [](const EndUse& use) { return use.weight != 1.0; });
}

std::string title(const std::string& what, const Network& network) {
  return detail::wrapped(what + ", " + detail::worst_first(weighs(network)) + "; materials in t of the element") + '\n';
}

}  // namespace

std::string to_table(const Ranking& ranking, const Dataset& dataset, std::size_t most) {
  detail::require_numbers(ranking, dataset);
  return heading(ranking, dataset, "rank: what is short without one " + things(ranking.by, false)) +
         title("What is short without each of " + detail::count_text(ranking.removals) + ' ' + things(ranking.by, true),
               dataset.network) +
         rows_section(ranking, dataset, most) + ending(ranking);
}

std::string to_table(const GroupRanking& ranking, const Dataset& dataset, std::size_t most) {
  detail::require_numbers(ranking, dataset);
  return heading(ranking, dataset, "rank: what is short without two " + things(ranking.by, true)) +
         title("What is short without two " + things(ranking.by, true), dataset.network) +
         rows_section(ranking, dataset, most) +
         detail::wrapped("The worst of " + detail::count_text(ranking.groups) + " pairs; " +
                         detail::count_text(ranking.evaluated) +
                         " were computed, the others are proven to lose no more.") +
         '\n' + ending(ranking);
}

std::string to_table(const WorstGroup& group, const Dataset& dataset) {
  detail::require_numbers(group, dataset);
  if (group.rows.empty()) return heading(group, dataset, "rank") + ending(group);
  const RankRow& row = group.rows.front();
  const std::map<std::string, std::string> names = names_of(group, dataset.network);
  const std::string count = detail::count_text(row.members.size());
  std::string text = heading(group, dataset, "rank: what is short without " + count + ' ' + things(group.by, true));
  text += "The " + count + " found, in the order in which they were found\n\n";
  detail::TextTable members({{.head = "Id"}, {.head = "Name"}});
  for (const std::string& member : row.members) {
    const auto found = names.find(member);
    members.add_row({label(member, "?"), found != names.end() ? found->second : ""});
  }
  text += members.text() + '\n';
  text += "Short without them " + tonnes_text(row.weighted) + " t/yr of end products" +
          (weighs(dataset.network) ? " times weight" : "") + "\n";
  for (std::size_t m = 0; m < row.shortfall.size(); ++m) {
    text += "  " + label(dataset.network.materials()[m].name, dataset.network.materials()[m].id) + ' ' +
            tonnes_text(number(row.shortfall[m])) + " t/yr\n";
  }
  if (std::isfinite(group.upper_bound)) {
    text += detail::wrapped("No " + count + ' ' + things(group.by, true) + " lose more than " +
                            tonnes_text(group.upper_bound) + " t/yr (proven); the group is the best of greedy choice " +
                            "and swaps.");
  } else {
    text +=
        detail::wrapped("The group is the best of greedy choice and swaps; with offtakes there is no bound beside it.");
  }
  return text + '\n' + ending(group);
}

}  // namespace lode::inline LODE_ABI
