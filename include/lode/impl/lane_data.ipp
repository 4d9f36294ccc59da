// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>

#include <lode/detail/lane_data.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE LaneData::LaneData(const Network& network, const FlowSystem& system)
    : limit_(system.lines()),
      open_(network.routes().size()),
      release_(system.slots()),
      demand_(network.end_uses().size()),
      weight_(network.end_uses().size()),
      end_use_release_(network.end_uses().size()),
      line_mode_(system.line_shape) {}

LODE_INLINE SweepLanes LaneData::view(double* u, std::uint32_t* changed_in) const {
  return {lanes_,       u,
          changed_in,   line_mode_.data(),
          limit_.rows(), open_.rows(),
          release_.rows(), limit_.values(),
          open_.values(), release_.values()};
}

LODE_INLINE void LaneData::touch_facility(std::size_t facility, const FlowSystem& system) {
  for (std::uint32_t k = system.facility_line_offsets[facility]; k < system.facility_line_offsets[facility + 1]; ++k) {
    touch(system.facility_lines[k]);
  }
}

LODE_INLINE void LaneData::load(std::span<const Disruption> block, const Network& network, const FlowSystem& system) {
  for (LaneRows* rows : {&limit_, &open_, &release_, &demand_, &weight_, &end_use_release_}) {
    rows->clear();
  }
  for (const std::uint32_t line : touched_lines_) line_mode_[line] = system.line_shape[line];
  touched_lines_.clear();
  laid_lines_.clear();
  const std::size_t count = block.size();
  first_releases_.clear();
  if (count > 0) first_releases_.assign(block[0].releases.begin(), block[0].releases.end());
  lanes_ = count <= 1 ? 1 : static_cast<std::uint32_t>((count + 7) / 8 * 8);
  for (std::uint32_t lane = 0; lane < count; ++lane) load_lane(block[lane], lane, network, system);
}

LODE_INLINE void LaneData::stop(FacilityId facility, const FlowSystem& system) {
  if (laid_lines_.empty()) touched_before_ = touched_lines_.size();
  const std::size_t f = facility.index();
  for (std::uint32_t k = system.facility_line_offsets[f]; k < system.facility_line_offsets[f + 1]; ++k) {
    limit_.cover(system.facility_lines[k], 0.0);
    laid_lines_.push_back(system.facility_lines[k]);
  }
  touch_facility(f, system);
}

LODE_INLINE void LaneData::close(RouteId route, const Network& network, const FlowSystem& system) {
  if (laid_lines_.empty()) touched_before_ = touched_lines_.size();
  open_.cover(route.index(), 0.0);
  const PlaceId to = network[route].to;
  if (!to.is_facility()) return;
  const std::size_t f = to.facility().index();
  for (std::uint32_t k = system.facility_line_offsets[f]; k < system.facility_line_offsets[f + 1]; ++k) {
    laid_lines_.push_back(system.facility_lines[k]);
  }
  touch_facility(f, system);
}

LODE_INLINE void LaneData::lift(const FlowSystem& system) {
  limit_.uncover();
  open_.uncover();
  if (laid_lines_.empty()) return;
  for (std::size_t k = touched_before_; k < touched_lines_.size(); ++k) {
    line_mode_[touched_lines_[k]] = system.line_shape[touched_lines_[k]];
  }
  touched_lines_.resize(touched_before_);
  laid_lines_.clear();
}

LODE_INLINE double LaneData::released(PlaceId holder, CommodityId commodity) const {
  double sum = 0.0;
  for (const ReserveRelease& release : first_releases_) {
    if (release.holder == holder && release.commodity == commodity) sum += release.rate;
  }
  return sum;
}

LODE_INLINE void LaneData::load_lane(const Disruption& disruption, std::uint32_t lane, const Network& network,
                                     const FlowSystem& system) {
  for (const ActivityLimit& limit : disruption.activity) {
    const std::size_t f = limit.facility.index();
    const double baseline = network.facilities()[f].baseline.in(tonnes_per_year);
    if (baseline <= 0.0) continue;
    const double share = limit_share(limit.factor, limit.add, baseline);
    for (std::uint32_t k = system.facility_line_offsets[f]; k < system.facility_line_offsets[f + 1]; ++k) {
      limit_.row(system.facility_lines[k], lanes_, 1.0)[lane] = share;
    }
    touch_facility(f, system);
  }
  for (const RouteOpenness& route : disruption.routes) {
    open_.row(route.route.index(), lanes_, 1.0)[lane] = route.open;
    const PlaceId to = network[route.route].to;
    if (to.is_facility()) touch_facility(to.facility().index(), system);
  }
  for (const EndUseFactor& factor : disruption.demand) demand_.row(factor.end_use.index(), lanes_, 1.0)[lane] = factor.factor;
  for (const EndUseFactor& factor : disruption.weights) weight_.row(factor.end_use.index(), lanes_, 1.0)[lane] = factor.factor;
  for (const ReserveRelease& release : disruption.releases) {
    if (release.holder.is_end_use()) {
      const EndUseId end_use = release.holder.end_use();
      if (network[end_use].commodity != release.commodity) continue;
      end_use_release_.row(end_use.index(), lanes_, 0.0)[lane] += release.rate;
      continue;
    }
    const std::size_t f = release.holder.facility().index();
    if (network.facilities()[f].is_separator()) continue;
    for (std::uint32_t k = system.facility_line_offsets[f]; k < system.facility_line_offsets[f + 1]; ++k) {
      const std::uint32_t line = system.facility_lines[k];
      for (std::uint32_t slot = system.line_slots[line]; slot < system.line_slots[line + 1]; ++slot) {
        if (network.facilities()[f].inputs[system.slot_input[slot]].commodity != release.commodity) continue;
        release_.row(slot, lanes_, 0.0)[lane] += release.rate / system.slot_need[slot];
        touch(line);
      }
    }
  }
}

}  // namespace lode::inline LODE_ABI::detail
