// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/datasets.hpp>

#include <algorithm>
#include <string>
#include <utility>

#include <io/embedded.hpp>
#include <io/package_text.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {

extern const EmbeddedDataset embedded_rare_earth_magnets_2024;

namespace {

constexpr std::string_view magnets_name = "rare-earth-magnets-2024";
constexpr std::string_view magnets_lead = "april-2025-licensing";

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

}  // namespace

}  // namespace io_detail

namespace datasets {

const Dataset& rare_earth_magnets_2024() {
  static const Dataset dataset = io_detail::load(io_detail::embedded_rare_earth_magnets_2024, io_detail::magnets_lead);
  return dataset;
}

std::vector<std::string_view> names() {
  return {io_detail::magnets_name};
}

const Dataset* find(std::string_view name) {
  return name == io_detail::magnets_name ? &rare_earth_magnets_2024() : nullptr;
}

std::vector<std::string_view> published_names() {
  return {io_detail::magnets_name};
}

const LoadedObservations* find_published(std::string_view name) {
  static const LoadedObservations balanced =
      io_detail::read_published(io_detail::files_of(io_detail::embedded_rare_earth_magnets_2024));
  return name == io_detail::magnets_name ? &balanced : nullptr;
}

std::string_view lead_scenario(std::string_view dataset) {
  return dataset == io_detail::magnets_name ? io_detail::magnets_lead : std::string_view{};
}

}  // namespace datasets

}  // namespace lode::inline LODE_ABI
