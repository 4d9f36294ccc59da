// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <string>
#include <utility>

#include <lode/copula.hpp>
#include <lode/detail/special_functions.hpp>
#include <lode/detail/text.hpp>
#include <lode/detail/uncertain_fields.hpp>
#include <lode/error.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

/// The countries a shock is about, sorted; empty if all.
class ShockCountries {
 public:
  explicit ShockCountries(const Network& network) : network_(network) {}

  std::vector<std::string> operator()(const CapacityShock& shock) const {
    return shock.country.given() ? named(shock.country) : of_places(shock.facility);
  }
  std::vector<std::string> operator()(const RouteShock& shock) const { return of_places(shock.from); }
  std::vector<std::string> operator()(const ExportShock& shock) const { return named(shock.country); }
  std::vector<std::string> operator()(const ImportShock& shock) const { return named(shock.country); }
  std::vector<std::string> operator()(const DemandShock& shock) const {
    return shock.country.given() ? named(shock.country) : of_places(shock.end_use);
  }
  std::vector<std::string> operator()(const PriorityShock& shock) const {
    return shock.country.given() ? named(shock.country) : of_places(shock.end_use);
  }
  std::vector<std::string> operator()(const TariffShock& shock) const { return named(shock.country); }
  std::vector<std::string> operator()(const PriceFloorShock& shock) const { return of_places(shock.facility); }
  std::vector<std::string> operator()(const OfftakeShock& shock) const { return of_places(shock.from); }
  std::vector<std::string> operator()(const LicenceShock& shock) const { return named(shock.country); }
  std::vector<std::string> operator()(const ReserveShock& shock) const { return of_places(shock.holder); }

 private:
  [[nodiscard]] static std::vector<std::string> distinct(std::vector<std::string> ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
  }
  [[nodiscard]] static std::vector<std::string> named(const Selection& selection) {
    const std::vector<std::string> ids = selection.given() ? selection.ids() : std::vector<std::string>{};
    return std::find(ids.begin(), ids.end(), "*") != ids.end() ? std::vector<std::string>{} : distinct(ids);
  }
  [[nodiscard]] std::vector<std::string> of_places(const Selection& selection) const {
    std::vector<std::string> countries;
    for (const std::string& id : named(selection)) {
      if (const auto place = network_.find_place(id)) countries.push_back(network_[network_.country(*place)].id);
    }
    return distinct(std::move(countries));
  }

  const Network& network_;
};

LODE_INLINE double normal_share_below(double z) {
  return 0.5 * std::erfc(-z * std::numbers::sqrt2 * 0.5);
}

}  // namespace detail

LODE_INLINE Copula::Copula(const Network& network, const Scenario& scenario,
                           std::span<const Correlation> correlations) {
  std::vector<std::vector<std::size_t>> variables_of;
  for (Shock shock : scenario.shocks) {
    std::vector<std::size_t>& own = variables_of.emplace_back();
    detail::visit_numbers(shock.effect, [&](const auto& field, const detail::FieldRange&) {
      if (detail::is_uncertain(field)) own.push_back(variables_++);
    });
  }

  std::vector<Issue> issues;
  const auto refuse = [&issues](std::string what, const char* mend) {
    issues.push_back({{"Correlation", 0, 0}, std::move(what), mend});
  };
  loadings_.resize(variables_);
  own_.assign(variables_, 1.0);
  std::vector<double> sums(variables_, 0.0);
  const auto add_group = [&](const std::vector<std::size_t>& shocks, double rho) {
    std::vector<std::size_t> members;
    for (const std::size_t shock : shocks) {
      members.insert(members.end(), variables_of[shock].begin(), variables_of[shock].end());
    }
    if (members.size() < 2 || rho == 0.0) return;
    for (const std::size_t v : members) {
      loadings_[v].push_back({groups_, std::sqrt(rho)});
      sums[v] += rho;
    }
    members_.push_back(std::move(members));
    ++groups_;
  };
  for (const Correlation& correlation : correlations) {
    if (!(correlation.rho >= 0.0 && correlation.rho <= 1.0)) {
      refuse("rho " + detail::number_text(correlation.rho) + " is out of range", "give 0 to 1");
      continue;
    }
    if (!correlation.shocks.empty()) {
      std::vector<std::size_t> shocks = correlation.shocks;
      std::sort(shocks.begin(), shocks.end());
      shocks.erase(std::unique(shocks.begin(), shocks.end()), shocks.end());
      if (shocks.back() >= scenario.shocks.size()) {
        refuse("there is no shock " + std::to_string(shocks.back() + 1) + " in scenario " +
                   detail::quoted(scenario.name) + ", which has " + std::to_string(scenario.shocks.size()),
               "name shocks of the scenario");
        continue;
      }
      const std::size_t groups = groups_;
      add_group(shocks, correlation.rho);
      if (groups_ == groups && correlation.rho > 0.0) {
        std::string list;
        for (const std::size_t shock : shocks) list += (list.empty() ? "" : ", ") + std::to_string(shock + 1);
        refuse("shocks " + list + " have fewer than two uncertain numbers, so that nothing can hang together",
               "name shocks with uncertain numbers");
      }
      continue;
    }
    std::map<std::vector<std::string>, std::vector<std::size_t>> by_countries;
    for (std::size_t s = 0; s < scenario.shocks.size(); ++s) {
      std::vector<std::string> countries = std::visit(detail::ShockCountries(network), scenario.shocks[s].effect);
      if (!countries.empty()) by_countries[std::move(countries)].push_back(s);
    }
    for (const auto& [countries, shocks] : by_countries) add_group(shocks, correlation.rho);
  }
  for (std::size_t v = 0; v < variables_; ++v) {
    if (sums[v] > 1.0 + 1e-12) {
      refuse("the groups of uncertain number " + std::to_string(v + 1) + " have rho " + detail::number_text(sums[v]) +
                 " together",
             "let them add up to at most 1");
    }
    own_[v] = std::sqrt(std::max(0.0, 1.0 - sums[v]));
  }
  if (!issues.empty()) throw InvalidArgument(std::move(issues));
}

LODE_INLINE void Copula::apply(std::span<double> numbers, std::size_t count) const {
  if (groups_ == 0) return;
  // Phi of a normal number far out is 1 in floating point; quantile functions want less.
  constexpr double edge = 0x1p-53;
  for (std::size_t g = 0; g < groups_; ++g) {
    double* const factor = numbers.data() + (variables_ + g) * count;
    for (std::size_t k = 0; k < count; ++k) factor[k] = detail::normal_quantile(factor[k]);
  }
  for (std::size_t v = 0; v < variables_; ++v) {
    if (loadings_[v].empty()) continue;
    double* const row = numbers.data() + v * count;
    for (std::size_t k = 0; k < count; ++k) {
      double z = own_[v] > 0.0 ? own_[v] * detail::normal_quantile(row[k]) : 0.0;
      for (const Loading& loading : loadings_[v]) {
        z += loading.weight * numbers[(variables_ + loading.group) * count + k];
      }
      row[k] = std::clamp(detail::normal_share_below(z), edge, 1.0 - edge);
    }
  }
}

}  // namespace lode::inline LODE_ABI
