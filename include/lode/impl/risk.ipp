// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include <lode/detail/stages.hpp>
#include <lode/detail/text.hpp>
#include <lode/error.hpp>
#include <lode/risk.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

[[nodiscard]] LODE_INLINE Issue risk_issue(const char* place, std::string what, std::string mend) {
  return {{place, 0, 0}, std::move(what), std::move(mend)};
}

/// The sum; throws unless every amount is finite and not negative.
[[nodiscard]] LODE_INLINE double checked_sum(std::span<const double> amounts, const char* place) {
  std::vector<Issue> issues;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    if (amounts[i] >= 0.0 && std::isfinite(amounts[i])) continue;
    issues.push_back(risk_issue(place, "amount " + number_text(amounts[i]) + " at position " + std::to_string(i),
                                "give tonnes or shares of at least 0"));
  }
  if (!issues.empty()) throw InvalidArgument(std::move(issues));
  return std::accumulate(amounts.begin(), amounts.end(), 0.0);
}

/// Tonnes of element by material, stage and country of what is made, used and traded.
class StageTonnes {
 public:
  /// `activity` in t/yr by facility, `flow` by route.
  StageTonnes(const Network& network, std::span<const double> activity, std::span<const double> flow)
      : network_(network), countries_(network.countries().size()) {
    const std::size_t cells = network.materials().size() * stage_count;
    made_.assign(cells * countries_, 0.0);
    traded_.assign(cells * countries_ * countries_, 0.0);
    operators_.resize(cells);
    unknown_.assign(cells, 0.0);
    std::vector<double> fed(network.facilities().size() * network.materials().size(), 0.0);
    for (std::size_t r = 0; r < network.routes().size(); ++r) {
      const Route& route = network.routes()[r];
      const Commodity& commodity = network[route.commodity];
      const std::size_t from = network.country(route.from).index(), to = network.country(route.to).index();
      for (const Content& part : commodity.composition) {
        const double tonnes = part.content * flow[r];
        traded_[(cell(part.material, commodity.stage) * countries_ + from) * countries_ + to] += tonnes;
        if (!route.to.is_facility()) continue;
        fed[route.to.facility().index() * network.materials().size() + part.material.index()] += tonnes;
      }
    }
    for (std::size_t f = 0; f < network.facilities().size(); ++f) {
      const Facility& plant = network.facilities()[f];
      for (const Output& output : plant.outputs) {
        const Commodity& commodity = network[output.commodity];
        for (const Content& part : commodity.composition) {
          make(plant, part.material, commodity.stage, output.amount * activity[f] * part.content);
        }
      }
      for (const Recovery& line : plant.recoveries) {
        const double contained = fed[f * network.materials().size() + line.material.index()];
        make(plant, line.material, network[line.commodity].stage, line.recovery * contained);
      }
    }
  }

  [[nodiscard]] std::size_t cell(MaterialId material, Stage stage) const {
    return material.index() * stage_count + static_cast<std::size_t>(stage);
  }
  /// By country.
  [[nodiscard]] std::span<const double> made(std::size_t cell) const {
    return std::span(made_).subspan(cell * countries_, countries_);
  }
  /// What goes from one country to another, or stays.
  [[nodiscard]] double traded(std::size_t cell, std::size_t from, std::size_t to) const {
    return traded_[(cell * countries_ + from) * countries_ + to];
  }
  [[nodiscard]] const std::map<std::string, double>& operators(std::size_t cell) const { return operators_[cell]; }
  [[nodiscard]] double without_operator(std::size_t cell) const { return unknown_[cell]; }
  [[nodiscard]] std::size_t countries() const { return countries_; }

 private:
  void make(const Facility& plant, MaterialId material, Stage stage, double tonnes) {
    const std::size_t at = cell(material, stage);
    made_[at * countries_ + plant.country.index()] += tonnes;
    (plant.operator_name.empty() ? unknown_[at] : operators_[at][plant.operator_name]) += tonnes;
  }

