// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include <io/json_reader.hpp>
#include <io/json_writer.hpp>

namespace {

using namespace lode::io_detail;
using Type = JsonValue::Type;

struct Parsed {
  std::optional<JsonValue> value;
  std::string messages;
};

Parsed parse(const std::string& text) {
  std::vector<lode::Issue> issues;
  FileProblems problems("f.json", issues);
  Parsed out;
  out.value = read_json(text, problems);
  out.messages = lode::to_string(issues);
  return out;
}

TEST(JsonReader, KnowsWhereKeysAndValuesBegin) {
  const Parsed parsed = parse("\xEF\xBB\xBF{ \"a\" : [1, \"x\\\"y\",\n  {\"b\":null}],\r\n\t\"c\\u00e9\": -2.5e3 }\n");
  ASSERT_TRUE(parsed.value) << parsed.messages;
  const JsonValue& root = *parsed.value;
  ASSERT_EQ(root.keys.size(), 2U);
  EXPECT_EQ(root.keys[0].line, 1U);
  EXPECT_EQ(root.keys[0].column, 3U);
  const JsonValue& list = root.items[0];
  EXPECT_EQ(list.column, 9U);
  ASSERT_EQ(list.items.size(), 3U);
  EXPECT_EQ(list.items[0].column, 10U);
  EXPECT_EQ(list.items[1].text, "x\"y");
  EXPECT_EQ(list.items[1].column, 13U);
  EXPECT_EQ(list.items[2].line, 2U);
  EXPECT_EQ(list.items[2].column, 3U);
  EXPECT_EQ(list.items[2].items[0].column, 8U);
  EXPECT_EQ(root.keys[1].name, "c\xC3\xA9");
  EXPECT_EQ(root.keys[1].line, 3U);
  EXPECT_EQ(root.keys[1].column, 2U);
  EXPECT_EQ(root.items[1].number, -2500.0);
  EXPECT_EQ(root.items[1].text, "-2.5e3");
  EXPECT_EQ(compact(root), "{\"a\": [1, \"x\\\"y\", {\"b\": null}], \"c\xC3\xA9\": -2.5e3}");
}

TEST(JsonReader, OriginFollowsPointers) {
  Parsed parsed = parse("{\"shocks\": [\n {\"country\": [\"CHN\", \"USA\"]}]}");
  ASSERT_TRUE(parsed.value);
  const JsonOrigin origin("f.json", std::move(*parsed.value));
  const auto at = [&](const char* pointer) { return lode::to_string(origin.at(pointer)); };
  EXPECT_EQ(at(""), "f.json:1:1");
  EXPECT_EQ(at("/shocks/0"), "f.json:2:2");
  EXPECT_EQ(at("/shocks/0/country/1"), "f.json:2:22");
  EXPECT_EQ(at("/shocks/0/country/7"), "f.json:2:14");
  EXPECT_EQ(at("/shocks/0/factor"), "f.json:2:2");
  EXPECT_EQ(at("/shocks/0/country/0/0"), "f.json:2:15");
  EXPECT_EQ(at("/nowhere/0"), "f.json:1:1");
}

TEST(JsonReader, NumbersThatAreTooSmallAreZero) {
  const Parsed parsed = parse("[1e-400, -1e-99999999999, 0e9999, 12345678901234567890123]");
  ASSERT_TRUE(parsed.value) << parsed.messages;
  EXPECT_EQ(parsed.value->items[0].number, 0.0);
  EXPECT_EQ(parsed.value->items[1].number, 0.0);
  EXPECT_EQ(parsed.value->items[2].number, 0.0);
  EXPECT_EQ(parsed.value->items[3].number, 12345678901234567890123.0);
}

TEST(JsonReader, ReportsWhatIsNotJson) {
  const std::string comma_mend =
      "; look for a value that is missing, a comma too many or a bracket that does not match";
  const std::string missing_mend = "; look for a comma or colon that is missing before it";
  const std::string word_mend = "; put text and keys in double quotes; numbers are written like -1.5 or 2e-3";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "f.json:1:1: the file is empty; write a JSON object"},
      {" \n", "f.json:2:1: the file is empty; write a JSON object"},
      {"{\"a\": 1", "f.json:1:8: the file ends too early; close every bracket that is open"},
      {"{\"a\"", "f.json:1:5: the file ends too early; close every bracket that is open"},
      {"{\"a\": [\n", "f.json:2:1: the file ends too early; close every bracket that is open"},
      {"{\"a\": \"x", "f.json:1:7: a string is opened here and never closed; close it with a quote"},
      {"{\"a\": \"x\ny\"}",
       "f.json:1:9: a line break or control character inside a string; write it as an escape such as \\n, or close the "
       "string with a quote"},
      {"{\"a\": \"\\x\"}",
       "f.json:1:9: a wrong escape in a string; write \\\\ for a backslash; escapes are \\\" \\\\ \\/ \\b \\f \\n \\r "
       "\\t \\uXXXX"},
      {"[1,,2]", "f.json:1:4: unexpected \",\"" + comma_mend},
      {"[1,2,]", "f.json:1:6: unexpected \"]\"" + comma_mend},
      {"{\"a\": 1,}", "f.json:1:9: unexpected \"}\"" + comma_mend},
      {"{\"a\" 1}", "f.json:1:6: unexpected \"1\"" + word_mend},
      {"{\"a\": 1 \"b\": 2}", "f.json:1:9: unexpected text \"b\"" + missing_mend},
      {"[1 {}]", "f.json:1:4: unexpected \"{\"" + missing_mend},
      {"{a: 1}", "f.json:1:2: unexpected \"a\"" + word_mend},
      {"{'a': 1}", "f.json:1:2: unexpected \"'a'\"; put text and keys in double quotes"},
      {"{\"a\": tru}", "f.json:1:7: unexpected \"tru\"" + word_mend},
      {"{\"a\": NaN}", "f.json:1:7: unexpected \"NaN\"" + word_mend},
      {"{\"a\": .5}", "f.json:1:7: unexpected \".5\"" + word_mend},
      {"{\"a\": +5}", "f.json:1:7: unexpected \"+5\"" + word_mend},
      {"{\"a\": 5.}", "f.json:1:7: unexpected \"5.\"" + word_mend},
      {"{} x", "f.json:1:4: unexpected \"x\"" + word_mend},
      {"{\"a\": 1}}", "f.json:1:9: unexpected \"}\"" + comma_mend},
      {"// note\n{}", "f.json:1:1: unexpected \"//\"; remove it; JSON has no comments"},
      {"{\"a\": 1e999}", "f.json:1:7: number \"1e999\" is too large; use a number below 1.8e308"},
      {"{\"a\": 1,\n \"a\": 2}", "f.json:2:2: key \"a\" is there twice; keep one of the two"},
      {"{\"a\": \"\xFF\"}", "f.json:1:8: bytes that are not UTF-8; save the file as UTF-8"},
      {std::string("{}\n\0", 4), "f.json:2:1: a NUL byte; save the file as UTF-8 text without NUL bytes"},
      {"{\"a\": \"x\\u0000\"}", "f.json:1:7: text with a NUL character; remove \\u0000"},
      {"{\"a\": \"\\ud800\"}",
       "f.json:1:14: a wrong escape in a string; write \\\\ for a backslash; escapes are \\\" \\\\ \\/ \\b \\f \\n \\r "
       "\\t \\uXXXX"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(parse(text).messages, message) << text;
}

TEST(JsonReader, NestsAtMost64Deep) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(parse(nested(64)).messages, "");
  EXPECT_EQ(parse(nested(65)).messages, "f.json:1:65: objects and arrays nest more than 64 deep; flatten the file");
  EXPECT_EQ(parse(std::string(100000, '[')).messages,
            "f.json:1:65: objects and arrays nest more than 64 deep; flatten the file");
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
  EXPECT_EQ(parse(objects).messages, "f.json:1:321: objects and arrays nest more than 64 deep; flatten the file");
}

