// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <optional>
#include <utility>

#include "report/result_parts.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI::detail {
namespace {

constexpr std::size_t most_rows = 8;
constexpr double nothing = 1e-9;  // a price below this is rounding

/// t saved per t: two decimals below 10, one below 100, none above.
std::string price_text(double price) {
  if (!(price > nothing)) return "0";
  if (price < 0.005) return "<0.01";
  return decimal_text(price, price < 9.995 ? 2 : price < 99.95 ? 1 : 0);
}

std::string kind_text(const Facility& facility) {
  std::string kind{to_string(facility.kind)};
  std::replace(kind.begin(), kind.end(), '_', ' ');
  return kind;
}

std::string place_text(PlaceId place, const Network& network) {
  if (place.is_facility()) return label(network[place.facility()].name, network[place.facility()].id);
  return label(network[place.end_use()].name, network[place.end_use()].id);
}

/// "2 export" for the second shock of the scenarios named, or "2" where they are not of the data set.
std::string shock_text(std::size_t shock, const std::string& scenario, const Dataset& dataset) {
  const std::string position = std::to_string(shock + 1);
  for (std::size_t begin = 0; begin < scenario.size();) {
    const std::size_t end = std::min(scenario.find('+', begin), scenario.size());
    const Scenario* known = dataset.find_scenario(scenario.substr(begin, end - begin));
    if (known == nullptr) break;
    if (shock < known->shocks.size()) return position + ' ' + std::string(kind_of(known->shocks[shock].effect));
    shock -= known->shocks.size();
    begin = end + 1;
  }
  return position;
}

std::string prices_section(const Result& result, const Network& network) {
  // The dearest place of each commodity; of equal ones the first.
  std::vector<const PriceResult*> dearest(network.commodities().size(), nullptr);
  bool has_ranges = false;
  for (const PriceResult& row : result.prices) {
    const PriceResult*& best = dearest[row.commodity.index()];
    if (best == nullptr || row.price > best->price * (1.0 + rounding)) best = &row;
    has_ranges = has_ranges || row.low || row.high;
  }
  std::vector<const PriceResult*> rows;
  for (const PriceResult* row : dearest) {
    if (row != nullptr && row->price > nothing) rows.push_back(row);
  }
  if (rows.empty()) return "No commodity is scarce: one more tonne anywhere would save nothing.\n\n";
  std::stable_sort(rows.begin(), rows.end(),
                   [](const PriceResult* a, const PriceResult* b) { return a->price > b->price * (1.0 + rounding); });
  std::vector<TextColumn> columns{{.head = "Commodity"},
                                  {.head = "Dearest at"},
                                  {.head = "Country"},
                                  {.head = "Price", .unit = "t/t", .number = true}};
  if (has_ranges) {
    columns.push_back({.head = "One more", .unit = "t/t", .number = true});
    columns.push_back({.head = "One less", .unit = "t/t", .number = true});
  }
  TextTable table(columns);
  const auto end_of_range = [](const std::optional<double>& price) { return price ? price_text(*price) : "-"; };
  for (std::size_t i = 0; i < std::min(rows.size(), most_rows); ++i) {
    const PriceResult& row = *rows[i];
    const Commodity& commodity = network[row.commodity];
    std::vector<std::string> cells{label(commodity.name, commodity.id), place_text(row.place, network),
                                   network[network.country(row.place)].id, price_text(row.price)};
    if (has_ranges) {
      cells.push_back(end_of_range(row.low));
      cells.push_back(end_of_range(row.high));
    }
    table.add_row(std::move(cells));
  }
  return wrapped(
             "Scarcity: where each commodity is dearest. Price: what one more tonne there saves, t of end "
             "products" +
             std::string(has_weights(result) ? " times weight" : "")) +
         '\n' + table.text() + and_more(most_rows, rows.size(), "commodities have a price") + '\n';
}

std::string quotas_section(const Result& result, const Dataset& dataset) {
  if (result.quota_rents.empty()) return {};
  std::vector<const QuotaRent*> rows;
  for (const QuotaRent& row : result.quota_rents) {
    if (row.rent > nothing) rows.push_back(&row);
  }
  if (rows.empty()) return "No licence or quota is worth anything: none of them holds anybody back.\n\n";
  std::stable_sort(rows.begin(), rows.end(),
                   [](const QuotaRent* a, const QuotaRent* b) { return a->rent > b->rent * (1.0 + rounding); });
  TextTable table({{.head = "Shock"},
                   {.head = "Commodity"},
                   {.head = "Limit", .unit = "t/yr", .number = true},
                   {.head = "Used", .unit = "t/yr", .number = true},
                   {.head = "Worth", .unit = "t/t", .number = true}});
  for (std::size_t i = 0; i < std::min(rows.size(), most_rows); ++i) {
    const QuotaRent& row = *rows[i];
    const Commodity& commodity = dataset.network[row.commodity];
    table.add_row({shock_text(row.shock, result.scenario, dataset), label(commodity.name, commodity.id),
                   tonnes_text(number(row.limit)), tonnes_text(number(row.used)), price_text(row.rent)});
  }
  return "What a licence for one more tonne would save\n\n" + table.text() +
         and_more(most_rows, rows.size(), "quotas bind") + '\n';
}

std::string capacities_section(const Result& result, const Network& network) {
  std::vector<const CapacityRent*> rows;
  for (const CapacityRent& row : result.capacity_rents) {
    if (row.rent > nothing) rows.push_back(&row);
  }
  if (rows.empty()) return {};
  std::stable_sort(rows.begin(), rows.end(),
                   [](const CapacityRent* a, const CapacityRent* b) { return a->rent > b->rent * (1.0 + rounding); });
  TextTable table({{.head = "Facility"},
                   {.head = "Country"},
                   {.head = "Kind"},
                   {.head = "Limit", .unit = "t/yr", .number = true},
                   {.head = "Worth", .unit = "t/t", .number = true}});
  for (std::size_t i = 0; i < std::min(rows.size(), most_rows); ++i) {
    const CapacityRent& row = *rows[i];
    const Facility& facility = network[row.id];
    table.add_row({label(facility.name, facility.id), network[facility.country].id, kind_text(facility),
                   tonnes_text(number(row.limit)), price_text(row.rent)});
  }
  return "What one more tonne of capacity would save (limit 0: a plant that stands still)\n\n" + table.text() +
         and_more(most_rows, rows.size(), "facilities run at their limit and are missed") + '\n';
}

std::string offtakes_section(const Result& result, const Dataset& dataset) {
  if (result.offtake_costs.empty()) return {};
  TextTable table({{.head = "Shock"},
                   {.head = "Commodity"},
                   {.head = "Minimum", .unit = "t/yr", .number = true},
                   {.head = "Shipped", .unit = "t/yr", .number = true},
                   {.head = "Costs", .unit = "t/t", .number = true}});
  for (const OfftakeCost& row : result.offtake_costs) {
    const Commodity& commodity = dataset.network[row.commodity];
    table.add_row({shock_text(row.shock, result.scenario, dataset), label(commodity.name, commodity.id),
                   tonnes_text(number(row.minimum)), tonnes_text(number(row.shipped)), price_text(row.cost)});
  }
  return "What an obligation to ship one more tonne costs the others\n\n" + table.text() + '\n';
}

/// One mine's commodity: what each material in it contributes.
struct Basket {
  FacilityId mine;
  CommodityId commodity;
  double value = 0.0;
  std::vector<double> parts;  ///< by material, then as a whole
};

std::string baskets_section(const Result& result, const Network& network) {
  const std::size_t materials = network.materials().size();
  std::vector<Basket> baskets;
  std::vector<bool> is_used(materials + 1, false);
  for (const BasketEntry& entry : result.baskets) {
    if (baskets.empty() || baskets.back().mine != entry.mine || baskets.back().commodity != entry.commodity) {
      baskets.push_back({entry.mine, entry.commodity, 0.0, std::vector<double>(materials + 1, 0.0)});
    }
    const std::size_t part = entry.material ? entry.material->index() : materials;
    baskets.back().parts[part] += entry.value;
    baskets.back().value += entry.value;
    is_used[part] = is_used[part] || entry.value > nothing;
  }
  std::erase_if(baskets, [](const Basket& basket) { return !(basket.value > nothing); });
  if (baskets.empty()) return {};
  std::stable_sort(baskets.begin(), baskets.end(),
                   [](const Basket& a, const Basket& b) { return a.value > b.value * (1.0 + rounding); });
  std::vector<TextColumn> columns{
      {.head = "Mine"}, {.head = "Country"}, {.head = "Sells"}, {.head = "Worth", .unit = "t/t", .number = true}};
  for (std::size_t m = 0; m <= materials; ++m) {
    if (!is_used[m]) continue;
    columns.push_back({.head = m < materials ? network.materials()[m].id : "as a whole",
                       .unit = "t/t",
                       .number = true,
                       .group = "of which"});
  }
  TextTable table(columns);
  for (std::size_t i = 0; i < std::min(baskets.size(), most_rows); ++i) {
    const Basket& basket = baskets[i];
    const Facility& mine = network[basket.mine];
    const Commodity& commodity = network[basket.commodity];
    std::vector<std::string> cells{label(mine.name, mine.id), network[mine.country].id,
                                   label(commodity.name, commodity.id), price_text(basket.value)};
    for (std::size_t m = 0; m <= materials; ++m) {
      if (is_used[m]) cells.push_back(price_text(basket.parts[m]));
    }
    table.add_row(std::move(cells));
  }
  const std::string title = "What a tonne of concentrate is worth for each material in it\n\n";
  if (table.width() <= report_width || columns.size() <= 6) {
    return title + table.text() + and_more(most_rows, baskets.size(), "mines sell something of worth") + '\n';
  }
  // Too many materials to stand side by side.
  TextTable lines(
      {{.head = "Mine"}, {.head = "Sells"}, {.head = "Material"}, {.head = "Worth", .unit = "t/t", .number = true}});
  for (std::size_t i = 0; i < std::min(baskets.size(), most_rows); ++i) {
    for (std::size_t m = 0; m <= materials; ++m) {
      if (!(baskets[i].parts[m] > nothing)) continue;
      const Facility& mine = network[baskets[i].mine];
      const Commodity& commodity = network[baskets[i].commodity];
      lines.add_row({label(mine.name, mine.id), label(commodity.name, commodity.id),
                     m < materials ? network.materials()[m].id : "as a whole", price_text(baskets[i].parts[m])});
    }
  }
  return title + lines.text() + and_more(most_rows, baskets.size(), "mines sell something of worth") + '\n';
}

}  // namespace

std::string scarcity_sections(const Result& result, const Dataset& dataset) {
  const Network& network = dataset.network;
  if (result.prices.empty()) return {};
  return prices_section(result, network) + quotas_section(result, dataset) + capacities_section(result, network) +
         offtakes_section(result, dataset) + baskets_section(result, network);
}

}  // namespace lode::inline LODE_ABI::detail
