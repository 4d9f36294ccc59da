// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include <lode/detail/parallel.hpp>
#include <lode/detail/sample_model.hpp>
#include <lode/detail/uncertain_fields.hpp>
#include <lode/sobol_indices.hpp>

namespace lode::inline LODE_ABI {

namespace detail {

/// Numbers that hang together, and the inputs of the copula that move them.
struct FactorBlock {
  std::vector<std::size_t> variables, inputs;
};

LODE_INLINE std::vector<FactorBlock> factor_blocks(const Copula& copula) {
  std::vector<std::size_t> root(copula.variables());
  std::iota(root.begin(), root.end(), std::size_t{0});
  const auto find = [&root](std::size_t v) {
    while (root[v] != v) v = root[v];
    return v;
  };
  for (const std::vector<std::size_t>& members : copula.groups()) {
    for (const std::size_t v : members) {
      const std::size_t a = find(v), b = find(members.front());
      root[std::max(a, b)] = std::min(a, b);
    }
  }
  std::vector<FactorBlock> blocks;
  std::vector<std::size_t> block_of(copula.variables());
  for (std::size_t v = 0; v < copula.variables(); ++v) {
    if (find(v) == v) {
      block_of[v] = blocks.size();
      blocks.emplace_back();
    }
    FactorBlock& block = blocks[block_of[find(v)]];
    block.variables.push_back(v);
    block.inputs.push_back(v);
  }
  for (std::size_t g = 0; g < copula.groups().size(); ++g) {
    blocks[block_of[find(copula.groups()[g].front())]].inputs.push_back(copula.variables() + g);
  }
  return blocks;
}

class SobolRun {
 public:
  SobolRun(const Network& network, const Scenario& scenario, const SobolIndicesOptions& options)
      : options_(options),
        world_(network, scenario, ensemble_options(options)),
        copula_(network, scenario, options.correlations),
        blocks_(factor_blocks(copula_)),
        points_(options.sampling, 2 * copula_.inputs()),
        targets_(world_.quantities.materials() + 1) {}

  [[nodiscard]] SobolIndices run();

 private:
  static constexpr std::size_t side_by_side = 32;

  /// Of one chunk or replicate: count; by target f(A), f(A)^2, f(B), f(B)^2; by block and target f(B) (f(AB) - f(A))
  /// and (f(A) - f(AB))^2. All less the median's shortfall.
  [[nodiscard]] std::size_t sums() const { return targets_ * (4 + 2 * blocks_.size()); }

  [[nodiscard]] static EnsembleOptions ensemble_options(const SobolIndicesOptions& options) {
    EnsembleOptions out;
    out.of = options.of;
    out.simulate = options.simulate;
    out.allow = options.allow;
    return out;
  }

  struct Worker {
    std::unique_ptr<SampleModel> model;
    std::vector<double> point, mixed, values, a, b;
  };
  [[nodiscard]] SolveStatus run_chunk(Worker& worker, std::uint64_t first, std::size_t count, double* sums) const;
  [[nodiscard]] ShortfallIndices indices(std::size_t target, const std::vector<std::vector<double>>& replicates,
                                         const std::vector<std::uint64_t>& counts,
                                         const std::vector<VariableName>& names) const;