TEST(JsonReader, SurvivesAnyBytes) {
  std::mt19937 random(5);
  const std::string alphabet("{}[]:,\"\\ntrue1e-. \n\xC3\xA9\0", 23);
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (std::size_t n = random() % 30; n > 0; --n) text += alphabet[random() % alphabet.size()];
    const Parsed parsed = parse(text);
    EXPECT_EQ(parsed.value.has_value() || !parsed.messages.empty(), true) << text;
  }
}

TEST(JsonReader, SurvivesMutationsOfALegalText) {
  const std::string legal =
      "{\"name\": \"a\\u00e9\", \"list\": [1, -2.5e3, true, null, {\"deep\": [[]]}],\n \"x\": \"\\n\"}";
  ASSERT_TRUE(parse(legal).value);
  std::mt19937 random(6);
  for (int round = 0; round < 5000; ++round) {
    std::string text = legal;
    for (std::size_t n = 1 + random() % 3; n > 0; --n) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random() % 256);
          break;
        case 1:
          text.erase(at, 1 + random() % 4);
          break;
        default:
          text.insert(at, 1, legal[random() % legal.size()]);
          break;
      }
      if (text.empty()) break;
    }
    const Parsed parsed = parse(text);
    EXPECT_EQ(parsed.value.has_value() || !parsed.messages.empty(), true) << text;
  }
}

TEST(JsonWriter, EscapesText) {
  const std::string text("quote \" slash \\ line\n tab\t bell\x07 nul\0 e\xC3\xA9", 41);
  const Parsed parsed = parse("[" + json_text(text.substr(0, 33)) + "]");
  ASSERT_TRUE(parsed.value) << parsed.messages;
  EXPECT_EQ(parsed.value->items[0].text, text.substr(0, 33));
}

TEST(JsonWriter, LaysOutObjects) {
  JsonWriter json;
  json.open('{').key("a").number(1).key("rows").open('[');
  json.open('{', JsonWriter::Layout::flat)
      .key("id")
      .text("x")
      .key("list")
      .open('[')
      .number(1)
      .number(2.5)
      .close()
      .close();
  json.close().key("none").open('[').close().close();
  EXPECT_EQ(std::move(json).finish(),
            "{\n  \"a\": 1,\n  \"rows\": [\n    {\"id\": \"x\", \"list\": [1, 2.5]}\n  ],\n  \"none\": []\n}\n");
}

}  // namespace
