// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <map>
#include <utility>

#include <lode/detail/propagate_samples.hpp>
#include <lode/impl/propagate.ipp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE PropagateSamples::~PropagateSamples() = default;
LODE_INLINE PropagateSamples::PropagateSamples(PropagateSamples&&) noexcept = default;
LODE_INLINE PropagateSamples& PropagateSamples::operator=(PropagateSamples&&) noexcept = default;

LODE_INLINE PropagateSamples::PropagateSamples(const Network& network, const ScenarioFamily& family)
    : family_(&family), state_(std::make_unique<PropagatorState>(network, PropagateOptions{})) {
  LaneData& data = state_->data();
  const FlowSystem& system = state_->system();
  data.load(std::vector<Disruption>(lanes, family.items()), network, system);

  values_.resize(family.terms().size() * lanes);
  for (std::size_t t = 0; t < family.terms().size(); ++t) {
    std::fill_n(values_.begin() + static_cast<std::ptrdiff_t>(t * lanes), lanes, family.terms()[t].value);
  }

  // A shock moves all routes that it selects alike, so that one row of numbers serves them all; limits are rounded by
  // each facility's own baseline.
  std::map<std::vector<std::uint32_t>, std::size_t> owners;
  for (std::size_t i = 0; i < family.routes().size(); ++i) {
    const auto& item = family.routes()[i];
    const auto [owner, is_new] = owners.try_emplace(item.terms, i);
    if (is_new) {
      lead_routes_.push_back(i);
    } else {
      data.share_open_row(item.id.index(), family.routes()[owner->second].id.index());
    }
  }
  for (std::size_t i = 0; i < family.activity().size(); ++i) {
    const std::size_t f = family.activity()[i].id.index();
    const std::uint32_t begin = system.facility_line_offsets[f], end = system.facility_line_offsets[f + 1];
    if (begin == end) continue;
    lead_activity_.push_back(i);
    for (std::uint32_t k = begin + 1; k < end; ++k) {
      data.share_limit_row(system.facility_lines[k], system.facility_lines[begin]);
    }
  }
}

LODE_INLINE void PropagateSamples::look_at(std::vector<std::uint32_t> end_uses) {
  state_->look_at(std::move(end_uses));
}

LODE_INLINE const EndUseLanes& PropagateSamples::end_uses() const {
  return state_->end_uses();
}

LODE_INLINE void PropagateSamples::draw_terms(std::span<const double> uniforms, std::size_t count) {
  const std::span<const ScenarioFamily::Term> terms = family_->terms();
  for (std::size_t t = 0; t < terms.size(); ++t) {
    const ScenarioFamily::Term& term = terms[t];
    if (term.variable == ScenarioFamily::Term::certain) continue;
    double* const out = values_.data() + t * lanes;
    const double* const u = uniforms.data() + term.variable * count;
    for (std::size_t k = 0; k < count; ++k) out[k] = drawn_value(term.number, u[k], term.range);
    std::fill(out + count, out + lanes, out[count - 1]);
  }
}

LODE_INLINE void PropagateSamples::write_rows() {
  LaneData& data = state_->data();
  const FlowSystem& system = state_->system();
  const Network& network = state_->network();
  for (const std::size_t i : lead_activity_) {
    const ScenarioFamily::Activity& item = family_->activity()[i];
    double factor[lanes], add[lanes];
    std::fill_n(factor, lanes, 1.0);
    std::fill_n(add, lanes, 0.0);
    for (const std::uint32_t t : item.terms) {
      for (std::uint32_t k = 0; k < lanes; ++k) factor[k] *= term(t)[k];
    }
    for (const std::uint32_t t : item.adds) {
      for (std::uint32_t k = 0; k < lanes; ++k) add[k] += term(t)[k];
    }
    const double baseline = network[item.id].baseline.in(tonnes_per_year);
    double* const row = data.limit_row(system.facility_lines[system.facility_line_offsets[item.id.index()]]);
    for (std::uint32_t k = 0; k < lanes; ++k) row[k] = limit_share(factor[k], add[k], baseline);
  }
  for (const std::size_t i : lead_routes_) {
    const auto& item = family_->routes()[i];
    double* const row = data.open_row(item.id.index());
    std::fill_n(row, lanes, 1.0);
    for (const std::uint32_t t : item.terms) {
      for (std::uint32_t k = 0; k < lanes; ++k) row[k] *= std::min(1.0, term(t)[k]);
    }
  }
  const auto multiply = [this](double* row, const std::vector<std::uint32_t>& terms) {
    std::fill_n(row, lanes, 1.0);
    for (const std::uint32_t t : terms) {
      for (std::uint32_t k = 0; k < lanes; ++k) row[k] *= term(t)[k];
    }
  };
  for (const auto& item : family_->demand()) multiply(data.demand_row(item.id.index()), item.terms);
  for (const auto& item : family_->weights()) multiply(data.weight_row(item.id.index()), item.terms);
  for (const ScenarioFamily::Release& item : family_->releases()) {
    double rate[lanes] = {};
    for (const std::uint32_t t : item.terms) {
      for (std::uint32_t k = 0; k < lanes; ++k) rate[k] = std::min(rate[k] + term(t)[k], item.amount);
    }
    if (item.id.is_end_use()) {
      if (network[item.id.end_use()].commodity != item.commodity) continue;
      std::copy_n(rate, lanes, data.end_use_release_row(item.id.end_use().index()));
      continue;
    }
    const std::size_t f = item.id.facility().index();
    for (std::uint32_t k = system.facility_line_offsets[f]; k < system.facility_line_offsets[f + 1]; ++k) {
      const std::uint32_t line = system.facility_lines[k];
      for (std::uint32_t slot = system.line_slots[line]; slot < system.line_slots[line + 1]; ++slot) {
        if (network.facilities()[f].inputs[system.slot_input[slot]].commodity != item.commodity) continue;
        double* const row = data.release_row(slot);
        for (std::uint32_t lane = 0; lane < lanes; ++lane) row[lane] = rate[lane] / system.slot_need[slot];
      }
    }
  }
}

LODE_INLINE SolveStatus PropagateSamples::run(std::span<const double> uniforms, std::size_t count) {
  draw_terms(uniforms, count);
  write_rows();
  state_->solve_loaded();
  for (std::uint32_t k = 0; k < count; ++k) {
    if (state_->converged(k)) continue;
    failed_ = k;
    return SolveStatus::not_converged;
  }
  return SolveStatus::solved;
}

}  // namespace lode::inline LODE_ABI::detail