  SobolIndicesOptions options_;
  SampleWorld world_;
  Copula copula_;
  std::vector<FactorBlock> blocks_;
  SamplePoints points_;
  std::size_t targets_;
};

LODE_INLINE SolveStatus SobolRun::run_chunk(Worker& worker, std::uint64_t first, std::size_t count,
                                            double* sums) const {
  const std::size_t inputs = copula_.inputs(), rows = world_.quantities.size();
  worker.point.resize(2 * inputs * side_by_side);
  worker.values.resize(rows * side_by_side);
  for (std::vector<double>* f : {&worker.a, &worker.b}) f->resize(targets_ * side_by_side);
  for (std::size_t at = 0; at < count; at += side_by_side) {
    const std::size_t size = std::min(side_by_side, count - at);
    const std::span<double> point(worker.point.data(), 2 * inputs * size);
    points_.fill(first + at, size, point);
    const std::span<const double> a = point.first(inputs * size), b = point.subspan(inputs * size);
    // f less the median's, by target and lane.
    const auto evaluate = [&](std::vector<double>& f) {
      copula_.apply(worker.mixed, size);
      const std::span<const double> uniforms(worker.mixed.data(), copula_.variables() * size);
      const SolveStatus status = worker.model->run(uniforms, {}, size, worker.values.data(), side_by_side);
      for (std::size_t t = 0; t < targets_; ++t) {
        for (std::size_t k = 0; k < size; ++k) {
          f[t * side_by_side + k] = worker.values[t * side_by_side + k] - world_.median[t];
        }
      }
      return status;
    };
    worker.mixed.assign(a.begin(), a.end());
    if (const SolveStatus status = evaluate(worker.a); status != SolveStatus::solved) return status;
    worker.mixed.assign(b.begin(), b.end());
    if (const SolveStatus status = evaluate(worker.b); status != SolveStatus::solved) return status;
    std::vector<double> mixture(targets_ * side_by_side);
    for (std::size_t t = 0; t < targets_; ++t) {
      double* const own = sums + t * 4;
      for (std::size_t k = 0; k < size; ++k) {
        const double fa = worker.a[t * side_by_side + k], fb = worker.b[t * side_by_side + k];
        own[0] += fa;
        own[1] += fa * fa;
        own[2] += fb;
        own[3] += fb * fb;
      }
    }
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      worker.mixed.assign(a.begin(), a.end());
      for (const std::size_t input : blocks_[i].inputs) {
        std::copy_n(b.begin() + static_cast<std::ptrdiff_t>(input * size), size,
                    worker.mixed.begin() + static_cast<std::ptrdiff_t>(input * size));
      }
      if (const SolveStatus status = evaluate(mixture); status != SolveStatus::solved) return status;
      for (std::size_t t = 0; t < targets_; ++t) {
        double* const own = sums + targets_ * 4 + (i * targets_ + t) * 2;
        for (std::size_t k = 0; k < size; ++k) {
          const std::size_t lane = t * side_by_side + k;
          const double step = mixture[lane] - worker.a[lane];
          own[0] += worker.b[lane] * step;
          own[1] += step * step;
        }
      }
    }
  }
  return SolveStatus::solved;
}

LODE_INLINE ShortfallIndices SobolRun::indices(std::size_t target, const std::vector<std::vector<double>>& replicates,
                                               const std::vector<std::uint64_t>& counts,
                                               const std::vector<VariableName>& names) const {
  ShortfallIndices out;
  if (target < world_.quantities.materials()) {
    out.id = MaterialId{target};
    out.name = world_.network.materials()[target].name;
  } else {
    out.name = "weighted";
  }
  struct Estimate {
    double variance = 0.0;
    std::vector<double> first, total;
  };
  const auto estimate = [&](const std::vector<double>& sums, std::uint64_t count) {
    Estimate e;
    const auto n = static_cast<double>(count);
    const double* const own = sums.data() + target * 4;
    const double mean = (own[0] + own[2]) / (2.0 * n);
    e.variance = std::max(0.0, (own[1] + own[3]) / (2.0 * n) - mean * mean);
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const double* const pair = sums.data() + targets_ * 4 + (i * targets_ + target) * 2;
      // What B's mean adds to the first sum is noise: mean(f(AB) - f(A)) is 0 but for sampling.
      e.first.push_back(e.variance > 0.0 ? pair[0] / n / e.variance : 0.0);
      e.total.push_back(e.variance > 0.0 ? pair[1] / (2.0 * n) / e.variance : 0.0);
    }
    return e;
  };
  std::vector<double> all(sums(), 0.0);
  std::uint64_t count = 0;
  for (std::size_t r = 0; r < replicates.size(); ++r) {
    for (std::size_t s = 0; s < all.size(); ++s) all[s] += replicates[r][s];
    count += counts[r];
  }
  const Estimate whole = estimate(all, count);
  // Rounding of a shortfall that is the same in all samples is no variance.
  const double noise = 1e-9 * world_.demanded[target];
  const bool varies = whole.variance > noise * noise;
  out.variance = varies ? whole.variance : 0.0;
  std::vector<Estimate> parts;
  for (std::size_t r = 0; r < replicates.size() && varies; ++r) {
    if (counts[r] > 1) parts.push_back(estimate(replicates[r], counts[r]));
  }
  const auto error = [&parts](auto value) {
    if (parts.size() < 2) return std::numeric_limits<double>::quiet_NaN();
    double mean = 0.0, squares = 0.0;
    for (const Estimate& part : parts) mean += value(part);
    mean /= static_cast<double>(parts.size());
    for (const Estimate& part : parts) squares += (value(part) - mean) * (value(part) - mean);
    return std::sqrt(squares / static_cast<double>(parts.size() * (parts.size() - 1)));
  };
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    SobolFactor& factor = out.factors.emplace_back();
    factor.variables = blocks_[i].variables;
    for (const std::size_t v : factor.variables) factor.name += (factor.name.empty() ? "" : " & ") + names[v].text;
    if (!varies) continue;
    factor.first = whole.first[i];
    factor.total = whole.total[i];
    factor.first_error = error([i](const Estimate& e) { return e.first[i]; });
    factor.total_error = error([i](const Estimate& e) { return e.total[i]; });
  }
  return out;
}

