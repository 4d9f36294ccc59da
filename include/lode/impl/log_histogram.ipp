// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cmath>
#include <cstring>
#include <stdexcept>

#include <lode/detail/log_histogram.hpp>

namespace lode::inline LODE_ABI::detail {

LODE_INLINE LogHistogram::Place LogHistogram::place_of(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const bool negative = bits >> 63U != 0;
  const int exponent = static_cast<int>(bits >> 52U & 0x7ffU) - 1023;
  if (exponent < least_exponent) return {octaves, 0, 0};
  const auto octave = std::min(static_cast<std::uint32_t>(exponent - least_exponent), octaves - 1);
  const auto bin = static_cast<std::uint32_t>(bits >> dropped_bits) & (bins_per_octave - 1);
  const std::uint64_t offset = (bits & ((std::uint64_t{1} << dropped_bits) - 1)) >> (dropped_bits - offset_bits);
  return {negative ? octaves - 1 - octave : octaves + 1 + octave, bin, offset};
}

LODE_INLINE std::uint16_t LogHistogram::page_of(std::uint32_t octave) {
  if (page_[octave] == absent) {
    page_[octave] = static_cast<std::uint16_t>(pages_.size());
    pages_.emplace_back();
  }
  return page_[octave];
}

LODE_INLINE void LogHistogram::find(double value) {
  const Place place = place_of(value);
  last_page_ = page_of(place.octave);
  last_bin_ = place.bin;
  last_offset_ = place.offset;
}

LODE_INLINE void LogHistogram::merge(const LogHistogram& other) {
  other.ascending([this](const Bin& bin, std::uint32_t octave, std::uint32_t index) {
    Bin& mine = pages_[page_of(octave)][index];
    mine.count += bin.count;
    mine.offsets += bin.offsets;
    mine.least = std::min(mine.least, bin.least);
    mine.largest = std::max(mine.largest, bin.largest);
    return true;
  });
  count_ += other.count_;
}

LODE_INLINE double LogHistogram::mean_of(const Bin& bin, std::uint32_t octave, std::uint32_t index) {
  if (bin.least == bin.largest || octave == octaves) return bin.least;
  const bool negative = octave < octaves;
  const int exponent = static_cast<int>(negative ? octaves - 1 - octave : octave - octaves - 1) + least_exponent;
  const double width = std::ldexp(1.0, exponent - kept_bits);
  const double low = std::ldexp(1.0 + static_cast<double>(index) / bins_per_octave, exponent);
  // A number's offset was cut to whole units; half a unit is what that takes away on average.
  const double share = (static_cast<double>(bin.offsets) / static_cast<double>(bin.count) + 0.5) *
                       std::ldexp(1.0, -offset_bits);
  const double mean = negative ? -(low + share * width) : low + share * width;
  return std::clamp(mean, bin.least, bin.largest);
}

LODE_INLINE double LogHistogram::order_statistic(std::uint64_t k) const {
  double found = 0.0;
  std::uint64_t before = 0;
  ascending([&](const Bin& bin, std::uint32_t, std::uint32_t) {
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
  ascending([&](const Bin& bin, std::uint32_t octave, std::uint32_t index) {
    const std::uint64_t skipped = std::min(smaller, bin.count);
    smaller -= skipped;
    if (skipped < bin.count) sum += static_cast<double>(bin.count - skipped) * mean_of(bin, octave, index);
    return true;
  });
  return sum;
}

LODE_INLINE double LogHistogram::count_above(double value) const {
  double above = 0.0;
  ascending([&](const Bin& bin, std::uint32_t, std::uint32_t) {
    if (value >= bin.largest) return true;
    const double share = value < bin.least ? 1.0 : (bin.largest - value) / (bin.largest - bin.least);
    above += share * static_cast<double>(bin.count);
    return true;
  });
  return above;
}

LODE_INLINE void LogHistogram::write(std::string& bytes) const {
  std::uint64_t used = 0;
  ascending([&used](const Bin&, std::uint32_t, std::uint32_t) { return ++used, true; });
  write_word(bytes, used);
  ascending([&bytes](const Bin& bin, std::uint32_t octave, std::uint32_t index) {
    write_word(bytes, std::uint64_t{octave} << 32U | index);
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
    const auto octave = static_cast<std::uint32_t>(place >> 32U);
    const auto index = static_cast<std::uint32_t>(place);
    if (octave > 2 * octaves || index >= bins_per_octave) throw std::out_of_range("a bin that does not exist");
    Bin& bin = pages_[page_of(octave)][index];
    bin.count = read_word(bytes, at);
    bin.offsets = read_word(bytes, at);
    bin.least = std::bit_cast<double>(read_word(bytes, at));
    bin.largest = std::bit_cast<double>(read_word(bytes, at));
    count_ += bin.count;
  }
  return at;
}

}  // namespace lode::inline LODE_ABI::detail