  const Network& network_;
  std::size_t countries_;
  std::vector<double> made_, traded_;
  std::vector<std::map<std::string, double>> operators_;
  std::vector<double> unknown_;
};

/// Every problem of the options at once.
LODE_INLINE void check_options(const RiskOptions& options, const Network& network) {
  std::vector<Issue> issues;
  const auto check = [&issues](const std::map<std::string, double>& values, const char* name, auto exists, auto legal,
                               const char* range) {
    for (const auto& [id, value] : values) {
      const std::string place = std::string("RiskOptions::") + name;
      if (!exists(id))
        issues.push_back(risk_issue(place.c_str(), quoted(id) + " does not exist", "give an id of the network"));
      if (!legal(value)) {
        issues.push_back(risk_issue(place.c_str(), quoted(id) + " has " + number_text(value), range));
      }
    }
  };
  const auto is_material = [&network](const std::string& id) { return network.find_material(id).has_value(); };
  const auto is_country = [&network](const std::string& id) { return network.find_country(id).has_value(); };
  const auto is_share = [](double value) { return value >= 0.0 && value <= 1.0; };
  check(options.recycling, "recycling", is_material, is_share, "give 0 to 1");
  check(options.substitution, "substitution", is_material, is_share, "give 0 to 1");
  check(
      options.trade_factor, "trade_factor", is_country, [](double value) { return value > 0.0 && value <= 10.0; },
      "give a number above 0, at most 10; 1 is neutral");
  if (!issues.empty()) throw InvalidArgument(std::move(issues));
}

[[nodiscard]] LODE_INLINE double value_or(const std::map<std::string, double>& values, const std::string& id,
                                          double neutral) {
  const auto found = values.find(id);
  return found == values.end() ? neutral : found->second;
}

LODE_INLINE void fill_operators(const StageTonnes& tonnes, std::size_t cell, double supply, StageRisk& row) {
  double squares = 0.0, largest = 0.0;
  for (const auto& [name, amount] : tonnes.operators(cell)) {
    const double share = amount / supply;
    squares += share * share;
    largest = std::max(largest, share);
  }
  const double unknown = tonnes.without_operator(cell) / supply;
  row.operator_known = std::clamp(1.0 - unknown, 0.0, 1.0);
  row.hhi_operator_low = squares;
  row.hhi_operator_high = squares + unknown * (2.0 * largest + unknown);
}

