// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <lode/config.hpp>

/// A distribution in little memory, and how it is written down. Private.
namespace lode::inline LODE_ABI::detail {

/// Integers and the bits of doubles, least significant byte first.
inline void write_word(std::string& bytes, std::uint64_t word) {
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(word >> (8 * i) & 0xffU));
}
[[nodiscard]] inline std::uint64_t read_word(const std::string& bytes, std::size_t& at) {
  if (bytes.size() < 8 || at > bytes.size() - 8) throw std::out_of_range("the bytes end early");
  std::uint64_t word = 0;
  for (int i = 0; i < 8; ++i) word |= std::uint64_t{static_cast<unsigned char>(bytes[at++])} << (8 * i);
  return word;
}

/// The distribution of many numbers in little memory.
///
/// Bins are 1/64 of a power of two wide: a number is told apart from others to 1.6 %. Each bin keeps how many numbers
/// it holds, the least and the largest of them, and where they lie in it on average. A bin whose numbers are all equal
/// (an atom, a single sample) is therefore exact. Adding and merging are sums of integers and extremes, so that the
/// order does not change a bit of the result.
class LogHistogram {
 public:
  /// `times` of the same number, which is finite. Constant.
  void add(double value, std::uint64_t times = 1) {
    std::uint64_t offset = 0;
    Bin& bin = bin_of(value, offset);
    bin.count += times;
    bin.offsets += times * offset;
    bin.least = std::min(bin.least, value);
    bin.largest = std::max(bin.largest, value);
    count_ += times;
  }
  /// Numbers one after the other; faster than one by one.
  void add(const double* values, std::size_t count);

  void merge(const LogHistogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The k-th smallest number, 0-based: exact in bins of one or of equal numbers, else interpolated between the
  /// extremes of its bin.
  [[nodiscard]] double order_statistic(std::uint64_t k) const;
  /// The sum of the `k` largest numbers. The part of a bin that is needed counts as evenly spread.
  [[nodiscard]] double sum_of_largest(std::uint64_t k) const;
  /// How many numbers are above `value`; numbers in its bin as if evenly spread.
  [[nodiscard]] double count_above(double value) const;

  /// As bytes, the same on every machine, and back; `read` returns the position after the histogram and throws
  /// `std::out_of_range` where the bytes end early.
  void write(std::string& bytes) const;
  std::size_t read(const std::string& bytes, std::size_t at);

 private:
  static constexpr int kept_bits = 6, dropped_bits = 52 - kept_bits;
  static constexpr std::uint32_t bins_per_octave = 1U << kept_bits;
  static constexpr int least_exponent = -30, most_exponent = 64;  ///< closer to 0 is 0; beyond is in the last bin

  struct Bin {
    std::uint64_t count = 0;
    std::uint64_t offsets = 0;  ///< sum over numbers of their place in the bin, in units of its width / 2^offset_bits
    double least = std::numeric_limits<double>::infinity();
    double largest = -std::numeric_limits<double>::infinity();
  };
  static constexpr int offset_bits = 24;  ///< room for 2^40 numbers

  /// The leading bits of a number's size: exponent and the first digits. They rise with the size, without gaps.
  [[nodiscard]] static std::uint32_t key_of(std::uint64_t bits) {
    return static_cast<std::uint32_t>(bits << 1U >> (dropped_bits + 1));
  }
  static constexpr std::uint32_t least_key = static_cast<std::uint32_t>(1023 + least_exponent) * bins_per_octave;
  static constexpr std::uint32_t most_key = static_cast<std::uint32_t>(1023 + most_exponent + 1) * bins_per_octave - 1;
  [[nodiscard]] static std::uint64_t offset_of(std::uint64_t bits) {
    return (bits & ((std::uint64_t{1} << dropped_bits) - 1)) >> (dropped_bits - offset_bits);
  }

  /// Bins of one sign, from the smallest size seen to the largest, in whole octaves.
  struct Side {
    std::uint32_t first = 0;  ///< key of the first bin
    std::vector<Bin> bins;
    void cover(std::uint32_t key);
    [[nodiscard]] Bin& at(std::uint32_t key) {
      if (key - first >= bins.size()) cover(key);
      return bins[key - first];
    }
  };
  /// The bin of a number, and its place in it.
  [[nodiscard]] Bin& bin_of(double value, std::uint64_t& offset) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const std::uint32_t key = std::min(key_of(bits), most_key);
    offset = offset_of(bits);
    if (key < least_key) return zero_;
    return value > 0.0 ? positive_.at(key) : negative_.at(key);
  }
  [[nodiscard]] static double mean_of(const Bin& bin, std::uint32_t key, bool negative);

  /// Calls `visit(bin, key, negative)` for the bins in use, in ascending order of their numbers; stops at false.
  template <class Visit>
  void ascending(Visit visit) const {
    for (std::size_t i = negative_.bins.size(); i-- > 0;) {
      if (negative_.bins[i].count > 0 &&
          !visit(negative_.bins[i], negative_.first + static_cast<std::uint32_t>(i), true))
        return;
    }
    if (zero_.count > 0 && !visit(zero_, 0U, false)) return;
    for (std::size_t i = 0; i < positive_.bins.size(); ++i) {
      if (positive_.bins[i].count > 0 &&
          !visit(positive_.bins[i], positive_.first + static_cast<std::uint32_t>(i), false))
        return;
    }
  }

  std::uint64_t count_ = 0;
  Side negative_, positive_;
  Bin zero_;
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/log_histogram.ipp>  // IWYU pragma: export
#endif
