// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <utility>

#include <lode/detail/periods.hpp>
#include <lode/detail/propagate_samples.hpp>
#include <lode/detail/sample_model.hpp>
#include <lode/draw.hpp>
#include <lode/propagate.hpp>
#include <lode/reallocate.hpp>
#include <lode/simulate.hpp>

namespace lode::inline LODE_ABI::detail {

/// The uniform numbers of one of several draws.
LODE_INLINE std::vector<double> point_of(std::span<const double> uniforms, std::size_t count, std::size_t k) {
  std::vector<double> point(uniforms.size() / count);
  for (std::size_t v = 0; v < point.size(); ++v) point[v] = uniforms[v * count + k];
  return point;
}

class PropagateFamilyModel final : public SampleModel {
 public:
  explicit PropagateFamilyModel(const SampleWorld& world) : world_(world), samples_(world.network, world.family) {
    samples_.look_at(world.quantities.leaders());
  }

  SolveStatus run(std::span<const double> uniforms, std::span<const Network> years, std::size_t count, double* values,
                  std::size_t stride) override {
    (void)years;  // draws of the data go to the model that sets up anew
    const SolveStatus status = samples_.run(uniforms, count);
    failed_ = samples_.failed();
    if (status == SolveStatus::solved) {
      world_.quantities.account(samples_.end_uses(), PropagateSamples::lanes, count, values, stride);
    }
    return status;
  }

 private:
  const SampleWorld& world_;
  PropagateSamples samples_;
};

/// A static model, one draw at a time: for draws that must be resolved anew. `make(network)` sets it up.
template <class Make>
class OneByOneModel final : public SampleModel {
 public:
  OneByOneModel(const SampleWorld& world, Make make) : world_(world), make_(make), model_(make(world.network)) {}

  SolveStatus run(std::span<const double> uniforms, std::span<const Network> years, std::size_t count, double* values,
                  std::size_t stride) override {
    for (std::size_t k = 0; k < count; ++k) {
      const Scenario drawn = draw(world_.scenario, point_of(uniforms, count, k));
      const Result result = years.empty() ? model_.run(drawn) : make_(years[k]).run(drawn);
      if (result.status != SolveStatus::solved) {
        failed_ = k;
        return result.status;
      }
      const std::size_t uses = result.end_uses.size();
      for (std::vector<double>* row : {&uses_.demanded, &uses_.delivered, &uses_.weight}) row->resize(uses);
      for (std::size_t e = 0; e < uses; ++e) {
        uses_.demanded[e] = result.end_uses[e].demanded.in(tonnes_per_year);
        uses_.delivered[e] = result.end_uses[e].delivered.in(tonnes_per_year);
        uses_.weight[e] = result.end_uses[e].weight;
      }
      world_.quantities.account(uses_, 1, 1, values + k, stride);
    }
    return SolveStatus::solved;
  }

 private:
  const SampleWorld& world_;
  Make make_;
  decltype(std::declval<Make>()(std::declval<const Network&>())) model_;
  EndUseLanes uses_;
};

LODE_INLINE double sum_of(const std::vector<double>& numbers) {
  double sum = 0.0;
  for (const double number : numbers) sum += number;
  return sum;
}

/// Weights of the end uses under a scenario, as static models count them.
LODE_INLINE std::vector<double> weights_under(const Network& network, const Disruption& disruption) {
  std::vector<double> weights;
  for (const EndUse& use : network.end_uses()) weights.push_back(use.weight);
  for (const EndUseFactor& factor : disruption.weights) weights[factor.end_use.index()] *= factor.factor;
  return weights;
}

class SimulateModel final : public SampleModel {
 public:
  explicit SimulateModel(const SampleWorld& world)
      : world_(world),
        simulator_(world.network, world.simulate),
        weights_(weights_under(world.network, world.family.items())) {}

  SolveStatus run(std::span<const double> uniforms, std::span<const Network> years, std::size_t count, double* values,
                  std::size_t stride) override {
    constexpr std::size_t side_by_side = 16;
    for (std::size_t first = 0; first < count; first += side_by_side) {
      const std::size_t size = std::min(side_by_side, count - first);
      std::vector<Scenario> scenarios;
      for (std::size_t k = 0; k < size; ++k) {
        scenarios.push_back(draw(world_.scenario, point_of(uniforms, count, first + k)));
      }
      std::vector<Simulation> runs;
      if (years.empty()) {
        runs = simulator_.run(scenarios);
      } else {
        for (std::size_t k = 0; k < size; ++k) {
          runs.push_back(Simulator(years[first + k], world_.simulate).run(scenarios[k]));
        }
      }
      for (std::size_t k = 0; k < size; ++k) {
        if (runs[k].status != SolveStatus::solved) {
          failed_ = first + k;
          return runs[k].status;
        }
        write(runs[k], values + first + k, stride);
      }
    }
    return SolveStatus::solved;
  }

