// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <io/csv_text.hpp>
#include <io/folder_writer.hpp>
#include <io/json_writer.hpp>
#include <io/package_tables.hpp>
#include <io/package_text.hpp>
#include <io/scenario_writer.hpp>
#include <io/total_selectors.hpp>
#include <lode/io/data_package.hpp>
#include <lode/version.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {

namespace {

template <class Quantity, class Unit>
std::string cell(const std::optional<Quantity>& quantity, Unit unit) {
  return quantity ? decimal(quantity->in(unit)) : std::string{};
}
std::string cell(const std::optional<double>& number) {
  return number ? decimal(*number) : std::string{};
}
/// Empty for the number that an empty cell means.
std::string cell_unless(double number, double absent) {
  return number == absent ? std::string{} : decimal(number);
}

std::string joined(const std::vector<std::string>& sources) {
  std::string text;
  for (const std::string& source : sources) text += (text.empty() ? "" : ";") + source;
  return text;
}

/// The rows of a table, with a cell for each column of its spec; optional columns nobody uses are left out.
class TableWriter {
 public:
  explicit TableWriter(TableId table) : spec_(spec_of(table)) {}

  /// The cells but `source` and `note`, in the order of the spec.
  void add(std::vector<std::string> cells, const Provenance& provenance) {
    cells.push_back(joined(provenance.sources));
    cells.push_back(provenance.note);
    rows_.push_back(std::move(cells));
  }

  [[nodiscard]] bool is_empty() const { return rows_.empty(); }

  /// The columns that are written.
  [[nodiscard]] std::vector<std::size_t> columns() const {
    std::vector<std::size_t> used;
    for (std::size_t c = 0; c < spec_.columns.size(); ++c) {
      const bool is_used = std::any_of(rows_.begin(), rows_.end(), [c](const auto& row) { return !row[c].empty(); });
      if (is_used || spec_.columns[c].is_required) used.push_back(c);
    }
    return used;
  }

  [[nodiscard]] std::string text() const {
    const std::vector<std::size_t> used = columns();
    std::string out;
    for (const std::size_t c : used) out += (c == used.front() ? "" : ",") + std::string(spec_.columns[c].name);
    out += '\n';
    for (const std::vector<std::string>& row : rows_) {
      for (const std::size_t c : used) out += (c == used.front() ? "" : ",") + csv_cell(row[c]);
      out += '\n';
    }
    return out;
  }

 private:
  const TableSpec& spec_;
  std::vector<std::vector<std::string>> rows_;
};

/// Turns a data set into the files of a folder.
class PackageWriter {
 public:
  explicit PackageWriter(const Dataset& dataset, const Unmeasured& unmeasured = {})
      : dataset_(dataset),
        network_(dataset.network),
        has_baseline_(network_.facilities().size(), true),
        has_demand_(network_.end_uses().size(), true),
        has_flow_(network_.routes().size(), true) {
    for (const FacilityId id : unmeasured.baselines) has_baseline_.at(id.index()) = false;
    for (const EndUseId id : unmeasured.demands) has_demand_.at(id.index()) = false;
    for (const RouteId id : unmeasured.flows) has_flow_.at(id.index()) = false;
  }

  [[nodiscard]] std::map<std::string, std::string> files() {
    add_names();
    add_facilities();
    add_end_uses();
    add_routes();
    add_stocks();
    add_covers();
    add_prices();
    add_totals();
    add_sources();
    std::map<std::string, std::string> files;
    files["datapackage.json"] = descriptor();
    for (std::size_t i = 0; i < table_count; ++i) {
      if (is_written(i)) files[std::string(table_specs[i].name) + ".csv"] = tables_[i].text();
    }
    for (const Scenario& scenario : dataset_.scenarios) {
      files["scenarios/" + scenario.name + ".json"] = to_json(scenario);
    }
    return files;
  }

 private:
  TableWriter& table(TableId id) { return tables_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] bool is_written(std::size_t i) const { return table_specs[i].is_required || !tables_[i].is_empty(); }

  void add_names() {
    for (const Material& row : network_.materials()) table(TableId::materials).add({row.id, row.name}, row.provenance);
    for (const Country& row : network_.countries()) {
      table(TableId::countries).add({row.id, row.name, cell(row.governance)}, row.provenance);
    }
    for (const Commodity& row : network_.commodities()) {
      table(TableId::commodities).add({row.id, row.name, std::string(to_string(row.stage))}, row.provenance);
      for (const Content& part : row.composition) {
        table(TableId::composition).add({row.id, network_[part.material].id, decimal(part.content)}, part.provenance);
      }
    }
  }

