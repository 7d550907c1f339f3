#include "config/yaml.h"

#include <gtest/gtest.h>

#include "support/config_files.h"

namespace kraken {
namespace {

struct Parsed {
  std::optional<Value> value;
  std::string error;
};

Parsed parse(std::string_view text) {
  Problems problems;
  Parsed parsed;
  parsed.value = parse_yaml(text, "f.yaml", problems);
  const Status status = problems.status();
  if (!status.ok()) parsed.error = status.error().what();
  return parsed;
}

TEST(Yaml, KeepsPlacesStylesAndOrder) {
  const auto parsed = parse("b: 1\na:\n  - x\n  - \"2\"\n");
  ASSERT_TRUE(parsed.value) << parsed.error;
  ASSERT_EQ(parsed.value->members.size(), 2U);
  EXPECT_EQ(parsed.value->members[0].key, "b");
  const Value& list = *parsed.value->find("a");
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[1].origin.text(), "f.yaml:4:5");
  EXPECT_EQ(list.items[0].style, Value::Style::kPlain);
  EXPECT_EQ(list.items[1].style, Value::Style::kQuoted);
}

TEST(Yaml, PlacesAMissingValueAtItsKey) {
  const auto parsed = parse("a:\n\n\nb: 1\n");
  ASSERT_TRUE(parsed.value);
  EXPECT_EQ(parsed.value->find("a")->origin.text(), "f.yaml:1:1");
}

TEST(Yaml, ResolvesAliases) {
  const auto parsed = parse("a: &x {k: [1, 2]}\nb: *x\nc: &y word\nd: *y\n");
  ASSERT_TRUE(parsed.value) << parsed.error;
  EXPECT_EQ(parsed.value->find("b")->find("k")->items.size(), 2U);
  EXPECT_EQ(parsed.value->find("d")->text, "word");
}

TEST(Yaml, TellsEveryKeyThatIsGivenTwice) {
  const auto parsed = parse("a: 1\nb: {c: 1, c: 2}\na: 2\n");
  EXPECT_FALSE(parsed.value);
  EXPECT_EQ(parsed.error,
            "f.yaml:2:11: the key \"c\" is given twice; first at f.yaml:2:5\n"
            "f.yaml:3:1: the key \"a\" is given twice; first at f.yaml:1:1");
}

struct Broken {
  const char* name;
  std::string text;
  const char* error;
};

std::string laughs() {
  std::string text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c <= 'i'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    text += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 10; ++i) text += (i > 0 ? ", *" : "*") + before;
    text += "]\n";
  }
  return text;
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

