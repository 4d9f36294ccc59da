// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <io/package_descriptor.hpp>
#include <io/package_text.hpp>
#include <io/scenario_reader.hpp>
#include <io/table_reader.hpp>
#include <io/total_selectors.hpp>
#include <lode/dataset.hpp>
#include <lode/network_builder.hpp>
#include <lode/reconcile.hpp>

namespace lode::inline LODE_ABI::io_detail {

[[nodiscard]] constexpr std::size_t index_of(TableId table) {
  return static_cast<std::size_t>(table);
}

/// Whether the figures of a package balance, or are as published, with gaps.
enum class BaseYear { balanced, published };

/// Reads the tables of a data package: the network's into a builder, prices and sources into the data set.
class TablesReader {
 public:
  TablesReader(const PackageText& package, const Descriptor& descriptor, BaseYear base_year,
               std::vector<Issue>& problems)
      : package_(package), descriptor_(descriptor), base_year_(base_year), problems_(problems) {}

  /// Sources come first: the other tables cite them.
  NetworkBuilder::Outcome read(Dataset& dataset) {
    read_sources(dataset.sources);
    read_names();
    read_facilities();
    read_recipes();
    read_end_uses();
    read_routes();
    read_stocks();
    read_covers();
    read_prices(dataset.prices);
    read_totals(dataset.totals);
    world_.set_locator([places = places_](Table table, std::size_t row, std::string_view column) {
      return (*places)[static_cast<std::size_t>(table)].at(row, column);
    });
    NetworkBuilder::Outcome outcome = base_year_ == BaseYear::published ? world_.try_observe() : world_.try_build();
    problems_.insert(problems_.end(), outcome.problems.begin(), outcome.problems.end());
    return outcome;
  }

  /// Where the figures of the base year stand in their files; outlives the reader.
  [[nodiscard]] std::function<Place(const FigureId&)> figure_locator() const {
    return [places = places_](const FigureId& id) {
      const auto at = [&](TableId table, std::size_t row, std::string_view column) {
        return (*places)[index_of(table)].at(row, column);
      };
      if (const auto* facility = std::get_if<FacilityId>(&id))
        return at(TableId::facilities, facility->index(), "baseline");
      if (const auto* use = std::get_if<EndUseId>(&id)) return at(TableId::end_uses, use->index(), "demand");
      if (const auto* route = std::get_if<RouteId>(&id)) return at(TableId::routes, route->index(), "flow");
      return at(TableId::totals, std::get<TotalId>(id).index, "value");
    };
  }

  /// Names in totals.csv, when the network is known.
  void check_totals(const Dataset& dataset) {
    for (std::size_t i = 0; i < dataset.totals.size(); ++i) {
      if (total_is_reported_[i]) continue;
      const auto origin = std::make_shared<const TotalOrigin>((*places_)[index_of(TableId::totals)], i);
      for (Issue& issue : check(dataset.network, dataset.totals[i], origin)) problems_.push_back(std::move(issue));
    }
  }

  /// The ids of sources.csv, or nullptr if it could not be read whole.
  [[nodiscard]] const TextSet* known_sources() const {
    return is_incomplete_[index_of(TableId::sources)] ? nullptr : &source_ids_;
  }

  [[nodiscard]] static std::string file_of(TableId table) { return std::string(spec_of(table).name) + ".csv"; }

 private:
  using Column = TableReader::Column;

  static std::optional<TonnesPerYear> rate(std::optional<double> number) {
    return number ? std::optional(*number * tonnes_per_year) : std::nullopt;
  }
  /// A figure of the base year; it may be absent only where the package is as published.
  std::optional<TonnesPerYear> figure(TableReader& row, Column column) const {
    if (base_year_ == BaseYear::balanced && column.position != TableReader::absent && row.text(column).empty()) {
      row.report(column, std::string(column.name) + " is empty", "give a value, or solve for it: run lode reconcile");
      return std::nullopt;
    }
    return rate(base_year_ == BaseYear::published ? row.number(column) : row.required_number(column));
  }
  FileProblems problems_of(std::string_view file) { return {package_.path(file), problems_}; }

