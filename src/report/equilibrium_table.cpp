// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <lode/io/equilibrium_writer.hpp>

#include "io/equilibrium_headlines.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI {
namespace {

using detail::decimal_text;
using detail::Headline;
using detail::label;
using detail::percent_text;
using detail::tonnes_text;
using Range = std::array<EquilibriumResult, 3>;

constexpr std::size_t most_rows = 12;
constexpr double rounding = 5e-4;  // a relative change below this shows as 0

double t(TonnesPerYear flow) {
  return flow.in(tonnes_per_year);
}

std::string usd_text(double usd_per_t) {
  return decimal_text(usd_per_t, std::abs(usd_per_t) < 99.95 ? 1 : 0);
}

/// Million USD, one decimal.
std::string million_text(double usd) {
  return decimal_text(usd / 1e6, 1);
}

std::string signed_percent(double now, double base) {
  if (!(base > 0.0)) return "-";
  const double change = 100.0 * (now / base - 1.0);
  if (std::abs(change) < 0.05) return "0";
  return (change > 0.0 ? "+" : "") + decimal_text(change, 1);
}

template <class Text>
std::string range_text(const Headline& row, Text text) {
  const std::string low = text(row.low), high = text(row.high);
  return low == high ? low : low + " .. " + high;
}

const Headline* find(const std::vector<Headline>& rows, const std::string& quantity, const std::string& id = {}) {
  for (const Headline& row : rows) {
    if (row.quantity == quantity && row.id == id) return &row;
  }
  return nullptr;
}

std::string heading(const EquilibriumResult& result, const Dataset& dataset) {
  const Description& about = dataset.about;
  std::string text =
      detail::wrapped(about.name + ' ' + about.version + ": " + label(about.title, about.name), 10, "Data");
  for (std::size_t begin = 0; begin < result.scenario.size();) {
    const std::size_t end = std::min(result.scenario.find('+', begin), result.scenario.size());
    const std::string name = result.scenario.substr(begin, end - begin);
    const Scenario* known = dataset.find_scenario(name);
    const std::string title = known != nullptr ? label(known->title, "") : "";
    text += detail::wrapped(label(name, "?") + (title.empty() ? "" : ": " + title), 10, "Scenario");
    begin = end + 1;
  }
  return text +
         "Model     equilibrium: prices of one year at which everybody, taking them as given, buys and sells\n"
         "          as much as pays\n"
         "Range     in brackets of all headline numbers: all elasticities x 0.5 .. x 2\n\n";
}

std::string materials_section(const EquilibriumResult& result, const std::vector<Headline>& rows,
                              const Network& network) {
  detail::TextTable table({{.head = "Material"},
                           {.head = "Demanded", .unit = "t/yr", .number = true},
                           {.head = "Used", .unit = "t/yr", .number = true},
                           {.head = "Less", .unit = "t/yr", .number = true},
                           {.head = "Less", .unit = "%", .number = true},
                           {.head = "[range]", .unit = "t/yr", .number = true}});
  for (const MaterialResult& row : result.materials) {
    const Headline* range = find(rows, "shortfall", network[row.id].id);
    table.add_row({label(row.name, network[row.id].id), tonnes_text(t(row.demanded)), tonnes_text(t(row.delivered)),
                   tonnes_text(t(row.shortfall)), percent_text(t(row.shortfall), t(row.demanded)),
                   range_text(*range, tonnes_text)});
  }
  return "Use of each material, t of the element: what is not to be had, or too dear\n\n" + table.text() + '\n';
}

std::string prices_section(const EquilibriumResult& result, const std::vector<Headline>& rows, const Network& network) {
  detail::TextTable table({{.head = "Commodity"},
                           {.head = "Base price", .unit = "USD/t", .number = true},
                           {.head = "Price", .unit = "USD/t", .number = true},
                           {.head = "Change", .unit = "%", .number = true},
                           {.head = "[range]", .unit = "USD/t", .number = true}});
  for (const detail::MeanPrice& row : detail::mean_prices(result, network)) {
    const Commodity& commodity = network[row.commodity];
    table.add_row({label(commodity.name, commodity.id), usd_text(row.base), usd_text(row.now),
                   signed_percent(row.now, row.base), range_text(*find(rows, "price", commodity.id), usd_text)});
  }
  return "Prices, means of those who buy\n\n" + table.text() + '\n';
}

/// What end uses of one country take of one commodity.
std::string countries_section(const EquilibriumResult& result, const Network& network) {
  struct Sum {
    double demanded = 0.0, used = 0.0, spent = 0.0, base_spent = 0.0, base = 0.0;
  };
  std::map<std::pair<CountryId, CommodityId>, Sum> sums;
  for (const EquilibriumEndUse& row : result.end_uses) {
    const EndUse& use = network[row.id];
    Sum& sum = sums[{use.country, use.commodity}];
    sum.demanded += t(row.demanded);
    sum.used += t(row.delivered);
    sum.base += t(use.demand);
    sum.spent += t(row.delivered) * row.price.in(usd_per_tonne);
    sum.base_spent += t(use.demand) * row.base_price.in(usd_per_tonne);
  }
  struct Row {
    std::pair<CountryId, CommodityId> key;
    Sum sum;
    double now = 0.0, before = 0.0;
  };
  std::vector<Row> rows;
  for (const auto& [key, sum] : sums) {
    if (!(sum.used > 0.0) || !(sum.base_spent > 0.0)) continue;
    const Row row{key, sum, sum.spent / sum.used, sum.base_spent / sum.base};
    if (std::abs(row.now / row.before - 1.0) >= rounding) rows.push_back(row);
  }
  if (rows.empty()) return {};
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::abs(a.now / a.before - 1.0) > std::abs(b.now / b.before - 1.0) * (1.0 + 1e-6);
  });
  detail::TextTable table({{.head = "Country of use"},
                           {.head = "Commodity"},
                           {.head = "Demanded", .unit = "t/yr", .number = true},
                           {.head = "Used", .unit = "t/yr", .number = true},
                           {.head = "Price", .unit = "USD/t", .number = true},
                           {.head = "Change", .unit = "%", .number = true}});
  for (std::size_t i = 0; i < std::min(rows.size(), most_rows); ++i) {
    const Row& row = rows[i];
    const Country& country = network[row.key.first];
    table.add_row({label(country.name, country.id), network[row.key.second].id, tonnes_text(row.sum.demanded),
                   tonnes_text(row.sum.used), usd_text(row.now), signed_percent(row.now, row.before)});
  }
  std::string text = "Where users' prices change most\n\n" + table.text();
  if (rows.size() > most_rows) text += "... and " + detail::count_text(rows.size() - most_rows) + " more\n";
  return text + '\n';
}

