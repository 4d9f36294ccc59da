// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <lode/dataset.hpp>
#include <lode/result.hpp>

#include "report/text_table.hpp"

/// What the tables of results have in common. Private.
namespace lode::inline LODE_ABI::detail {

inline constexpr double rounding = 1e-9;  ///< a relative shortfall below this is rounding, not a shortage

[[nodiscard]] inline double number(TonnesPerYear quantity) {
  return quantity.in(tonnes_per_year);
}

/// The shortfall, with what is only rounding set to 0.
template <class Row>
[[nodiscard]] double short_tonnes(const Row& row) {
  const double shortfall = number(row.shortfall);
  return shortfall > rounding * number(row.demanded) ? shortfall : 0.0;
}

/// Throws `InvalidArgument` for a result of another network.
void require_fit(const Result& result, const Network& network);

/// Data set and scenarios with their titles; `model` is the line on what the model means.
[[nodiscard]] std::string heading(const std::string& scenario, const Dataset& dataset, std::string_view model);

[[nodiscard]] bool has_weights(const Result& result);
/// "t of end products", or times their weight.
[[nodiscard]] std::string worst_first(bool weights);

/// A table with columns for each material, as several below each other where it is too wide. `make(begin, end)` is the
/// table of some materials.
template <class Make>
[[nodiscard]] std::string fitted_tables(std::size_t materials, Make make) {
  std::string text;
  for (std::size_t begin = 0; begin == 0 || begin < materials;) {
    std::size_t end = materials;
    while (end > begin + 1 && make(begin, end).width() > report_width) --end;
    text += make(begin, end).text() + '\n';
    begin = std::max(end, begin + 1);
  }
  return text;
}

/// "and 3 more mines\n", or nothing.
[[nodiscard]] std::string and_more(std::size_t shown, std::size_t all, std::string_view what);

/// A note each, with an empty line after them.
[[nodiscard]] std::string notes_section(const std::vector<std::string>& notes);

/// "1.2e-16", or "0".
[[nodiscard]] std::string residual_text(double x);
/// What of a certificate belongs to the model: "mass balance 0, gap 1.0e-15, optimality 0".
[[nodiscard]] std::string certificate_text(const Certificate& certificate, std::string_view model);

/// Where a tonne is missed most: prices, rents of quotas and capacities, offtakes and the baskets of mines of a
/// reallocation; empty where it has none.
[[nodiscard]] std::string scarcity_sections(const Result& result, const Dataset& dataset);

/// Why there are no numbers.
[[nodiscard]] std::string no_numbers(SolveStatus status, const std::vector<std::string>& conflict);

}  // namespace lode::inline LODE_ABI::detail
