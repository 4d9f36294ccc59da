// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <lode/config.hpp>
#include <lode/detail/accounting.hpp>
#include <lode/detail/alike_end_uses.hpp>
#include <lode/network.hpp>

/// What an ensemble keeps of each sample: a row of shortfalls. Private.
namespace lode::inline LODE_ABI::detail {

/// shortfall = max(0, demanded - delivered), and its weighted total.
void add_shortfall(const double* demanded, const double* delivered, const double* weight, std::size_t count,
                   double* shortfall, double* total);
/// What a shortfall of a commodity means for a material, in two rows.
void add_content(double content, const double* shortfall, std::size_t count, double* material, double* country);
/// row += factor * shortfall
void add_scaled(double factor, const double* shortfall, std::size_t count, double* row);

class SampleQuantities {
 public:
  explicit SampleQuantities(const Network& network, std::size_t months = 0)
      : network_(network), materials_(network.materials().size()), months_(months) {
    std::vector<std::size_t> position(network.countries().size(), npos);
    for (const EndUse& use : network.end_uses()) position[use.country.index()] = 0;
    for (std::size_t c = 0; c < position.size(); ++c) {
      if (position[c] == npos) continue;
      position[c] = countries_.size();
      countries_.emplace_back(c);
    }
    for (const EndUse& use : network.end_uses()) country_of_.push_back(position[use.country.index()]);
    for (std::size_t e = 0; e < country_of_.size(); ++e) {
      leader_.push_back(e);
      scale_.push_back(1.0);
      leaders_.push_back({e});
    }
  }

  /// From now on `account` looks at the leaders of groups only. The rows of their followers stay empty: they are
  /// `scale_of` times that of `leader_of`.
  void group(const AlikeEndUses& alike);
  [[nodiscard]] std::size_t leader_of(std::size_t e) const { return leader_[e]; }
  [[nodiscard]] double scale_of(std::size_t e) const { return scale_[e]; }
  [[nodiscard]] std::vector<std::uint32_t> leaders() const {
    std::vector<std::uint32_t> out;
    for (const Leader& leader : leaders_) out.push_back(static_cast<std::uint32_t>(leader.end_use));
    return out;
  }

  [[nodiscard]] std::size_t materials() const { return materials_; }
  [[nodiscard]] std::size_t months() const { return months_; }
  [[nodiscard]] const std::vector<CountryId>& countries() const { return countries_; }

  [[nodiscard]] std::size_t material(std::size_t m) const { return m; }
  [[nodiscard]] std::size_t weighted() const { return materials_; }
  [[nodiscard]] std::size_t country(std::size_t c, std::size_t m) const { return materials_ + 1 + c * materials_ + m; }
  [[nodiscard]] std::size_t end_use(std::size_t e) const { return country(countries_.size(), 0) + e; }
  [[nodiscard]] std::size_t month(std::size_t t, std::size_t m) const {
    return end_use(country_of_.size()) + t * materials_ + m;
  }
  [[nodiscard]] std::size_t size() const { return month(months_, 0); }

  /// values[quantity * stride + k] for `count` lanes, all but the months.
  void account(const EndUseLanes& uses, std::size_t lanes, std::size_t count, double* values,
               std::size_t stride) const {
    for (std::size_t q = 0; q < end_use(0); ++q) std::fill_n(values + q * stride, count, 0.0);
    for (const Leader& leader : leaders_) {
      const std::size_t e = leader.end_use, at = e * lanes;
      double* const shortfall = values + end_use(e) * stride;
      double* const total = values + weighted() * stride;
      add_shortfall(uses.demanded.data() + at, uses.delivered.data() + at, uses.weight.data() + at, count, shortfall,
                    total);
      if (leader.parts.empty()) {
        for (const Content& part : network_.commodities()[network_.end_uses()[e].commodity.index()].composition) {
          add_content(part.content, shortfall, count, values + material(part.material.index()) * stride,
                      values + country(country_of_[e], part.material.index()) * stride);
        }
        continue;
      }
      add_scaled(leader.weight_of_followers, shortfall, count, total);
      for (const Part& part : leader.parts) add_scaled(part.content, shortfall, count, values + part.row * stride);
    }
  }

 private:
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  /// What a tonne that the leader lacks means for a row, its followers' tonnes included.
  struct Part {
    std::size_t row = 0;
    double content = 0.0;
  };
  struct Leader {
    std::size_t end_use = 0;
    double weight_of_followers = 0.0;
    std::vector<Part> parts = {};  ///< empty without followers
  };

  Network network_;
  std::size_t materials_ = 0, months_ = 0;
  std::vector<CountryId> countries_;     ///< those with demand
  std::vector<std::size_t> country_of_;  ///< by end use: position in `countries_`
  std::vector<std::size_t> leader_;      ///< by end use
  std::vector<double> scale_;            ///< by end use
  std::vector<Leader> leaders_;
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/sample_quantities.ipp>  // IWYU pragma: export
#endif