std::string facilities_section(const EquilibriumResult& result, const Network& network) {
  std::vector<const EquilibriumFacility*> rows;
  const auto share = [](const EquilibriumFacility& row) {
    const double most = std::max(t(row.activity), t(row.base_activity));
    return most > 0.0 ? std::abs(t(row.activity) - t(row.base_activity)) / most : 0.0;
  };
  for (const EquilibriumFacility& row : result.facilities) {
    if (share(row) >= rounding) rows.push_back(&row);
  }
  if (rows.empty()) return {};
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const auto* a, const auto* b) { return share(*a) > share(*b) * (1.0 + 1e-6); });
  detail::TextTable table({{.head = "Facility"},
                           {.head = "Country"},
                           {.head = "Base year", .unit = "t/yr", .number = true},
                           {.head = "Activity", .unit = "t/yr", .number = true},
                           {.head = "Change", .unit = "%", .number = true}});
  for (std::size_t i = 0; i < std::min(rows.size(), most_rows); ++i) {
    const EquilibriumFacility& row = *rows[i];
    const Facility& facility = network[row.id];
    table.add_row({label(facility.name, facility.id), network[facility.country].id, tonnes_text(t(row.base_activity)),
                   tonnes_text(t(row.activity)), signed_percent(t(row.activity), t(row.base_activity))});
  }
  std::string text = "Facilities that change most, by share\n\n" + table.text();
  if (rows.size() > most_rows) text += "... and " + detail::count_text(rows.size() - most_rows) + " more\n";
  return text + '\n';
}