[[nodiscard]] LODE_INLINE RiskReport report_risk(const Network& network, const StageTonnes& tonnes,
                                                 const RiskOptions& options) {
  RiskReport out;
  const std::size_t countries = tonnes.countries();
  std::vector<std::optional<double>> wgi;
  std::vector<double> factor;
  for (const Country& country : network.countries()) {
    wgi.push_back(country.governance);
    factor.push_back(value_or(options.trade_factor, country.id, 1.0));
  }
  for (std::size_t m = 0; m < network.materials().size(); ++m) {
    const std::string& id = network.materials()[m].id;
    const std::size_t first = out.stages.size();
    for (std::size_t s = 0; s < stage_count; ++s) {
      const Stage stage = static_cast<Stage>(s);
      const std::size_t cell = tonnes.cell(MaterialId{m}, stage);
      const std::span<const double> made = tonnes.made(cell);
      const double supply = std::accumulate(made.begin(), made.end(), 0.0);
      if (!(supply > 0.0)) continue;
      StageRisk row;
      row.material = MaterialId{m};
      row.stage = stage;
      row.supply = supply * tonnes_per_year;
      for (std::size_t c = 0; c < countries; ++c) {
        if (made[c] > 0.0) row.suppliers.push_back({CountryId{c}, made[c] * tonnes_per_year, made[c] / supply});
      }
      std::stable_sort(row.suppliers.begin(), row.suppliers.end(),
                       [](const Supplier& a, const Supplier& b) { return a.supply > b.supply; });
      row.hhi_country = *herfindahl(made);
      row.effective_countries = 1.0 / row.hhi_country;
      row.hhi_governance = governance_weighted_herfindahl(made, wgi, factor);
      fill_operators(tonnes, cell, supply, row);

      const std::size_t largest = row.suppliers.front().country.index();
      double use = 0.0, others_use = 0.0;
      std::vector<double> taken(countries, 0.0);
      for (std::size_t to = 0; to < countries; ++to) {
        for (std::size_t from = 0; from < countries; ++from) taken[to] += tonnes.traded(cell, from, to);
        use += taken[to];
        if (to != largest) others_use += taken[to];
      }
      row.use = use * tonnes_per_year;
      const double others = std::max(0.0, supply - made[largest]);
      if (use > 0.0) row.coverage_without_largest = others / use;
      if (others_use > 0.0) row.coverage_of_others = others / others_use;

      for (std::size_t c = 0; c < countries; ++c) {
        if (!(taken[c] > 0.0)) continue;
        CountryRisk country;
        country.material = MaterialId{m};
        country.stage = stage;
        country.country = CountryId{c};
        std::vector<double> sources(countries, 0.0);
        double imports = 0.0, exports = 0.0;
        for (std::size_t other = 0; other < countries; ++other) {
          if (other == c) continue;
          sources[other] = tonnes.traded(cell, other, c);
          imports += sources[other];
          exports += tonnes.traded(cell, c, other);
        }
        sources[c] = made[c];
        country.production = made[c] * tonnes_per_year;
        country.imports = imports * tonnes_per_year;
        country.exports = exports * tonnes_per_year;
        country.import_reliance = import_reliance(made[c], imports, exports);
        country.hhi_sourcing = governance_weighted_herfindahl(sources, wgi, factor);
        if (row.hhi_governance && country.hhi_sourcing && country.import_reliance) {
          country.supply_risk = supply_risk({.global = *row.hhi_governance,
                                             .sourcing = *country.hhi_sourcing,
                                             .import_reliance = *country.import_reliance,
                                             .recycling = value_or(options.recycling, id, 0.0),
                                             .substitution = value_or(options.substitution, id, 1.0)});
        }
        out.countries.push_back(std::move(country));
      }
      out.stages.push_back(std::move(row));
    }
    const auto worst =
        std::max_element(out.stages.begin() + static_cast<std::ptrdiff_t>(first), out.stages.end(),
                         [](const StageRisk& a, const StageRisk& b) { return a.hhi_country < b.hhi_country; });
    if (worst != out.stages.end()) worst->bottleneck = true;
  }
  return out;
}

}  // namespace detail

LODE_INLINE std::optional<double> herfindahl(std::span<const double> amounts) {
  const double sum = detail::checked_sum(amounts, "herfindahl");
  if (!(sum > 0.0)) return std::nullopt;
  double squares = 0.0;
  for (const double amount : amounts) squares += (amount / sum) * (amount / sum);
  return squares;
}

LODE_INLINE double governance_risk(double wgi) {
  if (!(wgi >= -2.5 && wgi <= 2.5)) {
    throw InvalidArgument({detail::risk_issue("governance_risk", "wgi " + detail::number_text(wgi) + " is out of range",
                                              "give -2.5 to 2.5")});
  }
  return 5.0 - 2.0 * wgi;
}

LODE_INLINE std::optional<double> governance_weighted_herfindahl(std::span<const double> amounts,
                                                                 std::span<const std::optional<double>> wgi,
                                                                 std::span<const double> trade_factor) {
  if (wgi.size() != amounts.size() || (!trade_factor.empty() && trade_factor.size() != amounts.size())) {
    throw InvalidArgument(
        {detail::risk_issue("governance_weighted_herfindahl",
                            std::to_string(amounts.size()) + " amounts, " + std::to_string(wgi.size()) +
                                " values of governance and " + std::to_string(trade_factor.size()) + " trade factors",
                            "give one of each a country, or no trade factors")});
  }
  const double sum = detail::checked_sum(amounts, "governance_weighted_herfindahl");
  if (!(sum > 0.0)) return std::nullopt;
  double total = 0.0;
  for (std::size_t c = 0; c < amounts.size(); ++c) {
    if (!(amounts[c] > 0.0)) continue;
    if (!wgi[c]) return std::nullopt;
    const double factor = trade_factor.empty() ? 1.0 : trade_factor[c];
    if (!(factor > 0.0) || !std::isfinite(factor)) {
      throw InvalidArgument({detail::risk_issue("governance_weighted_herfindahl",
                                                "trade factor " + detail::number_text(factor) + " is out of range",
                                                "give a number above 0; 1 is neutral")});
    }
    const double share = amounts[c] / sum;
    total += share * share * governance_risk(*wgi[c]) * factor;
  }
  return total;
}

