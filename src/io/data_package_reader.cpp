// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <io/package_descriptor.hpp>
#include <io/package_folder.hpp>
#include <io/package_text.hpp>
#include <io/scenario_reader.hpp>
#include <io/tables_reader.hpp>
#include <lode/disruption.hpp>
#include <lode/io/data_package.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {

namespace {

/// Reads the files of one data package and puts the data set together.
class PackageReader {
 public:
  PackageReader(PackageText package, BaseYear base_year)
      : package_(std::move(package)), base_year_(base_year), problems_(package_.problems) {}

  LoadedObservations read() {
    read_descriptor();
    TablesReader tables(package_, descriptor_, base_year_, problems_);
    NetworkBuilder::Outcome outcome = tables.read(dataset_);
    if (outcome.network) {
      dataset_.network = std::move(*outcome.network);
      tables.check_totals(dataset_);
    }
    read_scenarios(outcome.network.has_value(), tables.known_sources());
    if (!problems_.empty()) throw InvalidData(sorted());
    Observations found{dataset_.network, std::move(outcome.unmeasured), dataset_.totals};
    return {std::move(dataset_), std::move(found), std::move(outcome.warnings), tables.figure_locator()};
  }

 private:
  FileProblems problems_of(std::string_view file) { return {package_.path(file), problems_}; }

  void read_descriptor() {
    FileProblems problems = problems_of("datapackage.json");
    if (package_.descriptor) descriptor_ = DescriptorReader(problems).read(*package_.descriptor);
    dataset_.about = descriptor_.about;
    for (std::size_t i = 0; i < table_count; ++i) check_listing(static_cast<TableId>(i));
  }

  /// Every table is listed if and only if it is there, and required ones are. A table that is there is read even if it
  /// is not listed, so that its rows are known.
  void check_listing(TableId table) {
    const bool is_there = package_.tables[index_of(table)].has_value();
    const bool is_listed = descriptor_.tables[index_of(table)].is_listed;
    const std::string path = package_.path(TablesReader::file_of(table));
    const bool is_refused =
        std::any_of(problems_.begin(), problems_.end(), [&](const Issue& issue) { return issue.place.file == path; });
    if (is_refused) return;
    if (is_there && !is_listed && descriptor_.is_readable) {
      problems_.push_back({{path, 1, 1}, "no resource of datapackage.json lists this table", "add a resource for it"});
    } else if (!is_there && is_listed) {
      problems_.push_back({{path, 1, 1},
                           "datapackage.json lists this table but the file is missing",
                           "add the file or remove the resource"});
    } else if (!is_there && spec_of(table).is_required) {
      problems_.push_back(
          {{path, 1, 1}, "this required table is missing", "add the file, a header row at least, and list it"});
    }
  }

  void read_scenarios(bool has_network, const TextSet* sources) {
    for (const auto& [name, text] : package_.scenarios) {
      FileProblems problems = problems_of("scenarios/" + name + ".json");
      std::optional<ParsedScenario> parsed = parse_scenario(text, name, problems);
      if (!parsed) continue;
      check_sources(*parsed, sources, problems);
      if (has_network) check_names(*parsed);
      dataset_.scenarios.push_back(std::move(parsed->scenario));
    }
  }

  static void check_sources(const ParsedScenario& parsed, const TextSet* known, FileProblems& problems) {
    const JsonValue* list = parsed.origin->root().find("source");
    if (list == nullptr || known == nullptr) return;
    for (const JsonValue& item : list->items) {
      if (!item.is(JsonValue::Type::text) || !is_source_id(item.text) || known->contains(item.text)) continue;
      std::vector<std::string_view> candidates(known->begin(), known->end());
      std::sort(candidates.begin(), candidates.end());
      const std::string suggestion = nearest(item.text, candidates);
      problems.add(
          item.line, item.column, "unknown source " + shown(item.text),
          suggestion.empty() ? "add it to sources.csv or correct the id" : "did you mean " + shown(suggestion) + "?");
    }
  }

  /// The names that the scenario selects exist. What the reader has reported already is not said again, nor that a
  /// shock with a problem of its own does nothing.
  void check_names(const ParsedScenario& parsed) {
    std::set<Place> known;
    for (const Issue& issue : problems_) known.insert(issue.place);
    for (std::size_t i = 0; i < parsed.scenario.shocks.size(); ++i) {
      if (parsed.is_bad[i]) known.insert(parsed.origin->at(parsed.scenario.shocks[i].pointer));
    }
    for (Issue& issue : check(dataset_.network, parsed.scenario)) {
      if (!known.contains(issue.place)) problems_.push_back(std::move(issue));
    }
  }

  /// The problems file by file, in the order of the contract, by line and column.
  [[nodiscard]] std::vector<Issue> sorted() const {
    std::map<std::string, std::size_t> order;
    order.emplace(package_.path("datapackage.json"), order.size());
    for (const TableSpec& table : table_specs)
      order.emplace(package_.path(std::string(table.name) + ".csv"), order.size());
    const auto rank = [&](const Issue& issue) {
      const auto found = order.find(issue.place.file);
      return found == order.end() ? order.size() : found->second;
    };
    std::vector<std::pair<std::size_t, const Issue*>> ranked;
    for (const Issue& issue : problems_) ranked.emplace_back(rank(issue), &issue);
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
      return std::tie(a.first, a.second->place) < std::tie(b.first, b.second->place);
    });
    std::vector<Issue> result;
    for (const auto& [position, issue] : ranked) result.push_back(*issue);
    return result;
  }

  PackageText package_;
  const BaseYear base_year_;
  std::vector<Issue>& problems_;
  Descriptor descriptor_;
  Dataset dataset_;
};

}  // namespace

PackageText read_folder(const std::string& folder) {
  return FolderReader(folder).read();
}

LoadedDataset read_package(PackageText package) {
  LoadedObservations loaded = PackageReader(std::move(package), BaseYear::balanced).read();
  return {std::move(loaded.dataset), std::move(loaded.warnings)};
}

LoadedObservations read_published(PackageText package) {
  return PackageReader(std::move(package), BaseYear::published).read();
}

}  // namespace io_detail

LoadedDataset read_dataset(const std::string& folder) {
  return io_detail::read_package(io_detail::read_folder(folder));
}

LoadedObservations read_observations(const std::string& folder) {
  return io_detail::read_published(io_detail::read_folder(folder));
}

}  // namespace lode::inline LODE_ABI
