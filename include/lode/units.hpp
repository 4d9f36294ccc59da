// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <compare>

#include <lode/config.hpp>

/// Quantities that know their dimension. A number enters and leaves only by naming its unit:
///
///     using namespace lode::literals;
///     lode::TonnesPerYear flow = 1.2 * lode::kilotonnes_per_year + 300.0_t_per_yr;
///     double number = flow.in(lode::tonnes_per_year);   // 1500
///     // flow + 3.0_days, flow = 5.0 and double x = flow do not compile
///
/// A quantity is one double in the base unit of its dimension (t, t/yr, USD/t, d); it costs what a double costs.
namespace lode::inline LODE_ABI {

namespace dimension {
struct Mass {};
struct MassRate {};
struct Price {};
struct Time {};
}  // namespace dimension

/// A unit of a dimension: `scale` base units. Multiply a number by it to get a quantity.
template <class Dimension>
struct Unit {
  double scale = 1.0;
};

/// An amount of one dimension, stored in the base unit.
template <class Dimension>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr Quantity(double number, Unit<Dimension> unit) : base_(number * unit.scale) {}

  /// The number of `unit`s in this quantity.
  [[nodiscard]] constexpr double in(Unit<Dimension> unit) const { return base_ / unit.scale; }

  constexpr Quantity& operator+=(Quantity other) {
    base_ += other.base_;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    base_ -= other.base_;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
  friend constexpr Quantity operator-(Quantity a) { return Quantity{} - a; }
  friend constexpr Quantity operator*(double number, Quantity a) { return {number * a.base_, Unit<Dimension>{}}; }
  friend constexpr Quantity operator*(Quantity a, double number) { return number * a; }
  friend constexpr Quantity operator/(Quantity a, double number) { return {a.base_ / number, Unit<Dimension>{}}; }
  /// The ratio of two quantities of one dimension is a plain number.
  friend constexpr double operator/(Quantity a, Quantity b) { return a.base_ / b.base_; }
  friend constexpr auto operator<=>(Quantity, Quantity) = default;

 private:
  double base_ = 0.0;
};

template <class Dimension>
constexpr Quantity<Dimension> operator*(double number, Unit<Dimension> unit) {
  return {number, unit};
}

using Tonnes = Quantity<dimension::Mass>;
using TonnesPerYear = Quantity<dimension::MassRate>;
using UsdPerTonne = Quantity<dimension::Price>;
using Days = Quantity<dimension::Time>;

inline constexpr Unit<dimension::Mass> tonnes{1.0};
inline constexpr Unit<dimension::Mass> kilotonnes{1000.0};
inline constexpr Unit<dimension::MassRate> tonnes_per_year{1.0};
inline constexpr Unit<dimension::MassRate> kilotonnes_per_year{1000.0};
inline constexpr Unit<dimension::Price> usd_per_tonne{1.0};
inline constexpr Unit<dimension::Price> usd_per_kilogram{1000.0};
inline constexpr Unit<dimension::Time> days{1.0};
inline constexpr Unit<dimension::Time> weeks{7.0};

inline namespace literals {
constexpr Tonnes operator""_t(long double x) { return static_cast<double>(x) * tonnes; }
constexpr Tonnes operator""_t(unsigned long long x) { return static_cast<double>(x) * tonnes; }
constexpr TonnesPerYear operator""_t_per_yr(long double x) { return static_cast<double>(x) * tonnes_per_year; }
constexpr TonnesPerYear operator""_t_per_yr(unsigned long long x) { return static_cast<double>(x) * tonnes_per_year; }
constexpr UsdPerTonne operator""_usd_per_t(long double x) { return static_cast<double>(x) * usd_per_tonne; }
constexpr UsdPerTonne operator""_usd_per_t(unsigned long long x) { return static_cast<double>(x) * usd_per_tonne; }
constexpr Days operator""_days(long double x) { return static_cast<double>(x) * days; }
constexpr Days operator""_days(unsigned long long x) { return static_cast<double>(x) * days; }
}  // namespace literals

}  // namespace lode::inline LODE_ABI
