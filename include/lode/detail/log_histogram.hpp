// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <lode/config.hpp>

/// The distribution of many numbers in little memory. Private.
///
/// Bins are 1/128 of a power of two wide: a number is told apart from others to 0.8 %. Each bin keeps how many numbers it
/// holds, the least and the largest of them, and where they lie in it on average. A bin whose numbers are all equal (an
/// atom, a single sample) is therefore exact. Adding and merging are sums of integers and extremes, so that the order does
/// not change a bit of the result.
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

class LogHistogram {
 public:
  /// `times` of the same number, which is finite. Constant.
  void add(double value, std::uint64_t times = 1) {
    if (value != last_value_) {  // atoms come in runs
      find(value);
      last_value_ = value;
    }
    Bin& bin = pages_[last_page_][last_bin_];
    bin.count += times;
    bin.offsets += times * last_offset_;
    bin.least = std::min(bin.least, value);
    bin.largest = std::max(bin.largest, value);
    count_ += times;
  }

  void merge(const LogHistogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The k-th smallest number, 0-based: exact in bins of one or of equal numbers, else interpolated between the extremes
  /// of its bin.
  [[nodiscard]] double order_statistic(std::uint64_t k) const;
  /// The sum of the `k` largest numbers. The part of a bin that is needed counts at the mean of the bin.
  [[nodiscard]] double sum_of_largest(std::uint64_t k) const;
  /// How many numbers are above `value`; numbers in its bin as if evenly spread.
  [[nodiscard]] double count_above(double value) const;

  /// As bytes, the same on every machine, and back; `read` returns the position after the histogram and throws
  /// `std::out_of_range` where the bytes end early.
  void write(std::string& bytes) const;
  std::size_t read(const std::string& bytes, std::size_t at);

 private:
  static constexpr int kept_bits = 7, dropped_bits = 52 - kept_bits;
  static constexpr std::uint32_t bins_per_octave = 1U << kept_bits;
  static constexpr int least_exponent = -63;  ///< what is closer to 0 is 0, what is beyond 2^65 the last bin's
  static constexpr std::uint32_t octaves = 128;
  static constexpr std::uint16_t absent = 0xffff;

  struct Bin {
    std::uint64_t count = 0;
    std::uint64_t offsets = 0;  ///< sum over numbers of their place in the bin, in units of its width / 2^offset_bits
    double least = std::numeric_limits<double>::infinity();
    double largest = -std::numeric_limits<double>::infinity();
  };
  static constexpr int offset_bits = 24;  ///< room for 2^40 numbers
  using Octave = std::array<Bin, bins_per_octave>;

  /// Where a number belongs: octaves of negative numbers first, falling, then zero, then positive ones, rising.
  struct Place {
    std::uint32_t octave = 0;  ///< 0 .. 2 * octaves; `octaves` is zero
    std::uint32_t bin = 0;
    std::uint64_t offset = 0;
  };
  [[nodiscard]] static Place place_of(double value);
  void find(double value);
  [[nodiscard]] static double mean_of(const Bin& bin, std::uint32_t octave, std::uint32_t index);

  /// Calls `visit(bin, octave, index)` for the bins in use, in ascending order of their numbers; stops at false.
  template <class Visit>
  void ascending(Visit visit) const {
    for (std::uint32_t octave = 0; octave < page_.size(); ++octave) {
      if (page_[octave] == absent) continue;
      const Octave& page = pages_[page_[octave]];
      for (std::uint32_t i = 0; i < bins_per_octave; ++i) {
        const std::uint32_t index = octave < octaves ? bins_per_octave - 1 - i : i;
        if (page[index].count > 0 && !visit(page[index], octave, index)) return;
      }
    }
  }
  [[nodiscard]] std::uint16_t page_of(std::uint32_t octave);

  std::uint64_t count_ = 0;
  std::array<std::uint16_t, 2 * octaves + 1> page_ = filled();
  std::vector<Octave> pages_;
  double last_value_ = std::numeric_limits<double>::quiet_NaN();
  std::uint16_t last_page_ = 0;
  std::uint32_t last_bin_ = 0;
  std::uint64_t last_offset_ = 0;

  static constexpr std::array<std::uint16_t, 2 * octaves + 1> filled() {
    std::array<std::uint16_t, 2 * octaves + 1> all{};
    all.fill(absent);
    return all;
  }
};

}  // namespace lode::inline LODE_ABI::detail

#ifndef LODE_COMPILED
#include <lode/impl/log_histogram.ipp>  // IWYU pragma: export
#endif
