// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/io/ensemble_writer.hpp>

#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include <io/csv_text.hpp>
#include <io/ensemble_check.hpp>
#include <io/json_writer.hpp>
#include <lode/error.hpp>
#include <lode/version.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {

namespace {

constexpr JsonWriter::Layout flat = JsonWriter::Layout::flat;

class EnsembleJson {
 public:
  EnsembleJson(const Ensemble& ensemble, const Dataset& dataset)
      : ensemble_(ensemble), dataset_(dataset), network_(dataset.network) {}

  [[nodiscard]] std::string text() && {
    json_.open('{').key("lode").text(version).key("model").text("ensemble").key("of").text(to_string(ensemble_.of));
    json_.key("data").text(dataset_.about.name).key("scenario").text(ensemble_.scenario);
    json_.key("status").text(to_string(ensemble_.status));
    json_.key("samples")
        .raw(std::to_string(ensemble_.samples))
        .key("seed")
        .raw(std::to_string(ensemble_.sampling.seed));
    json_.key("sampling").text(to_string(ensemble_.sampling.sampling));
    json_.key("variables").raw(std::to_string(ensemble_.variables));
    json_.key("confidence").number(ensemble_.confidence).key("tail").number(ensemble_.tail);
    add_materials("materials", ensemble_.materials);
    add_spread("weighted", ensemble_.weighted);
    json_.key("countries").open('[');
    for (const CountrySpread& country : ensemble_.countries) {
      json_.open('{').key("id").text(network_[country.id].id);
      add_materials("materials", country.materials);
      json_.close();
    }
    json_.close().key("end_uses").open('[');
    for (const EndUseSpread& row : ensemble_.end_uses) {
      const EndUse& use = network_[row.id];
      json_.open('{', flat).key("id").text(use.id).key("country").text(network_[use.country].id);
      json_.key("sector").text(use.sector).key("commodity").text(network_[use.commodity].id);
      json_.key("demanded").number(row.demanded);
      add_numbers(row.shortfall);
      json_.close();
    }
    json_.close();
    if (!ensemble_.months.empty()) {
      json_.key("months").open('[');
      for (const MonthSpread& month : ensemble_.months) {
        json_.open('{').key("month").text(to_string(month.month).substr(0, 7));
        add_materials("materials", month.materials);
        json_.close();
      }
      json_.close();
    }
    if (!ensemble_.policies.empty()) add_policies();
    const Convergence& convergence = ensemble_.convergence;
    json_.key("convergence").open('{', flat).key("half_width").number(convergence.half_width).key("material");
    convergence.material.valid() ? json_.text(network_[convergence.material].id) : json_.raw("null");
    json_.key("reached").raw(convergence.reached ? "true" : "false");
    json_.key("samples_for_one_percent").raw(std::to_string(convergence.samples_for_one_percent)).close();
    json_.key("notes").open('[');
    for (const std::string& note : ensemble_.notes) json_.text(note);
    json_.close().close();
    return std::move(json_).finish();
  }

 private:
  void add_numbers(const Spread& spread) {
    json_.key("mean").number(spread.mean).key("standard_error").number(spread.standard_error);
    json_.key("standard_deviation").number(spread.standard_deviation);
    json_.key("least").number(spread.least).key("largest").number(spread.largest);
    json_.key("probability_of_shortfall").number(spread.probability_of_shortfall);
    json_.key("probability_low").number(spread.probability_low).key("probability_high").number(spread.probability_high);
    json_.key("quantiles").open('[', flat);
    for (const QuantileEstimate& q : spread.quantiles) {
      json_.open('{', flat).key("p").number(q.p).key("value").number(q.value);
      json_.key("low").number(q.low).key("high").number(q.high).close();
    }
    json_.close().key("expected_shortfall").number(spread.expected_shortfall).key("exceedance").open('[', flat);
    for (const ExceedancePoint& point : spread.exceedance) {
      json_.open('{', flat).key("value").number(point.value).key("probability").number(point.probability).close();
    }
    json_.close();
  }

