// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// Compiled once as it stands, which must work, and once for each mistake, which must not.
#include <lode/ids.hpp>
#include <lode/units.hpp>

#ifndef LODE_MISTAKE
#define LODE_MISTAKE 0
#endif

namespace {

using namespace lode::literals;

[[maybe_unused]] double check(lode::FacilityId plant, lode::CommodityId oxide) {
  lode::Tonnes stock = 3.0_t;
  lode::TonnesPerYear flow = 5.0_t_per_yr;
#if LODE_MISTAKE == 1
  stock += flow;
#elif LODE_MISTAKE == 2
  double number = flow;
#elif LODE_MISTAKE == 3
  flow = 7.0;
#elif LODE_MISTAKE == 4
  const double number = flow.in(lode::tonnes);
#elif LODE_MISTAKE == 5
  plant = oxide;
#elif LODE_MISTAKE == 6
  const bool same = plant == oxide;
#elif LODE_MISTAKE == 7
  const auto next = plant + 1;
#elif LODE_MISTAKE == 8
  const auto product = flow * stock;
#else
  stock += 1.0_t;
  flow = 7.0 * lode::tonnes_per_year;
  plant = lode::FacilityId{oxide.index()};
  if (plant.valid()) return flow.in(lode::tonnes_per_year) + stock.in(lode::tonnes);
#endif
  return 0.0;
}

}  // namespace
