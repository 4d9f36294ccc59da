// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <io/scenario_reader.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include <io/json_checks.hpp>
#include <io/shock_reader.hpp>
#include <io/text_file.hpp>
#include <lode/io/data_package.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {

namespace {

using Type = JsonValue::Type;

void read_name(const JsonValue& root, std::string_view stem, JsonChecks& check, Scenario& scenario) {
  const std::optional<std::string> name = check.required_text(root, "name", "the scenario");
  if (!name) return;
  scenario.name = *name;
  if (*name == stem) return;
  check.report(*root.find("name"), "name " + shown(*name) + " is not that of the file, " + shown(stem),
               "rename the file or the scenario so that they agree");
}

void read_sources(const JsonValue& list, JsonChecks& check, Scenario& scenario) {
  if (!check.expect(list, Type::array, "source", "a list of ids: [\"S1\"]")) return;
  for (const JsonValue& item : list.items) {
    const std::optional<std::string> id = check.text(item, "an item of source");
    if (!id) continue;
    if (!is_source_id(*id)) {
      check.report(item, "source id " + shown(*id) + " is not well formed",
                   "use letters, digits, '_', '.' and '-', beginning with a letter or digit");
    }
    scenario.sources.push_back(*id);
  }
}

void read_shocks(const JsonValue& list, JsonChecks& check, ParsedScenario& out) {
  if (!check.expect(list, Type::array, "shocks", "a list of objects")) return;
  ShockReader reader(check.problems());
  for (const JsonValue& item : list.items) {
    const std::size_t before = check.problems().count();
    // A shock that can not be read keeps its place in the list, so that the others keep their numbers.
    Shock shock = reader.read(item).value_or(Shock{CapacityShock{}, Period{}});
    shock.at = out.scenario.at;
    shock.origin = out.origin;
    shock.pointer = "/shocks/" + std::to_string(out.scenario.shocks.size());
    out.scenario.shocks.push_back(std::move(shock));
    out.is_bad.push_back(check.problems().count() > before);
  }
}

}  // namespace

bool is_source_id(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return !text.empty() && plain(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return plain(c) || c == '_' || c == '.' || c == '-'; });
}

std::optional<ParsedScenario> parse_scenario(std::string_view text, std::string_view name, FileProblems& problems) {
  static constexpr std::array<std::string_view, 6> keys{"name", "title", "description", "source", "at", "shocks"};
  std::optional<JsonValue> json = read_json(text, problems);
  JsonChecks check(problems);
  if (!json || !check.expect(*json, Type::object, "the scenario", "an object: { ... }")) return std::nullopt;
  ParsedScenario out;
  out.origin = std::make_shared<JsonOrigin>(problems.file(), std::move(*json));
  const JsonValue& root = out.origin->root();
  check.refuse_unknown(root, keys, "the scenario");
  read_name(root, name, check, out.scenario);
  out.scenario.title = check.optional_text(root, "title");
  out.scenario.description = check.optional_text(root, "description");
  if (const JsonValue* sources = root.find("source")) read_sources(*sources, check, out.scenario);
  if (const JsonValue* at = root.find("at")) out.scenario.at = read_date(check, *at, "at");
  if (const JsonValue* shocks = check.require(root, "shocks", "the scenario")) read_shocks(*shocks, check, out);
  return out;
}

}  // namespace io_detail

Scenario read_scenario(const std::string& file) {
  const auto fail = [&](std::string what, std::string mend) {
    throw IoError({{{file, 1, 1}, std::move(what), std::move(mend)}});
  };
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) fail("there is no scenario file of this name", "correct the path");
  if (std::filesystem::is_directory(status)) fail("this is a folder", "name a scenario file");
  std::string reason;
  const std::optional<std::string> text = io_detail::read_text_file(file, reason);
  if (!text) fail("the file can not be read: " + reason, "check its permissions");
  std::vector<Issue> problems;
  io_detail::FileProblems of_file(file, problems);
  std::optional<io_detail::ParsedScenario> parsed =
      io_detail::parse_scenario(*text, std::filesystem::path(file).stem().string(), of_file);
  if (!problems.empty()) throw InvalidData(std::move(problems));
  return std::move(parsed->scenario);
}

}  // namespace lode::inline LODE_ABI
