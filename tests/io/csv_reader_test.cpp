// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include <io/csv_reader.hpp>
#include <io/csv_text.hpp>
#include <io/number.hpp>

namespace {

using namespace lode::io_detail;

struct Parsed {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> lines;
  std::string messages;
  bool is_truncated = false;
};

Parsed parse(const std::string& text) {
  std::vector<lode::Issue> issues;
  FileProblems problems("f.csv", issues);
  CsvReader reader(text, problems);
  Parsed out;
  while (reader.next()) {
    std::vector<std::string>& row = out.rows.emplace_back();
    for (const CsvField& field : reader.fields()) row.emplace_back(field.text);
    out.lines.push_back(reader.line());
  }
  out.messages = lode::to_string(issues);
  out.is_truncated = reader.is_truncated();
  return out;
}

using Rows = std::vector<std::vector<std::string>>;

TEST(CsvReader, ReadsFieldsAndLineEnds) {
  const Rows expected{{"a", "b"}, {"1", ""}, {"", "2"}};
  for (const char* text : {"a,b\n1,\n,2\n", "a,b\r\n1,\r\n,2\r\n", "a,b\n1,\r\n,2",
                           "\xEF\xBB\xBF"
                           "a,b\n1,\n,2\n\n",
                           "\"a\",\"b\"\n\"1\",\"\"\n\"\",2"}) {
    const Parsed parsed = parse(text);
    EXPECT_EQ(parsed.rows, expected) << text;
    EXPECT_EQ(parsed.messages, "") << text;
  }
}

TEST(CsvReader, ReadsQuotedFields) {
  const Parsed parsed = parse("\"a,b\",\"say \"\"yes\"\"\",\"two\r\nlines\n\"\n\"\"\"\",x,\n");
  EXPECT_EQ(parsed.rows, (Rows{{"a,b", "say \"yes\"", "two\r\nlines\n"}, {"\"", "x", ""}}));
  EXPECT_EQ(parsed.lines, (std::vector<std::size_t>{1, 4}));
  EXPECT_EQ(parsed.messages, "");
}

TEST(CsvReader, KnowsTheLineOfAField) {
  std::vector<lode::Issue> issues;
  FileProblems problems("f.csv", issues);
  CsvReader reader("x,\"1\n2\",y,\"\n\n\",z\n", problems);
  ASSERT_TRUE(reader.next());
  std::vector<std::size_t> lines;
  for (const CsvField& field : reader.fields()) lines.push_back(field.line);
  EXPECT_EQ(lines, (std::vector<std::size_t>{1, 1, 2, 2, 4}));
}

TEST(CsvReader, EmptyTextHasNoRows) {
  for (const char* text : {"", "\n", "\r\n\n", "\xEF\xBB\xBF"}) {
    const Parsed parsed = parse(text);
    EXPECT_TRUE(parsed.rows.empty());
    EXPECT_EQ(parsed.messages, "");
  }
}

TEST(CsvReader, ReportsWhatIsNotCsv) {
  const std::string nul("a,b\n1,x\0y\n", 10);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a,b\n\n1,2\n", "f.csv:2:1: empty line; remove it; an empty line may only stand at the end of the file"},
      {"a,b\n1,x\"y\n",
       "f.csv:2:2: a quote inside a field that does not begin with one; put the whole field in quotes and double the "
       "quotes inside it"},
      {"a,b\n\"1\"x,2\n",
       "f.csv:2:1: text after the closing quote; end the field after its closing quote, or double quotes inside it"},
      {"a,b\n\"1\" ,2\n",
       "f.csv:2:1: text after the closing quote; end the field after its closing quote, or double quotes inside it"},
      {"a,b\n1,\"2\n3,4\n",
       "f.csv:2:2: a quote is opened here and never closed; close it, or double it if it belongs to the text"},
      {"a,b\r1,2\n", "f.csv:1:2: a carriage return without a line feed; end lines with LF or CRLF"},
      {"a,b\n1,2\r", "f.csv:2:2: a carriage return without a line feed; end lines with LF or CRLF"},
      {nul, "f.csv:2:2: a NUL byte; save the file as UTF-8 text without NUL bytes"},
      {"a,b\n1,\xFF\n", "f.csv:2:2: bytes that are not UTF-8; save the file as UTF-8"},
      {"a,b\n1,\"\xC3\"\n", "f.csv:2:2: bytes that are not UTF-8; save the file as UTF-8"},
      {"a,\xED\xA0\x80\n", "f.csv:1:2: bytes that are not UTF-8; save the file as UTF-8"},
      {"a,\xC0\xAF\n", "f.csv:1:2: bytes that are not UTF-8; save the file as UTF-8"},
      {"a,\xF4\x90\x80\x80\n", "f.csv:1:2: bytes that are not UTF-8; save the file as UTF-8"},
      {"a,\xE2\x82\n", "f.csv:1:2: bytes that are not UTF-8; save the file as UTF-8"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(parse(text).messages, message) << text;
}

TEST(CsvReader, GoesOnAfterAProblem) {
  const Parsed parsed = parse("a,b\n1\"1,2\n\xFF,3\n4,5\n");
  EXPECT_EQ(parsed.rows.size(), 4U);
  EXPECT_EQ(parsed.rows.back(), (std::vector<std::string>{"4", "5"}));
  EXPECT_EQ(parsed.messages,
            "f.csv:2:1: a quote inside a field that does not begin with one; put the whole field in quotes and double "
            "the quotes inside it\n"
            "f.csv:3:1: bytes that are not UTF-8; save the file as UTF-8");
}

TEST(CsvReader, KeepsUtf8) {
  const Parsed parsed = parse("\xC3\xA9,\xE2\x82\xAC,\xF0\x9F\xA7\xB2\n");
  EXPECT_EQ(parsed.rows, (Rows{{"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\xA7\xB2"}}));
  EXPECT_EQ(parsed.messages, "");
}

TEST(CsvReader, ReadsBackWhatIsWritten) {
  std::mt19937 random(7);
  const std::string alphabet = "ab,\"\r\n ;'\t";
  for (int round = 0; round < 300; ++round) {
    Rows rows(1 + random() % 4);
    std::string text;
    for (auto& row : rows) {
      row.resize(2 + random() % 3);
      for (std::size_t i = 0; i < row.size(); ++i) {
        for (std::size_t n = random() % 6; n > 0; --n) row[i] += alphabet[random() % alphabet.size()];
        text += (i > 0 ? "," : "") + csv_cell(row[i]);
      }
      text += random() % 2 == 0 ? "\n" : "\r\n";
    }
    const Parsed parsed = parse(text);
    EXPECT_EQ(parsed.rows, rows) << text;
    EXPECT_EQ(parsed.messages, "") << text;
  }
}

TEST(CsvReader, SurvivesAnyBytes) {
  std::mt19937 random(11);
  const std::string alphabet("a,,\"\"\n\r\n\0\xFF\xC3\xA9", 12);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (std::size_t n = random() % 40; n > 0; --n) text += alphabet[random() % alphabet.size()];
    (void)parse(text);
  }
}

TEST(Number, FollowsTheGrammar) {
  for (const char* text : {"0", "-0", "007", "1.5", "-1.5e3", "1E+2", "1e-2", "2e5"}) {
    EXPECT_EQ(parse_number(text).fault, NumberFault::none) << text;
  }
  for (const char* text : {"",    "-",   "+1",  " 1",  "1 ",    "1.",  ".5",    "1e",    "1e+", "0x10",
                           "1,5", "inf", "nan", "NaN", "1_000", "--1", "1.5.2", "1e2.5", "1d2", "1f"}) {
    EXPECT_EQ(parse_number(text).fault, NumberFault::malformed) << text;
  }
}

TEST(Number, OverflowIsAnErrorAndUnderflowIsZero) {
  const std::string zeros(400, '0');
  for (const std::string& text : std::vector<std::string>{"1e309", "-1e309", "1e99999999999999999999", "1" + zeros,
                                                          "1.8e308", "0.1e400", "123456e304"}) {
    EXPECT_EQ(parse_number(text).fault, NumberFault::overflow) << text;
  }
  for (const std::string& text : std::vector<std::string>{"1e-400", "-1e-400", "1e-99999999999999999999", "0e999999",
                                                          "0." + zeros + "1", "0.0e99999999999999999999", "100e-500"}) {
    EXPECT_EQ(parse_number(text).fault, NumberFault::none) << text;
    EXPECT_EQ(parse_number(text).value, 0.0) << text;
  }
  EXPECT_EQ(parse_number("1" + zeros + "e-400").value, 1.0);
  EXPECT_EQ(parse_number("0." + zeros + "1e401").value, 1.0);
  EXPECT_EQ(parse_number("4.9e-324").value, 4.9e-324);
  EXPECT_EQ(parse_number("1.7976931348623157e308").value, 1.7976931348623157e308);
}

TEST(Number, DecimalReadsBackTheSame) {
  EXPECT_EQ(decimal(100000.0), "100000");
  EXPECT_EQ(decimal(0.1), "0.1");
  EXPECT_EQ(decimal(1e300), "1e+300");
  EXPECT_THROW((void)decimal(1.0 / 0.0), lode::InvalidArgument);
  std::mt19937_64 random(3);
  for (int i = 0; i < 10000; ++i) {
    const double number = std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 2000) - 1050);
    if (!std::isfinite(number)) continue;
    EXPECT_EQ(parse_number(decimal(number)).value, number);
  }
}

}  // namespace
