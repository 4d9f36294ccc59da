// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <cmath>

#include <lode/propagate.hpp>

#include "support/random_network.hpp"
#include "support/random_scenario.hpp"
#include "support/reference_propagate.hpp"

/// Every number of a result against a second implementation of the rules (support/reference_propagate.hpp).
namespace {

using lode::tonnes_per_year;
using namespace lode_test;

constexpr double tolerance = 1e-9;

class Comparison {
 public:
  Comparison(const lode::Network& network, const lode::Result& result, const ReferenceResult& reference)
      : network_(network), result_(result), reference_(reference) {}

  void all() const {
    ASSERT_EQ(result_.status, lode::SolveStatus::solved);
    routes();
    facilities();
    end_uses();
    materials();
    EXPECT_LE(result_.certificate.mass_balance, 1e-12);
  }

 private:
  static void near(double actual, long double expected, long double scale, const std::string& what) {
    EXPECT_LE(std::abs(actual - expected), tolerance * std::max(1e-300L, scale))
        << what << " is " << actual << ", expected " << static_cast<double>(expected);
  }

  void routes() const {
    for (std::size_t r = 0; r < network_.routes().size(); ++r) {
      const double f0 = network_.routes()[r].flow.in(tonnes_per_year);
      near(result_.routes[r].flow.in(tonnes_per_year), reference_.flow[r], f0, "flow of route " + std::to_string(r));
    }
  }

  void facilities() const {
    for (std::size_t f = 0; f < network_.facilities().size(); ++f) {
      const lode::Facility& facility = network_.facilities()[f];
      const lode::FacilityResult& actual = result_.facilities[f];
      const std::string name = "of " + facility.id;
      near(actual.utilisation, reference_.utilisation[f], 1.0L, "utilisation " + name);
      near(actual.activity.in(tonnes_per_year), reference_.activity[f], facility.baseline.in(tonnes_per_year),
           "activity " + name);
      limit(facility, actual, f);
    }
  }

  /// Bounds that differ by less than the tolerance may be told apart either way.
  void limit(const lode::Facility& facility, const lode::FacilityResult& actual, std::size_t f) const {
    const long double u = reference_.utilisation[f];
    const long double close = tolerance * std::max(1e-3L, u);
    if (facility.baseline <= lode::TonnesPerYear{}) {
      EXPECT_EQ(actual.limited_by, lode::Limit::capacity) << facility.id;
      return;
    }
    if (u >= 1.0L - 1e-9L + 1e-12L) {
      EXPECT_EQ(actual.limited_by, lode::Limit::none) << facility.id;
      return;
    }
    if (u > 1.0L - 1e-9L - 1e-12L) return;
    const bool at_capacity = u >= reference_.gamma[f] * (1.0L - 1e-12L);
    const bool maybe_at_capacity = u >= reference_.gamma[f] - close;
    if (facility.is_separator()) {
      // Its limit cuts the feeds, whose sum may differ from the baseline by the tolerance of the base year.
      long double feeds = 0.0L;
      for (const lode::Route& route : network_.routes()) {
        if (route.to == lode::PlaceId{lode::FacilityId{f}}) feeds += route.flow.in(lode::tonnes_per_year);
      }
      const long double share = u * static_cast<long double>(facility.baseline.in(lode::tonnes_per_year)) / feeds;
      if (share >= reference_.gamma[f] * (1.0L - 1e-12L)) {
        EXPECT_EQ(actual.limited_by, lode::Limit::capacity) << facility.id;
      } else if (share < reference_.gamma[f] - std::max(close, 2e-9L)) {
        EXPECT_EQ(actual.limited_by, lode::Limit::feed) << facility.id;
      }
      return;
    }
    if (actual.limited_by == lode::Limit::capacity) {
      EXPECT_TRUE(maybe_at_capacity) << facility.id;
      return;
    }
    ASSERT_EQ(actual.limited_by, lode::Limit::input) << facility.id;
    EXPECT_FALSE(at_capacity && reference_.gamma[f] < u - close) << facility.id;
    for (std::size_t k = 0; k < facility.inputs.size(); ++k) {
      const long double bound = reference_.bounds[f][k + 1];
      if (facility.inputs[k].commodity == actual.limiting_input) {
        EXPECT_LE(bound, u + close) << facility.id << " is not limited by its input " << k;
        return;
      }
      EXPECT_GT(bound, u - close) << facility.id << " is limited by its input " << k;
    }
    ADD_FAILURE() << facility.id << " is limited by what it does not use";
  }

