#include "join/protocol.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

std::vector<Question> questions() {
  std::vector<Question> all(6);
  all[1].kind = Question::Kind::kTime;
  all[2].kind = Question::Kind::kJoin;
  all[2].swarm_node = "abc123";
  all[3].kind = Question::Kind::kReport;
  all[3].swarm_node = "abc123";
  all[3].labels = {{"disk", "sd"}, {"note", "Grüße"}};
  all[3].report = R"({"model":"Raspberry Pi 3"})";
  all[4].kind = Question::Kind::kNodes;
  all[5].kind = Question::Kind::kReportOf;
  all[5].node = 7;
  return all;
}

Answer answer_of(Answer::Kind kind) {
  Answer answer;
  answer.kind = kind;
  answer.time = 1795000000;
  return answer;
}

std::vector<Answer> answers() {
  using Kind = Answer::Kind;
  std::vector<Answer> all;
  for (const Kind kind : {Kind::kHello, Kind::kTime, Kind::kNotYet, Kind::kToken, Kind::kMember, Kind::kTaken,
                          Kind::kNodes, Kind::kReportOf, Kind::kRefused}) {
    all.push_back(answer_of(kind));
  }
  all[0].program = "kraken-firstboot 0.1.0";
  all[2].reason = "the swarm is not up yet";
  all[3].swarm = all[4].swarm = "swarm1";
  all[3].token = "SWMTKN-1-abc-def";
  all[3].managers = {*parse_ipv4("192.168.3.11")};
  all[6].nodes = {{1, "kraken-1", "manager", "ready", true}, {2, "kraken-2", "worker", "absent", false}};
  all[7].report = R"({"a":1})";
  all[8].reason = "no";
  return all;
}

TEST(Protocol, EveryQuestionComesBackAsItWasWritten) {
  for (const Question& question : questions()) {
    const std::string text = format_question(question);
    const auto again = parse_question(text);
    ASSERT_TRUE(again.ok()) << text << again.error().what();
    EXPECT_EQ(*again, question) << text;
  }
}

TEST(Protocol, EveryAnswerComesBackAsItWasWritten) {
  for (const Answer& answer : answers()) {
    const std::string text = format_answer(answer);
    const auto again = parse_answer(text);
    ASSERT_TRUE(again.ok()) << text << again.error().what();
    EXPECT_EQ(*again, answer) << text;
  }
}

TEST(Protocol, AnotherVersionIsNamed) {
  const auto question = parse_question(R"({"version":2,"ask":"hello","new":true})");
  ASSERT_FALSE(question.ok());
  EXPECT_EQ(question.error().code(), ErrorCode::kUnsupported);
  EXPECT_NE(question.error().what().find("version 2"), std::string::npos);
}

TEST(Protocol, WhatIsNoQuestionIsRefused) {
  const std::string deep(40, '[');
  for (const std::string& text :
       {std::string(), std::string("null"), std::string("[]"), std::string("{}"), deep, std::string(R"({"version":1})"),
        std::string(R"({"version":1,"ask":"token"})"), std::string(R"({"version":"1","ask":"hello"})"),
        std::string(R"({"version":1,"ask":"hello","node":1})"),
        std::string(R"({"version":1,"ask":"hello","ask":"nodes"})"), std::string(R"({"version":1,"ask":"join"})"),
        std::string(R"({"version":1,"ask":"join","swarm_node":"../x"})"),
        std::string(R"({"version":1,"ask":"join","swarm_node":7})"),
        std::string(R"({"version":1,"ask":"report-of","node":0})"),
        std::string(R"({"version":1,"ask":"report-of","node":65536})"),
        std::string(R"({"version":1,"ask":"report","swarm_node":"a","labels":{"":"x"},"report":""})"),
        std::string(R"({"version":1,"ask":"report","swarm_node":"a","labels":{"a":1},"report":""})"),
        std::string(R"({"version":1,"ask":"report","swarm_node":"a","labels":{},"report":"[]"})"),
        std::string(R"({"version":1,"ask":"hello"} x)")}) {
    EXPECT_FALSE(parse_question(text).ok()) << text;
  }
}

TEST(Protocol, AReportIsBounded) {
  Question question = questions()[3];
  question.report = R"({"a":")" + std::string(kMaxReport, 'x') + R"("})";
  EXPECT_FALSE(parse_question(format_question(question)).ok());
}

TEST(Protocol, AReasonIsALineWhateverItWas) {
  Answer answer = answer_of(Answer::Kind::kNotYet);
  answer.reason = "a\nb\xff" + std::string(5000, 'x');
  const auto again = parse_answer(format_answer(answer));
  ASSERT_TRUE(again.ok()) << again.error().what();
  EXPECT_TRUE(again->reason.starts_with("a?b?xxx"));
}

TEST(Protocol, WhatIsNoAnswerIsRefused) {
  for (const std::string_view text :
       {R"({"version":1,"answer":"time"})", R"({"version":1,"answer":"time","time":-1})",
        R"({"version":1,"answer":"time","time":253402300800})", R"({"version":1,"answer":"dance","time":1})",
        R"({"version":1,"answer":"token","time":1,"swarm":"s","token":"a b","managers":["1.2.3.4"]})",
        R"({"version":1,"answer":"token","time":1,"swarm":"s","token":"a","managers":[]})",
        R"({"version":1,"answer":"token","time":1,"swarm":"s","token":"a","managers":["1.2.3"]})",
        R"({"version":1,"answer":"taken","time":1,"token":"a"})"}) {
    EXPECT_FALSE(parse_answer(text).ok()) << text;
  }
}

TEST(Protocol, AFrameSaysItsLength) {
  const std::string framed = frame_message(std::string(258, 'x'));
  EXPECT_EQ(framed.substr(0, 4), std::string("\0\0\1\2", 4));
  EXPECT_EQ(*framed_size(framed, 258), 258U);
  EXPECT_FALSE(framed_size(framed, 257).ok());
  EXPECT_FALSE(framed_size(std::string(4, '\0'), 258).ok());
  EXPECT_FALSE(framed_size(std::string(4, '\xff'), 258).ok());
  EXPECT_FALSE(framed_size("\0\0", 258).ok());
}

}  // namespace
}  // namespace kraken
