// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <io/exposure_parts.hpp>
#include <lode/io/exposure_writer.hpp>

#include "report/result_parts.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI {
namespace {

using detail::label;
using detail::percent_text;
using detail::tonnes_text;
using io_detail::largest_first;

/// The country other than the user's own that most passes through, and its share.
std::pair<std::size_t, double> largest_abroad(const StageExposure& stage, CountryId own) {
  std::pair<std::size_t, double> best{own.index(), 0.0};
  for (std::size_t c = 0; c < stage.countries.size(); ++c) {
    if (c != own.index() && stage.countries[c] > best.second) best = {c, stage.countries[c]};
  }
  return best;
}

double dependence(const UserExposure& user) {
  double most = 0.0;
  for (const StageExposure& stage : user.stages) most = std::max(most, largest_abroad(stage, user.country).second);
  return most;
}

std::string overview(const MaterialExposure& material, const Network& network) {
  std::vector<detail::TextColumn> columns{{.head = "Country"}, {.head = "Receives", .unit = "t/yr", .number = true}};
  for (const Stage stage : material.stages) {
    columns.push_back({.head = "from", .group = std::string(to_string(stage))});
    columns.push_back({.head = "%", .number = true, .group = std::string(to_string(stage))});
  }
  detail::TextTable table(columns);
  std::vector<const UserExposure*> order;
  for (const UserExposure& user : material.countries) order.push_back(&user);
  // In single precision, so that rounding does not order what is equal; then by tonnes.
  std::stable_sort(order.begin(), order.end(), [](const UserExposure* a, const UserExposure* b) {
    return std::pair(static_cast<float>(dependence(*a)), a->received) >
           std::pair(static_cast<float>(dependence(*b)), b->received);
  });
  for (const UserExposure* user : order) {
    std::vector<std::string> cells{label(network[user->country].name, network[user->country].id),
                                   tonnes_text(user->received)};
    for (const StageExposure& stage : user->stages) {
      const auto [country, share] = largest_abroad(stage, user->country);
      cells.push_back(share > 0.0 ? network.countries()[country].id : "-");
      cells.push_back(percent_text(share));
    }
    table.add_row(std::move(cells));
  }
  return detail::wrapped(label(network[material.id].name, network[material.id].id) +
                         ": the country abroad that most of it passes through last, by stage; most dependent first") +
         '\n' + table.text() + '\n';
}

/// Owners by their largest share at any stage, a column a stage. `name(k)` is what a row is called.
template <class Name>
std::string owners(const UserExposure& user, std::vector<double> StageExposure::*list, const std::string& head,
                   std::size_t most, Name name) {
  std::vector<detail::TextColumn> columns{{.head = head}};
  std::vector<double> top;
  for (const StageExposure& stage : user.stages) {
    columns.push_back({.head = std::string(to_string(stage.stage)), .unit = "%", .number = true});
    top.resize((stage.*list).size(), 0.0);
    for (std::size_t k = 0; k < top.size(); ++k) top[k] = std::max(top[k], (stage.*list)[k]);
  }
  detail::TextTable table(columns);
  const std::vector<std::size_t> order = largest_first(top);
  const auto add = [&](const std::string& first, auto share) {
    std::vector<std::string> cells{first};
    for (const StageExposure& stage : user.stages) cells.push_back(percent_text(share(stage)));
    table.add_row(std::move(cells));
  };
  for (std::size_t i = 0; i < std::min(most, order.size()); ++i) {
    add(name(order[i]), [&](const StageExposure& stage) { return (stage.*list)[order[i]]; });
  }
  add("(reserves)", [](const StageExposure& stage) { return stage.reserves; });
  add("(not known)", [](const StageExposure& stage) { return stage.unexplained; });
  return table.text() + detail::and_more(std::min(most, order.size()), order.size(), "have smaller shares");
}

std::string destinations(const MaterialExposure& material, CountryId country, const Network& network) {
  detail::TextTable table({{.head = "Stage"},
                           {.head = "Handled", .unit = "t/yr", .number = true},
                           {.head = "Reaches end uses", .unit = "%", .number = true},
                           {.head = "of them in"}});
  for (const Destination& row : material.destinations) {
    if (row.country != country) continue;
    double reached = 0.0;
    for (const double tonnes : row.users) reached += tonnes;
    std::string where;
    const std::vector<std::size_t> order = largest_first(row.users);
    for (std::size_t i = 0; i < std::min<std::size_t>(5, order.size()); ++i) {
      where += (i == 0 ? "" : ", ") + network.countries()[order[i]].id + ' ' +
               percent_text(row.users[order[i]] / reached) + " %";
    }
    table.add_row(
        {std::string(to_string(row.stage)), tonnes_text(row.handled), percent_text(reached / row.handled), where});
  }
  if (table.empty()) return {};
  return "Where what it handles ends up (the rest is lost, kept, or comes back to the stage as scrap)\n\n" +
         table.text() + '\n';
}

std::string of_country(const MaterialExposure& material, const Exposure& exposure, CountryId country,
                       const Network& network) {
  constexpr std::size_t most = 12;
  const std::string name = label(network[material.id].name, network[material.id].id);
  const auto user = std::find_if(material.countries.begin(), material.countries.end(),
                                 [country](const UserExposure& row) { return row.country == country; });
  std::string text;
  if (user == material.countries.end()) {
    text = name + ": no end use of " + label(network[country].name, network[country].id) + " receives any\n\n";
  } else {
    text = name + ": " + tonnes_text(user->received) + " t/yr reach the end uses of " +
           label(network[country].name, network[country].id) + ", last passing through\n\n" +
           owners(*user, &StageExposure::countries, "Country", most,
                  [&](std::size_t k) { return label(network.countries()[k].name, network.countries()[k].id); }) +
           '\n' +
           owners(*user, &StageExposure::operators, "Operator", most,
                  [&](std::size_t k) {
                    return exposure.operators[k].empty() ? std::string("(no operator given)")
                                                         : label(exposure.operators[k], "?");
                  }) +
           '\n';
  }
  return text + destinations(material, country, network);
}

}  // namespace

std::string to_table(const Exposure& exposure, const Dataset& dataset, const ExposureView& view) {
  io_detail::require_solved(exposure, dataset);
  const Network& network = dataset.network;
  std::string text = detail::heading(exposure.scenario, dataset,
                                     "exposure: through whose hands a material passes on its way to its users");
  for (const MaterialExposure& material : exposure.materials) {
    if (!io_detail::shows(view, material.id)) continue;
    if (view.country) {
      text += of_country(material, exposure, *view.country, network);
    } else if (!material.countries.empty()) {
      text += overview(material, network);
    }
  }
  return text + "Certificate: shares add up to 1 within " + detail::residual_text(exposure.mass_balance) +
         "\nEnd uses, operators, destinations and unrounded numbers: --format json or --format csv\n";
}

}  // namespace lode::inline LODE_ABI
