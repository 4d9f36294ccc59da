// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <lode/detail/simulation_series.hpp>

namespace lode::inline LODE_ABI::detail {

/// Stocks are refilled little by little: below this part of the usual supply a lack is not worth a date.
inline constexpr double noticeable = 1e-3;

/// The part of step `t`, the first short one, after which the goods have run out. What is still delivered in the next
/// step is taken to have arrived in this one too, at the same pace: a stock S with an inflow of a share f of what is used
/// lasts S / (1 - f). The same pace of use all step long.
[[nodiscard]] LODE_INLINE double part_survived(std::span<const double> met_before, std::span<const double> delivered,
                                               std::size_t t) {
  const double share = delivered[t] / met_before[t];
  if (t + 1 >= delivered.size() || !(met_before[t + 1] > 0.0)) return share;
  const double next = std::max(0.0, delivered[t + 1] / met_before[t + 1]);
  if (next >= 1.0 - noticeable) return share;  // short in this step only: nothing says what went on
  const double goes_on = std::min(share, next);
  return (share - goes_on) / (1.0 - goes_on);
}

LODE_INLINE void find_spell(std::span<const double> met_before, std::span<const double> delivered, int step_days,
                            ShortSpell& spell) {
  double deepest = 0.0, lost = 0.0, caught_up = 0.0;
  std::size_t last_short = 0;
  for (std::size_t t = 0; t < delivered.size(); ++t) {
    const double lacks = met_before[t] - delivered[t];
    (lacks > 0.0 ? lost : caught_up) += std::abs(lacks);
    if (!(lacks > noticeable * met_before[t])) continue;
    last_short = t;
    if (!spell.first_short) {
      spell.first_short = t;
      spell.survived = (static_cast<double>(t) + part_survived(met_before, delivered, t)) * step_days * days;
    }
    if (lacks > deepest) {
      deepest = lacks;
      spell.deepest = t;
    }
  }
  spell.lost = lost * tonnes;
  spell.caught_up = caught_up * tonnes;
  if (spell.first_short && last_short + 1 < delivered.size()) spell.recovered = last_short + 1;
}

class SeriesFiller {
 public:
  SeriesFiller(const Network& network, const SimulationPlan& plan, const SimulateOptions& options,
               const SimulationRecord& record, std::uint32_t lane, Simulation& out)
      : network_(network),
        plan_(plan),
        options_(options),
        record_(record),
        lane_(lane),
        out_(out),
        steps_(out.dates.size()) {}

  void end_uses(const std::vector<Snapshot>& snapshots) {
    out_.end_uses.resize(plan_.end_uses());
    for (std::uint32_t e = 0; e < plan_.end_uses(); ++e) {
      EndUseSeries& use = out_.end_uses[e];
      const std::uint32_t slot = plan_.use_slot(e);
      // A base year that meets demand but for rounding meets it exactly.
      const double unit = plan_.use_inflow[e] == 1.0 ? plan_.use_demand[e] : plan_.slot_amount[slot];
      use.id = EndUseId{e};
      use.name = network_.end_uses()[e].name;
      use.demanded.assign(steps_, plan_.use_demand[e]);
      use.delivered = scaled(column(record_.delivered, plan_.end_uses(), e), unit);
      use.met_before.assign(steps_, unit * wanted_of(plan_.use_inflow[e], 1.0));
      use.waiting = scaled(column(record_.waiting, plan_.end_uses(), e), unit);
      use.stock = scaled(options_.record_facilities ? column(record_.stock, plan_.slots(), slot)
                                                    : column(record_.stock, plan_.end_uses(), e),
                         plan_.slot_amount[slot]);
    }
    for (std::size_t i = 0; i < snapshots.size(); ++i) {
      const std::size_t until = i + 1 < snapshots.size() ? snapshots[i + 1].step : steps_;
      for (const EndUseFactor& row : snapshots[i].demand) {
        EndUseSeries& use = out_.end_uses[row.end_use.index()];
        const auto e = static_cast<std::uint32_t>(row.end_use.index());
        const double inflow = plan_.use_inflow[e];
        const double unit = inflow == 1.0 ? plan_.use_demand[e] : plan_.slot_amount[plan_.use_slot(e)];
        for (std::size_t t = snapshots[i].step; t < until; ++t) {
          use.demanded[t] *= row.factor;
          use.met_before[t] = unit * wanted_of(inflow, row.factor);
        }
      }
    }
    for (EndUseSeries& use : out_.end_uses) find_spell(use.met_before, use.delivered, out_.step_days, use);
  }

