// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

#include <lode/config.hpp>

/// Typed handles: a facility can not be passed where a commodity is meant, and no arithmetic is possible on either.
///
/// A handle is a position in the network that gave it out. It is invalid until assigned, four bytes, ordered and
/// hashable. Use it only with the network (or builder) it came from.
///
///     const lode::CommodityId oxide = world.add_commodity("dy_oxide", lode::Stage::separation, {{dy, 0.8713}});
///     std::cout << network[oxide].name;
namespace lode::inline LODE_ABI {

/// A position in one of the network's tables. `Tag` makes the handles of different tables different types.
template <class Tag>
class StrongId {
 public:
  constexpr StrongId() = default;
  explicit constexpr StrongId(std::size_t index) : index_(static_cast<std::uint32_t>(index)) {}

  /// Position in the table, 0-based. Meaningless for an invalid handle.
  [[nodiscard]] constexpr std::size_t index() const { return index_; }
  [[nodiscard]] constexpr bool valid() const { return index_ != invalid_index; }

  friend constexpr auto operator<=>(StrongId, StrongId) = default;

 private:
  static constexpr std::uint32_t invalid_index = 0xffffffffU;
  std::uint32_t index_ = invalid_index;
};

using MaterialId = StrongId<struct MaterialTag>;
using CountryId = StrongId<struct CountryTag>;
using CommodityId = StrongId<struct CommodityTag>;
using FacilityId = StrongId<struct FacilityTag>;
using EndUseId = StrongId<struct EndUseTag>;
using RouteId = StrongId<struct RouteTag>;

/// Where a route starts or ends and where a stock lies: a facility or an end use.
class PlaceId {
 public:
  constexpr PlaceId() = default;
  constexpr PlaceId(FacilityId id) : facility_(id) {}
  constexpr PlaceId(EndUseId id) : end_use_(id) {}

  [[nodiscard]] constexpr bool is_facility() const { return facility_.valid(); }
  [[nodiscard]] constexpr bool is_end_use() const { return end_use_.valid(); }
  [[nodiscard]] constexpr bool valid() const { return is_facility() || is_end_use(); }
  /// Invalid if the place is an end use.
  [[nodiscard]] constexpr FacilityId facility() const { return facility_; }
  /// Invalid if the place is a facility.
  [[nodiscard]] constexpr EndUseId end_use() const { return end_use_; }

  friend constexpr auto operator<=>(PlaceId, PlaceId) = default;

 private:
  FacilityId facility_;
  EndUseId end_use_;
};

}  // namespace lode::inline LODE_ABI

template <class Tag>
struct std::hash<lode::StrongId<Tag>> {
  std::size_t operator()(lode::StrongId<Tag> id) const noexcept { return std::hash<std::size_t>{}(id.index()); }
};
