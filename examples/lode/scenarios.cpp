// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include <lode/date.hpp>
#include <lode/version.hpp>

#include "commands.hpp"
#include "report/text_table.hpp"

namespace program {
namespace {

using Json = nlohmann::ordered_json;

/// The first and last date that a scenario names, in periods and steps.
struct Span {
  std::optional<lode::Date> first, last;

  void add(std::optional<lode::Date> date) {
    if (!date) return;
    first = first ? std::min(*first, *date) : *date;
    last = last ? std::max(*last, *date) : *date;
  }
  void add(const lode::Schedule& schedule) {
    for (const lode::Step& step : schedule.steps()) add(step.date);
  }
  void add(const std::optional<lode::Schedule>& schedule) {
    if (schedule) add(*schedule);
  }
};

Span dates(const lode::Scenario& scenario) {
  Span span;
  for (const lode::Shock& shock : scenario.shocks) {
    span.add(shock.period.start);
    span.add(shock.period.end);
    std::visit(
        [&span](const auto& effect) {
          if constexpr (requires { span.add(effect.factor); }) span.add(effect.factor);
          if constexpr (requires { span.add(effect.rate); }) span.add(effect.rate);
          if constexpr (requires { span.add(effect.approved); }) span.add(effect.approved);
        },
        shock.effect);
  }
  return span;
}

/// The kinds of shocks, each once, in order of appearance.
std::vector<std::string> kinds(const lode::Scenario& scenario) {
  std::vector<std::string> kinds;
  for (const lode::Shock& shock : scenario.shocks) {
    std::string kind(lode::kind_of(shock.effect));
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(std::move(kind));
  }
  return kinds;
}

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::string date_text(std::optional<lode::Date> date, const char* otherwise) {
  return date ? lode::to_string(*date) : otherwise;
}

Json date_json(std::optional<lode::Date> date) {
  return date ? Json(lode::to_string(*date)) : Json();
}

/// Titles come last and take as many lines as they need, so that no name is shortened: it has to be typed.
std::string scenarios_text(const std::vector<lode::Scenario>& scenarios) {
  using namespace lode::detail;
  const auto table = [&](std::size_t title_width) {
    TextTable rows({{.head = "Scenario"},
                    {.head = "Shocks", .number = true},
                    {.head = "First date"},
                    {.head = "Last date"},
                    {.head = "Title [kinds of shock]"}});
    for (const lode::Scenario& scenario : scenarios) {
      const Span span = dates(scenario);
      const std::string kinds_text = scenario.shocks.empty() ? "" : " [" + joined(kinds(scenario), ", ") + ']';
      const std::vector<std::string> title = lines_of(label(scenario.title, scenario.name) + kinds_text, title_width);
      rows.add_row({scenario.name, count_text(scenario.shocks.size()), date_text(span.first, "-"),
                    date_text(span.last, "-"), title.front()});
      for (std::size_t line = 1; line < title.size(); ++line) rows.add_row({"", "", "", "", title[line]});
    }
    return rows;
  };
  std::size_t title_width = report_width;
  while (title_width > 30 && table(title_width).width() > report_width) --title_width;
  return table(title_width).text();
}

}  // namespace

std::string list_scenarios(const Inputs& inputs, Format format) {
  const lode::Dataset& dataset = *inputs.dataset;
  const auto& listed = inputs.scenarios.empty() ? dataset.scenarios : inputs.scenarios;
  if (format == Format::json) {
    Json rows = Json::array();
    for (const lode::Scenario& scenario : listed) {
      const Span span = dates(scenario);
      rows.push_back({{"name", scenario.name},
                      {"title", scenario.title},
                      {"description", scenario.description},
                      {"source", scenario.sources},
                      {"at", date_json(scenario.at)},
                      {"shocks", scenario.shocks.size()},
                      {"kinds", kinds(scenario)},
                      {"first_date", date_json(span.first)},
                      {"last_date", date_json(span.last)}});
    }
    return dump({{"lode", lode::version}, {"data", dataset.about.name}, {"scenarios", rows}});
  }
  if (format == Format::csv) {
    std::string text = csv_row({"name", "title", "shocks", "kinds", "first_date", "last_date", "at"});
    for (const lode::Scenario& scenario : listed) {
      const Span span = dates(scenario);
      text +=
          csv_row({scenario.name, scenario.title, std::to_string(scenario.shocks.size()), joined(kinds(scenario), ";"),
                   date_text(span.first, ""), date_text(span.last, ""), date_text(scenario.at, "")});
    }
    return text;
  }
  if (listed.empty()) return "The data set " + dataset.about.name + " has no scenarios.\n";
  return scenarios_text(listed);
}

}  // namespace program
