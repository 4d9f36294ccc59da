// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

#include <lode/detail/philox.hpp>
#include <lode/detail/sobol_numbers.hpp>
#include <lode/error.hpp>
#include <lode/random.hpp>
#include <lode/sampling.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

/// Streams of `uniform` and of Philox: each use of random numbers has its own, see random.hpp. Draws have stream 0.
enum : std::uint32_t { stream_shift = 1, stream_scramble = 2, stream_strata = 3, stream_jitter = 4 };

inline constexpr int point_bits = 52;      ///< as many as `uniform` has
inline constexpr int direction_bits = 40;  ///< of a sample's number within its replicate

/// Columns of the generator matrix of dimension `variable`: bit 51 is the first digit.
LODE_INLINE std::array<std::uint64_t, direction_bits> sobol_directions(std::size_t variable) {
  std::array<std::uint64_t, direction_bits> m{};
  if (variable == 0) {
    m.fill(1);
  } else {
    std::size_t begin = 0;
    for (std::size_t k = 0; k + 1 < variable; ++k)
      begin += static_cast<std::size_t>(std::bit_width(sobol_polynomials[k])) - 1;
    const std::uint64_t polynomial = sobol_polynomials[variable - 1];
    const int degree = static_cast<int>(std::bit_width(polynomial)) - 1;
    for (int i = 0; i < direction_bits; ++i) {
      if (i < degree) {
        m[static_cast<std::size_t>(i)] = sobol_initial_numbers[begin + static_cast<std::size_t>(i)];
        continue;
      }
      // m_i = 2 a_1 m_(i-1) ^ 4 a_2 m_(i-2) ^ ... ^ 2^degree m_(i-degree) ^ m_(i-degree), Bratley and Fox (1988).
      std::uint64_t next = m[static_cast<std::size_t>(i - degree)];
      for (int k = 1; k <= degree; ++k) {
        if ((polynomial >> (degree - k) & 1U) != 0) next ^= m[static_cast<std::size_t>(i - k)] << k;
      }
      m[static_cast<std::size_t>(i)] = next;
    }
  }
  for (int i = 0; i < direction_bits; ++i) m[static_cast<std::size_t>(i)] <<= point_bits - 1 - i;
  return m;
}

/// `words` 64-bit random words of a seed's `stream`, for one variable of one replicate.
LODE_INLINE std::uint64_t random_word(std::uint64_t seed, std::uint32_t index, std::uint32_t replicate,
                                      std::uint32_t variable, std::uint32_t stream) {
  const auto words = philox({index, replicate, variable, stream},
                            {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)});
  return std::uint64_t{words[1]} << 32U | words[0];
}

/// A random permutation of [0, size), computed point by point: a Feistel cipher with Philox as its round function, on
/// the next even power of two, walked until it falls inside (Black and Rogaway 2002).
LODE_INLINE std::uint64_t permuted(std::uint64_t index, std::uint64_t size, std::uint64_t seed, std::uint32_t replicate,
                                   std::uint32_t variable) {
  if (size <= 1) return 0;
  const int half = static_cast<int>(std::bit_width(size - 1) + 1) / 2;
  const std::uint64_t mask = (std::uint64_t{1} << half) - 1;
  constexpr std::uint32_t rounds = 6;
  do {
    std::uint64_t left = index >> half, right = index & mask;
    for (std::uint32_t round = 0; round < rounds; ++round) {
      const auto words = philox({static_cast<std::uint32_t>(right), round << 16U | replicate, variable, stream_strata},
                                {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)});
      left = std::exchange(right, left ^ (words[0] & mask));
    }
    index = left << half | right;
  } while (index >= size);
  return index;
}

}  // namespace detail

