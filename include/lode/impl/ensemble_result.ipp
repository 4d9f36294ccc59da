// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>

#include <lode/detail/ensemble_state.hpp>
#include <lode/detail/sample_statistics.hpp>
#include <lode/detail/uncertain_fields.hpp>
#include <lode/detail/text.hpp>

/// From sums and histograms to the result of an ensemble.
namespace lode::inline LODE_ABI::detail {

LODE_INLINE double EnsembleState::mean(const Record& record, std::size_t row) const {
  return centers_[row] + record.sum(row) / static_cast<double>(record.samples());
}

LODE_INLINE double EnsembleState::deviation(const Record& record, std::size_t row) const {
  const auto n = static_cast<double>(record.samples());
  if (n < 2.0) return 0.0;
  const double sum = record.sum(row);
  return std::sqrt(std::max(0.0, record.squares[row].value() - sum * sum / n) / (n - 1.0));
}

LODE_INLINE double EnsembleState::standard_error(const Record& record, std::size_t row) const {
  const auto n = static_cast<double>(record.samples());
  const double independent = deviation(record, row) / std::sqrt(n);
  if (record.count.size() == 1) return independent;
  // Replicates of a run that was stopped may lack points; then the independent one stands in, which is larger.
  const auto replicates = static_cast<double>(record.count.size());
  const double mean = record.sum(row) / n;
  double squares = 0.0;
  for (std::size_t r = 0; r < record.count.size(); ++r) {
    if (record.count[r] * record.count.size() != record.samples()) return independent;
    const double d = record.sums[r][row].value() / static_cast<double>(record.count[r]) - mean;
    squares += d * d;
  }
  return std::sqrt(squares / (replicates * (replicates - 1.0)));
}

LODE_INLINE double EnsembleState::confidence_factor() const {
  const double p = 0.5 * (1.0 + options_.confidence);
  const bool independent = options_.sampling.sampling == Sampling::monte_carlo;
  return independent ? normal_quantile(p) : student_quantile(p, static_cast<double>(points_.replicates()) - 1.0);
}

LODE_INLINE Convergence EnsembleState::convergence(const Record& record) const {
  Convergence out;
  const double factor = confidence_factor();
  for (std::size_t m = 0; m < quantities().materials(); ++m) {
    const double at = mean(record, m);
    if (at <= thresholds_[m]) continue;
    const double half_width = factor * standard_error(record, m) / at;
    constexpr double rounding = 1e-9;  // which material it is must not hang on it
    if (out.material.valid() && half_width <= out.half_width * (1.0 + rounding)) continue;
    out.half_width = half_width;
    out.material = MaterialId{m};
  }
  out.reached = options_.until > 0.0 && record.samples() > 1 && out.half_width <= options_.until &&
                done_ >= std::min(stop_unit_, samples());
  const double needed = static_cast<double>(done_) * (out.half_width / 0.01) * (out.half_width / 0.01);
  out.samples_for_one_percent = needed < 1e18 ? static_cast<std::uint64_t>(std::ceil(needed)) : std::uint64_t(1e18);
  return out;
}

LODE_INLINE Spread EnsembleState::spread(const Record& record, Intervals& intervals, std::size_t row) const {
  const LogHistogram& histogram = record.histograms[row];
  const std::uint64_t n = histogram.count();
  Spread out;
  out.least = histogram.order_statistic(0);
  out.largest = histogram.order_statistic(n - 1);
  out.mean = std::clamp(mean(record, row), out.least, out.largest);
  out.standard_error = standard_error(record, row);
  out.standard_deviation = deviation(record, row);
  const std::uint64_t shorts = record.short_count[row];
  out.probability_of_shortfall = static_cast<double>(shorts) / static_cast<double>(n);
  auto known = intervals.probabilities.find(shorts);
  if (known == intervals.probabilities.end()) {
    known = intervals.probabilities.emplace(shorts, binomial_interval(shorts, n, options_.confidence)).first;
  }
  std::tie(out.probability_low, out.probability_high) = known->second;
  for (std::size_t i = 0; i < options_.quantiles.size(); ++i) {
    const double p = options_.quantiles[i];
    if (intervals.ranks.size() <= i) intervals.ranks.push_back(quantile_ranks(n, p, options_.confidence));
    const auto [low, high] = intervals.ranks[i];
    const auto rank = static_cast<std::uint64_t>(std::ceil(p * static_cast<double>(n)));
    out.quantiles.push_back({p, histogram.order_statistic(std::clamp<std::uint64_t>(rank, 1, n) - 1),
                             histogram.order_statistic(std::max<std::uint64_t>(low, 1) - 1),
                             histogram.order_statistic(std::min(high, n) - 1)});
  }
  const auto worst = static_cast<std::uint64_t>(std::ceil(options_.tail * static_cast<double>(n)));
  const std::uint64_t in_tail = std::clamp<std::uint64_t>(worst, 1, n);
  out.expected_shortfall = histogram.sum_of_largest(in_tail) / static_cast<double>(in_tail);
  if (out.largest > out.least) {
    constexpr int points = 20;
    for (int i = 0; i <= points; ++i) {
      const double share = static_cast<double>(i) / points;
      const double value = i == points ? out.largest : out.least + share * (out.largest - out.least);
      out.exceedance.push_back({value, histogram.count_above(value) / static_cast<double>(n)});
    }
  }
  return out;
}

LODE_INLINE MaterialSpread EnsembleState::material_spread(const Record& record, Intervals& intervals, std::size_t m,
                                                          std::size_t row, double demanded) const {
  return {MaterialId{m}, network_.materials()[m].name, demanded, spread(record, intervals, row)};
}

/// Of an end use that is always as short as another one, but for its size.
LODE_INLINE Spread scaled(Spread spread, double factor) {
  for (double* number : {&spread.mean, &spread.standard_error, &spread.standard_deviation, &spread.least,
                         &spread.largest, &spread.expected_shortfall}) {
    *number *= factor;
  }
  for (QuantileEstimate& quantile : spread.quantiles) {
    for (double* number : {&quantile.value, &quantile.low, &quantile.high}) *number *= factor;
  }
  for (ExceedancePoint& point : spread.exceedance) point.value *= factor;
  return spread;
}

/// The sample that has no answer, with its numbers, so that it can be run alone.
LODE_INLINE std::string EnsembleState::failure_text() const {
  for (const auto& world : worlds_) {
    if (world->status == SolveStatus::solved) continue;
    return "scenario " + quoted(world->scenario.name) + " at its medians has no answer: " + advice(world->status);
  }
  std::vector<double> point(points_.variables());
  points_.fill(failed_sample_, 1, point);
  copula_.apply(point, 1);
  const std::string drawn = drawn_text(worlds_.front()->scenario, point);
  return "sample " + std::to_string(failed_sample_) + " has no answer: " + advice(status_) +
         (drawn.empty() ? "" : "; it has " + drawn);
}

LODE_INLINE Ensemble EnsembleState::result() const {
  const SampleWorld& world = *worlds_.front();
  Ensemble out;
  out.status = status_;
  out.of = options_.of;
  out.scenario = world.scenario.name;
  out.sampling = options_.sampling;
  out.samples = done_;
  out.variables = copula_.variables();
  out.confidence = options_.confidence;
  out.tail = options_.tail;
  out.confidence_factor = confidence_factor();
  if (status_ != SolveStatus::solved && status_ != SolveStatus::interrupted) {
    out.samples = 0;
    out.notes.push_back(failure_text());
    return out;
  }
  if (done_ == 0) {
    out.status = SolveStatus::not_run;
    return out;
  }
  const Record record = merged();
  Intervals intervals;
  const SampleQuantities& q = quantities();
  for (std::size_t m = 0; m < q.materials(); ++m) {
    out.materials.push_back(material_spread(record, intervals, m, q.material(m), world.demanded[q.material(m)]));
  }
  for (std::size_t c = 0; c < q.countries().size(); ++c) {
    CountrySpread& country = out.countries.emplace_back();
    country.id = q.countries()[c];
    country.name = network_[country.id].name;
    for (std::size_t m = 0; m < q.materials(); ++m) {
      if (world.demanded[q.country(c, m)] <= 0.0) continue;
      country.materials.push_back(
          material_spread(record, intervals, m, q.country(c, m), world.demanded[q.country(c, m)]));
    }
  }
  for (std::size_t e = 0; e < network_.end_uses().size(); ++e) {
    const Spread& leader = q.leader_of(e) == e ? spread(record, intervals, q.end_use(e))
                                               : out.end_uses[q.leader_of(e)].shortfall;
    out.end_uses.push_back({EndUseId{e}, network_.end_uses()[e].name, world.demanded[q.end_use(e)],
                            q.leader_of(e) == e ? leader : scaled(leader, q.scale_of(e))});
  }
  for (std::size_t t = 0; t < world.months.size(); ++t) {
    MonthSpread& month = out.months.emplace_back();
    month.month = world.months[t];
    for (std::size_t m = 0; m < q.materials(); ++m) {
      month.materials.push_back(material_spread(record, intervals, m, q.month(t, m), world.demanded[q.month(t, m)]));
    }
  }
  out.weighted = spread(record, intervals, q.weighted());
  for (std::size_t p = 0; p + 1 < worlds_.size(); ++p) {
    const SampleWorld& with = *worlds_[p + 1];
    PolicySpread& policy = out.policies.emplace_back();
    policy.name = with.scenario.name;
    for (std::size_t m = 0; m < q.materials(); ++m) {
      policy.with.push_back(material_spread(record, intervals, m, world_row(p + 1) + m, with.demanded[m]));
      policy.difference.push_back(material_spread(record, intervals, m, difference_row(p) + m, world.demanded[m]));
    }
    policy.weighted = spread(record, intervals, world_row(p + 1) + q.weighted());
    const std::size_t change = difference_row(p) + q.weighted();
    policy.weighted_difference = spread(record, intervals, change);
    const LogHistogram& changes = record.histograms[change];
    const double rounding = thresholds_[change];
    policy.probability_of_gain = 1.0 - changes.count_above(-rounding) / static_cast<double>(changes.count());
  }
  out.convergence = convergence(record);

  if (out.variables == 0) {
    out.notes.push_back("scenario " + quoted(out.scenario) + " has no uncertain numbers: all samples are the same");
  }
  for (const Remark& remark : world.family.items().remarks) {
    if (remark.text.find("its median") != std::string::npos) continue;  // here it is drawn
    const ModelSet model = out.of == EnsembleModel::propagate    ? ModelSet::propagate
                           : out.of == EnsembleModel::reallocate ? ModelSet::reallocate
                                                                 : ModelSet::simulate;
    if (contains(remark.concerns, model)) out.notes.push_back(remark.text);
  }
  if (points_.samples() != options_.sampling.samples) {
    out.notes.push_back(std::to_string(options_.sampling.samples) +
                        " samples were asked for; stratified points come in " + std::to_string(points_.replicates()) +
                        " equal replicates, " + std::to_string(points_.samples()) + " together");
  }
  for (const Correlation& correlation : options_.correlations) {
    if (!correlation.shocks.empty() || correlation.rho == 0.0 || !copula_.groups().empty()) continue;
    out.notes.push_back(
        "the correlation by country ties nothing: no two uncertain numbers are of shocks on just the same countries");
  }
  std::uint64_t least_samples = 0;
  for (const double p : options_.quantiles) {
    // So many leave an extreme of the samples on the wrong side of the quantile as rarely as the confidence allows.
    const double misses = std::log(0.5 * (1.0 - options_.confidence)) / std::log(std::max(p, 1.0 - p));
    least_samples = std::max(least_samples, static_cast<std::uint64_t>(std::ceil(misses)));
  }
  if (out.variables > 0 && done_ < least_samples) {
    out.notes.push_back("intervals of quantiles need " + std::to_string(least_samples) +
                        " samples; with fewer, those of the outer ones hold less often than they say");
  }
  if (options_.of == EnsembleModel::simulate) {
    out.notes.push_back("simulated from " + to_string(*world.simulate.start) + " to " + to_string(*world.simulate.end) +
                        "; tonnes over the whole run");
  }
  if (status_ == SolveStatus::interrupted) {
    out.notes.push_back("interrupted after " + std::to_string(done_) + " of " + std::to_string(samples()) +
                        " samples; these are their results");
  }
  return out;
}

}  // namespace lode::inline LODE_ABI::detail
