// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <lode/calendar.hpp>

namespace {

using lode::CalendarPeriod;
using lode::parse_period;
using Length = CalendarPeriod::Length;

TEST(Calendar, ReadsAndWritesMonthsQuartersAndYears) {
  const std::pair<const char*, CalendarPeriod> cases[] = {{"2025-04", {2025, 4, Length::month}},
                                                          {"2025-12", {2025, 12, Length::month}},
                                                          {"2025-Q1", {2025, 1, Length::quarter}},
                                                          {"2025-Q4", {2025, 10, Length::quarter}},
                                                          {"2025", {2025, 1, Length::year}}};
  for (const auto& [text, period] : cases) {
    EXPECT_EQ(parse_period(text), period) << text;
    EXPECT_EQ(to_string(period), text);
  }
  for (const char* bad : {"", "25", "2025-", "2025-4", "2025-13", "2025-00", "2025-Q0", "2025-Q5", "2025-q1",
                          "2025-Q10", "2025-04-01", " 2025", "2025x", "0000", "-025", "2025-1a"}) {
    EXPECT_FALSE(parse_period(bad)) << bad;
  }
}

TEST(Calendar, DaysFollowOneAnother) {
  CalendarPeriod month{2023, 11, Length::month};
  int days = 0;
  for (int i = 0; i < 14; ++i, month = month.next()) {
    days += month.days();
    EXPECT_EQ(month.end(), month.next().first());
  }
  EXPECT_EQ(days, 30 + 31 + 366) << "2024 has a 29 February";
  EXPECT_EQ(to_string(month), "2025-01");
  const CalendarPeriod year{2025, 1, Length::year};
  EXPECT_EQ(year.days(), 365);
  EXPECT_TRUE(year.contains({2025, 10, Length::quarter}));
  EXPECT_FALSE(year.contains({2026, 1, Length::month}));
  EXPECT_EQ(CalendarPeriod({2025, 10, Length::quarter}).next(), (CalendarPeriod{2026, 1, Length::quarter}));
}

}  // namespace