  void add_spread(std::string_view name, const Spread& spread) {
    json_.key(name).open('{', flat);
    add_numbers(spread);
    json_.close();
  }

  void add_materials(std::string_view name, const std::vector<MaterialSpread>& materials) {
    json_.key(name).open('[');
    for (const MaterialSpread& row : materials) {
      json_.open('{', flat).key("id").text(network_[row.id].id).key("demanded").number(row.demanded);
      add_numbers(row.shortfall);
      json_.close();
    }
    json_.close();
  }

  void add_policies() {
    json_.key("policies").open('[');
    for (const PolicySpread& policy : ensemble_.policies) {
      json_.open('{').key("name").text(policy.name);
      json_.key("probability_of_gain").number(policy.probability_of_gain);
      add_materials("with", policy.with);
      add_materials("difference", policy.difference);
      add_spread("weighted", policy.weighted);
      add_spread("weighted_difference", policy.weighted_difference);
      json_.close();
    }
    json_.close();
  }

  const Ensemble& ensemble_;
  const Dataset& dataset_;
  const Network& network_;
  JsonWriter json_;
};

/// Rows of `section,id,country,material,month,quantity,p,unit,value,low,high`.
class EnsembleCsv {
 public:
  EnsembleCsv(const Ensemble& ensemble, const Network& network)
      : network_(network), period_(ensemble.of == EnsembleModel::simulate ? "" : "/yr") {}

  struct Where {
    std::string section, id, country, material, month;
  };
  void add(const Where& where, const Spread& spread) {
    const std::string unit = "t" + period_;
    row(where, "mean", "", unit, spread.mean);
    row(where, "standard_error", "", unit, spread.standard_error);
    row(where, "standard_deviation", "", unit, spread.standard_deviation);
    row(where, "least", "", unit, spread.least);
    row(where, "largest", "", unit, spread.largest);
    row(where, "probability_of_shortfall", "", "1", spread.probability_of_shortfall, decimal(spread.probability_low),
        decimal(spread.probability_high));
    for (const QuantileEstimate& q : spread.quantiles) {
      row(where, "quantile", decimal(q.p), unit, q.value, decimal(q.low), decimal(q.high));
    }
    row(where, "expected_shortfall", "", unit, spread.expected_shortfall);
    for (const ExceedancePoint& point : spread.exceedance) {
      row(where, "exceedance", decimal(point.probability), unit, point.value);
    }
  }
  void add(const Where& where, const std::vector<MaterialSpread>& materials) {
    for (const MaterialSpread& material : materials) {
      Where there = where;
      there.material = network_[material.id].id;
      row(there, "demanded", "", "t" + period_, material.demanded);
      add(there, material.shortfall);
    }
  }
  void row(const Where& where, const std::string& quantity, const std::string& p, const std::string& unit, double value,
           const std::string& low = {}, const std::string& high = {}) {
    bool first = true;
    for (const std::string& cell : {where.section, where.id, where.country, where.material, where.month, quantity, p,
                                    unit, decimal(value), low, high}) {
      if (!first) text_ += ',';
      first = false;
      text_ += csv_cell(cell);
    }
    text_ += '\n';
  }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  const Network& network_;
  std::string period_;
  std::string text_ = "section,id,country,material,month,quantity,p,unit,value,low,high\n";
};

void write_factors(JsonWriter& json, const ShortfallIndices& row) {
  json.key("variance").number(row.variance).key("factors").open('[');
  for (const SobolFactor& factor : row.factors) {
    json.open('{', flat).key("name").text(factor.name);
    const auto error = [&json](std::string_view key, double value) {
      json.key(key);
      std::isnan(value) ? json.raw("null") : json.number(value);  // too few samples to know
    };
    json.key("first").number(factor.first);
    error("first_error", factor.first_error);
    json.key("total").number(factor.total);
    error("total_error", factor.total_error);
    json.close();
  }
  json.close();
}

}  // namespace

}  // namespace io_detail