  /// Opens a table, checks its header against its schema and calls `row(reader, source, note)` for each row.
  template <class Row>
  void read_table(TableId table, Row row) {
    const std::optional<std::string>& text = package_.tables[index_of(table)];
    bool is_incomplete = spec_of(table).is_required;
    if (text) {
      FileProblems problems = problems_of(file_of(table));
      const auto lines = static_cast<std::size_t>(std::count(text->begin(), text->end(), '\n'));
      if (table <= TableId::cover) world_.reserve(static_cast<Table>(table), lines);
      (*places_)[index_of(table)].lines.reserve(lines);
      TableReader reader(spec_of(table), *text, problems, (*places_)[index_of(table)]);
      check_schema(table, reader);
      row(reader);
      is_incomplete = reader.is_incomplete();
    }
    is_incomplete_[index_of(table)] = is_incomplete;
    if (is_incomplete && table <= TableId::cover) world_.mark_incomplete(static_cast<Table>(table));
  }

  /// The schema names the same columns as the header.
  void check_schema(TableId table, const TableReader& reader) {
    const ListedTable& listed = descriptor_.tables[index_of(table)];
    const TablePlaces& places = (*places_)[index_of(table)];
    if (!listed.has_fields || reader.is_incomplete()) return;
    FileProblems descriptor = problems_of("datapackage.json");
    const auto is_column = [&](std::string_view name) {
      return std::any_of(places.fields.begin(), places.fields.end(), [&](const auto& f) { return f.first == name; });
    };
    for (const JsonKey& field : listed.fields) {
      const auto& columns = spec_of(table).columns;
      const bool is_known =
          std::any_of(columns.begin(), columns.end(), [&](const auto& c) { return c.name == field.name; });
      if (!is_known || is_column(field.name)) continue;
      descriptor.add(field.line, field.column,
                     "field " + shown(field.name) + " is not in the header of " + file_of(table),
                     "add the column or remove the field");
    }
    for (const auto& [name, number] : places.fields) {
      const auto is_same = [&, column = std::string_view(name), written = places.header[number - 1]](
                               const JsonKey& field) { return field.name == column || field.name == written; };
      if (std::any_of(listed.fields.begin(), listed.fields.end(), is_same)) continue;
      problems_of(file_of(table))
          .add(1, number, "column " + shown(name) + " is not in the schema of datapackage.json",
               "add the field to the schema or remove the column");
    }
  }

  /// Completes the row that was just added to the builder.
  void settle(TableReader& row, Table table, Column source, Column note) {
    world_.set_provenance(table, row.provenance(source, note, known_sources()));
    if (row.is_reported()) world_.mark_reported(table, row.is_silent());
  }

  void read_sources(std::vector<Source>& sources) {
    read_table(TableId::sources, [&](TableReader& row) {
      const Column id = row.column("id"), title = row.column("title"), publisher = row.column("publisher"),
                   date = row.column("date"), url = row.column("url"), quality = row.column("quality"),
                   source_of = row.column("source"), note = row.column("note");
      while (row.next()) {
        // An assumption has no publisher and no address, so these may be empty.
        Source source{std::string(row.required(id)), std::string(row.required(title)), std::string(row.text(publisher)),
                      std::string(row.text(date)),   std::string(row.text(url)),       {},
                      std::string(row.text(note))};
        source.sources = row.provenance(source_of, note, nullptr).sources;  // checked when all ids are known
        source.quality = static_cast<Quality>(row.required_choice(quality, quality_names, 0));
        const bool is_new = source_ids_.insert(source.id).second;
        if (!source.id.empty() && !is_source_id(source.id)) {
          row.report(id, "id " + shown(source.id) + " is not well formed",
                     "use letters, digits, '_', '.' and '-', beginning with a letter or digit");
        } else if (!source.id.empty() && !is_new) {
          row.report(id, "source " + shown(source.id) + " is there twice", "keep one row for each id");
        }
        sources.push_back(std::move(source));
      }
    });
    check_sources_of_sources();
  }

  /// Rows of sources.csv may cite other rows, which may stand further down: a second pass, when all ids are known.
  void check_sources_of_sources() {
    const std::optional<std::string>& text = package_.tables[index_of(TableId::sources)];
    if (!text || is_incomplete_[index_of(TableId::sources)]) return;
    std::vector<Issue> repeated;
    FileProblems ignored(package_.path(file_of(TableId::sources)), repeated);
    TablePlaces places;
    TableReader row(spec_of(TableId::sources), *text, ignored, places);
    const Column source = row.column("source"), note = row.column("note");
    if (source.position == TableReader::absent) return;
    while (row.next()) {
      repeated.clear();
      (void)row.provenance(source, note, &source_ids_);
      problems_.insert(problems_.end(), repeated.begin(), repeated.end());
    }
  }

