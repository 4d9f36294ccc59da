// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <lode/date.hpp>

namespace {

using lode::parse_date;
using lode::to_string;
using namespace std::chrono;

TEST(Date, EveryDayOfManyYearsComesBack) {
  for (const auto& [first, last] :
       {std::pair{1995, 2035}, std::pair{1896, 1904}, std::pair{1999, 2001}, std::pair{9995, 9999}}) {
    for (sys_days day{year{first} / 1 / 1}; day <= sys_days{year{last} / 12 / 31}; day += days{1}) {
      const std::string text = to_string(day);
      ASSERT_EQ(text.size(), 10U);
      ASSERT_EQ(parse_date(text), day) << text;
    }
  }
}

TEST(Date, Text) {
  EXPECT_EQ(to_string(sys_days{year{2025} / 4 / 4}), "2025-04-04");
  EXPECT_EQ(to_string(sys_days{year{33} / 1 / 9}), "0033-01-09");
  EXPECT_EQ(to_string(sys_days{year{1970} / 1 / 1}), "1970-01-01");
  EXPECT_EQ(parse_date("2024-02-29"), sys_days{year{2024} / 2 / 29});
  EXPECT_EQ(parse_date("2000-02-29"), sys_days{year{2000} / 2 / 29});
}

TEST(Date, DaysThatDoNotExistAndOtherSpellings) {
  for (const char* text : {"",           "2025",        "2025-4-4",    "2025-04-4",        "25-04-04",   "2025/04/04",
                           "20250404",   "2025-04-04 ", " 2025-04-04", "2025-04-04T00:00", "2025-00-10", "2025-13-10",
                           "2025-01-00", "2025-01-32",  "2025-02-29",  "1900-02-29",       "2100-02-29", "2025-04-31",
                           "2025-0a-04", "+025-04-04",  "-025-04-04",  "2025-+4-04",       "2025-04--4", "12025-04-04",
                           "abcd-ef-gh", "2025-04-0\0", "٢٠٢٥-04-04"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
}

}  // namespace