 private:
  void write(const Simulation& run, double* values, std::size_t stride) {
    const std::size_t uses = run.end_uses.size();
    for (std::vector<double>* row : {&uses_.demanded, &uses_.delivered, &uses_.weight}) row->resize(uses);
    for (std::size_t e = 0; e < uses; ++e) {
      uses_.demanded[e] = sum_of(run.end_uses[e].demanded);
      uses_.delivered[e] = sum_of(run.end_uses[e].delivered);
      uses_.weight[e] = weights_[e];
    }
    world_.quantities.account(uses_, 1, 1, values, stride);
    const Periods months(step_edges(run.dates, run.step_days, false), step_edges(world_.months, run.step_days, true));
    for (std::size_t m = 0; m < run.materials.size(); ++m) {
      const std::vector<double> demanded = months.sums(run.materials[m].demanded);
      const std::vector<double> delivered = months.sums(run.materials[m].delivered);
      for (std::size_t t = 0; t < world_.months.size(); ++t) {
        values[world_.quantities.month(t, m) * stride] = demanded[t] - delivered[t];
      }
    }
  }

  const SampleWorld& world_;
  Simulator simulator_;
  std::vector<double> weights_;
  EndUseLanes uses_;
};

LODE_INLINE std::unique_ptr<SampleModel> make_sample_model(const SampleWorld& world) {
  const auto one_by_one = [&world](auto make) -> std::unique_ptr<SampleModel> {
    return std::make_unique<OneByOneModel<decltype(make)>>(world, make);
  };
  switch (world.of) {
    case EnsembleModel::propagate:
      if (world.family.is_simple() && !world.draws_data) return std::make_unique<PropagateFamilyModel>(world);
      return one_by_one([](const Network& network) { return Propagator(network); });
    case EnsembleModel::reallocate:
      return one_by_one([allow = world.allow](const Network& network) {
        return Reallocator(network, {.allow = allow, .prices = false});
      });
    case EnsembleModel::simulate:
      break;
  }
  return std::make_unique<SimulateModel>(world);
}

/// Calendar months that a run touches.
LODE_INLINE std::vector<Date> months_of(const Simulation& run) {
  std::vector<Date> months;
  const Date end = run.dates.back() + std::chrono::days{run.step_days};
  for (Date month = month_of(run.dates.front()); month < end; month = next_month(month)) months.push_back(month);
  return months;
}

LODE_INLINE SampleWorld::SampleWorld(const Network& net, const Scenario& uncertain, const EnsembleOptions& options)
    : network(net),
      scenario(uncertain),
      of(options.of),
      draws_data(options.data != nullptr),
      family(network, scenario),
      simulate(options.simulate),
      allow(options.allow),
      quantities(network) {
  const std::vector<double> middle(family.variables(), 0.5);
  const Scenario median_scenario = draw(scenario, middle);
  std::vector<double> use_demand;
  if (of == EnsembleModel::simulate) {
    simulate.record_routes = false;
    simulate.record_facilities = false;
    simulate.progress = {};
    Simulator simulator(network, simulate);
    const Simulation run = simulator.run(median_scenario);
    // Days that a draw moves must not move the window that is looked at.
    simulate.start = run.dates.front();
    simulate.end = run.dates.back() + std::chrono::days{run.step_days};
    months = months_of(run);
    quantities = SampleQuantities(network, months.size());
    for (const EndUseSeries& use : run.end_uses) use_demand.push_back(sum_of(use.demanded));
  } else {
    for (const EndUse& use : network.end_uses()) use_demand.push_back(use.demand.in(tonnes_per_year));
    for (const EndUseFactor& factor : family.items().demand) use_demand[factor.end_use.index()] *= factor.factor;
  }

  // Demand accounted for like a shortfall with nothing delivered.
  EndUseLanes nothing{use_demand, std::vector<double>(use_demand.size(), 0.0), weights_under(network, family.items())};
  demanded.assign(quantities.size(), 0.0);
  quantities.account(nothing, 1, 1, demanded.data(), 1);
  for (std::size_t t = 0; t < months.size(); ++t) {
    for (std::size_t m = 0; m < quantities.materials(); ++m) {
      demanded[quantities.month(t, m)] = demanded[quantities.material(m)] / static_cast<double>(months.size());
    }
  }
  if (of == EnsembleModel::propagate && family.is_simple() && !draws_data) {
    quantities.group(alike_end_uses(network, family));
  }
  median.assign(quantities.size(), 0.0);
  const std::unique_ptr<SampleModel> model = make_sample_model(*this);
  status = model->run(middle, {}, 1, median.data(), 1);
}

}  // namespace lode::inline LODE_ABI::detail