  void read_names() {
    read_table(TableId::materials, [&](TableReader& row) {
      const Column id = row.column("id"), name = row.column("name"), source = row.column("source"),
                   note = row.column("note");
      while (row.next()) {
        world_.add_material(std::string(row.required(id)), std::string(row.required(name)));
        settle(row, Table::materials, source, note);
      }
    });
    read_table(TableId::countries, [&](TableReader& row) {
      const Column id = row.column("id"), name = row.column("name"), governance = row.column("governance"),
                   source = row.column("source"), note = row.column("note");
      while (row.next()) {
        const std::string country(row.required(id));
        countries_.emplace(country, CountryId{countries_.size()});
        world_.add_country(country, std::string(row.required(name)), row.number(governance));
        settle(row, Table::countries, source, note);
      }
    });
    read_table(TableId::commodities, [&](TableReader& row) {
      const Column id = row.column("id"), name = row.column("name"), stage = row.column("stage"),
                   source = row.column("source"), note = row.column("note");
      while (row.next()) {
        const std::string commodity(row.required(id));
        commodities_.emplace(commodity, CommodityId{commodities_.size()});
        const std::string title(row.required(name));
        world_.add_commodity(commodity, static_cast<Stage>(row.required_choice(stage, detail::stage_names, 0)), {},
                             title);
        settle(row, Table::commodities, source, note);
      }
    });
    read_table(TableId::composition, [&](TableReader& row) {
      const Column commodity = row.column("commodity"), material = row.column("material"),
                   content = row.column("content"), source = row.column("source"), note = row.column("note");
      while (row.next()) {
        const std::string_view whole = row.required(commodity);
        const std::string_view part = row.required(material);
        world_.add_content(whole, part, row.required_number(content).value_or(0.0));
        settle(row, Table::composition, source, note);
      }
    });
  }

  void read_facilities() {
    read_table(TableId::facilities, [&](TableReader& row) {
      const Column id = row.column("id"), name = row.column("name"), kind = row.column("kind"),
                   country = row.column("country"), baseline = row.column("baseline"),
                   baseline_sd = row.column("baseline_sd"), capacity = row.column("capacity"),
                   operator_name = row.column("operator"), elasticity = row.column("elasticity"),
                   latitude = row.column("latitude"),
                   longitude = row.column("longitude"), source = row.column("source"), note = row.column("note");
      constexpr std::size_t other = static_cast<std::size_t>(FacilityKind::other);
      while (row.next()) {
        const std::string_view own_id = row.required(id);
        const std::string_view own_name = row.required(name);
        const auto own_kind = static_cast<FacilityKind>(row.required_choice(kind, detail::facility_kind_names, other));
        const std::string_view place = row.required(country);
        const std::optional<TonnesPerYear> activity = figure(row, baseline);
        const FacilityId facility =
            world_.add_facility(std::string(own_id), std::string(own_name), own_kind, place, activity,
                                rate(row.number(capacity)), std::string(row.text(operator_name)));
        world_.set_baseline_sd(facility, rate(row.number(baseline_sd)));
        world_.set_elasticity(facility, row.number(elasticity));
        const std::optional<double> north = row.number(latitude);
        world_.set_position(facility, north, row.number(longitude));
        settle(row, Table::facilities, source, note);
      }
    });
  }

  void read_recipes() {
    read_table(TableId::recipes, [&](TableReader& row) {
      const Column facility = row.column("facility"), role = row.column("role"), commodity = row.column("commodity"),
                   amount = row.column("amount"), criticality = row.column("criticality"),
                   source = row.column("source"), note = row.column("note");
      while (row.next()) {
        const std::string_view plant = row.required(facility);
        const std::size_t own_role = row.required_choice(role, role_names, 0);
        const bool role_is_known = row.text(role) == role_names[own_role];
        const std::string_view what = row.required(commodity);
        const double per_tonne = read_amount(row, amount, role_is_known ? role_names[own_role] : std::string_view{});
        const double critical =
            read_criticality(row, criticality, role_is_known ? role_names[own_role] : std::string_view{});
        switch (own_role) {
          case 0:
            world_.add_input(plant, what, per_tonne, critical);
            break;
          case 1:
            world_.add_output(plant, what, per_tonne);
            break;
          case 2:
            world_.add_feed(plant, what);
            break;
          default:
            world_.add_recovery(plant, what, per_tonne);
            break;
        }
        settle(row, Table::recipes, source, note);
      }
    });
  }