  void materials() {
    const auto fill = [this](std::vector<MaterialSeries>& list) {
      list.resize(network_.materials().size());
      for (std::size_t m = 0; m < list.size(); ++m) {
        list[m].id = MaterialId{m};
        list[m].name = network_.materials()[m].name;
        for (std::vector<double>* series : {&list[m].demanded, &list[m].delivered, &list[m].met_before}) {
          series->assign(steps_, 0.0);
        }
      }
    };
    const auto add = [this](MaterialSeries& sum, double content, const EndUseSeries& use) {
      for (std::size_t t = 0; t < steps_; ++t) {
        sum.demanded[t] += content * use.demanded[t];
        sum.delivered[t] += content * use.delivered[t];
        sum.met_before[t] += content * use.met_before[t];
      }
      sum.lost += content * use.lost;
      sum.caught_up += content * use.caught_up;
    };
    fill(out_.materials);
    std::vector<std::size_t> entry_of(network_.countries().size(), 0);
    std::vector<bool> demands(network_.countries().size(), false);
    for (const EndUse& use : network_.end_uses()) demands[use.country.index()] = true;
    for (std::size_t c = 0; c < demands.size(); ++c) {
      if (!demands[c]) continue;
      entry_of[c] = out_.countries.size();
      out_.countries.push_back({CountryId{c}, network_.countries()[c].name, {}});
      fill(out_.countries.back().materials);
    }
    for (const EndUseSeries& use : out_.end_uses) {
      const EndUse& end_use = network_[use.id];
      CountrySeries& country = out_.countries[entry_of[end_use.country.index()]];
      for (const Content& part : network_[end_use.commodity].composition) {
        add(out_.materials[part.material.index()], part.content, use);
        add(country.materials[part.material.index()], part.content, use);
      }
    }
    const auto finish = [this](MaterialSeries& row) {
      // Of each end use by itself: what one catches up is no relief for another that goes short.
      const Tonnes lost = row.lost, caught_up = row.caught_up;
      find_spell(row.met_before, row.delivered, out_.step_days, row);
      row.lost = lost;
      row.caught_up = caught_up;
    };
    for (MaterialSeries& row : out_.materials) finish(row);
    for (CountrySeries& country : out_.countries) {
      for (MaterialSeries& row : country.materials) finish(row);
    }
  }

  void facilities() {
    if (!options_.record_facilities) return;
    out_.facilities.resize(plan_.facilities());
    for (std::uint32_t f = 0; f < plan_.facilities(); ++f) {
      FacilitySeries& out = out_.facilities[f];
      out.id = FacilityId{f};
      out.activity = scaled(column(record_.activity, plan_.facilities(), f), plan_.facility_amount[f]);
      out.input_stock_days = input_days(f);
      out.finished.assign(steps_, 0.0);
      for (std::uint32_t k = plan_.facility_outputs[f]; k < plan_.facility_outputs[f + 1]; ++k) {
        const std::span<const double> goods = column(record_.finished, plan_.outputs(), k);
        for (std::size_t t = 0; t < steps_; ++t) out.finished[t] += plan_.output_amount[k] * goods[t];
      }
      const std::vector<double> before(steps_, plan_.facility_runs[f] != 0 ? plan_.facility_amount[f] : 0.0);
      find_spell(before, out.activity, out_.step_days, out);
    }
  }

