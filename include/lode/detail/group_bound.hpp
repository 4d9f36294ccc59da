// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <lode/detail/rank_study.hpp>

/// How much groups of removals can lose at most. Private.
namespace lode::inline LODE_ABI::detail {

/// What groups of items lose at most. With x_ae what end use e loses at most without item a, and no surplus to absorb
/// it, h(S) = sum over e of weight_e min(room_e, sum over a in S of x_ae): monotone and submodular.
class GroupBound {
 public:
  /// False if the study was stopped; `known` items alone have a bound.
  [[nodiscard]] bool fill(RankStudy& study) {
    const std::size_t items = study.items().size();
    lost_.resize(items);
    known_.assign(items, 0);
    alone_.assign(items, 0.0);
    weight_ = study.outages().weight();
    room_ = study.outages().room();
    start_ = study.outages().start().weighted;
    margin_ = study.margin();
    covered_.assign(weight_.size(), 0.0);
    return study.each(
        items,
        [&](RankWorker& mine, std::size_t a) {
          known_[a] = mine.outages().bound(study.items()[a].removal, lost_[a]) ? 1 : 0;
          alone_[a] = known_[a] != 0 ? 0.0 : std::numeric_limits<double>::infinity();
          for (const LostDelivery& row : lost_[a])
            alone_[a] += weight_[row.end_use] * std::min(room_[row.end_use], row.most);
        },
        false);
  }

  /// h of one item.
  [[nodiscard]] double alone(std::size_t a) const { return alone_[a]; }
  /// The weighted loss that h allows, rounding included.
  [[nodiscard]] double loss(double h) const { return start_ + h + margin_; }
  /// All that there is to lose.
  [[nodiscard]] double all() const {
    double sum = 0.0;
    for (std::size_t e = 0; e < weight_.size(); ++e) sum += weight_[e] * room_[e];
    return sum;
  }

  /// Sharper than h: where only one of the two is upstream, its own loss is exact.
  [[nodiscard]] double pair(std::size_t a, std::size_t b) const {
    if (known_[a] == 0 || known_[b] == 0) return std::numeric_limits<double>::infinity();
    double sum = 0.0;
    auto i = lost_[a].begin();
    auto j = lost_[b].begin();
    while (i != lost_[a].end() || j != lost_[b].end()) {
      if (j == lost_[b].end() || (i != lost_[a].end() && i->end_use < j->end_use)) {
        sum += weight_[i->end_use] * i->exact;
        ++i;
      } else if (i == lost_[a].end() || j->end_use < i->end_use) {
        sum += weight_[j->end_use] * j->exact;
        ++j;
      } else {
        sum += weight_[i->end_use] * std::min(room_[i->end_use], i->most + j->most);
        ++i, ++j;
      }
    }
    return sum;
  }

  /// A set to which items are added: its h, and what one more adds to it.
  void cover(std::span<const std::size_t> members) {
    std::fill(covered_.begin(), covered_.end(), 0.0);
    for (const std::size_t a : members) {
      for (const LostDelivery& row : lost_[a]) covered_[row.end_use] += row.most;
    }
  }
  [[nodiscard]] double covered() const {
    double sum = 0.0;
    for (std::size_t e = 0; e < weight_.size(); ++e) sum += weight_[e] * std::min(room_[e], covered_[e]);
    return sum;
  }
  [[nodiscard]] double gain(std::size_t a) const {
    if (known_[a] == 0) return std::numeric_limits<double>::infinity();
    double sum = 0.0;
    for (const LostDelivery& row : lost_[a]) {
      const std::size_t e = row.end_use;
      sum += weight_[e] * (std::min(room_[e], covered_[e] + row.most) - std::min(room_[e], covered_[e]));
    }
    return sum;
  }

  /// No k items have a larger h: for any set A, h(S) <= h(A) + the k largest gains on top of A (Nemhauser, Wolsey and
  /// Fisher 1978). The sets tried are those that grow greedily from nothing.
  [[nodiscard]] double most(std::size_t k) {
    double best = all();
    std::vector<std::size_t> grown;
    std::vector<double> gains(lost_.size());
    for (std::size_t step = 0; step <= k; ++step) {
      cover(grown);
      for (std::size_t a = 0; a < gains.size(); ++a) gains[a] = gain(a);
      const auto next = static_cast<std::size_t>(std::max_element(gains.begin(), gains.end()) - gains.begin());
      std::vector<double> largest = gains;
      const std::size_t count = std::min(k, largest.size());
      std::partial_sort(largest.begin(), largest.begin() + static_cast<std::ptrdiff_t>(count), largest.end(),
                        std::greater<>());
      best = std::min(
          best, std::accumulate(largest.begin(), largest.begin() + static_cast<std::ptrdiff_t>(count), covered()));
      if (!(gains[next] > 0.0) || gains[next] == std::numeric_limits<double>::infinity()) break;
      grown.push_back(next);
    }
    return best;
  }

 private:
  std::vector<std::vector<LostDelivery>> lost_;  ///< by item
  std::vector<std::uint8_t> known_;
  std::vector<double> alone_;
  std::span<const double> weight_, room_;
  double start_ = 0.0, margin_ = 0.0;
  std::vector<double> covered_;  ///< by end use
};

}  // namespace lode::inline LODE_ABI::detail
