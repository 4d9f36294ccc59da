// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// Lode as a part of the build.
//
// Output:
//   rare-earth-magnets-2024: solved
#include <iostream>

#include <lode/lode.hpp>

int main() {
  const lode::Dataset& magnets = lode::datasets::rare_earth_magnets_2024();
  const lode::Result result = lode::propagate(magnets.network, magnets.scenarios.front());
  std::cout << magnets.about.name << ": " << lode::to_string(result.status) << '\n';
}
