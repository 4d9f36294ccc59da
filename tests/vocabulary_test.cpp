// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <concepts>
#include <type_traits>
#include <unordered_set>

#include <lode/ids.hpp>
#include <lode/network.hpp>
#include <lode/status.hpp>
#include <lode/units.hpp>

/// Ids and units: what they cost, and that wrong mixes do not compile.
namespace {

using namespace lode::literals;
using lode::Days;
using lode::PlaceId;
using lode::Tonnes;
using lode::TonnesPerYear;
using lode::UsdPerTonne;

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
}
|| requires(A a, B b) {
  a - b;
}
|| requires(A a, B b) {
  a += b;
};
template <class A, class B>
concept Comparable = requires(A a, B b) {
  a == b;
}
|| requires(A a, B b) {
  a < b;
};
template <class A, class B>
concept Multipliable = requires(A a, B b) {
  a* b;
};
template <class A, class Unit>
concept ReadableIn = requires(A a, Unit unit) {
  a.in(unit);
};

static_assert(sizeof(Tonnes) == sizeof(double) && sizeof(TonnesPerYear) == sizeof(double));
static_assert(sizeof(UsdPerTonne) == sizeof(double) && sizeof(Days) == sizeof(double));
static_assert(std::is_trivially_copyable_v<Tonnes>);
static_assert(Addable<Tonnes, Tonnes> && Comparable<Tonnes, Tonnes>);
static_assert(!Addable<Tonnes, TonnesPerYear> && !Addable<TonnesPerYear, Days> && !Addable<UsdPerTonne, Tonnes>);
static_assert(!Addable<Tonnes, double> && !Addable<double, Tonnes>);
static_assert(!Comparable<Tonnes, TonnesPerYear> && !Comparable<Days, double> && !Comparable<UsdPerTonne, Tonnes>);
static_assert(Multipliable<Tonnes, double> && Multipliable<double, Tonnes>);
static_assert(!Multipliable<Tonnes, Tonnes> && !Multipliable<UsdPerTonne, Tonnes>);
static_assert(ReadableIn<Tonnes, decltype(lode::kilotonnes)>);
static_assert(!ReadableIn<Tonnes, decltype(lode::tonnes_per_year)> && !ReadableIn<Tonnes, double>);
static_assert(!std::convertible_to<double, Tonnes> && !std::convertible_to<Tonnes, double>);
static_assert(!std::constructible_from<Tonnes, double> && !std::constructible_from<double, Tonnes>);
static_assert(!std::convertible_to<Tonnes, TonnesPerYear> && !std::constructible_from<Tonnes, TonnesPerYear>);
static_assert(std::same_as<decltype(1_t / 1_t), double>);
static_assert(std::same_as<decltype(2 * lode::weeks), Days>);

using Ids =
    std::tuple<lode::MaterialId, lode::CountryId, lode::CommodityId, lode::FacilityId, lode::EndUseId, lode::RouteId>;
template <class A, class... All>
constexpr bool mixes_with_another(std::tuple<All...>) {
  return ((!std::same_as<A, All> &&
           (std::constructible_from<A, All> || std::convertible_to<A, All> || Comparable<A, All>)) ||
          ...);
}
template <class... All>
constexpr bool any_mix(std::tuple<All...> all) {
  return (mixes_with_another<All>(all) || ...);
}
static_assert(!any_mix(Ids{}), "a facility is not a commodity");
static_assert(sizeof(lode::FacilityId) == 4 && std::is_trivially_copyable_v<lode::FacilityId>);
static_assert(!std::convertible_to<std::size_t, lode::FacilityId> &&
              std::constructible_from<lode::FacilityId, std::size_t>);
static_assert(!std::convertible_to<lode::FacilityId, std::size_t>);
static_assert(!Addable<lode::FacilityId, lode::FacilityId> && !Addable<lode::FacilityId, int>);
static_assert(!lode::FacilityId{}.valid() && lode::FacilityId{0}.valid());
static_assert(lode::FacilityId{1} < lode::FacilityId{2});
static_assert(std::convertible_to<lode::FacilityId, PlaceId> && std::convertible_to<lode::EndUseId, PlaceId>);
static_assert(!std::constructible_from<PlaceId, lode::RouteId> && !std::constructible_from<lode::FacilityId, PlaceId>);

template <class Key, class Item>
concept Looks = requires(const lode::Network& network, Key key) {
  { network[key] } -> std::same_as<const Item&>;
};
static_assert(Looks<lode::FacilityId, lode::Facility> && Looks<lode::CommodityId, lode::Commodity>);
static_assert(!Looks<lode::FacilityId, lode::Commodity> && !Looks<int, lode::Facility> &&
              !Looks<lode::PlaceId, lode::Facility>);

TEST(Units, EnterAndLeaveByNamingTheUnit) {
  const TonnesPerYear flow = 1.2 * lode::kilotonnes_per_year + 300.0_t_per_yr;
  EXPECT_EQ(flow.in(lode::tonnes_per_year), 1500.0);
  EXPECT_EQ(flow.in(lode::kilotonnes_per_year), 1.5);
  EXPECT_EQ((2 * lode::weeks).in(lode::days), 14.0);
  EXPECT_EQ((90 * lode::usd_per_kilogram).in(lode::usd_per_tonne), 90'000.0);
  EXPECT_EQ(5_t - 2_t, 3_t);
  EXPECT_EQ(-(5_t), -5.0 * lode::tonnes);
  EXPECT_EQ(6_t / 2_t, 3.0);
  EXPECT_EQ(6_t / 2.0, 3_t);
  EXPECT_EQ(Tonnes{}, 0_t);
  EXPECT_LT(1_t, 1 * lode::kilotonnes);
  Tonnes sum = 1_t;
  sum += 2_t;
  sum -= 0.5_t;
  EXPECT_EQ(sum, 2.5_t);
}

TEST(Ids, HashAndPlaces) {
  std::unordered_set<lode::FacilityId> seen{lode::FacilityId{1}, lode::FacilityId{2}, lode::FacilityId{1}};
  EXPECT_EQ(seen.size(), 2U);
  const PlaceId plant = lode::FacilityId{3};
  const PlaceId market = lode::EndUseId{3};
  EXPECT_TRUE(plant.is_facility() && !plant.is_end_use() && plant.valid());
  EXPECT_TRUE(market.is_end_use() && !market.is_facility());
  EXPECT_NE(plant, market);
  EXPECT_FALSE(PlaceId{}.valid());
  EXPECT_EQ(plant.facility(), lode::FacilityId{3});
  EXPECT_FALSE(plant.end_use().valid());
}

TEST(Status, WordsAndAdvice) {
  EXPECT_STREQ(to_string(lode::SolveStatus::solved), "solved");
  EXPECT_STREQ(to_string(lode::SolveStatus::not_converged), "not_converged");
  EXPECT_STREQ(to_string(lode::SolveStatus::not_run), "not_run");
  for (const auto status : {lode::SolveStatus::solved, lode::SolveStatus::not_converged, lode::SolveStatus::not_run}) {
    EXPECT_GT(std::string(advice(status)).size(), 10U);
  }
}

}  // namespace
