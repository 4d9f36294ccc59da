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

/// The same as an optimum, with prices.
lode::Result small_optimum() {
  lode::Result result = small_result();
  const lode::FacilityId pit{0}, plant{1}, works{2};
  const lode::CommodityId clay{0}, oxide{1}, magnet{2};
  result.certificate = {.mass_balance = 1e-16, .gap = 2e-17, .optimality = 3e-18};
  result.prices = {{pit, clay, 0.25, {}, {}, true},
                   {plant, oxide, 1.0 / 3.0, 0.0, 0.5, true},
                   {lode::EndUseId{0}, magnet, 1.0, {}, 2.0, false}};
  result.capacity_rents = {{works, 50.0 * tonnes_per_year, 0.1}};
  result.quota_rents = {{0, oxide, 1.0 * tonnes_per_year, 0.5 * tonnes_per_year, 7.5}};
  result.offtake_costs = {{1, magnet, 5.0 * tonnes_per_year, 6.0 * tonnes_per_year, 0.0}};
  result.baskets = {{pit, clay, lode::MaterialId{1}, 0.125}, {pit, clay, std::nullopt, 0.0}};
  return result;
}

constexpr const char* small_scarcity = R"(  "prices": [
    {"place": "pit", "commodity": "clay", "makes": true, "price": 0.25},
    {"place": "plant", "commodity": "dy_oxide", "makes": true, "price": 0.3333333333333333, "low": 0, "high": 0.5},
    {"place": "cars", "commodity": "magnet", "makes": false, "price": 1, "high": 2}
  ],
  "quota_rents": [
    {"shock": 1, "commodity": "dy_oxide", "limit": 1, "used": 0.5, "rent": 7.5}
  ],
  "capacity_rents": [
    {"facility": "works", "limit": 50, "rent": 0.1}
  ],
  "offtake_costs": [
    {"shock": 2, "commodity": "magnet", "minimum": 5, "shipped": 6, "cost": 0}
  ],
  "baskets": [
    {"mine": "pit", "commodity": "clay", "material": "dy", "value": 0.125},
    {"mine": "pit", "commodity": "clay", "value": 0}
  ],
)";

std::string replaced_once(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(ResultWriter, AnOptimumHasTheSameKeysAndPrices) {
  std::string expected = lode::to_json(small_result(), small_dataset(), "propagate");
  expected = replaced_once(expected, R"("model": "propagate")", R"("model": "reallocate")");
  expected = replaced_once(expected, R"({"mass_balance": 1e-16, "gap": 0, "fixpoint_residual": 2.5e-17})",
                           R"({"mass_balance": 1e-16, "gap": 2e-17, "optimality": 3e-18})");
  expected = replaced_once(expected, "  \"notes\"", std::string(small_scarcity) + "  \"notes\"");
  EXPECT_EQ(lode::to_json(small_optimum(), small_dataset(), "reallocate"), expected);
}

/// Two bounds, of which the numbers need not fit together.
lode::BracketResult small_bracket() {
  lode::BracketResult result;
  result.status = lode::SolveStatus::solved;
  result.scenario = "cut";
  result.propagate = small_result();
  result.reallocate = small_optimum();
  result.total_low = 12.5;
  result.total_high = 20.0;
  const auto row = [](std::size_t material, double low, double high, double saved, bool reversed) {
    return lode::BracketRow{
        lode::MaterialId{material}, "",      4.0 * tonnes_per_year, low * tonnes_per_year, high * tonnes_per_year,
        saved * tonnes_per_year,    reversed};
  };
  result.materials = {row(0, 0.0, 0.0, 0.0, false), row(1, 0.5, 0.8, 0.3, false)};
  result.countries = {{lode::CountryId{1}, "Germany", {row(1, 0.5, 0.75, -0.25, true)}}};
  result.levers = {{lode::Lever::spare_capacity, lode::SolveStatus::solved, 13.0, 0.5, {}, {}},
                   {lode::Lever::rerouting, lode::SolveStatus::infeasible, 0.0, 0.0, {}, {}},
                   {lode::Lever::new_links,
                    lode::SolveStatus::solved,
                    14.0,
                    1.5,
                    {{lode::MaterialId{1}, 0.25 * tonnes_per_year}},
                    {{lode::CountryId{1}, {{lode::MaterialId{1}, -0.5 * tonnes_per_year}}}}}};
  result.total_without_levers = 15.0;
  result.notes = {"both"};
  return result;
}

/// A document as the value of a key: indented by two blanks, without the newline at its end.
std::string nested(std::string text) {
  text.pop_back();
  return lode_test::replaced(text, "\n", "\n  ");
}

TEST(ResultWriter, ABracketHoldsBothDocuments) {
  const lode::Dataset data = small_dataset();
  EXPECT_EQ(lode::to_json(small_bracket(), data),
            "{\n  \"propagate\": " + nested(lode::to_json(small_result(), data, "propagate")) +
                ",\n  \"reallocate\": " + nested(lode::to_json(small_optimum(), data, "reallocate")) + R"(,
  "total_weighted_shortfall": {"low": 12.5, "high": 20, "reversed": false},
  "materials": [
    {"id": "ndpr", "demanded": 4, "low": 0, "high": 0, "saved": 0, "reversed": false},
    {"id": "dy", "demanded": 4, "low": 0.5, "high": 0.8, "saved": 0.3, "reversed": false}
  ],
  "countries": [
    {"id": "DEU", "materials": [{"id": "dy", "demanded": 4, "low": 0.5, "high": 0.75, "saved": -0.25, "reversed": true}]}
  ],
  "levers": [
    {"lever": "spare_capacity", "status": "solved", "total_weighted_shortfall": 13, "worth": 0.5},
    {"lever": "rerouting", "status": "infeasible"},
    {
      "lever": "new_links",
      "status": "solved",
      "total_weighted_shortfall": 14,
      "worth": 1.5,
      "materials": [
        {"id": "dy", "saved": 0.25}
      ],
      "countries": [
        {"id": "DEU", "materials": [{"id": "dy", "saved": -0.5}]}
      ]
    }
  ],
  "total_without_levers": 15,
  "notes": [
    "both"
  ]
}
)");
}