std::string to_json(const Ensemble& ensemble, const Dataset& dataset) {
  detail::require_numbers(ensemble.status, ensemble.materials.size(), dataset, "Ensemble");
  return io_detail::EnsembleJson(ensemble, dataset).text();
}

std::string to_csv(const Ensemble& ensemble, const Dataset& dataset) {
  detail::require_numbers(ensemble.status, ensemble.materials.size(), dataset, "Ensemble");
  const Network& network = dataset.network;
  io_detail::EnsembleCsv csv(ensemble, network);
  csv.row({"ensemble", ensemble.scenario, "", "", ""}, "samples", "", "1", static_cast<double>(ensemble.samples));
  csv.row({"ensemble", ensemble.scenario, "", "", ""}, "seed", "", "1", static_cast<double>(ensemble.sampling.seed));
  csv.add({"materials", "", "", "", ""}, ensemble.materials);
  csv.add({"weighted", "", "", "", ""}, ensemble.weighted);
  for (const CountrySpread& country : ensemble.countries) {
    csv.add({"countries", network[country.id].id, network[country.id].id, "", ""}, country.materials);
  }
  for (const EndUseSpread& row : ensemble.end_uses) {
    csv.add({"end_uses", network[row.id].id, network[network[row.id].country].id, "", ""}, row.shortfall);
  }
  for (const MonthSpread& month : ensemble.months) {
    csv.add({"months", "", "", "", to_string(month.month).substr(0, 7)}, month.materials);
  }
  for (const PolicySpread& policy : ensemble.policies) {
    csv.add({"policy", policy.name, "", "", ""}, policy.with);
    csv.add({"policy_difference", policy.name, "", "", ""}, policy.difference);
    csv.add({"policy_weighted", policy.name, "", "", ""}, policy.weighted);
    csv.add({"policy_weighted_difference", policy.name, "", "", ""}, policy.weighted_difference);
    csv.row({"policy", policy.name, "", "", ""}, "probability_of_gain", "", "1", policy.probability_of_gain);
  }
  return std::move(csv).text();
}

std::string to_json(const SobolIndices& indices, const Dataset& dataset) {
  detail::require_numbers(indices.status, indices.materials.size(), dataset, "SobolIndices");
  io_detail::JsonWriter json;
  json.open('{').key("lode").text(version).key("model").text("sobol_indices").key("of").text(to_string(indices.of));
  json.key("data").text(dataset.about.name).key("scenario").text(indices.scenario);
  json.key("status").text(to_string(indices.status));
  json.key("samples").raw(std::to_string(indices.samples)).key("seed").raw(std::to_string(indices.sampling.seed));
  json.key("sampling").text(to_string(indices.sampling.sampling));
  json.key("runs").raw(std::to_string(indices.runs)).key("materials").open('[');
  for (const ShortfallIndices& row : indices.materials) {
    json.open('{').key("id").text(dataset.network[row.id].id);
    io_detail::write_factors(json, row);
    json.close();
  }
  json.close().key("weighted").open('{');
  io_detail::write_factors(json, indices.weighted);
  json.close().key("notes").open('[');
  for (const std::string& note : indices.notes) json.text(note);
  json.close().close();
  return std::move(json).finish();
}

std::string to_csv(const SobolIndices& indices, const Dataset& dataset) {
  detail::require_numbers(indices.status, indices.materials.size(), dataset, "SobolIndices");
  std::string text = "material,factor,variance,first,first_error,total,total_error\n";
  const auto add = [&text](const std::string& name, const ShortfallIndices& row) {
    for (const SobolFactor& factor : row.factors) {
      text += io_detail::csv_cell(name) + ',' + io_detail::csv_cell(factor.name);
      for (const double value : {row.variance, factor.first, factor.first_error, factor.total, factor.total_error}) {
        text += ',' + (std::isnan(value) ? "" : io_detail::decimal(value));
      }
      text += '\n';
    }
  };
  for (const ShortfallIndices& row : indices.materials) add(dataset.network[row.id].id, row);
  add("weighted", indices.weighted);
  return text;
}

}  // namespace lode::inline LODE_ABI