  /// Empty where a figure was not measured.
  [[nodiscard]] static std::string figure(TonnesPerYear value, bool is_measured) {
    return is_measured ? decimal(value.in(tonnes_per_year)) : std::string{};
  }

  void add_facilities() {
    for (std::size_t f = 0; f < has_baseline_.size(); ++f) {
      const Facility& row = network_.facilities()[f];
      table(TableId::facilities)
          .add({row.id, row.name, std::string(to_string(row.kind)), network_[row.country].id,
                figure(row.baseline, has_baseline_[f]), cell(row.baseline_sd, tonnes_per_year),
                cell(row.capacity, tonnes_per_year), row.operator_name, cell(row.elasticity),
                cell(row.latitude), cell(row.longitude)},
               row.provenance);
      const auto add = [&](std::string_view role, const auto& entry, std::string amount, std::string criticality) {
        table(TableId::recipes)
            .add({row.id, std::string(role), network_[entry.commodity].id, std::move(amount), std::move(criticality)},
                 entry.provenance);
      };
      for (const Input& entry : row.inputs) {
        add("input", entry, decimal(entry.amount), cell_unless(entry.criticality, 1.0));
      }
      for (const Output& entry : row.outputs) add("output", entry, decimal(entry.amount), "");
      for (const Feed& entry : row.feeds) add("feed", entry, "", "");
      for (const Recovery& entry : row.recoveries) add("recovery", entry, decimal(entry.recovery), "");
    }
  }

  void add_end_uses() {
    for (std::size_t e = 0; e < has_demand_.size(); ++e) {
      const EndUse& row = network_.end_uses()[e];
      table(TableId::end_uses)
          .add({row.id, row.name, network_[row.country].id, row.sector, network_[row.commodity].id,
                figure(row.demand, has_demand_[e]), cell(row.demand_sd, tonnes_per_year), cell_unless(row.weight, 1.0),
                cell(row.elasticity), row.waits ? std::string(unmet_names[1]) : std::string{}},
               row.provenance);
    }
  }

  void add_routes() {
    for (std::size_t r = 0; r < has_flow_.size(); ++r) {
      const Route& row = network_.routes()[r];
      table(TableId::routes)
          .add({network_.id(row.from), network_.id(row.to), network_[row.commodity].id,
                figure(row.flow, has_flow_[r]), cell(row.capacity, tonnes_per_year),
                cell(row.cost, usd_per_tonne), cell(row.lead_time, days), cell(row.flow_sd, tonnes_per_year)},
               row.provenance);
    }
  }

  void add_stocks() {
    for (const Stock& row : network_.stocks()) {
      std::string kind(row.kind == StockKind::input ? std::string_view{} : to_string(row.kind));
      table(TableId::stocks)
          .add({network_.id(row.holder), network_[row.commodity].id, decimal(row.amount.in(tonnes)), std::move(kind)},
               row.provenance);
    }
  }

  void add_covers() {
    for (const Cover& row : network_.covers()) {
      std::string kind(row.kind == StockKind::input ? std::string_view{} : to_string(row.kind));
      table(TableId::cover)
          .add({std::string(to_string(row.stage)),
                row.country.valid() ? network_[row.country].id : std::string(every_country), decimal(row.days.in(days)),
                cell(row.low, days), cell(row.high, days), std::move(kind)},
               row.provenance);
    }
  }

  void add_prices() {
    for (const Price& row : dataset_.prices) {
      table(TableId::prices)
          .add({network_[row.commodity].id, row.country.valid() ? network_[row.country].id : std::string(world_region),
                std::to_string(row.year), decimal(row.price.in(usd_per_tonne))},
               row.provenance);
    }
  }

  void add_totals() {
    for (const PublishedTotal& row : dataset_.totals) {
      std::vector<std::string> cells{row.id, std::string(quantity_of(row.over)), decimal(row.value.in(tonnes_per_year)),
                                     cell(row.sd, tonnes_per_year)};
      for (const std::string_view column : selector_names) cells.push_back(selector_text(row.over, column));
      table(TableId::totals).add(std::move(cells), row.provenance);
    }
  }

  void add_sources() {
    for (const Source& row : dataset_.sources) {
      table(TableId::sources)
          .add({row.id, row.title, row.publisher, row.date, row.url,
                std::string(quality_names[static_cast<std::size_t>(row.quality)])},
               {row.sources, row.note});
    }
  }

