// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include <io/json_reader.hpp>
#include <lode/io/data_package.hpp>
#include <lode/io/result_writer.hpp>
#include <lode/version.hpp>

#include "test_package.hpp"

namespace {

using lode::tonnes_per_year;

lode::Dataset small_dataset() {
  const lode_test::ScratchFolder folder;
  lode_test::TestPackage().write(folder.path());
  return lode::read_dataset(folder.path().string()).dataset;
}

/// Numbers that are easy to tell apart; not what a model would give.
lode::Result small_result() {
  lode::Result result;
  result.status = lode::SolveStatus::solved;
  result.scenario = "cut";
  const auto balance = [](auto row, double demanded, double delivered) {
    row.demanded = demanded * tonnes_per_year;
    row.delivered = delivered * tonnes_per_year;
    row.shortfall = row.demanded - row.delivered;
    row.baseline_shortfall = 0.1 * tonnes_per_year;
    return row;
  };
  lode::MaterialResult ndpr, dy;
  ndpr.id = lode::MaterialId{0};
  dy.id = lode::MaterialId{1};
  result.materials = {balance(ndpr, 0.0, 0.0), balance(dy, 1.6, 0.8)};
  result.countries = {{lode::CountryId{1}, "Germany", {balance(dy, 1.6, 0.8)}}};
  lode::EndUseResult cars;
  cars.id = lode::EndUseId{0};
  result.end_uses = {balance(cars, 40.0, 20.0)};
  result.facilities = {{lode::FacilityId{0}, 100.0 * tonnes_per_year, 1.0, lode::Limit::none, {}},
                       {lode::FacilityId{1}, 100.0 / 3.0 * tonnes_per_year, 1.0 / 3.0, lode::Limit::feed, {}},
                       {lode::FacilityId{2}, 20.0 * tonnes_per_year, 0.5, lode::Limit::input, lode::CommodityId{1}}};
  for (std::size_t r = 0; r < 3; ++r) result.routes.push_back({lode::RouteId{r}, 1e6 * tonnes_per_year});
  result.total_weighted_shortfall = 20.0;
  result.certificate = {.mass_balance = 1e-16, .fixpoint_residual = 2.5e-17, .gap = 0.0};
  result.notes = {"a \"note\""};
  return result;
}

TEST(ResultWriter, WritesTheDocumentOfTheFormat) {
  EXPECT_EQ(lode::to_json(small_result(), small_dataset(), "propagate"),
            std::string("{\n  \"lode\": \"") + lode::version + R"(",
  "model": "propagate",
  "data": "small",
  "scenario": "cut",
  "status": "solved",
  "materials": [
    {"id": "ndpr", "demanded": 0, "delivered": 0, "shortfall": 0, "baseline_shortfall": 0.1},
    {"id": "dy", "demanded": 1.6, "delivered": 0.8, "shortfall": 0.8, "baseline_shortfall": 0.1}
  ],
  "end_uses": [
    {"id": "cars", "country": "DEU", "sector": "ev", "commodity": "magnet", "demanded": 40, "delivered": 20, "shortfall": 20, "baseline_shortfall": 0.1, "weight": 1}
  ],
  "facilities": [
    {"id": "pit", "activity": 100, "utilisation": 1, "limited_by": "none"},
    {"id": "plant", "activity": 33.333333333333336, "utilisation": 0.3333333333333333, "limited_by": "feed"},
    {"id": "works", "activity": 20, "utilisation": 0.5, "limited_by": "dy_oxide"}
  ],
  "routes": [
    {"from": "pit", "to": "plant", "commodity": "clay", "flow": 1000000},
    {"from": "plant", "to": "works", "commodity": "dy_oxide", "flow": 1000000},
    {"from": "works", "to": "cars", "commodity": "magnet", "flow": 1000000}
  ],
  "total_weighted_shortfall": 20,
  "certificate": {"mass_balance": 1e-16, "gap": 0, "fixpoint_residual": 2.5e-17},
  "countries": [
    {"id": "DEU", "materials": [{"id": "dy", "demanded": 1.6, "delivered": 0.8, "shortfall": 0.8, "baseline_shortfall": 0.1}]}
  ],
  "notes": [
    "a \"note\""
  ]
}
)");
}

TEST(ResultWriter, TheDocumentIsJson) {
  std::vector<lode::Issue> issues;
  lode::io_detail::FileProblems problems("result", issues);
  EXPECT_TRUE(lode::io_detail::read_json(lode::to_json(small_result(), small_dataset(), "propagate"), problems));
  EXPECT_TRUE(issues.empty());
}

TEST(ResultWriter, CsvHasARowForEachNumber) {
  const std::string csv = lode::to_csv(small_result(), small_dataset());
  EXPECT_TRUE(
      csv.starts_with("section,id,to,commodity,country,sector,material,quantity,unit,value\n"
                      "material,ndpr,,,,,ndpr,demanded,t/yr,0\n"));
  for (const char* row :
       {"\nmaterial,dy,,,,,dy,shortfall,t/yr,0.8\n", "\ncountry,DEU,,,DEU,,dy,demanded,t/yr,1.6\n",
        "\nend_use,cars,,magnet,DEU,ev,,delivered,t/yr,20\n",
        "\nfacility,plant,,,CHN,,,utilisation,1,0.3333333333333333\n", "\nroute,pit,plant,clay,,,,flow,t/yr,1000000\n",
        "\ntotal,,,,,,,weighted_shortfall,t/yr,20\n", "\ncertificate,,,,,,,mass_balance,1,1e-16\n"}) {
    EXPECT_NE(csv.find(row), std::string::npos) << row;
  }
}

TEST(ResultWriter, RefusesWhatIsNotAResultOfTheDataSet) {
  const lode::Dataset data = small_dataset();
  EXPECT_THROW((void)lode::to_json(lode::Result{}, data, "propagate"), lode::InvalidArgument);
  EXPECT_THROW((void)lode::to_csv(lode::Result{}, data), lode::InvalidArgument);
  lode::Result result = small_result();
  result.status = lode::SolveStatus::not_converged;
  EXPECT_THROW((void)lode::to_json(result, data, "propagate"), lode::InvalidArgument);
  result = small_result();
  result.routes.pop_back();
  EXPECT_THROW((void)lode::to_json(result, data, "propagate"), lode::InvalidArgument);
  result = small_result();
  result.facilities[2].limiting_input = {};
  EXPECT_THROW((void)lode::to_json(result, data, "propagate"), lode::InvalidArgument);
  result = small_result();
  result.total_weighted_shortfall = std::numeric_limits<double>::infinity();
  EXPECT_THROW((void)lode::to_json(result, data, "propagate"), lode::InvalidArgument);
  EXPECT_THROW((void)lode::to_csv(result, data), lode::InvalidArgument);
}

}  // namespace