TEST(ResultWriter, CsvOfAnOptimumAddsPrices) {
  const lode::Dataset data = small_dataset();
  const std::string before = lode::to_csv(small_result(), data);
  const std::string shared = before.substr(0, before.find("certificate,"));
  EXPECT_EQ(lode::to_csv(small_optimum(), data, "reallocate"),
            shared +
                "certificate,,,,,,,mass_balance,1,1e-16\n"
                "certificate,,,,,,,gap,1,2e-17\n"
                "certificate,,,,,,,optimality,1,3e-18\n"
                "price_made,pit,,clay,CHN,,,price,t/t,0.25\n"
                "price_made,plant,,dy_oxide,CHN,,,price,t/t,0.3333333333333333\n"
                "price_made,plant,,dy_oxide,CHN,,,low,t/t,0\n"
                "price_made,plant,,dy_oxide,CHN,,,high,t/t,0.5\n"
                "price_taken,cars,,magnet,DEU,,,price,t/t,1\n"
                "price_taken,cars,,magnet,DEU,,,high,t/t,2\n"
                "quota_rent,1,,dy_oxide,,,,limit,t/yr,1\n"
                "quota_rent,1,,dy_oxide,,,,used,t/yr,0.5\n"
                "quota_rent,1,,dy_oxide,,,,rent,t/t,7.5\n"
                "capacity_rent,works,,,DEU,,,limit,t/yr,50\n"
                "capacity_rent,works,,,DEU,,,rent,t/t,0.1\n"
                "offtake_cost,2,,magnet,,,,minimum,t/yr,5\n"
                "offtake_cost,2,,magnet,,,,shipped,t/yr,6\n"
                "offtake_cost,2,,magnet,,,,cost,t/t,0\n"
                "basket,pit,,clay,CHN,,dy,value,t/t,0.125\n"
                "basket,pit,,clay,CHN,,,value,t/t,0\n");
}

