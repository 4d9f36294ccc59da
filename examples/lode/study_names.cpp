// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "study_names.hpp"

#include <string_view>
#include <vector>

#include <lode/error.hpp>

#include "exit_code.hpp"

namespace program {
namespace {

/// `list` are the rows to choose from.
template <class Rows>
[[noreturn]] void refuse(const std::string& option, const std::string& id, const lode::Dataset& dataset,
                         const std::string& what, const Rows& list) {
  constexpr std::size_t most = 12;
  std::vector<std::string_view> ids;
  for (const auto& row : list) ids.push_back(row.id);
  const std::string near = lode::nearest(id, ids);
  std::string text =
      "lode: the option " + option + " names \"" + id + "\", which is no " + what + " of " + dataset.about.name;
  if (!near.empty()) text += "; did you mean " + near + '?';
  text += near.empty() ? "; it has " : " It has ";
  for (std::size_t i = 0; i < std::min(ids.size(), most); ++i) text += (i == 0 ? "" : ", ") + std::string(ids[i]);
  if (ids.size() > most) text += " and " + std::to_string(ids.size() - most) + " more";
  throw Failure(ExitCode::bad_usage, text + "; lode info lists them");
}

}  // namespace

std::optional<lode::MaterialId> material_named(const lode::Dataset& dataset, const std::optional<std::string>& id) {
  if (!id) return std::nullopt;
  const std::optional<lode::MaterialId> found = dataset.network.find_material(*id);
  if (!found) refuse("--material", *id, dataset, "material", dataset.network.materials());
  return found;
}
std::optional<lode::CountryId> country_named(const lode::Dataset& dataset, const std::optional<std::string>& id) {
  if (!id) return std::nullopt;
  const std::optional<lode::CountryId> found = dataset.network.find_country(*id);
  if (!found) refuse("--country", *id, dataset, "country", dataset.network.countries());
  return found;
}
std::optional<lode::EndUseId> end_use_named(const lode::Dataset& dataset, const std::optional<std::string>& id) {
  if (!id) return std::nullopt;
  const std::optional<lode::EndUseId> found = dataset.network.find_end_use(*id);
  if (!found) refuse("--end-use", *id, dataset, "end use", dataset.network.end_uses());
  return found;
}

}  // namespace program