LODE_INLINE SobolIndices SobolRun::run() {
  SobolIndices out;
  out.of = options_.of;
  out.scenario = world_.scenario.name;
  out.sampling = options_.sampling;
  out.status = world_.status;
  if (out.status != SolveStatus::solved) return out;

  constexpr std::uint64_t chunk = side_by_side;
  const std::uint64_t samples = points_.samples(), chunks = (samples + chunk - 1) / chunk;
  std::vector<std::vector<double>> replicates(points_.replicates(), std::vector<double>(sums(), 0.0));
  std::vector<std::uint64_t> counts(points_.replicates(), 0);
  std::vector<Worker> workers(thread_count(options_.threads, chunks));
  for (Worker& worker : workers) worker.model = make_sample_model(world_);
  // A round of chunks at a time, so that memory does not grow with the samples.
  constexpr std::uint64_t round = 1024;
  for (std::uint64_t begin = 0; begin < chunks; begin += round) {
    const std::uint64_t size = std::min(round, chunks - begin);
    std::vector<double> parts(size * sums(), 0.0);
    std::vector<SolveStatus> statuses(size, SolveStatus::solved);
    std::atomic<std::uint64_t> finished{0};
    const bool finished_all =
        run_tasks(std::min<std::size_t>(workers.size(), size), size, [&](std::size_t thread, std::size_t task) {
          const std::uint64_t first = (begin + task) * chunk;
          statuses[task] =
              run_chunk(workers[thread], first, std::min(chunk, samples - first), parts.data() + task * sums());
          const std::uint64_t done = std::min(samples, (begin + finished.fetch_add(1) + 1) * chunk);
          return statuses[task] == SolveStatus::solved &&
                 !(thread == 0 && options_.progress && !options_.progress({done, samples}));
        });
    for (const SolveStatus status : statuses) {
      if (status == SolveStatus::solved) continue;
      out.status = status;
      return out;
    }
    if (!finished_all) {
      out.status = SolveStatus::interrupted;
      return out;
    }
    for (std::uint64_t task = 0; task < size; ++task) {
      const std::uint64_t first = (begin + task) * chunk;
      const bool is_independent = options_.sampling.sampling == Sampling::monte_carlo;
      const std::size_t own = is_independent ? (begin + task) % replicates.size() : points_.replicate(first);
      std::vector<double>& replicate = replicates[own];
      counts[own] += std::min(chunk, samples - first);
      for (std::size_t s = 0; s < sums(); ++s) replicate[s] += parts[task * sums() + s];
    }
  }
  out.samples = samples;
  out.runs = samples * (blocks_.size() + 2);
  const std::vector<VariableName> names = variable_names(world_.scenario);
  for (std::size_t t = 0; t + 1 < targets_; ++t) out.materials.push_back(indices(t, replicates, counts, names));
  out.weighted = indices(targets_ - 1, replicates, counts, names);
  if (blocks_.empty()) out.notes.push_back("the scenario has no uncertain numbers");
  return out;
}

}  // namespace detail

LODE_INLINE SobolIndices sobol_indices(const Network& network, const Scenario& scenario,
                                       const SobolIndicesOptions& options) {
  return detail::SobolRun(network, scenario, options).run();
}

}  // namespace lode::inline LODE_ABI