TEST(ResultWriter, CsvOfABracketSaysWhichModelARowIsFrom) {
  const lode::Dataset data = small_dataset();
  const auto rows_of = [](const std::string& csv, const std::string& model) {
    std::string rows = lode_test::replaced(csv.substr(csv.find('\n') + 1), "\n", "\n" + model + ',');
    return model + ',' + rows.substr(0, rows.size() - model.size() - 1);
  };
  EXPECT_EQ(lode::to_csv(small_bracket(), data),
            "model,section,id,to,commodity,country,sector,material,quantity,unit,value\n" +
                rows_of(lode::to_csv(small_result(), data), "propagate") +
                rows_of(lode::to_csv(small_optimum(), data, "reallocate"), "reallocate") +
                "bracket,material,ndpr,,,,,ndpr,demanded,t/yr,4\n"
                "bracket,material,ndpr,,,,,ndpr,low,t/yr,0\n"
                "bracket,material,ndpr,,,,,ndpr,high,t/yr,0\n"
                "bracket,material,ndpr,,,,,ndpr,saved,t/yr,0\n"
                "bracket,material,ndpr,,,,,ndpr,reversed,1,0\n"
                "bracket,material,dy,,,,,dy,demanded,t/yr,4\n"
                "bracket,material,dy,,,,,dy,low,t/yr,0.5\n"
                "bracket,material,dy,,,,,dy,high,t/yr,0.8\n"
                "bracket,material,dy,,,,,dy,saved,t/yr,0.3\n"
                "bracket,material,dy,,,,,dy,reversed,1,0\n"
                "bracket,country,DEU,,,DEU,,dy,demanded,t/yr,4\n"
                "bracket,country,DEU,,,DEU,,dy,low,t/yr,0.5\n"
                "bracket,country,DEU,,,DEU,,dy,high,t/yr,0.75\n"
                "bracket,country,DEU,,,DEU,,dy,saved,t/yr,-0.25\n"
                "bracket,country,DEU,,,DEU,,dy,reversed,1,1\n"
                "bracket,total,,,,,,,low,t/yr,12.5\n"
                "bracket,total,,,,,,,high,t/yr,20\n"
                "bracket,total,,,,,,,reversed,1,0\n"
                "bracket,lever,spare_capacity,,,,,,total_weighted_shortfall,t/yr,13\n"
                "bracket,lever,spare_capacity,,,,,,worth,t/yr,0.5\n"
                "bracket,lever,new_links,,,,,,total_weighted_shortfall,t/yr,14\n"
                "bracket,lever,new_links,,,,,,worth,t/yr,1.5\n"
                "bracket,lever,new_links,,,,,dy,saved,t/yr,0.25\n"
                "bracket,lever,new_links,,,DEU,,dy,saved,t/yr,-0.5\n"
                "bracket,total,,,,,,,without_levers,t/yr,15\n");
}

TEST(ResultWriter, RefusesPricesOfAnotherNetwork) {
  const lode::Dataset data = small_dataset();
  lode::Result result = small_optimum();
  result.prices[0].commodity = lode::CommodityId{9};
  EXPECT_THROW((void)lode::to_json(result, data, "reallocate"), lode::InvalidArgument);
  result = small_optimum();
  result.prices[0].place = {};
  EXPECT_THROW((void)lode::to_csv(result, data, "reallocate"), lode::InvalidArgument);
  result = small_optimum();
  result.baskets[0].material = lode::MaterialId{2};
  EXPECT_THROW((void)lode::to_json(result, data, "reallocate"), lode::InvalidArgument);
  lode::BracketResult bracket = small_bracket();
  bracket.status = lode::SolveStatus::not_converged;
  EXPECT_THROW((void)lode::to_json(bracket, data), lode::InvalidArgument);
  bracket = small_bracket();
  bracket.countries[0].materials[0].id = {};
  EXPECT_THROW((void)lode::to_csv(bracket, data), lode::InvalidArgument);
  bracket = small_bracket();
  bracket.levers[0].worth = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW((void)lode::to_json(bracket, data), lode::InvalidArgument);
}

TEST(ResultWriter, TheDocumentIsJson) {
  std::vector<lode::Issue> issues;
  lode::io_detail::FileProblems problems("result", issues);
  EXPECT_TRUE(lode::io_detail::read_json(lode::to_json(small_result(), small_dataset(), "propagate"), problems));
  EXPECT_TRUE(lode::io_detail::read_json(lode::to_json(small_bracket(), small_dataset()), problems));
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