LODE_INLINE SamplePoints::SamplePoints(const SamplingOptions& options, std::size_t variables)
    : options_(options), variables_(variables) {
  std::vector<Issue> issues;
  const auto refuse = [&issues](const std::string& what, const char* mend) {
    issues.push_back({{"SamplingOptions", 0, 0}, what, mend});
  };
  if (options.samples < 1 || options.samples > std::uint64_t{1} << 40) {
    refuse("samples " + std::to_string(options.samples) + " is out of range", "give 1 to 2^40");
  }
  if (options.replicates < 2 || options.replicates > 1024) {
    refuse("replicates " + std::to_string(options.replicates) + " is out of range", "give 2 to 1024");
  }
  if (!issues.empty()) throw InvalidArgument(std::move(issues));

  replicates_ = options.replicates;
  samples_ = options.samples;
  if (options.sampling == Sampling::monte_carlo) return;
  const std::uint64_t dealt = replicates_ * block;
  size_ = (samples_ + dealt - 1) / dealt * block;
  if (options.sampling == Sampling::sobol) size_ = std::bit_ceil(size_);
  samples_ = size_ * replicates_;
  if (options.sampling != Sampling::sobol) return;

  sobol_variables_ = std::min(variables, most_sobol_variables);
  static_assert(most_sobol_variables == detail::sobol_dimensions);
  for (std::uint32_t replicate = 0; replicate < replicates_; ++replicate) {
    for (std::uint32_t variable = 0; variable < sobol_variables_; ++variable) {
      // Row r of the scramble mixes digit r with random digits before it, so that every scrambled prefix still tells
      // the same boxes apart.
      std::array<std::uint64_t, detail::point_bits> rows{};
      for (std::uint32_t r = 0; r < detail::point_bits; ++r) {
        const std::uint64_t before = ~std::uint64_t{0} << (detail::point_bits - r);
        const std::uint64_t self = std::uint64_t{1} << (detail::point_bits - 1 - r);
        const std::uint64_t digits = (std::uint64_t{1} << detail::point_bits) - 1;
        const std::uint64_t word = detail::random_word(options.seed, r, replicate, variable, detail::stream_scramble);
        rows[r] = (word & before & digits) | self;
      }
      for (const std::uint64_t column : detail::sobol_directions(variable)) {
        std::uint64_t scrambled = 0;
        for (const std::uint64_t row : rows) {
          scrambled = scrambled << 1U | static_cast<std::uint64_t>(std::popcount(row & column) & 1);
        }
        directions_.push_back(scrambled);
      }
      shifts_.push_back(detail::random_word(options.seed, 0, replicate, variable, detail::stream_shift) >>
                        (64 - detail::point_bits));
    }
  }
}

LODE_INLINE double SamplePoints::stratified(std::size_t variable, unsigned replicate, std::uint64_t index) const {
  const auto v = static_cast<std::uint32_t>(variable);
  const std::uint64_t stratum = detail::permuted(index, size_, options_.seed, replicate, v);
  const std::uint64_t jitter_sample = std::uint64_t{replicate} << 40U | index;
  const double jitter = uniform(options_.seed, jitter_sample, v, detail::stream_jitter);
  const double point = (static_cast<double>(stratum) + jitter) / static_cast<double>(size_);
  return std::clamp(point, 0x1p-53, 1.0 - 0x1p-53);
}

LODE_INLINE void SamplePoints::fill_variable(std::size_t variable, std::uint64_t first, std::size_t count,
                                             double* out) const {
  const unsigned copy = replicate(first);
  const std::uint64_t index = first / block / replicates_ * block + first % block;
  if (options_.sampling == Sampling::latin_hypercube) {
    for (std::size_t k = 0; k < count; ++k) out[k] = stratified(variable, copy, index + k);
    return;
  }
  if (options_.sampling == Sampling::monte_carlo || variable >= sobol_variables_) {
    for (std::size_t k = 0; k < count; ++k) {
      out[k] = uniform(options_.seed, first + k, static_cast<std::uint32_t>(variable));
    }
    return;
  }
  const std::size_t at = copy * sobol_variables_ + variable;
  const std::uint64_t* const directions = directions_.data() + at * detail::direction_bits;
  std::uint64_t digits = shifts_[at];
  for (std::uint64_t gray = index ^ (index >> 1U); gray != 0; gray &= gray - 1) {
    digits ^= directions[std::countr_zero(gray)];
  }
  for (std::size_t k = 0; k < count; ++k) {
    out[k] = (static_cast<double>(digits) + 0.5) * 0x1p-52;
    digits ^= directions[std::countr_zero(index + k + 1)];
  }
}

LODE_INLINE void SamplePoints::at(std::uint64_t sample, std::span<double> point) const {
  for (std::size_t v = 0; v < variables_; ++v) fill_variable(v, sample, 1, &point[v]);
}

LODE_INLINE void SamplePoints::fill(std::uint64_t first, std::size_t count, std::span<double> out) const {
  for (std::size_t v = 0; v < variables_; ++v) fill_variable(v, first, count, out.data() + v * count);
}

}  // namespace lode::inline LODE_ABI
