// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include <lode/config.hpp>

/// Sums whose order does not matter. Private.
namespace lode::inline LODE_ABI::detail {

/// A sum of doubles as an integer of 256 bits, in units of 2^-128: associative, so that threads and machines may add in
/// any order. A number smaller than the unit is cut to it. Room for sums below 2^126, which is more than any world
/// weighs.
class ExactSum {
 public:
  void add(double number) {
    if (!(number != 0.0)) return;
    int exponent = 0;
    const double fraction = std::frexp(std::abs(number), &exponent);  // in [1/2, 1)
    auto digits = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
    int shift = exponent - 53 + unit_bits;
    if (shift < 0) {
      if (shift <= -64) return;
      digits >>= -shift;
      shift = 0;
    }
    ExactSum term;
    const auto word = static_cast<std::size_t>(shift / 64);
    const int within = shift % 64;
    if (word >= words) return;  // beyond all that is weighed
    term.words_[word] = digits << within;
    if (within > 0 && word + 1 < words) term.words_[word + 1] = digits >> (64 - within);
    if (number < 0.0) term.negate();
    add(term);
  }
  void add(const ExactSum& other) {
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < words; ++i) {
      const std::uint64_t partial = words_[i] + carry;
      const std::uint64_t overflow = partial < carry ? 1 : 0;
      words_[i] = partial + other.words_[i];
      carry = overflow + (words_[i] < partial ? 1 : 0);
    }
  }
  /// To the nearest double, but for the bits below the 64 leading ones.
  [[nodiscard]] double value() const {
    const bool negative = words_.back() >> 63U != 0;
    ExactSum size = *this;
    if (negative) size.negate();
    std::size_t top = words - 1;
    while (top > 0 && size.words_[top] == 0) --top;
    std::uint64_t leading = size.words_[top];
    int exponent = static_cast<int>(top) * 64 - unit_bits;
    if (leading == 0) return 0.0;
    if (const int gap = std::countl_zero(leading); gap > 0 && top > 0) {
      leading = leading << gap | size.words_[top - 1] >> (64 - gap);
      exponent -= gap;
    }
    const double sum = std::ldexp(static_cast<double>(leading), exponent);
    return negative ? -sum : sum;
  }

  static constexpr std::size_t words = 4;
  [[nodiscard]] std::array<std::uint64_t, words>& bits() { return words_; }
  [[nodiscard]] const std::array<std::uint64_t, words>& bits() const { return words_; }
  friend bool operator==(const ExactSum&, const ExactSum&) = default;

 private:
  static constexpr int unit_bits = 128;

  void negate() {
    std::uint64_t carry = 1;
    for (std::uint64_t& word : words_) {
      word = ~word + carry;
      carry = carry != 0 && word == 0 ? 1 : 0;
    }
  }

  std::array<std::uint64_t, words> words_{};
};

}  // namespace lode::inline LODE_ABI::detail
