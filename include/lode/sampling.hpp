// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <lode/config.hpp>

/// Points of the unit cube at which an ensemble looks. Any point can be computed alone, in any order, on any thread.
///
///     const lode::SamplePoints points{{.sampling = lode::Sampling::sobol, .samples = 4096, .seed = 1}, 3};
///     std::array<double, 3> u;
///     points.at(17, u);                                     // three numbers in (0, 1)
///
/// Randomised sets come as `replicates` independent copies, whose spread shows the error of a mean. Points are dealt to
/// them in blocks, so that any prefix of a multiple of `replicates * block` samples is a whole number of equal copies.
namespace lode::inline LODE_ABI {

enum class Sampling {
  /// Independent points: number v of sample i is uniform(seed, i, v), as `draw` takes it.
  monte_carlo,
  /// Each variable's range is cut into as many strata as a replicate has points, each of which holds one of them
  /// (McKay,
  /// Beckman and Conover 1979). The variance of a mean is at most N / (N - 1) that of independent points (Owen 1997),
  /// and that of what is additive in the variables nearly disappears.
  latin_hypercube,
  /// Sobol' points with a random linear scramble and a random digital shift (Matousek 1998), in Gray-code order: every
  /// 2^m points of a replicate are a net. For smooth answers of few variables the error falls nearly as 1 / N.
  /// Variables beyond `SamplePoints::most_sobol_variables` are independent.
  sobol,
};

/// "monte_carlo", "latin_hypercube", "sobol".
[[nodiscard]] constexpr std::string_view to_string(Sampling sampling) {
  constexpr std::string_view names[] = {"monte_carlo", "latin_hypercube", "sobol"};
  return names[static_cast<std::size_t>(sampling)];
}

struct SamplingOptions {
  Sampling sampling = Sampling::monte_carlo;
  std::uint64_t samples = 10'000;  ///< 1 .. 2^40, of all replicates together; rounded up to fill them, see `samples()`
  std::uint64_t seed = 1;
  unsigned replicates = 16;  ///< 2 .. 1024 independent copies; Monte Carlo does not need any
  friend bool operator==(const SamplingOptions&, const SamplingOptions&) = default;
};

class SamplePoints {
 public:
  /// Samples that follow each other in one replicate.
  static constexpr std::uint64_t block = 256;
  static constexpr std::size_t most_sobol_variables = 128;

  /// O(variables * replicates). Throws `InvalidArgument` for an option out of range.
  SamplePoints(const SamplingOptions& options, std::size_t variables);

  /// How many there are: as asked for with Monte Carlo; a multiple of `replicates * block` with Latin hypercubes;
  /// `replicates` times a power of two with Sobol' points.
  [[nodiscard]] std::uint64_t samples() const { return samples_; }
  [[nodiscard]] std::size_t variables() const { return variables_; }
  [[nodiscard]] unsigned replicates() const { return replicates_; }
  /// The copy that a sample belongs to; with Monte Carlo samples are dealt alike, though nothing tells them apart.
  [[nodiscard]] unsigned replicate(std::uint64_t sample) const {
    return static_cast<unsigned>(sample / block % replicates_);
  }

  /// The numbers of one sample: `point` has room for one a variable. O(variables * log2 samples).
  void at(std::uint64_t sample, std::span<double> point) const;

  /// Samples [first, first + count) of one block: out[variable * count + k]. Cheaper than one by one.
  void fill(std::uint64_t first, std::size_t count, std::span<double> out) const;

 private:
  void fill_variable(std::size_t variable, std::uint64_t first, std::size_t count, double* out) const;
  [[nodiscard]] double stratified(std::size_t variable, unsigned replicate, std::uint64_t index) const;

  SamplingOptions options_;
  std::size_t variables_ = 0, sobol_variables_ = 0;
  unsigned replicates_ = 1;
  std::uint64_t samples_ = 0, size_ = 0;   ///< of all replicates, of one
  std::vector<std::uint64_t> directions_;  ///< Sobol': by replicate, variable and bit
  std::vector<std::uint64_t> shifts_;      ///< by replicate and variable
};

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/sampling.ipp>  // IWYU pragma: export
#endif
