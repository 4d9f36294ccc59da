// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

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

}  // namespace lode::inline LODE_ABI::detail
