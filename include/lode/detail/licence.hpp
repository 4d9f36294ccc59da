// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <lode/config.hpp>
#include <lode/ids.hpp>

/// Exports that wait for a licence. Private.
namespace lode::inline LODE_ABI::detail {

/// The rule on one route. Several licences on one route: the longest delay, the product of the shares approved.
struct RouteLicence {
  RouteId route;
  double active = 1.0;  ///< share of the step in which a licence is needed
  double delay_days = 0.0;
  double approved = 1.0;
  double refused = 0.0;
  friend bool operator==(const RouteLicence&, const RouteLicence&) = default;
};

/// The goods of one route in one scenario that wait. An application is decided when it is `delay` steps old. Think of
/// it as having a difficulty, evenly spread between 0 and 1: those up to the share approved are let through, those
/// above 1 - refused go back to the seller, the others wait until the share approved reaches them. So a share that
/// rises from a to b releases (b - a) / (1 - a) of the backlog, at whatever pace the steps go, and one that falls
/// releases nothing.
class LicenceQueue {
 public:
  /// `levels`: all shares approved that will occur, so that none falls inside a bin.
  void reset(std::span<const double> levels) {
    edges_.assign(levels.begin(), levels.end());
    edges_.push_back(1.0);
    std::sort(edges_.begin(), edges_.end());
    edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
    backlog_.assign(edges_.size(), 0.0);
    entries_.clear();
    head_ = 0;
    held_ = pending_ = 0.0;
  }

  struct Outcome {
    double released = 0.0;
    double refused = 0.0;
  };

  /// Takes what `enters` at `step`, and decides.
  Outcome decide(std::uint32_t step, double enters, std::uint32_t delay, const RouteLicence& rule) {
    if (enters > 0.0) {
      entries_.push_back({step, enters});
      pending_ += enters;
    }
    Outcome out;
    while (head_ < entries_.size() && entries_[head_].step + delay <= step) {
      const double amount = entries_[head_++].amount;
      pending_ = head_ == entries_.size() ? 0.0 : std::max(0.0, pending_ - amount);
      out.refused += rule.refused * amount;
      double low = 0.0;
      for (std::size_t bin = 0; bin < edges_.size(); ++bin) {
        const double high = std::min(edges_[bin], 1.0 - rule.refused);
        if (high > low) backlog_[bin] += (high - low) * amount;
        low = std::max(low, high);
      }
    }
    for (std::size_t bin = 0; bin < edges_.size() && edges_[bin] <= rule.approved; ++bin) {
      out.released += backlog_[bin];
      backlog_[bin] = 0.0;
    }
    settle();
    return out;
  }

  /// No licence is needed any more: everything leaves.
  double release_all() {
    const double all = held_;
    entries_.clear();
    head_ = 0;
    std::fill(backlog_.begin(), backlog_.end(), 0.0);
    held_ = pending_ = 0.0;
    return all;
  }

  [[nodiscard]] double held() const { return held_; }
  /// Not old enough to be decided; the buyer counts on it. The rest of what is held may never come.
  [[nodiscard]] double pending() const { return pending_; }

 private:
  struct Entry {
    std::uint32_t step = 0;
    double amount = 0.0;
  };

  /// Drops what is decided, now and then.
  void settle() {
    if (head_ > 64 && 2 * head_ > entries_.size()) {
      entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
    held_ = pending_;
    for (const double part : backlog_) held_ += part;
  }

  std::vector<double> edges_, backlog_;  ///< bin i: difficulties between edges i - 1 and i
  std::vector<Entry> entries_;           ///< not decided yet: from `head_` on, oldest first
  std::size_t head_ = 0;
  double held_ = 0.0;
  double pending_ = 0.0;
};

}  // namespace lode::inline LODE_ABI::detail