  void end_uses() const {
    for (std::size_t e = 0; e < network_.end_uses().size(); ++e) {
      const lode::EndUseResult& actual = result_.end_uses[e];
      const std::string name = "of " + network_.end_uses()[e].id;
      const long double scale = reference_.demanded[e];
      near(actual.demanded.in(tonnes_per_year), reference_.demanded[e], scale, "demand " + name);
      near(actual.delivered.in(tonnes_per_year), reference_.delivered[e], scale, "delivery " + name);
      near(actual.shortfall.in(tonnes_per_year), reference_.demanded[e] - reference_.delivered[e], scale,
           "shortfall " + name);
      near(actual.baseline_shortfall.in(tonnes_per_year), reference_.baseline_shortfall[e],
           network_.end_uses()[e].demand.in(tonnes_per_year), "baseline shortfall " + name);
      near(actual.weight, reference_.weight[e], reference_.weight[e], "weight " + name);
      EXPECT_GE(actual.shortfall.in(tonnes_per_year), 0.0);
      EXPECT_GE(actual.baseline_shortfall.in(tonnes_per_year), 0.0);
    }
    long double most = 0.0L;
    for (std::size_t e = 0; e < network_.end_uses().size(); ++e) most += reference_.weight[e] * reference_.demanded[e];
    near(result_.total_weighted_shortfall, reference_.total_weighted_shortfall, most, "total weighted shortfall");
  }

  void materials() const {
    for (std::size_t m = 0; m < network_.materials().size(); ++m) {
      const lode::MaterialResult& actual = result_.materials[m];
      long double scale = reference_.material_demanded[m];
      for (const lode::EndUse& use : network_.end_uses()) {
        scale += network_[use.commodity].content(lode::MaterialId{m}) * use.demand.in(tonnes_per_year);
      }
      near(actual.demanded.in(tonnes_per_year), reference_.material_demanded[m], scale, "material demanded");
      near(actual.delivered.in(tonnes_per_year), reference_.material_delivered[m], scale, "material delivered");
      near(actual.shortfall.in(tonnes_per_year), reference_.material_demanded[m] - reference_.material_delivered[m],
           scale, "material shortfall");
      near(actual.baseline_shortfall.in(tonnes_per_year), reference_.material_baseline_shortfall[m], scale,
           "material baseline shortfall");
      double by_country = 0.0;
      for (const lode::CountryResult& country : result_.countries) {
        by_country += country.materials[m].shortfall.in(tonnes_per_year);
      }
      near(by_country, actual.shortfall.in(tonnes_per_year), scale, "shortfall over countries");
    }
  }

  const lode::Network& network_;
  const lode::Result& result_;
  const ReferenceResult& reference_;
};

/// Runs `count` seeds; every network meets several scenarios.
void compare_seeds(std::uint64_t first_seed, int count, const WorldOptions& options) {
  int unsettled = 0;
  int compared = 0;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
    const lode::Network network = build(random_world(seed, options));
    lode::Propagator propagator{network};
    for (std::uint64_t draw = 0; draw < 3; ++draw) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", draw " + std::to_string(draw));
      const lode::Scenario scenario = random_scenario(network, seed * 10 + draw);
      const ReferenceResult reference = reference_propagate(network, reference_shock(network, scenario));
      if (!reference.settled) {
        ++unsettled;
        continue;
      }
      ++compared;
      const lode::Result result = propagator.run(scenario);
      Comparison(network, result, reference).all();
      if (::testing::Test::HasFailure()) return;
    }
  }
  EXPECT_LE(unsettled, compared / 20) << "plain iteration is too slow for these networks";
}

TEST(PropagateReference, Chains) {
  compare_seeds(1'000, 500, {.loops = 0.0});
}
TEST(PropagateReference, Loops) {
  compare_seeds(10'000, 500, {.loops = 0.8});
}
TEST(PropagateReference, WholeNumbers) {
  compare_seeds(20'000, 300, {.loops = 0.4, .softness = 0.0, .whole_numbers = true});
}
TEST(PropagateReference, RecyclingHeavy) {
  compare_seeds(30'000, 300,
                {.mines = 3, .separators = 6, .plants = 12, .loops = 1.0, .surplus = 0.0, .softness = 0.1});
}
TEST(PropagateReference, ManySuppliers) {
  compare_seeds(40'000, 150, {.mines = 8, .separators = 8, .plants = 24, .end_uses = 12, .most_suppliers = 9});
}
TEST(PropagateReference, BaseYearsThatAreSlightlyOff) {
  compare_seeds(60'000, 150, {.loops = 0.5, .unbalance = 1e-6});
}
TEST(PropagateReference, MostlyIdle) {
  compare_seeds(50'000, 150, {.loops = 0.7, .idle = 0.4});
}

}  // namespace
