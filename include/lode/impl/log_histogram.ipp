// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cmath>
#include <stdexcept>

#include <lode/detail/hot_loop.hpp>
#include <lode/detail/log_histogram.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE void LogHistogram::Side::cover(std::uint32_t key) {
  const std::uint32_t begin = key / bins_per_octave * bins_per_octave, end = begin + bins_per_octave;
  if (bins.empty()) {
    first = begin;
    bins.resize(bins_per_octave);
    return;
  }
  if (begin < first) {
    bins.insert(bins.begin(), first - begin, Bin{});
    first = begin;
  }
  if (end - first > bins.size()) bins.resize(end - first);
}

/// Keys and places of numbers in their bins, and the extreme keys; a negative number has a key beyond all others.
LODE_HOT_LOOP LODE_INLINE void find_bins(const double* values, std::size_t count, int dropped_bits, int offset_bits,
                                         std::uint64_t* keys, std::uint64_t* offsets, std::uint64_t& least,
                                         std::uint64_t& most) {
  const std::uint64_t mask = (std::uint64_t{1} << dropped_bits) - 1;
  std::uint64_t low = ~std::uint64_t{0}, high = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const auto bits = std::bit_cast<std::uint64_t>(values[k]);
    const std::uint64_t key = bits >> dropped_bits;
    keys[k] = key;
    offsets[k] = (bits & mask) >> (dropped_bits - offset_bits);
    low = key < low ? key : low;
    high = key > high ? key : high;
  }
  least = low;
  most = high;
}

LODE_INLINE void LogHistogram::add(const double* values, std::size_t count) {
  constexpr std::size_t together = 64;
  std::uint64_t keys[together], offsets[together];
  for (std::size_t at = 0; at < count; at += together) {
    const std::size_t size = std::min(together, count - at);
    std::uint64_t least = 0, most = 0;
    find_bins(values + at, size, dropped_bits, offset_bits, keys, offsets, least, most);
    if (least < least_key || most > most_key) {  // zeros, negative numbers
      for (std::size_t k = at; k < at + size; ++k) add(values[k]);
      continue;
    }
    (void)positive_.at(static_cast<std::uint32_t>(least));
    (void)positive_.at(static_cast<std::uint32_t>(most));
    Bin* const bins = positive_.bins.data();
    for (std::size_t k = 0; k < size; ++k) {
      Bin& bin = bins[keys[k] - positive_.first];
      const double value = values[at + k];
      bin.count += 1;
      bin.offsets += offsets[k];
      bin.least = value < bin.least ? value : bin.least;
      bin.largest = value > bin.largest ? value : bin.largest;
    }
    count_ += size;
  }
}

LODE_INLINE void LogHistogram::merge(const LogHistogram& other) {
  other.ascending([this](const Bin& bin, std::uint32_t key, bool negative) {
    Bin& mine = key < least_key ? zero_ : negative ? negative_.at(key) : positive_.at(key);
    mine.count += bin.count;
    mine.offsets += bin.offsets;
    mine.least = std::min(mine.least, bin.least);
    mine.largest = std::max(mine.largest, bin.largest);
    return true;
  });
  count_ += other.count_;
}

LODE_INLINE double LogHistogram::mean_of(const Bin& bin, std::uint32_t key, bool negative) {
  if (bin.least == bin.largest) return bin.least;
  if (key < least_key) return 0.5 * (bin.least + bin.largest);
  const int exponent = static_cast<int>(key / bins_per_octave) - 1023;
  const double width = std::ldexp(1.0, exponent - kept_bits);
  const double low = std::ldexp(1.0 + static_cast<double>(key % bins_per_octave) / bins_per_octave, exponent);
  // A number's offset was cut to whole units; half a unit is what that takes away on average.
  const double share =
      (static_cast<double>(bin.offsets) / static_cast<double>(bin.count) + 0.5) * std::ldexp(1.0, -offset_bits);
  const double mean = negative ? -(low + share * width) : low + share * width;
  return std::clamp(mean, bin.least, bin.largest);
}

LODE_INLINE double LogHistogram::order_statistic(std::uint64_t k) const {
  double found = 0.0;
  std::uint64_t before = 0;
  ascending([&](const Bin& bin, std::uint32_t, bool) {
    if (k >= before + bin.count) {
      before += bin.count;
      found = bin.largest;
      return true;
    }
    const std::uint64_t rank = k - before;
    if (rank == 0 || bin.least == bin.largest) {
      found = bin.least;
    } else if (rank + 1 == bin.count) {
      found = bin.largest;
    } else {
      const double share = static_cast<double>(rank) / static_cast<double>(bin.count - 1);
      found = bin.least + share * (bin.largest - bin.least);
    }
    return false;
  });
  return found;
}

LODE_INLINE double LogHistogram::sum_of_largest(std::uint64_t k) const {
  std::uint64_t smaller = count_ > k ? count_ - k : 0;
  double sum = 0.0;
  ascending([&](const Bin& bin, std::uint32_t key, bool negative) {
    const std::uint64_t skipped = std::min(smaller, bin.count);
    smaller -= skipped;
    if (skipped == 0) {
      sum += static_cast<double>(bin.count) * mean_of(bin, key, negative);
    } else if (skipped < bin.count) {
      // As evenly spread as `order_statistic` has them.
      const double share = 0.5 * (static_cast<double>(skipped) / static_cast<double>(bin.count - 1) + 1.0);
      sum += static_cast<double>(bin.count - skipped) * (bin.least + share * (bin.largest - bin.least));
    }
    return true;
  });
  return sum;
}

LODE_INLINE double LogHistogram::count_above(double value) const {
  double above = 0.0;
  ascending([&](const Bin& bin, std::uint32_t, bool) {
    if (value >= bin.largest) return true;
    const double share = value < bin.least ? 1.0 : (bin.largest - value) / (bin.largest - bin.least);
    above += share * static_cast<double>(bin.count);
    return true;
  });
  return above;
}

LODE_INLINE void LogHistogram::write(std::string& bytes) const {
  std::uint64_t used = 0;
  ascending([&used](const Bin&, std::uint32_t, bool) { return ++used, true; });
  write_word(bytes, used);
  ascending([&bytes](const Bin& bin, std::uint32_t key, bool negative) {
    write_word(bytes, std::uint64_t{key} << 1U | (negative ? 1U : 0U));
    write_word(bytes, bin.count);
    write_word(bytes, bin.offsets);
    write_word(bytes, std::bit_cast<std::uint64_t>(bin.least));
    write_word(bytes, std::bit_cast<std::uint64_t>(bin.largest));
    return true;
  });
}

LODE_INLINE std::size_t LogHistogram::read(const std::string& bytes, std::size_t at) {
  *this = LogHistogram{};
  for (std::uint64_t left = read_word(bytes, at); left > 0; --left) {
    const std::uint64_t place = read_word(bytes, at);
    const auto key = static_cast<std::uint32_t>(place >> 1U);
    if (place >> 1U > most_key || (key != 0 && key < least_key)) throw std::out_of_range("a bin that does not exist");
    Bin& bin = key == 0 ? zero_ : (place & 1U) != 0 ? negative_.at(key) : positive_.at(key);
    bin.count = read_word(bytes, at);
    bin.offsets = read_word(bytes, at);
    bin.least = std::bit_cast<double>(read_word(bytes, at));
    bin.largest = std::bit_cast<double>(read_word(bytes, at));
    count_ += bin.count;
  }
  return at;
}

}  // namespace lode::inline LODE_ABI::detail