std::string policies_section(const EquilibriumResult& result, const Network& network) {
  detail::TextTable table({{.head = "Policy"},
                           {.head = "Commodity"},
                           {.head = "Limit", .unit = "t/yr", .number = true},
                           {.head = "Moved", .unit = "t/yr", .number = true},
                           {.head = "Per tonne", .unit = "USD/t", .number = true},
                           {.head = "Sum", .unit = "million USD/yr", .number = true}});
  const auto shock = [](std::size_t position) { return " of shock " + std::to_string(position + 1); };
  for (const QuotaRent& row : result.quota_rents) {
    table.add_row({"quota" + shock(row.shock) + ": rent", network[row.commodity].id, tonnes_text(t(row.limit)),
                   tonnes_text(t(row.used)), usd_text(row.rent), million_text(row.rent * t(row.used))});
  }
  for (const FloorPayment& row : result.price_floors) {
    table.add_row({"floor " + usd_text(row.floor.in(usd_per_tonne)) + " at " + network[row.facility].id + ": budget",
                   network[row.commodity].id, "", tonnes_text(t(row.sold)), usd_text(row.subsidy.in(usd_per_tonne)),
                   million_text(row.budget)});
  }
  struct Sum {
    double flow = 0.0, revenue = 0.0;
  };
  std::map<std::pair<CountryId, CommodityId>, Sum> tariffs;
  for (const TariffPayment& row : result.tariffs) {
    const Route& route = network[row.id];
    Sum& sum = tariffs[{network.country(route.to), route.commodity}];
    sum.flow += t(row.flow);
    sum.revenue += row.revenue;
  }
  for (const auto& [key, sum] : tariffs) {
    table.add_row({"tariff of " + network[key.first].id + ": revenue", network[key.second].id, "",
                   tonnes_text(sum.flow), sum.flow > 0.0 ? usd_text(sum.revenue / sum.flow) : "-",
                   million_text(sum.revenue)});
  }
  for (const OfftakeCost& row : result.offtakes) {
    table.add_row({"offtake" + shock(row.shock) + ": cost", network[row.commodity].id, tonnes_text(t(row.minimum)),
                   tonnes_text(t(row.shipped)), usd_text(row.cost), million_text(row.cost * t(row.minimum))});
  }
  return table.empty() ? std::string{} : "Policies\n\n" + table.text() + '\n';
}

std::string surplus_section(const EquilibriumResult& result, const std::vector<Headline>& rows) {
  if (!result.surplus) return {};
  detail::TextTable table({{.head = "Change against the base year"},
                           {.head = "Gain", .unit = "million USD/yr", .number = true},
                           {.head = "[range]", .unit = "million USD/yr", .number = true}});
  const auto add = [&](const std::string& name, const std::string& quantity, double sign) {
    Headline row = *find(rows, quantity);
    if (sign < 0.0) std::swap(row.low, row.high);
    row.low *= sign;
    row.high *= sign;
    if (row.low == 0.0 && row.high == 0.0 && quantity != "welfare") return;
    table.add_row({name, million_text(sign * row.value), range_text(row, million_text)});
  };
  add("users (consumer surplus)", "consumer_surplus", 1.0);
  add("facilities and traders", "producer_surplus", 1.0);
  add("quota rents, whoever has the licences", "quota_rents", 1.0);
  add("treasuries: tariffs", "tariff_revenue", 1.0);
  add("treasuries: price floors", "price_floor_budget", -1.0);
  add("all together", "welfare", 1.0);
  return "Who gains\n\n" + table.text() + '\n';
}

std::string closing(const Range& range) {
  const auto small = [](double x) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1e", x);
    return x == 0.0 ? std::string("0") : std::string(text);
  };
  const EquilibriumCertificate& proof = range[1].certificate;
  std::string text;
  if (detail::solved_count(range) < 3) {
    text += detail::wrapped("the range is not complete: not all of the runs with other elasticities have an answer", 6,
                            "Note");
  }
  return text + "Certificate: mass balance " + small(proof.mass_balance) + ", optimality " + small(proof.optimality) +
         ", gap " + small(proof.gap) + ", tariffs " + small(proof.tariffs) + ", floors " + small(proof.price_floors) +
         "\n(relative; 0 is exact). Everything unrounded: --format json or --format csv\n";
}

}  // namespace

std::string to_table(const std::array<EquilibriumResult, 3>& range, const Dataset& dataset) {
  const Network& network = dataset.network;
  detail::require_numbers(range, network);
  const EquilibriumResult& result = range[1];
  const std::vector<Headline> rows = detail::headlines(range, network);
  std::string notes;
  for (const std::string& note : result.notes) notes += detail::wrapped(note, 6, "Note");
  return heading(result, dataset) + materials_section(result, rows, network) + prices_section(result, rows, network) +
         countries_section(result, network) + facilities_section(result, network) + policies_section(result, network) +
         surplus_section(result, rows) + notes + closing(range);
}

}  // namespace lode::inline LODE_ABI
