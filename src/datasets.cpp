// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/datasets.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include <io/embedded.hpp>
#include <io/package_text.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {

extern const EmbeddedDataset embedded_gallium_germanium_2022;
extern const EmbeddedDataset embedded_rare_earth_magnets_2024;
extern const EmbeddedDataset embedded_rare_earth_magnets_2024_published;

namespace {

/// A built-in data set as a folder.
PackageText files_of(const EmbeddedDataset& embedded) {
  PackageText package;
  package.folder = embedded.name;
  for (const EmbeddedFile& file : embedded.files) {
    std::string text;
    for (const std::string_view piece : file.pieces) text += piece;
    package.add(file.name, std::move(text));
  }
  return package;
}

/// A data set that balances; its lead scenario comes first.
Dataset load(const EmbeddedDataset& embedded, std::string_view lead) {
  Dataset dataset = read_package(files_of(embedded)).dataset;
  std::stable_partition(dataset.scenarios.begin(), dataset.scenarios.end(),
                        [lead](const Scenario& scenario) { return scenario.name == lead; });
  return dataset;
}

template <const EmbeddedDataset& embedded>
const Dataset& loaded(std::string_view lead) {
  static const Dataset dataset = load(embedded, lead);
  return dataset;
}

template <const EmbeddedDataset& embedded>
const LoadedObservations& published() {
  static const LoadedObservations figures = read_published(files_of(embedded));
  return figures;
}

struct BuiltIn {
  std::string_view name;
  std::string_view lead_scenario;
  const Dataset& (*dataset)(std::string_view lead);
};

/// Every built-in data set, the default first. A new one is a line here and its `extern` above.
constexpr BuiltIn built_in[] = {
    {"rare-earth-magnets-2024", "april-2025-licensing", loaded<embedded_rare_earth_magnets_2024>},
    {"gallium-germanium-2022", "ga-ge-licences-2023", loaded<embedded_gallium_germanium_2022>},
};

/// Figures to reconcile, the default first.
struct BuiltInFigures {
  std::string_view name;
  const LoadedObservations& (*figures)();
};
constexpr BuiltInFigures built_in_figures[] = {
    {"rare-earth-magnets-2024-published", published<embedded_rare_earth_magnets_2024_published>},
    {"rare-earth-magnets-2024", published<embedded_rare_earth_magnets_2024>},
    {"gallium-germanium-2022", published<embedded_gallium_germanium_2022>},
};

const BuiltIn* look_up(std::string_view name) {
  const BuiltIn* found =
      std::find_if(std::begin(built_in), std::end(built_in), [name](const BuiltIn& it) { return it.name == name; });
  return found == std::end(built_in) ? nullptr : found;
}

}  // namespace

}  // namespace io_detail

namespace datasets {

const Dataset& rare_earth_magnets_2024() {
  return *find("rare-earth-magnets-2024");
}

const Dataset& gallium_germanium_2022() {
  return *find("gallium-germanium-2022");
}

std::vector<std::string_view> names() {
  std::vector<std::string_view> all;
  for (const io_detail::BuiltIn& it : io_detail::built_in) all.push_back(it.name);
  return all;
}

const Dataset* find(std::string_view name) {
  const io_detail::BuiltIn* it = io_detail::look_up(name);
  return it == nullptr ? nullptr : &it->dataset(it->lead_scenario);
}

std::vector<std::string_view> published_names() {
  std::vector<std::string_view> all;
  for (const io_detail::BuiltInFigures& it : io_detail::built_in_figures) all.push_back(it.name);
  return all;
}

const LoadedObservations* find_published(std::string_view name) {
  for (const io_detail::BuiltInFigures& it : io_detail::built_in_figures) {
    if (it.name == name) return &it.figures();
  }
  return nullptr;
}

std::string_view lead_scenario(std::string_view dataset) {
  const io_detail::BuiltIn* it = io_detail::look_up(dataset);
  return it == nullptr ? std::string_view{} : it->lead_scenario;
}

}  // namespace datasets

}  // namespace lode::inline LODE_ABI
