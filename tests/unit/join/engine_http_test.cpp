#include "join/engine_http.h"

#include <gtest/gtest.h>

#include <tuple>

namespace kraken {
namespace {

constexpr std::size_t kMost = 64;

// As it comes: all at once, or byte by byte.
Result<HttpAnswer> read(std::string_view text, std::size_t piece) {
  HttpAnswerReader reader(kMost);
  while (!text.empty() && !reader.complete()) {
    KRAKEN_TRY(reader.feed(text.substr(0, piece)));
    text.remove_prefix(std::min(piece, text.size()));
  }
  if (!reader.complete()) KRAKEN_TRY(reader.end());
  return reader.take();
}

struct Good {
  const char* text;
  int status;
  const char* body;
  const char* version;
};

constexpr Good kGood[] = {
    {"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK", 200, "OK", "1.41"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{\"\r\nA;x=y\r\n0123456789\r\n0\r\nX: y\r\n\r\n", 200,
     "{\"0123456789", ""},
    {"HTTP/1.0 500 Internal Server Error\r\n\r\nuntil the end", 500, "until the end", ""},
    {"HTTP/1.1 204 No Content\r\ncontent-LENGTH: 7\r\n\r\n", 204, "", ""},
    {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, "", ""},
    {"HTTP/1.1 100 Continue\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\nAPI-VERSION:1.52\r\nContent-Length: "
     "1\r\n\r\nx",
     200, "x", "1.52"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx and more that nobody asked for", 200, "x", ""},
};

TEST(HttpAnswerReader, TakesAnswersHoweverTheyComeIn) {
  for (const Good& good : kGood) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
      const auto answer = read(good.text, piece);
      ASSERT_TRUE(answer.ok()) << good.text << answer.error().what();
      EXPECT_EQ(answer->status, good.status);
      EXPECT_EQ(answer->body, good.body);
      EXPECT_EQ(answer->api_version, good.version);
    }
  }
}

TEST(HttpAnswerReader, RefusesWhatIsNone) {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  const std::string chunks = head + "Transfer-Encoding: chunked\r\n\r\n";
  for (const std::string& text : {std::string("SSH-2.0-OpenSSH\r\n\r\n"),
                                  std::string("HTTP/2 200 OK\r\n\r\n"),
                                  std::string(""),
                                  std::string("HTTP/1.1 2000 OK\r\n\r\n"),
                                  std::string("HTTP/1.1 099 OK\r\n\r\n"),
                                  std::string("HTTP/1.1 200 OK\n\n"),
                                  head + "Content-Length: 65\r\n\r\n",
                                  head + "Content-Length: -1\r\n\r\n",
                                  head + "Content-Length: 99999999999999999999\r\n\r\n",
                                  head + "Content-Length: 5\r\n\r\ncut",
                                  head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx",
                                  head + " folded: x\r\n\r\n",
                                  head + "bad\r\n\r\n",
                                  head + "Content-Length : 1\r\n\r\nx",
                                  head + "Transfer-Encoding: gzip\r\n\r\nx",
                                  head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
                                  chunks + "\r\n",
                                  chunks + "xyz\r\n",
                                  chunks + "-1\r\n",
                                  chunks + "FFFFFFFFF\r\n",
                                  chunks + "41\r\n" + std::string(65, 'x'),
                                  chunks + "1\r\nxy\r\n0\r\n\r\n",
                                  chunks + "1\r\nx\r\n",
                                  chunks + "1\r\nx\r\n0\r\n",
                                  head + std::string(9000, 'x'),
                                  head + "\r\n" + std::string(65, 'x')}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{4096}}) {
      const auto answer = read(text, piece);
      ASSERT_FALSE(answer.ok()) << text;
      EXPECT_EQ(answer.error().code(), ErrorCode::kCorrupt);
    }
  }
}

TEST(HttpAnswerReader, EndsWithAHeadThatNeverDoes) {
  HttpAnswerReader reader(kMost);
  Status status = reader.feed("HTTP/1.1 200 OK\r\n");
  int lines = 0;
  for (; status.ok() && lines < 100'000; ++lines) status = reader.feed("X-Header: and so on\r\n");
  EXPECT_FALSE(status.ok());
  EXPECT_LT(lines, 1000);
}

TEST(HttpAnswerReader, EndsWithAnswersThatOnlyAnnounceOne) {
  HttpAnswerReader reader(kMost);
  Status status;
  int answers = 0;
  for (; status.ok() && answers < 100; ++answers) status = reader.feed("HTTP/1.1 102 Processing\r\n\r\n");
  EXPECT_FALSE(status.ok());
  EXPECT_LT(answers, 10);
}

}  // namespace
}  // namespace kraken