  [[nodiscard]] std::string descriptor() const {
    constexpr JsonWriter::Layout flat = JsonWriter::Layout::flat;
    const Description& about = dataset_.about;
    JsonWriter json;
    json.open('{').key("name").text(about.name);
    if (!about.title.empty()) json.key("title").text(about.title);
    json.key("version").text(about.version);
    if (!about.description.empty()) json.key("description").text(about.description);
    json.key("lode_format").raw(std::to_string(data_format)).key("base_year").raw(std::to_string(about.base_year));
    json.key("licenses").raw(about.licenses_json);
    for (const auto& [key, value] : about.extra) json.key(key).raw(value);
    json.key("resources").open('[');
    for (std::size_t i = 0; i < table_count; ++i) {
      if (!is_written(i)) continue;
      const TableSpec& spec = table_specs[i];
      json.open('{').key("name").text(spec.name).key("title").text(spec.title);
      json.key("path").text(std::string(spec.name) + ".csv").key("schema").open('{').key("fields").open('[');
      for (const std::size_t c : tables_[i].columns()) {
        json.open('{', flat).key("name").text(spec.columns[c].name).key("type").text(spec.columns[c].type).close();
      }
      json.close().close().close();
    }
    json.close().close();
    return std::move(json).finish();
  }

  const Dataset& dataset_;
  const Network& network_;
  std::vector<bool> has_baseline_, has_demand_, has_flow_;
  std::array<TableWriter, table_count> tables_ = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<TableWriter, table_count>{TableWriter(static_cast<TableId>(I))...};
  }
  (std::make_index_sequence<table_count>{});
};

/// A scenario's name becomes the name of a file.
void check_scenario_names(const Dataset& dataset, const std::string& folder) {
  std::vector<Issue> problems;
  std::vector<std::string_view> names;
  for (const Scenario& scenario : dataset.scenarios) {
    const std::string& name = scenario.name;
    const Place place{folder + ": scenario \"" + name + '"', 0, 0};
    if (name.empty() || name.front() == '.' || name.find_first_of(std::string_view("/\\:\0", 4)) != std::string::npos) {
      problems.push_back({place, "its name can not be the name of a file", "rename it"});
    }
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      problems.push_back({place, "there are two scenarios of this name", "rename one of them"});
    }
    names.push_back(name);
  }
  if (!problems.empty()) throw InvalidData(std::move(problems));
}

/// Reads the files back from memory: what is written must be legal and say the same.
template <class Read>
void check_files(const Dataset& dataset, const std::string& folder, const std::map<std::string, std::string>& files,
                 Read read) {
  PackageText package;
  package.folder = folder;
  for (const auto& [name, text] : files) package.add(name, text);
  const Dataset again = read(std::move(package)).dataset;
  Dataset expected = dataset;
  std::sort(expected.scenarios.begin(), expected.scenarios.end(),
            [](const Scenario& a, const Scenario& b) { return a.name < b.name; });
  if (again == expected) return;
  throw InvalidData({{{folder, 1, 1},
                      "this data set would not be the same when read back",
                      "its texts or the days of its scenarios hold something that files can not express"}});
}

}  // namespace

}  // namespace io_detail

void write_dataset(const Dataset& dataset, const std::string& folder) {
  io_detail::check_scenario_names(dataset, folder);
  const std::map<std::string, std::string> files = io_detail::PackageWriter(dataset).files();
  io_detail::check_files(dataset, folder, files, io_detail::read_package);
  io_detail::FolderWriter(folder).write(files);
}

void write_observations(const LoadedObservations& published, const std::string& folder) {
  io_detail::check_scenario_names(published.dataset, folder);
  const std::map<std::string, std::string> files =
      io_detail::PackageWriter(published.dataset, published.found.unmeasured).files();
  io_detail::check_files(published.dataset, folder, files, io_detail::read_published);
  io_detail::FolderWriter(folder).write(files);
}

std::string to_json(const Scenario& scenario) {
  io_detail::JsonWriter json;
  json.open('{').key("name").text(scenario.name);
  if (!scenario.title.empty()) json.key("title").text(scenario.title);
  if (!scenario.description.empty()) json.key("description").text(scenario.description);
  if (!scenario.sources.empty()) {
    json.key("source").open('[', io_detail::JsonWriter::Layout::flat);
    for (const std::string& source : scenario.sources) json.text(source);
    json.close();
  }
  if (scenario.at) json.key("at").text(to_string(*scenario.at));
  json.key("shocks").open('[');
  io_detail::ShockWriter writer(json);
  for (const Shock& shock : scenario.shocks) writer.write(shock);
  json.close().close();
  return std::move(json).finish();
}

}  // namespace lode::inline LODE_ABI
