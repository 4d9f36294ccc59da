// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string>
#include <utility>

#include <lode/base_years.hpp>
#include <lode/detail/balance_rows.hpp>
#include <lode/detail/rewrite_network.hpp>
#include <lode/detail/special_functions.hpp>
#include <lode/error.hpp>
#include <lode/random.hpp>
#include <lode/reconcile.hpp>
#include <lode/uncertain.hpp>

namespace lode::inline LODE_ABI {

LODE_INLINE BaseYears::BaseYears(Observations found) : found_(std::move(found)) {}

LODE_INLINE std::size_t BaseYears::variables() const {
  return detail::FigureColumns(found_.network).size() + found_.totals.size() + found_.network.covers().size();
}

LODE_INLINE DrawnYear BaseYears::at(std::span<const double> uniforms) const {
  if (uniforms.size() != variables()) {
    throw InvalidArgument({{{"BaseYears", 0, 0},
                            std::to_string(uniforms.size()) + " uniform numbers are given",
                            "give " + std::to_string(variables()) + ", as variables() says"}});
  }
  const std::span<const Cover> covers = found_.network.covers();
  const std::size_t figures = uniforms.size() - covers.size();
  ReconcileOptions options;
  options.uncertainties = false;
  for (const double u : uniforms.first(figures)) options.perturbation.push_back(detail::normal_quantile(u));
  Reconciliation balanced = reconcile(found_, options);
  DrawnYear year{balanced.status, {}};
  if (balanced.status != SolveStatus::solved) return year;
  std::vector<Days> cover_days;
  bool any = false;
  for (std::size_t c = 0; c < covers.size(); ++c) {
    const Cover& row = covers[c];
    const double days_given = row.days.in(days);
    const Triangular range{row.low ? row.low->in(days) : days_given, days_given,
                           row.high ? row.high->in(days) : days_given};
    const double drawn = UncertainNumber(range).quantile(uniforms[figures + c]);
    any = any || drawn != days_given;
    cover_days.push_back(drawn * days);
  }
  year.network = any ? detail::rewrite_network(balanced.network, detail::figures_of(balanced.network), {}, cover_days)
                     : std::move(balanced.network);
  return year;
}

LODE_INLINE DrawnYear BaseYears::draw(std::uint64_t seed, std::uint64_t sample) const {
  std::vector<double> uniforms(variables());
  for (std::size_t k = 0; k < uniforms.size(); ++k) uniforms[k] = uniform(seed, sample, static_cast<std::uint32_t>(k));
  return at(uniforms);
}

}  // namespace lode::inline LODE_ABI
