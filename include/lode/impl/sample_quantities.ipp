// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>

#include <lode/detail/hot_loop.hpp>
#include <lode/detail/sample_quantities.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_HOT_LOOP LODE_INLINE void add_shortfall(const double* __restrict demanded, const double* __restrict delivered,
                                             const double* __restrict weight, std::size_t count,
                                             double* __restrict shortfall, double* __restrict total) {
  for (std::size_t k = 0; k < count; ++k) {
    const double lacks = demanded[k] - delivered[k];
    shortfall[k] = lacks > 0.0 ? lacks : 0.0;
    total[k] += weight[k] * shortfall[k];
  }
}

LODE_HOT_LOOP LODE_INLINE void add_content(double content, const double* __restrict shortfall, std::size_t count,
                                           double* __restrict material, double* __restrict country) {
  for (std::size_t k = 0; k < count; ++k) {
    const double amount = content * shortfall[k];
    material[k] += amount;
    country[k] += amount;
  }
}

LODE_HOT_LOOP LODE_INLINE void add_scaled(double factor, const double* __restrict shortfall, std::size_t count,
                                          double* __restrict row) {
  for (std::size_t k = 0; k < count; ++k) row[k] += factor * shortfall[k];
}

LODE_INLINE void SampleQuantities::group(const AlikeEndUses& alike) {
  leader_ = alike.leader;
  scale_ = alike.scale;
  leaders_.clear();
  std::vector<std::size_t> position(leader_.size(), npos);
  std::vector<std::size_t> members(leader_.size(), 0);
  for (const std::size_t leader : leader_) ++members[leader];
  for (std::size_t e = 0; e < leader_.size(); ++e) {
    const EndUse& use = network_.end_uses()[e];
    if (leader_[e] == e) {
      position[e] = leaders_.size();
      leaders_.push_back({e});
    }
    if (members[leader_[e]] == 1) continue;
    Leader& leader = leaders_[position[leader_[e]]];
    if (leader_[e] != e) leader.weight_of_followers += use.weight * scale_[e];
    for (const Content& content : network_.commodities()[use.commodity.index()].composition) {
      for (const std::size_t row :
           {material(content.material.index()), country(country_of_[e], content.material.index())}) {
        auto part = std::find_if(leader.parts.begin(), leader.parts.end(), [row](const Part& p) { return p.row == row; });
        if (part == leader.parts.end()) part = leader.parts.insert(part, {row});
        part->content += content.content * scale_[e];
      }
    }
  }
}

}  // namespace lode::inline LODE_ABI::detail
