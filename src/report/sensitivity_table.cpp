// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <io/sensitivity_names.hpp>
#include <lode/io/sensitivity_writer.hpp>

#include "report/result_parts.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI {
namespace {

using detail::label;

std::string place_text(PlaceId place, const Network& network) {
  if (place.is_facility()) return label(network[place.facility()].name, network[place.facility()].id);
  return label(network[place.end_use()].name, network[place.end_use()].id);
}

/// "Separation, China", or the two ends of a route by their ids.
std::string where_text(const Parameter& parameter, const Network& network) {
  if (parameter.kind == ParameterKind::quota) return "shock " + std::to_string(parameter.shock + 1);
  if (!parameter.route.valid()) return place_text(parameter.place, network);
  const Route& route = network[parameter.route];
  return network.id(route.from) + " > " + network.id(route.to);
}

/// "Dysprosium, Japan".
std::string target_text(const SensitivityTarget& target, const Network& network) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (target.material) add(label(network[*target.material].name, network[*target.material].id));
  if (target.end_use) add(place_text(*target.end_use, network));
  if (target.country) add(label(network[*target.country].name, network[*target.country].id));
  return text.empty() ? "all end uses, weighted" : text;
}

/// Three significant digits from 0.1 up, four decimals below.
std::string change_text(double change) {
  const double size = std::abs(change);
  if (size > 0.0 && size < 0.00005) return change < 0.0 ? ">-0.0001" : "<0.0001";
  return detail::decimal_text(change, size < 0.0995 ? (size == 0.0 ? 0 : 4) : size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

std::string section(const Sensitivity& sensitivity, const Network& network, const std::vector<std::size_t>& rows,
                    bool more) {
  detail::TextTable table({{.head = "What"},
                           {.head = "Where"},
                           {.head = "Country"},
                           {.head = "Commodity"},
                           {.head = "Size", .unit = "t/yr", .number = true},
                           {.head = "Short", .unit = "t per t", .number = true},
                           {.head = "Short", .unit = "t per 1 %", .number = true}});
  for (const std::size_t p : rows) {
    const Parameter& parameter = (*sensitivity.parameters)[p];
    const bool rises = more != (parameter.kind == ParameterKind::demand);
    const double change = (rises ? sensitivity.up(p) : sensitivity.down(p)).value_or(0.0);
    const io_detail::ParameterName name = io_detail::name_of(parameter, network);
    table.add_row({std::string(to_string(parameter.kind)), where_text(parameter, network), std::string(name.country),
                   std::string(name.commodity), detail::tonnes_text(parameter.size), change_text(change),
                   change_text(change * 0.01 * parameter.size)});
  }
  return table.text();
}

}  // namespace

std::string to_table(const Sensitivity& sensitivity, const Dataset& dataset, std::size_t most) {
  io_detail::require_solved(sensitivity, dataset);
  const Network& network = dataset.network;
  std::string text = detail::heading(sensitivity.scenario, dataset,
                                     sensitivity.model == StaticModel::propagate
                                         ? "propagate, nobody reroutes: what a tonne more or less anywhere does"
                                         : "reallocate, everybody adapts: what a tonne more or less anywhere does");
  text += "Target: " + target_text(sensitivity.target, network) + "; short " +
          detail::tonnes_text(sensitivity.shortfall) + " t/yr\n\n";
  const std::vector<std::size_t> helpful = most_helpful(sensitivity, all_parameters);
  if (helpful.empty()) {
    text += "Nothing helps: a tonne more of any one thing changes nothing.\n\n";
  } else {
    std::vector<std::size_t> rows(helpful.begin(),
                                  helpful.begin() + static_cast<std::ptrdiff_t>(std::min(most, helpful.size())));
    text += "What helps most: change of the shortfall by one tonne more (of demand: less)\n\n" +
            section(sensitivity, network, rows, true) + detail::and_more(rows.size(), helpful.size(), "help") + '\n';
  }
  const std::vector<std::size_t> missed = most_missed(sensitivity, all_parameters);
  if (!missed.empty()) {
    std::vector<std::size_t> rows(missed.begin(),
                                  missed.begin() + static_cast<std::ptrdiff_t>(std::min(most, missed.size())));
    text += "What is missed most: change of the shortfall by one tonne less (of demand: more)\n\n" +
            section(sensitivity, network, rows, false) + detail::and_more(rows.size(), missed.size(), "are missed") +
            '\n';
  }
  std::size_t kinks = 0;
  std::size_t absent = 0;
  for (std::size_t p = 0; p < sensitivity.ups.size(); ++p) {
    kinks += sensitivity.is_kink(p) ? 1 : 0;
    absent += sensitivity.up(p) && sensitivity.down(p) ? 0 : 1;
  }
  text += detail::notes_section(sensitivity.notes);
  text += detail::count_text(kinks) + " of " + detail::count_text(sensitivity.ups.size()) +
          " parameters are at a kink: a tonne less and a tonne more do not mirror each other\n";
  if (absent > 0) text += detail::count_text(absent) + " have no finite derivative to one side\n";
  return text + "All parameters and unrounded numbers: --format json or --format csv\n";
}

}  // namespace lode::inline LODE_ABI