  /// Empty for a feed, given for the others; `role` is empty if it is not known.
  static double read_amount(TableReader& row, Column amount, std::string_view role) {
    const bool is_given = !row.text(amount).empty();
    if (role == "feed" && is_given) {
      row.report(amount, "amount " + shown(row.text(amount)) + " of a feed",
                 "leave it empty: a separator's activity is its feed");
    } else if (role != "feed" && !role.empty() && !is_given) {
      row.report(amount,
                 "amount of " + std::string(role == "recovery" ? "a " : "an ") + std::string(role) + " is empty",
                 role == "recovery" ? "give the share that is recovered, above 0 and at most 1"
                                    : "give t of the commodity per t of activity, above 0");
    }
    return row.number(amount).value_or(1.0);
  }

  /// Only an input has a criticality; 1 means nothing anywhere else.
  static double read_criticality(TableReader& row, Column criticality, std::string_view role) {
    const std::optional<double> number = row.number(criticality);
    if (number && *number != 1.0 && !role.empty() && role != "input") {
      row.report(criticality, "criticality " + shown(row.text(criticality)) + " of a row with role " + shown(role),
                 "leave it empty: only inputs have a criticality");
      return 1.0;
    }
    return number.value_or(1.0);
  }

  void read_end_uses() {
    read_table(TableId::end_uses, [&](TableReader& row) {
      const Column id = row.column("id"), name = row.column("name"), country = row.column("country"),
                   sector = row.column("sector"), commodity = row.column("commodity"), demand = row.column("demand"),
                   demand_sd = row.column("demand_sd"), weight = row.column("weight"),
                   elasticity = row.column("elasticity"), unmet = row.column("unmet"), source = row.column("source"),
                   note = row.column("note");
      while (row.next()) {
        const std::string own_id(row.required(id));
        EndUseSpec spec;
        spec.name = row.required(name);
        const std::string_view place = row.required(country);
        spec.sector = row.required(sector);
        spec.takes = row.required(commodity);
        spec.demand = figure(row, demand);
        spec.demand_sd = rate(row.number(demand_sd));
        spec.weight = row.number(weight).value_or(1.0);
        spec.elasticity = row.number(elasticity);
        spec.waits = row.choice(unmet, unmet_names, 0) == 1;
        world_.add_end_use(own_id, place, spec);
        settle(row, Table::end_uses, source, note);
      }
    });
  }

  void read_routes() {
    read_table(TableId::routes, [&](TableReader& row) {
      const Column from = row.column("from"), to = row.column("to"), commodity = row.column("commodity"),
                   flow = row.column("flow"), capacity = row.column("capacity"), cost = row.column("cost"),
                   lead_time = row.column("lead_time_days"), flow_sd = row.column("flow_sd"),
                   source = row.column("source"), note = row.column("note");
      while (row.next()) {
        const std::string_view seller = row.required(from);
        const std::string_view buyer = row.required(to);
        const std::string_view what = row.required(commodity);
        const std::optional<TonnesPerYear> tonnage = figure(row, flow);
        RouteSpec spec;
        spec.capacity = rate(row.number(capacity));
        if (const std::optional<double> usd = row.number(cost)) spec.cost = *usd * usd_per_tonne;
        if (const std::optional<double> wait = row.number(lead_time)) spec.lead_time = *wait * days;
        spec.flow_sd = rate(row.number(flow_sd));
        world_.add_route(seller, buyer, what, tonnage, spec);
        settle(row, Table::routes, source, note);
      }
    });
  }

  void read_stocks() {
    read_table(TableId::stocks, [&](TableReader& row) {
      const Column holder = row.column("holder"), commodity = row.column("commodity"), amount = row.column("amount"),
                   kind = row.column("kind"), source = row.column("source"), note = row.column("note");
      while (row.next()) {
        const std::string_view place = row.required(holder);
        const std::string_view what = row.required(commodity);
        const double held = row.required_number(amount).value_or(0.0);
        world_.add_stock(place, what, held * tonnes,
                         static_cast<StockKind>(row.choice(kind, detail::stock_kind_names, 0)));
        settle(row, Table::stocks, source, note);
      }
    });
  }

  void read_covers() {
    read_table(TableId::cover, [&](TableReader& row) {
      const Column stage = row.column("stage"), country = row.column("country"), length = row.column("days"),
                   low = row.column("days_low"), high = row.column("days_high"), kind = row.column("kind"),
                   source = row.column("source"), note = row.column("note");
      const auto time = [&row](Column column) {
        const std::optional<double> number = row.number(column);
        return number ? std::optional(*number * days) : std::nullopt;
      };
      while (row.next()) {
        const auto own_stage = static_cast<Stage>(row.required_choice(stage, detail::stage_names, 0));
        const std::string_view place = row.required(country);
        const Days held = row.required_number(length).value_or(0.0) * days;
        CoverSpec spec;
        spec.low = time(low);
        spec.high = time(high);
        spec.kind = static_cast<StockKind>(row.choice(kind, cover_kind_names, 0));
        world_.add_cover(own_stage, place, held, spec);
        settle(row, Table::cover, source, note);
      }
    });
  }

