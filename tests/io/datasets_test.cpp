// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include <lode/datasets.hpp>
#include <lode/io/data_package.hpp>

#include "test_package.hpp"

namespace {

TEST(Datasets, TheBuiltInOneIsThatOfTheSources) {
  const std::filesystem::path source = lode_test::data_folder().parent_path().parent_path() / "src" / "data";
  for (const std::string_view name : lode::datasets::names()) {
    const lode::Dataset* built_in = lode::datasets::find(name);
    ASSERT_NE(built_in, nullptr) << name;
    EXPECT_EQ(built_in->about.name, name);
    lode::Dataset copy = *built_in;
    std::sort(copy.scenarios.begin(), copy.scenarios.end(),
              [](const lode::Scenario& a, const lode::Scenario& b) { return a.name < b.name; });
    EXPECT_EQ(copy, lode::read_dataset((source / name).string()).dataset);
  }
}

TEST(Datasets, TheLeadScenarioComesFirst) {
  for (const std::string_view name : lode::datasets::names()) {
    const std::vector<lode::Scenario>& scenarios = lode::datasets::find(name)->scenarios;
    ASSERT_FALSE(scenarios.empty());
    EXPECT_EQ(scenarios.front().name, lode::datasets::lead_scenario(name));
    EXPECT_TRUE(std::is_sorted(scenarios.begin() + 1, scenarios.end(),
                               [](const lode::Scenario& a, const lode::Scenario& b) { return a.name < b.name; }));
  }
}

TEST(Datasets, UnknownNamesAreNotFound) {
  EXPECT_EQ(lode::datasets::find("nothing"), nullptr);
  EXPECT_EQ(lode::datasets::lead_scenario("nothing"), "");
}

TEST(Datasets, ThreadsShareOne) {
  std::vector<const lode::Dataset*> seen(8, nullptr);
  std::vector<std::thread> threads;
  for (const lode::Dataset*& place : seen) {
    threads.emplace_back([&place] { place = &lode::datasets::rare_earth_magnets_2024(); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const lode::Dataset* dataset : seen) EXPECT_EQ(dataset, seen.front());
}

}  // namespace
