// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "two_units.hpp"

#include <lode/lode.hpp>

double shortfall_at_half(const lode::Network& network) {
  lode::Scenario scenario{"half"};
  scenario.restrict_exports({.country = "AAA", .factor = 0.5});
  return lode::propagate(network, scenario).total_weighted_shortfall;
}