  void read_prices(std::vector<Price>& prices) {
    std::set<std::tuple<std::string, std::string, int>> seen;
    read_table(TableId::prices, [&](TableReader& row) {
      const Column commodity = row.column("commodity"), region = row.column("region"), year = row.column("year"),
                   price = row.column("price"), source = row.column("source"), note = row.column("note");
      while (row.next()) {
        Price out;
        const std::string what(row.required(commodity));
        const std::string where(row.required(region));
        out.commodity = find(row, commodity, what, commodities_, TableId::commodities, "commodity");
        if (where != world_region) {
          out.country = find(row, region, where, countries_, TableId::countries, "country");
        }
        const std::string_view when = row.required(year);
        const std::optional<int> number = parse_integer(when);
        if (!when.empty() && (!number || *number < 0)) {
          row.report(year, "year " + shown(when) + " is not a year", "write it like 2024");
        }
        out.year = number.value_or(0);
        const double usd = row.required_number(price).value_or(0.0);
        if (usd < 0.0) row.report(price, "price " + decimal(usd) + " is out of range", "give a number at least 0");
        out.price = usd * usd_per_tonne;
        if (!row.is_reported() && !seen.emplace(what, where, out.year).second) {
          row.report(commodity, "this price of the same commodity, region and year is there twice",
                     "keep one of the two");
        }
        out.provenance = row.provenance(source, note, known_sources());
        prices.push_back(std::move(out));
      }
    });
  }

  void read_totals(std::vector<PublishedTotal>& totals) {
    std::set<std::string> seen;
    read_table(TableId::totals, [&](TableReader& row) {
      const Column id = row.column("id"), value = row.column("value"), sd = row.column("sd"),
                   source = row.column("source"), note = row.column("note");
      const TotalSelectors selectors(row);
      while (row.next()) {
        PublishedTotal out;
        out.id = row.required(id);
        if (!out.id.empty() && !seen.insert(out.id).second) {
          row.report(id, "total " + shown(out.id) + " is there twice", "keep one row for each id");
        }
        out.over = selectors.read(row);
        const auto tonnes = [&row](Column column, std::optional<double> number) {
          if (number && *number < 0.0) {
            row.report(column, std::string(column.name) + ' ' + decimal(*number) + " is out of range",
                       "give a number at least 0");
          }
          return rate(number);
        };
        out.value = tonnes(value, row.required_number(value)).value_or(TonnesPerYear{});
        out.sd = tonnes(sd, row.number(sd));
        out.provenance = row.provenance(source, note, known_sources());
        total_is_reported_.push_back(row.is_reported());
        totals.push_back(std::move(out));
      }
    });
  }

  /// The handle of a name in a table that was read before.
  template <class Id>
  Id find(TableReader& row, Column column, const std::string& name, const std::map<std::string, Id>& known,
          TableId table, const std::string& noun) {
    const auto found = known.find(name);
    if (found != known.end()) return found->second;
    if (name.empty() || is_incomplete_[index_of(table)]) return {};
    std::vector<std::string_view> candidates;
    if (std::is_same_v<Id, CountryId>) candidates.push_back(world_region);
    for (const auto& [candidate, id] : known) candidates.push_back(candidate);
    const std::string suggestion = nearest(name, candidates);
    row.report(
        column, "unknown " + noun + ' ' + shown(name),
        suggestion.empty() ? "add the " + noun + " or correct the name" : "did you mean " + shown(suggestion) + "?");
    return {};
  }

  const PackageText& package_;
  const Descriptor& descriptor_;
  const BaseYear base_year_;
  std::vector<Issue>& problems_;
  std::shared_ptr<std::array<TablePlaces, table_count>> places_ =
      std::make_shared<std::array<TablePlaces, table_count>>();
  std::array<bool, table_count> is_incomplete_{};
  NetworkBuilder world_;
  std::map<std::string, CountryId> countries_;
  std::map<std::string, CommodityId> commodities_;
  TextSet source_ids_;
  std::vector<bool> total_is_reported_;
};

}  // namespace lode::inline LODE_ABI::io_detail
