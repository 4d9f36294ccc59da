// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <lode/detail/sweep.hpp>
#include <lode/disruption.hpp>
#include <lode/flow_system.hpp>
#include <lode/network.hpp>

/// The disruptions of a block of scenarios, laid out for the sweep. Private.
namespace lode::inline LODE_ABI::detail {

/// Numbers by item and lane, stored only for the items that some lane changes.
class LaneRows {
 public:
  explicit LaneRows(std::size_t items = 0) : row_of_(items, no_row) {}

  /// The item's row; a new one is filled with `neutral`.
  double* row(std::size_t item, std::uint32_t lanes, double neutral) {
    std::int32_t& row = row_of_[item];
    if (row == no_row) {
      row = static_cast<std::int32_t>(used_.size());
      used_.push_back(static_cast<std::uint32_t>(item));
      values_.resize(used_.size() * lanes, neutral);
    }
    return values_.data() + static_cast<std::size_t>(row) * lanes;
  }
  [[nodiscard]] double at(std::size_t item, std::uint32_t lane, std::uint32_t lanes, double neutral) const {
    const std::int32_t row = row_of_[item];
    return row == no_row ? neutral : values_[static_cast<std::size_t>(row) * lanes + lane];
  }
  [[nodiscard]] const double* find(std::size_t item, std::uint32_t lanes) const {
    const std::int32_t row = row_of_[item];
    return row == no_row ? nullptr : values_.data() + static_cast<std::size_t>(row) * lanes;
  }
  /// Lets `item` use the row of `other`, which has one.
  void share(std::size_t item, std::size_t other) { row_of_[item] = row_of_[other]; }
  [[nodiscard]] const std::int32_t* rows() const { return row_of_.data(); }
  [[nodiscard]] const double* values() const { return values_.data(); }
  void clear() {
    for (const std::uint32_t item : used_) row_of_[item] = no_row;
    used_.clear();
    values_.clear();
    covered_.clear();
  }

  /// One lane: puts `value` in the place of the item's, until `uncover`. O(1).
  void cover(std::size_t item, double value) {
    const std::int32_t row = row_of_[item];
    covered_.push_back({static_cast<std::uint32_t>(item), row != no_row, row != no_row ? values_[row] : 0.0});
    *this->row(item, 1, value) = value;
  }
  /// Takes back every `cover`. O(covers).
  void uncover() {
    for (; !covered_.empty(); covered_.pop_back()) {
      const Covered& last = covered_.back();
      if (last.was_there) {
        values_[row_of_[last.item]] = last.value;
        continue;
      }
      row_of_[last.item] = no_row;
      used_.pop_back();
      values_.pop_back();
    }
  }

 private:
  struct Covered {
    std::uint32_t item;
    bool was_there;
    double value;
  };
  std::vector<std::int32_t> row_of_;
  std::vector<std::uint32_t> used_;
  std::vector<double> values_;
  std::vector<Covered> covered_;  ///< in order
};

/// What an input with this coverage allows: 1 - criticality (1 - coverage), without cancellation at criticality 1, where
/// shares may be tiny.
[[nodiscard]] inline double bound_of(double criticality, double coverage) {
  return criticality == 1.0 ? coverage : 1.0 - criticality * (1.0 - coverage);
}

/// min(1, gamma) of a facility: what its limit leaves of its baseline.
[[nodiscard]] inline double limit_share(double factor, double add, double baseline) {
  return std::clamp((factor * baseline + add) / baseline, 0.0, 1.0);
}

/// Up to `most_lanes` disruptions side by side. `load` costs O(items changed), not O(network).
class LaneData {
 public:
  LaneData(const Network& network, const FlowSystem& system);

  /// Replaces what was loaded. One disruption takes one lane; more are padded with undisturbed lanes to a multiple of 8.
  void load(std::span<const Disruption> block, const Network& network, const FlowSystem& system);

