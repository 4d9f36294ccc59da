// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <lode/error.hpp>

namespace {

using lode::Issue;
using lode::nearest;
using lode::Place;

Issue in_file(std::string file, std::size_t line, std::size_t column = 1) {
  return {{std::move(file), line, column}, "bad", "mend it"};
}

TEST(Error, OneLineForOneIssue) {
  EXPECT_EQ(to_string(Place{"routes.csv", 12, 3}), "routes.csv:12:3");
  EXPECT_EQ(to_string(Place{"facility \"mine\"", 0, 0}), "facility \"mine\"");
  EXPECT_EQ(to_string(in_file("a.csv", 2, 5)), "a.csv:2:5: bad; mend it");
  EXPECT_EQ(to_string(Issue{{"facility \"mine\"", 0, 0}, "bad", ""}), "facility \"mine\": bad");
  EXPECT_EQ(to_string(Issue{{}, "bad", "mend it"}), "bad; mend it");
}

TEST(Error, FilesInOrderOfAppearanceLinesInOrderOfTheFile) {
  const std::vector<Issue> issues{in_file("b.csv", 9), in_file("a.csv", 7), in_file("b.csv", 2, 4),
                                  in_file("b.csv", 2, 3), in_file("a.csv", 10)};
  EXPECT_EQ(to_string(issues),
            "b.csv:2:3: bad; mend it\nb.csv:2:4: bad; mend it\nb.csv:9:1: bad; mend it\n"
            "a.csv:7:1: bad; mend it\na.csv:10:1: bad; mend it");
  EXPECT_EQ(to_string(std::vector<Issue>{}), "");
}

TEST(Error, ProblemsInCodeKeepTheirOrder) {
  const std::vector<Issue> issues{
      {{"z", 0, 0}, "first", ""}, {{"a", 0, 0}, "second", ""}, in_file("f", 1), {{"m", 0, 0}, "third", ""}};
  EXPECT_EQ(to_string(issues), "z: first\na: second\nm: third\nf:1:1: bad; mend it");
}

std::size_t lines_of(const std::string& text) {
  return text.empty() ? 0 : 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(Error, AtMostAHundredOfAFileAndTheExactRest) {
  std::vector<Issue> issues;
  for (std::size_t line = 350; line > 0; --line) issues.push_back(in_file("a.csv", line));
  for (std::size_t line = 1; line <= 100; ++line) issues.push_back(in_file("b.csv", line));
  const std::string text = to_string(issues);
  EXPECT_EQ(lines_of(text), 201U);
  EXPECT_TRUE(text.starts_with("a.csv:1:1: bad; mend it\na.csv:2:1: "));
  EXPECT_NE(text.find("a.csv:100:1: bad; mend it\na.csv: and 250 more\nb.csv:1:1: "), std::string::npos);
  EXPECT_TRUE(text.ends_with("b.csv:100:1: bad; mend it"));
  issues.push_back(in_file("b.csv", 101));
  EXPECT_TRUE(to_string(issues).ends_with("\nb.csv: and 1 more"));
  EXPECT_EQ(to_string(issues, 2),
            "a.csv:1:1: bad; mend it\na.csv:2:1: bad; mend it\na.csv: and 348 more\n"
            "b.csv:1:1: bad; mend it\nb.csv:2:1: bad; mend it\nb.csv: and 99 more");
  std::vector<Issue> in_code(101, Issue{{"item", 0, 0}, "bad", ""});
  EXPECT_TRUE(to_string(in_code).ends_with("\nand 1 more"));
}

TEST(Error, AHundredThousandProblemsTakeNoTime) {
  std::vector<Issue> issues;
  for (std::size_t line = 100'000; line > 0; --line) issues.push_back(in_file("a.csv", line));
  EXPECT_EQ(lines_of(to_string(issues)), 101U);
}

TEST(Error, TheExceptionCarriesTheList) {
  const std::vector<Issue> issues{in_file("a.csv", 1), in_file("a.csv", 2)};
  try {
    throw lode::InvalidNetwork(issues);
  } catch (const lode::Error& error) {
    EXPECT_EQ(error.issues(), issues);
    EXPECT_EQ(std::string(error.what()), to_string(issues));
  }
  EXPECT_THROW(throw lode::InvalidData(issues), std::runtime_error);
}

TEST(Nearest, FindsWhatWasMeant) {
  const std::vector<std::string_view> names{"dy_oxide", "tb_oxide", "nd_oxide", "magnet", "CHN", "JPN"};
  EXPECT_EQ(nearest("dy_oxid", names), "dy_oxide");    // one missing
  EXPECT_EQ(nearest("dy_oxiide", names), "dy_oxide");  // one too many
  EXPECT_EQ(nearest("dy-oxide", names), "dy_oxide");   // one other
  EXPECT_EQ(nearest("yd_oxide", names), "dy_oxide");   // two swapped
  EXPECT_EQ(nearest("magent", names), "magnet");
  EXPECT_EQ(nearest("CNH", names), "CHN");
  EXPECT_EQ(nearest("dy_oxide", names), "dy_oxide");
}

TEST(Nearest, SaysNothingRatherThanNonsense) {
  const std::vector<std::string_view> names{"dy_oxide", "magnet"};
  EXPECT_EQ(nearest("cobalt", names), "");
  EXPECT_EQ(nearest("x", {}), "");
  EXPECT_EQ(nearest("abc", {"xyz"}), "");
  EXPECT_EQ(nearest("abc", {"abx"}), "abx");                                 // a third of three letters
  EXPECT_EQ(nearest("abcdefghi", {"abcdefxyz"}), "abcdefxyz");               // three of nine
  EXPECT_EQ(nearest("abcdefgh", {"abcdexyz"}), "");                          // three of eight
  EXPECT_EQ(nearest(std::string(1000, 'a'), {std::string(1000, 'a')}), "");  // noise
}

TEST(Nearest, TiesGoToTheFirst) {
  EXPECT_EQ(nearest("xd_oxide", {"nd_oxide", "gd_oxide"}), "nd_oxide");
}

}  // namespace
