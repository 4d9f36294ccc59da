// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <lode/detail/allocation_program.hpp>
#include <lode/detail/price_ranges.hpp>
#include <lode/detail/sensitivity_parameters.hpp>
#include <lode/detail/start_basis.hpp>
#include <lode/optimize/simplex.hpp>

/// The derivatives of the least shortfall that reallocation leaves. Private.
namespace lode::inline LODE_ABI::detail {

/// Each is the value of a small program on the tangent of the optimal multipliers, exact at kinks (price_ranges.hpp).
class AllocationDerivatives {
 public:
  AllocationDerivatives(const Network& network, const SensitivityOptions& options)
      : network_(network),
        parameters_(network, options.model, nullptr),
        allocation_(network),
        start_(start_basis(allocation_)) {}

  [[nodiscard]] const ParameterList& parameters() const { return parameters_; }

  /// Fills the answer; `omega`: t/yr of the target by t/yr of shortfall of each end use.
  void run(const Disruption& disruption, const std::vector<double>& omega, Sensitivity& answer) {
    limits_.load(network_, disruption);
    AllocationProgram& allocation = allocation_;
    optimize::Program& program = allocation.program;
    const FigureColumns& columns = allocation.columns();
    allocation.load(disruption);
    program.gradient.setZero(static_cast<Eigen::Index>(columns.size()));
    double all = 0.0;
    for (std::size_t e = 0; e < columns.end_uses; ++e) {
      program.gradient[static_cast<Eigen::Index>(columns.of(EndUseId{e}))] = omega[e];
      all += omega[e] * allocation.demanded[e];
    }
    if (!(all > 0.0)) all = 1.0;
    program.gradient /= all;
    optimize::Solution best = simplex_.solve(program, start_, allocation.baseline);
    if (best.status != optimize::Status::optimal) best = simplex_.solve(program, {});
    program.gradient *= all;
    if (best.status == optimize::Status::primal_infeasible) answer.status = SolveStatus::infeasible;
    if (best.status != optimize::Status::optimal) {
      if (answer.status != SolveStatus::infeasible) answer.status = SolveStatus::not_converged;
      return;
    }
    answer.shortfall = std::max(0.0, program.gradient.dot(best.x));
    const std::size_t fixed = parameters_.all->size();
    if (!disruption.quotas.empty()) {
      auto list = std::make_shared<std::vector<Parameter>>(*parameters_.all);
      for (const Quota& quota : disruption.quotas) {
        list->push_back(
            {.kind = ParameterKind::quota, .commodity = quota.commodity, .shock = quota.shock, .size = quota.limit});
      }
      answer.parameters = std::move(list);
    }
    const std::vector<Parameter>& list = *answer.parameters;
    answer.ups.assign(list.size(), 0.0);
    answer.downs.assign(list.size(), 0.0);
    PriceRanges ranges(allocation, best, simplex_.basis());
    const auto set = [&](std::size_t p, double up, double down) {
      answer.ups[p] = up;
      answer.downs[p] = down;
    };
    for (std::size_t p = 0; p < list.size(); ++p) {
      const Parameter& parameter = list[p];
      PriceRanges::Direction more;
      switch (parameter.kind) {
        case ParameterKind::capacity: {
          const FacilityId f = parameter.place.facility();
          const double limit = limits_.limit(f, parameter.size);
          const std::size_t column = columns.of(f);
          const double up = limit >= 0.0 ? std::min(0.0, ranges.derivative_of_bound(column, 1.0)) : 0.0;
          const double down = limit > 0.0 ? std::max(0.0, ranges.derivative_of_bound(column, -1.0)) : 0.0;
          set(p, up, down);
          continue;
        }
        case ParameterKind::reserve: {
          if (parameter.place.is_end_use()) {
            more = {{allocation.demand_row(parameter.place.end_use()), -1.0}};
            break;
          }
          const FacilityId f = parameter.place.facility();
          const std::vector<Input>& inputs = network_[f].inputs;
          for (std::size_t k = 0; k < inputs.size(); ++k) {
            if (inputs[k].commodity == parameter.commodity) {
              more = {{allocation.input_row(f, k), -inputs[k].criticality}};
            }
          }
          break;
        }
        case ParameterKind::quota:
          more = {{static_cast<std::size_t>(allocation.quota_row(p - fixed)), -1.0}};
          break;
        default:
          more = {{allocation.demand_row(parameter.place.end_use()), 1.0}};
      }
      const bool helps = parameter.kind != ParameterKind::demand;
      const double up = ranges.derivative(more, 1.0);
      double down = ranges.derivative(more, -1.0);
      if (parameter.size <= 0.0 && parameter.kind == ParameterKind::quota) down = 0.0;
      set(p, helps ? std::min(0.0, up) : std::max(0.0, up), helps ? std::max(0.0, down) : std::min(0.0, down));
    }
    answer.status = SolveStatus::solved;
  }

 private:
  Network network_;
  ParameterList parameters_;
  ActivityFactors limits_;
  AllocationProgram allocation_;
  optimize::Basis start_;
  optimize::Simplex simplex_;
};

}  // namespace lode::inline LODE_ABI::detail