LODE_INLINE std::optional<double> import_reliance(double production, double imports, double exports) {
  const double flows[] = {production, imports, exports};
  (void)detail::checked_sum(flows, "import_reliance");
  const double used = production + imports - exports;
  if (!(used > 0.0)) return std::nullopt;
  return (imports - exports) / used;
}

LODE_INLINE double supply_risk(const SupplyRiskInputs& inputs) {
  std::vector<Issue> issues;
  const auto require = [&issues](bool legal, const char* name, double value, const char* range) {
    if (legal) return;
    issues.push_back(detail::risk_issue(
        "SupplyRiskInputs", std::string(name) + ' ' + detail::number_text(value) + " is out of range", range));
  };
  const auto is_hhi = [](double value) { return value >= 0.0 && std::isfinite(value); };
  require(is_hhi(inputs.global), "global", inputs.global, "give at least 0");
  require(is_hhi(inputs.sourcing), "sourcing", inputs.sourcing, "give at least 0");
  require(std::isfinite(inputs.import_reliance), "import_reliance", inputs.import_reliance, "give a finite number");
  require(inputs.recycling >= 0.0 && inputs.recycling <= 1.0, "recycling", inputs.recycling, "give 0 to 1");
  require(inputs.substitution >= 0.0 && inputs.substitution <= 1.0, "substitution", inputs.substitution, "give 0 to 1");
  if (!issues.empty()) throw InvalidArgument(std::move(issues));
  const double half = std::clamp(inputs.import_reliance, 0.0, 1.0) / 2.0;
  return (inputs.global * half + inputs.sourcing * (1.0 - half)) * (1.0 - inputs.recycling) * inputs.substitution;
}

LODE_INLINE RiskReport risk(const Network& network, const RiskOptions& options) {
  detail::check_options(options, network);
  std::vector<double> activity, flow;
  for (const Facility& facility : network.facilities()) activity.push_back(facility.baseline.in(tonnes_per_year));
  for (const Route& route : network.routes()) flow.push_back(route.flow.in(tonnes_per_year));
  return detail::report_risk(network, detail::StageTonnes(network, activity, flow), options);
}

LODE_INLINE RiskReport risk(const Network& network, const Result& result, const RiskOptions& options) {
  detail::check_options(options, network);
  if (result.status != SolveStatus::solved) {
    throw InvalidArgument({detail::risk_issue("risk", std::string("the status is \"") + to_string(result.status) + '"',
                                              advice(result.status))});
  }
  if (result.facilities.size() != network.facilities().size() || result.routes.size() != network.routes().size()) {
    throw InvalidArgument({detail::risk_issue(
        "risk",
        "the result has " + std::to_string(result.routes.size()) + " flows and " +
            std::to_string(result.facilities.size()) + " activities, not those of this network",
        "pass the network it was computed from; reallocate gives flows with ReallocateOptions::tie_break only")});
  }
  std::vector<double> activity, flow;
  // Solvers leave flows of rounding size below 0.
  for (const FacilityResult& row : result.facilities)
    activity.push_back(std::max(0.0, row.activity.in(tonnes_per_year)));
  for (const RouteResult& row : result.routes) flow.push_back(std::max(0.0, row.flow.in(tonnes_per_year)));
  RiskReport out = detail::report_risk(network, detail::StageTonnes(network, activity, flow), options);
  out.scenario = result.scenario;
  return out;
}

}  // namespace lode::inline LODE_ABI
