// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <cstdio>
#include <string>
#include <vector>

#include <lode/report/table.hpp>

#include "report/figure_words.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI {
namespace {

using detail::tonnes_text;

constexpr std::size_t most_figures = 20;
constexpr std::size_t most_balances = 10;
constexpr double least_cost = 1e-6;   // in chi-square; less is rounding
constexpr double least_move = 0.005;  // in standard uncertainties; what moved less did not move

double number(TonnesPerYear quantity) {
  return quantity.in(tonnes_per_year);
}

std::string small(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1e", x);
  return x == 0.0 ? std::string("0") : std::string(text);
}

/// Two significant digits.
std::string short_text(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2g", x);
  return text;
}

std::string heading(const Reconciliation& reconciliation, const Dataset& dataset) {
  const Description& about = dataset.about;
  std::string text =
      detail::wrapped(about.name + ' ' + about.version + ": " + detail::label(about.title, about.name), 12, "Data");
  if (reconciliation.status != SolveStatus::solved) return text;
  std::size_t measured = 0, solved = 0, open = 0, gross = 0;
  for (const ReconciledFigure& figure : reconciliation.figures) {
    measured += figure.determination == Determination::measured ? 1 : 0;
    solved += figure.determination == Determination::solved ? 1 : 0;
    open += figure.determination == Determination::undetermined ? 1 : 0;
    gross += figure.gross_error ? 1 : 0;
  }
  text += detail::wrapped(detail::count_text(measured, "measured figure") + ", " + detail::count_text(solved) +
                              " solved from the balances, " + detail::count_text(open) + " not determinable",
                          12, "Figures");
  text += detail::wrapped("chi-square " + detail::decimal_text(reconciliation.chi_square, 1) + " on " +
                              detail::decimal_text(reconciliation.degrees_of_freedom, 1) +
                              " degrees of freedom; if all uncertainties are honest, as much or more comes with " +
                              "probability " + detail::decimal_text(reconciliation.probability, 3),
                          12, "Fit");
  if (gross > 0) {
    text += detail::wrapped(detail::count_text(gross, "gross error") +
                                ", marked !: check the unit, the source and the uncertainty of these first",
                            12, "Beware");
  }
  return text + '\n';
}

std::string place_text(const FigureId& id, const Dataset& dataset) {
  const detail::FigureName name = detail::name_of(id, dataset);
  if (name.from.empty()) return std::string(name.id);
  return std::string(name.from) + " -> " + std::string(name.to) + ", " + std::string(name.commodity);
}

std::string with_sd(TonnesPerYear value, const std::optional<TonnesPerYear>& sd) {
  return tonnes_text(number(value)) + (sd ? " +- " + tonnes_text(number(*sd)) : "");
}

std::string adjustments(const Reconciliation& reconciliation, const Dataset& dataset) {
  detail::TextTable table({{.head = "Figure"},
                           {.head = "Of"},
                           {.head = "Found", .unit = "t/yr", .number = true},
                           {.head = "Reconciled", .unit = "t/yr", .number = true},
                           {.head = "Change", .unit = "%", .number = true},
                           {.head = "z", .number = true},
                           {.head = ""}});
  std::size_t moved = 0;
  for (const std::size_t i : detail::worst_first(reconciliation)) {
    const ReconciledFigure& figure = reconciliation.figures[i];
    if (detail::moved(figure) < least_move || ++moved > most_figures) continue;
    const double before = number(*figure.found);
    const double change = number(figure.value) - before;
    table.add_row({std::string(detail::quantity_of(figure.id)), place_text(figure.id, dataset),
                   with_sd(*figure.found, figure.found_sd), with_sd(figure.value, figure.sd),
                   before > 0.0 ? (change > 0.0 ? "+" : "") + detail::decimal_text(100.0 * change / before, 1) : "",
                   figure.z ? detail::decimal_text(*figure.z, 2) : "-",
                   std::string(figure.gross_error ? "!" : "") + (figure.at_bound ? "b" : "")});
  }
  if (moved == 0) return "No figure had to move: what was published balances.\n\n";
  std::string text =
      "Adjustments, gross errors first, then by the move over the uncertainty as published\n"
      "(+- standard uncertainty; b: at 0 or at the capacity)\n\n" +
      table.text();
  if (moved > most_figures) text += "and " + detail::count_text(moved - most_figures) + " more figures moved\n";
  return text + '\n';
}

std::string undetermined(const Reconciliation& reconciliation, const Dataset& dataset) {
  detail::TextTable table({{.head = "Figure"},
                           {.head = "Of"},
                           {.head = "At least", .unit = "t/yr", .number = true},
                           {.head = "At most", .unit = "t/yr", .number = true},
                           {.head = "Chosen", .unit = "t/yr", .number = true}});
  std::size_t count = 0;
  for (const ReconciledFigure& figure : reconciliation.figures) {
    if (figure.determination != Determination::undetermined || ++count > most_figures) continue;
    table.add_row({std::string(detail::quantity_of(figure.id)), place_text(figure.id, dataset),
                   tonnes_text(number(*figure.low)), figure.high ? tonnes_text(number(*figure.high)) : "no limit",
                   tonnes_text(number(figure.value))});
  }
  if (count == 0) return {};
  std::string text =
      detail::wrapped("Not determinable: the balances leave an interval; the chosen value is one of many") + '\n' +
      table.text();
  if (count > most_figures) text += "and " + detail::count_text(count - most_figures) + " more\n";
  return text + '\n';
}

std::string balances(const Reconciliation& reconciliation, const Dataset& dataset) {
  const Network& network = dataset.network;
  std::vector<const ReconciledBalance*> rows;
  // What a balance asked for: the tonnes by which the published figures break it.
  const auto asked = [](const ReconciledBalance& row) {
    const bool is_equation = row.balance == Balance::feed || row.balance == Balance::total;
    return is_equation || number(row.found) < 0.0 ? std::abs(number(row.found)) : 0.0;
  };
  const auto cost = [&](const ReconciledBalance& row) { return row.pull * asked(row); };
  for (const ReconciledBalance& row : reconciliation.balances) {
    if (cost(row) > least_cost) rows.push_back(&row);
  }
  if (rows.empty()) return {};
  std::stable_sort(rows.begin(), rows.end(), [&](const auto* a, const auto* b) { return cost(*a) > cost(*b); });
  detail::TextTable table({{.head = "Balance"},
                           {.head = "At"},
                           {.head = "Commodity"},
                           {.head = "Broken by", .unit = "t/yr", .number = true},
                           {.head = "Pull", .unit = "per t/yr", .number = true}});
  for (std::size_t i = 0; i < std::min(rows.size(), most_balances); ++i) {
    const ReconciledBalance& row = *rows[i];
    table.add_row({std::string(to_string(row.balance)),
                   row.balance == Balance::total ? dataset.totals[row.total].id : network.id(row.place),
                   row.commodity.valid() ? network[row.commodity].id : "", tonnes_text(asked(row)),
                   short_text(row.pull)});
  }
  return detail::wrapped(
             "What the balances asked for, dearest first (pull: by how much chi-square would fall if the balance might "
             "stay broken by 1 t/yr)") +
         '\n' + table.text() +
         (rows.size() > most_balances ? "and " + detail::count_text(rows.size() - most_balances) + " more balances\n"
                                      : "") +
         '\n';
}

}  // namespace

std::string to_table(const Reconciliation& reconciliation, const Dataset& dataset) {
  if (reconciliation.status != SolveStatus::solved) {
    return heading(reconciliation, dataset) +
           detail::wrapped("No numbers: " + std::string(advice(reconciliation.status)) + '.');
  }
  detail::require_solved(reconciliation, dataset);
  return heading(reconciliation, dataset) + adjustments(reconciliation, dataset) +
         undetermined(reconciliation, dataset) + balances(reconciliation, dataset) + "Certificate: mass balance " +
         small(reconciliation.certificate.mass_balance) + ", optimality " +
         small(reconciliation.certificate.optimality) + " (relative; 0 is exact)\n" +
         "All figures and balances, unrounded: --format json or --format csv\n";
}

}  // namespace lode::inline LODE_ABI