std::string many_anchors() {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "&a" + std::to_string(i) + " [";
  for (int i = 0; i < 20'000; ++i) text += "1,";
  return text + std::string(30, ']');
}

class BrokenYaml : public testing::TestWithParam<Broken> {};

TEST_P(BrokenYaml, IsRefusedWithItsPlace) {
  const auto parsed = parse(GetParam().text);
  EXPECT_FALSE(parsed.value);
  EXPECT_EQ(parsed.error.find(GetParam().error), 0U) << parsed.error;
}

INSTANTIATE_TEST_SUITE_P(
    All, BrokenYaml,
    testing::Values(Broken{"empty", "", "f.yaml:1:1: the file is empty"},
                    Broken{"comments", "# nothing\n", "f.yaml:1:1: the file is empty"},
                    Broken{"null", "---\n", "f.yaml:1:1: the file is empty"},
                    Broken{"second_document", "a: 1\n---\nb: 2\n", "f.yaml:2:1: a second YAML document starts here"},
                    Broken{"trailing_garbage", "a: 1\n]\n", "f.yaml:2:1: not YAML: illegal flow end"},
                    Broken{"merge_key", "a: &x {k: 1}\nb:\n  <<: *x\n",
                           "f.yaml:3:3: merge keys (<<) are not supported"},
                    Broken{"tag", "a: !!str 1\n", "f.yaml:1:4: YAML tags (!...) are not used"},
                    Broken{"map_tag", "a: !foo {k: 1}\n", "f.yaml:1:4: YAML tags (!...) are not used"},
                    Broken{"list_as_key", "? [a]\n: 1\n", "f.yaml:1:3: a key must be a plain word"},
                    Broken{"unknown_alias", "a: *x\n", "f.yaml:1:4: not YAML: the referenced anchor is not defined"},
                    Broken{"own_alias", "a: &x [*x]\n", "f.yaml:1:8: an alias that is part of what it stands for"},
                    Broken{"tab", "a:\n\tb: 1\n", "f.yaml:2:"},
                    Broken{"nul", std::string("a: x\nb\0c", 8), "f.yaml:2:2: a NUL byte"},
                    Broken{"latin1", "a: caf\xe9\n", "f.yaml:1:7: not UTF-8"},
                    Broken{"overlong", "a: \xc0\xaf\n", "f.yaml:1:4: not UTF-8"},
                    Broken{"surrogate", "a: \xed\xa0\x80\n", "f.yaml:1:4: not UTF-8"},
                    Broken{"cut_sequence", "a: \xe2\x82", "f.yaml:1:4: not UTF-8"},
                    Broken{"utf16",
                           std::string("\xff\xfe"
                                       "a\0:\0",
                                       6),
                           "f.yaml:1:4: a NUL byte"},
                    Broken{"laughs", laughs(), "f.yaml:5:32: more than 100000 values"},
                    Broken{"anchors", many_anchors(), "f.yaml:1:"},
                    Broken{"deep", nested(33), "f.yaml:1:33: nested deeper than 32 levels"},
                    Broken{"very_deep", nested(5000), "f.yaml:1:33: nested deeper than 32 levels"},
                    Broken{"open_lists", std::string(100'000, '['), "f.yaml:1:17: nested deeper than 32 levels"},
                    Broken{"large", std::string(kMaxYamlSize, '#') + "\n", "f.yaml:1:1: larger than the 1 MiB"}),
    [](const auto& given) { return std::string(given.param.name); });

TEST(Yaml, SaysWhatToDoAboutTabs) {
  EXPECT_NE(parse("a:\n\tb: 1\n").error.find("indent with spaces"), std::string::npos);
  EXPECT_EQ(parse("a: [1\n").error.find("f.yaml:"), 0U);
}

TEST(Yaml, TakesWhatIsJustInsideTheBounds) {
  EXPECT_TRUE(parse(nested(32)).value);
  EXPECT_TRUE(parse("\xef\xbb\xbf"
                    "a: 1\n")
                  .value)
      << "byte order mark";
  EXPECT_TRUE(parse("a: \xf0\x9f\x90\x99\r\nb: 1\r\n").value) << "CRLF and four-byte UTF-8";
}

// Twenty levels inside of twenty are forty, although the text itself is nowhere as deep.
TEST(Yaml, CountsTheDepthOfWhatAnAliasStandsFor) {
  const std::string open(20, '[');
  const std::string close(20, ']');
  EXPECT_NE(parse("a: &a " + open + close + "\nb: " + open + "*a" + close + "\n").error.find("nested deeper than 32"),
            std::string::npos);
  EXPECT_TRUE(parse("a: &a " + open + close + "\nb: [*a]\n").value);
}

TEST(Yaml, ReadsRegularFilesAlone) {
  const test::TempFolder folder;
  ASSERT_EQ(test::run("mkfifo '" + (folder / "fifo").string() + "'").status, 0);
  for (const auto& file : {folder / "fifo", folder.path(), folder / "none"}) {
    Problems problems;
    EXPECT_FALSE(read_yaml(file, problems));
    EXPECT_FALSE(problems.status().ok());
  }
}

TEST(Quote, EscapesAndShortens) {
  EXPECT_EQ(in_quotes("a\nb\x1b[0m\""), "\"a\\nb\\x1b[0m\\\"\"");
  EXPECT_LT(in_quotes(std::string(5000, 'x')).size(), 60U);
  EXPECT_LT(in_quotes(std::string(5000, '\x80')).size(), 60U);
}

TEST(ManyProblems, OfWhichOneIsToldTwiceAreOne) {
  Problems problems;
  for (int i = 0; i < 2; ++i) problems.add({"f", 1, 1}, "wrong");
  problems.add({"f", 2, 1}, "wrong");
  EXPECT_EQ(problems.status().error().what(), "f:1:1: wrong\nf:2:1: wrong");
}

TEST(ManyProblems, AreCutAndSorted) {
  Problems problems;
  for (int line = 500; line > 0; --line) problems.add({"f", line, 1}, "wrong " + std::to_string(line));
  const std::string text = problems.status().error().what();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 50);
  EXPECT_NE(text.find("and more"), std::string::npos);
  EXPECT_LT(text.find("f:401:1"), text.find("f:402:1"));
}

}  // namespace
}  // namespace kraken