  void routes() {
    if (!options_.record_routes) return;
    out_.routes.resize(network_.routes().size());
    for (std::size_t r = 0; r < out_.routes.size(); ++r) {
      out_.routes[r].id = RouteId{r};
      out_.routes[r].shipped.assign(steps_, 0.0);
      out_.routes[r].held.assign(steps_, 0.0);
    }
    const auto flow = [this](std::uint32_t r) {
      return network_[plan_.route_id[r]].flow.in(tonnes_per_year)*options_.step_days / 365.0;
    };
    for (std::uint32_t r = 0; r < plan_.routes(); ++r) {
      out_.routes[plan_.route_id[r].index()].shipped =
          scaled(column(record_.shipped, plan_.routes(), r), flow(r));
    }
    for (std::size_t i = 0; i < plan_.spare_routes.size(); ++i) {
      out_.routes[plan_.spare_routes[i].id.index()].shipped =
          scaled(column(record_.spare_shipped, plan_.spare_routes.size(), i), 1.0);
    }
    for (std::size_t i = 0; i < record_.licensed.size(); ++i) {
      const std::uint32_t r = record_.licensed[i];
      out_.routes[plan_.route_id[r].index()].held =
          scaled(column(record_.held, record_.licensed.size(), i), flow(r));
    }
  }

  void balances() {
    for (std::size_t m = 0; m < network_.materials().size(); ++m) {
      MaterialBalance row{MaterialId{m}, network_.materials()[m].name};
      for (std::size_t c = 0; c < network_.commodities().size(); ++c) {
        const double content = network_.commodities()[c].content(MaterialId{m});
        const std::size_t i = c * record_.width + lane_;
        row.opening += content * record_.opening[i];
        row.closing += content * record_.closing[i];
        row.made += content * record_.sourced[i];
        row.used += content * record_.given[i];
        row.lost += content * (record_.lost[i] + record_.used[i] - (record_.made[i] - record_.sourced[i]));
      }
      out_.balances.push_back(row);
    }
    out_.certificate.mass_balance = record_.residual[lane_];
  }

 private:
  [[nodiscard]] std::span<const double> column(const std::vector<double>& table, std::size_t items,
                                               std::size_t item) const {
    return record_.column(table, items, item, lane_);
  }
  [[nodiscard]] static std::vector<double> scaled(std::span<const double> ratios, double unit) {
    std::vector<double> out(ratios.size());
    for (std::size_t t = 0; t < out.size(); ++t) out[t] = unit * ratios[t];
    return out;
  }

  /// Days of base-year use in stock: of the scarcest input; of all feeds together, which replace each other.
  [[nodiscard]] std::vector<double> input_days(std::uint32_t f) const {
    std::vector<double> out(steps_, 0.0);
    for (std::uint32_t s = plan_.facility_slots[f]; s < plan_.facility_slots[f + 1]; ++s) {
      const std::span<const double> stock = column(record_.stock, plan_.slots(), s);
      const bool first = s == plan_.facility_slots[f];
      for (std::size_t t = 0; t < steps_; ++t) {
        if (plan_.separates[f] != 0) {
          out[t] += plan_.slot_share[s] * stock[t] * options_.step_days;
        } else {
          const double lasts = plan_.slot_reach[s] * stock[t] * options_.step_days;
          out[t] = first ? lasts : std::min(out[t], lasts);
        }
      }
    }
    return out;
  }

  const Network& network_;
  const SimulationPlan& plan_;
  const SimulateOptions& options_;
  const SimulationRecord& record_;
  std::uint32_t lane_;
  Simulation& out_;
  std::size_t steps_;
};

LODE_INLINE void fill_series(const Network& network, const SimulationPlan& plan, const SimulateOptions& options,
                             const SimulationRecord& record, std::uint32_t lane, const std::vector<Snapshot>& snapshots,
                             Simulation& out) {
  SeriesFiller filler(network, plan, options, record, lane, out);
  filler.end_uses(snapshots);
  filler.materials();
  filler.facilities();
  filler.routes();
  filler.balances();
}

}  // namespace lode::inline LODE_ABI::detail