  /// On top of a block of one: a facility that does not run, a route that is closed. Until `lift`; O(lines concerned).
  void stop(FacilityId facility, const FlowSystem& system);
  void close(RouteId route, const Network& network, const FlowSystem& system);
  /// The lines that `stop` and `close` change, some perhaps twice.
  [[nodiscard]] std::span<const std::uint32_t> laid_lines() const { return laid_lines_; }
  void lift(const FlowSystem& system);

  [[nodiscard]] std::uint32_t lanes() const { return lanes_; }
  /// A block is loaded: rows to write numbers over, of items that it changes. With `share`, `other`'s row serves both.
  [[nodiscard]] double* limit_row(std::uint32_t line) { return limit_.row(line, lanes_, 1.0); }
  [[nodiscard]] double* open_row(std::size_t route) { return open_.row(route, lanes_, 1.0); }
  [[nodiscard]] double* release_row(std::uint32_t slot) { return release_.row(slot, lanes_, 0.0); }
  [[nodiscard]] double* demand_row(std::size_t end_use) { return demand_.row(end_use, lanes_, 1.0); }
  [[nodiscard]] double* weight_row(std::size_t end_use) { return weight_.row(end_use, lanes_, 1.0); }
  [[nodiscard]] double* end_use_release_row(std::size_t end_use) { return end_use_release_.row(end_use, lanes_, 0.0); }
  void share_open_row(std::size_t route, std::size_t other) { open_.share(route, other); }
  void share_limit_row(std::uint32_t line, std::uint32_t other) { limit_.share(line, other); }

  /// The arrays the kernel reads; u is by line and lane.
  [[nodiscard]] SweepLanes view(double* u, std::uint32_t* changed_in) const;

  /// The lines that some lane changes directly.
  [[nodiscard]] std::span<const std::uint32_t> touched_lines() const { return touched_lines_; }
  /// min(1, gamma) of a line, the open share of a route, the coverage a reserve adds to a slot.
  [[nodiscard]] double limit(std::uint32_t line, std::uint32_t lane) const { return limit_.at(line, lane, lanes_, 1.0); }
  [[nodiscard]] double open(std::uint32_t route, std::uint32_t lane) const { return open_.at(route, lane, lanes_, 1.0); }
  [[nodiscard]] double release(std::uint32_t slot, std::uint32_t lane) const {
    return release_.at(slot, lane, lanes_, 0.0);
  }
  /// t/yr of a commodity that reserves add to what a place receives, in a block of one lane.
  [[nodiscard]] double released(PlaceId holder, CommodityId commodity) const;
  /// By end use and lane: factors on demand and weight, t/yr from a reserve. nullptr: neutral in all lanes.
  [[nodiscard]] const double* demand_factor(std::uint32_t end_use) const { return demand_.find(end_use, lanes_); }
  [[nodiscard]] const double* weight_factor(std::uint32_t end_use) const { return weight_.find(end_use, lanes_); }
  [[nodiscard]] const double* end_use_release(std::uint32_t end_use) const {
    return end_use_release_.find(end_use, lanes_);
  }

 private:
  void touch(std::uint32_t line) {
    if (line_mode_[line] == touched_line) return;
    line_mode_[line] = touched_line;
    touched_lines_.push_back(line);
  }
  void touch_facility(std::size_t facility, const FlowSystem& system);
  void load_lane(const Disruption& disruption, std::uint32_t lane, const Network& network, const FlowSystem& system);

  std::uint32_t lanes_ = 1;
  std::vector<ReserveRelease> first_releases_;  ///< of the first lane
  LaneRows limit_, open_, release_, demand_, weight_, end_use_release_;
  std::vector<std::uint8_t> line_mode_;
  std::vector<std::uint32_t> touched_lines_;
  std::vector<std::uint32_t> laid_lines_;
  std::size_t touched_before_ = 0;  ///< touched lines of the block that `stop` and `close` came on top of
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/lane_data.ipp>  // IWYU pragma: export
#endif
