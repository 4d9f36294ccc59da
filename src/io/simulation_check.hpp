// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <lode/detail/text.hpp>
#include <lode/error.hpp>
#include <lode/network.hpp>
#include <lode/simulation.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// Whether names, lengths and steps are those of a run of this network.
class SimulationFit {
 public:
  SimulationFit(const Simulation& run, const Network& network) : run_(run), network_(network) {}

  [[nodiscard]] bool holds() const {
    const auto complete = [](const auto& rows, std::size_t count) {
      return rows.size() == count && names(rows, count);
    };
    return exists(run_.disturbed) && (run_.covered.empty() || run_.covered.size() == run_.dates.size()) &&
           complete(run_.materials, network_.materials().size()) &&
           complete(run_.end_uses, network_.end_uses().size()) &&
           (run_.facilities.empty() || complete(run_.facilities, network_.facilities().size())) &&
           (run_.routes.empty() || complete(run_.routes, network_.routes().size())) &&
           names(run_.countries, network_.countries().size()) && names(run_.balances, network_.materials().size()) &&
           all(run_.materials) && all(run_.end_uses) && all(run_.facilities) && all(run_.routes) &&
           std::all_of(run_.countries.begin(), run_.countries.end(), [this](const CountrySeries& country) {
             return names(country.materials, network_.materials().size()) && all(country.materials);
           });
  }

 private:
  template <class Row>
  [[nodiscard]] static bool names(const std::vector<Row>& rows, std::size_t count) {
    return std::all_of(rows.begin(), rows.end(), [count](const Row& row) { return row.id.index() < count; });
  }
  template <class Row>
  [[nodiscard]] bool all(const std::vector<Row>& rows) const {
    return std::all_of(rows.begin(), rows.end(), [this](const Row& row) { return has_steps(row); });
  }

  [[nodiscard]] bool long_enough(std::initializer_list<const std::vector<double>*> series) const {
    return std::all_of(series.begin(), series.end(),
                       [this](const auto* values) { return values->size() == run_.dates.size(); });
  }
  [[nodiscard]] bool exists(const std::optional<std::size_t>& step) const { return !step || *step < run_.dates.size(); }
  [[nodiscard]] bool within(const ShortSpell& spell) const {
    return exists(spell.first_short) && exists(spell.recovered) && exists(spell.deepest);
  }

  [[nodiscard]] bool has_steps(const MaterialSeries& row) const {
    return within(row) && long_enough({&row.demanded, &row.delivered, &row.met_before});
  }
  [[nodiscard]] bool has_steps(const EndUseSeries& row) const {
    return within(row) && long_enough({&row.demanded, &row.delivered, &row.met_before, &row.stock, &row.waiting});
  }
  [[nodiscard]] bool has_steps(const FacilitySeries& row) const {
    return within(row) && long_enough({&row.activity, &row.input_stock_days, &row.finished});
  }
  [[nodiscard]] bool has_steps(const RouteSeries& row) const { return long_enough({&row.shipped, &row.held}); }

  const Simulation& run_;
  const Network& network_;
};

/// Refuses a run without numbers, or of another network.
inline void check_simulation(const Simulation& run, const Network& network) {
  const auto refuse = [](std::string what, std::string mend) {
    throw InvalidArgument({{{"result to write", 0, 0}, std::move(what), std::move(mend)}});
  };
  if (run.status != SolveStatus::solved) {
    refuse(std::string("the status is ") + detail::quoted(to_string(run.status)), advice(run.status));
  }
  if (!SimulationFit(run, network).holds()) {
    refuse("it is not a result of this data set", "write it with the data set it was computed from");
  }
}

}  // namespace lode::inline LODE_ABI::io_detail
