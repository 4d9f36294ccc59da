// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include <lode/error.hpp>

/// Numbers as data packages write them, read and written without a locale and without loss.
namespace lode::inline LODE_ABI::io_detail {

enum class NumberFault { none, malformed, overflow };

struct ParsedNumber {
  double value = 0.0;
  NumberFault fault = NumberFault::none;
};

/// `-?digits[.digits][(e|E)[+-]digits]`: nothing before, after or between.
[[nodiscard]] inline bool is_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at > start;
  };
  if (at < text.size() && text[at] == '-') ++at;
  if (!digits()) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

/// Whether a well-formed number that no double can hold is too large rather than too small.
[[nodiscard]] inline bool is_too_large(std::string_view text) {
  const std::size_t exponent_at = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, exponent_at);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return false;
  // The decimal exponent of the first digit that counts; files are far shorter than what long long holds.
  long long magnitude = static_cast<long long>(point) - static_cast<long long>(first);
  if (exponent_at != std::string_view::npos) {
    std::string_view exponent = text.substr(exponent_at + 1);
    if (exponent.front() == '+') exponent.remove_prefix(1);
    long long value = 0;
    if (std::from_chars(exponent.data(), exponent.data() + exponent.size(), value).ec != std::errc{}) {
      return exponent.front() != '-';
    }
    if (value > 1'000'000'000'000 || value < -1'000'000'000'000) return value > 0;
    magnitude += value;
  }
  return magnitude > 0;
}

/// A number of the contract's grammar. What is too small for a double is 0; -0 is 0.
[[nodiscard]] inline ParsedNumber parse_number(std::string_view text) {
  if (!is_number(text)) return {0.0, NumberFault::malformed};
  double value = 0.0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc::result_out_of_range) {
    if (is_too_large(text)) return {0.0, NumberFault::overflow};
    return {0.0, NumberFault::none};
  }
  return {value == 0.0 ? 0.0 : value, NumberFault::none};
}

/// `-?digits` that an int holds.
[[nodiscard]] inline std::optional<int> parse_integer(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The shortest decimal that reads back as the same double, without an exponent where that is legible. No file of
/// Lode's holds a number that is not finite: one is refused.
[[nodiscard]] inline std::string decimal(double number) {
  if (!std::isfinite(number)) {
    throw InvalidArgument({{{"file to write", 0, 0}, "a number is not finite", "correct the data it comes from"}});
  }
  char buffer[64];
  const double size = std::abs(number);
  const bool plain = size == 0.0 || (size >= 1e-7 && size < 1e16);
  const std::to_chars_result result =
      plain ? std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed)
            : std::to_chars(buffer, buffer + sizeof buffer, number);
  return {buffer, result.ptr};
}

}  // namespace lode::inline LODE_ABI::io_detail
