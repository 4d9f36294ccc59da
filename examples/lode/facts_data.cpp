// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <utility>

#include <nlohmann/json.hpp>

#include <lode/detail/text.hpp>

#include "facts_report.hpp"
#include "output.hpp"
#include "total_facts.hpp"

namespace program {
namespace {

using Json = nlohmann::ordered_json;
using lode::detail::number_text;

Json quality_json(const QualityCounts& rows) {
  Json quality = Json::object();
  for (std::size_t q = 0; q < quality_names.size(); ++q) quality[std::string(quality_names[q])] = rows[q];
  return quality;
}

Json number_or_null(std::optional<double> number) {
  return number ? Json(*number) : Json();
}

}  // namespace

void add_facts(Json& document, const lode::Dataset& dataset) {
  const lode::Network& network = dataset.network;
  Json totals = Json::array(), uncertainties = Json::array();
  for (const TotalFacts& facts : total_facts(dataset)) {
    const lode::CountryId largest = facts.total.largest;
    totals.push_back({{"stage", facts.total.what},
                      {"material", network[facts.total.material].id},
                      {"tonnes", facts.total.tonnes},
                      {"largest_country", largest.valid() ? Json(network[largest].id) : Json()},
                      {"largest_share", facts.total.largest_share},
                      {"sd", number_or_null(facts.sd())},
                      {"relative_sd", number_or_null(facts.relative_sd())},
                      {"stated_share", facts.stated_share().value_or(0.0)},
                      {"quality", quality_json(facts.rows)}});
  }
  for (const Uncertainty& row : stated_uncertainties(dataset)) {
    uncertainties.push_back({{"stage", row.stage},
                             {"material", network[row.material].id},
                             {"figure", row.figure},
                             {"id", row.id},
                             {"to", row.to.empty() ? Json() : Json(row.to)},
                             {"commodity", row.commodity.empty() ? Json() : Json(row.commodity)},
                             {"country", network[row.country].id},
                             {"tonnes", row.tonnes},
                             {"sd", row.sd},
                             {"relative_sd", number_or_null(share_of(row.sd, row.tonnes))},
                             {"quality", quality_names[row.quality]}});
  }
  document["totals"] = std::move(totals);
  document["quality"] = quality_json(rows_by_quality(dataset));
  document["uncertainties"] = std::move(uncertainties);
}

std::vector<std::string> facts_columns() {
  return {"section", "name",   "material", "country", "quantity",  "unit",
          "value",   "figure", "id",       "to",      "commodity", "quality"};
}

std::string facts_csv(const lode::Dataset& dataset, const std::vector<std::string>& lead) {
  const lode::Network& network = dataset.network;
  std::string text;
  const auto add = [&](std::vector<std::string> fields) {
    fields.resize(facts_columns().size());
    fields.insert(fields.begin(), lead.begin(), lead.end());
    text += csv_row(fields);
  };
  for (const TotalFacts& facts : total_facts(dataset)) {
    const auto total = [&](const std::string& country, std::string quantity, const char* unit, double value) {
      add({"totals", std::string(facts.total.what), network[facts.total.material].id, country, std::move(quantity),
           unit, number_text(value)});
    };
    total("", "tonnes", "t/yr", facts.total.tonnes);
    if (facts.total.largest.valid()) {
      total(network[facts.total.largest].id, "largest_share", "1", facts.total.largest_share);
    }
    if (const auto sd = facts.sd()) total("", "sd", "t/yr", *sd);
    if (const auto relative = facts.relative_sd()) total("", "relative_sd", "1", *relative);
    if (facts.spread.is_stated) total("", "stated_share", "1", facts.stated_share().value_or(0.0));
    for (std::size_t q = 0; q < quality_names.size(); ++q) {
      total("", std::string(quality_names[q]), "rows", static_cast<double>(facts.rows[q]));
    }
  }
  const QualityCounts all = rows_by_quality(dataset);
  for (std::size_t q = 0; q < quality_names.size(); ++q) {
    add({"quality", std::string(quality_names[q]), "", "", "", "rows", std::to_string(all[q])});
  }
  for (const Uncertainty& row : stated_uncertainties(dataset)) {
    const auto number = [&](const char* quantity, const char* unit, double value) {
      add({"uncertainties", std::string(row.stage), network[row.material].id, network[row.country].id, quantity, unit,
           number_text(value), std::string(row.figure), row.id, row.to, row.commodity,
           std::string(quality_names[row.quality])});
    };
    number("tonnes", "t/yr", row.tonnes);
    number("sd", "t/yr", row.sd);
    if (const auto relative = share_of(row.sd, row.tonnes)) number("relative_sd", "1", *relative);
  }
  return text;
}

}  // namespace program
