// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <lode/detail/allocation_derivatives.hpp>
#include <lode/detail/flow_derivatives.hpp>
#include <lode/detail/text.hpp>
#include <lode/sensitivity.hpp>

namespace lode::inline LODE_ABI {

LODE_INLINE std::string_view to_string(ParameterKind kind) {
  constexpr std::string_view names[] = {"capacity", "openness", "quota", "reserve", "recovery", "demand"};
  return names[static_cast<std::size_t>(kind)];
}

namespace detail {

LODE_INLINE void check(const SensitivityOptions& options) {
  if (options.tie_tolerance >= 0.0 && options.tie_tolerance <= 1e-3) return;
  throw InvalidArgument({{{"SensitivityOptions::tie_tolerance", 0, 0},
                          number_text(options.tie_tolerance) + " is out of range",
                          "choose a number from 0 to 1e-3"}});
}

/// The end uses of a target: t/yr of J per t/yr of shortfall. Throws if there are none.
LODE_INLINE std::vector<double> target_weights(const Network& network, const SensitivityTarget& target,
                                               std::span<const double> weight) {
  std::vector<double> omega(network.end_uses().size(), 0.0);
  bool any = false;
  for (std::size_t e = 0; e < omega.size(); ++e) {
    const EndUse& end_use = network.end_uses()[e];
    if (target.country && *target.country != end_use.country) continue;
    if (target.end_use && target.end_use->index() != e) continue;
    omega[e] = target.material  ? network[end_use.commodity].content(*target.material)
               : target.end_use ? 1.0
                                : weight[e];
    any = any || omega[e] > 0.0;
  }
  if (any || omega.empty()) return omega;
  throw InvalidArgument(
      {{{"SensitivityTarget", 0, 0},
        "no end use matches the target",
        "choose a material that the end uses of the country take, or leave a part of the target out"}});
}

class SensitivityState {
 public:
  SensitivityState(const Network& network, const SensitivityOptions& options)
      : network_(network), options_(options) {
    if (options.model == StaticModel::reallocate) {
      allocation_ = std::make_unique<AllocationDerivatives>(network, options);
    } else {
      flow_ = std::make_unique<FlowDerivatives>(network, options);
    }
  }

  [[nodiscard]] const Network& network() const { return network_; }

  void run(const Disruption& disruption, std::span<const SensitivityTarget> targets, std::vector<Sensitivity>& out) {
    std::vector<double> weight;
    for (const EndUse& end_use : network_.end_uses()) weight.push_back(end_use.weight);
    for (const EndUseFactor& factor : disruption.weights) weight[factor.end_use.index()] *= factor.factor;
    std::vector<std::vector<double>> omegas;
    for (const SensitivityTarget& target : targets) omegas.push_back(target_weights(network_, target, weight));
    out.resize(targets.size());
    for (std::size_t t = 0; t < targets.size(); ++t) {
      out[t].status = SolveStatus::not_run;
      out[t].scenario = disruption.scenario;
      out[t].model = options_.model;
      out[t].target = targets[t];
      out[t].parameters = (flow_ != nullptr ? flow_->parameters() : allocation_->parameters()).all;
      out[t].notes =
          disruption.notes(options_.model == StaticModel::propagate ? ModelSet::propagate : ModelSet::reallocate);
    }
    if (flow_ != nullptr) {
      flow_->run(disruption, omegas, out);
    } else {
      for (std::size_t t = 0; t < targets.size(); ++t) allocation_->run(disruption, omegas[t], out[t]);
    }
    for (Sensitivity& answer : out) {
      if (answer.status == SolveStatus::solved) continue;
      answer.shortfall = 0.0;
      answer.ups.clear();
      answer.downs.clear();
      answer.notes = {advice(answer.status)};
    }
  }

 private:
  Network network_;
  SensitivityOptions options_;
  std::unique_ptr<FlowDerivatives> flow_;  ///< one of the two
  std::unique_ptr<AllocationDerivatives> allocation_;
};

/// Parameters by `gain`, largest first; those not above rounding are left out.
template <class Gain>
[[nodiscard]] std::vector<std::size_t> largest(std::size_t parameters, std::size_t most, Gain gain) {
  constexpr double rounding = 1e-12;
  std::vector<std::size_t> order;
  for (std::size_t p = 0; p < parameters; ++p) {
    if (gain(p) > rounding) order.push_back(p);
  }
  // In single precision, so that rounding does not order what is equal.
  const auto rank = [&](std::size_t p) { return static_cast<float>(gain(p)); };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) > rank(b); });
  order.resize(std::min(order.size(), most));
  return order;
}

}  // namespace detail

LODE_INLINE Differentiator::Differentiator(const Network& network, const SensitivityOptions& options) {
  detail::check(options);
  state_ = std::make_unique<detail::SensitivityState>(network, options);
}
LODE_INLINE Differentiator::~Differentiator() = default;
LODE_INLINE Differentiator::Differentiator(Differentiator&&) noexcept = default;
LODE_INLINE Differentiator& Differentiator::operator=(Differentiator&&) noexcept = default;

LODE_INLINE const Network& Differentiator::network() const {
  return state_->network();
}
LODE_INLINE void Differentiator::run(const Disruption& disruption, std::span<const SensitivityTarget> targets,
                                     std::vector<Sensitivity>& out) {
  state_->run(disruption, targets, out);
}
LODE_INLINE Sensitivity Differentiator::run(const Disruption& disruption, const SensitivityTarget& target) {
  std::vector<Sensitivity> out;
  state_->run(disruption, {&target, 1}, out);
  return std::move(out.front());
}
LODE_INLINE Sensitivity Differentiator::run(const Scenario& scenario, const SensitivityTarget& target) {
  return run(resolve(network(), scenario), target);
}

LODE_INLINE Sensitivity sensitivity(const Network& network, const Scenario& scenario, const SensitivityTarget& target,
                                    const SensitivityOptions& options) {
  return Differentiator(network, options).run(scenario, target);
}

LODE_INLINE std::vector<std::size_t> most_helpful(const Sensitivity& sensitivity, std::size_t most) {
  return detail::largest(sensitivity.ups.size(), most, [&](std::size_t p) {
    const bool is_demand = (*sensitivity.parameters)[p].kind == ParameterKind::demand;
    return -(is_demand ? sensitivity.down(p) : sensitivity.up(p)).value_or(0.0);
  });
}
LODE_INLINE std::vector<std::size_t> most_missed(const Sensitivity& sensitivity, std::size_t most) {
  return detail::largest(sensitivity.ups.size(), most, [&](std::size_t p) {
    const bool is_demand = (*sensitivity.parameters)[p].kind == ParameterKind::demand;
    return (is_demand ? sensitivity.up(p) : sensitivity.down(p)).value_or(0.0);
  });
}

}  // namespace lode::inline LODE_ABI
